"""Where BAMF staff keep the funding calls: dates, addressee and rules apply at once, the rest through editions."""

from __future__ import annotations

from .call import FundingCallAdmin
from .edition import EditionAdmin

__all__ = ["EditionAdmin", "FundingCallAdmin"]
