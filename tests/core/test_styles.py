"""Our style sheets: joined for production, each part used, each sheet linked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from core.styles import IMPORT, JoinedStylesStorage

STATIC = settings.BASE_DIR / "static"


@pytest.fixture
def collect(tmp_path):
    """Collect the style sheets of a folder as `collectstatic` does; their text by name, as production serves it."""

    def collected(source: Path) -> dict[str, str]:
        files = FileSystemStorage(location=source)
        target = JoinedStylesStorage(location=tmp_path / "target", base_url="/static/")
        names = [str(path.relative_to(source)) for path in source.rglob("*.css")]
        for name in names:
            target.delete(name)
            with files.open(name) as file:
                target._save(name, file)
        done = list(target.post_process({name: (files, name) for name in names}))
        assert [error for _, _, error in done if isinstance(error, Exception)] == []
        return {name: Path(target.path(target.stored_name(name))).read_text(encoding="utf-8") for name in names}

    return collected


@pytest.fixture
def house(tmp_path):
    """A page's sheet, which imports a part, which imports another; and the sheet of another house."""
    source = tmp_path / "source"
    (source / "css" / "parts").mkdir(parents=True)
    (source / "kern").mkdir()
    (source / "css/page.css").write_text('@import "parts/box.css";\n\nh1 {\n  margin: 0;\n}\n')
    (source / "css/parts/box.css").write_text('@import "line.css";\n.box {\n  padding: 0;\n}\n')
    (source / "css/parts/line.css").write_text(".line {\n  border: 0;\n}\n")
    (source / "kern/kern.css").write_text('@import "theme.css";\n')
    (source / "kern/theme.css").write_text(":root {\n}\n")
    return source


def test_a_sheet_holds_what_it_imports_in_its_place(collect, house):
    collected = collect(house)
    line, box = ".line {\n  border: 0;\n}\n", ".box {\n  padding: 0;\n}\n"
    assert collected["css/page.css"] == f"{line}{box}\nh1 {{\n  margin: 0;\n}}\n"
    assert collected["css/parts/box.css"] == line + box
    assert "@import" in collected["kern/kern.css"]


def test_a_change_of_a_part_is_seen_the_second_time(collect, house):
    collect(house)
    (house / "css/parts/line.css").write_text(".line {\n  border: 1px;\n}\n")
    assert ".line {\n  border: 1px;\n}" in collect(house)["css/page.css"]


def test_an_import_of_what_is_not_there_stops_collecting(collect, house):
    (house / "css/parts/line.css").unlink()
    with pytest.raises(KeyError, match=r"css/parts/line\.css"):
        collect(house)


def test_no_sheet_of_ours_asks_for_another_file(collect):
    collected = collect(STATIC)
    assert ".state {" in collected["css/portal.css"]
    assert ".comment {" in collected["css/writing.css"]
    assert [name for name, text in collected.items() if "@import" in text] == []
    assert [name for name, text in collected.items() if re.search(r'url\((?!"data:|%23)', text)] == []


def test_every_style_sheet_reaches_a_page():
    """Linked by a template, imported by another sheet, or read by the papers; and what is linked is there."""
    sheets = {str(path.relative_to(STATIC)): path for path in STATIC.rglob("*.css")}
    templates = settings.BASE_DIR.joinpath("templates").rglob("*.html")
    linked = {name for path in templates for name in re.findall(r"'(css/[\w/-]+\.css)'", path.read_text("utf-8"))}
    imported = {
        str((path.parent / part).resolve().relative_to(STATIC))
        for path in sheets.values()
        for part in IMPORT.findall(path.read_text(encoding="utf-8"))
    }
    assert linked | imported | {"css/papers.css"} == sheets.keys()
