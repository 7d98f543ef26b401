from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import Event, Record, User
from accounts.models.record import Person, roles
from applications.content import Content
from applications.content.quotes import Quote
from applications.content.sheets import Names, words_of_row
from cohorts.models import CoachAssignment, Cohort, Team, present
from schmiede.writes import Stale, write_if

from .application import Application
from .draft import Draft
from .revision import Revision

if TYPE_CHECKING:
    from .remark import Remark


# So much of a row is kept with a remark on it.
MOST_QUOTED = 2000


class ReadingQuerySet(models.QuerySet["Reading"]):
    def visible_to(self, user: Person) -> ReadingQuerySet:
        """The team, the organiser, and every coach of the cohort (they share the queue)."""
        if not user.is_authenticated:
            return self.none()
        coached = Cohort.objects.coached_by(user).filter(teams=OuterRef("application__team"))
        application = Application.objects.visible_to(user).filter(pk=OuterRef("application"))
        return self.filter(Exists(application) | Exists(coached))

    def overdue(self) -> ReadingQuerySet:
        """Open ones whose promised day has passed."""
        return self.open().filter(promised_until__lt=timezone.localdate())

    def open(self) -> ReadingQuerySet:
        """Waiting or taken: neither given back nor withdrawn."""
        return self.filter(finished_at=None, withdrawn_at=None)

    def waiting(self) -> ReadingQuerySet:
        return self.open().filter(taken_at=None)

    def waiting_for(self, user: Person) -> ReadingQuerySet:
        """What waits for this coach: overdue first, then the longest waiting.

        A team's hand-ins wait for its first coach, in her absence for the second, else for all of the cohort who are
        there. Nothing waits for somebody who is absent.
        """
        today = timezone.localdate()
        late = Q(promised_until__lt=today)
        return (
            self.waiting()
            .filter(is_for(user))
            .order_by(models.Case(models.When(late, then=0), default=1), "asked_at", "pk")
        )

    def queued_for(self, user: Person) -> ReadingQuerySet:
        """What waits or is being read in the cohorts this person coaches or organises, longest waiting first."""
        if not user.is_authenticated:
            return self.none()
        cohort = Cohort.objects.filter(teams=OuterRef("application__team"))
        coached, organised = cohort & Cohort.objects.coached_by(user), cohort & Cohort.objects.organised_by(user)
        return self.open().filter(Exists(coached) | Exists(organised)).order_by("asked_at", "pk")

    def for_list(self, user: Person) -> Self:
        """What a row of the queue shows, without any text: team, sections, coach, and whether the team is one's own."""
        own = Team.objects.coached_by(user).filter(pk=OuterRef("application__team"))
        mine = is_for(user)
        items = ReadingItem.objects.select_related("draft").defer("draft__content")
        return (
            self.select_related("application__team__organisation", "application__team__cohort", "coach")
            .prefetch_related("application__edition", Prefetch("items", items))
            .defer("summary", "versions")
            .annotate(is_own=Exists(own))
            .annotate(is_for_you=models.ExpressionWrapper(mine & Q(taken_at=None), models.BooleanField()))
        )


class Reading(Record):
    """What a team handed in, and what a coach says to it. It ends by giving back, or by withdrawing until it is taken."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="readings")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="readings")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("abgegeben am"), default=timezone.now)
    promised_until = models.DateField(_("zugesagt bis"), null=True, blank=True)
    taken_at = models.DateTimeField(_("in Arbeit seit"), null=True, blank=True)
    finished_at = models.DateTimeField(_("zurückgegeben am"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("zurückgezogen am"), null=True, blank=True)
    summary = models.TextField(_("Ein Satz zum Mitgeben"), blank=True, max_length=5000)
    again_by = models.DateField(_("bitte wieder abgeben bis"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("an die Frist erinnert am"), null=True, blank=True)
    versions = models.JSONField(default=dict)

    is_own: bool  # by `for_list()`: is it of a team of the coach who looks?
    is_for_you: bool  # by `for_list()`: does it wait for the person who looks?

    objects = ReadingQuerySet.as_manager()

    MAY = {
        "see": roles("owner", "writer", "reader", "own coach", "coach", "organiser"),
        "take": roles("own coach", "coach"),
        "release": roles("own coach", "coach"),
        "remark": roles("own coach", "coach"),
        "give back": roles("own coach", "coach"),
        "withdraw": roles("owner", "writer"),
        "answer": roles("owner", "writer", "own coach", "coach"),
        "done": roles("owner", "writer"),
        "resolve": roles("own coach", "coach"),
    }

    class Meta:
        verbose_name = _("Rückmeldung")
        verbose_name_plural = _("Rückmeldungen")
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(withdrawn_at=None), name="reading_finished_or_withdrawn"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(taken_at__isnull=False), name="reading_taken_before_finished"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(taken_at=None), name="reading_withdrawn_only_untaken"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} {timezone.localtime(self.asked_at):%d.%m.%Y}"

    def get_absolute_url(self) -> str:
        return reverse("readings:read", args=[self.pk])

    @property
    def cohort_uuid(self) -> UUID:
        return self.application.cohort_uuid

    @property
    def is_open(self) -> bool:
        return self.finished_at is None and self.withdrawn_at is None

    @property
    def is_taken(self) -> bool:
        return self.is_open and self.taken_at is not None

    @property
    def is_overdue(self) -> bool:
        """The promised day has passed and the team still waits."""
        return self.is_open and self.promised_until is not None and self.promised_until < timezone.localdate()

    def is_read_by(self, user: Person) -> bool:
        """Has this person taken it, and not yet given it back?"""
        return self.is_taken and user.is_authenticated and self.coach_id == user.pk

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.application.roles_of(user)

    def blocked(self) -> set[UUID]:
        """Drafts that cannot be called rund: a must-change of this reading or an earlier one is not resolved."""
        return {item.draft_id for item in self.items.with_blocks() if item.is_blocked}

    @transaction.atomic
    def take(self, *, by: User) -> None:
        """Begin to read, so that nobody else does; `Stale` when somebody was faster or the team withdrew it."""
        assert self.allows(by, "take")
        write_if(self, {"taken_at": None, **STILL_OPEN}, taken_at=timezone.now(), coach=by)
        Event.record("reading.taken", self, by=by)

    @transaction.atomic
    def release(self, *, by: User) -> None:
        """Put it back into the queue. Remarks begun are deleted: nobody but their author may ever see them."""
        assert self.allows(by, "release")
        write_if(self, taken_by(by), taken_at=None, coach=None, summary="", again_by=None)
        for item in self.items.all():
            item.remarks.all().delete()
            write_if(item, {"closed_at": None}, verdict="")
        Event.record("reading.released", self, by=by)

    @transaction.atomic
    def pass_on(self) -> bool:
        """Put it back into the queue for a coach who is absent, unless she has begun; `Stale` once it is not hers."""
        reading = Reading.objects.select_for_update().get(pk=self.pk)
        if reading.is_begun:
            return False
        write_if(self, {"coach": self.coach_id, "taken_at": self.taken_at, **STILL_OPEN}, taken_at=None, coach=None)
        Event.record("reading.passed_on", self, by=None)
        return True

    @property
    def is_begun(self) -> bool:
        """Has whoever reads it noted anything yet?"""
        items = self.items.filter(~Q(verdict="") | Q(remarks__isnull=False))
        return bool(self.summary or self.again_by) or items.exists()

    def remind(self, now: datetime) -> None:
        """Note that its promised day has passed and those concerned were told; `Stale` when they were, or it has ended."""
        write_if(self, {"reminded_at": None, **STILL_OPEN}, reminded_at=now)
        Event.record("reading.reminded", self, by=None)

    @transaction.atomic
    def withdraw(self, *, by: User) -> None:
        """The team takes back what nobody reads yet; the sections can be handed in again. The coaches asked are told."""
        assert self.allows(by, "withdraw")
        self.call_back(timezone.now())
        Event.record("reading.withdrawn", self, by=by)
        self.tell_coaches("applications/mails/reading_withdrawn.txt")

    def call_back(self, now: datetime) -> None:
        """Take it out of the queue, for a step of the team; `Stale` once somebody reads it."""
        write_if(self, {"taken_at": None, **STILL_OPEN}, withdrawn_at=now)
        self.items.filter(closed_at=None).update(closed_at=now)

    @transaction.atomic
    def note(self, *, by: User, verdicts: Mapping[UUID, str], summary: str, again_by: date | None) -> None:
        """Keep what the coach has decided so far (by item), until she gives back; nobody else sees it before.

        `Stale` unless this person is reading.
        """
        assert self.allows(by, "give back")
        write_if(self, taken_by(by), summary=summary, again_by=again_by)
        for item in self.items.all():
            write_if(item, {"closed_at": None}, verdict=verdicts.get(item.pk, ""))

    @transaction.atomic
    def give_back(
        self, *, by: User, verdicts: Mapping[UUID, str], summary: str = "", again_by: date | None = None
    ) -> None:
        """End the reading with a verdict for every item (by its id) and tell the team.

        `Stale` when one has not taken it, and when a section is called rund while a must-change stands against it.
        """
        assert self.allows(by, "give back")
        now = timezone.now()
        write_if(self, taken_by(by), finished_at=now, summary=summary, again_by=again_by)
        items = list(self.items.select_related("draft"))
        if set(verdicts) != {item.pk for item in items} or not set(verdicts.values()) <= set(ReadingItem.Verdict):
            raise ValueError("Every item needs a verdict.")
        blocked = self.blocked()
        for item in items:
            if verdicts[item.pk] == ReadingItem.Verdict.ACCEPTED and item.draft_id in blocked:
                raise Stale
            write_if(item, {"closed_at": None}, verdict=verdicts[item.pk], closed_at=now)
        Event.record("reading.given_back", self, by=by, accepted=list(verdicts.values()).count("accepted"))
        self._tell_team(items)

    def waits_for(self) -> list[CoachAssignment]:
        """Whom it waits for today: the team's first coach, in her absence the second, else all of the cohort who are there."""
        team = self.application.team
        reader = team.reader()
        return [reader] if reader else list(present().filter(cohort=team.cohort_id))

    def tell_coaches(self, template: str) -> None:
        """A message to whom it waits for."""
        team = self.application.team
        outbox.post(
            self.waits_for(),
            template,
            wish="wants_reading_mails",
            dedup=self.pk,
            link=self.get_absolute_url(),
            cohort=self.cohort_uuid,
            reading=self,
            team=team.title,
            sections=[item.title for item in self.items.select_related("draft")],
        )

    def _tell_team(self, items: list[ReadingItem]) -> None:
        rows = [
            {
                "title": item.title,
                "verdict": item.get_verdict_display(),
                "must_change": item.remarks.blocking().count(),
            }
            for item in items
        ]
        outbox.post(
            self.application.team.people(),
            "applications/mails/reading_given_back.txt",
            wish="wants_reading_mails",
            dedup=self.pk,
            link=self.get_absolute_url(),
            cohort=self.cohort_uuid,
            reading=self,
            coach=str(self.coach),
            sections=rows,
            must_change=sum(row["must_change"] for row in rows),
        )


# Neither given back nor withdrawn: what every step of a reading expects of its row.
STILL_OPEN = {"finished_at": None, "withdrawn_at": None}


def taken_by(coach: User) -> dict[str, Any]:
    """What the steps of whoever reads expect of the row."""
    return {"coach": coach, "taken_at__isnull": False, **STILL_OPEN}


def is_for(user: Person) -> Q:
    """The condition that an untaken reading waits for this person, by the absences of today."""
    if not user.is_authenticated:
        return Q(pk=None)
    there = present()
    first, second = (OuterRef(f"application__team__{one}_coach") for one in ("first", "second"))
    named = Exists(there.filter(pk=first)), Exists(there.filter(pk=second))
    mine = there.filter(coach=user)
    cohort = mine.filter(cohort=OuterRef("application__team__cohort"))
    return (
        Q(Exists(mine.filter(pk=first)))
        | (~Q(named[0]) & Q(Exists(mine.filter(pk=second))))
        | (~Q(named[0]) & ~Q(named[1]) & Q(Exists(cohort)))
    )


class ReadingItemQuerySet(models.QuerySet["ReadingItem"]):
    def visible_to(self, user: Person) -> ReadingItemQuerySet:
        return self.filter(Exists(Reading.objects.visible_to(user).filter(pk=OuterRef("reading"))))

    def given_back_last(self, drafts: Iterable[Draft]) -> dict[UUID, Content]:
        """By draft, the value that was given back last; nothing for those that never were. One query."""
        given = self.filter(draft__in=[draft.pk for draft in drafts], reading__finished_at__isnull=False)
        found = {}
        for item in given.select_related("revision", "draft").order_by("reading__finished_at"):
            item.revision.draft = item.draft
            found[item.draft_id] = item.revision
        return {draft: revision.value for draft, revision in found.items()}

    def with_blocks(self) -> Self:
        """`is_blocked`: a must-change of its own reading, or of one given back before, stands unresolved against it."""
        said = Q(reading=OuterRef("reading")) | Q(reading__finished_at__isnull=False)
        unresolved = Q(remarks__kind="must change", remarks__resolved_at=None)
        standing = ReadingItem.objects.filter(said, unresolved, draft=OuterRef("draft"))
        return self.annotate(is_blocked=Exists(standing))


class ReadingItem(Record):
    """One section of a reading in exactly the version handed in. At most one item of a draft is open at a time.

    How much changed is counted when it is handed in: against the version given back last, the first time against nothing.
    """

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("aus Coach-Sicht rund")
        PLEASE_CHANGE = "please change", _("bitte ändern")

    reading = models.ForeignKey(Reading, models.CASCADE, related_name="items")
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="reading_items")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="reading_items")
    verdict = models.CharField(_("Ergebnis"), max_length=14, choices=Verdict, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_repeated = models.BooleanField(_("war schon einmal zurückgegeben"), default=False)
    words_new = models.PositiveIntegerField(_("Wörter neu"), default=0)
    words_gone = models.PositiveIntegerField(_("Wörter entfernt"), default=0)
    rows_changed = models.PositiveIntegerField(_("Zeilen neu, geändert oder entfernt"), default=0)

    is_blocked: bool  # by `with_blocks()`

    objects = ReadingItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("Abschnitt einer Rückmeldung")
        verbose_name_plural = _("Abschnitte einer Rückmeldung")
        ordering = ["draft__key"]
        constraints = [
            models.UniqueConstraint(fields=["draft"], condition=Q(closed_at=None), name="reading_item_one_open"),
            models.UniqueConstraint(fields=["reading", "draft"], name="reading_item_unique"),
        ]

    def __str__(self) -> str:
        return self.draft.key

    @property
    def title(self) -> str:
        """What the section is called; its key when the edition dropped it."""
        term = self.reading.application.terms.by_key.get(self.draft.key)
        return term.title if term else self.draft.key

    @property
    def cohort_uuid(self) -> UUID:
        return self.reading.cohort_uuid

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.reading.roles_of(user)

    MAY = Reading.MAY

    @transaction.atomic
    def remark(
        self, *, by: User, kind: str, text: str = "", quote: Quote | None = None, row_id: str = "", field: str = ""
    ) -> Remark:
        """Note something on the whole section, on quoted words of it, or on a row and a field of it.

        A row's words are kept too, for when it goes. Nobody but its author sees it until the reading is given back.
        `Stale` unless this person is reading.
        """
        assert self.allows(by, "remark")
        lock_reading(self.reading_id, by=by)
        if row_id and quote is None:
            names = Names(terms=self.draft.application.terms)
            quote = Quote(words_of_row(self.revision.value, names, row_id, field)[:MOST_QUOTED])
        quote = quote or Quote("")
        remark = self.remarks.create(
            by=by, kind=kind, text=text, row_id=row_id, field=field,
            quote=quote.text, before=quote.before, after=quote.after, position=quote.position,
        )  # fmt: skip
        Event.record("remark.written", remark, by=by, kind=kind)
        return remark


def lock_reading(key: UUID, *, by: User) -> Reading:
    """The reading, its row locked until the transaction ends; `Stale` unless this person is reading it."""
    reading = Reading.objects.select_for_update().get(pk=key)
    if not reading.is_read_by(by):
        raise Stale
    return reading
