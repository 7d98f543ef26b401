"""The timer `run_due`, every few minutes: sends mails, reminds of overdue reviews, erases what is old, thins versions, does what was left behind."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import LastRun, Message
from applications.papers.finish_requests import carry_out_left_behind
from applications.reviews import due
from applications.writing.models import Presence, Revision
from cohorts.models import Registration
from core import background

log = logging.getLogger("portal.due")
NIGHT = 2  # o'clock in Germany


def send_mails() -> str:
    return _("%(sent)d gesendet, %(care)d gescheitert oder unklar") % {
        "sent": outbox.send_due(),
        "care": Message.objects.needing_care().count(),
    }


def forget_old_secrets() -> str:
    return _("%(count)d geleert") % {"count": Message.objects.drop_old_secrets()}


def erase_unconfirmed() -> str:
    return _("%(count)d gelöscht") % {"count": Registration.objects.erase_unconfirmed()}


def clear_sessions() -> str:
    count, _kinds = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return _("%(count)d gelöscht") % {"count": count}


def forget_expired() -> str:
    """Delete counters and used codes that protect nothing any more; a Redis does so by itself."""
    drop = getattr(cache, "drop_expired", None)
    return _("%(count)d gelöscht") % {"count": drop() if drop else 0}


def put_back_tasks() -> str:
    """Put back the tasks of workers that are gone; the others do so themselves after an outage."""
    return _("%(count)d wieder eingereiht") % {"count": background.put_back_left_behind(timezone.now())}


def drop_results() -> str:
    return _("%(count)d gelöscht") % {"count": background.drop_results(timezone.now())}


def thin_texts() -> str:
    """Thin out texts at night only, so that an evening is looked at as a whole."""
    now = timezone.localtime()
    if now.hour != NIGHT:
        return _("wartet auf die Nacht")
    return _("%(count)d Fassungen ausgedünnt") % {"count": Revision.objects.thin(now)}


def remind_of_overdue() -> str:
    return _("an %(count)d Rückmeldungen erinnert") % {"count": due.remind_of_overdue(timezone.now())}


def call_off_given_up() -> str:
    return _("%(count)d Abgaben zurückgezogen") % {"count": due.call_off_given_up()}


def put_back_left_behind() -> str:
    return _("%(count)d Abgaben zurückgelegt") % {"count": due.put_back_left_behind()}


def pass_on_for_absent() -> str:
    return _("%(count)d Abgaben weitergegeben") % {"count": due.pass_on_for_absent(timezone.now())}


def pass_on_questions() -> str:
    return _("%(count)d Coaching-Personen benachrichtigt") % {"count": due.pass_on_questions()}


def finish_left_behind() -> str:
    return _("%(count)d nachgeholt oder beendet") % {"count": carry_out_left_behind()}


def forget_presence() -> str:
    return _("%(count)d gelöscht") % {"count": Presence.objects.forget_old(timezone.now())}


# What staff read as the name of the work, and the work; each may run twice and at once without harm.
WORK: dict[str, Callable[[], str]] = {
    "E-Mails senden": send_mails,
    "Abgaben Abwesender weitergeben": pass_on_for_absent,
    "Fragen Abwesender weitergeben": pass_on_questions,
    "Abgaben Ausgeschiedener zurücklegen": put_back_left_behind,
    "Abgaben ausgeschiedener Teams zurückziehen": call_off_given_up,
    "An überfällige Rückmeldungen erinnern": remind_of_overdue,
    "Alte Zugangslinks aus Nachrichten entfernen": forget_old_secrets,
    "Unbestätigte Anmeldungen löschen": erase_unconfirmed,
    "Abgelaufene Sitzungen löschen": clear_sessions,
    "Abgelaufene Zähler löschen": forget_expired,
    "Liegengebliebene Hintergrundaufgaben wieder einreihen": put_back_tasks,
    "Liegengebliebenes Fertigstellen nachholen": finish_left_behind,
    "Ergebnisse alter Hintergrundaufgaben löschen": drop_results,
    "Alte Fassungen ausdünnen": thin_texts,
    "Vergessen, wer wo geschrieben hat": forget_presence,
}


class Command(BaseCommand):
    help = "Does what is due: sends mails, erases what may not be kept. Idempotent, for a timer every few minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do every piece of work, also after one has failed; the command then ends with an error, and staff see which."""
        failed = [name for name, work in WORK.items() if not self.do(name, work)]
        if failed:
            raise CommandError(_("Gescheitert: %(names)s") % {"names": ", ".join(failed)})

    def do(self, name: str, work: Callable[[], str]) -> bool:
        try:
            note = work()
        except Exception as error:
            log.exception("%s failed", name)
            LastRun.note_run(name, type(error).__name__, failed=True)
            return False
        LastRun.note_run(name, note)
        self.stdout.write(f"{name}: {note}")
        return True
