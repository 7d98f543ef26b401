"""Checks of the running text: C09, C16–C18, C24, C27, and our own hints P01 and P03."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.content import length
from applications.content.base import free_texts
from applications.papers.fonts import undrawable
from calls.terms import SKETCH_KEYS, SectionTerm

from .base import Dossier, Found, Severity, check, whole
from .numerals import has_number

NEED, NOVELTY, PUBLICITY, CONTINUATION = "s3", "s9", "s11", "s13"
# Words that often stand for what F1 4.8 excludes. A guess: it asks, it never blocks.
EXCLUDED_WORDS = re.compile(
    r"\b(sprachkurs\w*|deutschkurs\w*|integrationskurs\w*|bewerbungstraining\w*|bewerbungscoaching\w*|einzelberatung\w*"
    r"|sozialberatung\w*|jobcenter\w*|arbeitsvermittlung\w*|sportverein\w*|fußballtraining\w*|forschungsprojekt\w*|umbau\w*"
    r"|renovierung\w*)\b",
    re.IGNORECASE,
)


# Words that begin alike are the same word in another case: Integrationskurs, Integrationskursen.
STEM = 12
MOST_LETTERS = 5  # so many letters are named


@check("C09", Severity.WARNING, guess=True)
def excluded_words(dossier: Dossier) -> Iterator[Found]:
    """Words that sound like what is excluded (C08), but for those the theme itself is about."""
    theme = dossier.terms.theme(dossier.cover.theme)
    allowed = {word.lower()[:STEM] for word in EXCLUDED_WORDS.findall(theme.title)} if theme else set()
    for key in SKETCH_KEYS:
        written: dict[str, str] = {}  # each word once, as it was written first
        for word in EXCLUDED_WORDS.findall(dossier.text(key)):
            written.setdefault(word.lower(), word)
        words = [written[word] for word in sorted(written) if word[:STEM] not in allowed]
        if words and key != NOVELTY:
            yield Found(
                ngettext(
                    "Im Text steht „%(words)s“. So etwas wird oft nicht gefördert. Ist etwas anderes gemeint?",
                    "Im Text stehen „%(words)s“. So etwas wird oft nicht gefördert. Ist etwas anderes gemeint?",
                    len(words),
                )
                % {"words": "“, „".join(words)},
                key,
            )


@check("C16", Severity.ERROR)
def continuation(dossier: Dossier) -> Iterator[Found]:
    """The application explains how it goes on afterwards (F1 4.5)."""
    if not dossier.text(CONTINUATION).strip():
        yield Found(
            _(
                "Bitte erklären Sie, wie es nach der Förderung weitergeht: Was bleibt, wer führt es weiter, und wie wird es bezahlt?"
            ),
            CONTINUATION,
        )


@check("C17", Severity.WARNING)
def local_figure(dossier: Dossier) -> Iterator[Found]:
    """The need is shown with at least one figure from the place itself."""
    text = dossier.text(NEED)
    if text.strip() and not has_number(text):
        yield Found(
            _("Im Text steht noch keine Zahl von vor Ort. Eine Zahl mit Quelle zeigt den Bedarf am besten."), NEED
        )


@check("C18", Severity.ERROR)
def novelty(dossier: Dossier) -> Iterator[Found]:
    """Only new ideas: how does it differ from what there is? (F7)"""
    if not dossier.text(NOVELTY).strip():
        yield Found(
            _("Bitte sagen Sie, was an Ihrem Vorhaben neu ist und worin es sich von anderen Angeboten unterscheidet."),
            NOVELTY,
        )


@check("C24", Severity.INFO, guess=True)
def logo(dossier: Dossier) -> Iterator[Found]:
    """The funding logo of the BMI is mandatory (F1 7.4)."""
    text = dossier.text(PUBLICITY)
    if text.strip() and "logo" not in text.lower():
        yield Found(
            _("Nennen Sie bei der Öffentlichkeitsarbeit das Förderlogo des BMI. Geförderte Projekte müssen es zeigen."),
            PUBLICITY,
        )


@check("C27", Severity.WARNING)
def soft_limit(dossier: Dossier) -> Iterator[Found]:
    """A section is longer than its Richtwert: our own, so that the ten pages are enough for all."""
    for section in dossier.terms.sections:
        value = dossier.values.get(section.key)
        if value is not None and section.soft_limit and length(value) > section.soft_limit:
            yield Found(
                _("„%(title)s“ ist mit %(length)s Zeichen länger als der Richtwert von %(limit)s.")
                % {"title": section.title, "length": whole(length(value)), "limit": whole(section.soft_limit)},
                section.key,
            )


@check("P01", Severity.WARNING)
def not_empty(dossier: Dossier) -> Iterator[Found]:
    """Sections of the sketch that are still empty. Our own hint, no rule of the funder."""
    for section in dossier.terms.sketch():
        if is_empty(dossier, section):
            yield Found(_("„%(title)s“ ist noch leer.") % {"title": section.title}, section.key)


@check("P03", Severity.WARNING)
def drawable(dossier: Dossier) -> Iterator[Found]:
    """Letters that none of the papers' fonts has. Our own hint: they are printed as boxes."""
    for section in dossier.terms.sections:
        value = dossier.values.get(section.key)
        letters = undrawable(free_texts(value)) if value is not None else []
        if letters:
            yield Found(
                ngettext(
                    "In „%(title)s“ steht ein Zeichen, das sich nicht drucken lässt: %(letters)s. Bitte schreiben Sie es anders.",
                    "In „%(title)s“ stehen Zeichen, die sich nicht drucken lassen: %(letters)s. Bitte schreiben Sie sie anders.",
                    len(letters),
                )
                % {"title": section.title, "letters": named_letters(letters)},
                section.key,
            )


def named_letters(letters: list[str]) -> str:
    """The first letters with their numbers in Unicode, because a screen may show them as boxes, too."""
    names = ", ".join(f"„{letter}“ (U+{ord(letter):04X})" for letter in letters[:MOST_LETTERS])
    return _("%(letters)s und weitere") % {"letters": names} if len(letters) > MOST_LETTERS else names


def is_empty(dossier: Dossier, section: SectionTerm) -> bool:
    """Nothing is written and no row is there; the two that have an error of their own are not counted."""
    if section.key in (CONTINUATION, NOVELTY):
        return False
    value = dossier.values.get(section.key)
    return value is None or (length(value) == 0 and not any(getattr(value, table) for table in value.tables))
