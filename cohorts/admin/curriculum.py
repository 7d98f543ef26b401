"""The page in the admin on which a Lehrplan is put together."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts.admin import PortalModelAdmin, PortalStackedInline
from accounts.models import Organisation
from cohorts.models import Curriculum, CurriculumAssignment, CurriculumStep
from cohorts.sections import section_keys_field


class CurriculumStepInline(PortalStackedInline):
    model = CurriculumStep
    fields = ["position", "title", "goal", "section_keys", ("days_after_start", "begins", "hours", "format")]
    show_change_link = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "section_keys":
            return section_keys_field(db_field)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class CurriculumAssignmentInline(PortalStackedInline):
    model = CurriculumAssignment
    fields = ["position", "title", "text", "due_days_before_next", "section_keys"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "section_keys":
            return section_keys_field(db_field)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Curriculum)
class CurriculumAdmin(PortalModelAdmin):
    """Plans to make cohorts from: a Träger's own, and the shared ones, which BAMF staff keep."""

    for_organisers = True
    for_bamf = True
    list_display = ["title", "organisation"]
    list_filter = ["organisation"]
    search_fields = ["title", "about"]
    fields = ["title", "organisation", "about"]
    inlines = [CurriculumStepInline]

    def choices_for(self, request: HttpRequest, field: str) -> models.QuerySet[Any] | None:
        """Offer the person's own Träger."""
        if field != "organisation":
            return None
        user: Any = request.user
        return Organisation.objects.filter(memberships__user=user, runs_cohorts=True).distinct()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Let only BAMF staff leave the Träger empty, which makes a plan for all."""
        form = super().get_form(request, obj, change, **kwargs)
        user: Any = request.user
        if "organisation" in form.base_fields and not user.is_bamf:
            form.base_fields["organisation"].required = True
        return form


@admin.register(CurriculumStep)
class CurriculumStepAdmin(PortalModelAdmin):
    """One step with its assignments; reached from its curriculum."""

    for_organisers = True
    for_bamf = True
    list_display = ["title", "curriculum", "position"]
    list_filter = ["curriculum"]
    fields = [
        "curriculum",
        "position",
        "title",
        "goal",
        "section_keys",
        "days_after_start",
        "begins",
        "hours",
        "format",
    ]
    readonly_fields = ["curriculum"]
    inlines = [CurriculumAssignmentInline]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "section_keys":
            return section_keys_field(db_field)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False
