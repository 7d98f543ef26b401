"""Registering from the public page to the confirmed registration, as a browser does it."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Message
from cohorts.models import Cohort, Registration, RegistrationPerson
from cohorts.models.registration import CONFIRM_WITHIN
from cohorts.registering import register
from tests.builders import (
    day,
    log_in,
    make_cohort,
    make_organiser,
    make_user,
    taken_now,
    window,
)

PAGE = "/projektschmieden/harz/anmelden/"


@pytest.fixture
def cohort(db):
    return make_cohort(make_organiser(make_user("Doris")), title="Projektschmiede Harz", slug="harz", **window())


def answers(**changes):
    return {
        "organisation_name": "Brückenschlag e. V.",
        "legal_form": "ev",
        "city": "Stendal",
        "land": "ST",
        "website": "www.brueckenschlag.example.org",
        "charitable": "yes",
        "migrant_organisation": "yes",
        "idea": "Ein Garten für alle.\r\nMit Bänken.",
        "recording_url": "",
        "not_begun": "on",
        "attendance_promised": "on",
        "homepage": "",
        "seen": "",
        "first_name_1": "Amina",
        "last_name_1": "Haddad",
        "email_1": "Amina@example.org",
        "phone_1": "0171 39200 11",
        "first_name_2": "Jonas",
        "last_name_2": "Wiese",
        "email_2": "jonas@example.org",
        "phone_2": "",
        **changes,
    }


def link_in(message):
    return re.search(r"http://[^/]+(/\S+)", message.body).group(1)


@pytest.fixture
def registered(client, cohort, django_capture_on_commit_callbacks):
    """The path of the secret link that a registration mailed."""
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/projektschmieden/harz/anmelden/", answers())
    return link_in(mail.outbox[-1])


def test_registering_stores_everything_and_mails_the_first_person(client, cohort, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/projektschmieden/harz/anmelden/", answers(), follow=True)

    assert response.redirect_chain == [("/projektschmieden/harz/anmelden/abgeschickt/", 302)]
    assert "Bitte bestätigen Sie Ihre Anmeldung" in response.content.decode()
    registration = Registration.objects.get()
    assert registration.status == Registration.Status.UNCONFIRMED
    assert registration.idea == "Ein Garten für alle.\nMit Bänken."
    assert registration.website == "https://www.brueckenschlag.example.org"
    assert list(RegistrationPerson.objects.values_list("position", "first_name", "email", "phone")) == [
        (1, "Amina", "amina@example.org", "0171 39200 11"),
        (2, "Jonas", "jonas@example.org", ""),
    ]
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["amina@example.org"], "Bitte bestätigen: Anmeldung zu „Projektschmiede Harz“")
    ]
    assert list(Event.objects.filter(cohort_id=cohort.pk).values_list("what", flat=True)) == ["registration.made"]


def test_token_is_nowhere_in_the_database_once_the_mail_is_sent(registered):
    token = registered.split("/")[-2]

    assert not Message.objects.filter(text__contains=token).exists()
    assert not Message.objects.filter(link__contains=token).exists()
    assert Registration.objects.get().token_hash != token


def test_opening_the_link_changes_nothing_and_the_button_confirms(client, registered):
    page = client.get(registered)

    assert page.status_code == 200
    assert Registration.objects.get().status == "unconfirmed"
    assert "Anmeldung bestätigen" in page.content.decode()
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"

    page = client.post(f"{registered}bestaetigen/", follow=True)

    registration = Registration.objects.get()
    assert (registration.status, registration.confirmed_at is not None) == ("received", True)
    assert "Danke. Ihre Anmeldung ist eingegangen." in page.content.decode()
    assert list(Message.objects.order_by("kind", "email").values_list("kind", "email")) == [
        ("registration_confirm", "amina@example.org"),
        ("registration_received", "amina@example.org"),
        ("registration_received", "jonas@example.org"),
    ]


def test_confirming_twice_says_so(client, registered):
    client.post(f"{registered}bestaetigen/")

    page = client.post(f"{registered}bestaetigen/", follow=True)

    assert "Ihre Anmeldung war schon bestätigt." in page.content.decode()
    assert Event.objects.filter(what="registration.confirmed").count() == 1


def test_correcting_replaces_values_and_persons_and_tells_old_and_new_addresses(client, registered):
    client.post(f"{registered}bestaetigen/")
    form = client.get(f"{registered}aendern/").context["form"]
    assert (form["idea"].value(), form["email_2"].value()) == ("Ein Garten für alle.\nMit Bänken.", "jonas@example.org")

    page = client.post(
        f"{registered}aendern/",
        answers(idea="Zwei Gärten.", first_name_2="Mira", last_name_2="Okoye", email_2="mira@example.org"),
        follow=True,
    )

    assert "Ihre Änderungen sind gespeichert." in page.content.decode()
    registration = Registration.objects.get()
    assert (registration.idea, registration.status) == ("Zwei Gärten.", "received")
    assert [person.email for person in registration.persons.all()] == ["amina@example.org", "mira@example.org"]
    told = Message.objects.filter(kind="registration_corrected").order_by("email")
    assert list(told.values_list("email", flat=True)) == ["amina@example.org", "jonas@example.org", "mira@example.org"]


def test_two_people_correcting_at_once_are_told_and_lose_nothing(client, registered):
    client.post(f"{registered}bestaetigen/")
    client.post(f"{registered}aendern/", answers(idea="Zuerst gespeichert."))

    page = client.post(f"{registered}aendern/", answers(idea="Später geschrieben.", seen=""))

    assert page.status_code == 422
    text = page.content.decode()
    assert "Jemand anders hat die Anmeldung inzwischen geändert." in text
    assert "Zuerst gespeichert." in text
    assert "Später geschrieben." in text
    assert Registration.objects.get().idea == "Zuerst gespeichert."

    seen = page.context["form"]["seen"].value()
    client.post(f"{registered}aendern/", answers(idea="Später geschrieben.", seen=seen))

    assert Registration.objects.get().idea == "Später geschrieben."


def test_withdrawing_is_a_button_and_happens_once(client, registered):
    client.post(f"{registered}bestaetigen/")

    first = client.post(f"{registered}zurueckziehen/", follow=True)
    second = client.post(f"{registered}zurueckziehen/", follow=True)

    assert "Ihre Anmeldung ist zurückgezogen." in first.content.decode()
    assert "kann hier nicht mehr zurückgezogen werden" in second.content.decode()
    assert Registration.objects.get().status == "withdrawn"
    assert Message.objects.filter(kind="registration_withdrawn").count() == 2


@pytest.mark.parametrize("wrong", ["token", "slug"])
def test_wrong_link_opens_nothing(client, cohort, registered, wrong):
    make_cohort(cohort.organiser, slug="heide", **window())
    path = registered.replace("harz", "heide") if wrong == "slug" else f"{registered[:-3]}xx/"

    answered = [client.get(path).status_code, client.get(f"{path}aendern/").status_code]
    answered += [client.post(f"{path}{step}/").status_code for step in ("bestaetigen", "zurueckziehen", "aendern")]

    assert answered == [410] * 5
    assert Registration.objects.get().status == "unconfirmed"


def test_a_link_that_a_newer_one_replaced_says_so_and_nothing_else(
    client, registered, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(PAGE, answers())

    page = client.get(registered)

    assert page.status_code == 410
    assert "Haben Sie eine neuere E-Mail von uns?" in page.text
    assert page["X-Robots-Tag"] == "noindex"
    assert not [word for word in ("Brückenschlag", "Amina", "Haddad", "Garten") if word in page.text]
    assert client.get(link_in(mail.outbox[-1])).status_code == 200


def test_a_link_of_a_cohort_that_nobody_sees_is_not_found(client, cohort, registered):
    Cohort.objects.update(published_at=None)

    assert client.get(f"{registered[:-3]}xx/").status_code == 404
    assert client.get(registered.replace("harz", "nirgends")).status_code == 404


def test_link_ends_with_the_cohort(client, cohort, registered):
    cohort.begins_on, cohort.ends_on = day(-9), day(-1)
    cohort.save()

    page = client.get(registered)
    assert (page.status_code, "Nach dem Ende der Projektschmiede gilt kein Link mehr." in page.text) == (410, True)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"organisation_name": ""}, "organisation_name", "Diese Angabe fehlt noch."),
        ({"organisation_name": "A\x00B"}, "organisation_name", "Nullzeichen sind nicht erlaubt."),
        ({"idea": "A\x00B"}, "idea", "Nullzeichen sind nicht erlaubt."),
        ({"idea": "x" * 1_000_000}, "idea", "Der Text hat 1.000.000 Zeichen. Möglich sind 1.500. Bitte kürzen Sie ihn um 998.500 Zeichen."),
        ({"idea": " "}, "idea", "Bitte beschreiben Sie Ihre Idee oder geben Sie unten einen Link zu einer Aufnahme an."),
        ({"email_1": "amina"}, "email_1", "Bitte geben Sie eine gültige E-Mail-Adresse ein."),
        ({"email_2": "AMINA@example.org"}, "email_2", "Bitte geben Sie für jede Person eine eigene Adresse an: Mit ihr loggt sie sich später ein."),
        ({"email_1": "info@müller.example.org", "email_2": "info@xn--mller-kva.example.org"}, "email_2", "Bitte geben Sie für jede Person eine eigene Adresse an: Mit ihr loggt sie sich später ein."),
        ({"first_name_1": "", "last_name_1": " "}, "first_name_1", "Bitte geben Sie mindestens einen Namen an."),
        ({"first_name_2": "", "last_name_2": ""}, "first_name_2", "Das fehlt noch. Oder lassen Sie alle Felder dieser Person leer."),
        ({"email_2": ""}, "email_2", "Das fehlt noch. Oder lassen Sie alle Felder dieser Person leer."),
        ({"first_name_1": "Los https://boese.example.org"}, "first_name_1", "Bitte geben Sie hier nur den Namen an, ohne Link und ohne Zeilenumbruch."),
        ({"last_name_2": "Wiese\nGewinn"}, "last_name_2", "Bitte geben Sie hier nur den Namen an, ohne Link und ohne Zeilenumbruch."),
        ({"organisation_name": "Auf www.boese.example.org"}, "organisation_name", "Bitte geben Sie hier nur den Namen an, ohne Link und ohne Zeilenumbruch."),
        ({"land": "XX"}, "land", "Bitte eine gültige Auswahl treffen. XX ist keine gültige Auswahl."),
        ({"recording_url": "javascript:alert(1)"}, "recording_url", "Bitte geben Sie eine gültige Adresse ein."),
        ({"homepage": "https://spam.example.org"}, "homepage", "Bitte lassen Sie dieses Feld leer und schicken Sie die Anmeldung noch einmal ab."),
        ({"attendance_promised": ""}, "attendance_promised", "Die Workshops bauen aufeinander auf. Bitte sagen Sie zu, dass Sie an allen teilnehmen."),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_keeps_everything(client, cohort, changes, field, sentence):
    response = client.post("/projektschmieden/harz/anmelden/", answers(city="Stendal & <b>Tangermünde</b>", **changes))

    assert response.status_code == 422
    assert response.context["form"].errors == {field: [sentence]}
    assert 'value="Stendal &amp; &lt;b&gt;Tangermünde&lt;/b&gt;"' in response.content.decode()
    assert not Registration.objects.exists()


# Zero width space, word joiner, soft hyphen, byte order mark, direction marks, joiners, an empty sign of Braille.
UNSEEN = ["\u200b", "\u2060", "\u00ad", "\ufeff", "\u200e\u200f", "\u202e \u2069", "\u200c\u200d", "\u2800", "\u3164"]


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_nobody_sees_is_not_filled_in(client, cohort, unseen):
    names = ("organisation_name", "city", "idea", "first_name_1", "last_name_1", "first_name_2", "last_name_2")

    response = client.post(PAGE, answers(**dict.fromkeys(names, unseen)))

    assert response.context["form"].errors == {
        "organisation_name": ["Diese Angabe fehlt noch."],
        "city": ["Diese Angabe fehlt noch."],
        "idea": ["Bitte beschreiben Sie Ihre Idee oder geben Sie unten einen Link zu einer Aufnahme an."],
        "first_name_1": ["Bitte geben Sie mindestens einen Namen an."],
        "first_name_2": ["Das fehlt noch. Oder lassen Sie alle Felder dieser Person leer."],
    }


def test_names_are_kept_without_what_nobody_sees_and_ideas_as_typed(client, cohort):
    client.post(
        PAGE,
        answers(
            organisation_name="\ufeffBrücken\u00adschlag\u202e e. V.",
            first_name_1="\u200b Ami\u200bna\u2060",
            idea="Ein Gar\u00adten.",
        ),
    )

    registration = Registration.objects.get()
    assert (registration.organisation_name, registration.idea) == ("Brückenschlag e. V.", "Ein Gar\u00adten.")
    assert str(registration.persons.first()) == "Amina Haddad"


def test_the_summary_says_which_person_a_mistake_is_about(client, cohort):
    page = client.post("/projektschmieden/harz/anmelden/", answers(email_1="amina", email_2="jonas")).text

    for number in (1, 2):
        assert f"Person {number}: E-Mail-Adresse – Bitte geben Sie eine gültige E-Mail-Adresse ein." in page


@pytest.mark.parametrize(("first", "last"), [("Suharto", ""), ("", "Suharto")])
def test_one_name_is_enough(client, cohort, django_capture_on_commit_callbacks, first, last):
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/projektschmieden/harz/anmelden/", answers(first_name_1=first, last_name_1=last))

    assert [str(person) for person in RegistrationPerson.objects.all()] == ["Suharto", "Jonas Wiese"]
    assert "Guten Tag Suharto," in mail.outbox[-1].body


def test_any_script_is_kept_as_written(client, cohort):
    idea = "حديقة للجميع 🌻 – „Garten“ & <Bänke>"

    client.post("/projektschmieden/harz/anmelden/", answers(idea=idea, organisation_name="نادي الجسر e. V. 🌉"))

    registration = Registration.objects.get()
    assert (registration.idea, registration.organisation_name) == (idea, "نادي الجسر e. V. 🌉")


def test_idea_of_exactly_1500_characters_fits_with_browser_line_breaks(client, cohort):
    client.post("/projektschmieden/harz/anmelden/", answers(idea="\r\n".join(["x" * 749, "y" * 750])))

    assert len(Registration.objects.get().idea) == 1500


FAMILY = "👨\u200d👩\u200d👧\u200d👦"


@pytest.mark.parametrize("letter", ["حَ", "🌻", FAMILY, "e\N{COMBINING ACUTE ACCENT}", "👍🏽", "🇩🇪"], ids=ascii)
def test_an_idea_is_counted_as_people_see_it(client, cohort, letter):
    idea = letter * 1500
    client.post(PAGE, answers(idea=f"{idea}\r\n \r\n"))
    assert Registration.objects.get().idea == unicodedata.normalize("NFC", idea)

    page = client.post(PAGE, answers(idea=idea + letter))

    assert page.context["form"].errors == {
        "idea": ["Der Text hat 1.501 Zeichen. Möglich sind 1.500. Bitte kürzen Sie ihn um 1 Zeichen."]
    }
    assert "<strong data-length>1.501</strong> von 1.500 Zeichen" in " ".join(page.text.split())
    assert re.search(r"data-over\s*>", page.text)


def test_an_idea_of_signs_that_nobody_sees_is_too_long(client, cohort):
    page = client.post(PAGE, answers(idea="a" + "\N{COMBINING ACUTE ACCENT}" * 40_000))

    assert page.status_code == 422
    assert "aus mehr Zeichen, als man sieht" in page.context["form"].errors["idea"][0]


def test_the_counter_stands_on_both_forms(client, cohort, registered):
    empty = " ".join(client.get(PAGE).text.split())
    client.post(f"{registered}bestaetigen/")
    filled = " ".join(client.get(f"{registered}aendern/").text.split())

    assert "<strong data-length>0</strong> von 1.500 Zeichen" in empty
    assert "<strong data-length>32</strong> von 1.500 Zeichen" in filled
    for page in (empty, filled):
        assert re.search(r"data-over\s+hidden", page)
        assert "js/text-counter.js" in page


def test_one_person_and_a_recording_are_enough(client, cohort):
    alone = dict.fromkeys(["first_name_2", "last_name_2", "email_2"], "")

    client.post(
        "/projektschmieden/harz/anmelden/", answers(idea="", recording_url="https://cloud.example.org/v/1", **alone)
    )

    assert Registration.objects.get().persons.count() == 1


@pytest.mark.parametrize(
    ("changes", "heading"),
    [
        (
            {"registration_from": lambda: day(1), "registration_until": lambda: day(9)},
            "Die Anmeldung ist noch nicht offen",
        ),
        (
            {"registration_from": lambda: day(-9), "registration_until": lambda: day(-1)},
            "Die Anmeldung ist geschlossen",
        ),
        ({"cancelled_at": timezone.now}, "Diese Projektschmiede ist abgesagt"),
    ],
)
def test_outside_the_window_the_page_says_why_and_keeps_what_was_typed(client, cohort, changes, heading):
    type(cohort).objects.update(**taken_now(changes))

    shown = client.get("/projektschmieden/harz/anmelden/")
    sent = client.post("/projektschmieden/harz/anmelden/", answers())

    assert (shown.status_code, sent.status_code) == (200, 409)
    assert heading in shown.content.decode()
    for typed in ("Brückenschlag e. V.", "Ein Garten für alle.", "Amina@example.org"):
        assert typed in sent.content.decode()
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"begins_on": lambda: day(5)}, "Jetzt werden die Plätze vergeben."),
        ({"begins_on": lambda: day(-2)}, "Sie läuft schon."),
        ({"begins_on": lambda: day(-8), "ends_on": lambda: day(-1)}, "Sie ist zu Ende."),
    ],
)
def test_after_the_window_the_page_says_where_the_cohort_stands(client, cohort, changes, sentence):
    type(cohort).objects.update(registration_from=day(-20), registration_until=day(-10), **taken_now(changes))

    text = client.get("/projektschmieden/harz/anmelden/").content.decode()

    sentences = ("Jetzt werden die Plätze vergeben.", "Sie läuft schon.", "Sie ist zu Ende.")
    assert [one for one in sentences if one in text] == [sentence]


def test_correcting_after_the_window_keeps_what_was_typed(client, cohort, registered):
    client.post(f"{registered}bestaetigen/")
    type(cohort).objects.update(registration_until=day(-1))

    sent = client.post(f"{registered}aendern/", answers(idea="Zu spät."))

    assert sent.status_code == 409
    assert "Zu spät." in sent.content.decode()
    assert Registration.objects.get().idea == "Ein Garten für alle.\nMit Bänken."


def test_unpublished_cohort_is_found_by_its_organiser_alone(client, cohort):
    type(cohort).objects.update(published_at=None)
    pages = [reverse(f"cohorts:{name}", args=["harz"]) for name in ("detail", "register", "sent")]

    assert [client.get(page).status_code for page in pages] == [404, 404, 404]

    log_in(client, cohort.organiser.memberships.get().user)

    assert [client.get(page).status_code for page in pages[:1]] == [200]


def test_flood_is_stored_and_one_mailbox_is_spared(client, cohort):
    for number in range(30):
        client.post("/projektschmieden/harz/anmelden/", answers(email_1=f"person{number}@example.org"))
    pages = [
        client.post("/projektschmieden/harz/anmelden/", answers(organisation_name=f"Verein {number}"), follow=True)
        for number in range(13)
    ]

    assert Registration.objects.count() == 43
    told = ["Die E-Mail mit dem Link kommt deshalb erst am" in page.content.decode() for page in pages]
    assert told == [False] * 6 + [True] * 7
    first, *_rest = links = list(Message.objects.filter(email="amina@example.org").order_by("created_at"))
    hours = [round((link.not_before - first.not_before).total_seconds() / 3600) for link in links]
    assert hours == [0] * 6 + [1] * 6 + [2]


@override_settings(CACHES={"default": {"BACKEND": "core.caches.ProtectedCache", "LOCATION": "counted"}})
def test_a_mailbox_is_counted_for_longer_than_the_cache_remembers_by_itself(client, cohort):
    call_command("createcachetable")
    with time_machine.travel(timezone.now().replace(hour=8), tick=False) as clock:
        for _ in range(6):
            client.post("/projektschmieden/harz/anmelden/", answers())
        clock.shift(timedelta(minutes=10))
        client.post("/projektschmieden/harz/anmelden/", answers())

        last = Message.objects.order_by("created_at").last()
        assert last.not_before == timezone.now() + timedelta(minutes=50)


@pytest.mark.parametrize(
    "file",
    [
        "templates/cohorts/mails/registration_confirm.txt",
        "templates/cohorts/link_over.html",
        "templates/cohorts/sent.html",
        "templates/cohorts/_privacy.html",
        "schmiede/pages/datenschutz.html",
    ],
)
def test_every_text_names_the_hours_after_which_unconfirmed_is_erased(file):
    hours = CONFIRM_WITHIN // timedelta(hours=1)

    assert re.findall(r"(\d+) Stunden", Path(settings.BASE_DIR, file).read_text()) == [str(hours)]


def test_unconfirmed_is_erased_after_48_hours(cohort):
    old, _young, received = (
        register(cohort, values={"organisation_name": name}, persons=[{"email": f"{name}@example.org"}])[0]
        for name in ("old", "young", "received")
    )
    received.confirm("token")
    long_ago = timezone.now() - timedelta(hours=49)
    Registration.objects.filter(pk__in=[old.pk, received.pk]).update(created_at=long_ago)
    Message.objects.update(created_at=long_ago)

    assert Registration.objects.erase_unconfirmed() == 1
    assert set(Registration.objects.values_list("organisation_name", flat=True)) == {"young", "received"}
    assert set(Message.objects.values_list("kind", flat=True)) == {"registration_received"}
    assert Registration.objects.erase_unconfirmed() == 0


# Once is enough


def typed(client, **changes):
    """The page's form as a browser sends it once it is filled in."""
    once = re.search(r'name="once" value="([^"]+)"', client.get(PAGE).text).group(1)
    return answers(once=once, **changes)


def confirm_mails():
    return list(
        Message.objects.filter(kind="registration_confirm").order_by("created_at").values_list("email", flat=True)
    )


def test_going_back_and_sending_again_is_one_registration(client, cohort):
    form = typed(client)
    client.post(PAGE, form)

    page = client.post(PAGE, form, follow=True)

    assert page.redirect_chain == [(f"{PAGE}abgeschickt/", 302)]
    assert "Ihre Anmeldung war schon abgeschickt. Sie gilt einmal." in page.text
    assert (Registration.objects.count(), RegistrationPerson.objects.count()) == (1, 2)
    assert confirm_mails() == ["amina@example.org"]


def test_what_is_changed_after_going_back_counts(client, cohort, django_capture_on_commit_callbacks):
    form = typed(client, email_1="amnia@example.org")
    client.post(PAGE, form)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(PAGE, form | {"email_1": "amina@example.org", "idea": "Ein Garten."})

    registration = Registration.objects.get()
    assert (registration.idea, str(registration.persons.first())) == ("Ein Garten.", "Amina Haddad")
    assert confirm_mails() == ["amnia@example.org", "amina@example.org"]
    assert client.post(f"{link_in(mail.outbox[-1])}bestaetigen/").status_code == 302
    assert Registration.objects.get().status == "received"


def test_a_confirmed_registration_is_changed_by_its_link_alone(client, cohort):
    form = typed(client)
    client.post(PAGE, form)
    Registration.objects.update(status="received", confirmed_at=timezone.now())

    page = client.post(PAGE, form | {"idea": "Etwas anderes."}, follow=True)

    assert page.redirect_chain == [(cohort.get_absolute_url(), 302)]
    assert "schon abgeschickt und bestätigt" in page.text
    assert Registration.objects.get().idea == "Ein Garten für alle.\nMit Bänken."


def test_the_same_answers_from_another_form_are_one_registration_with_a_new_mail(client, cohort):
    for _ in range(2):
        client.post(PAGE, typed(client))

    assert Registration.objects.count() == 1
    assert confirm_mails() == ["amina@example.org"] * 2


def test_another_association_from_the_same_form_is_another_registration(client, cohort):
    form = typed(client)
    for name in ("Brückenschlag e. V.", "Brückenschlag eV", "Nachbarn e. V."):
        client.post(PAGE, form | {"organisation_name": name})

    assert list(Registration.objects.values_list("organisation_name", flat=True)) == [
        "Brückenschlag eV",
        "Nachbarn e. V.",
    ]


@pytest.mark.parametrize("status", ["withdrawn", "declined"])
@pytest.mark.parametrize("changes", [{}, {"idea": "Etwas anderes."}], ids=["same", "changed"])
def test_what_is_over_can_be_sent_again_from_the_same_page(client, cohort, status, changes):
    form = typed(client)
    client.post(PAGE, form)
    Registration.objects.update(status=status, confirmed_at=timezone.now(), decided_at=timezone.now())

    page = client.post(PAGE, form | changes, follow=True)

    assert page.redirect_chain == [(f"{PAGE}abgeschickt/", 302)]
    assert "schon abgeschickt" not in page.text
    assert sorted(Registration.objects.values_list("status", flat=True)) == sorted([status, "unconfirmed"])
    assert confirm_mails() == ["amina@example.org"] * 2


def test_a_page_of_what_is_over_leads_to_what_another_page_began(client, cohort):
    form = typed(client)
    client.post(PAGE, form)
    Registration.objects.update(status="withdrawn", confirmed_at=timezone.now())
    client.post(PAGE, typed(client))

    page = client.post(PAGE, form)

    assert page.url == f"{PAGE}abgeschickt/"
    assert sorted(Registration.objects.values_list("status", flat=True)) == ["unconfirmed", "withdrawn"]


@pytest.mark.parametrize("once", ["", "x", "'; --", "00000000-0000-0000-0000-00000000000g"])
def test_a_form_without_its_mark_is_taken(client, cohort, once):
    assert client.post(PAGE, answers(once=once)).url == f"{PAGE}abgeschickt/"

    assert Registration.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_form", [True, False])
def test_two_posts_at_once_are_one_registration(at_once, same_form):
    cohort = make_cohort(make_organiser(make_user("Doris")), slug="harz", **window())
    for number in range(1, 9):
        name = f"Verein {number}"
        first = typed(Client(), organisation_name=name)
        second = first if same_form else typed(Client(), organisation_name=name)

        pages = at_once(partial(Client().post, PAGE, first), partial(Client().post, PAGE, second))

        assert [page.status_code for page in pages] == [302, 302]
        assert cohort.registrations.count() == number
        assert RegistrationPerson.objects.count() == 2 * number
