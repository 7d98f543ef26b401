"""When each mail leaves, before and after a step: at once, or after some minutes, and where it can be stopped until then."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from accounts.models import Message
from cohorts.models import TeamMember
from tests.builders import log_in, make_cohort, make_organiser, make_team, make_user, make_workshop
from tests.cohorts.test_admin import act
from tests.forms import agree
from tests.workshops.test_waiting_mails import page_of
from workshops.models import Workshop

AT_ONCE = "Geht sofort hinaus."
ON_ITS_PAGE = "Wartet fünf Minuten. Bis dahin können Sie sie bei „2 · Bedarf“ anhalten oder sofort senden."


@pytest.fixture
def world(db):
    class World:
        doris = make_user("Doris")
        organiser = make_organiser(doris)

        def __init__(self):
            self.cohort = make_cohort(self.organiser, title="Harz")
            self.team = make_team(self.cohort, make_user("Amina"), make_user("Jonas"))
            self.workshop = self.make(2, "Bedarf")

        def make(self, number, title, cohort=None):
            begins_at = timezone.now() + timedelta(days=9 + number)
            return make_workshop(cohort or self.cohort, number, begins_at=begins_at, title=title)

    return World()


@pytest.fixture
def doris(client, world):
    return log_in(client, world.doris)


def shown(page):
    """What the page says beside each letter."""
    said = re.findall(r'<p class="letter-when">(.*?)</p>', page.text, re.DOTALL)
    return [" ".join(words.split()) for words in said]


def link_to_stop(page):
    """The address that a message of the page offers to stop mails, with what stands before it."""
    [said] = [str(message) for message in page.context["messages"] if "Ansehen, anhalten" in str(message)]
    return re.fullmatch(r'(.*?) <a href="(.*?)">Ansehen, anhalten oder sofort senden</a>', said).groups()


def test_a_mail_about_dates_says_that_it_waits_and_where_it_can_be_stopped(doris, world):
    page = act(doris, Workshop, "cancel", world.workshop, on_form=True)

    assert shown(page) == [ON_ITS_PAGE]


def test_a_mail_about_one_person_says_that_it_leaves_at_once(doris, world):
    page = act(doris, TeamMember, "leave", world.team.members.get(first_name="Jonas"), on_form=True)

    assert shown(page) == [AT_ONCE]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, AT_ONCE), (1, ON_ITS_PAGE.replace("fünf Minuten", "eine Minute")), (20, ON_ITS_PAGE.replace("fünf", "20"))],
)
def test_the_page_says_the_minutes_that_are_set(doris, world, settings, minutes, said):
    settings.MAILS_WAIT = timedelta(minutes=minutes)

    assert shown(act(doris, Workshop, "cancel", world.workshop, on_form=True)) == [said]


def test_the_message_after_it_leads_to_the_page_that_stops_them(doris, world):
    page = act(doris, Workshop, "cancel", world.workshop, on_form=True, form={})

    clock = timezone.localtime(Message.objects.first().not_before)
    said, url = link_to_stop(page)
    assert said == f"2 E-Mails warten bis {clock.hour}:{clock.minute:02} Uhr."
    assert url == page_of(world.workshop) + "#waiting-mails"
    assert len(doris.get(url).context["waiting_mails"]) == 1
    assert 'id="waiting-mails"' in doris.get(url).text


@zeal_ignore()
def test_several_workshops_are_stopped_on_the_page_of_their_cohort(doris, world):
    page = act(doris, Workshop, "cancel", world.workshop, world.make(3, "Ideen"))
    assert shown(page) == [ON_ITS_PAGE.replace("2 · Bedarf", "Harz")] * 2

    page = act(doris, Workshop, "cancel", *Workshop.objects.all(), form={})

    said, url = link_to_stop(page)
    assert (said.startswith("4 E-Mails warten bis "), url) == (True, page_of(world.cohort) + "#waiting-mails")
    assert len(doris.get(url).context["waiting_mails"]) == 2


@zeal_ignore()
def test_those_of_several_cohorts_are_stopped_in_the_list_of_mails(doris, world):
    other = make_cohort(world.organiser, title="Altmark")
    make_team(other, make_user("Bilal"))
    page = act(doris, Workshop, "cancel", world.workshop, world.make(2, "Bedarf", other))
    assert shown(page) == [ON_ITS_PAGE.replace("bei „2 · Bedarf“", "unter „Nachrichten“")] * 2

    page = act(doris, Workshop, "cancel", *Workshop.objects.all(), form={})

    _said, url = link_to_stop(page)
    assert url == reverse("admin:accounts_message_changelist") + "?stand=wartet"
    assert doris.get(url).context["cl"].result_count == 3


def test_mails_about_a_workshop_that_is_deleted_are_stopped_on_the_page_of_its_cohort(doris, world):
    page = doris.post(page_of(world.workshop, "delete"), {"post": "yes"}, follow=True)
    assert shown(page) == [ON_ITS_PAGE.replace("2 · Bedarf", "Harz")]

    page = agree(doris, page)

    assert not Workshop.objects.exists()
    said, url = link_to_stop(page)
    assert (said.startswith("2 E-Mails warten bis "), url) == (True, page_of(world.cohort) + "#waiting-mails")
    [waiting] = doris.get(url).context["waiting_mails"]
    sent = {"step": "stop", "topic": waiting.topic, "until": waiting.stamp, "_asked": "1"}
    doris.post(page_of(world.cohort, "mails"), sent)
    assert Message.objects.exclude(withheld_at=None).count() == 2


def test_what_leaves_at_once_offers_no_page_to_stop_it(doris, world, settings):
    settings.MAILS_WAIT = timedelta()

    page = act(doris, Workshop, "cancel", world.workshop, on_form=True, form={})

    assert "Der Workshop ist abgesagt." in page.text
    assert "Ansehen, anhalten" not in page.text
