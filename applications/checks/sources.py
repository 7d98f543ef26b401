"""The source of a finding: one short mark („Förderrichtlinie Nr. 5.3 · B05“), and the whole behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.checks.base import Finding, Moment
from core.values import dataclass

# Sources are listed with semicolons: „Förderrichtlinie, Nr. 5.3 (gültig bis 31.12.2025); Leitfaden BgZ-09 (März 2021)“.
BETWEEN = re.compile(r";\s+(?![^(]*\))")
BRACKETS = re.compile(r"\s*\([^)]*\)")
# What an invented call says before the source of the real one.
LEADING = re.compile(r"^(?:[^,;:(]+, )?nach: ")
PLACE = re.compile(r"^(?:Nr\.|§|Art\.|Abschnitt|Seite|S\.) ?\d")
MOST_CODES = 3


@dataclass(frozen=True)
class SourceMark:
    """The sources of some findings: `mark` is one short line, `lines` hold a sentence or two for each check."""

    mark: str
    lines: tuple[str, ...]
    codes: tuple[str, ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> SourceMark:
        by_code = {(finding.code, finding.source): finding for finding in findings}.values()
        names = list(dict.fromkeys(name for finding in by_code if (name := short_name(finding))))
        codes = list(dict.fromkeys(finding.code for finding in by_code))
        return cls(_mark(names, codes), tuple(_line(finding) for finding in by_code), tuple(codes))


def short_name(finding: Finding) -> str:
    """Where the rule stands, in a few words: „Förderrichtlinie Nr. 5.3“; one with a number before one without.

    A limit has a long source of its own; the mark is the one of its rule, as far as there is one: its title, for who
    issued it stands before that in the whole.
    """
    source = (finding.rule.title or finding.rule.source if finding.rule else "") or finding.source
    names = [_short(citation) for citation in BETWEEN.split(LEADING.sub("", source)) if citation]
    return next((name for name, has_place in names if has_place), names[0][0] if names else "")


def _short(citation: str) -> tuple[str, bool]:
    """Return the name of a source with its place, and whether it has one."""
    name, *rest = BRACKETS.sub("", citation).strip().split(", ")
    place = next((part for part in rest if PLACE.match(part)), "")
    return f"{name} {place}".strip(), bool(place)


def _mark(names: list[str], codes: list[str]) -> str:
    shown = names[0] if names else _("Keine Quelle eingetragen")
    if len(names) > 1:
        shown = _("%(name)s u. a.") % {"name": shown}
    if len(codes) > MOST_CODES:
        counted = ngettext("%(count)d Prüfung", "%(count)d Prüfungen", len(codes)) % {"count": len(codes)}
        return f"{shown} · {counted}"
    return f"{shown} · {', '.join(codes)}"


def _line(finding: Finding) -> str:
    label = f" {finding.rule.label}." if finding.rule and finding.rule.label else ""
    source = finding.source or _("keine eingetragen")
    whole = _("Quelle: %(source)s.") % {"source": source.rstrip(".")}
    return " ".join(part for part in (f"{finding.code}:{label}", whole, _effect(finding)) if part)


def _effect(finding: Finding) -> str:
    """Return a sentence on what the finding keeps from going on, if anything."""
    if finding.blocks and finding.moment == Moment.FINISHING:
        return _("Solange das offen ist, lässt sich das Vorhaben nicht fertigstellen.")
    if finding.blocks:
        return _("Wichtig, bevor Sie es einreichen.")
    if finding.moment == Moment.POSTING:
        return _("Das betrifft das Einreichen.")
    if finding.guess:
        return _("Das ist eine Vermutung nach Stichworten. Sie hält nichts auf.")
    return ""
