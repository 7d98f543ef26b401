"""What is called verified names its source, its day and who read it; days that belong together are in order."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from calls.copying import copy_call, copy_edition
from calls.models import FundingCall, Limit, OtherWay, Rule, UmbrellaRoute
from calls.models.certainty import NEEDS_DAY, NEEDS_READER, NEEDS_VALUE, NOT_YET
from calls.reference import DATA, load_call
from tests.builders import (
    log_in,
    make_application,
    make_bamf,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    source_of,
)
from tests.calls.admin_pages import row_of, said, sent_with
from tests.forms import agree, form_of

READ = {"checked_on": date(2026, 11, 1), "checked_by": "Emil"}


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


def mistakes(record):
    try:
        record.clean()
    except ValidationError as error:
        return {name: [str(text) for text in texts] for name, texts in error.message_dict.items()}
    return {}


def whole():
    """A record of each kind that has all it takes to be called verified."""
    address = {f"addressee_{name}": value for name, value in {"certainty": "verified", **READ}.items()}
    signing = {f"signing_{name}": value for name, value in {"certainty": "verified", **READ}.items()}
    source = {"source_issuer": "BAMF", "source_title": "Aufruf", "source_date": "ohne Datum"}
    return {
        "limit": Limit(value=10, certainty="verified", **source, **READ),
        "rule": Rule(code="C05", certainty="verified", **source, **READ),
        "route": UmbrellaRoute(addressee="Amt", **source_of("addressee", "Rundbrief"), **address),
        "call": FundingCall(
            addressee="Amt",
            signing="paper",
            **source_of("addressee", "Aufruf"),
            **source_of("signing", "Aufruf"),
            **address,
            **signing,
        ),
    }


@pytest.mark.parametrize(
    ("kind", "empty", "sentence"),
    [
        ("limit", "source_issuer", "Bitte tragen Sie ein, wer die Quelle herausgibt."),
        ("limit", "source_title", "Bitte tragen Sie den Titel der Quelle ein."),
        ("limit", "source_date", "Bitte tragen Sie das Datum der Quelle ein. Trägt sie keines, schreiben Sie „ohne Datum“."),
        ("limit", "checked_on", NEEDS_DAY),
        ("limit", "checked_by", NEEDS_READER),
        ("rule", "source_issuer", "Bitte tragen Sie ein, wer die Quelle herausgibt."),
        ("rule", "source_title", "Bitte tragen Sie den Titel der Quelle ein."),
        ("rule", "source_date", "Bitte tragen Sie das Datum der Quelle ein. Trägt sie keines, schreiben Sie „ohne Datum“."),
        ("rule", "checked_on", NEEDS_DAY),
        ("rule", "checked_by", NEEDS_READER),
        ("route", "addressee_source_issuer", "Bitte tragen Sie ein, wer die Quelle herausgibt."),
        ("route", "addressee_source_title", "Bitte tragen Sie den Titel der Quelle ein."),
        ("route", "addressee_source_date", "Bitte tragen Sie das Datum der Quelle ein. Trägt sie keines, schreiben Sie „ohne Datum“."),
        ("route", "addressee_checked_on", NEEDS_DAY),
        ("route", "addressee_checked_by", NEEDS_READER),
        ("call", "addressee_source_issuer", "Bitte tragen Sie ein, wer die Quelle herausgibt."),
        ("call", "addressee_source_title", "Bitte tragen Sie den Titel der Quelle ein."),
        ("call", "addressee_source_date", "Bitte tragen Sie das Datum der Quelle ein. Trägt sie keines, schreiben Sie „ohne Datum“."),
        ("call", "addressee_checked_by", NEEDS_READER),
        ("call", "signing_source_issuer", "Bitte tragen Sie ein, wer die Quelle herausgibt."),
        ("call", "signing_source_title", "Bitte tragen Sie den Titel der Quelle ein."),
        ("call", "signing_source_date", "Bitte tragen Sie das Datum der Quelle ein. Trägt sie keines, schreiben Sie „ohne Datum“."),
        ("call", "signing_checked_on", NEEDS_DAY),
        ("call", "signing_checked_by", NEEDS_READER),
    ],
)  # fmt: skip
def test_nothing_is_verified_without_its_source_its_day_and_its_reader(kind, empty, sentence):
    record = whole()[kind]
    before = mistakes(record)

    setattr(record, empty, None if empty.endswith("_on") else "")

    assert (before, mistakes(record)) == ({}, {empty: [sentence]})


def test_nothing_empty_is_verified():
    records = whole()
    records["limit"].value, records["route"].addressee, records["call"].signing = None, "", ""

    assert [mistakes(records[kind]) for kind in ("limit", "route", "call")] == [
        {"certainty": [NEEDS_VALUE]},
        {"addressee_certainty": [NEEDS_VALUE]},
        {"signing_certainty": [NEEDS_VALUE]},
    ]


@pytest.mark.parametrize("certainty", ["verified", "reported"])
def test_nobody_has_read_it_tomorrow(certainty):
    rule = whole()["rule"]
    rule.certainty, rule.checked_on = certainty, timezone.localdate() + timedelta(days=1)

    assert mistakes(rule) == {"checked_on": [NOT_YET]}


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Limit, {"source_title": ""}),
        (Limit, {"source_issuer": ""}),
        (Limit, {"source_date": ""}),
        (Limit, {"checked_on": None}),
        (Limit, {"checked_by": ""}),
        (Rule, {"source_title": ""}),
        (Rule, {"source_issuer": ""}),
        (Rule, {"source_date": ""}),
        (Rule, {"checked_on": None}),
        (Rule, {"checked_by": ""}),
        (FundingCall, {"addressee_certainty": "verified", "addressee_checked_on": None}),
        (
            FundingCall,
            {"addressee_certainty": "verified", "addressee_checked_on": "2026-11-01", "addressee_source_date": ""},
        ),
        (FundingCall, {"signing_certainty": "verified", "signing_source_issuer": ""}),
        (UmbrellaRoute, {"addressee_certainty": "verified", "addressee_checked_on": "2026-11-01"}),
        (FundingCall, {"open_from": date(2026, 5, 2), "deadline": date(2026, 5, 1), "open_until": None}),
        (UmbrellaRoute, {"draft_until": date(2026, 5, 2), "submit_until": date(2026, 5, 1)}),
        (UmbrellaRoute, {"register_until": date(2026, 5, 2), "submit_until": date(2026, 5, 1)}),
    ],
)
def test_the_database_refuses_it_too(call, model, fields):
    UmbrellaRoute.objects.create(call=call, umbrella_body="Beispielverband")
    rows = model.objects.filter(certainty="verified") if model in {Limit, Rule} else model.objects

    with pytest.raises(IntegrityError):
        rows.update(**fields)


def test_all_that_is_loaded_or_copied_is_whole(call):
    copy = copy_call(call, 2027, by=None)

    for each in (call, copy):
        for rows in ([each], each.rules.all(), each.umbrella_routes.all(), each.editions.get().limits.all()):
            assert [found for row in rows if (found := mistakes(row))] == []
    assert call.editions.get().limits.filter(source_date="ohne Datum").exists()
    assert call.rules.filter(source_date="ohne Datum").exists()
    assert "ohne Datum" not in str(call.editions.get().terms.as_json())
    assert [code for code, rule in call.rule_terms().items() if "ohne Datum" in rule.cited] == []


def test_the_form_says_beside_the_field_what_is_missing(client, emil, draft):
    limit = draft.limits.get(key="anbest_p")
    page = reverse("admin:calls_edition_change", args=[draft.pk])
    shown = client.get(page)
    row = row_of(shown, limit)

    response = client.post(page, sent_with(shown, **{f"{row}-certainty": "verified", f"{row}-text": "September 2025"}))

    errors = next(
        form.errors
        for inline in response.context["inline_admin_formsets"]
        for form in inline.formset.forms
        if form.prefix == row
    )
    assert response.status_code == 200
    assert sorted(errors) == ["source_date", "source_issuer", "source_title"]
    assert "Trägt sie keines, schreiben Sie „ohne Datum“." in response.text
    limit.refresh_from_db()
    assert limit.certainty == "assumed"


def test_the_form_asks_for_each_part_of_a_rules_source(client, emil, call):
    rule = call.rules.get(code="C17")
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])
    shown = client.get(page)
    row = row_of(shown, rule)
    fields = [name for name in shown.context["inline_admin_formsets"][-1].formset.forms[0].fields if "source" in name]

    response = client.post(page, sent_with(shown, **{f"{row}-certainty": "verified"}))

    errors = next(
        form.errors
        for inline in response.context["inline_admin_formsets"]
        for form in inline.formset.forms
        if form.prefix == row
    )
    assert fields == ["source_issuer", "source_title", "source_date"]
    assert errors == {
        "source_issuer": ["Bitte tragen Sie ein, wer die Quelle herausgibt."],
        "source_title": ["Bitte tragen Sie den Titel der Quelle ein."],
        "source_date": ["Bitte tragen Sie das Datum der Quelle ein. Trägt sie keines, schreiben Sie „ohne Datum“."],
    }
    rule.refresh_from_db()
    assert (rule.certainty, rule.checked_by) == ("assumed", "")


@pytest.mark.parametrize(
    ("issuer", "title", "date", "expected"),
    [
        ("BAMF", "Aufruf, Nr. 2", "März 2026", "BAMF, Aufruf, Nr. 2 (März 2026)"),
        ("BAMF", "Aufruf", "ohne Datum", "BAMF, Aufruf"),
        ("", "Aufruf", "", "Aufruf"),
        ("", "", "März 2026", "März 2026"),
        ("", "", "", ""),
        ("BMI; BAMF", "Richtlinie; Aufruf", "ohne Datum; März 2026", "BMI, Richtlinie; BAMF, Aufruf (März 2026)"),
        ("BMI; BAMF", "Richtlinie; Aufruf", "März 2026", "BMI; BAMF, Richtlinie; Aufruf (März 2026)"),
        ("Beispiel", "nach: Richtlinie; Aufruf", "ohne Datum", "Beispiel, nach: Richtlinie; Aufruf"),
    ],
)
def test_a_source_is_cited_with_its_own_issuer_and_date(issuer, title, date, expected):
    source = {"source_issuer": issuer, "source_title": title, "source_date": date}

    assert [Limit(**source).source, Rule(**source).source] == [expected] * 2


def test_another_value_is_not_the_one_that_was_checked(client, emil, draft):
    limit = draft.limits.get(key="max_grant_per_year")
    page = reverse("admin:calls_edition_change", args=[draft.pk])
    shown = client.get(page)

    answer = client.post(page, sent_with(shown, **{f"{row_of(shown, limit)}-value": "75000"}), follow=True)

    limit.refresh_from_db()
    assert (limit.value, limit.certainty, limit.checked_on, limit.checked_by) == (75000, "assumed", None, "")
    assert said(answer)[0] == (
        "Höchste Zuwendung je Kalenderjahr: nicht mehr „geprüft“, weil sich die Angabe oder ihre Quelle geändert hat. "
        "Wer sie gelesen hat, trägt das danach wieder ein."
    )


@pytest.mark.parametrize(
    ("field", "value"), [("source_title", "Leitfaden"), ("source_date", "Mai 2026"), ("unit", "Cent")]
)
def test_another_source_or_unit_is_not_the_one_that_was_checked(client, emil, draft, field, value):
    limit = draft.limits.get(key="max_grant_per_year")
    page = reverse("admin:calls_edition_change", args=[draft.pk])
    shown = client.get(page)
    row = row_of(shown, limit)

    client.post(page, sent_with(shown, **{f"{row}-{field}": value}))
    limit.refresh_from_db()
    fallen = (getattr(limit, field), limit.certainty, limit.checked_on, limit.checked_by)
    client.post(page, sent_with(client.get(page), **{f"{row}-certainty": "verified"}))
    shown = client.get(page)
    client.post(page, sent_with(shown, **{f"{row}-{field}": "Seite 3", f"{row}-checked_on": "2026-11-29"}))

    limit.refresh_from_db()
    assert fallen == (value, "assumed", None, "")
    assert (getattr(limit, field), limit.certainty, limit.checked_on) == ("Seite 3", "verified", date(2026, 11, 29))


def test_another_source_of_a_rule_is_not_the_one_that_was_read(client, emil, call):
    rule = call.rules.filter(certainty="verified").first()
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])
    shown = client.get(page)

    answer = client.post(
        page, sent_with(shown, **{f"{row_of(shown, rule)}-source_issuer": "Ein anderes Amt"}), follow=True
    )

    rule.refresh_from_db()
    assert (rule.certainty, rule.checked_on, rule.checked_by) == ("assumed", None, "")
    assert f"{rule}: nicht mehr „geprüft“" in said(answer)[0]


def test_what_changes_for_teams_that_write_is_said_before(client, emil, call):
    rule = call.rules.filter(certainty="verified").first()
    make_application(make_team(make_cohort(make_organiser(make_user("Doris")), call), make_user()))
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])
    old = form_of(client.get(page), "fundingcall_form") | {"addressee": "Amt\nNeue Straße 2\n00000 Ort", "_save": "1"}
    row = row_of(client.get(page), rule)

    asked = client.post(page, old | {f"{row}-source_issuer": "Ein anderes Amt"})

    rule.refresh_from_db()
    assert (asked.template_name, rule.certainty) == ("admin/consequences.html", "verified")
    note = unescape(asked.context["notes"][0])
    assert "Neue Straße 2" in note
    assert f"<th scope='row'>{rule}: " in note
    assert "<td>geprüft</td><td><strong>angenommen</strong></td>" in note
    assert (
        "Das gilt sofort für ein Vorhaben. Per E-Mail erfährt es niemand. Was nicht mehr geprüft ist, hält kein" in note
    )
    agree(client, asked)
    rule.refresh_from_db()
    assert rule.certainty == "assumed"


def test_the_source_of_what_nobody_has_checked_leaves_its_certainty(client, emil, call):
    copy = copy_call(call, 2027, by=None)
    rule = copy.rules.first()
    page = reverse("admin:calls_fundingcall_change", args=[copy.pk])
    shown = client.get(page)

    client.post(page, sent_with(shown, **{f"{row_of(shown, rule)}-source_title": "Aufruf 2027"}))

    rule.refresh_from_db()
    assert (rule.source_title, rule.certainty) == ("Aufruf 2027", "carried_over")


@pytest.mark.parametrize("field", ["title", "text", "url", "source"])
def test_another_way_that_says_something_else_was_not_read_so(client, emil, call, field):
    was = {"title": "Stiftung A", "text": "Für alle.", "url": "https://a.example.org/", "source": "Seite der Stiftung"}
    way = OtherWay.objects.create(call=call, checked_on=date(2026, 11, 1), **was)
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])
    shown = client.get(page)

    client.post(page, sent_with(shown, **{f"{row_of(shown, way)}-{field}": "https://b.example.org/"}))

    way.refresh_from_db()
    assert (getattr(way, field), way.checked_on) == ("https://b.example.org/", None)


def test_a_value_that_was_read_again_stays_verified(client, emil, draft):
    limit = draft.limits.get(key="max_grant_per_year")
    page = reverse("admin:calls_edition_change", args=[draft.pk])
    shown = client.get(page)
    row = row_of(shown, limit)

    client.post(page, sent_with(shown, **{f"{row}-value": "75000", f"{row}-checked_on": "2026-11-29"}))

    limit.refresh_from_db()
    assert (limit.value, limit.certainty, limit.checked_on) == (75000, "verified", date(2026, 11, 29))


def test_the_deadline_lies_after_the_opening(client, emil, call):
    page = reverse("admin:calls_fundingcall_change", args=[call.pk])

    response = client.post(
        page, sent_with(client.get(page), open_from="2025-07-15", open_until="", deadline="2025-07-01")
    )

    assert response.context["adminform"].form.errors == {
        "deadline": ["Der Einsendeschluss liegt vor dem Tag, an dem der Aufruf beginnt."]
    }
    call.refresh_from_db()
    assert call.open_from is None


def test_an_umbrella_body_takes_registrations_and_drafts_before_the_application():
    day = date(2026, 5, 1)
    late = day + timedelta(days=1)

    assert [
        mistakes(UmbrellaRoute(submit_until=day, register_until=late)),
        mistakes(UmbrellaRoute(submit_until=day, draft_until=late)),
        mistakes(UmbrellaRoute(submit_until=late, draft_until=day, register_until=late)),
    ] == [
        {"submit_until": ["Die Anmeldung endet nach dem Einreichen. Bitte prüfen Sie beide Tage."]},
        {"submit_until": ["Der Entwurf käme nach dem Einreichen. Bitte prüfen Sie beide Tage."]},
        {},
    ]


def test_nobody_calls_verified_a_value_they_have_not_seen(client, emil, draft):
    limit = draft.limits.get(key="max_grant_per_year")
    Limit.objects.filter(pk=limit.pk).update(certainty="assumed", checked_on=None, checked_by="")
    page = reverse("admin:calls_edition_change", args=[draft.pk])
    shown = client.get(page)
    row, old = row_of(shown, limit), form_of(shown, "edition_form")
    Limit.objects.filter(pk=limit.pk).update(value=99_000)

    asked = client.post(page, old | {f"{row}-certainty": "verified", "_save": "1"})

    limit.refresh_from_db()
    assert (limit.value, limit.certainty) == (99_000, "assumed")
    assert "Dazu gehört „Wert“, und das hat inzwischen jemand anderes geändert: Gespeichert ist jetzt" in asked.text
    again = form_of(asked, "edition_form")
    assert again[f"{row}-value"] == ["99.000"]
    client.post(page, again | {"_save": "1"})
    limit.refresh_from_db()
    assert (limit.value, limit.certainty) == (99_000, "verified")


def test_what_was_typed_for_an_edition_that_is_published_meanwhile_stands_on_the_page(client, emil, draft):
    page = reverse("admin:calls_edition_change", args=[draft.pk])
    old = form_of(client.get(page), "edition_form") | {"note": "Hinweis aus der zweiten Seite"}
    draft.publish(by=emil)

    saved = client.post(page, old | {"_save": "1"})
    acted = client.post(page, old | {"CHANGE_FORM-action": "publish", "_selected_action": str(draft.pk)})

    for answer in (saved, acted):
        assert answer.status_code == 409
        assert "Das lässt sich inzwischen nicht mehr ändern, und nichts davon ist gespeichert." in answer.text
        assert "Hinweis aus der zweiten Seite" in answer.text
        assert "Träger Ihrer Projektschmiede" not in answer.text
        assert "themes:" not in answer.text
