"""Watching a step: its letters, their words, and whether it would still do the same."""

from __future__ import annotations

from contextlib import suppress
from uuid import uuid4

import pytest

from accounts import outbox
from accounts.models import Message
from accounts.rehearsal import Wording, rehearse
from core.writes import Stale
from tests.builders import make_user

pytestmark = pytest.mark.django_db


def post(people, link="", secret=""):
    outbox.post(people, "accounts/mails/test.txt", dedup=uuid4(), link=link, secret=secret)


@pytest.fixture(autouse=True)
def template(settings, tmp_path):
    """A mail of two lines."""
    folder = tmp_path / "accounts" / "mails"
    folder.mkdir(parents=True)
    (folder / "test.txt").write_text("Neues\n\nGuten Tag {{ name }},\n\nes gibt Neues:\n{{ link }}")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]


def test_one_letter_to_all_who_get_the_same_words():
    amina, jonas = make_user("Amina", "Haddad"), make_user("Jonas", "Petersen")

    with rehearse() as rehearsal:
        post([jonas, amina])

    [letter] = rehearsal.letters
    assert (letter.people, letter.subject, rehearsal.count) == (("Amina Haddad", "Jonas Petersen"), "Neues", 2)
    assert letter.text.startswith("es gibt Neues:")


def test_the_words_that_were_chosen_follow_each_greeting():
    amina = make_user("Amina", "Haddad")
    with rehearse() as rehearsal:
        post([amina])
    Message.objects.all().delete()

    with rehearse({rehearsal.letters[0].key: Wording("Anders", "Ganz neu.")}):
        post([amina])

    message = Message.objects.get()
    assert (message.subject, message.text) == ("Anders", "Guten Tag Amina Haddad,\n\nGanz neu.")


def test_letters_that_differ_in_their_record_are_one_and_each_keeps_its_link():
    amina, jonas = make_user("Amina"), make_user("Jonas")
    links = [f"/teams/{uuid4()}/", f"/teams/{uuid4()}/"]
    with rehearse() as rehearsal:
        for person, link in zip((amina, jonas), links, strict=True):
            post([person], link=link)
    Message.objects.all().delete()

    [letter] = rehearsal.letters
    chosen = Wording("Anders", letter.text.replace("Neues", "Anderes"), letter.addresses)
    with rehearse({letter.key: chosen}):
        for person, link in zip((amina, jonas), links, strict=True):
            post([person], link=link)

    for person, link in zip((amina, jonas), links, strict=True):
        text = Message.objects.get(user=person).text
        assert "es gibt Anderes:" in text
        assert link in text


def test_the_address_of_a_new_record_makes_no_other_letter_but_another_person_does():
    amina, jonas = make_user("Amina"), make_user("Jonas")
    digests = []
    for people in ([amina], [amina], [amina, jonas]):
        with rehearse() as rehearsal:
            post(people, link=f"/vorhaben/{uuid4()}/")
        digests.append(rehearsal.digest)

    assert digests[0] == digests[1] != digests[2]


def test_a_link_for_one_person_is_shown_to_nobody_and_never_reworded():
    with rehearse() as rehearsal:
        post([make_user("Amina")], link="/einladung/geheim/", secret="geheim")

    [letter] = rehearsal.letters
    assert letter.is_fixed
    assert "geheim" not in letter.text


def test_what_was_refused_is_explained_by_nothing_and_nothing_twice():
    with rehearse() as rehearsal:
        rehearsal.explain("Das gilt.")
        rehearsal.explain("Das gilt.")
        with suppress(Stale), rehearsal.unless_refused():
            rehearsal.explain("Das gilt nicht.")
            raise Stale

    assert rehearsal.context == ["Das gilt."]
