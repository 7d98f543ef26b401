"""The promise of docs/writing.md, tried with whatever hypothesis thinks of: through the database, against a simple model.

People save what they see or an old version, on pages that name their attempts as static/js/saver.js does; answers get
lost and attempts arrive twice. They decide conflicts, restore, hand in and call back, and the nightly job thins.
What a page saves is joined with what others wrote since that page's own text, never over it.
What was answered as saved is found again for 48 hours, to the letter, but for the spelling of the letters themselves;
afterwards what was handed in, restored, lost in a conflict or the last of somebody's run. What was not answered yet is the
browser's part: `tests/js/promise.test.js`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from applications.content import Budget, Content, Expense, Text, storable
from applications.content.merging.merge import merge
from applications.reviews.steps import hand_in
from applications.writing.models import Application, How, Revision
from applications.writing.thinning import EXACT, LONGEST, PAUSE
from core.writes import Stale
from tests.builders import make_application, make_cohort, make_organiser, make_team, make_user, row_id

SENTENCES = [
    "Wir kochen. ",
    "Am 3. Mai. ",
    "Alle kommen.\n",
    "- Frauen\n",
    "- Kinder\n",
    "Größe zählt 👍🏽. ",
    "Gro\u0308ße za\u0308hlt 👍🏽. ",
    "Alle kommen.\u2028",
    "\u2029",
    "z. B. hier. ",
    "\n",
]
TEXTS = st.lists(st.sampled_from(SENTENCES), max_size=7).map("".join).map(Text)
LINES = st.builds(Expense, id=st.sampled_from("abcd").map(row_id), title=st.sampled_from(["Miete", "Saal", ""]),
                  unit_price=st.sampled_from([None, 100, 200]))  # fmt: skip
PLANS = st.lists(LINES, max_size=4, unique_by=lambda row: row.id).map(lambda lines: Budget(expenses=tuple(lines)))
PEOPLE = st.sampled_from([0, 1])
PAGES = st.sampled_from([0, 1, 2])  # the third is the first person's second tab
BEGUN = datetime(2026, 11, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Answered:
    """A content that was answered as saved (or kept, in a conflict); `later` is what became of it in a merge."""

    by: int
    at: datetime
    value: Content
    later: Content
    forever: bool = False


@dataclass
class Page:
    """A person's page: the version it has seen, the text it was written from, and the attempts that still stand there."""

    who: int
    seen: int
    base: Content
    after: list[UUID] = field(default_factory=list)
    joined: Content | None = None
    """What its last save was joined to, until the page shows it."""


class Writing(RuleBasedStateMachine):
    """One section (a text, or the plan) of one team, and two people with three pages."""

    @initialize(key=st.sampled_from(["s1", "s17"]))
    def begin(self, key):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = BEGUN
        self.clock = time_machine.travel(self.now, tick=False)
        self.clock.start()
        self.people = [make_user("Amina", "Haddad"), make_user("Jonas", "Petersen")]
        team = make_team(make_cohort(make_organiser(make_user("Doris"))), *self.people)
        self.application, self.key = make_application(team), key
        self.answered: list[Answered] = []
        self.sent: dict[UUID, Content] = {}
        self.pages = [Page(who, 0, self.draft().value) for who in (0, 1, 0)]
        self.open = None
        self.handed_in = set()

    def teardown(self):
        if not hasattr(self, "atomic"):
            return
        self.clock.stop()
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def draft(self):
        application = Application.objects.get(pk=self.application.pk)
        return application.drafts.select_related("application").get(key=self.key)

    def goes_on(self, minutes=1.0):
        self.now += timedelta(minutes=minutes)
        self.clock.stop()
        self.clock = time_machine.travel(self.now, tick=False)
        self.clock.start()

    def note(self, who, value, answer):
        """Remember what was answered as saved."""
        if answer.how != How.UNCHANGED:
            later = answer.value if answer.how == How.MERGED else value
            self.answered.append(Answered(who, self.now, value, later, forever=answer.how == How.CONFLICT))

    def save(self, page, value, *, lost=False, twice=False):
        """Send it as the page's script does, and check what became of it against the joining of three texts."""
        theirs, base, attempt = self.draft().value, self.base_of(page), uuid4()
        if page.joined is not None:
            assert base == page.base, "what was written is compared with something the page never showed"
        sent = {"by": self.people[page.who], "seen": page.seen, "content": value, "save_id": attempt}
        value = storable(value)
        self.sent[attempt] = value
        answer = self.draft().save_content(**sent, after=page.after)
        self.note(page.who, value, answer)
        self.check(answer, base, value, theirs)
        if twice:
            again = self.draft().save_content(**sent, after=page.after)
            assert (again.how, again.version) == (
                How.CONFLICT if answer.how == How.CONFLICT else How.UNCHANGED, answer.version,
            )  # fmt: skip
        self.answer_to(page, value, answer, attempt, lost=lost)

    def check(self, answer, base, value, theirs):
        now, expected = self.draft().value, merge(base, value, theirs)
        if value in {base, theirs}:
            assert (answer.how, now) == (How.UNCHANGED, theirs)
        elif expected.clashes:
            assert (answer.how, now) == (How.CONFLICT, theirs)
        else:
            assert answer.how in {How.SAVED, How.MERGED}
            assert now == answer.value == expected.value

    def base_of(self, page):
        """What the page's text came from: the last of its attempts that got through, else the version it has seen."""
        draft = self.draft()
        through = set(draft.revisions.exclude(why=Revision.Why.CONFLICT).values_list("pk", flat=True))
        known = [attempt for attempt in page.after if attempt in through]
        return self.sent[known[-1]] if known else draft.value_at(page.seen)

    def answer_to(self, page, value, answer, attempt, *, lost):
        """What the page does with the answer; of one that got lost it knows nothing, only that it was sent."""
        arrived = answer.how in {How.SAVED, How.MERGED}
        if lost:
            page.after.append(attempt)
            page.base, page.joined = (value if arrived else page.base), None
        elif answer.how != How.CONFLICT and answer.value == value:
            page.seen, page.base, page.after, page.joined = answer.version, value, [], None
        elif answer.how == How.MERGED:
            page.seen, page.base, page.after, page.joined = answer.version, value, [attempt], answer.value

    def looks_at_what_is(self, page):
        draft = self.draft()
        page.seen, page.base, page.after, page.joined = draft.version, draft.value, [], None

    @rule(page=PAGES, text=TEXTS, plan=PLANS, lost=st.booleans(), twice=st.booleans())
    def writes(self, page, text, plan, lost, twice):
        """Something new, on the page as it was last seen, however long ago."""
        self.goes_on()
        self.save(self.pages[page], text if self.key == "s1" else plan, lost=lost, twice=twice)

    @rule(page=PAGES, place=st.integers(0, 50), lost=st.booleans(), twice=st.booleans())
    @precondition(lambda self: self.sent)
    def writes_the_same(self, page, place, lost, twice):
        """What was sent before, from this page or another: a copy, or one's own words once more."""
        self.goes_on()
        values = list(self.sent.values())
        self.save(self.pages[page], values[place % len(values)], lost=lost, twice=twice)

    @rule(page=PAGES, sentence=st.sampled_from(SENTENCES), line=LINES, lost=st.booleans())
    def goes_on_writing(self, page, sentence, line, lost):
        """Something more, behind what the page shows: what others wrote meanwhile stays, wherever it can be joined."""
        self.goes_on()
        page = self.pages[page]
        more = Text(page.base.text + sentence) if self.key == "s1" else self.with_line(page.base, line)
        self.save(page, more, lost=lost)

    def with_line(self, plan, line):
        return Budget(expenses=(*(row for row in plan.expenses if row.id != line.id), line))

    @rule(page=PAGES)
    def shows_what_it_was_joined_to(self, page):
        """The cursor has gone elsewhere: the page puts the joined text into its place."""
        page = self.pages[page]
        if page.joined is not None:
            page.base, page.after, page.joined = page.joined, [], None

    @rule(page=PAGES)
    def looks(self, page):
        self.looks_at_what_is(self.pages[page])

    @rule(page=PAGES)
    def empties_it(self, page):
        """By accident: everything selected, one key."""
        self.goes_on()
        self.save(self.pages[page], Text() if self.key == "s1" else Budget())

    @rule(who=PEOPLE, mine=st.booleans())
    def decides(self, who, mine):
        """The newest conflict of this person, one way or the other."""
        draft = self.draft()
        sent = draft.revisions.filter(version=None, why=Revision.Why.CONFLICT, by=self.people[who]).first()
        if sent is None:
            return
        self.goes_on()
        merged = merge(sent.value_before(), sent.value, draft.value)
        chosen = {clash.path: clash.mine if mine else clash.theirs for clash in merged.clashes}
        value = merge(sent.value_before(), sent.value, draft.value, chosen).value
        self.looks_at_what_is(self.pages[who])
        self.save(self.pages[who], value)

    @rule(who=PEOPLE, place=st.integers(0, 50))
    def restores(self, who, place):
        draft = self.draft()
        kept = list(draft.revisions.order_by("at", "pk"))
        if not kept:
            return
        self.goes_on()
        revision = kept[place % len(kept)]
        answer = draft.restore(revision, by=self.people[who], seen=draft.version)
        self.looks_at_what_is(self.pages[who])
        if answer.how == How.SAVED:
            self.answered.append(Answered(who, self.now, answer.value, answer.value, forever=True))

    @rule(who=PEOPLE)
    @precondition(lambda self: self.open is None)
    def hands_in(self, who):
        self.goes_on()
        try:
            self.open = hand_in(self.application, [self.key], by=self.people[who])
        except Stale:
            assert self.draft().version == 0
        else:
            self.handed_in.add((self.now, self.draft().value))

    @rule(who=PEOPLE)
    @precondition(lambda self: self.open is not None)
    def calls_back(self, who):
        self.goes_on()
        self.open.withdraw(by=self.people[who])
        self.open = None

    @rule(minutes=st.sampled_from([5, 11, 61, 24 * 60, 49 * 60]))
    def waits(self, minutes):
        self.goes_on(minutes)

    @rule()
    def thins(self):
        Revision.objects.thin(self.now)

    @invariant()
    def nothing_promised_is_gone(self):
        if not hasattr(self, "answered"):
            return
        draft = self.draft()
        found = [draft.value, *(row.value for row in draft.revisions.select_related("draft"))]
        for one in self.answered:
            if one.forever or self.now - one.at < EXACT:
                assert one.value in found
            elif self.ends_a_run(one):
                assert one.later in found
        for _at, value in self.handed_in:
            assert value in found

    def ends_a_run(self, one):
        """The last of what this person had answered before a pause, with none of their runs near the hour it may last."""
        mine = sorted(other.at for other in self.answered if other.by == one.by)
        after = [at for at in mine if at > one.at]
        return (bool(after) and after[0] - one.at > PAUSE and after[0] - mine[0] < LONGEST) or not after

    @invariant()
    def versions_have_no_gap_and_hold_what_the_columns_say(self):
        if not hasattr(self, "answered"):
            return
        draft = self.draft()
        newest = draft.revisions.exclude(version=None).order_by("-version").first()
        if draft.version:
            assert (newest.version, newest.value) == (draft.version, draft.value)
        if self.key == "s17" and draft.version:
            assert Application.objects.get(pk=self.application.pk).grant_cents == draft.value.grant()


@pytest.mark.hypothesis
@pytest.mark.django_db
def test_the_promise_holds(story):
    run_state_machine_as_test(Writing, settings=story("writing"))
