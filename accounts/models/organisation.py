"""Organisations (Vereine, Träger): their data, letting one run Projektschmieden, who sees and edits it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.addresses import AddressField
from accounts.legal_forms import LegalForm
from core.spelling import NameField, NamesField
from core.words import short_day
from core.writes import Stale, write_if

from .event import Event
from .kept_after_erasing import Stays
from .membership import Membership
from .record import Person, Record, roles
from .traces import Traces
from .user import User


class Land(models.TextChoices):
    BW = "BW", "Baden-Württemberg"
    BY = "BY", "Bayern"
    BE = "BE", "Berlin"
    BB = "BB", "Brandenburg"
    HB = "HB", "Bremen"
    HH = "HH", "Hamburg"
    HE = "HE", "Hessen"
    MV = "MV", "Mecklenburg-Vorpommern"
    NI = "NI", "Niedersachsen"
    NW = "NW", "Nordrhein-Westfalen"
    RP = "RP", "Rheinland-Pfalz"
    SL = "SL", "Saarland"
    SN = "SN", "Sachsen"
    ST = "ST", "Sachsen-Anhalt"
    SH = "SH", "Schleswig-Holstein"
    TH = "TH", "Thüringen"


class YesNo(models.TextChoices):
    YES = "yes", _("ja")
    NO = "no", _("nein")
    NOT_STATED = "", _("keine Angabe")


ABOUT_ITSELF = Stays(
    _("Was ein Verein über sich sagt: Name, Anschrift, Internetseite, „Über uns“"),
    _("Es sind Angaben des Vereins; sie gehören ihm."),
    _("Bis der Verein sie ändert. Auf seiner Seite im Portal kann er das jederzeit."),
)


MAY_OF_A_TRAEGER = _(
    "Die Organisation führt Projektschmieden durch: Sie legen welche an, entscheiden über Anmeldungen, legen Coaching-Personen fest und lesen, was die Teams dort schreiben. Beim Einloggen brauchen Sie einen zweiten Faktor."
)
NEEDED_BY = _(
    "Diese Projektschmieden sind noch nicht vorbei und hätten dann niemanden, der sie organisiert: %(cohorts)s. Nach dem letzten Tag geht es, oder wenn der Träger sie absagt."
)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: Person) -> OrganisationQuerySet:
        """Those a person belongs to; BAMF staff see all, organisers those of their cohorts' teams too."""
        if not user.is_authenticated:
            return self.none()
        if user.is_bamf:
            return self
        own = self.model.objects.filter(memberships__user=user)
        organiser = self.model.objects.filter(runs_cohorts=True, memberships__user=user)
        reachable = self.model.objects.filter(teams__cohort__organiser__in=organiser)
        return self.filter(Q(pk__among=own.values("pk")) | Q(pk__among=reachable.values("pk")))

    def answering_to(self, user: User) -> OrganisationQuerySet:
        """Return the Träger that answer for data about this person, who takes, or took, part in, coaches or runs their cohorts."""
        part = self.model.objects.filter(cohorts__teams__members__user=user)
        coached = self.model.objects.filter(cohorts__coach_assignments__coach=user)
        own = self.model.objects.filter(runs_cohorts=True, memberships__user=user)
        rows = self.filter(Q(pk__in=part.values("pk")) | Q(pk__in=coached.values("pk")) | Q(pk__in=own.values("pk")))
        return rows.select_related("privacy_text")

    def lock(self, *pks: UUID) -> None:
        """Lock these rows, always in the same order, so that two who lock several never wait for each other."""
        list(self.select_for_update().filter(pk__in=pks).order_by("pk"))


class Organisation(Record):
    """An association or another body; `runs_cohorts` makes it a Träger and is given by BAMF staff alone."""

    name = NameField(_("Name wie im Register"), max_length=200)
    short_name = NameField(_("Kurzname"), max_length=80, blank=True)
    legal_form = models.CharField(_("Rechtsform"), max_length=20, choices=LegalForm, blank=True)
    register_court = models.CharField(_("Registergericht"), max_length=120, blank=True)
    register_number = models.CharField(_("Registernummer"), max_length=40, blank=True)
    charitable = models.CharField(_("Gemeinnützigkeit anerkannt"), max_length=3, choices=YesNo, blank=True, default="")
    charitable_until = models.DateField(_("Freistellungsbescheid gültig bis"), null=True, blank=True)
    migrant_organisation = models.CharField(
        _("Migrantenorganisation"), max_length=3, choices=YesNo, blank=True, default=""
    )
    umbrella_body = models.CharField(_("Dachverband (Zentralstelle)"), max_length=200, blank=True)
    street = models.CharField(_("Straße und Hausnummer"), max_length=200, blank=True)
    postcode = models.CharField(_("Postleitzahl"), max_length=10, blank=True)
    city = models.CharField(_("Ort"), max_length=120, blank=True)
    land = models.CharField(_("Land"), max_length=2, choices=Land, blank=True)
    website = models.URLField(_("Internetseite"), blank=True)
    about = models.TextField(_("Über uns"), max_length=2000, blank=True)
    contact_name = NameField(_("Ansprechperson"), max_length=200, blank=True)
    contact_email = AddressField(_("E-Mail der Ansprechperson"), blank=True)
    contact_phone = models.CharField(_("Telefon der Ansprechperson"), max_length=40, blank=True)
    signatories = NamesField(
        _("Wer darf unterschreiben? (§ 26 BGB)"),
        blank=True,
        help_text=_("Eine Person je Zeile: Name, Amt."),
    )
    runs_cohorts = models.BooleanField(_("führt Projektschmieden durch"), default=False)
    privacy_text = models.ForeignKey(
        "accounts.PrivacyText",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("Datenschutztext, der jetzt gilt"),
    )

    STAYS = dict.fromkeys(
        ("name", "short_name", "register_court", "umbrella_body", "street", "city", "website", "about"), ABOUT_ITSELF
    )
    FORGETS = _("Ansprechperson und Unterschriftsberechtigte von Organisationen")

    objects = OrganisationQuerySet.as_manager()

    MAY = {
        "see": roles("responsible", "member", "organiser", "bamf"),
        "edit": roles("responsible", "bamf"),
        "invite": roles("responsible", "bamf"),
        "let run cohorts": roles("bamf"),
    }

    class Meta:
        verbose_name = _("Organisation")
        verbose_name_plural = _("Organisationen")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:organisation", args=[self.pk])

    @property
    def title(self) -> str:
        """Return the name people use: the short one where there is one."""
        return self.short_name or self.name

    @property
    def invited_to(self) -> str:
        return gettext("bei „%(name)s“ mitzumachen") % {"name": self.title}

    @property
    def may_then(self) -> str:
        return str(MAY_OF_A_TRAEGER) if self.runs_cohorts else ""

    def invited_from(self, _user: User) -> str:
        return self.get_absolute_url()

    @property
    def address(self) -> str:
        """Return street, postcode and town on two lines, as far as they are known."""
        return "\n".join(line for line in (self.street, f"{self.postcode} {self.city}".strip()) if line)

    def roles_of(self, user: Person) -> frozenset[str]:
        if not user.is_authenticated:
            return frozenset()
        own_roles = set(Membership.objects.filter(organisation=self, user=user).values_list("role", flat=True))
        if user.is_bamf:
            own_roles.add("bamf")
        if user.organises and type(self).objects.visible_to(user).filter(pk=self.pk).exists():
            own_roles.add("organiser")
        return frozenset(own_roles)

    @classmethod
    def forget(cls, traces: Traces) -> int:
        """Take an erased person out as contact and signatory, and hand their responsibility on.

        By name only where they had to do with it: elsewhere somebody may have the same name.
        """
        user = traces.user
        cls.hand_on(user)
        near = Q(memberships__user=user) | Q(teams__members__user=user) | Q(cohorts__in=traces.cohorts)
        named = traces.is_addressed("contact_email") | traces.holds_address("signatories")
        return sum(organisation.forget_person(traces) for organisation in cls.objects.filter(near | named).distinct())

    def forget_person(self, traces: Traces) -> bool:
        """Take the person out as contact and signatory; return whether they were named."""
        changed: dict[str, str] = {}
        if self.contact_email in traces.addresses:
            changed = {"contact_name": "", "contact_email": "", "contact_phone": ""}
        elif traces.is_named_in(self.contact_name):
            changed = {"contact_name": "", "contact_phone": ""}
        kept = [line for line in self.signatories.splitlines() if not traces.is_named_in(line)]
        if len(kept) < len(self.signatories.splitlines()):
            changed["signatories"] = "\n".join(kept)
        elif traces.is_named_in(self.signatories):  # the name goes on in the next line
            changed["signatories"] = traces.without(self.signatories)
        if changed:
            write_if(self, {}, **changed)
        return bool(changed)

    @classmethod
    def hand_on(cls, user: User) -> None:
        """Make another member responsible wherever this person was the only one who is."""
        for membership in user.memberships.responsible().select_related("organisation"):
            cls.objects.select_for_update().get(pk=membership.organisation_id)
            others = membership.organisation.memberships.exclude(user=user).order_by("joined_at")
            heir = others.first()
            if heir is not None and not others.filter(role=Membership.Role.RESPONSIBLE).exists():
                write_if(heir, {}, role=Membership.Role.RESPONSIBLE)
                Event.record("membership.inherited", heir, by=None)

    def hold(self) -> None:
        """Lock the row, before somebody joins or leaves."""
        Organisation.objects.lock(self.pk)

    def refuse(self, email: str) -> None:
        """Raise `Stale` with a sentence if this address cannot join: a Träger's people are in no team of its cohorts."""
        if self.runs_cohorts:
            self.cohorts.all().refuse_address(email)

    @transaction.atomic
    def join(self, user: User, *, cohort: UUID | None = None) -> Membership:
        """Make the person a member; the first to come is responsible. Joining twice changes nothing.

        `cohort` is that of the team through which they come: there the trail names nobody to BAMF staff.
        Raises `Stale` with a sentence if they are in a team of a cohort that it runs.
        """
        Organisation.objects.select_for_update().get(pk=self.pk)
        first = not self.memberships.filter(role=Membership.Role.RESPONSIBLE).exists()
        role = Membership.Role.RESPONSIBLE if first else Membership.Role.MEMBER
        membership, created = self.memberships.get_or_create(user=user, defaults={"role": role})
        if created:
            self.cohorts.all().refuse_organisers(user=user)
            Event.record("membership.joined", membership, by=user, cohort=cohort)
        return membership

    def get_privacy_url(self) -> str:
        """Return the path where the public reads what this Träger says about data."""
        return reverse("cohorts:privacy", args=[self.pk])

    @transaction.atomic
    def let_run_cohorts(self, *, by: User) -> None:
        """Make it a Träger and tell its members; from the next request they need a second factor.

        Raises `Stale` with a sentence if some of them are in a team of a cohort that it ran before.
        """
        self.require(by, "let run cohorts")
        write_if(self, {"runs_cohorts": False}, runs_cohorts=True)
        self.cohorts.all().refuse_organisers()
        tell_members(self, "organisation_runs_cohorts", Event.record("organisation.runs_cohorts", self, by=by))

    def needed_by(self) -> str:
        """Return the sentence that names its cohorts that are not over, which nobody else organises; "" without any."""
        own: Any = self  # cohorts are an app above this one
        rows = own.cohorts.filter(cancelled_at=None, ends_on__gte=timezone.localdate()).order_by("ends_on")
        if not (
            named := [str(cohort) + gettext(" (bis %(day)s)") % {"day": short_day(cohort.ends_on)} for cohort in rows]
        ):
            return ""
        return str(NEEDED_BY) % {"cohorts": "; ".join(named)}

    @transaction.atomic
    def end_running(self, *, by: User) -> None:
        """Take the right away, and tell its members: they see no cohort any more; the cohorts stay.

        Raises `Stale` with a sentence while one of its cohorts is not over.
        """
        self.require(by, "let run cohorts")
        type(self).objects.lock(self.pk)  # waits for a cohort that somebody makes at this moment
        write_if(self, {"runs_cohorts": True}, runs_cohorts=False)
        if sentence := self.needed_by():
            raise Stale(sentence)
        tell_members(self, "organisation_runs_no_cohorts", Event.record("organisation.runs_no_cohorts", self, by=by))

    @transaction.atomic
    def entrust(self, to: Membership, *, by: User) -> None:
        """Make a member responsible, when nobody who is can hand over. The others stay what they are."""
        self.require(by, "let run cohorts")
        before = list(self.memberships.responsible().select_related("user"))
        write_if(to, {"organisation": self.pk, "role": Membership.Role.MEMBER}, role=Membership.Role.RESPONSIBLE)
        event = Event.record("membership.entrusted", to, by=by)
        to.tell("responsible", [to, *before], event)


def tell_members(organisation: Organisation, kind: str, event: Event) -> None:
    """Mail everybody of the organisation what they may do now, or no more."""
    outbox.post(
        [membership.user for membership in organisation.memberships.select_related("user")],
        f"accounts/mails/{kind}.txt",
        dedup=event.pk,
        link=reverse("dashboard"),
        organisation=organisation.title,
        by=event.by,
    )
