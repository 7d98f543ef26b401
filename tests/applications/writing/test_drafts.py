from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Event
from applications.content import Budget, Cover, Expense, Income, InvalidContent, Text, empty
from applications.reviews.steps import withdraw
from applications.writing.models import (
    AlreadyStarted,
    Application,
    CallClosed,
    How,
    NotDrafting,
    Revision,
    SectionClosed,
)
from applications.writing.models.draft import with_texts
from applications.writing.starting import adopt, start
from core.writes import Stale
from tests.builders import (
    day,
    make_application,
    make_call,
    make_cohort,
    make_edition,
    make_member,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    row_id,
    write,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina():
    return make_user("Amina", "Haddad")


@pytest.fixture
def jonas():
    return make_user("Jonas", "Petersen")


@pytest.fixture
def cohort():
    return make_cohort(make_organiser(make_user("Doris", "Lang")))


@pytest.fixture
def team(cohort, amina, jonas):
    return make_team(cohort, amina, jonas)


@pytest.fixture
def application(team):
    return make_application(team)


def draft_of(application, key="s1"):
    return application.drafts.get(key=key)


def history(draft):
    """(version, based on, why, text) of every revision, oldest first."""
    rows = draft.revisions.order_by("at", "version")
    return [(row.version, row.based_on, row.why, row.content["text"]) for row in rows]


# Beginning


def test_start_makes_every_draft_and_fills_in_the_cover(cohort, amina):
    organisation = make_organisation(
        "Nachbarschaft Wasserturm e. V.",
        legal_form="ev",
        register_court="Amtsgericht Stendal",
        register_number="VR 12",
        street="Turmweg 1",
        postcode="06108",
        contact_email="verein@example.org",
    )
    team = make_team(cohort, amina, organisation=organisation)

    application = start(team, by=amina, theme="vielfalt")

    drafts = {draft.key: draft for draft in application.drafts.all()}
    assert sorted(drafts) == sorted(section.key for section in application.terms.sections)
    assert {draft.version for key, draft in drafts.items() if key != "s0"} == {0}
    cover = drafts["s0"].value
    assert (drafts["s0"].version, drafts["s0"].by) == (1, amina)
    assert cover == Cover(
        theme="vielfalt",
        organisation="Nachbarschaft Wasserturm e. V.",
        legal_form="ev",
        register="Amtsgericht Stendal VR 12",
        address="Turmweg 1\n06108 Halle (Saale)",
        email="verein@example.org",
    )
    assert (application.theme_key, application.started_by) == ("vielfalt", amina)
    assert drafts["s0"].revisions.get().value == cover
    assert Event.objects.filter(what="application.started", by=amina, cohort_id=cohort.pk).count() == 1


def test_start_takes_the_newest_published_edition(team, amina):
    call = team.cohort.call
    newest = make_edition(call, 2)
    make_edition(call, 3, published=False)

    assert start(team, by=amina, theme="vielfalt").edition == newest


def test_start_takes_the_call_that_the_cohort_has_by_now(team, amina):
    assert team.cohort.call
    other = make_call(year=2031)
    type(team.cohort).objects.filter(pk=team.cohort_id).update(call=other)

    assert start(team, by=amina, theme="vielfalt").call == other


def test_start_is_refused_for_a_closed_call(amina):
    call = make_call(deadline=day(-1))
    team = make_team(make_cohort(make_organiser(make_user("Doris")), call), amina)

    with pytest.raises(CallClosed):
        start(team, by=amina, theme="vielfalt")

    assert Application.objects.count() == 0


def test_start_is_refused_while_one_is_running_but_not_after_it_was_withdrawn(team, amina):
    first = start(team, by=amina, theme="vielfalt")
    with pytest.raises(AlreadyStarted):
        start(team, by=amina, theme="vielfalt")

    withdraw(first, by=amina)

    assert start(team, by=amina, theme="begegnung").theme_key == "begegnung"


def test_start_needs_a_theme_of_the_call(team, amina):
    with pytest.raises(ValueError):
        start(team, by=amina, theme="wetter")


# Saving


def test_a_save_is_the_next_version_and_a_revision(application, amina):
    draft = draft_of(application)

    answer = draft.save_content(by=amina, seen=0, content=Text("Guten Tag.\r\nHallo."))

    saved = draft_of(application)
    assert (answer.how, answer.version, answer.value) == (How.SAVED, 1, Text("Guten Tag.\nHallo."))
    assert (saved.value, saved.version, saved.length, saved.by) == (Text("Guten Tag.\nHallo."), 1, 17, amina)
    assert history(saved) == [(1, 0, "saved", "Guten Tag.\nHallo.")]
    application.refresh_from_db()
    assert application.changed_at == saved.at == answer.at


def test_nothing_changed_is_nothing_saved(application, amina):
    write(application, "s1", "Guten Tag.")

    answer = draft_of(application).save_content(by=amina, seen=1, content=Text("Guten Tag."))

    assert (answer.how, answer.version) == (How.UNCHANGED, 1)
    assert draft_of(application).revisions.count() == 1


def test_an_answer_that_got_lost_can_be_asked_for_again(application, amina):
    draft = draft_of(application)
    draft.save_content(by=amina, seen=0, content=Text("Guten Tag."))

    again = draft.save_content(by=amina, seen=0, content=Text("Guten Tag."))

    assert (again.how, again.version) == (How.UNCHANGED, 1)


def test_different_sentences_are_merged_and_both_are_kept(application, amina, jonas):
    write(application, "s1", "Eins. Zwei. Drei.", by=amina)
    draft_of(application).save_content(by=jonas, seen=1, content=Text("Eins. Zwei. Drei und vier."))

    answer = draft_of(application).save_content(by=amina, seen=1, content=Text("Eins neu. Zwei. Drei."))

    assert (answer.how, answer.version, answer.value) == (How.MERGED, 3, Text("Eins neu. Zwei. Drei und vier."))
    assert history(draft_of(application)) == [
        (1, 0, "saved", "Eins. Zwei. Drei."),
        (2, 1, "saved", "Eins. Zwei. Drei und vier."),
        (None, 1, "merged", "Eins neu. Zwei. Drei."),
        (3, 2, "merged", "Eins neu. Zwei. Drei und vier."),
    ]


def test_two_pages_that_send_the_same_keep_what_somebody_else_wrote(application, amina, jonas):
    """Each page names its own attempt; what it writes next comes from there, and has not seen the other's words."""
    write(application, "s1", "Eins. Zwei. Drei.", by=amina)
    draft_of(application).save_content(by=jonas, seen=1, content=Text("Eins. Zwei. Drei und vier."))
    sent, page, other_page = Text("Eins neu. Zwei. Drei."), uuid4(), uuid4()
    for attempt in (page, other_page):
        joined = draft_of(application).save_content(by=amina, seen=1, content=sent, save_id=attempt)
    again = draft_of(application).save_content(by=amina, seen=1, content=sent, save_id=other_page)

    more = draft_of(application).save_content(
        by=amina, seen=joined.version, content=Text("Eins neu. Zwei mehr. Drei."), save_id=uuid4(), after=[other_page]
    )

    assert (joined.how, again.how) == (How.MERGED, How.UNCHANGED)
    assert (more.how, more.value) == (How.MERGED, Text("Eins neu. Zwei mehr. Drei und vier."))


def test_the_same_sentence_is_a_conflict_that_loses_nothing(application, amina, jonas):
    write(application, "s1", "Eins. Zwei.", by=amina)
    draft_of(application).save_content(by=jonas, seen=1, content=Text("Eins von Jonas. Zwei."))

    answer = draft_of(application).save_content(by=amina, seen=1, content=Text("Eins von Amina. Zwei."))

    assert (answer.how, answer.version, answer.value) == (How.CONFLICT, 2, Text("Eins von Jonas. Zwei."))
    assert answer.sent.by == amina
    assert history(draft_of(application)) == [
        (1, 0, "saved", "Eins. Zwei."),
        (2, 1, "saved", "Eins von Jonas. Zwei."),
        (None, 1, "conflict", "Eins von Amina. Zwei."),
    ]


def test_the_same_conflict_sent_twice_is_kept_once(application, amina, jonas):
    write(application, "s1", "Eins.", by=jonas)
    draft = draft_of(application)

    first = draft.save_content(by=amina, seen=0, content=Text("Anders."))
    second = draft.save_content(by=amina, seen=0, content=Text("Anders."))

    assert first.sent == second.sent
    assert draft.revisions.count() == 2


def test_what_somebody_else_saved_stays_when_one_changed_nothing(application, amina):
    write(application, "s1", "Alt.")
    write(application, "s1", "Neu.")

    answer = draft_of(application).save_content(by=amina, seen=1, content=Text("Alt."))

    assert (answer.how, answer.version, answer.value) == (How.UNCHANGED, 2, Text("Neu."))


def test_the_cover_and_the_budget_are_copied_to_the_application(application, amina):
    cover = Cover(
        title="Tischgespräche", short_name="Tisch", theme="begegnung", places="Halle", months=24, start_on="2027-01-01"
    )
    budget = Budget(
        expenses=(Expense(id=row_id("a"), year=2027, kind="HON", quantity="1.5", unit_price=10_000),),
        income=(Income(id=row_id("b"), year=2027, kind="EIGEN", amount=2_500),),
    )
    draft_of(application, "s0").save_content(by=amina, seen=0, content=cover)
    draft_of(application, "s17").save_content(by=amina, seen=0, content=budget)

    application.refresh_from_db()
    assert application.title == "Tischgespräche"
    assert (application.short_name, application.theme_key, application.places) == ("Tisch", "begegnung", "Halle")
    assert (f"{application.start_on}", application.months, application.grant_cents) == ("2027-01-01", 24, 12_500)


def test_a_cover_that_says_less_empties_the_copies(application, amina):
    draft = draft_of(application, "s0")
    draft.save_content(by=amina, seen=0, content=Cover(title="Tischgespräche", start_on="2027-01-01", months=12))

    draft.save_content(by=amina, seen=1, content=Cover(start_on="irgendwann", months=10**9))

    application.refresh_from_db()
    assert (application.title, application.start_on, application.months) == ("", None, None)


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "x" * 50_001])
def test_what_cannot_be_stored_is_refused_and_nothing_is_written(application, amina, text):
    draft = draft_of(application)

    with pytest.raises(InvalidContent):
        draft.save_content(by=amina, seen=0, content=Text(text))

    assert (draft_of(application).version, draft.revisions.count()) == (0, 0)


def test_a_section_can_be_written_from_the_moment_its_workshop_begins(application, amina):
    make_workshop(application.team.cohort, keys=["s2"], begins_at=timezone.now() + timedelta(minutes=1))
    draft = draft_of(application, "s2")
    with pytest.raises(SectionClosed):
        draft.save_content(by=amina, seen=0, content=Text("Zu früh."))
    assert draft.revisions.count() == 0

    workshop = application.team.cohort.workshops.get()
    workshop.opened_at, workshop.opened_reason = timezone.now(), "Wunsch des Teams"
    workshop.save()

    assert draft.save_content(by=amina, seen=0, content=Text("Jetzt.")).how == How.SAVED


def test_a_reader_does_not_write(application):
    reader = make_user("Selma")
    make_member(application.team, reader, "reader")

    with pytest.raises(PermissionDenied):
        draft_of(application).save_content(by=reader, seen=0, content=Text("Nein."))


# Every status × every step


STEPS = {
    "save": lambda a, by: draft_of(a).save_content(by=by, seen=1, content=Text("Neu.")),
    "restore": lambda a, by: draft_of(a).restore(draft_of(a).revisions.get(version=1), by=by, seen=2),
    "adopt": lambda a, by: adopt(a, make_edition(a.call, 2), by=by),
    "withdraw": lambda a, by: withdraw(a, by=by),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", ["finished", "withdrawn"])
def test_only_a_drafting_application_is_written(team, amina, status, step):
    application = make_application(team, status=status, withdrawn_at=timezone.now() if status == "withdrawn" else None)
    write(application, "s1", "Alt.")

    with pytest.raises(NotDrafting):
        STEPS[step](application, amina)

    application.refresh_from_db()
    assert (application.status, draft_of(application).version) == (status, 1)
    assert Event.objects.filter(record_type="applications.application").count() == 0


# The other steps


def test_restoring_is_a_new_version(application, amina, jonas):
    write(application, "s1", "Gut.", by=jonas)
    write(application, "s1", "", by=jonas)
    draft = draft_of(application)

    draft.restore(draft.revisions.get(version=1), by=amina, seen=2)

    assert draft_of(application).value == Text("Gut.")
    assert history(draft)[-1] == (3, 2, "restored", "Gut.")


def test_restoring_is_refused_when_somebody_has_written_since(application, amina):
    write(application, "s1", "Eins.")
    write(application, "s1", "Zwei.")
    write(application, "s1", "Drei.")
    draft = draft_of(application)

    with pytest.raises(Stale):
        draft.restore(draft.revisions.get(version=1), by=amina, seen=2)

    assert draft_of(application).value == Text("Drei.")


def test_withdrawing_calls_back_what_waits(application, amina):
    write(application, "s1", "Text.")
    draft = draft_of(application)
    review = application.reviews.create(asked_by=amina)
    review.items.create(draft=draft, revision=draft.revisions.get())

    withdraw(application, by=amina)

    application.refresh_from_db()
    review.refresh_from_db()
    assert (application.status, application.withdrawn_at is not None) == ("withdrawn", True)
    assert review.withdrawn_at is not None
    assert review.items.get().closed_at is not None


def test_adopting_a_newer_edition_keeps_the_texts(application, amina):
    write(application, "s1", "Text.")
    old, newer = application.edition, make_edition(application.call, 2)
    application.drafts.filter(key="s14").delete()

    adopt(application, newer, by=amina)

    application.refresh_from_db()
    assert application.edition == newer
    assert draft_of(application).value == Text("Text.")
    assert draft_of(application, "s14").value == empty("text")
    with pytest.raises(Stale):
        adopt(application, old, by=amina)


def test_drafts_come_with_the_texts_that_are_asked_for(application, django_assert_num_queries):
    write(application, "s1", "Eins.")
    write(application, "s3", "Drei.")

    with django_assert_num_queries(1):
        drafts = {draft.key: draft for draft in with_texts(list(application.drafts.with_texts_of(["s1"])))}
        assert (drafts["s1"].value, drafts["s3"].version) == (Text("Eins."), 1)

    assert {key for key, draft in drafts.items() if not draft.get_deferred_fields()} == {"s1"}
    assert drafts["s3"].value == Text("Drei.")


def test_a_save_costs_few_queries(application, amina, django_assert_num_queries):
    make_workshop(application.team.cohort, keys=["s1"])
    write(application, "s1", "Eins. Zwei.")
    draft = application.drafts.select_related("application__team").get(key="s1")
    assert amina.is_bamf is False

    with django_assert_num_queries(8):  # two of them are the savepoint of a test inside a transaction
        draft.save_content(by=amina, seen=1, content=Text("Eins. Drei."))


def test_a_merge_costs_few_queries_more(application, amina, jonas, django_assert_num_queries):
    write(application, "s1", "Eins. Zwei.", by=amina)
    write(application, "s1", "Eins. Drei.", by=jonas)
    draft = application.drafts.select_related("application__team").get(key="s1")
    assert amina.is_bamf is False

    # Beyond those of a save: the text both began with, what is like what was sent, keeping it, and who wrote the other.
    with django_assert_num_queries(14):
        draft.save_content(by=amina, seen=1, content=Text("Neu. Zwei."))


def test_an_attempt_with_the_name_of_another_text_is_saved_without_it(application, amina):
    name = uuid4()
    draft_of(application).save_content(by=amina, seen=0, content=Text("Eins."), save_id=name)

    elsewhere = draft_of(application, "s3").save_content(by=amina, seen=0, content=Text("Drei."), save_id=name)
    again = draft_of(application).save_content(by=amina, seen=1, content=Text("Zwei."), save_id=name)

    assert (elsewhere.how, again.how) == (How.SAVED, How.SAVED)
    assert (draft_of(application, "s3").value, draft_of(application).value) == (Text("Drei."), Text("Zwei."))


def test_the_reasons_of_revisions_fit_their_column():
    assert max(len(why) for why in Revision.Why.values) <= Revision._meta.get_field("why").max_length
