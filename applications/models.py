"""Every model of the wings, for Django to find; code imports them from their wing."""

from __future__ import annotations

import applications.papers.models
import applications.progress.told_days
import applications.reviews.models
import applications.writing.models  # noqa: F401
