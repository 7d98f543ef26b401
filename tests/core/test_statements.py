"""A query that is built once answers like one that is built each time: with other values, on another day, in another thread."""

from __future__ import annotations

import gc
from datetime import timedelta
from itertools import pairwise
from threading import Barrier
from weakref import ref

import pytest
from django.contrib.auth.models import Group
from django.db.models import CharField, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from cohorts.models import CoachAssignment
from core.statements import Now, Slot, Statement, Today
from tests.builders import make_bamf, make_coach, make_cohort, make_organiser, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def built():
    """How often the query was built."""
    return []


@pytest.fixture
def by_key(built):
    def build(user):
        built.append(user)
        return User.objects.filter(pk=user)

    return Statement(build, "user")


def test_it_is_built_once_and_answers_for_each_value(by_key, built):
    amina, jonas = make_user(), make_user("Jonas")
    assert by_key(user=amina.pk) == [amina]
    assert by_key(user=jonas.pk) == [jonas]
    assert by_key(user=amina.pk) == [amina]
    assert len(built) == 1


def test_a_place_may_hold_another_value_than_a_uuid():
    amina, jonas = make_user(), make_user("Jonas")
    by_name = Statement(lambda: User.objects.filter(first_name=Slot("name", CharField())))
    assert by_name(name="Jonas") == [jonas]
    assert by_name(name=amina.first_name) == [amina]
    assert by_name(name="x' OR ''='") == []


def test_what_has_changed_is_read_anew(by_key):
    amina = make_user()
    by_key(user=amina.pk)
    User.objects.filter(pk=amina.pk).update(first_name="Amira")
    assert by_key.first(user=amina.pk).first_name == "Amira"
    amina.delete()
    assert by_key.first(user=amina.pk) is None


def test_one_execution_is_one_query(by_key, django_assert_num_queries):
    amina = make_user()
    with django_assert_num_queries(1):
        by_key(user=amina.pk)


def test_related_records_are_read_with_it(django_assert_num_queries):
    emil = make_bamf()
    with_groups = Statement(lambda user: User.objects.filter(pk=user).prefetch_related("groups"), "user")
    groups = list(Group.objects.filter(user=emil))
    for _ in range(2):
        with django_assert_num_queries(2):
            assert list(with_groups.first(user=emil.pk).groups.all()) == groups != []


def test_a_name_without_a_value_is_refused(by_key):
    with pytest.raises(KeyError, match="user"):
        by_key(person=make_user().pk)


def test_days_and_moments_are_those_of_the_execution(time_machine):
    cohort, carla = make_cohort(make_organiser(make_user("Doris"))), make_user("Carla")
    make_coach(cohort, carla, until=timezone.localdate() + timedelta(days=3))
    of = Statement(CoachAssignment.objects.of, "user")
    assert len(of(user=carla.pk)) == 1
    time_machine.move_to(timezone.now())
    time_machine.shift(timedelta(days=4))
    assert of(user=carla.pk) == []


def test_a_moment_is_that_of_the_execution(time_machine):
    joined = Statement(lambda: User.objects.filter(date_joined__lte=Now()))
    time_machine.move_to(timezone.now())
    amina = make_user(date_joined=timezone.now() + timedelta(hours=1))
    assert joined() == []
    time_machine.shift(timedelta(hours=2))
    assert joined() == [amina]


@pytest.mark.parametrize(
    "fixed", [timezone.now, lambda: Q(date_joined__date=timezone.localdate())], ids=["moment", "day"]
)
def test_a_fixed_day_or_moment_is_refused(fixed):
    condition = fixed()
    condition = condition if isinstance(condition, Q) else Q(date_joined__lte=condition)
    with pytest.raises(ValueError, match="fixed"):
        Statement(lambda: User.objects.filter(condition))()


def test_today_in_any_other_query_is_today():
    make_user(date_joined=timezone.now())
    assert User.objects.filter(date_joined__date=Today()).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_thread_uses_what_another_has_built(by_key, built, at_once):
    amina, jonas = make_user(), make_user("Jonas")
    by_key(user=amina.pk)
    for user in (amina, jonas):
        assert at_once(lambda user=user: by_key(user=user.pk)) == [[user]]
    assert len(built) == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_threads_at_once_read_what_each_asks_for(at_once):
    people = [make_user(f"Person {number}") for number in range(8)]
    both_are_there = Barrier(2)

    class TwoAtOnce(QuerySet):
        def __iter__(self):
            both_are_there.wait(timeout=30)
            return super().__iter__()

    of = Statement(lambda user: TwoAtOnce(User).filter(pk=user), "user")

    for one, other in pairwise(people):
        assert at_once(lambda one=one: of(user=one.pk), lambda other=other: of(user=other.pk)) == [[one], [other]]
    assert len(of.idle) == 2


def test_any_number_of_keys_is_one_statement(django_assert_num_queries):
    built = []

    def build(users):
        built.append(users)
        return User.objects.filter(pk__among=users).order_by("first_name")

    among = Statement(build, "users")
    amina, jonas, _other = make_user(), make_user("Jonas"), make_user("Rana")
    assert among(users=[]) == []
    with django_assert_num_queries(1):
        assert among(users={jonas.pk, amina.pk}) == [amina, jonas]
    assert among(users=(amina.pk,)) == [amina]
    assert len(built) == 1


def test_keys_are_compared_through_relations():
    carla = make_user("Carla")
    make_coach(make_cohort(make_organiser(make_user("Doris"))), carla)
    of = Statement(lambda coaches: CoachAssignment.objects.filter(coach__pk__among=coaches), "coaches")
    assert [assignment.coach_id for assignment in of(coaches=[carla.pk])] == [carla.pk]


def test_the_keys_of_a_query_are_keys_too(django_assert_num_queries):
    carla, amina = make_user("Carla"), make_user()
    cohort = make_cohort(make_organiser(make_user("Doris")))
    make_coach(cohort, carla)
    make_coach(cohort, amina)

    def build(user):
        assignments = CoachAssignment.objects.filter(coach=user)
        return User.objects.filter(Q(pk__among=assignments.values("coach")) | Q(pk__among=User.objects.none()))

    coaches = Statement(build, "user")
    with django_assert_num_queries(2):
        assert coaches(user=carla.pk) == [carla]
        assert coaches(user=amina.pk) == [amina]
    assert "ORDER BY" not in str(
        CoachAssignment.objects.filter(pk__among=CoachAssignment.objects.all()).order_by().query
    )


def test_a_fixed_day_in_what_is_read_with_it_is_refused():
    until = CoachAssignment.objects.filter(until__gte=timezone.localdate())
    with pytest.raises(ValueError, match="fixed"):
        Statement(lambda: User.objects.prefetch_related(Prefetch("coach_assignments", until)))()


def test_nothing_that_was_read_is_kept():
    carla = make_user("Carla")
    make_coach(make_cohort(make_organiser(make_user("Doris"))), carla)
    with_assignments = Statement(
        lambda user: User.objects.filter(pk=user).prefetch_related(
            Prefetch("coach_assignments", CoachAssignment.objects.all())
        ),
        "user",
    )
    row = ref(with_assignments.first(user=carla.pk))
    gc.collect()
    assert row() is None


def test_keys_that_can_be_read_once_stand_in_two_places():
    amina, jonas = make_user(), make_user("Jonas")
    either = Statement(lambda users: User.objects.filter(Q(pk__among=users) & Q(pk__among=users)), "users")
    assert len(either(users=iter([amina.pk, jonas.pk]))) == 2
