"""Contents of the structured sections, made from a team's file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accounts.models import Organisation
from applications.content import (
    Activity,
    Answer,
    Attachments,
    Budget,
    Content,
    Cover,
    Declarations,
    Expense,
    Goal,
    Goals,
    Income,
    Item,
    Partner,
    Partners,
    Personnel,
    WorkPlan,
)
from applications.content.budget import ALL_ACTIVITIES
from applications.writing.starting import cover_of
from calls.terms import Terms
from schmiede.demo.data_files import Row


class Values:
    """The contents that one team's file describes; rows get the same UUID at every mention of their short name."""

    def __init__(self, team: str, row: Row, organisation: Organisation, terms: Terms) -> None:
        self.team, self.row, self.organisation, self.terms = team, row, organisation, terms

    def of(self, key: str) -> Content:
        """The content of a structured section, by its key."""
        made = {
            "s0": self.cover,
            "s5": self.goals,
            "s7": self.work_plan,
            "s8": self.partners,
            "s15": self.attachments,
            "s16": self.declarations,
            "s17": self.budget,
        }
        return made[key]()

    def row_id(self, name: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"demo/{self.team}/{name}"))

    def first_cover(self) -> Cover:
        """What the portal fills in when an application is begun."""
        return cover_of(self.organisation, self.row["cover"]["theme"])

    def cover(self) -> Cover:
        return replace(self.first_cover(), **self._recognition(), **self.row["cover"])

    def _recognition(self) -> Row:
        """The tax office of the place, and the day of a notice that is valid for five years."""
        until = self.organisation.charitable_until
        if until is None:
            return {}
        day = date(until.year - 5, until.month, until.day)
        return {"charitable": f"Finanzamt {self.organisation.city}", "charitable_on": day.isoformat()}

    def goals(self) -> Goals:
        return Goals(rows=tuple(self._goal(row) for row in self.row.get("goal", [])))

    def _goal(self, row: Row) -> Goal:
        activities = tuple(self.row_id(name) for name in row["activities"])
        return Goal(**{**row, "id": self.row_id(row["id"]), "activities": activities})

    def work_plan(self) -> WorkPlan:
        rows = self.row.get("activity", [])
        return WorkPlan(rows=tuple(Activity(**{**row, "id": self.row_id(row["id"])}) for row in rows))

    def partners(self) -> Partners:
        rows = tuple(Partner(**{**row, "id": self.row_id(row["id"])}) for row in self.row.get("partner", []))
        return Partners(introduction=self.row["partners"]["introduction"], rows=rows)

    def attachments(self) -> Attachments:
        """Everything asked for at stage 1 lies there, but for what `[enclosures]` says otherwise."""
        states = self.row.get("enclosures", {})
        return Attachments(
            items=tuple(
                Item(id=kind.key, state=states.get(kind.key, "enclosed" if kind.stage == 1 else ""))
                for kind in self.terms.attachments
            )
        )

    def declarations(self) -> Declarations:
        """`fine`: every answer as wanted; `partly`: the first half of them; `open`: only the first."""
        given = self.row.get("declarations", {"answers": "fine"})
        questions = self.terms.questions
        count = {"fine": len(questions), "partly": len(questions) // 2, "open": 1}[given["answers"]]
        answers = {question.key: question.wanted or "no" for question in questions[:count]} | given.get("changed", {})
        notes = given.get("notes", {})
        return Declarations(
            answers=tuple(
                Answer(id=question.key, answer=answers.get(question.key, ""), note=notes.get(question.key, ""))
                for question in questions
            )
        )

    def budget(self) -> Budget:
        return Budget(
            expenses=tuple(self._lines("expense", Expense)),
            personnel=tuple(self._lines("personnel", Personnel)),
            income=tuple(self._lines("income", Income)),
        )

    def _lines[L: (Expense, Personnel, Income)](self, table: str, line: type[L]) -> Iterator[L]:
        """One line per year of the term that the row names."""
        first = int(self.row["cover"]["start_on"][:4])
        for number, row in enumerate(self.row.get(table, [])):
            for place, year in enumerate(row["years"]):
                values = {name: _of_year(value, place) for name, value in row.items() if name != "years"}
                if values.get("activity") not in {None, "", ALL_ACTIVITIES}:
                    values["activity"] = self.row_id(values["activity"])
                yield line(
                    id=self.row_id(f"{table}/{number}/{year}"),
                    year=first + year - 1,
                    **{FIELDS.get(name, name): _typed(name, value) for name, value in values.items()},
                )


FIELDS = {"price": "unit_price"}
MONEY = {"price", "gross_per_month", "bonus", "amount"}


def _of_year(value: Any, place: int) -> Any:
    return value[place] if isinstance(value, list) else value


def _typed(name: str, value: Any) -> Any:
    """Euros become cents, quantities the text of a decimal."""
    if name in MONEY:
        return int(Decimal(value) * 100)
    return str(value)
