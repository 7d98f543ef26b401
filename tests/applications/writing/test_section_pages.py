from __future__ import annotations

import re
import time
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.content import Text
from applications.reviews.steps import withdraw
from applications.writing.models import Revision
from tests.applications.pages import address, as_script, send, value_of
from tests.builders import (
    PASSWORD,
    log_in,
    make_application,
    make_bamf,
    make_coach,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    row_id,
    write,
)
from tests.forms import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina(client):
    user = make_user("Amina", "Haddad")
    client.force_login(user)
    return user


@pytest.fixture
def jonas():
    return make_user("Jonas", "Petersen")


@pytest.fixture
def cohort():
    return make_cohort(make_organiser(make_user("Doris", "Lang")))


@pytest.fixture
def application(cohort, amina, jonas):
    return make_application(make_team(cohort, amina, jonas))


NO = "00000000-0000-4000-8000-000000000000"


# Review and writing a text


def test_a_text_is_saved_by_the_plain_form(client, application):
    response = send(client, application, "s1", {"text": "Guten Tag.\r\n\r\nHallo."})

    assert (response.status_code, response.url) == (302, address(application))
    assert value_of(application, "s1") == Text("Guten Tag.\n\nHallo.")
    page = client.get(address(application))
    assert "Gespeichert." in page.text
    assert form_of(page)["text"] == ["Guten Tag.\r\n\r\nHallo."]
    assert form_of(page)["version"] == ["1"]


def test_blanks_and_line_ends_come_back_to_the_letter(client, application):
    text = "\n  eingerückt \n\n- Punkt\n\n"
    send(client, application, "s1", {"text": text.replace("\n", "\r\n")})

    assert value_of(application, "s1").text == text
    send(client, application, "s1")
    assert application.drafts.get(key="s1").version == 1


def test_the_page_shows_question_help_and_readers(client, application, cohort, jonas):
    coach = make_coach(cohort, make_user("Carla", "Weber"))
    application.team.first_coach = coach
    application.team.save()
    write(application, "s1", "Text.", by=jonas)

    page = client.get(address(application)).text

    for words in (
        "Was gehört zu „Kurzbeschreibung“?",
        "So gehen Sie vor.",
        "Ein erfundenes Beispiel.",
        "Schreiben Sie einfach.",
        "Carla Weber",
        "Jonas Petersen",
        "Zuletzt geschrieben: Jonas Petersen",
        "von 1.000 Zeichen",
    ):
        assert words in page, words


def test_text_beyond_the_soft_limit_is_saved_and_warned(client, application):
    send(client, application, "s1", {"text": "x" * 1001})

    page = client.get(address(application)).text
    assert re.search(r"data-over\s*>\s*Das ist länger als der Richtwert", page)
    assert "<strong data-length>1.001</strong>" in page


def test_people_of_other_roles_read_and_do_not_write(client, cohort, application):
    write(application, "s1", "Geheimnis.")
    reader, carla, doris = make_user("Selma"), make_user("Carla", "Weber"), make_user("Dora")
    make_member(application.team, reader, "reader")
    application.team.first_coach = make_coach(cohort, carla)
    application.team.save()
    cohort.organiser.memberships.create(user=doris)
    for user in (reader, carla, doris):
        log_in(client, user)
        page = client.get(address(application))
        assert ("Geheimnis." in page.text, "text" in form_of(page)) == (True, False)
        assert client.post(address(application), {"version": "1", "text": "Fremd."}).status_code == 403
    assert value_of(application, "s1") == Text("Geheimnis.")


@pytest.mark.parametrize("who", ["stranger", "bamf"])
def test_strangers_find_nothing(client, application, who):
    client.force_login(make_user("Bilal") if who == "stranger" else make_bamf())

    response = client.get(address(application))

    assert response.status_code in ({404} if who == "stranger" else {404, 302})


def test_unknown_sections_are_not_found(client, application):
    assert client.get(address(application, "s99")).status_code == 404
    assert client.post(address(application, "s99"), {"text": "x"}).status_code == 404


# Not the moment


def test_a_closed_section_is_read_and_says_when_it_opens(client, application, cohort):
    begins = timezone.now() + timedelta(days=3)
    make_workshop(cohort, keys=["s2"], begins_at=begins)

    page = client.get(address(application, "s2"))
    refused = client.post(address(application, "s2"), {"version": "0", "text": "Zu früh geschrieben."})

    assert "Dieser Abschnitt öffnet am" in page.text
    assert "text" not in form_of(page)
    assert refused.status_code == 409
    assert "noch nicht geöffnet" in refused.text
    assert "Zu früh geschrieben." in refused.text
    assert application.drafts.get(key="s2").version == 0


@pytest.mark.parametrize("status", ["finished", "withdrawn"])
def test_a_finished_application_is_read_only(client, application, status):
    write(application, "s1", "Fertig.")
    application.status, application.withdrawn_at = status, timezone.now()
    application.save()

    page = client.get(address(application))
    refused = client.post(address(application), {"version": "1", "text": "Noch etwas."})

    assert "Fertig." in page.text
    assert "text" not in form_of(page)
    assert (refused.status_code, "Noch etwas." in refused.text) == (409, True)
    assert value_of(application, "s1") == Text("Fertig.")


# Bad input


def test_a_megabyte_is_refused_politely_and_at_once(client, application):
    client.get(address(application))  # the first page of a process reads its templates
    began = time.process_time()  # the work of this process, however busy the machine is

    response = client.post(address(application), {"version": "0", "text": "x" * 1_000_000})

    assert time.process_time() - began < 1
    assert response.status_code == 422
    assert "Das ist zu lang: 1.000.000 Zeichen. Möglich sind bis zu 50.000." in response.text
    assert form_of(response)["text"] == ["x" * 1_000_000]
    assert application.drafts.get(key="s1").version == 0


def test_nul_bytes_are_refused_with_a_sentence_and_the_text_stays(client, application):
    response = client.post(address(application), {"version": "0", "text": "vor\x00nach"})

    assert response.status_code == 422
    assert "ein Zeichen, das sich nicht speichern lässt" in response.text
    assert "nach" in form_of(response)["text"][0]


def test_a_million_letters_of_many_bytes_are_refused_politely_too(client, application):
    body = urlencode({"version": "0", "text": "ä" * 1_000_000})

    response = client.post(address(application), body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 422
    assert "Das ist zu lang: 1.000.000 Zeichen." in response.text
    assert form_of(response)["text"] == ["ä" * 1_000_000]


@pytest.mark.parametrize(
    "half", [b"%ED%A0%80", b"%ed%b0%80", b"\xed\xa0\x80", b"%FF", b"\xff%C3", "ä%ED%A0%80".encode()]
)
def test_half_a_letter_is_refused_with_a_sentence_and_the_text_stays(client, application, half):
    body = b"version=0&text=vor+" + half + b"+n%C3%A4ch"

    response = client.post(address(application), body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 422
    assert "ein Zeichen, das sich nicht speichern lässt" in response.text
    (kept,) = form_of(response)["text"]
    assert (kept.startswith("vor "), kept.endswith(" näch")) == (True, True)
    assert application.drafts.get(key="s1").version == 0


@pytest.mark.parametrize(
    "body", ["version=0&text=vor+%EF%BF%BD+nach+%F0%9F%8C%BB", "version=0&text=vor+\ufffd+nach+🌻"]
)
def test_the_replacement_character_itself_is_a_character(client, application, body):
    client.post(address(application), body.encode(), content_type="application/x-www-form-urlencoded")

    assert value_of(application, "s1") == Text("vor \ufffd nach 🌻")


@pytest.mark.parametrize("version", ["", "x", "-5", "99999999999999999999", "9" * 5000, "1.5"])
def test_a_strange_version_is_no_server_error(client, application, version):
    response = client.post(address(application), {"version": version, "text": "Hallo."})

    assert response.status_code == 302


# The page's own script


def test_the_script_is_told_what_became_of_the_text(client, application):
    saved = as_script(client, application, version="0", text="Guten Tag.")
    again = as_script(client, application, version="0", text="Guten Tag.")

    now = timezone.localtime(application.drafts.get(key="s1").at)
    assert saved.json() == {
        "state": "saved",
        "version": 1,
        "saved_at": f"{now.hour}:{now.minute:02}",
        "length": 10,
        "same": True,
        "url": address(application),
        "section": {"symbol": "writing", "words": "in Arbeit"},
        "words": {
            "accepted": "Alle Abschnitte: 0 von 18 rund",
            "written": f"Zuletzt geschrieben: Amina Haddad, heute um {now.hour}:{now.minute:02} Uhr.",
        },
    }
    assert again.json()["state"] == "unchanged"


def test_the_script_is_told_for_good_what_somebody_may_not_write_any_more(client, application, jonas):
    client.force_login(jonas)
    jonas_in_team = application.team.members.filter(user=jonas)
    jonas_in_team.update(role="reader")
    reader = as_script(client, application, version="0", text="Von Jonas.")
    jonas_in_team.update(left_on=timezone.localdate())
    gone = as_script(client, application, version="0", text="Von Jonas.")

    assert (reader.status_code, reader.json()) == (
        403,
        {
            "state": "denied",
            "sentence": "Sie können hier nur noch lesen, nicht mehr schreiben. Fragen Sie bitte die verantwortliche Person "
            "Ihres Teams.",
        },
    )
    assert (gone.status_code, gone.json()["state"]) == (404, "denied")
    assert gone.json()["sentence"].startswith("Diese Seite gibt es für Sie nicht mehr")
    assert value_of(application, "s1") == Text("")


def test_a_browser_gets_a_page_where_the_script_gets_a_sentence(client, application, jonas):
    client.force_login(jonas)
    application.team.members.filter(user=jonas).update(role="reader")
    response = client.post(address(application), {"version": "0", "text": "Von Jonas."})
    assert (response.status_code, response["Content-Type"]) == (403, "text/html; charset=utf-8")


def test_a_button_pressed_in_the_script_leads_on_once_it_is_saved(client, application):
    saved = as_script(client, application, version="0", text="Guten Tag.", pressed="1", next="hand-in").json()
    assert saved["url"] == reverse("applications:hand_in", args=[application.pk]) + "?abschnitt=s1"
    assert "Gespeichert." in client.get(saved["url"]).text


def test_the_script_gets_the_merged_text(client, application, jonas):
    write(application, "s1", "Eins. Zwei.")
    write(application, "s1", "Eins. Zwei von Jonas.", by=jonas)

    answer = as_script(client, application, version="1", text="Eins von mir. Zwei.").json()

    assert (answer["state"], answer["same"], answer["version"]) == ("merged", False, 3)
    assert answer["text"] == "Eins von mir. Zwei von Jonas."


def test_writing_on_after_a_merge_changes_nothing_of_the_other(client, application, jonas):
    write(application, "s1", "Eins. Zwei.")
    write(application, "s1", "Eins. Zwei von Jonas.", by=jonas)
    first, second = row_id("first"), row_id("second")
    as_script(client, application, version="1", text="Eins von mir. Zwei.", save=first)

    answer = as_script(client, application, version="3", text="Eins von mir, neu. Zwei.", save=second, after=[first])

    assert answer.json()["state"] == "merged"
    assert value_of(application, "s1").text == "Eins von mir, neu. Zwei von Jonas."


def test_a_lost_answer_is_no_conflict_with_oneself(client, application):
    lost, next_one = row_id("lost"), row_id("next")
    as_script(client, application, version="0", text="Eins.", save=lost)

    answer = as_script(client, application, version="0", text="Eins und zwei.", save=next_one, after=[lost])

    assert (answer.json()["state"], answer.json()["same"]) == ("saved", True)
    assert value_of(application, "s1").text == "Eins und zwei."


def test_an_attempt_that_never_arrived_does_not_matter(client, application):
    answer = as_script(client, application, version="0", text="Eins.", save=row_id("b"), after=[row_id("a"), "kaputt"])

    assert answer.json()["state"] == "saved"


def test_somebody_elses_attempts_are_no_base(client, application, jonas):
    theirs = row_id("theirs")
    draft = application.drafts.get(key="s1")
    draft.save_content(by=jonas, seen=0, content=Text("Von Jonas."), save_id=UUID(theirs))

    answer = as_script(client, application, version="0", text="Von Amina.", after=[theirs])

    assert answer.json()["state"] == "conflict"


def test_the_script_is_told_of_a_conflict_and_where_to_decide(client, application, jonas):
    write(application, "s1", "Von Jonas.", by=jonas)

    answer = as_script(client, application, version="0", text="Von Amina.").json()

    kept = Revision.objects.get(why="conflict")
    assert answer["state"] == "conflict"
    assert answer["url"] == address(application, "s1", "conflict", kept.pk)
    assert (kept.content["text"], value_of(application, "s1").text) == ("Von Amina.", "Von Jonas.")


def test_the_script_is_told_why_a_text_is_refused(client, application, cohort):
    invalid = as_script(client, application, version="0", text="x" * 50_001)
    make_workshop(cohort, keys=["s2"], begins_at=timezone.now() + timedelta(days=3))
    closed = as_script(client, application, key="s2", version="0", text="x")

    assert (invalid.status_code, invalid.json()["state"]) == (422, "invalid")
    assert (closed.status_code, closed.json()["state"]) == (409, "closed")


# The login had expired


def test_what_was_sent_without_a_login_comes_back_after_it(client, application):
    client.logout()
    text = "Mühsam getippt.\r\nZweite Zeile."

    sent = client.post(address(application), {"version": "0", "text": text, "csrfmiddlewaretoken": "x"})
    assert sent.status_code == 302
    assert application.drafts.get(key="s1").version == 0
    logged_in = client.post(sent.url, {"login": "amina@example.org", "password": PASSWORD})
    page = client.get(logged_in.url)

    assert logged_in.url == address(application)
    assert "Sie waren nicht mehr eingeloggt" in page.text
    assert form_of(page)["text"] == [text]
    client.post(address(application), form_of(page))
    assert value_of(application, "s1").text == text.replace("\r\n", "\n")
    assert "Sie waren nicht mehr eingeloggt" not in client.get(address(application)).text


def test_the_kept_text_shows_up_nowhere_else(client, application):
    client.logout()
    client.post(address(application), {"version": "0", "text": "Geheimnis."})

    client.force_login(make_user("Bilal"))

    assert client.get(address(application)).status_code == 404
    client.force_login(application.team.members.get(role="owner").user)
    assert "Geheimnis." not in client.get(address(application, "s2")).text


def test_a_text_that_cannot_be_written_any_more_can_still_be_read_and_copied(client, application):
    client.logout()
    client.post(address(application), {"version": "0", "text": "Zu spät abgeschickt, aber nicht verloren."})
    withdraw(application, by=application.team.members.get(role="owner").user)

    client.force_login(application.team.members.get(role="owner").user)

    assert reverse("resend") in client.get(address(application)).text
    assert "Zu spät abgeschickt, aber nicht verloren." in client.get(reverse("resend")).text


def test_the_script_without_a_login_is_told_so(client, application):
    client.logout()

    response = as_script(client, application, version="0", text="x")

    assert (response.status_code, response.json()["state"]) == (401, "login")


@pytest.mark.parametrize("typed", ["0", "-3"])
def test_a_term_is_at_least_one_month(client, application, typed):
    refused = send(client, application, "s0", {"months": typed})
    assert (refused.status_code, "Bitte geben Sie eine ganze Zahl ab 1 an." in refused.text) == (422, True)
    assert "größer oder gleich" not in refused.text
