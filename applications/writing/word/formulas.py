"""Formulas of Word as a line of text: a fraction as a/b, an exponent as x^2."""

from __future__ import annotations

from itertools import islice
from typing import Any

from applications.writing.word.package import M, w

# By element: its parts, each with the sign before it. A part of more than one word is put in brackets.
BETWEEN = {
    "f": (("", "num"), ("/", "den")),
    "sSup": (("", "e"), ("^", "sup")),
    "sSub": (("", "e"), ("_", "sub")),
    "sSubSup": (("", "e"), ("_", "sub"), ("^", "sup")),
    "rad": (("", "deg"), ("√", "e")),
    "limLow": (("", "e"), ("_", "lim")),
    "limUpp": (("", "e"), ("^", "lim")),
    "nary": (("_", "sub"), ("^", "sup"), (" ", "e")),
}


def line_of(formula: Any) -> str:
    """Return the formula as text."""
    pieces: list[str] = []
    _write(formula, pieces)
    return "".join(pieces).strip()


def _write(element: Any, pieces: list[str]) -> None:
    if not isinstance(element.tag, str) or element.tag.endswith("Pr"):
        return
    if element.tag in {_m("t"), w("t")}:
        pieces.append(element.text or "")
        return
    name = element.tag.removeprefix(f"{{{M}}}")
    if name in BETWEEN:
        pieces.append(_sign(element, "naryPr", "chr", "∫") if name == "nary" else "")
        for before, part in BETWEEN[name]:
            _in_brackets(element.find(_m(part)), before, pieces)
    elif name == "d":
        _several(element, pieces, _sign(element, "dPr", "begChr", "("), "; ", _sign(element, "dPr", "endChr", ")"))
    elif name in {"m", "eqArr"}:
        _several(element, pieces, "[", "; ", "]")
    elif name == "mr":
        _several(element, pieces, "", ", ", "")
    else:
        for inner in element:
            _write(inner, pieces)


def _in_brackets(part: Any | None, before: str, pieces: list[str]) -> None:
    """Append a part behind its sign; in brackets unless it is a single word or number."""
    if part is None:
        return
    begin = len(pieces)
    pieces += [before, ""]
    _write(part, pieces)
    written = (pieces[place] for place in range(begin + 2, len(pieces)) if pieces[place])
    words = list(islice(written, 2))
    if not words:
        del pieces[begin:]
    elif before != " " and (len(words) > 1 or not words[0].isalnum()):
        pieces[begin + 1] = "("
        pieces.append(")")


def _several(element: Any, pieces: list[str], before: str, between: str, after: str) -> None:
    pieces.append(before)
    is_first = True
    for part in element.iterchildren(_m("e"), _m("mr")):
        pieces.append("" if is_first else between)
        _write(part, pieces)
        is_first = False
    pieces.append(after)


def _sign(element: Any, properties: str, name: str, usual: str) -> str:
    """Return the sign that the formula's properties name, even an empty one; else the usual one."""
    named = element.find(f"{_m(properties)}/{_m(name)}")
    return usual if named is None else named.get(_m("val"), "")


def _m(name: str) -> str:
    return f"{{{M}}}{name}"
