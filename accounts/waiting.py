"""Mails to many and decisions wait some minutes (`MAILS_WAIT`): a later change replaces them, an organiser sends or stops them.

What a mail is about is its topic (`topic_of` in `accounts/models/message.py`). A waiting mail keeps what its person knew
before it, so that the mail in its place says the difference between that and what is now.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import outbox
from accounts.models import Event, Message, Record, User
from accounts.models.message import GOING_FOR, NOT_OUT, UNCLEAR_AFTER, topic_of
from accounts.rehearsal import current
from core import words
from core.values import dataclass
from core.writes import Stale

# So long the page of a record says that mails about it were sent.
SAID_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Told:
    """What a step has put into the outbox: so many mails from a moment on, in place of so many that still waited."""

    count: int = 0
    replaced: int = 0
    not_before: datetime | None = None
    dropped: int = 0
    """So many still waited that nobody gets now, without others in their place."""

    @classmethod
    def of(cls, messages: list[Message], dropped: int = 0) -> Told:
        return cls(len(messages), not_before=messages[0].not_before if messages else None, dropped=dropped)

    def __add__(self, other: Told) -> Told:
        return Told(
            self.count + other.count,
            self.replaced + other.replaced,
            self.not_before or other.not_before,
            self.dropped + other.dropped,
        )

    @property
    def sentence(self) -> str:
        """Return what somebody reads after the step of mails that waited before it; "" where none did."""
        if not self.count and (self.replaced or self.dropped):
            return _("Es geht keine E-Mail hinaus: Für alle ist es wieder so, wie sie es zuletzt erfahren haben.")
        replaced = _("Was noch nicht gesendet war, ist damit ersetzt.") if self.replaced else ""
        dropped = ngettext(
            "Eine E-Mail, die noch wartete, wird nicht gesendet.",
            "%(count)d E-Mails, die noch warteten, werden nicht gesendet.",
            self.dropped,
        ) % {"count": self.dropped}
        return f"{replaced} {dropped if self.dropped else ''}".strip()


@dataclass(frozen=True)
class WaitingMails:
    """Mails with one subject that one step has put into the outbox: they wait, are on their way, or have just been sent."""

    topic: str
    not_before: datetime
    subject: str
    count: int
    """How many can still be stopped."""
    claimed: int = 0
    """How many a mail server has in its hands."""
    sent: int = 0
    last_at: datetime | None = None
    """When the last of them was sent."""
    first: str = ""
    """An address, by which mails with the same subject are told apart."""

    @property
    def to(self) -> str:
        """Return to whom they go: „an amina@example.org und drei weitere Adressen“."""
        others = self.count + self.claimed + self.sent - 1
        if not others:
            return _("an %(email)s") % {"email": self.first}
        said = {"email": self.first, "count": words.small_number(others)}
        return (
            ngettext("an %(email)s und eine weitere Adresse", "an %(email)s und %(count)s weitere Adressen", others)
            % said
        )

    @property
    def are_sent(self) -> bool:
        return not (self.count or self.claimed)

    @property
    def can_be_stopped(self) -> bool:
        """Do they still wait, or should they have left some time ago and have not?"""
        now = timezone.now()
        return bool(self.count) and not now - GOING_FOR < self.not_before <= now

    @property
    def stamp(self) -> str:
        """Return the moment as a form sends it back."""
        return self.not_before.isoformat()

    @property
    def sentence(self) -> str:
        if self.are_sent and self.last_at:
            sentence = ngettext(
                "Eine E-Mail ist gesendet (%(moment)s).", "%(count)d E-Mails sind gesendet (%(moment)s).", self.sent
            )
            return sentence % {"count": self.sent, "moment": words.moment(self.last_at)}
        sentence = waiting_sentence(self.count + self.claimed, self.not_before)
        if self.can_be_stopped and self.not_before <= timezone.now():
            sentence = ngettext(
                "Eine E-Mail sollte schon gesendet sein (%(moment)s) und ist es noch nicht.",
                "%(count)d E-Mails sollten schon gesendet sein (%(moment)s) und sind es noch nicht.",
                self.count,
            ) % {"count": self.count, "moment": words.moment(self.not_before)}
        if not self.sent:
            return sentence
        out = ngettext("Eine E-Mail ist schon gesendet.", "%(count)d E-Mails sind schon gesendet.", self.sent)
        return f"{sentence} {out % {'count': self.sent}}"


def waiting_sentence(count: int, until: datetime | None) -> str:
    """Return how many mails wait, and until when; those whose moment has come are going out."""
    if until is None or until <= timezone.now():
        sentence = ngettext("Eine E-Mail geht jetzt hinaus.", "%(count)d E-Mails gehen jetzt hinaus.", count)
        return sentence % {"count": count}
    sentence = ngettext("Eine E-Mail wartet bis %(moment)s.", "%(count)d E-Mails warten bis %(moment)s.", count)
    return sentence % {"count": count, "moment": until_words(until)}


def until_words(moment: datetime) -> str:
    """Return until when something waits: „14:05 Uhr“, „morgen um 0:03 Uhr“."""
    is_today = words.local_day(moment) == timezone.localdate()
    return _("%(clock)s Uhr") % {"clock": words.clock(moment)} if is_today else words.moment(moment)


def waiting_about(record: Record) -> list[WaitingMails]:
    """Return what waits about a record or was sent within an hour, the next first; about a cohort all within it. One query."""
    now = timezone.now()
    claimed = Q(claimed_at__gte=now - UNCLEAR_AFTER, sent_at=None, failed_at=None)
    rows = Message.objects.about(record).filter(NOT_OUT | claimed | Q(sent_at__gte=now - SAID_FOR))
    counts = {
        "count": Count("pk", filter=NOT_OUT),
        "claimed": Count("pk", filter=claimed),
        "sent": Count("sent_at"),
        "last_at": Max("sent_at"),
        "first": Min("email"),
    }
    groups: Any = rows.values("topic", "not_before", "subject").annotate(**counts).order_by("not_before", "subject")
    return [WaitingMails(**group) for group in groups]


# What a step causes


def tell(
    people: Iterable[Any],
    template: str,
    *,
    about: Record,
    part: str,
    known: Any,
    values_of: Callable[[Any], dict[str, Any] | None],
    gone: int = 0,
    **fields: Any,
) -> Told:
    """Mail what has changed since each person was last told, in place of what still waits about this part of a record.

    `known` is what everybody knows for whom nothing waits (JSON); `values_of` returns what the template needs for somebody
    who knows something, or None where there is nothing to say. So many as `gone` were taken out beside. Hold the lock of the record's row, from before `known` was
    read, so that of two changes at once the second sees the first. A mail that is in the hands of a mail server at this
    moment counts as sent, and a second one follows it.
    """
    topic = topic_of(about, part)
    replaced, untold = take_back(topic)
    replaced += gone
    groups: dict[str, list[Any]] = defaultdict(list)
    for person in people:
        email, user, _name = outbox.address_of(person)
        groups[untold.get(user.pk if user else email) or json.dumps(known, sort_keys=True)].append(person)
    moment = timezone.now() + settings.MAILS_WAIT
    messages: list[Message] = []
    for before, persons in groups.items():
        values = values_of(json.loads(before))
        if values is not None:
            values |= {"dedup": f"{topic} {moment.isoformat()}", "not_before": moment, "topic": topic, "known": before}
            messages += outbox.post(persons, template, **fields, **values)
    _explain(replaced, by_others=bool(messages))
    return Told(len(messages), replaced, moment)


def drop(messages: QuerySet[Message]) -> int:
    """Delete those of these mails that still wait, and say so on the page of consequences; return how many."""
    count = take_out(messages)
    _explain(count, by_others=False)
    return count


def take_out(messages: QuerySet[Message]) -> int:
    """Delete those of these mails that still wait; return how many."""
    keys = _waiting_keys(messages)
    return Message.objects.filter(pk__in=keys).delete()[0] if keys else 0


def hold_back(messages: QuerySet[Message]) -> int:
    """Stop those of these mails that still wait, until they are released; return how many."""
    keys = _waiting_keys(messages)
    return Message.objects.filter(pk__in=keys).update(withheld_at=timezone.now(), is_held_back=True) if keys else 0


def release(messages: QuerySet[Message]) -> int:
    """Let those of these mails that a step holds back wait once more; return how many. Whoever watches the step notes them.

    What a person has stopped (`withhold`) stays stopped.
    """
    rows = list(messages.filter(is_held_back=True).order_by("created_at", "pk").select_for_update())
    moment = timezone.now() + settings.MAILS_WAIT
    for row in rows:
        row.withheld_at, row.is_held_back, row.not_before = None, False, moment
        if watching := current():
            watching.note(row, str(row.user or ""))
    Message.objects.bulk_update(rows, ["withheld_at", "is_held_back", "not_before", "subject", "text"])
    if rows:
        outbox.send_from(moment)
    return len(rows)


def _waiting_keys(messages: QuerySet[Message]) -> list[UUID]:
    rows = messages.waiting().order_by("created_at", "pk")  # type: ignore[attr-defined]
    return [message.pk for message in rows.select_for_update()]


def _explain(count: int, *, by_others: bool) -> None:
    if count and (watching := current()):
        watching.explain(format_html("<p>{}</p>", _replacing(count, by_others=by_others)))


def _replacing(count: int, *, by_others: bool) -> str:
    """Return what stands on the page of consequences about mails that still wait, whose words may have been changed there."""
    if not by_others:
        stopped = ngettext(
            "Eine E-Mail, die noch wartet, wird nicht gesendet.",
            "%(count)d E-Mails, die noch warten, werden nicht gesendet.",
            count,
        )
        return stopped % {"count": count}
    sentence = ngettext(
        "Eine E-Mail, die noch wartet, wird dadurch ersetzt.",
        "%(count)d E-Mails, die noch warten, werden dadurch ersetzt.",
        count,
    )
    changed = _("Haben Sie ihren Text geändert, tragen Sie die Änderung hier bitte noch einmal ein.")
    return f"{sentence % {'count': count}} {changed}"


def take_back(topic: str) -> tuple[int, dict[UUID | str, str]]:
    """Delete what has not gone out; return how many waited, and what each person knows who has not been told since.

    That is what they knew before the oldest mail that they have not got, be it that it waited, failed or was stopped.
    """
    rows = list(Message.objects.filter(topic=topic, sent_at=None).order_by("created_at", "pk").select_for_update())
    going = [row for row in rows if row.is_waiting or row.failed_at]
    stopped = [row for row in rows if row.withheld_at and row.known]
    untold = {row.user_id or row.email: row.known for row in reversed(rows) if row in going or row in stopped}
    if going:
        Message.objects.filter(pk__in=[row.pk for row in going]).delete()
    if stopped:
        Message.objects.filter(pk__in=[row.pk for row in stopped]).update(known="")
    return sum(row.is_waiting for row in going), untold


def stop_what_waits_in(cohort: UUID, people: Iterable[Any]) -> int:
    """Stop what waits for these people about changes within a cohort that is called off, as they read; return how many."""
    users, emails = set(), set()
    for email, user, _name in map(outbox.address_of, people):
        users |= {user.pk} if user else set()
        emails |= set() if user else {email}
    theirs = Q(user__in=users) | Q(user=None, email__in=emails)
    count = hold_back(Message.objects.filter(theirs, cohort_id=cohort).exclude(known=""))
    _explain(count, by_others=False)
    return count


# What an organiser decides


@transaction.atomic
def send_now(messages: QuerySet[Message], *, by: User) -> int:
    """Send these mails without waiting any longer; return how many. Raises `Stale` where none of them waits."""
    for message in _one_of_each_cohort(messages):
        message.require(by, "send now")
    rows = _lock(messages)
    now = timezone.now()
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(not_before=now)
    for first, people in _by_topic(rows):
        Event.record("message.sent_now", first, by=by, kind=first.kind, people=people)
    outbox.send_from(now)
    return len(rows)


@transaction.atomic
def withhold(messages: QuerySet[Message], *, by: User) -> int:
    """Stop these mails for good; return how many. Their people are not told, and the trail says so.

    Raises `Stale` where none of them waits: what a mail server has in its hands is sent.
    """
    for message in _one_of_each_cohort(messages):
        message.require(by, "withhold")
    rows = _lock(messages)
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(withheld_at=timezone.now())
    for first, people in _by_topic(rows):
        Event.record("message.withheld", first, by=by, kind=first.kind, people=people)
    return len(rows)


def _one_of_each_cohort(messages: QuerySet[Message]) -> list[Message]:
    return list({message.cohort_id: message for message in messages}.values())


def _lock(messages: QuerySet[Message]) -> list[Message]:
    """Lock those that still wait, always in the same order; a task that would send one of them is kept waiting."""
    rows = list(messages.waiting().order_by("created_at", "pk").select_for_update())  # type: ignore[attr-defined]
    if not rows:
        raise Stale
    return rows


def _by_topic(rows: list[Message]) -> list[tuple[Message, int]]:
    """Return the first mail about each topic, with the number of people."""
    topics: dict[str, list[Message]] = defaultdict(list)
    for row in rows:
        topics[row.topic].append(row)
    return [(about[0], len(about)) for about in topics.values()]
