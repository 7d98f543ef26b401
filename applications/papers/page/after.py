"""What the page of the papers says after the outcome: an invitation, a grant, or a refusal; each with its next step."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from applications.papers import Frozen
from applications.papers.models import Outcome, Submission
from applications.papers.models.outcome import InStageTwo
from applications.papers.page.after_the_grant import duties, proofs
from applications.reviews.steps import people_concerned
from core import words
from core.values import dataclass


@dataclass(frozen=True)
class Became:
    """What became of an invitation that is not being followed any more; `papers` are those of stage 2, if there are some."""

    sentence: str
    papers: Submission | None = None


@dataclass(frozen=True)
class AtStake:
    """What becomes of stage 2 while its invitation is about to be taken back: in sentences, or papers."""

    sentences: str
    papers: Submission | None


def of_stage_two(there: InStageTwo | None, entered: Outcome | None, kind: str) -> AtStake | None:
    """Return what becomes of stage 2 if another outcome than the invitation is entered; None if nothing does."""
    is_taken_back = entered is not None and entered.is_invitation and kind != Outcome.Kind.INVITED
    if not is_taken_back or there is None or not (there.papers or there.is_open):
        return None
    return AtStake(closing(there) if there.is_open else "", there.papers)


def who_is_told(submission: Submission, user: User) -> str:
    """Return the names of who gets a mail about the outcome, the reader of the page last; one name of several with how many."""
    people: list[Any] = [getattr(person, "user", None) or person for person in people_concerned(submission.application)]
    others = {person.email: str(person) for person in people if person != user}  # each address gets one mail
    names = [
        name if count == 1 else _("%(name)s (%(count)s Personen)") % {"name": name, "count": words.small_number(count)}
        for name, count in Counter(others.values()).items()
    ]
    return words.all_of([*names, *([_("Sie selbst")] if user in people else [])])


def removing(outcome: Outcome, there: InStageTwo, told: str) -> dict[str, str]:
    """Return what removing an outcome would do, with the names of who is told of it, or why it stays."""
    if there.papers:
        return {"kept_because": kept_because(there)}
    sentences = [
        _("„%(result)s“ vom %(day)s steht dann nicht mehr da, und das Vorhaben wartet wieder auf das Ergebnis.")
        % {"result": outcome.get_kind_display(), "day": words.day(outcome.on)}
    ]
    if there.is_open:
        sentences.append(closing(there))
    if outcome.example:
        sentences.append(
            _("Die Antwort, ob andere das Vorhaben als Beispiel kennenlernen dürfen, geht dabei verloren.")
        )
    sentences.append(_("Eine Nachricht, dass es ein Versehen war, bekommen: %(names)s.") % {"names": told})
    return {"remove_question": " ".join(sentences)}


def closing(there: InStageTwo) -> str:
    """Return what becomes of stage 2 when it is closed."""
    if there.is_begun:
        sentences = [
            sentences_of(there),
            _(
                "Die zweite Stufe wird wieder geschlossen. Was dort steht, bleibt erhalten, aber es lässt sich nicht weiterschreiben."
            ),
        ]
    else:
        sentences = [_("Die zweite Stufe wird wieder geschlossen; dort ist noch nichts geändert.")]
    if there.waits:
        sentences.append(
            _(
                "Was noch auf eine Rückmeldung wartet, wird dabei zurückgezogen und lässt sich danach wieder abgeben, sobald die zweite Stufe offen ist."
            )
            if there.can_return
            else _("Was noch auf eine Rückmeldung wartet, wird dabei zurückgezogen.")
        )
    if there.can_return:
        sentences.append(_("Wird „zum Antrag eingeladen“ wieder eingetragen, öffnet sich die zweite Stufe wieder."))
    return " ".join(sentences)


def kept_because(there: InStageTwo) -> str:
    """Return the sentence on the papers of stage 2, for which the outcome stays."""
    return _("Das Ergebnis lässt sich nicht zurücknehmen: %(reason)s") % {"reason": sentences_of(there)}


def sentences_of(there: InStageTwo) -> str:
    """Return in sentences what there is of stage 2; its papers stand for all the rest."""
    if there.papers:
        return _("In der zweiten Stufe gibt es schon fertige Unterlagen.")
    sentences = []
    if there.written:
        titles = words.quoted(there.written)
        sentences.append(_("In der zweiten Stufe ist schon geschrieben: %(titles)s.") % {"titles": titles})
    if there.files:
        names = words.quoted(there.files)
        sentences.append(_("In der zweiten Stufe sind schon Dateien hochgeladen: %(names)s.") % {"names": names})
    if there.is_handed_in:
        sentences.append(_("In der zweiten Stufe ist schon etwas zur Rückmeldung abgegeben."))
    return " ".join(sentences)


def after_the_outcome(submission: Submission, outcome: Outcome | None, frozen: Frozen) -> dict[str, Any]:
    """Return what follows from the outcome; a query for the other ways after a refusal or for the papers of stage 2, else none."""
    if outcome is None or not submission.is_current:
        return {}
    if outcome.is_invitation:
        terms = submission.application.terms
        became = became_of(submission)
        new = [kind for kind in terms.attachments_of(2) if kind.stage == 2] if became is None else []
        return {"new_attachments": new, "became": became}
    if outcome.is_grant:
        amount = outcome.amount_cents if outcome.amount_cents is not None else submission.grant_cents
        return {"duties": duties(amount), "proofs": proofs(frozen), "answers": Outcome.Example.choices}
    return {"other_ways": list(submission.application.call.other_ways.all())}


def became_of(submission: Submission) -> Became | None:
    """Return what became of the invitation that these papers have brought; None while stage 2 is being written."""
    application = submission.application
    if application.stage == 2 and application.is_being_written:
        return None
    second = application.submissions.current().filter(stage=2).select_related("outcome").defer("frozen").first()
    if application.is_withdrawn:
        return Became(_("Das Vorhaben ist inzwischen zurückgezogen."), second)
    if second is None:
        return Became(_("Der Antrag wird hier nicht mehr weitergeschrieben."))
    outcome = getattr(second, "outcome", None)
    if outcome:
        sentence = _("Über den Antrag ist entschieden: %(result)s, mit Schreiben vom %(day)s.") % {
            "result": outcome.get_kind_display(),
            "day": words.day(outcome.on),
        }
    elif second.posted_on:
        sentence = _("Der Antrag ist am %(day)s eingereicht.") % {"day": words.day(second.posted_on)}
    else:
        sentence = _("Der Antrag ist fertiggestellt, aber noch nicht beim BAMF.")
    return Became(sentence, second)
