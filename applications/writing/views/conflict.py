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
from applications.content import Content, InvalidContent, Row, storable
from applications.content.base import Spec, cleaned, normalised, specs
from applications.content.difference import Comparison, marked
from applications.content.merge import Clash, Merged, merge
from applications.content.proposal import framed
from applications.writing.forms.around import Around
from applications.writing.forms.section import name_of
from applications.writing.models import How, NotDrafting, Revision, SectionClosed
from applications.writing.page import undecided
from applications.writing.page.desk import Desk
from applications.writing.views.section import seen_version, why_not
from core import kept
from core.spelling import shortened

MINE, THEIRS, JOIN = "mine", "theirs", "join"
LONGEST = 200  # of a sentence beside the place so many characters are shown


@dataclass
class Choice:
    """One clash on the page: what stood there before, both versions with their differences, and what was chosen.

    `before` and `after` are the sentences around the place. Nothing is chosen beforehand but a text that holds
    everything both have put in.
    """

    number: int
    clash: Clash
    what: Spec | None
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
        return self.what is not None and self.what.widget == "line"

    @property
    def can_join(self) -> bool:
        """May a person write what stands there? Not for what was moved, nor for a number, a day or a choice."""
        return self.is_line or (self.clash.is_text and not self.clash.is_moved)

    @property
    def is_safe(self) -> bool:
        """May what both wrote stand there as it was joined?"""
        return self.can_join and self.clash.proposal.is_safe

    @property
    def is_stacked(self) -> bool:
        """Does the field hold both versions, one under the other?"""
        return self.can_join and not self.is_safe and bool(self.clash.proposal.text)


@kept.refills
def conflict(request: PortalRequest, uuid: UUID, key: str, revision: UUID) -> HttpResponse:
    """Choose mine, theirs or a joined text for every place both have changed; the rest is merged already."""
    desk = Desk.read(request, uuid, key, to="write")
    sent = get_object_or_404(Revision.objects.select_related("by", "base"), pk=revision, draft=desk.draft, version=None)
    sent.draft = desk.draft
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
    around, what = desk.around, spec_of(clash, type(desk.draft.value))
    base, mine, theirs = (
        around.text_of(what, value) if what else row_text(around, value)
        for value in (clash.base, clash.mine, clash.theirs)
    )
    choice = Choice(
        number=number,
        clash=clash,
        what=what,
        label=label_of(clash, what, desk),
        base=base,
        mine=compared(what, base, mine, comparison),
        theirs=compared(what, base, theirs, comparison),
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


def compared(what: Spec | None, base: str, text: str, comparison: Comparison) -> SafeString:
    """Words that came and went; a number, a day or a choice stands there as a whole."""
    if what is None or what.widget in {"line", "area"}:
        return marked(comparison.words(base, text))
    return format_html("{}", text or "–")


def read_choice(choice: Choice, joined: str) -> str:
    """Read what was chosen; a sentence if something is missing."""
    choice.joined = joined or choice.joined
    if choice.chosen == JOIN and choice.can_join:
        try:
            choice.joined = cleaned(choice.what, joined) if choice.what and choice.is_line else normalised(joined)
        except InvalidContent as refused:
            return str(refused)
        if not choice.joined.strip() and not choice.clash.proposal.text:
            return _("Bitte schreiben Sie, was da stehen soll, oder wählen Sie eine der Fassungen.")
        return ""
    return "" if choice.chosen in {MINE, THEIRS} else _("Bitte wählen Sie eine der Fassungen.")


def decision(choice: Choice) -> Any:
    """What stands there then; around a text that was written here the line ends stay as they were."""
    clash = choice.clash
    if choice.chosen == JOIN:
        return framed(choice.joined, clash.proposal.text or clash.theirs or clash.mine)
    return {MINE: clash.mine, THEIRS: clash.theirs}[choice.chosen]


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


def why_not_stored(value: Content) -> str:
    """Why two texts that do not clash cannot be joined all the same: together they are too much. Empty where they can."""
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
    """Did what stands in the section now come in a file?"""
    return desk.draft.revisions.filter(version=desk.draft.version, is_imported=True).exists()
