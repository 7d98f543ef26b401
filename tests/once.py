"""What is asked of SQLite alone: tests of pages and words that would do the same again on PostgreSQL.

They were chosen by what they send: every statement of the portal in them is sent to PostgreSQL by another test, too,
above all by tests/test_access.py, which asks for every page, and by the tests of the steps behind a form. Whatever is
about the database itself, such as locks, constraints, searching, order and costs, stands in no file named here; and
what a file named here has of people who press at once runs on both.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES_ALONE = (
    "tests/test_mistakes.py",
    "tests/test_pages.py",
    "tests/accounts/test_bamf_reads_no_names.py",
    "tests/applications/checks/test_legal_form.py",
    "tests/applications/papers/test_all_papers.py",
    "tests/applications/papers/test_check_pages.py",
    "tests/applications/papers/test_last_mile.py",
    "tests/applications/papers/test_posting.py",
    "tests/applications/progress/test_workspace_pages.py",
    "tests/applications/reviews/test_budget_tables.py",
    "tests/applications/reviews/test_hand_in_pages.py",
    "tests/applications/reviews/test_review_pages.py",
    "tests/applications/reviews/test_row_comments.py",
    "tests/applications/test_way_of_a_text.py",
    "tests/applications/writing/test_budget_pages.py",
    "tests/applications/writing/test_row_pages.py",
    "tests/applications/writing/test_section_messages.py",
    "tests/applications/writing/test_section_pages.py",
    "tests/applications/writing/test_version_pages.py",
    "tests/cohorts/test_public.py",
    "tests/core/test_bodies.py",
    "tests/schmiede/test_admin_words.py",
    "tests/schmiede/test_frame.py",
    "tests/schmiede/test_glossary_page.py",
    "tests/schmiede/test_help_topics.py",
    "tests/schmiede/test_her_days.py",
    "tests/schmiede/test_middleware.py",
    "tests/schmiede/test_navigation.py",
    "tests/schmiede/test_shadows.py",
    "tests/workshops/test_calendar_file.py",
)


def runs_once(item: pytest.Item) -> bool:
    """Has this test nothing to find on PostgreSQL when it has run on SQLite?"""
    database = item.get_closest_marker("django_db")
    at_once = item.get_closest_marker("race") is not None or bool(database and database.kwargs.get("transaction"))
    return not at_once and item.path.relative_to(ROOT).as_posix() in PAGES_ALONE
