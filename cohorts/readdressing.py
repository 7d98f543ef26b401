"""What is not sent yet to an address that was wrong: it goes to the right one, or nowhere where its link has ended."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import ngettext

from accounts import outbox
from accounts.models import Invitation, Message, User
from accounts.models.invitation import hashed
from accounts.rehearsal import GREETING, current
from cohorts.models import CoachAssignment, Registration, RegistrationPerson, TeamMember


def redirect_unsent(old: str, new: str, *, cohort: UUID, name: str, account: User | None = None) -> None:
    """Send to `new` what this person of a cohort was to get at `old`, and say so on the page of consequences.

    That is what waits, and what has failed, for somebody to send it again. A mail whose link has ended is dropped. Of an
    `account` only what is told to everybody follows. What greets somebody else with the same address stays. Part of the
    step that corrects the address, after it has ended the links of before.
    """
    if old == new:
        return
    rows = Message.objects.unsent().filter(email=old, cohort_id=cohort, user=account)
    rows = rows.exclude(topic="") if account else rows
    for other in _names_at(old, cohort) - {name}:
        rows = rows.exclude(text__startswith=f"{GREETING} {other},")
    theirs = list(rows.order_by("created_at", "pk").select_for_update())
    ended = _with_ended_link(theirs)
    going = [row for row in theirs if row not in ended]
    Message.objects.filter(pk__in=[row.pk for row in ended]).delete()
    Message.objects.filter(pk__in=[row.pk for row in going]).update(email=new, user=None)
    if any(row.failed_at is None and row.not_before <= timezone.now() for row in going):
        outbox.send_from(timezone.now())  # who was about to send it finds another address, and leaves it
    _explain(old, new, going, ended)


def _names_at(address: str, cohort: UUID) -> set[str]:
    """Return the names of everybody who is to be reached at this address in a cohort."""
    return {
        person.full_name
        for people in (
            TeamMember.objects.current().filter(team__cohort=cohort),
            RegistrationPerson.objects.filter(registration__cohort=cohort),
            CoachAssignment.objects.current().filter(cohort=cohort),
        )
        for person in people.filter(email=address)
    }


def _with_ended_link(messages: list[Message]) -> list[Message]:
    """Return those whose link opens nothing any more."""
    tokens = {hashed(message.secret): message for message in messages if message.secret}
    if not tokens:
        return []
    which = Q(token_hash__in=tokens)
    opens = {
        *Invitation.objects.open().filter(which).values_list("token_hash", flat=True),
        *Registration.objects.filter(which).values_list("token_hash", flat=True),
    }
    return [message for token, message in tokens.items() if token not in opens]


def _explain(old: str, new: str, going: list[Message], ended: list[Message]) -> None:
    """Say on the page of consequences which mails go elsewhere and which nowhere."""
    watching = current()
    if watching is None:
        return
    failed = sum(row.failed_at is not None for row in going)
    waiting = len(going) - failed
    sentences = [
        waiting
        and ngettext(
            "Eine E-Mail, die noch nicht gesendet ist, geht nicht an %(old)s, sondern an %(new)s.",
            "%(count)d E-Mails, die noch nicht gesendet sind, gehen nicht an %(old)s, sondern an %(new)s.",
            waiting,
        )
        % {"count": waiting, "old": old, "new": new},
        failed
        and ngettext(
            "Eine E-Mail an %(old)s ist gescheitert. Wenn Sie sie unter „Nachrichten“ noch einmal senden, geht sie an %(new)s.",
            "%(count)d E-Mails an %(old)s sind gescheitert. Wenn Sie sie unter „Nachrichten“ noch einmal senden, gehen sie an %(new)s.",
            failed,
        )
        % {"count": failed, "old": old, "new": new},
        ended
        and ngettext(
            "Eine E-Mail an %(old)s wird nicht mehr gesendet: Ihr Link gilt nicht mehr.",
            "%(count)d E-Mails an %(old)s werden nicht mehr gesendet: Ihre Links gelten nicht mehr.",
            len(ended),
        )
        % {"count": len(ended), "old": old},
    ]
    watching.explain(format_html_join("", "<p>{}</p>", ((sentence,) for sentence in sentences if sentence)))
