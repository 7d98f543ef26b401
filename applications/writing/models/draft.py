from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, Record, User
from accounts.models.record import Person
from applications.content import Budget, Content, Cover, InvalidContent, dumps, empty, length, loads, storable
from applications.content.merge import merge
from applications.stays import TEAMS_TEXT
from applications.writing.models.application import Application
from applications.writing.models.revision import Revision
from applications.writing.thinning import EXACT
from calls.terms import Kind
from core.writes import Stale, write_if
from workshops.opening import is_open, plan_of

# So many characters fewer are worth asking whether that was meant.
MUCH = 200
# So often two texts are merged while others may save; if somebody did each time, they are merged while the others wait.
TRIES = 3


class SectionClosed(Stale):
    """The section's workshop has not begun yet: it can be read, not written."""


class How(StrEnum):
    """What became of a text that was sent to be saved."""

    SAVED = "saved"
    MERGED = "merged"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Save:
    """The answer to a save: the version and value that are current now, and since when.

    In a conflict these are the other person's; `sent` is then the revision that keeps what was sent. After merging,
    `joined_with` is what stood there before.
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
        """This one and those before it, by the names their page gave them."""
        return [*self.after, *([self.save_id] if self.save_id else [])]


@dataclass(frozen=True)
class Two:
    """A text that was sent and the one that is current, which both came from `before`."""

    base: Revision | None
    seen: int
    version: int
    before: Content
    content: Content
    theirs: Content

    def joined(self) -> Joined:
        merged = merge(self.before, self.content, self.theirs)
        try:
            return Joined(self, None if merged.clashes else storable(merged.value))
        except InvalidContent:
            return Joined(self, None)


@dataclass(frozen=True)
class Joined:
    """What two texts become; None where a person decides: they clash, or together they are more than can be stored."""

    two: Two
    result: Content | None

    def is_of(self, base: Revision | None, seen: int, version: int) -> bool:
        """Is it still these texts that are to be joined?"""
        return (self.two.base, self.two.seen, self.two.version) == (base, seen, version)


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: Person) -> DraftQuerySet:
        return self.filter(Exists(Application.objects.visible_to(user).filter(pk=OuterRef("application"))))

    def for_list(self) -> DraftQuerySet:
        """Without the texts."""
        return self.defer("content")


class Draft(Record):
    """The current content of one section. All of an application's drafts are made with it, so a save is an UPDATE."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=10)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in Kind])
    content = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    length = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    STAYS = {"content": TEAMS_TEXT}
    COHORTS = "application__team__cohort"

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("Entwurf eines Abschnitts")
        verbose_name_plural = _("Entwürfe der Abschnitte")
        ordering = ["application", "key"]
        constraints = [models.UniqueConstraint(fields=["application", "key"], name="draft_unique")]

    def __str__(self) -> str:
        return f"{self.key} · {self.version}"

    @property
    def cohort_uuid(self) -> UUID:
        return self.application.cohort_uuid

    @property
    def is_begun(self) -> bool:
        return self.version > 0

    @cached_property
    def value(self) -> Content:
        """The content as a value of its kind; an empty one for version 0."""
        return loads(self.kind, self.content)

    def revision_to_keep(self, *, by: User) -> Revision:
        """The revision of the current version, for whatever refers to it; written now if no save left one."""
        draft = Draft.objects.get(pk=self.pk)
        kept = {
            "content": draft.content,
            "length": draft.length,
            "by": by,
            "why": Revision.Why.HANDED_IN,
            "is_kept": True,
        }
        return self.revisions.get_or_create(version=draft.version, defaults=kept)[0]

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.application.roles_of(user)

    MAY = Application.MAY

    def longer_before(self, now: datetime) -> Revision | None:
        """The newest text that was at least twice as long as today's, if somebody emptied much within the last two days.

        Without its content. For bringing back what went by accident (one query).
        """
        least = max(2 * self.length, self.length + MUCH)
        longer = self.revisions.filter(version__isnull=False, at__gte=now - EXACT, length__gte=least)
        return longer.select_related("by").defer("content").order_by("-version").first()

    def value_at(self, version: int) -> Content:
        """The content as it was in a version; where that was thinned out, the one before it; empty for version 0."""
        kept = self.revisions.filter(version__lte=version).order_by("-version").first()
        return loads(self.kind, kept.content) if kept else empty(self.kind)

    def save_content(
        self,
        *,
        by: User,
        seen: int,
        content: Content,
        save_id: UUID | None = None,
        after: Sequence[UUID] = (),
        why: str = "saved",
    ) -> Save:
        """Save what somebody wrote who had version `seen` before them. Nothing sent is ever lost:

        it becomes the next version; or, if somebody else saved meanwhile, it is merged with theirs and kept as sent;
        or, where both changed the same words or cells, it is kept as a revision (`How.CONFLICT`) and a person decides.
        Nothing changed, nothing saved. `NotDrafting`, `SectionClosed`; `InvalidContent` for what cannot be stored.

        A page that saves by itself names each attempt (`save_id`) and those before it whose texts it still shows
        (`after`: merged with somebody else's, or never answered). What was written then came from there. `why` is
        *saved*, or *imported* for a text that came back in a file.

        Texts are merged while nobody waits for the row, and saved if they are still the ones to be merged. Where
        somebody else was faster three times, they are merged under the lock.
        """
        sent = Sent(by, seen, storable(content), save_id, after, why)
        joined = self._joined_ahead(sent)
        tries = 1 if joined else 0
        while isinstance(answer := self._save(sent, joined, at_last=tries == TRIES), Two):
            joined = answer.joined()
            tries += 1
        return answer

    def _joined_ahead(self, sent: Sent) -> Joined | None:
        """The texts that have to be joined as far as is known without the lock; None if nobody else has saved."""
        if sent.seen == self.version and not sent.after:
            return None
        base, before = self._origin(sent.by, sent.seen, sent.after)
        seen = self._version_seen(sent, base)
        if self._follows(base, seen):
            return None
        return Two(base, seen, self.version, before, sent.content, self.value).joined()

    @transaction.atomic
    def _save(self, sent: Sent, joined: Joined | None, *, at_last: bool) -> Save | Two:
        """Save under the lock; or say which two texts are to be joined first, if it is not those that are `joined`.

        `at_last` they are joined right here.
        """
        draft = self._locked(sent.by)
        known = draft._known(sent.by, sent.attempts)
        if sent.content == draft.value or sent.save_id in known:
            return draft._answer(How.UNCHANGED)
        base = _latest(known, sent.after)
        seen = draft._version_seen(sent, base)
        if draft._follows(base, seen):
            draft.write(sent.content, by=sent.by, seen=seen, save_id=sent.save_id, why=sent.why)
            return draft._answer(How.SAVED)
        if joined is None or not joined.is_of(base, seen, draft.version):
            before = loads(draft.kind, base.content) if base else draft.value_at(seen)
            two = Two(base, seen, draft.version, before, sent.content, draft.value)
            if not at_last and sent.content != two.before:
                return two
            joined = two.joined()
        if sent.content == joined.two.before:
            return draft._answer(How.UNCHANGED)
        return draft._save_joined(sent, joined)

    def _version_seen(self, sent: Sent, base: Revision | None) -> int:
        """Which version somebody had before them; the current one if their own attempt has become it."""
        return self.version if base and base.version == self.version else sent.seen

    def _follows(self, base: Revision | None, seen: int) -> bool:
        """Was it written on the current version, by somebody who saw all of it?"""
        return seen == self.version and (base is None or base.version == seen)

    def _save_joined(self, sent: Sent, joined: Joined) -> Save:
        """Keep what was sent as it was sent, and write what both texts became, if nobody has to decide."""
        alone = Revision.Why.MERGED if sent.why == Revision.Why.SAVED else sent.why
        why = Revision.Why.CONFLICT if joined.result is None else alone
        two = joined.two
        kept = self._keep(two, sent, why)
        if joined.result is None:
            return self._answer(How.CONFLICT, kept)
        if joined.result != self.value:
            self.write(joined.result, by=sent.by, seen=self.version, why=Revision.Why.MERGED, merged_with=self.by)
        return replace(self._answer(How.MERGED, kept), joined_with=two.theirs)

    def value_before(self, by: User, seen: int, after: Sequence[UUID] = ()) -> Content:
        """What this person's page showed when they began to change it; see `save_content`."""
        return self._origin(by, seen, after)[1]

    def _origin(self, by: User, seen: int, after: Sequence[UUID]) -> tuple[Revision | None, Content]:
        """Which attempt somebody has written on, if on any, and the text their page showed. Read once."""
        key = (by.pk, seen, tuple(after))
        if key not in self._origins:
            base = _latest(self._known(by, after), after)
            if base:
                self._origins[key] = base, loads(self.kind, base.content)
            else:
                self._origins[key] = None, self.value if seen == self.version else self.value_at(seen)
        return self._origins[key]

    @cached_property
    def _origins(self) -> dict[tuple[UUID, int, tuple[UUID, ...]], tuple[Revision | None, Content]]:
        return {}

    def _known(self, by: User, ids: Sequence[UUID]) -> dict[UUID, Revision]:
        """Which attempts of this person got through and were not refused; one query, none without attempts."""
        if not ids:
            return {}
        return {row.pk: row for row in self.revisions.filter(pk__in=ids, by=by).exclude(why=Revision.Why.CONFLICT)}

    @transaction.atomic
    def restore(self, revision: Revision, *, by: User, seen: int) -> Save:
        """Make an earlier text current again, as a new version. `Stale` if somebody saved since version `seen`."""
        draft = self._locked(by)
        if revision.draft_id != draft.pk:
            raise PermissionDenied("a text of another section")
        value = loads(draft.kind, revision.content)
        if value == draft.value:
            return draft._answer(How.UNCHANGED)
        draft.write(value, by=by, seen=seen, why=Revision.Why.RESTORED)
        Event.record("draft.restored", draft, by=by, cohort=self.application.cohort_uuid, version=revision.version)
        return draft._answer(How.SAVED)

    def _locked(self, by: User) -> Draft:
        """The draft as it is now, its application locked and found to be writable at this moment."""
        self.application.require(by, "write")
        self.application.lock_for_writing()
        if not is_open(self.key, plan_of(self.application.cohort_uuid), timezone.now()):
            raise SectionClosed
        return Draft.objects.get(pk=self.pk)

    def write(
        self,
        value: Content,
        *,
        by: User | None,
        seen: int,
        why: str = "saved",
        save_id: UUID | None = None,
        merged_with: User | None = None,
    ) -> None:
        """Make the value the next version, with its revision and the application's copies. `Stale` if moved on.

        Part of a step that has locked the application and looked whether it may be written.
        """
        now, data = timezone.now(), dumps(value)
        fields = {"content": data, "version": seen + 1, "length": length(value), "by": by, "at": now}
        write_if(self, {"version": seen}, **fields)
        self.__dict__.pop("value", None)
        kept = {"pk": save_id or uuid4(), "based_on": seen, "why": why, "merged_with": merged_with}
        kept["is_imported"] = why == Revision.Why.IMPORTED
        self.revisions.create(**kept, is_kept=why in Revision.NEVER_THINNED, **fields)
        Application.objects.filter(pk=self.application_id).update(changed_at=now, **copies_of(value))

    def _keep(self, two: Two, sent: Sent, why: str) -> Revision:
        """Keep what was sent as it was sent, once; but each attempt of a page that goes on writing on it by itself."""
        content, by, seen, base, save_id = two.content, sent.by, two.seen, two.base, sent.save_id
        # Ordered here: a database that orders by itself walks over every version of the section.
        alike = self.revisions.filter(version=None, by=by, based_on=seen, why=why).order_by()
        last = max(alike, key=attrgetter("at"), default=None)
        is_named = save_id is not None and why != Revision.Why.CONFLICT
        if last and not is_named and loads(self.kind, last.content) == content:
            if sent.why == Revision.Why.IMPORTED and not last.is_imported:  # typed before, and now come in a file
                last.is_imported = True
                last.save(update_fields=["is_imported"])
            return last
        fields = {"content": dumps(content), "length": length(content), "based_on": seen, "base": base, "why": why}
        fields["is_imported"] = sent.why == Revision.Why.IMPORTED
        if why == Revision.Why.CONFLICT:  # whoever decides later sees what both began with
            self.revisions.filter(version=seen).update(is_kept=True)
            if base:
                self.revisions.filter(pk=base.pk).update(is_kept=True)
        return self.revisions.create(pk=save_id or uuid4(), by=by, is_kept=why in Revision.NEVER_THINNED, **fields)

    def _answer(self, how: How, sent: Revision | None = None) -> Save:
        return Save(how, self.version, self.value, self.at, sent)


def _latest(known: Mapping[UUID, Revision], ids: Sequence[UUID]) -> Revision | None:
    return next((known[key] for key in reversed(ids) if key in known), None)


def copies_of(value: Content) -> dict[str, Any]:
    """The columns of the application that repeat what a draft says, for lists and reports; none for most sections."""
    if isinstance(value, Cover):
        return {
            "title": value.title,
            "short_name": value.short_name,
            "theme_key": value.theme,
            "places": value.places,
            "umbrella_body": value.umbrella_body,
            "start_on": _day(value.start_on),
            "months": value.months if value.months and 0 < value.months < 1000 else None,
        }
    if isinstance(value, Budget):
        grant = value.grant()
        return {"grant_cents": grant if abs(grant) < 2**63 else None}
    return {}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
