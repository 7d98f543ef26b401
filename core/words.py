"""Amounts of money, numbers, days, moments and people in German words, for pages and papers.

Every place that shows a value calls a function of this module; the filters in `templatetags` add only the HTML around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

NO_BREAK = "\N{NO-BREAK SPACE}"


def money(cents: int) -> str:
    """An amount in a table, with both digits of the cents: 6415000 → „64.150,00 €“, which never breaks before the sign."""
    euros, rest = divmod(abs(cents), 100)
    return f"{_minus(cents)}{grouped(euros)},{rest:02}{NO_BREAK}€"


def money_in_text(cents: int) -> str:
    """An amount in a sentence, with cents only where there are any: 6415000 → „64.150 €“, 50 → „0,50 €“.

    Its blank is an ordinary one: a sentence beside a narrow field must be free to break.
    """
    euros, rest = divmod(abs(cents), 100)
    return f"{_minus(cents)}{grouped(euros)}{f',{rest:02}' if rest else ''} €"


def _minus(cents: int) -> str:
    return "−" if cents < 0 else ""


def number(value: Decimal) -> str:
    """A number without needless zeros and without groups: Decimal("10.00") → „10“, Decimal("1500") → „1500“."""
    return number_format(value.normalize())


def small_number(count: int) -> str:
    """A whole number in a sentence, up to twelve as a word: 4 → „vier“, 13 → „13“; one is said by the sentence itself."""
    words = (
        _("null"), _("eins"), _("zwei"), _("drei"), _("vier"), _("fünf"), _("sechs"), _("sieben"), _("acht"), _("neun"),
        _("zehn"), _("elf"), _("zwölf"),
    )  # fmt: skip
    return words[count] if 0 <= count < len(words) else str(count)


def grouped(value: Decimal | int, places: int | None = None) -> str:
    """A number with its thousands divided, as in a field or a counter: 3500 → „3.500“; without places as many as it has."""
    return number_format(value, decimal_pos=places, force_grouping=True)


def stored_number(stored: str) -> str:
    """A number as content keeps it, with every digit that was typed: "1.50" → „1,50“; an empty one stays empty."""
    return stored.replace(".", ",")


def local_day(value: date) -> date:
    """The day of a moment in Germany; a day stays a day."""
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@lru_cache(maxsize=1024)
def _in_words(value: date, pattern: str, _language: str | None) -> str:
    return date_format(value, pattern)


def _written(value: date, pattern: str) -> str:
    """A day in Django's pattern. Pages repeat the same few days, so each is worked out once per language."""
    return _in_words(value, pattern, get_language())


def day(value: date) -> str:
    """A day with its year, for papers, mails and checks: „31. Dezember 2027“."""
    return _written(local_day(value), "j. F Y")


def stored_day(stored: str) -> str:
    """A day as content keeps it: "2027-12-31" → „31. Dezember 2027“; anything else as it is."""
    try:
        return day(date.fromisoformat(stored))
    except ValueError:
        return stored


def short_day(value: date) -> str:
    """A day in digits, for tables and forms: „31.12.2027“."""
    return f"{local_day(value):%d.%m.%Y}"


def spoken_day(value: date, *, weekday: bool = False) -> str:
    """A day on a page: „11. Dezember“, with the year where it is not this one, with the weekday where asked."""
    local = local_day(value)
    written = "j. F" if local.year == timezone.localdate().year else "j. F Y"
    return _written(local, f"l, {written}" if weekday else written)


def day_of_this_year(value: date, *, weekday: bool = False) -> str:
    """A day that is near, without its year even around New Year: „3. Januar“, „Freitag, 3. Januar“."""
    return _written(local_day(value), "l, j. F" if weekday else "j. F")


def tile(value: date) -> tuple[str, str, str, str]:
    """The weekday, the day, the month and the year of a small tile: „Fr“, „11.“, „Dez.“; the year is empty where it is this one."""
    local = local_day(value)
    year = "" if local.year == timezone.localdate().year else str(local.year)
    return _written(local, "D"), _written(local, "j."), _written(local, "N"), year


def clock(value: datetime) -> str:
    """The time of the day in Germany: „14:03“, „9:05“."""
    local = timezone.localtime(value)
    return f"{local.hour}:{local.minute:02}"


def hour(value: datetime) -> str:
    """The time of the day, a full hour without minutes: „17“, „17:30“."""
    local = timezone.localtime(value)
    return clock(value) if local.minute else str(local.hour)


def moment(value: datetime) -> str:
    """A moment on a page: „heute um 14:03 Uhr“, „gestern um 21:14 Uhr“, „3. Dezember um 9:05 Uhr“."""
    spoken = _near_day(days_from_today(value)) or spoken_day(value)
    return _("%(day)s um %(clock)s Uhr") % {"day": spoken, "clock": clock(value)}


def days_from_today(value: date) -> int:
    """How many days lie between today and a day; negative for one that is over."""
    return (local_day(value) - timezone.localdate()).days


def in_days(value: date) -> str:
    """How far a day is from today: „heute“, „in 4 Tagen“, „vor 2 Tagen“."""
    days = days_from_today(value)
    if near := _near_day(days):
        return near
    if days > 0:
        return ngettext("in einem Tag", "in %(days)d Tagen", days) % {"days": days}
    return ngettext("vor einem Tag", "vor %(days)d Tagen", -days) % {"days": -days}


def _near_day(days: int) -> str:
    match days:
        case 0:
            return _("heute")
        case 1:
            return _("morgen")
        case -1:
            return _("gestern")
    return ""


def length_in_days(days: Decimal) -> str:
    """A span of days: „1 Tag“, „2,5 Tage“, „unter 1 Tag“."""
    if days < 1:
        return _("unter 1 Tag")
    return ngettext("%(days)s Tag", "%(days)s Tage", 1 if days == 1 else 2) % {"days": number(days)}


def quarter(stored: str) -> str:
    """A quarter as content keeps it: "2027-Q1" → „1. Quartal 2027“; anything else as it is."""
    year, _sep, number = stored.partition("-Q")
    if number not in {"1", "2", "3", "4"}:
        return stored
    return _("%(number)s. Quartal %(year)s") % {"number": number, "year": year}


def quarters(begins: str, ends: str) -> str:
    """Two quarters as one span; one of them alone if they are the same or one is missing."""
    first, last = quarter(begins), quarter(ends)
    if first and last and first != last:
        return _("%(first)s bis %(last)s") % {"first": first, "last": last}
    return first or last


def full_name(record: Any) -> str:
    """A person's first and last name, or the one there is; the names alone, without blanks around them."""
    return f"{record.first_name} {record.last_name}".strip()


def all_of(names: Iterable[str]) -> str:
    """A list in a sentence: „a“, „a und b“, „a, b und c“."""
    *first, last = list(names) or [""]
    return _("%(first)s und %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def any_of(names: Iterable[str]) -> str:
    """A choice in a sentence: „a“, „a oder b“, „a oder b oder c“."""
    return _(" oder ").join(names)


def quoted(titles: Iterable[str]) -> str:
    """Titles or words, each in quotation marks: „a“, „b“."""
    return ", ".join(f"„{title}“" for title in titles)
