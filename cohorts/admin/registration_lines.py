"""How the admin shows a registration: as a link, told apart from others, and beside those it looks like."""

from __future__ import annotations

from collections.abc import Container

from django.db.models import Count, Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.alike import Alike, alike
from cohorts.free_places import free_places_words
from cohorts.models import Cohort, Registration
from core.templatetags.people import phone
from core.words import short_day

MOST_NAMED = 3  # in a row of the list


def linked(registration: Registration) -> SafeString:
    """Return name and town of an association as a link to its registration."""
    url = registration.get_absolute_url()
    return format_html('<a href="{}">{}, {}</a>', url, registration, registration.city)


def standing_of(registration: Registration) -> SafeString | str:
    """Return the status in words; of an accepted one with a link to its team."""
    team = getattr(registration, "team", None) if registration.status == Registration.Status.ACCEPTED else None
    if team is None:
        return registration.standing
    return format_html('{} (<a href="{}">{}</a>)', registration.standing, team.get_absolute_url(), _("zum Team"))


def confirmed_on(registration: Registration) -> str:
    return short_day(registration.confirmed_at) if registration.confirmed_at else ""


def told_apart(registration: Registration) -> SafeString:
    """Return the link with who registered, and when; `persons` should be prefetched."""
    first = next(iter(registration.persons.all()), None)
    text = _("angemeldet von %(person)s, bestätigt am %(day)s")
    words = {"person": first or "–", "day": confirmed_on(registration)}
    return format_html("{}, {}", linked(registration), text % words)


def contact_list(registration: Registration) -> SafeString:
    """Return the persons with address and phone number as a list."""
    rows = [(person.full_name, person.email, phone(person.phone)) for person in registration.persons.all()]
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}, {} {}</li>", rows))


def listed(others: list[Alike], chosen: Container[Registration] = ()) -> SafeString:
    """Return the registrations that another one looks like, each with a link, its status, and why."""
    rows = ((linked(other.registration), _why(other, chosen)) for other in others)
    return format_html_join(mark_safe("<br>"), "{} ({})", rows)


def first_listed(others: list[Alike]) -> SafeString | str:
    """Return the first ones and how many more there are, so that a row of the list stays short."""
    more = len(others) - MOST_NAMED
    shown = listed(others[:MOST_NAMED])
    if more <= 0:
        return shown or "–"
    counted = ngettext("und eine weitere", "und %(count)s weitere", more) % {"count": more}
    return format_html("{}<br>{}", shown, counted)


def places_of(registrations: list[Registration], *, then: bool = False) -> SafeString:
    """Say how many places are free in the cohorts of these registrations: now, or `then`, after what was just decided."""
    cohorts = Cohort.objects.filter(registrations__in=registrations).distinct().order_by("begins_on", "title")
    taken = Count("teams", Q(teams__withdrawn_at=None), distinct=True)
    lines = [(free_places_words(cohort, cohort.taken, then=then),) for cohort in cohorts.annotate(taken=taken)]
    return format_html_join("", "<p>{}</p>", lines)


def warning_about(registrations: list[Registration]) -> SafeString | str:
    """Say which of these look like another registration, before the organiser decides; empty if none does."""
    others_of, chosen = alike(registrations), set(registrations)
    rows = [(row, listed(others_of[row.pk], chosen)) for row in registrations if others_of[row.pk]]
    if not rows:
        return ""
    both = any(other.registration in chosen for others in others_of.values() for other in others)
    warning = format_html("<p><strong>{}</strong></p>", _("Einige der ausgewählten Anmeldungen ähneln einander."))
    intro = _("Vielleicht hat sich ein Verein zweimal angemeldet. Bitte sehen Sie nach, bevor Sie entscheiden:")
    lines = format_html_join("", "<li>{} – {}:<br>{}</li>", ((row, _("sieht aus wie"), links) for row, links in rows))
    return format_html("{}<p>{}</p><ul>{}</ul>", warning if both else "", intro, lines)


def _why(other: Alike, chosen: Container[Registration]) -> str:
    is_chosen = other.registration in chosen
    status = _("ebenfalls ausgewählt") if is_chosen else other.registration.standing
    return ", ".join([status, *(str(reason) for reason in other.reasons)])
