"""The sections that a workshop or an assignment can be about, to tick, with their titles."""

from __future__ import annotations

from typing import Any

from django import forms

from calls.models import Edition


def section_choices() -> list[tuple[str, str]]:
    """Return keys and titles of the newest published edition, in its order."""
    edition = Edition.objects.published().order_by("-call__year", "-number").first()
    if edition is None:
        return []
    return [(section.key, f"{section.key.upper()} {section.title}") for section in edition.sections.order_by("order")]


def section_keys_field(db_field: Any) -> forms.MultipleChoiceField:
    """Return checkboxes for a JSON list of section keys; the choices are read once per form class."""
    return forms.MultipleChoiceField(
        label=db_field.verbose_name,
        choices=section_choices(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
