"""Sending mails: a step posts them (`post`), a task or the timer sends each once and tries again after `WAITS_BETWEEN_TRIES`."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from email.headerregistry import Address
from functools import partial
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives
from django.db import connections, transaction
from django.tasks import task
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import punycode
from django.utils.html import urlize

from accounts import rehearsal
from accounts.addresses import NO_ADDRESS, mailable, one_address
from accounts.models.message import Message
from core.alarm import Alarm
from core.values import dataclass
from core.writes import Stale, write_if

if TYPE_CHECKING:
    from accounts.models.user import User

log = logging.getLogger("portal.outbox")

# One thread: all that waits is sent in one round.
sending = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mails")

WAITS_BETWEEN_TRIES = [timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6)]
BATCH = 200
# Empty as long as nobody sends it, has sent it or has stopped it.
NOT_YET = ("claimed_at", "sent_at", "failed_at", "withheld_at")
AS_READ = ("email", "not_before", "subject", "text")


@dataclass(frozen=True)
class Addressee:
    """Somebody who has only an address, and perhaps a name."""

    email: str
    full_name: str = ""


def post(
    people: Iterable[Any],
    template: str,
    *,
    dedup: object,
    link: str = "",
    cohort: UUID | None = None,
    not_before: datetime | None = None,
    topic: str = "",
    known: str = "",
    wish: str = "",
    secret: str = "",
    answers_to: User | None = None,
    **values: Any,
) -> list[Message]:
    """Put one message per person into the outbox; a message that is there already is not written again.

    `people` are users or records with `email` (and `user`, `full_name`). The first line of the template is the subject,
    the rest the text (plain, nothing is escaped in it); it is given `name`, `user`, `link` and `values`. `link` is a path
    of the portal. The same template, `dedup` and address make one message, ever. `wish` names the choice of `User` that a
    person can have switched off, e.g. "wants_news_mails"; without it everybody gets the message. `secret` is a token
    inside the link, taken out once the mail is sent. Answers reach the contact of the `cohort`, or `answers_to`, the
    writer, if they chose so (`User.wants_answers`). Mails to many, and decisions, have a `topic` (`topic_of`): they wait for `MAILS_WAIT`,
    so that a later change replaces them or somebody stops them (`accounts/waiting.py`). Call it inside the step's
    transaction: it is sent only after the commit, and never if that fails.
    """
    values["link"] = settings.PORTAL_URL + link if link else ""
    fields = {"link": link, "secret": secret, "cohort_id": cohort, "answers_to": answers_to}
    fields |= {"topic": topic, "known": known}
    if topic and not_before is None:
        not_before = timezone.now() + settings.MAILS_WAIT
    written: dict[str, Message] = {}
    names: dict[str, str] = {}
    for person in people:
        email, user, name = address_of(person)
        if not email or email.endswith(NO_ADDRESS) or (wish and user is not None and not getattr(user, wish)):
            continue
        subject, text = _render(template, {**values, "name": name, "user": user})
        key = hashlib.sha256(f"{template}:{dedup}:{email}".encode()).hexdigest()
        names[key] = name
        kind, when = template.rpartition("/")[2].removesuffix(".txt"), not_before or timezone.now()
        written[key] = Message(
            key=key, email=email, user=user, kind=kind, subject=subject, text=text, not_before=when, **fields
        )
    return _put_in(written, names)


def _put_in(written: dict[str, Message], names: dict[str, str]) -> list[Message]:
    """Write those messages that are not there yet, and have them sent; whoever watches the step notes them, by name."""
    for key in Message.objects.filter(key__in=written).values_list("key", flat=True):
        del written[key]
    if watching := rehearsal.current():
        for key, message in written.items():
            watching.note(message, names[key])
    # Somebody else may write the same message at this moment: theirs stands, ours is left out.
    messages = Message.objects.bulk_create(list(written.values()), ignore_conflicts=True)
    if messages:
        send_from(min(message.not_before for message in messages))
    return messages


def put(email: str, subject: str, text: str, *, kind: str, secret: str = "", user: User | None = None) -> Message:
    """Put a mail into the outbox that is written already, such as a code for logging in; each call is a new one."""
    message = Message.objects.create(
        key=uuid4().hex,
        email=email,
        user=user,
        kind=kind,
        subject=_line(subject),
        text=text.strip(),
        secret=secret,
    )
    send_from(message.not_before)
    return message


def _render(template: str, values: dict[str, Any]) -> tuple[str, str]:
    """Return subject and text. The text of a mail is no HTML: names keep their & and their quotation marks."""
    loaded: Any = get_template(template)
    subject, _, text = str(loaded.template.render(Context(values, autoescape=False))).strip().partition("\n")
    return _line(subject), text.strip()


def _line(subject: str) -> str:
    return " ".join(subject.split())[:200]


def address_of(person: Any) -> tuple[str, User | None, str]:
    """Return address, account and name of a person as `post` takes them."""
    user: Any = person if isinstance(person, AbstractBaseUser) else getattr(person, "user", None)
    email = one_address(user.email if user else person.email)
    return email, user, str(user or getattr(person, "full_name", "") or "")


def send_from(moment: datetime) -> None:
    """Have it sent from this moment on, and after the commit, without waiting for a mail server.

    A worker does it, or where there is none a thread beside the request. Whatever those miss, the timer sends.
    """
    transaction.on_commit(partial(_send_from, moment), robust=True)


def _send_from(moment: datetime) -> None:
    is_due = moment <= timezone.now()
    if settings.TASKS_IN_THREAD:
        alarm.set(moment)
    elif is_due:
        send_due_messages.enqueue()
    elif settings.TASKS_BY_WORKERS:
        send_due_messages.using(run_after=moment).enqueue()


def _send_in_thread() -> None:
    try:
        send_due_messages.enqueue()
    finally:
        connections.close_all()


# Wakes this process for the mails that wait.
alarm = Alarm(lambda: sending.submit(_send_in_thread))


@task
def send_due_messages() -> int:
    """Send what is due; safe to run twice and at once in two processes. Returns how many went out."""
    return send_due()


def send_due() -> int:
    """Claim each due message, send it, note the result. A failing mail server is noted and tried again, never raised.

    A server that does not answer ends the round: nobody waits for two hundred of its timeouts.
    """
    sent = 0
    for message in Message.objects.due()[:BATCH]:
        try:
            # As it was read: by now it may go elsewhere (cohorts/readdressing.py), wait longer, or say something else.
            expected = dict.fromkeys(NOT_YET) | {name: getattr(message, name) for name in AS_READ}
            write_if(message, expected, claimed_at=timezone.now())
        except Stale:
            continue
        error = _send(message)
        if isinstance(error, OSError) and not isinstance(
            error, SMTPRecipientsRefused | SMTPSenderRefused | SMTPDataError
        ):
            break
        sent += error is None
    return sent


def _send(message: Message) -> Exception | None:
    try:
        as_mail(message).send()
    except Exception as error:  # noqa: BLE001  whatever a mail server can do must not break the page behind the message
        log.warning("message %s not sent: %s", message.pk, type(error).__name__)
        _note_failure(message, type(error).__name__)
        return error
    _note(message, **message.without_secret, known="", sent_at=timezone.now(), error="")
    return None


def _note_failure(message: Message, error: str) -> None:
    now = timezone.now()
    if message.attempts < len(WAITS_BETWEEN_TRIES):
        _note(message, claimed_at=None, error=error, not_before=now + WAITS_BETWEEN_TRIES[message.attempts])
    else:
        _note(message, failed_at=now, error=error)


def _note(message: Message, **fields: Any) -> None:
    """Write down what came of one more attempt; nothing where the message was erased meanwhile, with its person."""
    with suppress(Stale):
        write_if(message, {}, attempts=message.attempts + 1, **fields)


def as_mail(message: Message) -> EmailMultiAlternatives:
    """Return the message as a mail. Its id stays the same with every attempt, so that a mailbox shows it once."""
    portal = urlsplit(settings.PORTAL_URL).hostname or "localhost"
    headers = {
        "Auto-Submitted": "auto-generated",
        "Message-ID": f"<{message.pk.hex}@{punycode(portal)}>",
    }
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        settings.DEFAULT_FROM_EMAIL,
        [mailable(message.email)],
        headers=headers,
        reply_to=[_header_of(*message.reply_to)] if message.reply_to else [],
    )
    mail.attach_alternative(as_html(message), "text/html")
    return mail


def _header_of(name: str, email: str) -> str:
    """Return an address with its name for a header. Characters that cannot be printed, such as line breaks, are left out."""
    legible = "".join(letter if letter.isprintable() else " " for letter in name)
    return str(Address(" ".join(legible.split()), addr_spec=mailable(email)))


def as_html(message: Message) -> str:
    """Return the message's text as simple HTML: paragraphs, and links that can be pressed."""
    blocks = [urlize(block, autoescape=True).replace("\n", "<br>") for block in message.text.split("\n\n")]
    values = {
        "subject": message.subject,
        "blocks": blocks,
        "profile_url": settings.PORTAL_URL + reverse("accounts:profile") if message.user_id else "",
    }
    return render_to_string("accounts/mails/frame.html", values)
