"""Checks of the running text: C09, C16–C18, C24, C27, and our own hints P01 and P03."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.checks.base import Dossier, Found, Severity, check
from applications.checks.exclusions import pointing, words_of
from applications.checks.numerals import has_number
from applications.content.base import free_texts
from applications.papers.fonts import undrawable
from calls.terms import BUDGET, COVER, GOALS, PARTNERS, SKETCH_KEYS, WORK_PLAN, SectionTerm
from core.values import dataclass
from core.words import grouped

NEED, NOVELTY, PUBLICITY, CONTINUATION = "s3", "s9", "s11", "s13"
# Words that begin alike are the same word in another case: Integrationskurs, Integrationskursen.
STEM = 12
MOST_LETTERS = 5  # so many letters are named
MOST_WORDS = 5  # so many words are named


@dataclass(frozen=True)
class Place:
    """Texts of one section that say what is done; with the row they stand in, if it is one."""

    key: str
    texts: tuple[str, ...]
    row: str = ""


def places(dossier: Dossier) -> Iterator[Place]:
    """Everywhere the team says what it wants to do.

    Not who its partners are: a sports club may well be one. And not the section on what is new: it tells what this is not.
    """
    yield Place(COVER, (dossier.cover.title, dossier.cover.short_name))
    yield Place(PARTNERS, (dossier.partners.introduction,))
    for key in SKETCH_KEYS:
        if key != NOVELTY:
            yield Place(key, (dossier.text(key),))
    for goal in dossier.goals.rows:
        yield Place(GOALS, (goal.target_group, goal.goal, goal.indicator, goal.method), goal.id)
    for activity in dossier.work_plan.rows:
        yield Place(WORK_PLAN, (activity.title, activity.description, activity.milestone), activity.id)
    for partner in dossier.partners.rows:
        yield Place(PARTNERS, (partner.contribution,), partner.id)
    for line in dossier.budget.costs:
        yield Place(BUDGET, (line.title, line.justification), line.id)


@check("C09", Severity.WARNING, guess=True)
def excluded_words(dossier: Dossier) -> Iterator[Found]:
    """Words that point to what the call excludes (C08), but for those the theme itself is about."""
    questions = {question.key: question for question in dossier.terms.questions if question.check_code == "C08"}
    theme = dossier.terms.theme(dossier.cover.theme)
    allowed = {word[:STEM] for word in words_of([theme.title])} if theme else set()
    written: dict[tuple[str, str], dict[str, str]] = {}
    rows: dict[tuple[str, str], list[str]] = {}
    for place in places(dossier):
        if dossier.only not in {"", place.key}:
            continue
        words = {word: as_written for word, as_written in words_of(place.texts).items() if word[:STEM] not in allowed}
        for question, alike in pointing(words, questions):
            if (place.key, question) == (BUDGET, "building"):
                continue  # B07 says it
            known = written.setdefault((place.key, question), {})
            for word in alike:
                known.setdefault(word, words[word])
            rows.setdefault((place.key, question), []).append(place.row)
    for (key, question), known in written.items():
        first, *more = rows[key, question]
        yield Found(
            _pointing_to(dossier, key, [*known.values()], questions[question].text), key, first, more=tuple(more)
        )


def _pointing_to(dossier: Dossier, key: str, words: list[str], question: str) -> str:
    section = dossier.terms.by_key.get(key)
    named = "“, „".join(words[:MOST_WORDS])
    more = _(" und weitere") if len(words) > MOST_WORDS else ""
    return ngettext(
        "In „%(title)s“ steht „%(words)s“%(more)s. Dieses Wort kann auf etwas hinweisen, das nicht gefördert wird. Prüfen Sie bitte, ob der Zusammenhang klar ist. Es geht um die Frage: „%(question)s“",
        "In „%(title)s“ stehen „%(words)s“%(more)s. Diese Wörter können auf etwas hinweisen, das nicht gefördert wird. Prüfen Sie bitte, ob der Zusammenhang klar ist. Es geht um die Frage: „%(question)s“",
        len(words),
    ) % {"title": section.title if section else key, "words": named, "more": more, "question": question}


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
        if value is not None and section.soft_limit and value.length > section.soft_limit:
            yield Found(
                _("„%(title)s“ ist mit %(length)s Zeichen länger als der Richtwert von %(limit)s.")
                % {"title": section.title, "length": grouped(value.length), "limit": grouped(section.soft_limit)},
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
    """Is nothing written and no row there? Two sections that have an error of their own do not count."""
    if section.key in (CONTINUATION, NOVELTY):
        return False
    value = dossier.values.get(section.key)
    return value is None or (value.length == 0 and not any(getattr(value, table) for table in value.tables))
