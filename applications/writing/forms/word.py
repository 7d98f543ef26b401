"""The forms of the page „Word-Datei“: which sections it gets, and the file that comes back."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.writing.models import Application
from core.files import accepted, check_size, limit_mb


class DownloadForm(forms.Form):
    """The choice of sections to write into a Word file."""

    abschnitt = forms.MultipleChoiceField(
        label=gettext_lazy("Welche Abschnitte?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Bitte wählen Sie mindestens einen Abschnitt.")},
    )

    def __init__(self, application: Application, data: QueryDict | None = None) -> None:
        choices = [(section.key, section.title) for section in application.terms.sections]
        super().__init__(data, initial={"abschnitt": [key for key, _title in choices]})
        self.fields["abschnitt"].choices = choices  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    """The Word file that comes back."""

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
        check_size(upload)  # reading it finds out whether it is a Word file
        return upload
