from __future__ import annotations

from .application import Application
from .attachment import Attachment, SectionNote
from .draft import Draft, Revision
from .reading import Reading, ReadingItem, Remark, Reply
from .submission import Outcome, Submission, SubmissionFile

__all__ = [
    "Application",
    "Attachment",
    "Draft",
    "Outcome",
    "Reading",
    "ReadingItem",
    "Remark",
    "Reply",
    "Revision",
    "SectionNote",
    "Submission",
    "SubmissionFile",
]
