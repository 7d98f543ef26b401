"""What it means that the days of a call change which people use: who is concerned, and what no longer fits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rehearsal import current
from calls.cohort_dates import clashes
from calls.models import FundingCall
from core.words import day

from .consequences import as_list

OWN = ("open_from", "open_until", "deadline")
OF_ROUTES = ("register_until", "draft_until", "submit_until")


def days_of(call: FundingCall) -> dict[str, str]:
    """Return the days of a call and of the ways over umbrella bodies by their names, in words. One query."""
    days = {_label(call, name): _said(getattr(call, name)) for name in OWN}
    days[_label(call, "deadline_counts")] = str(call.get_deadline_counts_display())
    for route in call.umbrella_routes.all():
        for name in OF_ROUTES:
            days[f"{route.umbrella_body}: {_label(route, name)}"] = _said(getattr(route, name))
    return days


def _label(record: Any, name: str) -> str:
    return str(record._meta.get_field(name).verbose_name)


def _said(value: Any) -> str:
    return day(value) if value else ""


def say_new_days(call: FundingCall, before: dict[str, str]) -> None:
    """Say on the page of consequences which days change, and for which cohorts and applications; nothing while nobody uses the call."""
    after, watching = days_of(call), current()
    names = [name for name in (before | after) if before.get(name, "") != after.get(name, "")]
    if not names or watching is None:
        return
    above: Any = call  # cohorts and applications are apps above this one
    cohorts = above.cohorts.select_related("organiser").filter(cancelled_at=None, ends_on__gte=timezone.localdate())
    running = above.applications.running().count()
    rows = [
        _of_cohort(cohort, call) for cohort in cohorts.prefetch_related("workshops__sessions").order_by("begins_on")
    ]
    if rows or running:
        without = {
            _label(call, "open_from"): _("kein Tag: gilt als schon offen"),
            _label(call, "deadline"): _("kein Tag: gilt als ohne Ende offen"),
        }
        table = [(name, before.get(name, "") or "–", after.get(name, "") or without.get(name, "–")) for name in names]
        watching.say(_page(call, table, rows, running))


def _of_cohort(cohort: Any, call: FundingCall) -> tuple[str, SafeString]:
    cohort.call = call
    held = [workshop for workshop in cohort.workshops.all() if workshop.cancelled_at is None]
    misfits = clashes(cohort, held)
    said = {
        "title": cohort.title,
        "organiser": cohort.organiser.title,
        "begin": day(cohort.begins_on),
        "end": day(cohort.ends_on),
    }
    name = _("„%(title)s“, %(begin)s bis %(end)s, Träger: %(organiser)s") % said
    return name, as_list(misfits) if misfits else SafeString("")


def _page(
    call: FundingCall, table: list[tuple[str, str, str]], cohorts: list[tuple[str, SafeString]], running: int
) -> SafeString:
    who = format_html(
        "<p>{}</p><ul>{}</ul>", _("Das gilt sofort für diese Projektschmieden und Vorhaben:"), _rows(cohorts, running)
    )
    told = _(
        "Alle lesen die neuen Tage im Portal und in abonnierten Kalendern. Was fertiggestellt ist, behält seine Frist. Per E-Mail erfährt es niemand: Bitte sagen Sie es den Trägern."
    )
    title = _("„%(call)s“") % {"call": call}
    section = '<section class="module consequence"><h2>{}</h2>{}{}<p>{}</p></section>'
    return format_html(section, title, changes_table(table), who, told)


def changes_table(rows: Iterable[tuple[str, str, str]]) -> SafeString:
    """Return a table with name, former and new value of what changes."""
    return format_html(
        "<table><caption>{}</caption><thead><tr><th scope='col'>{}</th><th scope='col'>{}</th>"
        "<th scope='col'>{}</th></tr></thead><tbody>{}</tbody></table>",
        _("Was sich ändert"),
        _("Was"),
        _("bisher"),
        _("neu"),
        format_html_join("", "<tr><th scope='row'>{}</th><td>{}</td><td><strong>{}</strong></td></tr>", rows),
    )


def _rows(cohorts: list[tuple[str, SafeString]], running: int) -> SafeString:
    rows = [*cohorts]
    if running:
        words = ngettext("%(count)d Vorhaben", "%(count)d Vorhaben", running) % {"count": running}
        rows.append((words, SafeString("")))
    return format_html_join("", "<li>{}{}</li>", rows)
