"""What stands above the button of a step: what it does, and each mail as it will be sent, with who gets it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.invitations import TEMPLATE
from accounts.models import Invitation, User
from accounts.models.invitation import VALID_FOR
from core.values import dataclass


@dataclass(frozen=True)
class ShownMail:
    """A mail before it is sent: to whom, with subject and text."""

    to: list[str]
    subject: str
    text: str
    of_team: str = ""
    """Of several mails that differ in the team, the title of the one whose text it is."""


def mail_as_sent(people: Iterable[Any], template: str, **values: Any) -> ShownMail:
    """Return the mail that a step posts to these people with these values, without their names in the greeting."""
    loaded: Any = get_template(template)
    subject, _newline, text = str(loaded.template.render(Context(values, autoescape=False))).strip().partition("\n")
    return ShownMail([person.full_name or person.email for person in people], subject.strip(), text.strip())


def invitation_as_sent(person: Any, target: Any, *, inviter: User) -> ShownMail:
    """Return the mail that invites this person, with a name in place of the link that only they get."""
    invitation = Invitation(
        email=person.email, target=target, invited_by=inviter, expires_at=timezone.now() + VALID_FOR
    )
    return mail_as_sent([person], TEMPLATE, invitation=invitation, link=_("(der Link für diese Person)"))


def address_of(of_page: str) -> str:
    """Return the address of a page as mails write it."""
    return settings.PORTAL_URL + of_page


def consequences(sentences: Iterable[str], mails: Iterable[ShownMail] = (), *, silent: bool = True) -> SafeString:
    """Return the sentences as a list, then every mail that somebody gets, as HTML.

    Without a mail it says that there is none, unless mails depend on what is chosen, which is not `silent`.
    """
    context = {"sentences": list(sentences), "mails": [mail for mail in mails if mail.to], "silent": silent}
    return render_to_string("admin/cohorts/consequences.html", context)


def one_after_another(parts: Iterable[SafeString]) -> SafeString:
    """Return the consequences for several records."""
    return format_html_join("", "{}", ((part,) for part in parts))
