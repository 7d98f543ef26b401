"""Styles and scripts for production: sheets with all they import in its place, one file instead of twelve; scripts that import by hashed names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Our own sheets; those of other houses and the administration's stay as they are.
OURS = "css/"
IMPORT = re.compile(r'^@import "([^"]+)";\n', re.MULTILINE)


class JoinedStylesStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage of hashed and compressed files, which joins our style sheets first.

    A script names what it imports with its hash, so that what a browser keeps of an older version never meets a newer one.
    """

    support_js_module_import_aggregation = True
    # A hash is known once those of all imports are: one pass for each link of the longest chain. Too few stop collecting.
    max_post_process_passes = 12

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.addresses: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Return the address of a file, worked out once: files do not change while pages are served."""
        if force:
            return super().url(name, force)
        if name not in self.addresses:
            self.addresses[name] = super().url(name)
        return self.addresses[name]

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[tuple]:
        self.addresses = {}
        if not dry_run:
            for name in [name for name in paths if name.startswith(OURS) and name.endswith(".css")]:
                joined = join(name, paths)
                self.delete(name)
                self._save(name, ContentFile(joined.encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def join(name: str, paths: dict[str, Any]) -> str:
    """Return the text of a sheet with each `@import` replaced by the sheet it names. Raises `KeyError` for one that is not there."""
    storage, path = paths[name]
    with storage.open(path) as file:
        text = file.read().decode()
    return IMPORT.sub(lambda match: join(posixpath.join(posixpath.dirname(name), match[1]), paths), text)
