"""Where BAMF staff keep the funding calls: dates, addressee and rules apply at once, the rest through editions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import PortalModelAdmin, PortalStackedInline, PortalTabularInline
from calls.copying import copy_call, start_next_edition
from calls.models import (
    AttachmentKind,
    CallForm,
    Certainty,
    Edition,
    ExpenseKind,
    FundingCall,
    Limit,
    OtherWay,
    Question,
    Rule,
    Section,
    Theme,
    UmbrellaRoute,
)
from core.writes import Stale

EVERYWHERE = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]


class PartInline(PortalStackedInline):
    """A row of a call or edition, one beneath the other: source, address and date stay readable without scrolling."""

    formfield_overrides = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})}}


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


class UmbrellaRouteInline(PartInline):
    model = UmbrellaRoute
    fields = (
        "umbrella_body",
        ("register_until", "draft_until", "submit_until"),
        "addressee",
        ("addressee_certainty", "addressee_checked_on"),
        "note",
        "source",
    )


class OtherWayInline(PartInline):
    """What teams read after they were turned down; nothing while nobody has entered anything."""

    model = OtherWay
    fields = (("position", "title"), "text", "url", ("source", "checked_on"))
    classes = ("collapse",)


class RuleInline(PartInline):
    """One rule for each check of the portal: none is added or deleted here, a reason lowers one to a notice."""

    model = Rule
    fields = ("source", ("certainty", "checked_on", "checked_by"), ("lowered_reason", "lowered_at"))
    readonly_fields = ("lowered_at",)
    classes = ("collapse",)
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def date_address(form: Any) -> None:
    """Date an address that is called verified: today, unless another day is filled in.

    Another address in the same form without a word about its certainty is not the one that was checked.
    """
    changed = form.changed_data
    address: Any = form.instance
    if "addressee_certainty" in changed and address.addressee_certainty == Certainty.VERIFIED:
        address.addressee_checked_on = address.addressee_checked_on or timezone.localdate()
        changed.append("addressee_checked_on")
    elif "addressee" in changed and "addressee_certainty" not in changed:
        address.addressee_certainty, address.addressee_checked_on = Certainty.ASSUMED, None
        changed += ["addressee_certainty", "addressee_checked_on"]


class CheckedAdmin(PortalModelAdmin):
    """A value or rule that somebody calls verified was checked by them today, unless something else is filled in."""

    for_bamf = True

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.forms:
            date_address(row)
            if "certainty" in row.changed_data and row.instance.certainty == Certainty.VERIFIED:
                row.instance.checked_on = row.instance.checked_on or timezone.localdate()
                row.instance.checked_by = row.instance.checked_by or str(request.user)
                row.changed_data += ["checked_on", "checked_by"]
        super().save_formset(request, form, formset, change)


@admin.register(FundingCall)
class FundingCallAdmin(CheckedAdmin):
    list_display = ("title", "year", "open_from", "deadline", "deadline_counts", "is_example")
    list_filter = ("year", "is_example")
    search_fields = ("title", "slug")
    fieldsets = (
        (None, {"fields": ("title", "slug", "year", "copied_from")}),
        (
            gettext_lazy("Fristen und Anschrift – Änderungen gelten sofort"),
            {
                "fields": (
                    ("open_from", "open_until"),
                    ("deadline", "deadline_counts"),
                    "addressee",
                    "addressee_source",
                    ("addressee_certainty", "addressee_checked_on"),
                )
            },
        ),
        (
            gettext_lazy("Antrag in Stufe 2 – Änderungen gelten sofort"),
            {"fields": (("signing", "signing_certainty"), "signing_source")},
        ),
        (gettext_lazy("Woher wir das wissen"), {"fields": ("source",)}),
    )
    readonly_fields = ("copied_from",)
    inlines = (EditionInline, CallFormInline, UmbrellaRouteInline, OtherWayInline, RuleInline)
    actions = ("copy_to_next_year",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Add no call: a new one is a copy of an earlier one, so that no rule and no section is forgotten."""
        return False

    def save_model(self, request: HttpRequest, obj: FundingCall, form: Any, change: bool) -> None:
        date_address(form)
        if "signing" in form.changed_data and "signing_certainty" not in form.changed_data:
            # Another answer without a word about its certainty is not the one that was checked.
            obj.signing_certainty = Certainty.ASSUMED
            form.changed_data.append("signing_certainty")
        super().save_model(request, obj, form, change)

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
    def copy_to_next_year(self, request: HttpRequest, queryset: Any) -> None:
        user: Any = request.user
        self.run(
            request,
            queryset,
            lambda call: copy_call(call, call.year + 1, by=user),
            may="edit",
            done=_(
                "kopiert. Grenzen, Regeln und Anschriften der Kopie sind noch nicht geprüft, die Fristen noch leer."
            ),
        )


class ThemeInline(PartInline):
    model = Theme
    fields = (("order", "key"), "title", "description")
    classes = ("collapse",)


class SectionInline(PartInline):
    model = Section
    fields = (("order", "key", "kind", "soft_limit"), "title", "question", "guidance", "plain", "example")
    classes = ("collapse",)


class ExpenseKindInline(PartInline):
    model = ExpenseKind
    fields = (("order", "code", "label"), "guidance", "next_field")
    classes = ("collapse",)


class QuestionInline(PartInline):
    model = Question
    fields = (("order", "key", "kind"), "text", "guidance", ("wanted", "check_code"))
    classes = ("collapse",)


class AttachmentKindInline(PartInline):
    model = AttachmentKind
    fields = (("order", "key", "stage", "may_be_dropped"), "label", "guidance", "source")
    classes = ("collapse",)


class LimitInline(PartInline):
    model = Limit
    classes = ("collapse",)
    fields = (
        ("order", "key", "label"),
        ("value", "unit", "text"),
        "basis",
        ("source_issuer", "source_title", "source_date"),
        ("certainty", "checked_on", "checked_by"),
    )


@admin.register(Edition)
class EditionAdmin(CheckedAdmin):
    """A draft can be changed in every part; a published edition can only be read."""

    list_display = ("call", "number", "published_at", "published_by")
    list_display_links = ("call", "number")
    list_filter = ("call",)
    list_select_related = ("call", "published_by")
    search_fields = ("call__title", "note")
    fields = ("call", "number", "note", "published_at", "published_by")
    readonly_fields = ("call", "number", "published_at", "published_by")
    inlines = (ThemeInline, LimitInline, QuestionInline, SectionInline, ExpenseKindInline, AttachmentKindInline)
    actions = ("publish", "start_next")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("call", "published_by")

    def may(self, request: HttpRequest, action: str, obj: Any = None) -> bool:
        """Allow changing and deleting only before publication; the steps say themselves whether it is their moment."""
        over = obj is not None and obj.is_published and action in {"edit", "delete"}
        return not over and super().may(request, action, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Add no edition: a new one begins with what the last one says."""
        return False

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "publish", obj)

    def is_moment(self, request: HttpRequest, action: str, obj: Any) -> bool:
        return {"publish": not obj.is_published, "start_next": obj.is_published}.get(action, True)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Stale:
            text = _("Nicht gespeichert: Dieser Stand wurde gerade veröffentlicht und ändert sich nicht mehr.")
            self.message_user(request, text, messages.ERROR)
            return redirect(request.get_full_path())

    @admin.action(
        description=gettext_lazy("Stand veröffentlichen"),
        location=EVERYWHERE,
        permissions=["publish"],
    )
    def publish(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        form = self.ask(
            request,
            queryset,
            title=_("Stand veröffentlichen"),
            button=_("Veröffentlichen"),
            intro=_("Danach kann dieser Stand nicht mehr geändert werden. Neue Vorhaben beginnen mit ihm."),
        )
        if isinstance(form, HttpResponse):
            return form
        user: Any = request.user
        self.run(request, queryset, lambda edition: edition.publish(by=user), may="publish", done=_("veröffentlicht."))
        return None

    @admin.action(
        description=gettext_lazy("Neuen Stand beginnen"),
        location=EVERYWHERE,
        permissions=["publish"],
    )
    def start_next(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        user: Any = request.user
        drafts: list[Edition] = []
        self.run(
            request,
            queryset,
            lambda edition: drafts.append(start_next_edition(edition, by=user)),
            may="publish",
            done=_("Ein neuer Stand ist begonnen, mit allem aus diesem. Er gilt erst, wenn Sie ihn veröffentlichen."),
        )
        return redirect("admin:calls_edition_change", drafts[0].pk) if len(drafts) == 1 else None
