"""The fonts of the papers: ours alone, the same on every machine, and only those that a paper needs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings

from core.values import dataclass

SCHEME = "portal:"
# What has no shape of its own, so that no font needs to hold it: controls, blanks and separators.
SHAPELESS = {"Cc", "Cf", "Zs", "Zl", "Zp"}
# Which form of a sign is meant; a joiner of letters.
SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), 0x034F, *range(0xE0100, 0xE01F0))))


@dataclass(frozen=True)
class Face:
    """A part of a font family: the letters of one script in one file per weight."""

    package: str
    part: str
    weights: tuple[int, ...] = (400, 600)

    @property
    def family(self) -> str:
        return f"Portal {self.package} {self.part}"

    def file(self, weight: int) -> Path:
        name = f"{self.package}-{self.part}-{weight}-normal.woff2"
        return settings.NODE_MODULES / "@fontsource" / self.package / "files" / name


# In this order: a letter is drawn by the first that has it.
FACES = (
    *(Face("fira-sans", part) for part in ("latin", "latin-ext", "vietnamese", "cyrillic", "cyrillic-ext", "greek", "greek-ext")),
    *(Face("noto-sans", part) for part in ("latin-ext", "vietnamese", "cyrillic", "cyrillic-ext", "greek", "greek-ext")),
    Face("noto-sans-arabic", "arabic"),
    Face("noto-sans-hebrew", "hebrew"),
    Face("noto-sans-ethiopic", "ethiopic"),
    Face("noto-sans-devanagari", "devanagari"),
    Face("noto-sans-bengali", "bengali"),
    Face("noto-sans-tamil", "tamil"),
    Face("noto-sans-georgian", "georgian"),
    Face("noto-sans-armenian", "armenian"),
    Face("noto-sans-math", "latin", weights=(400,)),
    Face("noto-sans-symbols", "symbols", weights=(400,)),
    Face("noto-sans-symbols-2", "symbols", weights=(400,)),
    Face("open-sans", "math"),  # small figures, as in CO₂
    Face("noto-emoji", "emoji", weights=(400,)),
)  # fmt: skip
ALWAYS = FACES[:2]


@cache
def letters_of(face: Face) -> frozenset[str]:
    """The letters that this part of a font can draw, as its own table says."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415  its import is slow, and only a process that makes papers needs it

    with TTFont(face.file(400), lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


@cache
def drawable_letters() -> frozenset[str]:
    return frozenset().union(*map(letters_of, FACES))


def needed(letters: Iterable[str]) -> list[Face]:
    """The faces that draw these letters, in order; always those for German."""
    left = set(letters)
    faces = []
    for face in FACES:
        if face in ALWAYS or not left.isdisjoint(letters_of(face)):
            faces.append(face)
        left -= letters_of(face)
    return faces


def undrawable(texts: Iterable[str]) -> list[str]:
    """The letters of these texts that none of our fonts can draw, in the order of their code points."""
    letters = set().union(*texts) - drawable_letters() - SELECTORS
    return sorted(letter for letter in letters if unicodedata.category(letter) not in SHAPELESS)


def font_faces(faces: Iterable[Face]) -> str:
    """The styles that name the fonts a page needs; the families of the others stay unknown."""
    rules = [
        f'@font-face {{ font-family: "{face.family}"; font-weight: {weight};'
        f' src: url("{address(face, weight)}") format("woff2") }}'
        for face in faces
        for weight in face.weights
    ]
    families = ", ".join(f'"{face.family}"' for face in FACES)
    return "\n".join([*rules, f"@page {{ font-family: {families} }} html {{ font-family: {families} }}"])


def font_files(faces: Iterable[Face]) -> dict[str, str]:
    """The files of the fonts a page needs, by the addresses that its styles have for them."""
    return {address(face, weight): str(face.file(weight)) for face in faces for weight in face.weights}


def address(face: Face, weight: int) -> str:
    return f"{SCHEME}{face.package}/{face.part}/{weight}"
