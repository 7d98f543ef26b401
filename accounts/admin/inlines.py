"""Rows on the form of the record they belong to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from .fields import PortalAdmin
from .formsets import LabelledInlineFormSet, PortalInlineFormSet
from .merging import merging
from .scope import visible


class PortalInline(PortalAdmin, admin.options.InlineModelAdmin):
    """Rows on their parent's form: seen with it, and edited by people who may do `may` to the parent."""

    may = "edit"
    extra = 0
    formset = PortalInlineFormSet

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        if not hasattr(self.model._default_manager, "visible_to"):
            return rows
        return rows.filter(pk__in=visible(self.model, request.user).values("pk"))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{**kwargs, "form": merging(kwargs.get("form", self.form))})

    def _may(self, request: HttpRequest, parent: Any) -> bool:
        above: Any = self.admin_site.get_model_admin(self.parent_model)
        if parent is None or parent._state.adding:
            return bool(above.has_add_permission(request))
        return bool(above.may(request, self.may, parent))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.admin_site.get_model_admin(self.parent_model).has_view_permission(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)


class PortalTabularInline(PortalInline, admin.TabularInline):
    """Rows side by side in a table."""

    formset = LabelledInlineFormSet


class PortalStackedInline(PortalInline, admin.StackedInline):
    """Rows one beneath the other, each with its fields in a column."""
