"""The main navigation by role, the account's menu, light or dark.

Everything is computed when a template asks for it; it costs no query beyond the one for where the person stands.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from core import kept
from core.values import dataclass
from schmiede.standing import Standing, standing_in

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Item:
    """A link of a menu; `current` is the value of `aria-current`: this very page, one beneath it, or neither."""

    label: str
    url: str
    current: str = ""


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    user = getattr(request, "user", AnonymousUser())
    theme = request.COOKIES.get("theme", "")
    return {
        "navigation": SimpleLazyObject(lambda: main_items(request, standing_in(request))),
        "account_menu": SimpleLazyObject(lambda: account_items(request, standing_in(request))),
        "unsent": SimpleLazyObject(lambda: user.is_authenticated and kept.unsent(request)),
        "has_association": SimpleLazyObject(lambda: has_association(request)),
        "theme": theme if theme in THEMES else "",
        "federal_header": settings.FEDERAL_HEADER,
        "barrier_email": settings.BARRIER_EMAIL,
        "operator_name": settings.OPERATOR_NAME,
    }


def has_association(request: HttpRequest) -> bool:
    standing = standing_in(request)
    return standing is not None and standing.has_association


def main_items(request: HttpRequest, standing: Standing | None) -> list[Item]:
    """The main navigation; somebody with two roles gets both, without doubles."""
    items: list[Item | None] = []
    if standing is None:
        return []
    if standing.is_participant:
        items += [
            item(request, _("Übersicht"), "dashboard"),
            application_item(request, standing),
            item(request, _("Workshops"), "workshops:list", beneath="workshops"),
        ]
    if standing.is_coach:
        items += [
            item(request, _("Übersicht"), "dashboard"),
            item(request, _("Rückmeldungen"), "reviews:queue", beneath="reviews"),
            item(request, _("Workshops"), "workshops:list", beneath="workshops"),
        ]
    if standing.is_organiser:
        items += [
            cockpit_item(request, standing),
            item(request, _("Anmeldungen"), "admin:cohorts_registration_changelist"),
            item(request, _("Mitteilungen"), "admin:cohorts_announcement_changelist"),
        ]
    if standing.is_bamf_staff:
        items += [
            item(request, _("Unterlagen"), "papers:list", beneath="papers"),
            item(request, _("Förderaufrufe"), "admin:calls_fundingcall_changelist"),
        ]
    return list(dict.fromkeys(filter(None, items)))


def application_item(request: HttpRequest, standing: Standing) -> Item | None:
    """The running application, or the page that starts one."""
    if standing.application:
        return item(request, _("Vorhaben"), "applications:workspace", standing.application, beneath="applications")
    if standing.team:
        return item(request, _("Vorhaben"), "applications:start", standing.team, beneath="applications")
    return None


def cockpit_item(request: HttpRequest, standing: Standing) -> Item | None:
    """The cockpit of the only cohort; with several, or none yet, the page that lists them."""
    if standing.cohort and not standing.other_cohort:
        return item(request, _("Cockpit"), "cockpit", standing.cohort, beneath="cockpit")
    return item(request, _("Cockpit"), "dashboard", beneath="cockpit")


def account_items(request: HttpRequest, standing: Standing | None) -> list[Item]:
    if standing is None:
        return []
    items = [item(request, _("Mein Konto"), "accounts:profile")]
    if standing.organisation:
        label = _("Unser Verein") if standing.is_participant else _("Unsere Organisation")
        items.append(item(request, label, "accounts:organisation", standing.organisation))
    if standing.is_organiser or standing.is_bamf_staff:
        items.append(item(request, _("Verwaltung"), "admin:index"))
    return list(filter(None, items))


def item(request: HttpRequest, label: str, name: str, *args: Any, beneath: str = "") -> Item | None:
    """A link to a page, marked while one is there or beneath it (view name or namespace); nothing without a page."""
    try:
        url = reverse(name, args=args)
    except NoReverseMatch:
        return None
    match = request.resolver_match
    if request.path == url:
        return Item(label, url, "page")
    if match and beneath and beneath in {match.view_name, *match.namespaces}:
        return Item(label, url, "true")
    return Item(label, url)
