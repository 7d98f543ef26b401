"""Words that point to what the call excludes (C09): which words, where they are looked for, and what is said."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from applications.checks import Severity
from applications.checks.exclusions import SIGNS, pointing, words_of
from applications.content import Budget, Expense, Goals, Partner, Partners, Personnel, Text, WorkPlan
from calls.terms import QuestionTerm
from tests.applications.checks.test_checks import GOOD, TERMS, dossier, found

REFERENCE = Path(settings.BASE_DIR) / "calls/data/bgz-2026/questions.toml"


def keys_of(text: str) -> list[str]:
    return [key for key, _words in pointing(words_of([text]), SIGNS)]


def test_every_exclusion_of_the_reference_call_has_its_words():
    questions = tomllib.loads(REFERENCE.read_text())["question"]
    excluded = {row["key"] for row in questions if row.get("check_code") == "C08"}

    assert excluded - set(SIGNS) == set()
    assert set(SIGNS) - excluded <= {"social_work"}


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("Bewerbungstraining", "labour_market"), ("Jobcenter", "social_code"), ("Einzelfallberatung", "individual_counselling"),
        ("Einzelfallberatungen", "individual_counselling"), ("Asyl- und Sozialberatung", "individual_counselling"),
        ("Kita", "public_tasks"), ("KITA", "public_tasks"), ("Hausaufgabenhilfe", "public_tasks"),
        ("Schulsozialarbeit", "social_work"), ("Deutschkurs", "language_course"), ("Sprach-Kurs", "language_course"),
        ("Sport", "organised_sport"), ("Vereinssport", "organised_sport"), ("Sportangebote", "organised_sport"),
        ("FUSSBALLTRAINING", "organised_sport"), ("Fußballtraining", "organised_sport"), ("Forschung", "research"),
        ("Begleitforschung", "research"), ("Neubau", "building"), ("Umbauten", "building"), ("Bundesmittel", "other_federal_funding"),
    ],
)  # fmt: skip
def test_a_word_points_to_its_exclusion(word, key):
    assert keys_of(f"Es gibt {word}.") == [key]


@pytest.mark.parametrize(
    "text",
    ["Transport", "Krankentransport", "sportlich", "Aufbau", "Abbau von Vorurteilen", "Schulung", "erforschen",
     "Ausbau des Netzwerks", "Anbau von Gemüse", "Hortensien", "Nachbarschaft", "Kitara", "Beratung im Verein",
     "Erfahrung in Gemeinwesenarbeit"],
)  # fmt: skip
def test_words_that_only_look_alike_are_not_meant(text):
    assert keys_of(text) == []


def rows(**changes):
    return [(one.key, one.row, one.more) for one in found(dossier(**changes), "C09")]


LINE = Expense(
    id="e1", year=2027, kind="MASS", title="Lebensmittel", quantity="44", unit_price=14500, justification="Kochen"
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"s0": replace(GOOD["s0"], title="Sport für alle")}, ("s0", "")),
        ({"s0": replace(GOOD["s0"], organisation="Sportverein Kiesheim e. V.")}, None),
        ({"s4": Text("Sport am Abend.")}, ("s4", "")),
        ({"s9": Text("Kein Sport, kein Deutschkurs.")}, None),
        ({"s5": Goals((replace(GOOD["s5"].rows[0], goal="Mehr machen Sport."),))}, ("s5", "z1")),
        ({"s7": WorkPlan((replace(GOOD["s7"].rows[0], title="Fußballtraining"),))}, ("s7", "m1")),
        ({"s7": WorkPlan((replace(GOOD["s7"].rows[0], description="Wir treiben Sport."),))}, ("s7", "m1")),
        ({"s8": Partners("Sport.", GOOD["s8"].rows)}, ("s8", "")),
        ({"s8": Partners("", (Partner(id="p1", name="Stadt", kind="municipality", contribution="Ein Deutschkurs."),))}, ("s8", "p1")),
        ({"s8": Partners("", (Partner(id="p1", name="Sportverein", kind="municipality"),))}, None),
        ({"s17": replace(GOOD["s17"], expenses=(replace(LINE, title="Honorar für den Deutschkurs"),))}, ("s17", "e1")),
        ({"s17": replace(GOOD["s17"], expenses=(replace(LINE, justification="Für den Deutschkurs."),))}, ("s17", "e1")),
        ({"s17": Budget(personnel=(Personnel(id="p1", role="Einzelfallberatung"),))}, ("s17", "p1")),
        ({"s17": replace(GOOD["s17"], expenses=(replace(LINE, title="Umbau"),))}, None),
    ],
)  # fmt: skip
def test_everywhere_it_is_said_what_is_done(changes, expected):
    assert rows(**changes) == ([(*expected, ())] if expected else [])


def test_rows_of_one_section_are_said_once_and_lead_to_each():
    activities = tuple(replace(GOOD["s7"].rows[0], id=name, title=f"Sport {name}") for name in ("a", "b", "c"))
    assert rows(s7=WorkPlan(activities)) == [("s7", "a", ("b", "c"))]


def test_words_stand_as_they_were_written_with_the_question_they_belong_to():
    text = "Einzelberatung, Fußballtraining und FUSSBALLTRAINING, auch kein fußballtraining. Boxtraining."
    assert [(one.sentence, one.severity, one.blocks) for one in found(dossier(s4=Text(text)), "C09")] == [
        (
            "In „Abschnitt 4“ stehen „Fußballtraining“, „Boxtraining“. Diese Wörter können auf etwas hinweisen, das nicht gefördert wird. Prüfen Sie bitte, ob der Zusammenhang klar ist. Es geht um die Frage: „Sport?“",
            Severity.WARNING,
            False,
        ),
        (
            "In „Abschnitt 4“ steht „Einzelberatung“. Dieses Wort kann auf etwas hinweisen, das nicht gefördert wird. Prüfen Sie bitte, ob der Zusammenhang klar ist. Es geht um die Frage: „Beratung?“",
            Severity.WARNING,
            False,
        ),
    ]


def test_of_many_words_the_first_are_named():
    [finding] = found(dossier(s4=Text(" ".join(f"Sport{end}" for end in "abcdef"))), "C09")
    assert "„Sporta“, „Sportb“, „Sportc“, „Sportd“, „Sporte“ und weitere. Diese Wörter" in finding.sentence


def test_only_what_the_call_excludes_is_looked_for():
    one = dossier(s4=Text("Forschung und Sport."))
    assert [finding.sentence.count("Forschung") for finding in found(one, "C09")] == [0]
    research = QuestionTerm("research", "exclusion", "Forschung?", wanted="no", check_code="C08")
    more = replace(one, terms=replace(TERMS, questions=[*TERMS.questions, research]))
    assert len(found(more, "C09")) == 2
