"""Another call for a cohort in which no Vorhaben is begun: what changes, who is registered, and the mail that says so."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.waiting import Told, tell
from calls.comparing import changes
from calls.models import CallForm, Edition, FundingCall
from calls.terms import Terms
from cohorts.models import Cohort, Registration, Team
from core.words import day
from workshops.models import Workshop
from workshops.models.workshop import counting_on


def is_begun(cohort: Cohort) -> bool:
    """Has a team of the cohort begun a Vorhaben, whatever became of it? Its texts belong to the call. One query."""
    return Team.objects.filter(cohort=cohort, applications__isnull=False).exists()


def tell_of_another_call(cohort: Cohort, before: FundingCall) -> Told:
    """Mail everybody in the cohort and everybody who waits for an answer which call it is for now, and until when.

    Hold the cohort's row. If it is for the same call again before a mail went out, none does. No mail goes out before the
    cohort is published, and after it is cancelled.
    """
    if not cohort.published_at or cohort.cancelled_at:
        return Told()

    def values_of(known: dict[str, str]) -> dict[str, Any] | None:
        is_as_before = known["call"] == str(cohort.call_id)
        return None if is_as_before else {"changed": cohort, "before": known, "now": _said(cohort.call)}

    return tell(
        [*cohort.waiting_persons(), *counting_on(cohort)],
        "cohorts/mails/cohort_has_another_call.txt",
        about=cohort,
        part="call",
        known={"call": str(before.pk), **_said(before)},
        values_of=values_of,
        link=cohort.get_absolute_url(),
        cohort=cohort.pk,
    )


def _said(call: FundingCall) -> dict[str, str]:
    last = call.last_day()
    return {"title": str(call), "last": day(last) if last else ""}


def what_another_call_changes(before: Cohort, after: Cohort) -> str:
    """Return what stands on the page of consequences as HTML; "" if nobody sees the cohort and nobody is in it."""
    undecided = Registration.objects.filter(cohort=after, status__in=Registration.Status.undecided())
    registered = [str(row) for row in undecided.order_by("confirmed_at")]
    teams = [team.title for team in Team.objects.current().filter(cohort=after).select_related("organisation")]
    is_seen = before.published_at is not None and before.cancelled_at is None
    if not (is_seen or registered or teams):
        return ""
    old, new = _terms(before.call), _terms(after.call)
    parts = changes(old, new) if old and new else []
    sections = [part for part in parts if part.title == _("Abschnitte")]
    context = {
        "cohort": after,
        "calls": (before.call, after.call),
        "days": (before.call.last_day(), after.call.last_day()),
        "has_edition": new is not None,
        "sections": sections[0].sentences if sections else [],
        "other_parts": [(part.title, len(part.sentences)) for part in parts if part not in sections],
        "forms": _forms(before.call, after.call),
        "missing": _opened_in_vain(after, new) if new else [],
        "registered": registered,
        "teams": teams,
        "is_mailed": is_seen,
    }
    return render_to_string("admin/workshops/_another_call.html", context)


def _terms(call: FundingCall) -> Terms | None:
    edition = Edition.objects.filter(call=call).published().order_by("-number").first()
    return edition.terms if edition else None


def _forms(before: FundingCall, after: FundingCall) -> tuple[list[str], list[str]]:
    """Return the names of the official forms that only the earlier call has, and those that only the new one has."""
    old, new = ([form.label for form in CallForm.objects.official().filter(call=call)] for call in (before, after))
    return [name for name in old if name not in new], [name for name in new if name not in old]


def _opened_in_vain(cohort: Cohort, terms: Terms) -> list[tuple[str, str]]:
    """Return the workshops that open sections which the new call does not have, with the keys of these."""
    rows = Workshop.objects.held().filter(cohort=cohort).order_by("position")
    missing = ((row, [key for key in row.section_keys if key not in terms.by_key]) for row in rows)
    return [(str(row), ", ".join(key.upper() for key in keys)) for row, keys in missing if keys]
