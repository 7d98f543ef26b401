"""„Team hinzufügen“: a team without a registration, with its organisation, its owner, a place and the text that is sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.consequences import GO_ON_TYPING
from accounts.models import Organisation
from accounts.models.record import Person
from accounts.person_form import PERSON_FIELDS, PersonForm
from accounts.rehearsal import current, unless_refused
from cohorts.by_hand import known_to, make_by_hand
from cohorts.models import Cohort, Team, TeamMember
from core.spelling import LineFormField, TextFormField
from core.writes import Stale

from .consequences import consequences
from .decision_forms import suggested_text
from .leaving_team import explain_places
from .readmit_form import CohortChoice
from .there_already import there_already

OVER = gettext_lazy("Diese Projektschmiede ist vorbei oder abgesagt.")


class TeamByHandForm(PersonForm):
    """The place, the organisation, who is responsible, and the text that is sent."""

    cohort = CohortChoice(
        Cohort.objects.none(),
        label=gettext_lazy("Projektschmiede"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Bitte wählen Sie eine Projektschmiede.")},
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("Bekannte Organisation"),
        required=False,
        empty_label=gettext_lazy("neu anlegen"),
        help_text=gettext_lazy(
            "Nur wenn der Verein schon in einer Ihrer früheren Projektschmieden war. Sein Team kann dann seine früheren "
            "Texte übernehmen."
        ),
    )
    name = LineFormField(
        label=gettext_lazy("Name der neuen Organisation"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Nur wenn sie neu angelegt wird."),
    )
    text = TextFormField(
        label=gettext_lazy("Text, der verschickt wird"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Die verantwortliche Person bekommt ihn per E-Mail, nach „Guten Tag …“."),
    )

    field_order = ("cohort", "organisation", "name", *PERSON_FIELDS, "text")

    def __init__(self, *args: Any, organiser: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        taken = models.Count("teams", models.Q(teams__withdrawn_at=None))
        own = Cohort.objects.organised_by(organiser).filter(cancelled_at=None, ends_on__gte=timezone.localdate())
        fields["cohort"].queryset = own.annotate(taken=taken).select_related("call").order_by("begins_on", "title")
        fields["organisation"].queryset = known_to(organiser)
        for name, said in (("first_name", _("Vorname der verantwortlichen Person")), ("last_name", _("Nachname"))):
            fields[name].label = said

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if bool(cleaned.get("organisation")) == bool(cleaned.get("name")):
            self.add_error(
                "name", _("Bitte wählen Sie oben eine bekannte Organisation, oder geben Sie den Namen einer neuen an.")
            )
        return cleaned


def add_by_hand(pages: Any, request: HttpRequest) -> HttpResponse:
    """Show the form with what happens; make the team, and open its page."""
    by: Any = request.user
    sent = request.method == "POST"
    initial = {"text": lambda: suggested_text("made_by_hand")}
    form = TeamByHandForm(request.POST if sent else None, organiser=by, initial=initial)
    if sent and form.is_valid() and GO_ON_TYPING not in request.POST:
        values = dict(form.cleaned_data)
        owner = TeamMember(**{name: values.pop(name) for name in PERSON_FIELDS})
        try:
            with unless_refused():
                team = make_by_hand(by=by, owner=owner, **values)
        except Stale as error:
            form.add_error(None, str(error) or str(OVER))
        else:
            say_on_last_page(team, owner)
            pages.log_addition(request, team, [{"added": {}}])
            pages.message_user(request, _("Das Team ist angelegt."), messages.SUCCESS)
            return redirect("admin:cohorts_team_change", team.pk)
    answer: HttpResponse = pages.ask_to_add(
        request,
        form,
        title=_("Team ohne Anmeldung anlegen"),
        intro=_("Für einen Verein, der sich nicht über das Portal angemeldet hat."),
        details=what_happens(),
    )
    return answer


def say_on_last_page(team: Team, owner: TeamMember) -> None:
    """Say which places are left once the team is there, and who looks like it."""
    explain_places(team)
    if (watching := current()) and (warning := there_already(team, owner)):
        watching.explain(warning)


def what_happens() -> SafeString:
    sentences = [
        _("In der Projektschmiede wird ein Platz belegt und ein Team angelegt."),
        _(
            "Die verantwortliche Person bekommt zwei E-Mails: Ihren Text mit den Terminen und eine Einladung. Im Team ist sie "
            "erst, wenn sie die Einladung annimmt; dann lädt sie die anderen ein."
        ),
        _("Coaching-Personen legen Sie danach fest. War es ein Versehen, wählen Sie beim Team „Team scheidet aus“."),
    ]
    return consequences(sentences)
