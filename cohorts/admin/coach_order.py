"""„Erste und zweite Coaching-Person tauschen“, for one or several teams."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts import reassigning
from cohorts.models import Team

from .consequences import consequences


@admin.action(
    description=gettext_lazy("Erste und zweite Coaching-Person tauschen"),
    location=[ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST],
    permissions=["change"],
)
def swap_order(pages: Any, request: HttpRequest, queryset: QuerySet[Team]) -> HttpResponse | None:
    """Show of each team for whom its hand-ins wait then and who is told, and swap the two."""
    by: Any = request.user
    teams = queryset.for_lists().select_related("cohort")  # type: ignore[attr-defined]
    answer: HttpResponse | None = pages.ask_and_run(
        request,
        queryset,
        lambda team: reassigning.swap_order(team, by=by),
        title=_("Erste und zweite Coaching-Person tauschen"),
        button=_("Tauschen und benachrichtigen"),
        details=lambda: consequences_of_order(pages.offered(request, teams)),
        stale=_("Das Team hat keine zweite Coaching-Person, oder es ist ausgeschieden."),
        may="edit",
        done=_("Getauscht, Team und Coaching-Personen sind benachrichtigt."),
    )
    return answer


def consequences_of_order(teams: list[Team]) -> SafeString:
    """Name both coaches of each team in their new order."""
    sentences = []
    for team in teams:
        said = {"team": team.title, "first": team.second_coach, "second": team.first_coach or _("niemand")}
        words = _("„%(team)s“: Abgaben und Fragen warten auf %(first)s statt auf %(second)s.")
        sentences.append(words % said)
    return consequences(sentences)
