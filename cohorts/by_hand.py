"""A team made by hand, for an association that never registered: it called, or the organiser invites it."""

from __future__ import annotations

from django.db import models, transaction
from django.urls import reverse

from accounts import outbox
from accounts.models import Event, Organisation, User
from accounts.models.record import Person
from cohorts.deciding import OWNER, AlreadyTakesPart, NoPlaceLeft, dates_of, make_team, refuse_beyond_places
from cohorts.models import Cohort, Team, TeamMember
from cohorts.models.place_mails import with_the_place
from cohorts.readmitting import NoPlaceThere
from cohorts.taking_in_again import goes_on
from core.writes import Stale


def known_to(organiser: Person) -> models.QuerySet[Organisation]:
    """Return the organisations that have, or had, a team in a cohort that this person organises."""
    own = Cohort.objects.organised_by(organiser)
    return Organisation.objects.filter(pk__in=Team.objects.filter(cohort__in=own).values("organisation"))


@transaction.atomic
def make_by_hand(
    cohort: Cohort, *, by: User, text: str, owner: TeamMember, organisation: Organisation | None = None, name: str = ""
) -> Team:
    """Make a team for an organisation that is known, or for a new one of this name; send `text`, and invite the owner.

    `owner` is not saved: it says who. Raises `NoPlaceThere`, `AlreadyTakesPart`, `OnBothSides`, and `Stale` for a cohort
    that is over or called off.
    """
    cohort.require(by, "edit")
    if organisation and organisation not in known_to(by):
        raise ValueError("An organisation of another Träger.")
    locked = Cohort.objects.lock(cohort.pk)
    Organisation.objects.lock(locked.organiser_id, *([organisation.pk] if organisation else []))
    if not goes_on(locked):
        raise Stale
    if organisation and locked.teams.filter(organisation=organisation).exists():
        raise AlreadyTakesPart
    try:
        refuse_beyond_places(locked)
    except NoPlaceLeft as error:
        raise NoPlaceThere from error
    if organisation is None:
        contact = {"contact_name": owner.full_name, "contact_email": owner.email, "contact_phone": owner.phone}
        organisation = Organisation.objects.create(name=name, **contact)
    team = make_team(Team(cohort=locked, organisation=organisation), [(owner, OWNER)], by=by)
    Event.record("team.made_by_hand", team, by=by)
    outbox.post(
        team.people(),
        "cohorts/mails/team_made.txt",
        dedup=team.pk,
        **with_the_place(team),
        link=reverse("cohorts:detail", args=[locked.slug]) if locked.published_at else "",
        cohort=locked.pk,
        team=team,
        text=text,
        **dates_of(locked),
    )
    return team
