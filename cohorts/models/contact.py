"""Who becomes the contact of a cohort when its contact person is erased."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.traces import Traces
from core.values import dataclass

ORGANISERS_CONTACT_INSTEAD = _(
    "Ansprechperson von Projektschmieden; jetzt steht dort, wen der Träger für sich selbst angegeben hat, bitte prüfen"
)
NOBODY_INSTEAD = _(
    "Ansprechperson von Projektschmieden; jetzt steht dort niemand, der Träger wird auf seinen Seiten um eine neue gebeten"
)
MAILBOX_STAYS = _(
    "Name der Ansprechperson von Projektschmieden; jetzt steht dort der Name des Trägers, die E-Mail-Adresse ist geblieben"
)
NAMED_IN_HOURS = _("Name in den Zeiten, zu denen die Ansprechperson einer Projektschmiede erreichbar ist")


@dataclass(frozen=True)
class Instead:
    """Name and address of the contact from now on, and the sentence that says so."""

    sentence: str | Promise
    name: str = ""
    email: str = ""


def contact_instead(name: str, email: str, organiser: Organisation, traces: Traces) -> Instead | None:
    """Return the contact that the organiser names for itself, else nobody; None if the contact is somebody else.

    A member's own address is published by nobody but them.
    """
    if email in traces.addresses and organiser.contact_email:
        return Instead(ORGANISERS_CONTACT_INSTEAD, organiser.contact_name or organiser.title, organiser.contact_email)
    if email in traces.addresses:
        return Instead(NOBODY_INSTEAD)
    return Instead(MAILBOX_STAYS, organiser.title, email) if traces.is_named_in(name) else None
