"""How one save is decided: stored as sent, merged, or a conflict; how often it is tried (`TRIES`).

Texts are merged before the application is locked, and saved if they are still the texts to be merged. If somebody else
was faster `TRIES` times, they are merged under the lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from accounts.models import User
from applications.content import Content, InvalidContent, loads, storable
from applications.content.merging.merge import merge
from applications.writing.models.application import NotDrafting, SectionClosed
from applications.writing.models.revision import Revision
from core.values import dataclass
from core.writes import Stale

if TYPE_CHECKING:
    from applications.writing.models.draft import Draft

# Two texts are merged without the lock so many times; then others have to wait.
TRIES = 3


class How(StrEnum):
    """What became of a text that was sent to be saved."""

    SAVED = "saved"
    MERGED = "merged"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Save:
    """The answer to a save: the version and value that are current now, and since when.

    In a conflict these are the other person's, and `sent` is the revision that keeps what was sent. After a merge
    `joined_with` is the text that stood there before.
    """

    how: How
    version: int
    value: Content
    at: datetime | None
    sent: Revision | None = None
    joined_with: Content | None = None


@dataclass(frozen=True)
class Sent:
    """What somebody sends to be saved; see `Draft.save_content`."""

    by: User
    seen: int
    content: Content
    save_id: UUID | None
    after: Sequence[UUID]
    why: str

    @property
    def attempts(self) -> list[UUID]:
        """This attempt and those before it, by the names their page gave them."""
        return [*self.after, *([self.save_id] if self.save_id else [])]


@dataclass(frozen=True)
class TwoTexts:
    """A text that was sent and the current text, which were both written on `before`."""

    base: Revision | None
    seen: int
    version: int
    before: Content
    content: Content
    theirs: Content

    def merged(self) -> MergeResult:
        merged = merge(self.before, self.content, self.theirs)
        try:
            return MergeResult(self, None if merged.clashes else storable(merged.value))
        except InvalidContent:
            return MergeResult(self, None)


@dataclass(frozen=True)
class MergeResult:
    """What two texts become; None if a person has to decide: they clash, or are too much together."""

    texts: TwoTexts
    value: Content | None

    def is_of(self, base: Revision | None, seen: int, version: int) -> bool:
        """Are these still the texts to be merged?"""
        return (self.texts.base, self.texts.seen, self.texts.version) == (base, seen, version)


def save_sent(draft: Draft, sent: Sent) -> Save:
    """Save what was sent, merged with what others have saved meanwhile; raise what `Draft.save_content` raises."""
    try:
        return save_named(draft, sent)
    except IntegrityError:  # another text has the name of this attempt; no page of ours names two alike
        draft.refresh_from_db()
        return save_named(draft, replace(sent, save_id=None))


def save_named(draft: Draft, sent: Sent) -> Save:
    """Save what was sent; `IntegrityError` if another text has the name of the attempt."""
    if sent.seen == draft.version and not sent.after and sent.content != draft.value:
        try:
            return save_next(draft, sent)
        except (NotDrafting, SectionClosed):
            raise
        except Stale:
            pass  # somebody was faster: below it is looked at under the lock
    result = merge_ahead(draft, sent)
    tries = 1 if result else 0
    while isinstance(answer := save_locked(draft, sent, result, merge_here=tries == TRIES), TwoTexts):
        result = answer.merged()
        tries += 1
    return answer


@transaction.atomic
def save_next(draft: Draft, sent: Sent) -> Save:
    """Save a text that follows on the current version, as nearly all do; raise `Stale` if it does not, or nobody may write."""
    draft.application.require(sent.by, "write")
    draft.application.lock_drafting()
    draft.refuse_closed()
    draft.write(sent.content, by=sent.by, seen=sent.seen, save_id=sent.save_id, why=sent.why)
    return answer_of(draft, How.SAVED, sent.content)


def merge_ahead(draft: Draft, sent: Sent) -> MergeResult | None:
    """Merge the texts as far as they are known without the lock; None if nobody else has saved."""
    if sent.seen == draft.version and not sent.after:
        return None
    base, before = draft.origin(sent.by, sent.seen, sent.after)
    seen = version_seen(draft, sent, base)
    if follows(draft, base, seen):
        return None
    return TwoTexts(base, seen, draft.version, before, sent.content, draft.value).merged()


@transaction.atomic
def save_locked(unlocked: Draft, sent: Sent, result: MergeResult | None, *, merge_here: bool) -> Save | TwoTexts:
    """Save under the lock, or return the two texts to merge first if `result` is not of them.

    With `merge_here` they are merged under the lock instead.
    """
    draft = unlocked.lock(sent.by)
    known = draft.attempts_that_got_through(sent.by, sent.attempts)
    if sent.content == draft.value or sent.save_id in known:
        return answer_of(draft, How.UNCHANGED, draft.value)
    base = latest(known, sent.after)
    seen = version_seen(draft, sent, base)
    if follows(draft, base, seen):
        draft.write(sent.content, by=sent.by, seen=seen, save_id=sent.save_id, why=sent.why)
        return answer_of(draft, How.SAVED, sent.content)
    if result is None or not result.is_of(base, seen, draft.version):
        before = loads(draft.kind, base.content) if base else draft.value_at(seen)
        texts = TwoTexts(base, seen, draft.version, before, sent.content, draft.value)
        if not merge_here and sent.content != texts.before:
            return texts
        result = texts.merged()
    if sent.content == result.texts.before:
        return answer_of(draft, How.UNCHANGED, draft.value)
    return save_merged(draft, sent, result)


def version_seen(draft: Draft, sent: Sent, base: Revision | None) -> int:
    """Return the version that somebody had before them: the current one if their own attempt has become it."""
    return draft.version if base and base.version == draft.version else sent.seen


def follows(draft: Draft, base: Revision | None, seen: int) -> bool:
    """Was a text written on the current version, by somebody who saw all of it?"""
    return seen == draft.version and (base is None or base.version == seen)


def save_merged(draft: Draft, sent: Sent, result: MergeResult) -> Save:
    """Keep what was sent as it was sent, and write what both texts became unless a person has to decide."""
    why_kept = Revision.Why.MERGED if sent.why == Revision.Why.SAVED else sent.why
    revision = keep_as_sent(draft, sent, result.texts, Revision.Why.CONFLICT if result.value is None else why_kept)
    if result.value is None:
        return answer_of(draft, How.CONFLICT, draft.value, revision)
    if result.value != draft.value:
        draft.write(result.value, by=sent.by, seen=draft.version, why=Revision.Why.MERGED, merged_with=draft.by)
    return replace(answer_of(draft, How.MERGED, result.value, revision), joined_with=result.texts.theirs)


def keep_as_sent(draft: Draft, sent: Sent, texts: TwoTexts, why: str) -> Revision:
    """Keep what was sent as it was sent, once; but every named attempt of a page that saves by itself."""
    # Sorted here: a database that sorts by itself walks over every version of the section.
    alike = draft.revisions.filter(version=None, by=sent.by, based_on=texts.seen, why=why).order_by()
    newest = max(alike, key=attrgetter("at"), default=None)
    is_named = sent.save_id is not None and why != Revision.Why.CONFLICT
    is_imported = sent.why == Revision.Why.IMPORTED
    if newest and not is_named and loads(draft.kind, newest.content) == texts.content:
        if is_imported and not newest.is_imported:  # the same text was typed before, and now it came in a file
            newest.is_imported = True
            newest.save(update_fields=["is_imported"])
        return newest
    if why == Revision.Why.CONFLICT:
        keep_origin(draft, texts)
    return draft.revisions.create(
        pk=sent.save_id or uuid4(),
        by=sent.by,
        content=texts.content.data,
        length=texts.content.length,
        based_on=texts.seen,
        base=texts.base,
        why=why,
        is_imported=is_imported,
        is_kept=why in Revision.NEVER_THINNED,
    )


def keep_origin(draft: Draft, texts: TwoTexts) -> None:
    """Never thin what both texts were written on: the person who decides a conflict later has to see it."""
    draft.revisions.filter(version=texts.seen).update(is_kept=True)
    if texts.base:
        draft.revisions.filter(pk=texts.base.pk).update(is_kept=True)


def answer_of(draft: Draft, how: How, value: Content, sent: Revision | None = None) -> Save:
    """Return what became of a text; `value` is the current one, which its caller has at hand."""
    return Save(how, draft.version, value, draft.at, sent)


def latest(known: Mapping[UUID, Revision], ids: Sequence[UUID]) -> Revision | None:
    """Return the last of these attempts that is known."""
    return next((known[key] for key in reversed(ids) if key in known), None)
