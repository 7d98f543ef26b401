"""The lines once an application is finished or over: the steps on paper, waiting, the outcome, withdrawn."""

from __future__ import annotations

from django.utils.translation import gettext as _

from applications.papers.easy_online import way_of
from applications.progress.team_facts import SubmissionFacts, TeamFacts
from applications.progress.turn import Turn, Who


def ended(team: TeamFacts) -> Turn | None:
    if team.is_withdrawn:
        to_ask = _("Wen Sie fragen können, steht unter „Hilfe und Kontakt“.")
        return Turn(
            code="withdrawn",
            who=Who.NOBODY,
            what=_("Das Vorhaben ist zurückgezogen.")
            if team.status == "withdrawn"
            else _("Das Team ist nicht mehr in der Projektschmiede."),
            detail=" ".join([_("Alle Texte bleiben lesbar."), to_ask] if team.has_texts else [to_ask]),
            outside=_("Alle Texte bleiben lesbar.") if team.has_texts else "",
            since=team.withdrawn_at,
        )
    submission = team.submission
    if submission and submission.outcome and not (submission.outcome == "invited" and team.status == "drafting"):
        sentences = {
            "invited": _("Das Ergebnis ist da: zum Antrag eingeladen."),
            "declined": _("Das Ergebnis ist da: abgelehnt."),
            "granted": _("Das Ergebnis ist da: bewilligt."),
            "not granted": _("Das Ergebnis ist da: nicht bewilligt."),
        }
        warm, next_step = _warm_words(team, submission.outcome)
        return Turn(
            code="outcome",
            who=Who.NOBODY,
            what=sentences[submission.outcome],
            leads_to=("papers:detail", submission.uuid),
            action=_("Ansehen, wie es weitergeht"),
            detail=f"{warm} {next_step}",
            outside=_words_about_the_team(submission.outcome),
        )
    return None


def _words_about_the_team(outcome: str) -> str:
    """Return how the papers' page begins on this outcome for coaches and the organiser."""
    sentences = {
        "invited": _("Jetzt stellt das Team den Antrag, in der zweiten Stufe."),
        "granted": _("Was bewilligt ist und ab wann das Team beginnen darf, steht in seinem Bescheid."),
    }
    return sentences.get(outcome, _("Was das Team geschrieben hat, bleibt ihm."))


def _warm_words(team: TeamFacts, outcome: str) -> tuple[str, str]:
    """Return how the papers' page begins on this outcome, and what comes first now."""
    if outcome == "granted":
        return _("Herzlichen Glückwunsch!"), _("Lesen Sie zuerst den Bescheid mit seinen Nebenbestimmungen.")
    if outcome == "invited":
        return (
            _("Herzlichen Glückwunsch!"),
            _("Ihre Interessenbekundung hat überzeugt. Jetzt stellen Sie den Antrag, in der zweiten Stufe."),
        )
    talk = (
        _("Was war stark, was hat gefehlt? Das besprechen Sie am besten mit %(coaches)s.") % {"coaches": team.coach}
        if team.coach
        else _("Sprechen Sie mit Ihrer Projektschmiede über einen zweiten Anlauf.")
    )
    return (
        _("Das ist schade, und es sagt nichts gegen Ihre Arbeit. Was Sie geschrieben haben, bleibt Ihnen."),
        talk,
    )


def paper_step(team: TeamFacts, submission: SubmissionFacts) -> Turn:
    """Return the next step on paper: print, transfer, sign, post, wait. In stage 2 the application is made in easy-Online.

    The same steps in the same order as on the page of the papers (`applications.papers.page.way`).
    """
    papers = ("applications:papers", team.application)
    ready, transfer, sign, post = (
        (_("Angaben bereitlegen"), *map(str, way_of(team.signing).tasks))
        if team.stage == 2
        else (
            _("Unterlagen ausdrucken"),
            _("Angaben in die Formulare des BAMF übertragen"),
            _("Unterlagen unterschreiben lassen"),
            _("Unterlagen zur Post geben"),
        )
    )
    steps = [
        (submission.is_printed, "print", ready),
        (submission.transferred_on, "transfer", transfer),
        (submission.signed_on, "sign", sign),
        (submission.posted_on, "post", post),
    ]
    for is_done, code, task in steps:
        if not is_done:
            return Turn(
                code=code,
                who=Who.OWNER,
                what=task,
                leads_to=papers,
                action=_("Zu den Unterlagen"),
                look=_("Unterlagen ansehen"),
                since=submission.finished_at,
                until=team.deadline,
            )
    sentence = (
        _("Eingereicht. Das Ergebnis steht noch aus.")
        if submission.received_on
        else _("Eingereicht. Die Bestätigung des Eingangs steht noch aus.")
    )
    return Turn(code="waiting", who=Who.NOBODY, what=sentence, leads_to=papers, action=_("Zu den Unterlagen"))
