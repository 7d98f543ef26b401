"""What somebody else has saved since a form was opened stays: fields nobody touched keep their new value, others ask.

A form is sent with marks of the values it was shown with (`SEEN`). A field whose stored value has another mark now was
changed meanwhile. Where its sender left it alone, the stored value stays; where both changed it, the form comes again
with what is stored beside what was typed, and its next sending counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.utils import display_for_field
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext as _

# In a form that is sent: the marks of the values it was shown with, by record and field, as JSON.
SEEN = "_seen"
LONGEST = 200_000
SAID = 300
"""How much of a stored text a sentence tells, in characters."""


def mark(value: Any) -> str:
    """Return a short name of a value, the same for the stored one and for the one that a form has cleaned."""
    return hashlib.sha256(_plain(value).encode()).hexdigest()[:8]


def _plain(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return moment.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, list | tuple | set | models.QuerySet):
        return "\0".join(sorted(_plain(item) for item in value))
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, default=str)
    return str(value).replace("\r\n", "\n").strip()


def marks_in(sent: Any) -> dict[str, dict[str, str]]:
    """Return the marks that were sent with a form, by record (`record_name`) and field; none where there are none to be read."""
    text = sent.get(SEEN, "")
    marks = None
    if 0 < len(text) <= LONGEST:
        with suppress(ValueError, RecursionError):
            marks = json.loads(text)
    if not isinstance(marks, dict):
        return {}
    return {name: fields for name, fields in marks.items() if isinstance(fields, dict)}


def record_name(record: Any, prefix: str | None) -> str:
    """Return what the marks of a record's fields stand under: a row is known by its record, not by its place on the form."""
    return f"{prefix.rpartition('-')[0]}:{record.pk}" if prefix else ""


class MergingForm(forms.ModelForm):
    """Mixed into a form of a record, before its own class: keeps what somebody else has saved since it was shown.

    Its page sends `seen` under the name `SEEN`. Whoever saves it writes `changed_data` alone, with the record locked.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: list[str] = []
        """The fields whose stored value stays, as only somebody else has changed it."""
        self.changed_since: list[str] = []
        """The fields that somebody else has changed."""
        self.both_changed: list[str] = []

    def belonging_together(self) -> Iterable[Collection[str]]:
        """Return groups of fields that say one thing together: whoever changes one of them has looked at the others.

        To be overridden.
        """
        return ()

    def clean(self) -> Any:
        if self.is_bound and not self.instance._state.adding:
            self._merge()
        return super().clean()

    @property
    def seen(self) -> str:
        """What the page of the form sends along, as JSON."""
        return json.dumps({record_name(self.instance, self.prefix): self.marks_to_send()}, separators=(",", ":"))

    def stored_marks(self) -> dict[str, str]:
        """Return the marks of the values that are stored now."""
        stored = {field.name for field in (*self.instance._meta.concrete_fields, *self.instance._meta.many_to_many)}
        return {
            name: mark(self.get_initial_for_field(field, name))
            for name, field in self.fields.items()
            if name in stored and not field.disabled and not isinstance(field.widget, forms.HiddenInput)
        }

    def marks_to_send(self) -> dict[str, str]:
        """Return those the form was first shown with; of what somebody else has changed since and it shows now, those of now."""
        now = self.stored_marks()
        if not self.is_bound:
            return now
        shown = self._marks_shown()
        said = {*self.both_changed, *self.kept, *(self.changed_since if self._goes() else ())}
        return {name: now[name] if name in said else shown.get(name, now[name]) for name in now}

    @property
    def what_stays(self) -> str:
        """Return a sentence with the fields that keep what somebody else has saved; "" without any."""
        if not self.kept:
            return ""
        names = ", ".join(str(self.fields[name].label) for name in self.kept)
        text = _("Inzwischen hat jemand anderes etwas geändert, und das bleibt so: %(fields)s (%(record)s).")
        return text % {"fields": names, "record": self.instance}

    def sentence_of(self, name: str) -> str:
        """Return what is stored in a field, to be read."""
        field = self.instance._meta.get_field(name)
        if field.many_to_many:
            value = ", ".join(str(record) for record in getattr(self.instance, name).all())
        elif field.is_relation:
            value = str(getattr(self.instance, name) or "")
        else:
            value = str(display_for_field(self.get_initial_for_field(self.fields[name], name), field, ""))
        return Truncator(value).chars(SAID)

    def _marks_shown(self) -> dict[str, str]:
        return marks_in(self.data).get(record_name(self.instance, self.prefix), {})

    def _goes(self) -> bool:
        """Return whether this is a row that is to be deleted."""
        return bool(getattr(self, "cleaned_data", {}).get("DELETE"))

    def _merge(self) -> None:
        shown, now = self._marks_shown(), self.stored_marks()
        self.changed_since = [name for name in now if name in shown and shown[name] != now[name]]
        if self._goes():
            return
        for name in self.changed_since:
            sent = mark(self.cleaned_data[name]) if name in self.cleaned_data else None
            if sent == shown[name]:
                self._keep(name)
            elif sent not in {None, now[name]}:
                self.both_changed.append(name)
        for name in self.both_changed:
            self.add_error(name, both_sentence(self.sentence_of(name)))
        self.changed_data = [name for name in self.changed_data if name not in self.kept]
        for group in self.belonging_together():
            self._ask_about(group)

    def _ask_about(self, group: Collection[str]) -> None:
        """Ask whoever changed a field of this group whether it still holds, if somebody else has changed another since."""
        kept = [name for name in self.kept if name in group]
        own = [name for name in self.changed_data if name in group]
        if kept and own:
            said = {"field": self.fields[kept[0]].label, "stored": self.sentence_of(kept[0])}
            text = _(
                "Dazu gehört „%(field)s“, und das hat inzwischen jemand anderes geändert: Gespeichert ist jetzt „%(stored)s“. Stimmt "
                "Ihre Angabe noch, speichern Sie noch einmal."
            )
            self.add_error(own[0], text % said)

    def _keep(self, name: str) -> None:
        field = self.instance._meta.get_field(name)
        value = getattr(self.instance, name)
        self.cleaned_data[name] = value.all() if field.many_to_many else value
        self.kept.append(name)
        # Where the form comes again, it shows what is stored.
        self.fields[name].bound_data = lambda data, initial: initial  # type: ignore[method-assign]  # noqa: ARG005


def both_sentence(stored: str) -> str:
    """Return the error beside a field that two people have changed."""
    if not stored:
        return _(
            "Das hat inzwischen jemand anderes geändert: Gespeichert ist hier jetzt nichts. Speichern Sie noch einmal, gilt, was Sie "
            "eingegeben haben."
        )
    return _(
        "Das hat inzwischen jemand anderes geändert. Gespeichert ist jetzt: „%(stored)s“. Speichern Sie noch einmal, gilt, was Sie "
        "eingegeben haben."
    ) % {"stored": stored}
