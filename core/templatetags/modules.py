"""Which scripts a page asks for at once: besides its own all that they import, which a browser else finds one after the other."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

IMPORT = re.compile(r'^import (?:[^"]* from )?"(\./[^"]+)";', re.MULTILINE)


@register.simple_tag
def preload_imports(*names: str) -> SafeString:
    """Ask for what these scripts import (`modulepreload`), in the order in which a browser would meet it."""
    imports = dict.fromkeys(name for script in names for name in imported(script) if name not in names)
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', ((static(name),) for name in imports))


@cache
def imported(name: str) -> tuple[str, ...]:
    """Return all that a script imports, directly or not. Files do not change while a process lives."""
    names = [name]
    for script in names:
        text = Path(finders.find(script) or script).read_text(encoding="utf-8")
        paths = (posixpath.normpath(posixpath.join(posixpath.dirname(script), path)) for path in IMPORT.findall(text))
        names += [path for path in dict.fromkeys(paths) if path not in names]
    return tuple(names[1:])
