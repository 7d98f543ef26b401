"""The five people in a real browser: each has a window of their own, reads their mails and types what a person would."""

from __future__ import annotations

import re
from time import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core import mail
from playwright.sync_api import Locator, Page, expect

from tests.builders import PASSWORD

# How long a page may take on a machine that is busy with other things; waiting ends as soon as the page is there.
PATIENCE = 90_000


class Person:
    """Somebody at a browser. What they see is asserted in the words of the page."""

    def __init__(self, new_context, first_name: str, last_name: str, **options):
        options.setdefault("viewport", {"width": 1280, "height": 900})
        self.context = new_context(base_url=settings.PORTAL_URL, **options)
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.first_name, self.last_name = first_name, last_name
        self.email = f"{first_name.lower()}@example.org"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    # Getting in

    def accept(self, address: str = "") -> None:
        """Open the link of the invitation, or that in the mail, and make the account with it."""
        self.goes(address or self.link("Einladung zur Projektschmiede"))
        self.press("Konto anlegen")
        self.type("Vorname", self.first_name)
        self.type("Nachname", self.last_name)
        for field in self.page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        self.main.locator("button[type=submit]").click()

    def enrol(self) -> None:
        """Set the second factor up as an app on the telephone would: with the secret that the page shows."""
        self.sees("Bitte richten Sie zuerst einen zweiten Faktor ein")
        self.press("Zweiten Faktor einrichten")
        self.secret = self.main.locator("code").inner_text()
        self.type("Code aus der App", self.code())
        self.press("Einrichten")
        self.sees("Der zweite Faktor ist eingerichtet.", "Ihre Wiederherstellungs-Codes sind da.")

    def code(self) -> str:
        """The six digits an app would show now."""
        return format_hotp_value(hotp_value(self.secret, int(time()) // 30))

    # Mails

    def mail(self, subject: str) -> str:
        """The text of the newest mail to this person whose subject begins so."""
        mine = [message for message in mail.outbox if message.to == [self.email]]
        found = [message.body for message in mine if message.subject.startswith(subject)]
        assert found, [message.subject for message in mine]
        return found[-1]

    def link(self, subject: str) -> str:
        """The first link to the portal in that mail."""
        return re.search(rf"{re.escape(settings.PORTAL_URL)}\S+", self.mail(subject)).group()

    # Looking and doing

    def goes(self, address: str) -> None:
        self.page.goto(address)

    def sees(self, *words: str) -> None:
        for some in words:
            expect(self.page.locator("body")).to_contain_text(some, use_inner_text=True, timeout=PATIENCE)

    def sees_not(self, *words: str) -> None:
        for some in words:
            expect(self.page.locator("body")).not_to_contain_text(some, use_inner_text=True)

    def press(self, name: str | re.Pattern, within: Locator | None = None) -> None:
        """The first button or link of exactly that name; if another page follows, it has been read when this returns."""
        place = within or self.page
        found = place.get_by_role("button", name=name, exact=True).or_(place.get_by_role("link", name=name, exact=True))
        found.filter(visible=True).first.click()
        self.page.wait_for_load_state("domcontentloaded")

    def type(self, label: str, text: str, within: Locator | None = None) -> None:
        """Into the first field whose label contains these words."""
        (within or self.main).get_by_label(label).filter(visible=True).first.fill(text)

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        """Choose the option that begins with these words: a call says its year behind its title."""
        select = (within or self.main).get_by_label(label).filter(visible=True).first
        names = select.locator("option").all_inner_texts()
        select.select_option(label=next(name for name in names if name.strip().startswith(option)).strip())

    def tick(self, label: str, within: Locator | None = None) -> None:
        (within or self.main).get_by_label(label, exact=True).first.check()

    def tick_section(self, *titles: str) -> None:
        """Tick sections on the page where they are handed in; their stage is part of the label."""
        for title in titles:
            self.main.get_by_role("checkbox", name=title).check()

    def save(self, button: str | re.Pattern = "Speichern") -> None:
        """Press a button of the section's form and wait for the page that follows."""
        with self.page.expect_navigation():
            self.press(button)

    def row(self, field: str) -> Locator:
        """The last field of that name among the rows of a section: those of a new row come last."""
        return self.page.locator(f"#abschnitt [name$='-{field}']").last

    # The staff's pages

    def act(self, action: str) -> None:
        """Choose an action on a record's form in the admin and do it."""
        self.choose("Aktion", action)
        self.press("Ausführen")
