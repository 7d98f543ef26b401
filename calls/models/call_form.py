"""Forms of the BAMF that must be filled in or read for a call: links and files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .bamf_record import CALLS_TEXT, BamfQuerySet, BamfRecord
from .call import FundingCall


class CallFormQuerySet(BamfQuerySet["CallForm"]):
    def official(self) -> CallFormQuerySet:
        return self.filter(kind=CallForm.Kind.FORM)

    def to_read(self) -> CallFormQuerySet:
        return self.filter(kind=CallForm.Kind.READING)


class CallForm(BamfRecord):
    """A form of the BAMF that must be filled in, or something of theirs to read: a link or a file."""

    class Kind(models.TextChoices):
        FORM = "form", _("Formular des BAMF")
        READING = "reading", _("Zum Nachlesen")

    call = models.ForeignKey(FundingCall, models.CASCADE, related_name="forms")
    kind = models.CharField(_("Art"), max_length=10, choices=Kind, default=Kind.FORM)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    label = models.CharField(_("Bezeichnung"), max_length=200)
    url = models.URLField(_("Link"), blank=True)
    note = models.CharField(_("Hinweis"), max_length=300, blank=True)

    STAYS = dict.fromkeys(("label", "url", "note"), CALLS_TEXT)

    objects = CallFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("Formular oder Text zum Nachlesen")
        verbose_name_plural = _("Formulare des BAMF und Texte zum Nachlesen")
        ordering = ["kind", "position", "label"]

    def __str__(self) -> str:
        return self.label
