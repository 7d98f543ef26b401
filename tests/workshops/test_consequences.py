"""A workshop is moved in the admin: what is shown before, what is sent after, and what others did meanwhile."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urljoin

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Message
from tests.builders import (
    log_in,
    make_call,
    make_coach,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
)
from tests.forms import agree, buttons_of, form_of
from tests.workshops.test_admin import material, send
from workshops.models import Assignment, Attendance, Material, Session, Workshop

MOVED = {"sessions-0-begins_at_0": "25.03.2031", "sessions-0-ends_at_0": "25.03.2031"}


@pytest.fixture
def workshop(db):
    cohort = make_cohort(make_organiser(make_user("Doris")), make_call(parts=True), title="Schmiede Mitte")
    make_team(cohort, make_user("Amina", "Haddad"), make_user("Jonas", "Petersen"))
    make_coach(cohort, make_user("Carla", "Weber"))
    begins_at = datetime(2031, 3, 11, 17, tzinfo=timezone.get_default_timezone())
    return make_workshop(cohort, 2, ["s3", "s4"], begins_at=begins_at, title="Bedarf")


@pytest.fixture
def doris(client, workshop):
    return log_in(client, workshop.cohort.organiser.memberships.get().user)


def add(client, cohort, **values):
    """Send the form of a new workshop with one session."""
    rows = [(name, count) for name in ("sessions", "assignments", "materials") for count in ("TOTAL", "INITIAL")]
    sent = {f"{name}-{count}_FORMS": "0" for name, count in rows} | {
        "cohort": cohort.pk, "position": "5", "title": "Neu", "goal": "", "_save": "1",
        "sessions-TOTAL_FORMS": "1", "sessions-0-format": "online",
        "sessions-0-begins_at_0": "25.03.2031", "sessions-0-begins_at_1": "17:00",
        "sessions-0-ends_at_0": "25.03.2031", "sessions-0-ends_at_1": "19:00",
    }  # fmt: skip
    return client.post(reverse("admin:workshops_workshop_add"), sent | values)


def test_a_moved_session_is_shown_before_anything_happens(doris, workshop):
    make_workshop(workshop.cohort, 3, ["s5"], begins_at=timezone.now() + timedelta(days=3000), title="Ziele")

    page = send(doris, workshop, **MOVED)

    text = " ".join(page.text.split())
    assert page.template_name == "admin/consequences.html"
    assert "Noch ist nichts geändert und nichts verschickt." in text
    assert "Workshop 2 · Bedarf in „Schmiede Mitte“" in text
    assert "3 Personen bekommen diese E-Mail" in text
    assert "Amina Haddad, Carla Weber, Jonas Petersen" in text
    assert "Abschnitt „Ausgangslage vor Ort“ öffnet" in text
    assert "Workshop 3 · Ziele am" in text
    assert "Speichern und 3 E-Mails verschicken" in text
    assert timezone.localtime(Session.objects.get(workshop=workshop).begins_at).day == 11
    assert not Message.objects.exists()


def test_what_was_shown_happens_after_the_button(doris, workshop):
    page = agree(doris, send(doris, workshop, **MOVED))

    assert "wurde erfolgreich geändert" in page.text
    assert timezone.localtime(Session.objects.get().begins_at).day == 25
    assert sorted(Message.objects.values_list("email", flat=True)) == [
        "amina@example.org",
        "carla@example.org",
        "jonas@example.org",
    ]


def test_the_words_may_be_changed_and_each_person_is_greeted_once(doris, workshop):
    page = send(doris, workshop, **MOVED)
    [letter] = [letter for letter, _form in page.context["letters"]]
    fields = {f"letter-{letter.key}-subject": "Neuer Tag", f"letter-{letter.key}-text": "Der Raum ist belegt."}

    greeted = agree(doris, page, **fields | {f"letter-{letter.key}-text": "Guten Tag zusammen, neuer Tag."})
    assert "„Guten Tag …“ steht schon davor." in greeted.text
    empty = agree(doris, page, **fields | {f"letter-{letter.key}-subject": ""})
    assert empty.template_name == "admin/consequences.html"
    assert not Message.objects.exists()
    agree(doris, page, **fields)

    amina = Message.objects.get(email="amina@example.org")
    assert (amina.subject, amina.text) == ("Neuer Tag", "Guten Tag Amina Haddad,\n\nDer Raum ist belegt.")


def test_the_mail_about_a_new_workshop_leads_to_it(doris, workshop):
    page = add(doris, workshop.cohort)
    [(letter, _form)] = page.context["letters"]

    agree(doris, page, **{f"letter-{letter.key}-text": f"Kommen Sie!\n{letter.text}"})

    new = Workshop.objects.get(title="Neu")
    text = Message.objects.first().text
    assert "Kommen Sie!" in text
    assert text.endswith(new.get_absolute_url())


def test_somebody_who_joined_meanwhile_is_shown_first(doris, workshop):
    page = send(doris, workshop, **MOVED)
    make_team(workshop.cohort, make_user("Bilal", "Aydin"))

    again = agree(doris, page)

    assert again.status_code == 409
    assert "Inzwischen hat sich etwas geändert." in again.text
    assert "Bilal Aydin" in again.text
    assert not Message.objects.exists()
    agree(doris, again)
    assert Message.objects.count() == 4


def test_who_goes_back_finds_everything_as_it_was_typed(doris, workshop):
    page = agree(doris, send(doris, workshop, **MOVED), button="_typing")

    assert "Noch ist nichts gespeichert und nichts verschickt." in page.text
    assert "Fehler" not in page.text
    assert 'value="25.03.2031"' in page.text
    assert timezone.localtime(Session.objects.get().begins_at).day == 11
    assert not Message.objects.exists()


def test_who_goes_back_keeps_the_words_of_mails_and_the_tick(doris, workshop):
    Assignment.objects.create(workshop=workshop, position=1, title="Zahlen", due_on=date(2031, 3, 1))
    page = send(doris, workshop, **MOVED)
    [(letter, _form), *_more] = page.context["letters"]
    words = {f"letter-{letter.key}-subject": "Neuer Tag", f"letter-{letter.key}-text": "Der Raum ist belegt."}
    sent = form_of(page, "consequences") | words | {"_typing": "1"}
    sent.pop("carried-due-days")
    form = doris.post(page.context["back"], sent)

    again = doris.post(page.context["back"], form_of(form, "workshop_form") | {"_save": "1"})

    assert again.template_name == "admin/consequences.html"
    assert form_of(again, "consequences")[f"letter-{letter.key}-text"] == ["Der Raum ist belegt."]
    assert "carried-due-days" not in form_of(again, "consequences")
    agree(doris, again)
    assert {message.subject for message in Message.objects.all()} == {"Neuer Tag"}


def test_words_of_a_mail_that_has_become_another_one_are_shown_to_be_copied(doris, workshop):
    page = send(doris, workshop, **MOVED)
    [(letter, _form)] = page.context["letters"]
    form = agree(doris, page, button="_typing", **{f"letter-{letter.key}-text": "Der Raum <b>ist</b> belegt."})
    other = {"sessions-0-begins_at_0": "26.03.2031", "sessions-0-ends_at_0": "26.03.2031", "_save": "1"}

    again = doris.post(page.context["back"], form_of(form, "workshop_form") | other)

    assert [words.text for words in again.context["lost_words"]] == ["Der Raum <b>ist</b> belegt."]
    assert "Ihre geänderten Worte von vorhin" in again.text
    assert "Der Raum &lt;b&gt;ist&lt;/b&gt; belegt." in again.text


def test_a_window_of_another_form_shows_them_before_it_closes(doris, workshop):
    page = send(doris, workshop, **MOVED, _popup="1")

    done = agree(doris, page)

    assert "popup_response_data" in done.context_data
    assert timezone.localtime(Session.objects.get().begins_at).day == 25
    assert Message.objects.count() == 3


def test_a_new_workshop_shows_which_open_sections_it_closes(doris, workshop):
    text = " ".join(add(doris, workshop.cohort, section_keys=["s6"]).text.split())

    assert "Bis dahin kann dort niemand mehr schreiben." in text


@pytest.mark.parametrize("too", [True, False])
def test_assignments_move_along_if_that_is_wanted(doris, workshop, too):
    due = Assignment.objects.create(workshop=workshop, title="Drei Angebote", due_on=date(2031, 3, 8))
    rows = {
        "assignments-TOTAL_FORMS": 1, "assignments-INITIAL_FORMS": 1, "assignments-0-uuid": due.pk,
        "assignments-0-workshop": workshop.pk, "assignments-0-position": 0, "assignments-0-title": due.title,
        "assignments-0-text": "", "assignments-0-due_on": "08.03.2031",
    }  # fmt: skip
    page = send(doris, workshop, **MOVED, **rows)
    assert "Arbeitsauftrag „Drei Angebote“" in page.text

    agree(doris, page, **({} if too else {"carried-due-days": ""}))

    due.refresh_from_db()
    assert due.due_on == (date(2031, 3, 22) if too else date(2031, 3, 8))
    assert due.sequence == (1 if too else 0)


def test_a_section_that_would_close_again_is_named(doris, workshop):
    began = timezone.localtime().replace(hour=17, minute=0) - timedelta(days=1)
    workshop.sessions.update(begins_at=began, ends_at=began + timedelta(hours=3))

    page = send(doris, workshop, **MOVED)

    assert "Bis dahin kann dort niemand mehr schreiben." in page.text


def test_a_workshop_before_an_earlier_one_is_named(doris, workshop):
    make_workshop(
        workshop.cohort, 1, ["s2"], begins_at=datetime(2031, 3, 20, 9, tzinfo=timezone.get_default_timezone())
    )
    assert "ist dann erst später" not in send(doris, workshop, **MOVED).text
    earlier = {"sessions-0-begins_at_0": "13.03.2031", "sessions-0-ends_at_0": "13.03.2031"}
    assert "ist dann erst später, am" in send(doris, workshop, **earlier).text


def test_a_file_beside_a_moved_session_is_kept_nowhere(doris, workshop):
    upload = SimpleUploadedFile("blatt.txt", b"Ein Blatt.")
    rows = material(title="Blatt", file=upload)

    page = send(doris, workshop, **MOVED, **rows)

    assert "Sie haben auch eine Datei ausgewählt." in page.text
    assert "E-Mails verschicken" not in page.text
    assert not Material.objects.exists()
    assert not default_storage.exists("workshops/material") or default_storage.listdir("workshops/material")[1] == []


def test_a_save_that_concerns_nobody_asks_nothing(doris, workshop):
    page = send(doris, workshop, goal="Den Bedarf zeigen.")

    assert "wurde erfolgreich geändert" in page.text
    assert Workshop.objects.get().goal == "Den Bedarf zeigen."


def test_a_cancelled_workshop_shows_its_mails_in_the_question(doris, workshop):
    url = reverse("admin:workshops_workshop_changelist")
    page = doris.post(url, {"action": "cancel", "_selected_action": [str(workshop.pk)]})

    assert "3 Personen bekommen diese E-Mail" in page.text
    assert "findet nicht statt" in page.text
    assert Workshop.objects.get().cancelled_at is None
    assert not Event.objects.filter(what="workshop.cancelled").exists()


@pytest.mark.parametrize(("status", "stays"), [("present", True), ("absent", True), ("excused", False)])
def test_a_day_with_attendance_stays(doris, workshop, status, stays):
    session = workshop.sessions.get()
    Attendance.objects.create(session=session, member=workshop.cohort.teams.get().members.first(), status=status)

    page = send(doris, workshop, **MOVED)

    assert ("Für diesen Termin ist schon Anwesenheit eingetragen." in page.text) == stays
    assert (page.template_name == "admin/consequences.html") != stays
    placed = send(doris, workshop, **{"sessions-0-online_url": "https://raum.example.org/"})
    assert "wurde erfolgreich geändert" in placed.text


def deletion(workshop):
    return reverse("admin:workshops_workshop_delete", args=[workshop.pk])


def test_a_deleted_workshop_is_shown_before_and_told(doris, workshop):
    page = doris.post(deletion(workshop), {"post": "yes"})

    text = " ".join(page.text.split())
    assert page.template_name == "admin/consequences.html"
    assert "3 Personen bekommen diese E-Mail" in text
    assert "Abschnitt „Ausgangslage vor Ort“ öffnet" in text
    assert "entfällt" in text
    assert Workshop.objects.exists()
    assert not Message.objects.exists()

    agree(doris, page)

    assert not Workshop.objects.exists()
    assert Message.objects.filter(kind="cancelled").count() == 3
    mail = Message.objects.first()
    assert "11. März 2031" in mail.text
    assert mail.link.endswith(workshop.cohort.get_absolute_url())


def test_the_first_page_of_a_deletion_shows_all_that_goes_and_deletes_nothing(doris, workshop):
    Assignment.objects.create(workshop=workshop, position=1, title="Lesen", text="x")
    url = reverse("admin:workshops_workshop_change", args=[workshop.pk])

    page = doris.get(deletion(workshop))

    text = " ".join(page.text.split())
    assert page.template_name == "admin/consequences.html"
    assert "Noch ist nichts geändert und nichts verschickt." in text
    assert "Das wird gelöscht" in text
    assert "Arbeitsauftrag: Lesen" in text
    assert "Termine: 1" in text
    assert "3 Personen bekommen diese E-Mail" in text
    assert "Ja, ich bin sicher" not in text
    assert urljoin(deletion(workshop), page.context["leave"]) == url
    assert Workshop.objects.exists()
    assert not Message.objects.exists()

    done = agree(doris, page)
    assert not Workshop.objects.exists()
    assert not Assignment.objects.exists()
    assert "wurde erfolgreich gelöscht" in done.text
    assert Message.objects.count() == 3


def test_a_deletion_that_mails_nobody_is_shown_before_as_well(doris, workshop):
    spare = make_workshop(make_cohort(workshop.cohort.organiser, workshop.cohort.call, slug="leer"), 9, title="Übrig")

    page = doris.get(deletion(spare))
    assert page.template_name == "admin/consequences.html"
    assert "Es wird keine E-Mail verschickt." in page.text
    assert doris.post(deletion(spare), {"post": "yes"}).template_name == "admin/consequences.html"
    assert Workshop.objects.count() == 2
    agree(doris, page)

    assert Workshop.objects.get() == workshop


def test_what_cannot_be_deleted_says_why_on_the_first_page(doris, workshop):
    member = workshop.cohort.teams.get().members.first()
    Attendance.objects.create(session=workshop.sessions.get(), member=member, status="there")

    page = doris.get(deletion(workshop))

    assert page.template_name != "admin/consequences.html"
    assert 'type="submit"' not in page.text.partition('id="content"')[2]


def test_going_back_from_a_deletion_deletes_nothing(doris, workshop):
    page = doris.post(deletion(workshop), {"post": "yes"})

    assert buttons_of(page, "consequences") == []
    assert "Zurück, nichts ändern" in page.text
    agree(doris, page, button="_typing")
    assert Workshop.objects.exists()
    assert not Message.objects.exists()


def test_a_deleted_workshop_takes_the_place_of_what_still_waits_about_it(doris, workshop):
    agree(doris, send(doris, workshop, **MOVED))
    workshop.refresh_from_db()

    page = doris.post(deletion(workshop), {"post": "yes"})
    assert "3 E-Mails, die noch warten, werden dadurch ersetzt." in page.text
    agree(doris, page)

    assert set(Message.objects.values_list("kind", flat=True)) == {"cancelled"}
    assert "11. März 2031" in Message.objects.first().text  # the day they know


def test_nobody_is_told_twice_that_a_workshop_does_not_take_place(doris, workshop):
    workshop.cancel(by=workshop.cohort.organiser.memberships.get().user)
    Message.objects.update(sent_at=timezone.now())

    agree(doris, doris.get(deletion(workshop)))

    assert not Workshop.objects.exists()
    assert Message.objects.count() == 3


def test_a_cancelled_workshop_shows_which_sections_open_at_another_time(doris, workshop):
    url = reverse("admin:workshops_workshop_changelist")
    page = doris.post(url, {"action": "cancel", "_selected_action": [str(workshop.pk)]})

    assert "Abschnitt „Ausgangslage vor Ort“ öffnet" in " ".join(page.text.split())


def test_an_action_beside_what_was_typed_is_said_to_be_left(doris, workshop):
    page = send(doris, workshop, **MOVED | {"CHANGE_FORM-action": "cancel", "_selected_action": str(workshop.pk)})
    assert page.template_name == "admin/consequences.html"

    done = agree(doris, page)

    assert "„Workshop absagen“ ist noch nicht geschehen. Bitte wählen Sie es jetzt noch einmal." in done.text
    assert Workshop.objects.get().cancelled_at is None
    assert timezone.localtime(Session.objects.get().begins_at).day == 25


def test_the_tick_for_assignments_stays_as_it_was_left(doris, workshop):
    Assignment.objects.create(workshop=workshop, position=1, title="Lesen", text="x", due_on=date(2031, 3, 20))
    page = send(doris, workshop, **MOVED)
    assert 'value="1" checked' in page.text
    sent = form_of(page, "consequences")
    sent.pop("carried-due-days")
    text = next(name for name in sent if name.endswith("-text"))

    again = doris.post(page.context["back"], sent | {text: "Guten Tag, neuer Tag."})

    assert again.template_name == "admin/consequences.html"
    assert 'value="1" checked' not in again.text
    agree(doris, again, **{text: "Neuer Tag."})
    assert Assignment.objects.get().due_on == date(2031, 3, 20)


def test_nobody_is_told_that_a_workshop_of_the_past_is_cancelled(workshop):
    workshop.sessions.update(begins_at=timezone.now() - timedelta(days=3), ends_at=timezone.now() - timedelta(days=3))

    workshop.cancel(by=workshop.cohort.organiser.memberships.get().user)

    assert not Message.objects.exists()
