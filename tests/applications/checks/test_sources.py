"""The source of a finding as one short mark, with the whole behind it."""

from __future__ import annotations

import pytest

from applications.checks import Finding, Moment, Severity
from applications.checks.base import OWN
from applications.checks.sources import SourceMark
from calls.terms import RuleTerm

DIRECTIVE = "Förderrichtlinie, Nr. 5.3 (gültig 01.01.2023 bis 31.12.2025, Nachfolge nicht geprüft)"


def finding(code: str = "B05", source: str = DIRECTIVE, **more) -> Finding:
    rule = more.pop("rule", RuleTerm(code, source, "verified", label="Investitionen stehen nur im ersten Jahr"))
    values = {"severity": Severity.ERROR, "moment": Moment.FINISHING, "blocks": True} | more
    return Finding(code, sentence="Satz.", key="s17", row="", field="", more=(), source=source, rule=rule, **values)


@pytest.mark.parametrize(
    ("source", "mark"),
    [
        (DIRECTIVE, "Förderrichtlinie Nr. 5.3 · B05"),
        (f"Leitfaden BgZ-09 (März 2021; Auszug); {DIRECTIVE}", "Förderrichtlinie Nr. 5.3 · B05"),
        (f"Beispiel, nach: {DIRECTIVE}, geprüft am 1. Oktober 2026", "Förderrichtlinie Nr. 5.3 · B05"),
        ("Ausschreibung 2026, wiedergegeben vom Erzgebirgskreis (03.06.2025)", "Ausschreibung 2026 · B05"),
        ("ProjektWissen: Finanzierungsplan", "ProjektWissen: Finanzierungsplan · B05"),
        ("", "Keine Quelle eingetragen · B05"),
    ],
)
def test_the_mark_is_the_name_of_the_source_with_its_number(source, mark):
    assert SourceMark.of([finding(source=source)]).mark == mark


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("Förderrichtlinie, Nr. 5.3", "Förderrichtlinie Nr. 5.3 · B05"),
        ("Leitfaden BgZ-09; Förderrichtlinie, Nr. 5.3", "Förderrichtlinie Nr. 5.3 · B05"),
        ("nach: Förderrichtlinie, Nr. 5.3", "Förderrichtlinie Nr. 5.3 · B05"),
        ("", "BMI · B05"),
    ],
)
def test_the_mark_is_the_title_and_not_who_issued_it(title, mark):
    source = "BMI, Förderrichtlinie"
    found = SourceMark.of([finding(source=source, rule=RuleTerm("B05", source, "verified", title=title))])
    assert (found.mark, found.lines[0].startswith(f"B05: Quelle: {source}.")) == (mark, True)


def test_a_limit_with_a_long_source_has_the_mark_of_its_rule_and_keeps_its_source_behind_it():
    limit = "Stadt Duisburg, Ausschreibung 2026, geprüft am 22. November 2026"
    source = SourceMark.of([finding(source=limit, rule=RuleTerm("B02", DIRECTIVE, "verified"), code="B02")])
    assert source.mark == "Förderrichtlinie Nr. 5.3 · B02"
    assert source.lines == (
        f"B02: Quelle: {limit}. Solange das offen ist, lässt sich das Vorhaben nicht fertigstellen.",
    )


def test_the_whole_says_the_rule_its_source_and_what_it_keeps_from_going_on():
    said = [
        SourceMark.of([finding(**values)]).lines[0].rpartition("geprüft). ")[2]
        for values in (
            {},
            {"moment": Moment.POSTING},
            {"moment": Moment.POSTING, "blocks": False},
            {"blocks": False, "guess": True},
        )
    ]
    assert said == [
        "Solange das offen ist, lässt sich das Vorhaben nicht fertigstellen.",
        "Wichtig, bevor Sie es einreichen.",
        "Das betrifft das Einreichen.",
        "Das ist eine Vermutung nach Stichworten. Sie hält nichts auf.",
    ]
    assert SourceMark.of([finding(blocks=False)]).lines == (
        f"B05: Investitionen stehen nur im ersten Jahr. Quelle: {DIRECTIVE}.",
    )


def test_several_findings_have_one_mark():
    other = "ANBest-P, Nr. 5.1 (September 2025)"
    own = finding("P02", str(OWN), rule=None, blocks=False)
    assert SourceMark.of([own]).mark == "Hinweis des Portals · P02"
    assert SourceMark.of([finding(), finding("B06")]).mark == "Förderrichtlinie Nr. 5.3 · B05, B06"
    both = SourceMark.of([finding(), finding(), finding("C26", other)])
    assert (both.mark, len(both.lines)) == ("Förderrichtlinie Nr. 5.3 u. a. · B05, C26", 2)
    many = [finding(code) for code in ("B05", "B06", "B07", "B09")]
    assert SourceMark.of(many).mark == "Förderrichtlinie Nr. 5.3 · 4 Prüfungen"
