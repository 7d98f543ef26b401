"""A funding call (Förderaufruf): its days, whether the postmark counts, whom an application is addressed to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, User
from accounts.models.record import check_order, roles
from calls.terms import RuleTerm, cited, source_in_words
from core.spelling import comparable
from core.statements import Statement
from core.words import all_of
from core.writes import Stale

from .bamf_record import CALLS_TEXT, BamfQuerySet, BamfRecord
from .certainty import Addressed, Certainty, Mark, address
from .source_fields import SOURCE, date_field, issuer_field, sources_of, title_field

OPENS_FIRST = _("Der Aufruf muss beginnen, bevor er endet.")
OPENS_BEFORE_DEADLINE = _("Der Einsendeschluss liegt vor dem Tag, an dem der Aufruf beginnt.")
ADDRESS = address()
SIGNING = Mark(
    "signing_certainty",
    ("signing",),
    sources_of("signing"),
    checked_on="signing_checked_on",
    checked_by="signing_checked_by",
)


def titled_for(title: str, year: int) -> str:
    """Return the title with the Förderjahr behind it, unless it names the year itself."""
    return title if str(year) in title else gettext("%(title)s, Förderjahr %(year)s") % {"title": title, "year": year}


class FundingCallQuerySet(BamfQuerySet["FundingCall"]):
    def open_on(self, day: date) -> FundingCallQuerySet:
        return self.not_over(day).filter(Q(open_from=None) | Q(open_from__lte=day))

    def not_over(self, day: date) -> FundingCallQuerySet:
        """Return those whose last day lies ahead or is not set (`FundingCall.last_day`)."""
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
    signing = models.CharField(
        _("Unterschrift in Stufe 2 (easy-Online)"),
        max_length=6,
        choices={"": _("hier nicht eingetragen"), **dict(Signing.choices)},
        blank=True,
    )
    signing_source_issuer = issuer_field(_("Herausgeber der Quelle zur Unterschrift"))
    signing_source_title = title_field(_("Titel der Quelle zur Unterschrift"))
    signing_source_date = date_field(_("Datum der Quelle zur Unterschrift"))
    signing_certainty = models.CharField(
        _("Sicherheit dazu"), max_length=12, choices=Certainty, default=Certainty.ASSUMED
    )
    signing_checked_on = models.DateField(_("Unterschrift geprüft am"), null=True, blank=True)
    signing_checked_by = models.CharField(_("Unterschrift geprüft von"), max_length=200, blank=True)
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

    MARKS = (ADDRESS, SIGNING)
    FORGETS = _("Wer Angaben von Förderaufrufen geprüft hat")
    STAYS = dict.fromkeys(("title", "addressee", *ADDRESS.source, *SIGNING.source, "source"), CALLS_TEXT)

    objects = FundingCallQuerySet.as_manager()

    MAY = BamfRecord.MAY | {"remove": roles("bamf")}

    class Meta:
        verbose_name = _("Förderaufruf")
        verbose_name_plural = _("Förderaufrufe")
        ordering = ["-year", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(open_from=None) | Q(open_until=None) | Q(open_from__lte=F("open_until")),
                name="call_opens_before_it_closes",
                violation_error_message=OPENS_FIRST,
            ),
            models.CheckConstraint(
                condition=Q(open_from=None) | Q(deadline=None) | Q(open_from__lte=F("deadline")),
                name="call_opens_before_its_deadline",
                violation_error_message=OPENS_BEFORE_DEADLINE,
            ),
            ADDRESS.constraint("call_address_verified_has_source", but=("addressee_checked_by",)),
            SIGNING.constraint("call_signing_verified_has_source", but=("signing_checked_on", "signing_checked_by")),
        ]

    def __str__(self) -> str:
        """Return the title with the year, which tells a call from its copies."""
        return titled_for(self.title, self.year)

    def get_absolute_url(self) -> str:
        return reverse("admin:calls_fundingcall_change", args=[self.pk])

    def clean(self) -> None:
        """Say beside the later day that the order is wrong, and beside each field what is missing."""
        super().clean()
        check_order(self, ("open_from", "open_until", OPENS_FIRST), ("open_from", "deadline", OPENS_BEFORE_DEADLINE))

    @property
    def signing_source(self) -> str:
        """The source for how stage 2 is signed in words; "" where none is known."""
        return source_in_words(self.signing_source_issuer, self.signing_source_title, self.signing_source_date)

    @property
    def signing_note(self) -> str:
        """Return the source for how stage 2 is signed, and whether somebody must ask before relying on it."""
        if not self.signing:
            return ""
        source = cited(self.signing_source, self.signing_checked_on)
        cited_source = gettext("Quelle: %(source)s.") % {"source": source} if source else ""
        if self.signing_certainty == Certainty.VERIFIED:
            return cited_source
        ask = gettext("Diese Angabe ist %(certainty)s. Bitte fragen Sie das BAMF, bevor Sie einreichen.") % {
            "certainty": Certainty(self.signing_certainty).label
        }
        return f"{cited_source} {ask}".strip()

    def last_day(self) -> date | None:
        """Return the last day on which an application may be begun: the deadline, or the day the call closes."""
        return self.deadline or self.open_until

    def applications_through(self, umbrella_body: str) -> int:
        """Return how many applications that go on name this umbrella body, on their cover or by their organisation."""
        above: Any = self  # applications are an app above this one
        named = above.applications.running().values_list("umbrella_body", "team__organisation__umbrella_body")
        wanted = comparable(umbrella_body)
        return sum(comparable(own.strip() or organisations) == wanted for own, organisations in named)

    def why_it_stays(self) -> str:
        """Return the sentences that say what uses the call, so that it cannot be removed; "" if nothing does."""
        above: Any = self  # cohorts and applications are apps above this one
        reasons = []
        if published := [str(edition.number) for edition in above.editions.published().order_by("number")]:
            reasons.append(gettext("Veröffentlicht ist Stand %(numbers)s.") % {"numbers": all_of(published)})
        if cohorts := [str(cohort) for cohort in above.cohorts.order_by("begins_on")]:
            reasons.append(gettext("Für ihn sind diese Projektschmieden: %(names)s.") % {"names": "; ".join(cohorts)})
        if count := above.applications.count():
            sentence = ngettext(
                "%(count)d Vorhaben ist für ihn begonnen.", "%(count)d Vorhaben sind für ihn begonnen.", count
            )
            reasons.append(sentence % {"count": count})
        if not reasons:
            return ""
        if published and len(reasons) == 1:
            reasons.append(gettext("Beim Stand nehmen Sie die Veröffentlichung zurück, wenn sie ein Versehen war."))
        return " ".join([gettext("Dieser Aufruf wird gebraucht und kann nicht entfernt werden."), *reasons])

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Delete the call with its drafts, rules, routes and forms. Raises `Stale` with a sentence if anything uses it."""
        self.require(by, "remove")
        locked = FundingCall.objects.select_for_update(no_key=True).get(pk=self.pk)
        list(locked.editions.select_for_update().order_by("pk"))
        if sentence := locked.why_it_stays():
            raise Stale(sentence)
        Event.record("call.removed", locked, by=by, year=locked.year)
        locked.delete()

    def is_open(self, day: date | None = None) -> bool:
        """Return whether an application may be begun on this day, by default today in Germany; no deadline leaves it open."""
        day = day or timezone.localdate()
        last = self.last_day()
        return (self.open_from is None or self.open_from <= day) and (last is None or day <= last)

    def rule_terms(self) -> dict[str, RuleTerm]:
        """Return the rules of this call by check code, as values for the checks (one query)."""
        rows = READ_RULES(call=self.pk)
        return {
            code: RuleTerm(code, source_in_words(*source), certainty, checked_on, bool(lowered_at), label, source[1])
            for code, certainty, checked_on, lowered_at, label, *source in rows
        }


def _rules(call: Any) -> models.QuerySet[Any, Any]:
    """Return what `RuleTerm` says, when the rule was lowered, and issuer, title and date of its source."""
    columns = ("code", "certainty", "checked_on", "lowered_at", "label", *SOURCE)
    rows = FundingCall.objects.filter(pk=call, rules__isnull=False).order_by()
    return rows.values_list(*(f"rules__{column}" for column in columns))


READ_RULES = Statement(_rules, "call")
