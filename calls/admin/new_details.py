"""What else changes in a call on which teams write: postal addresses, ways of signing, rules and their sources, forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rehearsal import current
from calls.models import Certainty, FundingCall

from .new_days import OF_ROUTES, OWN, changes_table

# Days, which are shown beside (new_days.py), a step that says who did it, and notes of staff.
ELSEWHERE = {*OWN, *OF_ROUTES, "deadline_counts", "lowered_reason", "source", "note"}
LONGEST = 200


def say_new_details(call: FundingCall, form: Any, formsets: Iterable[Any]) -> None:
    """Say on the page of consequences what changes for teams that write for the call; nothing while nobody does."""
    watching = current()
    stored = [form, *(row for formset in formsets for row in formset.initial_forms)]
    rows = [row for each in stored for row in _changes(each)]
    added = [row for formset in formsets for row in formset.extra_forms if row.has_changed()]
    rows += [(str(row.instance), "–", _("kommt dazu")) for row in added]
    if watching is None or not rows:
        return
    above: Any = call  # applications are an app above this one
    running = above.applications.running().count()
    if not running:
        return
    words = ngettext(
        "Das gilt sofort für ein Vorhaben. Per E-Mail erfährt es niemand.",
        "Das gilt sofort für %(count)d Vorhaben. Per E-Mail erfährt es niemand.",
        running,
    ) % {"count": running}
    lowers = any(is_lowered(each) for each in stored)
    blocks = (
        _("Was nicht mehr geprüft ist, hält kein Vorhaben mehr auf: Es ist nur noch ein Hinweis.") if lowers else ""
    )
    section = '<section class="module consequence"><h2>{}</h2>{}<p>{} {}</p></section>'
    watching.say(format_html(section, _("„%(call)s“") % {"call": call}, changes_table(rows), words, blocks))


def is_lowered(form: Any) -> bool:
    """Return whether a rule that was verified is so no more."""
    before, after = form.initial.get("certainty"), getattr(form, "cleaned_data", {}).get("certainty")
    return bool(form.has_changed() and before == Certainty.VERIFIED and after != Certainty.VERIFIED)


def _changes(form: Any) -> Iterable[tuple[str, str, str]]:
    """Yield name, former and new value of each changed field of a stored record, or that it goes."""
    if not form.has_changed():
        return
    name = "" if form.prefix is None else f"{form.instance}: "
    if form.cleaned_data.get("DELETE"):
        yield str(form.instance), _("steht da"), _("wird gelöscht")
        return
    for field in form.changed_data:
        if field in ELSEWHERE or field not in form.fields:
            continue
        before, after = (_said(form, field, value) for value in (form.initial.get(field), form.cleaned_data.get(field)))
        yield f"{name}{form.fields[field].label}", before, after


def _said(form: Any, field: str, value: Any) -> str:
    choices = dict(getattr(form.fields[field], "choices", ()) or ())
    return Truncator(str(choices.get(value, value) or "–")).chars(LONGEST)
