"""Reminders of overdue reviews, and passing on what waits for a coach who is away or gone, questions too; the timer calls it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.models import Message
from applications.reviews.mails import tell_asked
from applications.reviews.models import Review
from applications.reviews.steps import call_off
from applications.writing.models import Application
from cohorts.models import CoachAbsence, Cohort, Conversation, read_absences
from cohorts.models.conversation import asked_today
from core.days import beginning_of
from core.writes import Stale


def remind_of_overdue(now: datetime) -> int:
    """Tell the coach who should read, and the organiser, once of every review whose promised day has passed.

    One message per person and cohort, however many teams wait. Nobody is told once the cohort has ended or while the
    application is not being written, or of a team that has left. Returns the number of reviews.
    """
    rows = (
        Review.objects.overdue()
        .filter(
            reminded_at=None,
            application__team__cohort__ends_on__gte=timezone.localdate(now),
        )
        .select_related("coach", "application__edition", "application__team__organisation", "application__team__cohort")
        .select_related("application__team__first_coach", "application__team__second_coach")
        .order_by("asked_at", "pk")
    )
    read_absences(review.application.team for review in rows)
    cohorts: dict[UUID, list[Review]] = defaultdict(list)
    for review in rows:
        cohorts[review.cohort_uuid].append(review)
    return sum(_remind(reviews, now) for reviews in cohorts.values())


@transaction.atomic
def _remind(reviews: Iterable[Review], now: datetime) -> int:
    """Remind of the overdue reviews of one cohort."""
    due, coaches = [], {}
    waiting: dict[str, list[Review]] = defaultdict(list)
    for review in reviews:
        try:
            review.remind(now)
        except Stale:  # given back or withdrawn at this very moment
            continue
        due.append(review)
        for person in [review.coach] if review.coach else review.waits_for():
            coaches[person.email] = person
            waiting[person.email].append(review)
    if due:
        cohort = due[0].application.team.cohort
        for email, own in waiting.items():
            _tell([coaches[email]], own, cohort, "review_overdue", reverse("reviews:queue"))
        organisers = [membership.user for membership in cohort.organiser.memberships.select_related("user")]
        _tell(organisers, due, cohort, "reviews_overdue_organiser", reverse("cockpit", args=[cohort.slug]))
    return len(due)


def _tell(people: Iterable[Any], reviews: list[Review], cohort: Cohort, kind: str, link: str) -> None:
    outbox.post(
        people,
        f"applications/mails/{kind}.txt",
        wish="wants_review_mails",
        dedup=" ".join(sorted(str(review.pk) for review in reviews)),
        link=link,
        cohort=cohort.pk,
        title=cohort.title,
        reviews=reviews,
    )


@transaction.atomic
def call_off_given_up() -> int:
    """Call back what no coach has taken of teams that have left, and of withdrawn applications. Returns how many there were.

    Leaving is a step of cohorts, which know no reviews; so this is done soon after it. Withdrawing calls back what waits;
    what somebody reads then may be put back later.
    """
    left = Application.objects.with_team().filter(Exists(Review.objects.untaken().filter(application=OuterRef("pk"))))
    gone = left.filter(Q(team__withdrawn_at__isnull=False) | Q(status=Application.Status.WITHDRAWN))
    return sum(call_off(application, by=None, because=_reason(application)).waited for application in gone)


def _reason(application: Application) -> str:
    return "application withdrawn" if application.is_withdrawn else "team left"


def put_back_left_behind() -> int:
    """Put back into the queue what was taken by a person who no longer coaches the cohort, and tell who has it now.

    Comments that were not given are deleted: only their author may ever see them. Returns how many were put back.
    """
    count = 0
    for review in Review.objects.left_behind().select_related("application__team"):
        try:
            review.put_back()
        except Stale:  # given back at this very moment
            continue
        if not review.application.is_given_up:
            tell_asked(review)
        count += 1
    return count


def pass_on_for_absent(now: datetime) -> int:
    """Put back into the queue what a coach took before their absence and has not begun, and tell whom it waits for now.

    What the coach has begun stays with them: nobody else may see it, and nothing is thrown away. So does what they take
    during the absence. Returns how many were passed on.
    """
    away = CoachAbsence.objects.on(timezone.localdate(now))
    passed = 0
    for absence in away.select_related("assignment"):
        begins = beginning_of(absence.from_on)
        taken = Review.objects.taken_by(absence.assignment).filter(taken_at__lt=begins)
        for review in taken.select_related("application__team"):
            try:
                passed += review.pass_on()
            except Stale:  # given back at this very moment
                continue
    team, absent = "application__team__", away.values("assignment")
    waiting = Review.objects.waiting().filter(
        Q(**{f"{team}first_coach__in": absent}) | Q(**{f"{team}second_coach__in": absent})
    )
    for review in waiting.select_related(
        f"{team}organisation", f"{team}cohort", f"{team}first_coach", f"{team}second_coach", "application__edition"
    ):
        tell_asked(review)  # sends nothing to coaches who were told before
    return passed


def pass_on_questions() -> int:
    """Tell those for whom a question waits today because its coach is away or gone. Each is told once. Returns how many.

    While no coach can read, the people of the Träger are told.
    """
    whole = ("organisation", "cohort", "first_coach__coach", "second_coach__coach")
    waiting = list(Conversation.objects.waiting().select_related(*(f"team__{name}" for name in whole)))
    read_absences(conversation.team for conversation in waiting)
    return sum(_pass_on(conversation) for conversation in waiting)


def _pass_on(conversation: Conversation) -> int:
    told = Message.objects.filter(
        kind="conversation_asked", link=conversation.get_absolute_url(), created_at__gte=conversation.waits_since
    )
    known = set(told.values_list("email", flat=True))
    coaches = asked_today(conversation.team)
    if not coaches:
        return len(conversation.tell_organisers())
    others = [coach for coach in coaches if (coach.user or coach).email not in known]
    return len(conversation.tell_coaches(others, dedup=f"{conversation.pk} {conversation.waits_since}"))
