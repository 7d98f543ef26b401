"""What happens on accepting, declining or putting a registration on the waiting list, and whether a place is left.

With a place come the organisation, its team, and the invitations of its people.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Event, Organisation, User
from accounts.models.named_person import NamedPerson
from accounts.waiting import Told
from cohorts.models import CoachAssignment, Cohort, OnBothSides, Registration, Team, TeamMember
from cohorts.models.place_mails import with_the_place
from core.writes import Stale, write_if

OWNER, WRITER = TeamMember.Role.OWNER, TeamMember.Role.WRITER


class NoPlaceLeft(Stale):
    """Every place of the cohort is taken."""

    def __str__(self) -> str:
        return gettext(
            "Alle Plätze sind vergeben. Setzen Sie den Verein auf die Warteliste, oder erhöhen Sie in der Projektschmiede "
            "die Zahl der Plätze."
        )


class AlreadyTakesPart(Stale):
    """The organisation has a team in this cohort."""

    def __str__(self) -> str:
        return gettext("Diese Organisation hat in dieser Projektschmiede schon ein Team.")


@transaction.atomic
def accept(
    registration: Registration,
    *,
    by: User,
    text: str,
    note: str = "",
    organisation: Organisation | None = None,
    first_coach: CoachAssignment | None = None,
) -> Team:
    """Give the association a place: make its team, invite its people, send `text` with the dates of the workshops.

    `organisation` is the association's own, known from an earlier cohort of the same Träger; without it a new one is made.
    Raises `NoPlaceLeft` beyond the places of the cohort: its row is locked first, so of two at once only one gets the
    last place. Raises `OnBothSides` if somebody of the association coaches or organises the cohort.
    """
    registration.require(by, "decide")
    cohort = Cohort.objects.lock(registration.cohort_id)
    Organisation.objects.lock(cohort.organiser_id, *([organisation.pk] if organisation else []))
    if cohort.cancelled_at:
        raise Stale
    _decide(registration, Registration.Status.ACCEPTED, by=by, text=text, note=note)
    refuse_beyond_places(cohort)
    if organisation and organisation not in known_organisations(registration):
        raise AlreadyTakesPart
    organisation = organisation or _make_organisation(registration)
    write_if(registration, {}, organisation=organisation)
    Event.record("registration.accepted", registration, by=by)
    registration.mail(
        "registration_accepted",
        registration.persons.all(),
        text=text,
        **dates_of(cohort),
    )
    roles = [OWNER if person.position == 1 else WRITER for person in registration.persons.all()]
    team = Team(cohort=registration.cohort, organisation=organisation, registration=registration)
    return make_team(team, zip(registration.persons.all(), roles, strict=True), first_coach=first_coach, by=by)


def dates_of(cohort: Cohort) -> dict[str, Any]:
    """Return what the mail to somebody who has got a place says about dates: the workshops, and where the calendar is."""
    workshops = list(cohort.workshops.held().prefetch_related("sessions"))
    return {"workshops": workshops, "calendar": settings.PORTAL_URL + reverse("calendar")}


@transaction.atomic
def put_on_waiting_list(registration: Registration, *, by: User, text: str, note: str = "") -> Told:
    """Send `text`, and leave the place open: a waiting association can still be accepted."""
    registration.require(by, "decide")
    _decide(registration, Registration.Status.WAITING, by=by, text=text, note=note)
    Event.record("registration.waiting", registration, by=by)
    return mail_decision(registration, "registration_waiting", text)


@transaction.atomic
def decline(registration: Registration, *, by: User, text: str, note: str = "") -> Told:
    """Refuse a place, and send `text`."""
    registration.require(by, "decide")
    _decide(registration, Registration.Status.DECLINED, by=by, text=text, note=note)
    Event.record("registration.declined", registration, by=by)
    return mail_decision(registration, "registration_declined", text)


@transaction.atomic
def reopen(registration: Registration, *, by: User, text: str, note: str = "") -> Told:
    """Take a refusal back, and send `text` to who has read it: the registration waits for a decision again.

    Raises `Stale` for any other.
    """
    registration.require(by, "decide")
    if registration.cohort.cancelled_at:
        raise Stale
    noted = {"internal_note": note} if note else {}
    decision = {"decided_at": None, "decided_by": None, "decision_text": ""}
    status = Registration.Status
    write_if(registration, {"status": status.DECLINED}, status=status.RECEIVED, **decision, **noted)
    Event.record("registration.reopened", registration, by=by)
    return mail_decision(registration, "registration_reopened", text)


def mail_decision(registration: Registration, kind: str, text: str) -> Told:
    """Mail everybody of the registration; what was decided before may be decided once more."""
    return registration.mail(kind, registration.persons.all(), text=text)


def known_organisations(registration: Registration) -> models.QuerySet[Organisation]:
    """Return those of earlier cohorts of the same Träger, except those that have a team in this one."""
    earlier = Organisation.objects.filter(teams__cohort__organiser=registration.cohort.organiser_id)
    return earlier.exclude(teams__cohort=registration.cohort_id).distinct()


def _decide(registration: Registration, status: Registration.Status, *, by: User, text: str, note: str) -> None:
    """Write the decision. Raises `Stale` if there is a final one, or if a waiting association is to wait again.

    An empty note leaves the one that is there.
    """
    expected = [before for before in Registration.Status.undecided() if before != status]
    decision = {"decided_at": timezone.now(), "decided_by": by, "decision_text": text}
    noted = {"internal_note": note} if note else {}
    write_if(registration, {"status__in": expected}, status=status, **decision, **noted)


def _make_organisation(registration: Registration) -> Organisation:
    """Make a new organisation from what the association said about itself."""
    contact = registration.persons.all()[0]
    return Organisation.objects.create(
        name=registration.organisation_name,
        legal_form=registration.legal_form,
        charitable=registration.charitable,
        migrant_organisation=registration.migrant_organisation,
        city=registration.city,
        land=registration.land,
        website=registration.website,
        contact_name=contact.full_name,
        contact_email=contact.email,
        contact_phone=contact.phone,
    )


def refuse_beyond_places(cohort: Cohort) -> None:
    """Raise `NoPlaceLeft` if every place is taken. Part of a step that has locked the cohort."""
    if cohort.teams.current().count() >= cohort.places:
        raise NoPlaceLeft


def make_team(
    team: Team, people: Iterable[tuple[NamedPerson, str]], *, by: User, first_coach: CoachAssignment | None = None
) -> Team:
    """Save the new team, and invite each of these people in the role beside them; the invitations wait with the acceptance.

    Part of a step that has locked the cohort, its Träger and the organisation. Raises `OnBothSides` with the names of all
    who coach or organise the cohort.
    """
    if first_coach and first_coach.cohort_id != team.cohort_id:
        raise ValueError("A coach of another cohort.")
    team.first_coach = first_coach
    team.save(force_insert=True)
    Event.record("team.made", team, by=by)
    on_both_sides, waits = [], with_the_place(team)
    for person, role in people:
        known = {name: getattr(person, name) for name in ("first_name", "last_name", "email", "phone")}
        member = team.members.create(role=role, **known)
        try:
            member.send_invitation(by=by, **waits)
        except OnBothSides:
            on_both_sides.append(member.full_name)
    if on_both_sides:
        raise OnBothSides(*on_both_sides)
    return team
