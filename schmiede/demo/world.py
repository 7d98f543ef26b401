"""Putting the demo world into an empty database."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field

from django.contrib.auth.hashers import make_password
from django.contrib.flatpages.models import FlatPage
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.models import Invitation, Membership, Message, Organisation, User
from calls.models import Edition, FundingCall
from calls.reference import load_calls
from cohorts.models import AnnouncementSeen, CoachAssignment, Cohort, Team, TeamMember
from cohorts.reference import load_curriculum
from core.values import dataclass
from schmiede.demo.again import begin_again
from schmiede.demo.batch import Batch
from schmiede.demo.cohorts import make_announcements, make_calls, make_cohort, make_registration, make_workshops
from schmiede.demo.data_files import Clock, Row, read, read_teams
from schmiede.demo.papers import Press, make_submissions
from schmiede.demo.people import finish_staff, make_organisation, make_staff, make_user, write_privacy_texts
from schmiede.demo.questions import make_questions
from schmiede.demo.reviews import make_reviews
from schmiede.demo.scans import make_attachments
from schmiede.demo.teams import Cast, Scene, make_team
from schmiede.site_pages import ensure_pages
from workshops.models import Assignment, Session

REFERENCE = "bgz-2026"


class NotEmpty(Exception):
    """The database holds people or cohorts that are not the demo's."""


@dataclass
class World:
    """What was loaded, by the short names of the files."""

    data: Row
    clock: Clock
    users: dict[str, User] = field(default_factory=dict)
    cohorts: dict[str, Cohort] = field(default_factory=dict)
    casts: dict[str, Cast] = field(default_factory=dict)
    papers_missing: str = ""


def is_there() -> bool:
    """Is the demo world in this database already?"""
    slugs = [row["slug"] for row in read("world.toml")["cohort"]]
    return Cohort.objects.filter(slug__in=slugs).count() == len(slugs)


def is_empty() -> bool:
    """Nobody has an account and no cohort exists; reference data may be there."""
    return not (User.objects.exists() or Cohort.objects.exists() or Organisation.objects.exists())


@transaction.atomic
def load(say: Callable[[str], object] = lambda _sentence: None, *, papers: bool = True) -> World:
    """Fill an empty database. Raises `NotEmpty` for any other. Nobody gets a mail. `say` hears what is being done.

    Printing the three finished applications takes most of the time; without `papers` they have none.
    """
    if not is_empty():
        raise NotEmpty
    load_calls()
    load_curriculum()
    ensure_pages()
    world = World(read("world.toml"), Clock(timezone.now()))
    finish_privacy_page(world.data["operator"])
    password = make_password(world.data["password"])
    batch = Batch()
    say("Menschen und Förderaufrufe …")
    since = world.clock.moment("-480 09:00")
    world.users, organisations = make_staff(world.data, password=password, joined=since, batch=batch)
    batch.save()
    finish_staff(world.data, world.users)
    write_privacy_texts(world.data, organisations, at=since)
    calls = make_calls(world.data, FundingCall.objects.get(slug=REFERENCE), world.clock)
    for row in world.data["cohort"]:
        say(f"{row['title']} …")
        organiser = organisations[row["organiser"]]
        scene = make_scene(row, world, call=calls[row["call"]], organiser=organiser, batch=batch, password=password)
        world.cohorts[row["slug"]] = scene.cohort
        for name, cast in make_teams(row["slug"], scene).items():
            world.casts[name] = cast
        batch.save()
    make_registrations(world, batch)
    batch.save()
    invite_accepted(world)
    invite_into_second_team(world.data["second_team"])
    note_who_saw_news(world)
    note_when_people_joined()
    begin_again(world.casts["lindenrain"].team, world.cohorts["harz-und-heide"], by=world.users["doris"])
    say("Papiere der fertigen Vorhaben …")
    press = Press(works=papers)
    for cast in world.casts.values():
        if "papers" in cast.row:
            make_submissions(cast, world.clock, press)
    world.papers_missing = press.missing
    Message.objects.all().delete()
    return world


def finish_privacy_page(words: list[str]) -> None:
    """The operator's page on data, with invented words for its placeholders; one that staff wrote has none."""
    page = FlatPage.objects.get(url="/datenschutz/")
    replacements = iter(words)
    page.content = re.sub(r"\[Platzhalter: [^]]*\]", lambda _match: next(replacements), page.content)
    page.save(update_fields=["content"])


def make_scene(
    row: Row, world: World, *, call: FundingCall, organiser: Organisation, batch: Batch, password: str
) -> Scene:
    """A cohort with all that its teams find there."""
    people = {person["key"]: person for person in world.data["person"]}
    cohort, coaches = make_cohort(
        row, call=call, organiser=organiser, users=world.users, people=people, clock=world.clock, batch=batch
    )
    by = world.users[row["by"]]
    make_workshops(cohort, row, by=by, clock=world.clock, batch=batch)
    make_announcements(cohort, row, users=world.users, clock=world.clock, batch=batch)
    edition = Edition.objects.latest_of(call)
    if edition is None:
        raise ValueError(f"{call} has no edition.")
    return Scene(
        cohort=cohort,
        coaches=coaches,
        staff=world.users,
        organiser=by,
        edition=edition,
        clock=world.clock,
        batch=batch,
        password=password,
        sessions=list(batch.of(Session)),
        assignments=list(batch.of(Assignment)),
    )


def make_teams(slug: str, scene: Scene) -> dict[str, Cast]:
    """The teams of a cohort with all they wrote and were told."""
    rows = read_teams(slug, J=scene.clock.today.year, Y1=scene.cohort.call.year)
    casts = {}
    for place, (name, row) in enumerate(rows.items()):
        casts[name] = make_team(name, place, row, scene)
        if casts[name].application:
            make_reviews(casts[name], scene)
        make_questions(casts[name], scene)
        if "papers" in row:
            make_attachments(casts[name], scene)
    return casts


def make_registrations(world: World, batch: Batch) -> None:
    """Registrations that have no written team; an accepted one gets its team, of whose people few have answered yet."""
    data, password = read("registrations.toml"), world.users["doris"].password
    for row in data["registration"]:
        cohort = world.cohorts[row.get("cohort", data["cohort"])]
        by = world.users["doris"]
        if row["state"] != "accepted":
            make_registration(row, cohort, by=by, clock=world.clock, batch=batch)
            continue
        organisation = make_organisation(row, row["persons"][0], batch=batch)
        registration = make_registration(row, cohort, by=by, clock=world.clock, batch=batch, organisation=organisation)
        decided = world.clock.moment(row["decided"])
        coach = CoachAssignment.objects.filter(cohort=cohort).order_by("last_name").first()
        team = batch.add(
            Team(
                cohort=cohort,
                organisation=organisation,
                registration=registration,
                first_coach=coach,
                made_at=decided,
            )
        )
        batch.trace("team.made", team, by=by, at=decided)
        for position, person in enumerate(row["persons"]):
            role = TeamMember.Role.WRITER if position else TeamMember.Role.OWNER
            known = {name: value for name, value in person.items() if name != "joined"}
            member = batch.add(TeamMember(team=team, role=role, **known))
            if "joined" in person:
                member.user = make_user(person, password=password, joined=decided, batch=batch)
                kind = Membership.Role.MEMBER if position else Membership.Role.RESPONSIBLE
                batch.add(Membership(organisation=organisation, user=member.user, role=kind))


def invite_accepted(world: World) -> None:
    """The invitations that an acceptance sends; nobody holds their links, staff can invite again."""
    for member in TeamMember.objects.filter(user=None).select_related("team"):
        invitation, _token = Invitation.make(member.email, member, by=world.users["doris"])
        moment = member.team.made_at
        Invitation.objects.filter(pk=invitation.pk).update(
            invited_at=moment, expires_at=moment + (invitation.expires_at - invitation.invited_at)
        )


def invite_into_second_team(row: Row) -> None:
    """An invitation that waits for somebody who is in a team already: the owner of another asks them to read along."""
    owner, asked = User.objects.get(email=row["by"]), User.objects.get(email=row["email"])
    team = owner.team_memberships.get().team
    team.add_member(
        by=owner, email=asked.email, role=row["role"], first_name=asked.first_name, last_name=asked.last_name
    )


def note_who_saw_news(world: World) -> None:
    """Everybody has seen all news but the latest, which waits for its readers."""
    rows: list[AnnouncementSeen] = []
    for cohort in world.cohorts.values():
        older = list(cohort.announcements.order_by("-published_at"))[1:]
        people = User.objects.filter(team_memberships__team__cohort=cohort)
        rows += [
            AnnouncementSeen(announcement=news, user=user, at=news.published_at or world.clock.now)
            for news in older
            for user in people
        ]
    AnnouncementSeen.objects.bulk_create(rows)


def note_when_people_joined() -> None:
    """Members of an organisation since they have an account; the field's own default is the moment of loading."""
    joined = User.objects.filter(pk=OuterRef("user")).values("date_joined")
    Membership.objects.update(joined_at=Subquery(joined))
