"""A Lehrplan and its steps, from which workshops are made."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, Record
from accounts.models.kept_after_erasing import Stays
from accounts.models.record import Person, roles

ORGANISERS_TEXT = Stays(
    _("Was der Träger für alle schreibt: Ausschreibung, Mitteilungen, Lehrpläne, Workshops, Material"),
    _("Der Träger schreibt und verantwortet diese Texte und Dateien."),
    _(
        "Bis der Träger sie ändert oder löscht. Eine Mitteilung, die verschickt ist, bleibt, solange es die Projektschmiede gibt."
    ),
)


class Format(models.TextChoices):
    PRESENCE = "presence", _("vor Ort")
    ONLINE = "online", _("online")
    MIXED = "mixed", _("teils vor Ort, teils online")


class CurriculumQuerySet(models.QuerySet["Curriculum"]):
    def visible_to(self, user: Person) -> CurriculumQuerySet:
        """Shared ones for coaches, organisers and BAMF; a Träger's own for its people."""
        if not user.is_authenticated:
            return self.none()
        if user.is_bamf:
            return self
        organising = user.memberships.organising(user).values("organisation")
        coached = user.coach_assignments.current().values("cohort__organiser")
        visible = Q(organisation__in=organising) | Q(organisation__in=coached)
        if organising.exists() or coached.exists():
            visible |= Q(organisation=None)
        return self.filter(visible)


class Curriculum(Record):
    """A reusable plan of workshops: shared by BAMF (no organisation) or a Träger's own."""

    title = models.CharField(_("Titel"), max_length=200)
    organisation = models.ForeignKey(
        Organisation,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="curricula",
        verbose_name=_("Träger"),
        help_text=_("Leer: gemeinsamer Lehrplan dieses Portals."),
    )
    about = models.TextField(_("Beschreibung"), blank=True)
    source_hash = models.CharField(max_length=64, blank=True, editable=False)

    STAYS = dict.fromkeys(("title", "about"), ORGANISERS_TEXT)

    objects = CurriculumQuerySet.as_manager()

    MAY = {
        "edit": roles("organiser", "keeper"),
        "delete": roles("organiser", "keeper"),
    }

    class Meta:
        verbose_name = _("Lehrplan")
        verbose_name_plural = _("Lehrpläne")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def roles_of(self, user: Person) -> frozenset[str]:
        if not user.is_authenticated:
            return frozenset()
        own_roles = {"bamf"} if user.is_bamf else set()
        if self.organisation_id is None:
            own_roles |= {"keeper"} if user.is_bamf else set()
        elif Membership.objects.organising(user).filter(organisation=self.organisation_id).exists():
            own_roles.add("organiser")
        return frozenset(own_roles)


class CurriculumStepQuerySet(models.QuerySet["CurriculumStep"]):
    def visible_to(self, user: Person) -> CurriculumStepQuerySet:
        return self.filter(curriculum__in=Curriculum.objects.visible_to(user).values("pk"))


class CurriculumStep(Record):
    """One workshop of the plan: when it is, counted in days from the cohort's start, and which sections it opens."""

    curriculum = models.ForeignKey(Curriculum, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("Nummer"))
    title = models.CharField(_("Titel"), max_length=120)
    goal = models.TextField(_("Ziel"), blank=True)
    section_keys = models.JSONField(_("öffnet Abschnitte"), default=list, blank=True)
    days_after_start = models.PositiveSmallIntegerField(_("Tage nach dem Start"))
    begins = models.TimeField(_("Beginn"))
    hours = models.DecimalField(_("Dauer in Stunden"), max_digits=4, decimal_places=2)
    format = models.CharField(_("Format"), max_length=10, choices=Format, default=Format.PRESENCE)

    STAYS = dict.fromkeys(("title", "goal"), ORGANISERS_TEXT)

    objects = CurriculumStepQuerySet.as_manager()

    MAY = Curriculum.MAY | {"add": roles(), "delete": roles()}

    class Meta:
        verbose_name = _("Baustein eines Lehrplans")
        verbose_name_plural = _("Bausteine eines Lehrplans")
        ordering = ["curriculum", "position"]
        constraints = [models.UniqueConstraint(fields=["curriculum", "position"], name="curriculum_step_unique")]

    def __str__(self) -> str:
        return f"{self.position} {self.title}"

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.curriculum.roles_of(user)


class CurriculumAssignmentQuerySet(models.QuerySet["CurriculumAssignment"]):
    def visible_to(self, user: Person) -> CurriculumAssignmentQuerySet:
        return self.filter(step__in=CurriculumStep.objects.visible_to(user).values("pk"))


class CurriculumAssignment(Record):
    """What teams do after a step; due some days before the next workshop (days after this one for the last)."""

    step = models.ForeignKey(CurriculumStep, models.CASCADE, related_name="assignments")
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    title = models.CharField(_("Titel"), max_length=200)
    text = models.TextField(_("Beschreibung"), blank=True)
    section_keys = models.JSONField(_("Abschnitte"), default=list, blank=True)
    due_days_before_next = models.PositiveSmallIntegerField(_("Tage vor dem nächsten Workshop"), default=3)

    STAYS = dict.fromkeys(("title", "text"), ORGANISERS_TEXT)

    objects = CurriculumAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Arbeitsauftrag eines Bausteins")
        verbose_name_plural = _("Arbeitsaufträge eines Bausteins")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title
