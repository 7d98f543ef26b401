"""How sure a value of a funding call is, where it comes from, and who checked it when."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.traces import Traces
from calls.terms import cited, source_in_words
from core.values import dataclass

from .bamf_record import BamfRecord
from .source_fields import date_field, issuer_field, sources_of, title_field


class Certainty(models.TextChoices):
    """How sure we are of a value or rule. Only what is verified may block."""

    VERIFIED = "verified", _("geprüft")
    REPORTED = "reported", _("berichtet")
    ASSUMED = "assumed", _("angenommen")
    CARRIED_OVER = "carried_over", _("aus dem Vorjahr übernommen, nicht geprüft")


NEEDS_ALL = _("Geprüft ist nur, wozu Quelle, Tag und Name der Person dastehen, die es gelesen hat.")
NEEDS_VALUE = _("Hier ist nichts eingetragen, also kann es nicht geprüft sein.")
NEEDS_DAY = _("Bitte tragen Sie ein, wann es geprüft wurde.")
NEEDS_READER = _("Bitte tragen Sie ein, wer es gelesen hat.")
NOT_YET = _("Dieser Tag liegt in der Zukunft.")


@dataclass(frozen=True)
class Mark:
    """A field that says how sure a value is, and the fields that say what was read, where, on which day and by whom.

    `source` holds for each of its fields the sentence that asks for it; `also` names fields that say what the value is of.
    """

    certainty: str
    value: tuple[str, ...]
    source: dict[str, Any]
    checked_on: str = "checked_on"
    checked_by: str = "checked_by"
    also: tuple[str, ...] = ()

    def is_verified(self, record: models.Model) -> bool:
        return bool(getattr(record, self.certainty) == Certainty.VERIFIED)

    def mistakes(self, record: models.Model) -> dict[str, Any]:
        """Return by field what is missing for calling the value verified, or a day that is still to come."""
        day = getattr(record, self.checked_on)
        wrong = {self.checked_on: NOT_YET} if day and day > timezone.localdate() else {}
        if not self.is_verified(record):
            return wrong
        if all(getattr(record, name) in {None, ""} for name in self.value):
            wrong[self.certainty] = NEEDS_VALUE
        needed = self.source | {self.checked_on: NEEDS_DAY, self.checked_by: NEEDS_READER}
        return wrong | {name: sentence for name, sentence in needed.items() if not getattr(record, name)}

    def constraint(self, name: str, *, but: tuple[str, ...] = ()) -> models.CheckConstraint:
        """Return the same for the database, but for those fields that rows from before they were asked for leave empty."""
        has_all = Q() if self.checked_on in but else Q(**{f"{self.checked_on}__isnull": False})
        for field in (*self.source, self.checked_by):
            has_all &= Q() if field in but else ~Q(**{field: ""})
        condition = ~Q(**{self.certainty: Certainty.VERIFIED.value}) | has_all
        return models.CheckConstraint(condition=condition, name=name, violation_error_message=NEEDS_ALL)


class Marked(BamfRecord):
    """Says of its values how sure they are. None of them is verified without its source, its day and its reader."""

    MARKS: ClassVar[tuple[Mark, ...]] = ()

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Say beside each field what is missing."""
        super().clean()
        if wrong := {name: text for mark in self.MARKS for name, text in mark.mistakes(self).items()}:
            raise ValidationError(wrong)

    @classmethod
    def forget(cls, traces: Traces) -> int:
        """Take an erased person out as who has checked a value; the day stays."""
        return traces.take_out(cls._base_manager.all(), *(mark.checked_by for mark in cls.MARKS))


def address(*, also: tuple[str, ...] = ()) -> Mark:
    """Return the mark of a postal address (`Addressed`)."""
    read = "addressee_checked_on", "addressee_checked_by"
    return Mark("addressee_certainty", ("addressee",), sources_of("addressee"), *read, also)


class Addressed(Marked):
    """Names where letters go, and how sure that is: a wrong address costs a team the whole call."""

    addressee_source_issuer = issuer_field()
    addressee_source_title = title_field()
    addressee_source_date = date_field()
    addressee_certainty = models.CharField(
        _("Sicherheit der Anschrift"), max_length=12, choices=Certainty, default=Certainty.ASSUMED
    )
    addressee_checked_on = models.DateField(_("Anschrift geprüft am"), null=True, blank=True)
    addressee_checked_by = models.CharField(_("Anschrift geprüft von"), max_length=200, blank=True)

    addressee: str | models.TextField[str, str]

    class Meta:
        abstract = True

    @property
    def addressee_source(self) -> str:
        """The source of the address in words; "" where none is known."""
        return source_in_words(self.addressee_source_issuer, self.addressee_source_title, self.addressee_source_date)

    @property
    def addressee_note(self) -> str:
        """Return the source of the address, and whether it must be looked up before it is used."""
        if not self.addressee:
            return ""
        source = cited(self.addressee_source, self.addressee_checked_on)
        cited_source = gettext("Quelle: %(source)s.") % {"source": source} if source else ""
        if self.addressee_certainty == Certainty.VERIFIED:
            return cited_source
        ask = gettext("Anschrift: %(certainty)s. Bitte vor dem Absenden im Aufruf prüfen.") % {
            "certainty": Certainty(self.addressee_certainty).label
        }
        return f"{cited_source} {ask}".strip()
