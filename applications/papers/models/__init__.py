"""The models of papers, each in a file called after it."""

from __future__ import annotations

from applications.papers.models.enclosures import EnclosureList, Overtaken
from applications.papers.models.finish_request import FinishRequest
from applications.papers.models.outcome import Outcome
from applications.papers.models.submission import Submission
from applications.papers.models.submission_file import SubmissionFile

__all__ = [
    "EnclosureList",
    "FinishRequest",
    "Outcome",
    "Overtaken",
    "Submission",
    "SubmissionFile",
]
