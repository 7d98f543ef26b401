"""The world that is measured: one cohort with as many teams as wanted, each with texts, a review and comments."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from applications.reviews.models import Comment, Review, ReviewItem
from applications.writing.models import Application, Draft
from cohorts.models import Announcement, Team
from tests.builders import (
    day,
    make_application,
    make_bamf,
    make_call,
    make_coach,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    write,
)

WORDS = "Wir kochen jeden zweiten Samstag zusammen im Hof und reden über das, was uns im Viertel fehlt. "
SECTIONS = ("s1", "s2", "s3", "s4", "s6")


class World:
    """Doris organises, Carla coaches, Amina takes part, Emil is from the BAMF."""

    def __init__(self) -> None:
        self.amina, self.carla = make_user(), make_user("Carla", "Weber")
        self.doris, self.emil = make_user("Doris", "Lang"), make_bamf()
        organiser = make_organiser(self.doris)
        self.cohort = make_cohort(organiser, make_call())
        self.coach = make_coach(self.cohort, self.carla)
        self.workshops = [
            make_workshop(self.cohort, number, keys, timezone.now() + timedelta(days=days))
            for number, keys, days in [(1, ["s1", "s2"], -20), (2, ["s3", "s4"], -9), (3, ["s6"], 5)]
        ]
        self.teams: list[Team] = []
        self.add_team(self.amina)
        self.first = Application.objects.get()

    def grow_to(self, rows: int) -> None:
        """Add teams and announcements until there are that many."""
        for number in range(len(self.teams), rows):
            self.add_team(make_user("Mitglied", f"Nummer {number}", email=f"mitglied{number}@example.org"))
            Announcement.objects.create(
                cohort=self.cohort, title=f"Mitteilung {number}", text=WORDS, published_at=timezone.now()
            )

    def add_team(self, person: User) -> None:
        team = make_team(self.cohort, person, first_coach=self.coach)
        application = make_application(team, title=f"Tischgespräche {len(self.teams)}")
        drafts = [write(application, key, WORDS * 10, by=person) for key in SECTIONS]
        self.hand_in(application, drafts[0], given_back=True)
        self.hand_in(application, drafts[1], given_back=False)
        self.teams.append(team)

    def hand_in(self, application: Application, draft: Draft, *, given_back: bool) -> None:
        """One section handed in; given back it carries a comment, else it waits."""
        now = timezone.now()
        done = {"coach": self.carla, "taken_at": now, "finished_at": now, "again_by": day(4)} if given_back else {}
        review = Review.objects.create(application=application, asked_at=now - timedelta(days=3), **done)
        verdict = {"verdict": "please change", "closed_at": now} if given_back else {}
        item = ReviewItem.objects.create(review=review, draft=draft, revision=draft.revisions.get(), **verdict)
        if given_back:
            Comment.objects.create(item=item, kind="must change", text="Wie viele Menschen sind das?", by=self.carla)

    def pages(self) -> list[tuple[str, User | None, str]]:
        """Name, who opens it, address."""
        application = [self.first.pk]
        return [
            ("home", None, reverse("home")),
            ("cohorts:list", None, reverse("cohorts:list")),
            ("dashboard (participant)", self.amina, reverse("dashboard")),
            ("dashboard (coach)", self.carla, reverse("dashboard")),
            ("dashboard (organiser)", self.doris, reverse("dashboard")),
            ("cockpit", self.doris, reverse("cockpit", args=[self.cohort.slug])),
            ("workshops:detail", self.amina, reverse("workshops:detail", args=[self.workshops[0].pk])),
            ("applications:workspace", self.amina, reverse("applications:workspace", args=application)),
            ("applications:section (text)", self.amina, reverse("applications:section", args=[*application, "s1"])),
            ("applications:section (budget)", self.amina, reverse("applications:section", args=[*application, "s17"])),
            ("applications:checks", self.amina, reverse("applications:checks", args=application)),
            ("reviews:queue", self.carla, reverse("reviews:queue")),
            ("papers:list", self.emil, reverse("papers:list")),
            ("admin: teams", self.doris, reverse("admin:cohorts_team_changelist")),
        ]
