"""What each kind of mail is called in the BAMF's figures: words that name nobody."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "announcement": _("Mitteilung der Projektschmiede"),
    "cancelled": _("Workshop abgesagt"),
    "closed_again": _("frühere Öffnung der Abschnitte zurückgenommen"),
    "held": _("Workshop findet doch statt"),
    "registration_reopened": _("Absage auf eine Anmeldung zurückgenommen"),
    "coach_named": _("Coaching-Person für ein Team festgelegt"),
    "cohort_moved": _("Beginn einer Projektschmiede verschoben"),
    "coach_is_away": _("Abwesenheit für eine Coaching-Person eingetragen"),
    "coach_is_back": _("Abwesenheit einer Coaching-Person beendet"),
    "coach_teams": _("Teams einer Coaching-Person geändert"),
    "cohort_cancelled": _("Projektschmiede abgesagt"),
    "conversation_answered": _("Antwort auf eine Frage des Teams"),
    "conversation_asked": _("Frage eines Teams"),
    "conversation_closed": _("Frage des Teams als erledigt markiert"),
    "conversation_unread": _("Frage eines Teams, während keine Coaching-Person da ist"),
    "finished": _("Vorhaben fertiggestellt"),
    "invitation": _("Einladung"),
    "invitation_declined": _("Einladung abgelehnt"),
    "member_came_back": _("wieder ins Team genommen"),
    "member_invitation_revoked": _("Einladung ins Team zurückgezogen"),
    "member_owns": _("Verantwortung für ein Team erhalten"),
    "member_role": _("Rolle im Team geändert"),
    "coach_absence": _("Abwesenheit einer Coaching-Person"),
    "member_taken_out": _("aus dem Team genommen"),
    "moved": _("Termin eines Workshops geändert"),
    "opened_early": _("Abschnitte früher geöffnet"),
    "not_finished": _("Vorhaben noch nicht fertiggestellt"),
    "not_posted": _("Vorhaben doch noch nicht eingereicht"),
    "outcome": _("Ergebnis ist da"),
    "outcome_removed": _("Ergebnis zurückgenommen"),
    "owner_changed": _("Team hat eine andere verantwortliche Person"),
    "ownership_declined": _("Verantwortung für ein Team abgelehnt"),
    "ownership_offered": _("Verantwortung für ein Team angeboten"),
    "ownership_taken": _("Verantwortung für ein Team übernommen"),
    "posted": _("Vorhaben eingereicht"),
    "review_asked": _("Abgabe wartet auf eine Rückmeldung"),
    "review_given_back": _("Rückmeldung ist da"),
    "review_overdue": _("Rückmeldung ist überfällig (Coaching-Person)"),
    "review_withdrawn": _("Abgabe zurückgezogen"),
    "reviews_overdue_organiser": _("Rückmeldung ist überfällig (Träger)"),
    "registration_accepted": _("Zusage für einen Platz"),
    "registration_confirm": _("Link zum Bestätigen einer Anmeldung"),
    "registration_corrected": _("Anmeldung geändert"),
    "registration_declined": _("Absage auf eine Anmeldung"),
    "registration_link": _("neuer Link zu einer Anmeldung"),
    "registration_received": _("Anmeldung ist da"),
    "registration_waiting": _("Platz auf der Warteliste"),
    "registration_withdrawn": _("Anmeldung zurückgezogen"),
    "comment_answered": _("Antwort auf eine Anmerkung"),
    "comment_resolved": _("Anmerkung abgehakt"),
    "taken_back": _("Fertigstellung zurückgenommen"),
    "team_coaches": _("Coaching-Personen eines Teams geändert"),
    "team_has_coach": _("Team hat eine Coaching-Person"),
    "team_made": _("Zusage für einen Platz (ohne Anmeldung)"),
    "team_readmitted": _("Zusage für einen Platz (wieder dabei)"),
    "team_taken_in_again": _("Team nimmt wieder teil"),
    "team_without_owner": _("Team ohne verantwortliche Person"),
    "team_withdrawn": _("Team ausgeschieden"),
    "withdrawn": _("Vorhaben zurückgezogen"),
}


def words(kind: str) -> str:
    """Return a kind of message in words, or as it is if there are none."""
    return str(WORDS.get(kind, kind))
