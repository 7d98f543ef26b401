"""Shortening KERN's style sheet to the rules whose classes are in use; `core.kern_styles` knows which those are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import tinycss2
from tinycss2.ast import AtRule, Node, QualifiedRule


def shorten(sheet: str, used: Iterable[str]) -> str:
    """Return the sheet without the selectors that need another class of KERN's than those in use.

    What is within `:not()`, `:is()` and their like is not looked at: it stays.
    """
    names = frozenset(used)
    return "".join(_kept(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True), names))


def _kept(rules: list[Node], used: frozenset[str]) -> Iterator[str]:
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            selectors = [selector for selector in _selectors(rule.prelude) if used.issuperset(_kerns_classes(selector))]
            if selectors:
                yield f"{','.join(map(tinycss2.serialize, selectors))}{{{tinycss2.serialize(rule.content)}}}"
        elif isinstance(rule, AtRule) and rule.lower_at_keyword in {"media", "supports"}:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if kept := "".join(_kept(inner, used)):
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{kept}}}"
        elif not (isinstance(rule, AtRule) and rule.lower_at_keyword == "charset"):  # a note stands before it
            yield rule.serialize()


def _selectors(prelude: list[Node]) -> Iterator[list[Node]]:
    """Split at the commas between selectors."""
    selector: list[Node] = []
    for part in prelude:
        if part == ",":
            yield selector
            selector = []
        else:
            selector.append(part)
    yield selector


def _kerns_classes(selector: list[Node]) -> Iterator[str]:
    for dot, name in pairwise(selector):
        if dot == "." and name.type == "ident" and name.value.startswith("kern-"):
            yield name.value
