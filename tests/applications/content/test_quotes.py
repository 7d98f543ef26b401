"""Where quoted words stand after an edit: a table of edits, and whatever hypothesis thinks of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.content.quotes import CONTEXT, Passage, Place, Quote, place_of, quoted

FIRST = "Der Verein lädt jeden Samstag zum Kochen in den Hof ein."
SECOND = "Viele kommen wieder, manche bringen Freunde mit."
THIRD = "Am Ende waschen alle zusammen ab und verabreden sich neu."


def marked(text):
    """The text without its marks, and where the marked words stand; no marks: nowhere."""
    start, end = text.find("⟦"), text.find("⟧")
    plain = text.replace("⟦", "").replace("⟧", "")
    return plain, (start, end - 1) if start >= 0 else None


# What was quoted; what the text is then, with the place where the comment stands marked in it, none where it is gone.
# "=": the words themselves stand there; "≈": others stand in their place, and the page says so.
KEPT = "="
OTHER = "≈"
GONE = ""
CASES = {
    "nothing changed": (f"{FIRST} ⟦Viele kommen wieder⟧, mit Freunden.", f"{FIRST} ⟦Viele kommen wieder⟧, mit Freunden.", KEPT),
    "a word before": ("Bei uns ⟦kochen viele⟧ im Hof.", "Bei uns im Viertel ⟦kochen viele⟧ im Hof.", KEPT),
    "a sentence before": (f"⟦{SECOND}⟧ {THIRD}", f"{FIRST} ⟦{SECOND}⟧ {THIRD}", KEPT),
    "a paragraph before": (f"⟦{SECOND}⟧\n\n{THIRD}", f"{FIRST}\n\n⟦{SECOND}⟧\n\n{THIRD}", KEPT),
    "everything before deleted": (f"{FIRST} ⟦{SECOND}⟧", f"⟦{SECOND}⟧", KEPT),
    "a word after": ("Bei uns ⟦kochen viele⟧ im Hof.", "Bei uns ⟦kochen viele⟧ gern im Hof.", KEPT),
    "a paragraph after": (f"{FIRST} ⟦{SECOND}⟧", f"{FIRST} ⟦{SECOND}⟧\n\n{THIRD}", KEPT),
    "everything after deleted": (f"⟦{SECOND}⟧ {THIRD}", f"⟦{SECOND}⟧", KEPT),
    "before and after at once": (f"{FIRST} ⟦{SECOND}⟧ {THIRD}", f"Neu. {FIRST} ⟦{SECOND}⟧ Auch neu. {THIRD}", KEPT),
    "all around is new": (f"{FIRST} ⟦{SECOND}⟧ {THIRD}", f"Ganz anders. ⟦{SECOND}⟧ Und so weiter.", KEPT),
    "a word inside": (f"{FIRST} ⟦{SECOND}⟧ {THIRD}", f"{FIRST} ⟦Viele kommen gern wieder, manche bringen Freunde mit.⟧ {THIRD}", OTHER),
    "a word inside taken out": (f"{FIRST} ⟦{SECOND}⟧ {THIRD}", f"{FIRST} ⟦Viele kommen, manche bringen Freunde mit.⟧ {THIRD}", OTHER),
    "a letter inside": (f"{FIRST} ⟦{SECOND}⟧ {THIRD}", f"{FIRST} ⟦Viele kommen wieder, manche bringen Freude mit.⟧ {THIRD}", OTHER),
    "said in other words": (f"{FIRST} ⟦{SECOND}⟧ {THIRD}", f"{FIRST} ⟦Von 40 Gästen kamen 31 ein zweites Mal.⟧ {THIRD}", OTHER),
    "two sentences for one": (f"{FIRST} ⟦{SECOND}⟧ {THIRD}", f"{FIRST} ⟦Viele kommen. Manche bringen sogar Freunde mit.⟧ {THIRD}", OTHER),
    "a number in place of a word": (f"{FIRST} ⟦Viele⟧ kommen wieder, manche bringen Freunde mit.", f"{FIRST} ⟦31 von 40⟧ kommen wieder, manche bringen Freunde mit.", OTHER),
    "the paragraph moved down": (f"⟦{SECOND}⟧\n\n{FIRST}\n\n{THIRD}", f"{FIRST}\n\n{THIRD}\n\n⟦{SECOND}⟧", KEPT),
    "the paragraph moved up": (f"{FIRST}\n\n{THIRD}\n\n⟦{SECOND}⟧", f"⟦{SECOND}⟧\n\n{FIRST}\n\n{THIRD}", KEPT),
    "part of a paragraph that moved": (f"{FIRST}\n\nViele ⟦kommen wieder⟧.\n\n{THIRD}", f"{THIRD}\n\nViele ⟦kommen wieder⟧.\n\n{FIRST}", KEPT),
    "deleted": (f"{FIRST} ⟦{SECOND}⟧ {THIRD}", f"{FIRST} {THIRD}", GONE),
    "deleted with what stood around": (f"{FIRST} ⟦{SECOND}⟧ {THIRD}", "Ein neuer Text von vorn.", GONE),
    "everything deleted": (f"{FIRST} ⟦{SECOND}⟧ {THIRD}", "", GONE),
    "replaced by a whole page": (f"{FIRST} ⟦Viele⟧ kommen wieder, manche bringen Freunde mit.", f"{FIRST} {'Sehr viel anderes. ' * 30}kommen wieder, manche bringen Freunde mit.", GONE),
    "the only short word, with too little around": ("Ja, ⟦viele⟧.", "Ja, einige.", GONE),
    "repeated: the second of two": (f"Wir kochen. {FIRST} ⟦Wir kochen.⟧ {SECOND}", f"Wir kochen. {FIRST} ⟦Wir kochen.⟧ {SECOND}", KEPT),
    "repeated: the first of two, something before": (f"⟦Wir kochen.⟧ {FIRST} Wir kochen. {SECOND}", f"Neu. ⟦Wir kochen.⟧ {FIRST} Wir kochen. {SECOND}", KEPT),
    "repeated: one more in front": (f"{FIRST} ⟦Wir kochen.⟧ {SECOND}", f"Wir kochen. {FIRST} ⟦Wir kochen.⟧ {SECOND}", KEPT),
    "repeated: one more behind": (f"{FIRST} ⟦Wir kochen.⟧ {SECOND}", f"{FIRST} ⟦Wir kochen.⟧ {SECOND} Wir kochen.", KEPT),
    "repeated: the quoted one deleted": (f"{FIRST} Wir kochen. {SECOND} ⟦Wir kochen.⟧ {THIRD}", f"{FIRST} ⟦Wir kochen.⟧ {SECOND} {THIRD}", KEPT),
    "repeated: their paragraphs change places": (f"{FIRST} ⟦Wir kochen.⟧\n\n{SECOND} Wir kochen.", f"{SECOND} Wir kochen.\n\n{FIRST} ⟦Wir kochen.⟧", KEPT),
    "wrapped in other lines": (f"{FIRST} ⟦Viele kommen wieder, manche bringen Freunde mit.⟧", f"{FIRST} ⟦Viele kommen wieder,\nmanche bringen  Freunde mit.⟧", KEPT),
    "made a list": ("Es kommen ⟦Frauen\nKinder⟧ und andere.", "Es kommen ⟦Frauen\n- Kinder⟧ und andere.", KEPT),
    "letters beyond ASCII": ("Größe zählt: ⟦für 👍🏽 und مرحبا⟧ gilt das auch.", "Neu. Größe zählt: ⟦für 👍🏽 und مرحبا⟧ gilt das auch.", KEPT),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_quote_moves_along_and_says_when_it_is_gone(case):
    before, after, kind = CASES[case]
    old, (start, end) = marked(before)
    new, expected = marked(after)
    quote = Quote(old[start:end], old[max(start - CONTEXT, 0) : start], old[end : end + CONTEXT], start)
    found = place_of(quote, Passage(new))
    assert found == (Place(*expected, changed=kind == OTHER) if expected else None)
    if kind == KEPT:
        assert "".join(new[found.start : found.end].replace("- ", "").split()) == "".join(quote.text.split())


TEXTS = st.lists(
    st.sampled_from([FIRST, SECOND, THIRD, "Wir kochen.", "Größe zählt 👍🏽.", "- Kinder"]), min_size=1, max_size=6
)
JOINTS = st.sampled_from([" ", "\n", "\n\n"])


@given(TEXTS, JOINTS, st.data())
def test_picked_words_are_found_where_they_were_picked(sentences, joint, data):
    text = joint.join(sentences)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    words = text[start:end]
    quote = quoted(text, words, text[:start][-CONTEXT:])
    if not words.strip():
        assert quote is None
        return
    assert "".join(quote.text.split()).replace("-", "") == "".join(words.split()).replace("-", "")
    place = place_of(quote, Passage(text))
    assert text[place.start : place.end] == quote.text
    assert not place.changed


def test_a_dash_alone_is_found_too():
    assert quoted("- eins\n- zwei", " - ", "eins\n").position == 7
    assert quoted("eins", "-") is None


@given(TEXTS, TEXTS, TEXTS)
def test_words_that_are_still_there_are_never_said_to_be_gone(before, kept, after):
    old, quote = " ".join([*before, *kept, *after]), " ".join(kept)
    known = quoted(old, quote, " ".join(before)[-CONTEXT:] + " ")
    place = place_of(known, Passage(" ".join([*after, *kept, *before])))
    assert place is not None
    assert not place.changed


@given(TEXTS, st.text(max_size=300))
def test_a_place_always_lies_in_the_text(sentences, other):
    old = " ".join(sentences)
    place = place_of(quoted(old, sentences[-1]), Passage(other))
    assert place is None or 0 <= place.start < place.end <= len(other)
