"""The fields of goals, activities and partners, and the words to choose from (`LEVELS`, `PARTNER_KINDS`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from applications.content.base import Content, Row, content, spec
from calls.terms import Kind
from core.values import dataclass

# The seven steps of the Wirkungstreppe (O26): 1–3 Output, 4–6 Outcome, 7 Impact.
LEVELS = (
    ("1", _("Stufe 1: Angebote finden statt wie geplant (Output)")),
    ("2", _("Stufe 2: Die Zielgruppe wird erreicht (Output)")),
    ("3", _("Stufe 3: Die Zielgruppe nimmt die Angebote an (Output)")),
    ("4", _("Stufe 4: Wissen, Fähigkeiten oder Einstellungen ändern sich (Outcome)")),
    ("5", _("Stufe 5: Das Handeln ändert sich (Outcome)")),
    ("6", _("Stufe 6: Die Lebenslage ändert sich (Outcome)")),
    ("7", _("Stufe 7: Das Zusammenleben vor Ort ändert sich (Impact)")),
)
OUTCOME_LEVELS = {"4", "5", "6"}
ACTIVITY_QUARTERS = 4 * 5
PARTNER_KINDS = (
    ("municipality", _("Kommune")),
    ("course_provider", _("Träger von Integrationskursen")),
    ("house_of_resources", _("House of Resources")),
    ("mbe", _("Migrationsberatung (MBE)")),
    ("jmd", _("Jugendmigrationsdienst (JMD)")),
    ("association", _("Verein oder Initiative")),
    ("other", _("Sonstiger Partner")),
)
# One of these is expected (C15, F1 4.6).
LOCAL_NETWORK = {"municipality", "course_provider", "house_of_resources", "mbe", "jmd"}
PARTNER_STATES = (("planned", _("geplant")), ("agreed", _("mündlich zugesagt")), ("written", _("schriftlich zugesagt")))


@dataclass(frozen=True, kw_only=True)
class Goal(Row):
    """A Wirkungsziel with its indicator; `activities` are ids of rows of the work plan."""

    noun = _("Ziel")

    level: str = spec(_("Stufe der Wirkungstreppe"), "choice", choices=LEVELS, max_length=1)
    target_group: str = spec(_("Für wen?"), max_length=300)
    goal: str = spec(_("Was soll sich ändern?"), "area", max_length=1500)
    indicator: str = spec(_("Woran merken Sie das? (Indikator)"), "area", max_length=800)
    baseline: str = spec(_("Wie ist es heute?"), max_length=300)
    target: str = spec(_("Welchen Wert wollen Sie erreichen?"), max_length=300)
    due_on: str = spec(_("Bis wann?"), "date", max_length=10)
    method: str = spec(_("Wie messen Sie das?"), max_length=500)
    activities: tuple[str, ...] = spec(_("Welche Maßnahmen führen dahin?"), "refs", default=())


@content(Kind.GOALS, rows=Goal)
@dataclass(frozen=True)
class Goals(Content):
    rows: tuple[Goal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Activity(Row):
    """A Maßnahme with its time; quarters are written "2027-Q1"."""

    noun = _("Maßnahme")
    named_by = "title"

    title: str = spec(_("Maßnahme"), max_length=200)
    description: str = spec(_("Was geschieht dabei?"), "area", max_length=1500)
    begins: str = spec(_("von"), "quarter", max_length=7)
    ends: str = spec(_("bis"), "quarter", max_length=7)
    responsible: str = spec(_("Wer ist zuständig?"), max_length=200)
    milestone: str = spec(_("Meilenstein"), max_length=300)


@content(Kind.WORK_PLAN, rows=Activity)
@dataclass(frozen=True)
class WorkPlan(Content):
    rows: tuple[Activity, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Partner(Row):
    noun = _("Partner")
    named_by = "name"

    name: str = spec(_("Name"), max_length=200)
    kind: str = spec(_("Art"), "choice", choices=PARTNER_KINDS, max_length=20)
    contribution: str = spec(_("Was bringt der Partner ein?"), "area", max_length=1000)
    state: str = spec(_("Stand"), "choice", choices=PARTNER_STATES, max_length=10)


@content(Kind.PARTNERS, rows=Partner)
@dataclass(frozen=True)
class Partners(Content):
    introduction: str = spec(_("Ihr Text"), "area")
    rows: tuple[Partner, ...] = ()
