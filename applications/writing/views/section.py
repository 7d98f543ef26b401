"""The page of a section: one form for every kind of content, also saved by the script."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import CharField
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from applications.content import Content, Text
from applications.content.base import label_of_field
from applications.content.prose import prose
from applications.content.sheets import Names
from applications.progress.audience import NOTE, REVIEW
from applications.reviews.page.notes import section_notes
from applications.writing.forms.section import SectionForm
from applications.writing.idea import idea_of
from applications.writing.models import How, NotDrafting, Save, SectionClosed, SectionNote
from applications.writing.page import undecided
from applications.writing.page.budget import BudgetLayout
from applications.writing.page.desk import Desk
from applications.writing.page.last_time import last_time
from applications.writing.page.layout import AttachmentsLayout, DeclarationsLayout, Layout, RowsLayout, TextLayout
from applications.writing.page.live_parts import parts_after_save
from applications.writing.page.on_paper import OnPaper
from calls.terms import SUMMARY, Kind
from core import kept
from core.statements import Slot, Statement
from core.typed import takes
from core.words import clock
from core.writes import Stale

READ_NOTE = Statement(
    lambda application: SectionNote.objects.filter(application=application, key=Slot("key", CharField())), "application"
)
LAYOUTS: dict[str, type[Layout]] = {
    Kind.TEXT: TextLayout,
    Kind.COVER: Layout,
    Kind.GOALS: RowsLayout,
    Kind.WORK_PLAN: RowsLayout,
    Kind.PARTNERS: RowsLayout,
    Kind.DECLARATIONS: DeclarationsLayout,
    Kind.ATTACHMENTS: AttachmentsLayout,
    Kind.BUDGET: BudgetLayout,
}


def layout_of(desk: Desk, params: QueryDict) -> Layout:
    return LAYOUTS[desk.draft.kind](desk, params)


@takes(label_of=label_of_field)
@kept.refills
def section(request: PortalRequest, uuid: UUID, key: str) -> HttpResponse:
    """Show a section, with its form for people who may write it now; POST saves."""
    if request.method == "POST":
        return save(Desk.read(request, uuid, key, to_save=True))
    desk = Desk.read(request, uuid, key)
    data = kept.typed(request) if desk.is_editable else None
    layout = layout_of(desk, request.GET)
    form = make_form(desk, layout, data)
    if data is not None:
        form.is_valid()
    elif desk.is_editable:
        layout.add_rows(form, request.GET)
    return show(desk, layout, form, kept_text=data is not None)


def make_form(desk: Desk, layout: Layout, data: QueryDict | None) -> SectionForm:
    """Return the form over the value the person has, or had, before them."""
    value = desk.draft.value
    if data is not None:
        value = desk.draft.value_before(desk.request.user, seen_version(data), uuids(data.getlist("after")))
    form = SectionForm(value, desk.project, data, shows=layout.shows)
    layout.complete(form)
    return form


def seen_version(data: QueryDict) -> int:
    """Return the version the person had before them; 0 if the page sent none."""
    text = data.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def uuids(texts: list[str]) -> list[UUID]:
    """Return the identifiers that a page gave its attempts to save; anything else is left out."""
    attempts = []
    for text in texts[-200:]:
        try:
            attempts.append(UUID(text))
        except ValueError:
            continue
    return attempts


def show(desk: Desk, layout: Layout, form: SectionForm, *, status: int = 200, **more: Any) -> HttpResponse:
    layout.prepare(form)
    context = {
        **desk.context(),
        **layout.context(form),
        "form": form,
        "layout": layout,
        "version": seen_version(form.data) if form.data is not None else desk.draft.version,
        "editable": desk.is_editable,
        "longer_before": desk.draft.longer_before(desk.now) if desk.is_editable else None,
        **idea_for(desk),
        "undecided": undecided.page_of(desk.request, desk.draft) if desk.is_editable else "",
        "note": note_of(desk),
        "note_who": desk.readers(NOTE),
        "comment_who": desk.readers(REVIEW),
        "may_note": desk.may("note"),
        "then": last_time(desk),
        **on_paper(desk),
        **comments_of(desk),
        "length": form.value.length,
        **more,
    }
    return render(desk.request, "applications/writing/section.html", context, status=status)


def on_paper(desk: Desk) -> dict[str, Any]:
    """Return the papers for which nobody writes, and whether the section holds a later text than they do."""
    papers = OnPaper.closing(desk.draft)
    return {"on_paper": papers, "is_later": papers.is_older_than(desk.draft)} if papers else {}


def idea_for(desk: Desk) -> dict[str, str]:
    """Return what the team registered with, where the Kurzbeschreibung can be written and is not begun."""
    if desk.key != SUMMARY or desk.draft.version or not desk.is_editable:
        return {}
    idea, recording = idea_of(desk.application.team_id)
    return {"idea": idea, "recording": recording}


def comments_of(desk: Desk) -> dict[str, Any]:
    """Return the coaches' comments on the section, and the text with the words marked for people who only read."""
    names = Names(desk.application.terms, {row.id: row.title for row in desk.project.activities})
    notes = section_notes(desk.draft, desk.request.user, desk.roles, names)
    value = desk.draft.value
    marks = [note.mark for note in notes if note.mark and not note.comment.resolved_at]
    return {
        "notes": notes,
        "coaches": list(dict.fromkeys(str(note.comment.by) for note in notes if note.comment.by)),
        "marked_text": prose(value.text, marks) if isinstance(value, Text) else "",
        "next": desk.request.get_full_path(),
    }


def note_of(desk: Desk) -> SectionNote | None:
    """Return the team's private note, an empty one if there is none yet; None for everybody else."""
    if not desk.may("see notes"):
        return None
    note = READ_NOTE.first(application=desk.application.pk, key=desk.key)
    return note or SectionNote(application=desk.application, key=desk.key)


def save(desk: Desk) -> HttpResponse:
    request = desk.request
    if not desk.may("write"):
        return refuse_reader(desk)
    layout = layout_of(desk, request.GET)
    form = make_form(desk, layout, request.POST)
    if not form.is_valid():
        return show_mistakes(desk, layout, form)
    content = form.content
    if move := request.POST.get("move"):
        content = layout.rearranged(content, move)
    try:
        answer = desk.draft.save_content(
            by=request.user,
            seen=seen_version(request.POST),
            content=content,
            save_id=next(iter(uuids(request.POST.getlist("save"))), None),
            after=uuids(request.POST.getlist("after")),
        )
    except (NotDrafting, SectionClosed) as moment:
        return refuse_for_now(desk, layout, form, moment)
    by_itself = kept.wants_json(request) and "pressed" not in request.POST
    asked = answer.how == How.UNCHANGED and layout.is_asked_for_rows(request.POST)
    goes_on = answer.how == How.UNCHANGED and request.POST.get("next") == "place"
    if answer.how != How.CONFLICT and not by_itself and not asked and not goes_on:
        messages.success(request, outcome_sentence(answer))
    url = address_after(desk, layout, answer)
    return as_json(desk, answer, content, url) if kept.wants_json(request) else redirect(url)


def address_after(desk: Desk, layout: Layout, answer: Save) -> str:
    """Return where a button of the form leads: to the next step, back to the page, or to the page of a conflict."""
    sent, application = desk.request.POST, desk.application.pk
    if answer.how == How.CONFLICT and answer.sent:
        undecided.remember(desk.request, desk.draft, answer.sent)
        return undecided.page_of(desk.request, desk.draft)
    if sent.get("next") == "hand-in":
        return f"{reverse('applications:hand_in', args=[application])}?abschnitt={desk.key}"
    if sent.get("next") == "place" and desk.next_url:
        return desk.next_url
    return layout.address(sent.get("add", ""), sent.get("move", ""))


def refuse_reader(desk: Desk) -> HttpResponse:
    """Refuse a save by a person who may see the section but not write it, perhaps since a moment ago."""
    if not kept.wants_json(desk.request):
        raise PermissionDenied
    sentence = _(
        "Sie können hier nur noch lesen, nicht mehr schreiben. Fragen Sie bitte die verantwortliche Person Ihres Teams."
    )
    return JsonResponse({"state": "denied", "sentence": sentence}, status=403)


def show_mistakes(desk: Desk, layout: Layout, form: SectionForm) -> HttpResponse:
    """Show the form again with sentences beside the fields that cannot be stored, and everything as it was typed."""
    if kept.wants_json(desk.request):
        return JsonResponse({"state": "invalid", "sentence": str(form.errors[0])}, status=422)
    layout.add_rows(form, desk.request.POST)
    return show(desk, layout, form, status=422)


def refuse_for_now(desk: Desk, layout: Layout, form: SectionForm, moment: Stale) -> HttpResponse:
    """Say why the section cannot be written now, and show what was typed so that it can be copied."""
    desk.application.refresh_from_db(fields=["status", "stage"])
    desk.application.team.refresh_from_db(fields=["withdrawn_at"])
    sentence = why_not(desk, moment)
    if kept.wants_json(desk.request):
        return JsonResponse({"state": "closed", "sentence": sentence}, status=409)
    messages.error(desk.request, sentence)
    return show(desk, layout, form, status=409, typed=True)


def why_not(desk: Desk, moment: Stale) -> str:
    if isinstance(moment, SectionClosed):
        return _(
            "Dieser Abschnitt ist noch nicht geöffnet. Ihr Text ist nicht gespeichert; bitte kopieren Sie ihn. "
            "Der Abschnitt öffnet mit seinem Workshop, oder die Organisation öffnet ihn früher."
        )
    if desk.application.is_given_up and not desk.application.is_withdrawn:
        why = desk.application.given_up_because
        return f"{why} {_('Geschrieben wird hier nicht mehr. Ihr Text ist nicht gespeichert; bitte kopieren Sie ihn.')}"
    if desk.application.is_withdrawn:
        return _(
            "Das Vorhaben ist zurückgezogen und wird nicht mehr geschrieben. Ihr Text ist nicht gespeichert; bitte "
            "kopieren Sie ihn. Wie es weitergeht, steht auf der Übersicht."
        )
    if papers := OnPaper.closing(desk.draft):
        return papers.refusal
    return _(
        "Das Vorhaben ist fertiggestellt und wird gerade nicht geschrieben. Ihr Text ist nicht gespeichert; bitte "
        "kopieren Sie ihn. Die verantwortliche Person Ihres Teams kann es wieder öffnen, solange es "
        "nicht eingereicht ist."
    )


def outcome_sentence(answer: Save) -> str:
    """Return the sentence on what became of a save."""
    return {
        How.SAVED: _("Gespeichert."),
        How.UNCHANGED: _("Es ist alles gespeichert."),
        How.MERGED: _(
            "Gespeichert. Hier wurde gleichzeitig auch anderswo geschrieben; beide Änderungen stehen jetzt hier."
        ),
    }[answer.how]


def as_json(desk: Desk, answer: Save, sent: Content, url: str) -> JsonResponse:
    """Answer the page's script. `same`: is the text that was sent the current one? Else `text` is.

    `url` is where a button leads, in a conflict the page to decide. The rest are the parts of the page around the form.
    """
    body: dict[str, Any] = {
        "state": str(answer.how),
        "version": answer.version,
        "saved_at": clock(answer.at or desk.now),
        "length": answer.value.length,
        "same": answer.value == sent,
        "url": url,
    }
    if answer.how != How.CONFLICT and isinstance(answer.value, Text) and answer.value != sent:
        body["text"] = answer.value.text
    if answer.how in {How.SAVED, How.MERGED}:
        body |= parts_after_save(desk, answer.version, answer.at)
    return JsonResponse(body)
