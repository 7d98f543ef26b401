"""The audit trail in words: what staff read instead of the codes that `Event.record` stores."""

from __future__ import annotations

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "absence.changed": _("Abwesenheit geändert"),
    "absence.ended": _("Abwesenheit früher beendet"),
    "absence.entered": _("Abwesenheit eingetragen"),
    "announcement.published": _("Mitteilung veröffentlicht"),
    "application.adopted": _("neuen Stand des Aufrufs übernommen"),
    "application.finished": _("Vorhaben fertiggestellt"),
    "application.started": _("Vorhaben begonnen"),
    "application.taken_back": _("Fertigstellung zurückgenommen"),
    "application.texts_taken": _("Texte aus einem früheren Vorhaben übernommen"),
    "application.withdrawn": _("Vorhaben zurückgezogen"),
    "assignment.ticked": _("Arbeitsauftrag abgehakt"),
    "assignment.unticked": _("Arbeitsauftrag wieder geöffnet"),
    "attachment.added": _("Anlage hochgeladen"),
    "attachment.removed": _("Anlage gelöscht"),
    "calendar.ended": _("Kalender-Abo beendet"),
    "calendar.renewed": _("Kalender-Abo hat eine neue Adresse"),
    "calendar.subscribed": _("Kalender abonniert"),
    "call.copied": _("Aufruf ins nächste Jahr kopiert"),
    "coach.ended": _("Coaching beendet"),
    "cohort.cancelled": _("Projektschmiede abgesagt"),
    "cohort.made": _("Projektschmiede angelegt"),
    "cohort.published": _("Projektschmiede veröffentlicht"),
    "conversation.answered": _("Frage eines Teams beantwortet"),
    "conversation.asked": _("Frage eines Teams geschrieben"),
    "conversation.closed": _("Frage eines Teams erledigt"),
    "draft.idea_taken": _("Idee aus der Anmeldung übernommen"),
    "draft.restored": _("frühere Fassung wiederhergestellt"),
    "edition.published": _("Stand eines Aufrufs veröffentlicht"),
    "edition.started": _("Stand eines Aufrufs begonnen"),
    "invitation.accepted": _("Einladung angenommen"),
    "invitation.made": _("Einladung verschickt"),
    "invitation.revoked": _("Einladung zurückgenommen"),
    "member.added": _("Person ins Team eingeladen"),
    "member.handed_over": _("Verantwortung im Team übergeben"),
    "member.offered": _("Verantwortung im Team angeboten"),
    "member.offer_ended": _("Angebot der Verantwortung beendet"),
    "member.left": _("Person aus dem Team ausgeschieden"),
    "member.role_changed": _("Rolle im Team geändert"),
    "membership.entrusted": _("Verantwortung für die Organisation übertragen"),
    "membership.handed_over": _("Verantwortung für die Organisation übergeben"),
    "membership.inherited": _("Verantwortung für die Organisation übergegangen"),
    "membership.joined": _("Mitglied der Organisation geworden"),
    "membership.left": _("aus der Organisation ausgeschieden"),
    "message.sent_again": _("Nachricht noch einmal gesendet"),
    "organisation.privacy_text": _("Träger hat seinen Datenschutztext geschrieben"),
    "organisation.runs_cohorts": _("Organisation darf Projektschmieden durchführen"),
    "organisation.runs_no_cohorts": _("Organisation darf keine Projektschmieden mehr durchführen"),
    "person.activated": _("Konto wieder geöffnet"),
    "person.deactivated": _("Konto geschlossen"),
    "person.erased": _("Person gelöscht"),
    "person.left_bamf": _("Zugang für das BAMF beendet"),
    "person.second_factor_reset": _("zweiten Faktor zurückgesetzt"),
    "review.asked": _("zur Rückmeldung abgegeben"),
    "review.given_back": _("Rückmeldung zurückgegeben"),
    "review.put_back": _("Abgabe zurückgelegt, weil die Coaching-Person die Projektschmiede nicht mehr begleitet"),
    "review.passed_on": _("Abgabe weitergegeben, weil die Coaching-Person abwesend ist"),
    "review.released": _("Rückmeldung freigegeben"),
    "review.reminded": _("an die überfällige Rückmeldung erinnert"),
    "review.taken": _("Rückmeldung übernommen"),
    "review.withdrawn": _("Abgabe zurückgezogen"),
    "registration.accepted": _("Anmeldung zugelassen"),
    "registration.confirmed": _("Anmeldung bestätigt"),
    "registration.corrected": _("Anmeldung geändert"),
    "registration.declined": _("Anmeldung abgesagt"),
    "registration.link_renewed": _("neuer Link zur Anmeldung verschickt"),
    "registration.made": _("Anmeldung abgeschickt"),
    "registration.waiting": _("Anmeldung auf die Warteliste gesetzt"),
    "registration.withdrawn": _("Anmeldung zurückgezogen"),
    "comment.answered": _("Anmerkung beantwortet"),
    "comment.changed": _("Anmerkung geändert"),
    "comment.discarded": _("Anmerkung verworfen"),
    "comment.done": _("Anmerkung aus Sicht des Teams erledigt"),
    "comment.resolved": _("Anmerkung abgehakt"),
    "comment.written": _("Anmerkung geschrieben"),
    "rule.lowered": _("Regel zum Hinweis herabgestuft"),
    "rule.restored": _("Regel gilt wieder ganz"),
    "session.attendance_recorded": _("Anwesenheit eingetragen"),
    "submission.downloaded": _("Unterlage heruntergeladen (BAMF)"),
    "submission.enclosures": _("Liste der Anlagen berichtigt"),
    "submission.example": _("Frage nach dem Beispiel für andere beantwortet"),
    "submission.letter": _("Anschreiben erstellt"),
    "submission.outcome": _("Ergebnis eingetragen"),
    "submission.outcome_removed": _("Ergebnis zurückgenommen"),
    "submission.posted": _("als eingereicht eingetragen"),
    "submission.received": _("Eingang eingetragen"),
    "submission.seen": _("Unterlagen angesehen (BAMF)"),
    "submission.signed": _("Unterschrift eingetragen"),
    "submission.printed": _("als ausgedruckt eingetragen"),
    "submission.step_undone": _("Eintrag eines Schrittes zurückgenommen"),
    "submission.transferred": _("Übertragung in die Formulare oder in easy-Online eingetragen"),
    "team.coaches_named": _("Coaching-Personen festgelegt"),
    "team.made": _("Team angelegt"),
    "team.readmitted": _("Team in eine neue Projektschmiede aufgenommen"),
    "team.withdrawn": _("Team ausgeschieden"),
    "workshop.cancelled": _("Workshop abgesagt"),
    "workshop.opened_early": _("Abschnitte früher geöffnet"),
}


def words(code: str) -> str:
    """Return what happened in words, or the code if there are none."""
    return str(WORDS.get(code, code))


def kind(label: str) -> str:
    """Return the kind of record an event is about, in words: "applications.review" → „Rückmeldung“."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label
