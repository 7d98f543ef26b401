from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Land, Organisation, Record
from accounts.models.organisation import LegalForm, YesNo
from accounts.models.record import Person, roles

from .cohort import Cohort


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, user: Person) -> RegistrationQuerySet:
        """The organiser reads those of her cohorts, a coach the accepted ones; BAMF staff see figures, not rows."""
        organised = Cohort.objects.organised_by(user).filter(pk=OuterRef("cohort"))
        coached = Cohort.objects.coached_by(user).filter(pk=OuterRef("cohort"))
        accepted = Q(status=Registration.Status.ACCEPTED)
        return self.filter(Exists(organised) | (Exists(coached) & accepted))

    def received(self) -> RegistrationQuerySet:
        """All whose address was confirmed, whatever was decided."""
        return self.exclude(status=Registration.Status.UNCONFIRMED)


class Registration(Record):
    """An association's wish to take part: its own copy of what it said. No account is needed.

    *unconfirmed* ones are erased after 48 hours; a decision keeps the text that was sent and a note that was not.
    """

    class Status(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("noch nicht bestätigt")
        RECEIVED = "received", _("eingegangen")
        ACCEPTED = "accepted", _("zugelassen")
        WAITING = "waiting", _("auf der Warteliste")
        DECLINED = "declined", _("abgesagt")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="registrations", verbose_name=_("Projektschmiede"))
    organisation_name = models.CharField(_("Name des Vereins oder der Organisation"), max_length=200)
    legal_form = models.CharField(_("Rechtsform"), max_length=20, choices=LegalForm)
    city = models.CharField(_("Ort"), max_length=120)
    land = models.CharField(_("Land"), max_length=2, choices=Land)
    website = models.URLField(_("Internetseite"), blank=True)
    charitable = models.CharField(_("Ist die Gemeinnützigkeit anerkannt?"), max_length=3, choices=YesNo.choices[:2])
    migrant_organisation = models.CharField(
        _("Verstehen Sie sich als Migrantenorganisation?"), max_length=3, choices=YesNo, blank=True, default=""
    )
    idea = models.TextField(_("Ihre Idee"), max_length=1500, blank=True)
    recording_url = models.URLField(_("Link zu einer Aufnahme"), blank=True)
    not_begun = models.BooleanField(_("Das Vorhaben hat noch nicht begonnen."), default=False)
    attendance_promised = models.BooleanField(_("Wir nehmen an allen Workshops verbindlich teil."), default=False)
    status = models.CharField(_("Stand"), max_length=12, choices=Status, default=Status.UNCONFIRMED, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("angelegt am"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("bestätigt am"), null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(_("zuletzt geändert am"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("entschieden am"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    decision_text = models.TextField(_("Text, der verschickt wird"), blank=True)
    internal_note = models.TextField(_("interne Notiz (wird nicht verschickt)"), blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("bekannte Organisation"),
        help_text=_("Nur wenn der Verein schon in einer Ihrer früheren Projektschmieden war."),
    )

    objects = RegistrationQuerySet.as_manager()

    MAY = {"see": roles("organiser", "coach"), "edit": roles("organiser"), "decide": roles("organiser")}

    class Meta:
        verbose_name = _("Anmeldung")
        verbose_name_plural = _("Anmeldungen")
        ordering = ["created_at"]
        indexes = [models.Index(fields=["cohort", "status"], name="registration_status")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="unconfirmed") | Q(confirmed_at__isnull=False) | Q(status="withdrawn"),
                name="registration_received_is_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["accepted", "waiting", "declined"]) | Q(decided_at__isnull=False),
                name="registration_decided_when",
            ),
        ]

    def __str__(self) -> str:
        return self.organisation_name

    def get_absolute_url(self) -> str:
        return reverse("admin:cohorts_registration_change", args=[self.pk])

    @property
    def cohort_uuid(self) -> UUID:
        return self.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.cohort.roles_of(user)


class RegistrationPerson(Record):
    """Somebody who is to take part: name, e-mail, phone if given."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="persons")
    position = models.PositiveSmallIntegerField(default=1)
    first_name = models.CharField(_("Vorname"), max_length=100)
    last_name = models.CharField(_("Nachname"), max_length=100)
    email = models.EmailField(_("E-Mail-Adresse"))
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("Person einer Anmeldung")
        verbose_name_plural = _("Personen einer Anmeldung")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["registration", "position"], name="registration_person_unique")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
