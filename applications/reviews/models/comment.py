"""Comments (Anmerkungen): their kinds and symbols (`Kind`), answering, „erledigt“, ticking off, rewording, and their mails."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import Event, Record, User
from accounts.models.record import Person, roles
from applications.kept_after_erasing import COACHING
from applications.reviews.models.review import Review, lock_review
from applications.reviews.models.review_item import ReviewItem
from applications.reviews.windows import WrittenElsewhere, comment_part, mark
from cohorts.models import TeamMember
from core.writes import Stale, write_if


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: Person) -> CommentQuerySet:
        """Their own; others' once the review is given back, if they may see the review."""
        if not user.is_authenticated:
            return self.none()
        readable = Review.objects.visible_to(user).filter(pk=OuterRef("item__review"))
        return self.filter(Exists(readable), Q(by=user) | Q(item__review__finished_at__isnull=False))

    def given(self) -> CommentQuerySet:
        """Those that the team can see."""
        return self.filter(item__review__finished_at__isnull=False)

    def with_replies(self) -> CommentQuerySet:
        """With what a page shows of a comment: its author, review and version, and the answers. Oldest first."""
        replies = Reply.objects.select_related("by").order_by("at")
        return (
            self.select_related("by", "resolved_by", "item__review", "item__revision", "item__draft")
            .defer("item__revision__content", "item__draft__content", "item__review__versions")
            .prefetch_related(Prefetch("replies", replies))
            .order_by("at", "pk")
        )

    def blocking(self) -> CommentQuerySet:
        """Must-changes that nobody has resolved: they block acceptance."""
        return self.filter(kind=Comment.Kind.MUST_CHANGE, resolved_at=None)


class Comment(Record):
    """A coach's comment on a section, on quoted words of it, or on a row or cell."""

    class Kind(models.TextChoices):
        MUST_CHANGE = "must change", _("Bitte ändern")
        QUESTION = "question", _("Frage")
        HINT = "hint", _("Hinweis")
        PRAISE = "praise", _("Lob")

        @property
        def symbol(self) -> str:
            """The name of its symbol (`state--…`)."""
            return {"must change": "changes", "question": "question", "hint": "hint", "praise": "praise"}[self.value]

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="comments")
    kind = models.CharField(_("Art"), max_length=12, choices=Kind)
    text = models.TextField(_("Was möchten Sie sagen?"), max_length=5000, blank=True)
    quote = models.TextField(_("Worauf bezieht es sich?"), max_length=2000, blank=True)
    before = models.CharField(max_length=80, blank=True)
    after = models.CharField(max_length=80, blank=True)
    position = models.PositiveIntegerField(null=True, blank=True)
    row_id = models.CharField(max_length=64, blank=True)
    field = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(_("vom Team erledigt am"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(_("abgehakt am"), null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    STAYS = dict.fromkeys(("text", "quote", "before", "after"), COACHING)
    COHORTS = "item__review__application__team__cohort"

    objects = CommentQuerySet.as_manager()

    MAY = {
        "change": roles("author"),
        "discard": roles("author"),
        "answer": Review.MAY["answer"],
        "done": Review.MAY["done"],
        "resolve": Review.MAY["resolve"],
    }

    class Meta:
        verbose_name = _("Anmerkung")
        verbose_name_plural = _("Anmerkungen")
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=~Q(text="") | Q(kind="praise"), name="comment_says_something")]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def cohort_uuid(self) -> UUID:
        return self.item.cohort_uuid

    @property
    def is_given(self) -> bool:
        """Has it been given to the team?"""
        return self.item.review.finished_at is not None

    @property
    def quotes_row(self) -> bool:
        """Is its quote the words of a row, and not of the running text?"""
        return bool(self.row_id) and self.position is None

    @property
    def is_blocking(self) -> bool:
        return self.kind == self.Kind.MUST_CHANGE and self.resolved_at is None

    @property
    def version(self) -> str:
        """The mark of its words, for the page that rewords it."""
        return mark(comment_part({"kind": self.kind, "text": self.text}))

    def roles_of(self, user: Person) -> frozenset[str]:
        author = {"author"} if user.is_authenticated and user.pk == self.by_id else set()
        return frozenset(author | self.item.review.roles_of(user))

    @transaction.atomic
    def change(self, *, by: User, kind: str, text: str, seen: str | None = None) -> None:
        """Reword it, as long as the review was not given back.

        `seen` is the mark of the words that the page showed: if another window has reworded it since, nothing is written,
        and `WrittenElsewhere` is raised.
        """
        self.require(by, "change")
        lock_review(self.item.review_id, by=by)
        for stands in Comment.objects.filter(pk=self.pk) if seen is not None else ():
            if stands.version != seen and (stands.kind, stands.text) != (kind, text):
                raise WrittenElsewhere
        write_if(self, {"by": by}, kind=kind, text=text)
        Event.record("comment.changed", self, by=by, kind=kind)

    @transaction.atomic
    def discard(self, *, by: User) -> None:
        """Delete it, as long as the review was not given back."""
        self.require(by, "discard")
        lock_review(self.item.review_id, by=by)
        Event.record("comment.discarded", self, by=by)
        self.delete()

    @transaction.atomic
    def answer(self, text: str, *, by: User) -> Reply:
        """Answer a comment that was given. The other side gets one message per half hour, however many the answers.

        Raises `GivenUp` once the application is withdrawn or its team has left, as the two steps below do.
        """
        self._begin("answer", by=by)
        reply = self.replies.create(text=text, by=by, at=timezone.now())
        Event.record("comment.answered", self, by=by, reply=reply.pk)
        send_at = half_hour_of(reply.at)
        when = {"dedup": f"{self.item.review_id} {by.pk} {send_at}", "not_before": send_at}
        if self.roles_of(by) & set(TeamMember.Role.values):
            coach = self.item.review.coach
            self._tell([coach] if coach else [], "comment_answered", by=by, link=self.link_for_coaches(), **when)
        else:
            self._tell_team("comment_answered", by=by, **when)
        return reply

    def _begin(self, action: str, *, by: User) -> None:
        """The beginning of each step that follows on giving back."""
        self.require(by, action)
        if not self.is_given:
            raise Stale
        self.item.review.application.refuse_given_up()

    def number(self) -> int:
        """Return its number beside the text, the same on every page: the comments given on the section are counted."""
        until = Q(at__lt=self.at) | Q(at=self.at, pk__lte=self.pk)
        return Comment.objects.given().filter(until, item__draft=self.item.draft_id).count()

    def link_for_coaches(self) -> str:
        """Return the address of the comment beside the version it was written on."""
        return f"{self.item.review.get_absolute_url()}?abschnitt={self.item.draft.key}#anmerkung-{self.number()}"

    def link_for_team(self) -> str:
        """Return the address of the comment beside the section as it is now."""
        section = reverse("applications:section", args=[self.item.review.application_id, self.item.draft.key])
        return f"{section}#anmerkung-{self.number()}"

    def _tell_team(self, kind: str, *, by: User, **when: Any) -> None:
        people = self.item.review.application.team.joined()
        self._tell(people, kind, by=by, link=self.link_for_team(), answers_to=by, **when)

    def _tell(self, people: Iterable[Record], kind: str, *, by: User, **options: Any) -> None:
        outbox.post(
            people,
            f"applications/mails/{kind}.txt",
            wish="wants_review_mails",
            cohort=self.cohort_uuid,
            application=self.item.review.application,
            section=self.item.title,
            who=str(by),
            **options,
        )

    @transaction.atomic
    def mark_done(self, *, by: User) -> None:
        """Mark it as done from the team's side. Only a coach resolves it."""
        self._begin("done", by=by)
        write_if(self, {"done_at": None, "resolved_at": None}, done_at=timezone.now(), done_by=by)
        Event.record("comment.done", self, by=by)

    @transaction.atomic
    def mark_open(self, *, by: User) -> None:
        """Take `mark_done` back, as long as no coach has resolved it."""
        self._begin("done", by=by)
        write_if(self, {"done_at__isnull": False, "resolved_at": None}, done_at=None, done_by=None)
        Event.record("comment.open", self, by=by)

    @transaction.atomic
    def resolve(self, *, by: User) -> None:
        """Resolve it as a coach. A must-change then blocks no longer, and the team is told, once a day and review."""
        self._begin("resolve", by=by)
        write_if(self, {"resolved_at": None}, resolved_at=timezone.now(), resolved_by=by)
        Event.record("comment.resolved", self, by=by)
        if self.kind == self.Kind.MUST_CHANGE:
            self._tell_team("comment_resolved", by=by, dedup=f"{self.item.review_id} {timezone.localdate()}")

    @transaction.atomic
    def reopen(self, *, by: User) -> None:
        """Take `resolve` back. A must-change blocks once more, and the team is told of each."""
        self._begin("resolve", by=by)
        write_if(self, {"resolved_at__isnull": False}, resolved_at=None, resolved_by=None)
        Event.record("comment.reopened", self, by=by)
        if self.kind == self.Kind.MUST_CHANGE:
            self._tell_team("comment_reopened", by=by, dedup=f"{self.pk} {timezone.now().isoformat()}")


def half_hour_of(moment: datetime) -> datetime:
    """Return the end of the half hour that a moment falls into: answers are collected until then."""
    seconds = 30 * 60
    return datetime.fromtimestamp((int(moment.timestamp()) // seconds + 1) * seconds, tz=UTC)


class ReplyQuerySet(models.QuerySet["Reply"]):
    def visible_to(self, user: Person) -> ReplyQuerySet:
        return self.filter(Exists(Comment.objects.visible_to(user).filter(pk=OuterRef("comment"))))


class Reply(Record):
    """An answer to a comment, by the team or a coach."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="replies")
    text = models.TextField(_("Ihre Antwort"), max_length=5000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    STAYS = {"text": COACHING}
    COHORTS = "comment__item__review__application__team__cohort"

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Antwort")
        verbose_name_plural = _("Antworten")
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.comment)
