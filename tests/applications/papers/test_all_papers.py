"""All papers at once: the PDF in printing order keeps the tags of its parts, the ZIP holds the bytes as stored."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from pypdf import PdfReader

from applications.content import Attachments, Item
from applications.papers.all_papers import in_printing_order, keep_all
from applications.papers.finishing import finish
from applications.papers.models import EnclosureList
from applications.papers.posting import print_letter
from tests.applications.papers.test_finishing import World
from tests.builders import log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def body(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def stored(submission, kind: str) -> list:
    return list(submission.files.filter(kind=kind).order_by("number"))


def check_structure(reader: PdfReader) -> None:
    """Every page says where its structure stands, and what stands there leads to that page; all hangs under one root."""
    root = reader.root_object["/StructTreeRoot"]
    numbers = root["/ParentTree"]["/Nums"]
    elements = {int(numbers[place]): numbers[place + 1] for place in range(0, len(numbers), 2)}
    own = [page["/StructParents"] for page in reader.pages]
    assert sorted(own) == sorted(set(own)) == sorted(elements)
    for page in reader.pages:
        told = [element.get_object() for element in elements[page["/StructParents"]].get_object()]
        leads_to = {one.raw_get("/Pg").idnum for one in told if "/Pg" in one}
        assert leads_to == {page.indirect_reference.idnum}
    assert [element.get_object()["/P"].get_object() == root.get_object() for element in root["/K"]] == [True] * len(
        root["/K"]
    )


def test_one_pdf_is_kept_in_printing_order_with_the_tags_of_its_parts(world, client):
    submission = finish(world.application, by=world.amina, confirmed=True)
    (first,) = stored(submission, "all")
    print_letter(submission, by=world.amina)
    (_first, bundle) = stored(submission, "all")
    papers = in_printing_order(submission.files.all(), 0)
    assert [file.kind for file in papers] == ["letter", "sketch", "cover", "financing_plan", "checklist"]
    assert (first.number, bundle.number, bundle.pages) == (0, 1, sum(file.pages for file in papers))

    log_in(client, world.amina)
    content = body(client.get(reverse("papers:all", args=[submission.pk])))
    assert len(content) == bundle.size
    reader = PdfReader(io.BytesIO(content))
    catalogue = reader.root_object
    assert (catalogue["/Lang"], catalogue["/MarkInfo"]["/Marked"]) == ("de", True)
    assert b'pdfuaid:part="1"' in catalogue["/Metadata"].get_data()
    assert [mark["/Title"] for mark in reader.outline if isinstance(mark, dict)] == [file.title for file in papers]
    parts = [page.extract_text() for file in papers for page in PdfReader(file.file.open("rb")).pages]
    assert [page.extract_text() for page in reader.pages] == parts
    check_structure(reader)
    page = client.get(submission.get_absolute_url()).text
    assert f"{bundle.pages} Seiten" in " ".join(page.split())


def test_outdated_letter_is_not_among_what_is_printed(world, client):
    submission = finish(world.application, by=world.amina, confirmed=True)
    log_in(client, world.amina)
    assert client.post(reverse("papers:letter", args=[submission.pk])).status_code == 302
    EnclosureList.objects.correct(
        submission, Attachments((Item(id="register_extract", state="follows"),)), seen=0, by=world.amina
    )
    reader = PdfReader(io.BytesIO(body(client.get(reverse("papers:all", args=[submission.pk])))))
    assert "Anschreiben und Verzeichnis der Anlagen" not in [mark["/Title"] for mark in reader.outline if isinstance(mark, dict)]  # fmt: skip
    assert len(reader.pages) == stored(submission, "all")[0].pages


def test_zip_holds_what_is_stored_and_what_the_team_uploaded(world, client):
    submission = world.finish()
    world.application.attachments.create(
        kind="register_extract", file=ContentFile(b"%PDF Auszug", "auszug.pdf"), name="Auszug: Register.pdf", size=11,
        sha256="0" * 64, by=world.amina,
    )  # fmt: skip
    for person, has_attachments in ((world.amina, True), (world.jonas, True), (world.carla, True), (world.doris, True)):
        log_in(client, person)
        archive = zipfile.ZipFile(io.BytesIO(body(client.get(reverse("papers:zip", args=[submission.pk])))))
        assert archive.namelist() == [
            "01-Projektskizze.pdf",
            "02-Angaben-für-das-Titelblatt.pdf",
            "03-Zahlen-für-den-Gesamtfinanzierungsplan.pdf",
            "04-Ihre-Checkliste-bleibt-bei-Ihnen.pdf",
            *(["Anlagen/01-Auszug-Register.pdf"] if has_attachments else []),
        ]
        assert archive.read("01-Projektskizze.pdf") == b"%PDF sketch"


def test_bamf_staff_get_a_zip_without_what_stays_with_the_team_and_no_single_pdf(world, client):
    submission = world.posted()
    log_in(client, world.emil)
    archive = zipfile.ZipFile(io.BytesIO(body(client.get(reverse("papers:zip", args=[submission.pk])))))
    assert archive.namelist() == ["01-Projektskizze.pdf", "02-Zahlen-für-den-Gesamtfinanzierungsplan.pdf"]
    assert client.get(reverse("papers:all", args=[submission.pk])).status_code == 404


def test_papers_that_are_no_pdf_leave_the_zip(world, client):
    submission = world.finish()
    log_in(client, world.amina)
    page = client.get(reverse("papers:all", args=[submission.pk]), follow=True)
    assert (page.status_code, "Bitte laden Sie das ZIP herunter." in page.text) == (200, True)


@pytest.mark.parametrize("error", [KeyError("/StructTreeRoot"), RecursionError, OSError("no space left")])
def test_whatever_fails_in_joining_keeps_nobody_from_the_papers(world, client, monkeypatch, caplog, error):
    def fail(*_args):
        raise error

    monkeypatch.setattr("applications.papers.all_papers.merge", fail)
    submission = world.finish()

    assert keep_all(submission) is None
    assert "could not be made one PDF" in caplog.text
    assert stored(submission, "all") == []
    log_in(client, world.amina)
    page = client.get(reverse("papers:all", args=[submission.pk]), follow=True)
    assert (page.status_code, "Bitte laden Sie das ZIP herunter." in page.text) == (200, True)
    assert body(client.get(reverse("papers:file", args=[submission.files.get(kind="sketch").pk]))) == b"%PDF sketch"
    assert len(body(client.get(reverse("papers:zip", args=[submission.pk])))) > 0


def test_full_disk_leaves_the_papers_that_are_stored(world, monkeypatch):
    submission = world.finish()
    monkeypatch.setattr("applications.papers.all_papers.merge", lambda *_args: b"%PDF all")

    def full(*_args, **_kwargs):
        raise OSError("no space left")

    monkeypatch.setattr("django.core.files.storage.Storage.save", full)
    assert keep_all(submission) is None
    assert submission.files.count() == 4
