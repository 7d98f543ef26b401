"""The way to the post box, as the page of the papers shows it: what stands on top, four steps, what is done and by whom."""

from __future__ import annotations

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Event
from applications.papers import Frozen
from applications.papers.models import Outcome, Submission
from applications.papers.models.paper_steps import PAPER_STEPS, PRINTED
from core import words
from core.values import dataclass

POSTED, RECEIVED = "posted_on", "received_on"
FOUR_STEPS = (PRINTED, *PAPER_STEPS[:3])
type Words = str | Promise
TITLES: dict[str, Words] = {
    PRINTED: gettext_lazy("Ausdrucken"),
    "transferred_on": gettext_lazy("Die Formulare des BAMF ausfüllen"),
    "signed_on": gettext_lazy("Unterschreiben"),
    POSTED: gettext_lazy("Zur Post geben"),
}
BUTTONS: dict[str, Words] = {
    PRINTED: gettext_lazy("Ist ausgedruckt"),
    "transferred_on": gettext_lazy("Sind ausgefüllt"),
    "signed_on": gettext_lazy("Ist unterschrieben"),
    POSTED: gettext_lazy("Ist zur Post gegeben"),
}
BUTTONS_OF_STAGE_2: dict[str, Words] = {
    PRINTED: gettext_lazy("Liegt bereit"),
    "transferred_on": gettext_lazy("Ist eingegeben"),
    "signed_on": gettext_lazy("Ist unterschrieben oder bestätigt"),
    POSTED: gettext_lazy("Ist eingereicht"),
}


@dataclass(frozen=True)
class Headline:
    """What stands on top of the page, and the sentences beneath it."""

    title: str
    lead: str
    is_late: bool = False


@dataclass(frozen=True)
class PaperStep:
    """One of the four steps: its day and who entered it, whether it is the one to do now, and whether it can be undone."""

    field: str
    title: Words
    button: Words
    day: date | None
    is_done: bool
    is_now: bool
    can_be_undone: bool
    by: str = ""
    label: str = ""
    """What its day is called."""


def four_steps(submission: Submission, by: dict[str, str]) -> list[PaperStep]:
    """Return the steps in their order; who signs has printed, so the first is done where a later one is. `by` names who entered them."""
    days = [getattr(submission, field) for field in FOUR_STEPS]
    done = [day is not None for day in days]
    done[0] = any(done)
    now = next((place for place, is_done in enumerate(done) if not is_done), None) if submission.is_current else None
    undoable = submission.can_be_undone
    tasks = submission.easy_online.tasks if submission.stage == 2 else ()
    titles = dict(zip(FOUR_STEPS, (_("Angaben bereitlegen"), *tasks), strict=True)) if tasks else TITLES
    buttons = BUTTONS_OF_STAGE_2 if submission.stage == 2 else BUTTONS
    return [
        PaperStep(
            field,
            titles[field],
            buttons[field],
            day,
            is_done=done[place],
            is_now=place == now,
            can_be_undone=field == undoable,
            by=by.get(field, ""),
            label=submission.label_of(field),
        )
        for place, (field, day) in enumerate(zip(FOUR_STEPS, days, strict=True))
    ]


def receipt_of(submission: Submission, by: dict[str, str]) -> PaperStep:
    """Return the confirmation of receipt, which the BAMF sends: no step of the team, only its day."""
    day, label = submission.received_on, submission.label_of(RECEIVED)
    undoable = submission.can_be_undone == RECEIVED
    return PaperStep(
        RECEIVED,
        label,
        "",
        day,
        is_done=day is not None,
        is_now=False,
        can_be_undone=undoable,
        by=by.get(RECEIVED, ""),
        label=label,
    )


def who_entered(submission: Submission) -> dict[str, str]:
    """Return by step who entered its day last, without people who were erased. One query."""
    codes = {f"submission.{field.removesuffix('_on')}": field for field in (*FOUR_STEPS, RECEIVED)}
    events = Event.objects.filter(
        record_type=submission._meta.label_lower, record_id=str(submission.pk), what__in=codes, by__isnull=False
    ).order_by("at")
    return {codes[event.what]: str(event.by) for event in events.select_related("by")}


def headline(submission: Submission, frozen: Frozen, signatories: int) -> Headline:
    """Return what the page of papers that are not posted yet says on top, by the deadline on the papers."""
    if submission.stage == 2:
        return Headline(_("Fertig. Jetzt in easy-Online einreichen"), frozen.no_deadline)
    if frozen.deadline is None:
        return Headline(_("Fertig. Jetzt zur Post"), frozen.no_deadline)
    day = words.spoken_day(frozen.deadline, weekday=True)
    left = words.days_from_today(frozen.deadline)
    if left < 0:
        sentence = _(
            "Das war %(ago)s. Haben Sie den Brief rechtzeitig abgegeben? Dann tragen Sie den Tag unten ein. "
            "Unterlagen, die zu spät kommen, werden nicht berücksichtigt: Sprechen Sie bitte mit Ihrer Projektschmiede, "
            "bevor Sie noch etwas abschicken."
        )
        title = _("Der Einsendeschluss war am %(day)s") % {"day": day}
        return Headline(title, sentence % {"ago": words.in_days(frozen.deadline)}, is_late=True)
    lead = f"{days_left(left)} {what_counts(frozen)}"
    if signatories:
        lead += " " + ngettext(
            "Der Brief braucht eine Unterschrift.", "Der Brief braucht %(count)d Unterschriften.", signatories
        ) % {"count": signatories}
    if frozen.via:
        return Headline(_("Bis %(day)s an „%(body)s“") % {"day": day, "body": frozen.via}, lead)
    if frozen.deadline_counts == "receipt":
        return Headline(_("Bis %(day)s muss der Brief ankommen") % {"day": day}, lead)
    return Headline(_("Bis %(day)s zur Post") % {"day": day}, lead)


def headline_of_posted(submission: Submission, frozen: Frozen, became: str | None, *, is_team: bool) -> Headline | None:
    """Return what the page of posted papers says on top; None for papers that do not count any more.

    `became` says what became of an invitation, None while it is being followed. The team is congratulated, and everybody
    else who reads along is told.
    """
    if not submission.is_current:
        return None
    outcome = getattr(submission, "outcome", None)
    if outcome is None:
        title = (
            _("Eingereicht. Jetzt ist „%(body)s“ dran") % {"body": frozen.via}
            if frozen.via
            else _("Eingereicht. Jetzt ist das BAMF dran")
        )
        return Headline(title, _("Für Sie ist gerade nichts zu tun."))
    if outcome.is_invitation and became is not None:
        return Headline(_("Zum Antrag eingeladen"), became)
    return (to_the_team if is_team else to_others)(outcome)


def to_the_team(outcome: Outcome) -> Headline:
    if outcome.is_invitation:
        return Headline(
            _("Eingeladen: Herzlichen Glückwunsch!"),
            _("Ihre Interessenbekundung hat überzeugt. Jetzt stellen Sie den Antrag, in der zweiten Stufe."),
        )
    if outcome.is_grant:
        return Headline(
            _("Bewilligt: Herzlichen Glückwunsch!"),
            _("Was bewilligt ist und ab wann Sie beginnen dürfen, steht im Bescheid."),
        )
    return Headline(
        _("Diesmal hat es nicht geklappt"),
        _("Das ist schade, und es sagt nichts gegen Ihre Arbeit. Was Sie geschrieben haben, bleibt Ihnen."),
    )


def to_others(outcome: Outcome) -> Headline:
    if outcome.is_invitation:
        return Headline(_("Zum Antrag eingeladen"), _("Jetzt stellt das Team den Antrag, in der zweiten Stufe."))
    if outcome.is_grant:
        return Headline(
            _("Bewilligt"), _("Was bewilligt ist und ab wann das Team beginnen darf, steht in seinem Bescheid.")
        )
    return Headline(_("Diesmal hat es nicht geklappt"), _("Was das Team geschrieben hat, bleibt ihm."))


def days_left(days: int) -> str:
    if days == 0:
        return _("Heute ist der letzte Tag.")
    return ngettext("Noch ein Tag.", "Noch %(count)d Tage.", days) % {"count": days}


def what_counts(frozen: Frozen) -> str:
    """Return in one sentence whether the postmark or the receipt counts, and what that means; honest where nobody knows."""
    if frozen.deadline_counts == "postmark":
        return _("Es zählt der Poststempel.")
    if frozen.deadline_counts == "receipt":
        return _("Es zählt der Eingang: Rechnen Sie die Tage mit, die der Brief unterwegs ist.")
    return _(
        "Ob der Poststempel oder der Eingang zählt, ist hier nicht eingetragen. Geben Sie den Brief lieber so früh ab, "
        "dass er bis dahin ankommt."
    )
