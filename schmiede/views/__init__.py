"""Pages that belong to no single app, or need several."""

from schmiede.views.frame import csrf_failure, theme

__all__ = ["csrf_failure", "theme"]
