"""A Projektschmiede: dates, places, days until an answer (`answer_days`), its phase, whether registering is open, its people, calling it off."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.addresses import AddressField
from accounts.models import Event, Membership, Organisation, Record, User
from accounts.models.message import topic_of
from accounts.models.record import Person, check_order, roles
from accounts.models.traces import Traces
from accounts.waiting import Told, stop_what_waits_in
from calls.models import FundingCall
from core.spelling import NameField, paragraphs
from core.statements import Statement, Today
from core.writes import write_if

from .both_sides import OnBothSides, is_the_organiser
from .contact import NAMED_IN_HOURS, contact_instead
from .counts import AT_LEAST_ONE, NOT_TOO_MANY, counted
from .curriculum import ORGANISERS_TEXT, Curriculum, Format
from .invited import invited_into
from .phase import Phase

BEGINS_FIRST = _("Die Projektschmiede muss beginnen, bevor sie endet.")
WINDOW_OPENS_FIRST = _("Die Anmeldung muss beginnen, bevor sie endet.")


# Somebody in a team, or invited into it.
IN_A_TEAM: dict[str, None] = dict.fromkeys(
    ("teams__withdrawn_at", "teams__members__left_on", "teams__members__declined_at")
)


def in_force(path: str = "") -> Q:
    """Return the condition that the time of the coach at this path from the rows has not ended."""
    return Q(**{f"{path}until": None}) | Q(**{f"{path}until__gte": Today()})


class CohortQuerySet(models.QuerySet["Cohort"]):
    def organised_by(self, user: Person) -> CohortQuerySet:
        """Return cohorts of the organisations that run cohorts and that this person belongs to."""
        member = Membership.objects.organising(user).filter(organisation=OuterRef("organiser"))
        return self.filter(Exists(member))

    def coached_by(self, user: Person) -> CohortQuerySet:
        return self.filter(_is_coached_by(user))

    def led_by(self, user: Person) -> CohortQuerySet:
        """Return those the person organises or coaches."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(_is_organised_by(user) | _is_coached_by(user))

    def shared_with(self, user: Person) -> CohortQuerySet:
        """Return those the person organises, coaches or takes part in: they see their workshops, news and names."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(_is_organised_by(user) | _is_coached_by(user) | _has_member(user))

    def visible_to(self, user: Person) -> CohortQuerySet:
        """Those shared with a person; BAMF staff see all cohorts, but not what is inside."""
        if user.is_authenticated and user.is_bamf:
            return self
        return self.shared_with(user)

    def lock(self, pk: UUID) -> Cohort:
        """Lock a cohort's row, before a step changes its teams or coaches or looks at them."""
        return self.select_for_update().get(pk=pk)

    def refuse_organisers(self, **membership: Any) -> None:
        """Raise `OnBothSides` if people of the Träger are in a team of one of these cohorts.

        Part of a step that holds the Träger, after it has written. `membership` narrows it to a person; without it the
        sentence names those who are meant.
        """
        path = "teams__members__"
        own = Membership.objects.filter(
            is_the_organiser(path), organisation=OuterRef("organiser"), organisation__runs_cohorts=True, **membership
        )
        inside = self.filter(Exists(own), **IN_A_TEAM)
        if names := set(inside.values_list(f"{path}first_name", f"{path}last_name")):
            raise OnBothSides(*([] if membership else sorted(f"{first} {last}".strip() for first, last in names)))

    def refuse_address(self, email: str) -> None:
        """Raise `OnBothSides` if this address belongs to somebody in a team of one of these cohorts."""
        is_theirs = Q(teams__members__email=email) | Q(teams__members__user__in=User.objects.with_address(email))
        if self.filter(is_theirs, **IN_A_TEAM).exists():
            raise OnBothSides

    def published(self) -> CohortQuerySet:
        """Return those that the public sees."""
        return self.exclude(published_at=None)

    def for_list(self) -> CohortQuerySet:
        return self.select_related("organiser__privacy_text", "call")

    def taking_registrations(self) -> CohortQuerySet:
        """Return those that associations can register for today: the same as `takes_registrations_on` of a cohort."""
        today = timezone.localdate()
        open_now = self.filter(registration_from__lte=today, registration_until__gte=today, cancelled_at=None)
        return open_now.published().order_by("registration_until", "title")

    def by_phase(self) -> list[tuple[Phase, list[Cohort]]]:
        """Group by phase, those first that can still be joined; leave out empty groups."""
        order = Phase.for_public()
        groups: dict[Phase, list[Cohort]] = {phase: [] for phase in order}
        for cohort in self:
            groups[cohort.phase].append(cohort)
        return [(phase, groups[phase]) for phase in order if groups[phase]]


class Cohort(Record):
    """One run of a Projektschmiede. Its phase is computed from its dates, never stored."""

    title = models.CharField(_("Titel"), max_length=200)
    slug = models.SlugField(_("Kurzname in Adressen"), max_length=80, unique=True)
    call = models.ForeignKey(FundingCall, models.PROTECT, related_name="cohorts", verbose_name=_("Förderaufruf"))
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="cohorts", verbose_name=_("Träger"))
    curriculum = models.ForeignKey(
        Curriculum, models.SET_NULL, null=True, blank=True, related_name="cohorts", verbose_name=_("Lehrplan")
    )
    region = models.CharField(_("Region"), max_length=120)
    format = models.CharField(_("Format"), max_length=10, choices=Format, default=Format.PRESENCE)
    begins_on = models.DateField(_("beginnt am"))
    ends_on = models.DateField(_("endet am"))
    registration_from = models.DateField(_("Anmeldung ab"))
    registration_until = models.DateField(_("Anmeldung bis"))
    places = counted("places", _("Plätze (Teams)"), default=10)
    persons_per_team = counted("persons_per_team", _("Personen je Team"), default=2)
    answer_days = counted(
        "answer_days",
        _("Rückmeldung innerhalb von (Tagen)"),
        default=7,
        help_text=_("So schnell sagen Sie den Teams eine Rückmeldung zu."),
    )
    contact_name = NameField(_("Ansprechperson"), max_length=200)
    contact_email = AddressField(_("E-Mail"))
    contact_phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    contact_hours = NameField(
        _("Erreichbar"),
        max_length=100,
        blank=True,
        help_text=_("In Ihren Worten, zum Beispiel „Montag bis Freitag, 9 bis 13 Uhr“. Das lesen die Teams."),
    )
    public_text = models.TextField(_("Text für die öffentliche Seite"), blank=True)
    published_at = models.DateTimeField(_("veröffentlicht am"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("abgesagt am"), null=True, blank=True, editable=False)

    STAYS = dict.fromkeys(("title", "region", "public_text"), ORGANISERS_TEXT)
    COHORTS = "pk"

    objects = CohortQuerySet.as_manager()

    # Deciding is asked of a registration, opening early and attendance of a workshop.
    MAY = {
        "edit": roles("organiser"),
        "cockpit": roles("organiser"),
    }

    class Meta:
        verbose_name = _("Projektschmiede")
        verbose_name_plural = _("Projektschmieden")
        ordering = ["-begins_on", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(begins_on__lte=F("ends_on")),
                name="cohort_begins_before_it_ends",
                violation_error_message=BEGINS_FIRST,
            ),
            models.CheckConstraint(
                condition=Q(registration_from__lte=F("registration_until")),
                name="cohort_registration_window",
                violation_error_message=WINDOW_OPENS_FIRST,
            ),
            AT_LEAST_ONE,
            NOT_TOO_MANY,
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def forget(cls, traces: Traces) -> Counter[str]:
        """Name an erased person as contact of no cohort; count by what stands there instead."""
        named = traces.is_addressed("contact_email") | Q(pk__in=traces.cohorts)
        count: Counter[str] = Counter()
        for cohort in cls.objects.filter(named).select_related("organiser"):
            instead = contact_instead(cohort.contact_name, cohort.contact_email, cohort.organiser, traces)
            if instead:
                fields = {"contact_phone": "", "contact_hours": ""}
                write_if(cohort, {}, contact_name=instead.name, contact_email=instead.email, **fields)
                count[str(instead.sentence)] += 1
        count[str(NAMED_IN_HOURS)] = traces.take_out(cls.objects.all(), "contact_hours")
        return count

    def get_absolute_url(self) -> str:
        return reverse("cohorts:detail", args=[self.slug])

    def clean(self) -> None:
        """Say beside the later day that the order is wrong."""
        window = ("registration_from", "registration_until", WINDOW_OPENS_FIRST)
        check_order(self, ("begins_on", "ends_on", BEGINS_FIRST), window)

    @property
    def cohort_uuid(self) -> UUID:
        return self.pk

    def phase_on(self, day: date) -> Phase:
        """Return the phase of the cohort on a day (Germany), from its dates alone."""
        if self.cancelled_at:
            return Phase.CANCELLED
        if day > self.ends_on:
            return Phase.ENDED
        if day >= self.begins_on:
            return Phase.RUNNING
        if self.takes_registrations_on(day):
            return Phase.REGISTRATION
        if self.published_at is None or day < self.registration_from:
            return Phase.PLANNED
        return Phase.SELECTION

    @property
    def phase(self) -> Phase:
        return self.phase_on(timezone.localdate())

    @property
    def answering(self) -> list[Organisation]:
        """Return the Träger that answer for what people give to this cohort."""
        return [self.organiser]

    @property
    def is_registration_open(self) -> bool:
        """Return whether associations can register today (Germany), also where the workshops have begun already."""
        return self.takes_registrations_on(timezone.localdate())

    def takes_registrations_on(self, day: date) -> bool:
        """Return whether it is published, not called off, and the day is from the first to the last for registering.

        `taking_registrations` of the queryset says the same in the database.
        """
        window = self.registration_from <= day <= self.registration_until
        return bool(self.published_at) and not self.cancelled_at and window

    def roles_of(self, user: Person) -> frozenset[str]:
        """Return organiser, coach, member and bamf, with one query and one for the BAMF group."""
        if not user.is_authenticated:
            return frozenset()
        row: Any = READ_SIGNS.first(cohort=self.pk, user=user.pk) or {}
        names = {name.removeprefix("is_") for name, holds in row.items() if holds}
        return frozenset(names | ({"bamf"} if user.is_bamf else set()))

    @property
    def paragraphs(self) -> list[str]:
        """Return the public text, paragraph by paragraph."""
        return paragraphs(self.public_text)

    def people(self) -> models.QuerySet[User]:
        """Return everybody with an account who takes part or coaches today, each once."""
        members = User.objects.filter(
            pk=OuterRef("pk"),
            team_memberships__team__cohort=self,
            team_memberships__team__withdrawn_at=None,
            team_memberships__left_on=None,
        )
        coaching = {"pk": OuterRef("pk"), "coach_assignments__cohort": self}
        coaches = User.objects.filter(in_force("coach_assignments__"), **coaching)
        return User.objects.filter(Exists(members) | Exists(coaches))

    def waiting_persons(self) -> list[Any]:
        """Return the persons of the registrations that wait for an answer. Two queries."""
        waiting = self.registrations.filter(status__in=["received", "waiting"]).prefetch_related("persons")
        return [person for registration in waiting for person in registration.persons.all()]

    @transaction.atomic
    def publish(self, *, by: User) -> None:
        """Show the cohort to the public; registration opens on its first day."""
        self.require(by, "edit")
        write_if(self, {"published_at": None, "cancelled_at": None}, published_at=timezone.now())
        Event.record("cohort.published", self, by=by)

    @transaction.atomic
    def cancel(self, *, by: User) -> Told:
        """Call the whole cohort off, tell everybody in it and who waits for an answer; stop mails about its dates."""
        self.require(by, "edit")
        write_if(self, {"cancelled_at": None}, cancelled_at=timezone.now())
        Event.record("cohort.cancelled", self, by=by)
        people = [*self.waiting_persons(), *self.people(), *invited_into(self)]
        stopped = stop_what_waits_in(self.pk, people)
        mail: dict[str, Any] = {"dedup": self.pk, "topic": topic_of(self), "link": self.get_absolute_url()}
        posted = outbox.post(people, "cohorts/mails/cohort_cancelled.txt", cohort=self.pk, cancelled=self, **mail)
        return Told.of(posted, dropped=stopped)


# What a person is to a cohort: conditions that PostgreSQL answers from the person's few rows, not from all cohorts.


def _is_organised_by(user: Person) -> Q:
    return Q(pk__among=Cohort.objects.organised_by(user).values("pk"))


def _is_coached_by(user: Person) -> Q:
    if not user.is_authenticated:
        return Q(pk=None)
    coached = Cohort.objects.filter(in_force("coach_assignments__"), coach_assignments__coach=user)
    return Q(pk__among=coached.values("pk"))


def _has_member(user: User) -> Q:
    inside = Cohort.objects.filter(teams__members__user=user, teams__members__left_on=None)
    return Q(pk__among=inside.values("pk"))


def _signs(cohort: Any, user: Any) -> models.QuerySet[Cohort, dict[str, Any]]:
    """Return what a person is to a cohort."""
    signs = {
        "is_organiser": _is_organised_by(user),
        "is_coach": _is_coached_by(user),
        "is_member": _has_member(user),
    }
    return Cohort.objects.filter(pk=cohort).annotate(**signs).values(*signs).order_by()


READ_SIGNS = Statement(_signs, "cohort", "user")
