"""Material of a workshop: files and links for everybody in the Projektschmiede."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from accounts.models.record import Person
from cohorts.models.curriculum import ORGANISERS_TEXT
from core.files import stored_name

from .workshop import Workshop


class MaterialQuerySet(models.QuerySet["Material"]):
    def visible_to(self, user: Person) -> MaterialQuerySet:
        return self.filter(Exists(Workshop.objects.visible_to(user).filter(pk=OuterRef("workshop"))))


class Material(Record):
    """A file or a link for everybody in the cohort, also for those who were absent.

    Who edits it is asked of its workshop: `Workshop.MAY`.
    """

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

    STAYS = dict.fromkeys(("title", "file", "file_name", "url"), ORGANISERS_TEXT)
    COHORTS = "workshop__cohort"

    objects = MaterialQuerySet.as_manager()

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

    def get_absolute_url(self) -> str:
        return reverse("workshops:material", args=[self.pk])

    @property
    def cohort_uuid(self) -> UUID:
        return self.workshop.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.workshop.cohort.roles_of(user)
