"""The legal forms of organisations (Rechtsformen): the list people choose from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LegalForm(models.TextChoices):
    EV = "ev", _("eingetragener Verein (e. V.)")
    GGMBH = "ggmbh", _("gemeinnützige GmbH (gGmbH)")
    GUG = "gug", _("gemeinnützige Unternehmergesellschaft (gUG)")
    FOUNDATION = "foundation", _("Stiftung")
    COOPERATIVE = "cooperative", _("Genossenschaft")
    CHURCH = "church", _("Kirche oder Religionsgemeinschaft")
    MUNICIPALITY = "municipality", _("Kommune (Stadt, Gemeinde, Landkreis)")
    PUBLIC_BODY = "public_body", _("andere Körperschaft des öffentlichen Rechts")
    INITIATIVE = "initiative", _("Initiative ohne Rechtsform")
    OTHER = "other", _("andere Rechtsform")
