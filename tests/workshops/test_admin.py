"""Workshops in the admin: sections early, sessions that move, material by its content."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Event, Message
from calls.models import Edition
from cohorts.models import Cohort
from core.files import accepted, what_goes
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
from tests.cohorts.test_admin import act
from tests.forms import agree
from workshops.models import Material, Session, Workshop
from workshops.moving import moves
from workshops.opening import is_open


@pytest.fixture
def workshop(db):
    cohort = make_cohort(make_organiser(make_user("Doris")), make_call(parts=True))
    make_team(cohort, make_user("Amina"))
    return make_workshop(cohort, 2, ["s3", "s4"], begins_at=timezone.now() + timedelta(days=9), title="Bedarf")


@pytest.fixture
def doris(client, workshop):
    return log_in(client, workshop.cohort.organiser.memberships.get().user)


def form(workshop, **changes):
    """The form as the browser would send it back: one session, no assignment, no material."""
    session = workshop.sessions.get()
    begins, ends = timezone.localtime(session.begins_at), timezone.localtime(session.ends_at)
    values = {
        "position": workshop.position, "title": workshop.title, "goal": workshop.goal,
        "section_keys": workshop.section_keys,
        "sessions-TOTAL_FORMS": 1, "sessions-INITIAL_FORMS": 1, "sessions-0-uuid": session.pk,
        "sessions-0-workshop": workshop.pk, "sessions-0-format": session.format, "sessions-0-place": session.place,
        "sessions-0-online_url": session.online_url,
        "sessions-0-begins_at_0": begins.strftime("%d.%m.%Y"), "sessions-0-begins_at_1": begins.strftime("%H:%M:%S"),
        "sessions-0-ends_at_0": ends.strftime("%d.%m.%Y"), "sessions-0-ends_at_1": ends.strftime("%H:%M:%S"),
        "assignments-TOTAL_FORMS": 0, "assignments-INITIAL_FORMS": 0,
        "materials-TOTAL_FORMS": 0, "materials-INITIAL_FORMS": 0,
    }  # fmt: skip
    return values | changes


def send(client, workshop, **changes):
    """Press „Speichern“."""
    url = reverse("admin:workshops_workshop_change", args=[workshop.pk])
    assert client.get(url).status_code == 200
    return client.post(url, form(workshop, **changes), follow=True)


def save(client, workshop, **changes):
    """Press „Speichern“, and the button of the page of consequences if there are any."""
    page = send(client, workshop, **changes)
    return agree(client, page) if page.template_name == "admin/consequences.html" else page


@pytest.mark.parametrize("on_form", [False, True])
def test_sections_open_early_with_a_reason_and_everybody_is_told(doris, workshop, on_form):
    now = timezone.now()
    assert not is_open("s3", Workshop.objects.openings_in(workshop.cohort_id), now)

    page = act(doris, Workshop, "open_early", workshop, form={"reason": " "}, on_form=on_form)
    assert page.status_code == 422
    act(doris, Workshop, "open_early", workshop, form={"reason": "Alle sind schneller."}, on_form=on_form)

    opened = Workshop.objects.get()
    assert (opened.opened_reason, opened.opened_by.first_name) == ("Alle sind schneller.", "Doris")
    assert is_open("s3", Workshop.objects.openings_in(opened.cohort_id), timezone.now())
    told = Message.objects.get(kind="opened_early")
    assert told.email == "amina@example.org"
    titles = [
        section.title
        for section in Edition.objects.latest_of(opened.cohort.call).terms.sections
        if section.key in opened.section_keys
    ]
    assert (titles != [], [title for title in titles if f"- {title}\n" not in told.text]) == (True, [])
    assert Event.objects.filter(what="workshop.opened_early").count() == 1


@pytest.mark.parametrize("state", ["opened", "begun", "cancelled"])
def test_open_or_cancelled_sections_are_not_opened_again(doris, workshop, state):
    if state == "opened":
        workshop.open_early(by=workshop.cohort.organiser.memberships.get().user, reason="Schon.")
    elif state == "begun":
        Session.objects.update(begins_at=timezone.now() - timedelta(hours=1))
    else:
        workshop.cancel(by=workshop.cohort.organiser.memberships.get().user)
    before = Workshop.objects.values().get()

    page = act(doris, Workshop, "open_early", workshop)

    assert (
        "Die Abschnitte sind schon offen, oder der Workshop oder die Projektschmiede ist abgesagt."
        in page.content.decode()
    )
    assert Workshop.objects.values().get() == before


def test_cancelled_workshop_binds_no_sections(doris, workshop):
    act(doris, Workshop, "cancel", workshop, form={})

    assert is_open("s3", Workshop.objects.openings_in(Workshop.objects.get().cohort_id), timezone.now())
    told = Message.objects.get(kind="cancelled")
    assert told.email == "amina@example.org"
    begins = timezone.localtime(Session.objects.get().begins_at)
    assert f"- {date_format(begins, 'l, j. F Y, G:i')} Uhr" in told.text


def test_section_keys_are_ticked(doris, workshop):
    url = reverse("admin:workshops_workshop_change", args=[workshop.pk])
    assert "S13 Verstetigung" in doris.get(url).content.decode()

    save(doris, workshop, section_keys=["s3", "s13"])
    assert Workshop.objects.get().section_keys == ["s3", "s13"]
    page = save(doris, Workshop.objects.get(), section_keys=["s99"])

    assert page.status_code == 200
    assert Workshop.objects.get().section_keys == ["s3", "s13"]


def test_moved_session_counts_its_changes(doris, workshop):
    save(doris, workshop)
    before = Session.objects.get().changed_at
    assert Session.objects.get().sequence == 0

    save(doris, workshop, **{"sessions-0-place": "Anderer Ort"})

    session = Session.objects.get()
    assert (session.place, session.sequence) == ("Anderer Ort", 1)
    assert session.changed_at > before


def test_a_new_title_counts_as_a_change_of_its_sessions(doris, workshop):
    before = Session.objects.get().changed_at
    save(doris, workshop, title="Bedarf klären")
    assert Session.objects.get().sequence == 1
    save(doris, Workshop.objects.get(), title="Bedarf", **{"sessions-0-place": "Anderer Ort"})
    session = Session.objects.get()
    assert (session.place, session.sequence) == ("Anderer Ort", 2)
    assert session.changed_at > before


def test_people_are_told_of_old_and_new_date_and_place(doris, workshop):
    begins_at = datetime(2031, 3, 7, 17, tzinfo=timezone.get_default_timezone())
    workshop.sessions.update(begins_at=begins_at, ends_at=begins_at + timedelta(hours=3))
    make_coach(workshop.cohort, make_user("Carla"))
    save(doris, workshop)
    assert not Message.objects.exists()

    moved = {
        "sessions-0-begins_at_0": "08.03.2031",
        "sessions-0-ends_at_0": "08.03.2031",
        "sessions-0-place": "Rathaus",
    }
    save(doris, workshop, **moved)

    told = Message.objects.order_by("email")
    assert [message.email for message in told] == ["amina@example.org", "carla@example.org"]
    assert (told[0].kind, told[0].link) == ("moved", workshop.get_absolute_url())
    assert told[0].subject == "Termin geändert: Workshop 2 „Bedarf“"
    assert (
        "\n\nbisher: Freitag, 7. März 2031, 17:00 bis 20:00 Uhr, vor Ort, Halle\n"
        "jetzt: Samstag, 8. März 2031, 17:00 bis 20:00 Uhr, vor Ort, Rathaus\n\n"
    ) in told[0].text


@pytest.mark.parametrize("why", ["room", "past", "unpublished", "cohort cancelled", "cancelled", "no teams"])
def test_nobody_is_told_of_a_change_nobody_counts_on(doris, workshop, why):
    cohort, now, change = Cohort.objects.filter(pk=workshop.cohort_id), timezone.now(), {"sessions-0-place": "Rathaus"}
    if why == "room":
        change = {"sessions-0-online_url": "https://raum.example.org/"}
    elif why == "past":
        workshop.sessions.update(begins_at=now - timedelta(hours=5), ends_at=now - timedelta(hours=1))
    elif why == "unpublished":
        cohort.update(published_at=None)
    elif why == "cohort cancelled":
        cohort.update(cancelled_at=now)
    elif why == "cancelled":
        Workshop.objects.update(cancelled_at=now)
    else:
        make_coach(workshop.cohort, make_user("Carla"))
        workshop.cohort.teams.update(withdrawn_at=now)

    save(doris, workshop, **change)

    assert Session.objects.get().sequence == 1
    assert not Message.objects.exists()


def test_moves_are_what_moved_came_or_went_and_is_not_over():
    now = timezone.now()

    def session(key, days, place="Halle"):
        begins_at = now + timedelta(days=days)
        return Session(pk=UUID(int=key), begins_at=begins_at, ends_at=begins_at + timedelta(hours=3), place=place)

    before = [session(1, 1), session(2, -2), session(3, 5), session(4, -9), session(5, 7)]
    after = [session(1, 1), session(2, 3), session(4, -8), session(5, 7, "Rathaus"), session(6, 4)]

    found = moves(before, after, now)

    assert [(move.before and move.before.pk.int, move.after and move.after.pk.int) for move in found] == [
        (2, 2), (None, 6), (3, None), (5, 5),
    ]  # fmt: skip


def test_session_that_ends_before_it_begins_is_refused(doris, workshop):
    day = timezone.localtime(workshop.sessions.get().begins_at) - timedelta(days=1)

    page = save(doris, workshop, **{"sessions-0-ends_at_0": day.strftime("%d.%m.%Y")})

    assert "Der Termin muss beginnen, bevor er endet." in page.content.decode()


def material(**values):
    blank = {"title": "Blatt", "url": "", "file": "", "uuid": "", "workshop": ""}
    row = {f"materials-0-{name}": value for name, value in (blank | values).items()}
    return {"materials-TOTAL_FORMS": 1, **row}


def test_material_is_checked_by_content_and_keeps_its_name(doris, workshop):
    upload = SimpleUploadedFile("Übung <1>.exe", b"Nur Text.", content_type="application/pdf")

    save(doris, workshop, **material(file=upload))

    stored = Material.objects.get()
    assert (stored.file_name, stored.size, stored.added_by.first_name) == ("Übung <1>.txt", 9, "Doris")
    assert "bung" not in stored.file.name


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Bitte geben Sie eine Datei oder einen Link an."),
        ({"file": SimpleUploadedFile("a.pdf", b"MZ\x00\x01")}, "Diese Art von Datei geht hier nicht."),
        ({"file": SimpleUploadedFile("a.html", b"<script>\xff</script>")}, "Das ist eine gespeicherte Internetseite"),
        ({"url": "javascript:alert(1)"}, "Bitte geben Sie eine gültige Adresse ein."),
    ],
)
def test_wrong_material_is_refused_with_a_sentence(doris, workshop, values, sentence):
    page = save(doris, workshop, **material(**values))

    assert sentence in page.content.decode()
    assert not Material.objects.exists()


def test_material_says_which_files_go_and_what_to_look_at(doris, workshop):
    upload = SimpleUploadedFile("Blatt " + "x" * 150 + ".docx", b"Nur Text.")

    page = save(doris, workshop, **material(file=upload))

    name = Material.objects.get().file_name
    assert f"deshalb heißt sie jetzt „{name}“" in page.text
    page = doris.get(reverse("admin:workshops_workshop_change", args=[workshop.pk]))
    assert (f'accept="{accepted()}"' in page.text, what_goes() in page.text) == (True, True)


def test_replaced_file_has_the_new_name_and_size(doris, workshop):
    save(doris, workshop, **material(file=SimpleUploadedFile("alt.txt", b"Alt")))
    stored = Material.objects.get()
    values = material(file=SimpleUploadedFile("neu.txt", b"Neuer"), uuid=stored.pk, workshop=workshop.pk)

    save(doris, workshop, **values | {"materials-INITIAL_FORMS": 1})

    stored.refresh_from_db()
    assert (stored.file_name, stored.size, stored.file.read()) == ("neu.txt", 5, b"Neuer")


def test_foreign_workshop_is_not_found(client, workshop):
    malin = make_user("Malin")
    make_organiser(malin, "Lernwerk Nord gGmbH")
    log_in(client, malin)

    assert client.get(reverse("admin:workshops_workshop_change", args=[workshop.pk])).status_code == 404
    act(client, Workshop, "cancel", workshop)
    assert Workshop.objects.get().cancelled_at is None


def test_workshop_nobody_needs_is_deleted_but_not_one_with_attendance(doris, workshop):
    by = workshop.cohort.organiser.memberships.get().user
    spare = make_workshop(workshop.cohort, 9)
    member = workshop.cohort.teams.get().members.get()
    workshop.sessions.get().record_attendance({member.pk: "excused"}, by=by)
    urls = [reverse("admin:workshops_workshop_delete", args=[record.pk]) for record in (spare, workshop)]

    pages = [doris.get(url) for url in urls]
    assert [page.template_name == "admin/consequences.html" for page in pages] == [True, False]
    agree(doris, pages[0])
    assert doris.post(urls[1], {"post": "yes"}).status_code == 200
    assert Workshop.objects.get() == workshop


def test_cohort_shows_when_and_where_each_workshop_begins(doris, workshop, django_assert_num_queries):
    cohort = workshop.cohort
    workshop.sessions.update(place="Haus der Vereine")
    make_workshop(cohort, 3, begins_at=timezone.now() + timedelta(days=30), title="Ziele").sessions.update(
        format="online"
    )
    url = reverse("admin:cohorts_cohort_change", args=[cohort.pk])
    session = workshop.sessions.get()

    page = doris.get(url).text

    assert timezone.localtime(session.begins_at).date().isoformat() in page
    assert "Haus der Vereine" in page
    assert page.count("Bedarf") == page.count("2 · Bedarf") == 2
    assert '>Ändern<span class="visually-hidden">: 2 · Bedarf</span></a>' in page
    with CaptureQueriesContext(connection) as few:
        doris.get(url)
    for number in range(4, 24):
        make_workshop(cohort, number)
    with django_assert_num_queries(len(few)):
        doris.get(url)
