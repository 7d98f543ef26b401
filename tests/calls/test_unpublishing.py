"""An edition that was published too early becomes a draft again while nobody needs it; after that its page says who does."""

from __future__ import annotations

import time

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Event
from applications.writing import starting
from applications.writing.starting import adopt, start
from calls.copying import copy_call
from calls.models import FundingCall
from calls.publishing import unpublish, why_public
from calls.reference import DATA, load_call
from cohorts.models import Cohort
from core.writes import Stale
from tests.builders import (
    log_in,
    make_application,
    make_bamf,
    make_call,
    make_cohort,
    make_edition,
    make_organiser,
    make_team,
    make_user,
)
from tests.calls.admin_pages import act, said
from workshops.admin.cohort import CohortForm

CALLS, EDITIONS = reverse("admin:calls_fundingcall_changelist"), reverse("admin:calls_edition_changelist")


@pytest.fixture
def emil(db, client):
    emil = make_bamf()
    log_in(client, emil)
    return emil


@pytest.fixture
def copy(db, emil):
    copy = copy_call(load_call(DATA / "bgz-2026").call, 2027, by=None)
    copy.editions.get().publish(by=emil)
    return copy


def page_of(client, record):
    return client.get(record.get_absolute_url())


def test_a_call_published_too_early_becomes_a_draft_and_can_be_removed(client, emil, copy):
    edition = copy.editions.get()
    shown = page_of(client, edition).text

    asked = act(client, EDITIONS, "unpublish", edition)
    there = copy.editions.get().is_published
    done = act(client, EDITIONS, "unpublish", edition, _asked="1")

    assert "Noch braucht ihn niemand: Sie können die Veröffentlichung zurücknehmen" in shown
    assert "Der Stand ist dann wieder ein Entwurf" in asked.text
    assert there
    assert said(done) == [f"{edition}: Der Stand ist wieder ein Entwurf."]
    draft = copy.editions.get()
    assert (draft.is_published, draft.published_by, draft.frozen_terms) == (False, None, None)
    assert draft.terms == draft.read_terms()
    event = Event.objects.get(what="edition.unpublished")
    assert (event.by, event.record_id) == (emil, str(edition.pk))
    act(client, CALLS, "remove", copy, _asked="1")
    assert not FundingCall.objects.filter(pk=copy.pk).exists()


def test_it_can_be_changed_and_published_again(emil, copy):
    edition = copy.editions.get()
    unpublish(edition, by=emil)
    edition.limits.filter(key="max_pages").update(value=12)

    edition.publish(by=emil)

    assert copy.editions.get().terms.limit("max_pages").value == 12


@pytest.mark.parametrize("who", ["cohort", "application"])
def test_what_is_used_stays_published_and_its_page_says_who_uses_it(client, emil, copy, who):
    edition = copy.editions.get()
    cohort = make_cohort(make_organiser(make_user("Doris")), copy, title="Schmiede Nord")
    sentence = "Diese Projektschmieden sind für den Aufruf: „Schmiede Nord“."
    if who == "application":
        make_application(make_team(cohort, make_user()))
        sentence = "1 Vorhaben steht darauf. " + sentence
    sentence = f"Dieser Stand wird gebraucht und bleibt veröffentlicht. {sentence}"

    page = page_of(client, edition)
    answer = act(client, EDITIONS, "unpublish", edition)

    assert sentence in page.text
    assert 'value="unpublish"' not in page.text
    assert said(answer) == [f"{edition}: {sentence}"]
    with pytest.raises(Stale, match="Schmiede Nord"):
        unpublish(edition, by=emil)
    assert copy.editions.get().is_published
    assert "Für ihn sind diese Projektschmieden: Schmiede Nord." in page_of(client, copy).text


def test_a_later_edition_goes_back_while_no_application_stands_on_it(emil):
    call, amina = make_call(parts=True), make_user()
    team = make_team(make_cohort(make_organiser(make_user("Doris")), call), amina)
    application = make_application(team)
    later = make_edition(call, 2, parts=True)

    assert why_public(later) == ""
    adopt(application, later, by=amina)

    assert "1 Vorhaben steht darauf." in why_public(later)
    assert why_public(call.editions.get(number=1)) == ""


def test_nobody_starts_or_adopts_an_edition_that_is_a_draft_again(emil):
    call, amina = make_call(parts=True), make_user()
    team = make_team(make_cohort(make_organiser(make_user("Doris")), call), amina)
    first, later = call.editions.get(), make_edition(call, 2, parts=True)
    seen = call.editions.get(number=2)
    unpublish(later, by=emil)

    application = start(team, by=amina, theme="vielfalt")

    assert application.edition == first
    with pytest.raises(Stale):
        adopt(application, seen, by=amina)


def test_a_draft_is_not_taken_back(client, emil, copy):
    draft = make_edition(copy, 2, published=False)

    with pytest.raises(Stale):
        unpublish(draft, by=emil)
    assert 'value="unpublish"' not in page_of(client, draft).text


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_taking_back_and_starting_at_once_one_is_refused(at_once):
    call, amina, emil = make_call(parts=True), make_user(), make_bamf()
    team = make_team(make_cohort(make_organiser(make_user("Doris")), call), amina)
    later = make_edition(call, 2, parts=True)

    results = at_once(
        lambda: unpublish(call.editions.get(number=2), by=emil), lambda: start(team, by=amina, theme="vielfalt")
    )

    later.refresh_from_db()
    on_later = team.applications.get().edition_id == later.pk
    assert on_later == later.is_published
    assert isinstance(results[0], Stale) == on_later


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_taking_back_waits_for_a_start_without_a_deadlock(at_once, monkeypatch):
    call, amina, emil = make_call(parts=True), make_user(), make_bamf()
    team = make_team(make_cohort(make_organiser(make_user("Doris")), call), amina)
    later = make_edition(call, 2, parts=True)
    drafts = starting.make_drafts
    monkeypatch.setattr(starting, "make_drafts", lambda application: (time.sleep(0.4), drafts(application)))

    def take_back():
        time.sleep(0.1)
        unpublish(call.editions.get(number=2), by=emil)

    refused, application = at_once(take_back, lambda: start(team, by=amina, theme="vielfalt"))

    assert isinstance(refused, Stale)
    assert application.edition == later


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_taking_back_waits_for_a_cohort_that_is_being_made(at_once):
    """Its form has looked at the call, and is saved only some time later."""
    call, emil = make_call(parts=True), make_bamf()
    organiser = make_organiser(make_user("Doris"))
    form = type("Form", (CohortForm,), {"Meta": type("Meta", (), {"model": Cohort, "fields": ["call"]})})

    def make():
        with transaction.atomic():
            chosen = form({"call": str(call.pk)})
            chosen.full_clean()
            time.sleep(0.4)
            return make_cohort(organiser, call)

    def take_back():
        time.sleep(0.1)
        unpublish(call.editions.get(), by=emil)

    _cohort, refused = at_once(make, take_back)

    assert isinstance(refused, Stale)
    assert call.editions.get().is_published


def test_a_cohort_does_not_get_a_call_that_was_taken_back_meanwhile(db, emil):
    call = make_call(parts=True)
    form = type("Form", (CohortForm,), {"Meta": type("Meta", (), {"model": Cohort, "fields": ["call"]})})
    chosen = form({"call": str(call.pk)})
    assert "call" not in chosen.errors
    chosen.fields["call"].queryset = FundingCall.objects.none()

    chosen.refuse_call_that_is_gone(call)

    assert chosen.errors["call"] == [
        "Diesen Förderaufruf gibt es für Projektschmieden gerade nicht mehr. Bitte wählen Sie einen anderen."
    ]


def test_the_page_for_publishing_says_until_when_it_can_be_taken_back_and_which_days_are_empty_first(client, emil):
    edition = copy_call(load_call(DATA / "bgz-2026").call, 2027, by=None).editions.get()

    page = act(client, EDITIONS, "publish", edition)

    assert "Zurücknehmen können Sie die Veröffentlichung, bis eine Projektschmiede oder ein Vorhaben" in page.text
    order = [
        page.text.index(words)
        for words in (
            "Diese Tage sind noch leer.",
            "offen ab: gilt als schon offen",
            "Einsendeschluss: gilt als ohne Ende offen",
            "Es ist der erste Stand dieses Aufrufs",
            "Angaben sind noch nicht geprüft",
        )
    ]
    assert order == sorted(order)
    assert page.text.count("Einsendeschluss: gilt als ohne Ende offen") == 1
