"""Our style sheets and scripts as production serves them: sheets joined, each part used; scripts import by names with a hash."""

from __future__ import annotations

import itertools
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from core.fira_fonts import FOLDER, FiraFinder
from core.styles import IMPORT, JoinedStylesStorage

STATIC = settings.BASE_DIR / "static"
FONTS = dict(FiraFinder().list([]))  # by name, where each is stored


@pytest.fixture
def collect(stored):
    """Collect the styles and scripts of a folder as `collectstatic` does; their text by name, as production serves it."""

    def collected(source: Path) -> dict[str, str]:
        return {name: text for name, (_, text) in stored(source).items()}

    return collected


@pytest.fixture
def stored(tmp_path):
    """Collect likewise; by name, under which name each is served, and its text."""

    def collected(source: Path) -> dict[str, tuple[str, str]]:
        files = FileSystemStorage(location=source)
        target = JoinedStylesStorage(location=tmp_path / "target", base_url="/static/")
        names = [
            str(path.relative_to(source)) for path in source.rglob("*") if path.suffix in {".css", ".js", ".woff2"}
        ]
        for name in names:
            target.delete(name)
            with files.open(name) as file:
                target._save(name, file)
        done = list(target.post_process({name: (files, name) for name in names}))
        assert [error for _, _, error in done if isinstance(error, Exception)] == []
        served = {name: target.stored_name(name) for name in names}
        return {name: (at, Path(target.path(at)).read_text("utf-8", "replace")) for name, at in served.items()}

    return collected


@pytest.fixture
def ours(tmp_path):
    """Our files, and beside them the fonts of the package that our sheets name."""
    shutil.copytree(STATIC, tmp_path / "ours")
    (tmp_path / "ours/fira/files").mkdir(parents=True)
    for name, storage in FONTS.items():
        shutil.copy(storage.path(name), tmp_path / "ours/fira/files")
    return tmp_path / "ours"


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


def test_no_sheet_of_ours_asks_for_another_file_but_fonts(collect, ours):
    collected = {name: text for name, text in collect(ours).items() if name.endswith(".css")}
    assert ".state {" in collected["css/portal.css"]
    assert ".comment {" in collected["css/writing.css"]
    assert [name for name, text in collected.items() if "@import" in text] == []
    asked = {url for text in collected.values() for url in re.findall(r'url\((?!"data:|%23)"?([^)"]*)', text)}
    assert {re.sub(r"\.[0-9a-f]{12}\.", ".", url).rsplit("/", 1)[1] for url in asked} == set(FONTS)
    assert all(re.fullmatch(r"/static/fira/files/[\w-]+\.[0-9a-f]{12}\.woff2", url) for url in asked)


def test_no_script_of_ours_imports_a_name_without_a_hash(stored, ours):
    """After an upgrade a browser that has kept a part of the old scripts never mixes it with the new ones."""
    scripts = {name: found for name, found in stored(ours).items() if name.endswith(".js")}
    names = {Path(at).name for at, _ in scripts.values()}
    imported = {part for _, text in scripts.values() for part in re.findall(r'\bimport[^;"]*"\./([^"]+)"', text)}
    written = {
        part for path in STATIC.rglob("*.js") for part in re.findall(r'from "\./([^"]+)"', path.read_text("utf-8"))
    }
    assert len(imported) >= len(written) > 10
    assert imported <= names
    assert all(re.fullmatch(r"[\w-]+\.[0-9a-f]{12}\.js", name) for name in imported)


def test_a_changed_script_gives_a_new_name_to_all_that_import_it(stored, tmp_path):
    """Through six files, each of which imports the next one."""
    (tmp_path / "chain/js").mkdir(parents=True)
    chain = [tmp_path / f"chain/js/{letter}.js" for letter in "abcdef"]
    for script, following in itertools.pairwise(chain):
        script.write_text(f'import {{ x }} from "./{following.name}";\n\nx();\n')
    chain[-1].write_text("export const x = () => 1;\n")
    (tmp_path / "chain/js/beside.js").write_text('document.title = "beside";\n')
    before = {name: at for name, (at, _) in stored(tmp_path / "chain").items()}
    chain[-1].write_text("export const x = () => 2;\n")
    after = {name: at for name, (at, _) in stored(tmp_path / "chain").items()}
    assert [name for name in before if before[name] == after[name]] == ["js/beside.js"]


def test_fonts_are_those_of_the_package_and_move_nothing():
    """Each part draws the letters that the package says; a page that has begun in another font stays in it."""
    faces = re.findall(r"@font-face \{(.*?)\}", STATIC.joinpath("css/shared/fonts.css").read_text("utf-8"), re.DOTALL)
    assert all("font-display: optional;" in face for face in faces)
    assert sorted(map(part_and_letters, faces)) == sorted(
        part_and_letters(face)
        for weight in (400, 500, 600)
        for face in re.findall(r"@font-face \{(.*?)\}", FOLDER.with_name(f"{weight}.css").read_text("utf-8"), re.DOTALL)
    )


def part_and_letters(face: str) -> tuple[str, str, str]:
    """The file, the weight and the letters of a `@font-face`."""
    part = re.search(r"(fira-sans-[\w-]+)\.woff2", face)[1]
    weight, letters = re.search(r"font-weight:\s*(\d+)", face)[1], re.search(r"unicode-range:([^;]*)", face)[1]
    return part, weight, re.sub(r"\s|U\+0*(?=\w)", "", letters).upper()


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


def test_every_weight_of_our_sheets_is_preloaded():
    """A weight that is not shows its first words in a font of the device, such as the first „gespeichert“."""
    others = {"css/papers.css", "css/admin.css", "css/shared/fonts.css"}
    sheets = [path for path in STATIC.rglob("*.css") if str(path.relative_to(STATIC)) not in others]
    asked = {int(weight) for path in sheets for weight in re.findall(r"font-weight: (\d+)", path.read_text("utf-8"))}
    fonts = settings.BASE_DIR.joinpath("templates/_fonts.html").read_text("utf-8")
    assert asked == {int(weight) for weight in re.findall(r"latin-(\d+)-normal", fonts)}


def test_address_is_worked_out_once_and_anew_after_collecting(tmp_path):
    storage = JoinedStylesStorage(location=tmp_path, base_url="/static/")
    (tmp_path / "a.txt").write_text("Erster Text.")
    paths = {"a.txt": (storage, "a.txt")}
    list(storage.post_process(paths))
    first = storage.url("a.txt")
    storage.hashed_files.clear()

    assert (storage.url("a.txt"), first.startswith("/static/a.")) == (first, True)
    (tmp_path / "a.txt").write_text("Zweiter Text.")
    list(storage.post_process(paths))
    assert storage.url("a.txt") not in {first, "/static/a.txt"}
