"""A Word file opened and saved by LibreOffice itself comes back as it went out."""

from __future__ import annotations

import shutil
import subprocess
from uuid import uuid4

import pytest

from applications.content import Activity, Text, WorkPlan
from applications.content.sheets import Names
from applications.writing.word.read import read
from applications.writing.word.write import SectionToWrite, write
from calls.terms import SectionTerm
from core.filekinds import kind_of
from tests.builders import row_id

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice only"),
]
UUID = uuid4()
TEXT = "Wir kochen.\n\n- Frauen\n- Jugendliche\nالسَّلام\t„Wort“ <b> & 👍🏽\nz.\u2011B. und 3\u00a0€ – gut"
PLAN = WorkPlan((Activity(id=row_id("Abende"), title="Kochabende – donnerstags, z.\u2011B. im\u00a0Mai"),))


def saved_as(path, kind, folder):
    """The file as LibreOffice saves it in another format, or anew in the same."""
    folder.mkdir()
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / f"{path.stem}.{kind.partition(':')[0]}"


@pytest.fixture
def file(tmp_path):
    sections = [
        SectionToWrite(SectionTerm("s4", "Zielgruppe", "text", question="Wer? Ab 1.1. – 5\u00a0%"), 3, Text(TEXT)),
        SectionToWrite(SectionTerm("s7", "Arbeitsplan", "work_plan"), 1, PLAN),
    ]
    path = tmp_path / "abschnitte.docx"
    path.write_bytes(write(UUID, "Tischgespräche – „Nord“", sections, Names()))
    return path


@pytest.mark.parametrize("steps", [["docx"], ["docx:Office Open XML Text"], ["odt", "docx"]])
def test_what_libreoffice_saves_says_the_same(file, tmp_path, steps):
    for number, kind in enumerate(steps):
        file = saved_as(file, kind, tmp_path / str(number))

    found = read(file.read_bytes(), UUID)

    assert [(section.text, section.dropped.sentences()) for section in found.sections] == [(TEXT, [])]
    assert (found.broken, found.portal, found.is_changed_outside) == ([], [], False)


@pytest.mark.parametrize(
    ("saved", "kind"),
    [("doc", "doc"), ("rtf", "rtf"), ("pdf", "pdf"), ("html", "markup"), ("odt", "odt"), ("dotx", "template")],
)
def test_other_formats_of_libreoffice_are_known(file, tmp_path, saved, kind):
    with saved_as(file, saved, tmp_path / "other").open("rb") as stream:
        assert kind_of(stream) == kind
