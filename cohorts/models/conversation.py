"""What a team asks its coaches („Fragen“) beside what it hands in: one conversation per team, „erledigt“, who has read it, its mails."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import Event, Message, Record, User
from accounts.models.kept_after_erasing import Stays
from accounts.models.record import Person, roles
from core.statements import Statement
from core.writes import Stale, write_if

from .absence import present
from .coach import CoachAssignment
from .team import Team, has_role

LONGEST_ENTRY = 2000  # characters
COLLECTED = 10  # minutes: what is written in them makes one mail

ASKED = Stays(
    _("Fragen der Teams an ihre Coaching-Personen, mit den Antworten"),
    _("Frage und Antwort gehören zusammen; ohne die Namen darin sind sie oft nicht zu verstehen."),
    _("Solange das Team im Portal aufbewahrt wird."),
)


class WrittenSince(Stale):
    """Somebody else has written what the writer's page did not show, so that the text may no longer fit."""


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, user: Person) -> ConversationQuerySet:
        """The team, every coach of the cohort, who may stand in, and the organiser."""
        return self.filter(has_role(user, Conversation.MAY["see"], "team__"))

    def waiting(self) -> ConversationQuerySet:
        """Return those in which a team waits for an answer that somebody can still give, the longest waiting first."""
        there = Q(team__withdrawn_at=None, team__cohort__cancelled_at=None)
        return self.filter(there, waits_since__isnull=False).order_by("waits_since", "pk")

    @transaction.atomic
    def write(self, team: Team, text: str, *, by: User, seen: int | None = None) -> Entry:
        """Add a question of the team, or an answer of a coach; it opens what was done. The other side gets a mail.

        `seen` is the number of the last entry on the writer's page; None stands for all there are. What is sent twice from
        one page is written once. A coach's answer is taken even if the team has asked more since: that goes on waiting.
        Raises `Stale` where nobody answers, and `WrittenSince` if the writer's own side, or a coach, has written since.
        """
        conversation = Conversation(team=team)
        is_from_team = conversation.allows(by, "ask")
        if not is_from_team:
            conversation.require(by, "answer")
        team.lock()
        if not is_answered(team):
            raise Stale
        conversation, _made = self.get_or_create(team=team)
        seen = conversation.last if seen is None else seen
        since = conversation.entries.filter(number__gt=seen)
        if sent := since.filter(by=by, text=text).first():
            return sent
        by_others = since.exclude(by=by)
        if (by_others if is_from_team else by_others.filter(is_from_team=False)).exists():
            raise WrittenSince
        return conversation.add(text, by=by, is_from_team=is_from_team, seen=seen)


class Conversation(Record):
    """What one team and its coaches write to each other; its row is made with the first entry."""

    team = models.OneToOneField(Team, models.CASCADE, related_name="conversation")
    last = models.PositiveIntegerField(_("Nummer des letzten Beitrags"), default=0)
    waits_since = models.DateTimeField(_("wartet auf Antwort seit"), null=True, blank=True)
    closed_at = models.DateTimeField(_("erledigt am"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ConversationQuerySet.as_manager()

    MAY = {
        "see": roles("owner", "writer", "reader", "own coach", "coach", "organiser"),
        "ask": roles("owner", "writer", "reader"),
        "answer": roles("own coach", "coach"),
        "close": roles("owner", "writer", "reader", "own coach", "coach"),
    }

    class Meta:
        verbose_name = _("Fragen eines Teams")
        verbose_name_plural = _("Fragen der Teams")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(waits_since=None), name="conversation_done_waits_for_nobody"
            )
        ]

    def __str__(self) -> str:
        return str(self.team)

    def get_absolute_url(self) -> str:
        return address_of(self.team_id)

    @property
    def cohort_uuid(self) -> UUID:
        return self.team.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.team.roles_of(user)

    def add(self, text: str, *, by: User, is_from_team: bool, seen: int) -> Entry:
        """Add an entry of somebody who has read up to `seen`; part of writing, which has asked and has locked the team."""
        now = timezone.now()
        asked = self.entries.filter(is_from_team=True)
        is_answer = not is_from_team and asked.exists()
        unread = asked.filter(number__gt=seen).first()
        waits_since = (self.waits_since or now) if is_from_team else unread and unread.at
        number = self.last + 1
        fields = {"last": number, "waits_since": waits_since, "closed_at": None, "closed_by": None}
        write_if(self, {"last": self.last}, **fields)
        entry = self.entries.create(number=number, text=text, by=by, at=now, is_from_team=is_from_team)
        self.note_seen(by)
        when = end_of_window(now)
        side = "team" if is_from_team else "coach"
        options = {"dedup": f"{self.pk} {side} {when}", "not_before": when}
        if is_from_team:
            Event.record("conversation.asked", self, by=by, entry=number)
            if coaches := asked_today(self.team):
                self.tell_coaches(coaches, **options)
            else:
                self.tell_organisers()
        else:
            Event.record("conversation.answered", self, by=by, entry=number)
            told = {"answers_to": by, "who": str(by), "is_answer": is_answer}
            self._tell(self.team.joined(), "conversation_answered", **told, **options)
        return entry

    def tell_organisers(self) -> list[Message]:
        """Mail the people of the Träger, once for each time a question begins to wait, that no coach is there to read it."""
        people = User.objects.filter(memberships__organisation=self.team.cohort.organiser_id)
        return self._tell(people, "conversation_unread", dedup=f"{self.pk} {self.waits_since}")

    def tell_coaches(self, coaches: Iterable[CoachAssignment], **options: Any) -> list[Message]:
        """Mail these coaches that the team has asked, as often as `dedup` among the options says; return the mails."""
        return self._tell(coaches, "conversation_asked", **options)

    def _tell(self, people: Iterable[Any], kind: str, **options: Any) -> list[Message]:
        return outbox.post(
            people,
            f"cohorts/mails/{kind}.txt",
            wish="wants_review_mails",
            link=self.get_absolute_url(),
            cohort=self.cohort_uuid,
            team=self.team,
            **options,
        )

    @transaction.atomic
    def close(self, *, by: User, seen: int) -> None:
        """Mark it as done, by either side; a team that still waits for an answer is told when a coach does it.

        Raises `Stale` if it is already, if something was written after entry `seen`, or where nobody answers.
        """
        self.require(by, "close")
        self.team.lock()
        if not is_answered(self.team):
            raise Stale
        waited = Conversation.objects.filter(pk=self.pk, waits_since__isnull=False).exists()
        write_if(self, {"last": seen, "closed_at": None}, closed_at=timezone.now(), closed_by=by, waits_since=None)
        Event.record("conversation.closed", self, by=by, entry=seen)
        if waited and not self.allows(by, "ask"):
            self._tell(self.team.joined(), "conversation_closed", dedup=f"{self.pk} {seen}", answers_to=by, who=str(by))

    def note_seen(self, user: User) -> None:
        """Remember up to which entry this person has read."""
        seen, _made = self.seen.get_or_create(user=user, defaults={"last": self.last})
        if seen.last < self.last:
            self.seen.filter(user=user, last__lt=self.last).update(last=self.last)


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: Person) -> EntryQuerySet:
        return self.filter(has_role(user, Conversation.MAY["see"], "conversation__team__"))


class Entry(Record):
    """A question of a team or an answer of a coach; it is never changed."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    text = models.TextField(_("Frage oder Antwort"), max_length=LONGEST_ENTRY)
    is_from_team = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    STAYS = {"text": ASKED}
    COHORTS = "conversation__team__cohort"

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("Beitrag")
        verbose_name_plural = _("Beiträge")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["conversation", "number"], name="entry_number_unique")]

    def __str__(self) -> str:
        return f"{self.conversation} {self.number}"

    @property
    def cohort_uuid(self) -> UUID:
        return self.conversation.cohort_uuid


class ConversationSeenQuerySet(models.QuerySet["ConversationSeen"]):
    def visible_to(self, user: Person) -> ConversationSeenQuerySet:
        """Only the person's own: nobody looks whether somebody else has read."""
        return self.filter(user=user) if user.is_authenticated else self.none()


class ConversationSeen(Record):
    """Up to which entry a person has read."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="seen")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    last = models.PositiveIntegerField()

    objects = ConversationSeenQuerySet.as_manager()

    class Meta:
        verbose_name = _("gelesene Fragen")
        verbose_name_plural = _("gelesene Fragen")
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="conversation_seen_unique")]

    def __str__(self) -> str:
        return f"{self.conversation} – {self.user}"


def address_of(team: UUID) -> str:
    """Return the path of the page on which this team asks."""
    return reverse("reviews:conversation", args=[team])


def is_answered(team: Team) -> bool:
    """Return whether anybody will: the team is there, its cohort was not called off, and somebody coaches it or is invited to."""
    coaches = CoachAssignment.objects.current().filter(cohort=OuterRef("cohort"))
    there = Team.objects.current().filter(pk=team.pk, cohort__cancelled_at=None)
    return there.filter(Exists(coaches)).exists()


def asked_today(team: Team) -> list[CoachAssignment]:
    """Return whom a question waits for today, as a hand-in does: first coach, else the second, else all who are there."""
    coach = team.coach_today()
    return [coach] if coach else list(present().filter(cohort=team.cohort_id))


def end_of_window(moment: datetime) -> datetime:
    """Return the end of the ten minutes that a moment falls into: what is written until then makes one mail."""
    seconds = COLLECTED * 60
    return datetime.fromtimestamp((int(moment.timestamp()) // seconds + 1) * seconds, tz=UTC)


def unread_by(user: User, teams: Iterable[Team]) -> set[UUID]:
    """Return which of these teams have an answer of a coach that this person of the team has not read. One query."""
    return set(READ_UNREAD(user=user.pk, teams=[team.pk for team in teams]))


def _unread(user: Any, teams: Any) -> models.QuerySet[Conversation, Any]:
    answers = Entry.objects.filter(conversation=OuterRef("pk"), is_from_team=False)
    read = ConversationSeen.objects.filter(
        conversation=OuterRef("conversation"), user=user, last__gte=OuterRef("number")
    )
    rows = Conversation.objects.filter(Exists(answers.filter(~Exists(read))), team__pk__among=teams)
    return rows.values_list("team", flat=True)


READ_UNREAD = Statement(_unread, "user", "teams")
