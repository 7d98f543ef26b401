"""The first visit on a phone whose network is slow: nothing that somebody reads moves while the rest of the page arrives."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route

from schmiede.site_pages import PAGES, ensure_pages
from tests.builders import fill, make_application, make_cohort, make_organiser, make_team, make_user
from tests.builders import window as registering

PHONE = {"width": 360, "height": 740}
# What has moved without somebody pressing anything: what it was, and from where to where.
SHIFTS = """() => new Promise((resolve) => {
    const shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: "layout-shift", buffered: true });
    const said = (shift) => `${shift.value.toFixed(4)}: ` + shift.sources.map(
        ({ node, previousRect, currentRect }) => `${node?.nodeName} ${node?.className ?? ""} ${previousRect.y} → ${currentRect.y}`
    );
    setTimeout(() => resolve(shifts.map(said)), 100);
})"""
PAINTED = """() => new Promise((resolve) => {
    new PerformanceObserver(() => resolve()).observe({ type: "paint", buffered: true });
})"""


@pytest.fixture
def moved() -> Callable[[Page, str], list[str]]:
    """Open an address whose fonts come only after its text was drawn; what has moved once everything is there."""

    def open_slowly(page: Page, address: str) -> list[str]:
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        page.route("**/*.woff2", hold)
        page.goto(address, wait_until="commit")
        page.evaluate(PAINTED)
        assert held, "no font was asked for"
        page.unroute("**/*.woff2")  # which lets go what was held
        page.wait_for_load_state()
        page.evaluate("document.fonts.ready.then(() => null)")
        return page.evaluate(SHIFTS)

    return open_slowly


def test_nothing_moves_on_the_public_pages(new_context, live_server, moved):
    ensure_pages()
    make_cohort(make_organiser(make_user("Doris", "Lang")), slug="harz", **registering())
    page = new_context(base_url=live_server.url, viewport=PHONE).new_page()
    names = ["home", "cohorts:list", "account_login", "account_reset_password"]
    addresses = [
        *map(reverse, names),
        reverse("cohorts:detail", args=["harz"]),
        reverse("cohorts:register", args=["harz"]),
    ]
    shifts = {address: moved(page, address) for address in [*addresses, *PAGES]}
    assert {address: shift for address, shift in shifts.items() if shift} == {}


def test_nothing_moves_on_the_page_of_a_section(window, moved):
    amina = make_user()
    application = make_application(make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina))
    fill(application, by=amina)
    page = window(amina, viewport=PHONE)
    one_of_each = {section.kind: section.key for section in application.edition.terms.sections}.values()
    shifts = {key: moved(page, reverse("applications:section", args=[application.pk, key])) for key in one_of_each}
    assert {key: shift for key, shift in shifts.items() if shift} == {}
