"""What all records of a funding call have in common: everybody logged in reads them, BAMF staff keep them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from accounts.models.kept_after_erasing import Stays
from accounts.models.record import Person, roles

CALLS_TEXT = Stays(
    _("Förderaufrufe mit ihren Texten und Quellen"),
    _("Sie geben wieder, was der Förderer sagt, und stehen vor jedem Vorhaben dieses Aufrufs."),
    _("Bis das BAMF sie ändert. Ein veröffentlichter Stand bleibt, wie er ist, solange es den Aufruf gibt."),
)


class BamfRecord(Record):
    """Part of a funding call: everybody logged in may read it, BAMF staff keep it."""

    MAY = {"edit": roles("bamf")}

    class Meta:
        abstract = True

    def roles_of(self, user: Person) -> frozenset[str]:
        return frozenset({"bamf"} if user.is_authenticated and user.is_bamf else set())


class BamfQuerySet[M: models.Model](models.QuerySet[M]):
    def visible_to(self, user: Person) -> BamfQuerySet[M]:
        """Everybody logged in reads funding calls, which are no secret."""
        return self if user.is_authenticated else self.none()
