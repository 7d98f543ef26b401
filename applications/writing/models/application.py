from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import Event, Organisation, Record, User
from accounts.models.record import Person, roles
from applications.content import Content, Cover, dumps, empty
from applications.content.difference import difference, size
from applications.stays import TEAMS_TEXT
from calls.models import Edition, FundingCall
from calls.terms import COVER, Terms
from cohorts.models import Team
from cohorts.models.team import has_role
from core.writes import Stale, write_if
from workshops.opening import is_open, plan_of

if TYPE_CHECKING:
    from applications.papers.models.submission import Submission
    from applications.reviews.models.review import Review
    from applications.writing.models.draft import Draft
    from applications.writing.models.revision import Revision


class CallClosed(Stale):
    """The call takes no applications today, or has nothing published to write on."""


class AlreadyStarted(Stale):
    """The team has a running application for this call, or is no longer part of the cohort."""


class NotDrafting(Stale):
    """The application is finished or withdrawn: it can be read, not written."""


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: Person) -> ApplicationQuerySet:
        """Those whose live draft this person may read: the team, its own coaches, the organiser. Never BAMF staff."""
        return self.filter(has_role(user, Application.MAY["see"], "team__"))

    def running(self) -> ApplicationQuerySet:
        return self.exclude(status=Application.Status.WITHDRAWN)

    @transaction.atomic
    def start(self, team: Team, *, by: User, theme: str) -> Application:
        """Begin the team's application on the latest published edition, with an empty draft for every section.

        `theme` is the key of one of the edition's themes. The cover is filled in with what is known about the
        organisation, as a version saved by whoever starts. `CallClosed`, or `AlreadyStarted`.
        """
        team.require(by, "start")
        locked = Team.objects.select_for_update().get(pk=team.pk)
        call = team.cohort.call
        edition = call.editions.published().order_by("-number").first()
        if edition is None or not call.is_open():
            raise CallClosed
        if locked.withdrawn_at or self.running().filter(team=team, call=call).exists():
            raise AlreadyStarted
        if edition.terms.theme(theme) is None:
            raise ValueError(f"{theme} is not a theme of {edition}")
        application = self.create(team=team, call=call, edition=edition, started_by=by)
        application.make_drafts()
        application.drafts.get(key=COVER).write(cover_of(team.organisation, theme), by=by, seen=0)
        Event.record("application.started", application, by=by)
        application.refresh_from_db()
        return application

    def with_team(self) -> Self:
        """Everything a page about one application names: team, organisation, coaches, cohort, call and edition."""
        return self.select_related(
            "team__organisation", "team__cohort__call", "team__first_coach", "team__second_coach", "edition", "call"
        )

    def for_list(self) -> Self:
        """What a row of a list shows, without the edition's texts."""
        return self.select_related("team__organisation", "team__cohort").order_by("team__organisation__name")


class Application(Record):
    """A Vorhaben: one team's application for one call, written in drafts.

    Title, short name, theme, start, months, places, umbrella body, pages and grant are copies of what the drafts say,
    for lists and reports; only the step that saves, merges or restores a draft writes them, in the same transaction.
    """

    class Status(models.TextChoices):
        DRAFTING = "drafting", _("In Arbeit")
        FINISHED = "finished", _("Fertiggestellt – noch nicht beim BAMF")
        WITHDRAWN = "withdrawn", _("Zurückgezogen")

    team = models.ForeignKey(Team, models.PROTECT, related_name="applications", verbose_name=_("Team"))
    call = models.ForeignKey(FundingCall, models.PROTECT, related_name="applications", verbose_name=_("Förderaufruf"))
    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="applications", verbose_name=_("Stand des Aufrufs")
    )
    stage = models.PositiveSmallIntegerField(_("Stufe"), default=1)
    status = models.CharField(_("Stand"), max_length=10, choices=Status, default=Status.DRAFTING)
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="later", verbose_name=_("früherer Versuch")
    )
    title = models.CharField(_("Titel"), max_length=120, blank=True)
    short_name = models.CharField(_("Kurzname"), max_length=30, blank=True)
    theme_key = models.CharField(_("Themenschwerpunkt"), max_length=40, blank=True)
    start_on = models.DateField(_("Beginn"), null=True, blank=True)
    months = models.PositiveSmallIntegerField(_("Laufzeit in Monaten"), null=True, blank=True)
    places = models.CharField(_("Orte"), max_length=200, blank=True)
    umbrella_body = models.CharField(_("Dachverband (Zentralstelle)"), max_length=200, blank=True)
    grant_cents = models.BigIntegerField(_("Zuwendung in Cent"), null=True, blank=True)
    pages = models.PositiveSmallIntegerField(_("Seiten der Projektskizze"), null=True, blank=True)
    pages_counted_at = models.DateTimeField(_("Seiten gezählt am"), null=True, blank=True)
    started_at = models.DateTimeField(_("begonnen am"), default=timezone.now, editable=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    changed_at = models.DateTimeField(_("zuletzt geschrieben am"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("zurückgezogen am"), null=True, blank=True, editable=False)

    STAYS = dict.fromkeys(("title", "short_name", "places", "umbrella_body"), TEAMS_TEXT)
    COHORTS = "team__cohort"

    objects = ApplicationQuerySet.as_manager()

    MAY = {
        "see": roles("owner", "writer", "reader", "own coach", "organiser"),
        "write": roles("owner", "writer"),
        "hand in": roles("owner", "writer"),
        "withdraw review": roles("owner", "writer"),
        "answer": roles("owner", "writer"),
        "attach": roles("owner", "writer"),
        "note": roles("owner", "writer"),
        "see notes": roles("owner", "writer", "reader"),
        "adopt": roles("owner", "writer"),
        "finish": roles("owner"),
        "take back": roles("owner"),
        "withdraw": roles("owner"),
        "paper steps": roles("owner"),
        "outcome": roles("owner", "organiser"),
        "people": roles("owner", "organiser"),
        "read": roles("own coach", "coach"),
    }

    class Meta:
        verbose_name = _("Vorhaben")
        verbose_name_plural = _("Vorhaben")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "call"], condition=~Q(status="withdrawn"), name="application_one_running"
            ),
            models.CheckConstraint(condition=Q(stage__in=[1, 2]), name="application_stage_1_or_2"),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | Q(withdrawn_at__isnull=False), name="application_withdrawn_when"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("applications:workspace", args=[self.pk])

    @property
    def name(self) -> str:
        """What the application is called on pages, also before it has a title."""
        return self.title or str(_("Vorhaben ohne Titel"))

    @property
    def cohort_uuid(self) -> UUID:
        return self.team.cohort_id

    @property
    def first_day(self) -> date:
        """Before it nothing happened here: the Projektschmiede begins, or the application where that was earlier."""
        return min(self.team.cohort.begins_on, timezone.localdate(self.started_at))

    @property
    def terms(self) -> Terms:
        """What the edition of the call says; without a query when the edition is at hand."""
        return self.edition.terms

    @property
    def is_drafting(self) -> bool:
        return self.status == self.Status.DRAFTING

    @property
    def is_finished(self) -> bool:
        return self.status == self.Status.FINISHED

    def people_concerned(self) -> list[Record]:
        """Everyone to notify about the outcome: the team, its coaches, who reads for it now, and the people of the organiser."""
        organisers = self.team.cohort.organiser.memberships.select_related("user")
        readers = [one.coach for one in self.reviews.open().select_related("coach") if one.coach]
        return [*self.team.joined(), *self.team.coaches(), *readers, *(one.user for one in organisers)]

    @property
    def is_to_be_counted(self) -> bool:
        """Was anything written since the pages of the sketch were counted?"""
        if self.changed_at is None:
            return False
        return self.pages_counted_at is None or self.changed_at > self.pages_counted_at

    def current_submission(self) -> Submission | None:
        """The submission of this stage that counts, if there is one."""
        return self.submissions.current().filter(stage=self.stage).first()

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.team.roles_of(user)

    def drafts_to_hand_in(self) -> list[Draft]:
        """Those that can be handed in now, in the order of the call: begun, open, and not waiting for a coach already."""
        waiting = self.reviews.open().filter(items__isnull=False).values("items__draft")
        begun = {draft.key: draft for draft in self.drafts.for_list().filter(version__gt=0).exclude(pk__in=waiting)}
        plan, now = plan_of(self.cohort_uuid), timezone.now()
        return [begun[key] for key in self.terms.by_key if key in begun and is_open(key, plan, now)]

    @transaction.atomic
    def hand_in(self, keys: Collection[str], *, by: User) -> Review:
        """Ask for a review of these sections in exactly their current versions, and tell the coaches.

        `NotDrafting`; `Stale` unless every one of them can be handed in now.
        """
        self.require(by, "hand in")
        self.lock_for_writing()
        chosen = [draft for draft in self.drafts_to_hand_in() if draft.key in keys]
        if not chosen or len(chosen) != len(set(keys)):
            raise Stale
        review = self.reviews.create(
            asked_by=by,
            promised_until=timezone.localdate() + timedelta(days=self.team.cohort.answer_days),
            versions=dict(self.drafts.values_list("key", "version")),
        )
        item, kept = review.items.model, self.current_revisions(chosen)
        written = {draft.pk: draft.value for draft in self.drafts.filter(pk__in=[draft.pk for draft in chosen])}
        before = item.objects.given_back_last(chosen)
        revision: type[Revision] = chosen[0].revisions.model
        item.objects.bulk_create(
            item(
                review=review,
                draft=draft,
                revision=kept.get(draft.pk) or draft.revision_to_keep(by=by),
                **size_of_change(draft.kind, written[draft.pk], before.get(draft.pk)),
            )
            for draft in chosen
        )
        revision.objects.keep_current(self)
        Event.record("review.asked", review, by=by, sections=" ".join(draft.key for draft in chosen))
        review.tell_asked()
        return review

    def current_revisions(self, drafts: list[Draft]) -> dict[UUID, Revision]:
        """By draft, the revision of its current version; one that no save left is not there."""
        revisions: type[Revision] = drafts[0].revisions.model
        current = revisions.objects.filter(draft__in=drafts, version=F("draft__version")).defer("content")
        return {revision.draft_id: revision for revision in current}

    @property
    def is_withdrawn(self) -> bool:
        return self.status == self.Status.WITHDRAWN

    def make_drafts(self) -> None:
        """An empty draft for every section of the edition that has none yet; those there are stay as they are."""
        draft: type[Draft] = self.drafts.model
        known = set(self.drafts.values_list("key", flat=True))
        draft.objects.bulk_create(
            draft(application=self, key=section.key, kind=section.kind, content=dumps(empty(section.kind)))
            for section in self.terms.sections
            if section.key not in known
        )

    def lock_for_writing(self) -> Application:
        """Lock the row before a draft is looked at: whoever writes, hands in, finishes or adopts waits here.

        Call it in a transaction. `NotDrafting` unless the application is being written.
        """
        locked = Application.objects.select_for_update().get(pk=self.pk)
        if not locked.is_drafting:
            raise NotDrafting
        return locked

    @transaction.atomic
    def adopt(self, edition: Edition, *, by: User) -> None:
        """Go on writing on a newer edition of the same call. Every text stays; new sections get an empty draft.

        `Stale` if the edition is not a newer, published one of this call; `NotDrafting`.
        """
        self.require(by, "adopt")
        locked = self.lock_for_writing()
        newer = edition.number > Edition.objects.get(pk=locked.edition_id).number
        if not (edition.is_published and edition.call_id == locked.call_id and newer):
            raise Stale
        write_if(self, {"edition": locked.edition_id}, edition=edition)
        self.make_drafts()
        Event.record("application.adopted", self, by=by, edition=edition.number)

    @transaction.atomic
    def withdraw(self, *, by: User) -> None:
        """Give the application up; nothing is deleted. What waits for a review is called back. `NotDrafting`.

        Everybody concerned is told, and the coaches of the cohort where they were all asked to read.
        """
        self.require(by, "withdraw")
        self.lock_for_writing()
        now = timezone.now()
        write_if(self, {"status": self.Status.DRAFTING}, status=self.Status.WITHDRAWN, withdrawn_at=now)
        for review in self.reviews.waiting():
            review.call_back(now)
            review.tell_withdrawn(beside=self.team.coaches())
        Event.record("application.withdrawn", self, by=by)
        outbox.post(
            self.people_concerned(),
            "applications/mails/withdrawn.txt",
            dedup=self.pk,
            link=self.get_absolute_url(),
            cohort=self.cohort_uuid,
            application=self,
            team=self.team,
            who=str(by),
        )


def size_of_change(kind: str, value: Content, before: Content | None) -> dict[str, int | bool]:
    """How much changed in a section since a value, as the columns of `ReviewItem`; None: it was never given back."""
    found = difference(empty(kind) if before is None else before, value)
    new, gone = size(found)
    changed = len(found.changed_rows)
    return {"is_repeated": before is not None, "words_new": new, "words_gone": gone, "rows_changed": changed}


def cover_of(organisation: Organisation, theme: str) -> Cover:
    """What the portal already knows for the cover: the organisation as registered, and the theme picked."""
    return Cover(
        theme=theme,
        organisation=organisation.name,
        legal_form=organisation.legal_form,
        register=" ".join(filter(None, [organisation.register_court, organisation.register_number])),
        umbrella_body=organisation.umbrella_body,
        address=organisation.address,
        email=organisation.contact_email,
        phone=organisation.contact_phone,
        contact_person=organisation.contact_name,
        signatories=organisation.signatories[:600],
    )
