"""What „Vorhaben beginnen“ shows of earlier applications: which there are, what changed since, what comes over and what does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Membership, User
from applications.content import Budget, Content, Cover, Goals, WorkPlan
from applications.content.base import rows
from applications.papers.models import Outcome
from applications.writing.earlier import earlier_of, open_to, texts_of, who_may_take
from applications.writing.models import Application, Draft
from calls.comparing import Changes, changes, unchecked
from calls.models import Edition
from calls.terms import BUDGET, SectionTerm, Terms
from cohorts.models import Team
from core.values import dataclass
from core.words import all_of


def how_it_ended(application: Application, outcome: Outcome | None) -> str:
    """Return what became of an application that nobody works on any more: the funder's decision, or how far it came."""
    if outcome:
        return outcome.get_kind_display()
    return {
        Application.Status.DRAFTING.value: _("nicht fertiggestellt"),
        Application.Status.FINISHED.value: _("fertiggestellt"),
        Application.Status.WITHDRAWN.value: _("zurückgezogen"),
    }[application.status]


@dataclass(frozen=True)
class Attempt:
    """An earlier application as one person of the new team sees it; without `is_open` only that there was one."""

    application: Application
    is_open: bool
    outcome: Outcome | None

    @property
    def how_it_ended(self) -> str:
        return how_it_ended(self.application, self.outcome)


@dataclass(frozen=True)
class Attempts:
    """All earlier applications of a team's organisation, newest first."""

    team: Team
    user: User
    rows: list[Attempt]

    @property
    def open(self) -> list[Attempt]:
        return [row for row in self.rows if row.is_open]

    @property
    def closed(self) -> list[Attempt]:
        return [row for row in self.rows if not row.is_open]

    def find(self, key: str) -> Attempt | None:
        """Return the open one that an address names, if there is one."""
        return next((row for row in self.open if str(row.application.pk) == key), None)

    @cached_property
    def to_ask(self) -> list[str]:
        """Return whom somebody can ask who may not take the rest over: people of the team, else of the organisation."""
        able = [str(member) for member in who_may_take(self.team, [row.application for row in self.closed])]
        if able:
            return able
        fellows = Membership.objects.visible_to(self.user).filter(organisation=self.team.organisation_id)
        return [str(fellow.user) for fellow in fellows.responsible().select_related("user")]


def attempts_of(team: Team, user: User) -> Attempts:
    """Read the earlier applications. Four queries at most, one where there are none."""
    found = list(earlier_of(team).select_related("team__cohort", "call"))
    if not found:
        return Attempts(team, user, [])
    open_ones = set(open_to(team, user).values_list("pk", flat=True))
    outcomes = outcomes_of(found, user)
    return Attempts(team, user, [Attempt(row, row.pk in open_ones, outcomes.get(row.pk)) for row in found])


def outcomes_of(applications: Iterable[Application], user: User) -> dict[UUID, Outcome]:
    """Return by application the funder's latest decision, where this person may see it. One query."""
    seen = Outcome.objects.visible_to(user).filter(
        submission__application__in=[row.pk for row in applications], submission__superseded_at=None
    )
    decided = seen.select_related("submission").defer("submission__frozen").order_by("submission__stage")
    return {outcome.submission.application_id: outcome for outcome in decided}


@dataclass(frozen=True)
class Taken:
    """A section that comes over, with the length of its texts in characters and the number of its rows."""

    title: str
    length: int
    rows: int


@dataclass(frozen=True)
class TakingOver:
    """What happens if the texts of an earlier application are taken over into one on this edition.

    Texts, files and the earlier edition are read when first asked for: three queries.
    """

    earlier: Application
    edition: Edition

    @cached_property
    def drafts(self) -> dict[str, Draft]:
        return texts_of(self.earlier)

    @cached_property
    def files(self) -> int:
        """How many files lay with it, which do not come over."""
        return self.earlier.attachments.count()

    @property
    def former_terms(self) -> Terms:
        return self.earlier.edition.terms

    @cached_property
    def changes(self) -> list[Changes]:
        return changes(self.former_terms, self.edition.terms)

    @property
    def unchecked(self) -> str:
        """The limits that nobody has looked up for the new call, in one sentence."""
        return all_of(unchecked(self.edition.terms))

    @property
    def taken(self) -> list[Taken]:
        """The sections that go on in the new edition, in its order."""
        return [self._taken(term) for term in self.edition.terms.sections if term.key in self.drafts]

    @property
    def dropped(self) -> list[Taken]:
        """The sections that the new edition no longer has; their texts come over to be read."""
        gone = [key for key in self.drafts if key not in self.edition.terms.by_key]
        return [self._taken(self.earlier.term_of(key) or SectionTerm(key, key, self.drafts[key].kind)) for key in gone]

    def _taken(self, term: SectionTerm) -> Taken:
        draft = self.drafts[term.key]
        return Taken(term.title, draft.length, sum(1 for _row in rows(draft.value)))

    @property
    def theme(self) -> str:
        """The key of the earlier theme, if it can be chosen again."""
        theme = self.edition.terms.theme(self.earlier.theme_key)
        return theme.key if theme else ""

    @property
    def former_theme(self) -> str:
        """The title of the earlier theme, if it cannot be chosen any more."""
        theme = self.former_terms.theme(self.earlier.theme_key)
        return theme.title if theme and not self.theme else ""

    @property
    def lost_kinds(self) -> str:
        """Kinds of expense that lines of the plan have and the new edition does not."""
        plan = self.drafts[BUDGET].value if BUDGET in self.drafts else None
        used = {row.kind for row in plan.expenses} if isinstance(plan, Budget) else set()
        former, now = self.former_terms, self.edition.terms
        gone = sorted(code for code in used if code and now.kind(code) is None)
        return all_of(kind.label if (kind := former.kind(code)) else code for code in gone)

    @property
    def years(self) -> str:
        """The calendar years in days, quarters and lines of the plan that lie before the new call's, in words."""
        found = years_in({key: draft.value for key, draft in self.drafts.items()})
        return all_of(str(year) for year in sorted(found) if year < self.edition.call.year)


def years_in(values: Mapping[str, Content]) -> set[int]:
    """Return the years that stand in fields of these sections; running texts are not searched."""
    stamps: list[str] = []
    years: set[int] = set()
    for value in values.values():
        if isinstance(value, Cover):
            stamps.append(value.start_on)
        elif isinstance(value, Goals):
            stamps += [goal.due_on for goal in value.rows]
        elif isinstance(value, WorkPlan):
            stamps += [stamp for activity in value.rows for stamp in (activity.begins, activity.ends)]
        elif isinstance(value, Budget):
            lines: list[Any] = [*value.expenses, *value.personnel, *value.income]
            years |= {line.year for line in lines if line.year}
    return years | {int(stamp[:4]) for stamp in stamps if stamp[:4].isdecimal()}
