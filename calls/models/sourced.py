"""A value or rule of a call with its source: issuer, title and date; the one place that says what its being verified takes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.terms import source_in_words

from .certainty import Certainty, Mark, Marked
from .source_fields import SOURCE, date_field, issuer_field, title_field


def sourced(*value: str, also: tuple[str, ...] = ()) -> Mark:
    """Return the mark of a record whose value stands in these fields."""
    return Mark("certainty", value, SOURCE, also=also)


class Sourced(Marked):
    """Is verified only with issuer, title and date of its source, the day it was read and who read it.

    Several sources stand in each of the three fields in the same order, between semicolons.
    """

    source_issuer = issuer_field()
    source_title = title_field()
    source_date = date_field()
    checked_on = models.DateField(_("geprüft am"), null=True, blank=True)
    checked_by = models.CharField(_("geprüft von"), max_length=200, blank=True)
    certainty = models.CharField(_("Sicherheit"), max_length=12, choices=Certainty, default=Certainty.ASSUMED)

    class Meta:
        abstract = True

    @property
    def source(self) -> str:
        """The source in words; "" where none is known."""
        return source_in_words(self.source_issuer, self.source_title, self.source_date)
