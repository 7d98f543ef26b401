"""What two editions say differently, in sentences."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from calls.comparing import changes, unchecked
from calls.terms import AttachmentTerm, KindTerm, LimitTerm, QuestionTerm, SectionTerm, Terms, ThemeTerm

BEFORE = Terms(
    themes=[ThemeTerm("vielfalt", "Vielfalt")],
    sections=[
        SectionTerm("s1", "Kurz", "text", question="Worum geht es?", soft_limit=1000),
        SectionTerm("s3", "Lage", "text", guidance="Alte Hilfe"),
        SectionTerm("s9", "Neues", "text", soft_limit=1200),
    ],
    kinds=[KindTerm("HON", "Honorare")],
    questions=[QuestionTerm("begun", "declaration", "Hat es begonnen?")],
    attachments=[AttachmentTerm("register", "Registerauszug")],
    limits=[
        LimitTerm("max_grant", "Höchste Zuwendung", Decimal(70000), "Euro"),
        LimitTerm("own", "Eigenanteil", None),
        LimitTerm("kind", "Art", None, text="Fehlbedarf"),
        LimitTerm("gone", "Alte Grenze", Decimal(3)),
    ],
)


def sentences(after):
    return {part.title: part.sentences for part in changes(BEFORE, after)}


def test_same_rules_say_nothing_and_neither_do_helps():
    helped = replace(BEFORE, sections=[replace(section, guidance="Neue Hilfe") for section in BEFORE.sections])
    written = replace(
        BEFORE, limits=[replace(limit, value=limit.value and Decimal(f"{limit.value}.00")) for limit in BEFORE.limits]
    )

    assert (changes(BEFORE, BEFORE), changes(BEFORE, helped), changes(BEFORE, written)) == ([], [], [])


def test_limits():
    after = replace(
        BEFORE,
        limits=[
            LimitTerm("max_grant", "Höchste Zuwendung", Decimal(60000), "Euro"),
            LimitTerm("own", "Eigenanteil", Decimal(10), "Prozent"),
            LimitTerm("kind", "Art", None),
        ],
    )

    assert sentences(after) == {
        "Grenzen": [
            "Höchste Zuwendung: jetzt 60.000 Euro, damals 70.000 Euro.",
            "Eigenanteil: jetzt 10 Prozent, damals nicht eingetragen.",
            "Art: hier noch nicht eingetragen, damals Fehlbedarf.",
            "Alte Grenze: nicht mehr dabei, damals 3.",
        ]
    }


def test_sections_with_their_questions_and_lengths():
    after = replace(
        BEFORE,
        sections=[
            SectionTerm("s1", "Kurz gesagt", "text", question="Was wollen Sie?", soft_limit=1500),
            SectionTerm("s3", "Lage", "text", soft_limit=900),
            SectionTerm("s4", "Zielgruppe", "text"),
        ],
    )

    assert sentences(after) == {
        "Abschnitte": [
            "Statt „Kurz“ heißt es jetzt: „Kurz gesagt“.",
            "Neu: „Zielgruppe“.",
            "Nicht mehr dabei: „Neues“.",
            "„Kurz gesagt“ fragt jetzt: Was wollen Sie?",
            "„Kurz gesagt“: Richtwert jetzt 1.500 Zeichen, damals 1.000.",
            "„Lage“ hat jetzt einen Richtwert: 900 Zeichen.",
        ]
    }
    without = replace(BEFORE, sections=[replace(section, soft_limit=None) for section in BEFORE.sections])
    assert sentences(without)["Abschnitte"][0] == "„Kurz“ hat keinen Richtwert mehr, damals 1.000 Zeichen."


def test_questions_themes_kinds_and_attachments():
    after = replace(
        BEFORE,
        themes=[ThemeTerm("vielfalt", "Vielfalt und Toleranz")],
        questions=[QuestionTerm("age", "declaration", "Ab 12 Jahren?")],
        kinds=[KindTerm("MIETE", "Mieten")],
        attachments=[],
    )

    assert sentences(after) == {
        "Fragen und Erklärungen": ["Neu: „Ab 12 Jahren?“.", "Nicht mehr dabei: „Hat es begonnen?“."],
        "Themenschwerpunkte": ["Statt „Vielfalt“ heißt es jetzt: „Vielfalt und Toleranz“."],
        "Ausgabenarten": ["Neu: „Mieten“.", "Nicht mehr dabei: „Honorare“."],
        "Anlagen": ["Nicht mehr dabei: „Registerauszug“."],
    }


def test_limits_that_nobody_looked_up_for_the_new_call():
    carried = [replace(limit, certainty="carried_over") for limit in BEFORE.limits]

    assert unchecked(replace(BEFORE, limits=carried)) == ["Höchste Zuwendung", "Art", "Alte Grenze"]
    assert unchecked(BEFORE) == []
