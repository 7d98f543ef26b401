"""What stands above the form or the button of a step: what it does, in sentences. The mails follow on the page of consequences."""

from __future__ import annotations

from collections.abc import Iterable

from django.template.loader import render_to_string
from django.utils.safestring import SafeString


def consequences(sentences: Iterable[str]) -> SafeString:
    """Return the sentences as a list under a heading, as HTML."""
    return render_to_string("admin/cohorts/consequences.html", {"sentences": list(sentences)})
