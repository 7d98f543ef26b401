"""How sure a value of a funding call is, where it comes from, and who checked it when."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.traces import Traces
from calls.terms import cited

from .bamf_record import BamfRecord


class Certainty(models.TextChoices):
    """How sure we are of a value or rule. Only what is verified may block."""

    VERIFIED = "verified", _("geprüft")
    REPORTED = "reported", _("berichtet")
    ASSUMED = "assumed", _("angenommen")
    CARRIED_OVER = "carried_over", _("aus dem Vorjahr übernommen, nicht geprüft")


def forget_checked_by(model: Any, traces: Traces) -> int:
    """Take an erased person out as who has checked a value; the day stays."""
    return traces.take_out(model._base_manager.all(), "checked_by")


class Addressed(BamfRecord):
    """Names where letters go, and how sure that is: a wrong address costs a team the whole call."""

    addressee_certainty = models.CharField(
        _("Sicherheit der Anschrift"), max_length=12, choices=Certainty, default=Certainty.ASSUMED
    )
    addressee_checked_on = models.DateField(_("Anschrift geprüft am"), null=True, blank=True)

    addressee: str | models.TextField[str, str]

    class Meta:
        abstract = True

    @property
    def source_of_addressee(self) -> str:
        raise NotImplementedError

    @property
    def addressee_note(self) -> str:
        """Return the source of the address, and whether it must be looked up before it is used."""
        if not self.addressee:
            return ""
        source = cited(self.source_of_addressee, self.addressee_checked_on)
        cited_source = gettext("Quelle: %(source)s.") % {"source": source} if source else ""
        if self.addressee_certainty == Certainty.VERIFIED:
            return cited_source
        ask = gettext("Anschrift: %(certainty)s. Bitte vor dem Absenden im Aufruf prüfen.") % {
            "certainty": Certainty(self.addressee_certainty).label
        }
        return f"{cited_source} {ask}".strip()
