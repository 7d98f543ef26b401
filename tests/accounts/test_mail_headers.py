"""What stands above a mail: that a program wrote it, whom answers reach, and an id of the portal's own domain."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.urls import reverse

from accounts import outbox
from accounts.erasing import erase
from accounts.models import Message
from accounts.outbox import Addressee
from tests.builders import log_in, make_bamf, make_coach, make_cohort, make_organiser, make_user

pytestmark = pytest.mark.django_db

TEMPLATE = "accounts/mails/second_factor_reset.txt"


@pytest.fixture(autouse=True)
def _address_of_the_portal(settings):
    settings.PORTAL_URL = "https://portal.example.org"


@pytest.fixture
def cohort():
    return make_cohort(
        make_organiser(make_user("Doris", "Lang")), contact_name="Doris Lang", contact_email="doris@traeger.example.org"
    )


def post(person, **values):
    return outbox.post([person], TEMPLATE, dedup="1", by="Emil Brandner", **values)[0]


def headers_of(message):
    """The headers as they go over the wire, read again by another program."""
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


def sent():
    outbox.send_due()
    (message,) = mail.outbox
    return headers_of(message)


def test_a_mail_says_that_a_program_wrote_it(cohort):
    message = post(make_user(), cohort=cohort.pk)

    headers = sent()

    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"] == f"<{message.pk.hex}@portal.example.org>"


@pytest.mark.parametrize("path", ["/konto/login/code/", "/konto/password/reset/"])
def test_so_do_the_mails_of_the_login(client, path):
    make_user()
    client.post(path, {"email": "amina@example.org"})

    headers = sent()

    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"] == f"<{Message.objects.get().pk.hex}@portal.example.org>"
    assert headers["Reply-To"] is None


def test_an_attempt_that_is_repeated_has_the_same_id(cohort):
    message = post(make_user(), cohort=cohort.pk)

    ids = [outbox.as_mail(message).message()["Message-ID"] for _attempt in range(2)]

    assert ids == [f"<{message.pk.hex}@portal.example.org>"] * 2


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://Portal.Example.org:8443/unter", "portal.example.org"),
        ("https://schmiede-süd.example.org", "xn--schmiede-sd-2hb.example.org"),
        (f"https://{'x' * 60}.{'y' * 60}.example.org", f"{'x' * 60}.{'y' * 60}.example.org"),
    ],
)
def test_the_domain_of_the_id_is_that_of_the_address_of_the_portal(settings, url, domain):
    settings.PORTAL_URL = url
    message = post(make_user())

    assert sent()["Message-ID"] == f"<{message.pk.hex}@{domain}>"


def test_answers_reach_the_contact_of_the_cohort_it_is_about(cohort):
    make_cohort(cohort.organiser, contact_name="Malin Holm", contact_email="malin@example.org")
    post(make_user(), cohort=cohort.pk)

    assert sent()["Reply-To"] == "Doris Lang <doris@traeger.example.org>"


def test_answers_reach_whoever_is_the_contact_when_it_is_sent(cohort):
    post(make_user(), cohort=cohort.pk)
    type(cohort).objects.filter(pk=cohort.pk).update(contact_name="Malin Holm", contact_email="malin@example.org")

    assert sent()["Reply-To"] == "Malin Holm <malin@example.org>"


def test_once_nobody_answers_for_the_cohort_answers_go_to_the_sender():
    """Its Träger had only one person, who was erased."""
    doris = make_user("Doris", "Lang")
    cohort = make_cohort(make_organiser(doris), contact_name="Doris Lang", contact_email=doris.email)
    erase(doris, by=make_bamf())
    cohort.refresh_from_db()
    assert cohort.contact_email == ""
    post(make_user(), cohort=cohort.pk)

    assert sent()["Reply-To"] is None


def test_without_a_cohort_answers_go_to_the_sender():
    post(make_user())

    headers = sent()

    assert headers["Reply-To"] is None
    assert headers["From"] == "Projektschmiede <portal@example.org>"


def test_messages_of_many_cohorts_are_read_in_one_query(cohort, django_assert_num_queries):
    other = make_cohort(cohort.organiser, contact_name="", contact_email="malin@example.org")
    post(make_user(), cohort=cohort.pk)
    post(make_user("Bilal", "Kaya"), cohort=other.pk)

    with django_assert_num_queries(1):
        answers = [outbox.as_mail(message).reply_to for message in Message.objects.due()]

    assert answers == [["Doris Lang <doris@traeger.example.org>"], ["malin@example.org"]]


# A coach's own address only if she chose it


def test_answers_reach_a_coach_only_if_she_chose_it(cohort):
    carla = make_user("Carla", "Weber")
    post(make_user(), cohort=cohort.pk, answers_to=carla)

    assert sent()["Reply-To"] == "Doris Lang <doris@traeger.example.org>"


def test_answers_reach_a_coach_who_chose_it(cohort):
    carla = make_user("Carla", "Weber", wants_answers=True)
    post(make_user(), cohort=cohort.pk, answers_to=carla)

    assert sent()["Reply-To"] == "Carla Weber <carla@example.org>"


@pytest.mark.parametrize("gone", ["deactivated", "erased"])
def test_answers_reach_no_account_that_is_closed(cohort, gone):
    carla = make_user("Carla", "Weber", wants_answers=True)
    post(make_user(), cohort=cohort.pk, answers_to=carla)
    if gone == "erased":
        carla.delete()
    else:
        type(carla).objects.filter(pk=carla.pk).update(is_active=False)

    assert sent()["Reply-To"] == "Doris Lang <doris@traeger.example.org>"


def test_who_coaches_chooses_it_in_her_profile(client, cohort):
    carla = make_user("Carla", "Weber")
    make_coach(cohort, carla)
    log_in(client, carla)
    page = reverse("accounts:profile")

    text = client.get(page).text
    assert "Antworten der Teams an meine eigene Adresse" in text
    assert "und das Team sieht diese Adresse." in text
    client.post(page, {"first_name": "Carla", "last_name": "Weber", "wants_answers": "on"})

    carla.refresh_from_db()
    assert carla.wants_answers is True


def test_nobody_else_is_asked(client):
    amina = make_user()
    client.force_login(amina)
    page = reverse("accounts:profile")

    assert "Antworten der Teams" not in client.get(page).text
    client.post(page, {"first_name": "Amina", "last_name": "Haddad", "wants_answers": "on"})

    amina.refresh_from_db()
    assert amina.wants_answers is False


# Nothing that somebody typed makes a header of its own

NASTY = 'Doris\r\nBcc: alle@example.org\n\n"Lang", <x@example.org>\x01\u2028; äöü'


def test_a_name_makes_no_header_of_its_own(cohort):
    type(cohort).objects.filter(pk=cohort.pk).update(contact_name=NASTY)
    post(Addressee("amina@example.org", NASTY), cohort=cohort.pk)

    headers = sent()

    assert (headers["Bcc"], headers["Cc"], headers["To"]) == (None, None, "amina@example.org")
    (answers,) = headers["Reply-To"].addresses
    assert answers.addr_spec == "doris@traeger.example.org"
    assert re.sub(r"[^\w@.]", "", answers.display_name) == "DorisBccalle@example.orgLangx@example.orgäöü"


def test_an_address_with_umlauts_is_written_for_every_server(cohort):
    type(cohort).objects.filter(pk=cohort.pk).update(contact_email="doris@träger.example.org")
    post(make_user(), cohort=cohort.pk)

    assert sent()["Reply-To"].addresses[0].addr_spec == "doris@xn--trger-hra.example.org"


def test_a_subject_is_one_line():
    message = outbox.put("amina@example.org", "Ihr Code\r\nBcc: alle@example.org", "Text", kind="login_code")

    headers = sent()

    assert headers["Subject"] == "Ihr Code Bcc: alle@example.org"
    assert headers["Bcc"] is None
    assert message.subject == headers["Subject"]
