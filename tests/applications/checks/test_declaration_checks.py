"""What answers and attachments are found wanting for: which block, which warn, and what is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from applications.checks import Severity, run
from applications.content import Answer, Attachments, Declarations, Item
from calls.terms import AttachmentTerm, QuestionTerm, Terms
from tests.applications.checks.test_checks import GOOD, TERMS, dossier, found


def answered(key: str, answer: str, note: str = "") -> Declarations:
    rows = [row for row in GOOD["s16"].answers if row.id != key]
    return Declarations((*rows, Answer(id=key, answer=answer, note=note)))


def said(code: str, one) -> list[tuple[str, Severity, bool]]:
    return [(finding.sentence, finding.severity, finding.blocks) for finding in found(one, code)]


def test_an_exclusion_names_the_answer_and_whom_to_ask_about_a_small_part():
    sentence = (
        "Ihre Antwort auf „Sport?“ ist Ja. Solche Vorhaben schließt die Förderrichtlinie oder der Aufruf aus. "
        "Ist es nur ein kleiner Teil? Dann fragen Sie das BAMF, bevor Sie weitermachen."
    )
    assert said("C08", dossier(s16=answered("organised_sport", "yes"))) == [(sentence, Severity.ERROR, True)]


def test_a_question_that_is_no_exclusion_of_the_call_never_blocks():
    questions = [replace(one, kind="declaration") if one.key == "organised_sport" else one for one in TERMS.questions]
    asking = replace(dossier(s16=answered("organised_sport", "yes")), terms=replace(TERMS, questions=questions))

    assert [(one.severity, one.blocks) for one in found(asking, "C08")] == [(Severity.WARNING, False)]


def test_an_exclusion_that_the_call_adds_is_asked_without_naming_its_key():
    added = QuestionTerm("social_work", "exclusion", "Regelmäßige Angebote?", wanted="no", check_code="C08")
    terms = replace(TERMS, questions=[*TERMS.questions, added])

    assert [one.row for one in found(replace(dossier(), terms=terms), "C08")] == ["social_work"]
    yes = dossier(s16=answered("social_work", "yes"))
    assert [(one.row, one.blocks) for one in found(replace(yes, terms=terms), "C08")] == [("social_work", True)]


AGE = "Das Programm richtet sich vornehmlich an Menschen ab 12 Jahren. Bitte erklären Sie, warum auch Jüngere dazugehören."


@pytest.mark.parametrize(
    ("answer", "note", "sentences"),
    [
        ("yes", "", []),
        ("no", "", [AGE]),
        ("no", " \n", [AGE]),
        ("no", "Geschwister kommen mit ihren Eltern.", []),
        ("", "", ["Bitte beantworten Sie die Frage: „Ab zwölf?“"]),
    ],
)
def test_younger_people_are_to_be_explained_and_never_block(answer, note, sentences):
    assert said("C10", dossier(s16=answered("age_12", answer, note))) == [
        (one, Severity.WARNING, False) for one in sentences
    ]


def test_the_age_is_the_one_of_the_call():
    limits = [one for one in TERMS.limits if one.key != "min_age"]
    unset = replace(dossier(s16=answered("age_12", "no")), terms=replace(TERMS, limits=limits))

    assert [one.sentence for one in found(unset, "C10")] == ["Bitte erklären Sie, warum auch Jüngere dazugehören."]


def test_a_project_that_has_begun_is_told_what_it_said():
    [(sentence, _severity, blocks)] = said("C07", dossier(s16=answered("begun", "yes")))
    assert (sentence, blocks) == (
        "Sie haben angegeben, dass das Vorhaben schon begonnen hat. Gefördert wird nur, was noch nicht begonnen hat.",
        True,
    )


def test_attachments_that_are_not_decided_are_counted_and_named():
    two = replace(
        TERMS, attachments=[AttachmentTerm("register", "Registerauszug"), AttachmentTerm("statutes", "Satzung")]
    )
    [sentence] = [one.sentence for one in run(replace(dossier(s15=Attachments()), terms=two)) if one.code == "C28"]
    assert sentence == (
        "Bei 2 Anlagen ist noch nicht gewählt, ob sie beiliegen, folgen oder entfallen: Registerauszug, Satzung."
    )


@pytest.mark.parametrize("stage", [1, 2])
def test_what_always_belongs_to_it_cannot_be_left_out(stage):
    kinds = [
        AttachmentTerm("register", "Registerauszug"),
        AttachmentTerm("cover_sheet", "Titelblatt", may_be_dropped=False),
        AttachmentTerm("tax", "Steuer", stage=2, may_be_dropped=False),
    ]
    states = Attachments(tuple(Item(id=kind.key, state="not_needed") for kind in kinds))
    one = replace(dossier(s15=states, stage=stage), terms=replace(TERMS, attachments=kinds))

    kind = kinds[stage]
    assert [(finding.row, finding.sentence, finding.blocks) for finding in found(one, "C28")] == [
        (kind.key, f"„{kind.label}“ gehört immer dazu und kann nicht entfallen.", stage == 2)
    ]


@pytest.mark.parametrize("state", ["", "follows", "not_needed"])
def test_nobody_is_asked_of_a_paper_that_the_portal_makes(state):
    one = replace(TERMS, attachments=[AttachmentTerm("sketch", "Projektskizze", may_be_dropped=False)])
    listed = Attachments((Item(id="sketch", state=state),))
    assert listed.state("sketch") == "enclosed"
    assert found(replace(dossier(s15=listed), terms=one), "C28") == []


def test_an_edition_from_before_asks_for_nothing_more():
    frozen = {"attachments": [{"key": "sketch", "label": "Skizze", "guidance": "", "stage": 1, "source": ""}]}
    assert Terms.from_json(frozen).attachments[0].may_be_dropped
