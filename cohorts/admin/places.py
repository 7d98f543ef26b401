"""Places and coaches on the pages of a decision: who gets no place and why, who begins without a coach, which dates do not fit."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db.models import Count, Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from calls.cohort_dates import clashes, warning
from cohorts.models import CoachAssignment, Cohort, Registration
from core.words import all_of

TAKEN = Count("teams", Q(teams__withdrawn_at=None), distinct=True)


def free_places(registrations: list[Registration]) -> dict[UUID, int]:
    """Return how many places are free in each cohort of these registrations. One query."""
    cohorts = Cohort.objects.filter(registrations__in=registrations).annotate(taken=TAKEN)
    return {cohort.pk: max(cohort.places - cohort.taken, 0) for cohort in cohorts}


def is_full(registrations: list[Registration]) -> bool:
    """Is no place free in any cohort of these registrations?"""
    return not any(free_places(registrations).values())


def beyond_places(registrations: list[Registration]) -> SafeString | str:
    """Say who of these would get no place if all were accepted, and why: they are accepted in the order of confirming."""
    free, chosen = free_places(registrations), defaultdict(list)
    for registration in sorted(registrations, key=lambda row: (row.confirmed_at is None, row.confirmed_at)):
        chosen[registration.cohort_id].append(registration)
    lines = []
    for cohort, rows in chosen.items():
        if refused := rows[free[cohort] :]:
            said = {"title": rows[0].cohort.title, "names": all_of(str(row) for row in refused)}
            lines.append((_("In „%(title)s“ bekommen keinen Platz mehr: %(names)s") % said,))
    if not lines:
        return ""
    why = _(
        "Es sind mehr ausgewählt, als Plätze frei sind. Wer seine Anmeldung zuerst bestätigt hat, bekommt einen. Die anderen warten weiter auf Ihre Entscheidung: Setzen Sie sie auf die Warteliste, oder erhöhen Sie in der Projektschmiede die Zahl der Plätze."
    )
    items = format_html_join("", "<li>{}</li>", lines)
    return format_html('<p class="errornote">{}</p><ul>{}</ul>', why, items)


def without_coach(registrations: list[Registration]) -> SafeString | str:
    """Say which teams begin without a coach, after they were accepted, and who reads until then what they hand in."""
    if not registrations:
        return ""
    cohorts = {registration.cohort_id for registration in registrations}
    begin = _("Ohne Coaching-Person beginnen: %(names)s") % {"names": all_of(str(row) for row in registrations)}
    if cohorts <= set(CoachAssignment.objects.current().filter(cohort__in=cohorts).values_list("cohort", flat=True)):
        until = _(
            "Bis Sie beim Team eine festlegen, lesen alle Coaching-Personen der Projektschmiede, was es abgibt und fragt."
        )
    else:
        until = _(
            "Bis Sie in der Projektschmiede eine Coaching-Person einladen, liest niemand, was ein Team abgibt und fragt."
        )
    return format_html("<p>{}</p><p>{}</p>", begin, until)


def misfits_in(registrations: list[Registration]) -> SafeString:
    """Say which dates of the cohorts of these registrations do not fit their call. Three queries."""
    cohorts = Cohort.objects.filter(registrations__in=registrations).select_related("call").distinct()
    rows = []
    for cohort in cohorts.prefetch_related("workshops__sessions").order_by("begins_on", "title"):
        held = [workshop for workshop in cohort.workshops.all() if workshop.cancelled_at is None]
        if sentences := clashes(cohort, held):
            rows.append((warning(cohort.title, sentences),))
    return format_html_join("", "{}", rows)
