"""What nobody has checked yet in an edition and its call, by kind, each with the page and place where that is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from calls.comparing import value_of
from calls.models import Certainty, Edition, FundingCall
from core.values import dataclass
from core.words import day


@dataclass(frozen=True)
class Unchecked:
    """A value that is not verified: its name, how sure it is in words, its place, and what it says now and said last year.

    `then` is empty where last year's call said nothing, or where there is none.
    """

    name: str
    how_sure: str
    url: str
    now: str = ""
    then: str = ""

    @property
    def is_new(self) -> bool:
        """Does it say something else than last year?"""
        return self.now != self.then


@dataclass(frozen=True)
class UncheckedKind:
    """Unchecked values of one kind: limits, rules …"""

    title: str
    rows: list[Unchecked]


def last_years(edition: Edition) -> Edition | None:
    """Return the latest edition of the call that this edition's call was copied from, if it was."""
    original = edition.call.copied_from
    return None if original is None else Edition.objects.latest_of(original)


def empty_days(call: FundingCall) -> list[Unchecked]:
    """Return the days that nobody has entered and without which a call is open at once, or for ever."""
    return list(_days(call, None))


def unchecked_in(edition: Edition, former: Edition | None = None) -> list[UncheckedKind]:
    """Return everything unchecked in this edition and its call, beside what `former` and its call said."""
    call, earlier = edition.call, former.call if former else None
    kinds = [
        UncheckedKind(_("Fristen"), list(_days(call, earlier))),
        UncheckedKind(_("Grenzen"), list(_limits(edition, former))),
        UncheckedKind(_("Regeln"), list(_rules(call, earlier))),
        UncheckedKind(_("Anschrift und Unterschrift"), list(_own(call, earlier))),
        UncheckedKind(_("Wege über Dachverbände"), list(_routes(call, earlier))),
        UncheckedKind(_("Andere Wege nach einer Absage"), list(_other_ways(call))),
    ]
    return [kind for kind in kinds if kind.rows]


def _page(record: Edition | FundingCall, place: str) -> str:
    """Return the address of a place on the record's page.

    The place stands in the query as well: the page that asks has the record's address, and a link that differs in its
    fragment alone would stay there.
    """
    return f"{reverse(f'admin:calls_{record._meta.model_name}_change', args=[record.pk])}?{place}#{place}"


def _numbered[M: models.Model](rows: Iterable[M], parent: Edition | FundingCall, name: str) -> Iterator[tuple[M, str]]:
    """Yield the rows with the place where each stands on the page of its parent."""
    for number, row in enumerate(rows):
        yield row, _page(parent, f"{name}-{number}")


def _days(call: FundingCall, earlier: FundingCall | None) -> Iterator[Unchecked]:
    """Yield the days without which a call is open at once, or for ever."""
    missing = _("nicht eingetragen")
    if call.open_from is None:
        then = day(earlier.open_from) if earlier and earlier.open_from else ""
        yield Unchecked(_("offen ab: gilt als schon offen"), missing, _page(call, "id_open_from"), then=then)
    if call.last_day() is None:
        last = earlier.last_day() if earlier else None
        then = day(last) if last else ""
        yield Unchecked(_("Einsendeschluss: gilt als ohne Ende offen"), missing, _page(call, "id_deadline"), then=then)


def _limits(edition: Edition, former: Edition | None) -> Iterator[Unchecked]:
    for limit, url in _numbered(edition.limits.all(), edition, "limits"):
        if limit.certainty == Certainty.VERIFIED:
            continue
        then = value_of(former.terms.limit(limit.key)) if former else ""
        term = limit.as_term()
        how_sure = str(limit.get_certainty_display()) if term.is_set else _("nicht eingetragen")
        yield Unchecked(limit.label, how_sure, url, value_of(term), then)


def _rules(call: FundingCall, earlier: FundingCall | None) -> Iterator[Unchecked]:
    then = {rule.code: rule.source for rule in earlier.rules.all()} if earlier else {}
    for rule, url in _numbered(call.rules.all(), call, "rules"):
        if rule.certainty != Certainty.VERIFIED:
            yield Unchecked(str(rule), str(rule.get_certainty_display()), url, rule.source, then.get(rule.code, ""))


def _own(call: FundingCall, earlier: FundingCall | None) -> Iterator[Unchecked]:
    """Yield what the call itself says: the address, and how stage 2 is signed."""
    values = {
        "addressee": (_("Postanschrift"), lambda one: _in_a_line(one.addressee), call.get_addressee_certainty_display),
        "signing": (
            _("Unterschrift in Stufe 2"),
            lambda one: str(one.get_signing_display()) if one.signing else "",
            call.get_signing_certainty_display,
        ),
    }
    for name, (label, said, certainty) in values.items():
        if getattr(call, f"{name}_certainty") != Certainty.VERIFIED:
            how_sure = str(certainty()) if said(call) else _("nicht eingetragen")
            yield Unchecked(label, how_sure, _page(call, f"id_{name}"), said(call), said(earlier) if earlier else "")


def _routes(call: FundingCall, earlier: FundingCall | None) -> Iterator[Unchecked]:
    then = dict(earlier.umbrella_routes.values_list("umbrella_body", "addressee")) if earlier else {}
    for route, url in _numbered(call.umbrella_routes.all(), call, "umbrella_routes"):
        if route.addressee and route.addressee_certainty != Certainty.VERIFIED:
            how_sure = str(route.get_addressee_certainty_display())
            before = _in_a_line(then.get(route.umbrella_body, ""))
            yield Unchecked(route.umbrella_body, how_sure, url, _in_a_line(route.addressee), before)


def _other_ways(call: FundingCall) -> Iterator[Unchecked]:
    for way, url in _numbered(call.other_ways.all(), call, "other_ways"):
        if way.checked_on is None:
            yield Unchecked(way.title, _("noch nicht geprüft"), url, way.source)


def _in_a_line(text: Any) -> str:
    return ", ".join(str(text).splitlines())
