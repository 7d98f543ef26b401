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

from calls.examples import make_example
from calls.reference import load_calls
from cohorts.reference import load_curriculum
from schmiede.site_pages import ensure_pages
from tests.browser.people import Person

COHORT = "Projektschmiede Mitteldeutschland"
ORGANISATION, TRAEGER = "Nachbarschaft Wasserturm e. V.", "Werkstatt Zusammenhalt gGmbH"


TITLE = "Tischgespräche am Wasserturm"
WORKSHOPS = [
    "Ankommen und Idee", "Bedarf und Zielgruppe", "Wirkung planen", "Maßnahmen, Zeit und Partner",
    "Ausgaben und Finanzierung", "Schreibwerkstatt und Einreichung",
]  # fmt: skip
TEXTS = [
    "Verein und Erfahrung", "Ausgangslage vor Ort", "Zielgruppe und Ansprache", "Maßnahmen und Umsetzung",
    "Was ist neu daran?", "Beteiligung und Ehrenamt", "Öffentlichkeitsarbeit", "Qualität und Erfolg",
    "Wie es danach weitergeht", "Personal und Ressourcen",
]  # fmt: skip


def day(offset: int) -> str:
    """A day as people type it."""
    return f"{timezone.localdate() + timedelta(days=offset):%d.%m.%Y}"


@pytest.fixture
def portal(live_server, settings):
    """What a fresh portal holds, and a call that is open."""
    settings.PORTAL_URL = live_server.url
    today = timezone.localdate()
    make_example(
        load_calls()[-1].call,
        slug="beispiel",
        year=today.year + 1,
        open_from=today - timedelta(days=30),
        deadline=today + timedelta(days=120),
        checked_on=today,
    )
    load_curriculum()
    ensure_pages()
    mail.outbox.clear()


def bamf_lets_a_traeger_run_cohorts(emil, doris):
    call_command("invite_bamf", emil.email)
    emil.accept()
    emil.enrol()
    emil.goes("/verwaltung/accounts/organisation/add/")
    emil.type("Name wie im Register", TRAEGER)
    emil.press("Sichern und weiter bearbeiten")
    emil.act("Darf Projektschmieden durchführen")
    emil.sees("Die Organisation darf jetzt Projektschmieden durchführen")
    emil.act("Jemanden einladen …")
    emil.type("E-Mail-Adresse", doris.email)
    emil.press("Einladung senden")
    emil.sees("Die Einladung ist unterwegs.")


def organiser_publishes_a_cohort(doris):
    doris.accept()
    doris.enrol()
    doris.goes("/uebersicht/")
    doris.sees("Noch gibt es keine Projektschmiede.")
    doris.press("Neue Projektschmiede")
    doris.type("Titel", COHORT)
    doris.choose("Förderaufruf", "Beispielaufruf (erfunden)")
    doris.choose("Lehrplan", "Sechs Bausteine von der Idee zur Interessenbekundung")
    doris.type("Beginnt am", day(14))
    doris.type("Anmeldung ab", day(0))
    doris.type("Anmeldung bis", day(7))
    doris.type("Region", "Mitteldeutschland")
    doris.press("Sichern und weiter bearbeiten")
    doris.sees("6 Workshops sind angelegt.", "1 · Ankommen und Idee")
    doris.act("Veröffentlichen")
    doris.sees("Ist veröffentlicht.")


def association_registers(amina, jonas):
    amina.goes("/")
    amina.press(COHORT)
    amina.sees("Anmeldung offen bis", "10 Vereine, je bis zu 2 Personen")
    amina.press("Verein anmelden")
    amina.type("Name des Vereins", ORGANISATION)
    amina.choose("Rechtsform", "eingetragener Verein (e. V.)")
    amina.type("Ort", "Halle (Saale)")
    amina.choose("Land", "Sachsen-Anhalt")
    amina.page.locator("[name=idea]").fill("Wir kochen mit Nachbarinnen und Nachbarn und reden am Tisch.")
    for number, person in enumerate((amina, jonas), 1):
        place = amina.page.get_by_role("group", name=f"Person {number}")
        amina.type("Vorname", person.first_name, place)
        amina.type("Nachname", person.last_name, place)
        amina.type("E-Mail-Adresse", person.email, place)
    amina.tick("ja", amina.page.get_by_role("group", name="Ist die Gemeinnützigkeit anerkannt?"))
    amina.tick("Das Vorhaben hat noch nicht begonnen.")
    amina.tick("Wir nehmen an allen Workshops verbindlich teil.")
    amina.press("Anmeldung abschicken")
    amina.sees("Bitte bestätigen Sie Ihre Anmeldung")
    amina.goes(amina.link("Bitte bestätigen"))
    amina.press("Anmeldung bestätigen")
    amina.sees("Danke. Ihre Anmeldung ist eingegangen.")


def organiser_accepts_and_names_a_coach(doris, amina, carla):
    doris.goes("/uebersicht/")
    doris.press("1 Anmeldung wartet auf eine Entscheidung")
    doris.press(ORGANISATION)
    doris.act("Zulassen")
    doris.type("Text, der verschickt wird", "Ihre Idee hat uns überzeugt: Sie haben einen Platz.")
    doris.type("Interne Notiz", "Passt gut in die Gruppe.")
    doris.press("Zulassen und Zusage verschicken")
    doris.sees("Das Team ist angelegt, die Einladungen sind unterwegs.")
    assert "Ihre Idee hat uns überzeugt" in amina.mail("Zusage")
    assert "Passt gut in die Gruppe" not in amina.mail("Zusage")
    doris.goes("/verwaltung/cohorts/coachassignment/add/")
    doris.choose("Projektschmiede", COHORT)
    doris.type("Vorname", carla.first_name)
    doris.type("Nachname", carla.last_name)
    doris.type("E-Mail-Adresse", carla.email)
    doris.type("Anrede auf den Seiten", "Coachin")
    doris.press("Sichern")
    carla.accept()
    carla.enrol()
    carla.goes("/uebersicht/")
    carla.sees("Noch ist Ihnen kein Team zugeordnet.")
    doris.goes("/verwaltung/cohorts/team/")
    doris.press(ORGANISATION)
    doris.act("Coaching-Personen festlegen")
    doris.choose("Erste Coaching-Person", carla.name)
    doris.press("Festlegen")
    doris.sees("Die Coaching-Personen sind festgelegt.")


def team_starts(amina, jonas, doris):
    jonas.accept()
    jonas.sees("Unser Weg")
    amina.accept()
    amina.sees("Bis zum nächsten Workshop ist nichts zu tun.")
    doris.goes("/verwaltung/workshops/workshop/")
    for title in WORKSHOPS:
        doris.page.get_by_role("row", name=title).get_by_role("checkbox").check()
    doris.act("Abschnitte früher öffnen")
    doris.type("Grund", "Alle können gleich losschreiben.")
    doris.press("Jetzt öffnen und alle benachrichtigen")
    doris.sees(*(f"{number} · {title}: Die Abschnitte sind offen." for number, title in enumerate(WORKSHOPS, 1)))
    assert "Der Grund: Alle können gleich losschreiben." in amina.mail("Neue Abschnitte sind offen")
    amina.goes("/uebersicht/")
    amina.sees("Sie sind dran", "Vorhaben beginnen")
    amina.press("Vorhaben beginnen")
    amina.tick("Für Vielfalt und Toleranz …")
    amina.press("Vorhaben beginnen")
    amina.sees("Ihr Vorhaben ist begonnen.", "0 von 18 rund")


def opens(person, section):
    """From the workspace to a section, as people go: by its name."""
    person.press("Vorhaben", person.page.get_by_role("navigation", name="Hauptnavigation"))
    person.press(section, person.page.get_by_role("region", name="Abschnitte"))
    person.sees("Wer kann das lesen?")


def team_writes(amina, jonas):
    opens(jonas, "Kurzbeschreibung")
    jonas.page.get_by_label("Ihr Text").fill("Wir kochen jede Woche mit Nachbarinnen und Nachbarn und reden am Tisch.")
    jonas.sees("gespeichert um")
    for title in TEXTS:
        opens(amina, title)
        amina.type("Ihr Text", f"{title}: Wir sind seit zwölf Jahren im Viertel, 38 Prozent leben hier erst kurz.")
        amina.save()
        amina.sees("espeichert")
    opens(amina, "Deckblatt")
    year = timezone.localdate().year + 1
    values = {
        "Titel des Vorhabens": TITLE,
        "Ort oder Orte": "Halle (Saale)",
        "Beginn des Vorhabens": f"{year}-07-01",
        "Laufzeit in Monaten": "12",
        "Anschrift": "Musterweg 1\n06108 Halle (Saale)",
        "Wer unterschreibt?": "Amina Haddad, Vorsitz\nJonas Petersen, Kasse",
    }
    for label, value in values.items():
        amina.type(label, value)
    amina.save()
    opens(amina, "Arbeits- und Zeitplan")
    amina.row("title").fill("Kochabende")
    amina.row("description").fill("An 40 Abenden kochen wir und reden am Tisch.")
    amina.row("begins").select_option(f"{year}-Q3")
    amina.row("ends").select_option(f"{year + 1}-Q2")
    amina.row("responsible").fill("Amina Haddad")
    amina.save()
    opens(amina, "Ziele und Wirkung")
    amina.row("level").select_option("4")
    for field, value in {
        "target_group": "Nachbarinnen und Nachbarn",
        "goal": "Nachbarinnen und Nachbarn kennen einander.",
        "indicator": "Wie viele Namen kennen Sie im Haus?",
        "baseline": "12 von 60",
        "target": "40 von 60",
        "due_on": f"{year + 1}-06-30",
        "method": "Fragebogen",
    }.items():
        amina.row(field).fill(value)
    amina.tick("Kochabende")
    amina.save()
    opens(amina, "Vernetzung und Kooperation")
    amina.type("Ihr Text", "Wir arbeiten mit der Stadt zusammen.")
    amina.row("name").fill("Stadt Halle")
    amina.row("kind").select_option("municipality")
    amina.row("contribution").fill("Raum im Rathaus")
    amina.row("state").select_option("agreed")
    amina.save()
    opens(amina, "Erklärungen und Ausschlüsse")
    for question in amina.main.get_by_role("group").filter(has=amina.page.get_by_label("noch offen", exact=True)).all():
        wanted = "ja" if question.get_by_text(re.compile("ab 12 Jahren|mit und Menschen ohne")).count() else "nein"
        question.get_by_label(wanted, exact=True).check()
    amina.save()
    opens(amina, "Anlagen")
    for state in amina.page.locator("#abschnitt select").all():
        state.select_option(label="liegt bei")
    amina.save()


def team_plans_money(amina):
    opens(amina, "Finanzierungsplan")
    amina.save("Ausgabe hinzufügen")
    amina.row("quantity").fill("20")
    amina.row("unit_price").fill("145,50")
    amina.row("kind").select_option(label="Ausgaben für Maßnahmen")
    amina.row("title").fill("Lebensmittel")
    amina.row("unit").fill("Abende")
    amina.row("justification").fill("Wir kochen an 20 Abenden für 30 Menschen.")
    amina.row("activity").select_option(label="Kochabende")
    amina.save("Einnahme hinzufügen")
    amina.row("kind").select_option(label="Eigenmittel")
    amina.row("source").fill("Vereinsbeiträge")
    amina.row("amount").fill("400")
    amina.row("state").select_option(label="zugesagt")
    amina.save()
    amina.sees("2.910,00 €", "2.510,00 €")


def team_hands_in(person, *titles):
    person.press("Vorhaben", person.page.get_by_role("navigation", name="Hauptnavigation"))
    person.press("Abschnitte zur Rückmeldung abgeben")
    person.sees("Carla Weber liest genau die Fassung von jetzt.")
    person.tick_section(*titles)
    person.press("Jetzt abgeben")
    person.sees("Abgegeben.")


def coach_takes(carla):
    carla.press("Rückmeldungen", carla.page.get_by_role("navigation", name="Hauptnavigation"))
    carla.sees("Das wartet", TITLE)
    carla.press(f"Übernehmen und lesen: {ORGANISATION}")
    carla.sees("Sie lesen jetzt. Andere Coaching-Personen sehen das.")


def coach_remarks(carla, kind, text, words=""):
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
        carla.press("Zurückgeben und weiter", place)


def team_and_coach_talk(amina, jonas, carla):
    team_hands_in(jonas, "Kurzbeschreibung", "Finanzierungsplan")
    coach_reads(amina, carla)
    team_revises(amina, carla)


def coach_reads(amina, carla):
    assert ORGANISATION in carla.mail("")
    coach_takes(carla)
    coach_remarks(carla, "Bitte ändern", "Wie viele Menschen kommen?", "mit Nachbarinnen und Nachbarn")
    coach_remarks(carla, "Lob", "Das versteht auch meine Nachbarin.")
    amina.goes("/uebersicht/")
    amina.sees("Die Coaching-Person ist dran", "Carla Weber liest gerade.")
    amina.sees_not("Wie viele Menschen kommen?")
    coach_decides(carla, "Schon sehr klar.", Kurzbeschreibung="bitte ändern", Finanzierungsplan="aus Coach-Sicht rund")
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
    team_hands_in(amina, "Kurzbeschreibung")
    coach_takes(carla)
    carla.press("Neu seit Ihrer letzten Lesung")
    assert carla.page.locator("mark ins").all_inner_texts() == ["30 "]
    carla.press("Ist erledigt: Anmerkung 1")
    carla.sees("Die Anmerkung ist erledigt.", "Sie lesen gerade")
    coach_decides(carla, "Jetzt ist es rund.", Kurzbeschreibung="aus Coach-Sicht rund")
    opens(amina, "Kurzbeschreibung")
    expect(amina.main.locator(".page-head .stage")).to_have_text("rund")


def organiser_moves_a_workshop(doris, amina):
    """To yesterday, so that attendance can be recorded."""
    doris.goes("/verwaltung/workshops/workshop/")
    doris.press(WORKSHOPS[0])
    for field in ("begins_at", "ends_at"):
        doris.page.locator(f"[name=sessions-0-{field}_0]").fill(day(-1))
    doris.press("Sichern")
    doris.sees("wurde erfolgreich geändert")
    assert re.search(r"^bisher: .+\njetzt: ", amina.mail("Termin geändert: Workshop 1"), re.MULTILINE)


def organiser_looks(doris):
    doris.goes("/uebersicht/")
    doris.press(COHORT)
    doris.sees("Kein Team braucht einen Anruf", "1 haben abgegeben", ORGANISATION)
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
    amina.sees("Keine. Sehr gut!", "Prüfungen ohne Befund")
    amina.press(TITLE)
    amina.press("Fertigstellen")
    amina.sees("Die Vorprüfung hat nichts gefunden.", "Beim BAMF ist damit noch nichts")
    amina.press("Verbindlich fertigstellen")
    amina.sees("fertiggestellt – noch nicht beim BAMF", "Belegnummer", slowly=True)
    links = amina.page.get_by_role("region", name="Zum Drucken").get_by_role("link").all()
    papers = [amina.context.request.get(link.get_attribute("href")).body() for link in links]
    assert [pdf[:5] for pdf in papers] == [b"%PDF-"] * 4
    assert all(len(PdfReader(BytesIO(pdf)).pages) for pdf in papers)


def papers_are_posted(amina, doris, emil):
    emil.goes("/unterlagen/")
    emil.sees_not(TITLE)
    for step in ("In die Vordrucke übertragen am", "Unterschrieben am", "Zur Post gegeben am"):
        amina.sees(f"{step}: noch offen")
        amina.press("Eintragen")
        amina.sees("Der Tag ist eingetragen.", f"{step} ")
    emil.goes("/unterlagen/")
    emil.press(TITLE)
    emil.sees("Belegnummer", ORGANISATION)
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
    organiser_publishes_a_cohort(doris)
    association_registers(amina, jonas)
    organiser_accepts_and_names_a_coach(doris, amina, carla)
    team_starts(amina, jonas, doris)
    team_writes(amina, jonas)
    team_plans_money(amina)
    team_and_coach_talk(amina, jonas, carla)
    organiser_moves_a_workshop(doris, amina)
    organiser_looks(doris)
    team_finishes(amina, jonas)
    papers_are_posted(amina, doris, emil)
