"""„Vorprüfung“ by section, for every state and everybody; the page „Fertigstellen“ beside it; the walk from place to place."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.content import Attachments, Declarations, Goals, Partners, Text, WorkPlan
from applications.reviews.steps import hand_in
from applications.writing.page.check_report import read_report
from cohorts.models import TeamMember
from core.words import spoken_day
from tests.applications.papers.test_finishing import World
from tests.builders import log_in, make_member, make_user, make_workshop, row_id, write

pytestmark = pytest.mark.django_db


def next_month():
    return timezone.now() + timedelta(days=30)


@pytest.fixture
def world() -> World:
    return World()


def address(world, name="checks", *more):
    return reverse(f"applications:{name}", args=[world.application.pk, *more])


def plain(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", " ", html)).split())


def words(page: str) -> str:
    return plain("<" + page.partition("<main")[2].partition("</main>")[0])


def rows(page: str) -> dict[str, str]:
    """The rows of a page of checks: the title of each section, and what it says."""
    parts = page.partition('<ol class="checks"')[2].partition("</ol>")[0].split("<h2>")[1:]
    told = [plain(part) for part in parts]
    titles = [plain(part.partition("</h2>")[0]) for part in parts]
    return {title: text.removeprefix(title).strip() for title, text in zip(titles, told, strict=True)}


def lead(page: str) -> str:
    return plain(page.partition('<p class="lead">')[2].partition("</p>")[0])


def seen_by(client, world, user, name="checks", *more) -> str:
    log_in(client, user)
    return client.get(address(world, name, *more)).text


# What it says of each state


def test_everything_in_order(world, client):
    page = seen_by(client, world, world.amina)
    assert lead(page) == "Alle 18 Abschnitte sind in Ordnung."
    assert set(rows(page).values()) >= {"in Ordnung"}
    assert "Der Reihe nach durchgehen" not in page
    assert "noch offen" not in words(page)


def test_nothing_begun(world, client):
    world.application.drafts.update(version=0, content={"format": 1})
    page = seen_by(client, world, world.amina)
    assert lead(page) == "Noch ist nichts geschrieben. Was fehlt, sehen Sie hier nach und nach."
    shown = rows(page)
    assert shown["Kurzbeschreibung"] == "noch leer"
    assert shown["Deckblatt"].startswith("noch offen Neun Angaben fehlen:")
    assert shown["Erklärungen"].startswith("noch offen Sieben Fragen sind noch nicht beantwortet:")


def test_what_is_missing_in_one_place_is_one_list(world, client):
    named = world.application.drafts.get(key="s0").value
    write(world.application, "s0", replace(named, charitable="", theme="", start_on="", months=None))
    shown = rows(seen_by(client, world, world.amina))["Deckblatt"]
    assert shown.startswith(
        "noch offen Vier Angaben fehlen: das Finanzamt und das Datum Ihres Freistellungs- oder Feststellungsbescheids "
        "der Themenschwerpunkt, genau einer der Beginn des Vorhabens die Laufzeit in Monaten"
    )
    assert "Angaben ergänzen" in shown


def test_several_findings_of_one_row_are_one(world, client):
    value = world.application.drafts.get(key="s5").value
    write(world.application, "s5", replace(value, rows=(replace(value.rows[0], indicator="", activities=()),)))
    page = seen_by(client, world, world.amina)
    shown = rows(page)["Ziele und Wirkung"]
    assert shown.count("zum Ziel") == 1
    assert "Der Indikator fehlt. Zu „Nachbarn kennen einander.“ gehört noch keine Maßnahme." in shown
    assert f'href="{address(world, "section", "s5")}#zeile-{value.rows[0].id}"' in page


def test_what_is_missing_stands_before_what_is_good_to_know(world, client):
    budget = world.application.drafts.get(key="s17").value
    line = budget.expenses[0]
    years = (None, line.year, line.year)
    lines = tuple(
        replace(line, id=row_id(f"e{n}"), title=f"Ding {n}", justification="", year=year)
        for n, year in enumerate(years)
    )
    write(world.application, "s17", replace(budget, expenses=lines), by=world.amina)
    page = seen_by(client, world, world.amina)
    shown = rows(page)["Finanzierungsplan"]
    at_once, _more, folded = shown.partition("weitere")
    assert "„Ding 0“ gehört noch zu keinem Jahr." in at_once
    assert ("unsere Schätzung" in at_once, "unsere Schätzung" in folded) == (False, True)


def test_only_something_to_look_at(world, client):
    write(world.application, "s3", Text("Ohne Zahl."), by=world.amina)
    page = seen_by(client, world, world.amina)
    assert lead(page) == "17 von 18 Abschnitten sind in Ordnung. Es fehlt nichts. Eine Stelle sollten Sie noch ansehen."
    assert rows(page)["Ausgangslage vor Ort"].startswith("bitte ansehen Im Text steht noch keine Zahl")


def test_what_opens_later_is_folded_by_workshop_and_does_not_count(world, client):
    make_workshop(world.cohort, 1, ["s1", "s2"])
    later = make_workshop(world.cohort, 2, ["s9", "s13"], next_month(), title="Neu und danach")
    make_workshop(world.cohort, 3, ["s17"], next_month()).sessions.all().delete()
    world.application.drafts.filter(key__in=["s9", "s13", "s17"]).update(version=0, content={"format": 1})
    write(world.application, "s0", replace(world.application.drafts.get(key="s0").value, theme=""))
    page = seen_by(client, world, world.amina)
    assert lead(page) == "14 von 15 Abschnitten sind in Ordnung. An einer Stelle fehlt noch etwas."
    assert not {"Was ist neu daran?", "Finanzierungsplan"} & rows(page).keys()
    after = plain(page.partition("Kommt noch")[2])
    day = spoken_day(later.sessions.get().begins_at, weekday=True)
    assert f"Neu und danach: 2 Abschnitte, ab {day}" in after
    assert "Workshop 3: 1 Abschnitt, der Termin steht noch nicht fest" in after
    assert "noch leer" not in after


def test_a_goal_waits_for_the_activities_until_their_section_opens(world):
    value = world.application.drafts.get(key="s5").value
    write(world.application, "s5", replace(value, rows=(replace(value.rows[0], activities=()),)))
    write(world.application, "s7", WorkPlan())
    assert [place.key for place in read_report(world.application).stops] == ["s5", "s7", "s17"]
    make_workshop(world.cohort, 1, ["s7"], next_month())
    assert [place.key for place in read_report(world.application).stops] == ["s17"]


def test_a_finished_and_a_withdrawn_application_are_shown_without_what_comes(world, client):
    make_workshop(world.cohort, 1, ["s13"], next_month())
    world.application.drafts.filter(key="s13").update(version=0, content={"format": 1})
    type(world.application).objects.update(status="finished")
    finished = seen_by(client, world, world.amina)
    assert ("Kommt noch" in finished, "Der Reihe nach" in finished, len(rows(finished))) == (False, False, 18)
    assert "Das Vorhaben ist fertiggestellt." in finished
    assert lead(finished) == "17 von 18 Abschnitten sind in Ordnung."
    type(world.application).objects.update(status="withdrawn", withdrawn_at=timezone.now())
    withdrawn = seen_by(client, world, world.amina)
    assert ("Kommt noch" in withdrawn, "Der Reihe nach" in withdrawn, len(rows(withdrawn))) == (False, False, 17)


def test_who_only_looks_sees_the_same_without_what_to_do(world, client):
    reader = make_user("Lea", "Sommer")
    make_member(world.team, reader, role=TeamMember.Role.READER)
    write(world.application, "s9", Text(""), by=world.amina)
    leads = set()
    for user in (world.jonas, reader, world.carla, world.doris):
        page = seen_by(client, world, user)
        leads.add(lead(page))
        does = user == world.jonas
        assert ("Der Reihe nach durchgehen" in page, "Stelle ansehen" in page) == (does, does)
        assert ("Sie sehen, was das Team sieht." in page) is not does
    assert leads == {"17 von 18 Abschnitten sind in Ordnung. An einer Stelle fehlt noch etwas."}


def test_finishing_says_the_same_as_the_checks(world, client):
    write(world.application, "s9", Text(""), by=world.amina)
    write(world.application, "s3", Text("Ohne Zahl."), by=world.amina)
    said = lead(seen_by(client, world, world.amina))
    assert said.endswith("An einer Stelle fehlt noch etwas. Eine weitere sollten Sie ansehen.")
    page = seen_by(client, world, world.amina, "finish")
    assert said in words(page)
    assert list(rows(page)) == list(rows(seen_by(client, world, world.amina)))[9:10]
    write(world.application, "s9", Text("Neu ist vieles."), by=world.amina)
    page = seen_by(client, world, world.amina, "finish")
    assert lead(seen_by(client, world, world.amina)) in words(page)
    assert ('name="confirmed"' in page, len(rows(page))) == (True, 1)


def test_empty_sections_are_named_and_not_called_complete(world, client):
    for key in ("s1", "s2", "s11"):
        write(world.application, key, Text(""), by=world.amina)
    write(world.application, "s3", Text("Ohne Zahl."), by=world.amina)
    page = seen_by(client, world, world.amina, "finish")
    said = (
        "14 von 18 Abschnitten sind in Ordnung. Drei Abschnitte sind noch leer. Eine Stelle sollten Sie noch ansehen."
    )
    assert lead(seen_by(client, world, world.amina)) == said
    assert said in words(page)
    assert ("Es fehlt nichts" in page, "zählt die übrigen Abschnitte durch" in page) == (False, True)
    write(world.application, "s9", Text(""), by=world.amina)
    said = lead(seen_by(client, world, world.amina))
    assert said.endswith("An einer Stelle fehlt noch etwas. Drei Abschnitte sind noch leer. Eine Stelle sollten Sie noch ansehen.")  # fmt: skip


def test_finishing_says_first_that_a_coach_is_still_reading(world, client):
    assert "Eine Rückmeldung steht noch aus" not in seen_by(client, world, world.amina, "finish")
    review = hand_in(world.application, ["s1", "s9"], by=world.amina)
    page = words(seen_by(client, world, world.amina, "finish"))
    assert "Zur Rückmeldung abgegeben und noch nicht gelesen: „Kurzbeschreibung“ und „Was ist neu daran?“." in page
    review.take(by=world.carla)
    review.refresh_from_db()
    page = seen_by(client, world, world.amina, "finish")
    assert f"{world.carla} liest noch „Kurzbeschreibung“ und „Was ist neu daran?“." in words(page)
    assert f"bis zum {spoken_day(review.promised_until)} ." in words(page)
    assert "Verbindlich fertigstellen" in page


def test_attachments_of_stage_2_keep_nobody_from_finishing_on_either_page(world, client):
    type(world.application).objects.update(stage=2)
    write(world.application, "s15", Attachments(), by=world.amina)
    checks, finish = (seen_by(client, world, world.amina, name) for name in ("checks", "finish"))
    assert lead(checks).endswith("Abschnitten sind in Ordnung. Eine Stelle sollten Sie noch ansehen.")
    assert lead(checks) in words(finish)
    assert ("Verbindlich fertigstellen" in finish, 'name="confirmed"' in finish) == (True, False)


# Findings on the page of a section


def test_a_section_that_is_open_says_what_is_missing_before_it_is_begun(world, client):
    world.application.drafts.filter(key="s9").update(version=0, content={"format": 1})
    assert "was an Ihrem Vorhaben neu ist" in seen_by(client, world, world.amina, "section", "s9")
    make_workshop(world.cohort, 1, ["s9"], next_month())
    assert "Vorprüfung dieses Abschnitts" not in seen_by(client, world, world.amina, "section", "s9")


def test_a_section_says_what_the_coach_wants_changed(world, client):
    review = hand_in(world.application, ["s4"], by=world.amina)
    review.take(by=world.carla)
    review.give_back(by=world.carla, verdicts={review.items.get().pk: "please change"})
    page = words(seen_by(client, world, world.amina, "section", "s4"))
    assert "„Zielgruppe und Ansprache“ steht noch auf „bitte ändern“." in page
    assert "Hinweis des Portals · P02" in page


# From place to place


def gaps(world) -> list[str]:
    """Leave something open in the cover, in both goals and in what is new; return the ids of the goals."""
    application = world.application
    write(application, "s0", replace(application.drafts.get(key="s0").value, theme=""), by=world.amina)
    goal = application.drafts.get(key="s5").value.rows[0]
    goals = tuple(replace(goal, id=row_id(name), goal=name, indicator="") for name in ("Eins", "Zwei"))
    write(application, "s5", Goals(goals), by=world.amina)
    write(application, "s9", Text(""), by=world.amina)
    return [one.id for one in goals]


def onward(client, url: str) -> str:
    return client.get(url).url


def next_of(page: str) -> str:
    return unescape(re.search(r'class="walk.*?href="([^"]*/weiter/[^"]*)"', page, re.DOTALL)[1])


def test_one_place_after_the_other_to_the_end(world, client):
    first, second = gaps(world)
    log_in(client, world.amina)
    section = {key: address(world, "section", key) for key in ("s0", "s5", "s9")}
    way = [onward(client, address(world, "next_place"))]
    for key, row in (("s0", ""), ("s5", first), ("s5", second), ("s9", "")):
        sent = {**saved(world, key), "next": "place"}
        answer = client.post(way[-1].partition("#")[0], sent)
        way.append(onward(client, answer.url))
        assert row in answer.url
    assert way == [
        f"{section['s0']}?stelle=1&von=4#stelle",
        f"{section['s5']}?stelle=2&von=4&ort={first}#zeile-{first}",
        f"{section['s5']}?stelle=3&von=4&ort={second}#zeile-{second}",
        f"{section['s9']}?stelle=4&von=4#stelle",
        f"{address(world)}?durch=4#ende",
    ]
    end = words(client.get(way[-1]).text)
    assert "Sie sind einmal durch. 4 Stellen sind noch nicht in Ordnung." in end


def saved(world, key: str) -> dict[str, str]:
    """What the form of a text sends that was not changed; nothing for other sections, whose rows then stay."""
    draft = world.application.drafts.get(key=key)
    fields = {"version": str(draft.version)}
    if key == "s0":
        fields |= {name: "" if value is None else str(value) for name, value in draft.value.data.items()}
    return fields | ({"text": draft.value.text} if isinstance(draft.value, Text) else {})


def test_what_was_mended_is_skipped_and_the_numbers_stay(world, client):
    first, second = gaps(world)
    log_in(client, world.amina)
    start = onward(client, address(world, "next_place"))
    goals = world.application.drafts.get(key="s5").value
    mended = tuple(replace(row, indicator="Umfrage") if row.id == first else row for row in goals.rows)
    write(world.application, "s5", Goals(mended), by=world.jonas)
    after = f"{address(world, 'next_place')}?nach=s0&stelle=1"
    assert start.endswith("?stelle=1&von=4#stelle")
    assert f"stelle=2&von=3&ort={second}" in onward(client, after)
    write(world.application, "s0", replace(world.application.drafts.get(key="s0").value, theme="vielfalt"))
    page = client.get(start).text
    assert "Diese Stelle ist in Ordnung" in page
    assert f"stelle=2&von=3&ort={second}" in onward(client, after)


def test_a_row_that_is_gone_leads_on_from_its_section(world, client):
    gaps(world)
    log_in(client, world.amina)
    gone = f"{address(world, 'next_place')}?nach=s5&ort={row_id('weg')}&stelle=2"
    assert "/abschnitte/s5/?stelle=3&von=5" in onward(client, gone)


def test_at_the_end_of_what_is_in_order_comes_the_next_step(world, client):
    log_in(client, world.amina)
    page = client.get(f"{address(world)}?durch=3").text
    assert "Alles, was jetzt offen ist, ist in Ordnung." in words(page)
    assert f'href="{address(world, "finish")}">Weiter zum Fertigstellen' in page
    make_workshop(world.cohort, 1, ["s13"], next_month(), title="Danach")
    page = words(client.get(f"{address(world)}?durch=3").text)
    assert "Alle 17 Abschnitte, die offen sind, sind in Ordnung." in page
    assert "Als Nächstes öffnet „Danach“, am" in page
    assert "Weiter zum Fertigstellen" not in page
    log_in(client, world.carla)
    assert "Abschnitte zur Rückmeldung abgeben" not in client.get(f"{address(world)}?durch=3").text


@pytest.mark.parametrize("query", ["", "?stelle=3&von=2", "?stelle=x&von=2", "?stelle=-1&von=2", "?stelle=0&von=0"])
def test_an_address_that_makes_no_sense_shows_the_section_as_always(world, client, query):
    log_in(client, world.amina)
    page = client.get(address(world, "section", "s1") + query)
    assert (page.status_code, 'class="walk' in page.text) == (200, False)


def test_nonsense_begins_anew(world, client):
    gaps(world)
    log_in(client, world.amina)
    for query in ("?stelle=99999999999999", "?stelle=²", "?nach=&stelle=x"):
        assert "/abschnitte/s0/?stelle=1&von=4" in onward(client, address(world, "next_place") + query)
    assert onward(client, address(world, "next_place") + "?nach=s99&stelle=2") == f"{address(world)}?durch=2#ende"


def test_saving_stays_on_the_way_and_who_only_reads_goes_by_links(world, client):
    gaps(world)
    log_in(client, world.amina)
    start = f"{address(world, 'section', 's9')}?stelle=4&von=4"
    assert client.post(start, saved(world, "s9")).url == start
    button = re.search(r"<button[^>]*walk__next[^>]*>[^<]*", client.get(start).text)[0]
    assert ('form="abschnitt"' in button, 'value="place"' in button, button.split(">")[1].strip() == "fertig") == (
        True,
        True,
        True,
    )
    log_in(client, world.carla)
    assert onward(client, next_of(client.get(start).text)) == f"{address(world)}?durch=4#ende"


def test_the_finding_stands_beside_the_row_it_leads_to(world, client):
    first, second = gaps(world)
    log_in(client, world.amina)
    page = client.get(f"{address(world, 'section', 's5')}?stelle=2&von=4&ort={first}").text
    card = page.partition(f'id="zeile-{first}"')[2].partition("</fieldset>")[0]
    other = page.partition(f'id="zeile-{second}"')[2].partition("</fieldset>")[0]
    assert ("Der Indikator fehlt." in card, "Der Indikator fehlt." in other) == (True, False)


def test_going_on_costs_as_much_as_the_checks(world, client):
    gaps(world)
    write(world.application, "s8", Partners(), by=world.amina)
    write(world.application, "s16", Declarations(), by=world.amina)
    log_in(client, world.amina)
    costs = []
    for name in ("checks", "next_place", "finish"):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(world, name))
        costs.append(len(queries))
    assert costs == [7, 7, 8]
