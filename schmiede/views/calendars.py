"""„Kalender abonnieren“: the page, its steps, and what a calendar reads at the secret address (how often: `PER_…`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import CalendarSubscription, User
from accounts.requests import PortalRequest
from applications.progress.calendar_entries import days_of
from core.calendars import CalendarEntry, ics_response
from core.rates import HOUR, network_of, over
from core.steps import take_step
from core.writes import Stale
from schmiede.standing import Standing, standing_in
from workshops.calendar_entries import sessions_of

type Source = Callable[[User, datetime], list[CalendarEntry]]

# Where the dates of a person come from. Whatever has dates adds its own here, and knows nothing of the others.
SOURCES: tuple[Source, ...] = (sessions_of, days_of)
# In an hour: a calendar asks a few times, and several devices of a person do; a network that only finds nothing is guessing.
PER_ADDRESS = 120
PER_NETWORK = 1000


@never_cache
@require_safe
def calendar(request: PortalRequest) -> HttpResponse:
    """Show how to subscribe, or the address with what ends it."""
    subscription = CalendarSubscription.objects.visible_to(request.user).first()
    context: dict[str, object] = {"subscription": subscription, "standing": standing_in(request) or Standing()}
    if subscription:
        path = reverse("calendar_feed", args=[subscription.token])
        context |= {
            "address": f"{settings.PORTAL_URL}{path}",
            "webcal": f"webcal://{urlsplit(settings.PORTAL_URL).netloc}{path}",
        }
    return render(request, "schmiede/calendar.html", context)


@require_POST
def calendar_subscribe(request: PortalRequest) -> HttpResponse:
    CalendarSubscription.objects.subscribe(by=request.user)
    messages.success(request, _("Ihr Kalender hat jetzt eine Adresse. Tragen Sie sie auf Ihren Geräten ein."))
    return redirect("calendar")


@require_POST
def calendar_renew(request: PortalRequest) -> HttpResponse:
    take_step(
        request,
        lambda: _own(request).renew(by=request.user, seen=_number(request.POST.get("seen", ""))),
        done=_("Das ist Ihre neue Adresse. Die bisherige gilt nicht mehr."),
        stale=_(
            "Die Adresse ist nicht noch einmal geändert: Sie haben sie inzwischen in einem anderen Fenster erneuert oder "
            "das Abo beendet. Hier sehen Sie, was jetzt gilt."
        ),
    )
    return redirect("calendar")


@require_POST
def calendar_end(request: PortalRequest) -> HttpResponse:
    take_step(
        request,
        lambda: _own(request).end(by=request.user),
        done=_("Das Abo ist beendet. Sie können jederzeit ein neues anlegen."),
        stale=_("Das Abo war schon beendet."),
    )
    return redirect("calendar")


@login_not_required
@never_cache
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Send the dates of the person whose address it is. Every other address answers alike, whatever it was before."""
    subscription = CalendarSubscription.objects.with_token(token).select_related("user").first()
    now = timezone.now()
    name, limit = ("address", PER_ADDRESS) if subscription else ("network", PER_NETWORK)
    if over(f"calendar:{name}:{subscription.pk if subscription else network_of(request)}", limit, now):
        response = _refusal(_("Diese Adresse wird zu oft abgefragt. In einer Stunde geht es weiter."), 429)
        response["Retry-After"] = str(HOUR)
    elif subscription is None:
        response = _refusal(
            _("Diese Adresse gilt nicht. Die richtige steht im Portal unter „Kalender abonnieren“."), 404
        )
    else:
        response = ics_response(entries_of(subscription.user, now), now, "projektschmiede.ics")
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _refusal(sentence: str, status: int) -> HttpResponse:
    """A sentence alone: a program reads it, or nobody, and a page would repeat the address in its forms."""
    return HttpResponse(f"{sentence}\n", content_type="text/plain; charset=utf-8", status=status)


def entries_of(user: User, now: datetime) -> list[CalendarEntry]:
    return [entry for source in SOURCES for entry in source(user, now)]


def _own(request: PortalRequest) -> CalendarSubscription:
    """Return the person's own subscription; raise `Stale` where there is none any more."""
    subscription = CalendarSubscription.objects.visible_to(request.user).first()
    if subscription is None:
        raise Stale
    return subscription


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
