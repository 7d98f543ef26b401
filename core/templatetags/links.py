"""`{% link %}`: as `{% url %}`, for what stands in a list."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from core.links import link

register = template.Library()


@register.simple_tag(name="link")
def link_tag(name: str, *args: Any) -> SafeString:
    """The address of a page: `{% link 'applications:section' application.pk section.key %}`."""
    return conditional_escape(link(name, *args))
