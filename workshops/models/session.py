"""The days of a workshop: time and place; attendance and its states („entschuldigt“)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, Record, User
from accounts.models.record import Person, roles
from cohorts.models import Cohort, Format, TeamMember
from cohorts.models.curriculum import ORGANISERS_TEXT
from core.writes import Stale

from .workshop import Workshop


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: Person) -> SessionQuerySet:
        return self.filter(Exists(Workshop.objects.visible_to(user).filter(pk=OuterRef("workshop"))))


class Session(Record):
    """A day or evening of a workshop; times are moments, shown in Europe/Berlin. `sequence` counts changes, for calendars."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="sessions", verbose_name=_("Workshop"))
    begins_at = models.DateTimeField(_("Beginn"))
    ends_at = models.DateTimeField(_("Ende"))
    format = models.CharField(_("Format"), max_length=10, choices=Format, default=Format.PRESENCE)
    place = models.CharField(_("Ort"), max_length=300, blank=True)
    online_url = models.URLField(_("Link zum Online-Raum"), max_length=500, blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

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
        """Return the place in a few words."""
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

        Two people who record at once lose none of each other's lines. Returns how many lines were written.
        Raises `Stale` before the session begins, unless all are excused.
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


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: Person) -> AttendanceQuerySet:
        """The person's own; coaches and organisers of the cohort read and write all of it; BAMF staff see figures."""
        if not user.is_authenticated:
            return self.none()
        members = TeamMember.objects.filter(user=user)
        sessions = Session.objects.filter(workshop__cohort__in=Cohort.objects.led_by(user))
        return self.filter(Q(member__pk__among=members.values("pk")) | Q(session__pk__among=sessions.values("pk")))


class Attendance(Record):
    """Was this person at this session?"""

    class Status(models.TextChoices):
        PRESENT = "present", _("anwesend")
        EXCUSED = "excused", _("entschuldigt")
        ABSENT = "absent", _("abwesend")

        @classmethod
        def known_ahead(cls) -> set[str]:
            """Return what can be said before the session begins; "" for nothing."""
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
