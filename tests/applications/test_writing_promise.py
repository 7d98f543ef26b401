"""The promise of docs/writing.md, tried with whatever hypothesis thinks of: through the database, against a simple model.

People save what they see or an old version, decide conflicts, restore, hand in and call back, and the nightly job thins.
What was answered as saved is found again for 48 hours, to the letter; afterwards what was handed in, restored, lost in a
conflict or the last of somebody's run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from applications.content import Budget, Content, Expense, Text
from applications.content.merge import merge
from applications.models import Application, How, Revision
from applications.thinning import EXACT, LONGEST, PAUSE
from schmiede.writes import Stale
from tests.builders import make_application, make_cohort, make_organiser, make_team, make_user, row_id

SENTENCES = [
    "Wir kochen. ",
    "Am 3. Mai. ",
    "Alle kommen.\n",
    "- Frauen\n",
    "- Kinder\n",
    "Größe zählt 👍🏽. ",
    "z. B. hier. ",
    "\n",
]
TEXTS = st.lists(st.sampled_from(SENTENCES), max_size=7).map("".join).map(Text)
LINES = st.builds(Expense, id=st.sampled_from("abcd").map(row_id), title=st.sampled_from(["Miete", "Saal", ""]),
                  unit_price=st.sampled_from([None, 100, 200]))  # fmt: skip
PLANS = st.lists(LINES, max_size=4, unique_by=lambda row: row.id).map(lambda lines: Budget(expenses=tuple(lines)))
PEOPLE = st.sampled_from([0, 1])
BEGUN = datetime(2026, 11, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Answered:
    """A content that was answered as saved (or kept, in a conflict); `later` is what became of it in a merge."""

    by: int
    at: datetime
    value: Content
    later: Content
    forever: bool = False


class Writing(RuleBasedStateMachine):
    """One section (a text, or the plan) of one team, and two people with a page each."""

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
        self.pages = [(0, self.draft().value)] * 2  # the version each has before them, and its content
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

    def save(self, who, seen, value):
        answer = self.draft().save_content(by=self.people[who], seen=seen, content=value)
        if answer.how != How.UNCHANGED:
            later = answer.value if answer.how == How.MERGED else value
            self.answered.append(Answered(who, self.now, value, later, forever=answer.how == How.CONFLICT))
        else:
            assert value in {answer.value, self.before(seen)}
        self.pages[who] = (answer.version, answer.value)
        return answer

    def before(self, seen):
        return self.draft().value_at(seen)

    @rule(who=PEOPLE, text=TEXTS, plan=PLANS)
    def writes(self, who, text, plan):
        """Something new, on the page as it was last seen, however long ago."""
        self.goes_on()
        value = text if self.key == "s1" else plan
        seen, _content = self.pages[who]
        theirs = self.draft().value
        expected = merge(self.before(seen), value, theirs)
        answer = self.save(who, seen, value)
        if answer.how == How.MERGED:
            assert (answer.value, expected.clashes) == (expected.value, ())
        elif answer.how == How.CONFLICT:
            assert expected.clashes
            assert answer.value == theirs

    @rule(who=PEOPLE)
    def looks(self, who):
        draft = self.draft()
        self.pages[who] = (draft.version, draft.value)

    @rule(who=PEOPLE)
    def empties_it(self, who):
        """By accident: everything selected, one key."""
        self.goes_on()
        self.save(who, self.pages[who][0], Text() if self.key == "s1" else Budget())

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
        self.save(who, draft.version, value)

    @rule(who=PEOPLE, place=st.integers(0, 50))
    def restores(self, who, place):
        draft = self.draft()
        kept = list(draft.revisions.order_by("at", "pk"))
        if not kept:
            return
        self.goes_on()
        revision = kept[place % len(kept)]
        answer = draft.restore(revision, by=self.people[who], seen=draft.version)
        self.pages[who] = (answer.version, answer.value)
        if answer.how == How.SAVED:
            self.answered.append(Answered(who, self.now, answer.value, answer.value, forever=True))

    @rule(who=PEOPLE)
    @precondition(lambda self: self.open is None)
    def hands_in(self, who):
        self.goes_on()
        try:
            self.open = self.application.hand_in([self.key], by=self.people[who])
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
def test_the_promise_holds():
    profile = settings.get_current_profile_name()
    few = settings(max_examples=2000 if profile == "long" else 25, stateful_step_count=30, deadline=None, database=None)
    run_state_machine_as_test(Writing, settings=few)
