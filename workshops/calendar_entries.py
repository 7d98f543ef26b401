"""The sessions of workshops as dates for calendars: whose, and for how long they stay there."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cohorts.models import Cohort, Team
from core.calendars import CalendarEntry
from workshops.models import Session, Workshop

# How long a called-off date still says so, until every calendar has asked again; and how long the dates stay after the end.
CANCELLED_STAYS = timedelta(days=60)
ENDED_STAYS = timedelta(days=90)


def sessions_of(user: User, now: datetime) -> list[CalendarEntry]:
    """Return the sessions of the cohorts a person organises, coaches or is in a team of that has not left. One query.

    Of a cohort that ended long ago there are none, and of one that was called off only for a while.
    """
    known = now - CANCELLED_STAYS
    held_or_told = Q(workshop__cancelled_at=None) | Q(workshop__cancelled_at__gte=known)
    sessions = list(
        Session.objects.filter(held_or_told, workshop__cohort__pk__among=_cohorts(user, now).values("pk"))
        .filter(Q(workshop__cohort__cancelled_at=None) | Q(workshop__cohort__cancelled_at__gte=known))
        .select_related("workshop__cohort")
    )
    several = len({session.workshop.cohort_id for session in sessions}) > 1
    return [_entry(session, with_cohort=several) for session in sessions]


def sessions_in(workshop: Workshop) -> list[CalendarEntry]:
    """Return the sessions of a workshop that comes with them and with its cohort (`for_list`)."""
    return [_entry(session) for session in workshop.sessions.all()]


def with_cohort_title(title: str, cohort: Cohort) -> str:
    """Return a title that tells its Projektschmiede from others."""
    return f"{title} · {cohort.title}"


def cohorts_met(user: User) -> QuerySet[Cohort]:
    """Return the cohorts whose dates are a person's: they organise or coach it, or are in a team that has not left."""
    taking_part = Team.objects.current().with_member(user)
    return Cohort.objects.filter(
        Q(pk__among=Cohort.objects.led_by(user).values("pk")) | Q(pk__among=taking_part.values("cohort"))
    )


def _cohorts(user: User, now: datetime) -> QuerySet[Cohort]:
    return cohorts_met(user).filter(ends_on__gte=timezone.localdate(now) - ENDED_STAYS)


def _entry(session: Session, *, with_cohort: bool = False) -> CalendarEntry:
    workshop, cohort = session.workshop, session.workshop.cohort
    title = _("Workshop %(number)s: %(title)s") % {"number": workshop.position, "title": workshop.title}
    cancelled_at = _cancelled_at(session)
    if cancelled_at:
        title = _("Abgesagt: %(title)s") % {"title": title}
    return CalendarEntry(
        uid=f"session-{session.pk}",
        title=with_cohort_title(title, cohort) if with_cohort else title,
        path=workshop.get_absolute_url(),
        begins=session.begins_at,
        ends=session.ends_at,
        changed_at=max(session.changed_at, cancelled_at or session.changed_at),
        sequence=session.sequence + bool(cancelled_at),
        is_cancelled=cancelled_at is not None,
    )


def _cancelled_at(session: Session) -> datetime | None:
    """Return when it was called off; what was held before that was not."""
    moments = [moment for moment in (session.workshop.cancelled_at, session.workshop.cohort.cancelled_at) if moment]
    return min((moment for moment in moments if moment < session.ends_at), default=None)
