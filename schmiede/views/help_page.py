"""The page „Hilfe und Kontakt“: whom each person can ask, and the help pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from cohorts.contacts import Contact, Contacts, coaches_of, contacts_of_teams, organisers_of
from cohorts.models import Cohort, Team
from cohorts.models.conversation import address_of, unread_by
from core.statements import Statement, Today
from schmiede.standing import Standing, owes_second_factor, standing_in


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Show a visitor where to ask, and everybody else the people of their teams and cohorts as well.

    Who still owes the second factor gets no further than here: they read whom to call about it, and nothing of their teams.
    """
    standing, owes = standing_in(request), owes_second_factor(request)
    people: dict[str, Any] = {}
    if standing and isinstance(request.user, User):
        people = {"coached": with_organisers(request.user)} if owes else people_for(request.user, standing)
    return render(request, "schmiede/help.html", {"standing": standing, "owes_second_factor": owes, **people})


def people_for(user: User, standing: Standing) -> dict[str, Any]:
    """Return whom this person can ask, by role: `teams`, and of those they coach or organise the `cohorts`."""
    people: dict[str, Any] = {}
    if standing.is_participant:
        people["teams"] = with_contacts(user, READ_TEAMS(user=user.pk))
    if standing.is_coach:
        people["coached"] = with_organisers(user)
    if standing.is_organiser:
        people["organised"] = with_coaches(READ_ORGANISED(user=user.pk))
    return people


def with_contacts(user: User, teams: list[Team]) -> list[tuple[Team, Contacts, str, bool]]:
    """Return each team with its contacts, the address where it asks, and whether an answer there is not read yet."""
    contacts, unread = contacts_of_teams(teams), unread_by(user, teams)
    return [(team, contacts[team.pk], address_of(team.pk), team.pk in unread) for team in teams]


def with_organisers(user: User) -> list[tuple[Cohort, Contact]]:
    """Return each cohort that a person coaches with its contact."""
    coached = READ_COACHED(user=user.pk)
    organisers = organisers_of(coached)
    return [(cohort, organisers[cohort.pk]) for cohort in coached]


def with_coaches(cohorts: list[Cohort]) -> list[tuple[Cohort, list[Contact]]]:
    coaches = coaches_of(cohorts) if cohorts else {}
    return [(cohort, coaches[cohort.pk]) for cohort in cohorts]


def _teams(user: Any) -> QuerySet[Team]:
    return Team.objects.with_member(user).select_related("organisation", "cohort").order_by("-made_at")


def _coached(user: Any) -> QuerySet[Cohort]:
    return Cohort.objects.coached_by(user).order_by("-begins_on", "title")


def _organised(user: Any) -> QuerySet[Cohort]:
    running = Cohort.objects.organised_by(user).filter(cancelled_at=None, ends_on__gte=Today())
    return running.order_by("-begins_on", "title")


READ_TEAMS = Statement(_teams, "user")
READ_COACHED = Statement(_coached, "user")
READ_ORGANISED = Statement(_organised, "user")
