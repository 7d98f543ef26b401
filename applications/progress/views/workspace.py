"""A team's page („Vorhaben“): its sections by workshop, whose turn it is, and the ways on."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.requests import PortalRequest
from applications.progress.checked import checked, open_places
from applications.progress.facts import facts_of
from applications.progress.turn import card_of
from applications.progress.whose_turn import turn_of
from applications.states import SectionState
from applications.writing.access import with_roles
from applications.writing.models import Application
from applications.writing.page.desk import group_sections
from applications.writing.page.last_time import Origin
from calls.models import Edition
from cohorts.models import TeamMember


def workspace(request: PortalRequest, uuid: UUID) -> HttpResponse:
    application, roles = with_roles(request, uuid)
    now = timezone.now()
    facts = facts_of(application, now)
    sections = facts.sections
    steps = [(f"{step.position} · {step.title}", [section.key for section in step.sections]) for step in facts.steps]
    newest = Edition.objects.published().filter(call=application.call_id).order_by("-number").first()
    places = open_places(checked(application, facts)) if application.is_drafting and not facts.is_withdrawn else {}
    turn = turn_of(facts, timezone.localdate(now), places)
    owner = application.team.joined().filter(role=TeamMember.Role.OWNER).first()
    role = next((name for name in ("owner", "writer", "reader") if name in roles), "")
    role = role or ("coach" if "own coach" in roles else "")
    context = {
        "application": application,
        "owner": owner.full_name if owner else "",
        "card": card_of(turn, role, request.user.pk),
        "facts": facts,
        "groups": list(group_sections(steps, {section.key: section for section in sections})),
        "accepted": sum(section.state == SectionState.ACCEPTED for section in sections),
        "all": len(sections),
        "may": {action.replace(" ", "_"): bool(allowed & roles) for action, allowed in Application.MAY.items()},
        "calls_theme": application.terms.theme(application.theme_key),
        "origin": Origin.of(application, request.user),
        "newer": newest if newest and newest.number > application.edition.number else None,
    }
    return render(request, "applications/progress/workspace.html", context)
