"""Taking a person out of every record that keeps a copy of their name or address."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .traces import Traces


def forget_everywhere(traces: Traces) -> Iterator[tuple[str | Promise, int]]:
    """Take the person out of every record that keeps a copy; what each is called, and how many there were.

    A model with copies offers `forget(traces)`. It returns how many there were, which `FORGETS` says in words, or the
    numbers by what was done with them.
    """
    for model in apps.get_models():
        forget = getattr(model, "forget", None)
        if forget is not None:
            taken_out = forget(traces)
            yield from taken_out.items() if isinstance(taken_out, Counter) else [(model.FORGETS, taken_out)]  # type: ignore[attr-defined]
    yield _("Verlauf der Verwaltung"), forget_log(traces)
    yield _("Sitzungen in Browsern"), forget_sessions(traces, Session.objects.iterator())
    yield _("Ergebnisse von Hintergrundaufgaben"), forget_results(traces)


def forget_log(traces: Traces) -> int:
    """What staff did with the person, in the admin's own words."""
    log = apps.get_model("admin", "LogEntry").objects
    retitled = log.filter(object_id=str(traces.user.pk)).update(object_repr=gettext("gelöschte Person"))
    return retitled + traces.take_out(log.all(), "object_repr", in_json=("change_message",))


def forget_sessions(traces: Traces, sessions: Iterable[Session]) -> int:
    """The person's own sessions end; from others goes what names them, such as a form that is kept for an hour."""
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
    """What a task was given, or failed with."""
    results: Any = apps.get_model("django_tasks_database", "DBTaskResult").objects
    named = traces.named_rows(results.all(), "args_kwargs", "return_value", "traceback")
    count: int = results.filter(pk__in=named).delete()[0]
    return count
