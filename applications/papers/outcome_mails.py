"""Two mails about an outcome: it was entered or corrected, it was taken back.

Each names the papers and their stage, and what becomes of stage 2. The team, the others concerned and who entered it read
their own words.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.models import User
from applications.reviews.steps import CalledOff
from applications.writing.models.application import Application
from core.values import dataclass
from core.words import money_in_text

if TYPE_CHECKING:
    from applications.papers.models.outcome import Outcome
    from applications.papers.models.submission import Submission


@dataclass(frozen=True)
class Closed:
    """Was stage 2 closed by a step, and which reviews of it were called off or are still being read?"""

    is_so: bool = False
    reviews: CalledOff = field(default_factory=CalledOff)


def tell_entered(
    outcome: Outcome, *, before: Outcome | None, application: Application, closed: Closed, by: User, dedup: object
) -> None:
    """Tell everybody concerned what stands there now, and what stood there `before`."""
    submission = outcome.submission
    submission.tell(
        "applications/mails/outcome.txt",
        by=by,
        dedup=dedup,
        about=about(submission),
        outcome=outcome,
        before=before,
        amounts=amounts(before, outcome),
        is_being_written=application.stage == 2 and application.is_drafting,
        second=papers_of_stage_two(submission),
        closed=closed,
        members=members(submission),
    )


def tell_removed(submission: Submission, *, was: object, closed: Closed, by: User, dedup: object) -> None:
    """Tell everybody who was told of an outcome that it was taken back."""
    submission.tell(
        "applications/mails/outcome_removed.txt",
        by=by,
        dedup=dedup,
        about=about(submission),
        was=was,
        closed=closed,
        members=members(submission),
    )


def about(submission: Submission) -> str:
    """Return in the accusative which outcome it is: of which papers and stage, for whose Vorhaben."""
    names = {"title": submission.application.name, "team": submission.application.team.title}
    if submission.stage == 2:
        return _("das Ergebnis des Antrags (Stufe 2) zum Vorhaben „%(title)s“ von %(team)s") % names
    return _("das Ergebnis der Interessenbekundung (Stufe 1) zum Vorhaben „%(title)s“ von %(team)s") % names


def amounts(before: Outcome | None, outcome: Outcome) -> tuple[str, str] | None:
    """Return what was granted before and is now, of a grant whose amount was corrected."""
    if before is None or not (before.is_grant and outcome.is_grant) or before.amount_cents == outcome.amount_cents:
        return None
    was, now = (
        _("nicht angegeben") if one.amount_cents is None else money_in_text(one.amount_cents)
        for one in (before, outcome)
    )
    return was, now


def papers_of_stage_two(submission: Submission) -> Submission | None:
    """Return the papers of stage 2 that stand beside those of stage 1."""
    if submission.stage == 2:
        return None
    return submission.application.submissions.current().filter(stage=2).defer("frozen").first()


def members(submission: Submission) -> set[object]:
    """Return the keys of those who are spoken to as the team."""
    return set(submission.application.team.joined().values_list("user", flat=True))
