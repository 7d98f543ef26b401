from __future__ import annotations

from .feedback import Feedback, FeedbackGiven
from .material import Material
from .workshop import Assignment, Attendance, Completion, Session, Workshop

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
