"""Dates of a Projektschmiede that do not fit the last day of its call: said before they are saved, and in the cockpit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from calls.models import UmbrellaRoute
from cohorts.models import Cohort
from cohorts.reference import load_curriculum
from core.words import day as long_day
from core.words import spoken_day
from tests.builders import (
    day,
    log_in,
    make_application,
    make_bamf,
    make_call,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
)
from tests.calls.admin_pages import row_of, sent_with
from tests.cohorts.test_admin import new_cohort
from tests.forms import agree, form_of
from workshops.models import Session, Workshop

PAGE = "admin/consequences.html"


@pytest.fixture
def cohort(db):
    days = {"begins_on": day(30), "ends_on": day(200), "registration_from": day(-9), "registration_until": day(9)}
    return make_cohort(make_organiser(make_user("Doris")), make_call(deadline=day(150)), title="Mitte", **days)


@pytest.fixture
def doris(client, cohort):
    return log_in(client, cohort.organiser.memberships.get().user)


@pytest.fixture
def workshop(cohort):
    return make_workshop(cohort, 2, ["s3"], begins_at=timezone.now() + timedelta(days=100), title="Bedarf")


def send(client, record, **changes):
    """Press „Sichern“ on the record's page."""
    name = record._meta.model_name
    url = reverse(f"admin:{record._meta.app_label}_{name}_change", args=[record.pk])
    sent = form_of(client.get(url), f"{name}_form") | changes | {"_save": "1"}
    return client.post(url, sent, follow=True)


def german(value):
    return value.strftime("%d.%m.%Y")


def at(offset):
    return {f"sessions-0-{name}_0": german(day(offset)) for name in ("begins_at", "ends_at")}


def cockpit(client, cohort):
    return client.get(reverse("cockpit", args=[cohort.slug])).text


@pytest.mark.parametrize("last", [-3, 10])
def test_another_call_whose_deadline_is_too_early_is_said_before(doris, cohort, workshop, last):
    other = make_call("Falscher Aufruf", deadline=day(last), year=2031)

    page = send(doris, cohort, call=other.pk)

    said = spoken_day(day(last))
    behind = (
        f"Nach dem Einsendeschluss am {said} liegen noch: Workshop 2 · Bedarf ({spoken_day(day(100), weekday=True)})."
    )
    if last < 0:
        first = f"Der Einsendeschluss von „{other}“ war am {said}."
    else:
        begin = spoken_day(day(30))
        first = f"Der Einsendeschluss von „{other}“ am {said} liegt vor dem Beginn der Projektschmiede am {begin}."
    assert page.template_name == PAGE
    assert (first in page.text, behind in page.text) == (True, True)
    assert ("Die Anmeldung ist bis" in page.text) == (last < 0)
    agree(doris, page)
    assert Cohort.objects.get().call == other


def test_a_new_cohort_with_such_a_call_asks_first(doris, cohort):
    call = make_call(deadline=day(45))
    made_of = {"organiser": cohort.organiser_id, "call": call.pk, "curriculum": load_curriculum().pk}
    made_of |= {"begins_on": german(day(40))}

    page = doris.post(reverse("admin:cohorts_cohort_add"), new_cohort(**made_of), follow=True)

    assert page.template_name == PAGE
    assert f"Nach dem Einsendeschluss am {spoken_day(day(45))} liegen noch: Workshop 2 · " in page.text
    assert Cohort.objects.count() == 1
    agree(doris, page)
    assert Cohort.objects.count() == 2


def test_a_cohort_that_fits_asks_nothing(doris, cohort):
    call = make_call(deadline=day(300))
    made_of = {"organiser": cohort.organiser_id, "call": call.pk, "curriculum": load_curriculum().pk}

    doris.post(reverse("admin:cohorts_cohort_add"), new_cohort(**made_of), follow=True)
    send(doris, cohort, region="Harz")

    assert sorted(Cohort.objects.values_list("region", flat=True)) == sorted(["Harz", new_cohort()["region"]])


def test_what_did_not_fit_before_is_not_asked_about_again(doris, cohort, workshop):
    cohort.call.deadline = day(50)
    cohort.call.save()

    page = send(doris, cohort, region="Harz")

    assert page.template_name != PAGE
    assert Cohort.objects.get().region == "Harz"


def test_publishing_says_it(doris, cohort, workshop):
    Cohort.objects.update(published_at=None)
    cohort.call.deadline = day(20)
    cohort.call.save()
    url = reverse("admin:cohorts_cohort_changelist")

    page = doris.post(url, {"action": "publish", "_selected_action": [cohort.pk]}, follow=True)

    assert page.template_name == "admin/ask.html"
    assert "liegt vor dem Beginn der Projektschmiede" in page.text
    assert "Workshop 2 · Bedarf (" in page.text


@pytest.mark.parametrize("is_published", [True, False])
def test_moving_a_workshop_behind_the_deadline_or_the_end_or_back_is_said(doris, cohort, workshop, is_published):
    Cohort.objects.update(published_at=timezone.now() if is_published else None)

    late, past = send(doris, workshop, **at(160)), send(doris, workshop, **at(-2))
    after_end = send(doris, workshop, **at(210))

    assert [page.template_name for page in (late, past, after_end)] == [PAGE] * 3
    behind = f"Workshop 2 · Bedarf ({spoken_day(day(160), weekday=True)})"
    assert f"Nach dem Einsendeschluss am {spoken_day(day(150))} liegen noch: {behind}." in late.text
    back = f"Workshop 2 · Bedarf ({spoken_day(day(-2), weekday=True)})"
    assert f"In der Vergangenheit liegen dann: {back}." in past.text
    assert (
        f"Die Projektschmiede endet am {spoken_day(day(200))}. Danach liegen noch: Workshop 2 · Bedarf"
        in after_end.text
    )
    assert timezone.localdate(Session.objects.get().begins_at) == day(100)


def test_an_end_before_a_workshop_is_said(doris, cohort, workshop):
    page = send(doris, cohort, ends_on=german(day(90)))

    assert f"Die Projektschmiede endet am {spoken_day(day(90))}. Danach liegen noch: Workshop 2 · Bedarf" in page.text
    agree(doris, page)
    assert Cohort.objects.get().ends_on == day(90)


def test_a_new_first_day_that_moves_workshops_behind_the_deadline_is_said(doris, cohort, workshop):
    page = send(doris, cohort, begins_on=german(day(90)))

    assert f"Nach dem Einsendeschluss am {spoken_day(day(150))} liegen noch: Workshop 2 · Bedarf" in page.text


def test_a_cancelled_workshop_that_takes_place_again_behind_the_deadline_is_said(doris, cohort, workshop):
    workshop.sessions.update(
        begins_at=timezone.now() + timedelta(days=160), ends_at=timezone.now() + timedelta(days=161)
    )
    Workshop.objects.update(cancelled_at=timezone.now())
    url = reverse("admin:workshops_workshop_changelist")

    page = doris.post(url, {"action": "hold", "_selected_action": [workshop.pk]}, follow=True)

    assert "liegen noch: Workshop 2 · Bedarf" in page.text


def test_another_deadline_of_a_call_names_the_cohorts_that_use_it(client, cohort, workshop):
    log_in(client, make_bamf())
    make_application(make_team(cohort, make_user("Amina")))
    call = cohort.call
    url = reverse("admin:calls_fundingcall_change", args=[call.pk])

    same = client.post(url, sent_with(client.get(url), source="Seite des BAMF"), follow=True)
    page = client.post(url, sent_with(client.get(url), deadline=german(day(20))), follow=True)

    assert (same.template_name == PAGE, page.template_name) == (False, PAGE)
    assert f"<td>{long_day(day(150))}</td><td><strong>{long_day(day(20))}</strong></td>" in page.text
    assert f"„Mitte“, {long_day(day(30))} bis {long_day(day(200))}" in page.text
    assert "liegt vor dem Beginn der Projektschmiede" in page.text
    assert "1 Vorhaben" in page.text
    call.refresh_from_db()
    assert call.deadline == day(150)
    agree(client, page)
    call.refresh_from_db()
    assert call.deadline == day(20)


def test_another_day_of_an_umbrella_body_is_shown_too(client, cohort):
    log_in(client, make_bamf())
    route = UmbrellaRoute.objects.create(call=cohort.call, umbrella_body="Beispielverband", submit_until=day(90))
    url = reverse("admin:calls_fundingcall_change", args=[cohort.call_id])
    shown = client.get(url)

    page = client.post(url, sent_with(shown, **{f"{row_of(shown, route)}-submit_until": german(day(80))}), follow=True)

    assert page.template_name == PAGE
    assert "Beispielverband: Einreichen bis" in page.text


def test_the_days_of_a_call_that_nobody_uses_change_at_once(client, db):
    log_in(client, make_bamf())
    call = make_call()
    url = reverse("admin:calls_fundingcall_change", args=[call.pk])

    client.post(url, sent_with(client.get(url), deadline=german(day(20))))

    call.refresh_from_db()
    assert call.deadline == day(20)


@pytest.mark.parametrize("count", [1, 9])
def test_the_page_of_a_deadline_costs_the_same_for_many_cohorts(client, db, count, django_assert_num_queries):
    call, organiser = make_call(deadline=day(150)), make_organiser(make_user("Doris"))
    for _number in range(count):
        make_workshop(make_cohort(organiser, call), 1)
    log_in(client, make_bamf())
    url = reverse("admin:calls_fundingcall_change", args=[call.pk])
    sent = sent_with(client.get(url), deadline=german(day(20)))
    client.post(url, sent)

    with django_assert_num_queries(175):
        client.post(url, sent)


def test_the_cockpit_says_what_does_not_fit_and_what_to_do(doris, cohort, workshop):
    make_team(cohort, make_user("Amina"))
    assert "Was Sie tun können" not in cockpit(doris, cohort)
    cohort.call.deadline = day(50)
    cohort.call.save()

    before = cockpit(doris, cohort)
    make_application(cohort.teams.get())
    begun = cockpit(doris, cohort)

    assert f"Nach dem Einsendeschluss am {spoken_day(day(50))} liegen noch: Workshop 2 · Bedarf" in before
    assert "Alle sind im Plan" not in before
    assert ("wählen Sie bei der Projektschmiede einen anderen" in before, "Er bleibt, weil" in begun) == (True, True)


def test_the_cockpit_says_that_the_deadline_is_over_until_all_is_sent(doris, cohort):
    team = make_team(cohort, make_user("Amina"))
    cohort.call.deadline = day(-1)
    cohort.call.save()

    shown = cockpit(doris, cohort)

    assert f"Der Einsendeschluss von „{cohort.call}“ war am {spoken_day(day(-1))}." in shown
    assert f"„{team.title}“ hat nichts eingereicht." in shown
    assert "Was Sie tun können" in shown
