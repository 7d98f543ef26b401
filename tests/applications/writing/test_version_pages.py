from __future__ import annotations

import pytest

from applications.content import Activity, Budget, Cover, Expense, Goal, Goals, Income, Personnel, Text, WorkPlan
from applications.writing.models import How, Revision
from tests.applications.pages import address, as_script, spaceless, value_of
from tests.builders import (
    make_application,
    make_coach,
    make_cohort,
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
        (("join", ""), "Anfang neu. Ende."),
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


@pytest.fixture
def line_clash(client, application, amina, jonas):
    """The address of a conflict between Amina and Jonas about one line of a row."""
    for title, by in (("Kochen", amina), ("Kochen am Freitag", jonas)):
        write(application, "s7", WorkPlan((Activity(id="eins", title=title),)), by=by)
    sent = {"version": "1", "rows": ["eins"], "rows-eins-title": "Kochen für alle"}
    return client.post(address(application, "s7"), sent).url


def test_a_line_of_a_row_can_be_written_too(client, application, line_clash):
    page = client.get(line_clash)
    form = form_of(page, None)
    assert "Selbst schreiben" in page.text
    assert (form.get("choice-0"), form["joined-0"]) == (None, ["Kochen für alle"])

    client.post(line_clash, {**form, "choice-0": "join", "joined-0": " Kochen am Freitag für alle "})

    assert value_of(application, "s7").rows[0].title == "Kochen am Freitag für alle"


@pytest.mark.parametrize(
    ("joined", "sentence"),
    [
        (" ", "Bitte schreiben Sie, was da stehen soll, oder wählen Sie eine der Fassungen."),
        ("x" * 301, "ist zu lang: 301 Zeichen. Möglich sind bis zu"),
    ],
)
def test_a_line_that_cannot_stand_there_is_refused_beside_its_place(client, application, line_clash, joined, sentence):
    form = form_of(client.get(line_clash), None)

    page = client.post(line_clash, {**form, "choice-0": "join", "joined-0": joined})

    assert (page.status_code, sentence in page.text) == (422, True)
    assert form_of(page, None)["joined-0"] == [joined]
    assert value_of(application, "s7").rows[0].title == "Kochen am Freitag"


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


def test_the_section_leads_back_to_a_conflict_until_it_is_decided(client, application, clash):
    page = client.get(address(application)).text  # the page of the conflict was left, or never came
    assert "Sie haben noch nicht entschieden, was dort stehen soll" in page
    assert f'href="{clash}"' in page
    assert clash not in client.get(address(application, "s3")).text

    client.post(clash, {**form_of(client.get(clash), None), "choice-0": "mine"})

    assert clash not in client.get(address(application)).text


def test_a_foreign_conflict_is_not_found(client, application, clash):
    client.force_login(make_user("Bilal"))
    assert client.get(clash).status_code == 404


def disagreed(application, base, mine, theirs, key="s1"):
    """The page of a conflict of Amina with Jonas: both began with `base`, he saved first."""
    amina, jonas = (application.team.members.get(user__first_name=name).user for name in ("Amina", "Jonas"))
    seen = write(application, key, base, by=amina).version
    write(application, key, theirs, by=jonas)
    answer = application.drafts.get(key=key).save_content(by=amina, seen=seen, content=mine)
    assert answer.how == How.CONFLICT
    return address(application, key, "conflict", answer.sent.pk)


BAKE = "Eins steht. Wir kochen am Montag im Saal. Drei steht."
ABC = "Amsel singt.\n\nBuche rauscht.\n\nChor probt.\n\nDorf feiert."


@pytest.mark.parametrize(
    ("versions", "chosen", "joined"),
    [
        # one of them rewrote the sentence, or both did
        ((BAKE, BAKE.replace("Montag", "Dienstag"), BAKE.replace("kochen", "backen")), None,
         "Wir backen am Montag im Saal.\nWir kochen am Dienstag im Saal."),
        ((BAKE, BAKE.replace("kochen", "kochen gern"), BAKE.replace("kochen", "backen")), None,
         "Wir backen am Montag im Saal.\nWir kochen gern am Montag im Saal."),
        # one of them deleted it
        ((BAKE, BAKE.replace("Wir kochen am Montag im Saal. ", ""), BAKE.replace("kochen", "backen")), None, ""),
        # both put something in at one place of the sentence
        ((BAKE, BAKE.replace("kochen", "kochen gern"), BAKE.replace("kochen", "kochen selten")), None,
         "Wir kochen selten am Montag im Saal.\nWir kochen gern am Montag im Saal."),
        # or at two places of it
        ((BAKE, BAKE.replace("kochen", "kochen gern"), BAKE.replace("Saal", "Saal, mit Kindern")), None,
         "Wir kochen am Montag im Saal, mit Kindern.\nWir kochen gern am Montag im Saal."),
        # both only put something in, at places that do not contradict
        (("Liste:\n- eins", "Liste:\n- eins\n- zwei", "Liste:\n- eins\n- drei"), "join", "- drei\n- zwei"),
        (("Eins.\n\nZwei.", "Eins.\n\nMeins.\n\nZwei.", "Eins.\n\nDeins.\n\nZwei."), "join", "Deins.\n\nMeins."),
    ],
)  # fmt: skip
def test_only_a_text_that_lacks_nothing_is_chosen_beforehand(client, application, versions, chosen, joined):
    url = disagreed(application, *map(Text, versions))

    form = form_of(client.get(url), None)

    assert (form.get("choice-0", [None]), form["joined-0"][0].replace("\r\n", "\n")) == ([chosen], joined)


@pytest.mark.parametrize(
    ("versions", "result"),
    [
        (("Liste:\n- eins\n\nEnde.", "Liste:\n- eins\n- zwei\n\nEnde.", "Liste:\n- eins\n- drei\n\nEnde."),
         "Liste:\n- eins\n- drei\n- zwei\n\nEnde."),
        (("Eins.\n\nZwei.", "Eins.\n\nMeins.\n\nZwei.", "Eins.\n\nDeins.\n\nZwei."),
         "Eins.\n\nDeins.\n\nMeins.\n\nZwei."),
        (("Eins. Zwei.", "Eins. Meins. Zwei.", "Eins. Deins. Zwei."), "Eins. \nDeins.\nMeins.\nZwei."),
        (("- eins\n- zwei\n- drei", "- eins\n- zwei, gern\n- drei", "- eins\n- zwei, viel\n- drei"),
         "- eins\n- zwei, viel\n- zwei, gern\n- drei"),
    ],
)  # fmt: skip
def test_a_joined_text_keeps_its_lines(client, application, versions, result):
    url = disagreed(application, *map(Text, versions))
    form = form_of(client.get(url), None)

    # Whoever edits the field may take the line ends around the text away without seeing it.
    client.post(url, {**form, "choice-0": "join", "joined-0": form["joined-0"][0].strip()})

    assert value_of(application, "s1").text == result


def test_what_was_deleted_does_not_come_back_by_an_empty_field(client, application):
    url = disagreed(application, Text("Eins. Zwei."), Text("Eins."), Text("Eins. Zwei neu."))

    page = client.post(url, {**form_of(client.get(url), None), "choice-0": "join", "joined-0": " "})

    assert page.status_code == 422
    assert "Bitte schreiben Sie, was da stehen soll, oder wählen Sie eine der Fassungen." in page.text
    assert value_of(application, "s1").text == "Eins. Zwei neu."


@pytest.mark.parametrize(("side", "place"), [("mine", 1), ("theirs", 3)])
def test_a_paragraph_that_both_moved_is_put_in_one_place(client, application, side, place):
    one, *others = ABC.split("\n\n")
    mine, theirs = ("\n\n".join([*others[:number], one, *others[number:]]) for number in (1, 3))
    url = disagreed(application, Text(ABC), Text(mine), Text(theirs.replace("Chor", "Der Chor")))
    page = client.get(url)
    form = form_of(page, None)

    client.post(url, {**form, "choice-0": side})

    assert "steht in den beiden Fassungen an verschiedenen Stellen" in spaceless(page.text)
    assert {name for name in form if name.startswith(("choice", "joined"))} == set()
    paragraphs = value_of(application, "s1").text.split("\n\n")
    assert paragraphs.index("Amsel singt.") == place
    assert sorted(paragraphs) == ["Amsel singt.", "Buche rauscht.", "Der Chor probt.", "Dorf feiert."]


def test_the_sentences_before_and_after_stand_beside_the_place(client, clash):
    page = spaceless(client.get(clash).text)

    assert "Davor steht:</span> Anfang neu.</p>" in page
    assert "Danach steht:</span> Ende.</p>" in page


def test_beside_a_place_stands_nothing_that_is_to_be_decided_too(client, application):
    base, mine, theirs = (f"Wir kochen am {day}.\n\nWir backen am {other}." for day, other in
                          (("Montag", "Freitag"), ("Dienstag", "Samstag"), ("Mittwoch", "Sonntag")))  # fmt: skip
    url = disagreed(application, Text(base), Text(mine), Text(theirs))

    page = spaceless(client.get(url).text)

    assert page.count("Danach steht eine Stelle, über die Sie auch entscheiden.") == 1
    assert page.count("Davor steht eine Stelle, über die Sie auch entscheiden.") == 1
    assert "Davor steht:" not in page
    assert "Danach steht:" not in page


def test_two_windows_of_one_person_are_told_so(client, application, amina):
    write(application, "s1", "Mitte.", by=amina)
    write(application, "s1", "Mitte von dort.", by=amina)
    response = client.post(address(application), {"version": "1", "text": "Mitte von hier."})

    page = spaceless(client.get(response.url).text)

    assert "Sie haben in zwei Fenstern geschrieben" in page
    assert "Ihre Fassung aus dem anderen Fenster nehmen" in page
    assert "Fassung von Amina Haddad" not in page


def test_in_rows_too_nothing_is_chosen_that_nobody_decided(client, application):
    def goals(indicator, target=""):
        return Goals((Goal(id=row_id("g"), goal="Ziel", indicator=indicator, target=target),))

    base, mine, theirs = goals("Eins. Zwei.", "10"), goals("Eins neu. Zwei.", "20"), goals("Eins alt. Zwei.", "30")
    url = disagreed(application, base, mine, theirs, key="s5")
    page = client.get(url)
    form = form_of(page, None)

    assert {name for name in form if name.startswith("choice")} == set()
    assert "Danach steht:</span> Zwei.</p>" in spaceless(page.text)
    client.post(url, {**form, "choice-0": "join", "joined-0": "Eins.\r\nMehr.", "choice-1": "mine"})
    assert value_of(application, "s5") == goals("Eins.\nMehr. Zwei.", "20")


def test_two_texts_that_are_too_much_together_are_both_kept(client, application):
    ends = "Mitte." + "x" * 30_000
    url = disagreed(application, Text(f"Eins.\n{ends[:6]}"), Text(f"Eins.{ends}\nMitte."), Text(f"Eins.\n{ends}"))

    page = client.get(url)

    assert "zusammen sind sie zu viel. „Ihr Text“ ist zu lang: 60018 Zeichen." in spaceless(page.text)
    assert "So übernehmen" not in page.text
    assert client.post(url, form_of(page, None)).status_code == 422
    assert len({row.content["text"] for row in Revision.objects.filter(draft__key="s1")}) == 3


# History


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


# Longer than Python reads as a number.
ENDLESS = "9" * 5000


def test_restoring_with_an_endless_version_is_refused(client, application):
    for text in ("Eins.", "Zwei."):
        write(application, "s1", text)

    first = Revision.objects.get(version=1)
    response = client.post(address(application, "s1", "restore", first.pk), {"version": ENDLESS})

    assert response.url == address(application, name="history")
    assert value_of(application, "s1").text == "Zwei."


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


def test_a_note_with_an_endless_version_shows_both(client, application):
    client.post(address(application, name="note"), {"version": "0", "text": "Erste."})

    response = client.post(address(application, name="note"), {"version": ENDLESS, "text": "Zweite."})

    assert response.status_code == 409
    assert ("Erste." in response.text, "Zweite." in response.text) == (True, True)


def test_findings_stand_beside_the_section_they_are_about(client, application):
    write(application, "s3", "Es ist schwer.")
    write(application, "s1", "Wir kochen.")

    beside = client.get(address(application, "s3")).text
    assert "Vorprüfung dieses Abschnitts" in beside
    assert "noch keine Zahl von vor Ort" in beside
    assert "Vorprüfung dieses Abschnitts" not in client.get(address(application, "s1")).text


def test_findings_that_compare_sections_stand_also_beside_a_save_that_is_refused(client, application):
    write(application, "s14", "Die Projektleitung arbeitet 30 Stunden je Woche.")
    write(application, "s17", Budget(personnel=(Personnel(role="Projektleitung", year=2027, weekly_hours="10"),)))

    refused = client.post(address(application, "s14"), {"version": "1", "text": "Nicht speicherbar: \x00"})

    assert refused.status_code == 422
    assert "Im Finanzierungsplan stehen 10 Stunden je Woche." in refused.text


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

    with django_assert_max_num_queries(11) as queries:
        client.get(address(application, key))

    assert len(queries) == 11


@pytest.mark.parametrize(("by_script", "count"), [(False, 7), (True, 8)])
def test_a_save_asks_at_most_eight_times_without_session_and_person(
    client, application, by_script, count, django_assert_num_queries
):
    make_workshop(application.team.cohort, keys=["s1"])
    write(application, "s1", "Eins.")
    sent = {"version": "1", "text": "Zwei.", "save": row_id("x")}

    with django_assert_num_queries(count + 4):  # session, person; a savepoint, as the test is inside a transaction
        answer = as_script(client, application, **sent) if by_script else client.post(address(application, "s1"), sent)

    assert answer.status_code == (200 if by_script else 302)
    assert value_of(application, "s1") == Text("Zwei.")
