"""Nobody who organises or coaches a cohort may be in a team of it: when two records are of the same person, and the error."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext

from core.writes import Stale


class OnBothSides(Stale):
    """The person would organise or coach a cohort and be in a team of it.

    `names` are given where an organiser acts on several persons at once, and would not know which are meant.
    """

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.names = names

    def __str__(self) -> str:
        why = gettext(
            "Das geht nicht: Wer eine Projektschmiede durchführt oder in ihr Teams begleitet, kann dort nicht zugleich zu einem Team gehören."
        )
        if not self.names:
            return why
        return f"{why} " + gettext("Das betrifft: %(names)s.") % {"names": ", ".join(self.names)}


def is_the_coach(member: str) -> Q:
    """Return the condition that the member at this path is the coach of the outer row: by account, or by address.

    Their addresses are those written down, the login, and further ones that were verified; capitals make no difference.
    """
    verified = EmailAddress.objects.filter(verified=True).annotate(small=Lower("email"))
    coachs = verified.filter(user=OuterRef(OuterRef("coach")), small=Lower(OuterRef(f"{member}email")))
    members = verified.filter(user=OuterRef(f"{member}user"), small=Lower(OuterRef(OuterRef("email"))))
    coach_email, login = Lower(OuterRef("email")), Lower(OuterRef("coach__email"))
    return (
        Q(**{f"{member}user": OuterRef("coach")})
        | Q(Exact(Lower(f"{member}email"), coach_email))
        | Q(Exact(Lower(f"{member}email"), login))
        | Q(Exact(Lower(f"{member}user__email"), coach_email))
        | Q(Exists(coachs))
        | Q(Exists(members))
    )


def is_the_organiser(member: str = "") -> Q:
    """Return the condition that a membership is of the same person as the team member at this path of the outer row.

    An organiser always has an account; an address is its login, or a further one that was verified.
    """
    verified = EmailAddress.objects.filter(verified=True).annotate(small=Lower("email"))
    addresses = verified.filter(user=OuterRef("user"), small=Lower(OuterRef(OuterRef(f"{member}email"))))
    login = Q(Exact(Lower("user__email"), Lower(OuterRef(f"{member}email"))))
    return Q(user=OuterRef(f"{member}user")) | login | Q(Exists(addresses))
