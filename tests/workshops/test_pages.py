"""The workshop pages for each side: dates, material, ticks, attendance."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from cohorts.models import TeamMember
from core.writes import Stale
from tests.builders import (
    day,
    log_in,
    make_bamf,
    make_coach,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
)
from workshops.models import Attendance, Completion


@pytest.fixture
def world(db):
    """Amina's and Jonas' team in Doris' cohort, coached by Carla; Bilal elsewhere; a workshop with everything."""
    people = {name: make_user(name) for name in ("Amina", "Jonas", "Bilal", "Carla", "Doris")}
    people["Emil"] = make_bamf()
    cohort = make_cohort(make_organiser(people["Doris"]))
    make_coach(cohort, people["Carla"])
    team = make_team(cohort, people["Amina"])
    make_member(team, people["Jonas"], TeamMember.Role.READER)
    other = make_cohort(make_organiser(make_user("Malin"), "Lernwerk Nord gGmbH"), cohort.call)
    make_team(other, people["Bilal"])
    workshop = make_workshop(cohort, 1, ["s1", "s2"], title="Ankommen", goal="Wir lernen uns kennen.")
    workshop.assignments.create(position=1, title="Idee aufschreiben", due_on=day(3), text="Schreiben Sie.")
    workshop.materials.create(title="Leitfaden", url="https://example.org/leitfaden")
    paper = workshop.materials.create(
        title="Blatt", file=ContentFile(b"Hallo", "blatt.txt"), file_name="Blatt.txt", size=5
    )
    return {"people": people, "cohort": cohort, "team": team, "workshop": workshop, "other": other, "paper": paper}


def test_everybody_in_the_cohort_sees_its_workshops_and_nobody_else(client, world):
    workshop, paper = world["workshop"], world["paper"]
    pages = [workshop.get_absolute_url(), reverse("workshops:material", args=[paper.pk])]
    seen = {}
    for name, person in world["people"].items():
        log_in(client, person)
        listed = "Ankommen" in client.get("/workshops/").content.decode()
        seen[name] = (listed, [client.get(page).status_code for page in pages])

    inside, outside = (True, [200, 200]), (False, [404, 404])
    assert seen == {
        "Amina": inside, "Jonas": inside, "Carla": inside, "Doris": inside, "Bilal": outside, "Emil": outside,
    }  # fmt: skip


def test_list_shows_what_comes_first_on_top(client, world):
    cohort, now = world["cohort"], timezone.now()
    make_workshop(cohort, 3, begins_at=now + timedelta(days=20), title="Danach")
    make_workshop(cohort, 2, begins_at=now + timedelta(days=6), title="Als Nächstes")
    make_workshop(cohort, 4, title="Ohne Termin").sessions.all().delete()
    log_in(client, world["people"]["Amina"])

    page = client.get("/workshops/")

    assert [workshop.title for workshop in page.context["coming"]] == ["Als Nächstes", "Danach", "Ohne Termin"]
    assert [workshop.title for workshop in page.context["past"]] == ["Ankommen"]


def test_page_shows_goal_sessions_sections_and_material(client, world):
    log_in(client, world["people"]["Amina"])

    text = client.get(world["workshop"].get_absolute_url()).content.decode()

    for words in ("Wir lernen uns kennen.", "Halle", "Leitfaden", "Blatt.txt", "Idee aufschreiben", "Kurzbeschreibung"):
        assert words in text
    assert "Anwesenheit eintragen" not in text


@pytest.mark.parametrize(("keys", "some"), [(["s0", "s3"], True), (["s3", "s4"], False)])
def test_a_workshop_ahead_says_which_of_its_sections_are_open_already(client, world, keys, some):
    ahead = make_workshop(world["cohort"], 2, keys, begins_at=timezone.now() + timedelta(days=6))
    log_in(client, world["people"]["Amina"])

    text = client.get(ahead.get_absolute_url()).text

    assert "Abschnitte öffnen am" in text
    assert ("die ersten sind schon offen" in text) == some


def test_file_is_delivered_as_an_attachment_nobody_interprets(client, world):
    log_in(client, world["people"]["Amina"])

    response = client.get(reverse("workshops:material", args=[world["paper"].pk]))

    assert b"".join(response.streaming_content) == b"Hallo"
    assert response["Content-Disposition"] == 'attachment; filename="Blatt.txt"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_ticking_twice_and_back_twice_does_no_harm(client, world):
    assignment = world["workshop"].assignments.get()
    url = reverse("workshops:tick", args=[assignment.pk])
    log_in(client, world["people"]["Amina"])

    for _ in range(2):
        page = client.post(url, {"done": "1"}, follow=True)
    assert "„Idee aufschreiben“ ist abgehakt." in page.content.decode()
    assert Completion.objects.get().by == world["people"]["Amina"]

    for _ in range(2):
        client.post(url, {"done": "0"})
    assert not Completion.objects.exists()
    ticks = Event.objects.filter(what__startswith="assignment.").order_by("at")
    assert list(ticks.values_list("what", flat=True)) == ["assignment.ticked", "assignment.unticked"]


@pytest.mark.parametrize(
    ("name", "code"), [("Jonas", 403), ("Carla", 403), ("Doris", 403), ("Bilal", 404), ("Emil", 404)]
)
def test_only_owner_and_writers_tick(client, world, name, code):
    assignment = world["workshop"].assignments.get()
    log_in(client, world["people"][name])

    assert client.post(reverse("workshops:tick", args=[assignment.pk]), {"done": "1"}).status_code == code
    assert not Completion.objects.exists()


def test_team_that_left_reads_that_nothing_is_left_to_do(client, world):
    log_in(client, world["people"]["Amina"])
    page, says = world["workshop"].get_absolute_url(), "Ihr Team ist nicht mehr in der Projektschmiede."
    assert says not in client.get(page).text
    world["team"].withdraw(by=world["people"]["Doris"])
    after = client.get(page).text
    assert (says in after, "noch offen" in after) == (True, False)
    assert says not in log_in(client, world["people"]["Carla"]).get(page).text


def test_team_that_left_ticks_nothing_and_is_told(client, world):
    world["team"].withdraw(by=world["people"]["Doris"])
    assignment = world["workshop"].assignments.get()
    log_in(client, world["people"]["Amina"])

    page = client.post(reverse("workshops:tick", args=[assignment.pk]), {"done": "1"}, follow=True)

    assert "Ihr Team ist ausgeschieden" in page.content.decode()
    assert not Completion.objects.exists()


def attendance_url(world):
    return reverse("workshops:attendance", args=[world["workshop"].sessions.get().pk])


def statuses():
    return {entry.member.first_name: entry.status for entry in Attendance.objects.select_related("member")}


def lines(page):
    return {line.member.first_name: line for _team, group in page.context["teams"] for line in group}


@pytest.mark.parametrize(
    ("name", "code"),
    [("Carla", 200), ("Doris", 200), ("Amina", 403), ("Jonas", 403), ("Bilal", 404), ("Emil", 404)],
)
def test_coach_and_organiser_record_attendance(client, world, name, code):
    log_in(client, world["people"][name])

    assert client.get(attendance_url(world)).status_code == code
    assert client.post(attendance_url(world), {}).status_code == (302 if code == 200 else code)


def test_only_changed_lines_are_written(client, world):
    log_in(client, world["people"]["Carla"])
    first = lines(client.get(attendance_url(world)))
    amina, jonas = first["Amina"], first["Jonas"]
    blank = {line.seen_name: "" for line in first.values()}

    client.post(attendance_url(world), blank | {amina.name: "present", jonas.name: ""})
    # Doris opened the sheet before that and records only Jonas: Amina's line must stay.
    log_in(client, world["people"]["Doris"])
    page = client.post(attendance_url(world), blank | {amina.name: "", jonas.name: "excused"}, follow=True)

    assert "Gespeichert: eine Zeile geändert." in page.content.decode()
    assert statuses() == {"Amina": "present", "Jonas": "excused"}
    assert Attendance.objects.get(member__first_name="Jonas").by == world["people"]["Doris"]

    seen = {amina.seen_name: "present", jonas.seen_name: "excused"}
    client.post(attendance_url(world), seen | {amina.name: "absent", jonas.name: ""})
    assert statuses() == {"Amina": "absent"}


def test_the_rest_can_be_present_with_one_press(client, world):
    log_in(client, world["people"]["Carla"])
    first = lines(client.get(attendance_url(world)))
    blank = {line.seen_name: "" for line in first.values()}

    client.post(attendance_url(world), blank | {first["Jonas"].name: "absent", "rest": "present"})

    assert statuses() == {"Amina": "present", "Jonas": "absent"}


def put_off(world):
    """The workshop's session lies ahead."""
    begins_at = timezone.now() + timedelta(days=9)
    world["workshop"].sessions.update(begins_at=begins_at, ends_at=begins_at + timedelta(hours=3))


def test_before_a_session_begins_only_excuses_are_recorded(client, world):
    put_off(world)
    log_in(client, world["people"]["Carla"])
    page = client.get(attendance_url(world))
    assert {value for line in lines(page).values() for value, _label, _chosen in line.choices} == {"excused", ""}
    assert "Der Termin ist erst am" in page.content.decode()
    assert "alle übrigen sind anwesend" not in page.content.decode()

    jonas = lines(page)["Jonas"]
    client.post(attendance_url(world), {jonas.seen_name: "", jonas.name: "excused"})
    assert statuses() == {"Jonas": "excused"}
    client.post(attendance_url(world), {jonas.seen_name: "excused", jonas.name: ""})
    assert statuses() == {}


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ({"Amina": "present", "Jonas": "excused"}, {"Amina": "present", "Jonas": "excused"}),
        ({"Amina": "absent"}, {"Amina": "absent", "Jonas": ""}),
        ({"Jonas": "excused", "rest": "present"}, {"Amina": "", "Jonas": "excused"}),
    ],
)
def test_who_was_there_is_refused_before_and_what_was_typed_stays(client, world, sent, typed):
    put_off(world)
    log_in(client, world["people"]["Carla"])
    first = lines(client.get(attendance_url(world)))
    data = {first[name].name if name in first else name: status for name, status in sent.items()}

    page = client.post(attendance_url(world), {line.seen_name: "" for line in first.values()} | data)

    assert page.status_code == 409
    assert "Nicht gespeichert: Der Termin ist erst am" in page.content.decode()
    chosen = {name: value for name, line in lines(page).items() for value, _label, is_it in line.choices if is_it}
    assert chosen == typed
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(("status", "written"), [("present", 0), ("absent", 0), ("excused", 1)])
def test_step_refuses_who_was_there_before_the_session(world, status, written):
    put_off(world)
    session, amina = world["workshop"].sessions.get(), world["team"].owner()

    with nullcontext() if written else pytest.raises(Stale):
        session.record_attendance({amina.pk: status}, by=world["people"]["Carla"])

    assert Attendance.objects.count() == Event.objects.filter(what="session.attendance_recorded").count() == written


def test_page_offers_excuses_before_and_attendance_after(client, world):
    log_in(client, world["people"]["Carla"])
    after = client.get(world["workshop"].get_absolute_url()).content.decode()
    put_off(world)
    before = client.get(world["workshop"].get_absolute_url()).content.decode()

    offers = ["Anwesenheit eintragen", "Entschuldigungen eintragen"]
    assert [[offer in text for offer in offers] for text in (before, after)] == [[False, True], [True, False]]


@pytest.mark.parametrize("status", ["here", "present\x00", "PRESENT", "🌻"])
def test_nonsense_is_not_written(client, world, status):
    log_in(client, world["people"]["Carla"])
    amina = lines(client.get(attendance_url(world)))["Amina"]

    page = client.post(attendance_url(world), {amina.name: status, f"status_{uuid4()}": "present"}, follow=True)

    assert "Es gab nichts zu ändern." in page.content.decode()
    assert statuses() == {}


def test_foreign_member_cannot_be_recorded(client, world):
    stranger = world["other"].teams.get().members.get()
    log_in(client, world["people"]["Carla"])

    client.post(attendance_url(world), {f"status_{stranger.pk}": "present", f"seen_{stranger.pk}": ""})
    world["workshop"].sessions.get().record_attendance({stranger.pk: "present"}, by=world["people"]["Carla"])

    assert not Attendance.objects.exists()


def test_own_attendance_is_shown_and_not_that_of_others(client, world):
    session = world["workshop"].sessions.get()
    amina, jonas = world["team"].members.order_by("first_name")
    session.record_attendance({amina.pk: "excused", jonas.pk: "absent"}, by=world["people"]["Carla"])
    log_in(client, world["people"]["Amina"])

    text = client.get(world["workshop"].get_absolute_url()).content.decode()

    assert "Für Sie eingetragen: entschuldigt" in text
    assert "abwesend" not in text


def test_unknown_ids_are_not_found(client, world):
    log_in(client, world["people"]["Doris"])
    names = ["detail", "material", "attendance"]

    assert [client.get(reverse(f"workshops:{name}", args=[uuid4()])).status_code for name in names] == [404] * 3
    assert client.post(reverse("workshops:tick", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize(
    ("which", "person"),
    [("list", "Amina"), ("list", "Doris"), ("detail", "Amina"), ("detail", "Doris"), ("attendance", "Doris")],
)
def test_pages_ask_the_same_for_one_row_and_for_fifty(client, world, which, person, django_assert_max_num_queries):
    log_in(client, world["people"][person])
    url = {
        "list": "/workshops/",
        "detail": world["workshop"].get_absolute_url(),
        "attendance": attendance_url(world),
    }[which]
    with django_assert_max_num_queries(15) as few:
        client.get(url)
    for number in range(2, 51):
        make_workshop(world["cohort"], number)
        world["workshop"].assignments.create(title=f"Auftrag {number}")
        world["workshop"].materials.create(title=f"Material {number}", url="https://example.org/")
        start = timezone.now() + timedelta(days=number)
        world["workshop"].sessions.create(begins_at=start, ends_at=start + timedelta(hours=1))
        if which == "attendance":
            make_team(world["cohort"], make_user(f"P{number}"))
    with django_assert_max_num_queries(15) as many:
        response = client.get(url)

    assert response.status_code == 200
    assert len(many) == len(few)
