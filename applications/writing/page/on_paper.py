"""What a section says once its papers are posted: why it is not written, and which text stands in them.

Taking an invitation back closes stage 2, and what was written there stays in the section. So the page says that this is not
what was posted, and leads to that.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from applications.papers.models import EnclosureList, Submission
from applications.writing.models import Application, Draft
from calls.terms import ATTACHMENTS
from core.values import dataclass


@dataclass(frozen=True)
class OnPaper:
    """The papers of one stage that count, as one section sees them; `version` is the one they hold, 0 for none."""

    papers: UUID
    stage: int
    posted_on: date | None
    version: int

    @classmethod
    def all_of(cls, application: Application, key: str) -> dict[int, OnPaper]:
        """Return them by stage. One query, none while stage 1 is written: then no papers count."""
        if application.stage == 1 and application.is_drafting:
            return {}
        rows = Submission.objects.current().filter(application=application)
        found = rows.values_list("pk", "stage", "posted_on", "frozen__versions")
        return {stage: cls(pk, stage, on, (versions or {}).get(key, 0)) for pk, stage, on, versions in found}

    @classmethod
    def closing(cls, draft: Draft) -> OnPaper | None:
        """Return the posted papers for which the section is not written; None while it is, or may be again at once. One query."""
        application = draft.application
        if not application.is_finished:
            return None
        papers = cls.all_of(application, draft.key).get(application.stage)
        return papers if papers and papers.posted_on else None

    def is_older_than(self, draft: Draft) -> bool:
        """Does the section hold a text of stage 2 that these papers do not? A query for the list of attachments alone."""
        if draft.version <= self.version:
            return False
        if draft.key != ATTACHMENTS:
            return True
        written_back = EnclosureList.objects.filter(submission=self.papers).order_by("-number").first()
        return written_back is None or written_back.value != draft.value

    @property
    def why_closed(self) -> str:
        """The sentence on the page of the section."""
        if self.stage == 2:
            return _("Der Antrag (Stufe 2) ist eingereicht. Sie können alles lesen, aber nicht mehr ändern.")
        return _(
            "Die Interessenbekundung (Stufe 1) ist eingereicht. Sie können alles lesen; geschrieben wird wieder, sobald eine "
            "Einladung zum Antrag (Stufe 2) eingetragen ist."
        )

    @property
    def refusal(self) -> str:
        """The sentence for who was still writing."""
        if self.stage == 2:
            return _(
                "Der Antrag (Stufe 2) ist eingereicht und lässt sich nicht mehr ändern. Ihr Text ist nicht gespeichert; "
                "bitte kopieren Sie ihn."
            )
        return _(
            "Die Interessenbekundung (Stufe 1) ist eingereicht, und die zweite Stufe ist gerade geschlossen. Ihr Text ist "
            "nicht gespeichert; bitte kopieren Sie ihn. Was in der zweiten Stufe schon gespeichert ist, bleibt erhalten. "
            "Geschrieben wird wieder, sobald eine Einladung zum Antrag eingetragen ist."
        )


def place_of(version: int | None, papers: dict[int, OnPaper]) -> str:
    """Return how a version lies towards the papers: it stands in them, or came after those of stage 1; "" for the rest."""
    if version is None:
        return ""
    for stage, one in sorted(papers.items(), reverse=True):
        if one.version == version:
            return _("steht so in den Unterlagen der Stufe %(stage)s") % {"stage": stage}
    first = papers.get(1)
    return _("nach den Unterlagen der Stufe 1 gespeichert") if first and version > first.version else ""
