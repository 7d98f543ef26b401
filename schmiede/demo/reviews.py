"""What the demo's teams handed in and what the coaches said to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from applications.content import Text
from applications.content.quotes import Quote, quoted
from applications.reviews.models import Comment, Reply, Review, ReviewItem
from applications.reviews.steps import size_of_change
from applications.writing.models import Revision
from schmiede.demo.data_files import Row
from schmiede.demo.teams import Cast, Scene

KINDS = {
    "must_change": Comment.Kind.MUST_CHANGE,
    "question": Comment.Kind.QUESTION,
    "hint": Comment.Kind.HINT,
    "praise": Comment.Kind.PRAISE,
}
VERDICTS = {"accepted": ReviewItem.Verdict.ACCEPTED, "change": ReviewItem.Verdict.PLEASE_CHANGE}


def make_reviews(cast: Cast, scene: Scene) -> None:
    for row in cast.row.get("review", []):
        make_review(cast, row, scene)


def make_review(cast: Cast, row: Row, scene: Scene) -> None:
    """One review with its items and comments, waiting, taken, withdrawn or given back, as its row says."""
    asked = scene.clock.moment(row["asked"])
    taken, finished, withdrawn = (
        scene.clock.moment(row[name]) if name in row else None for name in ("taken", "finished", "withdrawn")
    )
    coach = scene.staff[row["coach"]] if taken else None
    by = cast.users[row["by"]]
    review = scene.batch.add(
        Review(
            application=cast.begun,
            coach=coach,
            asked_by=by,
            asked_at=asked,
            promised_until=timezone.localdate(asked) + timedelta(days=scene.cohort.answer_days),
            taken_at=taken,
            finished_at=finished,
            withdrawn_at=withdrawn,
            summary=row.get("summary", ""),
            again_by=scene.clock.day(row["again_by"]) if "again_by" in row else None,
            versions={key: cast.version_at(key, asked) for key in cast.drafts},
        )
    )
    scene.batch.trace("review.asked", review, by=by, at=asked, sections=" ".join(row["sections"]))
    items = {key: make_item(cast, row, key, review, scene) for key in row["sections"]}
    if withdrawn:
        scene.batch.trace("review.withdrawn", review, by=by, at=withdrawn)
    if taken:
        scene.batch.trace("review.taken", review, by=coach, at=taken)
    if taken and coach:
        for place, comment in enumerate(row.get("comment", []), 1):
            at = taken + timedelta(minutes=4 * place)
            make_comment(cast, items[comment["section"]], comment, scene, coach=coach, at=at)
    if finished:
        accepted = list(row["verdicts"].values()).count("accepted")
        scene.batch.trace("review.given_back", review, by=coach, at=finished, accepted=accepted)


def make_item(cast: Cast, row: Row, key: str, review: Review, scene: Scene) -> ReviewItem:
    """One section of a review, with its verdict once it was given back."""
    draft, revision = cast.drafts[key], handed_in(cast, key, review.asked_at)
    before = cast.given_back.get(key)
    if review.finished_at:
        cast.given_back[key] = revision
    return scene.batch.add(
        ReviewItem(
            review=review,
            draft=draft,
            revision=revision,
            **size_of_change(draft.kind, revision.value, before.value if before else None),
            verdict=VERDICTS[row["verdicts"][key]] if review.finished_at else "",
            closed_at=review.finished_at or review.withdrawn_at,
        )
    )


def handed_in(cast: Cast, key: str, asked: datetime) -> Revision:
    """The revision that was current when the section was handed in."""
    return [revision for revision in cast.revisions[key] if revision.version and revision.at <= asked][-1]


def make_comment(cast: Cast, item: ReviewItem, row: Row, scene: Scene, *, coach: User, at: datetime) -> None:
    """A comment with its place, its answers and what became of it."""
    done, resolved = (scene.clock.moment(row[name]) if name in row else None for name in ("done", "resolved"))
    quote = quote_of(item.revision, row["quote"]) if "quote" in row else Quote("")
    comment = scene.batch.add(
        Comment(
            item=item,
            kind=KINDS[row["kind"]],
            text=row["text"],
            quote=quote.text,
            before=quote.before,
            after=quote.after,
            position=quote.position,
            row_id=cast.values.row_id(row["row"]) if "row" in row else "",
            field=row.get("field", ""),
            by=coach,
            at=at,
            done_at=done,
            done_by=cast.owner if done else None,
            resolved_at=resolved,
            resolved_by=coach if resolved else None,
        )
    )
    scene.batch.trace("comment.written", comment, by=coach, at=at, kind=comment.kind)
    for answer in row.get("replies", []):
        moment, by = scene.clock.moment(answer["at"]), cast.users[answer["by"]]
        reply = scene.batch.add(Reply(comment=comment, text=answer["text"], by=by, at=moment))
        scene.batch.trace("comment.answered", comment, by=by, at=moment, reply=reply.pk)
    if done:
        scene.batch.trace("comment.done", comment, by=cast.owner, at=done)
    if resolved:
        scene.batch.trace("comment.resolved", comment, by=coach, at=resolved)


def quote_of(revision: Revision, words: str) -> Quote:
    """Where the quoted words stand in the text handed in; a quote that is not there is a mistake in the file."""
    value = revision.value
    quote = quoted(value.text, words) if isinstance(value, Text) else None
    if quote is None:
        raise ValueError(f"Not in {revision}: {words}")
    return quote
