"""Rows of a call or an edition on its page, and what dates a value that somebody calls verified."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import PortalModelAdmin, PortalStackedInline
from accounts.merging import MergingForm
from calls.models import Certainty
from calls.models.certainty import Mark, Marked

from . import consequences

EVERYWHERE = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]


class CheckedForm(MergingForm):
    """A value that somebody calls verified was read by them today, unless something else is filled in.

    Another value or another source in the same form without a word about its certainty is not the one that was checked.
    """

    reader = ""
    """Who fills in the form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unchecked = False
        """Has a verified value become one that nobody has checked, because another was filled in?"""

    def belonging_together(self) -> list[set[str]]:
        """A value, its source, and how sure it is: nobody calls verified what they have not seen."""
        marks = self._meta.model.MARKS if issubclass(self._meta.model, Marked) else ()
        return [
            {mark.certainty, mark.checked_on, mark.checked_by, *mark.value, *mark.source, *mark.also} for mark in marks
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        model = self._meta.model
        for mark in model.MARKS if issubclass(model, Marked) else ():
            if mark.certainty in cleaned:
                self._date(mark, cleaned)
        return cleaned

    def _date(self, mark: Mark, cleaned: dict[str, Any]) -> None:
        changed = set(self.changed_data)
        filled: dict[str, Any] = {}
        if mark.certainty in changed and cleaned[mark.certainty] == Certainty.VERIFIED:
            read = {mark.checked_on: timezone.localdate(), mark.checked_by: self.reader}
            filled = {name: value for name, value in read.items() if name in cleaned and not cleaned[name]}
        elif self._is_another(mark, changed, cleaned) and not changed & {
            mark.certainty,
            mark.checked_on,
            mark.checked_by,
        }:
            self.unchecked = cleaned[mark.certainty] == Certainty.VERIFIED
            filled = {mark.certainty: Certainty.ASSUMED, mark.checked_on: None, mark.checked_by: ""}
        cleaned.update(filled)
        self.changed_data += [name for name in filled if name not in changed]

    def _is_another(self, mark: Mark, changed: set[str], cleaned: dict[str, Any]) -> bool:
        """Return whether another value was filled in, or another source of one that is verified."""
        of_source = cleaned[mark.certainty] == Certainty.VERIFIED and changed & {*mark.source, *mark.also}
        return bool(changed & set(mark.value) or of_source)


class PartInline(PortalStackedInline):
    """A row of a call or edition, one beneath the other: source, address and date stay readable without scrolling."""

    form = CheckedForm
    formfield_overrides = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})}}

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{"form": read_by(request, self.form), **kwargs})


class CheckedAdmin(PortalModelAdmin):
    """A page of BAMF staff with values and rules that somebody may call verified."""

    has_own_events = True

    for_bamf = True
    form = CheckedForm

    def has_remove_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "remove", obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **{"form": read_by(request, self.form), **kwargs})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self.say_unchecked(request, form)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for row in formset.forms:
            self.say_unchecked(request, row)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if changed := changed_fields(form, formsets):
            self.note_change(request, form.instance, " ".join(changed))

    def note_change(self, request: HttpRequest, record: Any, fields: str) -> None:
        """Write down who changed which fields. To be overridden."""

    @admin.action(description=gettext_lazy("Entfernen …"), location=EVERYWHERE, permissions=["remove"])
    def remove(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask before removing what nothing uses, and say of everything else why it stays."""
        others = self.without_refused(request, queryset, lambda record: record.why_it_stays())
        if others is None:
            return None
        user: Any = request.user
        page = self.ask_and_run(
            request,
            others,
            lambda record: record.remove(by=user),
            may="remove",
            done=_("Der Eintrag ist entfernt."),
            title=_("Entfernen"),
            button=_("Endgültig entfernen"),
            intro=_("Das lässt sich nicht zurücknehmen. Kein Team und keine Projektschmiede braucht, was hier steht."),
            details=lambda: consequences.of_removing(others),
        )
        return page or self.to_list()

    def without_refused(self, request: HttpRequest, queryset: Any, why: Callable[[Any], str]) -> Any:
        """Say of each record why the step is refused, and return the others; None if it is refused for all."""
        refused = {record.pk: (record, sentence) for record in queryset if (sentence := why(record))}
        for record, sentence in refused.values():
            self.message_user(request, format_html("{}: {}", record, sentence), messages.ERROR)
        others = queryset.exclude(pk__in=refused)
        return None if refused and not others else others

    def say_unchecked(self, request: HttpRequest, form: Any) -> None:
        """Say that a value is not verified any more because another was filled in."""
        if getattr(form, "unchecked", False):
            text = _(
                "%(record)s: nicht mehr „geprüft“, weil sich die Angabe oder ihre Quelle geändert hat. Wer sie gelesen hat, trägt das danach wieder ein."
            )
            self.message_user(request, text % {"record": form.instance}, messages.WARNING)


def changed_fields(form: Any, formsets: Any) -> list[str]:
    """Return the names of the fields that were changed, those of rows after the name of their kind.

    Not the reason for lowering a rule, which has a step of its own.
    """
    changed = set(form.changed_data)
    for formset in formsets:
        for _row, names in formset.changed_objects:
            changed |= {f"{formset.prefix}.{name}" for name in names if name != "lowered_reason"}
        changed |= {f"{formset.prefix}.added" for _row in formset.new_objects}
        changed |= {f"{formset.prefix}.removed" for _row in formset.deleted_objects}
    return sorted(changed)


def read_by(request: HttpRequest, form: Any) -> Any:
    """Return the form class for this person."""
    return type(form.__name__, (form,), {"reader": str(request.user)})
