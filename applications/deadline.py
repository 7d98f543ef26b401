"""The day a team must post by: the call's, or the one of its umbrella body (F11, C19).

Pages, turns, checks, papers and mails take it from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from accounts.models import Organisation
from applications.checks.base import Route, no_deadline
from calls.models import FundingCall, UmbrellaRoute
from core.spelling import comparable
from core.values import dataclass


@dataclass(frozen=True)
class Deadline:
    """The day that holds for a team, None where none is known, what counts on it, and who gets the papers.

    `body` is the team's umbrella body; `route` is its way, if the call knows one, with or without a day.
    `addressee_note` says where the address comes from and whether it must be looked up before it is used.
    """

    day: date | None
    counts: str = ""
    addressee: str = ""
    body: str = ""
    route: Route | None = None
    addressee_note: str = ""

    @property
    def of_body(self) -> str:
        """The umbrella body whose day this is; empty where it is the call's."""
        return self.via if self.day else ""

    @property
    def via(self) -> str:
        """The umbrella body that the team submits to and asks; empty where it is the BAMF."""
        return self.route.umbrella_body if self.route else ""

    @property
    def unknown(self) -> str:
        """A sentence in place of the day, before anything is written."""
        return no_deadline(1, self.via)


@dataclass(frozen=True)
class OnPapers:
    """What the papers of a finished application say: the day, what counts on it, and the body they go to, if any."""

    day: date | None
    counts: str
    via: str | None
    """None on papers made before it was kept whose day it is: they go by the routes of today."""

    @classmethod
    def of(cls, day: str | None, counts: str | None, via: str | None) -> OnPapers:
        """From the keys of a submission's frozen content; papers of older versions lack some of them."""
        return cls(date.fromisoformat(day) if day else None, counts or "", via)


@dataclass(frozen=True)
class Routes:
    """The routes of umbrella bodies that calls know, by call and name."""

    known: dict[tuple[UUID, str], UmbrellaRoute]

    @classmethod
    def read(cls, calls: Iterable[UUID]) -> Routes:
        """Read the routes of these calls with one query; of two names that match, the first in the alphabet counts."""
        known: dict[tuple[UUID, str], UmbrellaRoute] = {}
        for row in UmbrellaRoute.objects.filter(call__in=set(calls)).order_by("umbrella_body"):
            known.setdefault((row.call_id, comparable(row.umbrella_body)), row)
        return cls(known)

    def deadline(self, call: FundingCall, body: str, stage: int, papers: OnPapers | None = None) -> Deadline:
        """The deadline that holds for a team whose umbrella body is called so.

        Once the application is finished, its `papers` say so, whatever became of the routes since. Before that, stage 2
        has none in the portal.
        """
        row = self.known.get((call.pk, comparable(body)))
        if row is None:
            first = Deadline(
                call.last_day(), call.deadline_counts, call.addressee, body, addressee_note=call.addressee_note
            )
        else:  # also without a day: the call's is not the one of the body, which needs time to forward
            route = Route(row.umbrella_body, row.register_until, row.draft_until, row.submit_until)
            addressee = row.addressee or row.umbrella_body
            first = Deadline(row.submit_until, "", addressee, body, route, addressee_note=row.addressee_note)
        if papers:
            body = first.via if papers.via is None else papers.via
            forwarded = Route(body, submit_until=papers.day) if body else None
            return replace(first, day=papers.day, counts=papers.counts, route=forwarded)
        return replace(first, day=None, counts="") if stage == 2 else first


def read_deadline(call: FundingCall, body: str, stage: int, papers: OnPapers | None = None) -> Deadline:
    """The deadline of one team: one query if it belongs to an umbrella body, else none."""
    return (Routes.read([call.pk]) if body else Routes({})).deadline(call, body, stage, papers)


def must_arrive(counts: str) -> bool:
    """Does a letter need days to travel before the deadline? Always unless it is known that the postmark counts."""
    return counts != FundingCall.DeadlineCounts.POSTMARK


def umbrella_body(on_the_cover: str, organisation: Organisation) -> str:
    """The umbrella body of a team: the one its cover names, else its organisation's; empty without one."""
    return on_the_cover.strip() or organisation.umbrella_body.strip()
