"""„Adresse berichtigen“ of a registration: its people have a secret link, which a wrong or dead address never gets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.addresses import AddressFormField
from cohorts.correcting import correct_registered_address
from cohorts.models import Registration, RegistrationPerson

from .consequences import consequences


class PersonChoice(forms.ModelChoiceField):
    """People of a registration, each with the address that may be wrong."""

    def label_from_instance(self, person: Any) -> str:
        return f"{person.full_name}, {person.email}"


class RegisteredAddressForm(forms.Form):
    """Whose address is wrong, and the right one."""

    person = PersonChoice(
        RegistrationPerson.objects.none(),
        label=gettext_lazy("Wessen Adresse?"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Bitte wählen Sie eine Person.")},
    )
    email = AddressFormField(label=gettext_lazy("Neue E-Mail-Adresse"))

    def __init__(self, *args: Any, registration: Registration | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        if registration:
            field.queryset = registration.persons.all()


@admin.action(
    description=gettext_lazy("Adresse berichtigen"), location=[ActionLocation.CHANGE_FORM], permissions=["change"]
)
def correct_address(pages: Any, request: HttpRequest, queryset: QuerySet[Registration]) -> HttpResponse | None:
    """Ask whose address is wrong, show that the link is renewed for all of them, and correct it."""
    by: Any = request.user
    registration = queryset.select_related("cohort__organiser").first()
    question: dict[str, Any] = {"title": _("Adresse berichtigen")}
    stale = _("Über diese Anmeldung ist entschieden, oder sie ist zurückgezogen, oder die Adresse ist schon geändert.")
    details = what_happens
    form = pages.ask(
        request, queryset, RegisteredAddressForm, **question, registration=registration, details=details, stale=stale
    )
    if isinstance(form, HttpResponse):
        return form
    refused = pages.run(
        request,
        queryset,
        lambda _registration: correct_registered_address(by=by, **form.cleaned_data),
        may="edit",
        done=_("Die Adresse ist berichtigt, der neue Link ist unterwegs."),
        stale=stale,
    )
    answer: HttpResponse | None = pages.ask_again(request, refused, form)
    return answer


def what_happens() -> SafeString:
    """Say that the link of before ends."""
    return consequences(
        [
            _("Alle Personen der Anmeldung bekommen einen neuen Link, die berichtigte an ihrer neuen Adresse."),
            _("Der bisherige Link gilt dann nicht mehr. Was angemeldet wurde, bleibt, wie es ist."),
        ]
    )
