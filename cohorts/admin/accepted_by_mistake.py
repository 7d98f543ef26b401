"""„Zulassung zurücknehmen“, on a registration and on its team: what then becomes of both, shown before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.rehearsal import current
from cohorts.models import Registration, Team
from cohorts.taking_back import has_only_this, is_untouched, take_acceptance_back, who_joined
from cohorts.taking_in_again import goes_on
from core.words import all_of

from .consequences import consequences
from .decision_forms import DecisionForm, suggested_text
from .leaving_team import leaving_sentences, places_after, staying_beside

TITLE = gettext_lazy("Zulassung zurücknehmen")
STALE = gettext_lazy("Die Zulassung ist schon zurückgenommen, oder die Projektschmiede ist vorbei oder abgesagt.")


def can_be_taken_back(team: Team | None) -> bool:
    """Does the team of a registration take part still, or was it never more than a name?"""
    if team is None or team.registration_id is None or not goes_on(team.cohort):
        return False
    return team.is_current or is_untouched(team)


@admin.action(description=TITLE, location=[ActionLocation.CHANGE_FORM], permissions=["change"])
def take_back_acceptance(pages: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    """Let the registration wait again while nobody has joined its team; else let the team leave, and say so."""
    chosen = queryset.first()
    registration = chosen if isinstance(chosen, Registration) else chosen and chosen.registration
    rows = Team.objects.filter(registration=registration).select_related("registration", "cohort")
    team = rows.for_lists().first() if registration else None
    if registration is None or team is None:
        pages.message_user(request, STALE, "error")
        return redirect("admin:cohorts_registration_change", registration.pk) if registration else pages.to_list()
    answer: HttpResponse | None
    if is_untouched(team):
        records = [team if isinstance(chosen, Team) else chosen]
        answer = remove_team(pages, request, records, registration, team)
    else:
        answer = let_leave(pages, request, queryset, team)
    return answer or redirect("admin:cohorts_registration_change", registration.pk)


def remove_team(
    pages: Any, request: HttpRequest, records: list[Any], registration: Registration, team: Team
) -> HttpResponse | None:
    """Ask for the words of the mail, and then let the registration wait again."""
    by: Any = request.user
    said = consequences(removing_sentences(registration, team))
    question = {
        "title": TITLE,
        "intro": _("Noch gehört niemand zum Team. Die Anmeldung wartet dann wieder auf Ihre Entscheidung."),
        "details": lambda: said,
    }
    form = pages.ask(
        request,
        records,
        DecisionForm,
        **question,
        registrations=[registration],
        initial={"text": lambda: suggested_text("taken_back")},
        stale=STALE,
    )
    if isinstance(form, HttpResponse):
        return form
    refused = pages.run(
        request,
        records,
        lambda _record: take_acceptance_back(registration, by=by, **form.cleaned_data),
        may="edit",
        done=_("Die Zulassung ist zurückgenommen. Die Anmeldung wartet wieder auf Ihre Entscheidung."),
        stale=STALE,
    )
    if watching := current():
        watching.explain(said)
    answer: HttpResponse | None = pages.ask_again(request, refused, form)
    return answer


def let_leave(pages: Any, request: HttpRequest, records: QuerySet[Any], team: Team) -> HttpResponse | None:
    """Show what leaving does to whom, as „Team scheidet aus“ does, and then let the team leave."""
    by: Any = request.user
    people = who_joined(team)
    joined = ngettext(
        "%(people)s gehört schon zum Team. Deshalb scheidet das Team aus, und was es geschrieben hat, bleibt ihm erhalten. Bei der Anmeldung steht dann, dass es ausgeschieden ist.",
        "%(people)s gehören schon zum Team. Deshalb scheidet das Team aus, und was es geschrieben hat, bleibt ihm erhalten. Bei der Anmeldung steht dann, dass es ausgeschieden ist.",
        len(people),
    )
    written = _(
        "Mit dem Team ist schon geschrieben worden. Deshalb scheidet es aus, und das Geschriebene bleibt erhalten. Bei der Anmeldung steht dann, dass es ausgeschieden ist."
    )
    answer: HttpResponse | None = pages.ask_and_run(
        request,
        records,
        lambda _record: team.withdraw(by=by),
        title=TITLE,
        button=_("Ja, das Team scheidet aus"),
        intro=joined % {"people": all_of(people)} if people else written,
        details=lambda: consequences(leaving_sentences([team])),
        stale=_("Das Team ist schon ausgeschieden."),
        may="edit",
        done=_(
            "Das Team ist ausgeschieden, sein Platz ist frei. War es ein Versehen, wählen Sie beim Team „Team nimmt wieder teil“."
        ),
    )
    return answer


def removing_sentences(registration: Registration, team: Team) -> Iterator[str]:
    """Say which place is free then, whose invitations end, and what is deleted with the team."""
    yield from places_after([team], staying_beside([team]))
    if people := [member.full_name for member in team.people()]:
        yield ngettext(
            "Die Einladung an %(people)s gilt dann nicht mehr.",
            "Die Einladungen an %(people)s gelten dann nicht mehr.",
            len(people),
        ) % {"people": all_of(people)}
    said = {"team": team.title}
    if has_only_this(team.organisation, team):
        yield _("Gelöscht werden das Team „%(team)s“ und seine Organisation, die mit ihm angelegt wurde.") % said
    else:
        yield _("Gelöscht wird das Team „%(team)s“. Seine Organisation bleibt.") % said
    yield _("Danach können Sie die Anmeldung von %(name)s zulassen, absagen oder auf die Warteliste setzen.") % {
        "name": registration.organisation_name
    }
