"""Amounts, quarters and days as German papers write them."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def amount(cents: int) -> str:
    """Cents with both digits: 6415000 → „64.150,00 €“, with a no-break space."""
    sign = "−" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole:,}".replace(",", ".") + f",{rest:02}\N{NO-BREAK SPACE}€"


def decimal_text(stored: str) -> str:
    """A stored decimal with a comma: "1.5" → "1,5"."""
    return stored.replace(".", ",")


def quarter(stored: str) -> str:
    """ "2027-Q1" → „1. Quartal 2027“; anything else as it is."""
    year, _sep, number = stored.partition("-Q")
    return (
        _("%(number)s. Quartal %(year)s") % {"number": number, "year": year}
        if number in {"1", "2", "3", "4"}
        else stored
    )


def span(begins: str, ends: str) -> str:
    """Two quarters as one span; one of them alone if they are the same or one is missing."""
    first, last = quarter(begins), quarter(ends)
    if first and last and first != last:
        return _("%(first)s bis %(last)s") % {"first": first, "last": last}
    return first or last


def day(stored: str) -> str:
    """ "2027-12-31" → „31. Dezember 2027“; anything else as it is."""
    try:
        return date_format(date.fromisoformat(stored), "j. F Y")
    except ValueError:
        return stored
