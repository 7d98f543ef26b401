"""Another way for a project that the funder turned down, as BAMF staff have entered it for a call."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.terms import cited

from .bamf_record import CALLS_TEXT, BamfQuerySet, BamfRecord
from .call import FundingCall


class OtherWay(BamfRecord):
    """Another way for a project that was turned down: another programme, a foundation, advice. Never without a source."""

    call = models.ForeignKey(FundingCall, models.CASCADE, related_name="other_ways")
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    title = models.CharField(_("Bezeichnung"), max_length=200)
    text = models.TextField(_("Für wen, und was ist zu tun?"), blank=True, max_length=1000)
    url = models.URLField(_("Link"), blank=True)
    source = models.CharField(_("Quelle"), max_length=300)
    checked_on = models.DateField(_("geprüft am"), null=True, blank=True)

    STAYS = dict.fromkeys(("title", "text", "url", "source"), CALLS_TEXT)

    objects = BamfQuerySet.as_manager()

    class Meta:
        verbose_name = _("anderer Weg nach einer Absage")
        verbose_name_plural = _("andere Wege nach einer Absage")
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def cited(self) -> str:
        """The source, with the day on which somebody checked it."""
        return cited(self.source, self.checked_on)
