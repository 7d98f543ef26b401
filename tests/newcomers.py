"""People beside the six of the access table: those for whom there is little yet, who only read, or who have left."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.admin.models import ADDITION, LogEntry
from django.utils import timezone

from accounts.models import Membership, User
from calls.models import FundingCall
from cohorts.models import Announcement, TeamMember
from tests.access_world import AccessWorld
from tests.builders import (
    day,
    make_application,
    make_coach,
    make_cohort,
    make_member,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    window,
)

NEWCOMERS = (
    "without a team",
    "reader",
    "left the team",
    "without a cohort",
    "cohort not published",
    "team not begun",
    "coach without a team",
    "cohort is over",
    "withdrawn",
    "for the second time",
)


def make_newcomers(world: AccessWorld) -> dict[str, User]:
    """Make everybody of `NEWCOMERS`."""
    alone, reader, former = make_user("Nele", "Neu"), make_user("Lena", "Lesch"), make_user("Fred", "Fort")
    make_member(world.team, reader, TeamMember.Role.READER)
    make_member(world.team, former, left_on=day(-3))
    people = {"without a team": alone, "reader": reader, "left the team": former}
    return people | before_it_begins() | after_it_ended(world.done.call)


def before_it_begins() -> dict[str, User]:
    """A Träger without a cohort, another whose cohort nobody sees yet, and a cohort with a team that has not begun."""
    frieda, gustav = make_user("Frieda", "Frei"), make_user("Gustav", "Grund")
    Membership.objects.create(organisation=make_organiser(frieda, "Noch ohne gGmbH"), user=make_user("Fatma", "Frei"))
    make_cohort(make_organiser(gustav, "Im Entwurf gGmbH"), published_at=None, **window())
    # The admin still says that he made a record which is gone by now.
    LogEntry.objects.log_actions(gustav.pk, [Announcement(title="Verworfen")], ADDITION)
    karim, ines = make_user("Karim", "Kaya"), make_user("Ines", "Ilgen")
    soon = make_cohort(make_organiser(make_user("Olga", "Ott"), "Bald gGmbH"), **window())
    make_coach(soon, ines)
    make_team(soon, karim)
    return {
        "without a cohort": frieda,
        "cohort not published": gustav,
        "team not begun": karim,
        "coach without a team": ines,
    }


def after_it_ended(call: FundingCall) -> dict[str, User]:
    """A cohort that is over, with two teams; one has withdrawn."""
    rosa, vera = make_user("Rosa", "Ruhig"), make_user("Vera", "Vorbei")
    organiser = make_organiser(make_user("Theo", "Thal"), "Gewesen gGmbH")
    dates = {
        "registration_from": day(-400),
        "registration_until": day(-350),
        "begins_on": day(-300),
        "ends_on": day(-120),
    }
    over = make_cohort(organiser, call, **dates)
    make_workshop(over, 1, ["s1"], timezone.now() - timedelta(days=290))
    make_application(make_team(over, rosa, organisation=make_organisation("Beständig e. V.")), title="Bleibt")
    withdrawn = make_team(over, vera, withdrawn_at=timezone.now())
    make_application(withdrawn, status="withdrawn", withdrawn_at=timezone.now(), title="Abgebrochen")
    anna = make_user("Anna", "Abermals")
    before = make_team(over, anna)
    make_application(before, status="withdrawn", withdrawn_at=timezone.now(), title="Noch einmal")
    make_team(make_cohort(organiser), anna, organisation=before.organisation)
    return {"cohort is over": rosa, "withdrawn": vera, "for the second time": anna}
