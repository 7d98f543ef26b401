"""The staff's pages for what belongs to a cohort.

The page of the cohort itself is in `workshops/admin/cohort.py`, because it makes workshops.
"""

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
