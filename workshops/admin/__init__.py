"""The staff's pages for cohorts, which make workshops, and for the workshops themselves."""

from __future__ import annotations

from .attendance import AttendanceAdmin
from .cohort import CohortAdmin
from .workshop import WorkshopAdmin

__all__ = ["AttendanceAdmin", "CohortAdmin", "WorkshopAdmin"]
