"""The participant's part with JavaScript off, from registering to the post: everything is a plain form."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from accounts.models import Message
from accounts.waiting import send_now
from applications.reviews.models import Review
from applications.writing.models import Application
from calls.examples import make_example
from calls.reference import load_calls
from cohorts.deciding import accept
from cohorts.models import Registration
from schmiede.site_pages import ensure_pages
from tests.browser.people import Person
from tests.browser.team import (
    COHORT,
    association_registers,
    declares,
    finishes,
    hands_in,
    opens,
    plans_money,
    takes_a_paper_step,
    ticks_an_assignment,
    uploads,
    writes_cover,
    writes_goals,
    writes_partners,
    writes_texts,
    writes_work_plan,
)
from tests.builders import day, make_coach, make_cohort, make_organiser, make_user, make_workshop
from workshops.models import Assignment

SUMMARY = "Kurzbeschreibung"


@pytest.fixture
def cohort(live_server, settings):
    """A cohort that takes registrations and whose first workshop opens every section; Doris and Carla need no browser."""
    settings.PORTAL_URL = live_server.url
    ensure_pages()
    example = {"slug": "beispiel", "year": day().year + 1, "open_from": day(-30), "deadline": day(120)}
    call = make_example(load_calls()[-1].call, checked_on=day(), **example)
    doris, carla = make_user("Doris", "Lang"), make_user("Carla", "Weber")
    cohort = make_cohort(make_organiser(doris), call, title=COHORT, registration_until=day(7))
    make_coach(cohort, carla)
    workshop = make_workshop(cohort, 1, [f"s{number}" for number in range(18)], title="Ankommen und Idee")
    Assignment.objects.create(workshop=workshop, title="Drei Gespräche führen", due_on=day(3))
    mail.outbox.clear()
    return cohort


def is_accepted(amina, jonas, cohort):
    """Doris gives the association a place, and both get into the portal by their invitations."""
    doris = cohort.organiser.memberships.get().user
    accept(Registration.objects.get(), by=doris, text="Willkommen!", first_coach=cohort.coach_assignments.get())
    send_now(Message.objects.waiting(), by=doris)
    for person in (amina, jonas):
        person.accept()
        person.sees("Unser Weg")
    return cohort.coach_assignments.get().coach


def partners(person):
    return [field.input_value() for field in person.page.locator("#abschnitt [name$=-name]").all()]


def start(amina):
    amina.press("Vorhaben beginnen")
    amina.tick("Für Vielfalt und Toleranz – Beiträge zum Abbau von Diskriminierung, Rassismus und Antisemitismus")
    amina.main.get_by_role("button", name="Vorhaben beginnen").click()
    amina.sees("Ihr Vorhaben ist begonnen.")


def write_rows(amina):
    """Beside the city add one, move it up, delete the city."""
    opens(amina, "Vernetzung und Kooperation")
    amina.press("Partner hinzufügen")
    amina.row("name").fill("Chor am Fluss")
    amina.row("state").select_option("agreed")
    amina.press("Speichern")
    amina.sees("Gespeichert.")
    assert partners(amina) == ["Stadt Halle", "Chor am Fluss"]
    amina.main.get_by_role("button", name=re.compile("nach oben.*Chor am Fluss")).click()
    amina.sees("Gespeichert.")
    assert partners(amina) == ["Chor am Fluss", "Stadt Halle"]
    amina.tick("Beim Speichern löschen", amina.page.get_by_role("group", name="Partner 2"))
    amina.press("Speichern")
    amina.sees("Gespeichert.")
    assert partners(amina) == ["Chor am Fluss"]


def write_at_once(amina, jonas):
    """Both open the same text and change the same words: the second decides, nothing is lost."""
    opens(amina, SUMMARY)
    amina.type("Ihr Text", "Wir kochen im Viertel.")
    amina.press("Speichern")
    amina.sees("Gespeichert.")
    opens(jonas, SUMMARY)
    amina.type("Ihr Text", "Wir kochen jede Woche im Viertel.")
    amina.press("Speichern")
    amina.sees("Gespeichert.")
    jonas.type("Ihr Text", "Wir kochen jeden Freitag im Viertel.")
    jonas.press("Speichern")
    jonas.sees("Sie haben gleichzeitig geschrieben", "Nichts ist verloren.", "jede Woche", "jeden Freitag")
    jonas.tick("Ihre Fassung nehmen")
    jonas.press("So übernehmen")
    jonas.sees("Gespeichert. Alle Fassungen stehen in der Liste der Fassungen.")
    assert jonas.page.get_by_label("Ihr Text").input_value() == "Wir kochen jeden Freitag im Viertel."
    jonas.press("Alle Fassungen ansehen")
    jonas.sees("Amina Haddad", "jede Woche", "jeden Freitag")


def give_back(carla, kind, verdict, text):
    review = Review.objects.open().get()
    review.take(by=carla)
    item = review.items.get()
    for comment in item.draft.review_items.exclude(pk=item.pk).get().comments.all() if verdict == "accepted" else []:
        comment.resolve(by=carla)
    item.comment(by=carla, kind=kind, text=text)
    review.give_back(by=carla, verdicts={item.pk: verdict})


def answer_and_revise(amina):
    amina.goes("/uebersicht/")
    amina.sees("Sie sind dran", "1 Anmerkung von Carla Weber")
    opens(amina, SUMMARY)
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


def lines(person):
    return [field.input_value() for field in person.page.locator("#abschnitt [name^=expenses-][name$=-title]").all()]


def change_lines(amina):
    """Of the budget: add two, move the second up, delete it."""
    plans_money(amina)
    amina.save("Ausgabe hinzufügen")
    new = amina.page.locator("tr").filter(has=amina.page.locator("#neu")).locator("xpath=following-sibling::tr[1]")
    new.locator("[name$=-kind]").select_option(label="Ausgaben für Maßnahmen")
    new.locator("[name$=-title]").fill("Getränke")
    amina.save()
    assert lines(amina) == ["Lebensmittel", "Getränke"]
    more = amina.page.locator("details", has_text="Bezeichnung, Begründung und mehr: Getränke")
    more.locator("summary").click()
    amina.save(re.compile("nach oben.*Getränke"))
    assert lines(amina) == ["Getränke", "Lebensmittel"]
    more.locator("summary").click()
    amina.tick("Beim Speichern löschen", more)
    amina.save()
    assert lines(amina) == ["Lebensmittel"]


def test_participant_without_javascript(cohort, new_context):
    amina, jonas = (
        Person(new_context, *name, java_script_enabled=False) for name in [("Amina", "Haddad"), ("Jonas", "Petersen")]
    )
    association_registers(amina, jonas)
    carla = is_accepted(amina, jonas, cohort)
    ticks_an_assignment(amina, "Workshop 1: Ankommen und Idee")
    amina.goes("/uebersicht/")
    start(amina)
    write_at_once(amina, jonas)
    hands_in(jonas, SUMMARY)
    give_back(carla, "must change", "please change", "Wie viele Menschen kommen?")
    answer_and_revise(amina)
    hands_in(amina, SUMMARY)
    give_back(carla, "praise", "accepted", "Jetzt ist es klar.")
    opens(amina, SUMMARY)
    amina.sees("rund", "Jetzt ist es klar.")
    for write in (writes_texts, writes_cover, writes_work_plan, writes_goals, writes_partners, declares, uploads):
        write(amina)
    write_rows(amina)
    change_lines(amina)
    amina.goes(Application.objects.get().get_absolute_url())
    finishes(amina)
    takes_a_paper_step(amina, "Ist ausgedruckt")
