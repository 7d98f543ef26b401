"""The control of a form field in KERN's classes; everything around it is HTML in templates/kern/field.html."""

from __future__ import annotations

import copy
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.typed import Typed, typed_texts

register = template.Library()

CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)  # the second is a kind of the first, as Django has it


@register.filter
def shape(field: BoundField) -> str:
    """How the field is drawn: `choices` and `parts` in a fieldset, `check` with its label behind, `select`, `file`, else `plain`."""
    widget = field.field.widget
    if isinstance(widget, CHOICES):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.Select) and not widget.allow_multiple_selected:
        return "select"
    if isinstance(widget, (forms.MultiWidget, forms.SelectDateWidget)):
        return "parts"
    if isinstance(widget, forms.ClearableFileInput):
        return "file"
    return "plain"


@register.filter
def is_optional(field: BoundField) -> bool:
    """Does its label say „freiwillig“? Not in a draft, which may be unfinished, and not where one of several is enough."""
    one_of_several = getattr(field.field, "one_of_several", False)
    return not field.field.required and not getattr(field.form, "is_draft", False) and not one_of_several


@register.filter
def stored_file(field: BoundField) -> str:
    """The name of the file a field already holds; it is not linked, for files are delivered only by our views."""
    return str(field.initial) if field.field.widget.is_initial(field.initial) else ""


@register.filter
def anchor(field: BoundField) -> str:
    """The id a link in the summary of errors leads to: the control, or the first of several."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def away(field: BoundField) -> str:
    """The label of a field as it is said away from it: with the group it stands in, where several have the same fields."""
    group = getattr(field.field, "group", "")
    return f"{group}: {field.label}" if group else str(field.label)


@register.filter
def unsent(form: forms.BaseForm) -> str:
    """The value of `data-guard` on a form (static/js/guard.js): "unsent" where it came back with what was typed in it."""
    changed = [form[name] for name in form.changed_data] if form.is_bound else []
    return "unsent" if any(is_given_back(field) and not field.is_hidden for field in changed) else ""


@register.filter
def what_stays(form: forms.BaseForm) -> list[str]:
    """Sentences for the summary of errors: which fields must be filled in anew, and that the rest is still there."""
    sent = [form[name] for name in form.changed_data if not form[name].is_hidden]
    lost = [field.field.widget for field in sent if not is_given_back(field)]
    sentences = []
    if any(isinstance(widget, forms.FileInput) for widget in lost):
        sentences.append(_("Die Datei wählen Sie bitte noch einmal aus."))
    if any(isinstance(widget, forms.PasswordInput) for widget in lost):
        sentences.append(_("Das Passwort geben Sie bitte noch einmal ein."))
    if len(sent) > len(lost):
        everything = _("Alles, was Sie eingegeben haben, steht noch da.")
        sentences.append(_("Alles andere, was Sie eingegeben haben, steht noch da.") if lost else everything)
    return sentences


def is_given_back(field: BoundField) -> bool:
    """Does the page show what was sent in the field? No browser lets us choose a file or type a password for somebody."""
    return not isinstance(field.field.widget, (forms.FileInput, forms.PasswordInput))


@register.filter
def in_words(field: BoundField) -> str:
    """What was chosen or typed in a field, as people read it."""
    value = field.value()
    if isinstance(field.field, forms.BooleanField):
        return _("ja") if value else _("nein")
    choices: Any = getattr(field.field, "choices", ())
    return str(dict(choices).get(value, value))


@register.filter(name="typed_texts")
def typed_texts_of(request: HttpRequest) -> list[Typed]:
    """What was sent with the request, for a page that did not take it."""
    return typed_texts(request)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The control alone; Django writes `aria-describedby` and `aria-invalid` with the ids the template uses."""
    widget = native(field.field.widget)
    attrs: dict[str, str | bool] = {"class": classes(field, widget)}
    if field.use_fieldset and field.aria_describedby and shape(field) == "file":
        attrs["aria-describedby"] = field.aria_describedby  # files: Django expects a fieldset, we have a label
    return field.as_widget(widget, attrs=attrs)


@register.filter
def options(field: BoundField) -> list[BoundWidget]:
    """The radio buttons or checkboxes of a group, each with its own id, its label and the note its field has for it."""
    widget = native(field.field.widget)
    attrs = field.build_widget_attrs({"class": classes(field, widget), "id": field.auto_id}, widget)
    if not isinstance(widget, forms.CheckboxSelectMultiple):
        attrs.pop("aria-invalid", None)  # a radio button cannot be invalid, only its group; the group names its error
    rows = list(widget.subwidgets(field.html_name, field.value(), attrs=attrs))
    notes: dict[str, str] = getattr(field.field, "notes", {})
    for row in rows:
        if note := notes.get(str(row["value"])):
            row["note"] = note
            row["attrs"]["aria-describedby"] = f"{row['attrs']['id']}_note"
    return [BoundWidget(widget, row, field.form.renderer) for row in rows]


PICKERS = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    forms.TimeInput: ("time", "%H:%M"),
}


def native[W: forms.Widget](widget: W) -> W:
    """The widget with the browser's own picker for days and times, and without a placeholder: that vanishes on typing.

    A copy where anything is changed.
    """
    is_file = isinstance(widget, forms.ClearableFileInput)
    is_text = getattr(widget, "input_type", "") == "text"
    picker = next((PICKERS[kind] for kind in PICKERS if is_text and isinstance(widget, kind)), None)
    if not is_file and picker is None and "placeholder" not in widget.attrs:
        return widget
    widget = copy.deepcopy(widget)
    widget.attrs.pop("placeholder", None)
    if is_file:
        widget.template_name = forms.FileInput.template_name  # the file there is and its removal stand in our template
    if picker:
        widget.input_type, widget.format = picker  # type: ignore[attr-defined]
    return widget


def classes(field: BoundField, widget: forms.Widget) -> str:
    """KERN's class for this kind of control, its error class, and what the form itself asked for."""
    if isinstance(widget, (forms.CheckboxInput, forms.CheckboxSelectMultiple)):
        base = "kern-form-check__checkbox"
    elif isinstance(widget, forms.RadioSelect):
        base = "kern-form-check__radio"
    elif isinstance(widget, forms.Select) and not widget.allow_multiple_selected:
        base = "kern-form-input__select"
    else:
        base = "kern-form-input__input"
    error = f"{base}--error" if field.errors else ""
    return " ".join(filter(None, [base, error, field.field.widget.attrs.get("class", "")]))
