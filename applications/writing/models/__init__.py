"""The models of writing, each in a file called after it."""

from __future__ import annotations

from applications.writing.models.application import (
    AlreadyStarted,
    Application,
    CallChanged,
    CallClosed,
    GivenUp,
    NotDrafting,
    SectionClosed,
)
from applications.writing.models.attachment import Attachment
from applications.writing.models.draft import Draft
from applications.writing.models.plan_tick import PlanTick
from applications.writing.models.presence import Presence
from applications.writing.models.revision import Revision
from applications.writing.models.saving import How, Save
from applications.writing.models.section_note import SectionNote

__all__ = [
    "AlreadyStarted",
    "Application",
    "Attachment",
    "CallChanged",
    "CallClosed",
    "Draft",
    "GivenUp",
    "How",
    "NotDrafting",
    "PlanTick",
    "Presence",
    "Revision",
    "Save",
    "SectionClosed",
    "SectionNote",
]
