"""A workshop: number, title, which sections it opens, opening early, cancelling, who may do it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, Min, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import Event, Record, User
from accounts.models.record import Person, roles
from calls.models import Edition
from calls.terms import FROM_THE_FIRST_DAY
from cohorts.models import Cohort
from cohorts.models.curriculum import ORGANISERS_TEXT
from core.statements import Statement
from core.writes import Stale, write_if
from workshops.opening import Opening, has_come, opening_moment


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

    def is_ahead(self, now: datetime) -> bool:
        """Return whether it is still to come or going on; without a date it is."""
        return self.ends_at is None or self.ends_at >= now

    @transaction.atomic
    def open_early(self, *, by: User, reason: str) -> None:
        """Open its sections now, with a reason everybody can read. Raises `Stale` if they are open or it is cancelled."""
        self.require(by, "open early")
        if not reason.strip():
            raise ValueError("Opening early needs a reason.")
        began = self.sessions.filter(begins_at__lte=timezone.now())
        if began.exists():
            raise Stale
        now = timezone.now()
        write_if(
            self, {"opened_at": None, "cancelled_at": None}, opened_at=now, opened_by=by, opened_reason=reason.strip()
        )
        Event.record("workshop.opened_early", self, by=by)
        self.tell_cohort("opened_early", dedup=self.pk, sections=self.section_titles())

    @transaction.atomic
    def cancel(self, *, by: User) -> None:
        """Call the workshop off; its sections are no longer bound to it. Everybody in the cohort is told."""
        self.require(by, "edit")
        write_if(self, {"cancelled_at": None}, cancelled_at=timezone.now())
        Event.record("workshop.cancelled", self, by=by)
        self.tell_cohort("cancelled", dedup=self.pk, sessions=list(self.sessions.all()))

    def section_titles(self) -> list[str]:
        """Return the titles of the sections it opens, from the newest edition of the cohort's call."""
        editions = Edition.objects.published().filter(call__cohorts=self.cohort_id)
        edition = editions.order_by("-number").first()
        return [term.title for term in edition.terms.sections if term.key in self.section_keys] if edition else []

    def tell_cohort(self, kind: str, *, dedup: object, **values: Any) -> None:
        outbox.post(
            self.cohort.people(),
            f"workshops/mails/{kind}.txt",
            dedup=dedup,
            link=self.get_absolute_url(),
            cohort=self.cohort_id,
            workshop=self,
            **values,
        )


def _openings(cohort: Any) -> models.QuerySet[Any]:
    workshops = Workshop.objects.held().filter(cohort=cohort)
    return workshops.annotate(first=Min("sessions__begins_at")).order_by("position")


READ_OPENINGS = Statement(_openings, "cohort")
