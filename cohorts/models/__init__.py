from __future__ import annotations

from .announcement import Announcement, AnnouncementSeen
from .cohort import CoachAbsence, CoachAssignment, Cohort, Format
from .curriculum import Curriculum, CurriculumAssignment, CurriculumStep
from .registration import Registration, RegistrationPerson
from .team import Team, TeamMember

__all__ = [
    "Announcement",
    "AnnouncementSeen",
    "CoachAbsence",
    "CoachAssignment",
    "Cohort",
    "Curriculum",
    "CurriculumAssignment",
    "CurriculumStep",
    "Format",
    "Registration",
    "RegistrationPerson",
    "Team",
    "TeamMember",
]
