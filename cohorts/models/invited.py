"""Who is invited into a team of a cohort and has not answered: they know its dates from the mail with the acceptance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps

if TYPE_CHECKING:
    from .cohort import Cohort


def invited_into(cohort: Cohort) -> Any:
    """Return the members of its teams without an account who have not declined. One query."""
    members: Any = apps.get_model("cohorts", "TeamMember").objects
    unanswered = members.current().not_declined().not_erased().filter(user=None)
    return unanswered.filter(team__cohort=cohort, team__withdrawn_at=None)
