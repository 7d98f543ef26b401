"""The demo's teams: their people, what they wrote and when, what they ticked off, and where they were present."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime, timedelta

from accounts.models import Membership, Organisation, User
from applications.content import Content, Text, empty
from applications.writing.models import Application, Draft, Revision, SectionNote
from applications.writing.models.draft import copies_of
from calls.models import Edition
from calls.terms import COVER
from cohorts.models import CoachAssignment, Cohort, Team, TeamMember
from core.values import dataclass
from schmiede.demo.batch import Batch
from schmiede.demo.cohorts import make_registration
from schmiede.demo.data_files import Clock, Row
from schmiede.demo.people import make_organisation, make_user
from schmiede.demo.values import Values
from workshops.models import Assignment, Attendance, Completion, Session

WELCOME = "Wir freuen uns auf Sie. Bitte halten Sie sich alle sechs Termine frei, und bringen Sie Ihre Satzung mit."


@dataclass(frozen=True)
class Scene:
    """Where a team lives: its cohort with coaches, sessions and assignments, and what is needed to write it down."""

    cohort: Cohort
    coaches: dict[str, CoachAssignment]
    staff: dict[str, User]
    organiser: User
    edition: Edition
    clock: Clock
    batch: Batch
    password: str
    sessions: list[Session] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)


@dataclass
class Cast:
    """A team with all that was made for it, by the short names of its file."""

    row: Row
    values: Values
    organisation: Organisation
    team: Team
    users: dict[str, User] = field(default_factory=dict)
    members: dict[str, TeamMember] = field(default_factory=dict)
    application: Application | None = None
    drafts: dict[str, Draft] = field(default_factory=dict)
    revisions: dict[str, list[Revision]] = field(default_factory=dict)
    given_back: dict[str, Revision] = field(default_factory=dict)
    """The version of each section that a coach gave back last."""

    @property
    def begun(self) -> Application:
        """The application of a team whose file tells of one."""
        if self.application is None:
            raise ValueError(f"{self.team} has begun no application.")
        return self.application

    @property
    def owner(self) -> User:
        return next(self.users[row["key"]] for row in self.row["person"] if row["role"] == TeamMember.Role.OWNER)

    def version_at(self, key: str, moment: datetime) -> int:
        """How often the section had been saved by then."""
        return sum(1 for revision in self.revisions.get(key, []) if revision.version and revision.at <= moment)


def make_team(name: str, place: int, row: Row, scene: Scene) -> Cast:
    """A team whose people all accepted their invitations, with its application if it began one."""
    organisation = make_organisation(row["organisation"], row["person"][0], batch=scene.batch)
    accepted = scene.clock.moment(f"{(scene.cohort.registration_until - scene.clock.today).days + 2} 11:00")
    registration = make_registration(
        registration_of(row, place, scene), scene.cohort, by=scene.organiser, clock=scene.clock, batch=scene.batch,
        organisation=organisation,
    )  # fmt: skip
    team = scene.batch.add(
        Team(
            cohort=scene.cohort,
            organisation=organisation,
            registration=registration,
            first_coach=scene.coaches.get(row.get("coach", "")),
            second_coach=scene.coaches.get(row.get("second_coach", "")),
            made_at=accepted,
        )
    )
    scene.batch.trace("team.made", team, by=scene.organiser, at=accepted)
    cast = Cast(row, Values(name, row, organisation, scene.edition.terms), organisation, team)
    for person in row["person"]:
        make_member(cast, person, scene)
    if row.get("application", True):
        make_application(cast, scene)
    if "withdrawn" in row:
        withdraw(cast, scene)
    make_completions(cast, scene)
    make_attendance(cast, scene)
    return cast


def registration_of(row: Row, place: int, scene: Scene) -> Row:
    """What the team had said when it registered: its people, and its idea as it first wrote it down."""
    first = next((section["version"][0]["text"] for section in row.get("section", []) if section["key"] == "s1"), "")
    opens, closes = (
        (day - scene.clock.today).days for day in (scene.cohort.registration_from, scene.cohort.registration_until)
    )
    known = {name: row["organisation"][name] for name in ("name", "legal_form", "city", "land")}
    return known | {
        "at": f"{opens + 4 + place * 3} {10 + place}:{12 + place * 4}",
        "decided": f"{closes + 2} 11:00",
        "state": "accepted",
        "text": WELCOME,
        "idea": (first or row["organisation"]["about"])[:1500],
        "persons": [person for person in row["person"] if person["role"] != TeamMember.Role.READER],
    }


def make_member(cast: Cast, person: Row, scene: Scene) -> None:
    user = make_user(person, password=scene.password, joined=cast.team.made_at, batch=scene.batch)
    is_owner = person["role"] == TeamMember.Role.OWNER
    role = Membership.Role.RESPONSIBLE if is_owner else Membership.Role.MEMBER
    scene.batch.add(Membership(organisation=cast.organisation, user=user, role=role))
    known = {name: person[name] for name in ("first_name", "last_name", "email", "phone", "role") if name in person}
    cast.users[person["key"]] = user
    cast.members[person["key"]] = scene.batch.add(TeamMember(team=cast.team, user=user, **known))


def make_application(cast: Cast, scene: Scene) -> None:
    """The application with a draft for every section and a revision for every save."""
    saves = {key: sorted(saves_of(cast, key, scene), key=lambda save: save.at) for key in scene.edition.terms.by_key}
    started = min(save.at for made in saves.values() for save in made) - timedelta(minutes=15)
    application = cast.application = scene.batch.add(
        Application(
            team=cast.team,
            call=scene.cohort.call,
            edition=scene.edition,
            started_at=started,
            started_by=cast.owner,
            changed_at=max(save.at for made in saves.values() for save in made),
        )
    )
    scene.batch.trace("application.started", application, by=cast.owner, at=started)
    saves[COVER] = [Saved(cast.values.first_cover(), cast.owner, started), *saves[COVER]]
    for section in scene.edition.terms.sections:
        draft = Draft(application=application, key=section.key, kind=section.kind, content=empty(section.kind).data)
        cast.drafts[section.key] = scene.batch.add(draft)
        cast.revisions[section.key] = write(draft, saves[section.key], scene.batch)
        if saves[section.key]:
            for name, value in copies_of(saves[section.key][-1].content).items():
                setattr(application, name, value)
    for row in cast.row.get("note", []):
        note = SectionNote(application=application, key=row["section"], text=row["text"], version=1)
        note.by, note.at = cast.users[row["by"]], scene.clock.moment(row["at"])
        scene.batch.add(note)


@dataclass(frozen=True)
class Saved:
    """One acknowledged save; `lost` is one that lost against somebody faster."""

    content: Content
    by: User
    at: datetime
    lost: bool = False


def saves_of(cast: Cast, key: str, scene: Scene) -> Iterator[Saved]:
    """Every save of a section that the team's file tells of."""
    for row in cast.row.get("section", []):
        if row["key"] == key:
            text = ""
            for version in row["version"]:
                lost, saved_text = version.get("lost", False), version.get("text", text)
                for old, new in version.get("change", []):
                    saved_text = saved_text.replace(old, new)
                yield Saved(Text(saved_text), cast.users[version["by"]], scene.clock.moment(version["at"]), lost)
                text = text if lost else saved_text
    if key in cast.row.get("saved", {}):
        moment, _, name = cast.row["saved"][key].rpartition(" ")
        yield Saved(cast.values.of(key), cast.users[name], scene.clock.moment(moment))


def write(draft: Draft, saves: list[Saved], batch: Batch) -> list[Revision]:
    """Bring the draft to its last version; a revision for each save."""
    revisions = []
    for save in saves:
        data, size = save.content.data, save.content.length
        revision = Revision(draft=draft, based_on=draft.version, content=data, length=size, by=save.by, at=save.at)
        if save.lost:
            revision.based_on, revision.why = draft.version - 1, Revision.Why.CONFLICT
        else:
            draft.version, draft.content, draft.length = draft.version + 1, data, size
            draft.by, draft.at = save.by, save.at
            revision.version = draft.version
        revisions.append(batch.add(revision))
    return revisions


def withdraw(cast: Cast, scene: Scene) -> None:
    """The team gave up: its application, and its place in the cohort."""
    moment, _, name = cast.row["withdrawn"].rpartition(" ")
    at, by = scene.clock.moment(moment), cast.users[name]
    cast.team.withdrawn_at = at
    scene.batch.trace("team.withdrawn", cast.team, by=by, at=at)
    if cast.application:
        cast.application.status, cast.application.withdrawn_at = Application.Status.WITHDRAWN, at
        scene.batch.trace("application.withdrawn", cast.application, by=by, at=at)


def last_day(cast: Cast, scene: Scene) -> int:
    """The day, counted from today, after which nothing more is heard of the team; 0 if it is still there."""
    if "withdrawn" in cast.row:
        return int(cast.row["withdrawn"].split()[0])
    return int(cast.row.get("quiet_since", 0))


def make_completions(cast: Cast, scene: Scene) -> None:
    """What was due is ticked off the evening before, as long as the team was heard of; the file knows exceptions."""
    heard = scene.clock.day(last_day(cast, scene))
    for assignment in scene.assignments:
        name = f"{assignment.workshop.position}.{assignment.position}"
        due = assignment.due_on or scene.clock.today
        early = name in cast.row.get("done", [])
        if early or (due < scene.clock.today and due <= heard and name not in cast.row.get("undone", [])):
            day = -2 if early else (due - scene.clock.today).days - 1
            at = scene.clock.moment(f"{day} 19:{10 + assignment.position * 7}")
            scene.batch.add(Completion(assignment=assignment, team=cast.team, at=at, by=cast.owner))


def make_attendance(cast: Cast, scene: Scene) -> None:
    """All who take part were there, but for those the file names, and for a team that was not heard of any more."""
    heard = scene.clock.day(last_day(cast, scene))
    absent, excused = cast.row.get("absent", {}), cast.row.get("excused", {})
    for session in scene.sessions:
        gone = session.begins_at.date() > heard and cast.row.keys() & {"quiet_since", "withdrawn"}
        if session.ends_at > scene.clock.now or (gone and "withdrawn" in cast.row):
            continue
        position = str(session.workshop.position)
        for key, member in cast.members.items():
            if member.role == TeamMember.Role.READER:
                continue
            status = Attendance.Status.ABSENT if gone else Attendance.Status.PRESENT
            if key in absent.get(position, []):
                status = Attendance.Status.ABSENT
            if key in excused.get(position, []):
                status = Attendance.Status.EXCUSED
            scene.batch.add(
                Attendance(
                    session=session,
                    member=member,
                    status=status,
                    at=session.ends_at + timedelta(hours=1),
                    by=scene.organiser,
                )
            )
