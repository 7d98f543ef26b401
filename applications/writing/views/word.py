"""The page „Word-Datei“: downloading an application, and reading it in again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.files.base import ContentFile
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.content import InvalidContent, Text
from applications.content.sheets import Names
from applications.writing.access import get_application, with_roles
from applications.writing.forms.project import ProjectFacts
from applications.writing.forms.word import DownloadForm, UploadForm
from applications.writing.models import Application, How, NotDrafting, Revision, Save, SectionClosed
from applications.writing.page.proposals import read_result, texts_of, why_invalid
from applications.writing.views.section import seen_version
from core.filenames import slug_of
from core.files import deliver


def word(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show the choice of sections to download; POST reads a file in and shows what it would change."""
    # Imported where they are used: `lxml` and `docx` take a fifteenth of the start of every process, and few ever see a file.
    from applications.writing.word.read import read  # noqa: PLC0415
    from applications.writing.word.safe import UnreadableFile  # noqa: PLC0415

    application, roles = with_roles(request, uuid, to="write" if request.method == "POST" else "see")
    editable = can_take_in(application, roles)
    form = UploadForm()
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                file = read(form.cleaned_data["file"].read(), application.pk)
            except UnreadableFile as refused:
                form.add_error("file", str(refused))
            else:
                context = {"application": application, "result": read_result(application, file)}
                return render(request, "applications/writing/proposals.html", context)
    context = {"application": application, "out": DownloadForm(application), "form": form, "editable": editable}
    return render(request, "applications/writing/word.html", context, status=422 if form.errors else 200)


def can_take_in(application: Application, roles: frozenset[str]) -> bool:
    """May somebody with these roles read a file in now?"""
    return bool(Application.MAY["write"] & roles) and application.is_being_written


def word_file(request: PortalRequest, uuid: UUID) -> HttpResponse | FileResponse:
    """Deliver the chosen sections as they are saved now."""
    from applications.writing.word.write import SectionToWrite, write  # noqa: PLC0415

    application, roles = with_roles(request, uuid)
    form = DownloadForm(application, request.GET)
    if not form.is_valid():
        messages.error(request, str(form.errors["abschnitt"][0]))
        return redirect("applications:word", application.pk)
    drafts = {draft.key: draft for draft in application.drafts.all()}
    project = ProjectFacts.of(application, drafts.values())
    names = Names(application.terms, {row.id: row.title for row in project.activities})
    sections = [
        SectionToWrite(term, drafts[term.key].version, drafts[term.key].value)
        for term in application.terms.sections
        if term.key in form.cleaned_data["abschnitt"] and term.key in drafts
    ]
    content = write(application.pk, application.name, sections, names, can_return=can_take_in(application, roles))
    name = f"{slug_of(application.short_name or application.name) or 'vorhaben'}-{timezone.localdate():%Y-%m-%d}.docx"
    return deliver(ContentFile(content), name)


@require_POST
def take(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Save the chosen proposals like any other save: merged with what was written meanwhile."""
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
    """Show what became of one section."""
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
