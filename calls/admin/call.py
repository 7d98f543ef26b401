"""The page of a funding call: dates, addressee and rules, which apply at once."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import PortalTabularInline
from accounts.admin.formsets import PortalInlineFormSet
from accounts.models import Event
from calls.copying import copy_call
from calls.models import CallForm, Edition, FundingCall, OtherWay, Rule, UmbrellaRoute
from calls.models.call import ADDRESS, SIGNING
from core.writes import Stale

from . import consequences
from .new_days import days_of, say_new_days
from .new_details import say_new_details
from .parts import EVERYWHERE, CheckedAdmin, CheckedForm, PartInline

# What addresses, copies and papers name a call by, once anything uses it.
IN_USE = ("slug", "year")


class CallFormInline(PartInline):
    model = CallForm
    fields = (("kind", "position", "label"), "url", "note")
    classes = ("collapse",)


class EditionInline(PortalTabularInline):
    """The way to the editions; they are changed on their own page."""

    model = Edition
    fields = readonly_fields = ("number", "note", "published_at", "published_by")
    show_change_link = True
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("call", "published_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RouteFormSet(PortalInlineFormSet):
    """Umbrella bodies that applications name keep their way and their name, by which an application finds it."""

    def clean(self) -> None:
        super().clean()
        for form in self.initial_forms:
            is_deleted = form in self.deleted_forms
            if not is_deleted and "umbrella_body" not in form.changed_data:
                continue
            if count := self.instance.applications_through(form.initial["umbrella_body"]):
                sentence = ngettext(
                    "%(count)d Vorhaben geht über „%(name)s“ und hätte dann andere Fristen und eine andere Anschrift. Name und Eintrag bleiben.",
                    "%(count)d Vorhaben gehen über „%(name)s“ und hätten dann andere Fristen und eine andere Anschrift. Name und Eintrag bleiben.",
                    count,
                ) % {"count": count, "name": form.initial["umbrella_body"]}
                if is_deleted:
                    raise ValidationError(sentence)
                form.add_error("umbrella_body", sentence)


class UmbrellaRouteInline(PartInline):
    model = UmbrellaRoute
    formset = RouteFormSet
    fields = (
        "umbrella_body",
        ("register_until", "draft_until", "submit_until"),
        "addressee",
        tuple(ADDRESS.source),
        ("addressee_certainty", "addressee_checked_on", "addressee_checked_by"),
        "note",
    )


class OtherWayForm(CheckedForm):
    """What somebody has read on a day is no longer that once it says something else, unless the day is another one, too."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_another = {"title", "text", "url", "source"} & set(self.changed_data)
        if is_another and cleaned.get("checked_on") and "checked_on" not in self.changed_data:
            cleaned["checked_on"] = None
            self.changed_data.append("checked_on")
            self.unchecked = True
        return cleaned


class OtherWayInline(PartInline):
    """What teams read after they were turned down; nothing while nobody has entered anything."""

    model = OtherWay
    form = OtherWayForm
    fields = (("position", "title"), "text", "url", ("source", "checked_on"))
    classes = ("collapse",)


class RuleInline(PartInline):
    """One rule for each check of the portal: none is added or deleted here, a reason lowers one to a notice."""

    model = Rule
    fields = (
        ("source_issuer", "source_title", "source_date"),
        ("certainty", "checked_on", "checked_by"),
        ("lowered_reason", "lowered_at"),
    )
    readonly_fields = ("lowered_at",)
    classes = ("collapse",)
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(FundingCall)
class FundingCallAdmin(CheckedAdmin):
    list_display = ("title", "year", "open_from", "deadline", "deadline_counts", "is_example")
    list_filter = ("year", "is_example")
    search_fields = ("title", "slug", "year")
    fieldsets = (
        (None, {"fields": ("title", "slug", "year", "copied_from")}),
        (
            gettext_lazy("Fristen und Anschrift – Änderungen gelten sofort"),
            {
                "fields": (
                    ("open_from", "open_until"),
                    ("deadline", "deadline_counts"),
                    "addressee",
                    tuple(ADDRESS.source),
                    ("addressee_certainty", "addressee_checked_on", "addressee_checked_by"),
                )
            },
        ),
        (
            gettext_lazy("Antrag in Stufe 2 – Änderungen gelten sofort"),
            {
                "fields": (
                    "signing",
                    tuple(SIGNING.source),
                    ("signing_certainty", "signing_checked_on", "signing_checked_by"),
                )
            },
        ),
        (gettext_lazy("Woher wir das wissen"), {"fields": ("source",)}),
    )
    readonly_fields = ("copied_from",)
    inlines = (EditionInline, CallFormInline, UmbrellaRouteInline, OtherWayInline, RuleInline)
    actions = ("copy_to_next_year", "remove")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Add no call: a new one is a copy of an earlier one, so that no rule and no section is forgotten."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *IN_USE) if obj is not None and self.is_in_use(request, obj) else fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        (name, options), *others = super().get_fieldsets(request, obj)
        if obj is None or not self.is_in_use(request, obj):
            return ((name, options), *others)
        sentence = _(
            "Kurzname und Förderjahr bleiben, seit der Aufruf gebraucht wird. Für ein anderes Förderjahr kopieren Sie ihn. Themen, Abschnitte, Fragen und Grenzen ändern Sie in einem neuen Stand."
        )
        return ((name, options | {"description": f"{sentence} {self.uses(request, obj)}"}), *others)

    def uses(self, request: HttpRequest, call: FundingCall) -> str:
        """Return the sentences that say who uses the call; "" if nobody does."""
        return self._once(request, f"uses:{call.pk}", call.why_it_stays)

    def is_in_use(self, request: HttpRequest, call: FundingCall) -> bool:
        return bool(self.uses(request, call))

    def note_change(self, request: HttpRequest, record: FundingCall, fields: str) -> None:
        user: Any = request.user
        Event.record("call.changed", record, by=user, fields=fields)

    def save_model(self, request: HttpRequest, obj: FundingCall, form: Any, change: bool) -> None:
        form.days = days_of(FundingCall.objects.get(pk=obj.pk))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        say_new_days(FundingCall.objects.get(pk=form.instance.pk), form.days)
        say_new_details(form.instance, form, formsets)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        lowered = []
        if formset.model is Rule:
            lowered = [row.instance for row in formset.forms if "lowered_reason" in row.changed_data]
        super().save_formset(request, form, formset, change)
        for rule in lowered:
            self.lower_or_restore(request, rule)

    def lower_or_restore(self, request: HttpRequest, rule: Rule) -> None:
        user: Any = request.user
        try:
            if not rule.lowered_reason:
                rule.restore(by=user)
            elif rule.lowered_at is None:
                rule.lower(reason=rule.lowered_reason, by=user)
        except Stale:
            self.message_user(
                request, _("%(rule)s wurde inzwischen anderswo geändert.") % {"rule": rule}, messages.ERROR
            )

    @admin.action(
        description=gettext_lazy("Ins nächste Jahr kopieren"),
        location=EVERYWHERE,
        permissions=["change"],
    )
    def copy_to_next_year(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        user: Any = request.user
        others = self.without_refused(request, queryset, consequences.why_no_copy)
        if others is None:
            return None
        return self.ask_and_run(
            request,
            others,
            lambda call: copy_call(call, call.year + 1, by=user),
            may="edit",
            title=_("Ins nächste Jahr kopieren"),
            button=_("Kopieren"),
            details=lambda: consequences.of_copying(others),
            done=_(
                "Der Aufruf ist kopiert. Grenzen, Regeln und Anschriften der Kopie sind noch nicht geprüft, die Fristen noch leer."
            ),
        )
