"""A workshop: number, title, which sections it opens, opening early, cancelling, who may do it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, Min, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import Event, Message, Record, User
from accounts.models.message import topic_of
from accounts.models.record import Person, roles
from accounts.waiting import Told, drop, tell
from calls.models import Edition
from calls.terms import FROM_THE_FIRST_DAY
from cohorts.models import Cohort
from cohorts.models.curriculum import ORGANISERS_TEXT
from cohorts.models.invited import invited_into
from core.statements import Statement
from core.writes import Stale, write_if
from workshops.opening import Opening, has_come, opening_moment

if TYPE_CHECKING:
    from .session import Session

# What a mail about dates keeps of a session, so that the one in its place can say what people knew.
NOTED = ("uuid", "begins_at", "ends_at", "format", "place")


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    def visible_to(self, user: Person) -> WorkshopQuerySet:
        return self.filter(Exists(Cohort.objects.shared_with(user).filter(pk=OuterRef("cohort"))))

    def held(self) -> WorkshopQuerySet:
        """Return all but the cancelled ones."""
        return self.filter(cancelled_at=None)

    def openings_in(self, cohort: UUID) -> list[Opening]:
        """What opens sections in a cohort, and when. One query."""
        return [Opening.of(workshop, workshop.first) for workshop in READ_OPENINGS(cohort=cohort)]

    def for_list(self) -> WorkshopQuerySet:
        return self.select_related("cohort").prefetch_related("sessions")

    def for_page(self, assignments: models.QuerySet[Any], materials: models.QuerySet[Any]) -> WorkshopQuerySet:
        """Read all that the page shows, with these assignments and this material."""
        shown = Prefetch("assignments", assignments), Prefetch("materials", materials)
        return self.select_related("cohort__call").prefetch_related("sessions", *shown)


class Workshop(Record):
    """One workshop of a cohort. It opens its sections when its first session begins, or when staff open it early."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="workshops", verbose_name=_("Projektschmiede"))
    position = models.PositiveSmallIntegerField(_("Nummer"))
    title = models.CharField(_("Titel"), max_length=120)
    goal = models.TextField(_("Ziel"), blank=True)
    section_keys = models.JSONField(_("öffnet Abschnitte"), default=list, blank=True)
    opened_at = models.DateTimeField(_("früher geöffnet am"), null=True, blank=True, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    opened_reason = models.CharField(_("Grund der früheren Öffnung"), max_length=300, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("abgesagt am"), null=True, blank=True, editable=False)

    STAYS = dict.fromkeys(("title", "goal", "opened_reason"), ORGANISERS_TEXT)
    COHORTS = "cohort"

    objects = WorkshopQuerySet.as_manager()

    MAY = {
        "edit": roles("organiser"),
        "open early": roles("organiser"),
        "attendance": roles("coach", "organiser"),
        "delete": roles("organiser"),
    }

    class Meta:
        verbose_name = _("Workshop")
        verbose_name_plural = _("Workshops")
        ordering = ["cohort", "position"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "position"], name="workshop_position_unique"),
            models.CheckConstraint(
                condition=Q(opened_at=None) | ~Q(opened_reason=""), name="workshop_opened_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} · {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("workshops:detail", args=[self.pk])

    @property
    def cohort_uuid(self) -> UUID:
        return self.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.cohort.roles_of(user)

    @property
    def begins_at(self) -> datetime | None:
        """Return when its first session begins; `sessions` should be prefetched."""
        return min((session.begins_at for session in self.sessions.all()), default=None)

    @property
    def ends_at(self) -> datetime | None:
        return max((session.ends_at for session in self.sessions.all()), default=None)

    @property
    def opens_at(self) -> datetime | None:
        """Return when its sections open or opened; None while no date is known."""
        return opening_moment(self.begins_at, self.opened_at)

    @property
    def opens_some_at_once(self) -> bool:
        """Is a section among its own that every team may write from the first day on?"""
        return not FROM_THE_FIRST_DAY.isdisjoint(self.section_keys)

    @property
    def has_opened(self) -> bool:
        return has_come(self.opens_at, timezone.now())

    @property
    def has_come_to_its_day(self) -> bool:
        """Has its first session begun?"""
        return has_come(self.begins_at, timezone.now())

    def is_ahead(self, now: datetime) -> bool:
        """Return whether it is still to come or going on; without a date it is."""
        ends_at = self.ends_at
        return ends_at is None or ends_at >= now

    @transaction.atomic
    def open_early(self, *, by: User, reason: str) -> Told:
        """Open its sections now, with a reason everybody can read. Raises `Stale` if they are open or it does not take place."""
        self.require(by, "open early")
        if not reason.strip():
            raise ValueError("Opening early needs a reason.")
        began = self.sessions.filter(begins_at__lte=timezone.now())
        if self.cohort.cancelled_at or began.exists():
            raise Stale
        now = timezone.now()
        write_if(
            self, {"opened_at": None, "cancelled_at": None}, opened_at=now, opened_by=by, opened_reason=reason.strip()
        )
        Event.record("workshop.opened_early", self, by=by)
        posted = outbox.post(
            self.cohort.people(),
            "workshops/mails/opened_early.txt",
            dedup=f"{self.pk}:{now.isoformat()}",
            topic=topic_of(self, "opened"),
            sections=self.section_titles(),
            **self._of_mail(),
        )
        return Told.of(posted)

    @transaction.atomic
    def cancel(self, *, by: User) -> Told:
        """Call the workshop off; its sections are no longer bound to it. Everybody in the cohort is told, while it is ahead."""
        self.require(by, "edit")
        if self.cohort.cancelled_at:  # everybody was told of all of it
            raise Stale
        write_if(self, {"cancelled_at": None}, cancelled_at=timezone.now())
        Event.record("workshop.cancelled", self, by=by)
        sessions = list(self.sessions.all())
        is_over = bool(sessions) and all(session.ends_at < timezone.now() for session in sessions)
        people = [] if is_over else counting_on(self.cohort)
        return self.tell_of_dates("cancelled", sessions, lambda known: {"sessions": known}, people)

    def tell_of_removal(self) -> Told:
        """Tell the cohort that it does not take place, in place of what still waits about it; call it before deleting it.

        Nobody is told where it was cancelled before, its days are over, or nobody counts on it yet.
        """
        sessions, cohort = self.lock_sessions(), self.cohort
        is_ahead = any(session.ends_at >= timezone.now() for session in sessions)
        counts = is_ahead and cohort.published_at and not (self.cancelled_at or cohort.cancelled_at)
        told = self.tell_of_dates(
            "cancelled",
            sessions,
            lambda known: {"sessions": known} if known else None,
            counting_on(cohort) if counts else [],
            link=cohort.get_absolute_url(),
        )
        dropped = drop(Message.objects.filter(topic__in=[topic_of(self, part) for part in ("opened", "closed")]))
        return replace(told, dropped=dropped)

    @transaction.atomic
    def close_again(self, *, by: User) -> Told:
        """Take the early opening back: its sections open with the first session. Whoever was told of it is told of this.

        Raises `Stale` if it was not opened early, is cancelled, or has begun.
        """
        self.require(by, "open early")
        begins_at = self.begins_at
        if has_come(begins_at, timezone.now()):
            raise Stale
        fields = {"opened_at": None, "opened_by": None, "opened_reason": ""}
        write_if(self, {"opened_at__isnull": False, "cancelled_at": None}, **fields)
        Event.record("workshop.closed_again", self, by=by)
        waiting = Message.objects.filter(topic=topic_of(self, "opened")).waiting().select_for_update()
        untold = {message.pk: message.user_id for message in waiting if message.user_id}
        drop(Message.objects.filter(pk__in=untold))
        posted = outbox.post(
            self.cohort.people().exclude(pk__in=untold.values()),
            "workshops/mails/closed_again.txt",
            dedup=f"{self.pk}:{timezone.now().isoformat()}",
            topic=topic_of(self, "closed"),
            sections=self.section_titles(),
            begins_at=begins_at,
            **self._of_mail(),
        )
        return Told.of(posted, dropped=len(untold))

    @transaction.atomic
    def hold(self, *, by: User) -> Told:
        """Take cancelling back: it takes place on the days it had. Whoever knows that it was called off is told.

        Raises `Stale` if it is not cancelled, its cohort is, or its days are over.
        """
        self.require(by, "edit")
        sessions = self.lock_sessions()
        is_over = bool(sessions) and all(session.ends_at < timezone.now() for session in sessions)
        if self.cohort.cancelled_at or is_over:
            raise Stale
        write_if(self, {"cancelled_at__isnull": False}, cancelled_at=None)
        Event.record("workshop.held", self, by=by)
        now = [self.noted(session) for session in sessions]
        # Nobody who was told of the cancelling knows of any day.
        return self.tell_of_dates(
            "held",
            [],
            lambda known: None if [self.noted(row) for row in known] == now else {"sessions": sessions},
            counting_on(self.cohort) if sessions else [],
        )

    def lock_sessions(self) -> list[Session]:
        """Return its sessions as they are before a change, and let nobody else in before this transaction is through."""
        list(Workshop.objects.filter(pk=self.pk).select_for_update(no_key=True).values("pk"))
        return list(self.sessions.all())

    def section_titles(self) -> list[str]:
        """Return the titles of the sections it opens, from the newest edition of the cohort's call."""
        editions = Edition.objects.published().filter(call__cohorts=self.cohort_id)
        edition = editions.order_by("-number").first()
        return [term.title for term in edition.terms.sections if term.key in self.section_keys] if edition else []

    def tell_of_dates(
        self,
        kind: str,
        before: Iterable[Session],
        values_of: Callable[[list[Session]], dict[str, Any] | None],
        people: Iterable[Any],
        link: str = "",
    ) -> Told:
        """Mail people of the cohort about its dates, in place of what still waits about them.

        `link` is where the mail leads, in place of its page. `values_of` is given the sessions that somebody knows: those of `before`, or what they last were told.
        """
        known = [self.noted(session) for session in before]
        return tell(
            people,
            f"workshops/mails/{kind}.txt",
            about=self,
            part="dates",
            known=known,
            values_of=lambda known: values_of([self.known_session(row) for row in known]),
            **self._of_mail() | ({"link": link} if link else {}),
        )

    @property
    def topic_of_dates(self) -> str:
        """What mails about its dates are about."""
        return topic_of(self, "dates")

    def noted(self, session: Session) -> dict[str, str]:
        """Return what a mail keeps of a session (`known_session`)."""
        return {name: str(getattr(session, name)) for name in NOTED}

    def known_session(self, row: dict[str, str]) -> Session:
        """Return a session as a mail has kept it, not to be saved."""
        moments = {name: datetime.fromisoformat(row[name]) for name in ("begins_at", "ends_at")}
        values = row | moments | {"uuid": UUID(row["uuid"])}
        return self.sessions.model(**values)

    def _of_mail(self) -> dict[str, Any]:
        return {"link": self.get_absolute_url(), "cohort": self.cohort_id, "workshop": self}


def counting_on(cohort: Cohort) -> list[Any]:
    """Return everybody who knows the dates of a cohort and has to know when they change. Two queries.

    Who is invited into a team and has not answered knows them from the mail with the acceptance.
    """
    return [*cohort.people(), *invited_into(cohort)]


def _openings(cohort: Any) -> models.QuerySet[Any]:
    workshops = Workshop.objects.held().filter(cohort=cohort)
    return workshops.annotate(first=Min("sessions__begins_at")).order_by("position")


READ_OPENINGS = Statement(_openings, "cohort")
