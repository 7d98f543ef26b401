"""What an association and its team do in a browser, the same with JavaScript and without: register, write, hand in."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

COHORT = "Projektschmiede Mitteldeutschland"
ORGANISATION = "Nachbarschaft Wasserturm e. V."
TITLE = "Tischgespräche am Wasserturm"
TEXTS = [
    "Verein und Erfahrung", "Ausgangslage vor Ort", "Zielgruppe und Ansprache", "Maßnahmen und Umsetzung",
    "Was ist neu daran?", "Beteiligung und Ehrenamt", "Öffentlichkeitsarbeit", "Qualität und Erfolg",
    "Wie es danach weitergeht", "Personal und Ressourcen",
]  # fmt: skip
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def day(offset: int) -> str:
    """A day as people type it."""
    return f"{timezone.localdate() + timedelta(days=offset):%d.%m.%Y}"


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


def opens(person, section):
    """From the workspace to a section, as people go: by its name."""
    person.press("Vorhaben", person.page.get_by_role("navigation", name="Hauptnavigation"))
    person.press(section, person.page.get_by_role("region", name="Abschnitte"))
    person.sees("Wer kann das lesen?")


def writes_texts(amina):
    """Something in every text but the summary."""
    for title in TEXTS:
        opens(amina, title)
        amina.type("Ihr Text", f"{title}: Wir sind seit zwölf Jahren im Viertel, 38 Prozent leben hier erst kurz.")
        amina.save()
        amina.sees("espeichert")


def writes_cover(amina):
    """The values of the cover sheet."""
    year = timezone.localdate().year + 1
    opens(amina, "Angaben für das Titelblatt")
    values = {
        "Titel des Vorhabens": TITLE,
        "Ort oder Orte": "Halle (Saale)",
        "Beginn des Vorhabens": f"{year}-07-01",
        "Laufzeit in Monaten": "12",
        "Anschrift": "Musterweg 1\n06108 Halle (Saale)",
        "Finanzamt Ihres": "Finanzamt Halle",
        "Datum dieses Bescheids": f"{year - 2}-03-12",
        "Wer darf für die Organisation unterschreiben?": "Amina Haddad, Vorsitz\nJonas Petersen, Kasse",
    }
    for label, value in values.items():
        amina.type(label, value)
    amina.save()


def writes_work_plan(amina):
    """One activity."""
    year = timezone.localdate().year + 1
    opens(amina, "Arbeits- und Zeitplan")
    amina.row("title").fill("Kochabende")
    amina.row("description").fill("An 40 Abenden kochen wir und reden am Tisch.")
    amina.row("begins").select_option(f"{year}-Q3")
    amina.row("ends").select_option(f"{year + 1}-Q2")
    amina.row("responsible").fill("Amina Haddad")
    amina.save()


def writes_goals(amina):
    """One goal of the highest level, with its activity."""
    year = timezone.localdate().year + 1
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


def writes_partners(amina):
    """A text and one partner."""
    opens(amina, "Vernetzung und Kooperation")
    amina.type("Ihr Text", "Wir arbeiten mit der Stadt zusammen.")
    amina.row("name").fill("Stadt Halle")
    amina.row("kind").select_option("municipality")
    amina.row("contribution").fill("Raum im Rathaus")
    amina.row("state").select_option("agreed")
    amina.save()


def declares(amina):
    """Every question as the call wants it."""
    opens(amina, "Erklärungen und Ausschlüsse")
    for question in (
        amina.main.get_by_role("group").filter(has=amina.page.get_by_label("noch nicht beantwortet", exact=True)).all()
    ):
        wanted = "Ja" if question.get_by_text(re.compile("ab 12 Jahren|mit und Menschen ohne")).count() else "Nein"
        question.get_by_label(wanted, exact=True).check()
    amina.save()


def uploads(amina):
    """One file; every attachment that the call lists is enclosed."""
    opens(amina, "Anlagen")
    for state in amina.page.locator("#abschnitt select").all():
        state.select_option(label="liegt bei")
    amina.save()
    amina.press("Dateien hochladen und ansehen")
    amina.page.locator("select[name=kind]").select_option(index=1)
    amina.page.locator("input[type=file]").set_input_files(
        {"name": "auszug.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    amina.press("Hochladen")
    amina.sees("Die Anlage ist gespeichert.", "auszug.pdf")


def plans_money(amina):
    opens(amina, "Finanzierungsplan")
    amina.save("Ausgabe hinzufügen")
    amina.row("quantity").fill("20")
    amina.row("unit_price").fill("145,50")
    amina.row("kind").select_option(label="Ausgaben für Maßnahmen")
    amina.row("title").fill("Lebensmittel")
    amina.row("unit").fill("Abende")
    amina.row("justification").fill("Wir kochen an 20 Abenden für 30 Menschen.")
    amina.row("activity").select_option(label="Kochabende")
    amina.save("Deckungsmittel hinzufügen")
    amina.row("kind").select_option(label="Eigenmittel")
    amina.row("source").fill("Vereinsbeiträge")
    amina.row("amount").fill("400")
    amina.row("state").select_option(label="zugesagt")
    amina.save()
    amina.sees("2.910,00 €", "2.510,00 €")


def hands_in(person, *titles):
    person.press("Vorhaben", person.page.get_by_role("navigation", name="Hauptnavigation"))
    person.press("Abschnitte zur Rückmeldung abgeben")
    person.sees("Carla Weber liest genau die Fassung von jetzt.")
    person.tick_section(*titles)
    person.press("Zur Rückmeldung abgeben")
    person.sees("Zur Rückmeldung abgegeben.")


def ticks_an_assignment(person, workshop):
    """On the workshop's page, which says so afterwards."""
    person.press("Workshops", person.page.get_by_role("navigation", name="Hauptnavigation"))
    person.press(workshop, person.main)
    person.sees("Wann und wo", "Arbeitsaufträge", "noch offen")
    person.main.get_by_role("button", name="Als erledigt abhaken").first.click()
    person.sees("erledigt")
    expect(person.main.get_by_role("button", name="Doch noch offen")).to_have_count(1)


def finishes(amina):
    """From the checks to the papers."""
    amina.press("Fertigstellen")
    amina.sees("Beim BAMF ist damit noch nichts")
    confirm = amina.main.get_by_role("checkbox", name="Wir haben diese Punkte gelesen")
    if confirm.count():
        confirm.check()
    amina.press("Verbindlich fertigstellen")
    amina.sees("fertiggestellt – noch nicht beim BAMF", "Bestätigungsnummer")


def takes_a_paper_step(amina, button):
    """Enter the next day on paper, which is today."""
    amina.press(button)
    amina.sees("Der Tag ist eingetragen.")
    expect(amina.main.get_by_role("button", name=button, exact=True)).to_have_count(0)
