"""A form sent after the login had expired: it is kept, shown again after the login, and sent by a button."""

from __future__ import annotations

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications.reviews.models import Reply
from applications.writing.models import Attachment, SectionNote
from cohorts.models import Announcement
from core import kept
from tests.accounts.test_second_factor import enrol, totp
from tests.applications.coaching import given_back, make_world
from tests.builders import PASSWORD, log_in, make_workshop
from tests.forms import form_of
from workshops.models import Attendance

pytestmark = pytest.mark.django_db

RESEND = "/konto/fortsetzen/"
TO_LOGIN = "/konto/login/?next=%2Fkonto%2Ffortsetzen%2F"
TEXT = "Wir haben mit vierzig Familien gesprochen.\r\nZwölf kommen regelmäßig."


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def note(world):
    """The address a private note is sent to; it shows no page itself."""
    return reverse("applications:note", args=[world.application.pk, "s4"])


def log_in_again(client: Client, user: User, address: str) -> str:
    """Through the login page as a person would; returns where it leads."""
    response = client.post(address, {"login": user.email, "password": PASSWORD})
    if response.url.startswith("/konto/2fa/authenticate/"):
        response = client.post(response.url, {"code": totp()})
    return response.url


def send_again(client: Client, page):
    """Press "Jetzt abschicken"."""
    address = page.text.split('id="absenden"')[0].rpartition('action="')[2].split('"')[0]
    return client.post(address, form_of(page, "absenden"))


def test_an_answer_to_a_comment_is_shown_again_and_sent_by_the_button(client, world):
    comment = given_back(world).items.get().comments.get()
    address = reverse("reviews:answer", args=[comment.pk])

    stopped = client.post(address, {"text": TEXT, "next": "/uebersicht/"})
    assert stopped.url == TO_LOGIN
    assert log_in_again(client, world.amina, stopped.url) == RESEND
    page = client.get(RESEND)
    assert f'<p class="box prose" dir="auto">{TEXT}</p>' in page.text
    assert not Reply.objects.exists()
    send_again(client, page)

    assert [(reply.by, reply.text) for reply in Reply.objects.all()] == [(world.amina, TEXT.replace("\r\n", "\n"))]
    assert client.get(RESEND).url == reverse("dashboard")


def test_attendance_is_sent_after_password_and_second_factor(client, world):
    enrol(world.carla)
    session = make_workshop(world.cohort, 1).sessions.get()
    address = reverse("workshops:attendance", args=[session.pk])
    known = log_in(Client(), world.carla).get(address)
    lines = [line for _team, group in known.context["teams"] for line in group]
    sent = {line.seen_name: "" for line in lines} | {line.name: "present" for line in lines}

    stopped = client.post(address, sent)
    assert log_in_again(client, world.carla, stopped.url) == RESEND
    page = client.get(RESEND)
    assert 'Es stand <a href="/uebersicht/">auf dieser Seite</a>.' in page.text, "there is no text to show"
    response = send_again(client, page)

    assert response.url == address
    assert set(Attendance.objects.values_list("status", flat=True)) == {"present"}
    assert Attendance.objects.count() == len(lines)


def test_an_announcement_written_in_the_admin_comes_through(client, world):
    enrol(world.doris)
    sent = {"cohort": world.cohort.pk, "title": "Neuer Raum", "text": TEXT, "_save": "Sichern"}

    stopped = client.post(reverse("admin:cohorts_announcement_add"), sent)
    log_in_again(client, world.doris, stopped.url)
    send_again(client, client.get(RESEND))

    assert [announcement.title for announcement in Announcement.objects.all()] == ["Neuer Raum"]


def test_every_value_of_a_field_and_the_query_of_the_address_are_kept(client, world, note):
    client.post(f"{note}?a=1&b=2", {"sections": ["s3", "s4"], "text": "x"})

    page = log_in(client, world.amina).get(RESEND)

    assert form_of(page, "absenden")["sections"] == ["s3", "s4"]
    assert f'action="{note}?a=1&amp;b=2"' in page.text


def test_passwords_and_tokens_are_never_kept(client, note):
    secrets = {"csrfmiddlewaretoken": "a", "password": "b", "oldpassword": "c", "new_password1": "d", "secret": "e"}

    client.post(note, secrets | {"text": "Hallo."})

    assert client.session["kept"]["sent"] == {"text": ["Hallo."]}


def test_of_a_page_of_the_account_nothing_is_kept_and_the_page_itself_comes_back(client):
    address = reverse("account_change_password")

    stopped = client.post(address, {"oldpassword": PASSWORD})

    assert stopped.url == "/konto/login/?next=%2Fkonto%2Fpassword%2Fchange%2F"
    assert "kept" not in client.session


def test_what_is_too_large_is_not_kept_and_the_page_says_so(client, world, note):
    stopped = client.post(note, {"text": "x" * (kept.MOST + 1)}, headers={"Referer": "http://testserver/vorhaben/x/"})

    assert (stopped.url, client.session["kept"]["sent"]) == (TO_LOGIN, None)
    page = log_in(client, world.amina).get(RESEND)
    assert "wir konnten es nicht aufheben" in page.text
    assert 'href="/vorhaben/x/"' in page.text
    assert 'id="absenden"' not in page.text


def test_a_flood_of_forms_is_not_kept(client, note, monkeypatch):
    monkeypatch.setattr(kept, "PER_NETWORK", 1)

    client.post(note, {"text": "Eins."})
    assert client.session["kept"]["sent"] == {"text": ["Eins."]}
    client.post(note, {"text": "Zwei."})

    assert client.session["kept"]["sent"] is None


def test_files_are_not_kept_and_the_page_says_so(client, world):
    address = reverse("applications:attachments", args=[world.application.pk])
    file = SimpleUploadedFile("auszug.pdf", b"%PDF-1.7")
    client.post(address, {"kind": "register_extract", "file": file}, headers={"Referer": f"http://testserver{address}"})

    page = log_in(client, world.amina).get(RESEND)
    assert "Was Sie eingetragen hatten, ist noch da, nur die Dateien nicht." in page.text
    assert "Alles, was Sie eingetragen hatten" not in page.text
    assert f'<a href="{address}">' in page.text
    response = send_again(client, page)

    assert response.status_code == 422
    assert not Attachment.objects.exists()
    assert "kept" not in client.session, "it stands on the page that asks again"


def test_after_an_hour_it_is_gone(client, world, note, monkeypatch):
    client.post(note, {"text": TEXT})
    log_in(client, world.amina)
    now = time.time()

    monkeypatch.setattr("core.kept.time.time", lambda: now + 59 * 60)
    assert client.get(RESEND).status_code == 200
    monkeypatch.setattr("core.kept.time.time", lambda: now + 61 * 60)

    assert client.get(RESEND).url == reverse("dashboard")
    assert "kept" not in client.session


def test_the_session_that_keeps_it_ends_after_an_hour_but_not_once_somebody_logs_in(client, world, note):
    client.post(note, {"text": TEXT})
    assert client.session.get_expiry_age() == 60 * 60

    log_in_again(client, world.amina, TO_LOGIN)

    assert client.session.get_expire_at_browser_close()


def test_a_code_by_mail_does_not_inherit_the_hour(client, world, note, mailoutbox, django_capture_on_commit_callbacks):
    client.post(note, {"text": TEXT})
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post("/konto/login/code/", {"email": world.amina.email, "next": RESEND})
    lines = mailoutbox[0].body.splitlines()
    code = next(line for line in lines if len(line.replace("-", "")) == 8 and line.isupper())

    response = client.post(asked.url, {"code": code})

    assert response.url == RESEND
    assert client.session.get_expiry_age() == 14 * 24 * 60 * 60


def test_discarding_forgets_it_and_sends_nothing(client, world, note):
    client.post(note, {"text": TEXT})
    log_in(client, world.amina)

    response = client.post(RESEND, form_of(client.get(RESEND), "verwerfen"), follow=True)

    assert response.redirect_chain == [(reverse("dashboard"), 302)]
    assert [str(message) for message in response.context["messages"]] == [
        "Das Formular ist verworfen. Es wurde nichts abgeschickt."
    ]
    assert "kept" not in client.session
    assert not SectionNote.objects.exists()


def test_what_is_refused_is_still_kept(client, world, note):
    client.post(note, {"text": TEXT})
    log_in(client, world.bilal)

    assert send_again(client, client.get(RESEND)).status_code == 404

    assert client.session["kept"]["sent"] == {"text": [TEXT]}


def test_every_page_tells_that_something_waits_until_it_is_sent(client, world, note):
    client.post(note, {"version": "0", "text": TEXT})
    log_in(client, world.amina)
    hint = "Ein Formular von Ihnen ist noch nicht abgeschickt"

    assert hint in client.get(reverse("accounts:profile")).text
    page = client.get(RESEND)
    assert hint not in page.text
    send_again(client, page)

    assert hint not in client.get(reverse("accounts:profile")).text
    assert SectionNote.objects.get().text == TEXT.replace("\r\n", "\n")


def test_a_page_that_is_gone_meanwhile_takes_nothing(client, world, note):
    client.post(note, {"text": TEXT})
    log_in(client, world.amina)
    session = client.session
    session["kept"] = session["kept"] | {"path": "/gibt-es-nicht/"}
    session.save()

    assert client.get(RESEND).url == reverse("dashboard")


def test_a_page_elsewhere_is_never_linked(client, note):
    client.post(note, {"text": TEXT}, headers={"Referer": "https://anderswo.example/x/"})

    assert client.session["kept"]["page"] == reverse("dashboard")


def test_a_script_is_told_in_json_and_nothing_is_kept(client, note):
    response = client.post(note, {"text": TEXT}, headers={"Accept": "application/json"})

    assert (response.status_code, response.json()["state"]) == (401, "login")
    assert "kept" not in client.session


def test_a_page_that_is_left_after_the_login_expired_does_not_take_the_place_of_what_is_kept(client, world, note):
    client.post(note, {"text": TEXT})
    session = client.cookies["sessionid"].value

    left = client.post(reverse("applications:presence", args=[world.application.pk, "s4"]), {"leaving": "1"})

    assert left.status_code == 401
    assert client.session["kept"]["sent"] == {"text": [TEXT]}
    assert client.cookies["sessionid"].value == session


def test_a_page_that_is_left_after_the_login_expired_starts_no_session(client, world):
    left = client.post(reverse("applications:presence", args=[world.application.pk, "s4"]), {"leaving": "1"})

    assert (left.status_code, dict(left.cookies)) == (401, {})  # it would take the place of a login just made


# The second factor


def test_a_form_stopped_for_the_second_factor_comes_back_after_it(client, world):
    client.force_login(world.doris)
    enrol(world.doris)
    sent = {"cohort": world.cohort.pk, "title": "Neuer Raum", "text": TEXT, "_save": "Sichern"}

    stopped = client.post(reverse("admin:cohorts_announcement_add"), sent)
    assert stopped.url == f"/konto/2fa/reauthenticate/?next={RESEND.replace('/', '%2F')}"
    back = client.post("/konto/2fa/reauthenticate/", {"code": totp(), "next": RESEND})
    assert back.url == RESEND
    send_again(client, client.get(RESEND))

    assert [announcement.title for announcement in Announcement.objects.all()] == ["Neuer Raum"]
    assert "kept" not in client.session


def test_a_form_stopped_before_there_is_a_second_factor_waits_until_there_is(client, world):
    client.post("/konto/login/", {"login": world.doris.email, "password": PASSWORD})
    sent = {"cohort": world.cohort.pk, "title": "Neuer Raum", "text": TEXT, "_save": "Sichern"}

    stopped = client.post(reverse("admin:cohorts_announcement_add"), sent)
    assert stopped.url == "/konto/zweiter-faktor/"
    secret = client.get("/konto/2fa/totp/activate/").context["form"].secret
    codes = client.post("/konto/2fa/totp/activate/", {"code": totp(secret)})

    assert f'href="{RESEND}"' in client.get(codes.url).text
    send_again(client, client.get(RESEND))
    assert [announcement.title for announcement in Announcement.objects.all()] == ["Neuer Raum"]


def test_a_script_stopped_for_the_second_factor_is_told_in_json(client, world, note):
    client.force_login(world.doris)
    enrol(world.doris)

    response = client.post(note, {"text": TEXT}, headers={"Accept": "application/json"})

    assert (response.status_code, response.json()["state"]) == (401, "login")
