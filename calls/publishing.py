"""Taking the publication of an edition back, as long as no Projektschmiede and no Vorhaben needs it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Event, User
from calls.models import Edition, FundingCall
from core.words import quoted
from core.writes import Stale, write_if


def why_public(edition: Edition) -> str:
    """Return the sentences that say who uses a published edition, so that it stays published; "" if nobody does.

    Vorhaben stand on an edition; a Projektschmiede needs one of its call, so the last one stays for it.
    """
    above: Any = edition  # applications and cohorts are apps above this one
    reasons = []
    if count := above.applications.count():
        sentence = ngettext("%(count)d Vorhaben steht darauf.", "%(count)d Vorhaben stehen darauf.", count)
        reasons.append(sentence % {"count": count})
    others = edition.call.editions.published().exclude(pk=edition.pk)
    cohorts = above.call.cohorts.order_by("begins_on", "title")
    if not others.exists() and (names := quoted(str(cohort) for cohort in cohorts)):
        reasons.append(_("Diese Projektschmieden sind für den Aufruf: %(names)s.") % {"names": names})
    if not reasons:
        return ""
    return " ".join([_("Dieser Stand wird gebraucht und bleibt veröffentlicht."), *reasons])


@transaction.atomic
def unpublish(edition: Edition, *, by: User) -> None:
    """Make a published edition a draft again. Raises `Stale` with a sentence once anything uses it, or if it is a draft."""
    edition.require(by, "publish")
    # Not the whole row: who starts an application holds the edition and needs the call's key in the end.
    FundingCall.objects.select_for_update(no_key=True).get(pk=edition.call_id)
    locked = Edition.objects.lock(pk=edition.pk)
    if sentence := why_public(locked):
        raise Stale(sentence)
    fields = {"published_at": None, "published_by": None, "frozen_terms": None}
    write_if(edition, {"published_at__isnull": False}, **fields)
    edition.__dict__.pop("terms", None)  # those that were frozen
    Event.record("edition.unpublished", edition, by=by)
