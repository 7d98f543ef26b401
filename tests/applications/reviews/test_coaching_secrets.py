"""The whole coaching cycle with whatever hypothesis thinks of, against the table of docs/access.md, written here anew.

People hand in, take, begin, comment, put back, give back, answer, write notes; members leave, coaches come, go and are
named. After every step everybody sees exactly what the table says, and „Wer kann das lesen?“ says the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from applications.progress.audience import NOTE, REVIEW, TEXT, PeopleAround
from applications.reviews.models import BegunComment, Comment, Reply, Review, ReviewItem
from applications.reviews.steps import hand_in
from applications.writing.models import Application, Draft, Revision, SectionNote
from cohorts.models import CoachAssignment, Team, TeamMember
from core.statements import Statement
from core.writes import Stale
from tests.applications.coaching import make_world
from tests.builders import log_in, make_application, make_bamf, write

TEAM, COACHES = ["amina", "jonas", "rana"], ["carla", "chris"]
EVERYBODY = [*TEAM, *COACHES, "doris", "bilal", "emil"]
PEOPLE, KEYS = st.sampled_from(EVERYBODY), st.sampled_from(["s3", "s4"])
ANY = st.integers(0, 20)
# Mostly whoever may, so that the cycle goes on; sometimes anybody.
RIGHT = st.sampled_from([True, True, True, False])


def visible(model, field):
    """What a person sees of a model, by a field; built once, because it is asked thousands of times."""
    return Statement(lambda user: model.objects.visible_to(user).values_list(field, flat=True), "user")


VISIBLE = {
    Draft: visible(Draft, "application"),
    Revision: visible(Revision, "draft__application"),
    Review: visible(Review, "pk"),
    Comment: visible(Comment, "pk"),
    Reply: visible(Reply, "pk"),
    BegunComment: visible(BegunComment, "text"),
    SectionNote: visible(SectionNote, "text"),
}


@dataclass
class Handed:
    """What the test knows of one review."""

    pk: object
    state: str = "waiting"
    coach: str = ""
    comments: dict = field(default_factory=dict)  # by key: author and the word that stands in it
    begun: dict = field(default_factory=dict)  # by item: author and word
    answers: dict = field(default_factory=dict)


class Coaching(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = make_world()
        self.world.emil = make_bamf()
        theirs = Team.objects.exclude(pk=self.world.team.pk).get()
        self.others = write(make_application(theirs), "s4", "Ein Text aus einem anderen Team.", by=self.world.bilal)
        self.members, self.coaches, self.named = set(TEAM), set(COACHES), {"carla"}
        self.handed: list[Handed] = []
        self.notes: dict = {}
        self.words, self.turns = count(1), count()
        self.hands_in("amina", "s4", right=False)
        self.moves("carla", 0, "take", right=False)
        self.begins("carla", 0, right=False)

    def teardown(self):
        if hasattr(self, "atomic"):
            try:
                for who in EVERYBODY:
                    self.sees(who)
            finally:
                self.ends()

    def ends(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # The table of docs/access.md

    def sees_application(self, who):
        return who in self.members or who in self.coaches & self.named or who == "doris"

    def sees_review(self, who):
        return who in self.members or who in self.coaches or who == "doris"

    def sees_comment(self, who, review, author):
        return self.sees_review(who) and (who == author or review.state == "given")

    # Steps: whoever is not allowed is refused by the step itself

    def does(self, allowed, possible, act):
        """Take the step; say whether it was taken, which must be so exactly when it is allowed and possible."""
        try:
            with transaction.atomic():
                act()
        except PermissionDenied:
            assert not allowed
            return False
        except Stale:
            assert (allowed, possible) == (True, False)
            return False
        assert (allowed, possible) == (True, True)
        return True

    def user(self, who):
        return getattr(self.world, who)

    def writer(self, who, right):
        return "amina" if right else who

    def reader(self, one, who, right):
        """Whoever reads it, or could take it."""
        able = one.coach or next(iter(sorted(self.coaches)), who)
        return able if right else who

    def word(self):
        return f"Wort{next(self.words)}x"

    def pick(self, place, state=None):
        found = [one for one in self.handed if state is None or one.state in state]
        return found[place % len(found)] if found else None

    @rule(who=PEOPLE, key=KEYS, right=RIGHT)
    def hands_in(self, who, key, right):
        who = self.writer(who, right)
        application = Application.objects.get(pk=self.world.application.pk)
        waits = ReviewItem.objects.filter(closed_at=None, draft__key=key).exists()
        allowed = who in self.members & {"amina", "jonas"}
        made = []
        if self.does(allowed, not waits, lambda: made.append(hand_in(application, [key], by=self.user(who)))):
            self.handed.append(Handed(made[0].pk))

    @rule(who=PEOPLE, place=ANY, step=st.sampled_from(["take", "take", "release", "withdraw"]), right=RIGHT)
    def moves(self, who, place, step, right):
        one = self.pick(place, {"taken"} if right and step == "release" else {"waiting"} if right else None)
        if one is None:
            return
        who = self.writer(who, right) if step == "withdraw" else self.reader(one, who, right)
        review = Review.objects.get(pk=one.pk)
        mine = one.state == "taken" and one.coach == who
        allowed, possible = {
            "take": (who in self.coaches, one.state == "waiting"),
            "release": (who in self.coaches, mine),
            "withdraw": (who in self.members & {"amina", "jonas"}, one.state == "waiting"),
        }[step]
        if self.does(allowed, possible, lambda: getattr(review, step)(by=self.user(who))):
            one.state = {"take": "taken", "release": "waiting", "withdraw": "withdrawn"}[step]
            one.coach = who if step == "take" else ""
            if step == "release":
                one.comments, one.begun = {}, {}

    @rule(who=PEOPLE, place=ANY, right=RIGHT)
    def begins(self, who, place, right):
        one = self.pick(place, {"taken"} if right else None)
        if one is None:
            return
        who = self.reader(one, who, right)
        item, word = ReviewItem.objects.get(review=one.pk), self.word()
        typed = {"words": "", "before": "", "row": "", "kind": "hint", "text": word}
        act = lambda: BegunComment.objects.keep(item, by=self.user(who), typed=typed)  # noqa: E731
        if self.does(who in self.coaches, one.state == "taken" and one.coach == who, act):
            one.begun = {item.pk: (who, word)}

    @rule(who=PEOPLE, place=ANY, right=RIGHT)
    def comments(self, who, place, right):
        one = self.pick(place, {"taken"} if right else None)
        if one is None:
            return
        who = self.reader(one, who, right)
        item, word, made = ReviewItem.objects.get(review=one.pk), self.word(), []
        act = lambda: made.append(item.comment(by=self.user(who), kind="hint", text=word))  # noqa: E731
        if self.does(who in self.coaches, one.state == "taken" and one.coach == who, act):
            one.comments[made[0].pk] = (who, word)
            one.begun = {}

    @rule(who=PEOPLE, place=ANY, right=RIGHT)
    def gives_back(self, who, place, right):
        one = self.pick(place, {"taken"} if right else {"taken", "given"})
        if one is None:
            return
        who = self.reader(one, who, right)
        review = Review.objects.get(pk=one.pk)
        verdicts = {item.pk: "please change" for item in review.items.all()}
        possible = one.state == "taken" and one.coach == who and not one.begun
        if self.does(who in self.coaches, possible, lambda: review.give_back(by=self.user(who), verdicts=verdicts)):
            one.state = "given"

    @rule(who=PEOPLE, place=ANY, right=RIGHT)
    def answers(self, who, place, right):
        one = self.pick(place, {"given"} if right else None)
        if one is None or not one.comments:
            return
        who = self.writer(who, right)
        key = list(one.comments)[place % len(one.comments)]
        comment, word, made = Comment.objects.get(pk=key), self.word(), []
        allowed = who in (self.members & {"amina", "jonas"}) | self.coaches
        act = lambda: made.append(comment.answer(word, by=self.user(who)))  # noqa: E731
        if self.does(allowed, one.state == "given", act):
            one.answers[made[0].pk] = word

    @rule(who=PEOPLE, key=KEYS, right=RIGHT)
    def notes_down(self, who, key, right):
        who = self.writer(who, right)
        application = Application.objects.get(pk=self.world.application.pk)
        word, version = self.word(), len(self.notes.get(key, []))
        act = lambda: SectionNote.objects.save_note(  # noqa: E731
            application, key, by=self.user(who), seen=version, text=word
        )
        if self.does(who in self.members & {"amina", "jonas"}, True, act):
            self.notes.setdefault(key, []).append(word)

    @rule(who=PEOPLE, key=KEYS)
    def writes(self, who, key):
        """The team goes on writing; only it, its own coaches and the organiser see what was not handed in."""
        if who in self.members & {"amina", "jonas"}:
            write(Application.objects.get(pk=self.world.application.pk), key, self.word(), by=self.user(who))

    # People come and go

    @rule(who=st.sampled_from(["jonas", "rana"]))
    def leaves_or_comes_back(self, who):
        gone = who in self.members
        left_on = timezone.localdate() - timedelta(days=1) if gone else None
        TeamMember.objects.filter(user=self.user(who)).update(left_on=left_on)
        self.members ^= {who}

    @rule(who=st.sampled_from(COACHES))
    def ends_or_begins_again(self, who):
        until = timezone.localdate() - timedelta(days=1) if who in self.coaches else None
        CoachAssignment.objects.filter(coach=self.user(who)).update(until=until)
        self.coaches ^= {who}

    @rule()
    def names_the_other_coach(self):
        chris = CoachAssignment.objects.get(coach=self.world.chris)
        second = None if "chris" in self.named else chris
        Team.objects.filter(pk=self.world.team.pk).update(second_coach=second)
        self.named ^= {"chris"}

    # What must hold

    @invariant()
    def everybody_sees_what_the_table_says(self):
        if not hasattr(self, "world"):
            return
        application = Application.objects.get(pk=self.world.application.pk)
        around = PeopleAround.of(application)
        expected = {
            TEXT: {who for who in EVERYBODY if self.sees_application(who)},
            REVIEW: {who for who in EVERYBODY if self.sees_review(who)},
            NOTE: self.members,
        }
        for wanted, readers in expected.items():
            assert around.audience(wanted, self.world.amina).users == {self.user(who).pk for who in readers}
        self.sees(EVERYBODY[next(self.turns) % len(EVERYBODY)])  # one after every step, everybody in the end

    def sees(self, who):
        user = self.user(who)
        application, review = self.sees_application(who), self.sees_review(who)
        comments = {
            key for one in self.handed for key, (author, _word) in one.comments.items()
            if self.sees_comment(who, one, author)
        }  # fmt: skip
        answers = {key for one in self.handed if one.state == "given" and review for key in one.answers}
        begun = {word for one in self.handed for author, word in one.begun.values() if author == who and review}
        texts = {self.world.application.pk} if application else set()
        texts |= {self.others.application_id} if who in {"bilal", "doris"} else set()
        assert {model: set(visible(user=user.pk)) for model, visible in VISIBLE.items()} == {
            Draft: texts,
            Revision: texts,
            Review: {one.pk for one in self.handed if review},
            Comment: comments,
            Reply: answers if review else set(),
            BegunComment: begun,
            SectionNote: {words[-1] for words in self.notes.values()} if who in self.members else set(),
        }

    @rule(who=PEOPLE, place=ANY)
    def looks(self, who, place):
        """The pages show no word of a comment, a begun one or a note to somebody it is not meant for."""
        client, one = log_in(Client(), self.user(who)), self.pick(place)
        pages = [reverse("applications:section", args=[self.world.application.pk, key]) for key in ("s3", "s4")]
        pages += [reverse("reviews:read", args=[one.pk])] if one else []
        pages.append(reverse("applications:section", args=[self.others.application_id, "s4"]))
        said = "".join(client.get(page).text for page in pages)
        assert ("Ein Text aus einem anderen Team." in said) == (who in {"bilal", "doris"})
        for review in self.handed:
            for author, word in [*review.comments.values(), *review.begun.values()]:
                assert word not in said or self.sees_comment(who, review, author)
            for _author, word in review.begun.values():
                assert word not in said or who == review.coach
        if who not in self.members:
            assert not [words for words in self.notes.values() if words[-1] in said]


@pytest.mark.hypothesis
@pytest.mark.django_db
def test_nobody_ever_sees_what_is_not_meant_for_them(story):
    run_state_machine_as_test(Coaching, settings=story("coaching"))
