"""Finishing by a worker: asking for it, and carrying it out once, whoever begins first (docs/decisions/0034)."""

from __future__ import annotations

import logging

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from applications.checks import run
from applications.papers import PapersUnavailable
from applications.papers.finishing import Blocked, Unconfirmed, finish, read_state, refuse_blocked, to_confirm
from applications.papers.models import FinishRequest
from applications.papers.models.submission import Taken
from applications.papers.renderer import ENDED, sentence_of
from applications.writing.models import Application
from core.outages import DATABASE_AWAY
from core.writes import Stale

log = logging.getLogger("portal.papers")
Ending = FinishRequest.Ending
# What the person who asked can do something about.
TOLD = {Ending.BLOCKED, Ending.UNCONFIRMED, Ending.CHANGED, Ending.UNAVAILABLE}


def ask(application: Application, *, confirmed: bool, by: User) -> FinishRequest:
    """Check what can be checked at once, and note that this person wants to finish what is there now.

    Raises `Blocked`, `Unconfirmed`, and `Stale` if the application is not being written any more.
    """
    application.require(by, "finish")
    if not application.is_being_written:
        raise Stale
    state = read_state(application)
    findings = run(state.dossier)
    refuse_blocked(findings)
    warnings = to_confirm(findings)
    if warnings and not confirmed:
        raise Unconfirmed(warnings)
    return FinishRequest.objects.ask(application, state.frozen.checksum, confirmed=confirmed, by=by)


def carry_out(request: FinishRequest) -> None:
    """Finish as it was asked for, and note what came of it; nothing where somebody else has begun or it is over."""
    if not request.is_open or request.is_being_done:
        return
    try:
        request.claim()
    except Stale:
        return
    try:
        _finish(request)
    except DATABASE_AWAY:
        raise  # whoever comes next takes it over
    except PapersUnavailable as error:
        end(request, Ending.UNAVAILABLE, str(error))
    except (Stale, PermissionDenied) as error:
        end(request, ending_of(error))
    except Exception:
        log.exception("finishing broke off")
        end(request, Ending.UNAVAILABLE)


def carry_out_left_behind() -> int:
    """Carry out what workers and pages have left behind, and end what is too old for it. Returns how many there were."""
    rows = list(FinishRequest.objects.left_behind().select_related("by"))
    for request in rows:
        if request.is_open:
            carry_out(request)
        else:
            end(request, Ending.UNAVAILABLE)
    return len(rows)


@transaction.atomic
def end(request: FinishRequest, ending: Ending, sentence: str = "") -> None:
    """Note why it was not finished, and tell the person who asked: they may have left the page."""
    if not request.end(ending, sentence) or request.by is None or ending not in TOLD:
        return
    application = Application.objects.with_team().get(pk=request.application_id)
    outbox.post(
        [request.by],
        "applications/mails/not_finished.txt",
        dedup=f"{request.pk}:{request.asked_at.isoformat()}:{request.seen}",
        link=reverse("applications:finish", args=[application.pk]),
        cohort=application.team.cohort_id,
        application=application,
        team=application.team,
        why=sentence or why_not(ending),
    )


def why_not(ending: str) -> str:
    """Return why an application was not finished, and what to do about it."""
    return {
        Ending.BLOCKED: _("Noch nicht fertiggestellt: Es fehlt noch etwas. Bitte ergänzen Sie es zuerst."),
        Ending.UNCONFIRMED: _(
            "Noch nicht fertiggestellt: Bitte bestätigen Sie, dass Sie gelesen haben, was Sie noch ansehen sollten."
        ),
        Ending.CHANGED: _(
            "Noch nicht fertiggestellt: Gerade hat noch jemand etwas geändert. Bitte sehen Sie die Änderung an und stellen Sie dann noch einmal fertig."
        ),
        Ending.FORBIDDEN: _(
            "Noch nicht fertiggestellt: Die Person, die darum gebeten hatte, ist dafür nicht mehr verantwortlich. Bitte stellen Sie selbst fertig."
        ),
        Ending.OVER: _("Das Vorhaben ist nicht mehr in Arbeit: Es ist schon fertiggestellt oder zurückgezogen."),
        Ending.UNAVAILABLE: sentence_of(ENDED),
    }[Ending(ending)]


def _finish(request: FinishRequest) -> None:
    application = Application.objects.with_team().get(pk=request.application_id)
    if request.by is None or not request.by.is_active:
        raise PermissionDenied
    finish(application, by=request.by, confirmed=request.confirmed, seen=request.seen, tell=request.move)


def ending_of(error: Exception) -> Ending:
    """Return which end an error of finishing is."""
    kinds = {Blocked: Ending.BLOCKED, Unconfirmed: Ending.UNCONFIRMED, Taken: Ending.CHANGED}
    if isinstance(error, PermissionDenied):
        return Ending.FORBIDDEN
    return kinds.get(type(error), Ending.OVER)
