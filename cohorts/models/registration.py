"""A registration of an association (Anmeldung): its answers, its status, how long to confirm it (`CONFIRM_WITHIN`), withdrawing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.legal_forms import LegalForm
from accounts.models import Event, Land, Message, Organisation, PrivacyText, Record, User
from accounts.models.invitation import hashed, new_token
from accounts.models.message import topic_of
from accounts.models.organisation import ABOUT_ITSELF, YesNo
from accounts.models.record import Person, roles
from accounts.models.traces import Traces
from accounts.person_form import PERSON_FIELDS
from accounts.waiting import Told, drop, tell
from core.spelling import NameField
from core.writes import write_if

from .cohort import Cohort

type Values = dict[str, Any]

CONFIRM_WITHIN = timedelta(hours=48)
MAILS = "cohorts/mails"

# A mail that takes another one back is for those who have got that one.
TAKES_BACK = {
    "registration_reopened": "registration_declined",
    "registration_taken_back": "registration_accepted",
}
DECISIONS = {"registration_waiting", *TAKES_BACK, *TAKES_BACK.values()}


def decision_topic(registration: UUID) -> str:
    """Return what mails with a decision are about: they wait, and the next decision replaces them."""
    return topic_of(Registration(pk=registration), "decision")


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, user: Person) -> RegistrationQuerySet:
        """Organisers read those of their cohorts, coaches the accepted ones; BAMF staff see figures, not rows."""
        organised = Q(cohort__pk__among=Cohort.objects.organised_by(user).values("pk"))
        coached = Q(cohort__pk__among=Cohort.objects.coached_by(user).values("pk"))
        return self.filter(organised | (coached & Q(status=Registration.Status.ACCEPTED)))

    def received(self) -> RegistrationQuerySet:
        """Return all whose address was confirmed, with any decision."""
        return self.exclude(status=Registration.Status.UNCONFIRMED)

    def with_token(self, token: str) -> RegistrationQuerySet:
        """Return the registration of this secret link; links end with their cohort."""
        return self.filter(token_hash=hashed(token), cohort__ends_on__gte=timezone.localdate())

    def for_list(self) -> RegistrationQuerySet:
        known = ("cohort__organiser__privacy_text", "privacy_text", "team")
        return self.select_related(*known).prefetch_related("persons")

    def sent_before(self, cohort: Cohort, once: str, values: Values, persons: list[Values]) -> Registration | None:
        """Return what came from this form, or says exactly the same, unless it was declined or withdrawn since."""
        goes_on = self.filter(cohort=cohort).exclude(status__in=Registration.Status.over())
        if same_form := goes_on.filter(once=once).first():
            return same_form
        first = {"persons__position": 1, "persons__email": persons[0]["email"]}
        rows = goes_on.filter(**first, **values).prefetch_related("persons")
        return next((registration for registration in rows if registration.says(values, persons)), None)

    def free_form(self, once: str) -> None:
        """Let this form be sent once more where what came from it was declined or withdrawn since."""
        self.filter(once=once, status__in=Registration.Status.over()).update(once=None)

    @transaction.atomic
    def erase_unconfirmed(self) -> int:
        """Erase what nobody confirmed within 48 hours, with the mails that hold a link to confirm; return how many."""
        before = timezone.now() - CONFIRM_WITHIN
        gone = self.filter(status=Registration.Status.UNCONFIRMED, created_at__lt=before)
        count = gone.count()
        gone.delete()
        Message.objects.filter(kind="registration_confirm", created_at__lt=before).delete()
        return count


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

        @classmethod
        def undecided(cls) -> list[Registration.Status]:
            """Return those of received registrations without a final answer: they can be corrected, withdrawn and decided."""
            return [cls.RECEIVED, cls.WAITING]

        @classmethod
        def over(cls) -> list[Registration.Status]:
            """Return those of registrations that were declined or withdrawn: the association may register again."""
            return [cls.DECLINED, cls.WITHDRAWN]

        @property
        def symbol(self) -> str:
            """The symbol beside the word, as the end of its CSS class `state--…`."""
            return {
                "unconfirmed": "open",
                "received": "handed-in",
                "accepted": "done",
                "waiting": "late",
            }.get(self.value, "withdrawn")

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="registrations", verbose_name=_("Projektschmiede"))
    organisation_name = NameField(_("Name des Vereins oder der Organisation"), max_length=200)
    legal_form = models.CharField(_("Rechtsform"), max_length=20, choices=LegalForm)
    city = models.CharField(_("Ort"), max_length=120)
    land = models.CharField(_("Land"), max_length=2, choices=Land)
    website = models.URLField(_("Internetseite"), blank=True)
    charitable = models.CharField(_("Ist die Gemeinnützigkeit anerkannt?"), max_length=3, choices=YesNo.choices[:2])
    migrant_organisation = models.CharField(
        _("Verstehen Sie sich als Migrantenorganisation?"), max_length=3, choices=YesNo, blank=True, default=""
    )
    idea = models.TextField(_("Ihre Idee"), blank=True)
    recording_url = models.URLField(_("Link zu einer Aufnahme"), max_length=500, blank=True)
    not_begun = models.BooleanField(_("Das Vorhaben hat noch nicht begonnen."), default=False)
    attendance_promised = models.BooleanField(_("Wir nehmen an allen Workshops verbindlich teil."), default=False)
    status = models.CharField(_("Stand"), max_length=12, choices=Status, default=Status.UNCONFIRMED, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    once = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001  many have none
    created_at = models.DateTimeField(_("angelegt am"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("bestätigt am"), null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(_("zuletzt geändert am"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("entschieden am"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("entschieden von"),
    )
    privacy_text = models.ForeignKey(
        PrivacyText,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="registrations",
        verbose_name=_("Datenschutztext des Trägers bei der Anmeldung"),
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

    STAYS = dict.fromkeys(("organisation_name", "city", "website", "recording_url"), ABOUT_ITSELF)
    COHORTS = "cohort"
    FORGETS = _("Ideen, Antworten und Notizen zu Anmeldungen")

    objects = RegistrationQuerySet.as_manager()

    MAY = {
        "add": roles(),
        "edit": roles("organiser"),
        "decide": roles("organiser"),
    }

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

    @classmethod
    def forget(cls, traces: Traces) -> int:
        """Take an erased person's name out of the texts of a registration; comes before that of its persons."""
        own = cls.objects.filter(traces.is_addressed("persons__email"), pk=OuterRef("pk"))
        near = cls.objects.filter(Exists(own) | Q(cohort__in=traces.cohorts))
        return traces.take_out(near, "idea", "decision_text", "internal_note")

    def get_absolute_url(self) -> str:
        return reverse("admin:cohorts_registration_change", args=[self.pk])

    @property
    def cohort_uuid(self) -> UUID:
        return self.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.cohort.roles_of(user)

    @property
    def stand(self) -> Registration.Status:
        return self.Status(self.status)

    @property
    def has_left(self) -> bool:
        """Was it accepted, and has its team left the cohort since?"""
        team = getattr(self, "team", None) if self.status == self.Status.ACCEPTED else None
        return team is not None and not team.is_current

    @property
    def standing(self) -> str:
        """Its status in words, with what became of the team since."""
        if self.has_left:
            return gettext("zugelassen, das Team ist ausgeschieden")
        return self.get_status_display()

    @property
    def symbol(self) -> str:
        return "withdrawn" if self.has_left else self.stand.symbol

    @property
    def is_undecided(self) -> bool:
        """Return whether it was received and has no final answer yet."""
        return self.status in self.Status.undecided()

    @property
    def is_correctable(self) -> bool:
        return self.is_undecided and self.cohort.is_registration_open

    # Steps of the people who registered, whom the secret link lets in; see registering.py, too.

    def says(self, values: Values, persons: list[Values]) -> bool:
        """Return whether the association said exactly this."""
        same = all(getattr(self, name) == value for name, value in values.items())
        return same and [{name: getattr(row, name) for name in PERSON_FIELDS} for row in self.persons.all()] == persons

    @transaction.atomic
    def confirm(self, token: str) -> None:
        """Note that the address is right: from now on the organiser sees the registration."""
        now = timezone.now()
        write_if(self, {"status": self.Status.UNCONFIRMED}, status=self.Status.RECEIVED, confirmed_at=now)
        Event.record("registration.confirmed", self, by=None)
        self.mail("registration_received", self.persons.all(), dedup=self.pk, token=token)

    @transaction.atomic
    def withdraw(self) -> None:
        """Take back a registration that has no final answer yet."""
        write_if(self, {"status__in": self.Status.undecided()}, status=self.Status.WITHDRAWN)
        Event.record("registration.withdrawn", self, by=None)
        drop(Message.objects.filter(topic=decision_topic(self.pk)))
        self.mail("registration_withdrawn", self.persons.all(), dedup=self.pk)

    # The organiser's; see deciding.py, too.

    @transaction.atomic
    def renew_link(self, *, by: User) -> None:
        """Send the first person a new secret link; the earlier one ends. For those who lost theirs."""
        self.require(by, "edit")
        token = new_token()
        write_if(self, {}, token_hash=hashed(token))
        Event.record("registration.link_renewed", self, by=by)
        self.mail("registration_link", self.persons.all()[:1], dedup=self.token_hash, token=token)

    def mail(self, kind: str, people: Iterable[Any], *, dedup: object = "", token: str = "", **more: Any) -> Told:
        """Mail these people; a decision waits, in place of one that they have not got."""
        link = (
            reverse("cohorts:registration", args=[self.cohort.slug, token]) if token else self.cohort.get_absolute_url()
        )
        fields: dict[str, Any] = {"link": link, "secret": token, "cohort": self.cohort_id, "registration": self, **more}
        if kind in DECISIONS:
            return self._tell_decision(kind, people, **fields)
        return Told.of(outbox.post(people, f"{MAILS}/{kind}.txt", dedup=dedup, **fields))

    def _tell_decision(self, kind: str, people: Iterable[Any], **fields: Any) -> Told:
        taken_back = TAKES_BACK.get(kind, "")
        return tell(
            people,
            f"{MAILS}/{kind}.txt",
            about=self,
            part="decision",
            known=taken_back,
            values_of=lambda known: {} if known == taken_back or not taken_back else None,
            **fields,
        )
