"""The idea from the registration, as a first text for the Kurzbeschreibung („Idee übernehmen“)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Event, User
from applications.content import Text
from applications.content.base import normalised, storable
from applications.writing.models import Application, Revision
from calls.terms import SUMMARY, Kind
from cohorts.models import Registration
from core.statements import Statement
from core.writes import Stale


def idea_of(team: Any) -> tuple[str, str]:
    """Return the idea that a team registered with, and the address of a recording; empty where there is none. One query."""
    row = READ_IDEA.first(team=team)
    return (normalised(row[0]).strip(), row[1]) if row else ("", "")


@transaction.atomic
def take_over_idea(application: Application, *, by: User) -> None:
    """Make the registered idea the first version of the Kurzbeschreibung, saved by `by`.

    Raises `Stale` if there is no idea, or somebody has begun the section; `PermissionDenied`, `NotDrafting`.
    """
    application.require(by, "write")
    application.lock_for_writing()
    idea, _recording = idea_of(application.team_id)
    draft = application.drafts.filter(key=SUMMARY, kind=Kind.TEXT).first()
    if not idea or draft is None or draft.version:
        raise Stale
    draft.application = application
    draft.write(storable(Text(idea)), by=by, seen=0, why=Revision.Why.COPIED)
    Event.record("draft.idea_taken", draft, by=by, cohort=application.cohort_uuid)


def _registered(team: Any) -> QuerySet[Registration, Any]:
    return Registration.objects.filter(team=team).values_list("idea", "recording_url")


READ_IDEA = Statement(_registered, "team")
