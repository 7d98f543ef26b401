"""The way back for a registration that was accepted by mistake („Zulassung zurücknehmen“), while nobody has joined its team."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from accounts import outbox
from accounts.models import Event, Invitation, Message, Organisation, User
from cohorts.models import Cohort, Registration, Team
from cohorts.models.registration import decision_topic
from cohorts.taking_in_again import goes_on
from core.words import all_of
from core.writes import Stale, write_if

WITHOUT_PLACE = {"decided_at": None, "decided_by": None, "decision_text": "", "organisation": None}


class JoinedAlready(Stale):
    """Somebody belongs to the team, so that it can leave and no more."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.names = names

    def __str__(self) -> str:
        if not self.names:
            return gettext("Das Team hat schon etwas geschrieben oder bekommen. Wählen Sie „Team scheidet aus“.")
        words = gettext("Zum Team gehört inzwischen schon jemand: %(people)s. Wählen Sie „Team scheidet aus“.")
        return words % {"people": all_of(self.names)}


def who_joined(team: Team) -> list[str]:
    """Return the names of all who belong to the team, or did."""
    return [member.full_name for member in team.members.exclude(user=None)]


def is_untouched(team: Team) -> bool:
    """Has nobody ever joined the team, and has nobody written anything in it?"""
    if team.members.exclude(user=None).exists():
        return False
    return not (hasattr(team, "conversation") or team.applications.exists())


def has_only_this(organisation: Organisation, team: Team) -> bool:
    """Was the organisation made with this team, and does nothing else need it?"""
    own: Any = organisation
    needed = (
        own.runs_cohorts
        or own.memberships.exists()
        or own.teams.exclude(pk=team.pk).exists()
        or own.registrations.exclude(pk=team.registration_id).exists()
        or Invitation.objects.to(organisation).exists()
    )
    return not needed


@transaction.atomic
def take_acceptance_back(registration: Registration, *, by: User, text: str, note: str = "") -> None:
    """Let the registration wait for a decision again, remove its team, and send `text` to everybody who was invited; to
    who has read a refusal and no acceptance since, that the registration waits again.

    An organisation that came with the team goes with it. Raises `JoinedAlready` once somebody has joined, and `Stale` for
    a registration without a team, or of a cohort that is over or called off.
    """
    registration.require(by, "decide")
    cohort = Cohort.objects.lock(registration.cohort_id)
    team = Team.objects.filter(registration=registration).select_related("organisation", "cohort").first()
    if team is None or not goes_on(cohort):
        raise Stale
    Organisation.objects.lock(cohort.organiser_id, team.organisation_id)
    list(Team.objects.select_for_update().filter(pk=team.pk).order_by())  # also one that has left
    if not is_untouched(team):
        raise JoinedAlready(*who_joined(team))
    noted = {"internal_note": note} if note else {}
    status = Registration.Status
    write_if(registration, {"status": status.ACCEPTED}, status=status.RECEIVED, **WITHOUT_PLACE, **noted)
    Invitation.objects.open().to(*team.members.all()).prefetch_related("target__team").end(by=by)
    people = [*registration.persons.all(), *team.people()]
    if have_read_a_refusal(registration):
        words = render_to_string("cohorts/decisions/reopened.txt").strip()
        registration.mail("registration_reopened", people, text=words)
    else:
        moment = timezone.now().isoformat()  # it may be accepted once more
        registration.mail("registration_taken_back", people, dedup=f"{registration.pk}:{moment}", text=text)
    Event.record("registration.taken_back", registration, by=by)
    tell_coaches(team)
    remove(team, by=by)


def have_read_a_refusal(registration: Registration) -> bool:
    """Return whether a refusal is the last that its people have read, as the acceptance has not gone out yet."""
    unread = Message.objects.filter(topic=decision_topic(registration.pk), kind="registration_accepted", sent_at=None)
    return unread.filter(known=json.dumps("registration_declined")).exists()


def tell_coaches(team: Team) -> None:
    """Part of removing a team that takes part: its coaches read that it was accepted by mistake."""
    outbox.post(
        team.coaches() if team.is_current else [],
        "cohorts/mails/team_withdrawn.txt",
        dedup=f"{team.pk}:{timezone.now().isoformat()}",
        cohort=team.cohort_id,
        team=team,
        is_removed=True,
    )


def remove(team: Team, *, by: User) -> None:
    """Part of taking an acceptance back: delete the team, and its organisation if it came with it."""
    organisation = team.organisation
    goes_too = has_only_this(organisation, team)
    Event.record("team.removed", team, by=by)
    Team.objects.filter(pk=team.pk).delete()
    if goes_too:
        Organisation.objects.filter(pk=organisation.pk).delete()
