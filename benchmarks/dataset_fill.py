"""Filling an empty database: the demo world, many cohorts, and a section with comments that was handed in again."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts.models import Message, Organisation, User
from applications.content import Text
from applications.content.quotes import quoted
from applications.reviews.models import Comment, Reply, Review, ReviewItem
from applications.reviews.steps import hand_in
from applications.writing.models import Application, Draft
from benchmarks.dataset_cohorts import FORTY, TWELVE, Plan, make_cohort, make_plans, make_undecided
from benchmarks.dataset_teams import Source, make_person, make_team, read_source
from benchmarks.dataset_words import moment, words
from calls.models import FundingCall
from cohorts.models import Cohort
from schmiede.demo import world as demo
from schmiede.demo.batch import Batch

MEASURED, COMMENTS = "s4", 7  # the section that is measured, and how many comments stand on it
STATES = ("waiting", "taken", "given")


@dataclass(frozen=True)
class Scene:
    """What the measured pages show, and who opens them."""

    people: dict[str, User]
    measured: Application
    full: Application
    review: Review
    twelve: Cohort
    forty: Cohort


@transaction.atomic
def fill(applications: int) -> Scene:
    """Load the demo world, add teams until there are that many applications, and prepare the measured section.

    Raises `NotEmpty` if somebody has an account already.
    """
    demo.load(papers=False)
    people = {name: User.objects.get(email=f"{name}@example.org") for name in ("amina", "bilal", "carla", "doris")}
    measured = Application.objects.get(team__members__user=people["amina"])
    full = Application.objects.get(team__members__user=people["bilal"], status=Application.Status.DRAFTING)
    organiser, call = measured.team.cohort.organiser, measured.call
    source = read_source(full, measured.edition)
    coaches, others = _staff(people["carla"])
    teams = max(applications - Application.objects.count(), 0)
    number = 0
    for plan in make_plans(teams, organiser, others, coaches):
        _make(plan, call, source, number, waits=plan.coaches == coaches[:1])
        number += plan.teams
    review = prepare_measured(measured, writer=people["amina"], coach=people["carla"])
    Message.objects.all().delete()
    twelve, forty = (Cohort.objects.get(slug=slug) for slug in (TWELVE, FORTY))
    return Scene(people, measured, full, review, twelve, forty)


def _staff(carla: User) -> tuple[list[User], list[Organisation]]:
    """Return ten coaches, Carla first, and eight organisations that run cohorts."""
    batch = Batch()
    coaches = [carla, User.objects.get(email="henrik@example.org")]
    coaches += [make_person(f"Coach{n}", f"Bench{n}", f"coach{n}@example.org", batch) for n in range(8)]
    fields = {"city": "Leipzig", "runs_cohorts": True, "legal_form": "ggmbh"}
    others = [
        batch.add(Organisation(name=f"Träger {number} gGmbH", short_name=f"Träger {number}", **fields))
        for number in range(8)
    ]
    batch.save()
    return coaches, others


def _make(plan: Plan, call: FundingCall, source: Source, first_number: int, *, waits: bool) -> None:
    """Make a cohort with its teams; if it `waits`, the last review of every team does."""
    batch = Batch()
    made = make_cohort(plan, call, batch)
    for number in range(first_number, first_number + plan.teams):
        make_team(number, made, source, last_review="waiting" if waits else STATES[number % 3], batch=batch)
    if plan.slug == TWELVE:
        make_undecided(made.cohort, batch)
    batch.save()


def prepare_measured(application: Application, *, writer: User, coach: User) -> Review:
    """Leave comments on the measured section, change it and hand it in again. Return the review, which the coach took."""
    draft = application.drafts.get(key=MEASURED)
    given = ReviewItem.objects.filter(draft=draft, review__finished_at__isnull=False)
    item = given.select_related("review", "revision").latest("review__asked_at")
    item.revision.draft = draft
    text = item.revision.value.text
    comment_on(item, text, writer=writer, coach=coach)
    changed = text.replace("und", "sowie", 3) + f"\n\n{words(40)}."
    draft.write(Text(changed), by=writer, seen=draft.version)
    review = hand_in(Application.objects.with_team().get(pk=application.pk), [MEASURED], by=writer)
    review.take(by=coach)
    return review


def comment_on(item: ReviewItem, text: str, *, writer: User, coach: User) -> None:
    """Add comments with an answer each, on sentences of the text, until the section has as many as wanted."""
    sentences = [part.strip() for part in text.replace("\n", " ").split(". ") if len(part) > 30]
    for number in range(COMMENTS - comments_of(item.draft)):
        quote = quoted(text, sentences[(number * 2) % len(sentences)].rstrip("."))
        if quote is None:
            raise ValueError("A sentence of the text does not stand in it.")
        comment = Comment.objects.create(
            item=item,
            kind=(Comment.Kind.QUESTION, Comment.Kind.HINT, Comment.Kind.MUST_CHANGE)[number % 3],
            text=words(25),
            quote=quote.text,
            before=quote.before,
            after=quote.after,
            position=quote.position,
            by=coach,
            at=item.review.taken_at,
        )
        Reply.objects.create(comment=comment, text=words(15), by=writer, at=moment(-2))


def comments_of(draft: Draft) -> int:
    return Comment.objects.filter(item__draft=draft).count()
