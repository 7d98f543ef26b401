"""Formats of stored content: older ones are read, newer ones refused."""

from __future__ import annotations

import dataclasses

import pytest

from applications.content import Text, loads, storable
from applications.content.base import FORMAT, InvalidContent


@pytest.mark.parametrize(
    "data", [{"format": FORMAT, "text": "Da."}, {"text": "Da."}, {"format": 1, "text": "Da.", "old": 1}]
)
def test_what_was_written_before_is_read(data):
    assert loads("text", data) == Text("Da.")


@pytest.mark.parametrize("number", [FORMAT + 1, 99, 0, -1, "1", "neu", None, 1.5, [1]])
def test_an_unknown_format_is_refused(number):
    with pytest.raises(InvalidContent, match="nicht lesbar"):
        loads("text", {"format": number, "text": "Da."})


def test_what_is_written_says_its_format():
    assert Text("Da.").data["format"] == FORMAT


def test_a_value_is_made_storable_once_and_one_made_from_it_anew():
    first = storable(Text("Ein Text."))

    assert first.is_storable
    assert storable(first) is first
    changed = dataclasses.replace(first, text="x\0")
    assert not changed.is_storable
    with pytest.raises(InvalidContent):
        storable(changed)
    assert first == Text("Ein Text.")
    assert "is_storable" not in first.data
