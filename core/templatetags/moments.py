"""Days, moments and amounts as people say them in German, each day inside a `<time>`."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


def day_of(value: date) -> date:
    """The day in Germany; a day stays a day."""
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def spoken_day(value: date, *, weekday: bool = False) -> str:
    """`11. Dezember`, with the year where it is not this one, with the weekday where asked."""
    day = day_of(value)
    written = "j. F" if day.year == timezone.localdate().year else "j. F Y"
    return date_format(day, f"l, {written}" if weekday else written)


def clock(value: datetime) -> str:
    """The time of the day in Germany: `14:03`, `9:05`"""
    return date_format(timezone.localtime(value), "G:i")


@register.filter
def day(value: date | None) -> SafeString | str:
    """`11. Dezember`"""
    return format_html('<time datetime="{}">{}</time>', day_of(value).isoformat(), spoken_day(value)) if value else ""


@register.filter
def weekday(value: date | None) -> SafeString | str:
    """`Freitag, 11. Dezember`"""
    if not value:
        return ""
    return format_html('<time datetime="{}">{}</time>', day_of(value).isoformat(), spoken_day(value, weekday=True))


@register.filter
def to_day(begins: date, ends: date) -> SafeString:
    """`1. März 2026 bis 30. Juni 2027`, always with the years: who reads it does not know when it was written"""
    days = [
        format_html('<time datetime="{}">{}</time>', day.isoformat(), date_format(day, "j. F Y"))
        for day in (day_of(begins), day_of(ends))
    ]
    return format_html(_("{begin} bis {end}"), begin=days[0], end=days[1])


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """`heute um 14:03 Uhr`, `gestern um 21:14 Uhr`, `3. Dezember um 9:05 Uhr`"""
    if not value:
        return ""
    local = timezone.localtime(value)
    days = (timezone.localdate() - day_of(value)).days
    spoken = {0: _("heute"), 1: _("gestern"), -1: _("morgen")}.get(days, spoken_day(value))
    text = _("%(day)s um %(clock)s Uhr") % {"day": spoken, "clock": clock(local)}
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), text)


@register.filter
def at_moment(value: datetime | None) -> SafeString | str:
    """Within a sentence: `heute um 14:03 Uhr`, `am 3. Dezember um 9:05 Uhr`"""
    if not value:
        return ""
    near = abs((timezone.localdate() - day_of(value)).days) <= 1
    return moment(value) if near else format_html("{} {}", _("am"), moment(value))


@register.filter
def in_days(value: date | None) -> str:
    """How far a day is from today: `heute`, `in 4 Tagen`, `vor 2 Tagen`"""
    if not value:
        return ""
    days = (day_of(value) - timezone.localdate()).days
    near = {0: _("heute"), 1: _("morgen"), -1: _("gestern")}
    if days in near:
        return near[days]
    if days > 0:
        return ngettext("in einem Tag", "in %(days)d Tagen", days) % {"days": days}
    return ngettext("vor einem Tag", "vor %(days)d Tagen", -days) % {"days": -days}


@register.filter
def until(begins: datetime, ends: datetime) -> SafeString:
    """`17 bis 20 Uhr`, `17:30 bis 20 Uhr`; over midnight with both days"""
    first, last = timezone.localtime(begins), timezone.localtime(ends)
    clocks = [clock(moment) if moment.minute else date_format(moment, "G") for moment in (first, last)]
    if day_of(first) == day_of(last):
        text = _("%(begins)s bis %(ends)s Uhr") % {"begins": clocks[0], "ends": clocks[1]}
        return stamped(first, text)
    begin = stamped(first, _("%(clock)s Uhr") % {"clock": clocks[0]})
    end = stamped(last, _("%(day)s, %(clock)s Uhr") % {"day": spoken_day(last), "clock": clocks[1]})
    return format_html(_("{begin} bis {end}"), begin=begin, end=end)


def stamped(moment: datetime, text: str) -> SafeString:
    """Words that stay on one line, with the moment they stand for."""
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(timespec="minutes"), text)


@register.filter
def euro(cents: int | None) -> str:
    """Whole cents as `64.150,00 €`; nothing for nothing"""
    if cents is None:
        return ""
    sign = "−" if cents < 0 else ""
    euros, rest = divmod(abs(cents), 100)
    return f"{sign}{number_format(euros, force_grouping=True)},{rest:02d}\N{NO-BREAK SPACE}€"


@register.filter
def tile(value: date | None) -> SafeString | str:
    """A day as a small tile for lists of dates: `Fr`, `11.`, `Dez.`"""
    if not value:
        return ""
    local = day_of(value)
    short, number, month = (date_format(local, written) for written in ("D", "j.", "N"))
    return format_html('<time datetime="{}">{} <b>{}</b> {}</time>', local.isoformat(), short, number, month)
