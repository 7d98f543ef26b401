"""What stands above the button of a step: what it does, and each mail as it will be sent, with who gets it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template import Context
from django.template.loader import get_template, render_to_string

from core.values import dataclass


@dataclass(frozen=True)
class ShownMail:
    """A mail before it is sent: to whom, with subject and text."""

    to: list[str]
    subject: str
    text: str


def mail_as_sent(people: Iterable[Any], template: str, **values: Any) -> ShownMail:
    """Return the mail that a step posts to these people with these values, without their names in the greeting."""
    loaded: Any = get_template(template)
    subject, _newline, text = str(loaded.template.render(Context(values, autoescape=False))).strip().partition("\n")
    return ShownMail([person.full_name or person.email for person in people], subject.strip(), text.strip())


def consequences(sentences: Iterable[str], mails: Iterable[ShownMail] = ()) -> str:
    """Return the sentences as a list, then every mail that somebody gets, as HTML."""
    shown = [mail for mail in mails if mail.to]
    return render_to_string("admin/cohorts/consequences.html", {"sentences": list(sentences), "mails": shown})
