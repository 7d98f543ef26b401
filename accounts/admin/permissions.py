"""Who finds a page of the admin, what they see there, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.addresses import searched

from .fields import PortalAdmin
from .filters import filter_names, scoped_filters
from .meanwhile import gone
from .request_cache import answers
from .scope import visible, what_goes_too

# The roles of `MAY` that somebody can hold as a member of staff; the others belong to teams and coaches.
ORGANISERS = frozenset({"organiser"})
BAMF = frozenset({"bamf", "keeper"})


class PermittedAdmin(PortalAdmin, admin.ModelAdmin):
    """Pages on which `visible_to` says what is seen, and the table `MAY` what may be done."""

    for_organisers = False
    for_bamf = False

    # Who

    def is_for(self, request: HttpRequest) -> bool:
        """Return whether this person finds the module at all."""
        return bool(self.staff_roles(request))

    def staff_roles(self, request: HttpRequest) -> frozenset[str]:
        """Return the roles of `MAY` that this person can hold here as staff."""
        user: Any = request.user
        if not user.is_authenticated:
            return frozenset()
        organises = ORGANISERS if self.for_organisers and user.organises else frozenset()
        return organises | (BAMF if self.for_bamf and user.is_bamf else frozenset())

    def may(self, request: HttpRequest, action: str, obj: Any = None) -> bool:
        """Return whether the person may do it to this record, or without one to some record of this kind."""
        allowed = self.model.MAY.get(action, frozenset())
        if not allowed & self.staff_roles(request):
            return False
        return obj is None or self._once(request, f"{action}:{obj.pk}", lambda: obj.allows(request.user, action))

    def _once[T](self, request: HttpRequest, question: str, ask: Callable[[], T]) -> T:
        return answers(request).once(f"{self.opts.label}:{question}", ask)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.is_for(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not self.is_for(request):
            return False
        if obj is None:
            return True
        return self._once(
            request, f"see:{obj.pk}", lambda: visible(self.model, request.user).filter(pk=obj.pk).exists()
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "edit", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "add" if "add" in self.model.MAY else "edit")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "delete", obj)

    # What is seen

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = visible(self.model, request.user) if self.is_for(request) else self.model._default_manager.none()
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return super().get_search_results(request, queryset, searched(search_term))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        obj = super().get_object(request, object_id, from_field)
        if obj is not None:
            self._once(request, f"see:{obj.pk}", lambda: True)
        answers(request).opened[f"{self.opts.label}:{object_id}"] = obj
        return obj

    def opened_object(self, request: HttpRequest, object_id: str) -> Any:
        """Return the object the form was opened with, without asking the database for it again."""
        opened = answers(request).opened
        name = f"{self.opts.label}:{object_id}"
        return opened[name] if name in opened else self.get_object(request, object_id)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Answer alike for unknown and foreign records, as everywhere in the portal.

        Only who may read in the trail that a record was removed is told so, and led to the list.
        """
        if sentence := gone(request, self.opts.label_lower, unquote(object_id)):
            self.message_user(request, sentence, messages.WARNING)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        raise Http404

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return scoped_filters(self.model, super().get_list_filter(request))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Allow only what the list offers, so that nobody guesses fields through the address."""
        names = filter_names(self.get_list_filter(request)) | {self.date_hierarchy}
        offered = any(name and (lookup == name or lookup.startswith(f"{name}__")) for name in names)
        return offered and super().lookup_allowed(lookup, value, request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        tree, counts, protected = what_goes_too(objs, request.user)
        lacking = (
            {self.opts.verbose_name} if any(not self.has_delete_permission(request, obj) for obj in objs) else set()
        )
        return tree, counts, lacking, protected
