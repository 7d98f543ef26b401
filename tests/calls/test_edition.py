"""An edition: a draft may change, a published one never does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.serializers import deserialize, serialize

from accounts.models import Event
from calls.copying import copy_call, copy_edition, start_next_edition
from calls.models import Edition, FundingCall, Limit, Section, Theme
from calls.reference import DATA, load_call
from calls.terms import Terms
from core.writes import Stale
from tests.builders import make_bamf, make_user


@pytest.fixture
def call(db):
    return load_call(DATA / "bgz-2026").call


@pytest.fixture
def draft(call):
    return copy_edition(call.editions.get(), call, note="Neuer Höchstbetrag.")


@pytest.fixture
def emil(db):
    return make_bamf()


def test_draft_is_the_next_number(call, draft):
    assert (draft.number, draft.note, draft.is_published, draft.terms.sections) == (
        2,
        "Neuer Höchstbetrag.",
        False,
        call.editions.get(number=1).terms.sections,
    )
    assert Edition.objects.latest_of(call).number == 1


def test_next_edition_of_the_same_call_keeps_what_was_checked(call, emil):
    edition = call.editions.get()

    draft = start_next_edition(edition, by=emil)

    assert (draft.number, draft.terms, draft.is_published) == (2, edition.terms, False)
    assert Event.objects.get(what="edition.started").codes == {"original": str(edition.pk)}


def test_frozen_terms_are_decoded_once_and_a_change_is_seen(call):
    published = call.editions.get()
    again = Edition.objects.get(pk=published.pk)
    assert again.terms is published.terms
    changed = replace(published.terms, themes=published.terms.themes[:1])
    Edition.objects.filter(pk=published.pk).update(frozen_terms=changed)
    assert Edition.objects.get(pk=published.pk).terms == changed != published.terms


def test_frozen_terms_come_back_from_a_file(call):
    published = call.editions.get()
    file = serialize("json", [published])
    Edition.objects.filter(pk=published.pk).update(frozen_terms=Terms())
    for record in deserialize("json", file):
        record.save()
    assert Edition.objects.get(pk=published.pk).terms == published.terms


def test_publishing_freezes_the_terms(call, draft, emil):
    limit = draft.limits.get(key="max_grant_per_year")
    limit.value = Decimal("75000.50")
    limit.save()

    draft.publish(by=emil)

    draft = Edition.objects.get(pk=draft.pk)
    assert (draft.published_by, draft.terms.limit("max_grant_per_year").value) == (emil, Decimal("75000.50"))
    assert draft.terms == draft.read_terms()
    assert Edition.objects.latest_of(call) == draft
    assert Event.objects.filter(what="edition.published", by=emil).get().record_id == str(draft.pk)


def test_terms_of_a_published_edition_cost_no_query(call, django_assert_num_queries):
    edition = call.editions.get()

    with django_assert_num_queries(0):
        assert len(edition.terms.sections) == 18


def test_publishing_twice_is_refused(draft, emil):
    draft.publish(by=emil)
    published_at = draft.published_at

    with pytest.raises(Stale):
        Edition.objects.get(pk=draft.pk).publish(by=emil)

    draft.refresh_from_db()
    assert draft.published_at == published_at
    assert Event.objects.filter(what="edition.published", record_id=str(draft.pk)).count() == 1


@pytest.mark.parametrize("part", ["themes", "sections", "expense_kinds", "questions", "attachment_kinds", "limits"])
def test_no_part_of_a_published_edition_is_changed_added_or_deleted(call, part):
    edition = call.editions.get()
    row = getattr(edition, part).first()
    before = list(getattr(edition, part).values())

    with pytest.raises(Stale):
        row.save()
    with pytest.raises(Stale):
        row.delete()
    with pytest.raises(Stale):
        type(row)(edition=edition, order=99).save()

    assert list(getattr(edition, part).values()) == before


def test_a_draft_may_be_changed(draft):
    theme = draft.themes.first()
    theme.title = "Ein anderer Titel"
    theme.save()
    draft.themes.last().delete()
    Theme.objects.create(edition=draft, key="neu", order=9, title="Neu")

    assert [theme.title for theme in draft.themes.all()] == [
        "Ein anderer Titel",
        "Zufallsbegegnungen – Brücken bauen für mehr Begegnung und Gemeinschaft",
        "Für Vielfalt und Toleranz – Beiträge zum Abbau von Diskriminierung, Rassismus und Antisemitismus",
        "Neu",
    ]


def test_an_edition_without_themes_and_sections_is_not_published(db, emil):
    call = FundingCall.objects.create(title="Leer", slug="leer", year=2026)
    edition = Edition.objects.start(call)

    assert edition.problems() == [
        "Es gibt noch keinen Themenschwerpunkt.",
        "Es gibt noch keinen Abschnitt.",
    ]
    with pytest.raises(Stale):
        edition.publish(by=emil)
    edition.refresh_from_db()
    assert not edition.is_published


def test_a_section_keeps_the_kind_of_its_key(draft, emil):
    Section.objects.filter(edition=draft, key="s5").update(kind="text")

    assert draft.problems() == ["Der Abschnitt s5 muss von der Art „Ziele“ sein."]
    with pytest.raises(Stale):
        draft.publish(by=emil)


def test_only_bamf_staff_publish(draft):
    with pytest.raises(PermissionDenied):
        draft.publish(by=make_user())

    draft.refresh_from_db()
    assert not draft.is_published


def test_terms_survive_being_stored(call):
    terms = call.editions.get().read_terms()

    assert Terms.from_json(terms.as_json()) == terms


def test_terms_from_before_there_was_a_basis_keep_their_bytes():
    limit = {"key": "min_own_share", "label": "Anteil", "value": "10", "unit": "Prozent", "source": "", "certainty": "assumed", "checked_on": None, "text": ""}  # fmt: skip
    kept = Terms().as_json() | {"limits": [limit]}

    terms = Terms.from_json(kept)

    assert terms.limit("min_own_share").basis == ""
    assert terms.as_json() == kept


def test_terms_keep_what_counts_into_a_share(db):
    limit = Limit(key="min_own_share", value=Decimal(10), basis=Limit.Basis.OWN_AND_THIRD).as_term()

    assert Terms.from_json(Terms(limits=[limit]).as_json()).limit("min_own_share").basis == "own_and_third"


def test_a_limit_in_words_is_set(db):
    limits = [
        Limit(key="anbest_p", text="September 2025", certainty="verified"),
        Limit(key="anbest_p", certainty="verified"),
        Limit(key="max_pages", value=Decimal(10), certainty="verified"),
        Limit(key="max_pages", value=Decimal(10), certainty="assumed"),
    ]

    assert [(limit.as_term().is_set, limit.as_term().is_verified) for limit in limits] == [
        (True, True),
        (False, False),
        (True, True),
        (True, False),
    ]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_is_told(at_once):
    call = load_call(DATA / "bgz-2026").call
    draft = copy_edition(call.editions.get(), call)

    results = at_once(*[lambda: Edition.objects.get(pk=draft.pk).publish(by=None)] * 2)

    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Stale"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_copies_at_once_are_one(at_once):
    call = load_call(DATA / "bgz-2026").call

    results = at_once(*[lambda: copy_call(FundingCall.objects.get(pk=call.pk), 2027, by=None)] * 2)

    assert sorted(type(result).__name__ for result in results) == ["FundingCall", "Stale"]
    assert FundingCall.objects.filter(year=2027).count() == 1
