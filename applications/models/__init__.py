from __future__ import annotations

from .application import AlreadyStarted, Application, CallClosed, NotDrafting
from .attachment import Attachment, SectionNote
from .begun import BegunRemark, Phrase
from .draft import Draft, How, Save, SectionClosed
from .enclosures import EnclosureList, Overtaken
from .presence import Presence
from .reading import Reading
from .reading_item import ReadingItem
from .remark import Remark, Reply
from .revision import Revision
from .submission import Outcome, Submission, SubmissionFile

__all__ = [
    "AlreadyStarted",
    "Application",
    "Attachment",
    "BegunRemark",
    "CallClosed",
    "Draft",
    "EnclosureList",
    "How",
    "NotDrafting",
    "Outcome",
    "Overtaken",
    "Phrase",
    "Presence",
    "Reading",
    "ReadingItem",
    "Remark",
    "Reply",
    "Revision",
    "Save",
    "SectionClosed",
    "SectionNote",
    "Submission",
    "SubmissionFile",
]
