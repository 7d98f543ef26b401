"""The addresses robots.txt and security.txt, which programs ask every site for."""

from __future__ import annotations

from datetime import UTC, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

# Whatever else is not public asks for the login anyway; links with a secret in them must not be found by a search.
NOT_SEARCHED = ("/einladung/", "/kalender/", "/konto/", "/verwaltung/", "/projektschmieden/*/anmeldung/")
# RFC 9116 wants less than a year. It is computed, so that nobody has to think of renewing it.
SECURITY_CONTACT_HOLDS = timedelta(days=180)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may show the public pages and nothing else."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_SEARCHED)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def security_contact(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole in the portal (RFC 9116); 404 while no address is set, which `check --deploy` asks for."""
    if not settings.SECURITY_EMAIL:
        raise Http404
    expires = (timezone.now() + SECURITY_CONTACT_HOLDS).astimezone(UTC).replace(microsecond=0)
    lines = [
        f"Contact: mailto:{settings.SECURITY_EMAIL}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: de, en",
        f"Canonical: {settings.PORTAL_URL}{reverse('security_contact')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
