"""Assignments (Arbeitsaufträge) of a workshop, until when, and which team has ticked them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, Record, User
from accounts.models.record import Person
from cohorts.models import Cohort, Team
from cohorts.models.curriculum import ORGANISERS_TEXT

from .workshop import Workshop


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: Person) -> AssignmentQuerySet:
        return self.filter(Exists(Workshop.objects.visible_to(user).filter(pk=OuterRef("workshop"))))

    def with_done(self, user: User) -> AssignmentQuerySet:
        """Annotate with `done`, whether a team of this person has ticked it."""
        own = Completion.objects.filter(assignment=OuterRef("pk"), team__in=Team.objects.with_member(user))
        return self.annotate(done=Exists(own))


class Assignment(Record):
    """What every team does after a workshop, until the end of `due_on`; sections it is about, if any.

    `sequence` counts changes, for calendars.
    Who edits it is asked of its workshop, who ticks it of the team: `Workshop.MAY`, `Team.MAY`.
    """

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="assignments", verbose_name=_("Workshop"))
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    title = models.CharField(_("Titel"), max_length=200)
    text = models.TextField(_("Beschreibung"), blank=True)
    due_on = models.DateField(_("bis"), null=True, blank=True)
    section_keys = models.JSONField(_("Abschnitte"), default=list, blank=True)
    sequence = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    STAYS = dict.fromkeys(("title", "text"), ORGANISERS_TEXT)
    COHORTS = "workshop__cohort"

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Arbeitsauftrag")
        verbose_name_plural = _("Arbeitsaufträge")
        ordering = ["workshop", "position"]

    def __str__(self) -> str:
        return self.title

    @property
    def cohort_uuid(self) -> UUID:
        return self.workshop.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.workshop.cohort.roles_of(user)

    @transaction.atomic
    def tick(self, team: Team, *, by: User) -> None:
        """Note that the team has done it; ticking twice changes nothing."""
        team.require(by, "tick")
        if team.cohort_id != self.workshop.cohort_id:
            raise PermissionDenied("an assignment of another cohort")
        team.lock()
        made = self.completions.get_or_create(team=team, defaults={"by": by})[1]
        if made:
            Event.record("assignment.ticked", self, by=by, team=team.pk)

    @transaction.atomic
    def untick(self, team: Team, *, by: User) -> None:
        """Take the tick back; doing it twice changes nothing."""
        team.require(by, "tick")
        team.lock()
        if self.completions.filter(team=team).delete()[0]:
            Event.record("assignment.unticked", self, by=by, team=team.pk)


class CompletionQuerySet(models.QuerySet["Completion"]):
    def visible_to(self, user: Person) -> CompletionQuerySet:
        """A team sees what it ticked itself; coaches and the organiser of the cohort see it of every team."""
        own = Team.objects.with_member(user)
        led = Team.objects.filter(cohort__in=Cohort.objects.led_by(user))
        return self.filter(Q(team__pk__among=own.values("pk")) | Q(team__pk__among=led.values("pk")))


class Completion(Record):
    """A team ticked an assignment off."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="completions")
    team = models.ForeignKey(Team, models.CASCADE, related_name="completions")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = CompletionQuerySet.as_manager()

    class Meta:
        verbose_name = _("erledigter Arbeitsauftrag")
        verbose_name_plural = _("erledigte Arbeitsaufträge")
        constraints = [models.UniqueConstraint(fields=["assignment", "team"], name="completion_unique")]

    def __str__(self) -> str:
        return f"{self.team}: {self.assignment}"
