"""What was handed in to a coach: taking it, giving it back („Zurückgeben“), withdrawing, when it is overdue, who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, Record, User
from accounts.models.record import Person, roles
from applications.kept_after_erasing import COACHING
from applications.reviews.mails import tell_given_back, tell_withdrawn
from applications.reviews.windows import AGAIN_BY, SUMMARY, Parts, Settled, WrittenElsewhere, decision, settle
from applications.writing.models.application import Application
from cohorts.models import CoachAssignment, Cohort
from cohorts.models.absence import waits_for_user
from cohorts.models.conversation import asked_today
from cohorts.models.team import has_role
from core.links import link
from core.statements import Today
from core.words import short_day
from core.writes import Stale, write_if


class Verdict(models.TextChoices):
    """The verdict of a coach on a section."""

    ACCEPTED = "accepted", _("aus Sicht der Coaching-Person rund")
    PLEASE_CHANGE = "please change", _("bitte ändern")


WITH_TEAM: dict[str, Any] = {"application__team__withdrawn_at": None}
# Somebody waits for the answer: the same as `is_being_written` of the application.
AWAITED: dict[str, Any] = {"application__status": Application.Status.DRAFTING, **WITH_TEAM}
# Somebody may still wait for it: the opposite of `is_given_up`.
GOES_ON = ~Q(application__status=Application.Status.WITHDRAWN) & Q(**WITH_TEAM)


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: Person) -> ReviewQuerySet:
        """The team, the organiser, and every coach of the cohort (they share the queue)."""
        return self.filter(has_role(user, Review.MAY["see"], "application__team__"))

    def overdue(self) -> ReviewQuerySet:
        """Open ones whose promised day has passed, while somebody waits for the answer."""
        return self.open().filter(promised_until__lt=timezone.localdate(), **AWAITED)

    def open(self) -> ReviewQuerySet:
        """Waiting or taken: neither given back nor withdrawn."""
        return self.filter(finished_at=None, withdrawn_at=None)

    def untaken(self) -> ReviewQuerySet:
        """Neither taken nor ended, also what was given up, until the timer calls it back."""
        return self.open().filter(taken_at=None)

    def waiting(self) -> ReviewQuerySet:
        """Those that a coach may take."""
        return self.untaken().filter(GOES_ON)

    def taken_by(self, coach: CoachAssignment) -> ReviewQuerySet:
        """Those that this coach is reading in their cohort."""
        return self.open().filter(
            taken_at__isnull=False, coach=coach.coach_id, application__team__cohort=coach.cohort_id
        )

    def left_behind(self) -> ReviewQuerySet:
        """Those taken by a person who no longer coaches the cohort, so that nobody could ever give them back."""
        there = CoachAssignment.objects.current().filter(
            cohort=OuterRef("application__team__cohort"), coach=OuterRef("coach")
        )
        return self.open().filter(~Exists(there), taken_at__isnull=False)

    def waiting_for(self, user: Person) -> ReviewQuerySet:
        """Those that wait for this coach: overdue first, then the longest waiting.

        A team's hand-ins wait for its first coach, in their absence for the second, else for all coaches of the cohort
        who are there. Nothing waits for a coach who is absent.
        """
        return self.waiting().filter(waits_for_user(user)).overdue_first()

    def queued_for(self, user: Person) -> ReviewQuerySet:
        """Those that wait, or are being read, in the cohorts this person coaches or organises: overdue first."""
        if not user.is_authenticated:
            return self.none()
        cohort = Cohort.objects.led_by(user).filter(pk=OuterRef("application__team__cohort"))
        return self.open().filter(GOES_ON | Q(taken_at__isnull=False), Exists(cohort)).overdue_first()

    def overdue_first(self) -> ReviewQuerySet:
        """Overdue ones on top, then the longest waiting."""
        late = models.When(promised_until__lt=Today(), **AWAITED, then=0)
        return self.order_by(models.Case(late, default=1), "asked_at", "pk")


class Review(Record):
    """What a team handed in, and a coach's answer to it.

    It ends when it is given back, or withdrawn before it is taken.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="reviews")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="reviews")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("zur Rückmeldung abgegeben am"), default=timezone.now)
    promised_until = models.DateField(_("zugesagt bis"), null=True, blank=True)
    taken_at = models.DateTimeField(_("in Arbeit seit"), null=True, blank=True)
    finished_at = models.DateTimeField(_("zurückgegeben am"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("zurückgezogen am"), null=True, blank=True)
    summary = models.TextField(_("Ein Satz zum Mitgeben"), blank=True, max_length=5000)
    again_by = models.DateField(_("bitte wieder zur Rückmeldung abgeben bis"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("an die Frist erinnert am"), null=True, blank=True)
    versions = models.JSONField(default=dict)

    STAYS = {"summary": COACHING}
    COHORTS = "application__team__cohort"

    objects = ReviewQuerySet.as_manager()

    MAY = {
        "see": roles("owner", "writer", "reader", "own coach", "coach", "organiser"),
        "take": roles("own coach", "coach"),
        "release": roles("own coach", "coach"),
        "comment": roles("own coach", "coach"),
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
                condition=Q(finished_at=None) | Q(withdrawn_at=None), name="review_finished_or_withdrawn"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(taken_at__isnull=False), name="review_taken_before_finished"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(taken_at=None), name="review_withdrawn_only_untaken"
            ),
        ]
        # A few are open, and each stays for good: the queue reads the open ones alone.
        indexes = [
            models.Index(
                fields=["application"], condition=Q(finished_at=None, withdrawn_at=None), name="review_still_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} {short_day(self.asked_at)}"

    def get_absolute_url(self) -> str:
        return link("reviews:read", self.pk)

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
        """Has the promised day passed while the team still waits? It does not once it has finished, given up or left."""
        return (
            self.is_open
            and self.application.is_being_written
            and self.promised_until is not None
            and self.promised_until < timezone.localdate()
        )

    def is_read_by(self, user: Person) -> bool:
        """Has this person taken it, and not yet given it back?"""
        return self.is_taken and user.is_authenticated and self.coach_id == user.pk

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.application.roles_of(user)

    def blocked(self) -> set[UUID]:
        """Return the drafts that cannot be called rund: a must-change of this or an earlier review is not resolved."""
        return {item.draft_id for item in self.items.with_blocks() if item.is_blocked}

    @transaction.atomic
    def take(self, *, by: User) -> None:
        """Begin to read, so that nobody else does. Raises `Stale` if somebody was faster, or it is called back or given up."""
        self.require(by, "take")
        write_if(self, {"taken_at": None, **STILL_OPEN}, taken_at=timezone.now(), coach=by)
        self.application.refuse_given_up()
        Event.record("review.taken", self, by=by)

    @transaction.atomic
    def release(self, *, by: User) -> None:
        """Put it back into the queue. Comments, saved or begun, are deleted: only their author may ever see them."""
        self.require(by, "release")
        self._put_back(taken_by(by))
        Event.record("review.released", self, by=by)

    @transaction.atomic
    def put_back(self) -> None:
        """Put it back for a coach who left the cohort or the portal. Raises `Stale` if it is not theirs any more."""
        self._put_back(self._still_theirs())
        Event.record("review.put_back", self, by=None)

    def _still_theirs(self) -> dict[str, Any]:
        """The condition of the timer's steps: the person who took it still has it, since that very moment."""
        return {"coach": self.coach_id, "taken_at": self.taken_at, "taken_at__isnull": False, **STILL_OPEN}

    def _put_back(self, expected: dict[str, Any]) -> None:
        write_if(self, expected, taken_at=None, coach=None, summary="", again_by=None)
        for item in self.items.all():
            item.comments.all().delete()
            item.begun.all().delete()
            write_if(item, {"closed_at": None}, verdict="")

    @transaction.atomic
    def pass_on(self) -> bool:
        """Put it back for an absent coach who has not begun; return whether it was. Raises `Stale` if not theirs."""
        review = Review.objects.select_for_update().get(pk=self.pk)
        if not review.is_taken:
            raise Stale
        if review.is_begun:
            return False
        write_if(self, self._still_theirs(), taken_at=None, coach=None)
        Event.record("review.passed_on", self, by=None)
        return True

    @property
    def is_begun(self) -> bool:
        """Has the coach who reads it noted anything yet?"""
        items = self.items.filter(~Q(verdict="") | Q(comments__isnull=False) | Q(begun__isnull=False))
        return bool(self.summary or self.again_by) or items.exists()

    def remind(self, now: datetime) -> None:
        """Note that people were told that its day has passed. Raises `Stale` if they were before, or it has ended."""
        write_if(self, {"reminded_at": None, **STILL_OPEN}, reminded_at=now)
        Event.record("review.reminded", self, by=None)

    @transaction.atomic
    def withdraw(self, *, by: User) -> None:
        """Take back for the team what nobody reads yet, and tell the coaches. The sections can be handed in again."""
        self.require(by, "withdraw")
        self.application.refuse_given_up()
        self.call_back(timezone.now())
        Event.record("review.withdrawn", self, by=by)
        tell_withdrawn(self)

    def call_back(self, now: datetime) -> None:
        """Take it out of the queue, for a step of the team. Raises `Stale` once somebody reads it."""
        write_if(self, {"taken_at": None, **STILL_OPEN}, withdrawn_at=now)
        self.items.filter(closed_at=None).update(closed_at=now)

    @transaction.atomic
    def note(self, *, by: User, sent: Parts, seen: Parts | None = None) -> Settled:
        """Keep what the coach has decided so far. Nobody else sees it before the review is given back.

        `sent` holds the sentence for the team, the day, and by the id of an item its verdict; `seen` are the marks of what
        her page showed. What another window of hers has written stays. Raises `Stale` unless this person is reviewing it.
        """
        self.require(by, "give back")
        settled = self._settle(by, sent, seen)
        kept = settled.values
        again_by = date.fromisoformat(kept[AGAIN_BY]) if kept[AGAIN_BY] else None
        write_if(self, taken_by(by), summary=kept[SUMMARY], again_by=again_by)
        for item in self.items.all() if sent.keys() - {SUMMARY, AGAIN_BY} else ():
            if item.verdict != kept[str(item.pk)]:
                write_if(item, {"closed_at": None}, verdict=kept[str(item.pk)])
        return settled

    def _settle(self, by: User, sent: Parts, seen: Parts | None) -> Settled:
        """Lock the review, which this person reads, and compare what was sent to what is stored."""
        review = lock_review(self.pk, by=by)
        verdicts = Review.objects.filter(pk=self.pk).values_list("items__pk", "items__verdict").order_by()
        stored = decision(review.summary, review.again_by, dict(verdicts))
        return settle(stored, sent, seen)

    @transaction.atomic
    def give_back(
        self,
        *,
        by: User,
        verdicts: Mapping[UUID, str],
        summary: str = "",
        again_by: date | None = None,
        seen: Parts | None = None,
    ) -> None:
        """End the review with a verdict for every item (by its id) and tell the team.

        Raises `Stale` unless this person is reviewing it, and if a section is called rund while a must-change stands
        against it. Raises `StillBegun` while a comment is begun and not saved, and `WrittenElsewhere` if something stands
        in another window of hers that this one (`seen`) has not shown, so that no word of the coach is lost.
        """
        self.require(by, "give back")
        now = timezone.now()
        if self._settle(by, decision(summary, again_by, verdicts), seen).differences:
            raise WrittenElsewhere
        write_if(self, taken_by(by), finished_at=now, summary=summary, again_by=again_by)
        if self.items.filter(begun__isnull=False).exists():
            raise StillBegun
        items = list(self.items.select_related("draft"))
        if set(verdicts) != {item.pk for item in items} or not set(verdicts.values()) <= set(Verdict):
            raise ValueError("Every item needs a verdict.")
        blocked = self.blocked()
        for item in items:
            if verdicts[item.pk] == Verdict.ACCEPTED and item.draft_id in blocked:
                raise Stale
            write_if(item, {"closed_at": None}, verdict=verdicts[item.pk], closed_at=now)
        Event.record("review.given_back", self, by=by, accepted=list(verdicts.values()).count("accepted"))
        tell_given_back(self, items)

    def waits_for(self) -> list[CoachAssignment]:
        """Return whom it waits for today: the first coach, else the second, else all of the cohort who are there."""
        return asked_today(self.application.team)


class StillBegun(Stale):
    """A comment was begun on a section of this review and must be saved or emptied first."""


# Neither given back nor withdrawn: every step of a review expects this of its row.
STILL_OPEN = {"finished_at": None, "withdrawn_at": None}


def taken_by(coach: User) -> dict[str, Any]:
    """The condition of the steps of the coach who reads."""
    return {"coach": coach, "taken_at__isnull": False, **STILL_OPEN}


def lock_review(key: UUID, *, by: User) -> Review:
    """Lock the review's row until the transaction ends. Raises `Stale` unless this person reviews it."""
    review = next(iter(Review.objects.select_for_update().filter(pk=key)), None)
    if not review or not review.is_read_by(by):
        raise Stale
    return review
