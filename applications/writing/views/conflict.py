"""The page „Zwei Fassungen“: two people changed the same words, and a person decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from applications.content import Content, InvalidContent, Row, storable
from applications.content.base import FREE_TEXT, Spec, cleaned, normalised, specs
from applications.content.difference import Comparison, marked
from applications.content.merging.merge import Clash, Merged, merge
from applications.content.merging.proposal import framed
from applications.writing.forms.project import ProjectFacts
from applications.writing.forms.section import name_of
from applications.writing.models import How, NotDrafting, Revision, SectionClosed
from applications.writing.page import undecided
from applications.writing.page.desk import Desk
from applications.writing.views.section import seen_version, why_not
from core import kept
from core.spelling import shortened
from core.values import dataclass

MINE, THEIRS, JOIN = "mine", "theirs", "join"
LONGEST = 200  # so many characters are shown of a sentence beside the place


@dataclass
class Choice:
    """A clash on the page: the text before, both versions with their differences, and what was chosen.

    `before` and `after` are the sentences around the place. Only a text with everything that both have put in is chosen
    beforehand.
    """

    number: int
    clash: Clash
    spec: Spec | None
    label: str
    base: str
    mine: SafeString
    theirs: SafeString
    before: str = ""
    after: str = ""
    chosen: str = ""
    joined: str = ""
    error: str = ""

    @property
    def is_line(self) -> bool:
        """Is it a text of one line, in a row or by itself?"""
        return self.spec is not None and self.spec.widget == "line"

    @property
    def can_join(self) -> bool:
        """May a person write a text of their own? Not for something moved, nor for a number, a day or a choice."""
        return self.is_line or (self.clash.is_text and not self.clash.is_moved)

    @property
    def is_safe(self) -> bool:
        """May both texts be used as they were merged?"""
        return self.can_join and self.clash.proposal.is_safe

    @property
    def is_stacked(self) -> bool:
        """Does the field contain both versions, one under the other?"""
        return self.can_join and not self.is_safe and bool(self.clash.proposal.text)


@kept.refills
def conflict(request: PortalRequest, uuid: UUID, key: str, revision: UUID) -> HttpResponse:
    """Choose a version, or write a text, for every place that both have changed; the rest is merged already."""
    desk = Desk.read(request, uuid, key, to="write")
    sent = get_object_or_404(desk.draft.revisions.select_related("by", "base"), pk=revision, version=None)
    seen = seen_version(request.POST) if request.method == "POST" else desk.draft.version
    theirs = desk.draft.value_before(request.user, seen)
    base = sent.value_before()
    data = request.POST if request.method == "POST" else kept.typed(request)
    merged = merge(base, sent.value, theirs)
    comparison = Comparison()
    choices = [choice_of(number, clash, desk, data, comparison) for number, clash in enumerate(merged.clashes)]
    status = 422 if request.method == "POST" else 200
    if not choices and (too_much := why_not_stored(merged.value)):
        return show(desk, sent, choices, seen, too_much=too_much, status=status)
    if request.method == "POST" and not any(choice.error for choice in choices):
        merged = merge(base, sent.value, theirs, {choice.clash.path: decision(choice) for choice in choices})
        return decide(desk, sent, merged, seen, choices)
    return show(desk, sent, choices, seen, status=status)


def choice_of(number: int, clash: Clash, desk: Desk, data: QueryDict | None, comparison: Comparison) -> Choice:
    project, spec = desk.project, spec_of(clash, type(desk.draft.value))
    base, mine, theirs = (
        project.text_of(spec, value) if spec else row_text(project, value)
        for value in (clash.base, clash.mine, clash.theirs)
    )
    choice = Choice(
        number=number,
        clash=clash,
        spec=spec,
        label=label_of(clash, spec, desk),
        base=base,
        mine=mark_changes(spec, base, mine, comparison),
        theirs=mark_changes(spec, base, theirs, comparison),
        before=shortened(clash.before.strip(), LONGEST, from_end=True),
        after=shortened(clash.after.strip(), LONGEST),
        joined=clash.proposal.text.strip(),
    )
    if choice.is_line:
        choice.joined = clash.mine or clash.theirs
    choice.chosen = JOIN if choice.is_safe else ""
    if data is not None:
        choice.chosen = data.get(f"choice-{number}", "")
        choice.error = read_choice(choice, data.get(f"joined-{number}", ""))
    return choice


def mark_changes(spec: Spec | None, base: str, text: str, comparison: Comparison) -> SafeString:
    """Mark the words that came and went; a number, a day or a choice is shown as a whole."""
    if spec is None or spec.widget in FREE_TEXT:
        return marked(comparison.words(base, text))
    return format_html("{}", text or "–")


def read_choice(choice: Choice, joined: str) -> str:
    """Read what was chosen into the choice; return a sentence if something is missing."""
    choice.joined = joined or choice.joined
    if choice.chosen == JOIN and choice.can_join:
        try:
            choice.joined = cleaned(choice.spec, joined) if choice.spec and choice.is_line else normalised(joined)
        except InvalidContent as refused:
            return str(refused)
        if not choice.joined.strip() and not choice.clash.proposal.text:
            return _("Bitte schreiben Sie, was da stehen soll, oder wählen Sie eine der Fassungen.")
        return ""
    return "" if choice.chosen in {MINE, THEIRS} else _("Bitte wählen Sie eine der Fassungen.")


def decision(choice: Choice) -> Any:
    """Return the text or value decided on; the line ends around a text that was written here stay as they were."""
    clash = choice.clash
    if choice.chosen == JOIN:
        return framed(choice.joined, clash.proposal.text or clash.theirs or clash.mine)
    return {MINE: clash.mine, THEIRS: clash.theirs}[choice.chosen]


def spec_of(clash: Clash, cls: type[Content]) -> Spec | None:
    """Return the spec of the field; None for a whole row."""
    if clash.is_row:
        return None
    return specs(cls.tables[clash.table] if clash.table else cls)[clash.field]


def label_of(clash: Clash, spec: Spec | None, desk: Desk) -> str:
    row = next((row for row in (clash.mine, clash.theirs, clash.base) if isinstance(row, Row)), None)
    if clash.table and row is None:
        row = next((row for row in getattr(desk.draft.value, clash.table) if row.id == clash.row_id), None)
    name = name_of(row) if row else ""
    if spec is None:
        return _("Die Zeile „%(name)s“: geändert oder gelöscht?") % {"name": name}
    return f"{name} – {spec.label}" if name else str(spec.label)


def row_text(project: ProjectFacts, row: Row | None) -> str:
    """Return a whole row in words."""
    if row is None:
        return _("(gelöscht)")
    lines = [(spec.label, project.text_of(spec, getattr(row, name))) for name, spec in specs(type(row)).items()]
    return "\n".join(f"{label}: {text}" for label, text in lines if text)


def why_not_stored(value: Content) -> str:
    """Return why a merged text cannot be stored, for example if it is too long; an empty text if it can."""
    try:
        storable(value)
    except InvalidContent as refused:
        return str(refused)
    return ""


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
        undecided.remember(request, desk.draft, answer.sent)
        messages.warning(request, _("Inzwischen hat noch jemand gespeichert. Bitte entscheiden Sie noch einmal."))
        return redirect("applications:conflict", desk.application.pk, desk.key, answer.sent.pk)
    undecided.forget(request, desk.draft)
    messages.success(request, _("Gespeichert. Alle Fassungen stehen in der Liste der Fassungen."))
    return redirect("applications:section", desk.application.pk, desk.key)


def show(
    desk: Desk, sent: Revision, choices: list[Choice], seen: int, *, too_much: str = "", status: int = 200
) -> HttpResponse:
    if sent.by_id == desk.request.user.pk:
        undecided.remember(desk.request, desk.draft, sent)
    is_both_own = sent.by_id == desk.draft.by_id == desk.request.user.pk
    context = {
        "desk": desk,
        "application": desk.application,
        "draft": desk.draft,
        "term": desk.term,
        "sent": sent,
        "choices": choices,
        "version": seen,
        "too_much": too_much,
        "errors": [choice for choice in choices if choice.error],
        "is_own": sent.by_id == desk.request.user.pk,
        "is_both_own": is_both_own,
        "is_mine_from_word": sent.is_imported,
        "is_theirs_from_word": is_both_own and not sent.is_imported and is_from_word(desk),
        "kept_text": kept.typed(desk.request) is not None,
    }
    return render(desk.request, "applications/writing/conflict.html", context, status=status)


def is_from_word(desk: Desk) -> bool:
    """Did the current text of the section come in a file?"""
    return desk.draft.revisions.filter(version=desk.draft.version, is_imported=True).exists()
