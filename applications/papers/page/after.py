"""What the page of the papers says after the outcome: an invitation, a grant, or a refusal; each with its next step."""

from __future__ import annotations

from typing import Any

from applications.papers import Frozen
from applications.papers.models import Outcome, Submission
from applications.papers.page.after_the_grant import duties, proofs


def after_the_outcome(submission: Submission, outcome: Outcome | None, frozen: Frozen) -> dict[str, Any]:
    """Return what follows from the outcome; a query for the other ways after a refusal, else none."""
    if outcome is None or not submission.is_current:
        return {}
    if outcome.is_invitation:
        terms = submission.application.terms
        return {"new_attachments": [kind for kind in terms.attachments_of(2) if kind.stage == 2]}
    if outcome.is_grant:
        amount = outcome.amount_cents if outcome.amount_cents is not None else submission.grant_cents
        return {"duties": duties(amount), "proofs": proofs(frozen), "answers": Outcome.Example.choices}
    return {"other_ways": list(submission.application.call.other_ways.all())}
