"""The pages „Workshops“ and of one workshop: dates, material, assignments, attendance."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PortalRequest
from calls.models import Edition
from calls.terms import SectionTerm
from cohorts.models import Team
from core.calendars import ics_response
from core.files import deliver
from core.steps import take_step
from core.words import clock, day_of_this_year
from core.writes import Stale
from workshops.attendance import read_sheet, sheet, with_typed
from workshops.calendar_entries import cohorts_met, sessions_in
from workshops.models import Assignment, Attendance, Material, Session, Workshop


@require_safe
def list_(request: PortalRequest) -> HttpResponse:
    """The workshops of the person's cohorts: the next on top, past ones beneath.

    Of a cohort that their team has left, those that have begun are past, and the others are not shown.
    """
    is_met = Exists(cohorts_met(request.user).filter(pk=OuterRef("cohort")))
    workshops = Workshop.objects.visible_to(request.user).for_list().annotate(is_met=is_met)
    now = timezone.now()
    ahead = [workshop for workshop in workshops if workshop.is_ahead(now)]
    coming = [workshop for workshop in ahead if workshop.is_met]
    missed = [workshop for workshop in ahead if not workshop.is_met]
    begun = [workshop for workshop in missed if workshop.begins_at and workshop.begins_at <= now]
    past = [*begun, *(workshop for workshop in workshops if not workshop.is_ahead(now))]
    context = {
        "left": sorted({workshop.cohort.title for workshop in workshops if not workshop.is_met}),
        "coming": sorted(coming, key=lambda workshop: when(workshop.begins_at, now)),
        "past": sorted(past, key=lambda workshop: when(workshop.begins_at, now), reverse=True),
        "several": len({workshop.cohort_id for workshop in workshops}) > 1,
    }
    return render(request, "workshops/list.html", context)


def when(begins_at: datetime | None, now: datetime) -> tuple[bool, datetime]:
    """Return a key for sorting by date; workshops without a date come last."""
    return begins_at is None, begins_at or now


@require_safe
def detail(request: PortalRequest, uuid: UUID) -> HttpResponse:
    workshops = Workshop.objects.visible_to(request.user).for_page(
        Assignment.objects.with_done(request.user), Material.objects.visible_to(request.user)
    )
    workshop = get_object_or_404(workshops, pk=uuid)
    team = own_team(request, workshop)
    context = {
        "workshop": workshop,
        "team": team,
        "has_left": bool(team and not team.is_current),
        "may_tick": bool(team and team.is_current and team.allows(request.user, "tick")),
        "may_record": workshop.allows(request.user, "attendance"),
        "sessions": sessions_with_own(request, workshop),
        "sections": sections_of(workshop),
        "application": team.applications.running().first() if team else None,
    }
    return render(request, "workshops/detail.html", context)


@require_safe
def calendar_file(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Send the sessions of a workshop as a file that a calendar opens; 404 while it has no date, and for a team that has left."""
    met = Workshop.objects.filter(Exists(cohorts_met(request.user).filter(pk=OuterRef("cohort"))))
    workshop = get_object_or_404(met.for_list(), pk=uuid)
    sessions = sessions_in(workshop)
    if not sessions:
        raise Http404
    return ics_response(sessions, timezone.now(), f"workshop-{workshop.position}.ics")


@require_safe
def material(request: PortalRequest, uuid: UUID) -> FileResponse:
    """Send the file as an attachment."""
    record = get_object_or_404(Material.objects.visible_to(request.user).exclude(file=""), pk=uuid)
    try:
        content = record.file.open()
    except FileNotFoundError as error:
        raise Http404 from error
    return deliver(content, record.file_name or str(record.file.name))


@require_POST
def tick(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Tick an assignment off for the person's team, or take the tick back; doing it twice changes nothing."""
    assignment = get_object_or_404(
        Assignment.objects.visible_to(request.user).select_related("workshop__cohort"), pk=uuid
    )
    team = own_team(request, assignment.workshop)
    if team is None or not team.allows(request.user, "tick"):
        raise PermissionDenied
    is_done = request.POST.get("done") == "1"
    step = assignment.tick if is_done else assignment.untick
    done = _("„%(title)s“ ist abgehakt.") if is_done else _("„%(title)s“ ist wieder offen.")
    take_step(
        request,
        lambda: step(team, by=request.user),
        done=done % {"title": assignment.title},
        stale=_("Ihr Team ist ausgeschieden, deshalb lässt sich nichts mehr abhaken."),
    )
    return redirect(f"{assignment.workshop.get_absolute_url()}#auftraege")


@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Record who was there, on one form for all teams. Only the lines that were changed are written.

    Before the session begins: who is excused.
    """
    sessions = Session.objects.visible_to(request.user).select_related("workshop__cohort")
    session = get_object_or_404(sessions, pk=uuid)
    if not session.allows(request.user, "attendance"):
        raise PermissionDenied
    teams = sheet(session)
    if request.method != "POST":
        return render(request, "workshops/attendance.html", {"session": session, "teams": teams})
    posted = request.POST.dict()
    try:
        count = session.record_attendance(read_sheet(teams, posted), by=request.user)
    except Stale:
        messages.error(request, not_yet(session))
        context = {"session": session, "teams": with_typed(teams, posted)}
        return render(request, "workshops/attendance.html", context, status=409)
    text = ngettext("Gespeichert: eine Zeile geändert.", "Gespeichert: %(count)d Zeilen geändert.", count)
    messages.success(request, text % {"count": count} if count else _("Es gab nichts zu ändern."))
    return redirect("workshops:attendance", uuid=session.pk)


def not_yet(session: Session) -> str:
    return _(
        "Nicht gespeichert: Der Termin ist erst am %(day)s um %(clock)s Uhr. Bis dahin lässt sich nur eintragen, wer "
        "entschuldigt ist."
    ) % {"day": day_of_this_year(session.begins_at, weekday=True), "clock": clock(session.begins_at)}


# What the views share


def own_team(request: PortalRequest, workshop: Workshop) -> Team | None:
    """Return the person's team in the cohort of this workshop, one that has not left before others."""
    teams = Team.objects.with_member(request.user).filter(cohort=workshop.cohort_id)
    return teams.order_by(F("withdrawn_at").asc(nulls_first=True), "made_at").first()


def sessions_with_own(request: PortalRequest, workshop: Workshop) -> list[tuple[Session, str]]:
    """Return each session with what is recorded about the person, in words."""
    own = Attendance.objects.filter(session__workshop=workshop, member__user=request.user)
    words = {entry.session_id: entry.get_status_display() for entry in own}
    return [(session, words.get(session.pk, "")) for session in workshop.sessions.all()]


def sections_of(workshop: Workshop) -> list[SectionTerm]:
    """Return the sections this workshop opens, as the cohort's call names them."""
    edition = Edition.objects.latest_of(workshop.cohort.call)
    return [section for section in edition.terms.sections if section.key in workshop.section_keys] if edition else []
