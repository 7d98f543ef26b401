"""No barrier that axe-core knows, nothing in the console, nothing to scroll sideways: every page, small and light, wide and dark.

The pages are those of the access table, so a new one is looked at without being listed here. What can only be reached by
doing something stands here: ways in, mistakes in a form, pages for errors, the pages our actions ask in the administration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import BamfOffice, Invitation
from applications.content import Attachments, Item
from applications.papers.models import EnclosureList
from cohorts.models import Cohort
from tests.access_table import TABLE
from tests.access_world import PEOPLE, TOKEN, AccessWorld, arguments
from tests.browser.eyes import SMALL
from tests.browser.people import Person
from tests.builders import PASSWORD, day, log_in, make_cohort, make_edition, make_workshop
from workshops.models import Assignment

# What a browser gets there is a file, plain text or data.
NO_PAGES = {
    "healthz",
    "robots",
    "security_contact",
    "workshops:material",
    "applications:attachment",
    "papers:file",
    "papers:zip",
    "calendar_feed",
    "workshops:calendar_file",
    "mfa_download_recovery_codes",
}
# Everybody sees something else here.
FOR_EACH = {"dashboard", "workshops:list", "workshops:detail", "papers:list", "papers:detail", "reviews:read"}
# Most of the administration is Django's; these are the pages of the way and what we add to them.
ADMIN = {
    "doris": [
        "index", "cohorts_cohort_add", "cohorts_cohort_change", "cohorts_registration_changelist",
        "cohorts_registration_change", "cohorts_coachassignment_add", "cohorts_coachassignment_change",
        "cohorts_team_changelist", "cohorts_team_change", "cohorts_announcement_add", "workshops_workshop_change",
    ],
    "emil": ["accounts_organisation_change", "accounts_message_changelist", "calls_fundingcall_change", "calls_edition_change"],
}  # fmt: skip
# Our page that asks before an action: who, the record of which model, which action, and what is wrong there.
ASKED: list[tuple[str, str, str, dict[str, str]]] = [
    ("doris", "cohorts_registration", "accept", {"text": ""}),
    ("doris", "cohorts_registration", "put_on_waiting_list", {"text": ""}),
    ("doris", "cohorts_registration", "decline", {"text": ""}),
    ("doris", "cohorts_team", "name_coaches", {}),
    ("doris", "cohorts_team", "withdraw", {}),
    ("doris", "workshops_workshop", "open_early", {"reason": ""}),
    ("doris", "workshops_workshop", "cancel", {}),
    ("emil", "accounts_organisation", "invite", {"email": "kein"}),
    ("emil", "calls_edition", "publish", {}),
]
NUL = "Text\0"
# Who sends what from which page, and with which answer: the first field says which of its forms.
MISTAKES: list[tuple[str, str, dict[str, str], int]] = [
    ("amina", "accounts:profile", {"first_name": "", "last_name": ""}, 422),
    ("emil", "accounts:edit_organisation", {"name": ""}, 422),
    ("emil", "accounts:organisation", {"email": "kein"}, 422),
    ("amina", "account_email", {"email": "kein", "action_add": "1"}, 200),
    ("amina", "account_change_password", {"oldpassword": "falsch", "password1": "x", "password2": "y"}, 200),
    ("amina", "applications:section", {"text": NUL}, 422),
    ("amina", "applications:conflict", {"joined-0": NUL, "choice-0": ""}, 422),
    ("amina", "applications:hand_in", {"sections": ""}, 422),
    ("amina", "applications:members", {"email": "kein"}, 422),
    ("amina", "applications:word", {"file": ""}, 422),
    ("amina", "applications:attachments", {"kind": ""}, 422),
    ("amina", "papers:outcome", {"kind": "", "on": ""}, 422),
    ("amina", "papers:detail", {"on": "2999-01-01"}, 422),
    ("carla", "reviews:read", {"kind": "", "text": ""}, 422),
    ("carla", "reviews:change", {"text": ""}, 422),
    ("nobody", "cohorts:register", {"organisation_name": ""}, 422),
    ("nobody", "cohorts:correct", {"organisation_name": ""}, 422),
    ("nobody", "account_login", {"login": "amina@example.org", "password": "falsch"}, 200),
    ("nobody", "account_request_login_code", {"email": "kein"}, 200),
    ("nobody", "account_reset_password", {"email": "kein"}, 200),
]
ROWS = {"s0": "places", "s5": "goal", "s7": "title", "s8": "name", "s15": "note", "s16": "note", "s17": "quantity"}


def pages(world: AccessWorld) -> Iterator[tuple[str, str]]:
    """Who looks at which address."""
    for name, (method, signs) in TABLE.items():
        if method != "GET" or name.startswith("admin:") or name in NO_PAGES:
            continue
        seeing = [person for person, sign in zip(PEOPLE, signs.split(), strict=True) if sign == "o"]
        for person in seeing if name in FOR_EACH else seeing[:1]:
            yield person, reverse(name, kwargs=arguments(name, world))
    for key in ("s0", "s2", "s5", "s7", "s8", "s15", "s16", "s17"):
        yield "amina", reverse("applications:section", args=[world.application.pk, key])
    yield "amina", reverse("applications:section", args=[world.application.pk, "s17"]) + "?jahr=alle"
    yield "amina", reverse("applications:history", args=[world.application.pk, "s5"])
    yield "carla", reverse("applications:section", args=[world.application.pk, "s4"])
    yield "amina", reverse("papers:detail", args=[world.unposted.pk])
    yield "bilal", reverse("applications:start", args=[world.unstarted.pk])
    yield "nobody", reverse("cohorts:correct", args=[world.cohort.slug, TOKEN])
    yield "nobody", reverse("cohorts:register", args=[world.over.slug])
    for person, names in ADMIN.items():
        for name in names:
            yield person, reverse(f"admin:{name}", kwargs=arguments(f"admin:{name}", world))


@pytest.fixture
def world():
    world = AccessWorld()
    world.over = make_cohort(world.organiser, registration_until=day(-5))
    world.unstarted = world.bilals.team
    world.bilals.reviews.all().delete()
    world.bilals.delete()
    return world


@pytest.fixture
def windows(world, new_context, live_server):
    """One browser, one login per person, once somebody looks through it."""

    class Windows(dict):
        def __missing__(self, person: str) -> Page:
            context = new_context(base_url=live_server.url, viewport=SMALL)
            if person != "nobody":
                session = log_in(Client(), getattr(world, person)).cookies["sessionid"].value
                context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            self[person] = context.new_page()
            return self[person]

    return Windows()


@pytest.mark.parametrize("person", PEOPLE)
def test_every_page(person, world, windows, eyes):
    addresses = [address for whose, address in pages(world) if whose == person]
    assert addresses, f"There is no page for {person} to look at."
    for address in addresses:
        eyes.go(windows[person], person, address)


def test_every_page_that_asks_again(world, windows, eyes):
    for person, name, fields, answer in MISTAKES:
        windows[person].goto(reverse(name, kwargs=arguments(name, world)))
        eyes.send(windows[person], person, fields, expected=answer)
    for key, field in ROWS.items():
        windows["amina"].goto(reverse("applications:section", args=[world.application.pk, key]))
        eyes.send(windows["amina"], "amina", {field: NUL}, expected=422)
    windows["bilal"].goto(reverse("applications:start", args=[world.unstarted.pk]))
    eyes.send(windows["bilal"], "bilal", {"theme": ""}, expected=422)
    for typed in (NUL, "Folgt."):  # the list of attachments: a mistake, then somebody else who was faster
        windows["amina"].goto(reverse("papers:detail", args=[world.unposted.pk]))
        if typed != NUL:
            value = Attachments((Item(id="register_extract", state="enclosed"),))
            EnclosureList.objects.correct(world.unposted, value, seen=0, by=world.amina)
        eyes.send(windows["amina"], "amina", {"note_register_extract": typed}, expected=422)


def test_every_page_that_asks_before_an_action(world, windows, eyes):
    make_workshop(world.cohort, 2, ["s3"], timezone.now() + timedelta(days=30))
    draft = make_edition(world.application.call, 3, published=False)
    future = world.cohort.workshops.get(position=2)
    for person, model, action, mistake in ASKED:
        record = {"workshops_workshop": future, "calls_edition": draft}.get(model) or world.of(model)
        page = windows[person]
        page.goto(reverse(f"admin:{model}_change", args=[record.pk]))
        eyes.send(page, person, {"CHANGE_FORM-action": action, "index": "0"})
        if mistake:
            eyes.send(page, person, mistake, expected=422)


def test_the_page_of_consequences(world, windows, eyes):
    workshop = make_workshop(world.cohort, 2, ["s3"], timezone.now() + timedelta(days=30))
    Assignment.objects.create(workshop=workshop, title="Lesen", due_on=day(20))
    page, moved = windows["doris"], day(35).strftime("%d.%m.%Y")
    page.goto(reverse("admin:workshops_workshop_change", args=[workshop.pk]))
    eyes.send(page, "doris", {"sessions-0-begins_at_0": moved, "sessions-0-ends_at_0": moved})
    [text] = [field["name"] for field in page.locator("textarea").evaluate_all("all => all.map(({name}) => ({name}))")]
    eyes.send(page, "doris", {text: "Guten Tag zusammen"}, expected=409)


def test_every_page_for_an_error(world, windows, eyes, settings, monkeypatch):
    nobody, amina = windows["nobody"], windows["amina"]
    eyes.go(amina, "amina", reverse("cockpit", args=[world.cohort.slug]), expected=403)
    eyes.go(amina, "amina", "/gibt-es-nicht/", expected=404)
    eyes.go(nobody, "nobody", "/konto/login/?" + "a&" * (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1), expected=400)
    nobody.goto("/konto/login/")
    eyes.send(nobody, "nobody", {"login": "amina@example.org", "csrfmiddlewaretoken": "x"}, expected=403)
    nobody.goto(reverse("cohorts:register", args=[world.cohort.slug]))
    Cohort.objects.update(registration_until=day(-1))
    eyes.send(nobody, "nobody", {"organisation_name": "Chor"}, expected=409)
    amina.goto(reverse("applications:section", args=[world.application.pk, "s1"]))
    type(world.application).objects.update(status="withdrawn", withdrawn_at=timezone.now())
    eyes.send(amina, "amina", {"text": "Zu spät."}, expected=409)
    windows["carla"].goto(reverse("reviews:read", args=[world.taken.pk]))
    world.taken.release(by=world.carla)
    eyes.send(windows["carla"], "carla", {"summary": "Das fehlt noch."}, expected=409)
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"reset_password": "1/h/ip"}
    for expected in (200, 429):
        nobody.goto("/konto/password/reset/")
        eyes.send(nobody, "nobody", {"email": "neu@example.org"}, expected=expected)
    monkeypatch.setattr(Cohort.objects._queryset_class, "for_list", None)
    eyes.go(nobody, "nobody", "/", expected=500)


def open_invitation(emil, eyes):
    """From the link to the account; afterwards the link is used up."""
    _invitation, token = Invitation.make(emil.email, BamfOffice.get_or_make(), by=None)
    address = reverse("invitation", args=[token])
    eyes.go(emil.page, "emil", address)
    emil.press("Konto anlegen")
    emil.page.wait_for_url(f"**{reverse('account_signup')}*")
    eyes.look(emil.page, "sign-up")
    eyes.send(emil.page, "emil", {"first_name": "", "password1": "x", "password2": "y"})
    emil.accept(address)
    emil.sees("Bitte richten Sie zuerst einen zweiten Faktor ein")
    eyes.look(emil.page, "second factor needed")
    eyes.go(emil.page, "emil", address, expected=410)


def enrol(emil, eyes) -> str:
    """Set the second factor up; returns one of the codes to get back in with."""
    eyes.go(emil.page, "emil", reverse("mfa_activate_totp"))
    eyes.send(emil.page, "emil", {"code": "000000"})
    emil.goes(reverse("dashboard"))
    emil.enrol()
    eyes.look(emil.page, "recovery codes")
    for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        eyes.go(emil.page, "emil", reverse(name))
    codes = Authenticator.objects.get(user__email=emil.email, type=Authenticator.Type.RECOVERY_CODES)
    return codes.wrap().get_unused_codes()[0]


def forget_password(emil, eyes):
    emil.context.clear_cookies()
    emil.goes(reverse("account_reset_password"))
    eyes.send(emil.page, "emil", {"email": emil.email})
    eyes.go(emil.page, "emil", emil.link("Neues Passwort wählen"))
    eyes.send(emil.page, "emil", {"password1": "x", "password2": "y"})
    eyes.send(emil.page, "emil", {"password1": PASSWORD, "password2": PASSWORD})


def come_back(emil, eyes, code):
    """With a password or with a code by mail: the second factor is asked for, and a wrong one asked for again."""
    emil.context.clear_cookies()
    emil.goes(reverse("account_request_login_code"))
    eyes.send(emil.page, "emil", {"email": emil.email})
    eyes.send(emil.page, "emil", {"code": "FALSCH"})
    emil.context.clear_cookies()
    emil.goes(reverse("account_login"))
    eyes.send(emil.page, "emil", {"login": emil.email, "password": PASSWORD})
    eyes.send(emil.page, "emil", {"code": "000000"})
    eyes.send(emil.page, "emil", {"code": code})
    emil.sees("Emil Brandner")


def test_every_way_in(new_context, live_server, settings, eyes):
    settings.PORTAL_URL = live_server.url
    emil = Person(new_context, "Emil", "Brandner", viewport=SMALL)
    open_invitation(emil, eyes)
    code = enrol(emil, eyes)
    forget_password(emil, eyes)
    come_back(emil, eyes, code)
    emil.goes(reverse("account_email"))
    eyes.send(emil.page, "emil", {"email": "emil.neu@example.org", "action_add": "1"})
    (key,) = {key for one in mail.outbox for key in re.findall(r"/konto/confirm-email/\S+", one.body)}
    eyes.go(emil.page, "emil", key)
