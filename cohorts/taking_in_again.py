"""The way back for a team that was withdrawn by mistake („Team nimmt wieder teil“): the same team in the same cohort."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Event, Organisation, User
from accounts.waiting import Told
from cohorts.deciding import NoPlaceLeft, refuse_beyond_places
from cohorts.models import CoachAssignment, Cohort, OnBothSides, Team
from cohorts.models.place_mails import tell_of_return
from core.writes import Stale, write_if


class PlaceGone(NoPlaceLeft):
    """The place of the team was given to another one meanwhile."""

    def __str__(self) -> str:
        return gettext(
            "Alle Plätze sind inzwischen vergeben. Setzen Sie den Haken, wenn das Team trotzdem wieder teilnehmen soll."
        )


def can_come_back(team: Team) -> bool:
    """Has the team left a cohort that still goes on?"""
    return not team.is_current and goes_on(team.cohort)


def goes_on(cohort: Cohort) -> bool:
    return cohort.cancelled_at is None and cohort.ends_on >= timezone.localdate()


@transaction.atomic
def take_in_again(team: Team, *, by: User, beyond_places: bool = False) -> Told:
    """Let a team that has left go on where it was, tell it and its coaches, and invite again who had not joined.

    Who has not heard yet that it had left is told nothing.

    Raises `PlaceGone` unless a place is free or `beyond_places` says that none is needed,
    `OnBothSides` with the names of those who coach or organise the cohort since, and `Stale` if the team is there, or
    the cohort is over or called off.
    """
    team.require(by, "readmit")
    cohort = Cohort.objects.lock(team.cohort_id)
    Organisation.objects.lock(cohort.organiser_id, team.organisation_id)
    if not goes_on(cohort):
        raise Stale(gettext("Diese Projektschmiede ist vorbei oder abgesagt."))
    if not beyond_places:
        _refuse_beyond_places(team, cohort)
    write_if(team, {"withdrawn_at__isnull": False}, withdrawn_at=None)
    Event.record("team.taken_in_again", team, by=by)
    _refuse_other_sides(team)
    return tell_of_return(team, by=by)


def _refuse_beyond_places(team: Team, cohort: Cohort) -> None:
    """Raise `PlaceGone` if every place is taken, and `Stale` if this team takes one of them already."""
    try:
        refuse_beyond_places(cohort)
    except NoPlaceLeft as error:
        if cohort.teams.current().filter(pk=team.pk).exists():
            raise Stale from error
        raise PlaceGone from error


def _refuse_other_sides(team: Team) -> None:
    """Raise `OnBothSides` with the names of members who coach or organise the cohort, which the team had left to them."""
    coaching = CoachAssignment.objects.filter(cohort=team.cohort_id).in_a_team(team=team)
    organising = team.members.organising()
    if names := sorted({person.full_name for person in [*coaching, *organising]}):
        raise OnBothSides(*names)
