"""The rule by which old texts go (docs/decisions/0009): on values first, then as the nightly job."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.content import Budget, Expense, Text
from applications.reviews.steps import hand_in
from applications.writing.models import How, Revision, Save
from applications.writing.thinning import EXACT, Stored, loss, thinned
from tests.builders import (
    make_application,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
    row_id,
    write,
)

NOW = datetime(2026, 12, 7, 2, tzinfo=UTC)
AMINA, JONAS = uuid4(), uuid4()


def saves(*rows: tuple[float, object, str]) -> list[Stored]:
    """(minutes since the first one, who, text), a week ago."""
    begun = NOW - timedelta(days=7)
    return [
        Stored(uuid4(), by, begun + timedelta(minutes=minutes), number, Text(text))
        for number, (minutes, by, text) in enumerate(rows, 1)
    ]


def left(stored: list[Stored], now: datetime = NOW) -> list[str]:
    going = set(thinned(stored, stored[-1].version or 0, now))
    return [one.value.text for one in stored if one.key not in going]


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        # the last of a run; a pause of ten minutes ends it
        ([(0, AMINA, "a"), (1, AMINA, "a b"), (2, AMINA, "a b c")], ["a b c"]),
        ([(0, AMINA, "a"), (9, AMINA, "a b"), (19.1, AMINA, "a b c")], ["a b", "a b c"]),
        # each author has runs of their own, whoever saves in between
        ([(0, AMINA, "a"), (1, JONAS, "a j"), (2, AMINA, "a j b"), (3, JONAS, "a j b k")], ["a j b", "a j b k"]),
        # somebody deleted from the portal is one author
        ([(0, None, "a"), (1, None, "a b")], ["a b"]),
        # an hour at the latest
        ([(m, AMINA, "a " * (m + 1)) for m in range(0, 121, 6)], ["a " * 61, "a " * 121]),
        # before more than a tenth goes
        ([(0, AMINA, "eins zwei drei"), (1, AMINA, "e"), (2, AMINA, "e f")], ["eins zwei drei", "e f"]),
        ([(0, AMINA, "a" * 9 + " b"), (1, AMINA, "a" * 9), (2, AMINA, "a" * 9 + " c")], ["a" * 9 + " c"]),
    ],
)  # fmt: skip
def test_the_rule(rows, kept):
    assert left(saves(*rows)) == kept


def test_nothing_of_the_last_two_days_goes():
    rows = saves((0, AMINA, "a"), (1, AMINA, "a b"), (2, AMINA, "a b c"))
    assert left(rows, rows[0].at + EXACT - timedelta(seconds=1)) == ["a", "a b", "a b c"]
    assert left(rows, rows[0].at + EXACT) == ["a b", "a b c"]


def test_the_current_text_stays_whatever_came_after_it():
    stored = [
        *saves((0, AMINA, "a"), (1, AMINA, "b")),
        Stored(uuid4(), AMINA, NOW - timedelta(days=6), None, Text("c")),
    ]
    assert thinned(stored, 2, NOW) == [stored[0].key] or loss(Text("a"), Text("b")) == 1
    assert stored[1].key not in thinned(stored, 2, NOW)


@pytest.mark.parametrize(
    ("before", "after", "part"),
    [
        (Text(""), Text("x"), 0.0),
        (Text("eins zwei"), Text("zwei eins"), 0.0),
        (Text("eins zwei"), Text("eins"), 0.5),
        (Text("eins"), Text(""), 1.0),
    ],
)
def test_what_was_only_moved_is_not_gone(before, after, part):
    assert loss(before, after) == part


def test_an_amount_that_changed_is_gone():
    line = Expense(id=row_id("a"), year=2027, title="Saal", quantity="2", unit_price=100)
    before, after = Budget(expenses=(line,)), Budget(expenses=(Expense(id=row_id("a"), year=2027, title="Saal"),))
    assert loss(before, after) > 0.1
    assert loss(after, before) == 0


minutes = st.lists(st.tuples(st.floats(0, 60 * 24 * 9), st.sampled_from([AMINA, JONAS]), st.text("ab ", max_size=9)))


@given(minutes)
def test_what_may_go_is_old_replaced_by_its_author_and_taken_up_by_the_next(rows):
    stored = saves(*sorted(rows, key=lambda row: row[0]))
    current = stored[-1].version if stored else 0
    going = set(thinned(stored, current or 0, NOW))
    assert all(one.at <= NOW - EXACT and one.version != current for one in stored if one.key in going)
    for place, one in enumerate(stored):
        if one.key in going:
            later = [other for other in stored[place + 1 :] if other.by == one.by]
            assert later[0].at - one.at <= timedelta(minutes=10)
            assert loss(one.value, stored[place + 1].value) <= 0.1
    rest = [one for one in stored if one.key not in going]
    assert [one.key for one in rest if one.at > NOW - EXACT] == [one.key for one in stored if one.at > NOW - EXACT]


def test_a_hundred_hours_of_two_people_leave_a_few_hundred():
    begun = NOW - timedelta(days=60)
    words = " ".join(f"Wort{number}" for number in range(30))
    stored = [
        Stored(uuid4(), (AMINA, JONAS)[save // 4 % 2], begun + timedelta(days=hour // 4, hours=hour % 4, seconds=10 * save),
               hour * 360 + save, Text(f"{words} {hour} {save}"))
        for hour in range(100)
        for save in range(0, 360, 4)
    ]  # fmt: skip
    going = thinned(stored, stored[-1].version or 0, NOW)
    assert len(stored) == 9_000
    assert len(stored) - len(going) <= 250


# The nightly job


@pytest.fixture
def application(db):
    amina = make_user("Amina", "Haddad")
    return make_application(make_team(make_cohort(make_organiser(make_user("Doris"))), amina))


def aged(application, *texts: str, key: str = "s1") -> None:
    """Saved a minute apart, a week ago."""
    for text in texts:
        write(application, key, text)
    begun = NOW - timedelta(days=7)
    for number, revision in enumerate(application.drafts.get(key=key).revisions.order_by("version")):
        Revision.objects.filter(pk=revision.pk).update(at=begun + timedelta(minutes=number))


def versions(application, key: str = "s1") -> list[int | None]:
    return list(application.drafts.get(key=key).revisions.order_by("version").values_list("version", flat=True))


def test_the_job_thins_once_and_leaves_the_rest_for_good(application):
    aged(application, "a", "a b", "a b c")
    assert Revision.objects.thin(NOW) == 2
    assert versions(application) == [3]
    assert Revision.objects.thin(NOW + timedelta(days=30)) == 0
    assert application.drafts.get(key="s1").value_at(2) == Text("")


def test_what_the_job_has_kept_once_it_does_not_judge_by_what_is_left(application):
    aged(application, "eins zwei drei", "eins", "eins zwei drei vier")
    assert Revision.objects.thin(NOW) == 1
    assert versions(application) == [1, 3]  # the first stays, because much of it went next
    assert Revision.objects.thin(NOW + timedelta(days=1)) == 0
    assert versions(application) == [1, 3]


def test_what_was_handed_in_noted_or_restored_is_never_thinned(application):
    amina = application.team.owner().user
    aged(application, "a", "a b")
    aged(application, "x", key="s2")
    hand_in(application, ["s2"], by=amina)
    draft = write(application, "s1", "a b c")
    draft.restore(draft.revisions.get(version=1), by=amina, seen=3)
    write(application, "s1", "a b c d")
    write(application, "s2", "x y")
    Revision.objects.update(at=NOW - timedelta(days=7))

    Revision.objects.thin(NOW)

    # noted in the review, before much went, restored, and what holds now
    assert versions(application) == [2, 3, 4, 5]
    assert versions(application, "s2") == [1, 2]


def kept_texts(application, key: str = "s1") -> list[str]:
    """What the nightly job leaves of a section whose saves all came within one run, a week ago."""
    draft = application.drafts.get(key=key)
    begun = NOW - timedelta(days=7)
    for number, revision in enumerate(draft.revisions.order_by("at", "pk")):
        Revision.objects.filter(pk=revision.pk).update(at=begun + timedelta(seconds=number))
    Revision.objects.thin(NOW)
    return [revision.value.text for revision in draft.revisions.select_related("draft").order_by("at")]


def save(application, by, text: str, **more) -> Save:
    draft = application.drafts.select_related("application").get(key="s1")
    return draft.save_content(**{"by": by, "seen": draft.version, "content": Text(text), **more})


# In these the next save of the same person only adds something, so that nothing but the mark keeps a text.


def test_a_restored_version_is_never_thinned(application):
    amina = application.team.owner().user
    save(application, amina, "Eins.")
    save(application, amina, "Eins. Zwei.")
    draft = application.drafts.get(key="s1")
    draft.restore(draft.revisions.get(version=1), by=amina, seen=2)
    save(application, amina, "Eins. Drei.")
    save(application, amina, "Eins. Drei. Vier.")

    # before much went, restored, and what holds now; not the first one, nor the one that only grew
    assert kept_texts(application) == ["Eins. Zwei.", "Eins.", "Eins. Drei. Vier."]


def test_what_was_handed_in_is_never_thinned(application):
    amina = application.team.owner().user
    save(application, amina, "Eins.")
    save(application, amina, "Eins. Zwei.")
    hand_in(application, ["s1"], by=amina)
    save(application, amina, "Eins. Zwei. Drei.")

    assert kept_texts(application) == ["Eins. Zwei.", "Eins. Zwei. Drei."]


def test_a_conflict_and_what_both_began_with_are_never_thinned(application):
    amina, jonas = application.team.owner().user, make_user("Jonas", "Petersen")
    make_member(application.team, jonas)
    save(application, amina, "Eins.")
    save(application, amina, "Eins. Zwei.")
    save(application, jonas, "Eins. Zwei. Drei.")
    assert save(application, amina, "Eins. Zwei. Vier.", seen=2).how == How.CONFLICT
    save(application, amina, "Eins. Zwei. Drei. Vier.")

    assert kept_texts(application) == [
        "Eins. Zwei.",  # what both began with
        "Eins. Zwei. Drei.",  # the last of Jonas
        "Eins. Zwei. Vier.",  # what was lost
        "Eins. Zwei. Drei. Vier.",
    ]


def test_a_text_that_had_been_merged_and_led_to_a_conflict_is_never_thinned(application):
    amina, jonas = application.team.owner().user, make_user("Jonas", "Petersen")
    make_member(application.team, jonas)
    first = uuid4()
    save(application, amina, "Eins.\nZwei.")
    save(application, jonas, "Eins.\nZwei.\nDrei.")
    assert save(application, amina, "Null.\nEins.\nZwei.", seen=1, save_id=first).how == How.MERGED
    save(application, jonas, "Null.\nEins.\nZwei.\nDrei.\nVier.")
    answer = save(application, amina, "Null.\nEins.\nZwei.\nFünf.", seen=1, after=[first])
    assert answer.how == How.CONFLICT
    save(application, amina, "Null.\nEins.\nZwei.\nFünf.\nDrei.\nVier.")

    assert kept_texts(application) == [
        "Eins.\nZwei.",  # the last version that both had before them
        "Null.\nEins.\nZwei.",  # what Amina's page showed
        "Null.\nEins.\nZwei.\nDrei.\nVier.",
        "Null.\nEins.\nZwei.\nFünf.",
        "Null.\nEins.\nZwei.\nFünf.\nDrei.\nVier.",
    ]


def test_a_text_that_was_merged_stays_as_long_as_a_page_may_show_it():
    first, second = saves((0, AMINA, "a"), (2, AMINA, "a b c"))
    sent = Stored(uuid4(), AMINA, first.at + timedelta(minutes=1), None, Text("a b"))
    stored = [first, sent, second]

    assert thinned(stored, 2, first.at + timedelta(days=14)) == [first.key]
    assert thinned(stored, 2, first.at + timedelta(days=16)) == [first.key, sent.key]
