"""The outbox: a step posts its messages in its own transaction; a task and the timer send them, each once."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape, urlize

from accounts.models import Message, User
from schmiede.writes import Stale, write_if

log = logging.getLogger("portal.outbox")

RETRY_AFTER = [timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6)]
BATCH = 200


class Recipient(Protocol):
    """Somebody with an address; `user` where there is an account."""

    email: str


def post(
    people: Iterable[Any],
    template: str,
    *,
    dedup: object,
    link: str = "",
    cohort: UUID | None = None,
    not_before: datetime | None = None,
    **values: Any,
) -> list[Message]:
    """Put one message per person into the outbox; a message that is there already is not written again.

    `people` are users or records with `email` (and `user`). The first line of the template is the subject, the rest
    the text; `link` is a path of the portal. The same template, `dedup` and address make one message, ever.
    Call it inside the step's transaction: it is sent only after the commit, and never if that fails.
    """
    messages = []
    for email, user, name in {_address(person)[0]: _address(person) for person in people}.values():
        if not email:
            continue
        address = settings.PORTAL_URL + link if link else ""
        text = render_to_string(template, {**values, "name": name, "user": user, "link": address})
        subject, _, body = text.strip().partition("\n")
        key = hashlib.sha256(f"{template}:{dedup}:{email}".encode()).hexdigest()
        message, created = Message.objects.get_or_create(
            key=key,
            defaults={
                "email": email,
                "user": user,
                "kind": template.rpartition("/")[2].removesuffix(".txt"),
                "subject": " ".join(subject.split())[:200],
                "text": body.strip(),
                "link": link,
                "cohort_id": cohort,
                "not_before": not_before or timezone.now(),
            },
        )
        if created:
            messages.append(message)
    if messages:
        transaction.on_commit(lambda: send_due_messages.enqueue(), robust=True)
    return messages


def _address(person: Any) -> tuple[str, User | None, str]:
    user = person if isinstance(person, User) else getattr(person, "user", None)
    email = (user.email if user else person.email).strip().lower()
    return email, user, str(user or getattr(person, "full_name", "") or "")


@task
def send_due_messages() -> int:
    """Send what is due; safe to run twice and at once in two processes. Returns how many went out."""
    return send_due()


def send_due() -> int:
    """Claim each due message, send it, note the result. A failing mail server is noted and tried again, never raised."""
    sent = 0
    for message in Message.objects.due()[:BATCH]:
        try:
            write_if(message, {"claimed_at": None, "sent_at": None, "failed_at": None}, claimed_at=timezone.now())
        except Stale:
            continue
        sent += _send(message)
    return sent


def _send(message: Message) -> int:
    try:
        mail = EmailMultiAlternatives(message.subject, message.text, settings.DEFAULT_FROM_EMAIL, [message.email])
        mail.attach_alternative(as_html(message), "text/html")
        mail.send()
    except Exception as error:  # whatever a mail server can do must not break the page that caused the message
        log.warning("message %s not sent: %s", message.pk, type(error).__name__)
        _note_failure(message, type(error).__name__)
        return 0
    write_if(message, {}, sent_at=timezone.now(), attempts=message.attempts + 1, error="")
    return 1


def _note_failure(message: Message, error: str) -> None:
    now, attempts = timezone.now(), message.attempts + 1
    if attempts <= len(RETRY_AFTER):
        wait = RETRY_AFTER[attempts - 1]
        write_if(message, {}, claimed_at=None, attempts=attempts, error=error, not_before=now + wait)
    else:
        write_if(message, {}, failed_at=now, attempts=attempts, error=error)


def as_html(message: Message) -> str:
    """The message's text as simple HTML: paragraphs, and links that can be pressed."""
    blocks = [urlize(escape(block)).replace("\n", "<br>") for block in message.text.split("\n\n")]
    return render_to_string("accounts/mails/frame.html", {"subject": message.subject, "blocks": blocks})
