"""The page of a section's versions („Fassungen“), `PER_PAGE` on each, and bringing one back."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.content import Content, empty, loads
from applications.content.base import rows
from applications.content.difference import FieldDifference, State, difference, marked
from applications.progress.audience import TEXT
from applications.writing.forms.project import ProjectFacts
from applications.writing.forms.section import name_of
from applications.writing.models import How, NotDrafting, Revision, SectionClosed
from applications.writing.page.desk import Desk
from applications.writing.page.on_paper import OnPaper, place_of
from applications.writing.views.section import seen_version
from core.values import dataclass
from core.writes import Stale

PER_PAGE = 10


@dataclass(frozen=True)
class Change:
    """A change in words; `marked` has the words that came and went."""

    label: str
    marked: SafeString


@dataclass(frozen=True)
class Entry:
    revision: Revision
    changes: list[Change]
    is_current: bool
    on_paper: str
    """How it lies towards the papers; "" for a text that is in none of them."""


def history(request: PortalRequest, uuid: UUID, key: str) -> HttpResponse:
    desk = Desk.read(request, uuid, key)
    revisions = desk.draft.revisions.select_related("by", "merged_with").with_before().order_by("-at", "-version")
    page = Paginator(revisions, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "desk": desk,
        "application": desk.application,
        "draft": desk.draft,
        "term": desk.term,
        "page": page,
        "entries": entries(desk, list(page)),
        "editable": desk.is_editable,
        "who": desk.readers(TEXT),
    }
    return render(request, "applications/writing/history.html", context)


def entries(desk: Desk, revisions: list[Revision]) -> list[Entry]:
    """Return the revisions with their differences to the texts before; two queries, for the papers and for texts of other pages."""
    kind = desk.draft.kind
    papers = OnPaper.all_of(desk.application, desk.key)
    contents = {revision.pk: revision.content for revision in revisions}
    missing = {revision.before for revision in revisions if revision.before} - set(contents)
    contents |= dict(Revision.objects.filter(pk__in=missing).values_list("pk", "content"))
    entries = []
    for revision in revisions:
        old = loads(kind, contents[revision.before]) if revision.before else empty(kind)
        changes = list(changes_of(old, loads(kind, revision.content), desk.project))
        is_current = revision.version == desk.draft.version
        entries.append(Entry(revision, changes, is_current, place_of(revision.version, papers)))
    return entries


def changes_of(old: Content, new: Content, project: ProjectFacts) -> Iterator[Change]:
    """Yield what changed from one value to another, in words."""
    changes = difference(old, new)
    for field in changes.fields:
        yield Change(str(field.spec.label), change_of(field, project))
    for row in changes.changed_rows:
        name = name_of(row.row)
        if row.state == State.CHANGED:
            for field in row.fields:
                yield Change(f"{name} – {field.spec.label}", change_of(field, project))
        else:
            text = {State.ADDED: _("Neue Zeile"), State.REMOVED: _("Gelöschte Zeile")}[row.state]
            mark = {State.ADDED: "<ins>{}</ins>", State.REMOVED: "<del>{}</del>"}[row.state]
            yield Change(text, format_html(mark, name))
    stay = {row.id for row in rows(old)} & {row.id for row in rows(new)}
    if not changes and [r.id for r in rows(old) if r.id in stay] != [r.id for r in rows(new) if r.id in stay]:
        yield Change(_("Reihenfolge"), format_html("{}", _("Zeilen wurden verschoben.")))


def change_of(field: FieldDifference, project: ProjectFacts) -> SafeString:
    if field.is_text:
        return marked(field.segments)
    before, after = (project.text_of(field.spec, value) or "–" for value in (field.before, field.after))
    return format_html("<del>{}</del> <ins>{}</ins>", before, after)


@require_POST
def restore(request: PortalRequest, uuid: UUID, key: str, revision: UUID) -> HttpResponse:
    desk = Desk.read(request, uuid, key, to="write")
    chosen = get_object_or_404(Revision, pk=revision, draft=desk.draft)
    try:
        answer = desk.draft.restore(chosen, by=request.user, seen=seen_version(request.POST))
    except (NotDrafting, SectionClosed):
        messages.error(request, _("Dieser Abschnitt kann gerade nicht geändert werden."))
    except Stale:
        messages.error(
            request, _("Inzwischen hat jemand weitergeschrieben. Bitte sehen Sie sich die neueste Fassung an.")
        )
    else:
        unchanged = answer.how == How.UNCHANGED
        messages.success(
            request,
            _("Diese Fassung gilt schon.")
            if unchanged
            else _("Die frühere Fassung gilt wieder. Auch die letzte bleibt in der Liste."),
        )
        return redirect("applications:section", desk.application.pk, key)
    return redirect("applications:history", desk.application.pk, key)
