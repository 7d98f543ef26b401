"""What everybody may read: the start page, the list, a cohort's page; and an announcement, for its cohort alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.models import AnnouncementSeen, Cohort
from tests.builders import (
    day,
    log_in,
    make_bamf,
    make_call,
    make_coach,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    window,
)


@pytest.fixture
def organiser(db):
    return make_organiser(make_user("Doris"))


@pytest.fixture
def call(db):
    return make_call()


def test_list_groups_published_cohorts_by_phase(client, organiser, call):
    dates = {
        "läuft": {},
        "offen": window(),
        "geplant": window() | {"registration_from": day(3)},
        "auswahl": window() | {"registration_until": day(-1)},
        "beendet": {"begins_on": day(-90), "ends_on": day(-1)},
        "abgesagt": window() | {"cancelled_at": timezone.now()},
        "geheim": window() | {"published_at": None},
    }
    for title, fields in dates.items():
        make_cohort(organiser, call, title=title, **fields)

    groups = client.get("/projektschmieden/").context["groups"]

    assert [(phase.value, [cohort.title for cohort in cohorts]) for phase, cohorts in groups] == [
        ("registration", ["offen"]),
        ("planned", ["geplant"]),
        ("selection", ["auswahl"]),
        ("running", ["läuft"]),
        ("ended", ["beendet"]),
        ("cancelled", ["abgesagt"]),
    ]


def test_empty_list_says_so(client, db):
    assert "Gerade ist keine Projektschmiede angekündigt." in client.get("/projektschmieden/").content.decode()


def test_cohort_page_shows_dates_contact_and_button_while_open(client, organiser, call):
    cohort = make_cohort(
        organiser, call, slug="harz", public_text="Kommen Sie & <b>Sie</b>!\n\nZweiter Absatz.", **window()
    )
    workshop = make_workshop(cohort, 1, title="Ankommen")
    workshop.sessions.update(online_url="https://meet.example.org/geheim")
    make_workshop(cohort, 2, title="Abgesagt", cancelled_at=timezone.now())

    text = client.get("/projektschmieden/harz/").content.decode()

    for words in (
        "Kommen Sie &amp; &lt;b&gt;",
        "Workshop 1: Ankommen",
        "doris@example.org",
        "Verein anmelden",
        "Poststempel",
    ):
        assert words in text
    assert "Abgesagt" not in text
    assert "meet.example.org" not in text

    Cohort.objects.update(registration_until=day(-1))

    text = client.get("/projektschmieden/harz/").content.decode()
    assert "Verein anmelden" not in text
    assert "die Auswahl läuft" in text


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((1, 1), "ein Verein, eine Person"),
        ((1, 2), "ein Verein, bis zu 2 Personen"),
        ((8, 1), "8 Vereine, je eine Person"),
        ((8, 2), "8 Vereine, je bis zu 2 Personen"),
    ],
)
def test_cohort_page_counts_places_in_words(client, organiser, call, numbers, words):
    make_cohort(organiser, call, slug="harz", places=numbers[0], persons_per_team=numbers[1])

    assert words in client.get("/projektschmieden/harz/").content.decode()


def test_home_shows_open_cohorts_and_leads_people_with_an_account_on(client, organiser, call):
    make_cohort(organiser, call, title="Offene Schmiede", **window())
    make_cohort(organiser, call, title="Laufende Schmiede")

    text = client.get("/").content.decode()
    assert "Offene Schmiede" in text
    assert "Laufende Schmiede" not in text

    client.force_login(make_user("Amina"))
    response = client.get("/")
    assert (response.status_code, response["Location"]) == (302, "/uebersicht/")


def test_public_pages_set_no_cookie(client, organiser, call):
    make_cohort(organiser, call, slug="harz", **window())

    for path in ("/", "/projektschmieden/", "/projektschmieden/harz/"):
        assert client.get(path).cookies == {}, path


@pytest.mark.parametrize(
    "path", ["/", "/projektschmieden/", "/projektschmieden/harz/", "/projektschmieden/harz/anmelden/"]
)
def test_public_pages_ask_the_same_for_one_and_for_fifty(client, organiser, call, path, django_assert_max_num_queries):
    cohort = make_cohort(organiser, call, slug="harz", **window())
    make_workshop(cohort, 1)
    with django_assert_max_num_queries(6) as few:
        assert client.get(path).status_code == 200
    for number in range(2, 51):
        make_cohort(make_organiser(make_user(f"D{number}"), f"Träger {number}"), call, **window())
        make_workshop(cohort, number)
    with django_assert_max_num_queries(6) as many:
        client.get(path)

    assert len(many) == len(few)


def test_announcement_is_for_its_cohort_alone_and_remembers_who_saw_it(client, organiser, call):
    doris = organiser.memberships.get().user
    amina, carla, bilal = make_user("Amina"), make_user("Carla"), make_user("Bilal")
    cohort = make_cohort(organiser, call)
    make_team(cohort, amina)
    make_coach(cohort, carla)
    make_team(make_cohort(make_organiser(make_user("Malin"), "Lernwerk"), call), bilal)
    long_ago = timezone.now() - timedelta(days=1)
    published = cohort.announcements.create(title="Neuer Raum", text="Oben & <b>links</b>.", published_at=long_ago)
    draft = cohort.announcements.create(title="Entwurf", text="Noch nicht.")

    answered = {}
    for person in (amina, carla, doris, bilal, make_bamf()):
        log_in(client, person)
        pages = [client.get(record.get_absolute_url()) for record in (published, draft)]
        answered[person.first_name] = [page.status_code for page in pages]
        client.get(published.get_absolute_url())

    assert answered == {
        "Amina": [200, 404], "Carla": [200, 404], "Doris": [200, 200], "Bilal": [404, 404], "Emil": [404, 404],
    }  # fmt: skip
    assert sorted(seen.user.first_name for seen in AnnouncementSeen.objects.all()) == ["Amina", "Carla", "Doris"]
