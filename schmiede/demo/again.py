"""The demo's second attempt: an association that was declined has a place again, and has not begun yet."""

from __future__ import annotations

from accounts.models import Invitation, User
from cohorts.models import Cohort, Team
from cohorts.readmitting import people_to_invite, readmit

TEXT = "Schön, dass Sie es noch einmal versuchen! Ihre früheren Texte sind nicht verloren."


def begin_again(earlier: Team, cohort: Cohort, *, by: User) -> Team:
    """Take the team into another cohort; everybody who is invited has joined."""
    people = list(people_to_invite(earlier))
    team = readmit(earlier, cohort, by=by, text=TEXT, owner=people[0], people=people)
    for member in team.members.all():
        for invitation in Invitation.objects.open().to(member):
            invitation.accept(User.objects.get(email=member.email))
    return team
