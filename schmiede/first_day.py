"""The days between the acceptance and the first workshop: what may be begun now because it takes long, and the first session."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from applications.progress.team_facts import TeamFacts
from applications.writing.idea import idea_of
from applications.writing.models import Application, Attachment
from calls.models import Edition
from calls.terms import SUMMARY, AttachmentTerm, Terms
from cohorts.models import Team
from core.statements import Statement
from core.values import dataclass
from workshops.models import Session

# Attachments that an office has to give out; a new one can take weeks (the call's guidance on attachments).
FROM_OFFICES = ("tax_exemption", "register_extract")


@dataclass(frozen=True)
class FirstDay:
    """What the page of the first day shows beside the card."""

    idea: str
    recording: str
    idea_is_taken: bool
    papers: tuple[AttachmentTerm, ...]
    session: Session | None
    """The first session that is planned, if one is."""


def is_first_day(facts: TeamFacts, now: datetime) -> bool:
    """Is the team accepted, and nothing of a workshop open yet? Not for a team that is out or has finished."""
    begun = any(step.is_open(now) for step in facts.steps)
    waits = bool(facts.steps) or facts.application is None
    return waits and not begun and not facts.is_withdrawn and facts.submission is None and not facts.is_over


def first_day_of(team: Team, facts: TeamFacts, application: Application | None) -> FirstDay:
    """Read it with three queries. What is uploaded need not be asked for any more."""
    idea, recording = idea_of(team.pk)
    terms = application.terms if application else _terms(team)
    there = set(READ_UPLOADED(application=application.pk)) if application else set()
    papers = sorted(
        (term for term in terms.attachments if term.key in FROM_OFFICES and term.key not in there), key=_by_office
    )
    summary = next((section for section in facts.sections if section.key == SUMMARY), None)
    return FirstDay(
        idea=idea,
        recording=recording,
        idea_is_taken=bool(summary and summary.version),
        papers=tuple(papers),
        session=READ_FIRST_SESSION.first(cohort=team.cohort_id),
    )


def _terms(team: Team) -> Terms:
    edition = READ_EDITION.first(call=team.cohort.call_id)
    return edition.terms if edition else Terms()


def _by_office(term: AttachmentTerm) -> int:
    return FROM_OFFICES.index(term.key)


def _first_session(cohort: Any) -> QuerySet[Session]:
    rows = Session.objects.filter(workshop__cohort=cohort, workshop__cancelled_at=None)
    return rows.select_related("workshop").order_by("begins_at")[:1]


READ_FIRST_SESSION = Statement(_first_session, "cohort")
READ_UPLOADED = Statement(
    lambda application: Attachment.objects.filter(application=application).order_by().values_list("kind", flat=True),
    "application",
)
READ_EDITION = Statement(lambda call: Edition.objects.published().filter(call=call).order_by("-number")[:1], "call")
