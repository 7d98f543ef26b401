"""Finishing by a worker: asking for it, and carrying it out once, whoever begins first (docs/decisions/0034)."""

from __future__ import annotations

import logging

from django.core.exceptions import PermissionDenied

from accounts.models import User
from applications.checks import run
from applications.papers import PapersUnavailable
from applications.papers.finishing import Blocked, Unconfirmed, finish, read_state, refuse_blocked, to_confirm
from applications.papers.models import FinishRequest
from applications.papers.models.submission import Taken
from applications.writing.models import Application
from core.outages import DATABASE_AWAY
from core.writes import Stale

log = logging.getLogger("portal.papers")
Ending = FinishRequest.Ending


def ask(application: Application, *, confirmed: bool, by: User) -> FinishRequest:
    """Check what can be checked at once, and note that this person wants to finish what is there now.

    Raises `Blocked`, `Unconfirmed`, and `Stale` if the application is not being written any more.
    """
    application.require(by, "finish")
    if not application.is_drafting:
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
        request.end(Ending.UNAVAILABLE, str(error))
    except (Stale, PermissionDenied) as error:
        request.end(ending_of(error))
    except Exception:
        log.exception("finishing broke off")
        request.end(Ending.UNAVAILABLE)


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
