"""The participant's part with JavaScript off: everything is a plain form."""

from __future__ import annotations

import re

import pytest

from applications.models import Application, Reading
from cohorts.models import TeamMember
from schmiede.site_pages import ensure_pages
from tests.browser.people import Person
from tests.builders import fill, make_coach, make_cohort, make_organiser, make_team, make_user, make_workshop


@pytest.fixture
def people(live_server, settings, new_context):
    """Amina and Jonas are invited; Carla and Doris do their part without a browser."""
    settings.PORTAL_URL = live_server.url
    ensure_pages()
    doris, carla = make_user("Doris", "Lang"), make_user("Carla", "Weber")
    cohort = make_cohort(make_organiser(doris))
    team = make_team(cohort, first_coach=make_coach(cohort, carla))
    make_workshop(cohort, 1, ["s1", "s8"])
    amina, jonas = (
        Person(new_context, *name, java_script_enabled=False) for name in [("Amina", "Haddad"), ("Jonas", "Petersen")]
    )
    for person, role in ((amina, TeamMember.Role.OWNER), (jonas, TeamMember.Role.WRITER)):
        member = TeamMember.objects.create(
            team=team, first_name=person.first_name, last_name=person.last_name, email=person.email, role=role
        )
        member.invite(by=doris)
        person.accept()
        person.sees("Unser Weg")
    return amina, jonas, carla


def opens(person, key):
    person.goes(f"{Application.objects.get().get_absolute_url()}abschnitte/{key}/")


def partners(person):
    return [field.input_value() for field in person.page.locator("#abschnitt [name$=-name]").all()]


def start(amina):
    amina.press("Vorhaben beginnen")
    amina.tick("Begegnungen")
    amina.main.get_by_role("button", name="Vorhaben beginnen").click()
    amina.sees("Ihr Vorhaben ist begonnen.")


def write_rows(amina):
    """Add two, move the second up, delete the other one."""
    opens(amina, "s8")
    for name in ("Stadt Halle", "Chor am Fluss"):
        amina.row("name").fill(name)
        amina.press("Partner hinzufügen")
        amina.sees("Gespeichert.")
    assert partners(amina) == ["Stadt Halle", "Chor am Fluss", ""]
    amina.main.get_by_role("button", name=re.compile("nach oben.*Chor am Fluss")).click()
    amina.sees("Gespeichert.")
    assert partners(amina) == ["Chor am Fluss", "Stadt Halle"]
    amina.tick("Beim Speichern löschen", amina.page.get_by_role("group", name="Partner 2"))
    amina.press("Speichern")
    amina.sees("Gespeichert.")
    assert partners(amina) == ["Chor am Fluss"]


def write_at_once(amina, jonas):
    """Both open the same text and change the same words: the second decides, nothing is lost."""
    opens(amina, "s1")
    amina.type("Ihr Text", "Wir kochen im Viertel.")
    amina.press("Speichern")
    amina.sees("Gespeichert.")
    opens(jonas, "s1")
    amina.type("Ihr Text", "Wir kochen jede Woche im Viertel.")
    amina.press("Speichern")
    amina.sees("Gespeichert.")
    jonas.type("Ihr Text", "Wir kochen jeden Freitag im Viertel.")
    jonas.press("Speichern")
    jonas.sees("Sie haben gleichzeitig geschrieben", "Nichts ist verloren.", "jede Woche", "jeden Freitag")
    jonas.tick("Diese Fassung nehmen")
    jonas.press("So übernehmen")
    jonas.sees("Gespeichert. Alle Fassungen stehen in der Liste der Fassungen.")
    assert jonas.page.get_by_label("Ihr Text").input_value() == "Wir kochen jeden Freitag im Viertel."
    jonas.press("Alle Fassungen ansehen")
    jonas.sees("Amina Haddad", "jede Woche", "jeden Freitag")


def hand_in(person):
    opens(person, "s1")
    person.press("Zur Rückmeldung abgeben")
    person.tick_section("Kurzbeschreibung")
    person.press("Jetzt abgeben")
    person.sees("Abgegeben.")


def give_back(carla, kind, verdict, text):
    reading = Reading.objects.open().get()
    reading.take(by=carla)
    item = reading.items.get()
    for remark in item.draft.reading_items.exclude(pk=item.pk).get().remarks.all() if verdict == "accepted" else []:
        remark.resolve(by=carla)
    item.remark(by=carla, kind=kind, text=text)
    reading.give_back(by=carla, verdicts={item.pk: verdict})


def answer_and_revise(amina):
    amina.goes("/uebersicht/")
    amina.sees("Sie sind dran", "1 Anmerkung von Carla Weber")
    opens(amina, "s1")
    amina.sees("bitte ändern", "Wie viele Menschen kommen?")
    amina.page.locator("summary", has_text="Antworten").click()
    amina.type("Ihre Antwort", "Es kommen 30.")
    amina.press("Antwort speichern")
    amina.sees("Es kommen 30.")
    amina.press("Aus unserer Sicht erledigt: Anmerkung 1")
    amina.sees("Die Anmerkung ist aus Ihrer Sicht erledigt.")
    amina.type("Ihr Text", "Wir kochen jeden Freitag mit 30 Menschen im Viertel.")
    amina.press("Speichern")
    amina.sees("Gespeichert.")


def finish(amina):
    fill(Application.objects.get())
    amina.goes(Application.objects.get().get_absolute_url())
    amina.press("Vorprüfung")
    amina.sees("Prüfungen ohne Befund")
    amina.goes(Application.objects.get().get_absolute_url())
    amina.press("Fertigstellen")
    confirm = amina.main.get_by_role("checkbox")
    if confirm.count():
        confirm.check()
    amina.press("Verbindlich fertigstellen")
    amina.sees("Beleg", slowly=True)


def test_participant_without_javascript(people):
    amina, jonas, carla = people
    start(amina)
    write_rows(amina)
    write_at_once(amina, jonas)
    hand_in(jonas)
    give_back(carla, "must change", "please change", "Wie viele Menschen kommen?")
    answer_and_revise(amina)
    hand_in(amina)
    give_back(carla, "praise", "accepted", "Jetzt ist es klar.")
    opens(amina, "s1")
    amina.sees("rund", "Jetzt ist es klar.")
    finish(amina)
