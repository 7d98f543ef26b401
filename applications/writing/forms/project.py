"""What a section's form takes from others: the years of the plan, activities to choose, the call's terms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from applications.checks import years_of_term
from applications.content import ACTIVITY_QUARTERS, Activity, Cover, WorkPlan
from applications.content.base import Spec
from applications.content.budget import ALL_ACTIVITIES, PERSONNEL, decimal
from applications.writing.forms.fields import Choice, day_of, with_missing
from applications.writing.models import Application, Draft
from calls.terms import COVER, WORK_PLAN, Terms
from core.values import dataclass
from core.words import grouped, money, quarter, short_day

# Without a start and a length the plan offers as many years as a call pays at most.
USUAL_MONTHS = 36


@dataclass(frozen=True)
class ProjectFacts:
    """The project as cover and work plan describe it, for the choices and labels of every section's form."""

    NEEDS = frozenset({COVER, WORK_PLAN})  # the sections whose texts it holds

    terms: Terms
    year: int
    """The call's year: assumed to be the first year until the cover names one."""
    cover: Cover = field(default_factory=Cover)
    activities: tuple[Activity, ...] = ()

    @classmethod
    def of(cls, application: Application, drafts: Iterable[Draft]) -> ProjectFacts:
        """Read from the drafts at hand; no query."""
        values = {draft.key: draft.value for draft in drafts if draft.key in cls.NEEDS}
        cover, plan = values.get(COVER), values.get(WORK_PLAN)
        return cls(
            terms=application.terms,
            year=application.call.year,
            cover=cover if isinstance(cover, Cover) else Cover(),
            activities=plan.rows if isinstance(plan, WorkPlan) else (),
        )

    @property
    def start(self) -> date:
        return day_of(self.cover.start_on) or date(self.year, 1, 1)

    @property
    def months(self) -> int:
        return min(self.cover.months or USUAL_MONTHS, 120)

    @cached_property
    def years(self) -> list[int]:
        """The calendar years of the term, or of a usual term while it is not known."""
        return years_of_term(self.start.isoformat(), self.months)

    @property
    def term(self) -> list[int]:
        """The calendar years of the term; none while start or length is missing."""
        return years_of_term(self.cover.start_on, self.cover.months)

    def choices(self, spec: Spec) -> list[Choice]:
        """Return the choices of a field, beginning with the one that is shown before anybody has chosen.

        They are made once: every row of a table has the same.
        """
        key = (spec.widget, spec.choices)
        if key not in self._choices:
            self._choices[key] = self._make_choices(spec)
        return self._choices[key]

    @cached_property
    def _choices(self) -> dict[Any, list[Choice]]:
        """What `choices` has made for this object; an object lives as long as a request."""
        return {}

    def _make_choices(self, spec: Spec) -> list[Choice]:
        match spec.widget:
            case "year":
                return self.year_choices()
            case "quarter":
                return self.quarter_choices()
            case "theme":
                return self.theme_choices()
            case "refs":
                return self.activity_choices()
            case "ref":
                return [
                    ("", _("noch keiner Maßnahme zugeordnet")),
                    (ALL_ACTIVITIES, _("für alle Maßnahmen")),
                    *self.activity_choices(),
                ]
        if spec.choices:
            return [("", _("noch nicht beantwortet") if len(spec.choices) == 2 else _("Bitte wählen")), *spec.choices]
        return self.kind_choices(PERSONNEL)

    def text_of(self, spec: Spec, value: Any) -> str:
        """Return a stored value as people read it; an empty text for an empty value."""
        if value in {None, ""} or value == ():
            return ""
        match spec.widget:
            case "money":
                return money(value)
            case "decimal":
                return grouped(decimal(value))
            case "date":
                day = day_of(value)
                return short_day(day) if day else value
            case "refs":
                labels = dict(with_missing(self.choices(spec), value))
                return ", ".join(str(labels[key]) for key in value)
            case "line" | "area" | "number":
                return str(value)
        choices = with_missing(self.choices(spec), [str(value)], as_words=bool(spec.formerly))
        return str(dict(choices)[str(value)])

    def year_choices(self) -> list[Choice]:
        return [("", _("Bitte wählen")), *((str(year), str(year)) for year in self.years)]

    def quarter_choices(self) -> list[Choice]:
        """Return the quarters of the term, for five years at most."""
        first = self.start.year * 4 + (self.start.month - 1) // 3
        last = self.start.year * 12 + self.start.month - 1 + self.months - 1
        quarters = range(first, min(last // 3, first + ACTIVITY_QUARTERS - 1) + 1)
        return [
            ("", _("Bitte wählen")),
            *((f"{q // 4}-Q{q % 4 + 1}", quarter(f"{q // 4}-Q{q % 4 + 1}")) for q in quarters),
        ]

    def activity_choices(self) -> list[Choice]:
        return [(row.id, row.title or _("Maßnahme ohne Titel")) for row in self.activities]

    def kind_choices(self, *without: str) -> list[Choice]:
        kinds = [(kind.code, kind.label) for kind in self.terms.kinds if kind.code not in without]
        return [("", _("Bitte wählen")), *kinds]

    def theme_choices(self) -> list[Choice]:
        return [(theme.key, theme.title) for theme in self.terms.themes]
