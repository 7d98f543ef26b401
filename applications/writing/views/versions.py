"""The pages „Verlauf“, „Stand am …“, and two versions of a section side by side."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.requests import PortalRequest
from applications.content import Content, Text, WorkPlan
from applications.content.difference import Part, Segment, marked, words
from applications.content.prose import prose
from applications.content.sheets import Cell, Names, Sheet, cells, sheets
from applications.progress.audience import TEXT, PeopleAround
from applications.reviews.page.notes import passage_of
from applications.writing.access import get_application
from applications.writing.forms.fields import day_of
from applications.writing.models import Draft, Revision
from applications.writing.page.desk import Desk
from applications.writing.views.history import Change, changes_of
from calls.terms import WORK_PLAN
from core.values import dataclass

BESIDE = "nebeneinander"
PER_PAGE = 25


@dataclass(frozen=True)
class Pair:
    """A text in two versions side by side: deletions are marked on the left, insertions on the right."""

    left: SafeString
    right: SafeString


def compare(request: PortalRequest, uuid: UUID, key: str) -> HttpResponse:
    """Show any two versions of a section (`von`, `bis`: their numbers), in one text or side by side.

    Without numbers, the current version and the one before.
    """
    desk = Desk.read(request, uuid, key)
    now = desk.draft.version
    usual = {"von": str(max(now - 1, 0)), "bis": str(now)}
    first, last = find_versions(desk.draft, [request.GET.get(name) or number for name, number in usual.items()])
    if first is None or last is None:
        raise Http404
    before, after = passage_of(first.value), passage_of(last.value)
    segments = words(before, after) if before is not None and after is not None else []
    context = {
        **desk.context(),
        "first": first,
        "last": last,
        "beside": request.GET.get("ansicht") == BESIDE,
        "text": marked(segments),
        "pair": make_pair(segments),
        "changes": list(rows_changed(first.value, last.value, desk)),
    }
    return render(request, "applications/writing/compare.html", context)


def find_versions(draft: Draft, texts: list[str]) -> list[Revision | None]:
    """Return the versions with these numbers, or those before if thinned; texts without a version by key. One query."""
    earlier = Revision.objects.filter(draft=draft, version__isnull=False).order_by("-version")
    wanted = Q()
    for text in texts:
        if is_number(text):
            wanted |= Q(pk=Subquery(earlier.filter(version__lte=int(text)).values("pk")[:1]))
        elif is_key(text):
            wanted |= Q(pk=text)
    rows = list(draft.revisions.filter(wanted).select_related("by", "draft").order_by("-version")) if wanted else []
    return [next((row for row in rows if is_version(row, text)), None) for text in texts]


def is_version(row: Revision, text: str) -> bool:
    if is_number(text):
        return row.version is not None and row.version <= int(text)
    return str(row.pk) == text


def is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 9


def is_key(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def make_pair(segments: Iterable[Segment]) -> Pair:
    rows = list(segments)
    left, right = ([segment for segment in rows if segment.part != part] for part in (Part.NEW, Part.GONE))
    return Pair(marked(left), marked(right))


def rows_changed(before: Content, after: Content, desk: Desk) -> Iterable[Change]:
    """Return the fields and rows that changed; a running text is shown by itself."""
    return () if isinstance(after, Text) else changes_of(before, after, desk.project)


def timeline(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """List everything that was saved in an application, newest first: who, when, why, and how much longer it became."""
    application = get_application(request, uuid)
    revisions = Revision.objects.filter(draft__application=application).for_list().with_before()
    revisions = revisions.select_related("by", "merged_with", "draft").defer("content", "draft__content")
    page = Paginator(revisions, PER_PAGE).get_page(request.GET.get("page"))
    titles = {key: term.title for key, term in application.terms.by_key.items()}
    entries = [
        (row, titles.get(row.draft.key, row.draft.key), row.length - (row.before_length or 0))
        for row in page.object_list
    ]
    context = {"application": application, "page": page, "entries": entries, "today": timezone.localdate()}
    return render(request, "applications/writing/timeline.html", context)


@dataclass(frozen=True)
class SectionAsOf:
    """A section as it was at a moment; `revision` is None for a section that was not begun."""

    title: str
    revision: Revision | None
    text: SafeString | None
    cells: list[Cell]
    sheets: list[Sheet]


def as_of(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show the whole application as it was at the end of a day (`tag`)."""
    application = get_application(request, uuid)
    day = day_of(request.GET.get("tag", "")) or timezone.localdate()
    rows = {row.draft.key: row for row in Revision.objects.as_of(application, end_of(day))}
    plan = rows[WORK_PLAN].value if WORK_PLAN in rows else None
    names = Names(application.terms, {row.id: row.title for row in plan.rows} if isinstance(plan, WorkPlan) else {})
    sections = [section_as_of(term.title, rows.get(term.key), names) for term in application.terms.sections]
    context = {
        "application": application,
        "day": day,
        "sections": sections,
        "today": timezone.localdate(),
        "who": PeopleAround.of(application).audience(TEXT, request.user),
    }
    return render(request, "applications/writing/as_of.html", context)


def end_of(day: date) -> datetime:
    """Return the last moment of a day in Germany."""
    return timezone.make_aware(datetime.combine(day, time.max))


def section_as_of(title: str, revision: Revision | None, names: Names) -> SectionAsOf:
    if revision is None:
        return SectionAsOf(title, None, None, [], [])
    value = revision.value
    text = passage_of(value)
    return SectionAsOf(
        title,
        revision,
        prose(text) if text else None,
        [] if isinstance(value, Text) else cells(value, names),
        sheets(value, names),
    )
