"""Days, moments and amounts of `core.words` as filters, each day inside a `<time>`."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import words

register = template.Library()


@register.filter
def day(value: date | None) -> SafeString | str:
    """`11. Dezember`"""
    return day_tag(value, words.spoken_day(value)) if value else ""


@register.filter
def weekday(value: date | None) -> SafeString | str:
    """`Freitag, 11. Dezember`"""
    return day_tag(value, words.spoken_day(value, weekday=True)) if value else ""


@register.filter
def since_day(value: date) -> SafeString:
    """`seit 11. Dezember`"""
    return day_tag(value, words.spoken_day(value), _("seit {day}"))


@register.filter
def until_day(value: date) -> SafeString:
    """`bis 11. Dezember`"""
    return day_tag(value, words.spoken_day(value), _("bis {day}"))


@register.filter
def to_day(begins: date, ends: date) -> SafeString:
    """`1. März 2026 bis 30. Juni 2027`, always with the years, for readers later than this year"""
    begin, end = (day_tag(value, words.day(value)) for value in (begins, ends))
    return format_html(_("{begin} bis {end}"), begin=begin, end=end)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """`heute um 14:03 Uhr`, `gestern um 21:14 Uhr`, `3. Dezember um 9:05 Uhr`"""
    return _moment(value, timezone.localdate(), get_language()) if value else ""


@register.filter
def at_moment(value: datetime | None) -> SafeString | str:
    """Within a sentence: `heute um 14:03 Uhr`, `am 3. Dezember um 9:05 Uhr`"""
    if not value:
        return ""
    is_near = abs(words.days_from_today(value)) <= 1
    return moment(value) if is_near else format_html("{} {}", _("am"), moment(value))


@register.filter
def in_days(value: date | None) -> str:
    """How far a day is from today: `heute`, `in 4 Tagen`, `vor 2 Tagen`"""
    return words.in_days(value) if value else ""


@register.filter
def until(begins: datetime, ends: datetime) -> SafeString:
    """`17 bis 20 Uhr`, `17:30 bis 20 Uhr`; over midnight with both days"""
    if words.local_day(begins) == words.local_day(ends):
        text = _("%(begins)s bis %(ends)s Uhr") % {"begins": words.hour(begins), "ends": words.hour(ends)}
        return moment_tag(begins, text)
    begin = moment_tag(begins, _("%(clock)s Uhr") % {"clock": words.hour(begins)})
    last = {"day": words.spoken_day(ends), "clock": words.hour(ends)}
    end = moment_tag(ends, _("%(day)s, %(clock)s Uhr") % last)
    return format_html(_("{begin} bis {end}"), begin=begin, end=end)


@register.filter
def euro(cents: int | None) -> str:
    """Whole cents as `64.150,00 €`; nothing for nothing"""
    return "" if cents is None else words.money(cents)


@register.filter
def tile(value: date | None) -> SafeString | str:
    """A day as a small tile for lists of dates: `Fr`, `11.`, `Dez.`, and beneath it the year where it is not this one"""
    if not value:
        return ""
    weekday_, day_, month, year = words.tile(value)
    stamp = words.local_day(value).isoformat()
    year_line = format_html(" <span>{}</span>", year) if year else ""
    return format_html('<time datetime="{}">{} <b>{}</b> {}{}</time>', stamp, weekday_, day_, month, year_line)


def day_tag(value: date, text: str, sentence: str = "") -> SafeString:
    """Words with the day they stand for, in a sentence with the place `{day}` for them."""
    return _tag(words.local_day(value), text, sentence)


@lru_cache(maxsize=1024)
def _moment(value: datetime, _today: date, _language: str | None) -> SafeString:
    """A history and the comments of a section show the same moments to everybody: each is written once a day."""
    return moment_tag(value, words.moment(value))


@lru_cache(maxsize=1024)
def _tag(day: date, text: str, sentence: str) -> SafeString:
    """Pages repeat the same few days, so each is written once."""
    tag = format_html('<time datetime="{}">{}</time>', day.isoformat(), text)
    return format_html(sentence, day=tag) if sentence else tag


def moment_tag(value: datetime, text: str) -> SafeString:
    """Words that stay on one line, with the moment they stand for."""
    stamp = timezone.localtime(value).isoformat(timespec="minutes")
    return format_html('<time datetime="{}">{}</time>', stamp, text)
