"""The same letters are the same text, however they are spelled: composed or not, with one line end or another."""

from __future__ import annotations

import unicodedata
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.content import Goal, Goals, InvalidContent, Text, loads, normalised, storable
from applications.content.base import MOST_COMPOSED
from applications.content.quotes import Passage, Place, Quote, place_of
from applications.content.sheets import Names
from applications.writing.models import Draft, How, Revision
from applications.writing.word.write import SectionToWrite, write
from calls.terms import SectionTerm
from tests.applications.pages import address, as_script, value_of
from tests.builders import make_application, make_cohort, make_organiser, make_team, make_user, row_id
from tests.builders import write as put
from tests.forms import form_of

COMPOSED = "Größe zählt.\nÄpfel für Ältere."
SPELLINGS = [
    unicodedata.normalize("NFD", COMPOSED),
    *(COMPOSED.replace("\n", end) for end in ("\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c")),
]


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_every_spelling_is_read_as_one(spelled):
    assert normalised(spelled) == COMPOSED
    assert storable(Text(spelled)) == loads("text", Text(spelled).data) == Text(COMPOSED)


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=100))
def test_what_is_read_is_read_again_the_same(text):
    once = normalised(text)
    assert normalised(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not set(once) & set("\r\x0b\x0c\x85\u2028\u2029")


def test_a_letter_is_composed_of_no_more_than_are_reckoned_with():
    letters = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    assert max(len(unicodedata.normalize("NFD", unicodedata.normalize("NFC", one))) for one in letters) <= MOST_COMPOSED


def test_a_line_of_its_own_has_no_line_ends():
    goals = Goals((Goal(id="g", target_group="Fu\u0308r\u2028alle", goal="Fu\u0308r\u2028alle"),))

    assert storable(goals) == Goals((Goal(id="g", target_group="Für alle", goal="Für\nalle"),))


def test_what_grows_by_being_composed_is_still_read_but_not_stored_anew():
    # This letter is two when composed: Unicode wants it so.
    full = Text("\ufb2a" * 50_000)

    assert len(loads("text", full.data).text) == 100_000
    with pytest.raises(InvalidContent, match="zu lang: 100000 Zeichen"):
        storable(full)
    with pytest.raises(InvalidContent, match="zu lang"):
        loads("text", Text("x" * 50_001).data)


def test_a_quote_is_found_in_the_other_spelling():
    quote = Quote(unicodedata.normalize("NFD", "Äpfel"), unicodedata.normalize("NFD", "zählt.\u2028"), " für", 13)

    assert place_of(quote, Passage(COMPOSED)) == Place(13, 18)


# Through the database


@pytest.fixture
def amina(db):
    return make_user("Amina", "Haddad")


@pytest.fixture
def jonas():
    return make_user("Jonas", "Petersen")


@pytest.fixture
def application(amina, jonas):
    return make_application(make_team(make_cohort(make_organiser(make_user("Doris"))), amina, jonas))


@pytest.fixture
def her(client, amina):
    client.force_login(amina)
    return client


def draft_of(application):
    return Draft.objects.get(application=application, key="s1")


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_another_spelling_is_no_change(application, amina, jonas, spelled):
    put(application, "s1", COMPOSED, by=amina)

    answer = draft_of(application).save_content(by=jonas, seen=1, content=Text(spelled))

    assert (answer.how, answer.value) == (How.UNCHANGED, Text(COMPOSED))


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_another_spelling_is_no_conflict(application, amina, jonas, spelled):
    put(application, "s1", COMPOSED, by=amina)
    draft_of(application).save_content(by=amina, seen=1, content=Text(spelled.replace("Gr", "Wahre Gr")))

    answer = draft_of(application).save_content(by=jonas, seen=1, content=Text(f"{spelled} Neu."))

    assert (answer.how, answer.value.text) == (How.MERGED, f"Wahre {COMPOSED} Neu.")
    assert {row.content["text"] for row in Revision.objects.filter(draft__key="s1")} == {
        COMPOSED, f"Wahre {COMPOSED}", f"{COMPOSED} Neu.", f"Wahre {COMPOSED} Neu.",
    }  # fmt: skip


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_a_text_stored_in_another_spelling_is_read_in_ours(application, amina, jonas, spelled):
    put(application, "s1", COMPOSED, by=amina)
    old = {"format": 1, "text": spelled}
    Draft.objects.filter(application=application, key="s1").update(content=old)
    Revision.objects.filter(draft__key="s1").update(content=old)

    assert draft_of(application).value == draft_of(application).value_at(1) == Text(COMPOSED)
    assert draft_of(application).save_content(by=jonas, seen=1, content=Text(COMPOSED)).how == How.UNCHANGED
    put(application, "s1", "Anders.", by=amina)
    revision = Revision.objects.get(draft__key="s1", version=1)
    answer = draft_of(application).restore(revision, by=jonas, seen=2)
    assert (answer.value, Revision.objects.get(version=3).content["text"]) == (Text(COMPOSED), COMPOSED)


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_the_page_and_its_script_send_any_spelling(her, application, spelled):
    put(application, "s1", COMPOSED)
    first, second = row_id("first"), row_id("second")

    same = as_script(her, application, version="1", text=spelled, save=first).json()
    written = as_script(her, application, version="1", text=f"{spelled} Neu.", save=first).json()
    again = as_script(her, application, version="1", text=f"{spelled} Neu.", save=second, after=[first]).json()
    more = as_script(
        her, application, version="1", text=f"{spelled} Neu. Mehr.", save=row_id("x"), after=[first]
    ).json()

    assert [one["state"] for one in (same, written, again, more)] == ["unchanged", "saved", "unchanged", "saved"]
    assert [one["same"] for one in (same, written, again, more)] == [True] * 4
    assert value_of(application, "s1") == Text(f"{COMPOSED} Neu. Mehr.")
    her.post(address(application), {**form_of(her.get(address(application))), "text": f"{spelled} Ende."})
    assert value_of(application, "s1") == Text(f"{COMPOSED} Ende.")


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_fields_of_rows_are_sent_in_any_spelling(her, application, spelled):
    put(application, "s5", Goals((Goal(id=row_id("g"), goal=COMPOSED, target_group="Ältere"),)))
    form = form_of(her.get(address(application, "s5")))
    names = [f"rows-{row_id('g')}-{name}" for name in ("goal", "target_group")]

    her.post(address(application, "s5"), {**form, names[0]: spelled, names[1]: unicodedata.normalize("NFD", "Ältere")})

    assert Revision.objects.filter(draft__key="s5").count() == 1
    her.post(address(application, "s5"), {**form, names[0]: spelled, names[1]: "Fu\u0308r\u2028alle"})
    assert value_of(application, "s5").rows[0] == Goal(id=row_id("g"), goal=COMPOSED, target_group="Für alle")


def test_a_word_file_in_another_spelling_changes_nothing(her, application):
    put(application, "s1", COMPOSED)
    section = SectionToWrite(
        SectionTerm("s1", "Kurzbeschreibung", "text"), 1, Text(unicodedata.normalize("NFD", COMPOSED))
    )
    content = write(application.pk, "Titel", [section], Names())

    page = her.post(
        reverse("applications:word", args=[application.pk]), {"file": SimpleUploadedFile("a.docx", content)}
    )

    assert (page.context["result"].proposals, page.context["result"].same) == ([], ["Kurzbeschreibung"])


def test_what_comes_out_of_a_word_file_is_stored_in_our_spelling(her, application):
    put(application, "s1", "Kurz.")

    her.post(
        reverse("applications:word_take", args=[application.pk]),
        {"take": "s1", "version-s1": "1", "text-s1": SPELLINGS[0].replace("\n", "\u2029")},
    )

    assert Draft.objects.get(application=application, key="s1").content["text"] == COMPOSED


def test_a_text_that_was_kept_in_the_browser_is_taken_back_in_our_spelling(her, application):
    put(application, "s1", "Kurz.")
    kept = SPELLINGS[0].replace("\n", "\u2028")

    answer = as_script(her, application, version="0", text=kept, save=str(uuid4())).json()

    assert answer["state"] == "conflict"
    assert Revision.objects.get(why="conflict").content["text"] == COMPOSED
