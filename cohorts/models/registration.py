from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.addresses import NO_ADDRESS, AddressField
from accounts.legal_forms import LegalForm
from accounts.models import Event, Land, Message, Organisation, PrivacyText, Record, User
from accounts.models.invitation import hashed, new_token
from accounts.models.organisation import ABOUT_ITSELF, YesNo
from accounts.models.record import Person, roles
from accounts.models.traces import Traces, erased_person
from core.spelling import NameField
from core.words import full_name
from core.writes import Stale, write_if

from .alike import Alike, alike, plain_name
from .coach import CoachAssignment
from .cohort import Cohort

if TYPE_CHECKING:
    from .team import Team

type Values = dict[str, Any]

PERSON_FIELDS = ("first_name", "last_name", "email", "phone")
CONFIRM_WITHIN = timedelta(hours=48)
MAILS = "cohorts/mails"


def sent_once(form: UUID, cohort: Cohort, values: Values) -> str:
    """What tells one sending of a form from another: one association on one form is one registration."""
    return hashed(f"{form}:{cohort.pk}:{plain_name(values['organisation_name'])}")


class NoPlaceLeft(Stale):
    """Every place of the cohort is taken."""

    def __str__(self) -> str:
        return gettext(
            "Alle Plätze sind vergeben. Setzen Sie den Verein auf die Warteliste, oder erhöhen Sie in der Projektschmiede "
            "die Zahl der Plätze."
        )


class AlreadyTakesPart(Stale):
    """The organisation has a team in this cohort."""

    def __str__(self) -> str:
        return gettext("Diese Organisation hat in dieser Projektschmiede schon ein Team.")


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

    def with_token(self, token: str) -> RegistrationQuerySet:
        """The one this secret link belongs to; links end with their cohort."""
        return self.filter(token_hash=hashed(token), cohort__ends_on__gte=timezone.localdate())

    def for_list(self) -> RegistrationQuerySet:
        return self.select_related("cohort__organiser__privacy_text", "privacy_text").prefetch_related("persons")

    def alike(self, registrations: Iterable[Registration]) -> dict[UUID, list[Alike]]:
        """By the id of each of these registrations, those of its cohort among ours that look like it."""
        registrations = list(registrations)
        cohorts = {registration.cohort_id for registration in registrations}
        rows = self.received().filter(cohort__in=cohorts).exclude(status=Registration.Status.WITHDRAWN)
        compared = rows.order_by("created_at").only("cohort", "organisation_name", "city", "status")
        return alike(registrations, compared.prefetch_related("persons"))

    def sent_before(self, cohort: Cohort, once: str, values: Values, persons: list[Values]) -> Registration | None:
        """What came from this form, or says exactly the same; not what was declined or withdrawn since."""
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
        """Erase what nobody confirmed within 48 hours, and the mails that hold a link to confirm; how many went."""
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
            """Received, no final answer yet: can be corrected, withdrawn and decided."""
            return [cls.RECEIVED, cls.WAITING]

        @classmethod
        def over(cls) -> list[Registration.Status]:
            """Answered with no, or taken back: nothing comes of it any more, and the association may register again."""
            return [cls.DECLINED, cls.WITHDRAWN]

        @property
        def stage(self) -> str:
            """The shape beside the word."""
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
        own = RegistrationPerson.objects.filter(traces.is_addressed("email"), registration=OuterRef("pk"))
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
    def is_undecided(self) -> bool:
        """Received, and no final answer yet."""
        return self.status in self.Status.undecided()

    @property
    def is_correctable(self) -> bool:
        return self.is_undecided and self.cohort.is_registration_open

    def known_organisations(self) -> models.QuerySet[Organisation]:
        """Those of earlier cohorts of the same Träger, except those that have a team in this one."""
        earlier = Organisation.objects.filter(teams__cohort__organiser=self.cohort.organiser_id)
        return earlier.exclude(teams__cohort=self.cohort_id).distinct()

    # Steps of the people who registered: they have no account, the secret link lets them in.

    @classmethod
    @transaction.atomic
    def register(
        cls,
        cohort: Cohort,
        *,
        values: Values,
        persons: list[Values],
        mail_at: datetime | None = None,
        form: UUID | None = None,
        privacy_text: PrivacyText | None = None,
    ) -> tuple[Registration, str]:
        """Keep what an association said and mail its first person a link to confirm; `Stale` outside the window.

        The mail goes out at once or not before `mail_at`. Returns the registration and its token, which exists nowhere else.
        However many come, all are kept; but the same association on the same `form`, or the same answers once more, are
        one registration: see `send_again`. `privacy_text` is what the page showed of the Träger.
        """
        cohort = Cohort.objects.lock(cohort.pk)
        if not cohort.is_registration_open:
            raise Stale
        once = sent_once(form, cohort, values) if form else None
        if once:
            earlier = cls.objects.sent_before(cohort, once, values, persons)
            cls.objects.free_form(once)  # afterwards: what is withdrawn in between was looked at as going on
            if earlier:
                return earlier, earlier.send_again(once, values=values, persons=persons, mail_at=mail_at)
        token = new_token()
        known = {"once": once, "token_hash": hashed(token), "privacy_text": privacy_text}
        registration = cls.objects.create(cohort=cohort, **known, **values)
        registration.replace_persons(persons)
        Event.record("registration.made", registration, by=None)
        registration.ask_to_confirm(token, mail_at)
        return registration, token

    def send_again(self, once: str, *, values: Values, persons: list[Values], mail_at: datetime | None) -> str:
        """Part of registering what is there already; returns the new token, empty if nothing had to be done.

        Sent twice from one form it is the same. What was changed after going back counts, and what comes from another
        form gets another mail, as long as nobody has confirmed; afterwards only the secret link changes anything.
        """
        same = self.says(values, persons)
        if self.status != self.Status.UNCONFIRMED or (same and self.once == once):
            return ""
        token = new_token()
        expected = {"status": self.Status.UNCONFIRMED}
        write_if(self, expected, once=once, token_hash=hashed(token), created_at=timezone.now(), **values)
        self.replace_persons(persons)
        Event.record("registration.link_renewed" if same else "registration.corrected", self, by=None)
        self.ask_to_confirm(token, mail_at)
        return token

    def says(self, values: Values, persons: list[Values]) -> bool:
        """Does it say exactly this?"""
        same = all(getattr(self, name) == value for name, value in values.items())
        return same and [{name: getattr(row, name) for name in PERSON_FIELDS} for row in self.persons.all()] == persons

    def ask_to_confirm(self, token: str, mail_at: datetime | None) -> None:
        first = self.persons.all()[:1]
        self.mail("registration_confirm", first, dedup=self.token_hash, token=token, not_before=mail_at)

    @transaction.atomic
    def confirm(self, token: str) -> None:
        """The address is right: from now on the organiser sees the registration."""
        now = timezone.now()
        write_if(self, {"status": self.Status.UNCONFIRMED}, status=self.Status.RECEIVED, confirmed_at=now)
        Event.record("registration.confirmed", self, by=None)
        self.mail("registration_received", self.persons.all(), dedup=self.pk, token=token)

    @transaction.atomic
    def correct(self, token: str, *, seen: datetime | None, values: Values, persons: list[Values]) -> None:
        """Replace what was said, until the window closes; `Stale` if it changed since `seen` (its `changed_at`)."""
        if not Cohort.objects.lock(self.cohort_id).is_registration_open:
            raise Stale
        before = list(self.persons.all())
        now = timezone.now()
        write_if(self, {"status__in": self.Status.undecided(), "changed_at": seen}, changed_at=now, **values)
        self.replace_persons(persons)
        Event.record("registration.corrected", self, by=None)
        self.mail("registration_corrected", [*before, *self.persons.all()], dedup=now.isoformat(), token=token)

    @transaction.atomic
    def withdraw(self) -> None:
        """Take back a registration that has no final answer yet."""
        write_if(self, {"status__in": self.Status.undecided()}, status=self.Status.WITHDRAWN)
        Event.record("registration.withdrawn", self, by=None)
        self.mail("registration_withdrawn", self.persons.all(), dedup=self.pk)

    # Steps of the organiser.

    @transaction.atomic
    def accept(
        self,
        *,
        by: User,
        text: str,
        note: str = "",
        organisation: Organisation | None = None,
        first_coach: CoachAssignment | None = None,
    ) -> Team:
        """Give the association a place: make its team, invite its people, send `text`.

        `organisation` is the one it is, of an earlier cohort of the same Träger; without it a new one is made.
        `NoPlaceLeft` beyond the places of the cohort: its row is locked first, so of two at once one is told;
        `OnBothSides` if somebody of the association coaches or organises the cohort.
        """
        self.require(by, "decide")
        cohort = Cohort.objects.lock(self.cohort_id)
        Organisation.objects.lock(cohort.organiser_id, *([organisation.pk] if organisation else []))
        if cohort.cancelled_at:
            raise Stale
        self.decide(self.Status.ACCEPTED, by=by, text=text, note=note)
        if cohort.teams.current().count() >= cohort.places:
            raise NoPlaceLeft
        if organisation and organisation not in self.known_organisations():
            raise AlreadyTakesPart
        write_if(self, {}, organisation=organisation or self.make_organisation())
        Event.record("registration.accepted", self, by=by)
        self.mail("registration_accepted", self.persons.all(), dedup=self.pk, text=text)
        return cohort.teams.make(self, first_coach=first_coach, by=by)

    @transaction.atomic
    def put_on_waiting_list(self, *, by: User, text: str, note: str = "") -> None:
        """Not now, perhaps later: a waiting association can still be accepted."""
        self.require(by, "decide")
        self.decide(self.Status.WAITING, by=by, text=text, note=note)
        Event.record("registration.waiting", self, by=by)
        self.mail("registration_waiting", self.persons.all(), dedup=self.pk, text=text)

    @transaction.atomic
    def decline(self, *, by: User, text: str, note: str = "") -> None:
        self.require(by, "decide")
        self.decide(self.Status.DECLINED, by=by, text=text, note=note)
        Event.record("registration.declined", self, by=by)
        self.mail("registration_declined", self.persons.all(), dedup=self.pk, text=text)

    @transaction.atomic
    def renew_link(self, *, by: User) -> None:
        """Send the first person a new secret link; the earlier one ends. For those who lost theirs."""
        self.require(by, "edit")
        token = new_token()
        write_if(self, {}, token_hash=hashed(token))
        Event.record("registration.link_renewed", self, by=by)
        self.mail("registration_link", self.persons.all()[:1], dedup=self.token_hash, token=token)

    # What the steps are made of.

    def decide(self, status: Registration.Status, *, by: User, text: str, note: str) -> None:
        """Write the decision if there is no final one yet; waiting is no step from waiting.

        An empty note leaves the one that is there.
        """
        expected = [before for before in self.Status.undecided() if before != status]
        write_if(
            self,
            {"status__in": expected},
            status=status,
            decided_at=timezone.now(),
            decided_by=by,
            decision_text=text,
            **({"internal_note": note} if note else {}),
        )

    def make_organisation(self) -> Organisation:
        """A new organisation from what the association said about itself."""
        contact = self.persons.all()[0]
        return Organisation.objects.create(
            name=self.organisation_name,
            legal_form=self.legal_form,
            charitable=self.charitable,
            migrant_organisation=self.migrant_organisation,
            city=self.city,
            land=self.land,
            website=self.website,
            contact_name=contact.full_name,
            contact_email=contact.email,
            contact_phone=contact.phone,
        )

    def replace_persons(self, persons: list[Values]) -> None:
        """The persons in the order given; the first is the one to be asked, and the owner of a later team."""
        self.persons.all().delete()
        RegistrationPerson.objects.bulk_create(
            RegistrationPerson(registration=self, position=position, **values)
            for position, values in enumerate(persons, 1)
        )

    def mail(
        self, kind: str, people: Iterable[RegistrationPerson], *, dedup: object, token: str = "", **more: Any
    ) -> None:
        link = (
            reverse("cohorts:registration", args=[self.cohort.slug, token]) if token else self.cohort.get_absolute_url()
        )
        outbox.post(
            people,
            f"{MAILS}/{kind}.txt",
            dedup=dedup,
            link=link,
            secret=token,
            cohort=self.cohort_id,
            registration=self,
            **more,
        )


class RegistrationPersonQuerySet(models.QuerySet["RegistrationPerson"]):
    def visible_to(self, user: Person) -> RegistrationPersonQuerySet:
        return self.filter(Exists(Registration.objects.visible_to(user).filter(pk=OuterRef("registration"))))


class RegistrationPerson(Record):
    """Somebody who is to take part: name, e-mail, phone if given."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="persons")
    position = models.PositiveSmallIntegerField(default=1)
    first_name = NameField(_("Vorname"), max_length=100, blank=True)
    last_name = NameField(_("Nachname"), max_length=100, blank=True)
    email = AddressField(_("E-Mail-Adresse"))
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)

    objects = RegistrationPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("Person einer Anmeldung")
        verbose_name_plural = _("Personen einer Anmeldung")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["registration", "position"], name="registration_person_unique")]

    def __str__(self) -> str:
        return self.full_name

    FORGETS = _("Personen in Anmeldungen")

    @classmethod
    def forget(cls, traces: Traces) -> int:
        """Take an erased person's name out of what was registered."""
        theirs = list(cls.objects.filter(traces.is_addressed("email")))
        for person in theirs:
            write_if(person, {}, **erased_person(person.pk))
        return len(theirs)

    @property
    def is_erased(self) -> bool:
        """Was the person erased, so that there is no name and no address either?"""
        return self.email.endswith(NO_ADDRESS)

    @property
    def full_name(self) -> str:
        return full_name(self)
