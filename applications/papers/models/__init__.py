from __future__ import annotations

from applications.papers.models.enclosures import EnclosureList, Overtaken
from applications.papers.models.submission import Outcome, Submission, SubmissionFile

__all__ = [
    "EnclosureList",
    "Outcome",
    "Overtaken",
    "Submission",
    "SubmissionFile",
]
