"""What the demo's teams handed in and what the coaches said to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from applications.content import Text
from applications.content.quotes import Quote, quoted
from applications.models import Reading, ReadingItem, Remark, Reply, Revision
from applications.models.application import size_of_change
from schmiede.demo.data_files import Row
from schmiede.demo.teams import Cast, Scene

KINDS = {
    "must_change": Remark.Kind.MUST_CHANGE,
    "question": Remark.Kind.QUESTION,
    "hint": Remark.Kind.HINT,
    "praise": Remark.Kind.PRAISE,
}
VERDICTS = {"accepted": ReadingItem.Verdict.ACCEPTED, "change": ReadingItem.Verdict.PLEASE_CHANGE}


def make_readings(cast: Cast, scene: Scene) -> None:
    for row in cast.row.get("reading", []):
        make_reading(cast, row, scene)


def make_reading(cast: Cast, row: Row, scene: Scene) -> None:
    """One reading with its items and remarks, waiting, taken, withdrawn or given back, as its row says."""
    asked = scene.clock.moment(row["asked"])
    taken, finished, withdrawn = (
        scene.clock.moment(row[name]) if name in row else None for name in ("taken", "finished", "withdrawn")
    )
    coach = scene.staff[row["coach"]] if taken else None
    by = cast.users[row["by"]]
    reading = scene.batch.add(
        Reading(
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
    scene.batch.trace("reading.asked", reading, by=by, at=asked, sections=" ".join(row["sections"]))
    items = {key: make_item(cast, row, key, reading, scene) for key in row["sections"]}
    if withdrawn:
        scene.batch.trace("reading.withdrawn", reading, by=by, at=withdrawn)
    if taken:
        scene.batch.trace("reading.taken", reading, by=coach, at=taken)
    if taken and coach:
        for place, remark in enumerate(row.get("remark", []), 1):
            at = taken + timedelta(minutes=4 * place)
            make_remark(cast, items[remark["section"]], remark, scene, coach=coach, at=at)
    if finished:
        accepted = list(row["verdicts"].values()).count("accepted")
        scene.batch.trace("reading.given_back", reading, by=coach, at=finished, accepted=accepted)


def make_item(cast: Cast, row: Row, key: str, reading: Reading, scene: Scene) -> ReadingItem:
    """One section of a reading, with its verdict once it was given back."""
    draft, revision = cast.drafts[key], handed_in(cast, key, reading.asked_at)
    before = cast.given_back.get(key)
    if reading.finished_at:
        cast.given_back[key] = revision
    return scene.batch.add(
        ReadingItem(
            reading=reading,
            draft=draft,
            revision=revision,
            **size_of_change(draft.kind, revision.value, before.value if before else None),
            verdict=VERDICTS[row["verdicts"][key]] if reading.finished_at else "",
            closed_at=reading.finished_at or reading.withdrawn_at,
        )
    )


def handed_in(cast: Cast, key: str, asked: datetime) -> Revision:
    """The revision that was current when the section was handed in."""
    return [one for one in cast.revisions[key] if one.version and one.at <= asked][-1]


def make_remark(cast: Cast, item: ReadingItem, row: Row, scene: Scene, *, coach: User, at: datetime) -> None:
    """A remark with its place, its answers and what became of it."""
    done, resolved = (scene.clock.moment(row[name]) if name in row else None for name in ("done", "resolved"))
    quote = quote_of(item.revision, row["quote"]) if "quote" in row else Quote("")
    remark = scene.batch.add(
        Remark(
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
    scene.batch.trace("remark.written", remark, by=coach, at=at, kind=remark.kind)
    for answer in row.get("replies", []):
        moment, by = scene.clock.moment(answer["at"]), cast.users[answer["by"]]
        reply = scene.batch.add(Reply(remark=remark, text=answer["text"], by=by, at=moment))
        scene.batch.trace("remark.answered", remark, by=by, at=moment, reply=reply.pk)
    if done:
        scene.batch.trace("remark.done", remark, by=cast.owner, at=done)
    if resolved:
        scene.batch.trace("remark.resolved", remark, by=coach, at=resolved)


def quote_of(revision: Revision, words: str) -> Quote:
    """Where the quoted words stand in the text handed in; a quote that is not there is a mistake in the file."""
    value = revision.value
    quote = quoted(value.text, words) if isinstance(value, Text) else None
    if quote is None:
        raise ValueError(f"Not in {revision}: {words}")
    return quote
