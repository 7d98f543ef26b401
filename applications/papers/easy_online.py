"""The words of stage 2: what to do in easy-Online, by how the call is signed (`WAYS`, F4)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calls.models import FundingCall
from core.values import dataclass

type Words = str | Promise


@dataclass(frozen=True)
class Way:
    """How an application of stage 2 gets to the BAMF: the steps to do, what their days are called, and one sentence."""

    tasks: tuple[Words, Words, Words]
    """Entering, signing, sending, as tasks."""
    days: tuple[Words, Words, Words]
    sentence: Words


ENTER, ENTERED = _("Angaben in easy-Online eingeben"), _("in easy-Online eingegeben am")
SEND, SENT = _("Antrag in easy-Online einreichen"), _("in easy-Online eingereicht am")
UNKNOWN = Way(
    (ENTER, _("Antrag unterschreiben, wie das BAMF es verlangt"), SEND),
    (ENTERED, _("wie verlangt unterschrieben am"), SENT),
    _(
        "Wie der Antrag unterschrieben wird und ob er auch auf Papier verlangt wird, ist hier nicht eingetragen. "
        "Bitte fragen Sie das BAMF, bevor Sie ihn einreichen."
    ),
)
WAYS = {
    FundingCall.Signing.PAPER: Way(
        (
            _("Angaben in easy-Online eingeben, Antrag einreichen und ausdrucken"),
            _("Ausgedruckten Antrag unterschreiben lassen"),
            _("Unterschriebenen Antrag zur Post geben"),
        ),
        (
            _("in easy-Online eingegeben und ausgedruckt am"),
            _("unterschrieben am"),
            _("in easy-Online eingereicht und zur Post gegeben am"),
        ),
        _("Der Antrag wird in easy-Online eingegeben, dann ausgedruckt, unterschrieben und zur Post gegeben."),
    ),
    FundingCall.Signing.TAN: Way(
        (ENTER, _("Antrag mit einer TAN bestätigen"), SEND),
        (ENTERED, _("mit einer TAN bestätigt am"), SENT),
        _("Der Antrag wird in easy-Online im TAN-Verfahren bestätigt."),
    ),
    FundingCall.Signing.QES: Way(
        (ENTER, _("Antrag mit qualifizierter elektronischer Signatur unterschreiben"), SEND),
        (ENTERED, _("elektronisch unterschrieben am"), SENT),
        _("Der Antrag wird mit einer qualifizierten elektronischen Signatur unterschrieben."),
    ),
    FundingCall.Signing.EITHER: Way(
        (ENTER, _("Antrag mit einer TAN bestätigen oder elektronisch unterschreiben"), SEND),
        (ENTERED, _("bestätigt oder elektronisch unterschrieben am"), SENT),
        _("Der Antrag wird im TAN-Verfahren bestätigt oder mit einer qualifizierten elektronischen Signatur unterschrieben."),
    ),
}  # fmt: skip


def way_of(signing: str) -> Way:
    """The way of a call; the general one where nobody has entered how it is signed."""
    return WAYS.get(FundingCall.Signing(signing), UNKNOWN) if signing else UNKNOWN


def goes_on_paper(stage: int, signing: str) -> bool:
    """There is an envelope: always in stage 1, in stage 2 where the call says so."""
    return stage == 1 or signing == FundingCall.Signing.PAPER
