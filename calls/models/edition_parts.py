"""What an edition of a call consists of: themes, sections, kinds of expenses, questions, attachments and limits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models.record import Person
from calls.terms import KIND_LABELS, AttachmentTerm, KindTerm, LimitTerm, QuestionTerm, SectionTerm, ThemeTerm, cited

from .bamf_record import CALLS_TEXT, BamfQuerySet, BamfRecord
from .edition import Edition
from .source_fields import SOURCE
from .sourced import Sourced, sourced

LIMIT = sourced("value", "text", also=("unit", "basis"))


class EditionPartQuerySet[M: models.Model](BamfQuerySet[M]):
    def visible_to(self, user: Person) -> EditionPartQuerySet[M]:
        """Return the parts of the editions this person sees."""
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
    """A Themenschwerpunkt; an application has exactly one."""

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

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="sections")
    key = models.SlugField(_("Schlüssel"), max_length=10)
    order = models.PositiveSmallIntegerField(_("Reihenfolge"))
    title = models.CharField(_("Titel"), max_length=120)
    kind = models.CharField(_("Art"), max_length=20, choices=KIND_LABELS)
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
    """An exclusion or a declaration that the team answers with yes or no."""

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


class Limit(EditionPart, Sourced):
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

    STAYS = dict.fromkeys(("label", "unit", "text", *SOURCE), CALLS_TEXT)
    MARKS = (LIMIT,)
    FORGETS = _("Wer Grenzen von Förderaufrufen geprüft hat")

    objects = EditionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Grenze")
        verbose_name_plural = _("Grenzen")
        ordering = ["order", "key"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "key"], name="limit_key_unique"),
            LIMIT.constraint("limit_verified_has_source"),
        ]

    def __str__(self) -> str:
        return self.label

    def as_term(self) -> LimitTerm:
        return LimitTerm(
            key=self.key,
            label=self.label,
            value=self.value,
            unit=self.unit,
            source=cited(self.source, self.checked_on),
            certainty=self.certainty,
            checked_on=self.checked_on,
            text=self.text,
            basis=self.basis,
        )
