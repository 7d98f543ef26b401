"""The application as a Word file: out, and in again as a proposal per section that a person accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.content import InvalidContent, Text, loads, of_kind, storable
from applications.content.base import specs, too_long
from applications.content.difference import marked, words
from applications.content.merge import merge
from applications.content.sheets import Names
from applications.writing.access import get_application, with_roles
from applications.writing.forms.around import Around
from applications.writing.models import Application, Draft, How, NotDrafting, Revision, Save, SectionClosed
from applications.writing.views.section import seen_version
from applications.writing.word.marks import printable
from applications.writing.word.read import ReadFile, ReadSection, read
from applications.writing.word.safe import UnreadableFile
from applications.writing.word.write import Written, write
from calls.terms import Kind, SectionTerm
from core.filenames import slug_of
from core.files import accepted, check_size, deliver, limit_mb
from core.spelling import composed
from core.words import quoted
from workshops.models import Workshop
from workshops.opening import is_open

NEARLY_ALL = 10  # a text that is this many times shorter afterwards is nearly gone


class OutForm(forms.Form):
    abschnitt = forms.MultipleChoiceField(
        label=gettext_lazy("Welche Abschnitte?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Bitte wählen Sie mindestens einen Abschnitt.")},
    )

    def __init__(self, application: Application, data: QueryDict | None = None) -> None:
        choices = [(section.key, section.title) for section in application.terms.sections]
        super().__init__(data, initial={"abschnitt": [key for key, _title in choices]})
        self.fields["abschnitt"].choices = choices  # type: ignore[attr-defined]


class InForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Word-Datei"), widget=forms.ClearableFileInput({"accept": accepted("docx")})
    )

    def __init__(self, data: QueryDict | None = None, files: MultiValueDict[str, UploadedFile] | None = None) -> None:
        super().__init__(data, files)
        self.fields["file"].help_text = _(
            "Eine Datei, die Sie hier heruntergeladen und dann bearbeitet haben (.docx, bis %(limit)d MB)."
        ) % {"limit": limit_mb()}

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        check_size(upload)  # what it is, reading says
        return upload


@dataclass
class Proposal:
    """What a section would become: the text from the file, joined with what stands there now."""

    term: SectionTerm
    version: int
    text: str
    changes: SafeString
    clashes: int
    dropped: list[str]
    warning: str = ""
    """What the section would lose."""
    gone: str = ""
    """What it has lost in the portal since the file went out. With either of them nothing is chosen beforehand."""


@dataclass
class Outcome:
    """What reading a file in came to."""

    proposals: list[Proposal] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Sentences about sections that cannot be taken over, with the reason."""
    portal: list[SectionTerm] = field(default_factory=list)
    """Sections that were changed in the file, which only the portal can do."""
    left_out: list[tuple[str, list[str]]] = field(default_factory=list)
    """What was left out of sections that are not proposed, by title."""
    is_changed_outside: bool = False

    @property
    def titles_of_same(self) -> str:
        return quoted(self.same)


def word(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Choose what goes out; send what came back, and see what it would change."""
    application, roles = with_roles(request, uuid, to="write" if request.method == "POST" else "see")
    editable = can_take_in(application, roles)
    form = InForm()
    if request.method == "POST":
        form = InForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                found = read(form.cleaned_data["file"].read(), application.pk)
            except UnreadableFile as refused:
                form.add_error("file", str(refused))
            else:
                return propose(request, application, found)
    context = {"application": application, "out": OutForm(application), "form": form, "editable": editable}
    return render(request, "applications/writing/word.html", context, status=422 if form.errors else 200)


def can_take_in(application: Application, roles: frozenset[str]) -> bool:
    """May somebody with these roles read a file in now?"""
    return bool(Application.MAY["write"] & roles) and application.is_drafting


def word_file(request: PortalRequest, uuid: UUID) -> HttpResponse | FileResponse:
    """The chosen sections as they are saved now."""
    application, roles = with_roles(request, uuid)
    form = OutForm(application, request.GET)
    if not form.is_valid():
        messages.error(request, str(form.errors["abschnitt"][0]))
        return redirect("applications:word", application.pk)
    drafts = {draft.key: draft for draft in application.drafts.all()}
    around = Around.of(application, drafts.values())
    names = Names(application.terms, {row.id: row.title for row in around.activities})
    sections = [
        Written(term, drafts[term.key].version, drafts[term.key].value)
        for term in application.terms.sections
        if term.key in form.cleaned_data["abschnitt"] and term.key in drafts
    ]
    content = write(application.pk, application.name, sections, names, can_return=can_take_in(application, roles))
    name = f"{slug_of(application.short_name or application.name) or 'vorhaben'}-{timezone.localdate():%Y-%m-%d}.docx"
    return deliver(ContentFile(content), name)


def propose(request: PortalRequest, application: Application, found: ReadFile) -> HttpResponse:
    """Show for every section what taking it over would change; nothing is saved yet."""
    drafts = texts_of(application)
    terms = application.terms.by_key
    outcome, plan, now = (
        Outcome(is_changed_outside=found.is_changed_outside),
        Workshop.objects.openings_in(application.cohort_uuid),
        timezone.now(),
    )
    versions = {drafts[one.key].pk: one.version for one in found.sections if one.key in drafts}
    bases = Revision.objects.at_versions(versions)
    for section in found.sections:
        draft = drafts.get(section.key)
        if draft is None or section.key not in terms or section.version > draft.version:
            outcome.refused.append(why_not_taken(section, terms, draft))
            continue
        title = terms[section.key].title
        try:
            proposal = proposal_of(terms[section.key], draft, section, bases.get(draft.pk))
        except InvalidContent as refused:
            outcome.refused.append(why_invalid(title, section.text, refused))
            continue
        if proposal is not None and is_open(section.key, plan, now):
            outcome.proposals.append(proposal)
            continue
        (outcome.same if proposal is None else outcome.closed).append(title)
        if sentences := section.dropped.sentences():
            outcome.left_out.append((title, sentences))
    outcome.portal = [terms[key] for key in found.portal if key in terms]
    broken = [title_of(key, terms) for key in found.broken]
    context = {"application": application, "outcome": outcome, "broken": broken}
    return render(request, "applications/writing/proposals.html", context)


def title_of(key: str, terms: Mapping[str, SectionTerm]) -> str:
    return terms[key].title if key in terms else _("Abschnitt %(key)s") % {"key": key}


def why_not_taken(section: ReadSection, terms: Mapping[str, SectionTerm], draft: Draft | None) -> str:
    """Why the marked line of a section says nothing that the portal knows, as a sentence."""
    again = _("Bitte laden Sie die Datei neu herunter und kopieren Sie Ihren Text hinein.")
    if section.key in terms and draft is not None:
        reason = _("In der Datei steht „Fassung %(said)d“, im Portal gibt es erst Fassung %(known)d.")
        reason = "{} {}".format(reason % {"said": section.version, "known": draft.version}, again)
    elif section.key in terms and terms[section.key].kind != Kind.TEXT:
        reason = _("Dieser Abschnitt wird nur im Portal ausgefüllt.")
    else:
        reason = "{} {}".format(_("Diesen Abschnitt gibt es in Ihrem Vorhaben nicht."), again)
    return _("„%(title)s“ lässt sich nicht übernehmen: %(reason)s") % {
        "title": title_of(section.key, terms),
        "reason": reason,
    }


def why_invalid(title: str, text: str, refused: InvalidContent) -> str:
    """Why a text cannot be stored, as a sentence about its section."""
    what = replace(specs(Text)["text"], label=title)
    if len(composed(text)) > what.max_length:
        return too_long(what, len(composed(text)))
    return _("„%(title)s“ lässt sich nicht übernehmen: %(reason)s") % {"title": title, "reason": refused}


def texts_of(application: Application) -> dict[str, Draft]:
    """The drafts that a file can bring back, by key."""
    return {draft.key: draft for draft in application.drafts.filter(kind=Kind.TEXT).select_related("application")}


def proposal_of(term: SectionTerm, draft: Draft, section: ReadSection, kept: Revision | None) -> Proposal | None:
    """The section joined with what stands there now; None where the file changes nothing. `InvalidContent`.

    `kept` is the version that went out.
    """
    base = of_kind(Text, loads(Kind.TEXT, kept.content)) if kept else Text()
    mine = storable(Text(section.text))
    theirs = of_kind(Text, draft.value)
    if mine.text in {printable(base.text), printable(theirs.text)}:
        return None
    merged = merge(base, mine, theirs)
    shown = merge(base, mine, theirs, {clash.path: clash.mine for clash in merged.clashes}).value
    return Proposal(
        term,
        section.version,
        mine.text,
        marked(words(theirs.text, shown.text)),
        len(merged.clashes),
        section.dropped.sentences(),
        warning=warning_of(base, mine, theirs, shown, is_decided_later=bool(merged.clashes)),
        gone=gone_since(base, theirs),
    )


def warning_of(base: Text, mine: Text, theirs: Text, shown: Text, *, is_decided_later: bool) -> str:
    """What the section would lose by the text `shown`, in words; empty where that is little.

    Where a person decides later, what comes of it is not known yet; only what the file itself lost is said.
    """
    if not mine.text.strip() and theirs.text.strip():
        gone = _("In der Datei steht hier nichts mehr.")
        if is_decided_later:
            return gone
        left = shown.text.strip()
        return "{} {}".format(
            gone,
            _("Wenn Sie das übernehmen, bleibt nur, was inzwischen im Portal dazugekommen ist.")
            if left
            else _("Wenn Sie das übernehmen, ist der Abschnitt leer."),
        )
    said = []
    if is_nearly_gone(base, mine):
        said.append(_("In der Datei steht hier fast nichts mehr."))
    if not is_decided_later and is_nearly_gone(theirs, shown):
        said.append(_("Wenn Sie das übernehmen, ist der Abschnitt fast leer."))
    return " ".join(said)


def gone_since(base: Text, now: Text) -> str:
    """Say it where all or nearly all is gone of what stood in the section when the file went out."""
    if not is_nearly_gone(base, now):
        return ""
    if not now.text.strip():
        return _(
            "Im Portal ist dieser Abschnitt inzwischen leer. Wenn Sie das übernehmen, steht dort nur, was hier neu ist."
        )
    return _("Im Portal steht von diesem Abschnitt inzwischen fast nichts mehr.")


def is_nearly_gone(before: Text, after: Text) -> bool:
    return len(after.text.strip()) * NEARLY_ALL < len(before.text.strip())


@require_POST
def take(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Save the chosen proposals like any other save: joined with what was written meanwhile, never over it."""
    application = get_application(request, uuid, to="write")
    drafts, clashing = texts_of(application), ""
    if not request.POST.getlist("take"):
        messages.warning(request, _("Sie haben nichts ausgewählt. Es ist nichts gespeichert."))
    for key in request.POST.getlist("take"):
        draft = drafts.get(key)
        if draft is None or key not in application.terms.by_key:
            continue
        title = application.terms.by_key[key].title
        sent = QueryDict(mutable=True)
        sent["version"] = request.POST.get(f"version-{key}", "")
        text = request.POST.get(f"text-{key}", "")
        try:
            answer = draft.save_content(
                by=request.user, seen=seen_version(sent), content=Text(text), why=Revision.Why.IMPORTED
            )
        except InvalidContent as refused:
            messages.error(request, why_invalid(title, text, refused))
            continue
        except (NotDrafting, SectionClosed):
            messages.error(request, _("„%(title)s“ lässt sich gerade nicht schreiben.") % {"title": title})
            continue
        if answer.sent and answer.how == How.CONFLICT:
            clashing = clashing or reverse("applications:conflict", args=[application.pk, key, answer.sent.pk])
        tell(request, application, key, title, answer)
    return redirect(clashing or application.get_absolute_url())


def tell(request: PortalRequest, application: Application, key: str, title: str, answer: Save) -> None:
    """What became of one section."""
    if answer.how == How.CONFLICT and answer.sent:
        address = reverse("applications:conflict", args=[application.pk, key, answer.sent.pk])
        sentence = _("„{title}“: Dieselben Worte wurden inzwischen auch im Portal geändert. {link}")
        link = format_html('<a href="{}">{}</a>', address, _("Bitte entscheiden Sie."))
        messages.warning(request, format_html(sentence, title=title, link=link))
        return
    if answer.how == How.MERGED and isinstance(answer.joined_with, Text) and not answer.joined_with.text.strip():
        address = reverse("applications:history", args=[application.pk, key])
        sentence = _("„{title}“ war im Portal inzwischen leer. Dort steht jetzt nur, was in der Datei neu war. {link}")
        link = format_html('<a href="{}">{}</a>', address, _("Frühere Fassungen ansehen"))
        messages.warning(request, format_html(sentence, title=title, link=link))
        return
    sentence = {
        How.SAVED: _("„%(title)s“ ist übernommen."),
        How.MERGED: _("„%(title)s“ ist übernommen und mit dem verbunden, was inzwischen geschrieben wurde."),
        How.UNCHANGED: _("„%(title)s“ war schon so gespeichert."),
    }[answer.how]
    messages.success(request, sentence % {"title": title})
