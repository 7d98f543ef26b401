"""The help pages as a page lists them: `{% help_groups as groups %}`."""

from __future__ import annotations

from django import template
from django.template import Context

from schmiede.help_topics import Group, groups_for
from schmiede.standing import standing_in

register = template.Library()


@register.simple_tag(takes_context=True)
def help_groups(context: Context) -> list[Group]:
    """Return the help pages by role, those of the person who looks first."""
    return groups_for(standing_in(context["request"]))
