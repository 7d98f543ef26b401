"""„Abwesenheit eintragen“ and „Ist wieder da“ for a coach: once for all cohorts of the organiser in which the person coaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation, widgets
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models.record import Person
from accounts.rehearsal import current
from cohorts.models import CoachAbsence, CoachAssignment, Cohort, Overlaps, Team
from cohorts.models.absence import days_ahead, readers_beside, too_far, unread_by
from cohorts.reassigning import teams_of
from core.words import day, quoted

from .consequences import consequences


class AbsenceForm(forms.Form):
    """The days, and the cohorts they are for."""

    cohorts = forms.ModelMultipleChoiceField(
        CoachAssignment.objects.none(),
        label=gettext_lazy("In welchen Projektschmieden?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Bitte wählen Sie mindestens eine Projektschmiede aus.")},
    )
    from_on = forms.DateField(
        label=gettext_lazy("Erster Tag"), initial=timezone.localdate, widget=widgets.AdminDateWidget
    )
    until_on = forms.DateField(label=gettext_lazy("Letzter Tag"), widget=widgets.AdminDateWidget)

    def __init__(self, *args: Any, own: QuerySet[CoachAssignment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["cohorts"]
        field.queryset = own
        field.label_from_instance = lambda assignment: assignment.cohort.title
        today = timezone.localdate()
        going_on = [assignment.pk for assignment in own if assignment.cohort.ends_on >= today]
        self.initial.setdefault("cohorts", going_on)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("from_on"), cleaned.get("until_on")
        for name, one in (("from_on", begins), ("until_on", ends)):
            if one and too_far(one):
                self.add_error(name, too_far(one))
        if begins and ends and ends < begins:
            self.add_error("until_on", _("Der letzte Tag liegt vor dem ersten."))
        elif ends and ends < timezone.localdate():
            self.add_error("until_on", _("Diese Tage sind schon vorbei."))
        return cleaned


def of_the_same_person(assignment: CoachAssignment, organiser: Person) -> QuerySet[CoachAssignment]:
    """Return where this person coaches in cohorts of the organiser that were not called off; never those of another Träger."""
    same = Q(coach=assignment.coach) if assignment.coach_id else Q(pk=assignment.pk)
    own = Cohort.objects.organised_by(organiser).filter(cancelled_at=None)
    rows = CoachAssignment.objects.current().filter(same, cohort__in=own)
    return rows.select_related("cohort", "coach").order_by("-cohort__begins_on")


@admin.action(
    description=gettext_lazy("Abwesenheit eintragen"),
    location=[ActionLocation.CHANGE_FORM],
    permissions=["change"],
)
def enter_absence(pages: Any, request: HttpRequest, queryset: QuerySet[CoachAssignment]) -> HttpResponse | None:
    """Ask for the days and the cohorts, show who reads meanwhile, and enter the absence in all of them."""
    by: Any = request.user
    coach = queryset.get()
    own = of_the_same_person(coach, by)
    question: dict[str, Any] = {"title": _("Abwesenheit eintragen")}
    details = lambda: consequences_of_absence(own)  # noqa: E731
    stale = _("Diese Person begleitet die Projektschmiede nicht mehr, oder die Tage sind vorbei.")
    form = pages.ask(request, queryset, AbsenceForm, **question, own=own, details=details, stale=stale)
    if isinstance(form, HttpResponse):
        return form
    chosen = form.cleaned_data.pop("cohorts")
    refused = pages.run(
        request,
        queryset,
        lambda _coach: enter(chosen, by=by, **form.cleaned_data),
        may="edit",
        done=_("Die Abwesenheit ist eingetragen, die Person ist benachrichtigt."),
        stale=stale,
    )
    if watching := current():
        days = form.cleaned_data["from_on"], form.cleaned_data["until_on"]
        watching.explain(consequences_of_absence(chosen.select_related("cohort"), days))
    answer: HttpResponse | None = pages.ask_again(request, refused, form)
    return answer


@admin.action(description=gettext_lazy("Ist wieder da"), location=[ActionLocation.CHANGE_FORM], permissions=["change"])
def end_absence(pages: Any, request: HttpRequest, queryset: QuerySet[CoachAssignment]) -> HttpResponse | None:
    """Show which absences end today and what the coach is sent, and end them in all cohorts."""
    by: Any = request.user
    own = of_the_same_person(queryset.get(), by)
    answer: HttpResponse | None = pages.ask_and_run(
        request,
        queryset,
        lambda _coach: CoachAbsence.objects.end_for(own, by=by),
        title=_("Ist wieder da"),
        button=_("Ja, ab heute wieder da"),
        details=lambda: consequences_of_being_back(own),
        stale=_("Für heute ist keine Abwesenheit eingetragen."),
        may="edit",
        done=_("Die Abwesenheit ist zu Ende, die Person hat eine E-Mail bekommen."),
    )
    return answer


def consequences_of_being_back(own: QuerySet[CoachAssignment]) -> SafeString:
    """Name each absence of today with its days."""
    running = list(
        CoachAbsence.objects.on(timezone.localdate())
        .filter(assignment__in=own)
        .select_related("assignment__cohort")
        .order_by("pk")
    )
    words = _("„%(cohort)s“: Die Abwesenheit vom %(begins)s bis %(ends)s endet, Abgaben und Fragen warten wieder.")
    sentences = [
        words
        % {
            "cohort": absence.assignment.cohort.title,
            "begins": day(absence.from_on),
            "ends": day(absence.until_on),
        }
        for absence in running
    ]
    if not running:
        return consequences([_("Für heute ist keine Abwesenheit eingetragen.")])
    return consequences(sentences)


class HasOne(Overlaps):
    """As `Overlaps`, in words for the organiser."""

    def __str__(self) -> str:
        said = {"begins": day(self.absence.from_on), "ends": day(self.absence.until_on)}
        said["cohort"] = self.absence.assignment.cohort.title
        return (
            _(
                "In „%(cohort)s“ ist für diese Tage schon eine Abwesenheit eingetragen: %(begins)s bis %(ends)s. Es ist nichts "
                "eingetragen. Nehmen Sie dort den Haken heraus, oder ändern Sie sie unter „Abwesenheiten“."
            )
            % said
        )


def enter(assignments: Any, **values: Any) -> None:
    try:
        CoachAbsence.objects.enter_for(assignments, **values)
    except Overlaps as error:
        raise HasOne(error.absence) from error


def consequences_of_absence(own: Iterable[CoachAssignment], days: tuple[date, date] | None = None) -> SafeString:
    """Say of each cohort for how many teams somebody else reads, and which have nobody then.

    Without the days of the absence it is said of the other coaches as they are. Four queries, whatever the number.
    """
    assignments = list(own)
    teams_by, others = teams_of(assignments), readers_beside(assignments) if days is None else {}
    unread = unread_by(assignments, *days) if days else {}
    ahead = days_ahead(*days) if days else 0
    sentences = []
    for assignment in assignments:
        teams = teams_by[assignment]
        said = {"cohort": assignment.cohort.title, "count": len(teams)}
        has = ngettext("„%(cohort)s“: begleitet ein Team.", "„%(cohort)s“: begleitet %(count)s Teams.", len(teams))
        sentences.append(has % said if teams else _("„%(cohort)s“: begleitet kein Team.") % said)
        is_nobody_there = not others[assignment.pk] if days is None else len(unread[assignment.pk]) == ahead
        sentences += _who_reads(assignment, teams, unread.get(assignment.pk, []), is_nobody_there=is_nobody_there)
    sentences += [
        _("Wo es eine zweite Coaching-Person gibt, warten Abgaben und Fragen solange auf sie, wenn sie da ist."),
        _("Die Person bekommt eine E-Mail mit den Tagen und Projektschmieden."),
    ]
    return consequences(sentences)


def _who_reads(
    assignment: CoachAssignment, teams: Iterable[Team], unread: list[date], *, is_nobody_there: bool
) -> Iterator[str]:
    """Say which teams have nobody who reads, on all days or on some, and what the organiser can do about it."""
    every = {"teams": quoted(team.title for team in teams), "count": len(unread)}
    if not every["teams"]:
        return
    if is_nobody_there:
        yield _("Niemand ist dann für diese Teams da: %(teams)s.") % every
    elif unread:
        words = ngettext(
            "An einem Tag, am %(first)s, ist niemand für diese Teams da: %(teams)s.",
            "An %(count)s Tagen, zuerst am %(first)s, ist niemand für diese Teams da: %(teams)s.",
            len(unread),
        )
        yield words % (every | {"first": day(unread[0])})
    if is_nobody_there or unread:
        yield _(
            "Fügen Sie vorher eine weitere Coaching-Person hinzu, oder sagen Sie den Teams, wer ihnen in dieser Zeit hilft."
        )
    alone = [team.title for team in teams if not [one for one in team.coaches() if one != assignment]]
    if alone and not is_nobody_there:
        yield _(
            "Ohne andere Coaching-Person sind dort: %(teams)s. Ihre Abgaben und Fragen lesen alle, die da sind."
        ) % {"teams": quoted(alone)}
