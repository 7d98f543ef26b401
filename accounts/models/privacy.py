"""What a Träger says about data on its page of Datenschutz; each version stays, and a change is a new one."""

from __future__ import annotations

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.spelling import paragraphs
from core.words import day
from core.writes import write_if

from .event import Event
from .kept_after_erasing import Stays
from .membership import Membership
from .organisation import Organisation
from .record import Person, Record, roles
from .user import User

PUBLIC_TEXT = Stays(
    _("Datenschutztexte der Träger, mit früheren Fassungen"),
    _("Der Träger muss sagen, wer für Daten verantwortlich ist, und zeigen können, was galt."),
    _("Bis der Träger eine neue Fassung schreibt; die frühere bleibt als Nachweis."),
)


class PrivacyTextQuerySet(models.QuerySet["PrivacyText"]):
    def visible_to(self, user: Person) -> PrivacyTextQuerySet:
        """In the admin, those of the person's own Träger; BAMF staff see all. The public reads each by its address."""
        if not user.is_authenticated:
            return self.none()
        if user.is_bamf:
            return self
        return self.filter(Exists(Membership.objects.organising(user).filter(organisation=OuterRef("organisation"))))


class PrivacyText(Record):
    """What a Träger says about the data it answers for. Each version stays as it was shown; a change is a new one."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="privacy_texts", verbose_name=_("Träger")
    )
    number = models.PositiveIntegerField(_("Fassung"), editable=False)
    controller = models.TextField(
        _("Verantwortliche Stelle"),
        max_length=1000,
        help_text=_("Name, Anschrift, E-Mail-Adresse und Telefon der Stelle, die für die Daten verantwortlich ist."),
    )
    data_protection = models.TextField(
        _("Kontakt für Fragen zum Datenschutz"),
        max_length=1000,
        help_text=_("Wer Fragen zum Datenschutz beantwortet: Name oder Amt, mit E-Mail-Adresse."),
    )
    text = models.TextField(
        _("Datenschutztext"),
        max_length=20000,
        help_text=_(
            "Welche Daten Sie speichern, wozu, auf welcher Grundlage, wie lange, und wem Sie sie weitergeben. Eine leere "
            "Zeile beginnt einen Absatz."
        ),
    )
    written_at = models.DateTimeField(_("geschrieben am"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("von"),
    )

    STAYS = dict.fromkeys(("controller", "data_protection", "text"), PUBLIC_TEXT)

    objects = PrivacyTextQuerySet.as_manager()

    MAY = {
        "add": roles("organiser"),
        "edit": roles(),
    }

    class Meta:
        verbose_name = _("Datenschutztext eines Trägers")
        verbose_name_plural = _("Datenschutztexte der Träger")
        ordering = ["organisation__name", "-number"]
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="privacy_text_number")]

    def __str__(self) -> str:
        return gettext("Fassung %(number)s vom %(day)s") % {"number": self.number, "day": day(self.written_at)}

    def get_absolute_url(self) -> str:
        return reverse("cohorts:privacy_version", args=[self.organisation_id, self.number])

    def roles_of(self, user: Person) -> frozenset[str]:
        if not user.is_authenticated:
            return frozenset()
        organises = Membership.objects.organising(user).filter(organisation=self.organisation_id).exists()
        return frozenset(({"organiser"} if organises else set()) | ({"bamf"} if user.is_bamf else set()))

    @transaction.atomic
    def publish(self, *, by: User) -> None:
        """Store this text, which is new, as the one that is shown from now on; earlier ones stay as they were."""
        self.require(by, "add")
        Organisation.objects.lock(self.organisation_id)
        earlier = type(self).objects.filter(organisation=self.organisation_id)
        self.number = (earlier.aggregate(last=models.Max("number"))["last"] or 0) + 1
        self.by, self.written_at = by, timezone.now()
        self.save(force_insert=True)
        write_if(self.organisation, {}, privacy_text=self)
        Event.record("organisation.privacy_text", self.organisation, by=by, number=self.number)

    @property
    def paragraphs(self) -> list[str]:
        """Return the text, paragraph by paragraph."""
        return paragraphs(self.text)
