"""An umbrella body's own way for its members: earlier dates, another addressee."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.record import check_order

from .bamf_record import CALLS_TEXT, BamfQuerySet
from .call import FundingCall
from .certainty import Addressed, address

MARK = address(also=("umbrella_body",))
REGISTER_FIRST = _("Die Anmeldung endet nach dem Einreichen. Bitte prüfen Sie beide Tage.")
DRAFT_FIRST = _("Der Entwurf käme nach dem Einreichen. Bitte prüfen Sie beide Tage.")


def _before_submitting(day: str, sentence: Any) -> models.CheckConstraint:
    in_order = Q(**{day: None}) | Q(submit_until=None) | Q(**{f"{day}__lte": F("submit_until")})
    name = f"umbrella_route_{day}_first"
    return models.CheckConstraint(condition=in_order, name=name, violation_error_message=sentence)


class UmbrellaRoute(Addressed):
    """An umbrella body's own way for its members: earlier dates, another addressee."""

    call = models.ForeignKey(FundingCall, models.CASCADE, related_name="umbrella_routes")
    umbrella_body = models.CharField(_("Dachverband (Zentralstelle)"), max_length=200)
    register_until = models.DateField(_("Anmeldung bis"), null=True, blank=True)
    draft_until = models.DateField(_("Entwurf bis"), null=True, blank=True)
    submit_until = models.DateField(_("Einreichen bis"), null=True, blank=True)
    addressee = models.TextField(_("Anschrift"), blank=True)
    note = models.TextField(_("Hinweis"), blank=True)

    MARKS = (MARK,)
    FORGETS = _("Wer Anschriften von Dachverbänden geprüft hat")
    STAYS = dict.fromkeys(("umbrella_body", "addressee", "note", *MARK.source), CALLS_TEXT)

    objects = BamfQuerySet.as_manager()

    class Meta:
        verbose_name = _("Weg über einen Dachverband")
        verbose_name_plural = _("Wege über Dachverbände")
        ordering = ["umbrella_body"]
        constraints = [
            models.UniqueConstraint(fields=["call", "umbrella_body"], name="umbrella_route_unique"),
            MARK.constraint("umbrella_route_verified_has_source", but=("addressee_checked_by",)),
            _before_submitting("register_until", REGISTER_FIRST),
            _before_submitting("draft_until", DRAFT_FIRST),
        ]

    def __str__(self) -> str:
        return self.umbrella_body

    def clean(self) -> None:
        """Say beside the last day that another one comes after it, and beside each field what is missing."""
        super().clean()
        check_order(
            self, ("register_until", "submit_until", REGISTER_FIRST), ("draft_until", "submit_until", DRAFT_FIRST)
        )
