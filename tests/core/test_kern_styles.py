"""KERN's sheet, shortened: what the portal uses stays as KERN has it, and the rest is gone."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find, get_finders

from core.kern_rules import shorten
from core.kern_styles import NOTE, SHEET, WHOLE, KernFinder, our_files, shortened, used_names

# A part of a name, and what it is put together with: a variable, more letters from a tag, another string.
GLUED = re.compile(r"kern-[\w-]*(?:\{\{|\$?\{[^%#]|\{%[^%]*%\}(?!kern-)[\w-]|(?<=[-_])[\"'`])")


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        (".kern-a{color:red}.kern-b{color:blue}", ".kern-a{color:red}"),
        (".kern-b,.kern-a,h1{margin:0}", ".kern-a,h1{margin:0}"),
        (".kern-a .kern-b{margin:0}.kern-a.kern-b{margin:0}.kern-a>p{margin:0}", ".kern-a>p{margin:0}"),
        (".kern-a:not(.kern-b),:is(.kern-b,h1){margin:0}", ".kern-a:not(.kern-b),:is(.kern-b,h1){margin:0}"),
        ("[class*=kern-b],.box{margin:0}", "[class*=kern-b],.box{margin:0}"),
        ("@media print{.kern-b{margin:0}.kern-a{margin:0}}", "@media print{.kern-a{margin:0}}"),
        ("@media print{.kern-b{margin:0}}", ""),
        ("@media print{@supports (gap:0){.kern-a,.kern-b{gap:0}}}", "@media print{@supports (gap:0){.kern-a{gap:0}}}"),
        ('@charset "UTF-8";:root{--kern-b:1}', ":root{--kern-b:1}"),
        ("@keyframes turn{to{rotate:1turn}}", "@keyframes turn{to{rotate:1turn}}"),
        ('.kern-a{mask:url("data:image/svg+xml,{};,.kern-b{}")}', '.kern-a{mask:url("data:image/svg+xml,{};,.kern-b{}")}'),
    ],
)  # fmt: skip
def test_only_what_needs_another_class_goes(sheet, left):
    assert shorten(sheet, {"kern-a"}) == left


def test_everything_stays_where_all_names_are_used():
    text = WHOLE.read_text(encoding="utf-8").removeprefix('@charset "UTF-8";').rstrip()
    assert shorten(text, set(re.findall(r"kern-[\w-]+", text))) == text


@pytest.mark.parametrize(
    "glued",
    [
        "kern-btn--{{ kind }}",
        "kern-{{ kind }}",
        "kern-btn{% if first %}--primary{% endif %}",
        'f"kern-icon--{name}"',
        'f"kern-{name}"',
        '"kern-btn--" + kind',
        "`kern-btn--${kind}`",
    ],
)
def test_a_name_put_together_is_noticed(glued):
    assert GLUED.search(glued)


def test_names_are_written_whole():
    """A name put together from parts would not be found, and what it styles would be missing."""
    found = [
        f"{file.relative_to(settings.BASE_DIR)}: {match[0]}"
        for file in our_files()
        if file.name not in {"kern_rules.py", "kern_styles.py"}
        for match in GLUED.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []
    assert {"kern-btn--primary", "kern-icon--danger", "kern-alert--success"} <= used_names()


def test_pages_get_the_shortened_sheet():
    assert Path(find(SHEET)).read_text(encoding="utf-8") == shortened()
    assert [finder for finder in get_finders() if finder.find("kern/kern.min.css")] == []
    assert len(gzip.compress(shortened().encode())) < 16 * 1024


def test_it_is_collected_and_nothing_else_of_kern():
    (name, storage), *others = KernFinder().list([])
    assert (name, others) == (SHEET, [])
    with storage.open(name) as file:
        assert file.read().decode() == shortened()
    assert shortened().startswith(NOTE)
