"""Teams in bulk: people, an application with three saves of every section, three reviews, what they did at workshops."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from applications.content import loads
from applications.reviews.models import Comment, Review, ReviewItem
from applications.writing.models import Application, Draft, Revision
from applications.writing.models.draft import copies_of
from benchmarks.dataset_cohorts import MadeCohort, make_registration
from benchmarks.dataset_words import moment, words
from calls.models import Edition
from cohorts.models import Team, TeamMember
from schmiede.demo.batch import Batch
from workshops.models import Attendance, Completion


@dataclass(frozen=True)
class Source:
    """What every team writes, and the columns of its application that repeat some of it."""

    edition: Edition
    drafts: list[Draft]
    copies: dict[str, Any]


def read_source(full: Application, edition: Edition) -> Source:
    """Return the sections of an application in which everything is written."""
    drafts = {draft.key: draft for draft in full.drafts.all()}
    copies = copies_of(loads("cover", drafts["s0"].content)) | copies_of(loads("budget", drafts["s17"].content))
    return Source(edition, list(drafts.values()), copies)


def make_person(first_name: str, last_name: str, email: str, batch: Batch) -> User:
    """Add somebody whose address is confirmed and who has no password."""
    user = User(email=email, first_name=first_name, last_name=last_name, password="!", date_joined=moment(-100))  # noqa: S106
    batch.add(user)
    batch.add(EmailAddress(user=user, email=email, verified=True, primary=True))
    return user


def make_team(number: int, made: MadeCohort, source: Source, *, last_review: str, batch: Batch) -> None:
    """Add a team; its last review is `waiting`, `taken` or `given`."""
    team = NewTeam(number, made, batch)
    team.write(source)
    team.hand_in(["s1", "s2"], moment(-30), "given")
    team.hand_in(["s3", "s4"], moment(-18), "given", verdict="please change" if number % 2 else "accepted")
    team.hand_in(["s6"] if number % 3 else ["s6", "s9"], moment(-9 - number % 5), last_review)
    team.attend()
    team.complete()


class NewTeam:
    """A team while its records are added; the number tells it from the others and varies what it did."""

    def __init__(self, number: int, made: MadeCohort, batch: Batch) -> None:
        self.number, self.made, self.batch = number, made, batch
        self.coach = made.coaches[number % len(made.coaches)]
        self.team = self._add_team()
        self.members = [self._add_member(place, role) for place, role in enumerate(("owner", "writer"))]
        self.users = [member.user for member in self.members]
        self.drafts: dict[str, Draft] = {}
        self.latest: dict[str, Revision] = {}

    def _add_team(self) -> Team:
        name, cohort = f"{words(2)} Nr. {self.number} e. V.", self.made.cohort
        short_name = name[:40].removesuffix(" e. V.")
        organisation = Organisation(name=name, short_name=short_name, city="Halle (Saale)", legal_form="ev")
        registration = make_registration(cohort, self.number, name, "accepted", self.batch)
        registration.organisation = self.batch.add(organisation)
        return self.batch.add(
            Team(
                cohort=cohort,
                organisation=organisation,
                registration=registration,
                first_coach=self.coach,
                made_at=moment(-66),
            )
        )

    def _add_member(self, place: int, role: str) -> TeamMember:
        email = f"team{self.number}-{place}@example.org"
        user = make_person(f"Person{place}", f"Nummer{self.number}", email, self.batch)
        rank = Membership.Role.MEMBER if place else Membership.Role.RESPONSIBLE
        self.batch.add(Membership(organisation=self.team.organisation, user=user, role=rank))
        return self.batch.add(
            TeamMember(
                team=self.team,
                user=user,
                first_name=user.first_name,
                last_name=user.last_name,
                email=email,
                role=role,
                phone="0171 0000000",
            )
        )

    def write(self, source: Source) -> None:
        """Add the application with a draft for every section of the source."""
        self.application = self.batch.add(
            Application(
                team=self.team,
                call=self.made.cohort.call,
                edition=source.edition,
                started_at=moment(-50),
                started_by=self.users[0],
                changed_at=moment(-2),
                **source.copies,
            )
        )
        for written in source.drafts:
            self._add_draft(written)

    def _add_draft(self, written: Draft) -> None:
        """Add a draft; what somebody wrote there was saved three times."""
        texts = {"content": written.content, "length": written.length}
        begun = {"version": 3, "by": self.users[0], "at": moment(-3)} if written.is_begun else {}
        draft = self.batch.add(
            Draft(application=self.application, key=written.key, kind=written.kind, **texts, **begun)
        )
        self.drafts[draft.key] = draft
        for version in range(1, draft.version + 1):
            self.latest[draft.key] = self.batch.add(
                Revision(
                    draft=draft,
                    version=version,
                    based_on=version - 1,
                    by=self.users[version % 2],
                    at=moment(-40 + version * 10),
                    is_kept=version == draft.version,
                    **texts,
                )
            )

    def hand_in(self, keys: Iterable[str], asked_at: datetime, state: str, *, verdict: str = "accepted") -> None:
        """Add a review that is `waiting`, `taken`, or `given` back with a verdict, and its events."""
        a_day = timedelta(days=1)
        steps = {"coach": self.coach.coach, "taken_at": asked_at + a_day} if state in ("taken", "given") else {}
        if state == "given":
            steps |= {"finished_at": asked_at + 2 * a_day, "summary": words(12)}
        if verdict != "accepted":
            steps["again_by"] = timezone.localdate() + timedelta(days=5)
        review = self.batch.add(
            Review(
                application=self.application,
                asked_by=self.users[0],
                asked_at=asked_at,
                promised_until=(asked_at + 7 * a_day).date(),
                versions={key: draft.version for key, draft in self.drafts.items()},
                **steps,
            )
        )
        for key in keys:
            self._add_item(review, key, verdict if state == "given" else "")
        for hour in range(3):  # the audit trail grows with the teams
            at = asked_at + timedelta(hours=hour)
            self.batch.trace("review.asked", review, by=self.users[0], at=at)

    def _add_item(self, review: Review, key: str, verdict: str) -> None:
        """Add a section to a review, with three comments if it was given back; those of an accepted one are resolved."""
        item = self.batch.add(
            ReviewItem(
                review=review,
                draft=self.drafts[key],
                revision=self.latest[key],
                words_new=300 + self.number % 50,
                verdict=verdict,
                closed_at=review.finished_at,
            )
        )
        if not verdict:
            return
        for place, kind in enumerate((Comment.Kind.MUST_CHANGE, Comment.Kind.QUESTION, Comment.Kind.PRAISE)):
            self.batch.add(
                Comment(
                    item=item,
                    kind=kind,
                    text=words(25),
                    by=self.coach.coach,
                    at=review.asked_at + timedelta(days=1, minutes=place),
                    resolved_at=moment(-1) if verdict == "accepted" else None,
                )
            )

    def attend(self) -> None:
        """Note at every session that is over who was there; every fifth was not."""
        for session in self.made.sessions:
            if session.ends_at > timezone.now():
                continue
            for place, member in enumerate(self.members):
                status = "present" if (self.number + place) % 5 else "absent"
                self.batch.add(Attendance(session=session, member=member, status=status, at=session.ends_at))

    def complete(self) -> None:
        """Tick three of four assignments that are due."""
        for place, assignment in enumerate(self.made.assignments):
            if assignment.due_on < timezone.localdate() and (self.number + place) % 4:
                completion = Completion(assignment=assignment, team=self.team, at=moment(-4), by=self.users[0])
                self.batch.add(completion)
