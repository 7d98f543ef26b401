"""An umbrella body's own way for its members: earlier dates, another addressee."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .bamf_record import CALLS_TEXT, BamfQuerySet
from .call import FundingCall
from .certainty import Addressed


class UmbrellaRoute(Addressed):
    """An umbrella body's own way for its members: earlier dates, another addressee."""

    call = models.ForeignKey(FundingCall, models.CASCADE, related_name="umbrella_routes")
    umbrella_body = models.CharField(_("Dachverband (Zentralstelle)"), max_length=200)
    register_until = models.DateField(_("Anmeldung bis"), null=True, blank=True)
    draft_until = models.DateField(_("Entwurf bis"), null=True, blank=True)
    submit_until = models.DateField(_("Einreichen bis"), null=True, blank=True)
    addressee = models.TextField(_("Anschrift"), blank=True)
    note = models.TextField(_("Hinweis"), blank=True)
    source = models.CharField(_("Quelle"), max_length=300, blank=True)

    STAYS = dict.fromkeys(("umbrella_body", "addressee", "note", "source"), CALLS_TEXT)

    objects = BamfQuerySet.as_manager()

    class Meta:
        verbose_name = _("Weg über einen Dachverband")
        verbose_name_plural = _("Wege über Dachverbände")
        ordering = ["umbrella_body"]
        constraints = [models.UniqueConstraint(fields=["call", "umbrella_body"], name="umbrella_route_unique")]

    def __str__(self) -> str:
        return self.umbrella_body

    @property
    def source_of_addressee(self) -> str:
        return self.source
