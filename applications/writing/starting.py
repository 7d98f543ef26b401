"""Starting an application („Vorhaben beginnen“), and adopting a newer edition of its call."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import Event, Organisation, User
from applications.content import Content, Cover, empty
from applications.writing.earlier import open_to, values_of
from applications.writing.idea import take_over_idea
from applications.writing.models import AlreadyStarted, Application, CallChanged, CallClosed, Draft, Revision
from applications.writing.models.draft import copies_of
from calls.models import Edition
from calls.terms import COVER
from cohorts.models import Cohort, Team
from core.writes import Stale, write_if


@transaction.atomic
def start(
    team: Team,
    *,
    by: User,
    theme: str,
    earlier: Application | None = None,
    with_idea: bool = False,
    shown: Edition | None = None,
) -> Application:
    """Start the team's application on the latest published edition, with an empty draft for every section.

    `theme` is the key of one of the edition's themes, or empty while the team has not chosen. The cover is filled in
    with what is known about the organisation, as a version saved by `by`; `with_idea`, the Kurzbeschreibung with the idea
    from the registration. With an `earlier` application its texts and rows become the first versions instead. `shown` is the
    edition on which it was chosen. Raises `CallClosed`, `CallChanged` if another holds by now, `AlreadyStarted`, and `PermissionDenied` for an earlier one that `by` may not take over.
    """
    team.require(by, "start")
    call = Cohort.objects.lock(team.cohort_id).call  # a cohort may have got another one until the first has begun
    locked = Team.objects.select_for_update().get(pk=team.pk)
    edition = call.editions.published().order_by("-number").select_for_update(no_key=True).first()
    if edition is None or not call.is_open():
        raise CallClosed
    if locked.withdrawn_at or Application.objects.running().filter(team=team, call=call).exists():
        raise AlreadyStarted
    if shown is not None and shown != edition:
        raise CallChanged
    if theme and edition.terms.theme(theme) is None:
        raise ValueError(f"{theme} is not a theme of {edition}")
    if earlier is not None and not open_to(locked, by).filter(pk=earlier.pk).exists():
        raise PermissionDenied("no earlier application of theirs")
    application = Application.objects.create(team=team, call=call, edition=edition, started_by=by, previous=earlier)
    known = cover_of(team.organisation, theme)
    taken = values_of(earlier, known) if earlier else {}
    take_over(application, taken, by=by)
    make_drafts(application)
    cover, before = application.drafts.get(key=COVER), taken.get(COVER)
    chosen = replace(before, theme=theme) if isinstance(before, Cover) else known
    if cover.value != chosen:
        cover.write(chosen, by=by, seen=cover.version)
    Event.record("application.started", application, by=by)
    if earlier:
        Event.record("application.texts_taken", application, by=by, previous=earlier.pk, sections=len(taken))
    if with_idea:
        with suppress(Stale):  # there is none, or its section has a text: it stays as it is
            take_over_idea(application, by=by)
    application.refresh_from_db()
    return application


def take_over(application: Application, values: Mapping[str, Content], *, by: User) -> None:
    """Make these values the first version of their sections, also of those that the edition no longer has.

    Part of starting. Three queries, however many sections there are.
    """
    if not values:
        return
    now = timezone.now()
    drafts, revisions = [], []
    for key, value in values.items():
        stored = {"content": value.data, "version": 1, "length": value.length, "by": by, "at": now}
        draft = Draft(application=application, key=key, kind=value.kind, **stored)
        drafts.append(draft)
        revisions.append(Revision(draft=draft, based_on=0, why=Revision.Why.COPIED, is_kept=True, **stored))
    Draft.objects.bulk_create(drafts)
    Revision.objects.bulk_create(revisions)
    copies = {name: copy for value in values.values() for name, copy in copies_of(value).items()}
    Application.objects.filter(pk=application.pk).update(changed_at=now, **copies)


@transaction.atomic
def adopt(application: Application, edition: Edition, *, by: User) -> None:
    """Go on writing on a newer edition of the same call. Every text stays; new sections get an empty draft.

    Raises `Stale` unless the edition is a newer, published one of this call, and `NotDrafting`.
    """
    application.require(by, "adopt")
    locked = application.lock_for_writing()
    edition = Edition.objects.lock(pk=edition.pk)
    newer = edition.number > Edition.objects.get(pk=locked.edition_id).number
    if not (edition.is_published and edition.call_id == locked.call_id and newer):
        raise Stale
    write_if(application, {"edition": locked.edition_id}, edition=edition)
    make_drafts(application)
    Event.record("application.adopted", application, by=by, edition=edition.number)


def make_drafts(application: Application) -> None:
    """Make an empty draft for every section of the edition that has none yet; existing drafts stay as they are."""
    known = set(application.drafts.values_list("key", flat=True))
    Draft.objects.bulk_create(
        Draft(application=application, key=section.key, kind=section.kind, content=empty(section.kind).data)
        for section in application.terms.sections
        if section.key not in known
    )


def cover_of(organisation: Organisation, theme: str) -> Cover:
    """Return the cover as far as the portal knows it: the organisation as registered, and the theme picked."""
    return Cover(
        theme=theme,
        organisation=organisation.name,
        legal_form=organisation.legal_form,
        register=" ".join(filter(None, [organisation.register_court, organisation.register_number])),
        umbrella_body=organisation.umbrella_body,
        address=organisation.address,
        email=organisation.contact_email,
        phone=organisation.contact_phone,
        contact_person=organisation.contact_name,
        signatories=organisation.signatories[:600],
    )
