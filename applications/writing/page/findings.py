"""Where the link of a finding leads, on the page „Vorprüfung“ and beside the form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.checks import Finding
from applications.content import Budget, Expense, Income, Personnel
from applications.writing.models import Application
from calls.terms import BUDGET, Terms


@dataclass(frozen=True)
class PlacedFinding:
    """A finding with the page where it can be corrected; `more` are its further places, with their names."""

    finding: Finding
    url: str
    place: str
    more: tuple[tuple[str, str], ...] = ()


def place_findings(application: Application, findings: Iterable[Finding], budget: Budget) -> list[PlacedFinding]:
    """Return the findings with their places; a line of the financing plan is on the page of its year."""
    lines: tuple[Expense | Personnel | Income, ...] = (*budget.expenses, *budget.personnel, *budget.income)
    years = {line.id: line.year for line in lines}
    return [_placed(application, finding, years) for finding in findings]


def _placed(application: Application, finding: Finding, years: dict[str, int | None]) -> PlacedFinding:
    terms: Terms = application.terms
    section = terms.by_key.get(finding.key)
    if section is None:
        return PlacedFinding(finding, "", "")
    page = reverse("applications:section", args=[application.pk, finding.key])
    plan = years if finding.key == BUDGET else {}
    more = tuple((str(plan.get(row) or _("weitere Zeile")), _at(page, row, plan)) for row in finding.more)
    return PlacedFinding(finding, _at(page, finding.row, plan), section.title, more)


def _at(page: str, row: str, years: dict[str, int | None]) -> str:
    year = years.get(row)
    return page + (f"?jahr={year}" if year else "") + (f"#zeile-{row}" if row else "")
