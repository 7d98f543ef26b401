"""The fields of the admin's forms: choices only of what the person may see, numbers and texts as everywhere else."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts.admin_links import StoredFileInput
from core.figures import NumberField, WholeNumberField
from core.spelling import LineFormField, TextFormField

from .scope import visible

NUMBERS: dict[type[models.Field[Any, Any]], type[forms.Field]] = {
    models.DecimalField: NumberField,
    models.IntegerField: WholeNumberField,
}

TEXTS: dict[type[models.Field[Any, Any]], type[forms.Field]] = {
    models.CharField: LineFormField,
    models.TextField: TextFormField,
}


class PortalAdmin(admin.options.BaseModelAdmin):
    """What a list, a form and an inline have in common: choices only of what the person may see."""

    view_on_site: Any = False
    formfield_overrides: ClassVar[Any] = {models.FileField: {"widget": StoredFileInput}}

    def choices_for(self, request: HttpRequest, field: str) -> models.QuerySet[Any] | None:
        """Return the choices of a foreign key where they are narrower than `visible_to`. To be overridden."""
        return None

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Use our fields for numbers, which are typed in German, and for texts."""
        field = None if db_field.choices else next((own for own in NUMBERS if isinstance(db_field, own)), None)
        if field:
            narrow = forms.TextInput(attrs={**NUMBERS[field].widget.attrs, "class": "vIntegerField"})
            kwargs = {"form_class": NUMBERS[field], "widget": narrow, **kwargs}
        elif not db_field.choices and type(db_field) in TEXTS:
            kwargs = {"form_class": TEXTS[type(db_field)], **kwargs}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if "queryset" not in kwargs:
            kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if "queryset" not in kwargs:
            kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _choices(self, db_field: Any, request: HttpRequest) -> models.QuerySet[Any]:
        rows = self.choices_for(request, db_field.name)
        return visible(db_field.remote_field.model, request.user) if rows is None else rows
