"""Two people changed the same words: both stand side by side, and a person decides what shall stand there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from applications.content import Content, InvalidContent, Row
from applications.content.base import Spec, normalised, specs
from applications.content.difference import marked, words
from applications.content.merge import Clash, Merged, merge
from applications.forms.around import Around
from applications.forms.section import name_of
from applications.models import How, NotDrafting, Revision, SectionClosed
from schmiede import kept

from .desk import Desk
from .section import seen_version, why_not

MINE, THEIRS, JOIN = "mine", "theirs", "join"


@dataclass
class Choice:
    """One clash on the page: what stood there before, both versions with their differences, and what was chosen."""

    number: int
    clash: Clash
    label: str
    base: str
    mine: SafeString
    theirs: SafeString
    can_join: bool
    chosen: str
    joined: str
    error: str = ""


@kept.refills
def conflict(request: PortalRequest, uuid: UUID, key: str, revision: UUID) -> HttpResponse:
    """Choose mine, theirs or a joined text for every place both have changed; the rest is merged already."""
    desk = Desk.read(request, uuid, key, to="write")
    sent = get_object_or_404(Revision.objects.select_related("by", "base"), pk=revision, draft=desk.draft, version=None)
    sent.draft = desk.draft
    seen = seen_version(request.POST) if request.method == "POST" else desk.draft.version
    theirs = desk.draft.value if seen == desk.draft.version else desk.draft.value_at(seen)
    base = sent.value_before()
    data = request.POST if request.method == "POST" else kept.typed(request)
    choices = [
        choice_of(number, clash, desk, data) for number, clash in enumerate(merge(base, sent.value, theirs).clashes)
    ]
    if request.method == "POST" and not any(choice.error for choice in choices):
        merged = merge(base, sent.value, theirs, {choice.clash.path: decision(choice) for choice in choices})
        return decide(desk, sent, merged, seen, choices)
    return show(desk, sent, choices, seen, status=422 if request.method == "POST" else 200)


def choice_of(number: int, clash: Clash, desk: Desk, data: QueryDict | None) -> Choice:
    around, what = desk.around, spec_of(clash, type(desk.draft.value))
    base, mine, theirs = (
        around.text_of(what, value) if what else row_text(around, value)
        for value in (clash.base, clash.mine, clash.theirs)
    )
    can_join = what is not None and what.widget == "area"
    choice = Choice(
        number=number,
        clash=clash,
        label=label_of(clash, what, desk),
        base=base,
        mine=compared(what, base, mine),
        theirs=compared(what, base, theirs),
        can_join=can_join,
        chosen=JOIN if can_join else "",
        joined=clash.joined,
    )
    if data is not None:
        choice.chosen = data.get(f"choice-{number}", "")
        choice.error = read_choice(choice, data.get(f"joined-{number}", ""))
    return choice


def compared(what: Spec | None, base: str, text: str) -> SafeString:
    """Words that came and went; a number, a day or a choice stands there as a whole."""
    if what is None or what.widget in {"line", "area"}:
        return marked(words(base, text))
    return format_html("{}", text or "–")


def read_choice(choice: Choice, joined: str) -> str:
    """Read what was chosen; a sentence if something is missing."""
    choice.joined = joined or choice.joined
    if choice.chosen == JOIN and choice.can_join:
        try:
            choice.joined = normalised(joined)
        except InvalidContent as refused:
            return str(refused)
        return ""
    return "" if choice.chosen in {MINE, THEIRS} else _("Bitte wählen Sie eine der Fassungen.")


def decision(choice: Choice) -> Any:
    return {MINE: choice.clash.mine, THEIRS: choice.clash.theirs, JOIN: choice.joined}[choice.chosen]


def spec_of(clash: Clash, cls: type[Content]) -> Spec | None:
    """What the field is; None for a whole row."""
    if clash.is_row:
        return None
    return specs(cls.tables[clash.table] if clash.table else cls)[clash.field]


def label_of(clash: Clash, what: Spec | None, desk: Desk) -> str:
    row = next((row for row in (clash.mine, clash.theirs, clash.base) if isinstance(row, Row)), None)
    if clash.table and row is None:
        row = next((row for row in getattr(desk.draft.value, clash.table) if row.id == clash.row_id), None)
    name = name_of(row) if row else ""
    if what is None:
        return _("Die Zeile „%(name)s“: geändert oder gelöscht?") % {"name": name}
    return f"{name} – {what.label}" if name else str(what.label)


def row_text(around: Around, row: Row | None) -> str:
    """A whole row in words; a deleted one says so."""
    if row is None:
        return _("(gelöscht)")
    lines = [(what.label, around.text_of(what, getattr(row, name))) for name, what in specs(type(row)).items()]
    return "\n".join(f"{label}: {text}" for label, text in lines if text)


def decide(desk: Desk, sent: Revision, merged: Merged[Content], seen: int, choices: list[Choice]) -> HttpResponse:
    request = desk.request
    try:
        answer = desk.draft.save_content(by=request.user, seen=seen, content=merged.value)
    except (NotDrafting, SectionClosed) as moment:
        messages.error(request, why_not(desk, moment))
        return show(desk, sent, choices, seen, status=409)
    except InvalidContent as refused:
        messages.error(request, str(refused))
        return show(desk, sent, choices, seen, status=422)
    if answer.how == How.CONFLICT and answer.sent:
        messages.warning(request, _("Inzwischen hat noch jemand gespeichert. Bitte entscheiden Sie noch einmal."))
        return redirect("applications:conflict", desk.application.pk, desk.key, answer.sent.pk)
    messages.success(request, _("Gespeichert. Alle Fassungen stehen in der Liste der Fassungen."))
    return redirect("applications:section", desk.application.pk, desk.key)


def show(desk: Desk, sent: Revision, choices: list[Choice], seen: int, *, status: int = 200) -> HttpResponse:
    context = {
        "desk": desk,
        "application": desk.application,
        "draft": desk.draft,
        "term": desk.term,
        "sent": sent,
        "choices": choices,
        "version": seen,
        "errors": [choice for choice in choices if choice.error],
        "is_own": sent.by_id == desk.request.user.pk,
        "kept_text": kept.typed(desk.request) is not None,
    }
    return render(desk.request, "applications/conflict.html", context, status=status)
