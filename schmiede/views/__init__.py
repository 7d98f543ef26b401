"""Pages that belong to no single app, or need several."""

from schmiede.views.frame import csrf_failure, theme
from schmiede.views.health import healthz

__all__ = ["csrf_failure", "healthz", "theme"]
