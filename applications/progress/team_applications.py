"""Which application of a team counts on its lists and pages, and the sections of its edition."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, QuerySet

from applications.writing.models import Application
from calls.models import Edition, FundingCall
from calls.terms import SectionTerm
from cohorts.models import Team
from core.statements import Statement


def applications_of(teams: list[Team]) -> dict[UUID, Application]:
    """Return by team the application for the cohort's call, else the running one for the call that it had before.

    If all are withdrawn, it is the one for the cohort's call that was withdrawn last.
    """
    calls = {team.pk: team.cohort.call_id for team in teams}
    rows = READ_APPLICATIONS(teams=calls)
    _attach_calls(rows, {team.cohort.call_id: team.cohort.call for team in teams})
    return _counting(rows, calls)


def application_of(team: Team) -> Application | None:
    """Return the one of `applications_of` with everything that a page about it names. One query."""
    return _counting(READ_WHOLE(team=team.pk), {team.pk: team.cohort.call_id}).get(team.pk)


def _counting(rows: Iterable[Application], calls: dict[UUID, UUID]) -> dict[UUID, Application]:
    """Return by team the one that counts, of rows in the order of `_newest_first`; `calls` are those of the cohorts."""

    def rank(application: Application) -> tuple[bool, bool]:
        return application.withdrawn_at is not None, application.call_id != calls[application.team_id]

    chosen: dict[UUID, Application] = {}
    for application in sorted(rows, key=rank):
        if rank(application) != (True, True):
            chosen.setdefault(application.team_id, application)
    return chosen


def _attach_calls(rows: Iterable[Application], known: dict[UUID, FundingCall]) -> None:
    """Give applications the calls of the cohorts; one query more if an application is for a call that none has now."""
    missing = {row.call_id for row in rows} - known.keys()
    known = known | (FundingCall.objects.in_bulk(missing) if missing else {})
    for row in rows:
        row.call = known[row.call_id]


def sections_by_edition(applications: Iterable[Application]) -> dict[UUID, list[SectionTerm]]:
    """Return the sections by edition; without a query if the applications have their edition at hand."""
    rows = list(applications)
    if all("edition" in application._state.fields_cache for application in rows):
        return {application.edition_id: application.terms.sections for application in rows}
    editions = Edition.objects.filter(pk__in={application.edition_id for application in rows})
    return {edition.pk: edition.terms.sections for edition in editions}


def _newest_first(rows: QuerySet[Application]) -> QuerySet[Application]:
    return rows.order_by(F("withdrawn_at").desc(nulls_first=True), "-started_at")


READ_APPLICATIONS = Statement(lambda teams: _newest_first(Application.objects.filter(team__pk__among=teams)), "teams")
READ_WHOLE = Statement(lambda team: _newest_first(Application.objects.with_team().filter(team=team)), "team")
