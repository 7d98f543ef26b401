"""The states of a team between acceptance and outcome: the page says what docs/her-days.md says, for each role."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from applications.content import Cover
from applications.papers.models import Outcome, Submission
from applications.reviews.models import Review, ReviewItem
from applications.reviews.steps import hand_in
from applications.writing.models import Application, Revision
from calls.models import FundingCall
from cohorts.models import Cohort, Registration, Team
from tests.builders import (
    day,
    log_in,
    make_application,
    make_coach,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    write,
)
from tests.written_again import WrittenAgain
from workshops.models import Assignment, Session

pytestmark = pytest.mark.django_db
IDEA = "Nachbarn kochen zusammen."
TITLE = "Nachbarn kochen"
ROLES = {"owner": "amina", "writer": "jonas", "reader": "rana"}


def complete_cover(application: Application) -> Cover:
    year = application.call.year
    return Cover(
        title=TITLE, theme="vielfalt", places="Halle", start_on=f"{year}-01-01", months=12, organisation="Verein", legal_form="ev",
        charitable="Finanzamt Halle", charitable_on="2025-03-12", address="Markt 1", email="verein@example.org",
        contact_person="Amina Haddad", signatories="Amina Haddad, Vorsitz",
    )  # fmt: skip


class World(metaclass=WrittenAgain):
    """Amina owns, Jonas writes, Rana reads; Carla coaches, Doris organises. One workshop was, one comes."""

    def __init__(self) -> None:
        doris, self.carla, self.amina = make_user("Doris", "Lang"), make_user("Carla", "Weber"), make_user()
        self.cohort = make_cohort(make_organiser(doris), contact_name="Doris Lang", contact_email="doris@example.org")
        coach = make_coach(self.cohort, self.carla)
        self.team = make_team(self.cohort, self.amina, first_coach=coach)
        make_member(self.team, make_user("Jonas", "Petersen"))
        make_member(self.team, make_user("Rana", "Öz"), "reader")
        self.first = make_workshop(self.cohort, 1, ["s0", "s1", "s2"])
        make_workshop(self.cohort, 2, [f"s{number}" for number in range(3, 18)], timezone.now() + timedelta(days=9))

    def start(self, *rund: str) -> Application:
        """An application, in which these sections are rund."""
        application = make_application(self.team, title=TITLE if "s0" in rund else "")
        for key in rund:
            known = application.drafts.get(key=key).value
            draft = write(application, key, complete_cover(application) if key == "s0" else known)
            now = timezone.now()
            review = Review.objects.create(application=application, coach=self.carla, taken_at=now, finished_at=now)
            revision = draft.revisions.get()
            ReviewItem.objects.create(review=review, draft=draft, revision=revision, verdict="accepted", closed_at=now)
        return application

    def submit(self, **days) -> Submission:
        application = make_application(self.team, status=Application.Status.FINISHED)
        return Submission.objects.create(
            application=application, stage=1, number=1, frozen={}, checksum="0" * 64, grant_cents=1,
            receipt_number="PS-2026-ABCDEF", **days,
        )  # fmt: skip

    def post(self) -> Submission:
        return self.submit(transferred_on=day(-9), signed_on=day(-8), posted_on=day(-7))

    def nothing_has_begun(self) -> None:
        soon = timezone.now() + timedelta(days=5)
        Session.objects.filter(workshop=self.first).update(begins_at=soon, ends_at=soon + timedelta(hours=3))

    def register(self) -> None:
        registration = Registration.objects.create(
            cohort=self.cohort, organisation_name="Verein", legal_form="ev", city="Halle", land="ST",
            charitable="yes", idea=IDEA, token_hash="1" * 64, status=Registration.Status.ACCEPTED, confirmed_at=timezone.now(), decided_at=timezone.now(),
        )  # fmt: skip
        Team.objects.filter(pk=self.team.pk).update(registration=registration)


def first_day_with_an_idea(world: World) -> None:
    world.nothing_has_begun()
    world.register()


def before_workshop_1(world: World) -> None:
    first_day_with_an_idea(world)
    write(world.start(), "s1", IDEA)
    ReviewItem.objects.all().delete()


def a_place_open(world: World) -> None:
    write(world.start("s0", "s1", "s2"), "s0", Cover())
    ReviewItem.objects.filter(draft__key="s0").update(revision=Revision.objects.get(draft__key="s0", version=2))


def an_assignment(world: World) -> None:
    world.start("s0", "s1", "s2")
    Assignment.objects.create(workshop=world.first, title="Drei Gespräche", due_on=day(4))


def waiting(world: World) -> None:
    application = world.start("s0", "s2")
    write(application, "s1", IDEA)
    hand_in(application, ["s1"], by=world.amina)


def shortly_before_the_deadline(world: World) -> None:
    world.start("s0", "s1")
    FundingCall.objects.update(deadline=day(14))


def the_last_days(world: World) -> None:
    world.start(*(f"s{number}" for number in range(18)))
    ReviewItem.objects.filter(draft__key="s1").update(verdict="please change")
    FundingCall.objects.update(deadline=day(1))


def application_withdrawn(world: World) -> None:
    world.start("s0")
    Application.objects.update(status="withdrawn", withdrawn_at=timezone.now())


def all_rund(world: World) -> None:
    world.start(*(f"s{number}" for number in range(18)))


def outcome(kind: str) -> Callable[[World], None]:
    def enter(world: World) -> None:
        Outcome.objects.enter(world.post(), kind, day(-1), by=world.amina)

    return enter


def invited(world: World) -> None:
    outcome("invited")(world)
    Application.objects.update(title="Nachbarn kochen")
    application = Application.objects.get()
    for key in ("s0", "s1"):
        write(application, key, application.drafts.get(key=key).value)
    ReviewItem.objects.all().delete()


def withdrawn(world: World) -> None:
    world.start()
    Team.objects.update(withdrawn_at=timezone.now())


def cancelled(world: World) -> None:
    world.start("s0", "s1")
    Cohort.objects.update(cancelled_at=timezone.now())


def over(world: World) -> None:
    world.post()
    Cohort.objects.update(begins_on=day(-90), ends_on=day(-9))


STATES: dict[str, Callable[[World], object]] = {
    "first day, with an idea": first_day_with_an_idea,
    "first day, without one": World.nothing_has_begun,
    "before workshop 1": before_workshop_1,
    "between workshops, something open": lambda world: world.start("s0", "s1"),
    "between workshops, all done": lambda world: world.start("s0", "s1", "s2"),
    "between workshops, a place open in what is rund": a_place_open,
    "between workshops, an assignment": an_assignment,
    "handed in and waiting": waiting,
    "two weeks before the deadline": shortly_before_the_deadline,
    "the last days, not all rund": the_last_days,
    "all rund": all_rund,
    "finished": lambda world: world.submit(),
    "posted": World.post,
    "invited to stage 2": invited,
    "declined": outcome("declined"),
    "granted": outcome("granted"),
    "team withdrawn": withdrawn,
    "application withdrawn": application_withdrawn,
    "cohort cancelled": cancelled,
    "alumna, the cohort is over": over,
}


STEPS = ["state", "owner", "owner's button", "writer", "writer's button", "reader", "reader's button", "to ask"]
LISTS = ["state", "with the owner", "first of the plan"]


def read_table(head: list[str]) -> dict[str, dict[str, str]]:
    """The rows of a table in docs/her-days.md by their state; it is found by its number of columns."""
    lines = (settings.BASE_DIR / "docs" / "her-days.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows if len(row) == len(head)}


TABLE, LINES = ({key: row for key, row in read_table(head).items() if key in STATES} for head in (STEPS, LISTS))


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def shown_to(client, name: str) -> dict[str, str]:
    """The card's step and button, and whose names stand under „Für Sie da“."""
    answer = log_in(client, User.objects.get(email=f"{name}@example.org")).get(reverse("dashboard"))
    card = re.search(r'<section class="turn.*?</section>', answer.text, re.DOTALL)[0]
    button = re.search(r'class="kern-btn.*?kern-label">(.*?)</span>', card, re.DOTALL)
    people = answer.text.partition('id="fuer-sie-da"')[2].partition("</section>")[0]
    named = [word for word, who in (("coach", "Carla Weber"), ("organiser", "Doris Lang")) if who in people]
    step = text_of(re.search(r'id="dran">(.*?)</h2>', card, re.DOTALL)[1])
    return {"step": step, "button": text_of(button[1]) if button else "–", "to ask": ", ".join(named)}


def lines_of(html: str) -> dict[str, str]:
    """What lies with a person beside the card, and the first line of the plan with what is said of tight days."""
    own = html.partition('id="meins"')[2].partition("</section>")[0].partition("Kommt noch")[0]
    entries = [text_of(title) for title in re.findall(r"<li>.*?<a [^>]*>(.*?)</a>", own, re.DOTALL)]
    plan = html.partition('id="plan"')[2]
    first = re.search(r'<ul class="plan">\s*<li>(.*?)</li>', plan, re.DOTALL)
    what = (
        re.search(r'<label.*?<span>(.*?)</span>|class="state[^>]*>(.*?)</span>', first[1], re.DOTALL) if first else None
    )
    said = text_of(what[1] or what[2]) if what else "–"
    said += ", knapp" if "Das wird knapp" in plan else ""
    named = "; ".join(entries[:3]) + ("; …" if len(entries) > 3 else "")
    return {"with the owner": named or "–", "first of the plan": said}


def test_the_tables_have_every_state():
    assert list(TABLE) == list(LINES) == list(STATES)


@pytest.mark.parametrize("state", STATES)
def test_list_and_plan_say_what_the_table_says(client, state):
    world = World()
    STATES[state](world)
    html = log_in(client, world.amina).get(reverse("dashboard")).text
    assert {"state": state, **lines_of(html)} == LINES[state]


@pytest.mark.parametrize("state", STATES)
def test_the_page_says_what_the_table_says(client, state):
    world = World()
    STATES[state](world)
    told = TABLE[state]
    expected = {
        role: {"step": told[role], "button": told[f"{role}'s button"], "to ask": told["to ask"]} for role in ROLES
    }
    assert {role: shown_to(client, name) for role, name in ROLES.items()} == expected


@pytest.mark.parametrize("state", ["team withdrawn", "application withdrawn"])
def test_nothing_lies_ahead_of_what_was_withdrawn(client, state):
    world = World()
    STATES[state](world)
    text = text_of(log_in(client, world.amina).get(reverse("dashboard")).text)
    assert ("Nächste Termine" in text) == ("Im Moment stehen keine Termine an." in text) == (state != "team withdrawn")
    assert "öffnet am" not in text
    assert "Einsendeschluss" not in text


def test_what_is_rund_is_completed_before_it_is_finished(client):
    world = World()
    all_rund(world)
    write(Application.objects.get(), "s0", Cover())
    ReviewItem.objects.filter(draft__key="s0").update(revision=Revision.objects.get(draft__key="s0", version=2))
    assert shown_to(client, "amina")["step"] == "„Deckblatt“ ergänzen"


def test_papers_are_uploaded_by_whoever_writes(client):
    world = World()
    STATES["before workshop 1"](world)
    users = [User.objects.get(first_name=name.capitalize()) for name in ROLES.values()]
    pages = [log_in(client, user).get(reverse("dashboard")).text for user in users]
    assert ["Schon da? Hier hochladen" in page for page in pages] == [True, True, False]
