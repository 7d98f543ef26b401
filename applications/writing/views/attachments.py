"""The page „Anlagen“: files of an application are uploaded, shown, handed out and deleted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.content import Attachments
from applications.content.simple import beside_a_file
from applications.progress.audience import FILE, PeopleAround
from applications.writing.access import get_application, with_roles
from applications.writing.models import Application, Attachment, NotDrafting
from calls.terms import ATTACHMENTS
from core.files import check_upload, deliver, hints, show_what_goes
from core.words import all_of


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Art der Anlage"),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie, was für eine Anlage das ist."),
            "invalid_choice": gettext_lazy("Diese Art von Anlage gibt es im Förderaufruf nicht. Bitte wählen Sie neu."),
        },
    )
    file = forms.FileField(label=gettext_lazy("Datei"))

    def __init__(self, application: Application, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        terms = application.terms.attachments
        self.made_here = {kind.key: kind for kind in terms if kind.is_made_here}
        kinds = [(kind.key, kind.label) for kind in terms if not kind.is_made_here]
        field: Any = self.fields["kind"]
        field.choices = [("", _("Bitte wählen")), *kinds]
        if self.made_here:
            labels = all_of(f"„{kind.label}“" for kind in self.made_here.values())
            field.help_text = format_html(_("Das Portal erstellt beim Fertigstellen selbst: {labels}."), labels=labels)
        if self.data.get("kind") in self.made_here:
            field.error_messages["invalid_choice"] = _(
                "„%(label)s“ erstellt das Portal beim Fertigstellen selbst, aus Ihren Abschnitten. Eine Datei nimmt es dafür nicht "
                "an; Ihre liegt weiter auf Ihrem Gerät. Gehört sie zu etwas anderem, wählen Sie das bitte."
            ) % {"label": self.made_here[self.data["kind"]].label}
        show_what_goes(self.fields["file"])

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        self.cleaned_data["type"] = check_upload(upload)
        return upload


def attachments(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show the application's files, with a form for people who may add one."""
    application, roles = with_roles(request, uuid, to="attach" if request.method == "POST" else "see")
    may = Application.MAY["attach"] & roles
    if request.method == "POST":
        return upload(request, application)
    kinds = {kind.key: kind.label for kind in application.terms.attachments}
    form = UploadForm(application, initial={"kind": request.GET.get("art", "")})
    return show(request, application, form, kinds, editable=bool(may) and application.is_being_written)


def upload(request: PortalRequest, application: Application) -> HttpResponse:
    form = UploadForm(application, request.POST, request.FILES)
    kinds = {kind.key: kind.label for kind in application.terms.attachments}
    if not form.is_valid():
        return show(request, application, form, kinds, editable=application.is_being_written, status=422)
    try:
        stored = Attachment.objects.attach(
            application,
            by=request.user,
            kind=form.cleaned_data["kind"],
            upload=form.cleaned_data["file"],
            file_type=form.cleaned_data["type"],
        )
    except NotDrafting:
        messages.error(request, _("Das Vorhaben wird gerade nicht geschrieben; Anlagen lassen sich nicht ändern."))
    except ValidationError as refused:
        form.add_error("file", refused)
        return show(request, application, form, kinds, editable=True, status=422)
    else:
        messages.success(request, _("Die Anlage ist gespeichert."))
        for sentence in hints(form.cleaned_data["file"], form.cleaned_data["type"], stored.name):
            messages.warning(request, sentence)
    return redirect("applications:attachments", application.pk)


def show(
    request: PortalRequest,
    application: Application,
    form: UploadForm,
    kinds: dict[str, str],
    *,
    editable: bool,
    status: int = 200,
) -> HttpResponse:
    files = list(application.attachments.select_related("by"))
    terms = {kind.key: kind for kind in application.terms.attachments}
    listed = listed_states(application) if files else Attachments()
    rows = [
        (
            kinds.get(row.kind, row.kind),
            row,
            beside_a_file(terms[row.kind], listed.state(row.kind)) if row.kind in terms else "",
        )
        for row in files
    ]
    audience = PeopleAround.of(application).audience(FILE, request.user)
    context = {"application": application, "form": form, "rows": rows, "editable": editable, "who": audience}
    return render(request, "applications/writing/attachments.html", context, status=status)


def listed_states(application: Application) -> Attachments:
    """Return the list „Anlagen“ as it is saved, an empty one where the call has no such section. One query."""
    draft = application.drafts.filter(key=ATTACHMENTS).first()
    return draft.value if draft and isinstance(draft.value, Attachments) else Attachments()


def attachment(request: PortalRequest, uuid: UUID, attachment: UUID) -> FileResponse:
    """Deliver the file as a download."""
    application = get_application(request, uuid)
    row = get_object_or_404(Attachment, pk=attachment, application=application)
    return deliver(row.file, row.name)


@require_POST
def detach(request: PortalRequest, uuid: UUID, attachment: UUID) -> HttpResponse:
    application = get_application(request, uuid, to="attach")
    row = get_object_or_404(Attachment, pk=attachment, application=application)
    try:
        row.detach(by=request.user)
    except NotDrafting:
        messages.error(request, _("Das Vorhaben wird gerade nicht geschrieben; Anlagen lassen sich nicht ändern."))
    else:
        messages.success(request, _("Die Anlage ist gelöscht."))
    return redirect("applications:attachments", application.pk)
