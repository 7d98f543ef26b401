"""Merging against a simple model: texts as numbered sentences, rows as cells. Hundreds of examples, without a database."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from applications.content import Budget, Expense, Text
from applications.content.difference import Part, difference, words
from applications.content.merging.merge import merge

MANY = settings(max_examples=max(300, settings.default.max_examples))
FIELDS = ("title", "unit", "justification")
KEYS = "abcde"
SIDES = ("mine", "theirs")


@st.composite
def two_people_in_sentences(draw):
    """A text of numbered sentences; each is changed by nobody, by one of two people, or by both in the same way."""
    count = draw(st.integers(1, 12))
    base = [f"Satz {number} steht hier." for number in range(count)]
    mine, theirs, both = list(base), list(base), list(base)
    for number in range(count):
        who = draw(st.sampled_from(["nobody", "nobody", "me", "they", "both"]))
        changed = draw(
            st.sampled_from(["Ganz neu ist {} hier!", "Satz {} steht jetzt dort.", "Satz {} steht hier, im Mai."])
        ).format(number)
        if who != "nobody":
            both[number] = changed
        if who in {"me", "both"}:
            mine[number] = changed
        if who in {"they", "both"}:
            theirs[number] = changed
    blanks = [draw(st.sampled_from([" ", "\n", "\n\n"])) for _sentence in base]
    return tuple(Text("".join(a + b for a, b in zip(text, blanks, strict=True))) for text in (base, mine, theirs, both))


@MANY
@given(two_people_in_sentences())
def test_different_sentences_are_both_there(texts):
    base, mine, theirs, both = texts
    assert (merge(base, mine, theirs).value, merge(base, mine, theirs).clashes) == (both, ())


@MANY
@given(st.lists(st.sampled_from(["keep", "keep", "mine", "theirs"]), min_size=1, max_size=10))
def test_different_sentences_may_go(who):
    base = [f"Satz {number} steht hier.\n\n" for number in range(len(who))]
    mine, theirs, both = (
        Text("".join(text for text, one in zip(base, who, strict=True) if one not in gone))
        for gone in ({"mine"}, {"theirs"}, {"mine", "theirs"})
    )
    merged = merge(Text("".join(base)), mine, theirs)
    # Which of two line ends went with a sentence nobody can say; the sentences are what counts.
    left = [sentence for sentence in merged.value.text.split("\n\n") if sentence]
    assert (left, merged.clashes) == ([sentence for sentence in both.text.split("\n\n") if sentence], ())


TOKENS = st.lists(st.sampled_from(["Eins. ", "Zwei. ", "Drei.\n", "Vier. "]), max_size=8).map("".join).map(Text)


@MANY
@given(TOKENS, TOKENS, TOKENS)
def test_whoever_comes_first_the_result_is_the_same(base, one, other):
    merged, swapped = merge(base, one, other), merge(base, other, one)
    assert [(c.base, c.mine, c.theirs) for c in merged.clashes] == [(c.base, c.theirs, c.mine) for c in swapped.clashes]
    if not merged.clashes:
        assert merged.value == swapped.value
        had = {*base.text.split(), *one.text.split(), *other.text.split()}
        assert set(merged.value.text.split()) <= had


SENTENCES = ["Amsel singt.", "Buche rauscht.", "Chor probt.", "Dorf feiert.", "Esel ruft.", "Fahrt endet."]
# Lines of a list often differ in one word.
SENTENCES += [f"{who} kochen an 20 Tagen drei Stunden am Nachmittag." for who in ("Gäste", "Hirten", "Imker")]
PLACES = st.integers(0, len(SENTENCES) - 1)


@st.composite
def two_people_who_move(draw):
    """Some sentences, and what two people made of them who only move them or take some away."""
    base = draw(st.lists(st.sampled_from(SENTENCES), min_size=1, unique=True))

    def one_person():
        left = list(base)
        if draw(st.booleans()):
            left = draw(st.permutations(left))
        elif draw(st.booleans()):
            sentence = left.pop(draw(st.integers(0, len(left) - 1)))
            left.insert(draw(st.integers(0, len(left))), sentence)
        gone = draw(st.sets(st.sampled_from(base), max_size=2))
        return [sentence for sentence in left if sentence not in gone]

    joint = draw(st.sampled_from(["\n\n", "\n", "\n- ", " "]))
    return joint, base, one_person(), one_person()


@MANY
@given(two_people_who_move())
def test_what_is_moved_never_stands_there_twice_and_never_comes_back(example):
    joint, base, mine, theirs = example
    texts = [Text(joint.join(part)) for part in (base, mine, theirs)]
    clashes = merge(*texts).clashes
    results = [merge(*texts, {clash.path: getattr(clash, side) for clash in clashes}).value.text for side in SIDES]

    for sentence in base:
        counts = {result.count(sentence) for result in results}
        if sentence in mine and sentence in theirs:
            assert counts == {1}
        else:
            assert counts <= ({0, 1} if clashes else {0})


@MANY
@given(st.permutations(SENTENCES), PLACES, PLACES, PLACES)
def test_what_both_move_to_different_places_is_for_a_person_to_decide(base, place, mine, theirs):
    others = [sentence for sentence in base if sentence != base[place]]
    texts = [Text("\n\n".join([*others[:target], base[place], *others[target:]])) for target in (place, mine, theirs)]
    assert bool(merge(*texts).clashes) == (len({place, mine, theirs}) == 3)


@MANY
@given(st.permutations(SENTENCES), PLACES, PLACES, st.sets(st.sampled_from(SENTENCES)))
def test_what_one_moves_and_the_other_changes_stands_there_once(base, place, target, changed):
    moved = [sentence for sentence in base if sentence != base[place]]
    moved.insert(target, base[place])
    edited = [sentence.replace(".", " heute.") if sentence in changed else sentence for sentence in base]
    texts = [Text("\n\n".join(part)) for part in (base, moved, edited)]
    clashes = merge(*texts).clashes

    for side in SIDES:
        result = merge(*texts, {clash.path: getattr(clash, side) for clash in clashes}).value.text
        assert [result.count(sentence.split()[0]) for sentence in base] == [1] * len(base)


@st.composite
def a_person_who_writes(draw, base):
    """What somebody makes of a list: a word put into one line, or lines moved and taken away; and a new one."""
    lines = list(base)
    if draw(st.booleans()):
        place = draw(st.integers(0, len(lines) - 1))
        lines[place] = lines[place].replace(" an ", " gern an ")
    else:
        gone = draw(st.sets(st.sampled_from(base), max_size=2))
        lines = [line for line in draw(st.permutations(lines)) if line not in gone]
    lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(["Rest ist neu.", "Saal ist neu."])))
    return lines


@MANY
@given(
    st.data(), st.lists(st.sampled_from(SENTENCES[6:]), min_size=1, unique=True), st.sampled_from(["\n- ", "\n\n", " "])
)
def test_lines_that_resemble_each_other_are_neither_lost_nor_doubled(data, base, joint):
    mine, theirs = data.draw(a_person_who_writes(base)), data.draw(a_person_who_writes(base))
    texts = [Text(joint.join(part)) for part in (base, mine, theirs)]
    clashes = merge(*texts).clashes

    for side in SIDES:
        result = merge(*texts, {clash.path: getattr(clash, side) for clash in clashes}).value.text
        for line in base:
            name = line.split()[0]
            kept = [any(line.startswith(name) for line in part) for part in (mine, theirs)]
            assert result.count(name) == 1 if all(kept) else result.count(name) <= bool(clashes)


CELLS = st.fixed_dictionaries({name: st.sampled_from(["", "eins", "zwei"]) for name in FIELDS})
TABLES = st.dictionaries(st.sampled_from(KEYS), CELLS, max_size=5)


def plan(cells):
    return Budget(expenses=tuple(Expense(id=key, **row) for key, row in cells.items()))


def cell(base, mine, theirs):
    """What stands in a cell afterwards, and whether that is for a person to decide."""
    if mine in (base, theirs):
        return theirs, False
    return (mine, False) if theirs == base else (theirs, True)


@MANY
@given(TABLES, TABLES, TABLES)
def test_rows_are_merged_cell_by_cell(base, mine, theirs):
    merged = merge(plan(base), plan(mine), plan(theirs))
    expected, clashes = {}, set()
    for key in {*base, *mine, *theirs}:
        if key in mine and key in theirs:
            was = base.get(key, dict.fromkeys(FIELDS, ""))
            # A long field is a text of its own; what clashes in it is a place, not the cell.
            cells = {name: cell(was[name], mine[key][name], theirs[key][name]) for name in FIELDS}
            expected[key] = {name: value for name, (value, _clash) in cells.items()}
            clashes |= {f"expenses/{key}/{name}" for name, (_value, clash) in cells.items() if clash}
        else:
            row, clash = cell(base.get(key), mine.get(key), theirs.get(key))
            if row is not None:
                expected[key] = row
            clashes |= {f"expenses/{key}"} if clash else set()
    got = {row.id: {name: getattr(row, name) for name in FIELDS} for row in merged.value.expenses}
    assert (got, {clash.path.partition("#")[0] for clash in merged.clashes}) == (expected, clashes)


@MANY
@given(TABLES, TABLES, TABLES)
def test_taking_mine_everywhere_keeps_every_cell_i_changed(base, mine, theirs):
    clashes = merge(plan(base), plan(mine), plan(theirs)).clashes
    result = merge(plan(base), plan(mine), plan(theirs), {clash.path: clash.mine for clash in clashes}).value
    rows = {row.id: row for row in result.expenses}
    for key, cells in mine.items():
        changed = {name for name in FIELDS if cells[name] != base.get(key, {}).get(name, "")}
        assert not changed or {name: getattr(rows[key], name) for name in changed} == {
            name: cells[name] for name in changed
        }


@MANY
@given(st.text(alphabet="ab .\nä👍", max_size=60), st.text(alphabet="ab .\nä👍", max_size=60))
def test_a_difference_holds_both_texts(before, after):
    segments = words(before, after)
    assert "".join(one.text for one in segments if one.part != Part.NEW) == before
    assert "".join(one.text for one in segments if one.part != Part.GONE) == after


@MANY
@given(TABLES, TABLES)
def test_a_difference_of_rows_leads_from_one_to_the_other(before, after):
    rows = {row.id: row for row in plan(before).expenses}
    for found in difference(plan(before), plan(after)).rows:
        if found.state == "removed":
            del rows[found.row.id]
        elif found.state == "added":
            rows[found.row.id] = found.row
        else:
            rows[found.row.id] = replace(rows[found.row.id], **{one.name: one.after for one in found.fields})
    assert rows == {row.id: row for row in plan(after).expenses}
