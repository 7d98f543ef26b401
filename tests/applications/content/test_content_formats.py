"""Formats of stored content: older ones are read, newer ones refused."""

from __future__ import annotations

import pytest

from applications.content import Text, dumps, loads
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
    assert dumps(Text("Da."))["format"] == FORMAT
