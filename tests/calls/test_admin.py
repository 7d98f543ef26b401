"""BAMF staff keep the calls in the admin; a published edition is only read there."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from calls.copying import copy_edition
from calls.models import Edition, FundingCall, Limit, Rule
from calls.reference import DATA, load_call
from tests.builders import log_in, make_bamf, make_organiser, make_user, source_of
from tests.calls.admin_pages import act, row_of, said, sent_with

CALLS, EDITIONS = reverse("admin:calls_fundingcall_changelist"), reverse("admin:calls_edition_changelist")


@pytest.fixture
def call(db):
    return load_call(DATA / "bgz-2026").call


@pytest.fixture
def draft(call):
    return copy_edition(call.editions.get(), call)


@pytest.fixture
def emil(db, client):
    emil = make_bamf()
    log_in(client, emil)
    return emil


def test_only_bamf_staff_find_calls_and_editions(client, call):
    doris, amina = make_user("Doris", "Lang"), make_user()
    make_organiser(doris)
    pages = [
        CALLS,
        EDITIONS,
        reverse("admin:calls_fundingcall_change", args=[call.pk]),
        reverse("admin:calls_edition_change", args=[call.editions.get().pk]),
    ]

    found = {}
    for person in (make_bamf(), doris, amina):
        log_in(client, person)
        found[person.first_name] = [client.get(page).status_code for page in pages]

    assert found["Emil"] == [200] * 4
    assert 200 not in found["Doris"] + found["Amina"]


def test_changing_a_date_applies_at_once(client, emil, call):
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])

    response = client.post(page, sent_with(client.get(page), deadline="2025-07-15"))

    assert response.status_code == 302
    call.refresh_from_db()
    assert (call.deadline, call.addressee.splitlines()[-1]) == (date(2025, 7, 15), "90461 Nürnberg")


def test_confirming_an_address_notes_the_day_and_changing_it_asks_again(client, emil, call):
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])

    def sent(**changes):
        client.post(page, sent_with(client.get(page), **changes))
        call.refresh_from_db()
        return call.addressee_certainty, call.addressee_checked_on

    assert sent(addressee_certainty="verified") == ("verified", timezone.localdate())
    assert sent(deadline="2025-07-15") == ("verified", timezone.localdate())
    assert sent(addressee="Bundesamt\nPostfach 1") == ("assumed", None)
    assert sent(addressee_certainty="verified", addressee_checked_on="2026-03-01") == ("verified", date(2026, 3, 1))


def test_an_address_that_nobody_touched_stays_checked(client, emil, call):
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])
    client.post(page, sent_with(client.get(page), addressee_certainty="verified"))
    as_browsers_send_it = call.addressee.replace("\n", "\r\n")

    client.post(page, sent_with(client.get(page), addressee=as_browsers_send_it, title="Aufruf"))

    call.refresh_from_db()
    assert (call.title, call.addressee_certainty, call.addressee_checked_by) == ("Aufruf", "verified", "Emil Brandner")
    assert Event.objects.filter(what="call.changed").order_by("at").last().codes == {"fields": "title"}


def test_confirming_a_rule_notes_who_and_when(client, emil, call):
    rule = call.rules.get(code="B03")
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])
    shown = client.get(page)

    response = client.post(page, sent_with(shown, **{f"{row_of(shown, rule)}-certainty": "verified"}))

    assert response.status_code == 302
    rule.refresh_from_db()
    assert (rule.certainty, rule.checked_on, rule.checked_by) == ("verified", timezone.localdate(), "Emil Brandner")


def test_lowering_a_rule_and_restoring_it(client, emil, call):
    rule = call.rules.get(code="C05")
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])
    shown = client.get(page)
    reason = f"{row_of(shown, rule)}-lowered_reason"

    client.post(page, sent_with(shown, **{reason: "Zählt in diesem Jahr nicht."}))
    rule.refresh_from_db()
    lowered = (rule.call.rule_terms()[rule.code].may_block, rule.lowered_by, rule.lowered_reason)
    client.post(page, sent_with(client.get(page), **{reason: ""}))
    rule.refresh_from_db()

    assert lowered == (False, emil, "Zählt in diesem Jahr nicht.")
    assert (rule.call.rule_terms()[rule.code].may_block, rule.lowered_at, rule.lowered_by) == (True, None, None)
    assert [
        (event.what, event.by, event.codes)
        for event in Event.objects.filter(record_id=rule.pk, what__startswith="rule.").order_by("at")
    ] == [
        ("rule.lowered", emil, {"code": "C05"}),
        ("rule.restored", emil, {"code": "C05"}),
    ]


def test_rules_and_calls_are_not_added_by_hand(client, emil, call):
    shown = client.get(reverse("admin:calls_fundingcall_change", args=[call.pk]))
    rules = next(inline for inline in shown.context["inline_admin_formsets"] if inline.formset.model is Rule)

    assert (rules.has_add_permission, rules.formset.can_delete) == (False, False)
    assert client.get(reverse("admin:calls_fundingcall_add")).status_code == 403
    assert client.get(reverse("admin:calls_edition_add")).status_code == 403


@pytest.mark.parametrize("place", ["list", "form"])
def test_copying_to_the_next_year(client, emil, call, place):
    url = CALLS if place == "list" else reverse("admin:calls_fundingcall_change", args=[call.pk])
    data = {} if place == "list" else {"CHANGE_FORM-action": "copy_to_next_year"}

    asked = act(client, url, "copy_to_next_year", call, **data)
    before = FundingCall.objects.count()
    response = act(client, url, "copy_to_next_year", call, _asked="1", **data)

    assert before == 1
    assert "Aus dem Förderjahr 2026 wird ein neuer Aufruf für das Förderjahr 2027." in asked.text
    assert (
        "Der neue Aufruf beginnt mit allem aus Stand 1, als Entwurf: 4 Themenschwerpunkte, 18 Abschnitte," in asked.text
    )

    copy = FundingCall.objects.get(year=2027)
    assert (copy.slug, copy.copied_from, copy.deadline) == ("bgz-2027", call, None)
    assert set(copy.rules.values_list("certainty", flat=True)) == {"carried_over"}
    assert said(response) == [
        f"{call}: Der Aufruf ist kopiert. Grenzen, Regeln und Anschriften der Kopie sind noch nicht geprüft, die Fristen noch leer."
    ]


def test_copying_twice_says_so(client, emil, call):
    act(client, CALLS, "copy_to_next_year", call, _asked="1")

    asked = act(client, CALLS, "copy_to_next_year", call)
    response = act(client, CALLS, "copy_to_next_year", call, _asked="1")

    assert "Für das Förderjahr 2027 gibt es schon eine Kopie: <a href=" in asked.text
    assert "Ins nächste Jahr kopieren" not in asked.context["title"]
    assert said(response) == said(asked)
    assert FundingCall.objects.count() == 2


def test_published_edition_is_read_only(client, emil, call):
    edition = call.editions.get()
    page = reverse("admin:calls_edition_change", args=[edition.pk])
    before = edition.read_terms()

    shown = client.get(page)
    response = client.post(page, {"note": "Doch noch anders"})

    assert [inline.has_change_permission for inline in shown.context["inline_admin_formsets"]] == [False] * 6
    assert response.status_code == 403
    edition.refresh_from_db()
    assert (edition.note, edition.read_terms()) == ("", before)
    assert client.post(reverse("admin:calls_edition_delete", args=[edition.pk]), {"post": "yes"}).status_code == 403


def test_changing_and_publishing_a_draft(client, emil, call, draft):
    limit = draft.limits.get(key="max_grant_per_year")
    page = reverse("admin:calls_edition_change", args=[draft.pk])
    shown = client.get(page)

    saved = client.post(page, sent_with(shown, **{f"{row_of(shown, limit)}-value": "75000"}))
    asked = act(client, page, "publish", draft, **{"CHANGE_FORM-action": "publish"})
    unchanged = Edition.objects.get(pk=draft.pk).is_published
    done = act(client, page, "publish", draft, _asked="1", **{"CHANGE_FORM-action": "publish"})

    draft = Edition.objects.get(pk=draft.pk)
    assert saved.status_code == 302
    assert ("Danach kann dieser Stand nicht mehr geändert werden." in asked.text, unchanged) == (True, False)
    assert (draft.published_by, draft.terms.limit("max_grant_per_year").value) == (emil, 75000)
    assert said(done) == [f"{draft}: Der Stand ist veröffentlicht."]


def test_saving_a_draft_that_was_published_meanwhile_says_so(client, emil, draft, monkeypatch):
    limit = draft.limits.get(key="max_grant_per_year")
    page = reverse("admin:calls_edition_change", args=[draft.pk])
    shown = client.get(page)
    save = Limit.save

    def publish_first(self, *args, **kwargs):
        Edition.objects.get(pk=draft.pk).publish(by=None)
        save(self, *args, **kwargs)

    monkeypatch.setattr(Limit, "save", publish_first)

    response = client.post(page, sent_with(shown, **{f"{row_of(shown, limit)}-value": "75000"}), follow=True)

    assert said(response) == ["Nicht gespeichert: Dieser Stand wurde gerade veröffentlicht und ändert sich nicht mehr."]
    limit.refresh_from_db()
    assert limit.value == 70000


def test_an_incomplete_draft_is_not_published(client, emil, draft):
    draft.themes.all().delete()

    response = act(client, EDITIONS, "publish", draft, _asked="1")

    assert said(response) == [f"{draft}: Es gibt noch keinen Themenschwerpunkt."]
    assert not Edition.objects.get(pk=draft.pk).is_published


def test_next_edition_begins_with_the_last(client, emil, call):
    edition = call.editions.get()

    asked = act(client, EDITIONS, "start_next", edition)
    before = call.editions.count()
    response = act(client, EDITIONS, "start_next", edition, _asked="1")
    again = act(client, EDITIONS, "start_next", edition)

    assert before == 1
    assert "Ein Entwurf beginnt mit allem aus Stand 1: 4 Themenschwerpunkte," in asked.text
    assert ("Es gibt schon einen Entwurf" in asked.text, "Es gibt schon einen Entwurf" in again.text) == (False, True)
    draft = call.editions.get(number=2)
    assert draft.terms == edition.terms
    assert response.redirect_chain[-1][0] == reverse("admin:calls_edition_change", args=[draft.pk])
    sentence = "Ein neuer Stand ist begonnen, mit allem aus diesem. Er gilt erst, wenn Sie ihn veröffentlichen."
    assert said(response) == [f"{edition}: {sentence}"]


def test_nothing_is_deleted_past_the_step_that_says_what_goes(client, emil, call, draft):
    response = client.post(reverse("admin:calls_edition_delete", args=[draft.pk]), {"post": "yes"})

    assert response.status_code == 403
    assert client.post(reverse("admin:calls_fundingcall_delete", args=[call.pk]), {"post": "yes"}).status_code == 403
    assert call.editions.count() == 2


def test_a_value_that_is_no_number_is_said_beside_it(client, emil, draft):
    limit = draft.limits.get(key="max_pages")
    page = reverse("admin:calls_edition_change", args=[draft.pk])
    shown = client.get(page)

    response = client.post(page, sent_with(shown, **{f"{row_of(shown, limit)}-value": "zehn"}))

    assert response.status_code == 200
    assert [list(errors) for errors in response.context["errors"]] == [
        ["Bitte geben Sie eine Zahl ein, zum Beispiel 1,5."]
    ]
    assert 'value="zehn"' in response.text


def test_another_way_to_sign_is_not_the_one_that_was_checked(client, emil, call):
    FundingCall.objects.filter(pk=call.pk).update(
        signing="paper", signing_certainty="verified", **source_of("signing", "Aufruf")
    )
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])

    client.post(page, sent_with(client.get(page), signing="either", signing_source_title="Einladung"))

    call.refresh_from_db()
    assert (call.signing, call.signing_source_title, call.signing_certainty) == ("either", "Einladung", "assumed")
