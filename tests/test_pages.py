"""Every page of everybody, reached by its links: none of them leads to a refusal.

The pages of the access table are where it begins; what they link to is opened, and what that links to, until nothing
new comes. Beside the six of the table there are people for whom there is little yet, who only read, or who have left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from tests.access_table import TABLE
from tests.access_world import PEOPLE, AccessWorld, arguments
from tests.builders import log_in
from tests.crawl import Answer, crawl
from tests.newcomers import NEWCOMERS, make_newcomers

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite only: PostgreSQL answers with the same pages"),
]
EVERYBODY = (*PEOPLE, *NEWCOMERS)


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


def pages_of(person: str, world: AccessWorld) -> Iterator[str]:
    """The addresses the access table says this person finds a page at; a newcomer begins at the start page alone."""
    for name, (method, signs) in TABLE.items():
        if method == "GET" and person in PEOPLE and signs.split()[PEOPLE.index(person)] == "o":
            yield reverse(name, kwargs=arguments(name, world))


@pytest.mark.parametrize("person", EVERYBODY)
def test_no_link_leads_to_a_refusal(crawled, files, settings, person):
    settings.STORAGES = files
    answers = crawled(person)
    assert [
        f"{answer.status} {answer.address}, linked on {answer.linked_on}"
        for answer in answers
        if answer.status not in {200, 302}
    ] == []
    start = "home" if person == "nobody" else "dashboard"
    assert (start, 200) in {(answer.name, answer.status) for answer in answers}
    assert len(answers) > 10  # links were found, and followed
