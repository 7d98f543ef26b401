"""What people wrote or gave, shown on a page: telephone numbers to ring, beginnings of texts."""

from __future__ import annotations

import re

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
ENDS = re.compile(r"[\s.,;:–-]+$")
# "(0)" stands behind a country's number and is not dialled with it.
NOT_DIALLED = re.compile(r"(?<=\d)\s*\(0\)|[\s/().–-]")


@register.filter
def phone(number: str, name: str = "") -> SafeString | str:
    """A telephone number to ring, with `name` before it; as it stands where no phone could dial it."""
    shown = ", ".join(filter(None, [name, number]))
    dialled = NOT_DIALLED.sub("", number)
    if not re.fullmatch(r"\+?[0-9]{3,20}", dialled):
        return shown
    return format_html('<a class="touch" href="tel:{}">{}</a>', dialled, shown)


@register.filter
def teaser(text: str, most: int) -> str:
    """The beginning of a text on one line, ending at a word; a word longer than that is cut."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    begun, blank, _rest = line[: most - 1].rpartition(" ")
    return ENDS.sub("", begun if blank else line[: most - 2]) + " …"
