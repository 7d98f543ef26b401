"""An application (Vorhaben): its data and status, and what each role may do in it (`MAY`: sections, notes, attachments, finishing)."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from accounts.models.record import Person, roles
from applications.kept_after_erasing import TEAMS_TEXT
from calls.models import Edition, FundingCall
from calls.terms import SectionTerm, Terms
from cohorts.models import Team
from cohorts.models.team import has_role
from core.writes import Stale
from workshops.models import Workshop
from workshops.opening import Opening


class CallClosed(Stale):
    """The call takes no applications today, or has no published edition to write on."""


class CallChanged(Stale):
    """The cohort has another call, or the call another edition, than the page showed on which somebody chose."""


class AlreadyStarted(Stale):
    """The team has a running application for this call, or is no longer part of the cohort."""


class NotDrafting(Stale):
    """The application is finished or withdrawn, or its team has left: it can be read, not written."""


class SectionClosed(Stale):
    """The section's workshop has not begun yet: it can be read, not written."""


class GivenUp(NotDrafting):
    """The application is withdrawn, or its team has left: nobody writes, asks or answers any more."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: Person) -> ApplicationQuerySet:
        """Those whose drafts this person may read: the team, its own coaches, the organiser. Never BAMF staff."""
        return self.filter(has_role(user, Application.MAY["see"], "team__"))

    def running(self) -> ApplicationQuerySet:
        return self.exclude(status=Application.Status.WITHDRAWN)

    def with_team(self) -> Self:
        """With everything a page about one application names: team, organisation, coaches, cohort, call, edition."""
        return self.select_related(
            "team__organisation", "team__cohort__call", "team__first_coach", "team__second_coach", "edition", "call"
        )

    def for_list(self) -> Self:
        """With what a row of a list shows, without the edition's texts."""
        return self.select_related("team__organisation", "team__cohort").order_by("team__organisation__name")


class Application(Record):
    """A Vorhaben: one team's application for one call, written in drafts.

    Title, short name, theme, start, months, places, umbrella body, pages and grant are copies from the drafts, for
    lists and reports. They are written only by the step that saves, merges or restores a draft, in the same transaction.
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

    # Also for its sections, notes and attachments. The papers of a finished one have a table of their own: `Submission.MAY`.
    MAY = {
        "see": roles("owner", "writer", "reader", "own coach", "organiser"),
        "write": roles("owner", "writer"),
        "hand in": roles("owner", "writer"),
        "attach": roles("owner", "writer"),
        "note": roles("owner", "writer"),
        "see notes": roles("owner", "writer", "reader"),
        "adopt": roles("owner", "writer"),
        "finish": roles("owner"),
        "take back": roles("owner"),
        "withdraw": roles("owner"),
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
        """The name of the application on pages, even before it has a title."""
        return self.title or str(_("Vorhaben ohne Titel"))

    @property
    def cohort_uuid(self) -> UUID:
        return self.team.cohort_id

    @property
    def first_day(self) -> date:
        """The day before which nothing can have happened: the cohort began, or the application if that was earlier."""
        return min(self.team.cohort.begins_on, timezone.localdate(self.started_at))

    @cached_property
    def openings(self) -> list[Opening]:
        """When each workshop of the cohort opens its sections; read once, and anew by a save."""
        return Workshop.objects.openings_in(self.cohort_uuid)

    @property
    def terms(self) -> Terms:
        """The terms of the call's edition; without a query if the edition is at hand."""
        return self.edition.terms

    def term_of(self, key: str) -> SectionTerm | None:
        """Return the section in the terms; one that is gone as it was in the earlier application its text was taken from.

        None where no edition along the way has it. Two queries for each earlier application that is asked.
        """
        application: Application | None = self
        while application is not None and key not in application.terms.by_key:
            application = application.previous
        return application.terms.by_key[key] if application else None

    @property
    def is_drafting(self) -> bool:
        return self.status == self.Status.DRAFTING

    @property
    def is_finished(self) -> bool:
        return self.status == self.Status.FINISHED

    @property
    def is_to_be_counted(self) -> bool:
        """Was anything written since the pages of the sketch were counted?"""
        if self.changed_at is None:
            return False
        return self.pages_counted_at is None or self.changed_at > self.pages_counted_at

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.team.roles_of(user)

    @property
    def is_withdrawn(self) -> bool:
        return self.status == self.Status.WITHDRAWN

    @property
    def is_given_up(self) -> bool:
        """Was it withdrawn, or did its team leave? Then no page asks for work on it."""
        return self.is_withdrawn or self.team.withdrawn_at is not None

    @property
    def given_up_because(self) -> str:
        """The sentence on pages that says so; "" while it goes on."""
        if self.is_withdrawn:
            return gettext("Das Vorhaben ist zurückgezogen.")
        return gettext("Das Team ist nicht mehr in der Projektschmiede.") if self.is_given_up else ""

    @property
    def is_being_written(self) -> bool:
        """Is it open for its team to write, to hand in and to finish?"""
        return self.is_drafting and not self.is_given_up

    @property
    def has_texts(self) -> bool:
        """Is anything written in its sections? One query."""
        return self.drafts.filter(version__gt=0).exists()

    def refuse_given_up(self) -> None:
        """Raise `GivenUp` if it is withdrawn or its team has left, as the database has it now. One query."""
        now = Application.objects.select_related("team").only("status", "team__withdrawn_at").get(pk=self.pk)
        if now.is_given_up:
            raise GivenUp(now.given_up_because)

    def lock_for_writing(self) -> Application:
        """Lock the row before a draft is read: every step that writes, hands in, finishes or adopts waits here.

        Call it in a transaction. Raises `NotDrafting` unless the application is being written. The team's row is read once
        the lock is there, and not locked: a team may leave beside a step that has begun.
        """
        locked = self.lock_drafting()
        if not locked.is_being_written:  # with a join the team would be as it was before the wait
            raise NotDrafting
        return locked

    def lock_drafting(self) -> Application:
        """Lock the row for a step that looks at the team itself; see `lock_for_writing`. One query."""
        locked = Application.objects.select_for_update().get(pk=self.pk)
        if not locked.is_drafting:
            raise NotDrafting
        return locked
