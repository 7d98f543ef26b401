"""Work on what people write grows no faster than it does: hostile texts × everything that reads a text.

Nothing here measures seconds. Where steps are counted they are compared; elsewhere the processor's time for a text and
for one of twice its length, the best of several, and only where there is enough of it to be compared.
"""

from __future__ import annotations

import unicodedata
import zipfile
from io import BytesIO
from time import process_time
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from accounts.addresses import AddressFormField, mailable, one_address, searched
from applications.checks.exclusions import SIGNS, pointing, words_of
from applications.checks.numerals import has_number
from applications.checks.staff_hours import statements
from applications.content import Partner, Partners, Text, normalised, visible_length
from applications.content.alignment import FEW_STEPS, MOST_TOKENS, STEPS_PER_TOKEN, aligned
from applications.content.difference import MOST_COMPARED, TOKEN, Part, difference, marked, words
from applications.content.merging.merge import merge
from applications.content.merging.moves import MOST_CHARACTERS
from applications.content.merging.proposal import proposal
from applications.content.prose import MOST_LINES, Mark, prose
from applications.content.quotes import CONTEXT, Passage, Place, Quote, place_of, quoted
from applications.content.sentences import sentences
from applications.content.sheets import Names
from applications.writing.forms.fields import Money, Number
from applications.writing.thinning import loss
from applications.writing.word import write as word_file
from applications.writing.word.read import read
from applications.writing.word.safe import MOST_ELEMENTS, MOST_XML, UnreadableFile
from applications.writing.word.write import SectionToWrite, write
from calls.terms import SectionTerm
from core.figures import CURRENCY, NO_CENTS, NumberField, WholeNumberField
from tests.applications.hostile import ABOVE, BELOW, PAIRS, pair

UUID = uuid4()
LENGTH = 10_000
ENOUGH = 0.02  # less of the processor's time says nothing


def section(text):
    return SectionToWrite(SectionTerm("s4", "Zielgruppe", "text"), 3, Text(text))


def quote_of(text):
    """A quote out of the middle whose words are no longer there quite as they were."""
    middle = len(text) // 2
    return Quote(f"{text[middle : middle + 500]}?", text[middle - CONTEXT : middle], text[middle:][:CONTEXT], middle)


def typed(field, text):
    """What the field makes of the text, or the refusal."""
    try:
        return field.clean(text)
    except ValidationError as refused:
        return refused


WORK = {
    "address": lambda one, other: (
        typed(AddressFormField(), f"info@{one}"),
        typed(AddressFormField(), f"{other}@a.de"),
    ),
    "address of a row": lambda one, _other: mailable(one_address(f"info@{one}.example.org")),
    "domain of the net": lambda one, _other: one_address(f"info@xn--{one.replace(' ', '').replace('.', '')}"),
    "amount": lambda one, other: (typed(Money(label="Betrag"), f"1{one}1"), typed(Number(label="Menge"), f"1{other}1")),
    "number of the staff": lambda one, other: (
        typed(NumberField(), f"1{one}1"),
        typed(WholeNumberField(), f"1{other}1"),
    ),
    "currency": lambda one, other: (CURRENCY.sub("", f"1{one}1"), NO_CENTS.sub("", f"1{other}1")),
    "search": lambda one, other: (searched(one), searched(f"info@{other}"), searched(f"xn--{one}")),
    "difference": words,
    "marked": lambda one, other: marked(words(one, other)),
    "merge": lambda one, other: merge(Text(one), Text(other), Text(f"{one[:1000]}Neu. {one[1000:]}")),
    "merge of two rewritings": lambda one, other: merge(Text("Wir kochen. "), Text(one), Text(other)),
    "proposal": lambda one, other: proposal("Eins. ", f"Eins. {one}", f"Eins. {other}"),
    "proposal of two rewritings": lambda one, other: proposal(one, other, f"{one[:1000]}Neu. {one[1000:]}"),
    "sentences": lambda one, other: (sentences(one), sentences(other)),
    "excluded words": lambda one, other: list(pointing(words_of([one, f"sport-{other}"]), SIGNS)),
    "hours": lambda one, other: list(statements(f"{one} 20 Stunden {other}", {"wocheaa": ("W", []), "a": ("A", [])})),
    "numerals": lambda one, other: (has_number(one), has_number(f"einund{other.replace(' ', 'und')}")),
    "quoted": lambda one, _other: quoted(one, f"{one[:1000]}?"),
    "quote that is gone": lambda one, _other: place_of(quote_of(one), Passage(one)),
    "quote of one letter": lambda one, _other: place_of(Quote("a", position=9), Passage(one)),
    "prose": lambda one, other: prose(one, [Mark(n, n * 20, n * 20 + 90) for n in range(100)], before=other),
    "count": lambda one, other: (visible_length(one), visible_length(other)),
    "normalised": lambda one, other: (normalised(one), normalised(other)),
    "loss": lambda one, other: loss(Text(one), Text(other)),
    "Word": lambda one, _other: read(write(UUID, "Titel", [section(normalised(one))], Names()), UUID),
}


def seconds(work, name, length, tries):
    """What the work costs on texts of this kind, at best."""
    texts = pair(name, length)

    def once():
        begun = process_time()
        work(*texts)
        return process_time() - begun

    return min(once() for _try in range(tries))


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("kind", WORK)
def test_twice_the_text_is_no_more_than_twice_the_work(kind, name):
    work = WORK[kind]
    whole = seconds(work, name, 2 * LENGTH, 1)
    if whole < ENOUGH:
        return
    half = seconds(work, name, LENGTH, 1)
    # On a busy machine a measurement may go wrong once; work that grows faster goes wrong every time.
    for _attempt in range(3):
        if whole <= 2.5 * half:
            return
        half, whole = (seconds(work, name, length, 2) for length in (LENGTH, 2 * LENGTH))
    assert whole <= 2.5 * half, f"{kind} of {name}: {half:.3f} s, then {whole:.3f} s"


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("length", [100, 1_000, 10_000, 20_000, 50_000])
def test_comparing_takes_a_number_of_steps_that_is_known_before(name, length):
    old, new = (TOKEN.findall(text) for text in pair(name, length))

    alignment = aligned(old, new, str.isspace)

    assert alignment.steps <= STEPS_PER_TOKEN * (len(old) + len(new)) + FEW_STEPS
    assert list(changed(old, new, alignment.changes)) == new


def changed(old, new, changes):
    """The old list with the changes made; no two of them stand side by side."""
    at, last = 0, -1
    for change in changes:
        assert last < change.start <= change.stop
        yield from old[at : change.start]
        yield from new[change.new_start : change.new_stop]
        at = last = change.stop
    yield from old[at:]


@pytest.mark.parametrize("name", ["random words", "two words", "equal words"])
def test_what_takes_too_many_steps_counts_as_replaced(name):
    few, many = (tuple(text.split() for text in pair(name, length)) for length in (100, 10_000))

    assert not aligned(*few).is_coarse
    assert aligned(*many).is_coarse
    assert len(aligned(*many).changes) == 1


def test_beyond_so_many_tokens_nothing_is_compared():
    within, beyond = ([f"Wort {number}" for number in range(half)] for half in (MOST_TOKENS // 2, MOST_TOKENS // 2 + 1))

    alignments = [aligned(old, ["neu", *old[1:-1], "neu"]) for old in (within, beyond)]

    assert [(one.is_coarse, len(one.changes)) for one in alignments] == [(False, 2), (True, 1)]


def test_beyond_the_budget_whole_paragraphs_are_shown_as_changed():
    gone, came = (f"Alt {text} alt." for text in pair("random words", 20_000))

    assert [(one.part, one.text) for one in words(f"Anfang.\n{gone}\nEnde.", f"Anfang.\n{came[:-4]}neu\nEnde.")] == [
        (Part.SAME, "Anfang.\nAlt "),
        (Part.GONE, gone[4:]),
        (Part.NEW, came[4:-4] + "neu"),
        (Part.SAME, "\nEnde."),
    ]


def test_of_many_rows_only_the_first_are_compared_word_by_word():
    text = "Wir kochen. " * 1000
    rows = [Partner(id=str(number), contribution=text) for number in range(20)]
    edited = [Partner(id=row.id, contribution=f"{text}Neu.") for row in rows]

    changes = [row.fields[0] for row in difference(Partners(rows=tuple(rows)), Partners(rows=tuple(edited))).rows]

    compared = MOST_COMPARED // (2 * len(text) + 4)
    assert [change.is_whole for change in changes] == [False] * compared + [True] * (20 - compared)
    assert [len(change.segments) for change in changes] == [2] * 20
    assert {segment.part for segment in changes[-1].segments} == {Part.GONE, Part.NEW}


def test_beyond_so_many_characters_only_whole_sentences_are_known_again_when_they_were_moved():
    span = "und dazu laden wir alle Nachbarinnen und Nachbarn ein"
    results = []
    for more in ("", "y" * (MOST_CHARACTERS // 2)):
        base = f"{more}\nEins steht.\nZwei steht.\nDrei steht."
        mine, theirs = (base.replace(word, f"{word} {span}") for word in ("Eins", "Drei"))
        results.append(merge(Text(base), Text(mine.replace("y", "x")), Text(theirs)))

    assert [[clash.is_moved for clash in merged.clashes] for merged in results] == [[True], []]
    assert results[1].value.text.count(span) == 2


def test_of_very_many_places_the_likeliest_is_found():
    text = "ab " * 5_000 + "hier ab und " + "ab " * 5_000
    place = text.index("hier") + 5

    quote = quoted(text, "ab", text[place - 20 : place])

    assert (quote.position, quoted(text, "ab").position) == (place, 0)
    assert place_of(quote, Passage(f"Neu. {text}")) == Place(place + 5, place + 7)
    assert place_of(Quote("ab", position=9_001), Passage(text)) == Place(9_000, 9_002)


def test_a_text_of_too_many_lines_is_printed_as_it_stands():
    few, many = ("- a\n" * (number - 1) + "- <b>" for number in (MOST_LINES, MOST_LINES + 2))

    assert prose(few).startswith("<ul><li>a</li>")
    plain = "<p>" + "- a<br>" * (MOST_LINES + 1) + "- &lt;b&gt;</p>"
    assert prose(many) == plain
    for marks, before in (([Mark(1, 2, 3)], None), ([], "- a\n")):
        why = "<p><em>Dieser Text hat sehr viele Zeilen."
        assert prose(many, marks, before=before).startswith(why)
        assert prose(many, marks, before=before).endswith(plain)
    assert prose("\n" * (MOST_LINES + 2)) == ""


@pytest.mark.parametrize("marks", [ABOVE + BELOW, BELOW + ABOVE, ABOVE * 40 + BELOW * 40, "\u0344\u0f73" * 20 + BELOW])
def test_many_marks_are_composed_as_few_are(marks):
    for text in (f"a{marks}", f"Wir {marks * 30} kochen.", marks):
        assert normalised(text) == unicodedata.normalize("NFC", text)
        assert normalised(normalised(text)) == normalised(text)


# Word


def with_body(xml):
    """A file with this between its marked lines and its end."""
    stream = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(write(UUID, "Titel", [section("Text.")], Names()))) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"<w:sectPr", xml + b"<w:sectPr", 1) if "document" in name else data)
    return stream.getvalue()


@pytest.mark.parametrize("element", [b"<w:p/>", b"<!---->", b"<?a?>", b"<w:p><w:r/></w:p>"])
def test_a_small_file_with_a_million_parts_is_refused_before_it_is_read(element, monkeypatch):
    monkeypatch.setattr("applications.writing.word.read.open_package", lambda _content: pytest.fail("it is read"))
    content = with_body(element * 1_000_000)

    assert len(content) < 100_000
    with pytest.raises(UnreadableFile, match=r"zu viele Absätze|entpackt zu groß"):
        read(content, UUID)


def test_a_file_of_many_parts_is_read():
    content = with_body(b"<w:p/>" * (MOST_ELEMENTS // 2))

    assert [one.text for one in read(content, UUID).sections] == ["Text."]


def test_a_file_of_many_tracked_changes_takes_no_longer_than_one_of_many_paragraphs():
    inserted = b"<w:p><w:pPr><w:rPr><w:ins/></w:rPr></w:pPr><w:r><w:t>" + b"x" * 200 + b"</w:t></w:r></w:p>"
    content = with_body(inserted * (MOST_ELEMENTS // 8))

    begun = process_time()
    (found,) = read(content, UUID).sections

    assert (found.text, process_time() - begun < 10) == ("Text.", True)


def test_text_without_elements_is_refused_by_its_size():
    with pytest.raises(UnreadableFile, match="entpackt zu groß"):
        read(with_body(b"<w:p a='" + b"x" * MOST_XML + b"'/>"), UUID)


@pytest.mark.parametrize("name", ["word/second.XML", "word/second.dat"])
def test_a_part_that_does_not_look_like_one_is_not_read_unseen(name):
    stream = BytesIO()
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    entry = b'<Override PartName="/' + name.encode() + b'" ContentType="' + kind + b'"/></Types>'
    with zipfile.ZipFile(BytesIO(with_body(b""))) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            data = old.read(part).replace(b"</Types>", entry) if "Types" in part else old.read(part)
            new.writestr(part, data.replace(b'"word/document.xml"', b'"' + name.encode() + b'"'))
        new.writestr(name, b"<w>" + b"<a/>" * 1_000_000 + b"</w>")

    with pytest.raises(UnreadableFile):
        read(stream.getvalue(), UUID)


def test_a_text_of_too_many_lines_stays_out_of_the_file():
    texts = {"s4": "a\n" * (word_file.MOST_LINES - 1), "s6": "Eins.\nZwei.", "s9": "Drei."}
    written = [SectionToWrite(SectionTerm(key, key, "text"), 1, Text(text)) for key, text in texts.items()]

    found = read(write(UUID, "Titel", written, Names()), UUID)

    assert ([one.key for one in found.sections], found.broken) == (["s4"], [])
    assert found.sections[0].text == texts["s4"]
