"""The staff's pages for what belongs to a cohort; the cohort itself makes workshops and stands in workshops/admin/."""

from __future__ import annotations

from .announcement import AnnouncementAdmin
from .coach import CoachAbsenceAdmin, CoachAssignmentAdmin
from .curriculum import CurriculumAdmin, CurriculumStepAdmin
from .member import TeamMemberAdmin
from .registration import RegistrationAdmin
from .team import TeamAdmin

__all__ = [
    "AnnouncementAdmin",
    "CoachAbsenceAdmin",
    "CoachAssignmentAdmin",
    "CurriculumAdmin",
    "CurriculumStepAdmin",
    "RegistrationAdmin",
    "TeamAdmin",
    "TeamMemberAdmin",
]
