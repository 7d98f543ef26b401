"""When the mails of a step leave, and on which page they can be stopped until then: said before the step and after it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Message, Organisation
from accounts.models.message import record_of
from accounts.rehearsal import Letter, Rehearsal
from accounts.waiting import waiting_sentence
from core.values import dataclass
from core.words import small_number

ANCHOR = "#waiting-mails"


@dataclass(frozen=True)
class Place:
    """A page on which waiting mails are sent at once or stopped: of a record, or the list of mails, which has no `name`."""

    url: str
    name: str = ""


def place_of(site: AdminSite, waiting: Iterable[Message]) -> Place | None:
    """Return the page on which these can be stopped; None where none waits.

    It is that of the record they are about; of their cohort where they are about several or it is gone; else the list.
    """
    waiting = list(waiting)
    topics, cohorts = {message.topic.partition("/")[0] for message in waiting}, {row.cohort_id for row in waiting}
    if not waiting:
        return None
    place = _page_of(site, *record_of(next(iter(topics)))) if len(topics) == 1 else None
    if place is None and len(cohorts) == 1:
        cohort: Any = Organisation._meta.get_field("cohorts").related_model
        place = _page_of(site, cohort._meta.label_lower, str(next(iter(cohorts))))
    return place or Place(reverse("admin:accounts_message_changelist") + "?stand=wartet")


def _page_of(site: AdminSite, label: str, pk: str) -> Place | None:
    """Return the page of this record if it shows the mails that wait about it and the record is there."""
    model = apps.get_model(label)
    if not getattr(site._registry.get(model), "shows_waiting_mails", False):
        return None
    record = model._base_manager.filter(pk=pk).first()
    if record is None:
        return None
    return Place(reverse(f"admin:{label.replace('.', '_')}_change", args=[pk]) + ANCHOR, str(record))


def when_sentence(letter: Letter, place: Place | None) -> str:
    """Return when a mail leaves, and where it can be stopped until then."""
    if not letter.minutes or place is None:
        return _("Geht sofort hinaus.")
    said = {"minutes": small_number(letter.minutes), "name": place.name}
    if place.name:
        sentence = ngettext(
            "Wartet eine Minute. Bis dahin können Sie sie bei „%(name)s“ anhalten oder sofort senden.",
            "Wartet %(minutes)s Minuten. Bis dahin können Sie sie bei „%(name)s“ anhalten oder sofort senden.",
            letter.minutes,
        )
    else:
        sentence = ngettext(
            "Wartet eine Minute. Bis dahin können Sie sie unter „Nachrichten“ anhalten oder sofort senden.",
            "Wartet %(minutes)s Minuten. Bis dahin können Sie sie unter „Nachrichten“ anhalten oder sofort senden.",
            letter.minutes,
        )
    return sentence % said


def say_what_waits(request: HttpRequest, rehearsal: Rehearsal) -> None:
    """Say after a step how many of its mails wait, with a link to the page on which they can be stopped."""
    if rehearsal.place is None:
        return
    sentence = waiting_sentence(len(rehearsal.waiting), max(row.not_before for row in rehearsal.waiting))
    link = _("Ansehen, anhalten oder sofort senden")
    messages.success(request, format_html('{} <a href="{}">{}</a>', sentence, rehearsal.place.url, link))
