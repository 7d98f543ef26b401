"""The world of the access table: Amina's cohort with one of everything, and Bilal's beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.flatpages.models import FlatPage
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import CalendarSubscription, Event, Invitation, LastRun, Membership, Message, PrivacyText, Record
from accounts.models.invitation import hashed
from applications.content import Budget, Expense, Goal, Goals
from applications.papers import Pdf
from applications.papers.finishing import read_state
from applications.papers.models import Outcome, Submission
from applications.papers.models.submission import columns_of
from applications.reviews.models import BegunComment, Comment, Phrase, Review, ReviewItem
from applications.writing.models import Application, Attachment, Draft, Presence, Revision, SectionNote
from cohorts.models import (
    Announcement,
    CoachAbsence,
    Conversation,
    Curriculum,
    CurriculumStep,
    Registration,
    RegistrationPerson,
)
from schmiede.site_pages import ensure_pages
from tests.builders import (
    day,
    fill,
    make_application,
    make_bamf,
    make_call,
    make_coach,
    make_cohort,
    make_edition,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    write,
)
from tests.written_again import WrittenAgain
from workshops.models import Assignment, Attendance, Material, Session

PEOPLE = ("nobody", "amina", "bilal", "carla", "doris", "emil")
TOKEN = "ein-geheimes-zeichen"
TEAM = "amina carla doris"
# Words that stand in one record each, and who may find them on a page.
MARKERS: dict[str, str] = {
    "Quittenbaum": TEAM,  # a text
    "Holunder": TEAM,  # a goal
    "Wacholder": TEAM,  # a line of the budget
    "Hagebutte": TEAM,  # a text that lost in a conflict
    "Aronia": TEAM,  # an attachment's name
    "Schneeball": TEAM,  # a question to the coach
    "Sanddorn": "amina",  # the team's private note
    "Schlehe": TEAM,  # a comment that was given
    "Mispel": TEAM,  # an answer to it
    "Kornelkirsche": TEAM,  # what the coach gave along
    "Berberitze": "carla",  # a comment not given yet
    "Felsenbirne": "doris",  # a registration
    "Speierling": "doris",  # who registered
    "Elsbeere": "doris",  # the internal note on it
    "Vogelbeere": "doris",  # a registration that was accepted (coaches have no page of it yet)
    "Traubenkirsche": "doris",  # news not published yet
    "Pfaffenhut": TEAM,  # news
    "Liguster": TEAM,  # material and an assignment
    "Maulbeere": TEAM,  # its online room
    "Feldahorn": "amina carla doris emil",  # the association's name
    "PS-2026-ABCDEF": "amina carla doris emil",  # papers that were posted
    "PS-2026-ACDEFG": TEAM,  # papers that were not
    "Kreuzdorn": "emil",  # an edition not published yet
    "eingeladen@example.org": "emil",  # an open invitation to an association
    "Rauschbeere": "",  # a mail in another Träger's cohort
    "Moosbeere": "doris",  # a mail in this one
    "Krähenbeere": "emil",  # a mail that belongs to no cohort
    "Zierquitte": "bilal",  # Bilal's text
    "Mehlbeere": "carla",  # a comment begun
    "Sauerdorn": "carla",  # a coach's own phrase
    "Weißdorn": "bilal",  # a comment on it
    "Feuerdorn": "bilal",  # his workshop
    "Scheinbeere": "bilal",  # his news
    "Apfelrose": "",  # a registration for his cohort
    "Heckenrose": "bilal emil",  # his association
}
# What a secret link shows to whoever holds it.
REGISTERED = {"Felsenbirne", "Speierling"}
BY_LINK: dict[str, set[str]] = {
    "invitation": {"Feldahorn", "eingeladen@example.org"},
    "calendar_feed": {"Liguster"},  # the title of an assignment
    **dict.fromkeys(("cohorts:registration", "cohorts:correct", "cohorts:confirm", "cohorts:withdraw"), REGISTERED),
}


def may_find(person: str) -> set[str]:
    """The markers this person may find on pages, besides what a secret link shows."""
    return {word for word, people in MARKERS.items() if person in people.split()}


class AccessWorld(metaclass=WrittenAgain):
    """Amina owns a team with a drafting application and, for an earlier call, a posted one; Jonas writes with her."""

    def __init__(self) -> None:
        self.amina, self.jonas, self.bilal = make_user(), make_user("Jonas", "Petersen"), make_user("Bilal", "Yildiz")
        self.carla, self.doris, self.emil = make_user("Carla", "Weber"), make_user("Doris", "Lang"), make_bamf()
        self.nobody = None
        self.organiser = make_organiser(self.doris)
        self.cohort = make_cohort(self.organiser, make_call(parts=True), registration_until=day(5))
        self.coach = make_coach(self.cohort, self.carla)
        association = make_organisation("Feldahorn e. V.")
        self.team = make_team(self.cohort, self.amina, self.jonas, first_coach=self.coach, organisation=association)
        ensure_pages()
        self.page = FlatPage.objects.get(url="/impressum/")
        self.around()
        self.application = make_application(self.team)
        fill(self.application, by=self.amina)
        self.writing()
        self.review()
        self.papers()
        self.bilals_side()

    def around(self) -> None:
        """Registration, workshop, news and everything else of the cohort."""
        self.registration = Registration.objects.create(
            cohort=self.cohort, organisation_name="Chor", legal_form="ev", city="Halle", land="ST", charitable="yes",
            idea="Wir singen: Felsenbirne.", status="received", confirmed_at=timezone.now(), token_hash=hashed(TOKEN),
            internal_note="Elsbeere",
        )  # fmt: skip
        self.accepted = Registration.objects.create(
            cohort=self.cohort, organisation_name="Feldahorn e. V.", legal_form="ev", city="Halle", land="ST", idea="Vogelbeere",
            status="accepted", confirmed_at=timezone.now(), decided_at=timezone.now(), token_hash=hashed("zugelassen"),
            organisation=self.team.organisation,
        )  # fmt: skip
        RegistrationPerson.objects.create(
            registration=self.registration, first_name="Heike", last_name="Speierling", email="heike@example.org"
        )
        self.workshop = make_workshop(self.cohort, 1, ["s1", "s2"])
        self.session = self.workshop.sessions.get()
        Session.objects.update(online_url="https://example.org/Maulbeere")
        self.material = Material.objects.create(
            workshop=self.workshop,
            title="Folien Liguster",
            file=ContentFile(b"Folien", "a.txt"),
            file_name="folien.txt",
            size=6,
        )
        self.assignment = Assignment.objects.create(
            workshop=self.workshop, title="Drei Gespräche Liguster", due_on=day(3)
        )
        self.attendance = Attendance.objects.create(
            session=self.session, member=self.team.members.first(), status="present", by=self.carla
        )
        self.announcement = Announcement.objects.create(
            cohort=self.cohort, title="Pfaffenhut", text="Pfaffenhut.", published_at=timezone.now(), by=self.doris
        )
        self.unpublished = Announcement.objects.create(
            cohort=self.cohort, title="Traubenkirsche", text="Traubenkirsche."
        )
        self.privacy_text = PrivacyText(
            organisation=self.organiser,
            controller="Werkstatt",
            data_protection="datenschutz@example.org",
            text="Wir speichern.",
        )
        self.privacy_text.publish(by=self.doris)
        self.absence = CoachAbsence.objects.create(assignment=self.coach, from_on=day(1), until_on=day(2))
        self.curriculum = Curriculum.objects.create(title="Unser Lehrplan", organisation=self.organiser)
        self.step = CurriculumStep.objects.create(
            curriculum=self.curriculum, position=1, title="Ankommen", days_after_start=0, begins="17:00", hours=3
        )
        self.invitation, self.token = Invitation.make("eingeladen@example.org", self.team.organisation, by=self.amina)
        self.membership = Membership.objects.get(user=self.jonas)
        self.message = Message.objects.create(
            email="amina@example.org", user=self.amina, kind="x", subject="Moosbeere", text="Moosbeere", key="x",
            cohort_id=self.cohort.pk, failed_at=timezone.now(),
        )  # fmt: skip
        self.code = Message.objects.create(
            email="x@example.org", kind="login_code", subject="Krähenbeere", text="x", key="z", failed_at=timezone.now()
        )
        self.event = Event.record("cohort.made", self.cohort, by=self.doris)
        self.subscription = CalendarSubscription.objects.create(user=self.amina)
        self.last_run = LastRun.objects.create(name="run_due", at=timezone.now())

    def writing(self) -> None:
        write(self.application, "s1", "Ein Quittenbaum für alle.", by=self.amina)
        write(self.application, "s3", "Ein Quittenbaum für 40 Leute.", by=self.amina)
        write(self.application, "s5", Goals((Goal(id="g1", level="4", goal="Holunder"),)), by=self.amina)
        write(self.application, "s17", Budget(expenses=(Expense(id="e1", title="Wacholder"),)), by=self.amina)
        self.draft = Draft.objects.get(application=self.application, key="s1")
        self.revision = self.draft.revisions.order_by("version").first()
        self.clash = Revision.objects.create(
            draft=self.draft, content={"format": 1, "text": "Hagebutte."}, based_on=0, by=self.amina, why="conflict"
        )
        self.attachment = Attachment.objects.create(
            application=self.application, kind="register_extract", file=ContentFile(b"x", "a.txt"), name="Aronia.txt",
            size=1, sha256="0" * 64, by=self.amina,
        )  # fmt: skip
        self.presence = Presence.objects.create(draft=self.draft, user=self.amina, at=timezone.now())
        SectionNote.objects.create(application=self.application, key="s1", text="Sanddorn, nur für uns.", by=self.amina)

    def review(self) -> None:
        """One review given back with a comment, one taken with an unsent one, one waiting."""
        now = timezone.now()
        self.given = self.hand_in("s1", coach=self.carla, taken_at=now, finished_at=now, summary="Kornelkirsche")
        self.comment = Comment.objects.create(
            item=self.given.items.get(), kind="must change", text="Wie viele Schlehen? Schlehe.", by=self.carla
        )
        self.reply = self.comment.replies.create(text="Mispel.", by=self.amina)
        self.taken = self.hand_in("s2", coach=self.carla, taken_at=now)
        self.item = self.taken.items.get()
        self.unsent = Comment.objects.create(item=self.item, kind="question", text="Berberitze?", by=self.carla)
        self.begun = BegunComment.objects.create(item=self.item, kind="hint", text="Mehlbeere?", by=self.carla)
        self.phrase = Phrase.objects.create(text="Sauerdorn.", by=self.carla)
        self.waiting = self.hand_in("s3")
        self.entry = Conversation.objects.write(self.team, "Was kostet ein Schneeball?", by=self.amina)
        self.conversation = self.entry.conversation

    def hand_in(self, key: str, **fields: Any) -> Review:
        draft = self.application.drafts.get(key=key)
        fields.setdefault("promised_until", day(5))
        review = Review.objects.create(application=self.application, asked_by=self.amina, **fields)
        ReviewItem.objects.create(
            review=review, draft=draft, revision=draft.revisions.order_by("-version").first(),
            verdict="please change" if review.finished_at else "", closed_at=review.finished_at,
        )  # fmt: skip
        return review

    def papers(self) -> None:
        """A posted application of the same team for an earlier call."""
        earlier = make_call("Beispielaufruf des Vorjahrs (erfunden)", deadline=day(-100))
        self.done = make_application(self.team, call=earlier, status=Application.Status.FINISHED, title="Früher")
        frozen = read_state(self.done).frozen.as_json()
        self.submission = Submission.objects.create(
            application=self.done, stage=1, number=1, frozen=frozen, checksum="0" * 64, grant_cents=1,
            receipt_number="PS-2026-ABCDEF", finished_at=timezone.now() - timedelta(days=100), finished_by=self.amina,
            transferred_on=day(-100), signed_on=day(-100), posted_on=day(-100),
        )  # fmt: skip
        self.file = self.submission.files.create(kind="sketch", **columns_of(Pdf(b"%PDF-1.7", 1)))
        call = make_call("Beispielaufruf für später (erfunden)")
        later = make_application(self.team, call=call, status=Application.Status.FINISHED)
        self.unposted = Submission.objects.create(
            application=later,
            stage=1, number=1, frozen=read_state(later).frozen.as_json(), checksum="0" * 64, grant_cents=1,
            receipt_number="PS-2026-ACDEFG", finished_by=self.amina, transferred_on=day(0),
        )  # fmt: skip
        self.unposted_file = self.unposted.files.create(kind="sketch", **columns_of(Pdf(b"%PDF-1.7", 1)))
        self.draft_edition = make_edition(self.application.call, 2, published=False)
        self.draft_edition.sections.update(title="Kreuzdorn", question="Kreuzdorn?")
        self.outcome = Outcome.objects.create(submission=self.submission, kind="declined", on=day(-10), by=self.amina)

    def bilals_side(self) -> None:
        """Another Träger's cohort in which Bilal takes part, so that there is something to mix up."""
        other = make_cohort(
            make_organiser(make_user("Erika", "Sommer"), "Bildungswerk Nord gGmbH"), make_call(), title="Nord"
        )
        team = make_team(other, self.bilal, organisation=make_organisation("Heckenrose e. V."))
        self.bilals_invitation, _token = Invitation.make(self.bilal.email, team.organisation, by=None)
        self.bilals = make_application(team)
        write(self.bilals, "s1", "Bilals Zierquitte.", by=self.bilal)
        draft, now = self.bilals.drafts.get(key="s1"), timezone.now()
        review = Review.objects.create(
            application=self.bilals, asked_by=self.bilal, coach=self.emil, taken_at=now, finished_at=now
        )
        item = review.items.create(draft=draft, revision=draft.revisions.get(), verdict="please change", closed_at=now)
        item.comments.create(kind="must change", text="Weißdorn?")
        make_workshop(other, 1, title="Feuerdorn")
        other.announcements.create(title="Scheinbeere", text="Scheinbeere.", published_at=now)
        other.registrations.create(
            organisation_name="Apfelrose", legal_form="ev", city="Kiel", land="SH", idea="Apfelrose", status="received",
            confirmed_at=now, token_hash=hashed("fremd"),
        )  # fmt: skip
        Message.objects.create(
            email="bilal@example.org", user=self.bilal, kind="y", subject="Rauschbeere", text="Rauschbeere", key="y",
            cohort_id=other.pk, failed_at=now,
        )  # fmt: skip

    def of(self, model: str) -> Record:
        """The record of the admin's pages of a model, e.g. "accounts_user"."""
        return {
            "accounts_event": self.event, "accounts_invitation": self.invitation, "accounts_lastrun": self.last_run,
            "accounts_message": self.message, "accounts_organisation": self.team.organisation, "accounts_privacytext": self.privacy_text, "accounts_user": self.jonas,
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
            secret = {"invitation": world.token, "calendar_feed": world.subscription.token}
            own = {
                "cockpit": {"slug": world.cohort.slug},
                "help_topic": {"slug": "einloggen"},
                "own_invitation": {"uuid": world.bilals_invitation.pk},
            }
            return {"token": secret[name]} if name in secret else {**own, **ALLAUTH}.get(name, {})
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
        case "reviews":
            return {} if page in {"queue", "next", "phrases", "absences"} else {"uuid": review_record(page, world)}
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
    if act in {"change", "delete", "history", "mails", "unchecked"} and "_" in model:
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
    if page in {"privacy", "privacy_version"}:
        return {"uuid": world.organiser.pk, **({"number": 1} if page == "privacy_version" else {})}
    token = {"token": TOKEN} if page in {"registration", "confirm", "correct", "withdraw"} else {}
    return {"slug": world.cohort.slug, **token}


def application_arguments(page: str, world: AccessWorld) -> dict[str, Any]:
    if page == "start":
        return {"uuid": world.team.pk}
    found: dict[str, Any] = {"uuid": world.application.pk}
    if page in {"section", "note", "presence", "history", "restore", "conflict", "compare"}:
        found["key"] = "s1"
    if page in {"restore", "conflict"}:
        found["revision"] = world.revision.pk if page == "restore" else world.clash.pk
    if page in {"change_role", "hand_over", "answer_offer", "take_out", "invite_again", "revoke_invitation"}:
        found["member"] = world.team.members.get(user=world.jonas).pk
    if page in {"attachment", "detach"}:
        found["attachment"] = world.attachment.pk
    return found


def review_record(page: str, world: AccessWorld) -> UUID:
    return {
        "absence": world.absence, "end_absence": world.absence,
        "keep": world.item, "phrase": world.phrase, "discard_phrase": world.phrase,
        "take": world.waiting, "withdraw": world.waiting, "comment": world.item, "change": world.unsent,
        "conversation": world.team, "close_conversation": world.team,
        "discard": world.unsent, "answer": world.comment, "done": world.comment, "resolve": world.comment,
    }.get(page, world.taken).pk  # fmt: skip


def paper_arguments(page: str, world: AccessWorld) -> dict[str, Any]:
    if page == "list":
        return {}
    found: dict[str, Any] = {"uuid": world.file.pk if page == "file" else world.submission.pk}
    return found | ({"step": "posted_on"} if page in {"step", "undo_step"} else {})
