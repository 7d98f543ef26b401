"""Hard words explained in place: `text|explained` in a text of ours, `{% hard_words code %}` beside findings."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from calls import glossary

register = template.Library()


@register.filter
def explained(text: str) -> SafeString:
    """Return a text of a call with its hard words marked; never for words that people wrote."""
    return glossary.explained(text)


@register.simple_tag
def hard_words(codes: str | Iterable[str]) -> SafeString:
    """Return the words that help to understand what a check says, or several, each leading to its explanation."""
    return glossary.links_of_checks(*([codes] if isinstance(codes, str) else codes))
