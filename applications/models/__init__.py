from __future__ import annotations

from .application import AlreadyStarted, Application, CallClosed, NotDrafting
from .attachment import Attachment, SectionNote
from .begun import BegunComment, Phrase
from .comment import Comment, Reply
from .draft import Draft, How, Save, SectionClosed
from .enclosures import EnclosureList, Overtaken
from .presence import Presence
from .review import Review
from .review_item import ReviewItem
from .revision import Revision
from .submission import Outcome, Submission, SubmissionFile

__all__ = [
    "AlreadyStarted",
    "Application",
    "Attachment",
    "BegunComment",
    "CallClosed",
    "Comment",
    "Draft",
    "EnclosureList",
    "How",
    "NotDrafting",
    "Outcome",
    "Overtaken",
    "Phrase",
    "Presence",
    "Reply",
    "Review",
    "ReviewItem",
    "Revision",
    "Save",
    "SectionClosed",
    "SectionNote",
    "Submission",
    "SubmissionFile",
]
