"""The fields of texts, of the cover (Deckblatt), of declarations, and of the list of attachments with its states („liegt bei“)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.legal_forms import LegalForm
from applications.content.base import Content, Row, content, spec
from calls.terms import MADE_HERE, AttachmentTerm, Kind
from core.values import dataclass
from core.words import quoted, short_day

ENCLOSED = "enclosed"
NOT_NEEDED = "not_needed"
ITEM_STATES = ((ENCLOSED, _("liegt bei")), ("follows", _("folgt")), (NOT_NEEDED, _("entfällt")))
PERSON = "person"

LEGAL_FORMS = (
    *(pair for pair in LegalForm.choices if pair[0] != LegalForm.OTHER),
    (PERSON, _("Privatperson")),
    (LegalForm.OTHER.value, LegalForm.OTHER.label),
)
# What the portal filled in, and what people write for it, before the legal form was a choice.
FORMER_WORDS = (
    ("eingetragener verein (e. v.)", LegalForm.EV.value),
    ("eingetragener verein", LegalForm.EV.value),
    ("e. v.", LegalForm.EV.value),
    ("e.v.", LegalForm.EV.value),
    ("gemeinnützige gmbh", LegalForm.GGMBH.value),
    ("ggmbh", LegalForm.GGMBH.value),
    ("stiftung", LegalForm.FOUNDATION.value),
    ("genossenschaft", LegalForm.COOPERATIVE.value),
    ("kommune", LegalForm.MUNICIPALITY.value),
    ("kirche oder religionsgemeinschaft", LegalForm.CHURCH.value),
    ("andere körperschaft des öffentlichen rechts", LegalForm.PUBLIC_BODY.value),
    ("andere rechtsform", LegalForm.OTHER.value),
)


@content(Kind.TEXT)
@dataclass(frozen=True)
class Text(Content):
    """A section of running text. Paragraphs, and lines beginning with "- " as lists, are all there is."""

    text: str = spec(_("Ihr Text"), "area")


@content(Kind.COVER)
@dataclass(frozen=True)
class Cover(Content):
    """What the official title page asks for: the project and the organisation as registered (F1 7.1, F6, F9)."""

    title: str = spec(_("Titel des Vorhabens"), max_length=120)
    short_name: str = spec(_("Kurzname"), max_length=30)
    theme: str = spec(_("Themenschwerpunkt"), "theme", max_length=40)
    places: str = spec(_("Ort oder Orte"), max_length=200)
    start_on: str = spec(_("Beginn des Vorhabens"), "date", max_length=10)
    months: int | None = spec(_("Laufzeit in Monaten"), "number", default=None)
    organisation: str = spec(_("Name der Organisation wie im Register"), max_length=200)
    legal_form: str = spec(_("Rechtsform"), "choice", choices=LEGAL_FORMS, formerly=FORMER_WORDS, max_length=80)
    other_form: str = spec(
        _("Welche andere Rechtsform?"), max_length=80, help=_("Nur, wenn Sie „andere Rechtsform“ gewählt haben.")
    )
    register: str = spec(_("Registergericht und Nummer"), max_length=160)
    charitable: str = spec(
        _("Finanzamt Ihres Freistellungs- oder Feststellungsbescheids"),
        max_length=200,
        help=_(
            "Zum Beispiel: Finanzamt Halle. Der Bescheid zeigt, dass Ihre Organisation gemeinnützig ist. Kommunen, Kirchen und andere Körperschaften des öffentlichen Rechts lassen dieses und das nächste Feld leer."
        ),
    )
    charitable_on: str = spec(_("Datum dieses Bescheids"), "date", max_length=10)
    umbrella_body: str = spec(_("Dachverband (Zentralstelle), wenn Sie einem angehören"), max_length=200)
    address: str = spec(_("Anschrift"), "area", max_length=400)
    email: str = spec(
        _("E-Mail-Adresse"),
        max_length=254,
        help=_("Unter dieser Adresse müssen Sie während des ganzen Verfahrens erreichbar sein."),
    )
    phone: str = spec(_("Telefon"), max_length=40)
    contact_person: str = spec(_("Ansprechperson"), max_length=200)
    signatories: str = spec(
        _("Wer darf für die Organisation unterschreiben?"),
        "area",
        max_length=600,
        help=_("Eine Person je Zeile: Name, Amt."),
    )

    @property
    def legal_form_words(self) -> str:
        """The legal form as the papers name it: another one by its name."""
        if self.legal_form == LegalForm.OTHER and self.other_form.strip():
            return self.other_form
        return str(dict(LEGAL_FORMS).get(self.legal_form, self.legal_form))

    @property
    def charitable_words(self) -> str:
        """Who recognised the organisation as charitable, and when."""
        try:
            day = short_day(date.fromisoformat(self.charitable_on))
        except ValueError:
            return self.charitable
        return gettext("%(office)s, Bescheid vom %(day)s") % {"office": self.charitable or "–", "day": day}

    @property
    def ends_on(self) -> date | None:
        """The last day of the term, counted as § 188 BGB does; None while start or length is missing or makes no day.

        It is the day before the one that has the number of the first, or the last of its month where there is none.
        """
        try:
            start = date.fromisoformat(self.start_on)
            last = start.year * 12 + start.month - 1 + (self.months or 0) - (start.day == 1)
            year, month = last // 12, last % 12 + 1
            length = monthrange(year, month)[1]
            end = date(year, month, min(start.day - 1, length) if start.day > 1 else length)
        except ValueError:
            return None
        return end if end >= start else None


@dataclass(frozen=True, kw_only=True)
class Answer(Row):
    """The answer to one question of the call; `id` is the question's key."""

    noun = _("Frage")

    answer: str = spec(_("Antwort"), "choice", choices=(("yes", _("Ja")), ("no", _("Nein"))), max_length=3)
    note: str = spec(_("Erläuterung"), max_length=1000)


@content(Kind.DECLARATIONS, answers=Answer)
@dataclass(frozen=True)
class Declarations(Content):
    answers: tuple[Answer, ...] = ()

    def answer(self, key: str) -> str:
        """ "yes", "no" or "" for a question that is not answered."""
        return next((row.answer for row in self.answers if row.id == key), "")

    def note(self, key: str) -> str:
        """What is written beside the answer to a question."""
        return next((row.note for row in self.answers if row.id == key), "")


@dataclass(frozen=True, kw_only=True)
class Item(Row):
    """One kind of attachment; `id` is its key."""

    noun = _("Anlage")

    state: str = spec(
        _("Stand"),
        "choice",
        choices=ITEM_STATES,
        max_length=12,
    )
    note: str = spec(_("Bemerkung"), max_length=500)


@content(Kind.ATTACHMENTS, items=Item)
@dataclass(frozen=True)
class Attachments(Content):
    items: tuple[Item, ...] = ()

    def state(self, key: str) -> str:
        """Return what is said of a kind of attachment; one that the portal makes is enclosed, whatever is said of it."""
        if key in MADE_HERE:
            return ENCLOSED
        return next((row.state for row in self.items if row.id == key), "")

    def as_read(self) -> Attachments:
        return replace(self, items=tuple(replace(item, state=self.state(item.id)) for item in self.items))

    def note(self, key: str) -> str:
        return next((row.note for row in self.items if row.id == key), "")

    def wrongly_dropped(self, kinds: Iterable[AttachmentTerm]) -> list[AttachmentTerm]:
        """Return those of these kinds that always belong to it and are yet said not to be needed."""
        return [kind for kind in kinds if is_wrongly_dropped(kind, self.state(kind.key))]


def states_of(kind: AttachmentTerm, stored: str = "") -> list[tuple[str, str | Promise]]:
    """Return what can be said of a kind of attachment: that it is left out only where that is allowed, or said already."""
    is_optional = kind.may_be_dropped or stored == NOT_NEEDED
    return [one for one in ITEM_STATES if is_optional or one[0] != NOT_NEEDED]


def is_wrongly_dropped(kind: AttachmentTerm, state: str) -> bool:
    """Is a kind of attachment that always belongs to it said not to be needed?"""
    return not kind.may_be_dropped and state == NOT_NEEDED


def why_not_dropped(kinds: Sequence[AttachmentTerm]) -> str:
    """Return the sentence about kinds of attachment that are wrongly dropped; "" for none."""
    if not kinds:
        return ""
    return ngettext(
        "%(labels)s gehört immer dazu und kann nicht entfallen.",
        "%(labels)s gehören immer dazu und können nicht entfallen.",
        len(kinds),
    ) % {"labels": quoted(kind.label for kind in kinds)}


def beside_a_file(kind: AttachmentTerm, state: str) -> str:
    """Return the sentence on a file that lies with a kind of attachment which needs none, or is left out; "" for any other."""
    if kind.is_made_here:
        return gettext(
            "Eine Datei wird hier nicht gebraucht: Das Portal erstellt „%(label)s“ beim Fertigstellen selbst, aus Ihren "
            "Abschnitten. Was nur in der Datei steht, übertragen Sie bitte dorthin. Dann können Sie die Datei löschen."
        ) % {"label": kind.label}
    if state == NOT_NEEDED:
        return gettext(
            "Hier liegt eine Datei, und in der Liste steht „entfällt“. Es zählt die Liste: Die Anlage gilt als weggelassen. "
            "Soll sie beiliegen, wählen Sie in der Liste „liegt bei“. Sonst löschen Sie die Datei."
        )
    return ""
