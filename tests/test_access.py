"""Who gets in where: every address of the portal × six people, complete by introspection of the URL configuration.

The rows are about Amina's cohort, seen by nobody, Amina, Bilal (takes part elsewhere), Carla (coaches it), Doris
(organises it) and Emil (BAMF). What somebody must not see is really there, and has words of its own that stand on no
page of hers. One sign a person:

`o` ok (200, or a form that asks again: 422) · `>` on to another page · `L` to the login · `-` not found (404) · `x` not allowed (403) · `m` wrong method (405)
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import urlencode

from tests.access_table import MORE, TABLE
from tests.access_world import BY_LINK, MARKERS, PEOPLE, AccessWorld, arguments, may_find
from tests.builders import log_in

SIGNS = {200: "o", 401: "l", 422: "o", 403: "x", 404: "-", 405: "m", 400: "?", 500: "!"}


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """The full name of every address; one without a name would be overlooked, so there must be none."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif pattern.name:
            yield prefix + pattern.name


def test_table_is_complete():
    assert sorted(TABLE) == sorted(set(addresses(get_resolver().url_patterns)))


def test_only_the_admin_has_addresses_without_a_name():
    def unnamed(patterns: list, namespace: str = "") -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from unnamed(pattern.url_patterns, pattern.namespace or namespace)
            elif not pattern.name:
                yield namespace

    assert set(unnamed(get_resolver().url_patterns)) == {"admin"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """A store of its own, for the world's files outlive a single test."""
    folder = {"location": tmp_path_factory.mktemp("files")}
    return settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": folder}
    }


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, files) -> Iterator[AccessWorld]:
    """Built once for all six; every request is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(STORAGES=files):
        yield AccessWorld()
        transaction.set_rollback(True)


def addresses_of(world: AccessWorld) -> Iterator[tuple[str, str, str, str]]:
    """Name, address, method and the six signs of every row."""
    for name, (method, signs) in TABLE.items():
        yield name, reverse(name, kwargs=arguments(name, world)), method, signs
    for (name, which), (method, signs) in MORE.items():
        first, *rest = arguments(name, world).items()
        yield f"{name} {which}", reverse(name, kwargs={first[0]: getattr(world, which).pk, **dict(rest)}), method, signs


def ask(client: Client, method: str, url: str) -> tuple[str, str]:
    """The sign of the answer, and all it says."""
    with transaction.atomic():
        response = client.generic(method, url, content_type="application/x-www-form-urlencoded")
        said = (b"".join(response) if response.streaming else response.content).decode(errors="replace")
        said += "".join(response.headers.values())
        for close in response._resource_closers:  # not close(): that would end the connection the world lives on
            close()
        transaction.set_rollback(True)
    if response.status_code in {301, 302, 303}:
        return "L" if response["Location"].startswith(("/konto/login/?", "/konto/login/code")) else ">", said
    return SIGNS[response.status_code], said


@pytest.mark.django_db
@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_where_they_may_and_nowhere_else(world, files, settings, person):
    settings.STORAGES = files
    place, wrong, seen, known = PEOPLE.index(person), {}, set(), Client()
    if person != "nobody":
        log_in(known, getattr(world, person))
    for name, url, method, signs in addresses_of(world):
        client = Client(raise_request_exception=False)
        client.cookies = deepcopy(known.cookies)
        found, said = ask(client, method, url)
        if found != signs.split()[place]:
            wrong[name] = f"{method} expected {signs.split()[place]}, found {found}"
        words = {word for word in MARKERS if word in said} - BY_LINK.get(name, set())
        if leaked := words - may_find(person):
            wrong[f"{name} leaks"] = " ".join(sorted(leaked))
        seen |= words
    assert wrong == {}
    assert seen == may_find(person)  # each word is found by whoever may: so it is there to be leaked


@pytest.mark.django_db
def test_every_address_that_only_takes_forms_leads_back_over_what_was_sent(world):
    """It shows no page itself, so nobody may be led there by the login."""
    back = f"{reverse('account_login')}?{urlencode({'next': reverse('resend')})}"
    behind = [name for name, (method, signs) in TABLE.items() if method == "POST" and signs.startswith("L")]
    led = {}
    for name in behind:
        with transaction.atomic():
            led[name] = Client().post(reverse(name, kwargs=arguments(name, world)), {"text": "Hallo."}).url
            transaction.set_rollback(True)
    assert led == dict.fromkeys(behind, back)
