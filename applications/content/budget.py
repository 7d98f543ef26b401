"""The fields of the financing plan: costs and income by calendar year in whole cents; the grant is the gap between them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from applications.content.base import Content, Row, content, spec
from calls.terms import Kind
from core.values import dataclass

PERSONNEL = "PERS"
# What `activity` of a line says when it belongs to the whole project.
ALL_ACTIVITIES = "all"
INCOME_KINDS = (
    ("EIGEN", _("Eigenmittel")),
    ("DRITT_OEFF", _("Drittmittel (Geld von anderen), öffentlich")),
    ("DRITT_PRIV", _("Drittmittel (Geld von anderen), privat")),
    ("TEILN", _("Einnahmen (Beiträge, Verkauf)")),
)
INCOME_STATES = (("promised", _("zugesagt")), ("applied", _("beantragt")), ("planned", _("geplant")))


def decimal(text: str) -> Decimal:
    """A stored decimal ("1.5"); 0 for an empty or unreadable one."""
    try:
        value = Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)
    return value if value.is_finite() else Decimal(0)


def cents(value: Decimal) -> int:
    """Rounded half up to a whole cent."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, kw_only=True)
class Expense(Row):
    """Quantity × unit price (cents, gross unless input tax is deducted) in one calendar year; `activity` is a row id."""

    noun = _("Ausgabe")
    named_by = "title"

    year: int | None = spec(_("Jahr"), "year", default=None)
    kind: str = spec(_("Ausgabenart"), "choice", max_length=10)
    title: str = spec(_("Wofür?"), max_length=200)
    quantity: str = spec(_("Menge"), "decimal", max_length=12)
    unit: str = spec(_("Einheit"), max_length=40)
    unit_price: int | None = spec(_("Einzelpreis"), "money", default=None)
    justification: str = spec(_("Begründung"), "area", max_length=1000)
    activity: str = spec(_("Maßnahme"), "ref", max_length=64)

    @property
    def amount(self) -> int:
        return cents(decimal(self.quantity) * (self.unit_price or 0))


@dataclass(frozen=True, kw_only=True)
class Personnel(Row):
    """Months × employer gross per month plus the yearly bonus, in cents, in one calendar year."""

    noun = _("Personal")
    named_by = "role"

    year: int | None = spec(_("Jahr"), "year", default=None)
    role: str = spec(_("Aufgabe"), max_length=200, help=_("Stelle, zum Beispiel Projektleitung."))
    tariff: str = spec(
        _("Tarif und Stufe"),
        max_length=120,
        help=_("Tarif, Entgeltgruppe und Stufe, zum Beispiel TVöD Bund, EG 9b, Stufe 2."),
    )
    weekly_hours: str = spec(
        _("Stunden je Woche"),
        "decimal",
        max_length=6,
        places=2,
        most=7 * 24,
        too_much=_("Eine Woche hat 168 Stunden. Bitte geben Sie die Stunden je Woche ein, zum Beispiel 38,5."),
    )
    months: str = spec(
        _("Monate"),
        "decimal",
        max_length=5,
        places=2,
        most=12,
        too_much=_("Ein Jahr hat 12 Monate. Bitte geben Sie die Monate in diesem Kalenderjahr ein, zum Beispiel 6,5."),
    )
    gross_per_month: int | None = spec(_("Arbeitgeberbrutto im Monat"), "money", default=None)
    bonus: int | None = spec(
        _("Jahressonderzahlung"),
        "money",
        default=None,
        help=_("Mit dem Anteil des Arbeitgebers. Das Feld kann leer bleiben."),
    )
    justification: str = spec(_("Begründung"), "area", max_length=1000)
    activity: str = spec(_("Maßnahme"), "ref", max_length=64)

    @property
    def kind(self) -> str:
        return PERSONNEL

    @property
    def title(self) -> str:
        return self.role

    @property
    def amount(self) -> int:
        return cents(decimal(self.months) * (self.gross_per_month or 0)) + (self.bonus or 0)


@dataclass(frozen=True, kw_only=True)
class Income(Row):
    """Own funds, third-party funds or revenue in one calendar year; `amount` in cents."""

    noun = _("Deckungsmittel")
    named_by = "source"

    year: int | None = spec(_("Jahr"), "year", default=None)
    kind: str = spec(_("Art der Mittel"), "choice", choices=INCOME_KINDS, max_length=10)
    source: str = spec(_("Von wem?"), max_length=200)
    amount: int | None = spec(_("Betrag"), "money", default=None)
    state: str = spec(_("Stand"), "choice", choices=INCOME_STATES, max_length=10)
    evidence: str = spec(_("Nachweis"), max_length=300)


type BudgetRow = Expense | Personnel | Income


@content(Kind.BUDGET, expenses=Expense, personnel=Personnel, income=Income)
@dataclass(frozen=True)
class Budget(Content):
    expenses: tuple[Expense, ...] = ()
    personnel: tuple[Personnel, ...] = ()
    income: tuple[Income, ...] = ()

    @property
    def costs(self) -> tuple[Expense | Personnel, ...]:
        """Every row that costs something, posts first."""
        return (*self.personnel, *self.expenses)

    def spending(self, year: int | None = None) -> int:
        """All expenses in cents, of one year or of all."""
        return sum(row.amount for row in self.costs if year is None or row.year == year)

    def funds(self, year: int | None = None) -> int:
        """All income in cents, of one year or of all."""
        return sum(line.amount or 0 for line in self.income if year is None or line.year == year)

    def grant(self, year: int | None = None) -> int:
        """The gap between spending and income, in cents: what is asked for (F1 5.2). Negative if income is larger."""
        return self.spending(year) - self.funds(year)
