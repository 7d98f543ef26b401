"""Checks of what the team declares: C07, C08, C10, C11, C26, B19, and the attachments C28."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.checks.base import Dossier, Found, Moment, Severity, check
from applications.content.simple import why_not_dropped
from calls.terms import ATTACHMENTS, DECLARATIONS, QuestionTerm
from core.words import day, money_in_text, number

EXCLUSION = "exclusion"
THIRD_PARTY = frozenset({"DRITT_OEFF", "DRITT_PRIV"})


type Refused = Callable[[Dossier, QuestionTerm, str], str]


def asked(code: str, refused: Refused) -> Callable[[Dossier], Iterator[Found]]:
    """A check over all questions of the call with this code: answered, and with the answer that lets it go on.

    `refused` says what is wrong with the other answer, or nothing. Only an exclusion of the call may block by it.
    """

    def look(dossier: Dossier) -> Iterator[Found]:
        questions = [question for question in dossier.terms.questions if question.check_code == code]
        answers = {question.key: dossier.declarations.answer(question.key) for question in questions}
        missing = [question for question in questions if not answers[question.key]]
        if len(missing) == 1:
            sentence = _("Bitte beantworten Sie die Frage: „%(text)s“") % {"text": missing[0].text}
            yield Found(sentence, DECLARATIONS, row=missing[0].key, missing=(missing[0].text,))
        elif missing:
            sentence = _("%(count)d Fragen sind noch nicht beantwortet, zum Beispiel: „%(text)s“")
            first, texts = missing[0], tuple(question.text for question in missing)
            values = {"count": len(missing), "text": first.text}
            yield Found(sentence % values, DECLARATIONS, row=first.key, missing=texts)
        for question in questions:
            answer = answers[question.key]
            if not question.wanted or answer in {"", question.wanted}:
                continue
            if sentence := refused(dossier, question, answer):
                severity = None if question.kind == EXCLUSION else Severity.WARNING
                yield Found(sentence, DECLARATIONS, row=question.key, severity=severity)

    return look


def said(answer: str) -> str:
    return _("Ja") if answer == "yes" else _("Nein")


def begun(_dossier: Dossier, _question: QuestionTerm, _answer: str) -> str:
    return _(
        "Sie haben angegeben, dass das Vorhaben schon begonnen hat. Gefördert wird nur, was noch nicht begonnen hat."
    )


def excluded(_dossier: Dossier, question: QuestionTerm, answer: str) -> str:
    return _(
        "Ihre Antwort auf „%(text)s“ ist %(answer)s. Solche Vorhaben schließt die Förderrichtlinie oder der Aufruf aus. Ist es nur ein kleiner Teil? Dann fragen Sie das BAMF, bevor Sie weitermachen."
    ) % {"text": question.text, "answer": said(answer)}


def too_young(dossier: Dossier, question: QuestionTerm, _answer: str) -> str:
    """The programme is for people from an age on *vornehmlich* (F1 1.2): no question where the team explains the younger ones."""
    if dossier.declarations.note(question.key).strip():
        return ""
    age = dossier.terms.limit("min_age").value
    if age is None:
        return _("Bitte erklären Sie, warum auch Jüngere dazugehören.")
    return _(
        "Das Programm richtet sich vornehmlich an Menschen ab %(age)s Jahren. Bitte erklären Sie, warum auch Jüngere dazugehören."
    ) % {"age": number(age)}


def one_sided(_dossier: Dossier, _question: QuestionTerm, _answer: str) -> str:
    return _(
        "Zur Zielgruppe des Programms gehören Menschen mit und Menschen ohne Einwanderungsgeschichte. Bitte erklären Sie, wie Ihr Vorhaben beide erreicht."
    )


def nothing_refused(_dossier: Dossier, _question: QuestionTerm, _answer: str) -> str:
    """Find only a missing answer: both answers are fine."""
    return ""


check("C07", Severity.ERROR)(asked("C07", begun))
check("C08", Severity.ERROR)(asked("C08", excluded))
check("C10", Severity.WARNING)(asked("C10", too_young))
check("C11", Severity.WARNING)(asked("C11", one_sided))
check("B19", Severity.ERROR)(asked("B19", nothing_refused))


@check("C26", Severity.ERROR)
def other_money(dossier: Dossier) -> Iterator[Found]:
    """Whether there is other money is answered (Z1 5.1); „Nein“ beside such money in the plan is a contradiction."""
    yield from asked("C26", nothing_refused)(dossier)
    lines = [line for line in dossier.budget.income if line.kind in THIRD_PARTY and line.state != "planned"]
    amount = sum(line.amount or 0 for line in lines)
    for question in dossier.terms.questions:
        if question.check_code == "C26" and amount > 0 and dossier.declarations.answer(question.key) == "no":
            sentence = _(
                "Ihre Antwort auf „%(text)s“ ist Nein. Im Finanzierungsplan stehen aber Drittmittel (Geld von anderen): %(amount)s. Was stimmt?"
            ) % {"text": question.text, "amount": money_in_text(amount)}
            yield Found(sentence, DECLARATIONS, row=question.key, severity=Severity.WARNING)


@check("C28", Severity.WARNING, Moment.POSTING)
def attachments(dossier: Dossier) -> Iterator[Found]:
    """Each kind of attachment is decided on; at stage 2 a missing one is an error (F28).

    What the call always asks for at this stage cannot be left out. The exemption must still be valid.
    """
    severity = Severity.ERROR if dossier.stage == 2 else Severity.WARNING
    asked_for = dossier.terms.attachments_of(dossier.stage)
    open_kinds = [kind for kind in asked_for if not dossier.attachments.state(kind.key)]
    if open_kinds:
        labels = ", ".join(kind.label for kind in open_kinds)
        sentence = ngettext(
            "Bei einer Anlage ist noch nicht gewählt, ob sie beiliegt, folgt oder entfällt: %(labels)s.",
            "Bei %(count)d Anlagen ist noch nicht gewählt, ob sie beiliegen, folgen oder entfallen: %(labels)s.",
            len(open_kinds),
        ) % {"count": len(open_kinds), "labels": labels}
        missing = tuple(kind.label for kind in open_kinds)
        yield Found(sentence, ATTACHMENTS, row=open_kinds[0].key, missing=missing, severity=severity)
    for kind in dossier.attachments.wrongly_dropped(asked_for):
        yield Found(why_not_dropped([kind]), ATTACHMENTS, row=kind.key, severity=severity)
    until = dossier.charitable_until
    if until and dossier.deadline and until < dossier.deadline:
        yield Found(
            _("Ihr Freistellungs- oder Feststellungsbescheid gilt nur bis zum %(day)s. Bitte kümmern Sie sich um einen neuen.") % {"day": day(until)},
            ATTACHMENTS,
        )  # fmt: skip
