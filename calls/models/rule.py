"""A rule of a call behind a check: its source, how sure it is, confirming it."""

from __future__ import annotations

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, User
from core.writes import write_if

from .bamf_record import CALLS_TEXT, BamfQuerySet
from .call import FundingCall
from .source_fields import SOURCE
from .sourced import Sourced, sourced

# A rule is not typed but a check of the portal; what was read is its source alone.
RULE = sourced("code")


class Rule(Sourced):
    """A check as it applies to one call: where it comes from and how sure that is. Only verified ones block."""

    call = models.ForeignKey(FundingCall, models.CASCADE, related_name="rules")
    code = models.CharField(_("Code"), max_length=4)
    label = models.CharField(_("Was geprüft wird"), max_length=200, blank=True)
    lowered_at = models.DateTimeField(_("zum Hinweis herabgestuft am"), null=True, blank=True)
    lowered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    lowered_reason = models.CharField(_("Grund der Herabstufung"), max_length=300, blank=True)

    STAYS = dict.fromkeys(("label", *SOURCE, "lowered_reason"), CALLS_TEXT)
    MARKS = (RULE,)
    FORGETS = _("Wer Regeln von Förderaufrufen geprüft hat")

    objects = BamfQuerySet.as_manager()

    class Meta:
        verbose_name = _("Regel")
        verbose_name_plural = _("Regeln")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="rule_unique"),
            RULE.constraint("rule_verified_has_source"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}".strip()

    @transaction.atomic
    def lower(self, *, reason: str, by: User) -> None:
        """Let the check warn from now on, and never block. Raises `Stale` if it is lowered already."""
        self.require(by, "edit")
        write_if(self, {"lowered_at": None}, lowered_at=timezone.now(), lowered_by=by, lowered_reason=reason)
        Event.record("rule.lowered", self, by=by, code=self.code)

    @transaction.atomic
    def restore(self, *, by: User) -> None:
        """Let the check count again as its certainty says. Raises `Stale` if it is not lowered."""
        self.require(by, "edit")
        write_if(self, {"lowered_at__isnull": False}, lowered_at=None, lowered_by=None, lowered_reason="")
        Event.record("rule.restored", self, by=by, code=self.code)
