"""A cohort that nobody answers for, such as after its contact was erased: every page and mail says whom to ask instead."""

from __future__ import annotations

import pytest
from django.core import mail
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.models import Message, Organisation
from cohorts.models import Cohort, Registration
from tests.access_world import AccessWorld
from tests.builders import log_in

pytestmark = pytest.mark.django_db

INSTEAD = "Bitte wenden Sie sich an den Träger: Werkstatt"
MISSING = "keine Ansprechperson eingetragen"
MAILS = ["accepted", "confirm", "corrected", "declined", "link", "received", "waiting", "withdrawn"]


@pytest.fixture
def world():
    world = AccessWorld()
    world.cohort.organiser.refresh_from_db()
    Organisation.objects.filter(pk=world.organiser.pk).update(website="https://werkstatt.example.org")
    return world


def take_contact(world, **fields):
    Cohort.objects.filter(pk=world.cohort.pk).update(contact_name="", contact_phone="", **fields)
    world.cohort = Cohort.objects.get(pk=world.cohort.pk)


def words(text):
    return " ".join(text.split())


def test_the_public_page_names_the_organiser(client, world):
    take_contact(world, contact_email="")
    page = client.get(world.cohort.get_absolute_url()).text
    assert INSTEAD in words(page)
    assert 'href="https://werkstatt.example.org"' in page
    assert "mailto:" not in page


def test_an_address_without_a_name_is_whole_sentences(client, world):
    take_contact(world, contact_email="info@example.org")
    page = words(client.get(world.cohort.get_absolute_url()).text)
    assert "Schreiben Sie uns: <a href=" in page
    assert "hilft Ihnen gern" not in page


@pytest.mark.parametrize("kind", MAILS)
def test_every_mail_about_a_registration_names_the_organiser(world, kind):
    take_contact(world, contact_email="")
    text = written(f"registration_{kind}", registration=Registration.objects.filter(cohort=world.cohort).first())
    assert "Haben Sie Fragen? " + INSTEAD in words(text)
    assert "https://werkstatt.example.org" in text
    assert "hilft Ihnen gern" not in text


def test_so_do_the_mails_about_a_team_and_about_calling_off(world):
    take_contact(world, contact_email="")
    world.team.refresh_from_db()
    world.team.cohort = world.cohort
    assert INSTEAD in written("member_taken_out", team=world.team)
    assert INSTEAD in written("cohort_cancelled", cancelled=world.cohort)


def written(kind, **values):
    template = get_template(f"cohorts/mails/{kind}.txt").template
    return template.render(Context(values, autoescape=False))


def test_calling_off_says_the_title_and_answers_go_to_the_sender(world):
    take_contact(world, contact_email="")
    world.cohort.cancel(by=world.doris)
    Message.objects.update(not_before=timezone.now())
    outbox.send_due()
    message = Message.objects.filter(kind="cohort_cancelled").first()
    assert message.subject == f"„{world.cohort.title}“ ist abgesagt"
    assert INSTEAD in message.text
    (sent, *_more) = [sent for sent in mail.outbox if "abgesagt" in sent.subject]
    assert sent.reply_to == []


@pytest.mark.parametrize("page", ["cockpit", "dashboard", "admin"])
def test_the_organiser_reads_that_the_contact_is_missing(client, world, page):
    log_in(client, world.doris)
    change = reverse("admin:cohorts_cohort_change", args=[world.cohort.pk])
    url = {"cockpit": reverse("cockpit", args=[world.cohort.slug]), "dashboard": reverse("dashboard"), "admin": change}
    told = "Hier ist niemand eingetragen." if page == "admin" else MISSING
    assert told not in client.get(url[page]).text

    take_contact(world, contact_email="")

    text = client.get(url[page]).text
    assert told in text
    assert page == "admin" or f'href="{change}"' in text
