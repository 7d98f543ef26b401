"""On the way to the post: what is asked when it matters, worked out from today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from applications.checks import Finding, Moment, run
from applications.deadline import read_deadline, umbrella_body
from applications.dossier import make_dossier
from applications.models import Submission
from applications.papers import Frozen

# What a day on paper answers: nobody is asked again for what is done.
ANSWERED_BY = {"C21": "transferred_on", "C22": "signed_on"}


def before_posting(submission: Submission, today: date | None = None) -> list[Finding]:
    """What matters before these papers are posted; nothing once they are, or where they do not count any more.

    Two queries at most: the rules, and the ways of the umbrella body if there is one. The deadline is the one on the
    papers; contents and terms are those that were frozen.
    """
    if not submission.is_current or submission.posted_on:
        return []
    application = submission.application
    frozen = Frozen.from_json(submission.frozen)
    body = umbrella_body(frozen.cover.umbrella_body, application.team.organisation)
    deadline = read_deadline(application.call, body, frozen.stage).as_frozen(frozen.deadline, frozen.deadline_counts)
    dossier = make_dossier(application, frozen.contents, today, deadline=deadline)
    dossier = replace(dossier, values=frozen.contents, terms=frozen.terms, stage=frozen.stage, is_finished=True)
    findings = run(dossier, Moment.POSTING)
    done = {code for code, step in ANSWERED_BY.items() if getattr(submission, step)}
    return [finding for finding in findings if finding.code not in done]
