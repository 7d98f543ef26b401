"""What the application says twice and differently: other money (C26), and the hours of staff (P04)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from applications.checks import Severity
from applications.content import Income, Personnel, Text
from tests.applications.checks.test_checks import GOOD, dossier, found
from tests.applications.checks.test_declaration_checks import answered


def with_income(**fields):
    line = Income(
        **{"year": 2027, "kind": "DRITT_PRIV", "source": "Stiftung", "amount": 750_000, "state": "promised"} | fields
    )
    return replace(GOOD["s17"], income=(*GOOD["s17"].income, line))


def test_no_other_money_beside_money_of_others_is_asked():
    [finding] = found(dossier(s17=with_income()), "C26")
    assert (finding.key, finding.row, finding.severity, finding.blocks) == ("s16", "other", Severity.WARNING, False)
    assert finding.sentence == (
        "Ihre Antwort auf „Anderswo beantragt?“ ist Nein. Im Finanzierungsplan stehen aber Drittmittel (Geld von anderen): "
        "7.500 €. Was stimmt?"
    )


@pytest.mark.parametrize(
    "fields", [{"kind": "TEILN"}, {"kind": "EIGEN"}, {"amount": 0}, {"amount": None}, {"state": "planned"}]
)
def test_this_is_no_contradiction(fields):
    assert found(dossier(s17=with_income(**fields)), "C26") == []


def test_who_names_other_money_is_not_asked():
    assert found(dossier(s17=with_income(), s16=answered("other", "yes")), "C26") == []


def staff(*lines) -> Personnel:
    return tuple(
        Personnel(id=f"p{number}", year=year, role=role, weekly_hours=hours)
        for number, (role, hours, year) in enumerate(lines)
    )


ONE = staff(("Projektleitung", "15", 2027), ("Projektleitung", "15", 2028))


def p04(text: str, personnel=ONE):
    return found(dossier(s14=Text(text), s17=replace(GOOD["s17"], personnel=personnel)), "P04")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Die Projektleitung arbeitet 20 Stunden in der Woche.", "20 Stunden je Woche"),
        ("Wir planen 19,5 Wochenstunden für die Projektleitung.", "19,5 Stunden je Woche"),
        ("Wer hilft? Die PROJEKTLEITUNG (20 Std./Woche).", "20 Stunden je Woche"),
        ("Projektleitung: 20 h pro Woche", "20 Stunden je Woche"),
        ("Die Projektleitung hat wöchentlich 20 Stunden.", "20 Stunden je Woche"),
        ("Es gibt eine volle Stelle für die Projektleitung.", "eine Stelle von 100 %"),
        ("Die Projektleitung hat eine 75%-Stelle.", "eine Stelle von 75 %"),
    ],
)
def test_hours_that_differ_are_named_both(text, said):
    [finding] = p04(text)
    assert finding.sentence == (
        f"Im Text steht bei „Projektleitung“: {said}. Im Finanzierungsplan stehen 15 Stunden je Woche. Was stimmt?"
    )
    assert (finding.key, finding.severity, finding.blocks) == ("s14", Severity.WARNING, False)
    assert finding.source == "Hinweis des Portals, keine Regel des Aufrufs"


@pytest.mark.parametrize(
    "text",
    [
        "Die Projektleitung arbeitet 15 Stunden in der Woche.",
        "Die Projektleitung arbeitet 15,0 Stunden je Woche.",
        "Die Projektleitung arbeitet bis zu 20 Stunden in der Woche.",
        "Die Projektleitung arbeitet 15 bis 20 Stunden in der Woche.",
        "Die Projektleitung arbeitet 15–20 Stunden in der Woche.",
        "Die Projektleitung hat 20 Stunden für die Termine.",
        "Davon hat die Projektleitung 8 Stunden in der Woche für die Termine.",
        "Die Projektleitung und drei Freiwillige teilen sich 15 und 20 Stunden in der Woche, 5 Stunden pro Woche davon.",
        "Freiwillige helfen 5 Stunden in der Woche.",
        "Die Projektleitung ist da. Freiwillige helfen 5 Stunden in der Woche.",
        "",
    ],
)
def test_what_agrees_or_cannot_be_read_surely_is_not_asked(text):
    assert p04(text) == []


def test_several_roles_are_read_one_by_one():
    two = staff(("Projektleitung", "15", 2027), ("Assistenz", "10", 2027))
    text = "Projektleitung mit 20 Stunden pro Woche und Assistenz mit 10 Stunden pro Woche."
    assert [one.sentence.count("„Projektleitung“") for one in p04(text, two)] == [1]
    assert p04("Projektleitung und Assistenz arbeiten 20 Stunden pro Woche.", two) == []


def test_two_people_of_one_role_may_be_counted_together():
    two = staff(("Fachkraft", "10", 2027), ("Fachkraft", "10", 2027))
    assert p04("Die Fachkraft arbeitet 20 Stunden pro Woche.", two) == []
    [finding] = p04("Die Fachkraft arbeitet 30 Stunden pro Woche.", two)
    assert "stehen 10 oder 20 Stunden" in finding.sentence


def test_a_half_post_may_have_the_hours_of_many_tariffs():
    for hours, expected in (("17.5", 0), ("19.5", 0), ("20", 0), ("21", 0), ("16", 1), ("30", 1)):
        assert len(p04("Die Projektleitung hat eine halbe Stelle.", staff(("Projektleitung", hours, 2027)))) == expected


@pytest.mark.parametrize("lines", [(("Projektleitung", "", 2027),), (("Projektleitung A", "10", 2027), ("Projektleitung B", "10", 2027))])  # fmt: skip
def test_without_hours_or_with_roles_alike_nothing_is_compared(lines):
    assert p04("Die Projektleitung arbeitet 20 Stunden je Woche.", staff(*lines)) == []
