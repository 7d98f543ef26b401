"""What stands around every page: navigation by role, the account menu, the theme.

Everything is computed when a template asks for it, and costs one query at most.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, Subquery, UUIDField
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.models.user import BAMF_GROUP
from applications.models import Application
from cohorts.models import CoachAssignment, Cohort, Team, TeamMember
from schmiede import kept

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Item:
    """A link of a menu; `current` is the value of `aria-current`: this very page, one beneath it, or neither."""

    label: str
    url: str
    current: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a person stands in the portal, as far as menus need it."""

    is_participant: bool = False
    is_coach: bool = False
    is_organiser: bool = False
    is_bamf_staff: bool = False
    application: Any = None
    team: Any = None
    cohort: str | None = None
    other_cohort: str | None = None
    organisation: Any = None


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    user = getattr(request, "user", AnonymousUser())
    standing = cache(lambda: standing_of(user))
    theme = request.COOKIES.get("theme", "")
    return {
        "navigation": SimpleLazyObject(lambda: main_items(request, standing())),
        "account_menu": SimpleLazyObject(lambda: account_items(request, standing())),
        "unsent": SimpleLazyObject(lambda: user.is_authenticated and kept.unsent(request)),
        "theme": theme if theme in THEMES else "",
        "federal_header": settings.FEDERAL_HEADER,
        "barrier_email": settings.BARRIER_EMAIL,
    }


def standing_of(user: User | AnonymousUser) -> Standing | None:
    """Every role of a person, read in one query; nothing for a visitor."""
    if not user.is_authenticated:
        return None
    memberships = TeamMember.objects.current().filter(user=user)
    mine = Exists(memberships.filter(team=OuterRef("team")))
    cohorts = Cohort.objects.organised_by(user).values("slug")
    found = (
        User.objects.filter(pk=user.pk)
        .annotate(
            is_participant=Exists(memberships),
            is_coach=Exists(CoachAssignment.objects.of(user)),
            is_organiser=Exists(Membership.objects.organising(user)),
            is_bamf_staff=Exists(user.groups.filter(name=BAMF_GROUP)) | Q(is_superuser=True),
            application=Subquery(Application.objects.running().filter(mine).values("pk")[:1]),
            team=Subquery(
                Team.objects.with_member(user).filter(withdrawn_at=None).order_by("-made_at").values("pk")[:1]
            ),
            cohort=Subquery(cohorts[:1]),
            other_cohort=Subquery(cohorts[1:2]),
            organisation=Subquery(
                Membership.objects.filter(user=user).order_by("joined_at").values("organisation")[:1],
                output_field=UUIDField(),  # SQLite keeps the bare text of a foreign key
            ),
        )
        .values(*(field.name for field in fields(Standing)))
        .first()
    )
    return Standing(**found) if found else None


def main_items(request: HttpRequest, standing: Standing | None) -> list[Item]:
    """The main navigation (DESIGN 6); somebody with two roles gets both, without doubles."""
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
            item(request, _("Rückmeldungen"), "readings:queue", beneath="readings"),
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
