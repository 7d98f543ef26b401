"""Coaches and their teams in the admin: handing all teams over, swapping, ending and coming back, with what happens to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation, widgets
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts import reassigning
from cohorts.models import CoachAssignment, Team
from cohorts.reassigning import is_free_for, teams_of_before, teams_with
from core.words import all_of, quoted

from .consequences import ShownMail, address_of, consequences, invitation_as_sent, mail_as_sent

ON_FORM, ON_LIST = [ActionLocation.CHANGE_FORM], [ActionLocation.CHANGE_LIST]
STALE = gettext_lazy("Eine der Personen begleitet die Projektschmiede nicht mehr, oder es gibt kein Team zu übergeben.")


class HandOverForm(forms.Form):
    """Who gets the teams."""

    to = forms.ModelChoiceField(
        CoachAssignment.objects.none(),
        label=gettext_lazy("An wen?"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Bitte wählen Sie eine Person.")},
    )

    def __init__(self, *args: Any, coach: CoachAssignment | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        if coach:
            others = CoachAssignment.objects.current().filter(cohort=coach.cohort_id)
            field.queryset = others.exclude(pk=coach.pk)


class TeamChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, team: Any) -> str:
        return str(team.title)


class ReturnForm(forms.Form):
    """Which of the teams of before a coach has again."""

    teams = TeamChoice(
        Team.objects.none(),
        label=gettext_lazy("Welche Teams begleitet die Person wieder?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Angekreuzt sind Teams, die noch niemand anderem gegeben wurden."),
    )

    def __init__(self, *args: Any, coach: CoachAssignment | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["teams"]
        free = [team for team in teams_of_before(coach) if is_free_for(team, coach)] if coach else []
        if not free:
            del self.fields["teams"]
            return
        field.queryset = Team.objects.for_lists().filter(pk__in=[team.pk for team in free])
        named = [team.pk for team in free if coach in (team.first_coach, team.second_coach)]
        self.initial.setdefault("teams", named)


class EndForm(forms.Form):
    until = forms.DateField(
        label=gettext_lazy("Letzter Tag"), initial=timezone.localdate, widget=widgets.AdminDateWidget
    )


@admin.action(description=gettext_lazy("Alle Teams übergeben"), location=ON_FORM, permissions=["change"])
def hand_teams_over(pages: Any, request: HttpRequest, queryset: QuerySet[CoachAssignment]) -> HttpResponse | None:
    """Show the teams of a coach and who is told, ask to whom they go, and hand them over."""
    by: Any = request.user
    coach = queryset.select_related("cohort").first()
    question: dict[str, Any] = {"title": _("Alle Teams übergeben"), "button": _("Übergeben und alle benachrichtigen")}
    details = lambda: consequences_of_handing_over(coach) if coach else ""  # noqa: E731
    form = pages.ask(request, queryset, HandOverForm, **question, coach=coach, details=details, stale=STALE)
    if isinstance(form, HttpResponse):
        return form
    refused = pages.run(
        request,
        queryset,
        lambda one: reassigning.hand_teams_over(one, by=by, **form.cleaned_data),
        may="edit",
        done=_("Die Teams sind übergeben, alle sind benachrichtigt. Zurück geht es auf demselben Weg."),
        stale=STALE,
    )
    answer: HttpResponse | None = pages.ask_again(request, refused, form, details=details(), **question)
    return answer


@admin.action(description=gettext_lazy("Teams von zwei Personen tauschen"), location=ON_LIST, permissions=["change"])
def swap_teams(pages: Any, request: HttpRequest, queryset: QuerySet[CoachAssignment]) -> HttpResponse | None:
    """Show which teams each of two coaches has then, with the mails, and swap them."""
    by: Any = request.user
    chosen = list(queryset.select_related("cohort"))
    if len(chosen) != 2 or chosen[0].cohort_id != chosen[1].cohort_id:
        text = _("Bitte wählen Sie genau zwei Coaching-Personen derselben Projektschmiede aus.")
        pages.message_user(request, text, "error")
        return None
    one, other = chosen
    form = pages.ask(
        request,
        queryset,
        title=_("Teams von zwei Personen tauschen"),
        button=_("Tauschen und alle benachrichtigen"),
        details=lambda: consequences_of_swapping(one, other, by=by),
        stale=STALE,
    )
    if isinstance(form, HttpResponse):
        return form
    pages.run(
        request,
        [one],
        lambda first: reassigning.swap_teams(first, other, by=by),
        may="edit",
        done=_("Die Teams sind getauscht, alle sind benachrichtigt. Zurück geht es auf demselben Weg."),
        stale=STALE,
    )
    return None


@admin.action(description=gettext_lazy("Begleitet wieder"), location=ON_FORM, permissions=["change"])
def take_up_again(pages: Any, request: HttpRequest, queryset: QuerySet[CoachAssignment]) -> HttpResponse | None:
    """Offer the teams of before that nobody else has by now, show the rest, and let the coach go on."""
    by: Any = request.user
    coach = queryset.select_related("cohort").first()
    question: dict[str, Any] = {"title": _("Begleitet wieder"), "button": _("Ja, begleitet wieder")}
    stale = _("Diese Person begleitet die Projektschmiede schon.")
    details = lambda: consequences_of_coming_back(coach, by=by) if coach else ""  # noqa: E731
    form = pages.ask(request, queryset, ReturnForm, **question, coach=coach, details=details, stale=stale)
    if isinstance(form, HttpResponse):
        return form
    refused = pages.run(
        request,
        queryset,
        lambda one: reassigning.take_up_again(one, by=by, **form.cleaned_data),
        may="edit",
        done=_("Begleitet die Projektschmiede wieder und ist benachrichtigt."),
        stale=stale,
    )
    answer: HttpResponse | None = pages.ask_again(request, refused, form, details=details(), **question)
    return answer


@admin.action(
    description=gettext_lazy("Begleitung beenden"),
    location=[ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST],
    permissions=["change"],
)
def end(pages: Any, request: HttpRequest, queryset: QuerySet[CoachAssignment]) -> HttpResponse | None:
    """Show which teams are left without a coach, ask for the last day, and end."""
    by: Any = request.user
    coaches = queryset.select_related("cohort")
    question: dict[str, Any] = {
        "title": _("Begleitung beenden"),
        "button": _("Begleitung beenden"),
        "intro": _("Nach diesem Tag sieht die Person die Projektschmiede nicht mehr."),
    }
    details = lambda: consequences(ending_sentences(pages.offered(request, coaches)))  # noqa: E731
    form = pages.ask(request, queryset, EndForm, **question, details=details)
    if isinstance(form, HttpResponse):
        return form
    refused = pages.run(
        request,
        queryset,
        lambda assignment: assignment.end(by=by, **form.cleaned_data),
        may="edit",
        done=_("Die Begleitung endet an diesem Tag. Zurück geht es danach mit „Begleitet wieder“."),
    )
    answer: HttpResponse | None = pages.ask_again(request, refused, form, **question)
    return answer


def consequences_of_handing_over(coach: CoachAssignment) -> SafeString:
    """Name the teams with their coaches as they are, and show what each team is sent."""
    teams = list(teams_with(coach))
    sentences = []
    for team in teams:
        others = [one for one in team.coaches() if one != coach]
        said = {"team": team.title, "others": all_of(one.full_name for one in others)}
        stays = (
            _("„%(team)s“ begleitet dann die neue Person; %(others)s bleibt.")
            if others
            else _("„%(team)s“ begleitet dann die neue Person.")
        )
        sentences.append(stays % said)
    said = {"name": coach.full_name, "title": coach.cohort.title}
    sentences += [
        _("Wer in einem Team schon die andere Coaching-Person ist, begleitet es dann allein."),
        _("Was %(name)s gerade liest, kann sie noch zurückgeben. Alles andere wartet auf die neue Person.") % said,
        _("%(name)s und die neue Person bekommen je eine E-Mail mit ihren Teams in „%(title)s“.") % said,
    ]
    new = CoachAssignment(first_name=_("(die neue Person)"))
    return consequences(
        sentences if teams else [_("Diese Person hat kein Team.")], mails_to_teams(teams, lambda _team: [new])
    )


def consequences_of_swapping(one: CoachAssignment, other: CoachAssignment, *, by: Any) -> SafeString:
    """Say which teams each has then, and show every mail."""
    swapped = {one: other, other: one}
    teams = list(teams_with(one, other))
    lists = reassigning.lists_of([one, other])
    mails: list[ShownMail] = mails_to_teams(teams, lambda team: [swapped.get(coach, coach) for coach in team.coaches()])
    for coach in (one, other):
        values = {"title": coach.cohort.title, "who": str(by), "link": address_of(reverse("dashboard"))}
        template = "cohorts/mails/coach_teams.txt"
        mails.append(mail_as_sent([coach], template, **lists[swapped[coach]], **values))
    sentences = []
    for coach in (one, other):
        then = lists[swapped[coach]]
        said = {"name": coach.full_name, "teams": quoted([*then["first"], *then["second"]])}
        sentences.append(
            _("%(name)s begleitet danach: %(teams)s.") % said
            if said["teams"]
            else _("%(name)s begleitet danach kein Team.") % said
        )
    sentences.append(_("Was eine der beiden gerade liest, kann sie noch zurückgeben."))
    return consequences(sentences, mails)


def mails_to_teams(teams: Iterable[Team], coaches: Callable[[Team], list[CoachAssignment]]) -> list[ShownMail]:
    """Return what the people of these teams are sent about the coaches they have then; of several teams the first's."""
    link, template = address_of(reverse("dashboard")), "cohorts/mails/team_coaches.txt"
    teams = list(teams)
    mails = [
        mail_as_sent(team.people().not_erased(), template, team=team, coaches=coaches(team), link=link)  # type: ignore[attr-defined]
        for team in teams
    ]
    everybody = [name for mail in mails for name in mail.to]
    return [ShownMail(everybody, mails[0].subject, mails[0].text, teams[0].title)] if len(mails) > 1 else mails


def consequences_of_coming_back(coach: CoachAssignment, *, by: Any) -> SafeString:
    """Say which teams stay with whom they have now, and what the coach is sent."""
    sentences = [
        _("%(name)s sieht „%(title)s“ sofort wieder.") % {"name": coach.full_name, "title": coach.cohort.title}
    ]
    for team in teams_of_before(coach):
        if not is_free_for(team, coach):
            said = {"team": team.title, "others": all_of(one.full_name for one in team.coaches())}
            sentences.append(_("„%(team)s“ bleibt bei %(others)s.") % said)
    sentences += [
        _("Die Teams, die Sie ankreuzen, erfahren per E-Mail, wer sie begleitet."),
        _("%(name)s bekommt eine E-Mail mit den Teams.") % {"name": coach.full_name},
    ]
    mails = [] if coach.coach_id else [invitation_as_sent(coach, coach, inviter=by)]
    return consequences(sentences, mails, silent=False)


def ending_sentences(coaches: Iterable[CoachAssignment]) -> Iterable[str]:
    """Say of each coach which teams have nobody else then, and what comes first if that is not meant."""
    for coach in coaches:
        teams = list(teams_with(coach))
        alone = [team.title for team in teams if not [one for one in team.coaches() if one != coach]]
        said = {"name": coach.full_name, "count": len(teams), "teams": quoted(alone)}
        has = ngettext("%(name)s begleitet ein Team.", "%(name)s begleitet %(count)s Teams.", len(teams))
        yield has % said if teams else _("%(name)s begleitet kein Team.") % said
        if alone:
            yield _("Ohne eigene Coaching-Person sind dann: %(teams)s.") % said
            yield _("Soll sie jemand anders bekommen, wählen Sie zuerst „Alle Teams übergeben“.")
    yield _("Was eine Person dann noch liest, wartet wieder auf alle anderen. Zurück geht es mit „Begleitet wieder“.")
