"""The world of the access table: Amina's cohort with one of everything, and Bilal's beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.flatpages.models import FlatPage
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Event, Invitation, LastRun, Membership, Message, Record
from accounts.models.invitation import hashed
from applications.models import (
    Application,
    Attachment,
    Draft,
    Outcome,
    Reading,
    ReadingItem,
    Remark,
    Revision,
    SectionNote,
    Submission,
    SubmissionFile,
)
from applications.papers import Pdf
from cohorts.models import Announcement, CoachAbsence, Curriculum, CurriculumStep, Registration, RegistrationPerson
from schmiede.site_pages import ensure_pages
from tests.builders import (
    day,
    fill,
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
from workshops.models import Assignment, Attendance, Material

PEOPLE = ("nobody", "amina", "bilal", "carla", "doris", "emil")
TOKEN = "ein-geheimes-zeichen"


class AccessWorld:
    """Amina owns a team with a drafting application and, for an earlier call, a posted one; Jonas writes with her."""

    def __init__(self) -> None:
        self.amina, self.jonas, self.bilal = make_user(), make_user("Jonas", "Petersen"), make_user("Bilal", "Yildiz")
        self.carla, self.doris, self.emil = make_user("Carla", "Weber"), make_user("Doris", "Lang"), make_bamf()
        self.nobody = None
        self.organiser = make_organiser(self.doris)
        self.cohort = make_cohort(self.organiser, registration_until=day(5))
        self.coach = make_coach(self.cohort, self.carla)
        self.team = make_team(self.cohort, self.amina, self.jonas, first_coach=self.coach)
        ensure_pages()
        self.page = FlatPage.objects.get(url="/impressum/")
        self.around()
        self.application = make_application(self.team)
        fill(self.application, by=self.amina)
        self.writing()
        self.reading()
        self.papers()
        self.bilals_side()

    def around(self) -> None:
        """Registration, workshop, news and everything else of the cohort."""
        self.registration = Registration.objects.create(
            cohort=self.cohort, organisation_name="Chor", legal_form="ev", city="Halle", land="ST", charitable="yes",
            idea="Wir singen.", status="received", confirmed_at=timezone.now(), token_hash=hashed(TOKEN),
        )  # fmt: skip
        RegistrationPerson.objects.create(
            registration=self.registration, first_name="Heike", last_name="Brandt", email="heike@example.org"
        )
        self.workshop = make_workshop(self.cohort, 1, ["s1", "s2"])
        self.session = self.workshop.sessions.get()
        self.material = Material.objects.create(
            workshop=self.workshop, title="Folien", file=ContentFile(b"Folien", "a.txt"), file_name="folien.txt", size=6
        )
        self.assignment = Assignment.objects.create(workshop=self.workshop, title="Drei Gespräche", due_on=day(3))
        self.attendance = Attendance.objects.create(
            session=self.session, member=self.team.members.first(), status="present", by=self.carla
        )
        self.announcement = Announcement.objects.create(
            cohort=self.cohort, title="Neues", text="Bitte lesen.", published_at=timezone.now(), by=self.doris
        )
        self.absence = CoachAbsence.objects.create(assignment=self.coach, from_on=day(1), until_on=day(2))
        self.curriculum = Curriculum.objects.create(title="Unser Lehrplan", organisation=self.organiser)
        self.step = CurriculumStep.objects.create(
            curriculum=self.curriculum, position=1, title="Ankommen", days_after_start=0, begins="17:00", hours=3
        )
        self.invitation, _token = Invitation.make("neu@example.org", self.team.organisation, by=self.amina)
        self.membership = Membership.objects.get(user=self.jonas)
        self.message = Message.objects.create(
            email="amina@example.org", user=self.amina, kind="x", subject="x", text="x", key="x", cohort_id=self.cohort.pk,
            failed_at=timezone.now(),
        )  # fmt: skip
        self.event = Event.record("cohort.made", self.cohort, by=self.doris)
        self.last_run = LastRun.objects.create(name="run_due", at=timezone.now())

    def writing(self) -> None:
        self.draft = Draft.objects.get(application=self.application, key="s1")
        self.revision = self.draft.revisions.order_by("version").first()
        self.clash = Revision.objects.create(
            draft=self.draft, content={"format": 1, "text": "Anders."}, based_on=0, by=self.amina, why="conflict"
        )
        self.attachment = Attachment.objects.create(
            application=self.application, kind="register_extract", file=ContentFile(b"x", "a.txt"), name="auszug.txt",
            size=1, sha256="0" * 64, by=self.amina,
        )  # fmt: skip
        SectionNote.objects.create(application=self.application, key="s1", text="Nur für uns.", by=self.amina)

    def reading(self) -> None:
        """One reading given back with a remark, one taken with an unsent one, one waiting."""
        now = timezone.now()
        self.given = self.hand_in("s1", coach=self.carla, taken_at=now, finished_at=now)
        self.remark = Remark.objects.create(
            item=self.given.items.get(), kind="must change", text="Wie viele?", by=self.carla
        )
        self.taken = self.hand_in("s2", coach=self.carla, taken_at=now)
        self.item = self.taken.items.get()
        self.unsent = Remark.objects.create(item=self.item, kind="question", text="Warum?", by=self.carla)
        self.waiting = self.hand_in("s3")

    def hand_in(self, key: str, **fields: Any) -> Reading:
        draft = self.application.drafts.get(key=key)
        fields.setdefault("promised_until", day(5))
        reading = Reading.objects.create(application=self.application, asked_by=self.amina, **fields)
        ReadingItem.objects.create(
            reading=reading, draft=draft, revision=draft.revisions.order_by("-version").first(),
            verdict="please change" if reading.finished_at else "", closed_at=reading.finished_at,
        )  # fmt: skip
        return reading

    def papers(self) -> None:
        """A posted application of the same team for an earlier call."""
        earlier = make_call("Beispielaufruf des Vorjahrs (erfunden)", deadline=day(-100))
        self.done = make_application(self.team, call=earlier, status=Application.Status.FINISHED, title="Früher")
        self.submission = Submission.objects.create(
            application=self.done, stage=1, number=1, frozen={"addressee": "Amt"}, checksum="0" * 64, grant_cents=1,
            receipt_number="PS-2026-ABCDEF", finished_at=timezone.now() - timedelta(days=100), finished_by=self.amina,
            transferred_on=day(-100), signed_on=day(-100), posted_on=day(-100),
        )  # fmt: skip
        self.file = SubmissionFile.objects.keep(self.submission, "sketch", Pdf(b"%PDF-1.7", 1))
        self.outcome = Outcome.objects.create(submission=self.submission, kind="declined", on=day(-10), by=self.amina)

    def bilals_side(self) -> None:
        """Another Träger's cohort in which Bilal takes part, so that there is something to mix up."""
        other = make_cohort(
            make_organiser(make_user("Erika", "Sommer"), "Bildungswerk Nord gGmbH"), make_call(), title="Nord"
        )
        self.bilals = make_application(make_team(other, self.bilal))
        write(self.bilals, "s1", "Bilals Text.", by=self.bilal)

    def of(self, model: str) -> Record:
        """The record of the admin's pages of a model, e.g. "accounts_user"."""
        return {
            "accounts_event": self.event, "accounts_invitation": self.invitation, "accounts_lastrun": self.last_run,
            "accounts_message": self.message, "accounts_organisation": self.team.organisation, "accounts_user": self.jonas,
            "calls_edition": self.application.edition, "calls_fundingcall": self.application.call,
            "cohorts_announcement": self.announcement, "cohorts_coachabsence": self.absence,
            "cohorts_coachassignment": self.coach, "cohorts_cohort": self.cohort, "cohorts_curriculum": self.curriculum,
            "cohorts_curriculumstep": self.step, "cohorts_registration": self.registration, "cohorts_team": self.team,
            "cohorts_teammember": self.team.members.first(), "workshops_workshop": self.workshop,
            "workshops_attendance": self.attendance, "applications_application": self.application,
            "applications_submission": self.submission, "applications_outcome": self.outcome,
        }[model]  # fmt: skip


def arguments(name: str, world: AccessWorld) -> dict[str, Any]:
    """What stands in the address of a page about Amina's cohort."""
    namespace, _colon, page = name.rpartition(":")
    match namespace:
        case "":
            return {"invitation": {"token": "gibt-es-nicht"}, "cockpit": {"slug": world.cohort.slug}, **ALLAUTH}.get(
                name, {}
            )
        case "admin":
            return admin_arguments(page, world)
        case "accounts":
            return {"uuid": account_record(page, world)} if page not in {"profile", "second_factor"} else {}
        case "cohorts":
            return cohort_arguments(page, world)
        case "workshops":
            record = {"attendance": world.session, "material": world.material}.get(page, world.workshop)
            record = world.assignment if "tick" in page else record
            return {} if page == "list" else {"uuid": record.pk}
        case "applications":
            return application_arguments(page, world)
        case "readings":
            return {} if page == "queue" else {"uuid": reading_record(page, world)}
        case _:
            return paper_arguments(page, world)


ALLAUTH = {
    "account_confirm_email": {"key": "gibt-es-nicht"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "gibt-es-nicht"},
}


def admin_arguments(page: str, world: AccessWorld) -> dict[str, Any]:
    model, _underscore, act = page.rpartition("_")
    if page == "app_list":
        return {"app_label": "cohorts"}
    if act in {"change", "delete", "history"} and "_" in model:
        if model == "flatpages_flatpage":
            return {"object_id": str(world.page.pk)}
        return {"object_id": str(world.of(model).pk)}
    return {}


def account_record(page: str, world: AccessWorld) -> UUID:
    if page in {"hand_over", "remove", "leave"}:
        return world.membership.pk
    return world.invitation.pk if page == "revoke" else world.team.organisation.pk


def cohort_arguments(page: str, world: AccessWorld) -> dict[str, Any]:
    if page == "list":
        return {}
    if page == "announcement":
        return {"uuid": world.announcement.pk}
    token = {"token": TOKEN} if page in {"registration", "confirm", "correct", "withdraw"} else {}
    return {"slug": world.cohort.slug, **token}


def application_arguments(page: str, world: AccessWorld) -> dict[str, Any]:
    if page == "start":
        return {"uuid": world.team.pk}
    found: dict[str, Any] = {"uuid": world.application.pk}
    if page in {"section", "note", "history", "restore", "conflict"}:
        found["key"] = "s1"
    if page in {"restore", "conflict"}:
        found["revision"] = world.revision.pk if page == "restore" else world.clash.pk
    if page in {"change_role", "hand_over", "take_out"}:
        found["member"] = world.team.members.get(user=world.jonas).pk
    if page in {"attachment", "detach"}:
        found["attachment"] = world.attachment.pk
    return found


def reading_record(page: str, world: AccessWorld) -> UUID:
    return {
        "take": world.waiting, "withdraw": world.waiting, "remark": world.item, "change": world.unsent,
        "discard": world.unsent, "answer": world.remark, "done": world.remark, "resolve": world.remark,
    }.get(page, world.taken).pk  # fmt: skip


def paper_arguments(page: str, world: AccessWorld) -> dict[str, Any]:
    if page == "list":
        return {}
    found: dict[str, Any] = {"uuid": world.file.pk if page == "file" else world.submission.pk}
    return found | ({"step": "posted_on"} if page == "step" else {})
