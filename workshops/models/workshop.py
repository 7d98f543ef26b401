from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, F, Min, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import Event, Record, User
from accounts.models.record import Person, roles
from calls.models import Edition
from cohorts.models import Cohort, Format, Team, TeamMember
from cohorts.models.curriculum import ORGANISERS_TEXT
from core.writes import Stale, write_if
from workshops.opening import Opening, has_come, opening_moment


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    def visible_to(self, user: Person) -> WorkshopQuerySet:
        return self.filter(Exists(Cohort.objects.shared_with(user).filter(pk=OuterRef("cohort"))))

    def held(self) -> WorkshopQuerySet:
        """All but the cancelled ones."""
        return self.filter(cancelled_at=None)

    def openings_in(self, cohort: UUID) -> list[Opening]:
        """What opens sections in a cohort, and when. One query."""
        workshops = self.held().filter(cohort=cohort).annotate(first=Min("sessions__begins_at"))
        return [Opening.of(workshop, workshop.first) for workshop in workshops.order_by("position")]

    def for_list(self) -> WorkshopQuerySet:
        return self.select_related("cohort").prefetch_related("sessions")

    def for_page(self, user: User) -> WorkshopQuerySet:
        """With all that the page shows; each assignment says in `done` whether the person's team has ticked it."""
        own = Completion.objects.filter(assignment=OuterRef("pk"), team__in=Team.objects.with_member(user))
        assignments = Prefetch("assignments", Assignment.objects.annotate(done=Exists(own)))
        return self.select_related("cohort__call").prefetch_related("sessions", "materials", assignments)


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
        """When its first session begins; `sessions` should be prefetched."""
        return min((session.begins_at for session in self.sessions.all()), default=None)

    @property
    def ends_at(self) -> datetime | None:
        return max((session.ends_at for session in self.sessions.all()), default=None)

    @property
    def opens_at(self) -> datetime | None:
        """When its sections open or opened; None while no date is known."""
        return opening_moment(self.begins_at, self.opened_at)

    @property
    def has_opened(self) -> bool:
        return has_come(self.opens_at, timezone.now())

    def is_ahead(self, now: datetime) -> bool:
        """Still to come or going on; one without a date is."""
        return self.ends_at is None or self.ends_at >= now

    @transaction.atomic
    def open_early(self, *, by: User, reason: str) -> None:
        """Open its sections now, with a reason everybody can read; `Stale` if they are open or it is cancelled."""
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
        """What the sections it opens are called in the newest edition of the cohort's call."""
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


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: Person) -> SessionQuerySet:
        return self.filter(Exists(Workshop.objects.visible_to(user).filter(pk=OuterRef("workshop"))))


class Session(Record):
    """A day or evening of a workshop; times are moments, shown in Europe/Berlin. `sequence` counts changes (iCalendar)."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="sessions", verbose_name=_("Workshop"))
    begins_at = models.DateTimeField(_("Beginn"))
    ends_at = models.DateTimeField(_("Ende"))
    format = models.CharField(_("Format"), max_length=10, choices=Format, default=Format.PRESENCE)
    place = models.CharField(_("Ort"), max_length=300, blank=True)
    online_url = models.URLField(_("Link zum Online-Raum"), max_length=500, blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)

    STAYS = dict.fromkeys(("place", "online_url"), ORGANISERS_TEXT)
    COHORTS = "workshop__cohort"

    objects = SessionQuerySet.as_manager()

    MAY = Workshop.MAY

    class Meta:
        verbose_name = _("Termin")
        verbose_name_plural = _("Termine")
        ordering = ["begins_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(begins_at__lt=F("ends_at")),
                name="session_begins_before_it_ends",
                violation_error_message=_("Der Termin muss beginnen, bevor er endet."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.workshop} {timezone.localtime(self.begins_at):%d.%m.%Y}"

    @property
    def where(self) -> str:
        """The place in a few words."""
        label = str(Format(self.format).label)
        return label if self.format == Format.ONLINE else self.place or label

    @property
    def cohort_uuid(self) -> UUID:
        return self.workshop.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.workshop.cohort.roles_of(user)

    @property
    def has_begun(self) -> bool:
        return self.begins_at <= timezone.now()

    @transaction.atomic
    def record_attendance(self, statuses: dict[UUID, str], *, by: User) -> int:
        """Write the lines given, member → present, excused, absent or "" for nothing; others stay as they are.

        So two people who record at once lose none of each other's lines. Returns how many lines were written.
        `Stale` before the session begins for anything but who is excused.
        """
        self.require(by, "attendance")
        members = TeamMember.objects.filter(pk__in=statuses, team__cohort=self.workshop.cohort_id)
        lines = {member.pk: statuses[member.pk] for member in members}
        if not self.has_begun and not set(lines.values()) <= Attendance.Status.known_ahead():
            raise Stale
        now = timezone.now()
        self.attendances.filter(member__in=[member for member, status in lines.items() if not status]).delete()
        Attendance.objects.bulk_create(
            (
                Attendance(session=self, member_id=member, status=Attendance.Status(status), at=now, by=by)
                for member, status in lines.items()
                if status
            ),
            update_conflicts=True,
            unique_fields=["session", "member"],
            update_fields=["status", "at", "by"],
        )
        if lines:
            Event.record("session.attendance_recorded", self, by=by, lines=len(lines))
        return len(lines)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: Person) -> AssignmentQuerySet:
        return self.filter(Exists(Workshop.objects.visible_to(user).filter(pk=OuterRef("workshop"))))


class Assignment(Record):
    """What every team does after a workshop, until the end of `due_on`; sections it is about, if any."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="assignments", verbose_name=_("Workshop"))
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    title = models.CharField(_("Titel"), max_length=200)
    text = models.TextField(_("Beschreibung"), blank=True)
    due_on = models.DateField(_("bis"), null=True, blank=True)
    section_keys = models.JSONField(_("Abschnitte"), default=list, blank=True)

    STAYS = dict.fromkeys(("title", "text"), ORGANISERS_TEXT)
    COHORTS = "workshop__cohort"

    objects = AssignmentQuerySet.as_manager()

    MAY = {"edit": roles("organiser")}  # to tick is the team's: Team.MAY

    class Meta:
        verbose_name = _("Arbeitsauftrag")
        verbose_name_plural = _("Arbeitsaufträge")
        ordering = ["workshop", "position"]

    def __str__(self) -> str:
        return self.title

    @property
    def cohort_uuid(self) -> UUID:
        return self.workshop.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.workshop.cohort.roles_of(user)

    @transaction.atomic
    def tick(self, team: Team, *, by: User) -> None:
        """The team has done it; ticking twice changes nothing."""
        team.require(by, "tick")
        if team.cohort_id != self.workshop.cohort_id:
            raise PermissionDenied("an assignment of another cohort")
        team.lock()
        made = self.completions.get_or_create(team=team, defaults={"by": by})[1]
        if made:
            Event.record("assignment.ticked", self, by=by, team=team.pk)

    @transaction.atomic
    def untick(self, team: Team, *, by: User) -> None:
        """Not done after all; taking back twice changes nothing."""
        team.require(by, "tick")
        team.lock()
        if self.completions.filter(team=team).delete()[0]:
            Event.record("assignment.unticked", self, by=by, team=team.pk)


class CompletionQuerySet(models.QuerySet["Completion"]):
    def visible_to(self, user: Person) -> CompletionQuerySet:
        """A team sees what it ticked itself; coaches and the organiser of the cohort see it of every team."""
        coached = Cohort.objects.coached_by(user).filter(teams=OuterRef("team"))
        organised = Cohort.objects.organised_by(user).filter(teams=OuterRef("team"))
        own = Team.objects.with_member(user).filter(pk=OuterRef("team"))
        return self.filter(Exists(own) | Exists(coached) | Exists(organised))


class Completion(Record):
    """A team ticked an assignment off."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="completions")
    team = models.ForeignKey(Team, models.CASCADE, related_name="completions")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = CompletionQuerySet.as_manager()

    class Meta:
        verbose_name = _("erledigter Arbeitsauftrag")
        verbose_name_plural = _("erledigte Arbeitsaufträge")
        constraints = [models.UniqueConstraint(fields=["assignment", "team"], name="completion_unique")]

    def __str__(self) -> str:
        return f"{self.team}: {self.assignment}"


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: Person) -> AttendanceQuerySet:
        """One's own; coaches and the organiser of the cohort read and write all of it; BAMF staff see figures."""
        if not user.is_authenticated:
            return self.none()
        cohort = OuterRef("session__workshop__cohort")
        return self.filter(
            Q(member__user=user)
            | Exists(Cohort.objects.coached_by(user).filter(pk=cohort))
            | Exists(Cohort.objects.organised_by(user).filter(pk=cohort))
        )


class Attendance(Record):
    """Was this person at this session?"""

    class Status(models.TextChoices):
        PRESENT = "present", _("anwesend")
        EXCUSED = "excused", _("entschuldigt")
        ABSENT = "absent", _("abwesend")

        @classmethod
        def known_ahead(cls) -> set[str]:
            """What can be said before the session begins; "" for nothing."""
            return {cls.EXCUSED, ""}

    session = models.ForeignKey(Session, models.PROTECT, related_name="attendances", verbose_name=_("Termin"))
    member = models.ForeignKey(TeamMember, models.CASCADE, related_name="attendances", verbose_name=_("Teammitglied"))
    status = models.CharField(_("Anwesenheit"), max_length=8, choices=Status)
    at = models.DateTimeField(_("eingetragen am"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = AttendanceQuerySet.as_manager()

    MAY = {"edit": roles("coach", "organiser")}

    class Meta:
        verbose_name = _("Anwesenheit")
        verbose_name_plural = _("Anwesenheiten")
        constraints = [models.UniqueConstraint(fields=["session", "member"], name="attendance_unique")]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_status_display()}"

    @property
    def cohort_uuid(self) -> UUID:
        return self.session.workshop.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.session.workshop.cohort.roles_of(user)
