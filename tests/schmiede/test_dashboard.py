"""The overview of each role and the cockpit: what they say, and that they cost the same with 1 row and with 50."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import LastRun, Message, User
from accounts.models.last_run import WORKER
from applications.reviews.models import Comment, Review, ReviewItem
from applications.reviews.steps import hand_in
from applications.writing.models import Application, Draft
from applications.writing.page.check_report import read_report
from cohorts.models import Announcement, Cohort, Conversation, Registration, Team
from schmiede.views.cockpit import FUNNEL_STEP
from schmiede.views.participant import participant
from tests.builders import (
    day,
    log_in,
    make_application,
    make_bamf,
    make_call,
    make_coach,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    taken_now,
    write,
)
from tests.schmiede.test_worker import begun
from tests.written_again import WrittenAgain
from workshops.models import Assignment, Attendance, Completion, Session

pytestmark = pytest.mark.django_db
KEYS = ["s1", "s2", "s3"]


class World(metaclass=WrittenAgain):
    """Doris organises, Carla coaches, Amina takes part; three workshops, of which the first two are over."""

    def __init__(self) -> None:
        self.amina, self.carla, self.doris = make_user(), make_user("Carla", "Weber"), make_user("Doris", "Lang")
        self.organiser = make_organiser(self.doris)
        self.cohort = make_cohort(self.organiser)
        self.coach = make_coach(self.cohort, self.carla)
        self.workshops = [make_workshop(self.cohort, 1, KEYS), make_workshop(self.cohort, 2, ["s4"])]
        make_workshop(self.cohort, 3, ["s5"], timezone.now() + timedelta(days=3))
        self.team = self.add_team(self.amina)

    def add_team(self, *people: User) -> Team:
        """A team with a text that was read, one that waits, attendance and a ticked assignment."""
        team = make_team(self.cohort, *people, first_coach=self.coach)
        application = make_application(team, title="Tischgespräche")
        draft = write(application, "s1", "Wir kochen.", by=people[0])
        give_back(application, draft, self.carla)
        write(application, "s2", "Wir sind viele.", by=people[0])
        session = self.workshops[0].sessions.get()
        Attendance.objects.create(session=session, member=team.members.first(), status="present")
        assignment, _made = Assignment.objects.get_or_create(
            workshop=self.workshops[0], title="Drei Gespräche", defaults={"due_on": day(-2)}
        )
        Completion.objects.create(assignment=assignment, team=team, by=people[0])
        return team


def give_back(application: Application, draft, coach: User) -> Review:
    """A review given back with one must-change."""
    now = timezone.now()
    review = Review.objects.create(
        application=application,
        coach=coach,
        taken_at=now,
        finished_at=now,
        again_by=day(4),
        asked_at=now - timedelta(days=5),
    )
    item = ReviewItem.objects.create(
        review=review, draft=draft, revision=draft.revisions.get(), verdict="please change", closed_at=now
    )
    Comment.objects.create(item=item, kind="must change", text="Wie viele?", by=coach)
    return review


@pytest.fixture
def world() -> World:
    return World()


def page(client, user: User, url: str) -> str:
    answer = log_in(client, user).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_participant_sees_whose_turn_it_is_first(world, client):
    Announcement.objects.create(
        cohort=world.cohort, title="Neues Material", text="Bitte lesen.", published_at=timezone.now()
    )
    shown = page(client, world.amina, reverse("dashboard"))
    assert shown.index("Sie sind dran") < shown.index("„Kurzbeschreibung“ überarbeiten") < shown.index("Unser Weg")
    assert "1 Anmerkung von Carla Weber" in shown
    assert "in 4 Tagen" in shown
    assert "Weiterschreiben" in shown
    assert "Neues Material" in shown
    assert "noch nicht gezählt" in shown


def card_in(shown: str) -> str:
    return shown.partition('<section class="turn"')[2].partition("</section>")[0]


def test_each_member_sees_their_own_next_step_while_a_coach_reads(world, client):
    make_member(world.team, make_user("Jonas", "Petersen"))
    make_member(world.team, make_user("Rana", "Öz"), "reader")
    ReviewItem.objects.update(verdict="accepted")
    hand_in(Application.objects.get(), ["s2"], by=world.amina)
    line = "Rückmeldung zu „"
    for name in ("amina", "jonas"):
        shown = page(client, User.objects.get(email=f"{name}@example.org"), reverse("dashboard"))
        card = card_in(shown)
        assert card.index("Sie sind dran") < card.index("beginnen")
        assert line in shown.partition("Auch am Werk")[2].partition("</p>")[0]
        assert "kern-btn--primary" in card
    card = card_in(page(client, User.objects.get(email="rana@example.org"), reverse("dashboard")))
    assert "Sie sind dran" not in card
    assert card.index("Die Coaching-Person ist dran") < card.index(line)
    assert "kern-btn" not in card


def test_workspace_shows_the_same_step_as_the_overview(world, client):
    ReviewItem.objects.update(verdict="accepted")
    application = Application.objects.get()
    hand_in(application, ["s2"], by=world.amina)
    url = reverse("applications:workspace", args=[application.pk])
    step = re.compile(r'id="dran">(.*?)</h2>')
    pages = [page(client, world.amina, address) for address in (url, reverse("dashboard"))]
    assert step.findall(pages[0]) == step.findall(pages[1]) != []
    assert "Die Coaching-Person ist dran" in card_in(page(client, world.doris, url))


def test_open_assignments_lie_with_the_team_and_sessions_among_the_dates(world, client):
    workshop = world.workshops[0]
    for title, due_on in (("Später", day(9)), ("Bald", day(1)), ("Überfällig", day(-1)), ("Irgendwann", None)):
        Assignment.objects.create(workshop=workshop, title=title, due_on=due_on)
    done = Assignment.objects.create(workshop=workshop, title="Erledigt", due_on=day(2))
    Completion.objects.create(assignment=done, team=world.team, by=world.amina)

    shown = page(client, world.amina, reverse("dashboard"))

    own = shown.partition('id="meins"')[2].partition("</section>")[0]
    assert re.findall(r">(Später|Bald|Überfällig|Irgendwann|Erledigt)</a>", own) == [
        "Überfällig", "Bald", "Später", "Irgendwann",
    ]  # fmt: skip
    dates = shown.partition('id="termine"')[2].partition("</section>")[0]
    assert re.findall(r": Workshop (\d)|(Einsendeschluss)", dates) == [("3", ""), ("", "Einsendeschluss")]
    Cohort.objects.update(ends_on=day(-3))
    assert "Bald" not in page(client, world.amina, reverse("dashboard"))


def test_the_overview_checks_what_the_page_of_the_checks_does(world):
    read = read_report(Application.objects.with_team().get())
    shown = participant(world.amina, timezone.now(), "")["report"]
    assert (shown.findings, shown.missing, shown.lead) == (read.findings, read.missing, read.lead)
    assert [row.key for row in shown.rows] == [row.key for row in read.rows]
    assert [[one.key for one in later.sections] for later in shown.later] == [
        [one.key for one in later.sections] for later in read.later
    ]
    assert read.later
    assert read.findings


def test_an_assignment_waits_for_its_workshop(world, client):
    later = make_workshop(world.cohort, 7, ["s6"], timezone.now() + timedelta(days=20))
    Assignment.objects.create(workshop=later, title="Drei Partner anrufen", due_on=day(30))
    assert "Drei Partner anrufen" not in page(client, world.amina, reverse("dashboard"))
    Session.objects.filter(workshop=later).update(begins_at=timezone.now() - timedelta(hours=1))
    assert "Drei Partner anrufen" in page(client, world.amina, reverse("dashboard"))


def test_coach_and_organiser_see_the_same_line(world, client):
    assert "„Kurzbeschreibung“ überarbeiten" in page(client, world.carla, reverse("dashboard"))
    assert "„Kurzbeschreibung“ überarbeiten" in page(client, world.doris, reverse("cockpit", args=[world.cohort.slug]))


def test_coach_sees_first_what_waits_for_her(world, client):
    application = Application.objects.get()
    hand_in(application, ["s2"], by=world.amina)
    shown = page(client, world.carla, reverse("dashboard"))
    assert shown.index("Das wartet auf Sie") < shown.index("Übernehmen und lesen") < shown.index("Ihre Teams")
    application.reviews.open().get().take(by=make_coach(world.cohort, make_user("Henrik", "Falk")).coach)
    assert "Gerade wartet keine Abgabe auf Sie." in page(client, world.carla, reverse("dashboard"))


def test_a_coach_with_very_many_teams_sees_twelve_in_full(world, client):
    many_teams(world, 11)
    twelve = page(client, world.carla, reverse("dashboard")).partition('id="teams"')[2]
    assert "Ihre weiteren Teams" not in twelve
    many_teams(world, 4)
    in_full, _heading, further = page(client, world.carla, reverse("dashboard")).partition("Ihre weiteren Teams")
    in_full, further = in_full.partition('id="teams"')[2], further.partition("</ul>")[0]

    assert (in_full.count("<h3"), further.count("<li>")) == (12 + 1, 4)
    assert further.count("Das Team ist dran:") == 4
    assert "Außerdem wart" in in_full
    assert "Außerdem wart" not in further


def test_coach_keeps_a_team_that_still_writes_after_the_cohort_has_ended(world, client):
    Cohort.objects.update(ends_on=day(-3))
    assert "Das Team ist dran:" in page(client, world.carla, reverse("dashboard"))
    Application.objects.update(status="withdrawn", withdrawn_at=timezone.now())
    assert "Noch ist Ihnen kein Team zugeordnet." in page(client, world.carla, reverse("dashboard"))


def test_nobody_needs_a_call_once_the_cohort_has_ended(world, client):
    make_team(world.cohort, make_user("Heike", "Brandt"), made_at=timezone.now() - timedelta(days=60))
    assert "Ein Team braucht einen Anruf" in page(client, world.doris, reverse("cockpit", args=[world.cohort.slug]))
    Cohort.objects.update(ends_on=day(-3))
    assert "Kein Team braucht einen Anruf" in page(client, world.doris, reverse("cockpit", args=[world.cohort.slug]))


def test_cockpit_says_when_it_was_due_and_that_a_team_has_finished(world, client):
    Review.objects.update(again_by=day(-2))
    shown = page(client, world.doris, reverse("cockpit", args=[world.cohort.slug]))
    assert "1 Anmerkung von Carla Weber" in shown
    assert "überfällig: die Frist war am" in shown
    Application.objects.update(status="finished")
    table = page(client, world.doris, reverse("cockpit", args=[world.cohort.slug])).partition("<tbody")[2]
    assert table.partition("</tbody>")[0].count("fertiggestellt") == 3


def test_cockpit_leads_to_the_questions_and_says_which_waits_too_long(world, client):
    Conversation.objects.write(world.team, "Wer liest?", by=world.amina)
    url = reverse("cockpit", args=[world.cohort.slug])
    shown = page(client, world.doris, url)
    assert f'href="{reverse("reviews:conversation", args=[world.team.pk])}"' in shown
    assert "Frage wartet" not in shown

    late = timezone.now() - timedelta(days=world.cohort.answer_days + 1)
    Conversation.objects.update(waits_since=late)

    assert f"Frage wartet, gestellt vor {world.cohort.answer_days + 1} Tagen" in page(client, world.doris, url)


def test_organiser_sees_her_cohorts_and_what_waits(world, client):
    Registration.objects.create(
        cohort=world.cohort, organisation_name="Chor", status="received", confirmed_at=timezone.now(), token_hash="x"
    )
    shown = page(client, world.doris, reverse("dashboard"))
    assert world.cohort.title in shown
    assert "1 Anmeldung wartet auf eine Entscheidung" in shown


def test_bamf_staff_and_people_without_a_role_get_a_page(client):
    assert "Eingereichte Unterlagen und Zahlen" in page(client, make_bamf(), reverse("dashboard"))
    assert "Sie sind im Moment in keiner Projektschmiede." in page(client, make_user("Olga"), reverse("dashboard"))


def test_cockpit_shows_who_needs_a_call_and_the_funnel(world, client):
    Application.objects.update(started_at=timezone.now() - timedelta(days=40))
    silent = make_team(world.cohort, make_user("Heike", "Brandt"), made_at=timezone.now() - timedelta(days=19))
    shown = page(client, world.doris, reverse("cockpit", args=[world.cohort.slug]))
    assert "Ein Team braucht einen Anruf" in shown
    assert "seit 19 Tagen kein Zeichen" in shown
    assert "Heike Brandt" in shown
    assert shown.index(silent.title) < shown.index(world.team.title)
    bars = shown.count('class="funnel__bar"') + shown.count('class="funnel__none"')
    assert bars == shown.split('class="funnel__list"')[1].split("</ol>")[0].count("<li>") == 6
    assert f'viewBox="0 0 200 {bars * FUNNEL_STEP}"' in shown
    styles = (settings.BASE_DIR / "static" / "css" / "cockpit.css").read_text()
    assert re.findall(r"height: calc\((\d+) \* var\(--row\)\)", styles) == [str(bars)]


def test_cockpit_records_attendance_of_the_latest_session_that_has_begun(client):
    cohort = make_cohort(make_organiser(doris := make_user("Doris")))
    now, url = timezone.now(), reverse("cockpit", args=[cohort.slug])
    log_in(client, doris)
    coming = make_workshop(cohort, 3, begins_at=now + timedelta(days=5))
    before = client.get(url)
    sessions = [
        make_workshop(cohort, position, begins_at=now - timedelta(days=days)).sessions.get()
        for position, days in ((1, 20), (2, 3))
    ]
    after = client.get(url)

    assert (before.context["next_session"], before.context["last_session"]) == (coming.sessions.get(), None)
    assert (after.context["next_session"], after.context["last_session"]) == (coming.sessions.get(), sessions[1])
    offered = reverse("workshops:attendance", args=[sessions[1].pk])
    assert ("Anwesenheit eintragen" in before.content.decode(), offered in after.content.decode()) == (False, True)
    assert after.content.decode().count("Anwesenheit eintragen") == 1


def failed_mail(cohort: Cohort | None = None, **fields) -> Message:
    key = str(Message.objects.count())
    return Message.objects.create(
        key=key, email="weg@example.org", kind="x", subject="x", text="x",
        **{"cohort_id": cohort and cohort.pk, "failed_at": timezone.now(), **fields},
    )  # fmt: skip


def test_staff_are_told_of_mails_that_did_not_arrive(world, client):
    cockpit = reverse("cockpit", args=[world.cohort.slug])
    for shown in (page(client, world.doris, reverse("dashboard")), page(client, world.doris, cockpit)):
        assert "nicht angekommen" not in shown
    failed_mail(world.cohort)
    failed_mail(world.cohort, failed_at=None, claimed_at=timezone.now() - timedelta(hours=1))
    failed_mail()

    for url in (reverse("dashboard"), cockpit):
        assert "2 E-Mails sind nicht angekommen" in page(client, world.doris, url)
    assert "3 E-Mails sind nicht angekommen" in page(client, make_bamf(), reverse("dashboard"))
    assert "nicht angekommen" not in page(client, world.amina, reverse("dashboard"))


@pytest.mark.parametrize("late", [{"at": lambda: timezone.now() - timedelta(hours=2)}, {"failed": True}])
def test_staff_are_told_when_recurring_work_is_late(world, client, late):
    LastRun.note_run("E-Mails senden", "")
    assert "laufen nicht wie geplant" not in page(client, world.doris, reverse("dashboard"))
    LastRun.objects.update(**taken_now(late))
    assert "laufen nicht wie geplant" in page(client, world.doris, reverse("dashboard"))


NEVER = (
    "sind noch nie gelaufen. Solange das so ist, wird an nichts erinnert, nichts gelöscht und keine E-Mail ein zweites Mal "
    "verschickt."
)
GONE = "Im Hintergrund arbeitet gerade nichts"
WAITING = "warten seit mehr als fünf Minuten"


def test_staff_are_told_when_the_timer_has_never_run(world, client):
    """A worker that is there does not hide it, and what others see says nothing of it."""
    LastRun.note_worker()
    pages = [(world.doris, "dashboard"), (make_bamf(), "dashboard")]

    assert [NEVER in page(client, person, reverse(name)) for person, name in pages] == [True, True]
    assert NEVER in page(client, world.doris, reverse("cockpit", args=[world.cohort.slug]))
    assert NEVER not in page(client, world.amina, reverse("dashboard"))
    LastRun.note_run("E-Mails senden", "")
    assert NEVER not in page(client, world.doris, reverse("dashboard"))


def test_on_a_developers_machine_nobody_expects_a_timer(world, client, settings):
    settings.DEBUG = True

    assert NEVER not in page(client, world.doris, reverse("dashboard"))


@pytest.mark.parametrize(
    ("by_workers", "minutes", "told"), [(True, None, True), (True, 1, False), (True, 6, True), (False, 6, False)]
)
def test_staff_are_told_when_no_worker_is_there(client, settings, by_workers, minutes, told):
    settings.TASKS_BY_WORKERS = by_workers
    LastRun.note_run("E-Mails senden", "")
    if minutes is not None:
        LastRun.note_worker()
        LastRun.objects.filter(name=WORKER).update(at=timezone.now() - timedelta(minutes=minutes))

    shown = page(client, make_bamf(), reverse("dashboard"))

    assert (GONE in shown) is told
    assert "laufen nicht wie geplant" not in shown


def test_staff_are_told_of_tasks_that_wait(world, client):
    begun("READY", ago=timedelta(minutes=4))
    begun("RUNNING", ago=timedelta(minutes=6))
    assert WAITING not in page(client, world.doris, reverse("dashboard"))
    begun("READY", ago=timedelta(minutes=6))
    begun("READY", ago=timedelta(hours=2))

    assert f"2 Aufgaben {WAITING}" in page(client, world.doris, reverse("dashboard"))
    assert WAITING not in page(client, world.amina, reverse("dashboard"))


def test_teams_are_counted_the_same_everywhere(world, client):
    left = world.add_team(make_user("Heike", "Brandt"))
    Team.objects.filter(pk=left.pk).update(withdrawn_at=timezone.now())

    for url in (reverse("dashboard"), reverse("cockpit", args=[world.cohort.slug])):
        assert "1 von 2 Teams noch dabei" in page(client, world.doris, url)


def test_cockpit_is_the_organisers_alone(world, client):
    url = reverse("cockpit", args=[world.cohort.slug])
    for person, status in ((world.amina, 403), (world.carla, 403), (make_user("Bilal"), 404), (make_bamf(), 403)):
        assert log_in(client, person).get(url).status_code == status


def many_teams(world: World, count: int) -> None:
    for number in range(Team.objects.count(), Team.objects.count() + count):
        world.add_team(make_user("Mitglied", f"Nummer {number}", email=f"mitglied{number}@example.org"))


def wait_for_a_coach() -> None:
    """The second section of every team waits."""
    for draft in Draft.objects.filter(key="s2").select_related("application"):
        if not draft.review_items.exists():
            review = Review.objects.create(application=draft.application)
            ReviewItem.objects.create(review=review, draft=draft, revision=draft.revisions.get())


def test_cockpit_costs_the_same_with_fifty_teams(world, client, django_assert_num_queries):
    log_in(client, world.doris)
    url = reverse("cockpit", args=[world.cohort.slug])
    with django_assert_num_queries(22):
        client.get(url)
    many_teams(world, 49)
    with django_assert_num_queries(22):
        client.get(url)


def test_coach_overview_costs_the_same_with_fifty_teams(world, client, django_assert_num_queries):
    log_in(client, world.carla)
    wait_for_a_coach()
    with django_assert_num_queries(21):
        client.get(reverse("dashboard"))
    many_teams(world, 49)
    wait_for_a_coach()
    with django_assert_num_queries(21):
        client.get(reverse("dashboard"))


def test_participant_overview_costs_the_same_in_a_large_cohort(world, client, django_assert_num_queries):
    log_in(client, world.amina)
    with django_assert_num_queries(21):
        client.get(reverse("dashboard"))
    many_teams(world, 10)
    for number in range(50):
        Announcement.objects.create(cohort=world.cohort, title=f"Nr. {number}", text="x", published_at=timezone.now())
        make_workshop(world.cohort, 10 + number, ["s6"], timezone.now() + timedelta(days=number + 5))
    with django_assert_num_queries(21):
        client.get(reverse("dashboard"))


def test_organiser_overview_costs_the_same_with_fifty_cohorts(world, client, django_assert_num_queries):
    log_in(client, world.doris)
    with django_assert_num_queries(5):
        client.get(reverse("dashboard"))
    call = make_call()
    for _number in range(49):
        make_cohort(world.organiser, call)
    assert Cohort.objects.count() == 50
    with django_assert_num_queries(5):
        client.get(reverse("dashboard"))


def test_a_coach_reads_of_herself_as_you(world, client):
    ReviewItem.objects.update(verdict="accepted")
    application = Application.objects.get()
    hand_in(application, ["s2"], by=world.amina)
    waiting = page(client, world.carla, reverse("dashboard"))
    Review.objects.get(finished_at=None).take(by=world.carla)
    taken = page(client, world.carla, reverse("dashboard"))
    workspace = page(client, world.carla, application.get_absolute_url())

    assert "Liegt bei Ihnen." in waiting
    assert "Sie lesen, seit" in " ".join(taken.split())
    assert "Sie lesen gerade." in workspace
    assert "bei Ihnen" in workspace
    for shown in (waiting, taken, workspace):
        assert "Die Coaching-Person ist dran" not in shown
        assert not re.search(r"Carla\s+Weber\s+liest|bei\s+Carla\s+Weber", shown)
    assert "Carla Weber liest gerade." in page(client, world.amina, application.get_absolute_url())


def test_the_cockpit_shortens_no_month(world, client):
    begins = world.workshops[0].sessions.get().begins_at
    begins = timezone.localtime(begins)

    shown = page(client, world.doris, reverse("cockpit", args=[world.cohort.slug]))

    assert f'<span class="meta">{begins.day}.{begins.month}.</span>' in shown
