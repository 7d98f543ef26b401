"""Copying a call to another year, and an edition to a new draft; what has to be checked anew."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Event, User
from calls.models import (
    AttachmentKind,
    CallForm,
    Certainty,
    Edition,
    ExpenseKind,
    FundingCall,
    Limit,
    OtherWay,
    Question,
    Rule,
    Section,
    Theme,
    UmbrellaRoute,
)
from calls.models.call import titled_for
from calls.models.edition_parts import EditionPart
from core.writes import Stale

# What happens to a limit or rule when its call is copied: the value stays, but nobody has checked it for the new year.
CARRIED_OVER = {"certainty": Certainty.CARRIED_OVER, "checked_on": None, "checked_by": ""}
ADDRESS_CARRIED_OVER = {
    "addressee_certainty": Certainty.CARRIED_OVER,
    "addressee_checked_on": None,
    "addressee_checked_by": "",
}
SIGNING_CARRIED_OVER = {
    "signing_certainty": Certainty.CARRIED_OVER,
    "signing_checked_on": None,
    "signing_checked_by": "",
}


def slug_of_copy(call: FundingCall, year: int) -> str:
    """Return the short name of this call's copy for another year; there is one copy for each."""
    return f"{call.slug.removesuffix(f'-{call.year}')}-{year}"


def title_of_copy(call: FundingCall, year: int) -> str:
    """Return the title with the other year instead of the call's own, or behind it where it names none."""
    longest = FundingCall._meta.get_field("title").max_length or 0
    room = longest - len(titled_for("", year))
    return titled_for(call.title.replace(str(call.year), str(year))[:room].rstrip(), year)


@transaction.atomic
def copy_call(
    call: FundingCall,
    year: int,
    *,
    by: User | None,
    title: str = "",
    slug: str = "",
    open_from: date | None = None,
    open_until: date | None = None,
    deadline: date | None = None,
    is_example: bool | None = None,
) -> FundingCall:
    """Copy the call for another year, with one draft edition made from the latest one.

    Every limit, rule and postal address, and how stage 2 is signed, is carried over, so none counts as checked. Dates
    are empty unless given; an invented example stays one unless something else is given; links and notes of forms and dates of umbrella routes are empty. Raises `Stale` if a call of
    that short name exists or this one has no edition.
    """
    if by is not None:
        call.require(by, "edit")
    FundingCall.objects.select_for_update(no_key=True).get(pk=call.pk)
    slug = slug or slug_of_copy(call, year)
    latest = Edition.objects.latest_of(call)
    if latest is None:
        raise Stale(_("Der Aufruf hat noch keinen Stand."))
    if FundingCall.objects.filter(slug=slug).exists():
        raise Stale(_("Für das Förderjahr %(year)s gibt es schon eine Kopie.") % {"year": year})
    source = _("Übernommen aus: %(title)s. Bitte alles prüfen, auch Anschrift und Formulare.") % {"title": call.title}
    dates = {"open_from": open_from, "open_until": open_until, "deadline": deadline}
    unchecked = {**ADDRESS_CARRIED_OVER, **SIGNING_CARRIED_OVER}
    title = title or title_of_copy(call, year)
    names = {"title": title, "slug": slug, "year": year, "source": source}
    is_example = call.is_example if is_example is None else is_example
    copy = _copy_of(call, **names, **dates, **unchecked, is_example=is_example, copied_from_id=call.pk)
    copy.save(force_insert=True)
    _copy_rows(call, copy)
    copy_edition(latest, copy)
    Event.record("call.copied", copy, by=by, original=call.pk)
    return copy


@transaction.atomic
def copy_edition(edition: Edition, call: FundingCall, *, note: str = "") -> Edition:
    """Copy the edition with all its parts to a new draft. In another call its limits do not count as checked."""
    copy = Edition.objects.start(call, note=note)
    parts: list[type[EditionPart]] = [Theme, Section, ExpenseKind, Question, AttachmentKind]
    for part in parts:
        rows = part._default_manager.filter(Q(edition=edition))
        part._default_manager.bulk_create(_copy_of(row, edition_id=copy.pk) for row in rows)
    unchecked = {} if call.pk == edition.call_id else CARRIED_OVER
    Limit.objects.bulk_create(_copy_of(row, edition_id=copy.pk, **unchecked) for row in edition.limits.all())
    return copy


@transaction.atomic
def start_next_edition(edition: Edition, *, by: User | None) -> Edition:
    """Begin a draft with all that this edition says, to be changed and then published."""
    if by is not None:
        edition.require(by, "publish")
    draft = copy_edition(edition, edition.call)
    Event.record("edition.started", draft, by=by, original=edition.pk)
    return draft


def _copy_rows(call: FundingCall, copy: FundingCall) -> None:
    """Copy forms, routes and rules, as far as they hold for another year."""
    unchecked = {"register_until": None, "draft_until": None, "submit_until": None, **ADDRESS_CARRIED_OVER}
    not_lowered = {"lowered_at": None, "lowered_by_id": None, "lowered_reason": ""}
    CallForm.objects.bulk_create(_copy_of(row, call_id=copy.pk, url="", note="") for row in call.forms.all())
    UmbrellaRoute.objects.bulk_create(_copy_of(row, call_id=copy.pk, **unchecked) for row in call.umbrella_routes.all())
    OtherWay.objects.bulk_create(_copy_of(row, call_id=copy.pk, checked_on=None) for row in call.other_ways.all())
    Rule.objects.bulk_create(_copy_of(row, call_id=copy.pk, **CARRIED_OVER, **not_lowered) for row in call.rules.all())


def _copy_of[M: models.Model](row: M, **changes: Any) -> M:
    """Return the row once more, not yet saved, with an identifier of its own and these columns changed."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**{**{field.attname: getattr(row, field.attname) for field in fields}, **changes})
