"""The team's private note to a section („Notiz nur für Ihr Team“), at most `MOST_NOTE` characters."""

from __future__ import annotations

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, User
from accounts.models.record import Person
from applications.content import InvalidContent, normalised
from applications.kept_after_erasing import TEAMS_TEXT
from applications.writing.models.application import Application
from cohorts.models.team import has_role
from core.writes import write_if

MOST_NOTE = 10_000


class SectionNoteQuerySet(models.QuerySet["SectionNote"]):
    def visible_to(self, user: Person) -> SectionNoteQuerySet:
        """Only the team's own, readers included; no coach, no organiser, no BAMF staff."""
        return self.filter(has_role(user, Application.MAY["see notes"], "application__team__"))

    @transaction.atomic
    def save_note(self, application: Application, key: str, *, by: User, seen: int, text: str) -> SectionNote:
        """Save the team's note.

        Raises `Stale` if somebody changed it since version `seen`, and `InvalidContent` if it cannot be stored.
        """
        application.require(by, "note")
        text = normalised(text)
        if len(text) > MOST_NOTE:
            raise InvalidContent(_("Die Notiz ist zu lang. Möglich sind bis zu 10.000 Zeichen."))
        Application.objects.select_for_update().get(pk=application.pk)
        note, _created = self.get_or_create(application=application, key=key)
        if note.text != text:
            write_if(note, {"version": seen}, text=text, version=seen + 1, by=by, at=timezone.now())
        return note


class SectionNote(Record):
    """The team's private note to a section."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="notes")
    key = models.CharField(max_length=10)
    text = models.TextField(_("Notiz"), blank=True, max_length=MOST_NOTE)
    version = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    STAYS = {"text": TEAMS_TEXT}
    COHORTS = "application__team__cohort"

    objects = SectionNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("Notiz des Teams")
        verbose_name_plural = _("Notizen der Teams")
        constraints = [models.UniqueConstraint(fields=["application", "key"], name="section_note_unique")]

    def __str__(self) -> str:
        return self.key

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.application.roles_of(user)
