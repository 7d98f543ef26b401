"""Which fields of a call and its editions change, until when, and what is written down of it; complete by introspection."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Event
from accounts.rehearsal import rehearse
from calls.admin import EditionAdmin, FundingCallAdmin
from calls.admin.new_days import days_of, say_new_days
from calls.copying import copy_call, copy_edition
from calls.models import FundingCall, UmbrellaRoute
from calls.reference import DATA, load_call
from tests.builders import (
    log_in,
    make_application,
    make_bamf,
    make_call,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
)
from tests.calls.admin_pages import row_of, sent_with
from tests.forms import agree

# Fields of each form: "always" changes at once, "unused" until anything uses the call, "draft" until its edition is
# published, "steps" is written by a step alone. A way is also kept while applications go through it (see below).
ALWAYS, UNUSED, DRAFT, STEPS = "always", "unused", "draft", "steps"
FIELDS = {
    "fundingcall": {
        ALWAYS: "title open_from open_until deadline deadline_counts addressee addressee_source_issuer addressee_source_title addressee_source_date addressee_certainty "
        "addressee_checked_on addressee_checked_by signing signing_source_issuer signing_source_title signing_source_date signing_certainty signing_checked_on "
        "signing_checked_by source",
        UNUSED: "slug year",
        STEPS: "copied_from is_example",
    },
    "callform": {ALWAYS: "kind position label url note", STEPS: "call"},
    "otherway": {ALWAYS: "position title text url source checked_on", STEPS: "call"},
    "rule": {
        ALWAYS: "source_issuer source_title source_date certainty checked_on checked_by lowered_reason",
        STEPS: "call code label lowered_at lowered_by",
    },
    "umbrellaroute": {
        ALWAYS: "umbrella_body register_until draft_until submit_until addressee addressee_certainty "
        "addressee_checked_on addressee_checked_by addressee_source_issuer addressee_source_title addressee_source_date note",
        STEPS: "call",
    },
    "edition": {DRAFT: "note", STEPS: "call number published_at published_by source_hash frozen_terms"},
    "theme": {DRAFT: "order key title description", STEPS: "edition"},
    "section": {DRAFT: "order key kind soft_limit title question guidance plain example", STEPS: "edition"},
    "expensekind": {DRAFT: "order code label guidance next_field", STEPS: "edition"},
    "question": {DRAFT: "order key kind text guidance wanted check_code", STEPS: "edition"},
    "attachmentkind": {DRAFT: "order key stage may_be_dropped label guidance source", STEPS: "edition"},
    "limit": {
        DRAFT: "order key label value unit text basis source_issuer source_title source_date certainty checked_on checked_by",
        STEPS: "edition",
    },
}


@pytest.fixture
def call(db):
    return load_call(DATA / "bgz-2026").call


@pytest.fixture
def emil(db, client):
    emil = make_bamf()
    log_in(client, emil)
    return emil


def url_of(record):
    return reverse(f"admin:calls_{record._meta.model_name}_change", args=[record.pk])


def fields_to_fill_in(client, record):
    """The fields of each model that stand open on the record's page."""
    shown = client.get(url_of(record))
    found = {record._meta.model_name: set(shown.context["adminform"].form.fields)}
    for inline in shown.context["inline_admin_formsets"]:
        may = inline.has_change_permission
        fields = set(inline.formset.empty_form.fields) - {"uuid", "DELETE", "call", "edition"}
        found[inline.formset.model._meta.model_name] = fields if may else set()
    return found


def test_every_field_is_decided_on():
    models = {FundingCall} | {inline.model for admin in (FundingCallAdmin, EditionAdmin) for inline in admin.inlines}

    assert {model._meta.model_name for model in models} == set(FIELDS)
    for model in models:
        decided = " ".join(FIELDS[model._meta.model_name].values()).split()
        assert sorted(decided) == sorted(field.name for field in model._meta.concrete_fields if not field.primary_key)


def test_what_changes_until_when(client, emil, call):
    copy = copy_call(call, 2027, by=None)
    pages = [
        (copy, {ALWAYS, UNUSED}), (call, {ALWAYS}),
        (copy.editions.get(), {ALWAYS, DRAFT}), (call.editions.get(), set()),
    ]  # fmt: skip

    for record, opened in pages:
        for model, fields in fields_to_fill_in(client, record).items():
            if model == "edition" and record._meta.model_name != "edition":
                continue  # on the call's page the editions are links
            expected = {name for when in opened for name in FIELDS[model].get(when, "").split()}
            assert (record, model, fields) == (record, model, expected)


def test_the_page_says_how_it_is_done_properly(client, emil, call):
    copy = copy_call(call, 2027, by=None)
    pages = [client.get(url_of(record)).text for record in (call, copy, call.editions.get(), copy.editions.get())]

    assert ["Für ein anderes Förderjahr kopieren Sie ihn." in page for page in pages] == [True, False, False, False]
    assert ["Dieser Stand ist veröffentlicht und ändert sich nicht mehr." in page for page in pages] == [
        False, False, True, False,
    ]  # fmt: skip


def test_each_change_is_written_down(client, emil, call):
    draft = copy_edition(call.editions.get(), call)
    limit, rule = draft.limits.get(key="max_pages"), call.rules.get(code="C05")
    shown, of_draft = client.get(url_of(call)), client.get(url_of(draft))

    client.post(url_of(call), sent_with(shown))
    unchanged = Event.objects.count()
    client.post(
        url_of(call), sent_with(shown, deadline="2025-07-15", **{f"{row_of(shown, rule)}-source_title": "Aufruf"})
    )
    client.post(url_of(draft), sent_with(of_draft, **{f"{row_of(of_draft, limit)}-label": "Umfang"}))

    assert unchanged == Event.objects.exclude(what__endswith=".changed").count()
    written = Event.objects.filter(what__endswith=".changed").order_by("at")
    assert [(event.what, event.by, event.record_id, event.codes) for event in written] == [
        (
            "call.changed",
            emil,
            str(call.pk),
            {"fields": "deadline rules.certainty rules.checked_by rules.checked_on rules.source_title"},
        ),
        ("edition.changed", emil, str(draft.pk), {"fields": "limits.label"}),
    ]


@pytest.mark.parametrize("change", ["umbrella_body", "DELETE"])
@pytest.mark.parametrize("named_by", ["cover", "organisation", "nobody"])
def test_a_way_that_applications_go_keeps_its_name(client, emil, change, named_by):
    call = make_call(addressee_source_title="Aufruf")
    route = UmbrellaRoute.objects.create(call=call, umbrella_body="Beispielverband")
    team = make_team(make_cohort(make_organiser(make_user("Doris")), call), make_user())
    make_application(team, umbrella_body="beispielverband " if named_by == "cover" else "")
    if named_by == "organisation":
        type(team.organisation).objects.filter(pk=team.organisation.pk).update(umbrella_body="Beispielverband")
    shown = client.get(url_of(call))

    value = "on" if change == "DELETE" else "Anderer Verband"
    answer = client.post(url_of(call), sent_with(shown, **{f"{row_of(shown, route)}-{change}": value}))
    if named_by == "nobody":
        agree(client, answer)

    refused = "1 Vorhaben geht über „Beispielverband“ und hätte dann andere Fristen" in answer.content.decode()
    assert refused == (named_by != "nobody")
    assert UmbrellaRoute.objects.filter(umbrella_body="Beispielverband").exists() == refused


@pytest.mark.django_db
def test_a_day_that_is_taken_out_says_how_the_call_is_then_read():
    call = make_call(parts=True)
    make_cohort(make_organiser(make_user("Doris")), call)
    before = days_of(call)
    call.deadline, call.open_from = None, None

    with rehearse() as watching:
        say_new_days(call, before)

    assert "kein Tag: gilt als ohne Ende offen" in watching.notes[0]
    assert "kein Tag: gilt als schon offen" in watching.notes[0]
