"""Who is responsible for a team, where the owner does not answer: another member, or somebody new who is invited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.person_form import PersonForm
from accounts.rehearsal import current
from cohorts import new_owner
from cohorts.models import Team, TeamMember

from .consequences import consequences

ON_FORM = [ActionLocation.CHANGE_FORM]


class NewOwnerForm(PersonForm):
    """Somebody new to be responsible, and what becomes of the owner of before."""

    leaves = forms.BooleanField(
        label=gettext_lazy("Wer bisher verantwortlich war, scheidet aus dem Team aus."),
        required=False,
        help_text=gettext_lazy("Ohne Haken bleibt die Person im Team und schreibt mit."),
    )


@admin.action(
    description=gettext_lazy("Zur verantwortlichen Person machen"), location=ON_FORM, permissions=["hand_over"]
)
def hand_over(pages: Any, request: HttpRequest, queryset: QuerySet[TeamMember]) -> HttpResponse | None:
    """Show who is responsible now and then, and who is told; then hand over."""
    by: Any = request.user
    rows = queryset.select_related("team__organisation", "team__cohort", "team__first_coach", "team__second_coach")
    answer: HttpResponse | None = pages.ask_and_run(
        request,
        queryset,
        lambda member: member.team.owner().hand_over(member, by=by),
        title=_("Verantwortung übergeben"),
        button=_("Ja, Verantwortung übergeben"),
        intro=_("Wer verantwortlich ist, stellt das Vorhaben fertig und trägt ein, was danach geschieht."),
        details=lambda: consequences(sentence for member in rows for sentence in consequences_of_handing_over(member)),
        stale=_("Verantwortlich kann nur werden, wer die Einladung angenommen hat und noch im Team ist."),
        may="hand over",
        done=_("Die Person ist jetzt für das Team verantwortlich."),
    )
    return answer


@admin.action(
    description=gettext_lazy("Neue verantwortliche Person einladen"), location=ON_FORM, permissions=["change"]
)
def invite_owner(pages: Any, request: HttpRequest, queryset: QuerySet[Team]) -> HttpResponse | None:
    """Ask for somebody new, say what becomes of the owner of before, and invite them."""
    by: Any = request.user
    rows = queryset.for_lists().select_related("cohort")  # type: ignore[attr-defined]
    question: dict[str, Any] = {
        "title": _("Neue verantwortliche Person einladen"),
        "intro": _("Wenn die verantwortliche Person nicht mehr antwortet und sonst niemand im Team es werden kann."),
    }
    details = lambda: consequences(sentence for team in rows for sentence in consequences_of_inviting(team))  # noqa: E731
    stale = _("Das Team ist ausgeschieden.")
    form = pages.ask(request, queryset, NewOwnerForm, **question, details=details, stale=stale)
    if isinstance(form, HttpResponse):
        return form

    def invite(team: Team) -> None:
        before = team.owner()
        owner = new_owner.invite_owner(team, by=by, **form.cleaned_data)
        if watching := current():
            down = new_owner.stepping_down(before, owner.full_name)
            goes = _("%(before)s gehört dann nicht mehr zum Team.") % {"before": before.full_name}
            leaves = form.cleaned_data["leaves"] and before.has_joined
            watching.explain(consequences([down[0], goes, *down[2:]] if leaves else down))

    refused = pages.run(
        request,
        queryset,
        invite,
        may="edit",
        done=_("Die Einladung ist unterwegs, das Team ist benachrichtigt."),
        stale=stale,
    )
    answer: HttpResponse | None = pages.ask_again(request, refused, form)
    return answer


def consequences_of_handing_over(member: TeamMember) -> list[str]:
    """Name who is responsible until now and from now on."""
    team: Team = member.team
    before = team.owner()
    said = {"team": team.title, "before": before.full_name or _("eine gelöschte Person"), "name": member.full_name}
    sentences = [
        _("Für das Team „%(team)s“ ist %(name)s verantwortlich statt bisher %(before)s.") % said,
        *new_owner.stepping_down(before, member.full_name),
        _("Zurück geht es auf demselben Weg, auf der Seite von %(before)s.") % said,
    ]
    return sentences if before.has_joined else sentences[:-1]


def _stepping_down(before: TeamMember) -> list[str]:
    """Say what the owner of before may still do, unless the box is ticked by which they leave."""
    if not before.has_joined:
        return []
    first, still, *_alone = new_owner.stepping_down(before, "")
    return [first, _("Ohne den Haken unten gilt: %(sentence)s") % {"sentence": still}]


def consequences_of_inviting(team: Team) -> list[str]:
    """Say what becomes of the owner of before and what nobody can do until the invitation is accepted."""
    before = team.owner()
    said = {"before": before.full_name or _("eine gelöschte Person")}
    if before.has_joined:
        own = _("Bisher verantwortlich ist %(before)s. Ob diese Person im Team bleibt, entscheiden Sie unten.")
        mail = _("Scheidet %(before)s aus, bekommt sie darüber eine eigene E-Mail.")
    else:
        own = _(
            "Bisher verantwortlich ist %(before)s, hat aber nie angenommen: Dieser Platz und seine Einladung enden."
        )
        mail = _("Wer noch eingeladen war, erfährt, dass die Einladung zurückgezogen ist.")
    waits = _(
        "Wen Sie einladen, bekommt eine Einladung. Bis sie angenommen ist, kann niemand das Vorhaben fertigstellen."
    )
    members = [member.full_name for member in team.joined().exclude(pk=before.pk)]
    sentences = [own % said, *_stepping_down(before), mail % said, waits]
    if members:
        instead = _(
            "Stattdessen kann es auch werden, wer schon dabei ist: %(names)s. Das geht auf der Seite der Person."
        )
        sentences.append(instead % {"names": ", ".join(members)})
    return sentences
