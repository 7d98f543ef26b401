"""What both begin and end with is cut off before it is compared: the answer is the same, or as good."""

from __future__ import annotations

from itertools import takewhile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from applications.content import alignment, difference
from applications.content.alignment import Change, aligned, common_start
from applications.content.difference import TOKEN, common_tokens, words
from applications.content.merging.text_merge import edits_of

# Few signs, so that two texts often begin and end alike; some of them join to one token, some never do.
SIGNS = "ab_7ä́👩‍ ,.\n\t"
texts = st.text(SIGNS, max_size=30)
lists = st.lists(st.sampled_from(["Eins.", " ", "Zwei.", "\n", "Drei."]), max_size=14)


def naive_start(first, second):
    pairs = zip(first, second, strict=False)
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))


def applied(old, changes, new):
    """The old list with the changes, which have to be in order and never side by side."""
    result, at, new_at = [], 0, 0
    for change in changes:
        assert (at, new_at) == (0, 0) or at < change.start
        assert change.start - at == change.new_start - new_at
        result += [*old[at : change.start], *new[change.new_start : change.new_stop]]
        at, new_at = change.stop, change.new_stop
    return [*result, *old[at:]]


@given(first=lists, second=lists)
def test_common_start_counts_as_one_by_one(first, second):
    assert common_start(first, second) == naive_start(first, second)
    assert common_start("".join(first), "".join(second)) == naive_start("".join(first), "".join(second))


@given(start=lists, old=lists, new=lists, end=lists)
def test_changes_lead_from_one_list_to_the_other(start, old, new, end):
    old, new = [*start, *old, *end], [*start, *new, *end]
    for short in (1, 400):  # cut at tokens that occur once, and at once
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(alignment, "SHORT", short)
            changes = aligned(old, new, str.isspace).changes
        assert applied(old, changes, new) == new
        assert all(old[c.start : c.stop] != new[c.new_start : c.new_stop] for c in changes)


def test_what_lies_between_two_changes_takes_no_steps():
    middle = [f"Wort{number}" for number in range(5000)]
    found = aligned(["alt", *middle, "alt"], ["neu", *middle, "neu"])
    assert found.changes == (Change(0, 1, 0, 1), Change(5001, 5002, 5001, 5002))
    assert found.steps < 10


@given(old=lists, new=lists)
def test_edits_lead_from_one_list_to_the_other(old, new):
    result, at = [], 0
    for edit in edits_of(old, new):
        result += [*old[at : edit.start], *edit.tokens]
        at = edit.stop
    assert [*result, *old[at:]] == new


@example(first="Wort", second="Worte")
@example(first="a  ", second="a \n")
@given(first=texts, second=texts)
def test_common_tokens_are_those_of_both_texts(first, second):
    tokens, others = TOKEN.findall(first), TOKEN.findall(second)
    assert common_tokens(first, second) == len("".join(tokens[: naive_start(tokens, others)]))
    backwards = common_start(tokens[::-1], others[::-1])
    assert common_tokens(first[::-1], second[::-1]) == len("".join(tokens[len(tokens) - backwards :]))


@given(start=texts, before=texts, after=texts, end=texts)
def test_words_are_the_same_as_without_a_cut(start, before, after, end):
    before, after = start + before + end, start + after + end
    cut = words(before, after)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(difference, "common_tokens", lambda _first, _second: 0)
        assert words(before, after) == cut
