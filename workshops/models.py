from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from accounts.models.record import Person, roles
from cohorts.models import Cohort, Format, Team, TeamMember
from schmiede.files import stored_name


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    def visible_to(self, user: Person) -> WorkshopQuerySet:
        return self.filter(Exists(Cohort.objects.shared_with(user).filter(pk=OuterRef("cohort"))))

    def held(self) -> WorkshopQuerySet:
        """All but the cancelled ones."""
        return self.filter(cancelled_at=None)


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

    objects = WorkshopQuerySet.as_manager()

    MAY = {
        "see": roles("member", "coach", "organiser"),
        "edit": roles("organiser"),
        "open early": roles("organiser"),
        "attendance": roles("coach", "organiser"),
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
    def cohort_uuid(self) -> UUID:
        return self.workshop.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.workshop.cohort.roles_of(user)


class MaterialQuerySet(models.QuerySet["Material"]):
    def visible_to(self, user: Person) -> MaterialQuerySet:
        return self.filter(Exists(Workshop.objects.visible_to(user).filter(pk=OuterRef("workshop"))))


class Material(Record):
    """A file or a link for everybody in the cohort, also for those who were absent."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="materials", verbose_name=_("Workshop"))
    title = models.CharField(_("Titel"), max_length=200)
    file = models.FileField(_("Datei"), upload_to=stored_name, blank=True)
    file_name = models.CharField(max_length=200, blank=True, editable=False)
    size = models.PositiveIntegerField(null=True, blank=True, editable=False)
    url = models.URLField(_("Link"), max_length=500, blank=True)
    added_at = models.DateTimeField(_("dazugelegt am"), default=timezone.now, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = MaterialQuerySet.as_manager()

    MAY = {"see": Workshop.MAY["see"], "edit": roles("organiser")}

    class Meta:
        verbose_name = _("Material")
        verbose_name_plural = _("Material")
        ordering = ["added_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(file="") | ~Q(url=""),
                name="material_file_or_link",
                violation_error_message=_("Bitte geben Sie eine Datei oder einen Link an."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def cohort_uuid(self) -> UUID:
        return self.workshop.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.workshop.cohort.roles_of(user)


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

    objects = AssignmentQuerySet.as_manager()

    MAY = {"see": Workshop.MAY["see"], "edit": roles("organiser")}

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


class Completion(Record):
    """A team ticked an assignment off."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="completions")
    team = models.ForeignKey(Team, models.CASCADE, related_name="completions")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

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

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendances", verbose_name=_("Termin"))
    member = models.ForeignKey(TeamMember, models.CASCADE, related_name="attendances", verbose_name=_("Teammitglied"))
    status = models.CharField(_("Anwesenheit"), max_length=8, choices=Status)
    at = models.DateTimeField(_("eingetragen am"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = AttendanceQuerySet.as_manager()

    MAY = {"see": roles("coach", "organiser"), "edit": roles("coach", "organiser")}

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


class Feedback(Record):
    """What somebody thinks of a workshop. Shares no key, no time and no order with who answered."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="feedback")
    helpful = models.PositiveSmallIntegerField(_("Wie hilfreich war der Workshop?"))
    text = models.TextField(_("Was sollen wir wissen?"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("Rückmeldung zu einem Workshop")
        verbose_name_plural = _("Rückmeldungen zu Workshops")
        ordering = ["uuid"]
        constraints = [
            models.CheckConstraint(condition=Q(helpful__gte=1, helpful__lte=5), name="feedback_helpful_1_to_5")
        ]

    def __str__(self) -> str:
        return str(self.helpful)


class FeedbackGiven(Record):
    """That somebody has answered, so that nobody answers twice; not what they answered, nor when."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="feedback_given")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("abgegebene Rückmeldung")
        verbose_name_plural = _("abgegebene Rückmeldungen")
        constraints = [models.UniqueConstraint(fields=["workshop", "user"], name="feedback_given_unique")]

    def __str__(self) -> str:
        return str(self.workshop)
