"""A call of its own year: when it is open, and copying it to the next."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import Event
from calls.copying import copy_call
from calls.examples import make_example
from calls.models import CallForm, FundingCall, UmbrellaRoute
from calls.reference import DATA, load_call
from core.writes import Stale
from tests.builders import log_in, make_bamf, make_call, make_cohort, make_organiser, make_user, source_of

PARTS = ["themes", "sections", "expense_kinds", "questions", "attachment_kinds"]


@pytest.fixture
def call(db):
    return load_call(DATA / "bgz-2026").call


@pytest.fixture
def emil(db):
    return make_bamf()


@pytest.fixture
def amina(db):
    return make_user()


@pytest.mark.parametrize(
    ("open_from", "open_until", "deadline", "expected"),
    [
        (None, None, None, [True, True, True]),
        (date(2027, 3, 2), None, None, [False, True, True]),
        (None, None, date(2027, 3, 2), [True, True, False]),
        (None, date(2027, 3, 2), None, [True, True, False]),
        (None, date(2027, 3, 1), date(2027, 3, 2), [True, True, False]),
        (date(2027, 3, 2), None, date(2027, 3, 2), [False, True, False]),
    ],
)
def test_call_is_open_until_its_last_day(open_from, open_until, deadline, expected):
    call = FundingCall(open_from=open_from, open_until=open_until, deadline=deadline)

    assert [call.is_open(date(2027, 3, day)) for day in (1, 2, 3)] == expected


@pytest.mark.parametrize(
    ("open_until", "deadline", "expected"),
    [
        (None, None, [True, True]),
        (date(2027, 3, 2), None, [True, False]),
        (None, date(2027, 3, 2), [True, False]),
        (date(2027, 3, 1), date(2027, 3, 2), [True, False]),
    ],
)
def test_a_list_of_open_calls_says_what_each_call_says(db, open_until, deadline, expected):
    call = FundingCall.objects.create(title="A", slug="a", year=2028, open_until=open_until, deadline=deadline)

    days = [date(2027, 3, 2), date(2027, 3, 3)]

    assert [call.is_open(day) for day in days] == expected
    assert [FundingCall.objects.open_on(day).exists() for day in days] == expected


def test_copy_has_a_draft_with_all_parts_of_the_latest_edition(call, emil):
    copy = copy_call(call, 2027, by=emil)

    edition = copy.editions.get()
    assert (copy.year, copy.slug, copy.copied_from) == (2027, "bgz-2027", call)
    assert copy.title == "Gesellschaftlicher Zusammenhalt – Vor Ort. Vernetzt. Verbunden. Förderjahr 2027"
    assert (edition.number, edition.is_published, edition.source_hash) == (1, False, "")
    assert [without_ids(getattr(edition, part)) for part in PARTS] == [
        without_ids(getattr(call.editions.get(), part)) for part in PARTS
    ]


def test_copy_carries_every_limit_over_unchecked(call, emil):
    call.editions.get().limits.update(checked_on=date(2025, 5, 1), checked_by="Emil Brandner")

    copy = copy_call(call, 2027, by=emil)

    original = {limit.key: (limit.value, limit.text, limit.unit) for limit in call.editions.get().limits.all()}
    limits = copy.editions.get().limits.all()
    assert {limit.key: (limit.value, limit.text, limit.unit) for limit in limits} == original
    assert {(limit.certainty, limit.checked_on, limit.checked_by) for limit in limits} == {("carried_over", None, "")}
    assert [limit.key for limit in copy.editions.get().terms.limits if limit.is_verified] == []


def test_copy_carries_every_rule_over_unchecked_and_not_lowered(call, emil):
    call.rules.update(
        checked_on=date(2025, 5, 1), checked_by="Emil Brandner", lowered_at=datetime(2025, 5, 2, tzinfo=UTC),
        lowered_by=emil, lowered_reason="Stimmt nicht mehr.",
    )  # fmt: skip

    copy = copy_call(call, 2027, by=emil)

    cited = ("code", "source_issuer", "source_title", "source_date")
    assert list(copy.rules.values_list(*cited)) == list(call.rules.values_list(*cited))
    kept = ("certainty", "checked_on", "checked_by", "lowered_at", "lowered_by", "lowered_reason")
    assert set(copy.rules.values_list(*kept)) == {("carried_over", None, "", None, None, "")}
    assert [code for code, rule in copy.rule_terms().items() if rule.may_block] == []


def test_copy_has_no_dates_and_no_old_addresses_unless_given(call, emil):
    UmbrellaRoute.objects.create(
        call=call, umbrella_body="Beispielverband", submit_until=date(2025, 5, 17), note="Erst anrufen."
    )

    copy = copy_call(call, 2027, by=emil)
    dated = copy_call(
        call, 2028, by=emil, open_from=date(2027, 3, 1), open_until=date(2027, 6, 30), deadline=date(2027, 6, 30)
    )

    assert (copy.open_from, copy.open_until, copy.deadline, copy.deadline_counts) == (None, None, None, "postmark")
    assert (dated.open_from, dated.open_until, dated.deadline) == (
        date(2027, 3, 1),
        date(2027, 6, 30),
        date(2027, 6, 30),
    )
    assert list(copy.umbrella_routes.values_list("umbrella_body", "submit_until", "note")) == [
        ("Beispielverband", None, "Erst anrufen.")
    ]
    assert [(form.kind, form.label) for form in copy.forms.all()] == [
        (form.kind, form.label) for form in call.forms.all()
    ]
    assert set(copy.forms.values_list("url", flat=True)) == {""}
    assert copy.source.startswith("Übernommen aus: Gesellschaftlicher Zusammenhalt")


def test_copy_carries_every_postal_address_over_unchecked(call, emil):
    checked = {
        "addressee_certainty": "verified",
        "addressee_checked_on": date(2025, 5, 1),
        "addressee_checked_by": "Emil",
    }
    FundingCall.objects.filter(pk=call.pk).update(**checked)
    UmbrellaRoute.objects.create(
        call=call,
        umbrella_body="Beispielverband",
        addressee="Postfach 1",
        **source_of("addressee", "Rundbrief"),
        **checked,
    )
    call.refresh_from_db()

    copy = copy_call(call, 2027, by=emil)

    copies = [copy, copy.umbrella_routes.get()]
    assert [address.addressee for address in copies] == [call.addressee, "Postfach 1"]
    assert {(one.addressee_certainty, one.addressee_checked_on, one.addressee_checked_by) for one in copies} == {
        ("carried_over", None, "")
    }
    assert [address.addressee_note.partition("Anschrift: ")[2] for address in copies] == [
        "aus dem Vorjahr übernommen, nicht geprüft. Bitte vor dem Absenden im Aufruf prüfen."
    ] * 2
    assert call.addressee_note.endswith("(03.06.2025), geprüft am 1. Mai 2025.")


@pytest.mark.parametrize(
    ("addressee", "source", "certainty", "expected"),
    [
        ("", "Ausschreibung", "assumed", ""),
        ("Amt", "", "assumed", "Anschrift: angenommen. Bitte vor dem Absenden im Aufruf prüfen."),
        ("Amt", "Aufruf", "verified", "Quelle: Aufruf."),
        ("Amt", "", "verified", ""),
    ],
)
def test_a_note_on_an_address_asks_to_look_it_up_until_it_was_checked(addressee, source, certainty, expected):
    call = FundingCall(addressee=addressee, addressee_source_title=source, addressee_certainty=certainty)

    assert call.addressee_note == expected


@pytest.mark.parametrize(
    ("title", "of_copy"),
    [
        ("Aufruf zum Förderjahr 2026", "Aufruf zum Förderjahr 2027"),
        ("Beispielaufruf (erfunden)", "Beispielaufruf (erfunden), Förderjahr 2027"),
        ("B" * 200, "B" * 183 + ", Förderjahr 2027"),
    ],
)
def test_a_copy_has_another_title_than_its_original(call, emil, title, of_copy):
    FundingCall.objects.filter(pk=call.pk).update(title=title)
    call.refresh_from_db()

    copy = copy_call(call, 2027, by=emil)

    assert (copy.title, len(copy.title) <= 200) == (of_copy, True)


def test_a_call_is_told_from_another_by_its_year_wherever_it_is_named(client, emil, call):
    first, second = make_call("Gleicher Titel", year=2030), make_call("Gleicher Titel", year=2031)
    log_in(client, emil)

    assert [str(first), str(FundingCall(title="Aufruf 2030", year=2030))] == [
        "Gleicher Titel, Förderjahr 2030",
        "Aufruf 2030",
    ]
    assert str(second.editions.get()) == "Gleicher Titel, Förderjahr 2031 – 1"
    found = client.get(reverse("admin:calls_fundingcall_changelist"), {"q": "Gleicher 2031"})
    assert [row.pk for row in found.context["cl"].result_list] == [second.pk]
    found = client.get(reverse("admin:calls_edition_changelist"), {"q": "Gleicher 2030"})
    assert [row.call_id for row in found.context["cl"].result_list] == [first.pk]
    doris = make_user("Doris")
    cohort = make_cohort(make_organiser(doris), first)
    log_in(client, doris)
    chosen = client.get(reverse("admin:cohorts_cohort_change", args=[cohort.pk])).text
    assert ("Gleicher Titel, Förderjahr 2030</option>" in chosen, "Förderjahr 2031</option>" in chosen) == (True, True)


def test_copying_leaves_the_original_alone(call, emil):
    before = everything(call)

    copy_call(call, 2027, by=emil)

    assert everything(call) == before


def test_copying_writes_down_who_did_it(call, emil):
    copy = copy_call(call, 2027, by=emil)

    event = Event.objects.get(what="call.copied")
    assert (event.by, event.record_id, event.codes) == (emil, str(copy.pk), {"original": str(call.pk)})


def test_copying_twice_to_one_year_is_refused(call, emil):
    copy_call(call, 2027, by=emil)

    with pytest.raises(Stale):
        copy_call(call, 2027, by=emil)

    assert sorted(FundingCall.objects.values_list("slug", flat=True)) == ["bgz-2026", "bgz-2027"]


def test_a_call_without_an_edition_is_not_copied(emil):
    call = FundingCall.objects.create(title="Leer", slug="leer", year=2026)

    with pytest.raises(Stale):
        copy_call(call, 2027, by=emil)

    assert FundingCall.objects.get() == call


def test_only_bamf_staff_copy_a_call(call, amina):
    with pytest.raises(PermissionDenied):
        copy_call(call, 2027, by=amina)

    assert FundingCall.objects.get() == call


def test_everybody_logged_in_reads_calls_and_bamf_keeps_them(call, amina, emil):
    part = call.editions.get().limits.first()

    assert [record.allows(person, "edit") for record in (call, part) for person in (amina, emil)] == [False, True] * 2
    assert list(FundingCall.objects.visible_to(amina)) == [call]


def test_example_is_confirmed_and_published(call):
    example = make_example(
        call, slug="beispiel", year=2028, open_from=date(2027, 1, 1), deadline=date(2027, 6, 30), checked_on=date(2027, 1, 2)
    )  # fmt: skip

    edition = example.editions.get()
    assert (example.title, example.is_example, edition.is_published) == ("Beispielaufruf (erfunden)", True, True)
    assert (
        example.addressee
        == "Beispielbehörde (erfunden)\nReferat Interessenbekundungen\nAm Alten Speicher 12\n00417 Brückstedt (erfunden)"
    )
    assert [code for code, rule in example.rule_terms().items() if not rule.may_block] == []
    assert example.rule_terms()["C07"].cited == (
        "Beispiel, nach: Projektaufruf 2026, wiedergegeben von der LEADER-Region Vechta; Förderrichtlinie, Nr. 4.1, "
        "geprüft am 2. Januar 2027"
    )
    assert example.rule_terms()["C17"].cited == "Beispiel, erfunden, geprüft am 2. Januar 2027"
    assert [limit.key for limit in edition.terms.limits if not limit.is_verified] == [
        "min_own_funds", "in_kind_as_own_funds", "admin_flat_rate", "direct_award_limit", "anbest_p", "tvoed_table",
    ]  # fmt: skip
    assert edition.terms.limit("max_pages").source == "Beispiel, nach: Fragen und Antworten, geprüft am 2. Januar 2027"
    assert {limit.checked_on for limit in edition.terms.limits if limit.is_set} == {date(2027, 1, 2)}
    assert {limit.certainty for limit in edition.terms.limits if not limit.is_set} == {"carried_over"}
    assert call.rule_terms()["B03"].certainty == "assumed"


def everything(call):
    edition = call.editions.get()
    rows = [getattr(edition, part) for part in [*PARTS, "limits"]]
    rows += [call.rules, call.forms, call.umbrella_routes, call.editions, FundingCall.objects.filter(pk=call.pk)]
    return [list(some.values()) for some in rows]


def without_ids(rows):
    return [{name: value for name, value in row.items() if name not in {"uuid", "edition_id"}} for row in rows.values()]


def test_forms_are_listed_in_their_order(call):
    CallForm.objects.create(call=call, position=0, label="Zuerst lesen")

    assert [form.label for form in call.forms.all()][:2] == ["Zuerst lesen", "Titelblatt zur Interessenbekundung"]


def test_how_stage_two_is_signed_is_not_guessed_and_carried_over_unchecked(call, emil):
    assert (call.signing, call.get_signing_display(), call.signing_note) == ("", "hier nicht eingetragen", "")
    source = source_of("signing", "Einladung", issuer="BAMF")
    FundingCall.objects.filter(pk=call.pk).update(signing="tan", signing_certainty="verified", **source)
    call.refresh_from_db()

    copy = copy_call(call, 2027, by=emil)

    assert call.signing_note == "Quelle: BAMF, Einladung."
    assert (copy.signing, copy.signing_certainty) == ("tan", "carried_over")
    assert copy.signing_note == (
        "Quelle: BAMF, Einladung. Diese Angabe ist aus dem Vorjahr übernommen, nicht geprüft. "
        "Bitte fragen Sie das BAMF, bevor Sie einreichen."
    )


@pytest.mark.django_db
def test_the_copy_of_an_invented_call_is_an_invented_call():
    call = make_call(parts=True)

    assert [copy_call(call, 2040, by=None).is_example, call.is_example] == [True, True]
