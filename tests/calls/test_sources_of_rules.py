"""Rules that were loaded or written with one text as their source keep it, and none is verified by a guess."""

from __future__ import annotations

from importlib import import_module

import pytest

from calls.reference import DATA, load_call

MIGRATION = import_module("calls.migrations.0005_sources_of_rules")
BMI = "Bundesministerium des Innern und für Heimat"
OVER = "gültig 01.01.2023 bis 31.12.2025, Nachfolge nicht geprüft"


@pytest.mark.parametrize(
    ("text", "is_example", "parts"),
    [
        (f"Förderrichtlinie, Nr. 4.5 ({OVER})", False, (BMI, "Förderrichtlinie, Nr. 4.5", OVER)),
        ("Fragen und Antworten", False, ("BGZ vor Ort", "Fragen und Antworten", "ohne Datum")),
        (
            f"Förderrichtlinie, Nr. 5.3 ({OVER}); Richtlinien zum Antrag auf Ausgabenbasis (AZA)",
            False,
            (
                f"{BMI}; Formularschrank des Bundes (BMWK)",
                "Förderrichtlinie, Nr. 5.3; Richtlinien zum Antrag auf Ausgabenbasis (AZA)",
                f"{OVER}; ohne Datum",
            ),
        ),
        ("Beispiel, nach: ANBest-P, Nr. 1.3", True, ("Beispiel", "nach: ANBest-P, Nr. 1.3", "ohne Datum")),
        ("Beispiel", True, ("Beispiel", "erfunden", "ohne Datum")),
        ("Beispiel", False, ("", "Beispiel", "")),
        ("BAMF, Aufruf 2027, März 2026", False, ("", "BAMF, Aufruf 2027, März 2026", "")),
        ("BAMF, Aufruf 2027, März 2026", True, ("", "BAMF, Aufruf 2027, März 2026", "")),
        ("", False, ("", "", "")),
    ],
)
def test_a_text_becomes_its_parts_only_where_they_are_known(text, is_example, parts):
    assert MIGRATION.parts_of(text, MIGRATION.known_sources(), is_example=is_example) == parts


def test_every_rule_of_our_files_is_known_as_it_is_loaded_now(db):
    """A database that is brought up to date says the same as one that is loaded anew."""
    rules = load_call(DATA / "bgz-2026").call.rules.exclude(source_title="")

    loaded = set(rules.values_list("source_issuer", "source_title", "source_date"))
    assert set(MIGRATION.known_sources().values()) == loaded


def test_without_our_files_nothing_is_known(tmp_path):
    (tmp_path / "bgz-2026").mkdir()

    assert MIGRATION.known_sources(tmp_path) == {}
