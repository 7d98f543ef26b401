"""Writes the controls of forms: those of one line and text areas by itself, all others as Django does by its templates."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString, mark_safe

FOLDER = "django/forms/widgets"
INPUTS = {
    f"{FOLDER}/{name}.html"
    for name in (
        "checkbox",
        "color",
        "date",
        "datetime",
        "email",
        "file",
        "hidden",
        "input",
        "number",
        "password",
        "search",
        "tel",
        "text",
        "time",
        "url",
    )
}
TEXT_AREA = f"{FOLDER}/textarea.html"


class QuickInputs(DjangoTemplates):
    """Django's renderer, without its three nested templates for each line of a form of many fields. The HTML is the same."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name in INPUTS:
            return input_tag(context["widget"])
        if template_name == TEXT_AREA:
            return text_area(context["widget"])
        return super().render(template_name, context, request)


def input_tag(widget: Mapping[str, Any]) -> SafeString:
    told = attributes({"type": widget["type"], "name": widget["name"]})
    if widget["value"] is not None:
        told += f' value="{escaped(widget["value"])}"'
    return mark_safe(f"<input{told}{attributes(widget['attrs'])}>")


def text_area(widget: Mapping[str, Any]) -> SafeString:
    told = attribute("name", widget["name"]) + attributes(widget["attrs"])
    return mark_safe(f"<textarea{told}>\n{escaped(widget['value'] or '')}</textarea>")


def attributes(attrs: Mapping[str, Any]) -> str:
    """The attributes in their order; what is False does not stand there."""
    return "".join(attribute(name, value) for name, value in attrs.items() if value is not False)


def attribute(name: str, value: Any) -> str:
    """One attribute with its blank; what is True stands without a value."""
    return f" {escape(name)}" if value is True else f' {escape(name)}="{escaped(value)}"'


def escaped(value: Any) -> str:
    """What Django's `conditional_escape` returns, for a quarter of what that computes: a plan has a thousand values."""
    return str(value.__html__()) if hasattr(value, "__html__") else escape(str(value))
