"""The form in which an organiser takes a team into another cohort, and the consequences that stand above it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.models import Cohort, Team, TeamMember
from cohorts.readmitting import cohorts_for, is_over, people_to_invite
from core.spelling import TextFormField
from core.words import short_day


class CohortChoice(forms.ModelChoiceField):
    """Cohorts with their first day, the places that are left, and a deadline that is over; `call` is read with them."""

    def label_from_instance(self, cohort: Any) -> str:
        left = max(cohort.places - cohort.taken, 0)
        places = ngettext("%(left)d von %(places)d Plätzen frei", "%(left)d von %(places)d Plätzen frei", left)
        said = {"left": left, "places": cohort.places}
        words = places % said if left else _("kein Platz frei")
        last = cohort.call.last_day()
        if last is not None and last < timezone.localdate():
            words = _("%(words)s; Einsendeschluss war am %(day)s") % {"words": words, "day": short_day(last)}
        return _("%(title)s, ab %(day)s (%(words)s)") % {
            "title": cohort.title,
            "day": short_day(cohort.begins_on),
            "words": words,
        }


class PeopleChoice(forms.ModelMultipleChoiceField):
    """People of the earlier team, with how it stands for those who never joined it."""

    def label_from_instance(self, person: Any) -> str:
        state = person.invitation_state
        return f"{person.full_name} ({state})" if state else person.full_name


class ReadmitForm(forms.Form):
    """Which cohort, who comes along, who is responsible, and the text that is sent."""

    cohort = CohortChoice(
        Cohort.objects.none(),
        label=gettext_lazy("Neue Projektschmiede"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Bitte wählen Sie eine Projektschmiede.")},
    )
    people = PeopleChoice(
        TeamMember.objects.none(),
        label=gettext_lazy("Wer wird eingeladen?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Alle, die noch im früheren Team sind. Wer nicht mehr mitmacht, bekommt ohne Haken keine E-Mail."
        ),
        error_messages={"required": gettext_lazy("Bitte wählen Sie mindestens eine Person.")},
    )
    owner = forms.ModelChoiceField(
        TeamMember.objects.none(),
        label=gettext_lazy("Wer ist im neuen Team verantwortlich?"),
        empty_label=None,
        error_messages={"required": gettext_lazy("Bitte wählen Sie eine Person.")},
    )
    text = TextFormField(
        label=gettext_lazy("Text, der verschickt wird"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Alle eingeladenen Personen bekommen ihn per E-Mail, nach „Guten Tag …“."),
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        people = people_to_invite(team)
        taken = models.Count("teams", models.Q(teams__withdrawn_at=None))
        fields["cohort"].queryset = cohorts_for(team).annotate(taken=taken).select_related("call")
        fields["people"].queryset = fields["owner"].queryset = people
        self.initial.setdefault("people", lambda: [person.pk for person in people])
        self.initial.setdefault("owner", lambda: next((person.pk for person in people), None))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        owner, people = cleaned.get("owner"), cleaned.get("people")
        if owner and people is not None and owner not in people:
            self.add_error("owner", _("Die verantwortliche Person muss eingeladen werden."))
        return cleaned


def consequences_of(team: Team) -> SafeString:
    """Say what taking the team into another cohort does: a place, a team, two mails each, and what stays as it is."""
    sentences = [
        _("In der neuen Projektschmiede wird ein Platz belegt und ein Team für %(organisation)s angelegt.")
        % {"organisation": team.organisation.name},
        _(
            "Jede Person bekommt zwei E-Mails: Ihren Text mit der Zusage und eine Einladung. Im Team ist sie erst, wenn sie die Einladung annimmt."
        ),
        _("Wer schon schreibt oder liest, tut das auch im neuen Team. Coaching-Personen legen Sie danach fest."),
        texts_of(team),
        _("Das frühere Team und sein Vorhaben bleiben, wie sie sind."),
    ]
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((sentence,) for sentence in sentences)))


def texts_of(team: Team) -> str:
    """Say whether the new team can begin with its earlier texts, or from when on."""
    if is_over(team):
        return _(
            "Beim Beginnen kann das neue Team seine früheren Texte übernehmen. Erklärungen und Anlagen gehen nicht mit. Frühere Rückmeldungen und Anmerkungen bleiben beim früheren Team; dort liest sie, wer sie schon lesen konnte."
        )
    return _(
        "Die bisherige Projektschmiede läuft noch bis %(day)s. Vorher kann das neue Team seine Texte nur übernehmen, wenn das bisherige Team ausgeschieden oder sein Vorhaben zurückgezogen oder abgelehnt ist. Soll es hier nicht weitermachen, lassen Sie es deshalb zuerst ausscheiden. Wer vorher beginnt, beginnt ohne sie; das lässt sich nicht nachholen."
    ) % {"day": short_day(team.cohort.ends_on)}
