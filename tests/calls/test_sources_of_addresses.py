"""Addresses and signatures that were loaded or written with one text as their source keep it, and none is verified by a guess."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.urls import reverse

from calls.models import UmbrellaRoute
from calls.reference import DATA, load_call
from tests.builders import log_in, make_bamf, source_of
from tests.calls.admin_pages import row_of, said, sent_with

MIGRATION = import_module("calls.migrations.0006_sources_of_addresses")
READ = {"addressee_certainty": "verified", "addressee_checked_on": date(2026, 11, 1), "addressee_checked_by": "Emil"}


@pytest.mark.parametrize(
    ("text", "is_example", "parts"),
    [
        ("Beispiel", True, ("Beispiel", "erfunden", "ohne Datum")),
        ("Beispiel", False, ("", "Beispiel", "")),
        ("BAMF, Aufruf 2027, März 2026", False, ("", "BAMF, Aufruf 2027, März 2026", "")),
        ("", False, ("", "", "")),
    ],
)
def test_a_text_becomes_its_parts_only_where_they_are_known(text, is_example, parts):
    assert MIGRATION.parts_of(text, MIGRATION.known_sources(), is_example=is_example) == parts


def test_what_our_files_say_is_known_as_it_is_loaded_now(db):
    """A database that is brought up to date says the same as one that is loaded anew."""
    call = load_call(DATA / "bgz-2026").call

    loaded = (call.addressee_source_issuer, call.addressee_source_title, call.addressee_source_date)
    assert set(MIGRATION.known_sources().values()) == {loaded}
    assert "" not in loaded


def test_without_our_files_nothing_is_known(tmp_path):
    (tmp_path / "bgz-2026").mkdir()

    assert MIGRATION.known_sources(tmp_path) == {}


@pytest.mark.parametrize("certainty", ["verified", "reported"])
def test_what_was_verified_by_one_text_becomes_assumed(certainty):
    row = SimpleNamespace(source="Rundbrief", addressee_certainty=certainty)

    values = MIGRATION.values_of(row, "source", "addressee", {}, is_example=False)

    lowered = {"addressee_certainty": "assumed", "addressee_checked_on": None, "addressee_checked_by": ""}
    parts = source_of("addressee", "Rundbrief", issuer="", date="")
    assert values == (parts | lowered if certainty == "verified" else parts)


@pytest.mark.parametrize("of", ["call", "route"])
def test_another_source_of_an_address_is_not_the_one_that_was_checked(client, db, of):
    call = load_call(DATA / "bgz-2026").call
    checked = source_of("addressee", "Rundbrief") | READ
    if of == "call":
        record = call
        type(call).objects.filter(pk=call.pk).update(**checked)
    else:
        record = UmbrellaRoute.objects.create(
            call=call, umbrella_body="Beispielverband", addressee="Postfach 1", **checked
        )
    log_in(client, make_bamf())
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])
    shown = client.get(page)
    prefix = "" if of == "call" else f"{row_of(shown, record)}-"

    answer = client.post(page, sent_with(shown, **{f"{prefix}addressee_source_date": "Mai 2027"}), follow=True)

    record.refresh_from_db()
    assert (record.addressee_source, record.addressee_certainty, record.addressee_checked_on) == (
        "Beispielamt, Rundbrief (Mai 2027)",
        "assumed",
        None,
    )
    assert any("nicht mehr „geprüft“" in text for text in said(answer))


def test_the_address_of_another_umbrella_body_is_not_the_one_that_was_checked(client, db):
    call = load_call(DATA / "bgz-2026").call
    checked = source_of("addressee", "Rundbrief") | READ
    route = UmbrellaRoute.objects.create(call=call, umbrella_body="Beispielverband", addressee="Postfach 1", **checked)
    log_in(client, make_bamf())
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])
    shown = client.get(page)

    client.post(page, sent_with(shown, **{f"{row_of(shown, route)}-umbrella_body": "Anderer Verband"}))

    route.refresh_from_db()
    assert (route.umbrella_body, route.addressee_certainty) == ("Anderer Verband", "assumed")
