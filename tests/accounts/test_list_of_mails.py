"""The list of mails („Nachrichten“): on what it opens, and the sentence that says what is shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Message
from tests.accounts.admin_world import changelist, world
from tests.builders import log_in

pytestmark = pytest.mark.django_db
__all__ = ["world"]

NOTHING_TO_DO = "Es wartet keine, und keine ist gescheitert oder unklar."


@pytest.fixture
def doris(client, world):
    return log_in(client, world.doris)


def post(cohort, subject, **fields):
    values = {"text": "x", "kind": "x", "key": subject, "email": "amina@example.org", "cohort_id": cohort.pk}
    return Message.objects.create(subject=subject, **values, **fields)


def listed(page):
    return [message.subject for message in page.context["cl"].result_list]


def chosen(page):
    [stand] = [spec for spec in page.context["cl"].filter_specs if spec.parameter_name == "stand"]
    return [choice["display"] for choice in stand.choices(page.context["cl"]) if choice["selected"]]


@pytest.fixture
def all_kinds(world):
    now = timezone.now()
    post(world.cohort, "gesendet", sent_at=now, claimed_at=now)
    post(world.cohort, "wartet", not_before=now + timedelta(minutes=5), topic="x:y")
    post(world.cohort, "gescheitert", failed_at=now)
    post(world.cohort, "angehalten", withheld_at=now)
    post(world.foreign, "fremd", failed_at=now)


def test_it_opens_on_what_somebody_must_look_at(doris, all_kinds):
    page = doris.get(changelist(Message))

    assert (listed(page), chosen(page)) == (["gescheitert"], ["gescheitert oder unklar"])
    assert "Hier steht, was gescheitert oder unklar ist: Bitte sehen Sie es sich an." in page.text


def test_else_on_what_waits(doris, all_kinds):
    Message.objects.filter(subject="gescheitert").delete()

    page = doris.get(changelist(Message))

    assert (listed(page), chosen(page)) == (["wartet"], ["wartet"])
    assert "Hier steht, was noch wartet. Gescheitert oder unklar ist nichts." in page.text


def test_else_on_the_latest(doris, all_kinds):
    Message.objects.filter(subject__in=["gescheitert", "wartet"]).delete()

    page = doris.get(changelist(Message))

    assert (listed(page), chosen(page)) == (["angehalten", "gesendet"], ["alle"])
    assert f"Hier stehen alle Nachrichten, die neuesten zuerst. {NOTHING_TO_DO}" in page.text


def test_before_there_is_any_it_says_so(doris, world):
    page = doris.get(changelist(Message))

    assert "Noch ist keine Nachricht geschrieben." in page.text
    assert "Noch ist keine" not in doris.get(changelist(Message), {"q": "nichts"}).text


@pytest.mark.parametrize(
    ("stand", "rows", "said"),
    [
        ("gescheitert", ["gescheitert"], "Hier steht nur, was gescheitert oder unklar ist."),
        ("wartet", ["wartet"], "Hier steht nur, was noch wartet."),
        ("gesendet", ["gesendet"], "Hier steht nur, was gesendet ist."),
        ("angehalten", ["angehalten"], "Hier steht nur, was angehalten ist und nicht gesendet wird."),
        ("alle", ["angehalten", "gescheitert", "wartet", "gesendet"], "Hier stehen alle Nachrichten, die neuesten zuerst."),
        ("unfug", ["gescheitert"], "Hier steht, was gescheitert oder unklar ist: Bitte sehen Sie es sich an."),
    ],
)  # fmt: skip
def test_what_was_chosen_is_shown_and_said(doris, all_kinds, stand, rows, said):
    page = doris.get(changelist(Message), {"stand": stand})

    assert listed(page) == rows
    assert said in page.text


def test_searching_looks_in_all_of_them(doris, all_kinds):
    page = doris.get(changelist(Message), {"q": "gesendet"})

    assert (listed(page), chosen(page)) == (["gesendet"], ["alle"])
    assert NOTHING_TO_DO not in page.text


def test_an_action_finds_its_rows_although_the_list_would_open_on_others_by_now(doris, world):
    """While the page stood open the mail that waited became due, and another one failed."""
    first = post(world.cohort, "eins", not_before=timezone.now() + timedelta(minutes=5), topic="x:y")
    post(world.cohort, "zwei", failed_at=timezone.now())
    sent = {"action": "send_now", "_selected_action": [str(first.pk)], "index": "0"}

    page = doris.post(changelist(Message), sent, follow=True)

    assert "Eins: Die Nachricht geht jetzt hinaus." in page.text
