from __future__ import annotations

from applications.writing.models.application import AlreadyStarted, Application, CallClosed, NotDrafting
from applications.writing.models.attachment import Attachment, SectionNote
from applications.writing.models.draft import Draft, SectionClosed
from applications.writing.models.presence import Presence
from applications.writing.models.revision import Revision
from applications.writing.models.saving import How, Save

__all__ = [
    "AlreadyStarted",
    "Application",
    "Attachment",
    "CallClosed",
    "Draft",
    "How",
    "NotDrafting",
    "Presence",
    "Revision",
    "Save",
    "SectionClosed",
    "SectionNote",
]
