"""Fira Sans as the portal serves it: the weights and the upright letters that our sheets name, 21 of the package's 400 files.

A server looks at each of its files when it starts, so every one that no page asks for is paid for at each start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

PREFIX = "fira/files/"
FOLDER = settings.NODE_MODULES / "@fontsource/fira-sans/files"
SERVED = "fira-sans-*-[456]00-normal.woff2"


class Fonts(FileSystemStorage):
    """The package's folder; `prefix` says where its files are collected."""

    prefix = PREFIX.rstrip("/")


class FiraFinder(BaseFinder):
    """Finds those fonts under the names that static/css/shared/fonts.css has for them."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(file) for file in FOLDER.glob(SERVED) if path == PREFIX + file.name]
        return found if find_all else next(iter(found), None)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        storage = Fonts(location=FOLDER)
        for file in sorted(FOLDER.glob(SERVED)):
            yield file.name, storage
