"""What pages cost: the same literal number of queries with one row and with fifty. Rows are made in bulk."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Invitation, LastRun, Membership, Message, Organisation, User
from applications.content import Budget, Expense
from applications.papers.models import Outcome, Submission
from applications.reviews.models import Comment, Review, ReviewItem
from applications.writing.models import Application, Attachment, Draft, Revision
from calls.models import Edition, FundingCall
from cohorts.models import (
    Announcement,
    CoachAbsence,
    CoachAssignment,
    Cohort,
    Curriculum,
    CurriculumStep,
    Registration,
    Team,
    TeamMember,
)
from tests.builders import (
    day,
    fill,
    log_in,
    make_application,
    make_bamf,
    make_coach,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    write,
)
from workshops.models import Attendance, Session, Workshop

pytestmark = pytest.mark.django_db


class World:
    """Doris organises, Carla coaches, Amina owns the first team; `many` puts 49 more of everything beside it."""

    def __init__(self) -> None:
        self.amina, self.carla, self.doris = make_user(), make_user("Carla", "Weber"), make_user("Doris", "Lang")
        self.emil = make_bamf()
        self.organiser = make_organiser(self.doris)
        self.cohort = make_cohort(self.organiser)
        self.coach = make_coach(self.cohort, self.carla)
        self.team = make_team(self.cohort, self.amina, first_coach=self.coach)
        self.application = make_application(self.team)
        fill(self.application, by=self.amina)
        self.rows(1)

    def rows(self, count: int) -> None:
        """So many more associations, each with its team, its papers, and the little things around."""
        people = User.objects.bulk_create(
            User(email=f"{uuid4()}@example.org", first_name="Mit", last_name=f"Glied {n}") for n in range(count)
        )
        clubs = Organisation.objects.bulk_create(Organisation(name=f"Verein {uuid4()}") for _n in range(count))
        teams = Team.objects.bulk_create(
            Team(cohort=self.cohort, organisation=club, first_coach=self.coach) for club in clubs
        )
        TeamMember.objects.bulk_create(
            TeamMember(team=team, user=user, role="owner", first_name="Mit", last_name="Glied", email=user.email)
            for team, user in zip(teams, people, strict=True)
        )
        self.papers(teams)
        assignments = CoachAssignment.objects.bulk_create(
            CoachAssignment(cohort=self.cohort, coach=user, first_name="Co", last_name="Ach", email=user.email)
            for user in people
        )
        CoachAbsence.objects.bulk_create(
            CoachAbsence(assignment=one, from_on=day(1), until_on=day(2)) for one in assignments
        )
        plans = Curriculum.objects.bulk_create(
            Curriculum(title=f"Lehrplan {uuid4()}", organisation=self.organiser) for _n in range(count)
        )
        CurriculumStep.objects.bulk_create(
            CurriculumStep(curriculum=plan, position=1, title="Ankommen", days_after_start=0, begins="17:00", hours=3)
            for plan in plans
        )
        LastRun.objects.bulk_create(LastRun(name=str(uuid4())) for _n in range(count))
        Attachment.objects.bulk_create(
            Attachment(application=self.application, kind="register_extract", file="x", name="a.pdf", size=1, sha256="0" * 64, by=user)
            for user in people
        )  # fmt: skip
        self.members(people)
        self.texts(count)
        self.planned(teams)
        self.called(count)
        Event.objects.bulk_create(
            Event(what="team.made", record_type="cohorts.team", record_id=uuid4(), by=user) for user in people
        )
        Message.objects.bulk_create(
            Message(
                email=user.email, user=user, kind="x", subject="x", text="x", key=user.email, failed_at=timezone.now()
            )
            for user in people
        )

    def members(self, people: list[User]) -> None:
        """More people in Amina's team and association, and open invitations to it."""
        TeamMember.objects.bulk_create(
            TeamMember(team=self.team, user=user, role="writer", first_name="Mit", last_name="Glied", email=user.email)
            for user in people
        )
        Membership.objects.bulk_create(Membership(organisation=self.team.organisation, user=user) for user in people)
        for user in people:
            Invitation.make(f"neu-{user.email}", self.team.organisation, by=user)

    def planned(self, teams: list[Team]) -> None:
        """Registrations, news, and workshops with who was there."""
        count, now = len(teams), timezone.now()
        start = self.cohort.workshops.count()
        Registration.objects.bulk_create(registration(self.cohort) for _n in range(count))
        Announcement.objects.bulk_create(Announcement(cohort=self.cohort, title="N", text="x") for _n in range(count))
        workshops = Workshop.objects.bulk_create(
            Workshop(cohort=self.cohort, position=start + n, title="W") for n in range(1, count + 1)
        )
        sessions = Session.objects.bulk_create(
            Session(workshop=one, begins_at=now, ends_at=now + timedelta(hours=3)) for one in workshops
        )
        members = TeamMember.objects.filter(team__in=teams)
        Attendance.objects.bulk_create(
            Attendance(session=session, member=member, status="present", by=self.carla)
            for session, member in zip(sessions, members, strict=True)
        )

    def called(self, count: int) -> None:
        """More funding calls, each with an edition that is not published."""
        calls = FundingCall.objects.bulk_create(
            FundingCall(title="Aufruf", slug=str(uuid4()), year=2030) for _n in range(count)
        )
        Edition.objects.bulk_create(Edition(call=call, number=1) for call in calls)

    def texts(self, count: int) -> None:
        """More versions of a text, and lines of the budget that the checks complain of."""
        draft = self.application.drafts.get(key="s1")
        Revision.objects.bulk_create(
            Revision(draft=draft, version=draft.version + n, content=draft.content, by=self.amina)
            for n in range(1, count + 1)
        )
        Draft.objects.filter(pk=draft.pk).update(version=draft.version + count)
        write(self.application, "s17", Budget(expenses=tuple(Expense(title=f"Zeile {n}") for n in range(count))))

    def papers(self, teams: list[Team]) -> None:
        """A posted application with an outcome for each team."""
        edition, call = self.application.edition, self.application.call
        applications = Application.objects.bulk_create(
            Application(team=team, call=call, edition=edition, status="finished", title="Tische") for team in teams
        )
        submissions = Submission.objects.bulk_create(
            Submission(
                application=one, stage=1, number=1, frozen={}, checksum="0" * 64, grant_cents=1, finished_by=self.amina,
                receipt_number=str(uuid4())[:20], transferred_on=day(-3), signed_on=day(-2), posted_on=day(-1),
            )
            for one in applications
        )  # fmt: skip
        Outcome.objects.bulk_create(
            Outcome(submission=one, kind="declined", on=day(), by=self.doris) for one in submissions
        )

    def cohorts(self, count: int) -> None:
        """More cohorts of Doris's, each with a team that waits for a review and a registration."""
        now = timezone.now()
        copies = Cohort.objects.bulk_create(
            Cohort(
                title="Weitere", slug=str(uuid4()), call=self.cohort.call, organiser=self.organiser, region="Süd",
                begins_on=day(-30), ends_on=day(90), registration_from=day(-90), registration_until=day(-45),
                contact_name="Doris Lang", contact_email="doris@example.org", published_at=now,
            )
            for _n in range(count)
        )  # fmt: skip
        clubs = Organisation.objects.bulk_create(Organisation(name=f"Verein {uuid4()}") for _n in range(count))
        teams = Team.objects.bulk_create(
            Team(cohort=one, organisation=club) for one, club in zip(copies, clubs, strict=True)
        )
        Registration.objects.bulk_create(registration(one) for one in copies)
        applications = Application.objects.bulk_create(
            Application(team=team, call=self.cohort.call, edition=self.application.edition) for team in teams
        )
        drafts = Draft.objects.bulk_create(
            Draft(application=one, key="s1", kind="text", content={"format": 1, "text": "x"}, version=1)
            for one in applications
        )
        revisions = Revision.objects.bulk_create(
            Revision(draft=draft, version=1, content=draft.content) for draft in drafts
        )
        reviews = Review.objects.bulk_create(
            Review(application=one, promised_until=day(-1), asked_at=now - timedelta(days=9)) for one in applications
        )
        items = ReviewItem.objects.bulk_create(
            ReviewItem(review=review, draft=revision.draft, revision=revision)
            for review, revision in zip(reviews, revisions, strict=True)
        )
        Comment.objects.bulk_create(Comment(item=item, kind="hint", text="x", by=self.carla) for item in items)


def registration(cohort: Cohort) -> Registration:
    return Registration(
        cohort=cohort, organisation_name="Chor", legal_form="ev", city="Halle", land="ST", status="received",
        confirmed_at=timezone.now(), token_hash=str(uuid4()),
    )  # fmt: skip


def changelist(model: str) -> str:
    return reverse(f"admin:{model}_changelist")


def spent(client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


# Who looks at what, and what it costs.
LISTS: dict[tuple[str, str], int] = {
    ("doris", "applications_application"): 6,
    ("doris", "applications_submission"): 6,
    ("doris", "applications_outcome"): 5,
    ("doris", "accounts_lastrun"): 4,
    ("doris", "cohorts_announcement"): 5,
    ("doris", "cohorts_coachabsence"): 5,
    ("doris", "cohorts_coachassignment"): 5,
    ("doris", "cohorts_cohort"): 6,
    ("doris", "cohorts_curriculum"): 6,
    ("doris", "cohorts_curriculumstep"): 7,
    ("doris", "cohorts_registration"): 7,  # two compare them with the others of their cohorts
    ("doris", "cohorts_team"): 7,
    ("doris", "cohorts_teammember"): 5,
    ("doris", "workshops_attendance"): 6,
    ("doris", "workshops_workshop"): 5,
    ("emil", "accounts_event"): 6,
    ("emil", "accounts_invitation"): 7,
    (
        "emil",
        "accounts_message",
    ): 9,  # one to see whether anything failed, two for the figures of cohorts, whose messages are not listed
    ("emil", "accounts_organisation"): 4,
    ("emil", "accounts_user"): 4,
    ("emil", "calls_edition"): 5,
    ("emil", "calls_fundingcall"): 5,
    ("emil", "cohorts_curriculum"): 5,
}
PAGES: dict[tuple[str, str], int] = {
    ("amina", "accounts:organisation"): 7,
    ("amina", "applications:attachments"): 6,
    ("amina", "applications:checks"): 7,
    ("amina", "applications:members"): 4,
    ("amina", "applications:workspace"): 14,
    ("doris", "papers:list"): 4,
    ("emil", "papers:list"): 10,
}


def address(world: World, name: str) -> str:
    match name.partition(":"):
        case "applications", ":", _page:
            return reverse(name, args=[world.application.pk])
        case "accounts", ":", _page:
            return reverse(name, args=[world.team.organisation_id])
        case "papers", ":", _page:
            return reverse(name)
    return changelist(name)


def cost_of_all(client, world: World) -> dict[tuple[str, str], int]:
    found = {}
    for who, name in LISTS | PAGES:
        log_in(client, getattr(world, who))
        found[who, name] = spent(client, address(world, name))
    return found


def test_lists_and_pages_cost_the_same_with_one_row_and_with_fifty(client):
    world = World()
    ContentType.objects.get_for_models(
        *apps.get_models(), for_concrete_models=False
    )  # what is asked once and kept in memory
    one = cost_of_all(client, world)
    world.rows(49)
    fifty = cost_of_all(client, world)
    wrong = {
        page: (one[page], fifty[page]) for page, cost in (LISTS | PAGES).items() if {one[page], fifty[page]} != {cost}
    }
    assert wrong == {}
    assert max((LISTS | PAGES).values()) <= 14


def test_no_list_leaves_rows_out_before_somebody_searches_or_filters(client):
    """So all rows need not be counted again there; where something is chosen, the list says how many there are."""
    world = World()
    for who, name in LISTS:
        log_in(client, getattr(world, who))
        rows = client.get(changelist(name)).context["cl"]
        assert rows.full_result_count == rows.result_count == rows.root_queryset.count() > 0
    log_in(client, world.doris)
    page = client.get(changelist("cohorts_team"), {"q": str(world.team.organisation.name)})
    assert (page.context["cl"].result_count, page.context["cl"].full_result_count) == (1, 2)
    assert "2 gesamt" in page.text


def test_the_organisers_overview_costs_the_same_with_fifty_full_cohorts(client):
    world = World()
    log_in(client, world.doris)
    world.cohorts(1)
    one = spent(client, reverse("dashboard"))
    world.cohorts(49)
    assert (one, spent(client, reverse("dashboard"))) == (5, 5)
