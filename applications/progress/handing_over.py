"""What it means that somebody else becomes responsible for a team, as owner and organiser read it before they press the button."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cohorts.models import TeamMember
from cohorts.new_owner import stepping_down


def of_offering(member: TeamMember) -> list[str]:
    """Say to the owner what happens now, and what once the member agrees."""
    said = {"name": member.full_name}
    return [
        _("%(name)s wird zuerst gefragt. Bis zur Zusage ändert sich nichts.") % said,
        _(
            "Danach sind Sie nicht mehr verantwortlich. Sie schreiben weiter mit, geben Abschnitte zur Rückmeldung ab und laden Anlagen hoch."
        ),
        _("Fertigstellen, zurückziehen, Schritte auf Papier eintragen und das Team ändern kann dann nur noch %(name)s.")
        % said,
        _("Solange die Zusage aussteht, können Sie das Angebot zurücknehmen."),
        _("Danach gibt Ihnen nur %(name)s oder der Träger die Verantwortung zurück.") % said,
    ]


def of_handing_over(owner: TeamMember, member: TeamMember) -> list[str]:
    """Say to the organiser who is responsible at once, and what the owner of before may still do."""
    said = {"name": member.full_name}
    return [
        _("%(name)s ist dann sofort verantwortlich, ohne gefragt zu werden.") % said,
        *stepping_down(owner, member.full_name),
        _("Zurück geht es auf demselben Weg."),
    ]
