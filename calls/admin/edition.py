"""The page of an edition: all of its parts while it is a draft, only to be read once it is published."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Event
from calls.comparing import changes
from calls.copying import start_next_edition
from calls.models import AttachmentKind, Edition, ExpenseKind, Limit, Question, Section, Theme
from calls.publishing import unpublish, why_public
from calls.unchecked import last_years, unchecked_in
from core.writes import Stale

from . import consequences
from .parts import EVERYWHERE, CheckedAdmin, PartInline


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
    search_fields = ("call__title", "call__year", "note")
    fields = ("call", "number", "note", "published_at", "published_by", "unchecked")
    readonly_fields = ("call", "number", "published_at", "published_by", "unchecked")
    inlines = (ThemeInline, LimitInline, QuestionInline, SectionInline, ExpenseKindInline, AttachmentKindInline)
    actions = ("publish", "unpublish", "start_next", "remove")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("call__copied_from", "published_by")

    def may(self, request: HttpRequest, action: str, obj: Any = None) -> bool:
        """Allow changing only before publication; the steps say themselves whether it is their moment."""
        over = obj is not None and obj.is_published and action == "edit"
        return not over and super().may(request, action, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Add no edition: a new one begins with what the last one says."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        ((name, options),) = super().get_fieldsets(request, obj)
        if obj is None or not obj.is_published:
            return ((name, options),)
        sentence = _(
            "Dieser Stand ist veröffentlicht und ändert sich nicht mehr. Was anders werden soll, ändern Sie in einem neuen Stand."
        )
        free = _("Noch braucht ihn niemand: Sie können die Veröffentlichung zurücknehmen und ihn dann ändern.")
        return ((name, options | {"description": f"{sentence} {self.why_public(request, obj) or free}"}),)

    def why_public(self, request: HttpRequest, edition: Edition) -> str:
        return self._once(request, f"public:{edition.pk}", lambda: why_public(edition))

    def note_change(self, request: HttpRequest, record: Edition, fields: str) -> None:
        user: Any = request.user
        Event.record("edition.changed", record, by=user, fields=fields)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.unchecked_view)
        return [path("<path:object_id>/ungeprueft/", view, name="calls_edition_unchecked"), *super().get_urls()]

    @admin.display(description=gettext_lazy("Ungeprüftes"))
    def unchecked(self, obj: Edition) -> str:
        url = reverse("admin:calls_edition_unchecked", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, _("Was noch nicht geprüft ist, und was im Vorjahr dastand"))

    def unchecked_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """List everything unchecked in the edition and its call, and what last year's call said differently."""
        if not self.is_for(request):
            raise PermissionDenied
        edition = self.get_object(request, object_id)
        if edition is None:
            raise Http404
        former = last_years(edition)
        kinds = unchecked_in(edition, former)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Was noch nicht geprüft ist"),
            "opts": self.opts,
            "edition": edition,
            "former": former,
            "kinds": kinds,
            "count": sum(len(kind.rows) for kind in kinds),
            "changes": changes(former.terms, edition.terms) if former else [],
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/calls/edition/unchecked.html", context)

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "publish", obj)

    def is_moment(self, request: HttpRequest, action: str, obj: Any) -> bool:
        if action == "unpublish":
            return obj.is_published and not self.why_public(request, obj)
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
        user: Any = request.user
        return self.ask_and_run(
            request,
            queryset,
            lambda edition: edition.publish(by=user),
            may="publish",
            done=_("Der Stand ist veröffentlicht."),
            title=_("Stand veröffentlichen"),
            button=_("Veröffentlichen"),
            intro=_(
                "Danach kann dieser Stand nicht mehr geändert werden. Neue Vorhaben beginnen mit ihm. Zurücknehmen können Sie "
                "die Veröffentlichung, bis eine Projektschmiede oder ein Vorhaben diesen Stand braucht."
            ),
            details=lambda: consequences.of_publishing(self.offered(request, queryset)),
        )

    @admin.action(
        description=gettext_lazy("Veröffentlichung zurücknehmen"),
        location=EVERYWHERE,
        permissions=["publish"],
    )
    def unpublish(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Say of what is used who uses it, and ask before the others become drafts again."""
        user: Any = request.user
        others = self.without_refused(
            request, queryset, lambda edition: self.why_public(request, edition) if edition.is_published else ""
        )
        if others is None:
            return None
        return self.ask_and_run(
            request,
            others,
            lambda edition: unpublish(edition, by=user),
            may="publish",
            title=_("Veröffentlichung zurücknehmen"),
            button=_("Ja, zurücknehmen"),
            intro=_(
                "Der Stand ist dann wieder ein Entwurf: Sie können ihn ändern, noch einmal veröffentlichen oder entfernen. "
                "Vorhaben können mit ihm nicht beginnen. Es wird keine E-Mail verschickt."
            ),
            stale=_("Ist nicht veröffentlicht."),
            done=_("Der Stand ist wieder ein Entwurf."),
        )

    @admin.action(
        description=gettext_lazy("Neuen Stand beginnen"),
        location=EVERYWHERE,
        permissions=["publish"],
    )
    def start_next(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        user: Any = request.user
        drafts: list[Edition] = []
        page = self.ask_and_run(
            request,
            queryset,
            lambda edition: drafts.append(start_next_edition(edition, by=user)),
            may="publish",
            title=_("Neuen Stand beginnen"),
            button=_("Beginnen"),
            details=lambda: consequences.of_starting(self.offered(request, queryset)),
            done=_("Ein neuer Stand ist begonnen, mit allem aus diesem. Er gilt erst, wenn Sie ihn veröffentlichen."),
        )
        return page or (redirect("admin:calls_edition_change", drafts[0].pk) if len(drafts) == 1 else None)
