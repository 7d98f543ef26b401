"""KERN's style sheet as the portal serves it: the rules whose classes the portal uses, a third of what KERN ships.

A phone reads every rule before it shows the first word, and KERN brings columns, distances and icons for any site at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage

# The name under which pages ask for it.
SHEET = "kern/kern.css"
WHOLE = settings.NODE_MODULES / "@kern-ux/native/dist/kern.min.css"
NAME = re.compile(r"kern-[\w-]+")
NOTE = "/* KERN UX, EUPL-1.2. Changed by the Projektschmiede's portal when it was collected: rules that it does not use are left out. */\n"


class KernFinder(BaseFinder):
    """Finds KERN's sheet, shortened; a class used for the first time needs a new start of the server."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != SHEET or not WHOLE.is_file():
            return [] if find_all else None
        made = str(written(settings.VAR_DIR / "static" / SHEET))
        return [made] if find_all else made

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        if WHOLE.is_file():
            storage = InMemoryStorage()
            storage.save(SHEET, ContentFile(shortened().encode()))
            yield SHEET, storage


@cache
def written(place: Path) -> Path:
    """Write the sheet there, at once and whole, and return the place."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=place.parent, delete=False) as file:
        file.write(shortened())
    made = Path(file.name)
    made.chmod(0o644)
    return made.replace(place)


@cache
def shortened() -> str:
    from core.kern_rules import shorten  # noqa: PLC0415  it is made once; every process would wait for the parser at its start

    return NOTE + shorten(WHOLE.read_text(encoding="utf-8"), used_names())


@cache
def used_names() -> frozenset[str]:
    """Return KERN's names in our files, where each is written whole."""
    return frozenset(name for file in our_files() for name in NAME.findall(file.read_text(encoding="utf-8")))


def our_files() -> Iterator[Path]:
    """Templates, scripts, and the Python of our apps."""
    yield from settings.BASE_DIR.joinpath("templates").rglob("*.html")
    yield from settings.BASE_DIR.joinpath("static/js").rglob("*.js")
    for app in apps.get_app_configs():
        if (path := Path(app.path).resolve()).parent == settings.BASE_DIR:
            yield from path.rglob("*.py")
