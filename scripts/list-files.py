"""Write docs/files.md: every file that people edit, with one line that says what it decides or shows.

The line is the first sentence of the file itself: of a module's docstring, of the comment at the top of a template, a
style, a script or data; of a mail it is its subject. With `--check` nothing is written, and what is not in order is said.
"""

from __future__ import annotations

import ast
import html
import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INDEX = ROOT / "docs" / "files.md"
LONGEST = 200
LONGEST_QUOTE = 100

FOLDERS = (
    *("schmiede", "applications", "workshops", "cohorts", "calls", "accounts", "core"),
    *("templates", "static", "scripts", ".ci", "locale", "benchmarks", "tests"),
)
ENDINGS = {".py", ".html", ".txt", ".css", ".js", ".mjs", ".toml", ".sql", ".conf", ".po", ""}
AT_TOP = ("manage.py", "Makefile", "pyproject.toml", "biome.jsonc", ".htmlvalidate.mjs")
# How a file of another kind than Python, mails and pages of text begins to speak.
COMMENT = re.compile(
    r"\{#(.*?)#\}|/\*(.*?)\*/|<!--(.*?)-->|((?:^ *(?:#|//|--)(?!!)[^\n]*\n)+)", re.DOTALL | re.MULTILINE
)
MARK = re.compile(r"^\s*(?:#|//|--|\*) ?", re.MULTILINE)
SENTENCE = re.compile(r"(.+?(?<! \d)(?<! \d\d)(?<!Nr)[.!?][“)]?)(?=\s|$)", re.DOTALL)
# Of a mail: what is said only in some cases or elsewhere, what is translated as it stands, and every other tag.
OTHER_CASE = re.compile(
    r"\{% blocktranslate [^%]*asvar.*?\{% endblocktranslate %\}|\{% (?:plural|else) %\}.*?(?=\{% end)", re.DOTALL
)
TRANSLATED = re.compile(r"\{% translate [\"'](.+?)[\"'][^%]*%\}")
TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}|<[^>]+>", re.DOTALL)


def edited_files() -> Iterator[Path]:
    """The files by their path from the top; of the tests only what stands in their top folder, none of what Django makes."""
    yield from (Path(name) for name in AT_TOP)
    for folder in FOLDERS:
        places = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file())
        for place in sorted(places, key=lambda place: (place.parent, place.name)):
            is_deep_test = folder == "tests" and len(place.parts) > 2
            if place.suffix in ENDINGS and not is_deep_test and not is_made(place):
                yield place


def is_made(place: Path) -> bool:
    """Is it written by Django or an editor, or does it only say what stands beside it?"""
    if {"migrations", "__pycache__"} & set(place.parts) or place.name == "apps.py" or place.name.startswith("."):
        return True
    return place.name == "__init__.py" and not summary_of(place)


def summary_of(place: Path) -> str:
    """The first sentence of a file about itself; empty where it says nothing."""
    text = (ROOT / place).read_text()
    if place.suffix == ".py" or text.startswith('"""'):
        return first_sentence(ast.get_docstring(ast.parse(text)) or "")
    if place.suffix == ".txt" and first_line(text):
        return f"Words of a mail, which begin „{first_line(text)}“"
    if place.parent == Path("schmiede/pages"):
        return f"The words of a page, which begin „{first_line(text)}“"
    comment = COMMENT.search(text)
    if comment is None or text[: comment.start()].count("\n") > 2:
        return ""
    return first_sentence(MARK.sub("", next(filter(None, comment.groups()))))


def first_sentence(text: str) -> str:
    paragraph = " ".join(text.strip().split("\n\n")[0].split())
    sentence = SENTENCE.match(paragraph)
    return (sentence[1] if sentence else paragraph).rstrip(".:")


def first_line(text: str) -> str:
    words = TAG.sub("", TRANSLATED.sub(r"\1", OTHER_CASE.sub("", text)))
    line = next((line.strip() for line in html.unescape(words).split("\n") if line.strip()), "")
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]} …"


def index() -> str:
    """The text of docs/files.md."""
    lines = [
        "# Every file in one line",
        "",
        "Written by `scripts/list-files.py` from the first sentence of each file: change it there, then `make files`.",
        "What Django makes (migrations) is left out, and of the tests all but those that hold for everything.",
    ]
    for folder, places in groupby(edited_files(), lambda place: place.parent):
        lines += ["", f"## {'The top folder' if folder == Path() else f'{folder}/'}", ""]
        lines += [f"- `{place}`: {summary_of(place)}" for place in places]
    return "\n".join(lines) + "\n"


def faults() -> list[str]:
    """What is not in order: files without a summary, those that say too much in it, and an index of yesterday."""
    places = list(edited_files())
    silent = [f"{place}: says nothing about itself at its top" for place in places if not summary_of(place)]
    long = [f"{place}: its first sentence is too long" for place in places if len(summary_of(place)) > LONGEST]
    stale = [] if INDEX.exists() and INDEX.read_text() == index() else ["docs/files.md: is not current: make files"]
    return silent + long + stale


def main() -> None:
    if "--check" not in sys.argv:
        INDEX.write_text(index())
    if found := faults():
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
