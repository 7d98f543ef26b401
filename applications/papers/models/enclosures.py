"""The list of what lies in the envelope, corrected after finishing (docs/decisions/0026)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, Record, User
from accounts.models.record import Person
from applications.content import Attachments
from applications.content.base import storable
from applications.kept_after_erasing import TEAMS_TEXT
from applications.papers.models.submission import Submission, as_attachments
from calls.terms import ATTACHMENTS
from core.writes import Stale


class Overtaken(Stale):
    """Somebody else has corrected the list since it was shown."""


class EnclosureListQuerySet(models.QuerySet["EnclosureList"]):
    def visible_to(self, user: Person) -> EnclosureListQuerySet:
        return self.filter(Exists(Submission.objects.visible_to(user).filter(pk=OuterRef("submission"))))

    def latest_of(self, submission: Submission) -> EnclosureList | None:
        """Return the last correction; None while the frozen list holds."""
        return self.filter(submission=submission).order_by("-number").first()

    @transaction.atomic
    def correct(self, submission: Submission, value: Attachments, *, seen: int, by: User) -> EnclosureList | None:
        """Correct the list of what lies in the envelope, until it is posted. `seen` is the number of the list shown.

        Returns None if the list says so already, as when a form is sent twice. Raises `Overtaken` if there is a newer
        list, and `Stale` once it is posted or taken back.
        """
        submission.require(by, "paper steps")
        submission.lock()
        if not submission.can_be_corrected:
            raise Stale
        latest = self.latest_of(submission)
        number = latest.number if latest else 0
        value = storable(value)
        if value == (latest.value if latest else submission.attachments_as_frozen):
            return None
        if number != seen:
            raise Overtaken
        correction = self.create(submission=submission, number=number + 1, content=value.data, by=by)
        Event.record("submission.enclosures", submission, by=by, number=correction.number)
        return correction


class EnclosureList(Record):
    """The states of all attachments after one correction; never changed (docs/decisions/0026).

    The list with the number 0 is the frozen one and has no record.
    """

    submission = models.ForeignKey(
        Submission, models.CASCADE, related_name="enclosure_lists", verbose_name=_("Vorhaben")
    )
    number = models.PositiveSmallIntegerField(_("Nummer"))
    content = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("geändert am"), default=timezone.now)

    STAYS = {"content": TEAMS_TEXT}
    COHORTS = "submission__application__team__cohort"

    objects = EnclosureListQuerySet.as_manager()

    class Meta:
        verbose_name = _("Liste der Anlagen")
        verbose_name_plural = _("Listen der Anlagen")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="enclosure_list_number_unique")]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def cohort_uuid(self) -> UUID:
        return self.submission.cohort_uuid

    @property
    def value(self) -> Attachments:
        return as_attachments(self.content)

    def write_back(self) -> None:
        """Put the states back into the section, now that the application is written again. The caller locks its row.

        A section that was written since it was frozen stays as it is.
        """
        draft = self.submission.application.drafts.filter(key=ATTACHMENTS).first()
        frozen_at = self.submission.frozen.get("versions", {}).get(ATTACHMENTS)
        if draft and draft.value != self.value and frozen_at in {None, draft.version}:
            draft.write(self.value, by=self.by, seen=draft.version)
