"""One word per thing: words that are no longer used stand in no text that people read."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
APPS = ("accounts", "applications", "calls", "cohorts", "schmiede", "workshops")

# The word, and what is said instead.
NO_LONGER_USED = {
    r"Veranstalter\w*": "Träger der Projektschmiede",
    r"Coachin(?:nen)?": "Coaching-Person",
    r"Ihre?[nmrs]? Coach": "Coaching-Person",
    r"Coach-Sicht": "Coaching-Person",
    r"Deckbl[aä]tt\w*": "Titelblatt",
    r"Vordruck\w*": "Formular des BAMF",
    r"Vierteljahr\w*": "Quartal",
    r"[Mm]elden Sie sich (?:\w+ ){0,4}ab": "ausloggen",
    r"Anmeldung (?:ist|war) abgelaufen|schützt die Anmeldung|die Anmeldung schützt": "eingeloggt, das Einloggen",
    r"Mittel anderer|Geld anderer": "Drittmittel (Geld von anderen)",
    r"nicht festgelegt": "hier nicht eingetragen",
    r"Anhang|Anhänge(?:n)?": "Anlagen",
    r"[Aa]bsenden|[Aa]bgesendet": "zur Post geben; ein Formular wird abgeschickt",
    r"Belege?": "Bestätigung des Portals oder Einlieferungsbeleg der Post",
    r"Fassung(?:en)? (?:des|eines|vom) (?:Förder)?[Aa]ufrufs?|[Aa]ufruf hat eine neue Fassung": "Stand des Aufrufs",
}
WORDS = re.compile(r"\b(?:" + "|".join(NO_LONGER_USED) + r")\b")

# By the end of a path, what may stand there, and why.
ALLOWED: dict[str, dict[str, str]] = {
    "applications/kept_after_erasing.py": {
        "nicht festgelegt": "the operator has fixed no period; it is no fact of a call"
    },
    "cohorts/models/coach.py": {"Coachin": "examples of a form of address that a person chooses for herself"},
    "calls/models/certainty.py": {"Absenden": "the note on an address, for the team and for staff"},
    "applications/papers/page/after_the_grant.py": {"Belege": "receipts of an association's books"},
    "templates/applications/papers/_granted.html": {"Belege": "receipts of an association's books"},
    "calls/data/bgz-2026/sections.toml": {"Belege": "receipts of an association's books"},
    "schmiede/demo/data/world.toml": {"Coachin": "the form of address that Carla of the demo chose"},
    "teams/spree-und-neisse/sandberg.toml": {"Belege": "receipts of an association's books"},
    "teams/mitteldeutschland/teegarten.toml": {"Beleg": "evidence that a text gives"},
}


def files() -> Iterator[Path]:
    for folder in (*APPS, "templates", "static/js"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt", ".js", ".toml"} and "migrations" not in path.parts:
                yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts_of(path: Path) -> Iterator[str]:
    """What of a file people may read; comments and docstrings are left out."""
    source = path.read_text(encoding="utf-8")
    match path.suffix:
        case ".py":
            yield from python_texts(source)
        case ".toml":
            yield from strings_in(tomllib.loads(source))
        case ".js":
            yield re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", " ", source, flags=re.DOTALL)
        case _:
            yield template_text(source)


def python_texts(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docs:
            yield node.value


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings_in(part)


def template_text(source: str) -> str:
    """The words between tags, in tags of Django, and in attributes that are read out or shown."""
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", " ", source, flags=re.DOTALL)
    attributes = re.findall(r'(?:title|alt|placeholder|aria-label|data-[\w-]+)="([^"]*)"', text)
    return " ".join([*re.sub(r"<[^>]*>", " ", text).split(), *attributes])


def outdated(name: str, texts: Iterator[str]) -> list[str]:
    allowed = {word for end, words in ALLOWED.items() if name.endswith(end) for word in words}
    found = (match[0] for text in texts for match in WORDS.finditer(" ".join(text.split())))
    return [word for word in found if word not in allowed]


def test_no_text_uses_an_outdated_word():
    looked_at = list(files())
    assert len(looked_at) > 300
    wrong = {name_of(path): words for path in looked_at if (words := outdated(name_of(path), texts_of(path)))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        (".html", '<p title="Deckblatt">{% translate "Der Veranstalter" %}</p>'),
        (".py", 'def f():\n    """Says the Veranstalter."""\n    return _("Ihr Vordruck, ein Deckblatt")'),
        (".js", 'say("Veranstalter"); // Deckblatt\nsay("Anhänge")'),
        (".toml", 'a = "Deckblatt"\n[[b]]\nc = ["Mittel anderer"]'),
    ],
)
def test_each_kind_of_file_is_read(tmp_path, kind, source):
    path = tmp_path / f"text{kind}"
    path.write_text(source, encoding="utf-8")
    assert len(outdated("text", texts_of(path))) == 2


@pytest.mark.parametrize(
    "text", ["Anmeldung bis 3. Mai", "Einlieferungsbeleg", "Fassung 3", "Coaching-Person", "angehängt"]
)
def test_words_that_stay(text):
    assert outdated("text", iter([text])) == []


def test_every_exception_is_still_needed():
    names = [name_of(path) for path in files()]
    assert [end for end in ALLOWED if not any(name.endswith(end) for name in names)] == []
