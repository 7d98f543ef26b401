"""What the rules of two editions say differently, as sentences for somebody who knows the earlier one (`changes`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from calls.models import Certainty
from calls.terms import LimitTerm, SectionTerm, Terms
from core.values import dataclass
from core.words import grouped


@dataclass(frozen=True)
class Changes:
    """What changed in one part of the rules: limits, sections, questions …"""

    title: str
    sentences: list[str]


def changes(before: Terms, after: Terms) -> list[Changes]:
    """Return what is new, gone or different, part by part; empty where both say the same.

    Helps, examples and sources are left out: they say how to write, not what holds.
    """
    parts = [
        Changes(_("Grenzen"), list(_limits(before, after))),
        Changes(_("Abschnitte"), list(_sections(before, after))),
        Changes(_("Fragen und Erklärungen"), list(_named(_texts(before.questions), _texts(after.questions)))),
        Changes(_("Themenschwerpunkte"), list(_named(_titles(before.themes), _titles(after.themes)))),
        Changes(_("Ausgabenarten"), list(_named(_labels(before.kinds, "code"), _labels(after.kinds, "code")))),
        Changes(_("Anlagen"), list(_named(_labels(before.attachments), _labels(after.attachments)))),
    ]
    return [part for part in parts if part.sentences]


def unchecked(after: Terms) -> list[str]:
    """Return what those limits are called that were carried over from the last call and that nobody has looked up since."""
    return [limit.label for limit in after.limits if limit.is_set and limit.certainty == Certainty.CARRIED_OVER]


def _texts(rows: Iterable[Any]) -> dict[str, str]:
    return {row.key: row.text for row in rows}


def _titles(rows: Iterable[Any]) -> dict[str, str]:
    return {row.key: row.title for row in rows}


def _labels(rows: Iterable[Any], key: str = "key") -> dict[str, str]:
    return {getattr(row, key): row.label for row in rows}


def _named(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """Yield what is new, gone, or called something else, of rows by their key."""
    for key, name in after.items():
        if key not in before:
            yield _("Neu: „%(name)s“.") % {"name": name}
        elif before[key] != name:
            yield _("Statt „%(before)s“ heißt es jetzt: „%(after)s“.") % {"before": before[key], "after": name}
    for key, name in before.items():
        if key not in after:
            yield _("Nicht mehr dabei: „%(name)s“.") % {"name": name}


def _limits(before: Terms, after: Terms) -> Iterator[str]:
    for limit in after.limits:
        earlier = before.limit(limit.key)
        now, then = value_of(limit), value_of(earlier)
        if now == then:
            continue
        said = {"name": limit.label, "now": now, "then": then}
        if not then:
            yield _("%(name)s: jetzt %(now)s, damals nicht eingetragen.") % said
        elif not now:
            yield _("%(name)s: hier noch nicht eingetragen, damals %(then)s.") % said
        else:
            yield _("%(name)s: jetzt %(now)s, damals %(then)s.") % said
    for limit in before.limits:
        if limit.is_set and limit.key not in after.limit_by_key:
            yield _("%(name)s: nicht mehr dabei, damals %(then)s.") % {"name": limit.label, "then": value_of(limit)}


def value_of(limit: LimitTerm) -> str:
    """Return the value of a limit in words: „70.000 Euro“; empty where it is not set."""
    if limit.value is not None:
        return f"{grouped(limit.value.normalize())} {limit.unit}".strip()
    return limit.text


def _sections(before: Terms, after: Terms) -> Iterator[str]:
    yield from _named(_titles(before.sections), _titles(after.sections))
    for section in after.sections:
        earlier = before.by_key.get(section.key)
        if earlier is not None:
            yield from _section(earlier, section)


def _section(before: SectionTerm, after: SectionTerm) -> Iterator[str]:
    said: dict[str, Any] = {"name": after.title, "question": after.question}
    if before.question != after.question and after.question:
        yield _("„%(name)s“ fragt jetzt: %(question)s") % said
    if before.soft_limit == after.soft_limit:
        return
    said |= {"now": grouped(after.soft_limit or 0), "then": grouped(before.soft_limit or 0)}
    if after.soft_limit is None:
        yield _("„%(name)s“ hat keinen Richtwert mehr, damals %(then)s Zeichen.") % said
    elif before.soft_limit is None:
        yield _("„%(name)s“ hat jetzt einen Richtwert: %(now)s Zeichen.") % said
    else:
        yield _("„%(name)s“: Richtwert jetzt %(now)s Zeichen, damals %(then)s.") % said
