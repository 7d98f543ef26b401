from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from applications.content import Budget, Expense, Goal, Goals, Partner, Partners, Text
from applications.content.difference import Part, Segment, State, counts, difference, marked, size, words

SAME, NEW, GONE = Part.SAME, Part.NEW, Part.GONE


def parts(before, after):
    return [(segment.part, segment.text) for segment in words(before, after)]


def test_words_that_did_not_change_are_one_segment():
    assert parts("Ein Satz.", "Ein Satz.") == [(SAME, "Ein Satz.")]
    assert parts("", "") == []


def test_one_changed_word_is_the_only_change():
    assert parts("etwa 20 Personen", "etwa 25 Personen") == [
        (SAME, "etwa "),
        (GONE, "20"),
        (NEW, "25"),
        (SAME, " Personen"),
    ]


def test_neighbouring_changed_words_are_one_change():
    assert parts("viele kommen über Freunde her", "34 kommen durch uns her") == [
        (GONE, "viele"),
        (NEW, "34"),
        (SAME, " kommen "),
        (GONE, "über Freunde"),
        (NEW, "durch uns"),
        (SAME, " her"),
    ]


def test_one_word_that_happens_to_stay_does_not_break_a_rewritten_sentence():
    assert parts("Ja. Viele erreichen wir über Freunde.", "Ja. Im November haben wir genau mitgezählt.") == [
        (SAME, "Ja. "),
        (GONE, "Viele erreichen wir über Freunde"),
        (NEW, "Im November haben wir genau mitgezählt"),
        (SAME, "."),
    ]


def test_a_new_sentence_leaves_the_others_untouched():
    assert parts("Eins. Drei.", "Eins. Zwei. Drei.") == [(SAME, "Eins. "), (NEW, "Zwei. "), (SAME, "Drei.")]


def test_a_new_paragraph_leaves_the_others_untouched():
    before, after = "Oben\n\nUnten\n", "Oben\n\nDazwischen\n\nUnten\n"
    assert parts(before, after) == [(SAME, "Oben\n\n"), (NEW, "Dazwischen\n\n"), (SAME, "Unten\n")]


def test_everything_gone_and_everything_new():
    assert parts("weg", "") == [(GONE, "weg")]
    assert parts("", "da") == [(NEW, "da")]


def test_a_word_changed_in_a_long_paragraph_is_the_only_change():
    long = [f"Wort{number}" for number in range(2000)]
    changed = [*long[:900], "anders", *long[901:]]
    assert [part for part in parts(" ".join(long), " ".join(changed)) if part[0] != SAME] == [
        (GONE, "Wort900"),
        (NEW, "anders"),
    ]


def test_a_moved_paragraph_goes_in_one_place_and_comes_in_the_other():
    assert parts("A eins\nB zwei\nC drei\n", "C drei\nA eins\nB zwei\n") == [
        (NEW, "C drei\n"),
        (SAME, "A eins\nB zwei\n"),
        (GONE, "C drei\n"),
    ]


letters = st.text(alphabet=st.sampled_from("ab ä.\n- 1\u2028\t"), max_size=60)


@given(before=letters, after=letters)
def test_no_letter_is_lost_on_either_side(before, after):
    segments = words(before, after)
    assert "".join(segment.text for segment in segments if segment.part != NEW) == before
    assert "".join(segment.text for segment in segments if segment.part != GONE) == after
    assert all(segment.text for segment in segments)


def test_a_long_text_rewritten_everywhere_is_compared_to_the_letter():
    before = " ".join(f"Wort{number} und dann," for number in range(3500))
    after = " ".join(f"Wort{number} aber dann," for number in range(3500))
    segments = words(before, after)
    assert "".join(segment.text for segment in segments if segment.part != GONE) == after
    assert counts(segments) == (3500, 3500)


def test_thousands_of_equal_lines_are_compared_to_the_letter():
    before, after = "\n" * 25_000 + "alt", "neu" + "\n" * 24_000 + "neu"
    segments = words(before, after)
    assert "".join(segment.text for segment in segments if segment.part != NEW) == before


def test_marking_up_escapes_what_people_wrote():
    segments = [Segment(SAME, "a<b "), Segment(GONE, "<script>"), Segment(NEW, "& mehr")]
    assert marked(segments) == "a&lt;b <del>&lt;script&gt;</del><ins>&amp; mehr</ins>"


def test_counts_are_words():
    assert counts(words("viele Leute", "34 von 52 Leute")) == (3, 1)


def test_a_text_differs_in_its_field():
    found = difference(Text(text="alt"), Text(text="neu"))
    assert [(field.name, field.before, field.after) for field in found.fields] == [("text", "alt", "neu")]
    assert found.fields[0].segments == [Segment(GONE, "alt"), Segment(NEW, "neu")]
    assert found


def test_equal_values_differ_in_nothing():
    value = Goals(rows=(Goal(id="a", goal="Ziel"),))
    found = difference(value, value)
    assert not found
    assert found.changed_rows == []
    assert size(found) == (0, 0)


def test_rows_are_added_removed_and_changed_from_to():
    before = Budget(
        expenses=(
            Expense(id="a", title="Raum", unit_price=10_000),
            Expense(id="b", title="Druck", unit_price=500),
            Expense(id="c", title="Fahrt"),
        )
    )
    after = Budget(
        expenses=(
            Expense(id="a", title="Raum", unit_price=12_000),
            Expense(id="c", title="Fahrt"),
            Expense(id="d", title="Honorar"),
        )
    )
    found = difference(before, after)
    assert [(row.state, row.row.id) for row in found.rows] == [
        (State.CHANGED, "a"),
        (State.REMOVED, "b"),
        (State.SAME, "c"),
        (State.ADDED, "d"),
    ]
    changed = found.rows[0].fields
    assert [(field.name, str(field.spec.label), field.before, field.after) for field in changed] == [
        ("unit_price", "Einzelpreis", 10_000, 12_000)
    ]
    assert size(found) == (1, 1)


def test_rows_in_another_order_are_no_change():
    one, two = Goal(id="a", goal="eins"), Goal(id="b", goal="zwei")
    assert not difference(Goals(rows=(one, two)), Goals(rows=(two, one)))


def test_text_and_rows_of_one_value_are_both_compared():
    before = Partners(introduction="Wir arbeiten zusammen", rows=(Partner(id="a", name="Stadt"),))
    after = Partners(introduction="Wir arbeiten gut zusammen", rows=(Partner(id="a", name="Stadt Sandberg"),))
    found = difference(before, after)
    assert [field.name for field in found.fields] == ["introduction"]
    assert [(row.table, row.state) for row in found.rows] == [("rows", State.CHANGED)]
    assert size(found) == (2, 0)
