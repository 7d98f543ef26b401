"""An application's contents and the call around them as one value, for the checks and the papers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from applications.checks import Dossier
from applications.checks.base import Route
from applications.content import Content
from applications.facts import sections_of
from applications.journey import SectionFacts
from applications.models import Application, Draft
from calls.models import UmbrellaRoute


def read_dossier(application: Application, today: date | None = None) -> Dossier:
    """Read all drafts, the rules, the readings and the umbrella route: four queries. The application comes from `with_team()`."""
    drafts = list(application.drafts.all())
    values: dict[str, Content] = {draft.key: draft.value for draft in drafts}
    return make_dossier(application, values, today, readings=readings_of(application, drafts))


def readings_of(application: Application, drafts: Iterable[Draft]) -> dict[str, SectionFacts]:
    """What coaches said about each section (one query). When a section opens does not matter here."""
    return sections_of(application, drafts, [])


def make_dossier(
    application: Application,
    values: dict[str, Content],
    today: date | None = None,
    *,
    readings: dict[str, SectionFacts] | None = None,
    with_route: bool = True,
) -> Dossier:
    """The dossier of these contents: a query for the rules, and one for the route if an umbrella body is named.

    A draft whose section the edition has dropped is not looked at.
    """
    call, organisation = application.call, application.team.organisation
    route = read_route(application, values) if with_route else None
    return Dossier(
        values={key: value for key, value in values.items() if key in application.terms.by_key},
        terms=application.terms,
        year=call.year,
        today=today or timezone.localdate(),
        rules=call.rule_terms(),
        stage=application.stage,
        pages=application.pages,
        deadline=None if application.stage == 2 else (route.submit_until if route else None) or call.last_day(),
        deadline_counts=call.deadline_counts,
        route=route,
        charitable_until=organisation.charitable_until,
        readings=readings or {},
    )


def read_route(application: Application, values: dict[str, Content]) -> Route | None:
    """The way of the umbrella body that the cover names, else the organisation's, as far as the call knows it (F11)."""
    named = getattr(values.get("s0"), "umbrella_body", "") or application.team.organisation.umbrella_body
    if not named.strip():
        return None
    row = UmbrellaRoute.objects.filter(call=application.call_id, umbrella_body__iexact=named.strip()).first()
    if row is None:
        return None
    return Route(row.umbrella_body, row.register_until, row.draft_until, row.submit_until)
