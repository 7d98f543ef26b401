"""The checks of one application for pages that have its facts at hand."""

from __future__ import annotations

from applications.dossier import read_dossier
from applications.progress.team_facts import TeamFacts
from applications.writing.models import Application
from applications.writing.page.check_report import Report
from workshops.opening import Opening


def checked(application: Application, facts: TeamFacts) -> Report:
    """Run the checks with the sections and their openings as the facts have them. One query for the texts."""
    plan = [Opening(*step[:3], tuple(one.key for one in step.sections), step.opens_at, None) for step in facts.steps]
    reviews = {section.key: section for section in facts.sections}
    return Report.of(application, read_dossier(application, reviews=reviews), plan)


def open_places(report: Report) -> dict[str, int]:
    """Count by section the places that can be mended now, in sections that are begun; none unless it is being written."""
    missing = {row.key: row.missing for row in report.sections if row.is_begun and report.is_drafting}
    return {key: count for key, count in missing.items() if count}
