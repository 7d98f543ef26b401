"""Every status of an application × every step that touches it, the coaches' included."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.content import Text
from applications.papers.finishing import read_state
from applications.papers.foot import new_receipt_number
from applications.papers.models import Submission
from applications.reviews.models import Comment, Reply, Review, ReviewItem
from applications.reviews.steps import hand_in, withdraw
from applications.writing.models import Application, Attachment, Draft, Revision, SectionNote
from applications.writing.starting import adopt
from tests.applications.papers.test_finishing import PAPER, World
from tests.builders import make_edition, write
from tests.states import assert_only

pytestmark = pytest.mark.django_db

WRITING = {"save", "restore", "decide", "adopt", "hand in", "attach", "detach", "finish", "withdraw"}
# What a coach has begun to read she may end, whatever became of the application; so may a conversation.
REVIEW = {"comment", "give back", "release", "answer", "done", "resolve"}
POSSIBLE = {
    "drafting": WRITING | REVIEW | {"note", "take", "withdraw review"},
    "finished": REVIEW | {"note", "take back", "take", "withdraw review"},
    "withdrawn": {"comment", "give back", "release", "note"},  # what a coach reads already, can end
}


@pytest.fixture
def world() -> World:
    """A conflict, an attachment and a newer edition; one review given back, one taken, one waiting."""
    world = World()
    one = world.application
    world.draft = write(one, "s1", "Zweite Fassung.", by=world.amina)
    Revision.objects.create(
        draft=world.draft, content={"format": 1, "text": "Anders."}, based_on=1, by=world.jonas, why="conflict"
    )
    Attachment.objects.attach(one, by=world.amina, kind="register_extract", upload=upload(), file_type="txt")
    given, world.taken, world.waiting = (hand_in(one, [key], by=world.amina) for key in ("s2", "s3", "s4"))
    for review in (given, world.taken):
        review.take(by=world.carla)
    world.comment = given.items.get().comment(by=world.carla, kind="must change", text="Wie viele?")
    given.give_back(by=world.carla, verdicts={item.pk: "please change" for item in given.items.all()})
    world.edition = make_edition(one.call, 2)
    return world


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("auszug.txt", b"Auszug")


def into(world: World, state: str) -> Submission:
    """From every state there is a submission to take back: the current one, or one taken back before."""
    submission = world.finish()
    if state != "finished":
        submission.take_back(by=world.amina)
    if state == "withdrawn":
        withdraw(Application.objects.get(), by=world.amina)
    return submission


@pytest.mark.parametrize("state", POSSIBLE)
def test_application(world, state):
    submission, by = into(world, state), {"by": world.amina}

    def one() -> Application:
        return Application.objects.with_team().get()

    def draft() -> Draft:
        return Draft.objects.get(pk=world.draft.pk)

    def finish() -> Submission:
        receipt = new_receipt_number(2027)
        return Submission.objects.finish(one(), read_state(one()).frozen, PAPER, receipt, **by)

    def review(which: Review) -> Review:
        return Review.objects.get(pk=which.pk)

    def comment() -> Comment:
        return Comment.objects.get(pk=world.comment.pk)

    carla = {"by": world.carla}
    steps = {
        "save": lambda: draft().save_content(seen=draft().version, content=Text("Dritte."), **by),
        "restore": lambda: draft().restore(world.draft.revisions.get(version=1), seen=draft().version, **by),
        "decide": lambda: draft().save_content(seen=draft().version, content=Text("Zweite. Anders."), **by),
        "adopt": lambda: adopt(one(), world.edition, **by),
        "hand in": lambda: hand_in(one(), ["s6"], **by),
        "attach": lambda: Attachment.objects.attach(
            one(), kind="register_extract", upload=upload(), file_type="txt", **by
        ),
        "detach": lambda: Attachment.objects.get().detach(**by),
        "note": lambda: SectionNote.objects.save_note(one(), "s1", seen=0, text="Für uns.", **by),
        "finish": finish,
        "take back": lambda: Submission.objects.get(pk=submission.pk).take_back(**by),
        "withdraw": lambda: withdraw(one(), **by),
        "withdraw review": lambda: review(world.waiting).withdraw(**by),
        "take": lambda: review(world.waiting).take(**carla),
        "comment": lambda: review(world.taken).items.get().comment(kind="hint", text="Kürzer.", **carla),
        "give back": lambda: review(world.taken).give_back(
            verdicts={item.pk: "accepted" for item in world.taken.items.all()}, **carla
        ),
        "release": lambda: review(world.taken).release(**carla),
        "answer": lambda: comment().answer("Vierzig.", **by),
        "done": lambda: comment().mark_done(**by),
        "resolve": lambda: comment().resolve(**carla),
    }
    models = (Application, Draft, Revision, Attachment, SectionNote, Submission, Review, ReviewItem, Comment, Reply)
    assert_only(POSSIBLE[state], steps, *models)


def test_every_status_has_its_row():
    assert set(POSSIBLE) == set(Application.Status)
