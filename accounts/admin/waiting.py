"""On the page of a record: the mails to many that wait about it, with „Jetzt senden“ and „Nicht senden“."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Message
from accounts.waiting import send_now, waiting_about, waiting_sentence, withhold
from core.writes import Stale

from .base import PortalModelAdmin

SHOWN = 50
# Mails of one step are written within moments.
SAME_STEP = timedelta(minutes=1)


class WaitingMailsAdmin(PortalModelAdmin):
    """Pages of records whose people are mailed: those who may change the record send what waits about it, or stop it."""

    shows_waiting_mails = True

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_mails"
        view = self.admin_site.admin_view(self.mails_view)
        return [path("<path:object_id>/mails/", view, name=name), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None and self.has_change_permission(request, obj):
            address = reverse(self._address("mails"), args=[quote(obj.pk)])
            mails = waiting_about(obj)
            context |= {
                "waiting_mails": [group for group in mails if not group.are_sent],
                "sent_mails": [group for group in mails if group.are_sent],
                "mails_address": address,
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def mails_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send or stop the mails that a button on the record's page names, and return to that page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        if request.method == "POST":
            rows = self._chosen_mails(request, obj)
            if request.POST.get("step") == "send":
                self._take(request, obj, rows, send_now, said=lambda count: waiting_sentence(count, None))
            elif "_asked" in request.POST:
                people = people_of(rows.waiting().select_related("user"))  # type: ignore[attr-defined]
                stopped: Callable[[int], str] = lambda count: withheld_sentence(len(people), rows.count() - count)  # noqa: E731
                self._take(request, obj, rows, withhold, said=stopped)
            elif rows.waiting().exists():  # type: ignore[attr-defined]
                return self._ask_to_stop(request, obj, rows)
            else:
                messages.error(request, stale_sentence())
        return redirect(self._address("change"), quote(obj.pk))

    def sent_together_with(self, topic: str) -> list[str]:
        """Return the topics of other mails of the same step, which are sent and stopped together with these. To be overridden."""
        return []

    def _chosen_mails(self, request: HttpRequest, obj: Any) -> QuerySet[Message]:
        """Return the mails about a record that one step has posted, whatever has become of them, as the form names them."""
        moment, topic = None, request.POST.get("topic", "")
        with suppress(ValueError):
            moment = datetime.fromisoformat(request.POST.get("until", ""))
        if moment is None or timezone.is_naive(moment):
            return Message.objects.none()
        rows = Message.objects.about(obj).filter(topic=topic, not_before=moment)
        others = self.sent_together_with(topic)
        around = (moment - SAME_STEP, moment + SAME_STEP)
        beside = Message.objects.filter(cohort_id=obj.cohort_uuid, topic__in=others, not_before__range=around)
        return rows | beside if others else rows

    def _take(
        self,
        request: HttpRequest,
        obj: Any,
        rows: QuerySet[Message],
        step: Callable[..., int],
        *,
        said: Callable[[int], str],
    ) -> None:
        try:
            count = step(rows, by=request.user)
        except Stale:
            messages.error(request, stale_sentence())
            return
        self.log_change(request, obj, said(count))
        messages.success(request, said(count))

    def _ask_to_stop(self, request: HttpRequest, obj: Any, rows: Any) -> HttpResponse:
        """Ask on a page that says how many people are not told, who they are, and what they would have read."""
        waiting = sorted(
            rows.waiting().select_related("user"), key=lambda message: (person_of(message), message.created_at)
        )
        people = people_of(waiting)
        intro = ngettext(
            "Eine Person bekommt diese E-Mail dann nicht, und das lässt sich nicht zurücknehmen. Was Sie geändert haben, gilt "
            "trotzdem und steht im Portal.",
            "%(count)d Personen bekommen diese E-Mail dann nicht, und das lässt sich nicht zurücknehmen. Was Sie geändert haben, "
            "gilt trotzdem und steht im Portal.",
            len(people),
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("E-Mails nicht senden"),
            "button": _("Nicht senden"),
            "intro": intro % {"count": len(people)},
            "opts": self.opts,
            "form": forms.Form(),
            "rows": people[:SHOWN],
            "count": len(people),
            "details": format_html_join(
                "",
                "{}",
                (
                    (render_to_string("admin/_mail_text.html", {"message": message}),)
                    for message in one_of_each_kind(waiting)
                ),
            ),
            "resent": [(name, request.POST.get(name, "")) for name in ("step", "topic", "until")],
            "back": reverse(self._address("change"), args=[quote(obj.pk)]),
            "media": self.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/ask.html", context)

    def _address(self, page: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"


def person_of(message: Message) -> str:
    return str(message.user or message.email)


def people_of(messages: Iterable[Message]) -> list[str]:
    """Return the names of those who get these mails, each once."""
    return list(dict.fromkeys(person_of(message) for message in messages))


def one_of_each_kind(messages: Iterable[Message]) -> list[Message]:
    return list({message.kind: message for message in reversed([*messages])}.values())[::-1]


def withheld_sentence(people: int, out: int) -> str:
    """Return how many people are not told, and how many mails of the same step were out already."""
    sentence = ngettext(
        "Eine Person wird nicht benachrichtigt.", "%(count)d Personen werden nicht benachrichtigt.", people
    ) % {"count": people}
    if not out:
        return sentence
    late = ngettext("Eine E-Mail war schon gesendet.", "%(count)d E-Mails waren schon gesendet.", out)
    return f"{sentence} {late % {'count': out}}"


def stale_sentence() -> str:
    return _(
        "Diese E-Mails warten nicht mehr: Sie sind gesendet, angehalten oder durch eine spätere Änderung ersetzt worden."
    )
