"""The list of attachments after finishing: corrected until it is posted, by one at a time, and never lost."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import Event
from applications.content import Attachments, Item
from applications.papers.forms import EnclosuresForm
from applications.papers.models import EnclosureList, Outcome, Overtaken, Submission, SubmissionFile
from applications.papers.pdf import enclosures, letter_context
from applications.papers.posting import NotComplete, before_posting, print_letter, read_envelope
from core.writes import Stale
from tests.applications.papers.test_finishing import World
from tests.builders import day, log_in, write
from tests.page_forms import forms_of

pytestmark = pytest.mark.django_db
EXTRACT, TAX = "register_extract", "tax_exemption"
ROUNDS = 12


@pytest.fixture
def world() -> World:
    return World()


def states(submission) -> dict[str, str]:
    return {item.id: item.state for item in read_envelope(submission).value.items}


def correct(submission, state: str, *, by, seen: int = 0, note: str = "") -> EnclosureList | None:
    value = Attachments((Item(id=EXTRACT, state=state, note=note), Item(id=TAX, state="enclosed")))
    return EnclosureList.objects.correct(submission, value, seen=seen, by=by)


def send(client, submission, **changes):
    """The list as the page shows it, sent with changes."""
    to = reverse("papers:enclosures", args=[submission.pk])
    forms = forms_of(client.get(submission.get_absolute_url()).text)
    fields = next(one.fields for one in forms if one.attrs.get("action") == to)
    return client.post(to, {name: values[0] for name, values in fields.items()} | changes)


def test_list_is_the_one_of_finishing_until_it_is_corrected(world):
    submission = world.finish()
    frozen = Submission.objects.get().frozen
    assert (states(submission), read_envelope(submission).number) == ({EXTRACT: "enclosed", TAX: "enclosed"}, 0)
    made = correct(submission, "follows", by=world.amina, note="Kommt per Post nach.")
    assert (made.number, made.by, states(submission)[EXTRACT]) == (1, world.amina, "follows")
    assert Event.objects.get(what="submission.enclosures").codes == {"number": 1}
    assert Submission.objects.get().frozen == frozen


def test_what_is_the_same_is_no_correction(world):
    submission = world.finish()
    assert correct(submission, "enclosed", by=world.amina) is None
    assert (EnclosureList.objects.count(), Event.objects.filter(what="submission.enclosures").count()) == (0, 0)


def test_what_always_belongs_to_it_cannot_be_dropped(world):
    envelope = read_envelope(world.finish())
    terms = envelope.frozen.terms
    kinds = [replace(kind, may_be_dropped=kind.key != EXTRACT) for kind in terms.attachments]
    envelope = replace(envelope, frozen=replace(envelope.frozen, terms=replace(terms, attachments=kinds)))
    typed = {"seen": "0", f"state_{EXTRACT}": "not_needed", f"state_{TAX}": "not_needed"}
    assert list(EnclosuresForm(typed, envelope=envelope).errors) == [f"state_{EXTRACT}"]


def with_kinds(submission, *kinds: dict):
    """The papers as if the call had asked for these kinds of attachment, with a list in which nothing is said of the first."""
    listed = [{"guidance": "", "stage": 1, "source": "", "may_be_dropped": False, **kind} for kind in kinds]
    frozen = Submission.objects.get().frozen
    frozen["terms"]["attachments"] = listed
    Submission.objects.update(frozen=frozen)
    return Submission.objects.get()


SKETCH = {"key": "sketch", "label": "Projektskizze"}
COVER = {"key": "cover_sheet", "label": "Titelblatt"}


def test_what_the_portal_makes_is_enclosed_in_list_letter_and_check(world, client):
    submission = with_kinds(world.finish(), SKETCH, COVER)
    EnclosureList.objects.correct(
        submission, Attachments((Item(id=COVER["key"], state="follows"),)), seen=0, by=world.amina
    )
    envelope = read_envelope(submission)
    assert [(row.label, row.words) for row in enclosures(envelope.frozen)] == [
        ("Projektskizze", "liegt bei"),
        ("Titelblatt", "folgt"),
    ]
    assert letter_context(envelope.frozen, 1, day())["attachments"] == enclosures(envelope.frozen)
    assert [one.code for one in before_posting(submission, envelope) if one.code == "C28"] == []
    page = log_in(client, world.amina).get(submission.get_absolute_url()).text
    assert "Projektskizze: noch offen" not in " ".join(page.split())
    fields = ["seen", "note_sketch", "state_cover_sheet", "note_cover_sheet"]
    assert list(EnclosuresForm(envelope=envelope).fields) == fields


@pytest.mark.parametrize("kinds", [(SKETCH,), (SKETCH, COVER)])
def test_the_remark_on_a_paper_of_the_portal_can_be_corrected(world, client, kinds):
    submission = with_kinds(world.finish(), *kinds)
    listed = Attachments((Item(id="sketch", state="follows", note="Drei Seiten."),))
    EnclosureList.objects.correct(submission, listed, seen=0, by=world.amina)
    log_in(client, world.amina)
    assert send(client, submission, note_sketch="Vier Seiten.").status_code == 302
    [row, *_others] = enclosures(read_envelope(submission).frozen)
    assert (row.label, row.words, row.note) == ("Projektskizze", "liegt bei", "Vier Seiten.")
    late = client.post(reverse("papers:enclosures", args=[submission.pk]), {"seen": "1", "note_sketch": "Fünf Seiten."})
    assert (late.status_code, "Dort steht jetzt: Vier Seiten." in late.text) == (422, True)


def test_a_list_from_before_that_leaves_out_what_always_belongs_to_it_gets_no_letter(world, client):
    submission = with_kinds(world.finish(), SKETCH, COVER)
    dropped = Attachments((Item(id="sketch", state="not_needed"), Item(id=COVER["key"], state="not_needed")))
    EnclosureList.objects.correct(submission, dropped, seen=0, by=world.amina)
    sentence = "„Titelblatt“ gehört immer dazu und kann nicht entfallen."
    with pytest.raises(NotComplete, match=sentence):
        print_letter(submission, by=world.amina)
    page = log_in(client, world.amina).get(submission.get_absolute_url()).text
    assert (sentence in page, "Anschreiben erstellen</span>" in page) == (True, False)
    refused = client.post(reverse("papers:letter", args=[submission.pk]), follow=True)
    assert f"{sentence} Bitte berichtigen Sie zuerst die Liste der Anlagen." in refused.text
    assert SubmissionFile.objects.letters_of(submission).count() == 0

    assert sentence in send(client, submission, note_cover_sheet="Vergessen").text  # nor is it saved once more
    assert send(client, submission, state_cover_sheet="enclosed").status_code == 302
    assert read_envelope(submission).left_out == ""


def test_what_is_asked_before_posting_goes_by_the_corrected_list(world):
    write(world.application, "s15", Attachments(), by=world.amina)
    submission = world.finish()

    def asked():
        return [one.code for one in before_posting(submission, read_envelope(submission))]

    assert "C28" in asked()
    kinds = read_envelope(submission).kinds
    value = Attachments(tuple(Item(id=kind.key, state="enclosed") for kind in kinds))
    EnclosureList.objects.correct(submission, value, seen=0, by=world.amina)
    assert "C28" not in asked()


def test_paper_made_when_finishing_stays_as_it_was(world, client):
    submission = world.finish()
    before = {file.kind: (file.sha256, file.file.open("rb").read()) for file in submission.files.all()}
    checksum = submission.checksum
    log_in(client, world.amina)
    assert send(client, submission, **{f"state_{EXTRACT}": "follows"}).status_code == 302
    submission = Submission.objects.get()
    after = {file.kind: (file.sha256, file.file.open("rb").read()) for file in submission.files.all()}
    assert (after, submission.checksum, states(submission)[EXTRACT]) == (before, checksum, "follows")


def test_correction_is_refused_once_it_is_posted(world, client):
    submission = world.posted()
    with pytest.raises(Stale):
        correct(submission, "follows", by=world.amina)
    log_in(client, world.amina)
    said = {"seen": "0", f"note_{EXTRACT}": "Kam am Dienstag."}
    response = client.post(reverse("papers:enclosures", args=[submission.pk]), said)
    assert response.status_code == 422
    assert "Die Liste der Anlagen lässt sich nicht mehr ändern" in response.text
    assert "Kam am Dienstag." in response.text
    assert "Liste der Anlagen berichtigen" not in client.get(submission.get_absolute_url()).text
    assert EnclosureList.objects.count() == 0


@pytest.mark.parametrize("person", ["jonas", "carla", "doris"])
def test_list_is_corrected_by_who_enters_the_steps(world, client, person):
    submission = world.finish()
    with pytest.raises(PermissionDenied):
        correct(submission, "follows", by=getattr(world, person))
    log_in(client, getattr(world, person))
    page = client.get(submission.get_absolute_url()).text
    assert ("Wie beim Fertigstellen angegeben." in page, "Liste speichern" in page) == (True, False)


def test_second_of_two_is_told_what_stands_there_and_can_save_again(world, client):
    submission = world.finish()
    log_in(client, world.amina)
    to = reverse("papers:enclosures", args=[submission.pk])
    shown = client.get(submission.get_absolute_url()).text
    correct(submission, "follows", by=world.amina, note="Kommt nach.")
    fields = next(one.fields for one in forms_of(shown) if one.attrs.get("action") == to)
    typed = {name: values[0] for name, values in fields.items()} | {f"state_{EXTRACT}": "not_needed"}
    page = client.post(to, typed)
    assert (page.status_code, states(submission)[EXTRACT]) == (422, "follows")
    for said in ("Inzwischen hat jemand anders die Liste berichtigt.", "Dort steht jetzt: folgt.", "Kommt nach."):
        assert said in page.text
    form = next(one for one in forms_of(page.text) if one.attrs.get("action") == to)
    assert (form.fields["seen"], form.fields[f"state_{EXTRACT}"], form.guard) == (["1"], ["not_needed"], "unsent")
    assert client.post(to, {name: values[0] for name, values in form.fields.items()}).status_code == 302
    assert (states(submission)[EXTRACT], read_envelope(submission).number) == ("not_needed", 2)


def test_form_that_is_sent_twice_is_saved_once(world, client):
    submission = world.finish()
    log_in(client, world.amina)
    said = {"seen": "0", f"state_{EXTRACT}": "follows", f"state_{TAX}": "enclosed", f"note_{EXTRACT}": "Kommt nach."}
    to = reverse("papers:enclosures", args=[submission.pk])
    assert [client.post(to, said).status_code for _click in range(2)] == [302, 302]
    assert (states(submission)[EXTRACT], EnclosureList.objects.count()) == ("follows", 1)


def test_no_attachment_is_called_voluntary(world, client):
    """The state of the sketch may stay open; the sketch itself may not be left out."""
    submission = world.finish()
    log_in(client, world.amina)
    page = client.get(submission.get_absolute_url()).text
    assert ("Liste speichern" in page, "– freiwillig" in page) == (True, False)


def test_list_that_is_too_long_stays_as_typed(world, client):
    submission = world.finish()
    log_in(client, world.amina)
    page = send(client, submission, **{f"note_{EXTRACT}": "A" * 501})
    assert (page.status_code, "A" * 501 in page.text, EnclosureList.objects.count()) == (422, True, 0)


def test_correction_goes_back_into_the_section_when_taken_back(world):
    submission = world.finish()
    correct(submission, "follows", by=world.amina, note="Kommt nach.")
    submission.take_back(by=world.amina)
    draft = world.application.drafts.get(key="s15")
    assert [(item.state, item.note) for item in draft.value.items if item.id == EXTRACT] == [("follows", "Kommt nach.")]
    with pytest.raises(Stale):
        correct(submission, "enclosed", by=world.amina, seen=1)
    again = world.finish()
    assert (states(again)[EXTRACT], read_envelope(again).number) == ("follows", 0)


def test_correction_is_in_the_section_when_stage_2_begins(world):
    submission = world.finish()
    correct(submission, "follows", by=world.amina)
    for step in ("transferred_on", "signed_on", "posted_on"):
        submission.enter_step(step, day(-1), by=world.amina)
    Outcome.objects.enter(submission, "invited", day(0), by=world.doris)
    draft = world.application.drafts.get(key="s15")
    assert (draft.value.state(EXTRACT), draft.by) == ("follows", world.amina)


def test_correction_does_not_come_over_what_was_written_in_stage_2(world):
    """The outcome is put right twice: stage 2 closes, and opens again with what the team wrote there."""
    submission = world.finish()
    correct(submission, "follows", by=world.amina)
    for step in ("transferred_on", "signed_on", "posted_on"):
        submission.enter_step(step, day(-1), by=world.amina)
    Outcome.objects.enter(submission, "invited", day(0), by=world.doris)
    write(world.application, "s15", Attachments((Item(id=EXTRACT, state="enclosed"),)), by=world.amina)
    for kind in ("declined", "invited"):
        Outcome.objects.enter(submission, kind, day(0), by=world.doris)
    assert world.application.drafts.get(key="s15").value.state(EXTRACT) == "enclosed"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_one_is_told(at_once):
    world = World()
    submission = world.finish()
    for number in range(ROUNDS):
        one, other = ("follows", "not_needed") if number % 2 == 0 else ("enclosed", "")
        results = at_once(
            *(partial(correct, Submission.objects.get(), state, by=world.amina, seen=number) for state in (one, other))
        )
        made = [result for result in results if isinstance(result, EnclosureList)]
        assert [type(result) for result in results if not isinstance(result, EnclosureList)] == [Overtaken]
        assert (read_envelope(submission).number, read_envelope(submission).value) == (number + 1, made[0].value)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_correction_is_there_before_the_post_or_not_at_all(at_once):
    """Against the day of posting: what was posted is never changed afterwards."""
    world = World()
    for _round in range(ROUNDS):
        submission = world.finish()
        for step in ("transferred_on", "signed_on"):
            submission.enter_step(step, day(), by=world.amina)
        posted, corrected = at_once(
            partial(Submission.objects.get(pk=submission.pk).enter_step, "posted_on", day(), by=world.amina),
            partial(correct, Submission.objects.get(pk=submission.pk), "follows", by=world.amina),
        )
        assert posted is None
        assert isinstance(corrected, EnclosureList | Stale)
        trail = Event.objects.filter(
            record_id=str(submission.pk), what__in=("submission.enclosures", "submission.posted")
        )
        made = ["submission.enclosures"] if isinstance(corrected, EnclosureList) else []
        assert list(trail.order_by("at").values_list("what", flat=True)) == [*made, "submission.posted"]
        Submission.objects.filter(pk=submission.pk).update(posted_on=None)
        submission.refresh_from_db()
        submission.take_back(by=world.amina)
        write(
            world.application,
            "s15",
            Attachments((Item(id=EXTRACT, state="enclosed"), Item(id=TAX, state="enclosed"))),
            by=world.amina,
        )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_correction_goes_back_into_the_section_or_is_refused_when_taken_back_at_once(at_once):
    """Nothing is said to be saved and then missing in the section."""
    world = World()
    for number in range(ROUNDS):
        state = "follows" if number % 2 == 0 else "enclosed"
        submission = world.finish()
        before = states(submission)[EXTRACT]
        taken, corrected = at_once(
            partial(Submission.objects.get(pk=submission.pk).take_back, by=world.amina),
            partial(correct, Submission.objects.get(pk=submission.pk), state, by=world.amina),
        )
        assert taken is None
        assert isinstance(corrected, EnclosureList | Stale | None)
        expected = state if isinstance(corrected, EnclosureList) else before
        assert world.application.drafts.get(key="s15").value.state(EXTRACT) == expected


def test_correction_of_somebody_erased_since_goes_back_as_nobodys(world):
    submission = world.finish()
    correct(submission, "follows", by=world.amina)
    EnclosureList.objects.update(by=None)
    submission.take_back(by=world.amina)
    draft = world.application.drafts.get(key="s15")
    assert (draft.value.state(EXTRACT), draft.by) == ("follows", None)
