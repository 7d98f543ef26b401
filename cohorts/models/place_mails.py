"""Mails about a team's place: they wait, and who has not heard of a step is told nothing once it is taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message
from accounts.models.message import record_of, topic_of
from accounts.waiting import Told, hold_back, release, take_back, tell

from .registration import decision_topic

if TYPE_CHECKING:
    from accounts.models import User

    from .member import TeamMember
    from .team import Team

# What somebody knows of the place.
NOTHING, TAKES_PART, HAS_LEFT = "nothing", "takes part", "has left"
ACCEPTANCES = ["registration_accepted", "team_made", "team_readmitted"]


def with_the_place(team: Team) -> dict[str, Any]:
    """Return what mails that come with the place are posted with (`outbox.post`), for people who know nothing of it."""
    moment = timezone.now() + settings.MAILS_WAIT  # the same for all, so that they are stopped together
    return {"topic": topic_of(team, "place"), "known": json.dumps(NOTHING), "not_before": moment}


def tell_of_leaving(team: Team) -> Told:
    """Tell everybody who knows that the team takes part; hold the acceptance back from those who have not read it."""
    stopped = hold_back(_acceptances(team))
    who_knows: Callable[[Any], dict[str, Any] | None] = lambda known: {} if known == TAKES_PART else None  # noqa: E731
    mail: dict[str, Any] = {"about": team, "known": TAKES_PART, "values_of": who_knows, "cohort": team.cohort_id}
    template = "cohorts/mails/team_withdrawn.txt"
    there = tell([*team.joined(), *team.coaches()], template, part="team", team=team, **mail)
    invited = team.people().filter(user=None)
    return there + tell(invited, template, part="place", gone=stopped, is_invited=True, team=team, **mail)


def tell_of_return(team: Team, *, by: User) -> Told:
    """Tell everybody who knows that the team had left, and invite again who had not joined; acceptances held back wait again."""
    again = to_invite_again(team)
    count, known = take_back(topic_of(team, "place"))
    release(_acceptances(team))
    told = tell(
        [*team.joined(), *team.coaches()],
        "cohorts/mails/team_taken_in_again.txt",
        about=team,
        part="team",
        known=HAS_LEFT,
        values_of=lambda known: {} if known == HAS_LEFT else None,
        gone=count,
        link=reverse("dashboard"),
        cohort=team.cohort_id,
        team=team,
    )
    waits = with_the_place(team)
    for member in again:
        member.send_invitation(by=by, **waits | {"known": known.get(member.email, json.dumps(HAS_LEFT))})
    return told


def to_invite_again(team: Team) -> list[TeamMember]:
    """Return who had not joined, without those who have not heard yet that the team had left: their invitation holds."""
    unheard = Message.objects.filter(topic=topic_of(team, "place"), kind="team_withdrawn").waiting()
    people: Any = team.people()
    return list(people.filter(user=None).not_erased().exclude(email__in=unheard.values("email")))


def sent_with_the_place(topic: str) -> list[str]:
    """Return the topic of the invitations that go with a decision, or of the decision that goes with them; none for others.

    One without the other would tell people of a place they cannot take, or invite them to one they know nothing of.
    """
    from .team import Team  # noqa: PLC0415  a team is told of its place by these mails

    label, key = record_of(topic)
    named = {"cohorts.registration": "registration", "cohorts.team": "pk"}.get(label)
    if named is None or not topic.endswith(("/decision", "/place")):
        return []
    teams = Team.objects.exclude(registration=None).filter(**{named: key})
    topics = [(topic_of(team, "place"), decision_topic(team.registration_id)) for team in teams if team.registration_id]
    return [other for pair in topics for other in pair if other != topic]


def _acceptances(team: Team) -> QuerySet[Message]:
    topics = [topic_of(team, "place"), *([decision_topic(team.registration_id)] if team.registration_id else [])]
    return Message.objects.filter(topic__in=topics, kind__in=ACCEPTANCES)
