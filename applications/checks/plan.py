"""Checks of goals, activities and partners: C12–C15."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from applications.checks.base import Dossier, Found, Severity, check
from applications.checks.numerals import has_number
from applications.content.plan import LOCAL_NETWORK, OUTCOME_LEVELS, Goal
from calls.terms import GOALS, PARTNERS, WORK_PLAN


def named(goal: Goal) -> str:
    """How a finding names a goal: its first words."""
    words = " ".join(goal.goal.split())
    return words if len(words) <= 60 else words[:57].rsplit(" ", 1)[0] + " …"


@check("C12", Severity.ERROR)
def measurable(dossier: Dossier) -> Iterator[Found]:
    """Every outcome goal has an indicator with a number and a date (F1 4.3)."""
    for goal in dossier.goals.rows:
        if goal.level not in OUTCOME_LEVELS:
            continue
        if not goal.indicator.strip():
            yield Found(
                _("Woran merken Sie, dass „%(goal)s“ erreicht ist? Der Indikator fehlt.") % {"goal": named(goal)},
                GOALS,
                goal.id,
                "indicator",
            )
        elif not has_number(goal.target):
            yield Found(
                _("Welchen Wert wollen Sie bei „%(goal)s“ erreichen? Es fehlt eine Zahl.") % {"goal": named(goal)},
                GOALS,
                goal.id,
                "target",
            )
        elif not goal.due_on:
            yield Found(
                _("Bis wann wollen Sie „%(goal)s“ erreichen? Das Datum fehlt.") % {"goal": named(goal)},
                GOALS,
                goal.id,
                "due_on",
            )


@check("C13", Severity.WARNING)
def red_thread(dossier: Dossier) -> Iterator[Found]:
    """Every goal has an activity and every activity a goal: the roter Faden (F7, F18). Lost references are found too."""
    known = {activity.id for activity in dossier.work_plan.rows}
    used = {ref for goal in dossier.goals.rows for ref in goal.activities}
    for goal in dossier.goals.rows:
        if any(ref not in known for ref in goal.activities):
            yield Found(
                _("Das Ziel „%(goal)s“ nennt eine Maßnahme, die nicht mehr vorhanden ist.") % {"goal": named(goal)},
                GOALS,
                goal.id,
                "activities",
            )
        elif not goal.activities:
            yield Found(
                _("Zu „%(goal)s“ gehört noch keine Maßnahme.") % {"goal": named(goal)}, GOALS, goal.id, "activities"
            )
    for activity in dossier.work_plan.rows:
        if activity.id not in used:
            yield Found(
                _("Die Maßnahme „%(title)s“ führt noch zu keinem Ziel.") % {"title": activity.title},
                WORK_PLAN,
                activity.id,
            )


@check("C14", Severity.WARNING)
def outcome(dossier: Dossier) -> Iterator[Found]:
    """At least one goal says what changes for people, not only what is done (F30)."""
    if not any(goal.level in OUTCOME_LEVELS for goal in dossier.goals.rows):
        yield Found(
            _("Noch sagt kein Ziel, was sich bei den Menschen ändert (Stufe 4 bis 6 der Wirkungstreppe)."), GOALS
        )


@check("C15", Severity.WARNING)
def local_network(dossier: Dossier) -> Iterator[Found]:
    """Cooperation names one of municipality, course provider, House of Resources, MBE, JMD (F1 4.6)."""
    if not any(partner.kind in LOCAL_NETWORK for partner in dossier.partners.rows):
        yield Found(
            _("Nennen Sie mindestens einen dieser Partner: Kommune oder Landkreis, Träger von Integrationskursen, House of Resources, Migrationsberatung (MBE) oder Jugendmigrationsdienst (JMD)."),
            PARTNERS,
        )  # fmt: skip
