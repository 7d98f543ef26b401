"""Finishing, taking back, the steps on paper and the outcome: every status, everybody, every order."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.tasks import task_backends
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from pypdf import PdfReader

from accounts.models import Event, Message
from applications import papers
from applications.content import Text
from applications.papers import Frozen, PapersUnavailable, Pdf
from applications.papers.finishing import Blocked, Unconfirmed, finish, read_state
from applications.papers.foot import new_receipt_number
from applications.papers.models import Outcome, Submission
from applications.papers.models.paper_steps import StepMissing, WrongDay
from applications.papers.models.submission import Taken
from applications.papers.tasks import count_pages
from applications.reviews.steps import hand_in
from applications.writing.models import Application, Revision
from calls.models import UmbrellaRoute
from core.words import day as written_day
from core.writes import Stale
from tests.builders import (
    day,
    fill,
    log_in,
    make_application,
    make_bamf,
    make_coach,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
    row_id,
    write,
)
from tests.page_forms import form_with
from tests.written_again import WrittenAgain

pytestmark = pytest.mark.django_db
PAPER = {kind: Pdf(f"%PDF {kind}".encode(), 3) for kind in ("cover", "sketch", "financing_plan", "checklist")}


class World(metaclass=WrittenAgain):
    """Amina owns, Jonas writes, Carla coaches, Doris organises, Emil is BAMF staff; the application is complete."""

    def __init__(self) -> None:
        self.amina, self.jonas = make_user(), make_user("Jonas", "Petersen")
        self.carla, self.doris, self.emil = make_user("Carla", "Weber"), make_user("Doris", "Lang"), make_bamf()
        self.cohort = make_cohort(make_organiser(self.doris))
        coach = make_coach(self.cohort, self.carla)
        self.team = make_team(self.cohort, self.amina, self.jonas, first_coach=coach)
        self.application = make_application(self.team)
        fill(self.application, by=self.amina)

    def finish(self) -> Submission:
        """Finish past the printer."""
        frozen = read_state(self.application).frozen
        receipt = new_receipt_number(self.application.call.year)
        return Submission.objects.finish(self.application, frozen, PAPER, receipt, by=self.amina)

    def posted(self, on: int = -1) -> Submission:
        submission = self.finish()
        for step in ("transferred_on", "signed_on", "posted_on"):
            submission.enter_step(step, day(on), by=self.amina)
        return submission


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def renderings(monkeypatch):
    """What was rendered to count its pages."""
    found = []
    monkeypatch.setattr(
        "applications.papers.finishing.count_pages", lambda frozen: found.append(frozen) or papers.count_pages(frozen)
    )
    return found


@pytest.fixture
def worker(settings):
    """Does what was left to the background when the test says so; returns how many tasks that were."""
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}

    def work():
        waiting = list(task_backends["default"].results)
        task_backends["default"].clear()
        for result in waiting:
            result.task.call(*result.args)
        return len(waiting)

    return work


def test_the_papers_keep_the_day_that_holds_for_the_team(world):
    """Its umbrella body's, whatever the call says, and also when that body names another later."""
    world.team.organisation.umbrella_body = "Beispielverband"
    world.team.organisation.save()
    route = UmbrellaRoute.objects.create(
        call=world.application.call, umbrella_body="Beispielverband", submit_until=day(20)
    )

    submission = world.finish()
    UmbrellaRoute.objects.filter(pk=route.pk).update(submit_until=day(30))

    submission.refresh_from_db()
    frozen = Frozen.from_json(submission.frozen)
    assert (frozen.deadline, frozen.via) == (day(20), "Beispielverband")


def test_finishing_prints_freezes_and_tells_everybody(world):
    submission = finish(world.application, by=world.amina, confirmed=False)
    world.application.refresh_from_db()
    assert (world.application.status, world.application.pages) == ("finished", submission.pages)
    assert (submission.number, submission.stage, submission.grant_cents) == (1, 1, 44 * 14500 - 70000)
    frozen = Frozen.from_json(submission.frozen)
    assert (frozen.checksum, frozen.cover.title) == (submission.checksum, "Tischgespräche")
    assert sorted(file.kind for file in submission.files.all()) == [
        "all",
        "checklist",
        "cover",
        "financing_plan",
        "sketch",
    ]
    told = sorted(Message.objects.filter(kind="finished").values_list("email", flat=True))
    assert told == ["amina@example.org", "carla@example.org", "doris@example.org", "jonas@example.org"]
    text = Message.objects.filter(kind="finished").first().text
    assert f"Einsendeschluss ist {date_format(frozen.deadline, 'l, j. F Y')}. Es zählt der Poststempel." in text
    assert Event.objects.filter(what="application.finished", by=world.amina).count() == 1

    files = submission.files.exclude(kind="all")
    readers = {file.kind: PdfReader(io.BytesIO(file.file.read())) for file in files}
    assert {kind: len(reader.pages) for kind, reader in readers.items()} == {file.kind: file.pages for file in files}
    sketch = readers["sketch"]
    catalog = sketch.trailer["/Root"]
    assert (catalog["/Lang"], catalog["/MarkInfo"]["/Marked"]) == ("de", True)
    assert b"pdfuaid:part" in catalog["/Metadata"].get_data()
    assert re.search(r"1\s+Kurzbeschreibung", sketch.pages[0].extract_text())
    assert submission.receipt_number in readers["checklist"].pages[0].extract_text()
    assert "Unterschrift: Amina Haddad, Vorsitz" in sketch.pages[-1].extract_text()
    assert {file.kind: file.mark in readers[file.kind].pages[-1].extract_text() for file in files} == dict.fromkeys(readers, True)  # fmt: skip
    assert "" not in {file.mark for file in files}
    assert "5.680,00" in readers["financing_plan"].pages[0].extract_text()


def test_finishing_refuses_what_blocks_and_asks_about_warnings(world):
    write(world.application, "s13", "", by=world.amina)
    with pytest.raises(Blocked) as blocked:
        finish(world.application, by=world.amina, confirmed=True)
    assert [finding.code for finding in blocked.value.findings] == ["C16"]
    write(world.application, "s13", "Die Stadt übernimmt.", by=world.amina)
    write(world.application, "s3", "Ohne Zahl.", by=world.amina)
    with pytest.raises(Unconfirmed) as asked:
        finish(world.application, by=world.amina, confirmed=False)
    assert [finding.code for finding in asked.value.findings] == ["C17"]
    assert Submission.objects.count() == 0
    submission = finish(world.application, by=world.amina, confirmed=True)
    assert [code for code, _sentence in submission.frozen["findings"]] == ["C17"]


@pytest.mark.parametrize("stage", [1, 2])
def test_nothing_is_finished_without_a_title_and_the_rest_of_its_names_is_asked_for(world, stage):
    Application.objects.update(stage=stage)
    application = Application.objects.with_team().get()
    named = application.drafts.get(key="s0").value
    write(application, "s0", replace(named, title="", short_name=""), by=world.amina)
    with pytest.raises(Blocked) as blocked:
        finish(application, by=world.amina, confirmed=True)
    assert [(one.code, one.field) for one in blocked.value.findings] == [("P05", "title")]

    write(application, "s0", replace(named, places="", address="", contact_person=""), by=world.amina)
    with pytest.raises(Unconfirmed) as asked:
        finish(application, by=world.amina, confirmed=False)
    fields = [one.field for one in asked.value.findings if one.code == "P05"]
    assert fields == ["places", "address", "contact_person"]


def test_finishing_is_refused_when_somebody_wrote_meanwhile(world):
    frozen = read_state(world.application).frozen
    write(world.application, "s1", "Noch schnell ein Satz.", by=world.jonas)
    with pytest.raises(Taken):
        Submission.objects.finish(world.application, frozen, PAPER, "PS-1", by=world.amina)
    assert (Application.objects.get().status, Submission.objects.count()) == ("drafting", 0)


def test_finishing_twice_makes_one(world):
    world.finish()
    again = Application.objects.get()
    with pytest.raises(Stale):
        finish(again, by=world.amina, confirmed=True)
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("person", ["jonas", "carla", "doris", "emil"])
def test_finishing_is_the_owners_alone(world, person):
    with pytest.raises(PermissionDenied):
        finish(world.application, by=getattr(world, person), confirmed=True)


def test_what_was_finished_is_never_thinned(world):
    """Also after it was taken back and the same person went on at once, and only added something."""
    draft = world.application.drafts.get(key="s3")
    finished = draft.version
    world.finish().take_back(by=world.amina)
    write(world.application, "s3", f"{draft.value.text} Und mehr.", by=world.amina)
    now = timezone.now()
    Revision.objects.filter(draft=draft).update(at=now - timedelta(days=7))

    Revision.objects.thin(now)

    assert list(draft.revisions.order_by("version").values_list("version", flat=True)) == [finished, finished + 1]


def test_taking_back_until_posted(world):
    first = world.finish()
    first.take_back(by=world.amina)
    world.application.refresh_from_db()
    assert (world.application.status, first.is_current) == ("drafting", False)
    told = Message.objects.filter(kind="taken_back").first()
    assert f"{world.amina} hat die Unterlagen zurückgenommen." in told.text
    with pytest.raises(Stale):
        first.take_back(by=world.amina)
    second = world.posted()
    assert second.number == 2
    with pytest.raises(Stale):
        second.take_back(by=world.amina)
    world.application.refresh_from_db()
    assert (world.application.status, Submission.objects.current().get()) == ("finished", second)


@pytest.mark.parametrize("typed", [date(26, 11, 29), date(1, 1, 1), date(2006, 11, 29)])
def test_no_step_on_paper_was_done_before_the_projektschmiede(world, typed):
    """A year that was typed short or wrong does not become the day of a step."""
    submission = world.finish()
    with pytest.raises(WrongDay, match="vor dem Beginn Ihrer Projektschmiede"):
        submission.enter_step("transferred_on", typed, by=world.amina)
    submission.refresh_from_db()
    assert submission.transferred_on is None


def test_first_day_of_the_projektschmiede_is_no_wrong_day(world):
    submission = world.finish()
    begin = submission.application.team.cohort.begins_on
    submission.enter_step("transferred_on", begin, by=world.amina)
    assert submission.transferred_on == begin


def test_steps_on_paper_keep_their_order_and_their_days(world):
    submission = world.finish()
    with pytest.raises(StepMissing):
        submission.enter_step("posted_on", day(0), by=world.amina)
    submission.enter_step("transferred_on", day(-3), by=world.amina)
    with pytest.raises(WrongDay, match="Schritt davor eingetragen"):
        submission.enter_step("signed_on", day(-4), by=world.amina)
    with pytest.raises(WrongDay, match="in der Zukunft"):
        submission.enter_step("signed_on", day(1), by=world.amina)
    submission.enter_step("signed_on", day(-3), by=world.amina)
    submission.enter_step("posted_on", day(-2), by=world.amina)
    with pytest.raises(WrongDay, match="Schritt danach eingetragen"):
        submission.enter_step("signed_on", day(-1), by=world.amina)
    submission.enter_step("posted_on", day(-1), by=world.amina)
    messages = Message.objects.filter(kind="posted")
    assert messages.count() == 4
    assert {"trägt die verantwortliche Person auch diesen Tag ein" in message.text for message in messages} == {True}
    submission.enter_step("received_on", day(0), by=world.amina)
    submission.refresh_from_db()
    days = [getattr(submission, step) for step in ("transferred_on", "signed_on", "posted_on", "received_on")]
    assert days == [day(-3), day(-3), day(-1), day(0)]


def test_day_that_is_too_early_is_told_the_nearest_step_before(world):
    submission = world.finish()
    submission.enter_step("transferred_on", day(-9), by=world.amina)
    submission.enter_step("signed_on", day(-5), by=world.amina)
    with pytest.raises(WrongDay) as refused:
        submission.enter_step("posted_on", day(-10), by=world.amina)
    assert date_format(day(-5), "j. F Y") in str(refused.value)


def test_day_of_posting_after_the_deadline_is_recorded(world):
    call = world.application.call
    call.deadline = day(-10)
    call.save(update_fields=["deadline"])
    assert world.posted(on=-5).posted_on == day(-5)


def test_steps_of_papers_taken_back_are_refused(world):
    submission = world.finish()
    submission.take_back(by=world.amina)
    with pytest.raises(Stale):
        submission.enter_step("transferred_on", day(0), by=world.amina)


def test_day_of_posting_is_not_moved_behind_the_outcome(world):
    submission = world.posted(on=-5)
    Outcome.objects.enter(submission, "declined", day(-3), by=world.doris)
    with pytest.raises(WrongDay, match="Von diesem Tag ist das Ergebnis"):
        submission.enter_step("posted_on", day(-2), by=world.amina)
    submission.enter_step("posted_on", day(-3), by=world.amina)
    assert Submission.objects.get().posted_on == day(-3)


def test_invitation_opens_drafting_at_stage_two_once(world):
    submission = world.posted()
    with pytest.raises(WrongDay):
        Outcome.objects.enter(submission, "invited", day(-2), by=world.doris)
    Outcome.objects.enter(submission, "invited", day(0), by=world.doris)
    world.application.refresh_from_db()
    assert (world.application.status, world.application.stage) == ("drafting", 2)
    Outcome.objects.enter(submission, "invited", day(0), by=world.amina)
    world.application.refresh_from_db()
    assert (world.application.stage, Outcome.objects.count()) == (2, 1)
    second = world.finish()
    assert (second.stage, second.number, second.is_current) == (2, 2, True)


def test_invitation_that_was_entered_by_mistake_is_put_right(world, client):
    """The two words stand side by side on the page; what was written meanwhile stays."""
    submission = world.posted()
    client.force_login(world.amina)
    states, told = [], []
    for kind in ("invited", "declined", "invited"):
        Outcome.objects.enter(submission, kind, day(0), by=world.doris)
        world.application.refresh_from_db()
        states.append((world.application.status, world.application.stage))
        told.append("Stufe 2 hat begonnen." in client.get("/uebersicht/").text)
    assert states == [("drafting", 2), ("finished", 1), ("drafting", 2)]
    assert told == [True, False, True]


def test_another_outcome_of_stage_1_opens_no_papers_of_stage_2(world):
    submission = world.posted()
    Outcome.objects.enter(submission, "invited", day(0), by=world.doris)
    world.application.refresh_from_db()
    second = world.finish()
    Outcome.objects.enter(submission, "declined", day(0), by=world.doris)
    world.application.refresh_from_db()
    assert (second.stage, second.is_current) == (2, True)
    assert (world.application.status, world.application.stage) == ("finished", 2)


@pytest.mark.parametrize("kind", ["declined", "granted", "not granted"])
def test_other_outcomes_end_it(world, kind):
    submission = world.posted()
    Outcome.objects.enter(submission, kind, day(0), by=world.amina, amount_cents=18_740_000)
    world.application.refresh_from_db()
    kept = 18_740_000 if kind == "granted" else None
    assert (world.application.status, submission.outcome.amount_cents) == ("finished", kept)
    told = Message.objects.filter(kind="outcome").first()
    assert (world.application.team.cohort.organiser.title in told.text) == (kind in {"declined", "not granted"})


def in_stage_two(world):
    Application.objects.update(stage=2)
    world.application = Application.objects.with_team().get()


def test_a_corrected_outcome_is_told_as_such_each_time_and_nothing_if_it_stands_so(world):
    submission = world.posted()
    for kind, on in (("invited", -1), ("invited", -1), ("declined", -1), ("invited", -1), ("invited", 0)):
        Outcome.objects.enter(submission, kind, day(on), by=world.doris)
    told = Message.objects.filter(kind="outcome", email="amina@example.org")
    texts = sorted((message.text for message in told), key=lambda text: "berichtigt" in text)
    assert ["berichtigt" in text for text in texts] == [False, True, True, True]
    assert ["Die zweite Stufe ist damit wieder geschlossen." in text for text in texts].count(True) == 1
    assert Event.objects.filter(what="submission.outcome").count() == 4


@pytest.mark.parametrize(("stage", "kinds"), [(1, ["invited", "declined"]), (2, ["granted", "not granted"])])
def test_each_stage_has_its_own_outcomes(world, client, stage, kinds):
    if stage == 2:
        in_stage_two(world)
    submission = world.posted()
    log_in(client, world.amina)
    page = client.get(reverse("papers:outcome", args=[submission.pk])).text
    assert re.findall(r'name="kind"[^>]*value="([^"]+)"', page) == kinds
    assert ('name="amount"' in page) is (stage == 2)


def test_changing_the_outcome_begins_with_what_is_entered(world, client):
    in_stage_two(world)
    submission = world.posted(-3)
    Outcome.objects.enter(submission, "granted", day(-1), by=world.amina, amount_cents=18_740_050)
    log_in(client, world.amina)
    url = reverse("papers:outcome", args=[submission.pk])
    form = form_with(client.get(url).text, "amount")
    assert (form.fields["amount"], form.fields["on"]) == (["187.400,50"], [day(-1).isoformat()])
    client.post(url, {"kind": form.fields["kind"], "on": day(0).isoformat(), "amount": form.fields["amount"]})
    assert (Outcome.objects.get().on, Outcome.objects.get().amount_cents) == (day(0), 18_740_050)

    typed = {"kind": "not granted", "on": day(0).isoformat(), "amount": "5"}
    refused = client.post(url, typed)
    assert (refused.status_code, "Einen Betrag gibt es nur bei „bewilligt“." in refused.text) == (422, True)
    client.post(url, typed | {"amount": "187.400,50"})
    assert (Outcome.objects.get().kind, Outcome.objects.get().amount_cents) == ("not granted", None)


def test_taking_an_invitation_back_asks_first_where_stage_2_was_written_in(world, client):
    submission = world.posted()
    Outcome.objects.enter(submission, "invited", day(0), by=world.doris)
    write(world.application, "s3", "Neu in Stufe 2: 38 Prozent.", by=world.jonas)
    log_in(client, world.doris)
    url = reverse("papers:outcome", args=[submission.pk])
    typed = {"kind": "declined", "on": day(0).isoformat()}
    asked = client.post(url, typed)
    assert "In der zweiten Stufe ist schon geschrieben: „Ausgangslage vor Ort“." in " ".join(asked.text.split())
    assert (asked.status_code, Outcome.objects.get().kind) == (200, "invited")
    client.post(url, typed | {"sure": "yes"})
    assert (Outcome.objects.get().kind, Application.objects.get().stage) == ("declined", 1)


def test_outcome_needs_the_post(world):
    with pytest.raises(StepMissing):
        Outcome.objects.enter(world.finish(), "declined", day(0), by=world.amina)


def save(world, text):
    """Save as the page does."""
    draft = world.application.drafts.get(key="s1")
    draft.save_content(by=world.jonas, seen=draft.version, content=Text(text))


def checks_page(client, world):
    page = client.get(reverse("applications:checks", args=[world.application.pk])).content.decode()
    return " ".join(re.sub("<[^>]*>", "", page).split())


def test_checks_page_shows_the_last_count_and_has_the_next_made(world, client, worker, renderings):
    save(world, "Ein neuer Satz.")
    log_in(client, world.amina)
    page = checks_page(client, world)
    assert "Seiten der Projektskizze: noch nicht gezählt. Wir zählen im Hintergrund" in page
    assert renderings == []
    worker()
    page = checks_page(client, world)
    assert "Seiten der Projektskizze: 2, gezählt heute um" in page
    assert ("Wir zählen im Hintergrund" in page, len(renderings)) == (False, 1)


def test_pages_are_counted_again_only_after_a_change(world, client, worker, renderings):
    save(world, "Ein neuer Satz.")
    log_in(client, world.amina)
    counted = []
    for text in ("", "", "Noch ein neuer Satz.", ""):
        if text:
            save(world, text)
        checks_page(client, world)
        counted.append(worker())
    assert (counted, len(renderings)) == ([1, 0, 1, 0], 2)


def test_handing_in_has_the_pages_counted(world, client, worker, renderings):
    save(world, "Ein neuer Satz.")
    log_in(client, world.amina)
    client.post(reverse("applications:hand_in", args=[world.application.pk]), {"sections": ["s1"]})
    assert (len(renderings), worker(), len(renderings)) == (0, 1, 1)


def test_what_was_counted_meanwhile_is_not_counted_again(world, renderings):
    save(world, "Ein neuer Satz.")
    for _twice in range(2):
        count_pages.enqueue(str(world.application.pk))
    assert (Application.objects.get().pages, len(renderings)) == (2, 1)


def test_number_without_what_was_written_meanwhile_is_not_kept(world, monkeypatch):
    save(world, "Ein neuer Satz.")

    def count(frozen):
        save(world, "Während gezählt wird.")
        return 2

    monkeypatch.setattr("applications.papers.finishing.count_pages", count)
    count_pages.enqueue(str(world.application.pk))
    assert (Application.objects.get().pages, Application.objects.get().is_to_be_counted) == (None, True)


@pytest.mark.parametrize("error", [PapersUnavailable("Pango fehlt."), RuntimeError("kaputt")])
def test_renderer_that_fails_breaks_no_page(world, client, monkeypatch, error):
    save(world, "Ein neuer Satz.")

    def fail(application):
        raise error

    monkeypatch.setattr("applications.papers.tasks.count_and_keep_pages", fail)
    log_in(client, world.amina)
    for _visit in range(2):
        assert "Seiten der Projektskizze: noch nicht gezählt." in checks_page(client, world)
    hand_in = reverse("applications:hand_in", args=[world.application.pk])
    assert client.post(hand_in, {"sections": ["s1"]}).url == world.application.reviews.get().get_absolute_url()


def test_owner_finishes_on_the_page(world, client):
    log_in(client, world.amina)
    page = client.get(reverse("applications:finish", args=[world.application.pk]))
    assert "Verbindlich fertigstellen" in page.content.decode()
    done = client.post(reverse("applications:finish", args=[world.application.pk]))
    submission = Submission.objects.get()
    assert (done.status_code, done.url) == (302, submission.get_absolute_url())
    again = client.post(reverse("applications:finish", args=[world.application.pk]))
    assert (again.url, Submission.objects.count()) == (reverse("applications:papers", args=[world.application.pk]), 1)
    shown = client.get(submission.get_absolute_url()).content.decode()
    assert submission.receipt_number in shown
    assert submission.checksum in shown
    assert [f"Prüfzeichen {file.mark}" in shown for file in submission.files.exclude(kind="all")] == [True] * 4
    file = submission.files.get(kind="sketch")
    delivered = client.get(reverse("papers:file", args=[file.pk]))
    assert b"".join(delivered.streaming_content) == file.file.open("rb").read()
    assert delivered["Content-Disposition"].startswith("attachment")
    assert delivered["X-Content-Type-Options"] == "nosniff"


def test_page_says_what_blocks_and_keeps_the_application(world, client):
    write(world.application, "s9", Text(""), by=world.amina)
    log_in(client, world.amina)
    answer = client.post(reverse("applications:finish", args=[world.application.pk]), {"confirmed": "yes"}, follow=True)
    assert "Noch nicht fertiggestellt" in answer.content.decode()
    assert "was an Ihrem Vorhaben neu ist" in answer.content.decode()
    assert Submission.objects.count() == 0


def test_open_advice_of_a_coach_is_confirmed_on_finishing(world, client):
    review = hand_in(world.application, ["s4"], by=world.amina)
    review.take(by=world.carla)
    review.give_back(by=world.carla, verdicts={review.items.get().pk: "please change"})
    client.force_login(world.amina)
    page = client.get(reverse("applications:finish", args=[world.application.pk])).text
    assert "„Zielgruppe und Ansprache“ steht noch auf „bitte ändern“." in page
    with pytest.raises(Unconfirmed) as asked:
        finish(world.application, by=world.amina, confirmed=False)
    assert [(one.code, one.key) for one in asked.value.findings] == [("P02", "s4")]
    assert finish(world.application, by=world.amina, confirmed=True).frozen["findings"] == [
        ["P02", "„Zielgruppe und Ansprache“ steht noch auf „bitte ändern“."]
    ]


def test_every_finding_says_its_moment(world, client):
    write(world.application, "s3", "Ohne Zahl.", by=world.amina)
    call = world.application.call
    call.deadline = day(-1)
    call.save(update_fields=["deadline"])
    client.force_login(world.amina)
    page = " ".join(client.get(reverse("applications:checks", args=[world.application.pk])).text.split())
    source = f"Quelle: Beispielamt, Beispiel, geprüft am {written_day(day())}."
    assert f"<p>C17: {source}</p>" in page
    assert f"<p>C06: {source} Das betrifft das Einreichen.</p>" in page


def test_finding_about_lines_of_two_years_leads_to_both(world, client):
    budget = world.application.drafts.get(key="s17").value
    year = world.application.call.year
    lines = tuple(replace(budget.expenses[0], id=row_id(f"e{n}"), year=year + n, activity="") for n in (0, 1))
    write(world.application, "s17", replace(budget, expenses=lines), by=world.amina)
    client.force_login(world.amina)
    shown = client.get(reverse("applications:checks", args=[world.application.pk])).text
    place = reverse("applications:section", args=[world.application.pk, "s17"])
    assert shown.count(f"„Lebensmittel“ ({year}, {year + 1}): Bitte ordnen Sie die Ausgabe einer Maßnahme zu.") == 1
    assert [f'href="{place}?jahr={year + n}#zeile-{lines[n].id}"' in shown for n in (0, 1)] == [True, True]


def test_finding_about_a_budget_line_leads_to_its_year(world, client):
    budget = world.application.drafts.get(key="s17").value
    year = world.application.call.year + 1
    line = replace(budget.expenses[0], id=row_id("Später"), year=year, justification="")
    write(world.application, "s17", replace(budget, expenses=(*budget.expenses, line)), by=world.amina)
    client.force_login(world.amina)
    shown = client.get(reverse("applications:checks", args=[world.application.pk])).content.decode()
    place = reverse("applications:section", args=[world.application.pk, "s17"])
    assert f"{place}?jahr={year}#zeile-{line.id}" in shown


def test_steps_and_outcome_by_page(world, client):
    in_stage_two(world)
    submission = world.finish()
    log_in(client, world.amina)
    for step in ("transferred_on", "signed_on", "posted_on"):
        client.post(reverse("papers:step", args=[submission.pk, step]), {"on": day(-1).isoformat()})
    url = reverse("papers:outcome", args=[submission.pk])
    wrong = client.post(url, {"kind": "granted", "on": day(-3).isoformat(), "amount": "187.400,50"})
    assert (wrong.status_code, "187.400,50" in wrong.content.decode()) == (422, True)
    client.post(url, {"kind": "granted", "on": day(0).isoformat(), "amount": "187.400,50 EUR"})
    assert Outcome.objects.get().amount_cents == 18_740_050


def test_bamf_sees_posted_papers_only_and_each_look_is_noted(world, client):
    submission = world.finish()
    log_in(client, world.emil)
    assert client.get(submission.get_absolute_url()).status_code == 404
    for step in ("transferred_on", "signed_on", "posted_on"):
        submission.enter_step(step, day(0), by=world.amina)
    file = submission.files.get(kind="sketch")
    assert client.get(submission.get_absolute_url()).status_code == 200
    assert client.get(reverse("papers:file", args=[file.pk])).status_code == 200
    assert client.get(reverse("applications:workspace", args=[world.application.pk])).status_code == 404
    looks = Event.objects.filter(by=world.emil).order_by("at").values_list("what", flat=True)
    assert list(looks) == ["submission.seen", "submission.downloaded"]


def test_bamf_does_not_see_what_stays_with_the_team(world, client):
    submission = world.posted()
    log_in(client, world.emil)
    page = client.get(submission.get_absolute_url()).text
    answers = {
        file.kind: client.get(reverse("papers:file", args=[file.pk])).status_code for file in submission.files.all()
    }

    assert answers == {"cover": 404, "sketch": 200, "financing_plan": 200, "checklist": 404}
    assert ("Projektskizze" in page, "bleibt bei Ihnen" in page, "Titelblatt" in page) == (True, False, False)
    log_in(client, world.amina)
    assert "bleibt bei Ihnen" in client.get(submission.get_absolute_url()).text


def test_strangers_find_nothing(world, client):
    submission = world.posted()
    bilal = make_user("Bilal", "Yildiz")
    make_member(make_team(make_cohort(make_organiser(make_user("Erika"), "Anderer Träger")), bilal), make_user("Olga"))
    log_in(client, bilal)
    for url in (submission.get_absolute_url(), reverse("papers:file", args=[submission.files.first().pk])):
        assert client.get(url).status_code == 404


def test_frozen_survives_a_round_trip(world):
    frozen = read_state(world.application).frozen
    assert Frozen.from_json(frozen.as_json()) == frozen
    assert frozen.as_json()["contents"]["s1"] == Text("Kurzbeschreibung: 38 Prozent, mit Logo.").data
