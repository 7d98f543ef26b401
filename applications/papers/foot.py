"""The words at the foot of every paper: version, day, and a mark of `LENGTH` letters that tells two versions apart."""

from __future__ import annotations

import re
import secrets
from datetime import date

from django.utils.translation import gettext as _

from core.words import day

# Letters and digits that nobody mixes up when reading a mark or a number aloud.
LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
LENGTH = 8


def mark_of(digest: bytes) -> str:
    """The mark made from a digest, e.g. "K7QF-3M9A"."""
    number = int.from_bytes(digest)
    letters = []
    for _place in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def foot_lines(number: int, made_on: date | None, mark: str, receipt: str = "", aid: str = "") -> list[str]:
    """The lines at the foot of every page; on a working aid, `aid` says what it does not replace."""
    version = _("Fassung %(number)d") % {"number": number} if number else _("Entwurf")
    if made_on:
        version = _("%(version)s vom %(day)s") % {"version": version, "day": day(made_on)}
    parts = [version, _("Prüfzeichen %(mark)s") % {"mark": mark}]
    if receipt:
        parts.append(_("Bestätigungsnummer %(receipt)s") % {"receipt": receipt})
    return [line for line in (aid, " · ".join(parts)) if line]


def foot(lines: list[str]) -> str:
    """The lines as a rule of the stylesheet."""
    quoted = r" '\a' ".join("'{}'".format(re.sub(r"['\\\n<]", " ", line)) for line in lines)
    return f"@page {{ @bottom-left {{ content: {quoted}; }} }}"


def new_receipt_number(year: int) -> str:
    """Return a number that can be read aloud, for example PS-2027-K7QF3M; the column refuses duplicates."""
    return f"PS-{year}-{''.join(secrets.choice(LETTERS) for _place in range(6))}"
