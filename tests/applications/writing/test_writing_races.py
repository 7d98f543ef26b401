"""Two people at the same moment: nothing that was answered as saved is lost, and nobody writes into what is closed."""

from __future__ import annotations

from functools import partial
from threading import Thread, current_thread

import pytest
from django.db import connections
from django.utils import timezone

from applications.content import Budget, Expense, Text
from applications.content.merging.merge import merge
from applications.reviews.steps import withdraw
from applications.writing.idea import take_over_idea
from applications.writing.models import AlreadyStarted, Application, How, NotDrafting, PlanTick, Revision
from applications.writing.models.saving import TRIES
from applications.writing.starting import start
from cohorts.models import Registration
from core.writes import Stale
from tests.builders import make_application, make_cohort, make_organiser, make_team, make_user, row_id, write

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 12


@pytest.fixture
def people():
    return make_user("Amina", "Haddad"), make_user("Jonas", "Petersen")


@pytest.fixture
def team(people):
    return make_team(make_cohort(make_organiser(make_user("Doris"))), *people)


@pytest.fixture
def application(team):
    return make_application(team)


def save(application, key, by, seen, content):
    return (
        Application.objects.get(pk=application.pk).drafts.get(key=key).save_content(by=by, seen=seen, content=content)
    )


def everything(draft):
    """The current text and every text that was ever kept."""
    return {draft.value, *(row.value for row in draft.revisions.all())}


def test_two_saves_of_one_section_lose_no_word(application, people, at_once):
    amina, jonas = people
    for number in range(ROUNDS):
        draft = write(application, "s1", f"Anfang {number}. Mitte. Ende.")
        seen = draft.version
        mine, theirs = Text(f"Anfang {number} neu. Mitte. Ende."), Text(f"Anfang {number}. Mitte. Ende neu.")

        answers = at_once(
            partial(save, application, "s1", amina, seen, mine), partial(save, application, "s1", jonas, seen, theirs)
        )

        draft = application.drafts.get(key="s1")
        assert {answer.how for answer in answers} == {How.SAVED, How.MERGED}
        assert draft.value == Text(f"Anfang {number} neu. Mitte. Ende neu.")
        assert {mine, theirs} <= everything(draft)


def test_two_saves_of_the_same_words_keep_both(application, people, at_once):
    amina, jonas = people
    for number in range(ROUNDS):
        seen = write(application, "s1", f"Satz {number}.").version

        answers = at_once(
            partial(save, application, "s1", amina, seen, Text(f"Amina {number}.")),
            partial(save, application, "s1", jonas, seen, Text(f"Jonas {number}.")),
        )

        assert sorted(answer.how for answer in answers) == [How.CONFLICT, How.SAVED]
        assert {Text(f"Amina {number}."), Text(f"Jonas {number}.")} <= everything(application.drafts.get(key="s1"))


def test_whoever_is_overtaken_three_times_is_merged_while_the_others_wait(application, people, monkeypatch):
    amina, jonas = people
    write(application, "s1", "Eins. Zwei. Drei.", by=amina)
    write(application, "s1", "Eins. Zwei. Drei von Amina.", by=amina)
    here, got_through, threads, amina_wrote = current_thread(), [], [], []

    def amina_saves(number):
        draft = Application.objects.get(pk=application.pk).drafts.get(key="s1")
        text = draft.value.text.replace("Drei von Amina", f"Drei von Amina, {number}")
        draft.save_content(by=amina, seen=draft.version, content=Text(text))
        amina_wrote.append(Text(text))
        connections.close_all()

    def slow(*values):
        if current_thread() is here:
            threads.append(Thread(target=amina_saves, args=(len(threads),)))
            threads[-1].start()
            threads[-1].join(timeout=20 if len(threads) <= TRIES else 0.5)
            got_through.append(not threads[-1].is_alive())
        return merge(*values)

    monkeypatch.setattr("applications.writing.models.saving.merge", slow)
    mine = Text("Eins von Jonas. Zwei. Drei.")

    answer = save(application, "s1", jonas, 1, mine)
    for thread in threads:
        thread.join(timeout=20)

    # Three times she saves while his text is merged with hers; the fourth time it is merged under the lock.
    assert (answer.how, got_through) == (How.MERGED, [True, True, True, False])
    assert answer.value == Text("Eins von Jonas. Zwei. Drei von Amina, 2, 1, 0.")
    draft = application.drafts.get(key="s1")
    assert draft.value == Text("Eins von Jonas. Zwei. Drei von Amina, 3, 2, 1, 0.")
    assert {mine, answer.value, *amina_wrote} <= everything(draft)
    versions = sorted(row.version for row in draft.revisions.exclude(version=None))
    assert versions == list(range(1, draft.version + 1))


def test_many_saves_of_the_plan_lose_no_line(application, people, at_once):
    amina, jonas = people

    def line(name):
        return Budget(expenses=(Expense(id=row_id(name), year=2027, title=name, unit_price=100, quantity="1"),))

    for number in range(ROUNDS // 3):
        draft = write(application, "s17", Budget())
        names = [f"{person.first_name} {number} {place}" for person in people for place in range(3)]

        answers = at_once(
            *(
                partial(
                    save, application, "s17", amina if name.startswith("Amina") else jonas, draft.version, line(name)
                )
                for name in names
            )
        )

        draft = application.drafts.get(key="s17")
        assert {answer.how for answer in answers} <= {How.SAVED, How.MERGED}
        assert sorted(row.title for row in draft.value.expenses) == sorted(names)
        application.refresh_from_db()
        assert application.grant_cents == draft.value.grant() == 600


def test_versions_are_counted_without_a_gap(application, people, at_once):
    amina, _jonas = people

    at_once(
        *(partial(save, application, f"s{1 + number % 2}", amina, 0, Text(f"Text {number}.")) for number in range(8))
    )

    for key in ("s1", "s2"):
        draft = application.drafts.get(key=key)
        versions = sorted(row.version for row in draft.revisions.exclude(version=None))
        assert versions == list(range(1, draft.version + 1))


def test_nobody_writes_into_what_was_withdrawn(team, people, at_once):
    amina, jonas = people
    for number in range(ROUNDS):
        application = make_application(team)
        write(application, "s1", "Vorher.")

        saved, withdrawn = at_once(
            partial(save, application, "s1", jonas, 1, Text(f"Nachher {number}.")),
            partial(withdraw, Application.objects.get(pk=application.pk), by=amina),
        )

        application.refresh_from_db()
        draft = application.drafts.get(key="s1")
        assert (withdrawn, application.status) == (None, "withdrawn")
        if isinstance(saved, NotDrafting):
            assert draft.value == Text("Vorher.")
        else:
            assert (saved.how, draft.value) == (How.SAVED, Text(f"Nachher {number}."))
            assert Revision.objects.filter(draft=draft, at__gt=application.withdrawn_at).count() == 0


def test_a_team_starts_one_application(team, people, at_once):
    amina, jonas = people
    for _number in range(ROUNDS // 2):
        answers = at_once(*(partial(start, team, by=person, theme="vielfalt") for person in (amina, jonas)))

        (application,) = [answer for answer in answers if isinstance(answer, Application)]
        assert [type(answer) for answer in answers if answer is not application] == [AlreadyStarted]
        withdraw(application, by=amina)


def test_an_idea_taken_over_twice_at_once_becomes_one_text(application, people, at_once):
    now = timezone.now()
    application.team.registration = Registration.objects.create(
        cohort=application.team.cohort, organisation_name="Verein", legal_form="ev", city="Halle", land="ST",
        charitable="yes", idea="Nachbarn kochen.", token_hash="1" * 64, status="accepted", confirmed_at=now,
        decided_at=now,
    )  # fmt: skip
    application.team.save()

    def press(by) -> str:
        try:
            take_over_idea(Application.objects.get(pk=application.pk), by=by)
        except Stale:
            return "stale"
        return "taken"

    assert sorted(at_once(*(partial(press, by) for by in people))) == ["stale", "taken"]
    assert [row.content["text"] for row in Revision.objects.all()] == ["Nachbarn kochen."]


def test_ticks_of_two_people_at_once_are_all_there(application, people, at_once):
    def tick(by, codes) -> None:
        PlanTick.objects.tick(Application.objects.get(pk=application.pk), on=codes, off=[], by=by)

    for number in range(ROUNDS):
        amina, jonas = ([f"amina {number}", f"both {number}"], [f"jonas {number}", f"both {number}"])
        at_once(partial(tick, people[0], amina), partial(tick, people[1], jonas))
    assert PlanTick.objects.count() == 3 * ROUNDS
