"""Saving a form of the admin: only what was changed on it is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from accounts.merging import SEEN
from accounts.models import Event, Record, User
from accounts.rehearsal import current

from .carried import carried
from .consequences import GO_ON_TYPING, ConsequencesAdmin
from .merging import marks_of
from .open_links import OpenAdminForm, OpenInlineFormSet
from .request_cache import answers


class SavingAdmin(ConsequencesAdmin):
    """Pages whose forms write only the fields that were changed; `status` is never a field to fill in.

    Every record that a form makes, changes or removes leaves an event with the names of its changed fields, unless the
    pages of a model have events of their own (`has_own_events`).
    """

    has_own_events = False

    def frozen(self, request: HttpRequest, obj: Any) -> dict[str, str]:
        """Return the fields of this record on which others depend, each with the sentence how it is done properly.

        To be overridden. They are only read, with the sentence beside them.
        """
        return {}

    def frozen_now(self, request: HttpRequest, obj: Any) -> dict[str, str]:
        """Return `frozen` of a stored record, asked once in a request."""
        if obj is None or obj._state.adding:
            return {}
        known = answers(request).frozen
        name = f"{self.opts.label}:{obj.pk}"
        if name not in known:
            known[name] = self.frozen(request, obj)
        return known[name]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        has_status = any(field.name == "status" for field in self.opts.get_fields())
        fields = (*fields, "status") if has_status and "status" not in fields else fields
        return (*fields, *(name for name in self.frozen_now(request, obj) if name not in fields))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        for name, sentence in self.frozen_now(request, obj).items():
            if name in request.POST:  # it could be changed when the page was opened
                self.message_user(request, sentence, messages.WARNING)
        save_changed(obj, form.changed_data)
        self.say_what_stays(request, form)
        self.note("changed", obj, request, form.changed_data)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        say_what_goes(formset.deleted_objects)
        for obj in formset.deleted_objects:
            self.note("removed", obj, request)
            obj.delete()
        for obj, changed in formset.changed_objects:
            save_changed(obj, changed)
            self.note("changed", obj, request, changed)
        for obj in formset.new_objects:
            obj.save()
            if change:
                self.note("made", obj, request)
        formset.save_m2m()
        self.say_what_stays(request, *formset.initial_forms)
        if formset.gone:
            self.message_user(
                request,
                _("Inzwischen hat jemand anderes eine Zeile gelöscht, die Sie noch sahen. Sie bleibt gelöscht."),
            )

    def say_what_stays(self, request: HttpRequest, *forms: Any) -> None:
        """Say which fields keep what somebody else has saved since the form was opened."""
        for form in forms:
            if text := form.what_stays:
                self.message_user(request, text, messages.WARNING)

    def note(self, what: str, obj: Any, request: HttpRequest, fields: Iterable[str] = ()) -> None:
        """Write down that a record was made, changed or removed by a form; nothing where no field was changed."""
        names, user = ",".join(sorted(set(fields))), cast("User", request.user)
        if not self.has_own_events and isinstance(obj, Record) and (names or what != "changed"):
            Event.record(f"record.{what}", obj, by=user, fields=names)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.note("removed", obj, request)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for obj in queryset:
            self.note("removed", obj, request)
        super().delete_queryset(request, queryset)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        inlines = [OpenInlineFormSet(rows, request) for rows in context["inline_admin_formsets"]]
        rows = [row for rows in context["inline_admin_formsets"] for row in rows.formset.initial_forms]
        context["seen_name"], context["seen"] = SEEN, marks_of([context["adminform"].form, *rows])
        context |= {"carried": [*carried(request.POST)], "is_typing": GO_ON_TYPING in request.POST}
        context["adminform"] = OpenAdminForm(context["adminform"], request)
        return super().render_change_form(request, context | {"inline_admin_formsets": inlines}, *args, **kwargs)


def say_what_goes(rows: Iterable[Any]) -> None:
    """Name on the page of consequences the rows that a form deletes."""
    names = [(row._meta.verbose_name, str(row)) for row in rows]
    if names and (watching := current()):
        items = format_html_join("", "<li>{}: {}</li>", names)
        words = _("Das wird gelöscht")
        watching.say(format_html('<section class="module consequence"><h2>{}</h2><ul>{}</ul></section>', words, items))


def save_changed(obj: models.Model, changed: list[str]) -> None:
    """Write only the columns whose fields were changed on the form, so that nobody undoes what somebody else did."""
    columns = [field.name for field in obj._meta.concrete_fields if field.name in changed]
    touched = [field.name for field in obj._meta.concrete_fields if getattr(field, "auto_now", False)]
    if columns:
        obj.save(update_fields=[*columns, *touched])
