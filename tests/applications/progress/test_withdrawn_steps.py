"""A team that has left the Projektschmiede: its people read and download, and no step or page lets them go on."""

from __future__ import annotations

import threading
from time import sleep
from unittest.mock import patch

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Message
from applications.content import Text
from applications.papers.finish_requests import ask
from applications.papers.finishing import finish
from applications.papers.models import Submission
from applications.progress.coaching_load import load_of
from applications.reviews.due import call_off_given_up, remind_of_overdue
from applications.reviews.models import Review
from applications.reviews.steps import hand_in
from applications.writing.models import Application, Attachment, Draft, NotDrafting, PlanTick
from cohorts.models import Team
from core.writes import Stale
from tests.applications.papers.test_finishing import World
from tests.applications.progress.test_withdrawn_pages import words_of
from tests.builders import day, log_in, make_coach, make_user

pytestmark = pytest.mark.django_db
GONE = "Das Team ist nicht mehr in der Projektschmiede."


@pytest.fixture
def world() -> World:
    return World()


def leave(world) -> Application:
    """The team leaves; the application that somebody has at hand is from before."""
    before = Application.objects.with_team().get()
    world.team.withdraw(by=world.doris)
    return before


def page_of(world, name: str, *more: str) -> str:
    return reverse(f"applications:{name}", args=[world.application.pk, *more])


def test_no_step_goes_on_once_the_team_has_left(world):
    before = leave(world)
    text = Text("Noch ein Satz.")
    for step in (
        lambda: Draft.objects.get(key="s1").save_content(by=world.amina, seen=1, content=text),
        lambda: hand_in(before, ["s1"], by=world.amina),
        lambda: ask(before, confirmed=True, by=world.amina),
        lambda: Attachment.objects.attach(before, by=world.amina, kind="other", upload=None, file_type="pdf"),
    ):
        with pytest.raises(NotDrafting):
            step()
    with pytest.raises(Stale):
        PlanTick.objects.tick(before, on=["sign"], off=[], by=world.amina)
    assert not PlanTick.objects.exists()
    with pytest.raises(Stale):
        finish(Application.objects.with_team().get(), by=world.amina, confirmed=True)
    assert not Review.objects.exists()
    assert not Submission.objects.exists()
    assert Application.objects.get().is_drafting


def test_a_team_that_leaves_while_its_papers_are_made_is_not_finished(world):
    made = Submission.objects.finish

    def late(*args, **values):
        Team.objects.update(withdrawn_at=timezone.now())
        return made(*args, **values)

    with patch.object(Submission.objects, "finish", late), pytest.raises(Stale):
        world.finish()
    assert not Submission.objects.exists()
    assert Application.objects.get().is_drafting


def test_papers_that_are_finished_stay_finished(world, client):
    submission = world.finish()
    leave(world)
    with pytest.raises(Stale):
        Submission.objects.get().take_back(by=world.amina)
    log_in(client, world.amina)
    assert (
        reverse("applications:take_back", args=[world.application.pk])
        not in client.get(submission.get_absolute_url()).text
    )
    answer = client.post(page_of(world, "take_back"), follow=True)
    assert GONE in answer.text
    assert Application.objects.get().is_finished


def test_pages_offer_nothing_that_the_steps_refuse(world, client):
    leave(world)
    log_in(client, world.amina)
    workspace = client.get(world.application.get_absolute_url()).text
    for name in ("hand_in", "finish", "withdraw"):
        assert page_of(world, name) not in workspace
    assert "Als Word-Datei herunterladen" in workspace
    section = client.get(page_of(world, "section", "s1"))
    assert f"{GONE} Alles lässt sich lesen" in " ".join(section.text.split())
    assert "data-autosave" not in section.text
    assert "Als Word-Datei herunterladen" in client.get(page_of(world, "word")).text
    assert 'type="file"' not in client.get(page_of(world, "attachments")).text
    assert 'name="sections"' not in client.get(page_of(world, "hand_in")).text
    checks = words_of(client, page_of(world, "checks"))
    assert GONE in checks
    assert "Der Reihe nach durchgehen" not in checks
    finish_page = client.get(page_of(world, "finish"), follow=True)
    assert GONE in finish_page.text
    assert "sobald das Vorhaben fertiggestellt ist" not in finish_page.text


def test_who_was_still_writing_keeps_the_words_and_reads_why(world, client):
    leave(world)
    log_in(client, world.amina)
    version = str(world.application.drafts.get(key="s1").version)
    typed = {"version": version, "text": "Dieser Satz bleibt."}
    refused = client.post(page_of(world, "section", "s1"), typed)
    assert (refused.status_code, GONE in refused.text, "Dieser Satz bleibt." in refused.text) == (409, True, True)
    by_itself = client.post(page_of(world, "section", "s1"), typed, headers={"Accept": "application/json"}).json()
    assert (by_itself["state"], by_itself["sentence"].startswith(GONE)) == ("closed", True)


def test_a_tick_that_comes_too_late_is_told_why(world, client):
    leave(world)
    url = reverse("applications:tick_plan", args=[world.application.pk])
    answer = log_in(client, world.amina).post(
        url, {"shown": "sign", "done": "sign"}, headers={"Accept": "application/json"}
    )
    assert answer.json() == {"state": "closed", "sentence": GONE}


def test_the_organiser_and_the_team_are_told_what_leaving_means(world, client):
    log_in(client, world.doris)
    action = {"action": "withdraw", "_selected_action": [str(world.team.pk)], "index": "0"}
    asked = client.post(reverse("admin:cohorts_team_changelist"), action, follow=True).text
    told = "nichts mehr schreiben, zur Rückmeldung abgeben oder fertigstellen"
    assert told in " ".join(asked.split())
    leave(world)
    mails = Message.objects.filter(kind="team_withdrawn")
    assert {"amina@example.org", "carla@example.org"} <= {mail.email for mail in mails}
    assert all("nicht mehr ändern, zur Rückmeldung abgeben oder fertigstellen" in mail.text for mail in mails)


def test_what_waits_for_a_coach_leaves_the_queue_soon_after_the_team(world):
    waits = hand_in(world.application, ["s1"], by=world.amina)
    taken = hand_in(world.application, ["s2"], by=world.amina)
    taken.take(by=world.carla)
    hanna = make_user("Hanna", "Otto")
    make_coach(world.cohort, hanna)
    Message.objects.filter(kind="review_asked").update(email=hanna.email, user=hanna)
    assert call_off_given_up() == 0
    leave(world)
    assert (call_off_given_up(), call_off_given_up()) == (1, 0)
    waits.refresh_from_db()
    assert waits.withdrawn_at
    assert Review.objects.get(pk=taken.pk).is_taken
    event = Event.objects.get(what="review.withdrawn")
    assert (event.by, event.codes) == (None, {"because": "team left"})
    told = Message.objects.get(kind="review_withdrawn")  # the team's own coach has the mail on the team
    assert told.email == hanna.email
    assert "ist nicht mehr in der Projektschmiede" in told.text
    assert "- Kurzbeschreibung" in told.text
    assert "Gibt das Team wieder ab" not in told.text
    assert "noch wartet, muss niemand mehr lesen" in Message.objects.filter(kind="team_withdrawn")[0].text


def test_nobody_is_reminded_of_a_team_that_has_left(world):
    hand_in(world.application, ["s1"], by=world.amina).take(by=world.carla)
    Review.objects.update(promised_until=day(-1))
    leave(world)
    assert remind_of_overdue(timezone.now()) == 0
    Team.objects.update(withdrawn_at=None)
    assert remind_of_overdue(timezone.now()) == 1


def test_what_is_read_already_is_not_late_and_can_be_given_back(world, client):
    review = hand_in(world.application, ["s1"], by=world.amina)
    review.take(by=world.carla)
    Review.objects.update(promised_until=day(-1))
    log_in(client, world.carla)
    assert "überfällig" in client.get(reverse("reviews:queue")).text
    assert load_of(world.cohort, timezone.now()).overdue == 1
    leave(world)
    assert load_of(world.cohort, timezone.now()).waiting == 0
    for page in (client.get(reverse("reviews:queue")).text, client.get(review.get_absolute_url()).text):
        assert "überfällig" not in page
        assert "zugesagt bis" not in page
    assert f"nicht eilig: {GONE}" in client.get(reverse("reviews:queue")).text
    review = Review.objects.get()
    review.give_back(by=world.carla, verdicts={item.pk: "accepted" for item in review.items.all()})
    assert Review.objects.get().finished_at


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_leaving_and_handing_in_at_once_leave_nothing_that_waits(at_once):
    world = World()
    for _round in range(4):
        Team.objects.update(withdrawn_at=None)
        Review.objects.all().delete()
        before, team = Application.objects.with_team().get(), Team.objects.get()

        def press(before=before) -> str:
            try:
                hand_in(before, ["s1"], by=world.amina)
            except NotDrafting:
                return "refused"
            return "handed in"

        [pressed, _left] = at_once(press, lambda team=team: team.withdraw(by=world.doris))
        assert Team.objects.get().withdrawn_at
        assert Review.objects.untaken().count() == (pressed == "handed in")
        assert call_off_given_up() == (pressed == "handed in")
        assert not Review.objects.untaken().exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_save_that_waited_while_the_team_left_is_refused(at_once):
    world = World()
    application = Application.objects.with_team().get()
    is_held = threading.Event()

    def leave_meanwhile() -> None:
        with transaction.atomic():
            Application.objects.select_for_update().get(pk=application.pk)
            is_held.set()
            sleep(0.5)  # the save waits for the row by now
            world.team.withdraw(by=world.doris)

    def save() -> None:
        is_held.wait(timeout=30)
        Draft.objects.get(key="s1").save_content(by=world.amina, seen=1, content=Text("Noch ein Satz."))

    [_left, saved] = at_once(leave_meanwhile, save)
    assert isinstance(saved, NotDrafting)
