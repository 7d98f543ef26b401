"""A coach's own sentences („Eigene Sätze“): how many (`MOST_PHRASES`) and how long (`LONGEST_PHRASE`)."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, User
from accounts.models.record import Person, roles
from applications.kept_after_erasing import PHRASES
from applications.reviews.models.comment import Comment
from cohorts.models import Cohort
from core.writes import Stale, write_if

# Nobody finds their way among more phrases.
MOST_PHRASES = 100
LONGEST_PHRASE = 500


class PhraseQuerySet(models.QuerySet["Phrase"]):
    def visible_to(self, user: Person) -> PhraseQuerySet:
        """The coach's own phrases."""
        return self.filter(by=user) if user.is_authenticated else self.none()

    @transaction.atomic
    def remember(self, text: str, *, by: User, kind: str = "") -> Phrase:
        """Keep a sentence for the next comments, once. Raises `Stale` beyond 100 phrases."""
        if not Cohort.objects.coached_by(by).exists():
            raise PermissionDenied("phrases are for coaches")
        User.objects.select_for_update().get(pk=by.pk)
        known = self.filter(by=by)
        phrase = known.filter(text=text).first()
        if phrase is None and known.count() >= MOST_PHRASES:
            raise Stale
        return phrase or self.create(by=by, text=text, kind=kind)


class Phrase(Record):
    """A sentence that a coach writes often and can put into a comment with one choice."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="phrases")
    kind = models.CharField(_("Art"), max_length=12, choices=Comment.Kind, blank=True)
    text = models.CharField(_("Satz"), max_length=LONGEST_PHRASE)

    STAYS = {"text": PHRASES}

    objects = PhraseQuerySet.as_manager()

    MAY = {"change": roles("author"), "discard": roles("author")}

    class Meta:
        verbose_name = _("eigener Satz")
        verbose_name_plural = _("eigene Sätze")
        ordering = ["text"]
        constraints = [models.UniqueConstraint(fields=["by", "text"], name="phrase_unique")]

    def __str__(self) -> str:
        return self.text

    def roles_of(self, user: Person) -> frozenset[str]:
        return frozenset({"author"} if user.is_authenticated and user.pk == self.by_id else ())

    def change(self, *, by: User, kind: str, text: str) -> None:
        """Reword it. Raises `Stale` if the same sentence is kept already."""
        self.require(by, "change")
        if Phrase.objects.filter(by=by, text=text).exclude(pk=self.pk).exists():
            raise Stale
        write_if(self, {"by": by}, kind=kind, text=text)

    def discard(self, *, by: User) -> None:
        self.require(by, "discard")
        self.delete()
