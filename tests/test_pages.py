"""Every page of everybody, reached by its links: none leads to a refusal, and all are sound.

The pages of the access table are where it begins; what they link to is opened, and what that links to, until nothing
new comes. Beside the six of the table there are people for whom there is little yet, who only read, or who have left.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from core.kern_styles import WHOLE, used_names
from core.styles import IMPORT
from tests.access_table import TABLE
from tests.access_world import PEOPLE, AccessWorld, arguments
from tests.builders import log_in
from tests.crawl import Answer, crawl
from tests.newcomers import NEWCOMERS, make_newcomers
from tests.page_forms import forms_of
from tests.schmiede.test_admin_words import english

pytestmark = pytest.mark.django_db
EVERYBODY = (*PEOPLE, *NEWCOMERS)
STAFF = {"doris", "emil"}
STATIC = Path(settings.BASE_DIR, "static")
# Of the administration and of the printed papers.
OTHER_PAGES = {"css/admin.css", "css/papers.css"}
# Forms that save themselves, by their id: static/js/review-page.js.
SAVES_ITSELF = {"lesung"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    folder = {"location": tmp_path_factory.mktemp("files")}
    return settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": folder}
    }


@pytest.fixture(scope="module")
def crawled(django_db_setup, django_db_blocker, files) -> Iterator[Callable[[str], list[Answer]]]:
    """What a person finds; the world is built once, and each of them walks through it once."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(STORAGES=files):
        world = AccessWorld()
        newcomers = make_newcomers(world)

        @cache
        def walk(person: str) -> list[Answer]:
            client = Client(raise_request_exception=False)
            if person != "nobody":
                log_in(client, newcomers.get(person) or getattr(world, person))
            return crawl(client, ["/", *pages_of(person, world)])

        yield walk
        transaction.set_rollback(True)


@pytest.fixture(scope="module", params=EVERYBODY)
def person(request: pytest.FixtureRequest) -> str:
    """Of a module, so that the tests of one person stand together and share a walk."""
    return request.param


@pytest.fixture
def answers(crawled, files, settings, person) -> list[Answer]:
    """What this person found."""
    settings.STORAGES = files
    return crawled(person)


def pages_of(person: str, world: AccessWorld) -> Iterator[str]:
    """The addresses the access table says this person finds a page at; a newcomer begins at the start page alone."""
    for name, (method, signs) in TABLE.items():
        if method == "GET" and person in PEOPLE and signs.split()[PEOPLE.index(person)] == "o":
            yield reverse(name, kwargs=arguments(name, world))
    if person == "amina":  # each kind of section
        for key in ("s0", "s2", "s5", "s7", "s8", "s15", "s16", "s17"):
            yield reverse("applications:section", args=[world.application.pk, key])


def test_no_link_leads_to_a_refusal(answers, person):
    assert [
        f"{answer.status} {answer.address}, linked on {answer.linked_on}"
        for answer in answers
        if answer.status not in {200, 302}
    ] == []
    start = "home" if person == "nobody" else "dashboard"
    assert (start, 200) in {(answer.name, answer.status) for answer in answers}
    assert len(answers) > 10  # links were found, and followed


def test_no_page_has_a_long_form_that_is_left_in_silence(answers):
    """It saves itself, or asks before it is left (tests/test_forms.py)."""
    silent, asking = [], 0
    for page in answers:
        for form in forms_of(page.html):
            keeps = "data-autosave" in form.attrs or form.attrs.get("id") in SAVES_ITSELF
            asking += form.guard is not None
            if form.is_long and form.guard is None and not keeps:
                silent.append((page.address, sorted(form.typed)))
    assert silent == []
    assert asking > 0  # the pages were really read


def test_lists_and_forms_of_staff_have_german_heads(answers, person):
    pages = [answer for answer in answers if answer.html and answer.name.startswith("admin:")]
    assert person not in STAFF or len(pages) > 15
    assert {page.address: words for page in pages if (words := english(page.html))} == {}


@pytest.fixture(scope="module")
def html_checker() -> Iterator[Callable[[Path], dict[str, Any]]]:
    """html-validate, started once: how many pages a folder has, and what is wrong with them."""
    node = find_node()
    if not node or not Path(settings.BASE_DIR, "node_modules/html-validate").exists():
        pytest.skip("html-validate is not installed: make setup-dev")
    process = subprocess.Popen(
        [node, "tests/check-html.js"], cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def check(folder: Path) -> dict[str, Any]:
        hanging = Timer(300, process.kill)  # for this folder: how long the tests between take is not its affair
        hanging.start()
        try:
            print(folder, file=process.stdin, flush=True)
            return json.loads(process.stdout.readline())
        finally:
            hanging.cancel()

    try:
        yield check
        process.communicate()  # no folder comes any more
        assert process.returncode == 0
    finally:
        process.kill()


def test_every_page_of_ours_is_sound_html(answers, html_checker, tmp_path):
    """One page of each kind goes through html-validate; the administration's markup is Django's."""
    pages = [answer for answer in answers if answer.html]
    first = {(page.name, page.kind): page for page in reversed(pages) if not page.name.startswith("admin:")}
    for (name, kind), page in first.items():
        file = tmp_path / f"{name} {kind}".replace("/", "_").replace(":", "_")
        file.with_suffix(".html").write_text(page.html, encoding="utf-8")
    checked = html_checker(tmp_path)
    assert checked["pages"] > 5
    assert checked["wrong"] == ""
    assert [page.address for page in pages if begins_with_a_value(page.html)] == []


def test_the_checker_finds_what_is_wrong(html_checker, tmp_path):
    (tmp_path / "page.html").write_text('<!DOCTYPE html><p><img src="/a.png"></p>', encoding="utf-8")
    assert "missing required" in html_checker(tmp_path)["wrong"]


def test_every_page_loads_the_styles_of_its_classes(answers):
    """A class that a sheet of ours styles is styled by a sheet that the page links to, or that such a sheet imports."""
    styled = {path.relative_to(STATIC).as_posix(): styled_with_imports(path) for path in STATIC.rglob("*.css")}
    everywhere = frozenset().union(*(classes for sheet, classes in styled.items() if sheet not in OTHER_PAGES))
    missing = set()
    for page in answers:
        if page.html and not page.name.startswith("admin:"):
            linked = [sheet for sheet in styled if f"/static/{sheet}" in page.html]
            used = {
                name
                for names in re.findall(r'class="([^"]*)"', page.html)
                for name in names.split()
                if not name.startswith("kern-")
            }
            without = used & everywhere - frozenset().union(*(styled[sheet] for sheet in linked))
            missing |= {f"{page.name}: {name}" for name in without}

    assert sorted(missing) == []


def test_every_name_of_kern_on_a_page_is_one_that_keeps_its_styles(answers):
    left_out = left_out_of_kern()
    assert len(left_out) > 1000
    assert [
        (page.name, name)
        for page in answers
        for names in re.findall(r'class="([^"]*)"', page.html)
        for name in left_out.intersection(names.split())
        if name.startswith("kern-")
    ] == []


@cache
def left_out_of_kern() -> frozenset[str]:
    return classes_in(WHOLE.read_text(encoding="utf-8")) - used_names()


def styled_with_imports(sheet: Path) -> frozenset[str]:
    """Return the classes that a style sheet and those it imports give a style."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    return classes_in(text).union(*(styled_with_imports(sheet.parent / part) for part in IMPORT.findall(text)))


def classes_in(styles: str) -> frozenset[str]:
    selectors = " ".join(re.findall(r"([^{};]*)\{", styles))
    return frozenset(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", selectors))


def find_node() -> str | None:
    """The system's, or the one that the set-up has put beside Python."""
    return shutil.which("node", path=os.pathsep.join((os.environ["PATH"], str(Path(sys.executable).parent))))


def begins_with_a_value(html: str) -> bool:
    """Does a list of facts, or a group in it, begin with a `dd` that no `dt` names? html-validate does not look for it."""
    return bool(re.search(r"<(dl|dl [^>]*)>\s*(<div[^>]*>\s*)?<dd|</div>\s*<div[^>]*>\s*<dd", html))


def test_every_public_page_says_what_it_is_about(crawled, files, settings):
    settings.STORAGES = files
    pages = {answer.address: answer.html for answer in crawled("nobody") if answer.html}
    about = {
        address: re.findall(r'<meta\s+name="description"\s+content="([^"]+)"', html) for address, html in pages.items()
    }
    assert [address for address, texts in about.items() if len(texts) != 1 or not 40 < len(texts[0]) < 200] == []
