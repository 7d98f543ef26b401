"""What happened to a record since a page was opened: going back in the browser, or a second tab, shows what is long over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Event
from accounts.trail_words import words
from core.words import moment

# Events after which a record is gone end with these words.
GONE = ("removed", "ended")


def last_event(request: HttpRequest, label: str, pk: str) -> Any:
    """Return what last happened to a record, as far as this person may read of it; None if nothing did."""
    user: Any = request.user
    rows = Event.objects.visible_to(user).filter(record_type=label, record_id=pk)
    return rows.named_to(user).select_related("by").order_by("-at").first()


def last_words(request: HttpRequest, event: Any) -> str:
    """Return an event in words, with when, and by whom if that is named to this person."""
    said = {"what": words(event.what), "when": moment(event.at), "who": event.by}
    if event.by is None or not event.is_named:
        return _("%(what)s, %(when)s") % said
    if event.by_id == request.user.pk:
        return _("%(what)s, %(when)s durch Sie") % said
    return _("%(what)s, %(when)s durch %(who)s") % said


def not_any_more(request: HttpRequest, obj: Any, action: str) -> str:
    """Say that it is no longer the moment for an action, and what last happened to the record."""
    said = {"record": obj, "action": action}
    text = _("%(record)s: „%(action)s“ geht hier nicht mehr.") % said
    if event := last_event(request, obj._meta.label_lower, str(obj.pk)):
        text += " " + _("Zuletzt geschehen: %(event)s.") % {"event": last_words(request, event)}
    return text


def closed(request: HttpRequest, obj: Any) -> str:
    """Say that a record cannot be changed any more, and what last happened to it."""
    text = _("%(record)s: Das lässt sich inzwischen nicht mehr ändern, und nichts davon ist gespeichert.") % {
        "record": obj
    }
    if event := last_event(request, obj._meta.label_lower, str(obj.pk)):
        text += " " + _("Zuletzt geschehen: %(event)s.") % {"event": last_words(request, event)}
    return text


def gone(request: HttpRequest, label: str, pk: str) -> str:
    """Say that a record is gone and what was done to it; "" unless this person may read that it was removed."""
    event = last_event(request, label, pk)
    if event is None or not event.what.endswith(GONE):
        return ""
    text = _("Diesen Eintrag gibt es nicht mehr. Zuletzt geschehen: %(event)s.")
    return text % {"event": last_words(request, event)}


def some_gone(request: HttpRequest, label: str, pks: Iterable[str]) -> str:
    """Say of chosen records that are not there how many they are, and what became of those this person may read of."""
    pks = list(pks)
    user: Any = request.user
    rows = Event.objects.visible_to(user).filter(record_type=label, record_id__in=pks).order_by("at")
    latest = {event.record_id: event for event in rows.named_to(user).select_related("by")}
    text = ngettext(
        "Einer der ausgewählten Einträge ist nicht mehr da",
        "%(count)s der ausgewählten Einträge sind nicht mehr da",
        len(pks),
    ) % {"count": len(pks)}
    happened = [last_words(request, event) for event in latest.values() if event.what.endswith(GONE)]
    return f"{text}: {'; '.join(happened)}." if happened else f"{text}."
