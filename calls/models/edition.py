from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, User
from accounts.models.record import Person, roles
from accounts.models.traces import Traces
from calls.terms import (
    AttachmentTerm,
    Kind,
    KindTerm,
    LimitTerm,
    QuestionTerm,
    SectionTerm,
    Terms,
    ThemeTerm,
    kind_of,
)
from core.writes import Stale, write_if

from .call import (
    CALLS_TEXT,
    CARRIED_OVER,
    BamfQuerySet,
    BamfRecord,
    Certainty,
    FundingCall,
    cited,
    copy_of,
    forget_checked_by,
)


class EditionQuerySet(BamfQuerySet["Edition"]):
    def visible_to(self, user: Person) -> EditionQuerySet:
        """Everybody logged in reads what is published; drafts only who keeps them, the BAMF staff."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_bamf else self.published()

    def published(self) -> EditionQuerySet:
        return self.exclude(published_at=None)

    def drafts(self) -> EditionQuerySet:
        return self.filter(published_at=None)

    def start(self, call: FundingCall, **fields: Any) -> Edition:
        """A new empty draft with the next number; the call's row is locked, so two at once get two numbers."""
        FundingCall.objects.select_for_update().get(pk=call.pk)
        last = self.filter(call=call).aggregate(last=Max("number"))["last"] or 0
        return self.create(call=call, number=last + 1, **fields)

    def lock(self, **which: Any) -> Edition:
        """The edition, its row locked: whoever changes a part of it or publishes it waits. `Stale` if there is none."""
        edition = self.select_for_update().filter(**which).order_by("pk").first()
        if edition is None:
            raise Stale
        return edition


class Edition(BamfRecord):
    """One state of a call's themes, sections, questions and limits. Once published it never changes.

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
    frozen_terms = models.JSONField(null=True, blank=True, editable=False)

    STAYS = dict.fromkeys(("note", "frozen_terms"), CALLS_TEXT)

    objects = EditionQuerySet.as_manager()

    MAY = BamfRecord.MAY | {"publish": roles("bamf"), "delete": roles("bamf")}

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
        """All that this edition says; without a query once it is published."""
        return Terms.from_json(self.frozen_terms) if self.frozen_terms else self.read_terms()

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
        """What stands against publishing, as sentences; an edition with these could not carry an application."""
        return self._problems_of(self.read_terms())

    def _problems_of(self, terms: Terms) -> list[str]:
        problems = [
            gettext("Der Abschnitt %(key)s muss von der Art „%(kind)s“ sein.")
            % {"key": section.key, "kind": Section.KINDS[kind_of(section.key)]}
            for section in terms.sections
            if section.kind != kind_of(section.key)
        ]
        if not terms.sections:
            problems.insert(0, gettext("Es gibt noch keinen Abschnitt."))
        if not terms.themes:
            problems.insert(0, gettext("Es gibt noch keinen Themenschwerpunkt."))
        return problems

    @transaction.atomic
    def publish(self, *, by: User | None) -> None:
        """Freeze the edition; from now on applications may be written on it.

        `Stale` if it is published already or something still stands against it (`problems`).
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
            frozen_terms=terms.as_json(),
        )
        self.__dict__.pop("terms", None)
        Event.record("edition.published", self, by=by)

    @transaction.atomic
    def copy_to(self, call: FundingCall, *, note: str = "") -> Edition:
        """A new draft edition with all parts of this one. In another call its limits count as carried over: not checked."""
        copy = Edition.objects.start(call, note=note)
        parts: list[type[EditionPart]] = [Theme, Section, ExpenseKind, Question, AttachmentKind]
        for part in parts:
            rows = part._default_manager.filter(Q(edition=self))
            part._default_manager.bulk_create(copy_of(row, edition_id=copy.pk) for row in rows)
        unchecked = {} if call.pk == self.call_id else CARRIED_OVER
        Limit.objects.bulk_create(copy_of(row, edition_id=copy.pk, **unchecked) for row in self.limits.all())
        return copy

    @transaction.atomic
    def start_next(self, *, by: User | None) -> Edition:
        """A draft with all that this edition says, to be changed and then published."""
        if by is not None:
            self.require(by, "publish")
        draft = self.copy_to(self.call)
        Event.record("edition.started", draft, by=by, original=self.pk)
        return draft


class EditionPartQuerySet[M: models.Model](BamfQuerySet[M]):
    def visible_to(self, user: Person) -> EditionPartQuerySet[M]:
        """A part is seen with its edition."""
        return self.filter(Exists(Edition.objects.visible_to(user).filter(pk=OuterRef("edition"))))


class EditionPart(BamfRecord):
    """Belongs to one edition; refuses to be changed or deleted (`Stale`) once that is published."""

    edition_id: UUID

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        Edition.objects.drafts().lock(pk=self.edition_id)
        super().save(*args, **kwargs)

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        Edition.objects.drafts().lock(pk=self.edition_id)
        return super().delete(*args, **kwargs)


class Theme(EditionPart):
    """A Themenschwerpunkt; an application has exactly one (F6)."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="themes")
    key = models.SlugField(_("Schlüssel"), max_length=40)
    order = models.PositiveSmallIntegerField(_("Reihenfolge"))
    title = models.CharField(_("Titel"), max_length=300)
    description = models.TextField(_("Erläuterung"), blank=True)

    STAYS = dict.fromkeys(("title", "description"), CALLS_TEXT)

    objects = EditionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Themenschwerpunkt")
        verbose_name_plural = _("Themenschwerpunkte")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="theme_key_unique")]

    def __str__(self) -> str:
        return self.title

    def as_term(self) -> ThemeTerm:
        return ThemeTerm(key=self.key, title=self.title, description=self.description)


class Section(EditionPart):
    """A section of the application: question, help and what kind of content it has. Joined by `key` everywhere above."""

    KINDS = {
        Kind.COVER.value: _("Titelblatt"),
        Kind.TEXT.value: _("Text"),
        Kind.GOALS.value: _("Ziele"),
        Kind.WORK_PLAN.value: _("Arbeitsplan"),
        Kind.PARTNERS.value: _("Partner"),
        Kind.BUDGET.value: _("Finanzierungsplan"),
        Kind.DECLARATIONS.value: _("Erklärungen"),
        Kind.ATTACHMENTS.value: _("Anlagen"),
    }

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="sections")
    key = models.SlugField(_("Schlüssel"), max_length=10)
    order = models.PositiveSmallIntegerField(_("Reihenfolge"))
    title = models.CharField(_("Titel"), max_length=120)
    kind = models.CharField(_("Art"), max_length=20, choices=KINDS)
    question = models.TextField(_("Frage"), blank=True)
    guidance = models.TextField(_("Worum geht es?"), blank=True)
    plain = models.TextField(_("In einfacher Sprache"), blank=True)
    example = models.TextField(_("Beispiel"), blank=True)
    soft_limit = models.PositiveIntegerField(_("Richtwert (Zeichen)"), null=True, blank=True)

    STAYS = dict.fromkeys(("title", "question", "guidance", "plain", "example"), CALLS_TEXT)

    objects = EditionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Abschnitt")
        verbose_name_plural = _("Abschnitte")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="section_key_unique")]

    def __str__(self) -> str:
        return self.title

    def as_term(self) -> SectionTerm:
        names = ("key", "title", "kind", "question", "guidance", "plain", "example", "soft_limit")
        return SectionTerm(**{name: getattr(self, name) for name in names})


class ExpenseKind(EditionPart):
    """A kind of expense (Ausgabenart) with its field of the next form, as far as it is known."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="expense_kinds")
    order = models.PositiveSmallIntegerField(_("Reihenfolge"))
    code = models.CharField(_("Code"), max_length=10)
    label = models.CharField(_("Bezeichnung"), max_length=120)
    guidance = models.TextField(_("Erläuterung"), blank=True)
    next_field = models.CharField(_("Feld im nächsten Formular"), max_length=60, blank=True)

    STAYS = dict.fromkeys(("label", "guidance", "next_field"), CALLS_TEXT)

    objects = EditionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ausgabenart")
        verbose_name_plural = _("Ausgabenarten")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="expense_kind_unique")]

    def __str__(self) -> str:
        return self.label

    def as_term(self) -> KindTerm:
        return KindTerm(code=self.code, label=self.label, guidance=self.guidance, next_field=self.next_field)


class Question(EditionPart):
    """An exclusion or a declaration that the team answers with yes or no (F1 4.1, 4.8)."""

    class Kind(models.TextChoices):
        EXCLUSION = "exclusion", _("Ausschluss")
        DECLARATION = "declaration", _("Erklärung")

    class Wanted(models.TextChoices):
        EITHER = "", _("beides möglich")
        YES = "yes", _("ja")
        NO = "no", _("nein")

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField(_("Reihenfolge"))
    key = models.SlugField(_("Schlüssel"), max_length=40)
    kind = models.CharField(_("Art"), max_length=12, choices=Kind)
    text = models.TextField(_("Frage"))
    guidance = models.TextField(_("Erläuterung"), blank=True)
    wanted = models.CharField(_("Antwort, mit der es weitergeht"), max_length=3, choices=Wanted, blank=True)
    check_code = models.CharField(_("Code der Prüfung"), max_length=4, blank=True)

    STAYS = dict.fromkeys(("text", "guidance"), CALLS_TEXT)

    objects = EditionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Frage")
        verbose_name_plural = _("Fragen")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="question_key_unique")]

    def __str__(self) -> str:
        return self.text

    def as_term(self) -> QuestionTerm:
        names = ("key", "kind", "text", "guidance", "wanted", "check_code")
        return QuestionTerm(**{name: getattr(self, name) for name in names})


class AttachmentKind(EditionPart):
    """A document that belongs to the application or may be asked for."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="attachment_kinds")
    order = models.PositiveSmallIntegerField(_("Reihenfolge"))
    key = models.SlugField(_("Schlüssel"), max_length=40)
    label = models.CharField(_("Bezeichnung"), max_length=200)
    guidance = models.TextField(_("Erläuterung"), blank=True)
    stage = models.PositiveSmallIntegerField(_("Stufe"), default=1)
    source = models.CharField(_("Quelle"), max_length=300, blank=True)
    may_be_dropped = models.BooleanField(
        _("darf entfallen"),
        default=True,
        help_text=_(
            "Kein Haken: Ohne diese Anlage ist der Antrag nicht vollständig. „entfällt“ wird dann beanstandet."
        ),
    )

    STAYS = dict.fromkeys(("label", "guidance", "source"), CALLS_TEXT)

    objects = EditionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Art von Anlage")
        verbose_name_plural = _("Arten von Anlagen")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="attachment_kind_unique")]

    def __str__(self) -> str:
        return self.label

    def as_term(self) -> AttachmentTerm:
        names = ("key", "label", "guidance", "stage", "source", "may_be_dropped")
        return AttachmentTerm(**{name: getattr(self, name) for name in names})


class Limit(EditionPart):
    """A limit of the call with its source; an empty value means that nobody has entered it, and is shown so."""

    class Basis(models.TextChoices):
        UNKNOWN = "", _("unbekannt")
        OWN = "own", _("Eigenmittel")
        OWN_AND_THIRD = "own_and_third", _("Eigenmittel und Drittmittel")

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="limits")
    order = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    key = models.SlugField(_("Schlüssel"), max_length=40)
    label = models.CharField(_("Bezeichnung"), max_length=200)
    value = models.DecimalField(_("Wert"), max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("Einheit"), max_length=40, blank=True)
    text = models.CharField(_("Angabe in Worten"), max_length=200, blank=True, help_text=_("Wenn es keine Zahl ist."))
    basis = models.CharField(
        _("Was zählt mit?"),
        max_length=13,
        choices=Basis,
        blank=True,
        default=Basis.UNKNOWN,
        help_text=_("Nur bei einem Mindestanteil. „Unbekannt“ heißt: Das Portal weist darauf hin und hält nichts auf."),
    )
    source_issuer = models.CharField(_("Herausgeber der Quelle"), max_length=200, blank=True)
    source_title = models.CharField(_("Titel der Quelle"), max_length=300, blank=True)
    source_date = models.CharField(_("Datum der Quelle"), max_length=100, blank=True)
    checked_on = models.DateField(_("geprüft am"), null=True, blank=True)
    checked_by = models.CharField(_("geprüft von"), max_length=200, blank=True)
    certainty = models.CharField(_("Sicherheit"), max_length=12, choices=Certainty, default=Certainty.ASSUMED)

    STAYS = dict.fromkeys(("label", "unit", "text", "source_issuer", "source_title", "source_date"), CALLS_TEXT)
    FORGETS = _("Wer Grenzen von Förderaufrufen geprüft hat")

    objects = EditionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Grenze")
        verbose_name_plural = _("Grenzen")
        ordering = ["order", "key"]
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="limit_key_unique")]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def forget(cls, traces: Traces) -> int:
        return forget_checked_by(cls, traces)

    def as_term(self) -> LimitTerm:
        parts = (self.source_issuer, self.source_title, self.source_date)
        return LimitTerm(
            key=self.key,
            label=self.label,
            value=self.value,
            unit=self.unit,
            source=cited(", ".join(part for part in parts if part), self.checked_on),
            certainty=self.certainty,
            checked_on=self.checked_on,
            text=self.text,
            basis=self.basis,
        )
