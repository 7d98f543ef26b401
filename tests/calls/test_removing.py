"""A wrong copy goes while nothing uses it; what is used says why it stays."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import Event
from calls.copying import copy_call, copy_edition
from calls.models import Edition, FundingCall, UmbrellaRoute
from calls.reference import DATA, load_call
from core.writes import Stale
from tests.builders import log_in, make_application, make_bamf, make_cohort, make_organiser, make_team, make_user
from tests.calls.admin_pages import act, said

CALLS, EDITIONS = reverse("admin:calls_fundingcall_changelist"), reverse("admin:calls_edition_changelist")


@pytest.fixture
def call(db):
    return load_call(DATA / "bgz-2026").call


@pytest.fixture
def copy(call):
    return copy_call(call, 2027, by=None)


@pytest.fixture
def emil(db, client):
    emil = make_bamf()
    log_in(client, emil)
    return emil


def test_a_call_copied_by_mistake_goes_with_all_its_parts(client, emil, copy):
    UmbrellaRoute.objects.create(call=copy, umbrella_body="Beispielverband")

    asked = act(client, CALLS, "remove", copy)
    there = FundingCall.objects.filter(pk=copy.pk).exists()
    done = act(client, CALLS, "remove", copy, _asked="1")

    assert "Entfernt wird Stand 1: 4 Themenschwerpunkte, 18 Abschnitte," in asked.text
    assert "Wege über Dachverbände: „Beispielverband“." in asked.text
    assert "Das lässt sich nicht zurücknehmen." in asked.text
    assert there
    assert said(done) == [f"{copy}: Der Eintrag ist entfernt."]
    assert list(FundingCall.objects.values_list("slug", flat=True)) == ["bgz-2026"]
    assert not Edition.objects.filter(call=copy.pk).exists()
    event = Event.objects.get(what="call.removed")
    assert (event.by, event.record_id, event.codes) == (emil, str(copy.pk), {"year": 2027})


def test_it_can_be_copied_again(call, copy, emil):
    copy.remove(by=emil)

    assert copy_call(call, 2027, by=emil).editions.get().number == 1


def test_a_draft_goes_from_its_own_page(client, emil, call):
    draft = copy_edition(call.editions.get(), call)
    page = reverse("admin:calls_edition_change", args=[draft.pk])

    asked = act(client, page, "remove", draft, **{"CHANGE_FORM-action": "remove"})
    done = act(client, page, "remove", draft, _asked="1", **{"CHANGE_FORM-action": "remove"})

    assert "Entfernt wird Stand 2: 4 Themenschwerpunkte," in asked.text
    assert done.redirect_chain[-1][0] == EDITIONS
    assert [edition.number for edition in call.editions.all()] == [1]
    assert Event.objects.get(what="edition.removed").codes == {"call": str(call.pk), "number": 2}


def test_what_is_published_says_why_it_stays(client, emil, call):
    edition = call.editions.get()

    answers = [act(client, CALLS, "remove", call), act(client, EDITIONS, "remove", edition)]

    assert [said(answer) for answer in answers] == [
        [
            (f"{call}: Dieser Aufruf wird gebraucht und kann nicht entfernt werden. Veröffentlicht ist Stand 1. "
            "Beim Stand nehmen Sie die Veröffentlichung zurück, wenn sie ein Versehen war.")
        ],
        [f"{edition}: {edition.why_it_stays()}"],
    ]  # fmt: skip
    assert "was nicht stimmt, ändern Sie in einem neuen Stand." in edition.why_it_stays()
    assert FundingCall.objects.count() == Edition.objects.count() == 1


def test_cohorts_and_applications_keep_a_call(emil, copy):
    cohort = make_cohort(make_organiser(make_user("Doris")), copy, title="Schmiede Nord")
    with_cohort = copy.why_it_stays()
    copy.editions.get().publish(by=emil)
    make_application(make_team(cohort, make_user()))

    assert with_cohort.endswith("Für ihn sind diese Projektschmieden: Schmiede Nord.")
    assert copy.why_it_stays().endswith("1 Vorhaben ist für ihn begonnen.")
    with pytest.raises(Stale, match="Schmiede Nord"):
        copy.remove(by=emil)
    assert FundingCall.objects.filter(pk=copy.pk).exists()


def test_the_only_edition_of_a_call_stays_as_no_other_could_begin(client, emil, copy):
    edition = copy.editions.get()

    answer = act(client, EDITIONS, "remove", edition)

    assert "Es ist der einzige Stand des Aufrufs" in said(answer)[0]
    assert copy.editions.get() == edition


def test_nobody_else_removes(client, call, copy):
    doris = make_user("Doris", "Lang")
    make_organiser(doris)
    log_in(client, doris)
    draft = copy_edition(call.editions.get(), call)

    assert act(client, CALLS, "remove", copy, _asked="1").status_code == 403
    for record in (copy, draft):
        with pytest.raises(PermissionDenied):
            record.remove(by=doris)
    assert (FundingCall.objects.count(), Edition.objects.count()) == (2, 3)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_publishing_and_removing_at_once_one_is_told(at_once):
    call = load_call(DATA / "bgz-2026").call
    draft = copy_edition(call.editions.get(), call)
    emil = make_bamf()

    results = at_once(
        lambda: Edition.objects.get(pk=draft.pk).publish(by=None),
        lambda: Edition.objects.get(pk=draft.pk).remove(by=emil),
    )

    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Stale"]
    assert Edition.objects.filter(pk=draft.pk).exists() == (results[0] is None)
