"""Coaches and their teams in the admin: handing all teams over, swapping, ending and coming back, with what happens to whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation, widgets
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts import reassigning
from cohorts.models import CoachAssignment, Team
from cohorts.reassigning import is_free_for, teams_of, teams_of_before, teams_with
from core.words import all_of, quoted

from .consequences import consequences

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
        before = teams_of_before(coach) if coach and not coach.is_current else []
        free = [team for team in before if coach and is_free_for(team, coach)]
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
    if coach and not CoachAssignment.objects.current().filter(cohort=coach.cohort_id).exclude(pk=coach.pk).exists():
        text = _("In „%(title)s“ gibt es keine andere Coaching-Person. Fügen Sie zuerst eine hinzu.")
        pages.message_user(request, text % {"title": coach.cohort.title}, "error")
        return None
    question: dict[str, Any] = {"title": _("Alle Teams übergeben")}
    details = lambda: consequences_of_handing_over(coach) if coach else ""  # noqa: E731
    form = pages.ask(request, queryset, HandOverForm, **question, coach=coach, details=details, stale=STALE)
    if isinstance(form, HttpResponse):
        return form
    refused = pages.run(
        request,
        queryset,
        lambda one: reassigning.hand_teams_over(one, by=by, **form.cleaned_data),
        may="edit",
        done=_("Die Teams sind übergeben, alle sind benachrichtigt."),
        stale=STALE,
    )
    answer: HttpResponse | None = pages.ask_again(request, refused, form)
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
        details=lambda: consequences_of_swapping(one, other),
        rehearsal=lambda: pages.rehearsed(lambda: reassigning.swap_teams(one, other, by=by)),
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
    goes_on = coach is not None and coach.is_current
    question: dict[str, Any] = {"title": _("Begleitet wieder")}
    stale = _("Diese Person begleitet die Projektschmiede schon.")
    details = lambda: consequences_of_coming_back(coach) if coach else ""  # noqa: E731
    form = pages.ask(request, queryset, ReturnForm, **question, coach=coach, details=details, stale=stale)
    if isinstance(form, HttpResponse):
        return form
    refused = pages.run(
        request,
        queryset,
        lambda one: reassigning.take_up_again(one, by=by, **form.cleaned_data),
        may="edit",
        done=_("Begleitet die Projektschmiede weiter.")
        if goes_on
        else _("Die Person begleitet die Projektschmiede wieder und ist benachrichtigt."),
        stale=stale,
    )
    answer: HttpResponse | None = pages.ask_again(request, refused, form)
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
        done=_("Die Begleitung endet nach diesem Tag. Zurück geht es mit „Begleitet wieder“."),
    )
    answer: HttpResponse | None = pages.ask_again(request, refused, form)
    return answer


def consequences_of_handing_over(coach: CoachAssignment) -> SafeString:
    """Name the teams with their coaches as they are."""
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
        _(
            "%(name)s und die neue Person bekommen je eine E-Mail mit ihren Teams in „%(title)s“; alle in den Teams erfahren, wer sie begleitet."
        )
        % said,
        _("Zurück geht es danach nur Team für Team, mit „Coaching-Personen festlegen“."),
    ]
    return consequences(sentences if teams else [_("Diese Person hat kein Team.")])


def consequences_of_swapping(one: CoachAssignment, other: CoachAssignment) -> SafeString:
    """Say which teams each has then."""
    swapped = {one: other, other: one}
    lists = reassigning.lists_of([one, other])
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
    return consequences(sentences)


def consequences_of_coming_back(coach: CoachAssignment) -> SafeString:
    """Say which teams stay with whom they have now, and who is told."""
    if coach.is_current:
        return consequences(
            [
                _("Die Begleitung endet nicht mehr. %(name)s behält ihre Teams.") % {"name": coach.full_name},
                _("Niemand bekommt eine E-Mail, denn vom Ende hat niemand erfahren."),
            ]
        )
    before = teams_of_before(coach)
    named = [team.title for team in before if coach in (team.first_coach, team.second_coach)]
    sentences = [
        _("%(name)s sieht „%(title)s“ sofort wieder.") % {"name": coach.full_name, "title": coach.cohort.title}
    ]
    for team in before:
        if not is_free_for(team, coach):
            said = {"team": team.title, "others": all_of(one.full_name for one in team.coaches())}
            sentences.append(_("„%(team)s“ bleibt bei %(others)s.") % said)
    said = {"name": coach.full_name, "teams": quoted(named)}
    if named:
        sentences.append(
            _(
                "Wo %(name)s noch eingetragen ist, hat das Team vom Ende keine E-Mail bekommen: %(teams)s. Es bekommt auch jetzt keine, wenn Sie es angekreuzt lassen."
            )
            % said
        )
    sentences += [
        _("Teams, die %(name)s dadurch neu bekommen oder nicht mehr haben, erfahren per E-Mail, wer sie begleitet.")
        % said,
        _("%(name)s bekommt eine E-Mail mit den Teams.") % said,
    ]
    return consequences(sentences)


def ending_sentences(coaches: Iterable[CoachAssignment]) -> Iterable[str]:
    """Say of each coach which teams have nobody else then, and what comes first if that is not meant."""
    ending = list(coaches)
    for coach, teams in teams_of(ending).items():
        alone = [team.title for team in teams if not [one for one in team.coaches() if one not in ending]]
        said = {"name": coach.full_name, "count": len(teams), "teams": quoted(alone)}
        has = ngettext("%(name)s begleitet ein Team.", "%(name)s begleitet %(count)s Teams.", len(teams))
        yield has % said if teams else _("%(name)s begleitet kein Team.") % said
        if alone:
            yield _("Ohne eigene Coaching-Person sind dann: %(teams)s.") % said
            yield _("Soll sie jemand anders bekommen, wählen Sie zuerst „Alle Teams übergeben“.")
    yield _("Was eine Person dann noch liest, wartet wieder auf alle anderen. Zurück geht es mit „Begleitet wieder“.")
    yield _("Es wird keine E-Mail verschickt.")
