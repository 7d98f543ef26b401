"""The current text of a section and saving it: next version, merged or a conflict; the offer „Den Text von vorher zurückholen“ (`MUCH`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Case, Exists, OuterRef, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, Record, User
from accounts.models.record import Person
from applications.content import Budget, Content, Cover, empty, loads, storable
from applications.kept_after_erasing import TEAMS_TEXT
from applications.writing.models.application import Application, NotDrafting, SectionClosed
from applications.writing.models.revision import Revision
from applications.writing.models.saving import How, Save, Sent, answer_of, latest, save_sent
from applications.writing.thinning import EXACT
from calls.terms import Kind
from core.statements import Slot, Statement
from core.writes import write_if
from workshops.models import Workshop
from workshops.opening import is_open

# If so many characters are gone, the page offers to bring them back.
MUCH = 200


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: Person) -> DraftQuerySet:
        return self.filter(Exists(Application.objects.visible_to(user).filter(pk=OuterRef("application"))))

    def for_list(self) -> DraftQuerySet:
        """Without the texts."""
        return self.defer("content")

    def with_texts_of(self, keys: Iterable[Any]) -> DraftQuerySet:
        """Without the texts, but with a `text` of these sections; `with_texts` puts them where they belong."""
        text = Case(When(key__in=keys, then="content"), output_field=models.JSONField())
        return self.for_list().annotate(text=text)


class Draft(Record):
    """The current content of one section. An application is created with all of its drafts, so a save is an UPDATE."""

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

    MAY = Application.MAY

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

    _parsed: tuple[object, Content] | None = None

    @property
    def value(self) -> Content:
        """The content as a value of its kind; an empty one for version 0. Parsed once, and again after a write."""
        content = self.content
        if self._parsed is None or self._parsed[0] is not content:
            self._parsed = content, loads(self.kind, content)
        return self._parsed[1]

    def revision_to_keep(self, *, by: User) -> Revision:
        """Return the revision of the current version, for a record that refers to it; create it if no save left one."""
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

    def longer_before(self, now: datetime) -> Revision | None:
        """Return the newest text that was at least twice as long, if somebody deleted much within the last two days.

        Without its content; for bringing back what was deleted by accident. One query.
        """
        least = max(2 * self.length, self.length + MUCH)
        return READ_LONGER.first(draft=self.pk, since=now - EXACT, least=least)

    def value_at(self, version: int) -> Content:
        """Return the content of a version, or of the one before it if that was thinned out; empty for version 0."""
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
        """Save what somebody wrote who had version `seen` before them. Nothing sent is ever lost.

        It becomes the next version. If somebody else has saved meanwhile, it is merged with theirs, and kept as it was
        sent. If both changed the same words or cells, it is kept as a revision (`How.CONFLICT`) and a person decides.
        A text without a change is not saved.

        A page that saves by itself names each attempt (`save_id`), and the earlier attempts whose texts it still shows
        (`after`: merged with somebody else's, or never answered): the text was written on the last of them. `why` is
        *saved*, or *imported* for a text that came back in a file.

        Raises `NotDrafting`, `SectionClosed`, and `InvalidContent` for what cannot be stored.
        """
        return save_sent(self, Sent(by, seen, storable(content), save_id, after, why))

    def value_before(self, by: User, seen: int, after: Sequence[UUID] = ()) -> Content:
        """Return what this person's page showed when they began to change it; see `save_content`."""
        return self.origin(by, seen, after)[1]

    def origin(self, by: User, seen: int, after: Sequence[UUID]) -> tuple[Revision | None, Content]:
        """Return the attempt that somebody has written on, if any, and the text that their page showed.

        Read once for a form and its save (`_origins`).
        """
        key = (by.pk, seen, tuple(after))
        if key not in self._origins:
            base = latest(self.attempts_that_got_through(by, after), after)
            if base:
                self._origins[key] = base, loads(self.kind, base.content)
            else:
                self._origins[key] = None, self.value if seen == self.version else self.value_at(seen)
        return self._origins[key]

    @cached_property
    def _origins(self) -> dict[tuple[UUID, int, tuple[UUID, ...]], tuple[Revision | None, Content]]:
        """What `origin` has read for this object; an object lives as long as a request."""
        return {}

    def attempts_that_got_through(self, by: User, ids: Sequence[UUID]) -> dict[UUID, Revision]:
        """Return those of a person's attempts that became a text and no conflict. One query, none without `ids`."""
        if not ids:
            return {}
        return {row.pk: row for row in READ_ATTEMPTS(draft=self.pk, by=by.pk, ids=ids)}

    @transaction.atomic
    def restore(self, revision: Revision, *, by: User, seen: int) -> Save:
        """Make an earlier text current again, as a new version. Raises `Stale` if somebody saved since `seen`."""
        draft = self.lock(by)
        if revision.draft_id != draft.pk:
            raise PermissionDenied("a text of another section")
        value = loads(draft.kind, revision.content)
        if value == draft.value:
            return answer_of(draft, How.UNCHANGED, value)
        draft.write(value, by=by, seen=seen, why=Revision.Why.RESTORED)
        Event.record("draft.restored", draft, by=by, cohort=self.application.cohort_uuid, version=revision.version)
        return answer_of(draft, How.SAVED, value)

    def lock(self, by: User) -> Draft:
        """Lock the application and return the draft as it is now.

        Raises `PermissionDenied`, `NotDrafting`, and `SectionClosed`.
        """
        self.application.require(by, "write")
        self.application.lock_for_writing()
        self.refuse_closed()
        return READ_DRAFT(draft=self.pk)[0]

    def refuse_closed(self) -> None:
        """Raise `SectionClosed` if its workshop has not begun, as the plan is now. One query."""
        self.application.openings = Workshop.objects.openings_in(self.application.cohort_uuid)
        if not is_open(self.key, self.application.openings, timezone.now()):
            raise SectionClosed

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
        """Make the value the next version, with its revision and the application's copies of it.

        Part of a step that has locked the application and checked that it may be written. Raises `Stale` if the
        version is not `seen` any more, and `NotDrafting` if the team has left; then the draft at hand is as it was.
        """
        now, data = timezone.now(), value.data
        # The row is locked, so nothing waits here and the team is as it is now.
        application = Application.objects.filter(pk=self.application_id, team__withdrawn_at=None)
        if not application.update(changed_at=now, **copies_of(value)):
            raise NotDrafting
        fields = {"content": data, "version": seen + 1, "length": value.length, "by": by, "at": now}
        write_if(self, {"version": seen}, **fields)
        kept = {"pk": save_id or uuid4(), "based_on": seen, "why": why, "merged_with": merged_with}
        kept["is_imported"] = why == Revision.Why.IMPORTED
        self.revisions.create(**kept, is_kept=why in Revision.NEVER_THINNED, **fields)


def with_texts(drafts: list[Draft]) -> list[Draft]:
    """Return the drafts of `with_texts_of` with their texts as contents; those of other sections are read when asked for."""
    for draft in drafts:
        text = draft.text  # type: ignore[attr-defined]  # annotated
        if text is not None:
            draft.content = text
    return drafts


def _longer(draft: Any) -> models.QuerySet[Revision]:
    since, least = Slot("since", models.DateTimeField()), Slot("least", models.PositiveIntegerField())
    longer = Revision.objects.filter(draft=draft, version__isnull=False, at__gte=since, length__gte=least)
    return longer.select_related("by").defer("content").order_by("-version")[:1]


def _attempts(draft: Any, by: Any, ids: Any) -> models.QuerySet[Revision]:
    return Revision.objects.filter(draft=draft, pk__among=ids, by=by).exclude(why=Revision.Why.CONFLICT)


READ_DRAFT = Statement(lambda draft: Draft.objects.filter(pk=draft), "draft")
READ_ATTEMPTS = Statement(_attempts, "draft", "by", "ids")
READ_LONGER = Statement(_longer, "draft")


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
