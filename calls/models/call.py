from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, Record, User
from accounts.models.record import Person, check_order, roles
from accounts.models.stays import Stays
from accounts.models.traces import Traces
from calls.terms import RuleTerm
from core.words import day
from core.writes import Stale, write_if

if TYPE_CHECKING:
    from .edition import Edition


class Certainty(models.TextChoices):
    """How sure we are of a value or rule. Only what is verified may block."""

    VERIFIED = "verified", _("geprüft")
    REPORTED = "reported", _("berichtet")
    ASSUMED = "assumed", _("angenommen")
    CARRIED_OVER = "carried_over", _("aus dem Vorjahr übernommen, nicht geprüft")


CALLS_TEXT = Stays(
    _("Förderaufrufe mit ihren Texten und Quellen"),
    _("Sie geben wieder, was der Förderer sagt, und stehen vor jedem Vorhaben dieses Aufrufs."),
    _("Bis das BAMF sie ändert. Ein veröffentlichter Stand bleibt, wie er ist, solange es den Aufruf gibt."),
)


def forget_checked_by(model: Any, traces: Traces) -> int:
    """Who has checked a value: the day of it is enough."""
    return traces.take_out(model._base_manager.all(), "checked_by")


OPENS_FIRST = _("Der Aufruf muss beginnen, bevor er endet.")

# What happens to a limit or rule when its call is copied: the value stays, but nobody has checked it for the new year.
CARRIED_OVER = {"certainty": Certainty.CARRIED_OVER, "checked_on": None, "checked_by": ""}
ADDRESS_CARRIED_OVER = {"addressee_certainty": Certainty.CARRIED_OVER, "addressee_checked_on": None}


def cited(source: str, checked_on: date | None) -> str:
    """A source for people, with the day on which somebody checked it."""
    if not source or checked_on is None:
        return source
    return gettext("%(source)s, geprüft am %(day)s") % {
        "source": source,
        "day": day(checked_on),
    }


def copy_of[M: models.Model](row: M, **changes: Any) -> M:
    """The same row once more, not yet saved, with an identifier of its own and these fields (by column) changed."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**{**{field.attname: getattr(row, field.attname) for field in fields}, **changes})


class BamfRecord(Record):
    """Part of a funding call: everybody logged in may read it, BAMF staff keep it."""

    MAY = {"edit": roles("bamf")}

    class Meta:
        abstract = True

    def roles_of(self, user: Person) -> frozenset[str]:
        return frozenset({"bamf"} if user.is_authenticated and user.is_bamf else set())


class BamfQuerySet[M: models.Model](models.QuerySet[M]):
    def visible_to(self, user: Person) -> BamfQuerySet[M]:
        """Funding calls are no secret: everybody logged in reads them."""
        return self if user.is_authenticated else self.none()


class Addressed(BamfRecord):
    """Names where letters go, and how sure that is: a wrong address costs a team the whole call."""

    addressee_certainty = models.CharField(
        _("Sicherheit der Anschrift"), max_length=12, choices=Certainty, default=Certainty.ASSUMED
    )
    addressee_checked_on = models.DateField(_("Anschrift geprüft am"), null=True, blank=True)

    addressee: str | models.TextField[str, str]

    class Meta:
        abstract = True

    @property
    def source_of_addressee(self) -> str:
        raise NotImplementedError

    @property
    def addressee_note(self) -> str:
        """What stands beside the address: its source, and whether it must be looked up before it is used."""
        if not self.addressee:
            return ""
        source = cited(self.source_of_addressee, self.addressee_checked_on)
        said = gettext("Quelle: %(source)s.") % {"source": source} if source else ""
        if self.addressee_certainty == Certainty.VERIFIED:
            return said
        ask = gettext("Anschrift: %(certainty)s. Bitte vor dem Absenden im Aufruf prüfen.") % {
            "certainty": Certainty(self.addressee_certainty).label
        }
        return f"{said} {ask}".strip()


class FundingCallQuerySet(BamfQuerySet["FundingCall"]):
    def open_on(self, day: date) -> FundingCallQuerySet:
        return self.not_over(day).filter(Q(open_from=None) | Q(open_from__lte=day))

    def not_over(self, day: date) -> FundingCallQuerySet:
        """Those whose last day lies ahead or is not set (`FundingCall.last_day`)."""
        rows = self.alias(last=Coalesce("deadline", "open_until"))
        return rows.filter(Q(last=None) | Q(last__gte=day))


class FundingCall(Addressed):
    """A funding call of one Förderjahr. Dates, addressee and forms apply at once; the rest lives in editions."""

    class DeadlineCounts(models.TextChoices):
        POSTMARK = "postmark", _("Es zählt der Poststempel.")
        RECEIPT = "receipt", _("Es zählt der Eingang.")

    class Signing(models.TextChoices):
        """How the application of stage 2, made in easy-Online, is signed; the sources differ, so the call says it."""

        PAPER = "paper", _("ausgedruckt, unterschrieben und mit der Post")
        TAN = "tan", _("im TAN-Verfahren")
        QES = "qes", _("mit qualifizierter elektronischer Signatur")
        EITHER = "either", _("im TAN-Verfahren oder mit qualifizierter elektronischer Signatur")

    title = models.CharField(_("Titel"), max_length=200)
    slug = models.SlugField(_("Kurzname in Adressen"), unique=True)
    year = models.PositiveSmallIntegerField(_("Förderjahr"))
    open_from = models.DateField(_("offen ab"), null=True, blank=True)
    open_until = models.DateField(_("offen bis"), null=True, blank=True)
    deadline = models.DateField(_("Einsendeschluss"), null=True, blank=True)
    deadline_counts = models.CharField(_("Was zählt?"), max_length=10, choices=DeadlineCounts, blank=True)
    addressee = models.TextField(_("Postanschrift"), blank=True, help_text=_("So, wie sie auf den Umschlag gehört."))
    addressee_source = models.CharField(_("Quelle der Anschrift"), max_length=300, blank=True)
    signing = models.CharField(
        _("Unterschrift in Stufe 2 (easy-Online)"),
        max_length=6,
        choices={"": _("hier nicht eingetragen"), **dict(Signing.choices)},
        blank=True,
    )
    signing_source = models.CharField(_("Quelle dazu"), max_length=300, blank=True)
    signing_certainty = models.CharField(
        _("Sicherheit dazu"), max_length=12, choices=Certainty, default=Certainty.ASSUMED
    )
    source = models.TextField(_("Quelle"), blank=True)
    is_example = models.BooleanField(_("erfundener Beispielaufruf"), default=False, editable=False)
    copied_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="copies",
        verbose_name=_("kopiert aus"),
    )

    STAYS = dict.fromkeys(("title", "addressee", "addressee_source", "signing_source", "source"), CALLS_TEXT)

    objects = FundingCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("Förderaufruf")
        verbose_name_plural = _("Förderaufrufe")
        ordering = ["-year", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(open_from=None) | Q(open_until=None) | Q(open_from__lte=F("open_until")),
                name="call_opens_before_it_closes",
                violation_error_message=OPENS_FIRST,
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("admin:calls_fundingcall_change", args=[self.pk])

    def clean(self) -> None:
        """Say beside the later day that the order is wrong."""
        check_order(self, ("open_from", "open_until", OPENS_FIRST))

    @property
    def source_of_addressee(self) -> str:
        return self.addressee_source

    @property
    def signing_note(self) -> str:
        """Where it is known from how stage 2 is signed, and whether somebody must ask before relying on it."""
        if not self.signing:
            return ""
        said = gettext("Quelle: %(source)s.") % {"source": self.signing_source} if self.signing_source else ""
        if self.signing_certainty == Certainty.VERIFIED:
            return said
        ask = gettext("Diese Angabe ist %(certainty)s. Bitte fragen Sie das BAMF, bevor Sie einreichen.") % {
            "certainty": Certainty(self.signing_certainty).label
        }
        return f"{said} {ask}".strip()

    def last_day(self) -> date | None:
        """The last day on which an application may be begun: the deadline, or the day the call closes."""
        return self.deadline or self.open_until

    def is_open(self, day: date | None = None) -> bool:
        """May an application be begun on this day (default: today in Germany)? A deadline that is not set leaves it open."""
        day = day or timezone.localdate()
        last = self.last_day()
        return (self.open_from is None or self.open_from <= day) and (last is None or day <= last)

    def latest_edition(self) -> Edition | None:
        """The latest published edition; before the first is published, the latest draft."""
        return self.editions.published().order_by("-number").first() or self.editions.order_by("-number").first()

    def rule_terms(self) -> dict[str, RuleTerm]:
        """The rules of this call by check code, as values for the checks (one query)."""
        return {rule.code: rule.as_term() for rule in self.rules.all()}

    @transaction.atomic
    def copy_to(
        self,
        year: int,
        *,
        by: User | None,
        title: str = "",
        slug: str = "",
        open_from: date | None = None,
        open_until: date | None = None,
        deadline: date | None = None,
        is_example: bool = False,
    ) -> FundingCall:
        """The call once more for another year, with one draft edition made from the latest one.

        Every limit, rule and postal address, and how stage 2 is signed, is carried over, so none counts as checked; dates are empty unless
        given, links and notes of forms and dates of umbrella routes are empty. `Stale` if a call of that short name exists
        or this one has no edition.
        """
        if by is not None:
            self.require(by, "edit")
        FundingCall.objects.select_for_update().get(pk=self.pk)
        slug = slug or f"{self.slug.removesuffix(f'-{self.year}')}-{year}"
        latest = self.latest_edition()
        if latest is None:
            raise Stale(gettext("Der Aufruf hat noch keinen Stand."))
        if FundingCall.objects.filter(slug=slug).exists():
            raise Stale(gettext("Für das Förderjahr %(year)s gibt es schon eine Kopie.") % {"year": year})
        copy = FundingCall.objects.create(
            title=title or self.title.replace(str(self.year), str(year)),
            slug=slug,
            year=year,
            open_from=open_from,
            open_until=open_until,
            deadline=deadline,
            deadline_counts=self.deadline_counts,
            addressee=self.addressee,
            addressee_source=self.addressee_source,
            **ADDRESS_CARRIED_OVER,
            signing=self.signing,
            signing_source=self.signing_source,
            signing_certainty=Certainty.CARRIED_OVER,
            source=_("Übernommen aus: %(title)s. Bitte alles prüfen, auch Anschrift und Formulare.")
            % {"title": self.title},
            is_example=is_example,
            copied_from=self,
        )
        self._copy_rows_to(copy)
        latest.copy_to(copy)
        Event.record("call.copied", copy, by=by, original=self.pk)
        return copy

    def _copy_rows_to(self, copy: FundingCall) -> None:
        """Part of copying: forms, routes and rules, as far as they hold for another year."""
        unchecked = {"register_until": None, "draft_until": None, "submit_until": None, **ADDRESS_CARRIED_OVER}
        not_lowered = {"lowered_at": None, "lowered_by_id": None, "lowered_reason": ""}
        CallForm.objects.bulk_create(copy_of(row, call_id=copy.pk, url="", note="") for row in self.forms.all())
        UmbrellaRoute.objects.bulk_create(
            copy_of(row, call_id=copy.pk, **unchecked) for row in self.umbrella_routes.all()
        )
        Rule.objects.bulk_create(
            copy_of(row, call_id=copy.pk, **CARRIED_OVER, **not_lowered) for row in self.rules.all()
        )


class CallFormQuerySet(BamfQuerySet["CallForm"]):
    def official(self) -> CallFormQuerySet:
        return self.filter(kind=CallForm.Kind.FORM)

    def to_read(self) -> CallFormQuerySet:
        return self.filter(kind=CallForm.Kind.READING)


class CallForm(BamfRecord):
    """A form of the BAMF that must be filled in, or something of theirs to read: a link or a file."""

    class Kind(models.TextChoices):
        FORM = "form", _("Formular des BAMF")
        READING = "reading", _("Zum Nachlesen")

    call = models.ForeignKey(FundingCall, models.CASCADE, related_name="forms")
    kind = models.CharField(_("Art"), max_length=10, choices=Kind, default=Kind.FORM)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    label = models.CharField(_("Bezeichnung"), max_length=200)
    url = models.URLField(_("Link"), blank=True)
    note = models.CharField(_("Hinweis"), max_length=300, blank=True)

    STAYS = dict.fromkeys(("label", "url", "note"), CALLS_TEXT)

    objects = CallFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("Formular oder Text zum Nachlesen")
        verbose_name_plural = _("Formulare des BAMF und Texte zum Nachlesen")
        ordering = ["kind", "position", "label"]

    def __str__(self) -> str:
        return self.label


class Rule(BamfRecord):
    """A check as it applies to one call: where it comes from and how sure that is. Only verified ones block."""

    call = models.ForeignKey(FundingCall, models.CASCADE, related_name="rules")
    code = models.CharField(_("Code"), max_length=4)
    label = models.CharField(_("Was geprüft wird"), max_length=200, blank=True)
    source = models.CharField(_("Quelle"), max_length=300, blank=True)
    certainty = models.CharField(_("Sicherheit"), max_length=12, choices=Certainty, default=Certainty.ASSUMED)
    checked_on = models.DateField(_("geprüft am"), null=True, blank=True)
    checked_by = models.CharField(_("geprüft von"), max_length=200, blank=True)
    lowered_at = models.DateTimeField(_("zum Hinweis herabgestuft am"), null=True, blank=True)
    lowered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    lowered_reason = models.CharField(_("Grund der Herabstufung"), max_length=300, blank=True)

    STAYS = dict.fromkeys(("label", "source", "lowered_reason"), CALLS_TEXT)
    FORGETS = _("Wer Regeln von Förderaufrufen geprüft hat")

    objects = BamfQuerySet.as_manager()

    class Meta:
        verbose_name = _("Regel")
        verbose_name_plural = _("Regeln")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["call", "code"], name="rule_unique")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}".strip()

    @classmethod
    def forget(cls, traces: Traces) -> int:
        return forget_checked_by(cls, traces)

    @transaction.atomic
    def lower(self, *, reason: str, by: User) -> None:
        """Let the check only tell from now on, and never block; `Stale` if it is lowered already."""
        self.require(by, "edit")
        write_if(self, {"lowered_at": None}, lowered_at=timezone.now(), lowered_by=by, lowered_reason=reason)
        Event.record("rule.lowered", self, by=by, code=self.code)

    @transaction.atomic
    def restore(self, *, by: User) -> None:
        """Let the check count again as its certainty says; `Stale` if it is not lowered."""
        self.require(by, "edit")
        write_if(self, {"lowered_at__isnull": False}, lowered_at=None, lowered_by=None, lowered_reason="")
        Event.record("rule.restored", self, by=by, code=self.code)

    def as_term(self) -> RuleTerm:
        return RuleTerm(
            code=self.code,
            source=cited(self.source, self.checked_on),
            certainty=self.certainty,
            checked_on=self.checked_on,
            lowered=self.lowered_at is not None,
        )


class UmbrellaRoute(Addressed):
    """An umbrella body's own way for its members: earlier dates, another addressee (F1 7.1, F11)."""

    call = models.ForeignKey(FundingCall, models.CASCADE, related_name="umbrella_routes")
    umbrella_body = models.CharField(_("Dachverband (Zentralstelle)"), max_length=200)
    register_until = models.DateField(_("Anmeldung bis"), null=True, blank=True)
    draft_until = models.DateField(_("Entwurf bis"), null=True, blank=True)
    submit_until = models.DateField(_("Einreichen bis"), null=True, blank=True)
    addressee = models.TextField(_("Anschrift"), blank=True)
    note = models.TextField(_("Hinweis"), blank=True)
    source = models.CharField(_("Quelle"), max_length=300, blank=True)

    STAYS = dict.fromkeys(("umbrella_body", "addressee", "note", "source"), CALLS_TEXT)

    objects = BamfQuerySet.as_manager()

    class Meta:
        verbose_name = _("Weg über einen Dachverband")
        verbose_name_plural = _("Wege über Dachverbände")
        ordering = ["umbrella_body"]
        constraints = [models.UniqueConstraint(fields=["call", "umbrella_body"], name="umbrella_route_unique")]

    def __str__(self) -> str:
        return self.umbrella_body

    @property
    def source_of_addressee(self) -> str:
        return self.source
