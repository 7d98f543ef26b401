"""Checks of what the team declares: C07, C08, C10, C11, C26, B19, and the attachments C28."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.terms import ATTACHMENTS, DECLARATIONS

from .base import Dossier, Found, Moment, Severity, check


def asked(code: str, refused: Callable[[str], str]) -> Callable[[Dossier], Iterator[Found]]:
    """A check over all questions of the call with this code: answered, and with the answer that lets it go on."""

    def look(dossier: Dossier) -> Iterator[Found]:
        questions = [question for question in dossier.terms.questions if question.check_code == code]
        answers = {question.key: dossier.declarations.answer(question.key) for question in questions}
        missing = [question for question in questions if not answers[question.key]]
        if len(missing) == 1:
            sentence = _("Bitte beantworten Sie die Frage: „%(text)s“") % {"text": missing[0].text}
            yield Found(sentence, DECLARATIONS, row=missing[0].key)
        elif missing:
            sentence = _("%(count)d Fragen sind noch nicht beantwortet, zum Beispiel: „%(text)s“")
            first = missing[0]
            yield Found(sentence % {"count": len(missing), "text": first.text}, DECLARATIONS, row=first.key)
        for question in questions:
            if question.wanted and answers[question.key] not in {"", question.wanted}:
                yield Found(refused(question.text), DECLARATIONS, row=question.key)

    return look


def not_begun(text: str) -> str:
    return _("Das Vorhaben hat schon begonnen. Gefördert wird nur, was noch nicht begonnen hat.")


def excluded(text: str) -> str:
    return _("Sie haben angegeben: „%(text)s“ – ja. Das schließt der Förderaufruf aus.") % {"text": text}


def too_young(text: str) -> str:
    return _("Die Zielgruppe muss mindestens zwölf Jahre alt sein.")


def one_sided(text: str) -> str:
    return _("Das Vorhaben soll Menschen mit und ohne Einwanderungsgeschichte ansprechen.")


def nothing_refused(text: str) -> str:
    """Either answer is fine; only a missing one is found."""
    return text


check("C07", Severity.ERROR)(asked("C07", not_begun))
check("C08", Severity.ERROR)(asked("C08", excluded))
check("C10", Severity.ERROR)(asked("C10", too_young))
check("C11", Severity.WARNING)(asked("C11", one_sided))
check("C26", Severity.ERROR)(asked("C26", nothing_refused))
check("B19", Severity.ERROR)(asked("B19", nothing_refused))


@check("C28", Severity.WARNING, Moment.POSTING)
def attachments(dossier: Dossier) -> Iterator[Found]:
    """Each kind of attachment is decided on; at stage 2 a missing one is an error (F28). The exemption must still be valid."""
    severity = Severity.ERROR if dossier.stage == 2 else Severity.WARNING
    asked_for = [kind for kind in dossier.terms.attachments if kind.stage <= dossier.stage]
    open_kinds = [kind for kind in asked_for if not dossier.attachments.state(kind.key)]
    if open_kinds:
        labels = ", ".join(kind.label for kind in open_kinds)
        sentence = ngettext(
            "Liegt diese Anlage bei, folgt sie, oder entfällt sie? %(labels)s",
            "Liegen diese Anlagen bei, folgen sie, oder entfallen sie? %(labels)s",
            len(open_kinds),
        )
        yield Found(sentence % {"labels": labels}, ATTACHMENTS, row=open_kinds[0].key, severity=severity)
    until = dossier.charitable_until
    if until and dossier.deadline and until < dossier.deadline:
        yield Found(
            _("Ihr Freistellungsbescheid gilt nur bis zum %(day)s. Bitte kümmern Sie sich um einen neuen.") % {"day": date_format(until, "j. F Y")},
            ATTACHMENTS,
        )  # fmt: skip
