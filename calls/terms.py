"""What an edition of a call says, as plain values that checks, pages and papers read (`terms.limit("…")`).

A published edition keeps them in one column (`Edition.frozen_terms`), because it never changes again; so a page that
shows an application needs no query for sections, themes, kinds, questions and limits, and a finished application can
freeze the very same value.
"""

from __future__ import annotations

from dataclasses import asdict, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.values import dataclass
from core.words import day

# What stands as the date of a source that bears none; it is not cited.
UNDATED = "ohne Datum"


class Kind(StrEnum):
    """What kind of content a section holds."""

    COVER = "cover"
    TEXT = "text"
    GOALS = "goals"
    WORK_PLAN = "work_plan"
    PARTNERS = "partners"
    BUDGET = "budget"
    DECLARATIONS = "declarations"
    ATTACHMENTS = "attachments"


KIND_LABELS = {
    Kind.COVER.value: _("Titelblatt"),
    Kind.TEXT.value: _("Text"),
    Kind.GOALS.value: _("Ziele"),
    Kind.WORK_PLAN.value: _("Arbeitsplan"),
    Kind.PARTNERS.value: _("Partner"),
    Kind.BUDGET.value: _("Finanzierungsplan"),
    Kind.DECLARATIONS.value: _("Erklärungen"),
    Kind.ATTACHMENTS.value: _("Anlagen"),
}

# The sections of the sketch, which may fill ten pages.
SKETCH_KEYS = [f"s{number}" for number in range(1, 15)]
COVER, ATTACHMENTS, DECLARATIONS, BUDGET, GOALS, WORK_PLAN, PARTNERS = "s0", "s15", "s16", "s17", "s5", "s7", "s8"
SUMMARY = "s1"
# Papers of the envelope that the portal makes itself, by the key of their kind of attachment.
MADE_HERE = frozenset({"sketch"})
# Title and idea can be written from the day a team is accepted: workshop 1 works on them, it need not be waited for.
FROM_THE_FIRST_DAY = frozenset({COVER, SUMMARY})
KIND_BY_KEY = {
    COVER: Kind.COVER,
    GOALS: Kind.GOALS,
    WORK_PLAN: Kind.WORK_PLAN,
    PARTNERS: Kind.PARTNERS,
    ATTACHMENTS: Kind.ATTACHMENTS,
    DECLARATIONS: Kind.DECLARATIONS,
    BUDGET: Kind.BUDGET,
}


def kind_of(key: str) -> Kind:
    """Return the kind of a section's content: a key never changes its kind, because texts written long ago keep theirs."""
    return KIND_BY_KEY.get(key, Kind.TEXT)


@dataclass(frozen=True)
class ThemeTerm:
    key: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class SectionTerm:
    """A section; `soft_limit` is a Richtwert in characters, None where there is none."""

    key: str
    title: str
    kind: str
    question: str = ""
    guidance: str = ""
    plain: str = ""
    example: str = ""
    soft_limit: int | None = None


@dataclass(frozen=True)
class KindTerm:
    """A kind of expense; `next_field` is the field of the next form (easy-Online) as far as it is known."""

    code: str
    label: str
    guidance: str = ""
    next_field: str = ""


@dataclass(frozen=True)
class QuestionTerm:
    """An exclusion or a declaration, yes or no; `wanted` is the answer that lets an application go on, "" if either does."""

    key: str
    kind: str
    text: str
    guidance: str = ""
    wanted: str = ""
    check_code: str = ""


@dataclass(frozen=True)
class AttachmentTerm:
    """A kind of attachment; `stage` is the stage at which it is asked for, and without some no application is complete."""

    key: str
    label: str
    guidance: str = ""
    stage: int = 1
    source: str = ""
    may_be_dropped: bool = True

    @property
    def is_made_here(self) -> bool:
        """Does the portal make this paper itself? Then it is enclosed, and nobody is asked whether it is."""
        return self.key in MADE_HERE


@dataclass(frozen=True)
class LimitTerm:
    """A limit of the call; `value` is None where it is not set (shown as „hier noch nicht eingetragen“).

    What is no number stands in `text` instead: the edition of the ANBest-P, the kind of financing. `basis` says of a
    share what counts into it, "" where nobody has read that.
    """

    key: str
    label: str
    value: Decimal | None
    unit: str = ""
    source: str = ""
    certainty: str = "assumed"
    checked_on: date | None = None
    text: str = ""
    basis: str = ""

    @property
    def is_set(self) -> bool:
        return self.value is not None or bool(self.text)

    @property
    def is_verified(self) -> bool:
        return self.is_set and self.certainty == "verified"


def source_in_words(issuer: str, title: str, date: str) -> str:
    """Return „issuer, title (date)“ as far as they are known.

    Of several sources, each with its own issuer and date, if each part names as many.
    """
    parts = [part.split("; ") for part in (issuer, title, date)]
    if len({len(part) for part in parts}) > 1:
        parts = [[part] for part in (issuer, title, date)]
    return "; ".join(_source(*one) for one in zip(*parts, strict=True))


def _source(issuer: str, title: str, date: str) -> str:
    name = ", ".join(part for part in (issuer, title) if part)
    date = "" if date == UNDATED else date
    return f"{name} ({date})" if name and date else name or date


def cited(source: str, checked_on: date | None) -> str:
    """Return a source in words, with the day on which somebody checked it."""
    if not source or checked_on is None:
        return source
    return gettext("%(source)s, geprüft am %(day)s") % {"source": source, "day": day(checked_on)}


@dataclass(frozen=True)
class RuleTerm:
    """A check's standing in a call; it may block only when it is verified and not lowered to a notice."""

    code: str
    source: str = ""
    certainty: str = "assumed"
    checked_on: date | None = None
    lowered: bool = False
    label: str = ""
    """What the check sees to, in a few words."""
    title: str = ""
    """What the source is called, with the place in it."""

    @property
    def may_block(self) -> bool:
        return self.certainty == "verified" and not self.lowered

    @property
    def cited(self) -> str:
        """The source, with the day on which somebody checked it."""
        return cited(self.source, self.checked_on)


@dataclass(frozen=True)
class Terms:
    """Everything an edition says, in its order."""

    themes: list[ThemeTerm] = field(default_factory=list)
    sections: list[SectionTerm] = field(default_factory=list)
    kinds: list[KindTerm] = field(default_factory=list)
    questions: list[QuestionTerm] = field(default_factory=list)
    attachments: list[AttachmentTerm] = field(default_factory=list)
    limits: list[LimitTerm] = field(default_factory=list)

    @cached_property
    def by_key(self) -> dict[str, SectionTerm]:
        return {section.key: section for section in self.sections}

    @cached_property
    def limit_by_key(self) -> dict[str, LimitTerm]:
        return {limit.key: limit for limit in self.limits}

    def limit(self, key: str) -> LimitTerm:
        """Return the limit of this name; a limit that the edition does not have counts as not set."""
        return self.limit_by_key.get(key) or LimitTerm(key=key, label=key, value=None)

    def theme_notes(self) -> dict[str, str]:
        """Return the texts that help to choose a theme, by its key."""
        return {theme.key: theme.description for theme in self.themes}

    def theme(self, key: str) -> ThemeTerm | None:
        return next((theme for theme in self.themes if theme.key == key), None)

    def attachments_of(self, stage: int) -> list[AttachmentTerm]:
        """Return what a stage asks for: its own attachments, and those of earlier stages that may be dropped there."""
        return [
            kind for kind in self.attachments if kind.stage == stage or (kind.stage < stage and kind.may_be_dropped)
        ]

    def kind(self, code: str) -> KindTerm | None:
        return next((kind for kind in self.kinds if kind.code == code), None)

    def sketch(self) -> list[SectionTerm]:
        """Return the sections that are printed as the sketch, in order."""
        return [section for section in self.sections if section.key in SKETCH_KEYS]

    def as_json(self) -> dict[str, Any]:
        value = asdict(self)
        for limit in value["limits"]:
            limit["value"] = None if limit["value"] is None else str(limit["value"])
            limit["checked_on"] = limit["checked_on"].isoformat() if limit["checked_on"] else None
            if not limit["basis"]:
                # Checksums of applications finished before there was a basis stay what they are.
                del limit["basis"]
        return value

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        return cls(
            themes=[ThemeTerm(**row) for row in value.get("themes", [])],
            sections=[SectionTerm(**row) for row in value.get("sections", [])],
            kinds=[KindTerm(**row) for row in value.get("kinds", [])],
            questions=[QuestionTerm(**row) for row in value.get("questions", [])],
            attachments=[AttachmentTerm(**row) for row in value.get("attachments", [])],
            limits=[_limit(row) for row in value.get("limits", [])],
        )


def _limit(row: dict[str, Any]) -> LimitTerm:
    value = None if row["value"] is None else Decimal(row["value"])
    checked_on = date.fromisoformat(row["checked_on"]) if row.get("checked_on") else None
    return LimitTerm(**{**row, "value": value, "checked_on": checked_on})
