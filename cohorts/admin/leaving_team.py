"""„Team scheidet aus“ and the way back, „Team nimmt wieder teil“: what happens to whom, shown before either is done."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.rehearsal import current
from cohorts import taking_in_again
from cohorts.free_places import free_places_words
from cohorts.models import Cohort, Team
from cohorts.models.place_mails import to_invite_again

from .consequences import consequences

OPEN = Q(
    applications__reviews__finished_at=None,
    applications__reviews__withdrawn_at=None,
    applications__reviews__isnull=False,
)


class TakeInAgainForm(forms.Form):
    """Whether the team comes back although every place is taken; asked only then."""

    beyond_places = forms.BooleanField(
        label=gettext_lazy("Auch ohne freien Platz: Das Team nimmt zusätzlich teil."), required=False
    )

    def __init__(self, *args: Any, is_full: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_full:
            del self.fields["beyond_places"]


@admin.action(
    description=gettext_lazy("Team scheidet aus"),
    location=[ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST],
    permissions=["people"],
)
def withdraw(pages: Any, request: HttpRequest, queryset: QuerySet[Team]) -> HttpResponse | None:
    """Show who is told what, which place and which coach become free and what is called back; then let the teams go."""
    by: Any = request.user
    teams = queryset.for_lists().select_related("cohort")  # type: ignore[attr-defined]
    answer: HttpResponse | None = pages.ask_and_run(
        request,
        queryset,
        lambda team: team.withdraw(by=by),
        title=_("Team scheidet aus"),
        button=_("Ja, das Team scheidet aus"),
        intro=_(
            "Der Platz wird frei. Was das Team geschrieben hat, bleibt erhalten: Es kann alles lesen und herunterladen, aber "
            "nichts mehr schreiben, zur Rückmeldung abgeben oder fertigstellen. Das Team und seine Coaching-Personen werden "
            "benachrichtigt."
        ),
        details=lambda: consequences(leaving_sentences(pages.offered(request, teams))),
        stale=_("Das Team ist schon ausgeschieden."),
        may="people",
        done=_(
            "Das Team ist ausgeschieden, sein Platz ist frei. War es ein Versehen, wählen Sie beim Team „Team nimmt wieder teil“."
        ),
    )
    return answer


@admin.action(
    description=gettext_lazy("Team nimmt wieder teil"),
    location=[ActionLocation.CHANGE_FORM],
    permissions=["readmit"],
)
def take_in_again(pages: Any, request: HttpRequest, queryset: QuerySet[Team]) -> HttpResponse | None:
    """Show that the same team goes on, who is told and whether a place is free; then take it in again."""
    by: Any = request.user
    question: dict[str, Any] = {
        "title": _("Team nimmt wieder teil"),
        "intro": _("Für ein Team, das aus Versehen ausgeschieden ist. Es macht dort weiter, wo es aufgehört hat."),
    }
    stale = _("Das Team ist schon wieder dabei, oder die Projektschmiede ist vorbei oder abgesagt.")
    teams = queryset.for_lists().select_related("cohort")  # type: ignore[attr-defined]
    team = teams.first()
    form = pages.ask(
        request,
        queryset,
        TakeInAgainForm,
        **question,
        details=lambda: consequences_of_coming_back(team),
        is_full=team is not None and places_left(team.cohort) <= 0,
        stale=stale,
    )
    if isinstance(form, HttpResponse):
        return form

    def take_in(team: Team) -> None:
        taking_in_again.take_in_again(team, by=by, **form.cleaned_data)
        explain_places(team)

    refused = pages.run(
        request,
        queryset,
        take_in,
        may="readmit",
        done=_("Das Team nimmt wieder teil."),
        stale=stale,
    )
    answer: HttpResponse | None = pages.ask_again(request, refused, form)
    return answer


def places_after(going: Collection[Team], staying: Collection[Team]) -> list[str]:
    """Say for each cohort how many places are free once some teams take none."""
    sentences = []
    for cohort in dict.fromkeys(team.cohort for team in going):
        taken = sum(team.cohort_id == cohort.pk for team in staying)
        sentences.append(free_places_words(cohort, taken, then=True))
    return sentences


def explain_places(team: Team) -> None:
    """Say on the page of consequences how many places are left once this team takes one."""
    if watching := current():
        staying = list(Team.objects.current().filter(cohort=team.cohort_id).only("cohort_id"))
        watching.explain(consequences(places_after([team], staying)))


def staying_beside(going: Collection[Team]) -> list[Team]:
    """Return the teams that still take part in these cohorts once some have left; one query."""
    cohorts = {team.cohort_id for team in going}
    rows = Team.objects.current().filter(cohort__in=cohorts).exclude(pk__in=[team.pk for team in going])
    return list(rows.only("cohort_id", "first_coach_id", "second_coach_id"))


def leaving_sentences(teams: Collection[Team]) -> list[str]:
    """Say which places and coaches are free once these teams have left, and what becomes of what they handed in.

    Two queries, whatever the number of teams.
    """
    staying = staying_beside(teams)
    sentences = places_after(teams, staying)
    for coach in dict.fromkeys(coach for team in teams for coach in team.coaches()):
        count = sum(coach.pk in (team.first_coach_id, team.second_coach_id) for team in staying)
        said = {"coach": coach.full_name, "count": count}
        if count:
            stays = "%(coach)s begleitet danach noch ein Team.", "%(coach)s begleitet danach noch %(count)s Teams."
            sentences.append(ngettext(*stays, count) % said)
        else:
            sentences.append(_("%(coach)s begleitet danach kein Team mehr als Coaching-Person.") % said)
    open_reviews = Team.objects.filter(pk__in=[team.pk for team in teams]).aggregate(
        waiting=Count("applications__reviews", OPEN & Q(applications__reviews__taken_at=None)),
        reading=Count("applications__reviews", OPEN & Q(applications__reviews__taken_at__isnull=False)),
    )
    if open_reviews["waiting"]:
        sentences.append(_("Was zur Rückmeldung abgegeben ist und noch wartet, wird zurückgerufen."))
    if open_reviews["reading"]:
        sentences.append(_("Was eine Coaching-Person gerade liest, kann sie noch zurückgeben."))
    back = _("Zurück geht es mit „Team nimmt wieder teil“, solange „%(title)s“ läuft.")
    cohorts = dict.fromkeys(team.cohort.title for team in teams)
    return sentences + [back % {"title": title} for title in cohorts]


def places_left(cohort: Cohort) -> int:
    """Return how many places are free; below 0 where teams take part beyond them."""
    return cohort.places - cohort.teams.current().count()


def consequences_of_coming_back(team: Team) -> SafeString:
    """Say whether a place is free, who coaches the team, who is invited anew, and what stays called back."""
    cohort: Cohort = team.cohort
    left = places_left(cohort)
    is_free = _("In „%(title)s“ ist ein Platz frei; das Team nimmt ihn wieder ein.")
    is_full = _(
        "In „%(title)s“ sind alle %(places)s Plätze vergeben. Mit dem Haken unten nimmt das Team zusätzlich teil."
    )
    sentences = [(is_free if left > 0 else is_full) % {"title": cohort.title, "places": cohort.places}]
    coaches = team.coaches()
    sentences += [_("%(coach)s begleitet das Team wieder.") % {"coach": coach.full_name} for coach in coaches]
    if not coaches:
        sentences.append(_("Eine Coaching-Person hat das Team nicht; legen Sie danach eine fest."))
    for person in to_invite_again(team):
        words = _("%(name)s war noch nicht dabei und bekommt eine neue Einladung an %(email)s.")
        sentences.append(words % {"name": person.full_name, "email": person.email})
    sentences.append(_("Was geschrieben ist, ist da. Was beim Ausscheiden zurückgerufen wurde, gibt das Team neu ab."))
    return consequences(sentences)
