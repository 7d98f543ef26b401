"""An outcome that was entered by mistake is taken out again by who may enter one, unless there are papers of stage 2."""

from __future__ import annotations

import re

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Message
from applications.content import Attachments, Item
from applications.papers.models import EnclosureList, Outcome
from applications.papers.models.outcome import InStageTwo, StageTwoFinished
from applications.reviews.models import Review
from applications.writing.models import Application, Attachment
from core.writes import Stale
from tests.applications.papers.test_finishing import World
from tests.builders import day, log_in, make_member, make_user, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def entered(world, kind: str = "invited", **fields) -> Outcome:
    return Outcome.objects.enter(world.posted(), kind, day(), by=world.amina, **fields)


def now(world) -> tuple[int, str, int]:
    application = Application.objects.get(pk=world.application.pk)
    return application.stage, application.status, Outcome.objects.count()


def page_of(outcome) -> str:
    return reverse("papers:outcome", args=[outcome.submission.pk])


def button_of(client, outcome) -> dict[str, str]:
    """What the button of the page sends, by its name and value."""
    page = client.get(page_of(outcome)).text
    form = page.partition(f'action="{address(outcome)}"')[2].partition("</form>")[0]
    return dict(re.findall(r'<button[^>]* name="(\w+)" value="([^"]+)"', form))


def address(outcome) -> str:
    return reverse("papers:remove_outcome", args=[outcome.submission.pk])


def press(client, outcome):
    return client.post(address(outcome), button_of(client, outcome), follow=True)


def upload(world, name: str = "satzung.pdf") -> Attachment:
    file = ContentFile(b"%PDF-1.4", name=name)
    application = Application.objects.get(pk=world.application.pk)
    return Attachment.objects.attach(application, by=world.amina, kind="register_extract", upload=file, file_type="pdf")


def given_back(world) -> Review:
    review = Review.objects.create(application=world.application, asked_by=world.amina)
    now = timezone.now()
    Review.objects.filter(pk=review.pk).update(coach=world.carla, taken_at=now, finished_at=now)
    return review


@pytest.mark.parametrize("person", ["amina", "doris"])
def test_an_invitation_by_mistake_is_removed_and_stage_two_closed(world, client, person):
    outcome = entered(world)
    assert now(world) == (2, "drafting", 1)
    log_in(client, getattr(world, person))
    text = client.get(page_of(outcome)).text
    assert "Die zweite Stufe wird wieder geschlossen; dort ist noch nichts geändert." in text
    assert "Eine Nachricht, dass es ein Versehen war, bekommen: " in text

    answer = press(client, outcome)

    assert "Das Ergebnis ist zurückgenommen." in answer.text
    assert "Ergebnis eintragen" in answer.text
    assert now(world) == (1, "finished", 0)
    event = Event.objects.get(what="submission.outcome_removed")
    assert (event.by, event.codes) == (getattr(world, person), {"kind": "invited"})
    told = Message.objects.filter(kind="outcome_removed")
    assert {message.subject[:23] for message in told} == {"Doch noch kein Ergebnis"}
    for said in (
        "das Ergebnis der Interessenbekundung (Stufe 1) zum Vorhaben",
        "zurückgenommen. Dort stand: zum Antrag eingeladen.",
    ):
        assert all(said in message.text for message in told)
    assert all("Die zweite Stufe ist damit wieder geschlossen." in message.text for message in told)


@pytest.mark.parametrize("kind", ["declined", "invited"])
def test_it_can_be_entered_anew_and_everybody_is_told_again(world, kind):
    outcome = entered(world, kind)
    outcome.remove(by=world.amina, seen=outcome.mark)
    before = Message.objects.filter(kind="outcome").count()
    Outcome.objects.enter(outcome.submission, kind, day(), by=world.amina)
    assert Message.objects.filter(kind="outcome").count() == 2 * before
    assert now(world) == ((2, "drafting", 1) if kind == "invited" else (1, "finished", 1))


HELD = {
    "is written": (
        lambda world: write(world.application, "s1", "Für den Antrag genauer.", by=world.amina),
        "In der zweiten Stufe ist schon geschrieben: „Kurzbeschreibung“.",
    ),
    "waits for a coach": (
        lambda world: Review.objects.create(application=world.application, asked_by=world.amina),
        "In der zweiten Stufe ist schon etwas zur Rückmeldung abgegeben.",
    ),
    "is given back": (given_back, "In der zweiten Stufe ist schon etwas zur Rückmeldung abgegeben."),
    "is uploaded": (upload, "In der zweiten Stufe sind schon Dateien hochgeladen: „satzung.pdf“."),
}


@pytest.mark.parametrize("held", HELD)
def test_what_there_is_in_stage_two_is_named_before_it_is_closed(world, client, held):
    put, sentence = HELD[held]
    outcome = entered(world)
    put(world)
    log_in(client, world.amina)
    text = client.get(page_of(outcome)).text
    closing = f"{sentence} Die zweite Stufe wird wieder geschlossen. Was dort steht, bleibt erhalten,"
    assert (closing in text, "dort ist noch nichts geändert" in text) == (True, False)
    asked = client.post(page_of(outcome), {"kind": "declined", "on": day().isoformat()}).text
    assert ("Sie nehmen die Einladung zum Antrag zurück" in asked, asked.count(sentence)) == (True, 2)
    assert now(world) == (2, "drafting", 1)
    press(client, outcome)
    assert now(world) == (1, "finished", 0)


def test_an_empty_stage_two_is_asked_about_too_with_who_is_told_and_the_way_back(world, client):
    outcome = entered(world)
    log_in(client, world.amina)
    asked = client.post(page_of(outcome), {"kind": "declined", "on": day().isoformat()}).text
    for said in (
        "Sie nehmen die Einladung zum Antrag zurück",
        "dort ist noch nichts geändert. Wird „zum Antrag eingeladen“ wieder eingetragen, öffnet sich die zweite Stufe wieder.",
        "dass das Ergebnis berichtigt ist, bekommen: Jonas Petersen, Carla Weber, Doris Lang und Sie selbst.",
    ):
        assert said in asked
    assert now(world) == (2, "drafting", 1)
    client.post(page_of(outcome), {"kind": "declined", "on": day().isoformat(), "sure": "yes"})
    assert now(world) == (1, "finished", 1)
    asked = client.post(page_of(outcome), {"kind": "invited", "on": day().isoformat()})
    assert asked.status_code == 302


def test_two_people_of_one_name_are_both_told_and_counted(world, client):
    outcome = entered(world)
    jonas = make_user("Jonas", "Petersen", email="jonas.p@example.org")
    make_member(world.team, jonas, "reader")
    asked = log_in(client, world.amina).post(page_of(outcome), {"kind": "declined", "on": day().isoformat()}).text
    assert "bekommen: Jonas Petersen (zwei Personen), Carla Weber, Doris Lang und Sie selbst." in asked


def test_what_was_written_in_stage_two_comes_back_with_the_next_invitation(world):
    outcome = entered(world)
    write(world.application, "s1", "Für den Antrag genauer.", by=world.amina)
    outcome.remove(by=world.amina, seen=outcome.mark)
    Outcome.objects.enter(outcome.submission, "invited", day(), by=world.amina)
    assert now(world) == (2, "drafting", 1)
    assert world.application.drafts.get(key="s1").value.text == "Für den Antrag genauer."


def test_what_is_of_stage_one_or_was_taken_back_is_not_named(world, client):
    """A coach still reads what was handed in for stage 1, and its files stay as they are."""
    Review.objects.create(application=world.application, asked_by=world.amina)
    upload(world)
    outcome = entered(world)
    Review.objects.create(application=world.application, asked_by=world.amina).withdraw(by=world.amina)
    upload(world).detach(by=world.amina)
    assert "dort ist noch nichts geändert" in log_in(client, world.amina).get(page_of(outcome)).text


def test_papers_of_stage_two_keep_it(world, client):
    outcome = entered(world)
    world.application = Application.objects.get(pk=world.application.pk)
    world.finish()
    kept = "Das Ergebnis lässt sich nicht zurücknehmen: In der zweiten Stufe gibt es schon fertige Unterlagen."
    text = log_in(client, world.amina).get(page_of(outcome)).text
    assert (f"{kept} Ändern können Sie es aber." in text, "Ja, zurücknehmen" in text) == (True, False)
    assert kept in client.post(address(outcome), {"seen": outcome.mark}, follow=True).text
    with pytest.raises(StageTwoFinished):
        outcome.remove(by=world.amina, seen=outcome.mark)


def test_a_list_of_attachments_that_the_portal_wrote_back_is_no_text(world):
    submission = world.finish()
    listed = Attachments((Item(id="register_extract", state="follows"),))
    EnclosureList.objects.correct(submission, listed, seen=0, by=world.amina)
    for step in ("transferred_on", "signed_on", "posted_on"):
        submission.enter_step(step, day(-1), by=world.amina)
    Outcome.objects.enter(submission, "invited", day(), by=world.amina)
    assert world.application.drafts.get(key="s15").value == listed
    assert not InStageTwo.of(submission, Application.objects.get(pk=world.application.pk)).is_begun


MEANWHILE = "Inzwischen hat sich etwas geändert. Bitte sehen Sie noch einmal hin."


def test_an_outcome_that_was_corrected_meanwhile_stays(world, client):
    outcome = entered(world, "declined")
    shown = button_of(log_in(client, world.amina), outcome)
    Outcome.objects.enter(outcome.submission, "declined", day(-1), by=world.doris)
    with pytest.raises(Stale):
        outcome.remove(by=world.amina, seen=outcome.mark)
    assert MEANWHILE in client.post(address(outcome), shown, follow=True).text
    assert Outcome.objects.get().on == day(-1)
    Outcome.objects.all().delete()
    assert "Das Ergebnis ist schon zurückgenommen." in client.post(address(outcome), shown, follow=True).text


def test_an_answer_given_meanwhile_is_not_lost_unasked(world, client):
    outcome = entered(world, "granted")
    shown = button_of(log_in(client, world.amina), outcome)
    outcome.answer_example("yes", by=world.amina)
    assert MEANWHILE in client.post(address(outcome), shown, follow=True).text
    assert Outcome.objects.get().example == "yes"


def test_a_grant_goes_with_its_amount_and_answer(world, client):
    outcome = entered(world, "granted", amount_cents=100)
    outcome.answer_example("yes", by=world.amina)
    assert (
        "als Beispiel kennenlernen dürfen, geht dabei verloren"
        in log_in(client, world.amina).get(page_of(outcome)).text
    )
    press(client, outcome)
    assert (Outcome.objects.count(), Outcome.objects.filter(example="yes").count()) == (0, 0)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_removing_and_correcting_at_once_lose_no_correction(at_once):
    world = World()
    submission = world.posted()
    for _round in range(8):
        outcome = Outcome.objects.enter(submission, "declined", day(), by=world.amina)

        def remove(outcome=outcome) -> str:
            try:
                outcome.remove(by=world.amina, seen=outcome.mark)
            except Stale:
                return "told"
            return "removed"

        [removed, corrected] = at_once(
            remove, lambda: Outcome.objects.enter(submission, "declined", day(-1), by=world.doris)
        )
        assert isinstance(corrected, Outcome)
        assert removed in {"told", "removed"}
        assert Outcome.objects.get().on == day(-1)  # corrected, or entered anew
        Outcome.objects.all().delete()


def shown_mark(client, outcome) -> str:
    found = re.search(r'type="hidden" name="seen" value="([^"]*)"', client.get(page_of(outcome)).text)
    assert found
    return found[1]


@pytest.mark.parametrize("change", ["removed", "corrected"])
def test_an_outcome_from_an_old_page_is_entered_once_its_sender_knows_what_happened(world, client, change):
    outcome = entered(world)
    log_in(client, world.doris)
    old = shown_mark(client, outcome)
    if change == "removed":
        outcome.remove(by=world.amina, seen=outcome.mark)
        says = "Inzwischen hat jemand das Ergebnis zurückgenommen."
    else:
        Outcome.objects.enter(outcome.submission, "declined", day(), by=world.amina)
        says = "Jetzt steht dort: abgelehnt, mit Schreiben vom"
    before = now(world)
    sent = {"kind": "invited", "on": day().isoformat(), "seen": old}
    answer = client.post(page_of(outcome), sent)
    assert (answer.status_code, says in answer.text, now(world)) == (422, True, before)
    again = client.post(page_of(outcome), sent | {"seen": shown_mark(client, outcome)})
    assert (again.status_code, now(world)) == (302, (2, "drafting", 1))


def test_what_is_sent_twice_is_entered_once(world, client):
    submission = world.posted()
    log_in(client, world.amina)
    sent = {"kind": "invited", "on": day().isoformat(), "seen": ""}
    page = reverse("papers:outcome", args=[submission.pk])
    assert [client.post(page, sent).status_code for _time in range(2)] == [302, 302]
    assert Event.objects.filter(what="submission.outcome").count() == 1
