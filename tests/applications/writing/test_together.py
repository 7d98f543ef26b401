"""Two people in one section: who is there, what the other has saved, and what was emptied by accident."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.content import Text
from applications.writing.models import Presence
from applications.writing.models.presence import GONE_AFTER, pause_after
from tests.applications.pages import address, value_of
from tests.builders import log_in, make_application, make_cohort, make_organiser, make_team, make_user, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def jonas():
    return make_user("Jonas", "Petersen")


@pytest.fixture
def application(jonas):
    return make_application(make_team(make_cohort(make_organiser(make_user("Doris"))), make_user(), jonas))


@pytest.fixture
def amina(application):
    return application.team.owner().user


def tell(client, user, application, **sent):
    client.force_login(user)
    return client.post(address(application, name="presence"), {"version": "0", **sent}).json()


def test_the_team_sees_who_else_has_the_section_open(client, application, amina, jonas):
    alone = {"state": "here", "others": [], "version": 0, "again": 15, "soonest": 15}
    assert tell(client, amina, application) == alone
    assert tell(client, jonas, application)["others"] == ["Amina Haddad"]
    assert tell(client, amina, application)["others"] == ["Jonas Petersen"]
    tell(client, jonas, application, leaving="1")
    assert tell(client, amina, application)["others"] == []


def test_who_has_not_told_for_a_minute_and_a_half_has_gone(client, application, amina, jonas):
    tell(client, jonas, application)
    Presence.objects.update(at=timezone.now() - timedelta(seconds=89))
    assert tell(client, amina, application)["others"] == ["Jonas Petersen"]
    Presence.objects.update(at=timezone.now() - timedelta(seconds=91))
    assert tell(client, amina, application)["others"] == []
    Presence.objects.update(at=timezone.now() - timedelta(days=2))
    assert (Presence.objects.forget_old(timezone.now()), Presence.objects.count()) == (2, 0)


def test_a_page_asks_rarely_while_its_person_is_alone(client, application, amina, jonas):
    pauses = [tell(client, amina, application, kept=kept)["again"] for kept in ("0", "15", "30", "60", "60")]
    assert pauses == [15, 30, 60, 60, 60]
    assert tell(client, jonas, application, kept="60")["again"] == 15
    assert tell(client, amina, application, kept="60")["again"] == 15
    tell(client, jonas, application, leaving="1")
    assert tell(client, amina, application, kept="15")["again"] == 30


def test_a_newer_text_makes_a_page_ask_often_until_it_knows_of_it(client, application, amina, jonas):
    write(application, "s1", "Von Jonas.", by=jonas)
    assert tell(client, amina, application, kept="60")["again"] == 15
    assert tell(client, amina, application, kept="15", version="1")["again"] == 30


def test_nobody_seems_gone_between_two_reports():
    for kept in range(100):
        assert timedelta(seconds=pause_after(kept, is_quiet=True) + 15) < GONE_AFTER  # an answer may take 15 seconds


@pytest.mark.parametrize("kept", ["", "-1", "x", "1" * 400, "²", "15.0"])
def test_a_pause_that_is_none_counts_as_just_opened(client, application, amina, kept):
    assert tell(client, amina, application, kept=kept)["again"] == 15


def test_what_somebody_else_saved_is_handed_on(client, application, amina, jonas):
    write(application, "s1", "Von Jonas.", by=jonas)
    told = tell(client, amina, application)
    assert (told["version"], told["by"], told["text"]) == (1, "Jonas Petersen", "Von Jonas.")
    assert told["section"] == {"symbol": "writing", "words": "in Arbeit"}
    assert "text" not in tell(client, amina, application, version="1")
    assert (told["own"], tell(client, jonas, application)["own"]) == (False, True)  # his own second window


def test_nobody_outside_the_team_is_told_or_seen(client, application):
    draft = application.drafts.get(key="s1")
    doris = application.team.cohort.organiser.memberships.get().user
    Presence.objects.note(draft, application.team.owner().user, timezone.now())
    log_in(client, doris)
    assert client.post(address(application, name="presence"), {"version": "0"}).status_code == 403
    assert list(Presence.objects.visible_to(doris)) == []
    assert Presence.objects.count() == 1


def test_somebody_who_left_the_team_is_told_so_for_good(client, application, jonas):
    application.team.members.filter(user=jonas).update(left_on=timezone.localdate())
    client.force_login(jonas)
    sent = {"data": {"version": "0"}, "headers": {"accept": "application/json"}}
    response = client.post(address(application, name="presence"), **sent)
    assert (response.status_code, response.json()["state"]) == (404, "denied")


def test_telling_costs_few_queries(client, application, amina, django_assert_num_queries):
    client.force_login(amina)
    with django_assert_num_queries(5):  # session, person, standing; the section with roles, the note, the others
        client.post(address(application, name="presence"), {"version": "0"})


# Emptied by accident


def test_a_text_that_was_emptied_comes_back_with_one_press(client, application, amina):
    long = "Wir kochen jede Woche mit Nachbarinnen und Nachbarn. " * 10
    write(application, "s1", long, by=amina)
    write(application, "s1", "x", by=amina)
    client.force_login(amina)

    page = client.get(address(application))
    assert "529 statt 1 Zeichen" in " ".join(page.text.split())
    longer_before = page.context["longer_before"]
    client.post(address(application, "s1", "restore", longer_before.pk), {"version": "2"})

    assert value_of(application, "s1") == Text(long)
    assert client.get(address(application)).context["longer_before"] is None


@pytest.mark.parametrize(("before", "after"), [("kurz", ""), ("a" * 400, "a" * 201), ("a" * 150, ""), ("", "a" * 900)])
def test_nothing_is_offered_for_a_little_less(application, amina, before, after):
    write(application, "s1", before, by=amina)
    draft = write(application, "s1", after, by=amina)
    assert draft.longer_before(timezone.now()) is None


def test_after_two_days_it_is_history(application, amina):
    write(application, "s1", "a " * 300, by=amina)
    draft = write(application, "s1", "", by=amina)
    draft.revisions.update(at=timezone.now() - timedelta(hours=49))
    assert draft.longer_before(timezone.now()) is None
