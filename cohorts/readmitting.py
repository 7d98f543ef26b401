"""Taking a team into another cohort of the same Träger („In eine neue Projektschmiede aufnehmen“), by the rules of accepting."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts import outbox
from accounts.models import Event, Organisation, User
from cohorts.deciding import OWNER, WRITER, AlreadyTakesPart, NoPlaceLeft, dates_of, make_team, refuse_beyond_places
from cohorts.models import Cohort, Team, TeamMember
from cohorts.models.place_mails import with_the_place
from core.writes import Stale


class NoPlaceThere(NoPlaceLeft):
    """Every place of the other cohort is taken; there is no registration that could wait."""

    def __str__(self) -> str:
        return gettext(
            "Alle Plätze dieser Projektschmiede sind vergeben. Wählen Sie eine andere, oder erhöhen Sie dort die Zahl der Plätze."
        )


class PersonGone(Stale):
    """Somebody who was to be invited has left the earlier team meanwhile."""

    def __str__(self) -> str:
        return gettext("Eine der Personen gehört nicht mehr zum früheren Team. Bitte sehen Sie noch einmal nach.")


def cohorts_for(team: Team) -> models.QuerySet[Cohort]:
    """Return the cohorts of the same Träger that are not over or called off and in which the organisation has no team."""
    coming = Cohort.objects.filter(
        organiser=team.cohort.organiser_id, cancelled_at=None, ends_on__gte=timezone.localdate()
    )
    return coming.exclude(teams__organisation=team.organisation_id).order_by("begins_on", "title")


def people_to_invite(team: Team) -> models.QuerySet[TeamMember]:
    """Return the people who are still in the team, the owner first; nobody who has left or was erased."""
    is_owner = models.Case(models.When(role=OWNER, then=0), default=1)
    return team.people().not_erased().order_by(is_owner, "last_name", "first_name")  # type: ignore[attr-defined]


@transaction.atomic
def readmit(
    team: Team, cohort: Cohort, *, by: User, text: str, owner: TeamMember, people: Collection[TeamMember]
) -> Team:
    """Give the team's organisation a place in another cohort: make a team, send `text`, and invite these people.

    `owner` is responsible in the new team; the others keep whether they write or read. Nobody is in it before they accept.
    Raises `NoPlaceThere`, `AlreadyTakesPart`, `PersonGone`, `OnBothSides`, and `Stale` for a cohort that is over or called off.
    """
    team.require(by, "readmit")
    if cohort.organiser_id != team.cohort.organiser_id:
        raise ValueError("A cohort of another Träger.")
    locked = Cohort.objects.lock(cohort.pk)
    Organisation.objects.lock(locked.organiser_id, team.organisation_id)
    if locked.cancelled_at or locked.ends_on < timezone.localdate():
        raise Stale
    if locked.teams.filter(organisation=team.organisation_id).exists():
        raise AlreadyTakesPart
    try:
        refuse_beyond_places(locked)
    except NoPlaceLeft as error:
        raise NoPlaceThere from error
    chosen = {owner.pk, *(person.pk for person in people)}
    invited = list(people_to_invite(team).filter(pk__in=chosen))
    if len(invited) < len(chosen):
        raise PersonGone
    places = [(as_known_today(person), OWNER if person.pk == owner.pk else role_again(person)) for person in invited]
    new = make_team(Team(cohort=cohort, organisation=team.organisation), places, by=by)
    Event.record("team.readmitted", team, by=by, to=new.pk)
    outbox.post(
        new.people(),
        "cohorts/mails/team_readmitted.txt",
        dedup=new.pk,
        **with_the_place(new),
        link=reverse("cohorts:detail", args=[cohort.slug]) if cohort.published_at else "",
        cohort=cohort.pk,
        team=new,
        text=text,
        is_moving=is_moving(team),
        **dates_of(cohort),
    )
    return new


def is_over(team: Team) -> bool:
    """Is what the team wrote offered to its organisation's next team, whatever became of it?

    While team and cohort go on, only what was withdrawn or refused is (applications/writing/earlier.py).
    """
    cohort = team.cohort
    return bool(team.withdrawn_at or cohort.cancelled_at or cohort.ends_on < timezone.localdate())


def is_moving(team: Team) -> bool:
    """Does the team go from a cohort that is not over to another one? Then nobody is „wieder dabei“."""
    return team.cohort.ends_on >= timezone.localdate()


def as_known_today(person: TeamMember) -> TeamMember:
    """Return the person with the address of their account: the one written down in the earlier team may be long gone."""
    email = person.user.email if person.user else person.email
    return TeamMember(first_name=person.first_name, last_name=person.last_name, phone=person.phone, email=email)


def role_again(person: TeamMember) -> str:
    """Return the role of somebody who is not responsible in the new team: who was so before writes along."""
    return WRITER if person.role == OWNER else person.role
