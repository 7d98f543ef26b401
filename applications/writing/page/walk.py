"""„Der Reihe nach durchgehen“: from one place to mend to the next, kept in addresses alone.

An address holds the number of the place and how many there were when it was reached. The next place is looked for when
somebody goes on (`onward`), so that what has been mended meanwhile is skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from applications.writing.page.check_report import Report
from applications.writing.page.findings import Place
from core.values import dataclass

NUMBER, TOTAL, ROW, AFTER, SEEN = "stelle", "von", "ort", "nach", "durch"
# The place on a section's page where the finding is said, and the page „Vorprüfung“ where the end is.
SAID, END = "stelle", "ende"
MOST = 9_999


@dataclass(frozen=True)
class Walk:
    """Where somebody is on the way: at place `number` of `total`, which is this row of a section, "" for the section."""

    number: int
    total: int
    row: str = ""

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Walk | None:
        """Read it from the address of a section's page; None where nobody goes from place to place, or it makes no sense."""
        number, total = _number(params.get(NUMBER)), _number(params.get(TOTAL))
        return cls(number, total, params.get(ROW, "")) if 0 < number <= total else None

    @property
    def is_last(self) -> bool:
        return self.number == self.total

    @property
    def params(self) -> dict[str, str]:
        row = {ROW: self.row} if self.row else {}
        return {NUMBER: str(self.number), TOTAL: str(self.total), **row}

    def next_url(self, application: Any, key: str) -> str:
        """Return the address that leads on from here."""
        row = {ROW: self.row} if self.row else {}
        query = urlencode({AFTER: key, NUMBER: str(self.number), **row})
        return f"{reverse('applications:next_place', args=[application])}?{query}"


def onward(report: Report, application: Any, params: Mapping[str, Any]) -> str:
    """Return the address of the first place after the one in `params`, or of the end; without one, of the first of all."""
    key, row, number = params.get(AFTER, ""), params.get(ROW, ""), _number(params.get(NUMBER))
    here = report.where.order_of(key, row) if key else (-1, -1)
    ahead = [place for place in report.stops if place.order > here]
    if ahead:
        return _address(report, ahead[0], Walk(number + 1, number + len(ahead), ahead[0].row))
    checks = reverse("applications:checks", args=[application])
    return f"{checks}?{urlencode({SEEN: number})}#{END}" if number else checks


def seen(params: Mapping[str, Any]) -> int:
    """Return how many places somebody has just gone through; 0 for anybody who comes another way."""
    return _number(params.get(SEEN))


def _address(report: Report, place: Place, walk: Walk) -> str:
    return report.where.address(place.key, place.row, fragment="" if place.row else SAID, **walk.params)


def _number(text: Any) -> int:
    """Return a number of an address; 0 for anything else."""
    is_number = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 6
    return min(int(text), MOST) if is_number else 0
