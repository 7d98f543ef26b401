"""Before a team is made by hand: the teams, registrations and organisations that look like its association."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Organisation
from cohorts.alike import plain_name
from cohorts.models import Registration, Team, TeamMember

from .registration_lines import linked

type Line = tuple[SafeString | str, str]


def there_already(team: Team, owner: TeamMember) -> SafeString | str:
    """Return a warning that names them, each with a link and why; empty if none looks like the team. Five queries."""
    lines = [*_teams(team, owner), *_registrations(team, owner), *_organisations(team)]
    if not lines:
        return ""
    intro = _("Vielleicht ist dieser Verein schon da. Bitte sehen Sie nach, bevor Sie ihn anlegen:")
    rows = format_html_join("", "<li>{} ({})</li>", lines)
    return format_html(
        '<section class="module consequence"><p class="errornote">{}</p><ul>{}</ul></section>', intro, rows
    )


def _why(what: str, *, name: bool, address: bool) -> str:
    reasons = [what, _("gleicher Name") if name else "", _("gleiche E-Mail-Adresse") if address else ""]
    return ", ".join(reason for reason in reasons if reason)


def _teams(team: Team, owner: TeamMember) -> Iterator[Line]:
    """Yield the other teams of the cohort with this name, or in which somebody has this address."""
    others = Team.objects.filter(cohort=team.cohort_id).exclude(pk=team.pk).select_related("organisation")
    with_address = set(others.filter(members__email=owner.email).values_list("pk", flat=True))
    for other in others:
        same_name = plain_name(other.organisation.name) == plain_name(team.organisation.name)
        if same_name or other.pk in with_address:
            what = _("Team in dieser Projektschmiede") if other.is_current else _("ausgeschiedenes Team")
            link = format_html('<a href="{}">{}</a>', other.get_absolute_url(), other.organisation.name)
            yield link, _why(what, name=same_name, address=other.pk in with_address)


def _registrations(team: Team, owner: TeamMember) -> Iterator[Line]:
    """Yield the registrations of the cohort with this name or address that have no team; an accepted one is there with its team."""
    without_team = Registration.objects.received().filter(cohort=team.cohort_id, team=None)
    for other in without_team.exclude(status__in=Registration.Status.over()).prefetch_related("persons"):
        same_name = plain_name(other.organisation_name) == plain_name(team.organisation.name)
        same_address = any(person.email == owner.email for person in other.persons.all())
        if same_name or same_address:
            what = _("Anmeldung, %(status)s") % {"status": other.standing}
            yield linked(other), _why(what, name=same_name, address=same_address)


def _organisations(team: Team) -> Iterator[Line]:
    """Yield the organisations with this name that an earlier team of the same Träger is of."""
    earlier = Q(teams__cohort__organiser=team.cohort.organiser_id) & ~Q(teams__cohort=team.cohort_id)
    for other in Organisation.objects.filter(earlier).exclude(pk=team.organisation_id).distinct():
        if plain_name(other.name) == plain_name(team.organisation.name):
            what = _("Organisation aus einer früheren Projektschmiede")
            yield other.name, _why(what, name=True, address=False)
