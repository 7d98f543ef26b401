"""The house as it is drawn: what the checks and the README say about it is still true."""

from __future__ import annotations

import gettext
import re
import runpy
import tomllib
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.conf import settings
from django.utils.text import camel_case_to_spaces

ROOT = Path(settings.BASE_DIR)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def normal(requirement):
    """The package a requirement names, in the one form all registries agree on."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def test_every_package_is_typed_and_stands_in_the_import_contract():
    packages = sorted(folder.parent.name for folder in ROOT.glob("*/__init__.py") if folder.parent.name != "tests")

    assert sorted(PROJECT["tool"]["importlinter"]["root_packages"]) == packages
    assert sorted(PROJECT["tool"]["mypy"]["packages"]) == packages


def test_every_environment_variable_stands_in_a_document():
    text = (ROOT / "schmiede" / "settings.py").read_text()
    read = set(re.findall(r"\benv(?:_bool|_list)?\(\s*\"([A-Z0-9_]+)\"", text))
    lines = (ROOT / "docs" / "deploying.md").read_text().splitlines()
    table = [line for line in lines if line.startswith("| `")]
    named = {name for line in table for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", line.split("|")[1])}

    assert named == read


def test_every_module_of_the_ground_floor_stands_in_the_picture_of_the_house():
    modules = {path.stem for path in (ROOT / "core").glob("*.py")} - {"__init__", "apps"}
    paragraphs = (ROOT / "docs" / "architecture.md").read_text().split("\n\n")
    [ground] = [paragraph for paragraph in paragraphs if paragraph.startswith("**The ground floor**")]

    assert set(re.findall(r"`(\w+)\.py`", ground)) == modules


OUTSIDE = re.compile(
    r"\b(?:DESIG[N]|DOMAI[N]|STYL[E]|STAC[K])\b|\b[Ii]ssue #?\d|\bsentence[s]\.md|\bmockup[s]/|[Tt]he[ _]desig[n]\b"
)
TEXTS = {".py", ".md", ".html", ".txt", ".js", ".mjs", ".css", ".toml", ".po", ""}
LEFT_OUT = {"node_modules", "var", "staticfiles", "LICENSE"}


def texts_of_ours():
    """Every text in the repository, by its path from the top; what is installed or made beside them is left out."""
    for top in ROOT.iterdir():
        if top.name in LEFT_OUT or (top.name.startswith(".") and top.name != ".ci"):
            continue
        for path in top.rglob("*") if top.is_dir() else [top]:
            if path.is_file() and path.suffix in TEXTS and not path.name.endswith(".egg-info"):
                yield path.relative_to(ROOT), path.read_text()


def test_no_text_refers_to_a_document_outside_the_repository():
    references = [f"{path}: {reference[0]}" for path, text in texts_of_ours() for reference in OUTSIDE.finditer(text)]

    assert references == []


def test_every_decision_that_a_text_names_is_there():
    numbers = {path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")}
    named = [
        f"{path}: {reference[0]}"
        for path, text in texts_of_ours()
        for reference in re.finditer(r"\bdecisions?[/ ](\d{4})\b", text)
        if reference[1] not in numbers
    ]

    assert named == []


def test_glossary_has_every_model_beside_what_people_call_it():
    """A model without a German name stands beside a dash: nobody reads it on a page."""
    rows = [line.split("|") for line in (ROOT / "docs" / "glossary.md").read_text().splitlines() if "| `" in line]
    words = {row[2].strip().strip("`"): row[1].strip().split(", ") for row in rows}
    ours = [model for model in apps.get_models() if (ROOT / model._meta.app_label).is_dir()]
    missing = [
        f"{model.__name__}: {model._meta.verbose_name}"
        for model in ours
        if (model._meta.verbose_name if is_named(model) else "–") not in words.get(model.__name__, [])
    ]

    assert ours
    assert missing == []


def is_named(model):
    return model._meta.verbose_name != camel_case_to_spaces(model.__name__)


def documents():
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")]


def test_every_link_of_a_document_leads_to_a_file():
    dead = [
        f"{path.relative_to(ROOT)}: {link[1]}"
        for path in documents()
        for link in re.finditer(r"\]\((?!https?:)([^)#\s]+)", path.read_text())
        if not (path.parent / link[1]).exists()
    ]

    assert dead == []


def test_every_file_that_a_document_names_is_there():
    """What stands in code type, has a folder and an ending is a path from the top of the repository."""
    gone = [
        f"{path.relative_to(ROOT)}: {name[1]}"
        for path in documents()
        for name in re.finditer(r"`([\w.-]+/[\w./-]+\.(?:py|js|css|html|txt|toml|md|po|mjs))`", path.read_text())
        if not (ROOT / name[1]).exists()
    ]

    assert gone == []


def where_is():
    """The rows of the tables of „Where is …?“: what is looked for, and the paths that are named for it."""
    text = (ROOT / "CONTRIBUTING.md").read_text().partition("## Where is …?")[2]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {what: re.findall(r"`([\w.-]+/[\w./-]*)`", where) for what, where in rows if what != "…"}


def test_every_row_of_where_is_leads_to_a_file_or_folder_that_is_there():
    places = where_is()

    assert len(places) > 100
    assert [what for what, paths in places.items() if not paths] == []
    assert [path for paths in places.values() for path in paths if not (ROOT / path).exists()] == []


def test_every_script_has_a_row_in_where_is():
    named = {path for paths in where_is().values() for path in paths}
    scripts = {str(path.relative_to(ROOT)) for path in (ROOT / "static" / "js").glob("*.js")}

    assert scripts - named == set()


@pytest.fixture
def list_files():
    return runpy.run_path(str(ROOT / "scripts" / "list-files.py"))


def test_every_file_says_at_its_top_what_it_is_about_and_stands_in_the_index(list_files):
    """A file that is new or has changed its first sentence: `make files`."""
    assert list_files["faults"]() == []


@pytest.mark.parametrize(
    ("name", "text", "summary"),
    [
        ("module.py", '"""Deciding about a place. And more."""\n', "Deciding about a place"),
        ("row.html", "{# A card of the queue („Rückmeldungen“). row: a review #}\n{% load i18n %}", "A card of the queue („Rückmeldungen“)"),
        ("silent.html", "<p>\n</p>\n<p>\n</p>\n{# Too late. #}", ""),
        ("style.css", "/* The year 2. 5 of it\n   is enough. */\n", "The year 2. 5 of it is enough"),
        ("data.toml", "# Grenzen nach\n# Nr. 4. Mehr.\nkey = 1\n", "Grenzen nach Nr. 4. Mehr"),
        ("script", "#!/bin/sh\n# Prove it: twice.\nset -e\n", "Prove it: twice"),
        ("mail.txt", "{% load i18n %}{% blocktranslate %}Da: {{ title }}{% endblocktranslate %}\n", "Words of a mail, which begin „Da: {{ title }}“"),
    ],
)  # fmt: skip
def test_list_files_takes_the_first_sentence_of_each_kind_of_file(list_files, tmp_path, name, text, summary):
    place = tmp_path / name
    place.write_text(text)

    assert list_files["summary_of"](place) == summary


def test_no_circle_of_imports_ties_more_than_two_files():
    """Also those for types only: who changes one file of a circle has to read all of them."""
    graph = grimp.build_graph(*PROJECT["tool"]["importlinter"]["root_packages"], cache_dir=None)
    files = {module for module in graph.modules if ".migrations" not in module}
    below = {module: graph.find_upstream_modules(module) & files for module in files}
    circles = {frozenset({module, *(other for other in below[module] if module in below[other])}) for module in files}

    assert [sorted(circle) for circle in circles if len(circle) > 2] == []


def test_every_dependency_says_what_it_is_for():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    begin = lines.index("dependencies = [")
    listed = [line for line in lines[begin : lines.index("[tool.setuptools]")] if line.startswith('    "')]

    assert listed
    assert [line for line in listed if "  # " not in line] == []


def test_every_dependency_is_pinned():
    groups = [PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"].values()]
    asked = {normal(line) for group in groups for line in group}
    pinned = {normal(line) for line in (ROOT / "constraints.txt").read_text().splitlines()}

    assert asked - pinned == set()


@pytest.fixture
def compile_messages():
    return runpy.run_path(str(ROOT / "scripts" / "compile-messages.py"))


def test_compile_messages_writes_what_gettext_reads(compile_messages, tmp_path):
    source = tmp_path / "django.po"
    source.write_text("""
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Sign In"
msgstr "Anmelden"

#, fuzzy
msgid "Unsure"
msgstr "Geraten"

msgctxt "month"
msgid "May"
msgstr "Mai"

msgid "one %(n)s"
msgid_plural "many %(n)s"
msgstr[0] "ein"
msgstr[1] ""
"viele "
"„%(n)s“"

msgid "Later"
msgstr ""
""")
    target = tmp_path / "django.mo"

    compile_messages["write"](compile_messages["read"](source), target)

    with target.open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert read.gettext("Sign In") == "Anmelden"
    assert read.pgettext("month", "May") == "Mai"
    assert read.ngettext("one %(n)s", "many %(n)s", 3) == "viele „%(n)s“"
    assert (read.gettext("Unsure"), read.gettext("Later")) == ("Unsure", "Later")


def test_compile_messages_refuses_what_stands_twice(compile_messages, tmp_path):
    source = tmp_path / "django.po"
    source.write_text('msgid "A"\nmsgstr "B"\n\nmsgid "A"\nmsgstr "C"\n')

    with pytest.raises(ValueError, match="'A' is there twice"):
        compile_messages["read"](source)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('<script src="a.js" defer></script><p class="style">on time = now</p>', []),
        ('<a href="#"{% if one == team %} aria-current="true"{% endif %}{# onclick="no" #}>', []),
        ("<script>alert()</script>", ["inline script"]),
        ('<p style="color: red">', ["inline style"]),
        ('<a href="#" onclick="x()">', ["on…= attribute"]),
        ('<a\n  href="#"\n  {% include "attributes.html" %}></a>', []),
        ('<a\n  href="#"\n  >', ["line that begins with >"]),
    ],
)
def test_check_templates_finds_what_a_template_may_not_hold(tmp_path, template, expected):
    page = tmp_path / "page.html"
    page.write_text(template)

    findings = runpy.run_path(str(ROOT / "scripts" / "check-templates.py"))["findings"](page)

    assert [line.rpartition(": ")[2] for line in findings] == expected


@pytest.mark.parametrize(
    ("left_by_djangofmt", "formatted"),
    [
        ('<a\n  class="touch"\n  href="#"\n>{{ name }}</a>', '<a\n  class="touch"\n  href="#">{{ name }}</a>'),
        (
            '<p>\n  <span\n    class="meta"\n  >{{ name }}</span>\n</p>',
            '<p>\n  <span class="meta">{{ name }}</span>\n</p>',
        ),
        ('<p class="lead">\n  {{ name }}\n</p>', '<p class="lead">\n  {{ name }}\n</p>'),
    ],
)
def test_format_templates_ends_a_tag_on_the_line_of_its_last_attribute(left_by_djangofmt, formatted):
    script = runpy.run_path(str(ROOT / "scripts" / "format-templates.py"))

    assert script["with_closed_tags"](left_by_djangofmt) == formatted
