"""The checks (Vorprüfung): plain functions over values, each with a code and the source of its rule.

Importing this package registers all of them; `run` answers with the findings, what blocks first.
"""

from __future__ import annotations

from applications.checks import coaches_advice, cover, declarations, expenses, funding, names, plan, staff_hours, texts
from applications.checks.base import CODES, Dossier, Finding, Moment, Severity, Weight, asked, run, years_of_term

__all__ = [
    "CODES",
    "Dossier",
    "Finding",
    "Moment",
    "Severity",
    "Weight",
    "asked",
    "coaches_advice",
    "cover",
    "declarations",
    "expenses",
    "funding",
    "names",
    "plan",
    "run",
    "staff_hours",
    "texts",
    "years_of_term",
]
