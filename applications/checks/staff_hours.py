"""P04, our own hint: the hours that the text on staff names beside those of the personnel lines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from applications.checks.base import Dossier, Found, Severity, check
from applications.content import Personnel
from applications.content.budget import decimal
from core.values import dataclass
from core.words import any_of, number

STAFF = "s14"
SENTENCE = re.compile(r"(?<=[.!?])\s++(?=[A-ZÄÖÜ])|\n")
WORD = re.compile(r"\w+")
SHORTEST, LONGEST = 5, 60  # letters of a word that names a role
AMOUNT = r"(?<!bis )(?<!bis zu )(?<!je )(?<!– )(?<![\d,.–-])(\d{1,2}(?:,\d{1,2})?)"
A_WEEK = r"(?:pro woche|je woche|in der woche|die woche|wöchentlich|/ ?woche)"
HOURS = re.compile(
    rf"{AMOUNT} ?(?:wochenstunden|(?:stunden|std\.?|h) ?{A_WEEK})|wöchentlich {AMOUNT} (?:stunden|std)", re.IGNORECASE
)
SHARE = re.compile(
    rf"{AMOUNT} ?(?:%|prozent)[- ]?stelle|\b(halbe|volle|ganze|dreiviertel)[nr]?[- ]stelle\b", re.IGNORECASE
)
SHARES = {"halbe": Decimal(50), "dreiviertel": Decimal(75), "volle": Decimal(100), "ganze": Decimal(100)}
OF_THEM = re.compile(r"\bdavon\b", re.IGNORECASE)  # a part of the hours
# Hours of a full week: nobody has fewer or more of them than these.
FULL_WEEK = (Decimal(34), Decimal(42))


@dataclass(frozen=True)
class Statement:
    """What the text says of a role: the hours of a week, or the per cent of a full week."""

    role: str
    amount: Decimal
    is_share: bool


@check("P04", Severity.WARNING, guess=True)
def hours_agree(dossier: Dossier) -> Iterator[Found]:
    """Compare only what is clear: a role that the plan names, with a number of its own in the same sentence."""
    roles = roles_of(dossier.budget.personnel)
    in_text: dict[Statement, None] = dict.fromkeys(statements(dossier.text(STAFF), roles)) if roles else {}
    for statement in in_text:
        title, hours = roles[statement.role]
        if any(_agrees(statement, planned) for planned in hours):
            continue
        yield Found(
            _("Im Text steht bei „%(role)s“: %(said)s. Im Finanzierungsplan stehen %(planned)s Stunden je Woche. Was stimmt?")
            % {"role": title, "said": _words(statement), "planned": any_of(map(number, hours))},
            STAFF,
        )  # fmt: skip


def roles_of(personnel: tuple[Personnel, ...]) -> dict[str, tuple[str, list[Decimal]]]:
    """By the first word of a role, in small letters: what it is called, and the hours it may have, each line's and the sum of a year.

    A word that begins two different roles says nothing.
    """
    lines: dict[str, list[Personnel]] = defaultdict(list)
    for line in personnel:
        first = WORD.search(line.role)
        if first and SHORTEST <= len(first.group()) <= LONGEST and decimal(line.weekly_hours) > 0:
            lines[first.group().lower()].append(line)
    roles = {}
    for word, alike in lines.items():
        if len({line.role.strip().lower() for line in alike}) > 1:
            continue
        sums: dict[int | None, Decimal] = defaultdict(Decimal)
        for line in alike:
            sums[line.year] += decimal(line.weekly_hours)
        hours = {decimal(line.weekly_hours) for line in alike} | set(sums.values())
        roles[word] = (alike[0].role.strip(), sorted(hours))
    return roles


def statements(text: str, roles: dict[str, tuple[str, list[Decimal]]]) -> Iterator[Statement]:
    """What each sentence surely says: one role and one number, or roles each followed by its number."""
    for sentence in SENTENCE.split(text):
        marks: list[tuple[int, str | tuple[Decimal, bool]]] = [
            (match.start(), match.group().lower())
            for match in WORD.finditer(sentence)
            if len(match.group()) <= LONGEST and match.group().lower() in roles
        ]
        if not marks or OF_THEM.search(sentence):
            continue
        marks += [(match.start(), (_amount(match), False)) for match in HOURS.finditer(sentence)]
        marks += [(match.start(), (_amount(match), True)) for match in SHARE.finditer(sentence)]
        yield from _pairs([mark for _at, mark in sorted(marks, key=lambda mark: mark[0])])


def _pairs(marks: list[str | tuple[Decimal, bool]]) -> Iterator[Statement]:
    if len(marks) == 2 and not isinstance(marks[0], str):
        marks.reverse()
    names = [mark for mark in marks[::2] if isinstance(mark, str)]
    amounts = [mark for mark in marks[1::2] if not isinstance(mark, str)]
    if len(names) == len(amounts) and len(names) + len(amounts) == len(marks):
        for name, amount in zip(names, amounts, strict=True):
            yield Statement(name, *amount)


def _amount(match: re.Match[str]) -> Decimal:
    text = next(group for group in match.groups() if group)
    return SHARES.get(text.lower()) or Decimal(text.replace(",", "."))


def _agrees(statement: Statement, planned: Decimal) -> bool:
    if not statement.is_share:
        return planned == statement.amount
    least, most = (week * statement.amount / 100 for week in FULL_WEEK)
    return least <= planned <= most


def _words(statement: Statement) -> str:
    text = _("eine Stelle von %(amount)s %%") if statement.is_share else _("%(amount)s Stunden je Woche")
    return text % {"amount": number(statement.amount)}
