"""The page of mails in the admin (Nachrichten): what was sent to whom, what failed, „Noch einmal senden“; figures for the BAMF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.admin.views.main import SEARCH_VAR
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Message, Organisation
from accounts.waiting import send_now, until_words, withhold

from .base import PortalModelAdmin

BOTH = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]
NOT_WAITING = gettext_lazy(
    "Nur was noch wartet, lässt sich so senden oder anhalten. Was sofort hinausgeht, wartet nicht."
)


class StandFilter(admin.SimpleListFilter):
    """Without a choice the list opens on what somebody must look at, else on what waits, else on all; who searches, searches all."""

    title = gettext_lazy("Stand")
    parameter_name = "stand"
    opens_on = ""
    """What is shown where nothing was chosen."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.is_searched = bool(request.GET.get(SEARCH_VAR))

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("gescheitert", _("gescheitert oder unklar")),
            ("wartet", _("wartet")),
            ("gesendet", _("gesendet")),
            ("angehalten", _("nicht gesendet")),
            ("alle", _("alle")),
        ]

    @property
    def chosen(self) -> str:
        """Return what somebody chose; "" for nothing, and for what is no choice."""
        return str(self.value()) if self.value() in dict(self.lookup_choices) else ""

    def choices(self, changelist: Any) -> Iterator[Any]:
        _all_of_them, *others = super().choices(changelist)
        shown = self.chosen or self.opens_on
        for (name, _label), choice in zip(self.lookup_choices, others, strict=True):
            yield {**choice, "selected": name == shown}

    def queryset(self, request: HttpRequest, queryset: Any) -> models.QuerySet[Any]:
        if self.chosen:
            return self._only(self.chosen, queryset)
        if request.method == "POST":
            return queryset  # the rows were chosen on a list that might open on others by now
        first = ("alle",) if self.is_searched else ("gescheitert", "wartet")
        self.opens_on = next((name for name in first if self._only(name, queryset).exists()), "alle")
        return self._only(self.opens_on, queryset)

    def _only(self, name: str, queryset: Any) -> models.QuerySet[Any]:
        if name == "gescheitert":
            return queryset.needing_care()
        if name == "gesendet":
            return queryset.exclude(sent_at=None)
        if name == "wartet":
            return queryset.filter(sent_at=None, failed_at=None, withheld_at=None)
        return queryset.exclude(withheld_at=None) if name == "angehalten" else queryset

    @property
    def sentence(self) -> str:
        """Return what the list shows, as somebody reads it above it."""
        only = {
            "gescheitert": _("Hier steht nur, was gescheitert oder unklar ist."),
            "wartet": _("Hier steht nur, was noch wartet."),
            "gesendet": _("Hier steht nur, was gesendet ist."),
            "angehalten": _("Hier steht nur, was angehalten ist und nicht gesendet wird."),
            "alle": _("Hier stehen alle Nachrichten, die neuesten zuerst."),
        }
        opened = {
            "gescheitert": _("Hier steht, was gescheitert oder unklar ist: Bitte sehen Sie es sich an."),
            "wartet": _("Hier steht, was noch wartet. Gescheitert oder unklar ist nichts."),
            "alle": _(
                "Hier stehen alle Nachrichten, die neuesten zuerst. Es wartet keine, und keine ist gescheitert oder unklar."
            ),
        }
        if self.chosen or self.is_searched:
            return only[self.chosen or "alle"]
        return opened.get(self.opens_on, "")


def cohort_figures() -> dict[str, Any]:
    """Return the messages of all cohorts as numbers, and failures with the cohort's title (three queries)."""
    messages = Message.objects.of_cohorts()
    failures = messages.failures()
    cohorts = Organisation.objects.filter(cohorts__pk__in={row.cohort_id for row in failures})
    titles: dict[Any, str] = dict(cohorts.values_list("cohorts__pk", "cohorts__title")) if failures else {}
    return {"figures": messages.figures(), "failures": [(row, titles.get(row.cohort_id, "")) for row in failures]}


@admin.register(Message)
class MessageAdmin(PortalModelAdmin):
    """Mails that did not go out, to be read: organisers see those of their cohorts, BAMF staff those of no cohort.

    BAMF staff read figures of the cohorts' messages above the list: recipients and subjects name people of teams.
    """

    for_organisers = True
    for_bamf = True
    list_display = ("subject", "email", "stage", "created_at", "attempts", "error")
    list_filter = (StandFilter,)
    search_fields = ("email", "subject")
    date_hierarchy = "created_at"
    actions = ("send_again", "send_now", "withhold")
    fields = readonly_fields = (
        "email",
        "subject",
        "readable_text",
        "stage",
        "created_at",
        "not_before",
        "claimed_at",
        "attempts",
        "sent_at",
        "failed_at",
        "withheld_at",
        "error",
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        user: Any = request.user
        # Organisers find their own mails in their mailboxes; here they look after those of their cohorts.
        return rows if not user.is_authenticated or user.is_bamf else rows.exclude(cohort_id=None)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        user: Any = request.user
        more = cohort_figures() if user.is_authenticated and user.is_bamf else {}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("Text"))
    def readable_text(self, obj: Message) -> str:
        return obj.shown_text

    @admin.display(description=gettext_lazy("Stand"))
    def stage(self, obj: Message) -> str:
        if obj.is_waiting and not obj.attempts and obj.not_before > timezone.now():
            return _("wartet bis %(moment)s") % {"moment": until_words(obj.not_before)}
        return obj.stage

    def rows_asked_about(self, records: list[Any]) -> list[str]:
        return [f"{message.email}: {message.subject}" for message in records]

    def has_send_again_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "send again", obj)

    def has_send_now_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "send now", obj)

    def has_withhold_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "withhold", obj)

    def is_moment(self, request: HttpRequest, action: str, obj: Message) -> bool:
        return bool(obj.failed_at) or obj.is_unclear if action == "send_again" else obj.is_waiting and not obj.is_going

    @admin.action(
        description=gettext_lazy("Noch einmal senden"),
        location=BOTH,
        permissions=["send_again"],
    )
    def send_again(self, request: HttpRequest, queryset: Any) -> None:
        user: Any = request.user
        done = _("Die Nachricht wird noch einmal gesendet.")
        stale = _("Nur was gescheitert oder unklar ist, lässt sich noch einmal senden.")
        self.run(request, queryset, lambda record: record.send_again(by=user), may="send again", done=done, stale=stale)

    @admin.action(description=gettext_lazy("Jetzt senden"), location=BOTH, permissions=["send_now"])
    def send_now(self, request: HttpRequest, queryset: Any) -> None:
        user: Any = request.user
        step = lambda message: send_now(Message.objects.filter(pk=message.pk), by=user)  # noqa: E731
        self.run(request, queryset, step, may="send now", done=_("Die Nachricht geht jetzt hinaus."), stale=NOT_WAITING)

    @admin.action(description=gettext_lazy("Nicht senden"), location=BOTH, permissions=["withhold"])
    def withhold(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        user: Any = request.user
        return self.ask_and_run(
            request,
            queryset,
            lambda message: withhold(Message.objects.filter(pk=message.pk), by=user),
            title=_("Nachrichten nicht senden"),
            button=_("Nicht senden"),
            intro=_(
                "Wer hier steht, wird nicht benachrichtigt, und das lässt sich nicht zurücknehmen. Was geändert ist, gilt "
                "trotzdem und steht im Portal."
            ),
            may="withhold",
            done=_("Die Person wird nicht benachrichtigt."),
            stale=NOT_WAITING,
        )
