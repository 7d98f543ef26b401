"""Erasing a person: what copies of them are found by, who takes them out, and what is told afterwards."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.addresses import one_address
from accounts.models import Event, Invitation, User
from accounts.models.kept_after_erasing import Staying
from accounts.models.traces import Traces
from core.spelling import in_nfc
from core.values import dataclass
from core.words import full_name


@dataclass(frozen=True)
class Erased:
    """What was taken out, each by its name with the number of records, and the texts that keep a name."""

    gone: list[tuple[str, int]]
    stays: list[Staying]


@transaction.atomic
def erase(user: User, *, by: User) -> Erased:
    """Delete the person and every copy of their name and addresses; what they did stays, as „gelöschte Person“.

    Returns what was taken out, and the texts that keep a name (`STAYS` of their models): nobody rewrites those. An
    organisation left without a responsible person gets the member who has been there longest.
    """
    user.require(by, "erase")
    traces = traces_of(user)
    gone = [(str(name), count) for name, count in forget_everywhere(traces) if count]
    Event.record("person.erased", user, by=by)
    user.delete()
    return Erased(gone, traces.staying())


def would_erase(user: User, *, by: User) -> Erased:
    """Return what `erase` would return, by doing it and rolling it back."""
    with transaction.atomic():
        erased = erase(copy(user), by=by)
        transaction.set_rollback(True)
    return erased


# What copies are found by


def traces_of(user: User) -> Traces:
    """Collect the addresses, names and cohorts by which copies of this person are found."""
    written: list[Any] = [*user.team_memberships.all(), *user.coach_assignments.all()]
    names = {user.get_full_name(), *map(full_name, written)}
    return Traces(
        user=user,
        addresses=frozenset(known_addresses(user)),
        names=frozenset(in_nfc(name) for name in names if name),
        cohorts=frozenset(row.cohort_uuid for row in written) | _organised(user),
    )


def _organised(user: User) -> frozenset[UUID]:
    organised = user.memberships.organising(user).values_list("organisation__cohorts__pk", flat=True)
    return frozenset(pk for pk in organised if pk)


def known_addresses(user: User) -> set[str]:
    """Return every address that was proved to be this person's, now or before, in small letters.

    These are the login, further ones that were verified, those taken away since, and those that an accepted invitation
    or a place in a team or as a coach was sent to. Addresses that belong to somebody else by now are left out.
    """
    verified: Any = user.emailaddress_set.filter(verified=True)  # type: ignore[attr-defined]  # allauth's
    accepted = Invitation.objects.filter(accepted_by=user)
    # Mails of a cohort went to the login of that time; others may have gone to an address that nobody has proved.
    mailed = user.messages.exclude(cohort_id=None)
    emails = {user.email}
    for rows in (verified, user.known, mailed, user.team_memberships, user.coach_assignments, accepted):
        emails |= set(rows.values_list("email", flat=True))
    emails = {one_address(email) for email in emails}
    return emails - _held_by_others(user, emails)


def _held_by_others(user: User, emails: set[str]) -> set[str]:
    others = User.objects.exclude(pk=user.pk)
    logins = others.annotate(small=Lower("email")).filter(small__in=emails).values_list("small", flat=True)
    further = others.filter(emailaddress__verified=True).annotate(small=Lower("emailaddress__email"))
    return {*logins, *further.filter(small__in=emails).values_list("small", flat=True)}


# Taking the person out


def forget_everywhere(traces: Traces) -> Iterator[tuple[str | Promise, int]]:
    """Take the person out of every record that keeps a copy; yield what each is called, and how many there were.

    A model with copies offers `forget(traces)`. It returns how many there were, which `FORGETS` says in words, or the
    numbers by what was done with them.
    """
    for model in apps.get_models():
        forget = getattr(model, "forget", None)
        if forget is not None:
            taken_out = forget(traces)
            yield from taken_out.items() if isinstance(taken_out, Counter) else [(model.FORGETS, taken_out)]  # type: ignore[attr-defined]
    others = User.objects.exclude(pk=traces.user.pk)
    yield _("Name in den Zeiten, zu denen andere erreichbar sind"), traces.take_out(others, "phone_hours")
    yield _("Verlauf der Verwaltung"), forget_log(traces)
    yield _("Sitzungen in Browsern"), forget_sessions(traces, Session.objects.iterator())
    yield _("Ergebnisse von Hintergrundaufgaben"), forget_results(traces)


def forget_log(traces: Traces) -> int:
    """Take the person out of the admin's own log of what staff did."""
    log = apps.get_model("admin", "LogEntry").objects
    retitled = log.filter(object_id=str(traces.user.pk)).update(object_repr=gettext("gelöschte Person"))
    return retitled + traces.take_out(log.all(), "object_repr", in_json=("change_message",))


def forget_sessions(traces: Traces, sessions: Iterable[Session]) -> int:
    """End the person's own sessions, and take out of others what names them, such as a form that is kept for an hour."""
    return sum(_forget_session(traces, session) for session in sessions)


def _forget_session(traces: Traces, session: Session) -> bool:
    store: Any = SessionStore(session.session_key)
    data = store.load()
    if data.get("_auth_user_id") == str(traces.user.pk):
        store.delete()
        return True
    named = [key for key, value in data.items() if _names(traces, value)]
    for key in named:
        del store[key]
    if named:
        store.save()
    return bool(named)


def _names(traces: Traces, value: Any) -> bool:
    return str(traces.user.pk) in json.dumps(value, default=str) or traces.is_named_in(value)


def forget_results(traces: Traces) -> int:
    """Delete the results of background tasks that were given the person's data, or failed with it."""
    results: Any = apps.get_model("django_tasks_database", "DBTaskResult").objects
    named = traces.named_rows(results.all(), "args_kwargs", "return_value", "traceback")
    count: int = results.filter(pk__in=named).delete()[0]
    return count
