"""The page „Noch nicht abgeschickt“: what was sent after the login had expired is shown, and one button sends it (docs/decisions/0007)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import PortalRequest
from core import kept
from core.typed import is_typed

SHORTEST_TEXT = 20  # characters: what is shorter is rather a choice, a name or a number than a text


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resend(request: PortalRequest) -> HttpResponse:
    """See what was kept and send it where it was meant to go, or discard it; opening the page does neither."""
    form = kept.found(request)
    if form is None:
        messages.info(request, _("Es wartet kein Formular darauf, abgeschickt zu werden."))
        return redirect("dashboard")
    if request.method == "POST":
        kept.forget(request)
        messages.success(request, _("Das Formular ist verworfen. Es wurde nichts abgeschickt."))
        return redirect("dashboard")
    fields = form.fields()
    texts = [value for _name, value in fields if is_typed(value) and len(value.strip()) >= SHORTEST_TEXT]
    return render(request, "schmiede/resend.html", {"kept": form, "fields": fields, "texts": texts})
