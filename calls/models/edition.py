"""An edition (Stand) of a call: draft or published, its texts, and publishing it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, User
from accounts.models.record import Person, roles
from calls.terms import KIND_LABELS, Terms, kind_of
from core.writes import Stale, write_if

from .bamf_record import CALLS_TEXT, BamfQuerySet, BamfRecord
from .call import FundingCall
from .terms_field import TermsField


class EditionQuerySet(BamfQuerySet["Edition"]):
    def visible_to(self, user: Person) -> EditionQuerySet:
        """Everybody logged in reads what is published; drafts are read by BAMF staff, who keep them."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_bamf else self.published()

    def published(self) -> EditionQuerySet:
        return self.exclude(published_at=None)

    def drafts(self) -> EditionQuerySet:
        return self.filter(published_at=None)

    def latest_of(self, call: FundingCall) -> Edition | None:
        """Return the latest published edition of the call; before the first is published, the latest draft."""
        rows = self.filter(call=call).order_by("-number")
        return rows.published().first() or rows.first()

    def start(self, call: FundingCall, **fields: Any) -> Edition:
        """Begin an empty draft with the next number; the call's row is locked, so that two at once get two numbers."""
        FundingCall.objects.select_for_update(no_key=True).get(pk=call.pk)
        last = self.filter(call=call).aggregate(last=Max("number"))["last"] or 0
        return self.create(call=call, number=last + 1, **fields)

    def lock(self, **which: Any) -> Edition:
        """Lock the edition, before a part of it is changed or it is published. Raises `Stale` if there is none."""
        edition = self.select_for_update().filter(**which).order_by("pk").first()
        if edition is None:
            raise Stale
        return edition


class Edition(BamfRecord):
    """One state of a call's themes, sections, questions and limits. While it is published it never changes.

    An application keeps its edition until its team adopts a newer one.
    """

    call = models.ForeignKey(FundingCall, models.CASCADE, related_name="editions", verbose_name=_("Förderaufruf"))
    number = models.PositiveSmallIntegerField(_("Stand"))
    note = models.TextField(_("Was ist neu?"), blank=True)
    published_at = models.DateTimeField(_("veröffentlicht am"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("veröffentlicht von"),
    )
    source_hash = models.CharField(max_length=64, blank=True, editable=False)
    frozen_terms: Any = TermsField(null=True, blank=True, editable=False)

    STAYS = dict.fromkeys(("note", "frozen_terms"), CALLS_TEXT)

    objects = EditionQuerySet.as_manager()

    MAY = BamfRecord.MAY | {"publish": roles("bamf"), "remove": roles("bamf")}

    class Meta:
        verbose_name = _("Stand eines Förderaufrufs")
        verbose_name_plural = _("Stände der Förderaufrufe")
        ordering = ["call", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="edition_number_unique"),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(frozen_terms__isnull=False), name="edition_published_has_terms"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} – {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("admin:calls_edition_change", args=[self.pk])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @cached_property
    def terms(self) -> Terms:
        """Return all that this edition says; without a query once it is published."""
        return self.frozen_terms or self.read_terms()

    def read_terms(self) -> Terms:
        """Read the terms from their tables (six queries)."""
        return Terms(
            themes=[theme.as_term() for theme in self.themes.all()],
            sections=[section.as_term() for section in self.sections.all()],
            kinds=[kind.as_term() for kind in self.expense_kinds.all()],
            questions=[question.as_term() for question in self.questions.all()],
            attachments=[kind.as_term() for kind in self.attachment_kinds.all()],
            limits=[limit.as_term() for limit in self.limits.all()],
        )

    def problems(self) -> list[str]:
        """Return what prevents publishing, as sentences: such an edition could not carry an application."""
        return self._problems_of(self.read_terms())

    def _problems_of(self, terms: Terms) -> list[str]:
        problems = [
            gettext("Der Abschnitt %(key)s muss von der Art „%(kind)s“ sein.")
            % {"key": section.key, "kind": KIND_LABELS[kind_of(section.key)]}
            for section in terms.sections
            if section.kind != kind_of(section.key)
        ]
        if not terms.sections:
            problems.insert(0, gettext("Es gibt noch keinen Abschnitt."))
        if not terms.themes:
            problems.insert(0, gettext("Es gibt noch keinen Themenschwerpunkt."))
        return problems

    def why_it_stays(self) -> str:
        """Return the sentence that says why this edition cannot be removed; "" if it can."""
        if self.is_published:
            return gettext(
                "Dieser Stand ist veröffentlicht. Braucht ihn noch niemand, nehmen Sie erst die Veröffentlichung zurück; sonst bleibt er, und was nicht stimmt, ändern Sie in einem neuen Stand."
            )
        if not self.call.editions.exclude(pk=self.pk).exists():
            return gettext(
                "Es ist der einzige Stand des Aufrufs, und ein Aufruf ohne Stand lässt sich nicht mehr füllen. Ist der ganze Aufruf falsch, entfernen Sie ihn."
            )
        return ""

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Delete a draft with all its parts. Raises `Stale` with the sentence if it stays (`why_it_stays`)."""
        self.require(by, "remove")
        FundingCall.objects.select_for_update(no_key=True).get(pk=self.call_id)
        locked = Edition.objects.lock(pk=self.pk)
        if sentence := locked.why_it_stays():
            raise Stale(sentence)
        Event.record("edition.removed", locked, by=by, call=locked.call_id, number=locked.number)
        locked.delete()

    @transaction.atomic
    def publish(self, *, by: User | None) -> None:
        """Freeze the edition; from now on applications may be written on it.

        Raises `Stale` if it is published already or has `problems`.
        """
        if by is not None:
            self.require(by, "publish")
        Edition.objects.lock(pk=self.pk)
        terms = self.read_terms()
        if problems := self._problems_of(terms):
            raise Stale(" ".join(problems))
        write_if(
            self,
            {"published_at": None},
            published_at=timezone.now(),
            published_by=by,
            frozen_terms=terms,
        )
        self.__dict__.pop("terms", None)  # the terms of the draft, if they were read
        Event.record("edition.published", self, by=by)
