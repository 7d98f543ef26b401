from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from applications.writing.models import Application, Attachment
from cohorts.models import Cohort
from core.files import accepted, what_goes
from tests.builders import (
    day,
    make_application,
    make_call,
    make_cohort,
    make_edition,
    make_member,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    write,
)
from tests.compound import compound
from tests.forms import form_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def amina(client):
    user = make_user("Amina", "Haddad")
    client.force_login(user)
    return user


@pytest.fixture
def cohort():
    return make_cohort(make_organiser(make_user("Doris", "Lang")))


@pytest.fixture
def team(cohort, amina):
    return make_team(cohort, amina)


@pytest.fixture
def application(team):
    return make_application(team)


def start_of(team):
    return reverse("applications:start", args=[team.pk])


def page_of(application, name, *more):
    return reverse(f"applications:{name}", args=[application.pk, *more])


# Beginning


def test_nobody_begins_on_another_call_than_the_page_showed(client, team):
    shown = form_of(client.get(start_of(team)), None)
    other = make_call("Anderer Aufruf", parts=True)
    Cohort.objects.update(call=other)

    page = client.post(start_of(team), shown | {"theme": "vielfalt"}, follow=True)

    assert not team.applications.exists()
    assert "Noch ist nichts begonnen: Für Ihr Team gilt inzwischen ein anderer Förderaufruf" in page.text
    assert "Anderer Aufruf" in page.text
    client.post(start_of(team), form_of(page, None) | {"theme": "vielfalt"})
    assert team.applications.get().call == other


def test_a_team_begins_with_a_theme(client, team):
    page = client.get(start_of(team))
    assert ("Für Vielfalt und Toleranz" in page.text, "Begegnungen" in page.text) == (True, True)

    response = client.post(start_of(team), {"theme": "begegnung"})

    application = Application.objects.get()
    assert response.url == application.get_absolute_url()
    assert application.theme_key == "begegnung"
    assert "Ihr Vorhaben ist begonnen." in client.get(response.url).text


def test_every_theme_says_what_it_is_about_before_one_chooses_and_after(client, team):
    begin = client.get(start_of(team)).text
    client.post(start_of(team), {"theme": "begegnung"})
    cover = client.get(page_of(Application.objects.get(), "section", "s0")).text

    for page, place in ((begin, 1), (cover, 1)):
        note = f'<p class="kern-hint field__note" id="id_theme_{place}_note">Worum es bei „Begegnungen“ geht.</p>'
        assert page.count(note) == 1
        assert f'aria-describedby="id_theme_{place}_note"' in page


@pytest.mark.parametrize("data", [{}, {"theme": ""}, {"theme": "wetter"}])
def test_without_a_theme_nothing_begins(client, team, data):
    response = client.post(start_of(team), data)

    assert response.status_code == 422
    assert Application.objects.count() == 0


def test_a_missing_theme_is_said(client, team):
    assert "Bitte wählen Sie einen Themenschwerpunkt." in client.post(start_of(team), {}).text


def test_a_theme_the_call_does_not_have_is_said_kindly(client, team):
    page = client.post(start_of(team), {"theme": "quatsch"}).text

    assert "Diesen Themenschwerpunkt gibt es im Förderaufruf nicht. Bitte wählen Sie einen aus der Liste." in page
    assert "quatsch" not in page


def test_a_closed_call_says_so(client, amina):
    call = make_call(deadline=day(-3))
    team = make_team(make_cohort(make_organiser(make_user("Doris")), call), amina)

    page = client.get(start_of(team))
    refused = client.post(start_of(team), {"theme": "vielfalt"})

    assert "nimmt heute keine Vorhaben an" in page.text
    assert (refused.status_code, Application.objects.count()) == (409, 0)
    assert "Ihre Wahl war: „Für Vielfalt und Toleranz“." in refused.text
    assert "Ihre Wahl war" not in page.text + client.post(start_of(team), {"theme": "quatsch"}).text


def test_beginning_twice_leads_to_the_one_there_is(client, application):
    response = client.post(start_of(application.team), {"theme": "vielfalt"})

    assert response.url == application.get_absolute_url()
    assert Application.objects.count() == 1


def test_a_reader_does_not_begin(client, team):
    reader = make_user("Selma")
    make_member(team, reader, "reader")
    client.force_login(reader)

    assert client.post(start_of(team), {"theme": "vielfalt"}).status_code == 403


def test_somebody_elses_team_is_not_found(client, team):
    client.force_login(make_user("Bilal"))

    assert client.get(start_of(team)).status_code == 404


# The whole application


def test_the_workspace_shows_every_section_with_its_stage(client, application, cohort):
    make_workshop(cohort, 1, ["s0", "s1"], title="Ankommen")
    write(application, "s1", "Text.")

    page = client.get(application.get_absolute_url()).text

    assert "1 · Ankommen" in page
    assert page.count("/abschnitte/") >= 18
    assert ("in Arbeit" in page, "noch nicht begonnen" in page) == (True, True)
    assert "0 von 18 rund" in page


def test_withdrawing_is_asked_about_and_then_done_once(client, application):
    assert "wirklich zurückziehen" in client.get(application.get_absolute_url()).text

    client.post(page_of(application, "withdraw"))
    again = client.post(page_of(application, "withdraw"), follow=True)

    application.refresh_from_db()
    assert application.status == "withdrawn"
    assert "schon zurückgezogen" in again.text


def test_a_newer_edition_is_shown_and_adopted(client, application):
    newer = make_edition(application.call, 2)

    page = client.get(application.get_absolute_url())
    response = client.post(page_of(application, "adopt"), follow=True)
    again = client.post(page_of(application, "adopt"), follow=True)

    assert "Der Förderaufruf wurde geändert" in page.text
    application.refresh_from_db()
    assert application.edition == newer
    assert "Der neue Stand des Aufrufs gilt jetzt" in response.text
    assert "schon auf dem neuesten Stand" in again.text


def test_the_people_of_the_team_are_shown_with_their_roles(client, application):
    make_member(application.team, make_user("Selma", "Kaya"), "reader")

    page = client.get(page_of(application, "members")).text

    assert ("Amina Haddad" in page, "verantwortlich" in page) == (True, True)
    assert ("Selma Kaya" in page, "liest mit" in page) == (True, True)


# Files


def upload(client, application, name="satzung.pdf", content=PDF, kind="register_extract"):
    file = SimpleUploadedFile(name, content, content_type="text/html")
    return client.post(page_of(application, "attachments"), {"kind": kind, "file": file})


def test_a_file_is_added_delivered_safely_and_deleted(client, application, django_capture_on_commit_callbacks):
    assert upload(client, application).status_code == 302
    file = Attachment.objects.get()
    assert (file.name, file.kind, file.size) == ("satzung.pdf", "register_extract", len(PDF))
    assert "satzung" not in file.file.name

    got = client.get(page_of(application, "attachment", file.pk))
    assert b"".join(got.streaming_content) == PDF
    assert got["Content-Disposition"] == 'attachment; filename="satzung.pdf"'
    assert got["X-Content-Type-Options"] == "nosniff"

    storage, name = file.file.storage, file.file.name
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page_of(application, "detach", file.pk))
    assert (Attachment.objects.count(), storage.exists(name)) == (0, False)


@pytest.mark.parametrize(
    ("name", "kept", "served_as"),
    [
        ("Kosten.CSV", "Kosten.csv", "text/csv"),
        ("notizen.md", "notizen.md", "text/markdown"),
        ("notiz.text", "notiz.txt", "text/plain"),
        ("Kosten.csv.exe", "Kosten.txt", "text/plain"),
    ],
)
def test_a_table_as_text_keeps_its_ending(client, application, name, kept, served_as):
    upload(client, application, name=name, content=b"Ausgabe;Betrag\r\nMiete;1.200")
    file = Attachment.objects.get()

    got = client.get(page_of(application, "attachment", file.pk))

    assert (file.name, file.file.name.rpartition(".")[2]) == (kept, kept.rpartition(".")[2])
    assert got["Content-Type"] == served_as
    assert got["Content-Disposition"] == f'attachment; filename="{kept}"'
    assert (got["X-Content-Type-Options"], got["Content-Security-Policy"]) == ("nosniff", "sandbox; default-src 'none'")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<html><script>", "Das ist eine gespeicherte Internetseite"),
        (b"", "leer"),
        (b"MZ\x00\x00", "Diese Art von Datei geht hier nicht. Möglich sind: PDF"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "Bitte speichern Sie es als JPG"),
        (compound("WordDocument"), "eine ältere Word-Datei (.doc)"),
    ],
)
def test_a_file_that_is_not_allowed_is_refused_with_a_sentence(client, application, content, sentence):
    response = upload(client, application, content=content)

    assert (response.status_code, sentence in response.text) == (422, True)
    assert Attachment.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("evil.pdf", b"Nur Text.", "„evil.txt“"),
        ("brief.docx", PDF, "„brief.pdf“"),
        ("satzung.PDF", PDF, None),
        ("satzung", PDF, None),
        ("notiz.txt", b"Nur Text.", None),
        ("ausgaben.csv", "Räume;1.200 €".encode("cp1252"), None),
        ("foto.jpeg", b"\xff\xd8\xff\xe0" + b"x" * 40, None),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_told(client, application, name, content, told):
    page = client.get(upload(client, application, name=name, content=content).url).text

    assert "Die Anlage ist gespeichert." in page
    assert (f"deshalb heißt sie jetzt {told}" in page) if told else ("deshalb heißt sie jetzt" not in page)


def test_no_kind_of_attachment_is_chosen_beforehand(client, application):
    page = client.get(page_of(application, "attachments"))
    refused = upload(client, application, kind="")

    assert form_of(page, None)["kind"] == [""]
    assert form_of(client.get(page_of(application, "attachments"), {"art": "tax_exemption"}), None)["kind"] == [
        "tax_exemption"
    ]
    assert refused.status_code == 422
    assert "Bitte wählen Sie, was für eine Anlage das ist." in refused.text
    assert Attachment.objects.count() == 0


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\böse\\datei.pdf.exe", "a\nb.pdf", ".pdf"])
def test_a_files_name_is_made_harmless(client, application, name):
    upload(client, application, name=name)

    kept = Attachment.objects.get().name
    assert kept.endswith(".pdf")
    assert not set(kept) & set("/\\\n")


def test_the_form_says_which_files_go_before_one_is_chosen(client, application):
    page = client.get(page_of(application, "attachments")).text

    assert f'accept="{accepted()}"' in page
    assert what_goes() in page


def test_a_date_in_a_files_name_is_no_ending(client, application):
    page = client.get(upload(client, application, name="Rechnung 12.03.2026").url).text

    assert Attachment.objects.get().name == "Rechnung 12.03.2026.pdf"
    assert "deshalb heißt sie jetzt" not in page


def test_a_finished_application_keeps_its_files(client, application):
    upload(client, application)
    application.status = "finished"
    application.save()

    upload(client, application)
    client.post(page_of(application, "detach", Attachment.objects.get().pk))

    assert Attachment.objects.count() == 1
    assert "file" not in form_of(client.get(page_of(application, "attachments")), None)


def test_a_foreign_file_is_not_found(client, application, cohort):
    other = make_application(make_team(cohort, make_user("Bilal")))
    file = Attachment.objects.create(
        application=other, kind="x", file=ContentFile(PDF, "x.pdf"), name="x.pdf", size=1, at=timezone.now()
    )

    assert client.get(page_of(application, "attachment", file.pk)).status_code == 404
    assert client.get(page_of(other, "attachment", file.pk)).status_code == 404
    assert client.post(page_of(application, "detach", file.pk)).status_code == 404


def test_the_sections_come_first_and_withdrawing_last(client, team):
    client.post(start_of(team), {"theme": "begegnung"})
    page = client.get(Application.objects.get().get_absolute_url()).text

    places = [page.index(words) for words in ('id="abschnitte"', "Was Sie hier tun können", "Vorhaben zurückziehen")]
    assert places == sorted(places)
