"""The form that names the coaches of one or several teams: what is not chosen stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import CoachAssignment, Team
from cohorts.models.team import AS_IT_IS

NOBODY = "nobody"


class CoachesForm(forms.Form):
    """Who coaches these teams; what is left empty stays, and nobody is chosen by name.

    Its cleaned data are an assignment, None for nobody, or `AS_IT_IS`.
    """

    first = forms.ChoiceField(label=gettext_lazy("Erste Coaching-Person"), required=False)
    second = forms.ChoiceField(label=gettext_lazy("Zweite Coaching-Person"), required=False)

    def __init__(self, *args: Any, coaches: Iterable[CoachAssignment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.coaches = {str(coach.pk): coach for coach in coaches}
        choices = [
            ("", _("bleibt, wie es ist")),
            (NOBODY, _("niemand")),
            *((key, str(coach)) for key, coach in self.coaches.items()),
        ]
        fields: dict[str, Any] = self.fields
        fields["first"].choices = fields["second"].choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen: dict[str, Any] = {name: self._chosen(cleaned[name]) for name in ("first", "second") if name in cleaned}
        if isinstance(chosen.get("first"), CoachAssignment) and chosen["first"] == chosen.get("second"):
            self.add_error("second", _("Bitte wählen Sie zwei verschiedene Personen."))
        return chosen

    def _chosen(self, key: str) -> CoachAssignment | str | None:
        if not key:
            return AS_IT_IS
        return None if key == NOBODY else self.coaches[key]


def who_coaches(teams: Iterable[Team]) -> SafeString:
    """Return a table of the teams with their coaches as they are, above the choice of others."""
    rows = (
        (team, *(coach.full_name if coach else _("niemand") for coach in (team.first_coach, team.second_coach)))
        for team in teams
    )
    return format_html(
        "<table><thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>",
        _("Team"),
        _("bisher erste Coaching-Person"),
        _("bisher zweite Coaching-Person"),
        format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', rows),
    )
