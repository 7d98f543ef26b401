from __future__ import annotations

import re
import time
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.content import (
    Activity,
    Answer,
    Attachments,
    Budget,
    Cover,
    Declarations,
    Expense,
    Goal,
    Goals,
    Income,
    Item,
    Partner,
    Partners,
    Personnel,
    Text,
    WorkPlan,
)
from applications.models import Revision
from tests.builders import (
    PASSWORD,
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

NO, OLD = "00000000-0000-4000-8000-000000000000", row_id("old")


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


def address(application, key="s1", name="section", *more):
    return reverse(f"applications:{name}", args=[application.pk, key, *more])


def value_of(application, key):
    return application.drafts.get(key=key).value


def as_script(client, application, key="s1", **data):
    """What the page's own script sends, and what it is answered."""
    return client.post(address(application, key), data, headers={"accept": "application/json"})


def send(client, application, key, changes=(), *, query="", **button):
    """Open the page, change these fields, press Speichern (or `button`) like a browser."""
    page = client.get(address(application, key) + query)
    return client.post(address(application, key) + query, {**form_of(page), **dict(changes), **button})


# Reading and writing a text


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
    assert re.search(r"data-over\s*>Das ist länger als der Richtwert", page)
    assert "<strong data-length>1.001</strong>" in page


def test_people_of_other_roles_read_and_do_not_write(client, cohort, application):
    write(application, "s1", "Geheimnis.")
    reader, carla, doris = make_user("Selma"), make_user("Carla", "Weber"), make_user("Dora")
    make_member(application.team, reader, "reader")
    application.team.first_coach = make_coach(cohort, carla)
    application.team.save()
    cohort.organiser.memberships.create(user=doris)
    for user in (reader, carla, doris):
        client.force_login(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
        session.save()
        page = client.get(address(application))
        if page.status_code == 302:
            continue  # a second factor is asked for first
        assert ("Geheimnis." in page.text, "<textarea" in page.text.split("<form")[0]) == (True, False)
        assert "text" not in form_of(page)
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
    make_workshop(cohort, keys=["s1"], begins_at=begins)

    page = client.get(address(application))
    refused = client.post(address(application), {"version": "0", "text": "Zu früh geschrieben."})

    assert "Dieser Abschnitt öffnet am" in page.text
    assert "text" not in form_of(page)
    assert refused.status_code == 409
    assert "noch nicht geöffnet" in refused.text
    assert "Zu früh geschrieben." in refused.text
    assert application.drafts.get(key="s1").version == 0


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


def test_broken_bytes_are_no_server_error(client, application):
    body = b"version=0&text=%ED%A0%80%FF"

    response = client.post(address(application), body, content_type="application/x-www-form-urlencoded")

    assert response.status_code in {302, 422}


@pytest.mark.parametrize("version", ["", "x", "-5", "99999999999999999999", "1.5"])
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
    }
    assert again.json()["state"] == "unchanged"


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
    make_workshop(cohort, keys=["s1"], begins_at=timezone.now() + timedelta(days=3))
    closed = as_script(client, application, version="0", text="x")

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
    assert "Ihre Anmeldung war abgelaufen" in page.text
    assert form_of(page)["text"] == [text]
    client.post(address(application), form_of(page))
    assert value_of(application, "s1").text == text.replace("\r\n", "\n")
    assert "Ihre Anmeldung war abgelaufen" not in client.get(address(application)).text


def test_the_kept_text_shows_up_nowhere_else(client, application):
    client.logout()
    client.post(address(application), {"version": "0", "text": "Geheimnis."})

    client.force_login(make_user("Bilal"))

    assert client.get(address(application)).status_code == 404
    client.force_login(application.team.members.get(role="owner").user)
    assert "Geheimnis." not in client.get(address(application, "s2")).text


def test_nothing_is_kept_for_an_application_that_does_not_exist(client, application):
    client.logout()

    response = client.post(reverse("applications:section", args=[NO, "s1"]), {"text": "Müll"})

    assert response.status_code == 302
    assert "kept_form" not in client.session


def test_the_script_without_a_login_is_told_so(client, application):
    client.logout()

    response = as_script(client, application, version="0", text="x")

    assert (response.status_code, response.json()["state"]) == (401, "login")


# Every kind of section, as a browser would


def test_the_cover(client, application):
    fields = {
        "title": "Tischgespräche",
        "short_name": "Tisch",
        "theme": "begegnung",
        "places": "Halle",
        "start_on": "2027-01-01",
        "months": "36",
        "organisation": "Nachbarschaft e. V.",
        "address": "Weg 1\r\n06108 Halle",
        "signatories": "Amina Haddad, Vorsitz",
    }

    response = send(client, application, "s0", fields)

    assert response.status_code == 302
    assert value_of(application, "s0") == Cover(
        title="Tischgespräche",
        short_name="Tisch",
        theme="begegnung",
        places="Halle",
        start_on="2027-01-01",
        months=36,
        organisation="Nachbarschaft e. V.",
        address="Weg 1\n06108 Halle",
        signatories="Amina Haddad, Vorsitz",
    )
    application.refresh_from_db()
    assert str(application) == "Tischgespräche"
    send(client, application, "s0")
    assert application.drafts.get(key="s0").version == 1


def test_a_cover_with_mistakes_leaves_everything_standing(client, application):
    response = send(client, application, "s0", {"title": "x" * 121, "months": "viele", "places": "Halle"})

    assert response.status_code == 422
    assert "Das ist zu lang: 121 Zeichen" in response.text
    assert form_of(response)["places"] == ["Halle"]
    assert form_of(response)["title"] == ["x" * 121]


def test_goals_refer_to_activities(client, application):
    plan = WorkPlan((Activity(id=row_id("a"), title="Kochen"), Activity(id=row_id("b"), title="Reden")))
    write(application, "s7", plan)
    page = client.get(address(application, "s5"))
    (new,) = form_of(page)["rows"]

    fields = {f"rows-{new}-goal": "Nachbarn kennen sich", f"rows-{new}-level": "4", f"rows-{new}-due_on": "2028-12-31"}
    client.post(address(application, "s5"), {**form_of(page), **fields, f"rows-{new}-activities": [row_id("b")]})

    assert value_of(application, "s5") == Goals(
        (Goal(id=new, level="4", goal="Nachbarn kennen sich", due_on="2028-12-31", activities=(row_id("b"),)),)
    )


def test_a_reference_to_a_deleted_activity_stays_and_says_so(client, application):
    write(application, "s5", Goals((Goal(id=row_id("g"), goal="Ziel", activities=(row_id("weg"),)),)))

    page = client.get(address(application, "s5"))
    send(client, application, "s5", {f"rows-{row_id('g')}-goal": "Anderes Ziel"})

    assert "nicht mehr vorhanden" in page.text
    assert value_of(application, "s5").rows[0] == Goal(id=row_id("g"), goal="Anderes Ziel", activities=(row_id("weg"),))


def test_the_work_plan_offers_the_quarters_of_the_term(client, application):
    write(application, "s0", Cover(start_on="2027-01-01", months=6))
    page = client.get(address(application, "s7"))
    (new,) = form_of(page)["rows"]

    assert ("2. Quartal 2027" in page.text, "3. Quartal 2027" in page.text) == (True, False)
    fields = {f"rows-{new}-title": "Kochen", f"rows-{new}-begins": "2027-Q1", f"rows-{new}-ends": "2027-Q2"}
    client.post(address(application, "s7"), {**form_of(page), **fields})
    assert value_of(application, "s7") == WorkPlan(
        (Activity(id=new, title="Kochen", begins="2027-Q1", ends="2027-Q2"),)
    )


def test_partners_have_an_introduction_and_rows(client, application):
    page = client.get(address(application, "s8"))
    (new,) = form_of(page)["rows"]

    fields = {
        "introduction": "Wir arbeiten zusammen.",
        f"rows-{new}-name": "Stadt Halle",
        f"rows-{new}-kind": "municipality",
    }
    client.post(address(application, "s8"), {**form_of(page), **fields})

    assert value_of(application, "s8") == Partners(
        "Wir arbeiten zusammen.", (Partner(id=new, name="Stadt Halle", kind="municipality"),)
    )


def test_declarations_are_answered_one_by_one(client, application):
    send(client, application, "s16", {"answers-begun-answer": "no", "answers-input_tax-note": "unklar"})

    assert value_of(application, "s16") == Declarations(
        (Answer(id="begun", answer="no"), Answer(id="input_tax", note="unklar"))
    )
    send(client, application, "s16")
    assert application.drafts.get(key="s16").version == 1


def test_attachments_have_a_state_each(client, application):
    send(client, application, "s15", {"items-register_extract-state": "enclosed"})

    assert value_of(application, "s15") == Attachments((Item(id="register_extract", state="enclosed"),))


# Rows without a script


ROWS = WorkPlan(tuple(Activity(id=row_id(name), title=name) for name in ("eins", "zwei", "drei")))


def titles(application):
    return [row.title for row in value_of(application, "s7").rows]


def test_a_row_is_added_by_a_button_and_stored_when_filled_in(client, application):
    write(application, "s7", ROWS)

    response = send(client, application, "s7", {f"rows-{row_id('eins')}-title": "Eins!"}, add="rows")
    page = client.get(response.url.split("#")[0])
    new = form_of(page)["rows"][-1]

    assert response.url.endswith("?neu=rows#neu")
    assert titles(application) == ["Eins!", "zwei", "drei"]
    client.post(response.url.split("#")[0], {**form_of(page), f"rows-{new}-title": "vier"})
    assert titles(application) == ["Eins!", "zwei", "drei", "vier"]


def test_a_new_row_left_empty_is_no_row(client, application):
    write(application, "s7", ROWS)

    send(client, application, "s7", query="?neu=rows")

    assert (titles(application), application.drafts.get(key="s7").version) == (["eins", "zwei", "drei"], 1)


def test_only_the_delete_mark_deletes(client, application):
    write(application, "s7", ROWS)
    empty = {f"rows-{row_id('eins')}-title": ""}

    send(client, application, "s7", {**empty, f"rows-{row_id('zwei')}-delete": "1"})

    assert titles(application) == ["", "drei"]


def test_a_row_that_the_form_did_not_show_stays(client, application, jonas):
    write(application, "s7", WorkPlan(ROWS.rows[:1]))
    page = client.get(address(application, "s7"))
    write(application, "s7", ROWS, by=jonas)

    client.post(address(application, "s7"), {**form_of(page), f"rows-{row_id('eins')}-title": "Eins!"})

    assert titles(application) == ["Eins!", "zwei", "drei"]


@pytest.mark.parametrize(
    ("row", "way", "result"),
    [
        ("zwei", "up", ["zwei", "eins", "drei"]),
        ("zwei", "down", ["eins", "drei", "zwei"]),
        ("eins", "up", ["eins", "zwei", "drei"]),
        ("drei", "down", ["eins", "zwei", "drei"]),
    ],
)
def test_rows_are_moved_by_buttons(client, application, row, way, result):
    write(application, "s7", ROWS)

    response = send(client, application, "s7", move=f"rows:{row_id(row)}:{way}")

    assert response.url.endswith(f"#zeile-{row_id(row)}")
    assert titles(application) == result


@pytest.mark.parametrize("move", ["", "rows", "rows:x:up", "rows::", "nothing:x:up", f"rows:{row_id('eins')}:sideways"])
def test_a_strange_move_is_no_server_error(client, application, move):
    write(application, "s7", ROWS)

    assert send(client, application, "s7", move=move).status_code == 302
    assert titles(application) == ["eins", "zwei", "drei"]


@pytest.mark.parametrize("row", ["../../etc", "<b>", "x" * 65, "ä ö"])
def test_a_strange_row_is_refused_with_a_sentence(client, application, row):
    data = {"version": "0", "rows": [row], f"rows-{row}-title": "Hallo"}

    response = client.post(address(application, "s7"), data)

    assert response.status_code == 422
    assert application.drafts.get(key="s7").version == 0


def test_more_than_500_rows_are_refused_with_a_sentence(client, application):
    ids = [row_id(f"{number}") for number in range(501)]
    data = {"version": "0", "rows": ids, **{f"rows-{key}-title": "x" for key in ids}}

    response = client.post(address(application, "s7"), data)

    assert response.status_code == 422
    assert "zu viele Zeilen" in response.text


# The financing plan


def budget():
    return Budget(
        expenses=(
            Expense(
                id=row_id("e1"), year=2027, kind="HON", title="Moderation", quantity="4", unit="Tage", unit_price=48_000
            ),
            Expense(id=row_id("e2"), year=2028, kind="MIETE", title="Küche", quantity="1.5", unit_price=6_000),
        ),
        personnel=(Personnel(id=row_id("p1"), year=2027, role="Leitung", months="12", gross_per_month=319_000),),
        income=(Income(id=row_id("i1"), year=2027, kind="EIGEN", source="Verein", amount=375_000),),
    )


@pytest.fixture
def planned(application):
    write(application, "s0", Cover(start_on="2027-01-01", months=36))
    write(application, "s17", budget())
    return application


def test_the_plan_shows_one_year_with_sums_and_limits(client, planned):
    page = client.get(address(planned, "s17") + "?jahr=2027").text

    for words in ("Moderation", "Leitung", "38.280,00\xa0€", "40.200,00\xa0€", "3.750,00\xa0€", "36.450,00\xa0€"):
        assert words in page, words
    assert "Küche" not in page
    assert "Höchstens 70.000 € Zuwendung im Jahr" in page
    assert "Im Aufruf nicht festgelegt." in page
    assert "Sie haben 9,3 %." in page


def test_all_years_stand_side_by_side(client, planned):
    page = client.get(address(planned, "s17") + "?jahr=alle").text

    for words in ("36.450,00\xa0€", "90,00\xa0€", "36.540,00\xa0€"):
        assert words in page, words


def test_german_numbers_are_understood(client, planned):
    one = f"expenses-{row_id('e1')}"

    response = send(
        client, planned, "s17", {f"{one}-quantity": "2,5", f"{one}-unit_price": "1.234,56 €"}, query="?jahr=2027"
    )

    assert response.url == address(planned, "s17") + "?jahr=2027"
    row = value_of(planned, "s17").expenses[0]
    assert (row.quantity, row.unit_price, row.amount) == ("2.5", 123_456, 308_640)
    assert len(value_of(planned, "s17").expenses) == 2
    planned.refresh_from_db()
    assert planned.grant_cents == value_of(planned, "s17").grant()


def test_saving_without_a_change_changes_nothing(client, planned):
    for query in ("?jahr=2027", "?jahr=2028", "?jahr=2029", "?jahr=alle", "?jahr=quark", ""):
        send(client, planned, "s17", query=query)

    assert planned.drafts.get(key="s17").version == 1


def test_a_new_line_belongs_to_the_year_on_the_page(client, planned):
    response = send(client, planned, "s17", query="?jahr=2028", add="income")
    query = response.url.split("?")[1].split("#")[0]
    page = client.get(address(planned, "s17") + "?" + query)
    (new,) = form_of(page)["income"]

    client.post(address(planned, "s17") + "?" + query, {**form_of(page), f"income-{new}-amount": "100"})

    assert value_of(planned, "s17").income[1] == Income(id=new, year=2028, amount=10_000)


def test_a_mistake_leaves_every_typed_row_standing(client, planned):
    one = f"expenses-{row_id('e1')}"
    changes = {f"{one}-unit_price": "viel", f"{one}-title": "Neuer Titel", f"personnel-{row_id('p1')}-months": "11"}

    response = send(client, planned, "s17", changes, query="?jahr=2027")

    assert response.status_code == 422
    assert "Bitte geben Sie eine Zahl ein, zum Beispiel 1.234,56." in response.text
    sent = form_of(response)
    assert {name: sent[name][0] for name in changes} == changes
    assert planned.drafts.get(key="s17").version == 1


def test_an_unfinished_new_row_survives_a_mistake(client, planned):
    page = client.get(address(planned, "s17") + "?jahr=2027&neu=expenses")
    new = form_of(page)["expenses"][-1]
    changes = {f"expenses-{new}-title": "Plakate", f"expenses-{new}-unit_price": "x"}

    response = client.post(address(planned, "s17") + "?jahr=2027", {**form_of(page), **changes})

    assert response.status_code == 422
    assert {name: form_of(response)[name][0] for name in changes} == changes


def test_two_people_on_the_plan_lose_no_line(client, planned, jonas):
    mine = client.get(address(planned, "s17") + "?jahr=2027&neu=expenses")
    theirs = form_of(client.get(address(planned, "s17") + "?jahr=2027&neu=expenses"))
    new = form_of(mine)["expenses"][-1]
    client.post(address(planned, "s17") + "?jahr=2027", {**form_of(mine), f"expenses-{new}-title": "Von Amina"})
    client.force_login(jonas)
    other = theirs["expenses"][-1]
    changes = {f"expenses-{other}-title": "Von Jonas", f"expenses-{row_id('e1')}-quantity": "5"}

    client.post(address(planned, "s17") + "?jahr=2027", {**theirs, **changes})

    plan = value_of(planned, "s17")
    assert sorted(row.title for row in plan.expenses) == ["Küche", "Moderation", "Von Amina", "Von Jonas"]
    assert plan.expenses[0].quantity == "5"
    assert Revision.objects.filter(draft__key="s17", why="merged", version=None).count() == 1


def test_the_same_cell_is_a_conflict_to_be_decided(client, planned, jonas):
    mine, theirs = (form_of(client.get(address(planned, "s17") + "?jahr=2027")) for _ in range(2))
    cell = f"expenses-{row_id('e1')}-unit_price"
    client.force_login(jonas)
    client.post(address(planned, "s17") + "?jahr=2027", {**theirs, cell: "500"})
    client.force_login(planned.team.members.get(role="owner").user)

    response = client.post(address(planned, "s17") + "?jahr=2027", {**mine, cell: "600"})
    page = client.get(response.url)

    assert "/zusammenfuehren/" in response.url
    assert ("600,00" in page.text, "500,00" in page.text, "480,00" in page.text) == (True, True, True)
    client.post(response.url, {**form_of(page, None), "choice-0": "mine"})
    assert value_of(planned, "s17").expenses[0].unit_price == 60_000


def test_numbers_that_are_too_large_are_refused(client, planned):
    one = f"expenses-{row_id('e1')}"

    response = send(client, planned, "s17", {f"{one}-unit_price": "999999999999", f"{one}-quantity": "1e9"})

    assert response.status_code == 422


# Conflicts in a text


@pytest.fixture
def clash(client, application, amina, jonas):
    """The address of a conflict between Amina and Jonas about one sentence."""
    write(application, "s1", "Anfang. Mitte. Ende.", by=amina)
    write(application, "s1", "Anfang. Mitte von Jonas. Ende.", by=jonas)
    response = client.post(address(application), {"version": "1", "text": "Anfang neu. Mitte von Amina. Ende."})
    return response.url


def test_the_conflict_page_shows_both_with_their_differences(client, clash):
    page = client.get(clash).text

    assert "Nichts ist verloren." in page
    assert "Mitte<ins> von Jonas</ins>." in page
    assert "Mitte<ins> von Amina</ins>." in page


@pytest.mark.parametrize(
    ("chosen", "result"),
    [
        (("mine", ""), "Anfang neu. Mitte von Amina. Ende."),
        (("theirs", ""), "Anfang neu. Mitte von Jonas. Ende."),
        (("join", "Mitte von beiden."), "Anfang neu. Mitte von beiden. Ende."),
        (("join", ""), "Anfang neu.  Ende."),
    ],
)
def test_a_person_decides(client, application, clash, chosen, result):
    page = client.get(clash)
    choice, joined = chosen

    response = client.post(clash, {**form_of(page, None), "choice-0": choice, "joined-0": joined})

    assert response.url == address(application)
    assert value_of(application, "s1").text == result
    texts = [row.content["text"] for row in Revision.objects.filter(draft__key="s1")]
    assert {"Anfang. Mitte von Jonas. Ende.", "Anfang neu. Mitte von Amina. Ende."} <= set(texts)


def test_without_a_choice_the_page_asks_again_and_keeps_what_was_typed(client, clash):
    page = client.get(clash)

    response = client.post(clash, {"version": form_of(page, None)["version"], "joined-0": "Halb fertig"})

    assert response.status_code == 422
    assert "Bitte wählen Sie eine der Fassungen." in response.text
    assert "Halb fertig" in response.text


def test_deciding_after_somebody_wrote_again_loses_nothing(client, application, clash, jonas):
    page = client.get(clash)
    write(application, "s1", "Anfang. Mitte von Jonas. Ende ganz neu.", by=jonas)

    client.post(clash, {**form_of(page, None), "choice-0": "mine"})

    assert value_of(application, "s1").text == "Anfang neu. Mitte von Amina. Ende ganz neu."


def test_a_foreign_conflict_is_not_found(client, application, clash):
    client.force_login(make_user("Bilal"))
    assert client.get(clash).status_code == 404


# History


def test_the_history_shows_who_when_and_what_changed(client, application, amina, jonas):
    write(application, "s1", "Ein alter Satz.", by=jonas)
    write(application, "s1", "Ein neuer Satz.", by=amina)

    page = client.get(address(application, name="history")).text

    assert "Ein <del>alter</del><ins>neuer</ins> Satz." in page
    assert ("Jonas Petersen" in page, "Amina Haddad" in page, "gilt jetzt" in page) == (True, True, True)


def test_the_history_of_rows_is_told_in_words(client, planned, amina):
    changed = Budget(
        expenses=(
            Expense(
                id=row_id("e1"), year=2027, kind="HON", title="Moderation", quantity="4", unit="Tage", unit_price=50_000
            ),
        ),
        personnel=budget().personnel,
        income=budget().income,
    )
    write(planned, "s17", changed, by=amina)

    page = client.get(address(planned, "s17", "history")).text

    assert "<del>480,00\xa0€</del> <ins>500,00\xa0€</ins>" in page
    assert "<del>Küche</del>" in page


def test_an_emptied_section_is_back_in_two_clicks(client, application):
    write(application, "s1", "Alles.")
    write(application, "s1", "")
    page = client.get(address(application, name="history"))
    first = Revision.objects.get(version=1)

    response = client.post(address(application, "s1", "restore", first.pk), {"version": "2"})

    assert "Fassung 1 wiederherstellen" in page.text
    assert response.url == address(application)
    assert value_of(application, "s1").text == "Alles."
    assert application.drafts.get(key="s1").version == 3


def test_restoring_is_refused_when_somebody_has_written_since(client, application):
    for text in ("Eins.", "Zwei.", "Drei."):
        write(application, "s1", text)

    response = client.post(address(application, "s1", "restore", Revision.objects.get(version=1).pk), {"version": "2"})

    assert response.url == address(application, name="history")
    assert value_of(application, "s1").text == "Drei."


# The team's note, its people, its files


def test_the_note_is_the_teams_alone(client, application, cohort):
    client.post(address(application, name="note"), {"version": "0", "text": "ملاحظة خاصة"})

    assert "ملاحظة خاصة" in client.get(address(application)).text
    carla = make_user("Carla", "Weber")
    application.team.first_coach = make_coach(cohort, carla)
    application.team.save()
    client.force_login(carla)
    page = client.get(address(application))
    assert "ملاحظة خاصة" not in page.text


def test_two_notes_at_once_show_both(client, application):
    client.post(address(application, name="note"), {"version": "0", "text": "Erste."})

    response = client.post(address(application, name="note"), {"version": "0", "text": "Zweite."})

    assert response.status_code == 409
    assert ("Erste." in response.text, "Zweite." in response.text) == (True, True)


def test_findings_stand_beside_the_section_they_are_about(client, application):
    write(application, "s3", "Es ist schwer.")
    write(application, "s1", "Wir kochen.")

    beside = client.get(address(application, "s3")).text
    assert "Vorprüfung dieses Abschnitts" in beside
    assert "noch keine Zahl von vor Ort" in beside
    assert "Vorprüfung dieses Abschnitts" not in client.get(address(application, "s1")).text


# Numbers of queries


@pytest.mark.parametrize("key", ["s1", "s5", "s17"])
@pytest.mark.parametrize("count", [1, 20])
def test_a_section_costs_the_same_with_1_and_with_20(client, application, django_assert_max_num_queries, key, count):
    for number in range(count):
        write(application, "s1", f"Fassung {number}")
    rows = tuple(Activity(id=row_id(f"{number}"), title="M") for number in range(count))
    write(application, "s7", WorkPlan(rows))
    write(application, "s5", Goals(tuple(Goal(id=row.id, activities=(row.id,)) for row in rows)))
    write(application, "s17", Budget(expenses=tuple(Expense(id=row.id, year=2027, activity=row.id) for row in rows)))

    with django_assert_max_num_queries(15) as queries:
        client.get(address(application, key))

    assert len(queries) == 15


@pytest.mark.parametrize("count", [1, 50])
def test_the_history_costs_the_same_with_1_and_with_50(
    client, application, amina, django_assert_max_num_queries, count
):
    for number in range(count):
        write(application, "s1", f"Fassung {number}", by=amina)

    with django_assert_max_num_queries(15):
        client.get(address(application, name="history"))


def test_a_save_by_the_script_costs_few_queries(client, application, django_assert_max_num_queries):
    write(application, "s1", "Eins.")

    with django_assert_max_num_queries(17) as queries:
        as_script(client, application, version="1", text="Zwei.", save=row_id("x"))

    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 15
