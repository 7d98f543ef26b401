"""Lists of a Word file: which paragraphs are lines of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from applications.writing.word.package import w

BULLET, NUMBER = "bullet", "number"


class Lists:
    """The lists of a file: by a paragraph's own numbering or by that of its style, unless it was removed."""

    def __init__(self, styles: Any | None, numbering: Any | None) -> None:
        paragraphs = [] if styles is None else [style for style in styles if style.get(w("type")) == "paragraph"]
        self.styles = {style.get(w("styleId")): style for style in paragraphs}
        self.usual = next((name for name, style in self.styles.items() if style.get(w("default")) in {"1", "true"}), "")
        self.of_style: dict[str, tuple[str, str]] = {}
        self.levels = {} if numbering is None else dict(_levels(numbering))

    def shape_of(self, properties: Any | None) -> str | None:
        """Return `BULLET` or `NUMBER` for a line of a list, given the properties of its paragraph; otherwise None."""
        style = _value(properties, "pStyle") or self.usual
        number, level = _numbering(properties)
        if not number:
            number, level_of_style = self._of_style(style)
            level = level or level_of_style
        if number in {"", "0"}:
            return None
        return self.levels.get((number, level or "0"), BULLET) or None

    def _of_style(self, name: str) -> tuple[str, str]:
        """Return the list and level that a style, or a style it is based on, gives its paragraphs."""
        seen: list[str] = []
        result = ("", "")
        while name in self.styles and name not in seen:
            if name in self.of_style:
                result = self.of_style[name]
                break
            seen.append(name)
            number, level = _numbering(self.styles[name].find(w("pPr")))
            if number:
                result = (number, level)
                break
            name = _value(self.styles[name], "basedOn")
        self.of_style |= dict.fromkeys(seen, result)
        return result


def _numbering(properties: Any | None) -> tuple[str, str]:
    """Return the list and the level that properties name, each empty if they name none."""
    numbering = None if properties is None else properties.find(w("numPr"))
    return _value(numbering, "numId"), _value(numbering, "ilvl")


def _value(element: Any | None, name: str) -> str:
    inner = None if element is None else element.find(w(name))
    return "" if inner is None else inner.get(w("val"), "")


def _levels(numbering: Any) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the sign before the lines of every level of every list: `BULLET`, `NUMBER`, or an empty one."""
    kinds = {
        kind.get(w("abstractNumId")): {level.get(w("ilvl"), "0"): _shape(level) for level in kind.iterfind(w("lvl"))}
        for kind in numbering.iterfind(w("abstractNum"))
    }
    for number in numbering.iterfind(w("num")):
        levels = kinds.get(_value(number, "abstractNumId"), {})
        own = {
            override.get(w("ilvl"), "0"): _shape(level)
            for override in number.iterfind(w("lvlOverride"))
            for level in override.iterfind(w("lvl"))
        }
        for level, shape in (levels | own).items():
            yield (number.get(w("numId"), ""), level), shape


def _shape(level: Any) -> str:
    shape = _value(level, "numFmt") or "decimal"
    if shape == "none":
        return BULLET if _value(level, "lvlText").strip() else ""
    return BULLET if shape == "bullet" else NUMBER
