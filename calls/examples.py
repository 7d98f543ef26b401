"""Invented calls for the demo and the tests: a real one copied, with dates of their own and everything confirmed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models, transaction

from calls.copying import copy_call
from calls.models import Certainty, FundingCall, Limit, Rule
from calls.models.source_fields import SOURCE, sources_of
from calls.terms import UNDATED

EXAMPLE, INVENTED = "Beispiel", "erfunden"
ADDRESSEE = (
    "Beispielbehörde (erfunden)\nReferat Interessenbekundungen\nAm Alten Speicher 12\n00417 Brückstedt (erfunden)"
)


@transaction.atomic
def make_example(
    original: FundingCall,
    *,
    slug: str,
    year: int,
    open_from: date | None,
    deadline: date | None,
    checked_on: date,
    title: str = "Beispielaufruf (erfunden)",
) -> FundingCall:
    """Make a published copy whose limits and rules are confirmed with the source „Beispiel“, so that checks really block.

    A limit that is not set stays so. Raises `Stale` if a call of that short name exists.
    """
    call = copy_call(
        original, year, by=None, title=title, slug=slug, open_from=open_from, deadline=deadline, is_example=True
    )
    address = {
        "addressee": ADDRESSEE,
        **dict(zip(sources_of("addressee"), (EXAMPLE, INVENTED, UNDATED), strict=True)),
        "addressee_certainty": Certainty.VERIFIED,
        "addressee_checked_on": checked_on,
        "addressee_checked_by": EXAMPLE,
    }
    changed(call, **address, source=EXAMPLE).save(update_fields=[*address, "source"])
    confirmed = {"certainty": Certainty.VERIFIED, "checked_on": checked_on, "checked_by": EXAMPLE}
    edition = call.editions.get()
    rules = [changed(rule, **confirmed, **source_like(rule)) for rule in call.rules.all()]
    limits = [
        changed(limit, **confirmed, **source_like(limit)) for limit in edition.limits.all() if limit.as_term().is_set
    ]
    Rule.objects.bulk_update(rules, [*confirmed, *SOURCE])
    Limit.objects.bulk_update(limits, [*confirmed, *SOURCE])
    edition.publish(by=None)
    return call


def changed[M: models.Model](row: M, **values: Any) -> M:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def source_like(row: Limit | Rule) -> dict[str, str]:
    title = f"nach: {row.source_title}" if row.source_title else INVENTED
    return {"source_issuer": EXAMPLE, "source_title": title, "source_date": UNDATED}
