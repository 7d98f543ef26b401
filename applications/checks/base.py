"""What a check is (`Found`, `@check`), how its finding is weighed (`Severity`: Fehler, Warnung, Hinweis), and the order of findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from datetime import date
from enum import IntEnum, StrEnum
from typing import cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.content import (
    Attachments,
    Budget,
    Content,
    Cover,
    Declarations,
    Goals,
    Partners,
    Text,
    WorkPlan,
    empty,
)
from applications.states import SectionFacts
from calls import terms as keys
from calls.terms import LimitTerm, RuleTerm, Terms
from core.values import dataclass

# Where a hint of ours comes from (docs/decisions/0006).
OWN = _("Hinweis des Portals, keine Regel des Aufrufs")


class Severity(IntEnum):
    """How heavy a finding is; lists sort by it, the heaviest first."""

    ERROR = 1
    WARNING = 2
    INFO = 3

    @property
    def label(self) -> str | Promise:
        return {1: _("Fehler"), 2: _("Warnung"), 3: _("Hinweis")}[self.value]


class Weight(IntEnum):
    """What a finding means for the team at a moment; lists and counts of findings go by it alone."""

    MISSING = 1
    """Without it the application cannot go on."""
    LOOK = 2
    """It can, but somebody should look."""
    NOTE = 3

    @property
    def label(self) -> str | Promise:
        return {1: _("noch offen"), 2: _("bitte ansehen"), 3: _("gut zu wissen")}[self.value]

    @property
    def symbol(self) -> str:
        """The end of its CSS class `mark--…`."""
        return {1: "bad", 2: "warn", 3: "note"}[self.value]

    @property
    def icon(self) -> str:
        """The class of KERN's icon."""
        return {1: "kern-icon--danger", 2: "kern-icon--warning", 3: "kern-icon--info"}[self.value]


class Moment(StrEnum):
    """When a finding may block; before that it only tells."""

    FINISHING = "finishing"
    POSTING = "posting"


@dataclass(frozen=True)
class Route:
    """The umbrella body's own dates for its members, as far as they are known."""

    umbrella_body: str
    register_until: date | None = None
    draft_until: date | None = None
    submit_until: date | None = None


def no_deadline(stage: int, body: str) -> str:
    """A sentence in place of a deadline: whom to ask, the umbrella body that the team submits to or the BAMF."""
    if stage == 2:
        sentence = _("Bis wann der Antrag der zweiten Stufe eingereicht sein muss, weiß das Portal nicht.")
        asks = _("Bitte fragen Sie %(body)s.") % {"body": body} if body else _("Bitte fragen Sie das BAMF.")
        return f"{sentence} {asks}"
    if body:
        sentence = _(
            "Bis wann Sie bei „%(body)s“ einreichen müssen, ist hier nicht eingetragen. Bitte fragen Sie dort."
        )
        return str(sentence % {"body": body})
    return str(_("Der Einsendeschluss ist hier nicht eingetragen. Er steht im Aufruf; im Zweifel fragen Sie das BAMF."))


class NotToBeSeen(LookupError):
    """A check wants a section that the person who looks may not see."""


@dataclass(frozen=True)
class Dossier:
    """Everything the checks look at, as values. `today` is the day in Germany."""

    values: dict[str, Content]
    terms: Terms
    year: int
    today: date
    rules: dict[str, RuleTerm] = field(default_factory=dict)
    stage: int = 1
    signing: str = ""
    """How stage 2 is signed, as the call says."""
    is_finished: bool = False
    """The contents are frozen; it is on its way to the post."""
    pages: int | None = None
    deadline: date | None = None
    deadline_counts: str = ""
    umbrella_body: str = ""
    """The one that the cover names, else the organisation's."""
    route: Route | None = None
    charitable_until: date | None = None
    reviews: dict[str, SectionFacts] = field(default_factory=dict)
    """What coaches said, by section; empty where only what is written is looked at."""
    only: str = ""
    """The key of the section whose findings alone are wanted (`run`), so that a check need not look at others; empty for all."""

    is_partial: bool = False
    """Does it hold only what the person who looks may see? A check that wants another section says nothing then."""

    def _value(self, key: str) -> Content:
        self._see(key)
        section = self.terms.by_key.get(key)
        kind = section.kind if section else DEFAULT_KINDS[key]
        return self.values.get(key) or empty(kind)

    @property
    def cover(self) -> Cover:
        return cast("Cover", self._value(keys.COVER))

    @property
    def goals(self) -> Goals:
        return cast("Goals", self._value(keys.GOALS))

    @property
    def work_plan(self) -> WorkPlan:
        return cast("WorkPlan", self._value(keys.WORK_PLAN))

    @property
    def partners(self) -> Partners:
        return cast("Partners", self._value(keys.PARTNERS))

    @property
    def attachments(self) -> Attachments:
        return cast("Attachments", self._value(keys.ATTACHMENTS))

    @property
    def declarations(self) -> Declarations:
        return cast("Declarations", self._value(keys.DECLARATIONS))

    @property
    def budget(self) -> Budget:
        return cast("Budget", self._value(keys.BUDGET))

    def _see(self, key: str) -> None:
        if self.is_partial and key not in self.values:
            raise NotToBeSeen(key)

    def text(self, key: str) -> str:
        self._see(key)
        value = self.values.get(key)
        return value.text if isinstance(value, Text) else ""

    @property
    def years(self) -> list[int]:
        """The calendar years that the term touches; empty while start or length is missing."""
        return years_of_term(self.cover.start_on, self.cover.months)


DEFAULT_KINDS = {
    keys.COVER: "cover",
    keys.GOALS: "goals",
    keys.WORK_PLAN: "work_plan",
    keys.PARTNERS: "partners",
    keys.ATTACHMENTS: "attachments",
    keys.DECLARATIONS: "declarations",
    keys.BUDGET: "budget",
}


def years_of_term(start_on: str, months: int | None) -> list[int]:
    """The calendar years touched by a term, e.g. ("2027-07-01", 12) → [2027, 2028]; [] if it is not (rightly) given."""
    try:
        start = date.fromisoformat(start_on)
    except ValueError:
        return []
    if not months or not 0 < months <= 120:
        return []
    last = start.year * 12 + start.month - 1 + months - 1
    if start.day > 1:
        last += 1
    return list(range(start.year, last // 12 + 1))


@dataclass(frozen=True)
class Found:
    """What a check says: a German sentence, the section to mend it in, and the row or field where it belongs.

    `more` are further rows it is true of. `missing` names what is missing, so that several findings of one place become
    one list. `severity` overrides the check's own; `limit` is the limit the check used,
    which must be verified to block.
    """

    sentence: str
    key: str = ""
    row: str = ""
    field: str = ""
    more: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    severity: Severity | None = None
    limit: LimitTerm | None = None


@dataclass(frozen=True)
class Finding:
    """A finding with its weight in this call. Only `blocks` keeps anybody from going on, and only at its moment."""

    code: str
    severity: Severity
    sentence: str
    key: str
    row: str
    field: str
    more: tuple[str, ...]
    source: str
    moment: Moment
    blocks: bool
    missing: tuple[str, ...] = ()
    rule: RuleTerm | None = None
    """The rule of the call behind the check; None for our own hints and for a check without one."""
    guess: bool = False

    def weight_at(self, moment: Moment = Moment.FINISHING) -> Weight:
        """What it means at a moment: what blocks only later is to be looked at until then."""
        if self.blocks and self.moment == moment:
            return Weight.MISSING
        return Weight.LOOK if self.severity <= Severity.WARNING else Weight.NOTE


@dataclass(frozen=True)
class Check:
    code: str
    severity: Severity
    moment: Moment
    look: Callable[[Dossier], Iterator[Found]]
    guess: bool = False


CODES: dict[str, Check] = {}


def check(
    code: str, severity: Severity, moment: Moment = Moment.FINISHING, *, guess: bool = False
) -> Callable[[Callable[[Dossier], Iterator[Found]]], Callable[[Dossier], Iterator[Found]]]:
    """Register a check under its code. A `guess` goes by keywords and never blocks."""

    def register(look: Callable[[Dossier], Iterator[Found]]) -> Callable[[Dossier], Iterator[Found]]:
        CODES[code] = Check(code, severity, moment, look, guess)
        return look

    return register


def asked(dossier: Dossier, moment: Moment | None = None) -> list[Check]:
    """All checks, or those of a moment.

    Of a finished application those of posting are asked with its papers alone: the list of attachments is corrected
    there, and what is done on paper is known there.
    """
    if moment is None and dossier.is_finished:
        moment = Moment.FINISHING
    return [check for check in CODES.values() if moment in {None, check.moment}]


def run(dossier: Dossier, moment: Moment | None = None) -> list[Finding]:
    """What the checks that are asked find, heaviest first, then by code: the application, its money, our own hints.

    Of a dossier for one section (`Dossier.only`) the findings of that section alone.
    """
    findings = [
        _weigh(check, answer, dossier)
        for check in asked(dossier, moment)
        for answer in _answers(check, dossier)
        if dossier.only in {"", answer.key}
        and (not answer.key or answer.key in dossier.terms.by_key)  # nobody can mend a section that is not there
    ]
    return sorted(findings, key=lambda finding: (finding.severity, "CBP".index(finding.code[0]), finding.code))


def _answers(check: Check, dossier: Dossier) -> list[Found]:
    """Return what a check says; nothing if it would have to look at what may not be seen."""
    try:
        return list(check.look(dossier))
    except NotToBeSeen:
        return []


def _weigh(check: Check, answer: Found, dossier: Dossier) -> Finding:
    """Weigh a check's answer.

    An error stays one only with a verified rule and, if it uses a limit, a verified limit; or where it is the portal itself
    that asks (P05), which nobody has to verify.
    """
    is_own = check.code.startswith("P")
    rule = None if is_own else dossier.rules.get(check.code)
    severity = answer.severity or check.severity
    is_verified = bool(rule and rule.may_block) and (answer.limit is None or answer.limit.is_verified)
    sure = not check.guess and (is_own or is_verified)
    if severity == Severity.ERROR and not sure:
        severity = Severity.WARNING
    if rule and rule.lowered:
        severity = Severity.INFO
    source = (answer.limit.source if answer.limit else "") or (rule.cited if rule else "")
    return Finding(
        code=check.code,
        severity=severity,
        sentence=answer.sentence,
        key=answer.key,
        row=answer.row,
        field=answer.field,
        more=answer.more,
        source=str(OWN) if is_own else source,
        moment=check.moment,
        blocks=severity == Severity.ERROR,
        missing=answer.missing,
        rule=rule,
        guess=check.guess,
    )
