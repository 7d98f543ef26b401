"""The legal form on the cover: a choice, what follows from it (C01), and what was written before there was one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from accounts.legal_forms import LegalForm
from applications.checks import Severity
from applications.content import Cover, loads
from applications.content.merging.merge import merge
from applications.content.sheets import Names, cells
from applications.content.simple import LEGAL_FORMS, PERSON
from applications.writing.starting import cover_of
from tests.applications.checks.test_checks import GOOD, dossier, found
from tests.applications.pages import address, send, value_of
from tests.builders import make_organisation, write
from tests.forms import form_of

NOTICE = "Bitte nennen Sie das Finanzamt und das Datum Ihres Freistellungs- oder Feststellungsbescheids."
ALONE = "Privatpersonen können keinen Antrag stellen."
ASKED = "Bitte fragen Sie das BAMF, bevor Sie weiterschreiben."


def c01(**fields) -> list[tuple[str, str, bool]]:
    one = dossier(s0=replace(GOOD["s0"], **fields), today=date(2026, 6, 1))
    return [(finding.field, finding.sentence, finding.blocks) for finding in found(one, "C01")]


NOTHING = {"charitable": "", "charitable_on": ""}


@pytest.mark.parametrize("form", ["municipality", "church", "public_body"])
def test_public_bodies_and_churches_need_no_notice(form):
    assert c01(legal_form=form, **NOTHING) == []


@pytest.mark.parametrize("form", ["ev", "ggmbh", "gug", "foundation", "cooperative"])
def test_associations_and_companies_name_the_office_and_the_day(form):
    assert c01(legal_form=form) == []
    assert c01(legal_form=form, **NOTHING) == [("charitable", NOTICE, True)]


@pytest.mark.parametrize(
    ("office", "day", "expected"),
    [
        ("nein", "2025-03-12", [("charitable", NOTICE, True)]),
        ("Nein, noch nicht", "2025-03-12", [("charitable", NOTICE, True)]),
        ("–", "2025-03-12", [("charitable", NOTICE, True)]),
        ("anerkannt, Bescheid gültig bis 31.12.2029", "2025-03-12", [("charitable", NOTICE, True)]),
        ("Finanzamt Halle, gültig bis 2029", "", [("charitable_on", NOTICE, True)]),
        ("Finanzamt Halle", "2026-06-01", []),
        ("Finanzamt Halle", "2026-06-02", [("charitable_on", "Das Datum Ihres Freistellungs- oder Feststellungsbescheids liegt in der Zukunft. Bitte prüfen Sie es.", True)]),
        ("Halle", "2025-03-12", []),
    ],
)  # fmt: skip
def test_a_no_is_no_notice(office, day, expected):
    assert c01(charitable=office, charitable_on=day) == expected


def test_private_persons_are_refused_whatever_else_they_write():
    assert c01(legal_form=PERSON) == [("legal_form", ALONE, True)]


@pytest.mark.parametrize("written", ["Privatperson", "nein", "gemeinnütziger Verein", "x" * 80])
def test_words_from_before_are_shown_and_the_choice_is_asked_for(written):
    assert c01(legal_form=written) == [
        ("legal_form", f"Als Rechtsform steht hier noch „{written}“. Bitte wählen Sie Ihre Rechtsform aus der Liste.", True)
    ]  # fmt: skip


def test_without_a_legal_form_it_is_asked_for():
    assert c01(legal_form="") == [("legal_form", f"Bitte wählen Sie die Rechtsform Ihrer Organisation. {ALONE}", True)]


@pytest.mark.parametrize(
    ("form", "other", "fields"),
    [("initiative", "", ["legal_form"]), ("other", "Europäische Genossenschaft", ["legal_form"])],
)
def test_what_the_source_leaves_open_is_a_question_and_blocks_nothing(form, other, fields):
    findings = found(dossier(s0=replace(GOOD["s0"], legal_form=form, other_form=other, **NOTHING)), "C01")
    assert [one.field for one in findings] == fields
    assert [(one.severity, one.blocks, one.sentence.endswith(ASKED)) for one in findings] == [
        (Severity.WARNING, False, True)
    ]


def test_another_form_is_named():
    assert [field for field, _sentence, blocks in c01(legal_form="other", **NOTHING) if blocks] == ["other_form"]


def test_every_form_has_its_rule():
    """None of the list is taken for words from before."""
    for key, _label in LEGAL_FORMS:
        assert "steht hier noch" not in "".join(sentence for _field, sentence, _blocks in c01(legal_form=key))
    assert {key for key, _label in LEGAL_FORMS} == {*LegalForm.values, PERSON}


# What was stored before


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("eingetragener Verein (e. V.)", "ev"),
        ("e.\u00a0V.", "ev"),
        (" E. V. ", "ev"),
        ("gemeinnützige GmbH", "ggmbh"),
        ("andere Körperschaft des öffentlichen Rechts", "public_body"),
        ("Verein i. G.", "Verein i. G."),
        ("Zeile\u2028eins\u200b", "Zeile eins"),
        ("gug", "gug"),
        ("", ""),
    ],
)
def test_what_was_written_before_is_a_choice_or_stays_readable(stored, read):
    cover = loads("cover", {"format": 1, "legal_form": stored, "charitable": "Finanzamt Halle, gültig bis 2030"})
    assert cover == Cover(legal_form=read, charitable="Finanzamt Halle, gültig bis 2030")


def test_versions_from_before_are_read_and_compared():
    before = loads("cover", {"legal_form": "Verein in Gründung"})
    after = Cover(legal_form="ev")

    assert [str(cell.html) for cell in cells(before, Names())] == ["Verein in Gründung"]
    [cell] = cells(after, Names(), before)
    assert "Verein in Gründung" in cell.html
    assert "eingetragener Verein (e. V.)" in cell.html


def test_papers_name_the_form_and_the_notice():
    assert Cover(legal_form="ev").legal_form_words == "eingetragener Verein (e. V.)"
    assert Cover(legal_form="other", other_form="SCE").legal_form_words == "SCE"
    assert Cover(legal_form="other").legal_form_words == "andere Rechtsform"
    assert Cover(legal_form="Verein i. G.").legal_form_words == "Verein i. G."
    assert (
        Cover(charitable="FA Halle", charitable_on="2025-03-12").charitable_words == "FA Halle, Bescheid vom 12.03.2025"
    )
    assert Cover(charitable="FA Halle, bis 2030").charitable_words == "FA Halle, bis 2030"


@pytest.mark.django_db
def test_the_cover_begins_with_what_the_organisation_says():
    organisation = make_organisation("Chor", legal_form="church", charitable="yes", charitable_until=date(2030, 1, 1))
    cover = cover_of(organisation, "vielfalt")
    assert (cover.legal_form, cover.charitable, cover.charitable_on) == ("church", "", "")


@pytest.fixture
def cover_page(world, client):
    """The cover as it was written before there was a choice, open before somebody who writes."""
    write(world.application, "s0", Cover(title="Tische", legal_form="Verein i. G."), by=world.amina)
    client.force_login(world.amina)
    return client


@pytest.mark.django_db
def test_the_form_shows_the_words_from_before_until_somebody_chooses(world, cover_page):
    shown = cover_page.get(address(world.application, "s0"))
    assert '<option value="Verein i. G." selected>Verein i. G.</option>' in shown.text
    assert "Als Rechtsform steht hier noch „Verein i. G.“." in shown.text

    send(cover_page, world.application, "s0", {"title": "Lange Tische"})
    assert value_of(world.application, "s0") == Cover(title="Lange Tische", legal_form="Verein i. G.")

    send(
        cover_page,
        world.application,
        "s0",
        {"legal_form": "ev", "charitable": "FA Halle", "charitable_on": "12.03.2025"},
    )
    saved = value_of(world.application, "s0")
    assert (saved.legal_form, saved.charitable, saved.charitable_on) == ("ev", "FA Halle", "2025-03-12")
    again = cover_page.get(address(world.application, "s0"))
    assert form_of(again)["legal_form"] == ["ev"]
    assert "Verein i. G." not in again.text


@pytest.mark.django_db
@pytest.mark.usefixtures("cover_page")
def test_who_only_reads_sees_words_and_choice(world, client):
    client.force_login(world.rana)
    assert "Verein i. G." in client.get(address(world.application, "s0")).text
    write(world.application, "s0", Cover(legal_form="person"), by=world.amina)
    assert "Privatperson" in client.get(address(world.application, "s0")).text


def test_a_choice_and_another_field_are_merged():
    base = Cover(title="Tische", legal_form="Verein i. G.")
    merged = merge(base, replace(base, legal_form="ev"), replace(base, title="Lange Tische"))
    assert (merged.value, merged.clashes) == (Cover(title="Lange Tische", legal_form="ev"), ())
    clashing = merge(base, replace(base, legal_form="ev"), replace(base, legal_form="ggmbh"))
    assert len(clashing.clashes) == 1
