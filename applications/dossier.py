"""All that the checks and the papers read of an application: its contents and its call as one value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import cast

from django.utils import timezone

from applications.checks import Dossier
from applications.content import Content, Cover, empty
from applications.deadline import Deadline, OnPapers, read_deadline, umbrella_body
from applications.reviews.section_facts import sections_of
from applications.states import SectionFacts
from applications.writing.models import Application, Draft
from calls.terms import ATTACHMENTS, COVER
from workshops.opening import Opening

# The sections whose findings depend on the deadline.
NEED_DEADLINE = frozenset({COVER, ATTACHMENTS})


def read_dossier(
    application: Application,
    today: date | None = None,
    plan: Sequence[Opening] = (),
    reviews: dict[str, SectionFacts] | None = None,
) -> Dossier:
    """Read drafts, rules, reviews and umbrella route: four queries. The application must come from `with_team()`.

    With the `plan` of the cohort its sections know when they open. With `reviews` at hand, of all sections, they are not
    read again.
    """
    drafts = list(application.drafts.all())
    values: dict[str, Content] = {draft.key: draft.value for draft in drafts}
    reviews = reviews_of(application, drafts, plan) if reviews is None else reviews
    return make_dossier(application, values, today, reviews=reviews)


def reviews_of(
    application: Application, drafts: Iterable[Draft], plan: Sequence[Opening] = ()
) -> dict[str, SectionFacts]:
    """Return the reviews of each section (one query); without a `plan` every section counts as open."""
    return sections_of(application, drafts, plan)


def make_dossier(
    application: Application,
    values: dict[str, Content],
    today: date | None = None,
    *,
    reviews: dict[str, SectionFacts] | None = None,
    only: str = "",
    deadline: Deadline | None = None,
    is_partial: bool = False,
) -> Dossier:
    """Return the dossier of these contents: a query for the rules, one for the deadline if there is an umbrella body.

    With `only` it is for the findings of that section alone, and the deadline is read only if they need it. A
    draft whose section the edition has dropped is left out. With `is_partial` the contents are all that may be seen: nothing
    is taken from the drafts, such as the pages of the sketch.
    """
    call, organisation = application.call, application.team.organisation
    if deadline is None:
        deadline = deadline_of(application, values) if not only or only in NEED_DEADLINE else Deadline(None)
    return Dossier(
        values={key: value for key, value in values.items() if key in application.terms.by_key},
        terms=application.terms,
        year=call.year,
        today=today or timezone.localdate(),
        rules=call.rule_terms(),
        stage=application.stage,
        signing=call.signing,
        is_finished=application.is_finished,
        pages=None if is_partial else application.pages,
        deadline=deadline.day,
        deadline_counts=deadline.counts,
        umbrella_body=deadline.body,
        route=deadline.route,
        charitable_until=organisation.charitable_until,
        reviews=reviews or {},
        only=only,
        is_partial=is_partial,
    )


def deadline_of(application: Application, values: dict[str, Content]) -> Deadline:
    """Return the deadline that holds with these contents; of a finished application the one on its papers.

    One query if there is an umbrella body, and one if the application is finished.
    """
    cover = cast("Cover", values.get(COVER) or empty("cover"))
    body = umbrella_body(cover.umbrella_body, application.team.organisation)
    return read_deadline(application.call, body, application.stage, papers_of(application))


def papers_of(application: Application) -> OnPapers | None:
    """What the papers say that count now; None while the application is not finished."""
    if not application.is_finished:
        return None
    current = application.submissions.current().filter(stage=application.stage)
    frozen = current.values_list("frozen__deadline", "frozen__deadline_counts", "frozen__via").first()
    return OnPapers.of(*frozen) if frozen else None
