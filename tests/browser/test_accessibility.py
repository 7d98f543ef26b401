"""No barrier that axe-core knows, nothing in the console, nothing to scroll sideways: every page, small and light, wide and dark.

The pages are those of the access table, so a new one is looked at without being listed here.
"""

from __future__ import annotations

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse

from tests.access_table import TABLE
from tests.access_world import PEOPLE, TOKEN, AccessWorld, arguments
from tests.builders import day, log_in, make_cohort

# What a browser gets there is a file, plain text or data.
NO_PAGES = {"healthz", "workshops:material", "applications:attachment", "papers:file", "mfa_download_recovery_codes"}
# Everybody sees something else here.
FOR_EACH = {"dashboard", "workshops:list", "workshops:detail", "papers:list", "papers:detail", "readings:read"}
# Django's own pages are not ours to mend; these stand for what we add to them.
ADMIN = [
    ("doris", "admin:index"),
    ("doris", "admin:cohorts_registration_changelist"),
    ("doris", "admin:cohorts_registration_change"),
    ("emil", "admin:accounts_organisation_change"),
]
SMALL, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


def pages(world: AccessWorld) -> Iterator[tuple[str, str]]:
    """Who looks at which address."""
    for name, (method, signs) in TABLE.items():
        if method != "GET" or name.startswith("admin:") or name in NO_PAGES:
            continue
        seeing = [person for person, sign in zip(PEOPLE, signs.split(), strict=True) if sign == "o"]
        for person in seeing if name in FOR_EACH else seeing[:1]:
            yield person, reverse(name, kwargs=arguments(name, world))
    for key in ("s0", "s2", "s5", "s7", "s8", "s15", "s16", "s17"):
        yield "amina", reverse("applications:section", args=[world.application.pk, key])
    yield "amina", reverse("applications:section", args=[world.application.pk, "s17"]) + "?jahr=alle"
    yield "amina", reverse("applications:history", args=[world.application.pk, "s5"])
    yield "carla", reverse("applications:section", args=[world.application.pk, "s4"])
    yield "bilal", reverse("applications:start", args=[world.unstarted.pk])
    yield "nobody", reverse("cohorts:correct", args=[world.cohort.slug, TOKEN])
    yield "nobody", reverse("cohorts:register", args=[world.over.slug])
    for person, name in ADMIN:
        yield person, reverse(name, kwargs=arguments(name, world))


def sideways(page) -> str:
    """What sticks out on the right, if anything does."""
    return page.evaluate("""() => {
        const root = document.documentElement;
        if (root.scrollWidth <= root.clientWidth) return "";
        const out = [...document.body.querySelectorAll("*")].filter(
            (e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest("[role=table], table, pre")
        );
        return `${root.scrollWidth} px: ` + out.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" | ");
    }""")


def barriers(page) -> list[str]:
    # Colours that are still changing have no contrast to speak of.
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    # Django's tables of related rows have a column without a heading, for the row's own name.
    options = {
        "resultTypes": ["violations"],
        "rules": {"empty-table-header": {"enabled": "/verwaltung/" not in page.url}},
    }
    return [
        f"{found['id']} ({found['help']}): {' | '.join(node['html'][:160] for node in found['nodes'][:3])}"
        for found in Axe().run(page, options=options).response["violations"]
    ]


def test_every_page(new_context, live_server, console_errors):
    world = AccessWorld()
    world.over = make_cohort(world.organiser, registration_until=day(-5))
    world.unstarted = world.bilals.team
    world.bilals.delete()
    contexts = {person: new_context(base_url=live_server.url, viewport=SMALL) for person in PEOPLE}
    for person in PEOPLE[1:]:
        client = log_in(Client(), getattr(world, person))
        session = client.cookies["sessionid"].value
        contexts[person].add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    windows = {person: context.new_page() for person, context in contexts.items()}
    problems = []
    for person, address in pages(world):
        page, where = windows[person], f"{person} {address}"
        page.set_viewport_size(SMALL)
        page.emulate_media(color_scheme="light")
        answer = page.goto(address)
        problems += [f"{where}: answers {answer.status}"] if answer.status != 200 else []
        if (out := sideways(page)) and "/verwaltung/" not in address:
            problems.append(f"{where}: {out}")
        problems += [f"{where} small and light: {one}" for one in barriers(page)]
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="dark")
        problems += [f"{where} wide and dark: {one}" for one in barriers(page)]
        problems += [f"{where}: console: {one}" for one in console_errors]
        console_errors.clear()
    assert not problems, "\n".join(problems)
