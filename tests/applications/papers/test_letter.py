"""The letter for the envelope: made on the way to the post, numbered, and the newest replaces those before."""

from __future__ import annotations

import io
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Event
from applications.content import Attachments, Item
from applications.papers import PapersUnavailable, Pdf
from applications.papers.models import EnclosureList, Outcome, Overtaken, Submission, SubmissionFile
from applications.papers.posting import UpToDate, print_letter, read_envelope
from calls.models import FundingCall
from core.writes import Stale
from tests.applications.papers.test_finishing import World
from tests.builders import day, log_in

pytestmark = pytest.mark.django_db
EXTRACT, TAX = "register_extract", "tax_exemption"
MISSING = "Es fehlt noch das Anschreiben mit dem Verzeichnis der Anlagen."
OUTDATED = "Anschreiben Nr. 1 gilt nicht mehr"
ROUNDS = 12


@pytest.fixture
def world() -> World:
    return World()


def correct(submission, state: str, *, by, seen: int = 0) -> EnclosureList | None:
    value = Attachments((Item(id=EXTRACT, state=state), Item(id=TAX, state="enclosed")))
    return EnclosureList.objects.correct(submission, value, seen=seen, by=by)


def keep(submission, *, by, number: int = 1, list_number: int = 0) -> SubmissionFile:
    """Keep a letter past the printer."""
    pdf = Pdf(b"%PDF letter", 1)
    return SubmissionFile.objects.keep_letter(submission, pdf, number=number, list_number=list_number, by=by)


def text(file) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(file.file.read())).pages).split())


def post(submission) -> None:
    for step in ("transferred_on", "signed_on", "posted_on"):
        submission.enter_step(step, day(), by=submission.finished_by)


def page_of(client, submission) -> str:
    return " ".join(client.get(submission.get_absolute_url()).text.split())


def test_letter_is_made_from_the_list_and_a_new_one_replaces_it(world):
    submission = world.finish()
    first = print_letter(submission, by=world.amina)
    correct(submission, "follows", by=world.amina)
    second = print_letter(submission, by=world.amina)
    assert [(one.number, one.list_number) for one in (first, second)] == [(1, 0), (2, 1)]
    said = [text(one) for one in (first, second)]
    assert ["Anschreiben Nr. 1 vom" in said[0], "ersetzt" in said[0], "folgt" in said[0]] == [True, False, False]
    assert ["ersetzt Nr. 1" in said[1], "folgt" in said[1], "Musterstraße 1" in said[1]] == [True, True, True]
    assert [submission.receipt_number in one and "Fassung 1" in one for one in said] == [True, True]
    assert first.mark != second.mark
    assert [event.codes for event in Event.objects.filter(what="submission.letter").order_by("at")] == [
        {"number": 1},
        {"number": 2},
    ]


def test_sketch_plan_and_checksum_stay_as_they_were(world):
    submission = world.finish()
    papers = submission.files.exclude(kind="letter")
    before = {file.kind: (file.sha256, file.file.open("rb").read()) for file in papers}
    print_letter(submission, by=world.amina)
    correct(submission, "follows", by=world.amina)
    print_letter(submission, by=world.amina)
    after = {file.kind: (file.sha256, file.file.open("rb").read()) for file in papers.all()}
    assert set(before) == {"cover", "sketch", "financing_plan", "checklist"}
    assert (after, Submission.objects.get().checksum) == (before, submission.checksum)


def test_letter_that_would_say_the_same_is_not_made(world):
    submission = world.finish()
    print_letter(submission, by=world.amina)
    with pytest.raises(UpToDate):
        print_letter(submission, by=world.amina)
    assert SubmissionFile.objects.letters_of(submission).count() == 1


def test_mark_of_a_replaced_letter_does_not_make_it_valid(world, client):
    submission = world.finish()
    submission.files.update(mark="ACDE-FG34")
    log_in(client, world.amina)
    said = []
    for number, state in enumerate(("", "follows", "not_needed")):
        if state:
            correct(submission, state, by=world.amina, seen=number - 1)
        print_letter(submission, by=world.amina)
        said.append("Ein ersetztes Anschreiben gilt nicht mehr." in page_of(client, submission))
    assert said == [False, True, True]


def test_page_says_what_is_missing_what_counts_and_what_is_replaced(world, client):
    submission = world.finish()
    log_in(client, world.amina)
    to = reverse("papers:letter", args=[submission.pk])
    page = page_of(client, submission)
    assert [said in page for said in (MISSING, "Anschreiben erstellen", OUTDATED)] == [True, True, False]
    assert "Anschreiben Nr. 1 ist erstellt." in client.post(to, follow=True).text
    page = page_of(client, submission)
    assert [said in page for said in (MISSING, to, "Anschreiben Nr. 1 passt zur Liste")] == [False, False, True]
    correct(submission, "follows", by=world.amina)
    page = page_of(client, submission)
    assert [said in page for said in (OUTDATED, "Neues Anschreiben erstellen – ersetzt Nr. 1")] == [True, True]
    client.post(to)
    page = page_of(client, submission)
    assert [said in page for said in (OUTDATED, "ersetzt, es gilt Nr. 2", "Anschreiben Nr. 2 passt")] == [
        False,
        True,
        True,
    ]
    assert "Das Anschreiben passt schon zur Liste der Anlagen." in client.post(to, follow=True).text
    names = [
        client.get(reverse("papers:file", args=[one.pk]))["Content-Disposition"]
        for one in SubmissionFile.objects.letters_of(submission)
    ]
    assert [f"Nr-{number}.pdf" in name for number, name in zip((2, 1), names, strict=True)] == [True, True]


@pytest.mark.parametrize(
    ("corrected", "printed", "sentence"),
    [
        (False, False, "Zu diesem Umschlag ist im Portal kein Anschreiben erstellt worden."),
        (True, True, "Anschreiben Nr. 1 nennt noch nicht die letzte Liste der Anlagen."),
        (False, True, "Anschreiben Nr. 1 passt zur Liste der Anlagen."),
    ],
)
def test_it_is_posted_without_a_letter_too_and_the_page_says_so(world, client, corrected, printed, sentence):
    submission = world.finish()
    if printed:
        keep(submission, by=world.amina)
    if corrected:
        correct(submission, "follows", by=world.amina)
    post(submission)
    log_in(client, world.amina)
    to = reverse("papers:letter", args=[submission.pk])
    page = page_of(client, submission)
    assert [said in page for said in (sentence, to)] == [True, False]
    assert "wird kein Anschreiben mehr erstellt" in client.post(to, follow=True).text
    assert SubmissionFile.objects.letters_of(submission).count() == printed


def test_page_says_beside_the_button_which_rows_of_the_letter_would_be_empty(world, client):
    submission = world.finish()
    log_in(client, world.amina)
    kinds = read_envelope(submission).kinds
    pages = []
    for seen, states in enumerate((["enclosed"] * (len(kinds) - 2), ["enclosed"] * len(kinds))):
        items = tuple(Item(id=kind.key, state=state) for kind, state in zip(kinds, states, strict=False))
        EnclosureList.objects.correct(submission, Attachments(items), seen=seen, by=world.amina)
        pages.append(page_of(client, submission))

    assert "Bei 2 Anlagen steht noch nicht, ob sie beiliegen." in pages[0]
    assert "steht noch nicht, ob" not in pages[1]


def test_papers_taken_back_get_no_letter(world, client):
    submission = world.finish()
    submission.take_back(by=world.amina)
    with pytest.raises(Stale):
        print_letter(submission, by=world.amina)
    with pytest.raises(Stale):
        keep(submission, by=world.amina)
    log_in(client, world.amina)
    assert "Anschreiben für den Umschlag" not in page_of(client, submission)


@pytest.mark.parametrize("signing", ["", *FundingCall.Signing.values])
def test_in_stage_two_there_is_a_letter_only_where_there_is_an_envelope(world, client, signing):
    FundingCall.objects.update(signing=signing)
    post(world.finish())
    Outcome.objects.enter(Submission.objects.get(), "invited", day(), by=world.doris)
    world.application = type(world.application).objects.with_team().get()
    submission = world.finish()
    log_in(client, world.amina)
    on_paper = signing == FundingCall.Signing.PAPER
    page = page_of(client, submission)
    assert [said in page for said in (MISSING, "Liste der Anlagen berichtigen")] == [on_paper, True]
    client.post(reverse("papers:letter", args=[submission.pk]))
    assert SubmissionFile.objects.letters_of(submission).count() == on_paper


@pytest.mark.parametrize("person", ["jonas", "carla", "doris"])
def test_letter_is_made_by_who_enters_the_steps(world, person):
    submission = world.finish()
    for step in (print_letter, keep):
        with pytest.raises(PermissionDenied):
            step(submission, by=getattr(world, person))


def test_where_no_pdf_can_be_made_the_page_says_so(world, client, monkeypatch):
    def fail(*_values):
        raise PapersUnavailable("Pango fehlt.")

    submission = world.finish()
    monkeypatch.setattr("applications.papers.posting.make_letter", fail)
    log_in(client, world.amina)
    page = client.post(reverse("papers:letter", args=[submission.pk]), follow=True)
    assert ("Pango fehlt." in page.text, SubmissionFile.objects.letters_of(submission).count()) == (True, 0)


def test_letter_of_a_list_that_was_corrected_while_it_was_printed_is_not_kept(world, monkeypatch):
    submission = world.finish()

    def slow(*_values):
        correct(submission, "follows", by=world.amina)
        return Pdf(b"%PDF letter", 1)

    monkeypatch.setattr("applications.papers.posting.make_letter", slow)
    with pytest.raises(Overtaken):
        print_letter(submission, by=world.amina)
    assert SubmissionFile.objects.letters_of(submission).count() == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_letters_at_once_one_is_kept(at_once):
    world = World()
    submission = world.finish()
    for number in range(1, ROUNDS + 1):
        tries = [partial(keep, Submission.objects.get(), by=world.amina, number=number) for _twice in range(2)]
        results = at_once(*tries)
        assert {type(result) for result in results} == {SubmissionFile, Overtaken}
        assert SubmissionFile.objects.letters_of(submission).count() == number


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_letter_and_correction_at_once_leave_no_letter_that_hides_it(at_once):
    """Either the letter came first and is known to be outdated, or it was refused."""
    world = World()
    world.finish()
    letters = before = 0
    for number in range(ROUNDS):
        state = "follows" if number % 2 == 0 else "enclosed"
        kept, corrected = at_once(
            partial(keep, Submission.objects.get(), by=world.amina, number=letters + 1, list_number=number),
            partial(correct, Submission.objects.get(), state, by=world.amina, seen=number),
        )
        assert isinstance(corrected, EnclosureList)
        assert isinstance(kept, SubmissionFile | Overtaken)
        letters += isinstance(kept, SubmissionFile)
        trail = Event.objects.filter(what__in=("submission.letter", "submission.enclosures")).order_by("at")
        made = ["submission.letter"] if isinstance(kept, SubmissionFile) else []
        assert list(trail.values_list("what", flat=True))[before:] == [*made, "submission.enclosures"]
        before += len(made) + 1
