"""Saving a form of the admin: only what was changed on it is written."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse

from .open_links import OpenAdminForm, OpenInlineFormSet
from .permissions import PermittedAdmin


class SavingAdmin(PermittedAdmin):
    """Pages whose forms write only the fields that were changed; `status` is never a field to fill in."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        has_status = any(field.name == "status" for field in self.opts.get_fields())
        return (*fields, "status") if has_status and "status" not in fields else fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            save_changed(obj, form.changed_data)
        else:
            super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for obj in formset.deleted_objects:
            obj.delete()
        for obj, changed in formset.changed_objects:
            save_changed(obj, changed)
        for obj in formset.new_objects:
            obj.save()
        formset.save_m2m()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        inlines = [OpenInlineFormSet(rows, request) for rows in context["inline_admin_formsets"]]
        context["adminform"] = OpenAdminForm(context["adminform"], request)
        return super().render_change_form(request, context | {"inline_admin_formsets": inlines}, *args, **kwargs)


def save_changed(obj: models.Model, changed: list[str]) -> None:
    """Write only the columns whose fields were changed on the form, so that nobody undoes what somebody else did."""
    columns = [field.name for field in obj._meta.concrete_fields if field.name in changed]
    touched = [field.name for field in obj._meta.concrete_fields if getattr(field, "auto_now", False)]
    if columns:
        obj.save(update_fields=[*columns, *touched])
