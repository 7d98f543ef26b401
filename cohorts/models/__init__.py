"""The models of cohorts, each in a file called after it."""

from __future__ import annotations

from .absence import CoachAbsence, Overlaps, present
from .announcement import Announcement, AnnouncementSeen
from .both_sides import OnBothSides
from .coach import CoachAssignment
from .cohort import Cohort
from .conversation import Conversation, ConversationSeen, Entry
from .curriculum import Curriculum, CurriculumAssignment, CurriculumStep, Format
from .member import TeamMember
from .read_ahead import read_absences, read_cohorts, read_other_sides
from .registration import Registration
from .registration_person import RegistrationPerson
from .team import Team, signs_of

__all__ = [
    "Announcement",
    "AnnouncementSeen",
    "CoachAbsence",
    "CoachAssignment",
    "Cohort",
    "Conversation",
    "ConversationSeen",
    "Curriculum",
    "CurriculumAssignment",
    "CurriculumStep",
    "Entry",
    "Format",
    "OnBothSides",
    "Overlaps",
    "Registration",
    "RegistrationPerson",
    "Team",
    "TeamMember",
    "present",
    "read_absences",
    "read_cohorts",
    "read_other_sides",
    "signs_of",
]
