"""The models of workshops, each in a file called after it."""

from __future__ import annotations

from .assignment import Assignment, Completion
from .feedback import Feedback, FeedbackGiven
from .material import Material
from .session import Attendance, Session
from .workshop import Workshop

__all__ = [
    "Assignment",
    "Attendance",
    "Completion",
    "Feedback",
    "FeedbackGiven",
    "Material",
    "Session",
    "Workshop",
]
