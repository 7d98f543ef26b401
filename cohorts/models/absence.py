"""Days on which a coach is away; what waits is passed on for that time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import Event, Record, User
from accounts.models.record import Person, roles
from core.statements import Statement, Today
from core.words import day as in_words
from core.words import short_day
from core.writes import Stale, write_if

from .coach import CoachAssignment

# How far ahead of today, or behind it, the days of an absence are: a limit of ours, against a mistyped year.
FURTHEST = timedelta(days=366)


class Overlaps(Stale):
    """The coach has entered an absence for some of these days already (`absence`)."""

    def __init__(self, absence: CoachAbsence) -> None:
        super().__init__()
        self.absence = absence


class CoachAbsenceQuerySet(models.QuerySet["CoachAbsence"]):
    def on(self, day: date | Today) -> CoachAbsenceQuerySet:
        """Return those that the day falls into, their first and last day included."""
        return self.filter(from_on__lte=day, until_on__gte=day)

    def touching(self, from_on: date, until_on: date) -> CoachAbsenceQuerySet:
        """Return those that share a day with these days."""
        return self.filter(from_on__lte=until_on, until_on__gte=from_on)

    def ahead_of(self, user: Person) -> CoachAbsenceQuerySet:
        """Return a coach's own of today and later, where they coach today; the next one first."""
        own = CoachAssignment.objects.of(user).filter(pk=OuterRef("assignment"))
        rows = self.filter(Exists(own), until_on__gte=timezone.localdate())
        return rows.select_related("assignment__cohort").order_by("from_on", "pk")

    @transaction.atomic
    def enter(self, assignment: CoachAssignment, *, by: User, from_on: date, until_on: date) -> CoachAbsence:
        """Enter a coach's own absence and tell the organiser.

        Raises `Overlaps`, and `Stale` if the days are over or the coach no longer coaches the cohort.
        """
        assignment.require(by, "be away")
        _hold(assignment, from_on, until_on)
        absence = self.create(assignment=assignment, from_on=from_on, until_on=until_on)
        Event.record("absence.entered", absence, by=by, from_on=from_on, until_on=until_on)
        absence.tell_organisers("entered")
        return absence

    @transaction.atomic
    def enter_for(
        self, assignments: Collection[CoachAssignment], *, by: User, from_on: date, until_on: date
    ) -> list[CoachAbsence]:
        """Enter an absence of one coach in several cohorts for them, such as an illness, and tell them once.

        All or nothing. Raises `Overlaps`, and `Stale` if the days are over or a coach's time has ended.
        """
        if len({assignment.coach_id for assignment in assignments}) != 1:
            raise ValueError("An absence is of one person.")
        absences: list[CoachAbsence] = []
        for assignment in sorted(assignments, key=lambda one: str(one.pk)):  # always locked in the same order
            assignment.require(by, "edit")
            _hold(assignment, from_on, until_on)
            absences.append(self.create(assignment=assignment, from_on=from_on, until_on=until_on))
            Event.record("absence.entered", absences[-1], by=by, from_on=from_on, until_on=until_on)
        outbox.post(
            [assignment.coach for assignment in assignments if assignment.coach][:1],
            "cohorts/mails/coach_is_away.txt",
            dedup=absences[0].pk,
            link=reverse("reviews:absences"),
            cohort=absences[0].cohort_uuid,
            absences=absences,
            who=str(by),
        )
        return absences

    @transaction.atomic
    def end_for(self, assignments: Collection[CoachAssignment], *, by: User) -> None:
        """Note that a coach is there again from today on in these cohorts, and tell them once.

        Raises `Stale` if they are away in none of them today, or somebody changes the days at this moment.
        """
        for assignment in assignments:
            assignment.require(by, "edit")
        today = timezone.localdate()
        running = self.on(today).filter(assignment__in=assignments).select_related("assignment__cohort")
        if not (ended := list(running.order_by("pk"))):
            raise Stale
        for absence in ended:
            write_if(absence, absence._as_seen, until_on=max(absence.from_on, today - timedelta(days=1)))
            Event.record("absence.ended", absence, by=by)
        outbox.post(
            [assignment.coach for assignment in assignments if assignment.coach][:1],
            "cohorts/mails/coach_is_back.txt",
            dedup=f"{ended[0].pk} {timezone.now().isoformat()}",
            link=reverse("reviews:absences"),
            cohort=ended[0].cohort_uuid,
            absences=ended,
            who=str(by),
        )
        self.filter(pk__in=[absence.pk for absence in ended if absence.from_on >= today]).delete()

    def visible_to(self, user: Person) -> CoachAbsenceQuerySet:
        return self.filter(Exists(CoachAssignment.objects.visible_to(user).filter(pk=OuterRef("assignment"))))


class CoachAbsence(Record):
    """Days on which a coach does not read."""

    assignment = models.ForeignKey(
        CoachAssignment, models.CASCADE, related_name="absences", verbose_name=_("Coaching-Person")
    )
    from_on = models.DateField(_("abwesend ab"))
    until_on = models.DateField(_("abwesend bis einschließlich"))

    objects = CoachAbsenceQuerySet.as_manager()

    MAY = {"edit": roles("organiser"), "delete": roles("organiser"), "change own": roles("self")}

    class Meta:
        verbose_name = _("Abwesenheit einer Coaching-Person")
        verbose_name_plural = _("Abwesenheiten der Coaching-Personen")
        ordering = ["from_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_on__lte=F("until_on")),
                name="absence_begins_before_it_ends",
                violation_error_message=_("Die Abwesenheit muss beginnen, bevor sie endet."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment} {short_day(self.from_on)}–{short_day(self.until_on)}"

    def clean(self) -> None:
        """Refuse days that are too far ahead; those of long ago stay as they are."""
        days = {name: getattr(self, name) for name in ("from_on", "until_on")}
        if wrong := {name: too_far(day) for name, day in days.items() if day and too_far(day)}:
            raise ValidationError(wrong)

    @property
    def cohort_uuid(self) -> UUID:
        return self.assignment.cohort_id

    @property
    def has_begun(self) -> bool:
        return self.from_on <= timezone.localdate()

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.assignment.roles_of(user)

    @transaction.atomic
    def change(self, *, by: User, from_on: date, until_on: date) -> None:
        """Put the coach's own absence on other days, and tell the organiser. Raises as `enter`, and if it has changed."""
        self.require(by, "change own")
        _hold(self.assignment, from_on, until_on, beside=self.pk)
        write_if(self, self._as_seen, from_on=from_on, until_on=until_on)
        Event.record("absence.changed", self, by=by, from_on=from_on, until_on=until_on)
        self.tell_organisers("changed")

    @transaction.atomic
    def end(self, *, by: User) -> None:
        """Be there again from today on, or not be away at all, and tell the organiser. Raises `Stale` if it has changed."""
        self.require(by, "change own")
        today = timezone.localdate()
        if self.until_on < today:
            raise Stale
        write_if(self, self._as_seen, until_on=max(self.from_on, today - timedelta(days=1)))
        Event.record("absence.ended", self, by=by)
        if self.from_on >= today:
            self.tell_organisers("cancelled")
            self.delete()
        else:
            self.tell_organisers("ended")

    @property
    def _as_seen(self) -> dict[str, date]:
        return {"from_on": self.from_on, "until_on": self.until_on}

    def tell_organisers(self, what: str) -> None:
        """Tell the people of the Träger that the absence was entered, changed, ended or cancelled."""
        cohort = self.assignment.cohort
        unread = days_unread(self.assignment, self.from_on, self.until_on)
        people = User.objects.filter(memberships__organisation=cohort.organiser_id)
        outbox.post(
            people,
            "cohorts/mails/coach_absence.txt",
            dedup=f"{self.pk} {what} {timezone.now().isoformat()}",
            link=reverse("admin:cohorts_coachabsence_changelist"),
            cohort=cohort.pk,
            title=cohort.title,
            coach=self.assignment.full_name,
            absence=self,
            what=what,
            is_all_unread=len(unread) == days_ahead(self.from_on, self.until_on),
            first_unread=unread[0] if unread else None,
        )


def too_far(day: date) -> str:
    """Return a sentence about a day that is too far ahead for an absence; empty for any other."""
    last = timezone.localdate() + FURTHEST
    if day <= last:
        return ""
    return gettext("Bitte geben Sie einen Tag bis zum %(last)s an, auch wenn die Person länger fehlt.") % {
        "last": in_words(last)
    }


def _hold(assignment: CoachAssignment, from_on: date, until_on: date, *, beside: UUID | None = None) -> None:
    """Lock the coach's row, so that no two absences of theirs come to share a day."""
    held = CoachAssignment.objects.select_for_update().filter(pk=assignment.pk).order_by()
    if until_on < timezone.localdate() or not all(coach.is_current for coach in held):
        raise Stale
    others = CoachAbsence.objects.filter(assignment=assignment).touching(from_on, until_on)
    if other := (others.exclude(pk=beside) if beside else others).first():
        raise Overlaps(other)


def days_ahead(from_on: date, until_on: date) -> int:
    """Return how many of these days, the last included, are today or later."""
    return max(0, (until_on - max(from_on, timezone.localdate())).days + 1)


def days_unread(assignment: CoachAssignment, from_on: date, until_on: date) -> list[date]:
    """Return on which of these days, from today on, no coach of the cohort reads while this one does not. Two queries."""
    return unread_by([assignment], from_on, until_on)[assignment.pk]


def unread_by(assignments: Collection[CoachAssignment], from_on: date, until_on: date) -> dict[UUID, list[date]]:
    """Return `days_unread` of each of these coaches, by id. Two queries, whatever the number."""
    others = readers_beside(assignments)
    away = list(
        CoachAbsence.objects.touching(from_on, until_on).filter(
            assignment__in={pk for until in others.values() for pk in until}
        )
    )
    first = max(from_on, timezone.localdate())
    days = [first + timedelta(days=number) for number in range(days_ahead(from_on, until_on))]
    return {pk: [one for one in days if not _readers_on(one, until, away)] for pk, until in others.items()}


def readers_beside(assignments: Collection[CoachAssignment]) -> dict[UUID, dict[UUID, date | None]]:
    """Return by coach who else can read in the cohort, with their last day: in force, and with an account. One query."""
    cohorts = {assignment.cohort_id for assignment in assignments}
    there = CoachAssignment.objects.current().filter(cohort__in=cohorts, coach__isnull=False)
    rows = list(there.values_list("cohort_id", "pk", "until"))
    return {
        one.pk: {pk: until for cohort, pk, until in rows if cohort == one.cohort_id and pk != one.pk}
        for one in assignments
    }


def _readers_on(day: date, until: dict[UUID, date | None], away: list[CoachAbsence]) -> set[UUID]:
    absent = {absence.assignment_id for absence in away if absence.from_on <= day <= absence.until_on}
    return {pk for pk, last in until.items() if last is None or day <= last} - absent


def present() -> models.QuerySet[CoachAssignment]:
    """Return the coaches in force who have accepted and are not absent today: those who can read."""
    away = CoachAbsence.objects.on(Today()).filter(assignment=OuterRef("pk"))
    return CoachAssignment.objects.current().filter(~Exists(away), coach__isnull=False)


def absent_today(assignments: Collection[UUID]) -> set[UUID]:
    """Return which of these coaches are absent today; one query, none without coaches."""
    return set(READ_ABSENT(assignments=assignments)) if assignments else set()


def _absent(assignments: Any) -> models.QuerySet[CoachAbsence, UUID]:
    rows = CoachAbsence.objects.on(Today()).filter(assignment__pk__among=assignments).order_by()
    return rows.values_list("assignment", flat=True)


READ_ABSENT = Statement(_absent, "assignments")


def waits_for_user(user: Person, team: str = "application__team__") -> Q:
    """The condition that what the team at this path asks for waits for this person, by the absences of today."""
    if not user.is_authenticated:
        return Q(pk=None)
    there = present()
    own = there.filter(coach=user)
    first, second = OuterRef(f"{team}first_coach"), OuterRef(f"{team}second_coach")
    first_is_there, second_is_there = Exists(there.filter(pk=first)), Exists(there.filter(pk=second))
    coaches_the_cohort = Exists(own.filter(cohort=OuterRef(f"{team}cohort")))
    return (
        Q(Exists(own.filter(pk=first)))
        | (~Q(first_is_there) & Q(Exists(own.filter(pk=second))))
        | (~Q(first_is_there) & ~Q(second_is_there) & Q(coaches_the_cohort))
    )
