"""Finishing by a worker: its progress, every end it can have, and the page that does it where no worker comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.tasks import task_backends
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Event, LastRun, Message
from applications.papers import PapersUnavailable, Pdf
from applications.papers.finish_requests import carry_out, carry_out_left_behind
from applications.papers.models import FinishRequest, Submission
from applications.papers.tasks import carry_out_request
from applications.reviews.steps import withdraw
from applications.writing.models import Application
from core.writes import Stale
from tests.applications.papers.test_finishing import PAPER, World
from tests.builders import log_in, write

pytestmark = pytest.mark.django_db
AGAIN = "Zurück zum Fertigstellen"


@pytest.fixture
def world(client) -> World:
    world = World()
    log_in(client, world.amina)
    world.finish_page = reverse("applications:finish", args=[world.application.pk])
    world.progress_page = reverse("applications:finish_progress", args=[world.application.pk])
    return world


@pytest.fixture
def worker(settings):
    """A worker is there; it does what was left to it when the test says so, and returns how many tasks that were."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.TASKS_BY_WORKERS = True
    assert task_backends["default"].supports_get_result
    LastRun.note_worker()

    def work():
        waiting = list(DBTaskResult.objects.ready().filter(task_path__endswith="carry_out_request"))
        for result in waiting:
            carry_out_request.call(*result.args_kwargs["args"])
        DBTaskResult.objects.all().delete()
        return len(waiting)

    return work


@pytest.fixture
def printer(monkeypatch):
    """Make papers at once; `during` is called while they are made, with how many there are."""

    class Printer:
        made = 0
        during = staticmethod(lambda number: None)

    def make_papers(frozen, receipt, sketch, tell):
        Printer.made += 1
        for number in (1, 2, 3, 4):
            tell(number)
            Printer.during(number)
        return PAPER

    monkeypatch.setattr("applications.papers.finishing.make_sketch", lambda frozen: Pdf(b"%PDF", 3))
    monkeypatch.setattr("applications.papers.finishing.make_papers", make_papers)
    return Printer


def press(client, world, **data):
    return client.post(world.finish_page, data)


def text(client, address):
    return " ".join(client.get(address).text.split())


def told(person):
    return Message.objects.get(kind="not_finished", email=person.email)


def let_pass(**duration):
    """Let time pass for the request: all its times move into the past."""
    request = FinishRequest.objects.get()
    times = {name: getattr(request, name) for name in ("asked_at", "begun_at", "moved_at")}
    FinishRequest.objects.update(**{name: at and at - timedelta(**duration) for name, at in times.items()})


def ending():
    return FinishRequest.objects.values_list("ending", flat=True).get()


def test_worker_finishes_and_the_page_shows_how_far_it_is(world, client, worker, printer):
    assert press(client, world).url == world.progress_page
    assert Submission.objects.count() == 0
    page = client.get(world.progress_page).text
    assert "0 von 4 sind da." in " ".join(page.split())
    assert "Bitte drücken Sie auf „Jetzt nachsehen“" in page.partition("<noscript>")[2].partition("</noscript>")[0]
    seen = []
    printer.during = lambda number: seen.append(f"{number} von 4 " in text(client, world.progress_page))

    assert worker() == 1

    submission = Submission.objects.get()
    done = client.get(world.progress_page).text
    assert seen == [True] * 4
    assert (ending(), submission.finished_by, printer.made) == ("done", world.amina, 1)
    assert "Fertiggestellt. Ihre Unterlagen sind da." in done
    assert f'href="{submission.get_absolute_url()}"' in done
    assert "Jetzt nachsehen" not in done
    assert Event.objects.filter(what="application.finished", by=world.amina).count() == 1


def test_task_holds_nothing_but_an_identifier_and_comes_before_others(world, client, worker):
    press(client, world)
    result = DBTaskResult.objects.get()
    assert result.priority > 0
    assert result.args_kwargs == {"args": [str(FinishRequest.objects.get().pk)], "kwargs": {}}


@pytest.mark.usefixtures("worker", "printer")
@pytest.mark.parametrize("workers", ["none", "gone"])
def test_without_a_worker_it_is_finished_at_once(world, client, settings, workers):
    if workers == "none":
        settings.TASKS_BY_WORKERS = False
    LastRun.objects.update(at=timezone.now() - timedelta(minutes=6))
    assert press(client, world).url == Submission.objects.get().get_absolute_url()
    assert (FinishRequest.objects.count(), DBTaskResult.objects.count()) == (0, 0)


def test_page_does_it_where_no_worker_begins(world, client, worker, printer):
    press(client, world)
    assert "0 von 4" in text(client, world.progress_page)
    assert Submission.objects.count() == 0
    let_pass(seconds=21)

    assert "Fertiggestellt. Ihre Unterlagen sind da." in text(client, world.progress_page)

    assert (Submission.objects.count(), ending()) == (1, "done")
    assert (worker(), Submission.objects.count(), printer.made) == (1, 1, 1)


def test_page_leaves_alone_what_a_worker_is_doing(world, client, worker, printer):
    press(client, world)
    let_pass(seconds=21)
    seen = []
    printer.during = lambda number: seen.append(text(client, world.progress_page).count(" von 4 "))
    worker()
    assert (seen, printer.made, Submission.objects.count()) == ([1, 1, 1, 1], 1, 1)


def test_what_was_begun_and_left_behind_is_taken_over(world, client, worker, printer):
    """A worker that was killed; the one who was slow and not dead changes nothing any more."""
    press(client, world)
    gone = FinishRequest.objects.get()
    gone.claim()
    gone.move(2)
    let_pass(minutes=2)
    assert "2 von 4" in text(client, world.progress_page)
    let_pass(minutes=2)
    assert "Fertiggestellt." in text(client, world.progress_page)
    gone.move(3)
    gone.end("unavailable")
    assert (ending(), FinishRequest.objects.get().papers) == ("done", 4)


def test_page_says_when_it_takes_longer_than_usual(world, client, worker):
    press(client, world)
    FinishRequest.objects.get().claim()
    assert "data-progress-long hidden" in text(client, world.progress_page)
    let_pass(seconds=40)
    assert "data-progress-long >" in text(client, world.progress_page)


def test_claim_is_for_one_alone(world, client, worker):
    press(client, world)
    first, second = FinishRequest.objects.get(), FinishRequest.objects.get()
    first.claim()
    with pytest.raises(Stale):
        second.claim()


def test_pressing_twice_makes_one(world, client, worker, printer):
    for _press in range(3):
        assert press(client, world).url == world.progress_page
    assert client.get(world.finish_page).url == world.progress_page
    assert (worker(), Submission.objects.count(), printer.made) == (3, 1, 1)
    assert press(client, world).url == reverse("applications:papers", args=[world.application.pk])


def test_pressing_too_late_says_what_has_happened(world, client, worker, printer):
    press(client, world)
    worker()
    page = " ".join(client.post(world.finish_page, follow=True).text.split())
    assert "Das Vorhaben ist schon fertiggestellt. Hier sind die Unterlagen." in page
    Submission.objects.get().take_back(by=world.amina)
    withdraw(Application.objects.get(), by=world.amina)
    page = " ".join(client.post(world.finish_page, follow=True).text.split())
    assert "Das Vorhaben ist zurückgezogen. Es wird nichts fertiggestellt." in page


def test_pressing_while_it_is_done_changes_nothing(world, client, worker, printer):
    press(client, world)
    printer.during = lambda number: press(client, world)
    worker()
    assert (Submission.objects.count(), printer.made, ending()) == (1, 1, "done")


def test_what_blocks_and_what_nobody_confirmed_is_said_at_once(world, client, worker):
    write(world.application, "s3", "Ohne Zahl.", by=world.amina)
    assert press(client, world).url == world.finish_page
    assert "Bitte bestätigen Sie" in text(client, world.finish_page)
    write(world.application, "s13", "", by=world.amina)
    assert press(client, world, confirmed="yes").url == world.finish_page
    assert "Es fehlt noch etwas. Bitte ergänzen Sie es zuerst." in text(client, world.finish_page)
    assert (FinishRequest.objects.count(), DBTaskResult.objects.count()) == (0, 0)


def test_what_was_written_after_pressing_is_not_frozen(world, client, worker, printer):
    press(client, world)
    write(world.application, "s1", "Noch schnell ein Satz.", by=world.jonas)
    worker()
    assert (ending(), Submission.objects.count(), printer.made) == ("changed", 0, 0)
    page = text(client, world.progress_page)
    assert "Ihr Vorhaben ist noch nicht fertiggestellt" in page
    assert "Gerade hat noch jemand etwas geändert." in page
    assert AGAIN in page
    assert client.get(world.finish_page).status_code == 200
    press(client, world)
    worker()
    assert (ending(), Submission.objects.count()) == ("done", 1)


def test_what_was_written_while_the_papers_are_made_is_not_frozen(world, client, worker, printer):
    press(client, world)
    printer.during = lambda number: number == 2 and write(world.application, "s1", "Neu.", by=world.jonas)
    worker()
    assert (ending(), Submission.objects.count(), Application.objects.get().status) == ("changed", 0, "drafting")


def test_too_many_pages_are_said_and_shown(world, client, worker, printer, monkeypatch):
    monkeypatch.setattr("applications.papers.finishing.make_sketch", lambda frozen: Pdf(b"%PDF", 99))
    press(client, world)
    worker()
    assert (ending(), Submission.objects.count(), Application.objects.get().pages) == ("blocked", 0, 99)
    assert "Es fehlt noch etwas. Bitte ergänzen Sie es zuerst." in text(client, world.progress_page)
    assert "99 Seiten" in text(client, world.finish_page)


def test_warning_that_appears_while_printing_is_asked(world, client, worker, printer, monkeypatch):
    press(client, world)
    monkeypatch.setattr("applications.papers.finishing.to_confirm", lambda findings: [object()])
    worker()
    assert ending() == "unconfirmed"
    assert "Bitte bestätigen Sie" in text(client, world.progress_page)


def test_papers_that_cannot_be_made_are_said(world, client, worker, printer, monkeypatch):
    def fail(_frozen):
        raise PapersUnavailable("Es hat zu lange gedauert, die Unterlagen zu machen.")

    press(client, world)
    monkeypatch.setattr("applications.papers.finishing.make_sketch", fail)
    worker()
    page = text(client, world.progress_page)
    assert (ending(), Application.objects.get().status) == ("unavailable", "drafting")
    assert ("Es hat zu lange gedauert" in page, AGAIN in page) == (True, True)


@pytest.mark.usefixtures("printer")
def test_fault_of_ours_is_logged_and_said(world, client, worker, monkeypatch, caplog):
    def fail(_frozen):
        raise RuntimeError

    press(client, world)
    monkeypatch.setattr("applications.papers.finishing.make_sketch", fail)
    worker()
    logged = [record.getMessage() for record in caplog.records if record.name == "portal.papers"]
    assert (ending(), logged) == ("unavailable", ["finishing broke off"])
    assert "Die Unterlagen konnten gerade nicht gemacht werden." in text(client, world.progress_page)


def test_outage_is_left_to_who_comes_next(world, client, worker, printer, monkeypatch):
    def fail(_frozen):
        raise OperationalError

    press(client, world)
    with monkeypatch.context() as patch:
        patch.setattr("applications.papers.finishing.make_sketch", fail)
        with pytest.raises(OperationalError):
            carry_out(FinishRequest.objects.get())
    assert FinishRequest.objects.get().is_being_done
    let_pass(minutes=4)
    assert "Fertiggestellt." in text(client, world.progress_page)


def test_timer_does_what_was_left_behind_though_nobody_looks(world, client, worker, printer, monkeypatch):
    press(client, world)
    assert carry_out_left_behind() == 0  # the worker may still come
    with monkeypatch.context() as patch:
        patch.setattr(
            "applications.papers.finishing.make_sketch", lambda _frozen: (_ for _ in ()).throw(OperationalError)
        )
        with pytest.raises(OperationalError):
            worker()
    assert (worker(), carry_out_left_behind(), Submission.objects.count()) == (1, 0, 0)
    let_pass(minutes=4)

    call_command("run_due")

    assert (ending(), Submission.objects.get().finished_by) == ("done", world.amina)
    assert LastRun.objects.get(name="Liegengebliebenes Fertigstellen nachholen").note == "1 nachgeholt oder beendet"


def test_what_nobody_did_within_an_hour_ends_and_is_told(world, client, worker, printer):
    press(client, world)
    let_pass(hours=2)
    assert (carry_out_left_behind(), carry_out_left_behind()) == (1, 0)
    assert (ending(), Submission.objects.count()) == ("unavailable", 0)
    assert "konnten gerade nicht gemacht werden" in text(client, world.finish_page)
    assert told(world.amina).subject.startswith("Noch nicht fertiggestellt: ")


def test_who_has_left_the_page_hears_that_it_was_not_finished(world, client, worker, printer):
    press(client, world)
    write(world.application, "s1", "Noch schnell ein Satz.", by=world.jonas)
    worker()

    mail = told(world.amina)
    assert (mail.kind, mail.link) == ("not_finished", world.finish_page)
    assert "Gerade hat noch jemand etwas geändert." in mail.text
    assert not Message.objects.filter(kind="not_finished").exclude(email=world.amina.email).exists()
    assert "Gerade hat noch jemand etwas geändert." in text(client, world.finish_page)
    press(client, world)
    worker()
    Submission.objects.get().take_back(by=world.amina)
    assert "Gerade hat noch jemand etwas geändert." not in text(client, world.finish_page)
    assert Message.objects.filter(kind="not_finished").count() == 1


def test_worker_with_an_older_row_does_not_take_a_newer_request(world, client, worker, printer):
    press(client, world)
    older = FinishRequest.objects.get()
    write(world.application, "s1", "Noch schnell ein Satz.", by=world.jonas)
    press(client, world)
    with pytest.raises(Stale):
        older.claim()
    worker()
    assert ending() == "done"


def test_owner_who_handed_over_meanwhile_finishes_nothing(world, client, worker, printer):
    press(client, world)
    jonas = world.team.members.get(user=world.jonas)
    world.team.members.filter(user=world.amina).update(role="writer")
    world.team.members.filter(pk=jonas.pk).update(role="owner")
    worker()
    assert (ending(), Submission.objects.count()) == ("forbidden", 0)
    assert client.get(world.progress_page).status_code == 403
    client.force_login(world.jonas)
    assert "Bitte stellen Sie selbst fertig." in text(client, world.progress_page)
    press(client, world)
    worker()
    assert Submission.objects.get().finished_by == world.jonas


def test_person_who_was_erased_or_locked_out_finishes_nothing(world, client, worker, printer):
    for change in ({"by": None}, {"by": world.amina}):
        press(client, world)
        FinishRequest.objects.update(**change)
        type(world.amina).objects.update(is_active=change["by"] is None)
        carry_out(FinishRequest.objects.get())
        type(world.amina).objects.update(is_active=True)
        assert (ending(), Submission.objects.count()) == ("forbidden", 0)


def test_application_that_was_withdrawn_is_not_finished(world, client, worker, printer):
    press(client, world)
    withdraw(world.application, by=world.amina)
    worker()
    assert (ending(), Submission.objects.count()) == ("over", 0)
    page = text(client, world.progress_page)
    assert "Das Vorhaben ist zurückgezogen. Es wird nichts fertiggestellt." in page
    assert AGAIN not in page


def test_taking_back_does_not_finish_again(world, client, worker, printer):
    """Also where the request was still waiting when it was finished another way."""
    press(client, world)
    LastRun.objects.all().delete()
    press(client, world)
    Submission.objects.get().take_back(by=world.amina)
    let_pass(seconds=21)
    assert client.get(world.progress_page).url == world.finish_page
    assert client.get(world.finish_page).status_code == 200
    assert (worker(), Submission.objects.count(), printer.made) == (1, 1, 1)


def test_request_that_nobody_carried_out_for_an_hour_is_over(world, client, worker, printer):
    press(client, world)
    let_pass(minutes=61)
    assert client.get(world.progress_page).url == world.finish_page
    assert client.get(world.finish_page).status_code == 200
    assert (worker(), Submission.objects.count()) == (1, 0)
    press(client, world)
    worker()
    assert Submission.objects.count() == 1


def test_looking_again_costs_few_queries(world, client, worker, django_assert_num_queries):
    """The page asks every two seconds: session, person, standing, the application, the request."""
    press(client, world)
    client.get(world.progress_page)
    with django_assert_num_queries(4):
        client.get(world.progress_page)


def test_page_of_a_request_that_nobody_made_leads_to_finishing(world, client):
    assert client.get(world.progress_page).url == world.finish_page


def test_edition_that_was_adopted_meanwhile_is_not_ignored(world, client, worker, printer):
    """Its terms would be frozen as they were, and the application would have others."""
    press(client, world)
    edition = world.application.edition

    def adopt(number):
        if number == 4:
            edition.pk = None
            edition.number += 1
            edition.save()
            Application.objects.update(edition=edition)

    printer.during = adopt
    worker()
    assert (ending(), Submission.objects.count()) == ("changed", 0)
