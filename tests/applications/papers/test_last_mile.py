"""The last mile: what the page of finished papers says to whom, its four steps, and mending a step entered wrongly."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Message
from applications.papers import Frozen
from applications.papers.page.way import headline
from applications.writing.models import Application
from calls.models import CallForm
from core import words
from tests.applications.papers.test_finishing import World
from tests.builders import day, log_in, make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def text(client, submission) -> str:
    page = client.get(submission.get_absolute_url())
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def press(client, submission, step: str, on: int | None = 0, name: str = "papers:step"):
    data = {} if on is None else {"on": day(on).isoformat()}
    return client.post(reverse(name, args=[submission.pk, step]), data, follow=True)


@pytest.mark.parametrize(
    ("deadline", "title", "lead"),
    [
        ((7, "postmark", ""), "Bis {day} zur Post", "Noch 7 Tage. Es zählt der Poststempel. Der Brief braucht 2 Unterschriften."),
        ((1, "postmark", ""), "Bis {day} zur Post", "Noch ein Tag. Es zählt der Poststempel."),
        ((0, "postmark", ""), "Bis {day} zur Post", "Heute ist der letzte Tag."),
        ((3, "receipt", ""), "Bis {day} muss der Brief ankommen", "Es zählt der Eingang:"),
        ((3, "", ""), "Bis {day} zur Post", "Ob der Poststempel oder der Eingang zählt, ist hier nicht eingetragen."),
        ((3, "", "Beispielverband"), "Bis {day} an „Beispielverband“", "Noch 3 Tage."),
        ((-1, "postmark", ""), "Der Einsendeschluss war am {day}", "Das war gestern. Haben Sie den Brief rechtzeitig abgegeben?"),
    ],
)  # fmt: skip
def test_headline_says_the_day_what_counts_and_how_long_it_is(world, deadline, title, lead):
    offset, counts, via = deadline
    submission = world.finish()
    frozen = replace(Frozen.from_json(submission.frozen), deadline=day(offset), deadline_counts=counts, via=via)
    shown = headline(submission, frozen, 2)
    assert shown.title == title.format(day=words.spoken_day(day(offset), weekday=True))
    assert lead in shown.lead
    assert shown.is_late is (offset < 0)


def test_headline_without_a_deadline_says_whom_to_ask(world):
    submission = world.finish()
    frozen = replace(Frozen.from_json(submission.frozen), deadline=None)
    shown = headline(submission, frozen, 0)
    assert (shown.title, "im Zweifel fragen Sie das BAMF" in shown.lead) == ("Fertig. Jetzt zur Post", True)


def test_steps_follow_each_other_and_each_says_what_to_do(world, client):
    CallForm.objects.create(call=world.application.call, label="Titelblatt 2027", url="https://example.org/titelblatt")
    submission = world.finish()
    log_in(client, world.amina)
    now = []
    for step in ("printed_on", "transferred_on", "signed_on", "posted_on"):
        page = client.get(submission.get_absolute_url()).text
        current = page[page.index('aria-current="step"') :]
        now.append(re.search(r"<h3[^>]*>([^<]+)</h3>", current).group(1).strip())
        press(client, submission, step)
    assert now == ["Ausdrucken", "Die Formulare des BAMF ausfüllen", "Unterschreiben", "Zur Post geben"]
    said = text(client, submission)
    assert "Eingereicht. Jetzt ist das BAMF dran" in said
    assert 'aria-current="step"' not in client.get(submission.get_absolute_url()).text
    assert Event.objects.filter(what="submission.printed", by=world.amina).count() == 1


def test_page_names_forms_values_signatories_and_the_envelope(world, client):
    CallForm.objects.create(call=world.application.call, label="Titelblatt 2027", url="https://example.org/titelblatt")
    submission = world.finish()
    log_in(client, world.amina)
    page = client.get(submission.get_absolute_url()).text
    said = text(client, submission)
    frozen = Frozen.from_json(submission.frozen)
    assert 'href="https://example.org/titelblatt"' in page
    for sentence in (
        "Angaben für das Titelblatt zum Kopieren",
        frozen.cover.title,
        "Amina Haddad, Vorsitz",
        "Auf den Umschlag",
        frozen.addressee.splitlines()[0],
        f"Absender: {frozen.cover.organisation or frozen.organisation}",
        "Das gehört in den Umschlag",
        "Bitte beginnen Sie noch nichts",
    ):
        assert sentence in said, sentence


def test_another_address_in_the_call_is_told_before_posting(world, client):
    submission = world.finish()
    call = world.application.call
    call.addressee = "Neues Haus\nNeuer Weg 1"
    call.save(update_fields=["addressee"])
    log_in(client, world.amina)
    assert "eine andere Anschrift" in text(client, submission)
    for step in ("transferred_on", "signed_on", "posted_on"):
        press(client, submission, step)
    assert "eine andere Anschrift" not in text(client, submission)


def test_others_read_who_finished_and_who_enters_but_enter_nothing(world, client):
    submission = world.finish()
    reader = make_user("Lea", "Vogt")
    make_member(world.team, reader, role="reader")
    for person in (world.jonas, reader, world.carla, world.doris):
        log_in(client, person)
        page, said = client.get(submission.get_absolute_url()).text, text(client, submission)
        assert f"Fertiggestellt hat es {world.amina}" in said
        assert f"Die Schritte trägt {world.amina} ein." in said
        assert ("/schritt/" in page, "/anschreiben/" in page, "/zuruecknehmen/" in page) == (False, False, False)
        assert press(client, submission, "printed_on", name="papers:undo_step").status_code == 403


def test_steps_without_a_printed_day_are_as_good(world, client):
    """Who fills in the forms without ticking the first step has printed; its day stands in no order to the others."""
    submission = world.finish()
    log_in(client, world.amina)
    press(client, submission, "transferred_on", -2)
    press(client, submission, "printed_on", -1)
    press(client, submission, "signed_on", -2)
    submission.refresh_from_db()
    assert (submission.transferred_on, submission.printed_on, submission.signed_on) == (day(-2), day(-1), day(-2))


def test_last_step_can_be_taken_out_until_the_next_stands(world, client):
    submission = world.finish()
    log_in(client, world.amina)
    for step in ("printed_on", "transferred_on", "signed_on"):
        press(client, submission, step)
    assert "nicht mehr zurücknehmen" in press(client, submission, "transferred_on", None, "papers:undo_step").text
    assert "Der Schritt ist wieder offen." in press(client, submission, "signed_on", None, "papers:undo_step").text
    submission.refresh_from_db()
    assert (submission.signed_on, submission.transferred_on) == (None, day(0))
    event = Event.objects.get(what="submission.step_undone")
    assert (event.by, event.codes) == (world.amina, {"step": "signed"})
    assert client.post(reverse("papers:undo_step", args=[submission.pk, "finished_at"])).status_code == 404


def test_posting_taken_out_tells_everybody_and_hides_it_from_the_bamf(world, client):
    submission = world.posted()
    assert log_in(client, world.emil).get(submission.get_absolute_url()).status_code == 200
    log_in(client, world.amina)
    press(client, submission, "posted_on", None, "papers:undo_step")
    told = Message.objects.filter(kind="not_posted")
    assert sorted(told.values_list("email", flat=True)) == sorted(
        Message.objects.filter(kind="posted").values_list("email", flat=True)
    )
    assert "Das war ein Versehen" in told.first().text
    assert log_in(client, world.emil).get(submission.get_absolute_url()).status_code == 404
    log_in(client, world.amina)
    press(client, submission, "posted_on")
    assert Message.objects.filter(kind="posted").count() == 2 * told.count()


def test_ended_teams_and_cohorts_are_told_what_becomes_of_the_papers(world, client):
    submission = world.finish()
    log_in(client, world.amina)
    world.cohort.cancelled_at = timezone.now()
    world.cohort.save(update_fields=["cancelled_at"])
    assert "Diese Projektschmiede ist abgesagt." in text(client, submission)
    world.team.withdrawn_at = timezone.now()
    world.team.save(update_fields=["withdrawn_at"])
    assert "nicht mehr in der Projektschmiede" in text(client, submission)


def test_day_of_printing_is_put_right_after_posting_like_the_others(world, client):
    submission = world.finish()
    submission.enter_step("printed_on", day(-2), by=world.amina)
    for step in ("transferred_on", "signed_on", "posted_on"):
        submission.enter_step(step, day(-1), by=world.amina)
    log_in(client, world.amina)
    assert reverse("papers:step", args=[submission.pk, "printed_on"]) in client.get(submission.get_absolute_url()).text
    press(client, submission, "printed_on", -1)
    submission.refresh_from_db()
    assert submission.printed_on == day(-1)


@pytest.mark.parametrize("stage", [1, 2])
def test_stage_2_speaks_of_no_printing_and_no_letter(world, client, stage):
    Application.objects.update(stage=stage)
    world.application = Application.objects.with_team().get()
    submission = world.finish()
    log_in(client, world.amina)
    assert ("Dann drucken Sie alles neu." in text(client, submission)) is (stage == 1)
    for step in ("transferred_on", "signed_on", "posted_on"):
        submission.enter_step(step, day(-1), by=world.amina)
    said = text(client, submission)
    assert ("Ein Brief, der unterwegs ist" in said, "In easy-Online ändert sich davon nichts." in said) == (
        stage == 1,
        stage == 2,
    )
    assert "lässt sich die Liste nicht mehr berichtigen" in said


def test_mail_of_finishing_and_help_name_the_steps_in_the_order_of_the_page(world, client):
    world.finish()
    mail = Message.objects.filter(kind="finished").first().text
    page = log_in(client, world.amina).get("/hilfe/zur-post/").text
    for told, order in (
        (mail, ("das Anschreiben erstellen", "ausdrucken", "in die Formulare des BAMF", "unterschreiben", "zur Post geben")),
        (page, ("erstellen Sie dort das Anschreiben", "in die Formulare des BAMF", "Lassen Sie unterschreiben", "zur Post, und heben")),
    ):  # fmt: skip
        places = [told.index(words) for words in order]
        assert places == sorted(places)
