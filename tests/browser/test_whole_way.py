"""The whole way with the five people: from an invitation to papers that are posted, through nothing but the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from calls.reference import load_calls
from cohorts.reference import load_curriculum
from schmiede.site_pages import ensure_pages
from tests.browser.people import Person
from tests.browser.team import (
    COHORT,
    ORGANISATION,
    TITLE,
    association_registers,
    day,
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

TRAEGER, CALL = "Werkstatt Zusammenhalt gGmbH", "Gesellschaftlicher Zusammenhalt – erfunden"
WORKSHOPS = [
    "Ankommen und Idee", "Bedarf und Zielgruppe", "Wirkung planen", "Maßnahmen, Zeit und Partner",
    "Ausgaben und Finanzierung", "Schreibwerkstatt und Einreichung",
]  # fmt: skip


@pytest.fixture
def portal(live_server, settings):
    """What a fresh portal holds: the reference data and the public pages."""
    settings.PORTAL_URL = live_server.url
    settings.MAILS_WAIT = timedelta()  # nobody waits five minutes for a mail here
    load_calls()
    load_curriculum()
    ensure_pages()
    mail.outbox.clear()


def bamf_lets_a_traeger_run_cohorts(emil, doris):
    call_command("invite_bamf", emil.email)
    emil.accept()
    emil.enrol()
    emil.goes("/verwaltung/accounts/organisation/add/")
    emil.type("Name wie im Register", TRAEGER)
    emil.press("Speichern und weiter bearbeiten")
    emil.act("Darf Projektschmieden durchführen")
    emil.press("Darf Projektschmieden durchführen")
    emil.sees("Die Organisation darf jetzt Projektschmieden durchführen")
    emil.act("Jemanden einladen …")
    emil.type("E-Mail-Adresse", doris.email)
    emil.press("Weiter")
    emil.press("Jemanden einladen (eine E-Mail)")
    emil.sees("Die Einladung ist unterwegs.")


def bamf_opens_a_call(emil):
    """The call of the reference data, copied, with its own dates and address, and two limits confirmed."""
    emil.goes("/verwaltung/calls/fundingcall/")
    emil.press(re.compile("Förderjahr 2026"), emil.main)
    emil.act("Ins nächste Jahr kopieren")
    emil.press("Kopieren")
    emil.sees("Grenzen, Regeln und Anschriften der Kopie sind noch nicht geprüft")
    emil.goes("/verwaltung/calls/fundingcall/")
    emil.press(re.compile("Förderjahr 2027"), emil.main)
    emil.type("Titel", CALL)
    emil.type("Förderjahr", str(timezone.localdate().year + 1))
    emil.type("Offen ab", day(-30))
    emil.type("Einsendeschluss", day(120))
    emil.type("Postanschrift", "Beispielbehörde\nMusterstraße 1\n00000 Musterstadt")
    emil.press("Speichern")
    emil.goes("/verwaltung/calls/edition/")
    emil.page.get_by_role("row", name=CALL).get_by_role("link").first.click()
    for number in (0, 2):
        emil.page.locator(f"[name=limits-{number}-certainty]").select_option("verified", force=True)
    emil.press("Speichern und weiter bearbeiten")
    emil.act("Stand veröffentlichen")
    emil.press("Veröffentlichen")
    emil.sees("veröffentlicht.")


def organiser_publishes_a_cohort(doris):
    doris.accept()
    doris.enrol()
    doris.goes("/uebersicht/")
    doris.sees("Noch gibt es keine Projektschmiede.")
    doris.press("Neue Projektschmiede")
    doris.type("Titel", COHORT)
    doris.choose("Förderaufruf", CALL)
    doris.choose("Lehrplan", "Sechs Bausteine von der Idee zur Interessenbekundung")
    doris.type("Beginnt am", day(14))
    doris.type("Anmeldung ab", day(0))
    doris.type("Anmeldung bis", day(7))
    doris.type("Region", "Mitteldeutschland")
    doris.press("Speichern und weiter bearbeiten")
    doris.sees("6 Workshops sind angelegt.", "1 · Ankommen und Idee")
    doris.act("Veröffentlichen")
    doris.press("Ja, veröffentlichen")
    doris.sees("ist veröffentlicht.")


def organiser_accepts_and_names_a_coach(doris, amina, carla):
    doris.goes("/uebersicht/")
    doris.press("1 Anmeldung wartet auf eine Entscheidung")
    doris.press(f"{ORGANISATION}, Halle (Saale)")
    doris.act("Zulassen")
    doris.type("Text, der verschickt wird", "Ihre Idee hat uns überzeugt: Sie haben einen Platz.")
    doris.type("Interne Notiz", "Passt gut in die Gruppe.")
    doris.press("Weiter")
    doris.sees("danach", "Ihre Idee hat uns überzeugt")
    doris.press("Zulassen (4 E-Mails)")
    doris.sees("Zugelassen. Das Team ist angelegt.", "2 E-Mails sind gesendet")
    assert "Ihre Idee hat uns überzeugt" in amina.mail("Zusage")
    assert "Passt gut in die Gruppe" not in amina.mail("Zusage")
    doris.goes("/verwaltung/cohorts/coachassignment/add/")
    doris.choose("Projektschmiede", COHORT)
    doris.type("Vorname", carla.first_name)
    doris.type("Nachname", carla.last_name)
    doris.type("E-Mail-Adresse", carla.email)
    doris.type("Anrede auf den Seiten", "Coachin")
    doris.press("Speichern")
    doris.sees("Noch ist nichts geändert und nichts verschickt.")
    doris.press("Speichern und eine E-Mail verschicken")
    carla.accept()
    carla.enrol()
    carla.goes("/uebersicht/")
    carla.sees("Noch ist Ihnen kein Team zugeordnet.")
    doris.goes("/verwaltung/cohorts/team/")
    doris.press(ORGANISATION)
    doris.act("Coaching-Personen festlegen")
    doris.choose("Erste Coaching-Person", carla.name)
    doris.press("Weiter")
    doris.press(re.compile(r"Coaching-Personen festlegen \("))
    doris.sees("Die Coaching-Personen sind festgelegt.")


def team_starts(amina, jonas, doris):
    jonas.accept()
    jonas.sees("Unser Weg")
    amina.accept()
    amina.sees("Willkommen, Amina Haddad", "Aus Ihrer Idee wird die Kurzbeschreibung")
    doris.goes("/verwaltung/workshops/workshop/")
    for title in WORKSHOPS:
        doris.page.get_by_role("row", name=title).get_by_role("checkbox").check()
    doris.act("Abschnitte früher öffnen")
    doris.type("Grund", "Alle können gleich losschreiben.")
    doris.press("Weiter")
    doris.press(re.compile(r"Abschnitte früher öffnen \("))
    doris.sees(*(f"{number} · {title}: Die Abschnitte sind offen." for number, title in enumerate(WORKSHOPS, 1)))
    assert "Der Grund: Alle können gleich losschreiben." in amina.mail("Neue Abschnitte sind offen")
    amina.goes("/uebersicht/")
    amina.sees("Sie sind dran", "Vorhaben beginnen")
    amina.press("Vorhaben beginnen")
    amina.tick("Für Vielfalt und Toleranz – Beiträge zum Abbau von Diskriminierung, Rassismus und Antisemitismus")
    amina.page.get_by_label("Die Idee aus unserer Anmeldung als Kurzbeschreibung übernehmen").uncheck()
    amina.press("Vorhaben beginnen")
    amina.sees("Ihr Vorhaben ist begonnen.", "0 von 18 rund")


def team_writes(amina, jonas):
    opens(jonas, "Kurzbeschreibung")
    jonas.page.get_by_label("Ihr Text").fill("Wir kochen jede Woche mit Nachbarinnen und Nachbarn und reden am Tisch.")
    jonas.sees("gespeichert um")
    for write in (writes_texts, writes_cover, writes_work_plan, writes_goals, writes_partners, declares, uploads):
        write(amina)
    plans_money(amina)


def organiser_announces(doris, amina):
    doris.goes("/verwaltung/cohorts/announcement/add/")
    doris.choose("Projektschmiede", COHORT)
    doris.type("Überschrift", "Der Raum steht fest")
    doris.type("Text", "Wir treffen uns im Rathaus.")
    doris.press("Speichern und weiter bearbeiten")
    doris.act("Veröffentlichen und verschicken")
    doris.press("Veröffentlichen und verschicken (3 E-Mails)")
    doris.sees("Der Raum steht fest: ")
    assert "Wir treffen uns im Rathaus." in amina.mail("Der Raum steht fest")
    amina.goes("/uebersicht/")
    amina.press("Der Raum steht fest")
    amina.sees("Wir treffen uns im Rathaus.")


def coach_takes(carla):
    carla.press("Rückmeldungen", carla.page.get_by_role("navigation", name="Hauptnavigation"))
    carla.sees("Das wartet", TITLE)
    carla.press(f"Übernehmen und lesen: {ORGANISATION}")
    carla.sees("Sie lesen jetzt. Andere Coaching-Personen sehen das.")


def coach_comments(carla, kind, text, words=""):
    form = carla.page.locator("#neue-anmerkung")
    if words:
        carla.type("Zu welchen Worten?", words, form)
    carla.choose("Art", kind, form)
    carla.type("Was möchten Sie sagen?", text, form)
    with carla.page.expect_navigation():
        carla.press("Anmerkung speichern", form)
    carla.sees(text)


def coach_decides(carla, sentence, **verdicts):
    place = carla.page.get_by_role("form", name="Zurück an das Team")
    for title, verdict in verdicts.items():
        carla.tick(verdict, place.get_by_role("group", name=title))
    carla.type("Ein Satz zum Mitgeben", sentence, place)
    with carla.page.expect_navigation():
        carla.press("Zurückgeben", place)


def team_and_coach_talk(amina, jonas, carla):
    hands_in(jonas, "Kurzbeschreibung", "Finanzierungsplan")
    coach_reads(amina, carla)
    team_revises(amina, carla)


def coach_reads(amina, carla):
    assert ORGANISATION in carla.mail("")
    coach_takes(carla)
    coach_comments(carla, "Bitte ändern", "Wie viele Menschen kommen?", "mit Nachbarinnen und Nachbarn")
    coach_comments(carla, "Lob", "Das versteht auch meine Nachbarin.")
    amina.goes("/uebersicht/")
    amina.sees("Auch am Werk", "Carla Weber liest gerade.")
    amina.sees_not("Wie viele Menschen kommen?")
    coach_decides(
        carla,
        "Schon sehr klar.",
        Kurzbeschreibung="bitte ändern",
        Finanzierungsplan="aus Sicht der Coaching-Person rund",
    )
    assert "Schon sehr klar." in amina.mail("")


def team_revises(amina, carla):
    amina.goes("/uebersicht/")
    amina.sees("Sie sind dran", "„Kurzbeschreibung“ überarbeiten", "1 Anmerkung von Carla Weber")
    opens(amina, "Kurzbeschreibung")
    amina.sees("bitte ändern", "Wie viele Menschen kommen?", "Das versteht auch meine Nachbarin.")
    amina.page.locator("summary", has_text="Antworten").first.click()
    amina.type("Ihre Antwort", "Es kommen etwa 30.")
    amina.press("Antwort speichern")
    amina.sees("Es kommen etwa 30.")
    amina.type("Ihr Text", "Wir kochen jede Woche mit 30 Nachbarinnen und Nachbarn und reden am Tisch.")
    amina.save()
    hands_in(amina, "Kurzbeschreibung")
    coach_takes(carla)
    carla.press("Neu seit Ihrer letzten Lesung")
    assert carla.page.locator("mark ins").all_inner_texts() == ["30 "]
    carla.press("Ist erledigt: Anmerkung 1")
    carla.sees("Die Anmerkung ist erledigt.", "Sie lesen gerade")
    coach_decides(carla, "Jetzt ist es rund.", Kurzbeschreibung="aus Sicht der Coaching-Person rund")
    opens(amina, "Kurzbeschreibung")
    expect(amina.main.locator(".page-head .state")).to_have_text("rund")


def organiser_moves_a_workshop(doris, amina):
    """To yesterday, so that attendance can be recorded."""
    doris.goes("/verwaltung/workshops/workshop/")
    doris.press(WORKSHOPS[0])
    for field in ("begins_at", "ends_at"):
        doris.page.locator(f"[name=sessions-0-{field}_0]").fill(day(-1))
    doris.press("Speichern")
    doris.sees("Das geschieht, wenn Sie speichern", "3 Personen bekommen diese E-Mail")
    doris.press("Speichern und 3 E-Mails verschicken")
    doris.sees("wurde erfolgreich geändert")
    assert re.search(r"^bisher: .+\njetzt: ", amina.mail("Termin geändert: Workshop 1"), re.MULTILINE)


def organiser_looks(doris):
    doris.goes("/uebersicht/")
    doris.press(COHORT)
    doris.sees("Kein Team braucht einen Anruf", "1 haben zur Rückmeldung abgegeben", ORGANISATION)
    doris.press("Anwesenheit eintragen")
    doris.tick("anwesend", doris.page.get_by_role("group", name="Amina Haddad"))
    doris.tick("entschuldigt", doris.page.get_by_role("group", name="Jonas Petersen"))
    doris.press("Speichern")
    doris.sees("Gespeichert: 2 Zeilen geändert.")


def team_finishes(amina, jonas):
    jonas.press("Vorhaben", jonas.page.get_by_role("navigation", name="Hauptnavigation"))
    jonas.sees("2 von 18 rund")
    expect(jonas.page.get_by_role("link", name="Fertigstellen", exact=True)).to_have_count(0)
    amina.press("Vorhaben", amina.page.get_by_role("navigation", name="Hauptnavigation"))
    amina.press("Vorprüfung")
    amina.sees("Abschnitte sind in Ordnung.")
    amina.press(TITLE)
    finishes(amina)
    amina.page.locator("summary", has_text="Zurücknehmen und weiterschreiben").click()
    amina.press("Ja, zurücknehmen")
    amina.sees("Sie können wieder schreiben. Die bisherige Fassung bleibt erhalten.")
    finishes(amina)
    links = amina.page.locator(".files a[href*='/datei/']").all()
    papers = [amina.context.request.get(link.get_attribute("href")).body() for link in links]
    assert [pdf[:5] for pdf in papers] == [b"%PDF-"] * 4
    assert all(len(PdfReader(BytesIO(pdf)).pages) for pdf in papers)


def papers_are_posted(amina, doris, emil):
    emil.goes("/unterlagen/")
    emil.sees_not(TITLE)
    for button in (
        "Ist ausgedruckt",
        "Sind ausgefüllt",
        "Ist unterschrieben",
        "Ist zur Post gegeben",
        "Eingang eintragen",
    ):
        if button == "Ist ausgedruckt":
            amina.sees("Es fehlt noch das Anschreiben mit dem Verzeichnis der Anlagen.")
            amina.press("Anschreiben erstellen")
            amina.sees("Anschreiben Nr. 1 ist erstellt.", "Anschreiben Nr. 1 passt zur Liste der Anlagen.")
        takes_a_paper_step(amina, button)
    emil.goes("/unterlagen/")
    emil.press(TITLE)
    emil.sees("Bestätigungsnummer", ORGANISATION)
    doris.goes(emil.page.url)
    doris.press("Ergebnis eintragen")
    doris.tick("zum Antrag eingeladen")
    doris.press("Eintragen")
    doris.sees("Das Ergebnis ist eingetragen.")
    assert "zum Antrag eingeladen" in amina.mail("")
    amina.goes("/uebersicht/")
    amina.sees("Sie sind zum Antrag eingeladen: Stufe 2 hat begonnen.")


@pytest.mark.usefixtures("portal")
def test_whole_way(new_context):
    people = [("Amina", "Haddad"), ("Jonas", "Petersen"), ("Carla", "Weber"), ("Doris", "Lang"), ("Emil", "Brandner")]
    amina, jonas, carla, doris, emil = (Person(new_context, *name) for name in people)
    bamf_lets_a_traeger_run_cohorts(emil, doris)
    bamf_opens_a_call(emil)
    organiser_publishes_a_cohort(doris)
    association_registers(amina, jonas)
    organiser_accepts_and_names_a_coach(doris, amina, carla)
    team_starts(amina, jonas, doris)
    organiser_announces(doris, amina)
    ticks_an_assignment(amina, f"Workshop 1: {WORKSHOPS[0]}")
    team_writes(amina, jonas)
    team_and_coach_talk(amina, jonas, carla)
    organiser_moves_a_workshop(doris, amina)
    organiser_looks(doris)
    team_finishes(amina, jonas)
    papers_are_posted(amina, doris, emil)
