"""Signs of the fonts Symbol and Wingdings, which Word stores by their place in the font, as ordinary characters."""

from __future__ import annotations

import re

SYMBOL = dict(
    zip(
        range(0x20, 0x7F),
        " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
        strict=True,
    )
) | dict(
    zip(
        range(0xA0, 0xE6),
        "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑",
        strict=True,
    )
)
WINGDINGS = dict(
    zip(
        bytes.fromhex("2228292a3641464a4c6c6e6f7176779fa7a8abd8dfe0e1e2e8f0fbfcfdfe"),
        "✂☎✆✉⌛✌☞☺☹●■☐❑❖◆•▪☐★➢←→↑↓➔⇨✗✓☒☑",
        strict=True,
    )
)
FONTS = {"symbol": SYMBOL, "wingdings": WINGDINGS}
# The code points of such signs among the letters of a text.
PRIVATE = re.compile("[\uf020-\uf0ff]")


def sign(place: int, font: str) -> str:
    """Return the character for a place of a font; an empty text if none is known to look alike."""
    signs = FONTS.get(font.lower())
    if signs is not None:
        return signs.get(place & 0xFF if place >= 0xF000 else place, "")
    return "" if place < 0x20 or 0xD800 <= place <= 0xF8FF or place > 0x10FFFF else chr(place)
