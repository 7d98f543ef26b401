"""Findings of the checks as pages show them: with the place to mend them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from applications.checks import Finding
from applications.content import Budget, Expense, Income, Personnel
from applications.models import Application
from calls.terms import BUDGET, Terms


@dataclass(frozen=True)
class Seen:
    """A finding with the page where it can be mended."""

    finding: Finding
    url: str
    place: str


def seen(application: Application, findings: Iterable[Finding], budget: Budget) -> list[Seen]:
    """The findings with their places; a line of the financing plan is found on the page of its year."""
    lines: tuple[Expense | Personnel | Income, ...] = (*budget.expenses, *budget.personnel, *budget.income)
    years = {line.id: line.year for line in lines}
    return [_seen(application, finding, years.get(finding.row)) for finding in findings]


def _seen(application: Application, finding: Finding, year: int | None) -> Seen:
    terms: Terms = application.terms
    section = terms.by_key.get(finding.key)
    if section is None:
        return Seen(finding, "", "")
    url = reverse("applications:section", args=[application.pk, finding.key])
    page = f"?jahr={year}" if year and finding.key == BUDGET else ""
    anchor = f"#zeile-{finding.row}" if finding.row else ""
    return Seen(finding, url + page + anchor, section.title)
