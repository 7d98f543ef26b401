"""The section „Anlagen“ and its files: what cannot be left out, what the portal makes itself, a file beside „entfällt“."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from applications.content import Attachments, Item
from applications.writing.models import Attachment
from calls.terms import AttachmentTerm
from cohorts.models import Team
from tests.applications.pages import address, send, value_of
from tests.builders import (
    log_in,
    make_application,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    write,
)
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db
COVER, SKETCH = "cover_sheet", "sketch"
LEFT_OUT = "Es zählt die Liste: Die Anlage gilt als weggelassen."
NOT_USED = "Das Portal erstellt „Projektskizze“ beim Fertigstellen selbst"


@pytest.fixture
def amina():
    return make_user("Amina", "Haddad")


@pytest.fixture
def application(client, amina):
    application = make_application(make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina))
    edition = application.edition
    kinds = [
        AttachmentTerm(COVER, "Titelblatt", may_be_dropped=False),
        AttachmentTerm(SKETCH, "Projektskizze", may_be_dropped=False),
        AttachmentTerm("register_extract", "Registerauszug"),
    ]
    edition.frozen_terms = replace(edition.frozen_terms, attachments=kinds)
    edition.save()
    log_in(client, amina)
    return application


def put(application, kind: str, by) -> Attachment:
    file = ContentFile(b"%PDF-1.4", name=f"{kind}.pdf")
    return Attachment.objects.attach(application, by=by, kind=kind, upload=file, file_type="pdf")


def offered(client, application, kind: str) -> list[str]:
    html = client.get(address(application, "s15")).text
    select = html.partition(f'name="items-{kind}-state"')[2].partition("</select>")[0]
    return [value for value in ("enclosed", "follows", "not_needed") if f'value="{value}"' in select]


def files_page(application) -> str:
    return reverse("applications:attachments", args=[application.pk])


def test_what_always_belongs_to_it_cannot_be_left_out_in_the_section(client, application, amina):
    assert offered(client, application, "register_extract") == ["enclosed", "follows", "not_needed"]
    assert offered(client, application, COVER) == ["enclosed", "follows"]
    write(application, "s15", Attachments((Item(id=COVER, state="not_needed"),)), by=amina)
    assert offered(client, application, COVER) == [
        "enclosed",
        "follows",
        "not_needed",
    ]  # as it stands, until it is mended
    send(client, application, "s15", {f"items-{COVER}-state": "enclosed"})
    assert value_of(application, "s15").state(COVER) == "enclosed"


@pytest.mark.parametrize("state", ["not_needed", "enclosed"])
def test_a_file_beside_a_paper_that_is_left_out_is_told_which_of_the_two_counts(client, application, amina, state):
    put(application, "register_extract", amina)
    write(application, "s15", Attachments((Item(id="register_extract", state=state),)), by=amina)
    for url in (address(application, "s15"), files_page(application)):
        assert (LEFT_OUT in client.get(url).text) == (state == "not_needed")


def test_a_paper_that_the_portal_makes_is_not_uploaded_and_a_file_from_before_stays(client, application, amina):
    put(application, SKETCH, amina)
    page = client.get(files_page(application))
    assert NOT_USED in page.text
    assert "sketch.pdf" in page.text
    assert form_with(page.text, "kind").fields["kind"] == [""]
    assert f'<option value="{SKETCH}"' not in page.text
    assert "Das Portal erstellt beim Fertigstellen selbst: „Projektskizze“." in page.text
    assert NOT_USED in client.get(address(application, "s15")).text
    sent = {"kind": SKETCH, "file": SimpleUploadedFile("skizze.pdf", b"%PDF-1.7\n1 0 obj\n")}
    refused = client.post(files_page(application), sent)
    assert (refused.status_code, "Ihre liegt weiter auf Ihrem Gerät." in refused.text) == (422, True)
    assert Attachment.objects.count() == 1
    sent = {"kind": "register_extract", "file": SimpleUploadedFile("auszug.pdf", b"%PDF-1.7\n1 0 obj\n")}
    assert client.post(files_page(application), sent).status_code == 302


def test_a_call_without_the_list_of_attachments_still_shows_files(client, application, amina):
    put(application, "register_extract", amina)
    application.drafts.get(key="s15").delete()
    assert "register_extract.pdf" in client.get(files_page(application)).text


def test_what_the_call_calls_a_paper_is_no_markup(client, application):
    edition = application.edition
    edition.frozen_terms = replace(
        edition.frozen_terms, attachments=[AttachmentTerm(SKETCH, "Skizze <b>& Plan", may_be_dropped=False)]
    )
    edition.save()
    page = client.get(files_page(application)).text
    assert "Das Portal erstellt beim Fertigstellen selbst: „Skizze &lt;b&gt;&amp; Plan“." in page
    assert "Skizze <b>" not in page


def test_the_way_to_the_files_says_that_they_can_be_uploaded_before_the_section_opens(client, application):
    make_workshop(application.team.cohort, keys=["s15"], begins_at=timezone.now() + timedelta(days=5))
    page = client.get(address(application, "s15")).text
    assert "data-autosave" not in page
    assert "Dateien hochladen und ansehen" in page
    assert 'type="file"' in client.get(files_page(application)).text
    Team.objects.update(withdrawn_at=timezone.now())
    assert "Dateien ansehen" in client.get(address(application, "s15")).text
