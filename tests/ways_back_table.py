"""What every step changes, how it is taken back, until when, and which mails it sends (docs/decisions/0046-consequences-before-they-happen.md).

Keys are those of tests/steps_table.py. A way back is another step, the same once more (`AGAIN`), or none; then the page says so
before (`Never`), or there is nothing to take back (`KEEPS`: it adds to what is kept, or only looks).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """`by` names the steps that lead back; `until` says when that ends; `tells` names the kinds of mails the step itself sends."""

    state: str
    by: Sequence[str]
    until: str
    tells: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Never:
    """There is no way back, and `said` stands before the button, in the file that writes the page."""

    state: str
    page: str
    said: str
    tells: frozenset[str] = frozenset()


AGAIN = "again"
KEEPS = "keeps"
ALWAYS = "always"


def way(state: str, *by: str, until: str = ALWAYS, tells: str = "") -> Way:
    return Way(state, by, until, frozenset(tells.split()))


def never(state: str, page: str, said: str, tells: str = "") -> Never:
    return Never(state, page, said, frozenset(tells.split()))


_ORGANISATION = "accounts.models.organisation.Organisation"
_ABSENCE = "cohorts.models.absence.CoachAbsence"
_MEMBER = "cohorts.models.member.TeamMember"
_COACH = "cohorts.models.coach.CoachAssignment"
_WORKSHOP = "workshops.models.workshop.Workshop"
_REVIEW = "applications.reviews.models.review.Review"
_COMMENT = "applications.reviews.models.comment.Comment"
_SUBMISSION = "applications.papers.models.submission.Submission"

WAYS: dict[str, Way | Never] = {
    # People and organisations
    "accounts.invitations.invite": way("invited", "accounts.models.invitation.Invitation.revoke", until="accepted", tells="invitation"),
    "accounts.models.invitation.Invitation.revoke": way("revoked", "accounts.invitations.invite"),
    "accounts.models.calendar_subscription.CalendarSubscriptionQuerySet.subscribe": way("subscribed", "accounts.models.calendar_subscription.CalendarSubscription.end"),
    "accounts.models.calendar_subscription.CalendarSubscription.renew": never("another address", "templates/schmiede/calendar.html", "Die Adresse von jetzt gilt dann sofort nicht mehr."),
    "accounts.models.calendar_subscription.CalendarSubscription.end": way("no calendar", "accounts.models.calendar_subscription.CalendarSubscriptionQuerySet.subscribe"),
    "accounts.models.message.Message.send_again": way("tried again", KEEPS),
    "accounts.waiting.send_now": way("sent", KEEPS),  # the person was to get it all the time
    "accounts.waiting.withhold": never("stopped", "accounts/admin/waiting.py", "und das lässt sich nicht zurücknehmen."),
    f"{_ORGANISATION}.let_run_cohorts": way("runs cohorts", f"{_ORGANISATION}.end_running", until="its cohorts are ahead", tells="organisation_runs_cohorts"),
    f"{_ORGANISATION}.end_running": way("runs none", f"{_ORGANISATION}.let_run_cohorts", tells="organisation_runs_no_cohorts"),
    f"{_ORGANISATION}.entrust": way("somebody else is responsible", AGAIN, tells="membership_responsible"),
    "accounts.models.membership.Membership.hand_over": way("somebody else is responsible", AGAIN, f"{_ORGANISATION}.entrust", tells="membership_responsible"),
    "accounts.models.membership.Membership.leave": way("left", "accounts.invitations.invite", tells="membership_left"),
    "accounts.account_steps.deactivate": way("closed", "accounts.account_steps.activate"),
    "accounts.account_steps.activate": way("open", "accounts.account_steps.deactivate"),
    "accounts.account_steps.end_office": way("no longer BAMF staff", "accounts.invitations.invite"),
    "accounts.account_steps.reset_second_factor": way("without second factor", KEEPS, until="the person sets up a new one at the next login", tells="second_factor_reset"),
    "accounts.erasing.erase": never("erased", "accounts/admin/user.py", "sollen endgültig gelöscht werden.", tells="team_without_owner"),
    "accounts.erasing.would_erase": way("looks only", KEEPS),
    "accounts.models.privacy.PrivacyText.publish": way("a new version", AGAIN),
    # Calls
    "calls.copying.copy_call": way("a copy", "calls.models.call.FundingCall.remove", until="something uses it"),
    "calls.models.call.FundingCall.remove": never("removed", "calls/admin/parts.py", "Das lässt sich nicht zurücknehmen. Kein Team und keine Projektschmiede braucht"),
    "calls.models.rule.Rule.lower": way("a hint only", "calls.models.rule.Rule.restore"),
    "calls.models.rule.Rule.restore": way("enforced", "calls.models.rule.Rule.lower"),
    "calls.models.edition.Edition.publish": way("published", "calls.publishing.unpublish", until="a cohort or an application needs it"),
    "calls.publishing.unpublish": way("a draft", "calls.models.edition.Edition.publish"),
    "calls.copying.start_next_edition": way("a draft", "calls.models.edition.Edition.remove", until="published"),
    "calls.models.edition.Edition.remove": never("removed", "calls/admin/parts.py", "Das lässt sich nicht zurücknehmen. Kein Team und keine Projektschmiede braucht"),
    # Cohorts
    "cohorts.models.cohort.Cohort.publish": way("public", "cohorts.publishing.unpublish", until="somebody has registered"),
    "cohorts.publishing.unpublish": way("not public", "cohorts.models.cohort.Cohort.publish"),
    "cohorts.models.cohort.Cohort.cancel": never("called off", "workshops/admin/cohort.py", "Das lässt sich nicht zurücknehmen.", tells="cohort_cancelled"),
    "cohorts.models.announcement.Announcement.publish": way("published", "accounts.waiting.withhold", until="its mails have gone out", tells="announcement"),
    "cohorts.deciding.accept": way("accepted", "cohorts.taking_back.take_acceptance_back", "cohorts.models.team.Team.withdraw", until="the cohort is over", tells="registration_accepted invitation"),
    "cohorts.taking_back.take_acceptance_back": way("undecided", "cohorts.deciding.accept", "cohorts.deciding.decline", tells="registration_taken_back team_withdrawn"),
    "cohorts.deciding.put_on_waiting_list": way("waiting", "cohorts.deciding.accept", "cohorts.deciding.decline", tells="registration_waiting"),
    "cohorts.deciding.decline": way("declined", "cohorts.deciding.reopen", tells="registration_declined"),
    "cohorts.deciding.reopen": way("undecided", "cohorts.deciding.decline", "cohorts.deciding.accept", tells="registration_reopened"),
    "cohorts.models.registration.Registration.renew_link": way("another link", AGAIN, tells="registration_link"),
    "cohorts.correcting.correct_registered_address": way("another address", AGAIN, until="decided", tells="registration_link"),
    # Teams
    "cohorts.by_hand.make_by_hand": way("made", "cohorts.models.team.Team.withdraw", tells="team_made invitation"),
    "cohorts.readmitting.readmit": way("a new team", "cohorts.models.team.Team.withdraw", tells="team_readmitted invitation"),
    "cohorts.models.team.Team.withdraw": way("left", "cohorts.taking_in_again.take_in_again", until="the cohort is over or called off", tells="team_withdrawn"),
    "cohorts.taking_in_again.take_in_again": way("takes part", "cohorts.models.team.Team.withdraw", tells="team_taken_in_again invitation"),
    "cohorts.models.team.Team.name_coaches": way("other coaches", AGAIN, tells="coach_named team_has_coach"),
    "cohorts.models.team.Team.add_member": way("invited", "cohorts.revoking.revoke_invitation", until="accepted", tells="invitation"),
    "cohorts.models.invited_person.InvitedPerson.invite": way("invited", "cohorts.revoking.revoke_invitation", f"{_COACH}.end", tells="invitation"),
    "cohorts.revoking.revoke_invitation": way("revoked", "cohorts.coming_back.come_back", tells="member_invitation_revoked"),
    "cohorts.coming_back.come_back": way("in the team", f"{_MEMBER}.leave", tells="member_came_back invitation"),
    "cohorts.correcting.correct_address": way("another address", AGAIN, until="accepted", tells="invitation"),
    "cohorts.correcting.invite_anew": way("invited elsewhere", "cohorts.coming_back.come_back", "cohorts.revoking.revoke_invitation", tells="member_taken_out invitation"),
    "cohorts.new_owner.invite_owner": way("somebody new is responsible", f"{_MEMBER}.hand_over", AGAIN, tells="invitation owner_changed member_taken_out member_invitation_revoked"),
    f"{_MEMBER}.change_role": way("another role", AGAIN, tells="member_role"),
    f"{_MEMBER}.offer_ownership": way("offered", f"{_MEMBER}.end_offer", until="agreed", tells="ownership_offered"),
    f"{_MEMBER}.end_offer": way("not offered", f"{_MEMBER}.offer_ownership", tells="ownership_declined"),
    f"{_MEMBER}.agree": way("responsible", f"{_MEMBER}.offer_ownership", f"{_MEMBER}.hand_over", tells="ownership_taken owner_changed"),
    f"{_MEMBER}.hand_over": way("somebody else is responsible", AGAIN, tells="member_owns owner_changed"),
    f"{_MEMBER}.leave": way("left", "cohorts.coming_back.come_back", until="the team has left", tells="member_taken_out"),
    # Coaches
    f"{_COACH}.reset_second_factor": way("without second factor", KEEPS, until="the person sets up a new one at the next login", tells="second_factor_reset"),
    f"{_COACH}.end": way("ended", "cohorts.reassigning.take_up_again", until="the cohort is over"),
    "cohorts.reassigning.take_up_again": way("coaches", f"{_COACH}.end", tells="coach_teams team_coaches invitation"),
    "cohorts.reassigning.hand_teams_over": way("another coach", "cohorts.models.team.Team.name_coaches", tells="coach_teams team_coaches"),
    "cohorts.reassigning.swap_teams": way("swapped", AGAIN, tells="coach_teams team_coaches"),
    "cohorts.reassigning.swap_order": way("swapped", AGAIN, tells="coach_teams team_coaches"),
    f"{_ABSENCE}QuerySet.enter": way("absent", f"{_ABSENCE}.end", tells="coach_absence"),
    f"{_ABSENCE}QuerySet.enter_for": way("absent", f"{_ABSENCE}QuerySet.end_for", tells="coach_is_away"),
    f"{_ABSENCE}QuerySet.end_for": way("there again", f"{_ABSENCE}QuerySet.enter_for", tells="coach_is_back"),
    f"{_ABSENCE}.change": way("other days", AGAIN, tells="coach_absence"),
    f"{_ABSENCE}.end": way("there again", f"{_ABSENCE}QuerySet.enter", tells="coach_absence"),
    "cohorts.models.conversation.ConversationQuerySet.write": way("asked", KEEPS, tells="conversation_asked conversation_answered conversation_unread"),
    "cohorts.models.conversation.Conversation.close": way("closed", "cohorts.models.conversation.ConversationQuerySet.write", tells="conversation_closed"),
    # Workshops
    f"{_WORKSHOP}.open_early": way("open", f"{_WORKSHOP}.close_again", until="it begins", tells="opened_early"),
    f"{_WORKSHOP}.close_again": way("closed", f"{_WORKSHOP}.open_early", until="it begins", tells="closed_again"),
    f"{_WORKSHOP}.cancel": way("called off", f"{_WORKSHOP}.hold", until="its days are over", tells="cancelled"),
    f"{_WORKSHOP}.hold": way("takes place", f"{_WORKSHOP}.cancel", tells="held"),
    "workshops.models.session.Session.record_attendance": way("entered", AGAIN),
    "workshops.models.assignment.Assignment.tick": way("done", "workshops.models.assignment.Assignment.untick"),
    "workshops.models.assignment.Assignment.untick": way("not done", "workshops.models.assignment.Assignment.tick"),
    # Writing
    "applications.writing.starting.start": way("begun", "applications.reviews.steps.withdraw"),
    "applications.reviews.steps.withdraw": never("given up", "templates/applications/progress/workspace.html", "Das ist endgültig: Niemand kann es wieder öffnen.", tells="withdrawn"),
    "applications.writing.starting.adopt": never("on the newer edition", "templates/applications/progress/_newer_edition.html", "Zum bisherigen Stand zurück geht es danach nicht."),
    "applications.writing.idea.take_over_idea": way("taken over", "applications.writing.models.draft.Draft.restore"),
    "applications.writing.models.draft.Draft.save_content": way("written", "applications.writing.models.draft.Draft.restore"),
    "applications.writing.models.draft.Draft.restore": way("an earlier version", AGAIN),
    "applications.writing.models.plan_tick.PlanTickQuerySet.tick": way("ticked", AGAIN),
    "applications.writing.models.attachment.AttachmentQuerySet.attach": way("attached", "applications.writing.models.attachment.Attachment.detach"),
    "applications.writing.models.attachment.Attachment.detach": never("gone", "templates/applications/writing/attachments.html", "wirklich löschen?"),
    "applications.writing.models.section_note.SectionNoteQuerySet.save_note": way("noted", AGAIN),
    # Reviews
    "applications.reviews.steps.hand_in": way("handed in", f"{_REVIEW}.withdraw", until="somebody reads it", tells="review_asked"),
    f"{_REVIEW}.withdraw": way("taken back", "applications.reviews.steps.hand_in", tells="review_withdrawn"),
    f"{_REVIEW}.take": way("read by somebody", f"{_REVIEW}.release"),
    f"{_REVIEW}.release": way("waits again", f"{_REVIEW}.take"),
    f"{_REVIEW}.note": way("begun", KEEPS),
    f"{_REVIEW}.give_back": never("given back", "templates/applications/reviews/_give_back.html", "Zurückholen lässt es sich dann nicht.", tells="review_given_back"),
    "applications.reviews.models.review_item.ReviewItem.comment": way("commented", f"{_COMMENT}.discard", until="given back"),
    "applications.reviews.models.begun.BegunCommentQuerySet.keep": way("begun", KEEPS),
    f"{_COMMENT}.change": way("other words", AGAIN, until="given back"),
    f"{_COMMENT}.discard": never("gone", "templates/applications/reviews/_comments.html", "wirklich löschen?"),
    f"{_COMMENT}.answer": way("answered", KEEPS, tells="comment_answered"),
    f"{_COMMENT}.mark_done": way("done", f"{_COMMENT}.mark_open", until="resolved"),
    f"{_COMMENT}.mark_open": way("open", f"{_COMMENT}.mark_done"),
    f"{_COMMENT}.resolve": way("resolved", f"{_COMMENT}.reopen", tells="comment_resolved"),
    f"{_COMMENT}.reopen": way("open", f"{_COMMENT}.resolve", tells="comment_reopened"),
    "applications.reviews.models.phrase.PhraseQuerySet.remember": way("kept", "applications.reviews.models.phrase.Phrase.discard"),
    "applications.reviews.models.phrase.Phrase.change": way("other words", AGAIN),
    "applications.reviews.models.phrase.Phrase.discard": never("gone", "templates/applications/reviews/phrases.html", "wirklich löschen?"),
    # Papers
    "applications.papers.finishing.finish": way("finished", f"{_SUBMISSION}.take_back", until="posted", tells="finished not_finished"),
    "applications.papers.finish_requests.ask": way("asked for", f"{_SUBMISSION}.take_back", until="posted"),
    "applications.papers.models.finish_request.FinishRequestQuerySet.ask": way("asked for", f"{_SUBMISSION}.take_back", until="posted"),
    "applications.papers.models.submission.SubmissionQuerySet.finish": way("finished", f"{_SUBMISSION}.take_back", until="posted"),
    f"{_SUBMISSION}.take_back": way("written again", "applications.papers.finish_requests.ask", tells="taken_back"),
    "applications.papers.models.enclosures.EnclosureListQuerySet.correct": way("another list", AGAIN, until="handed over"),
    "applications.papers.models.submission_file.SubmissionFileQuerySet.keep_letter": way("a letter", AGAIN),
    "applications.papers.posting.print_letter": way("a letter", AGAIN),
    f"{_SUBMISSION}.enter_step": way("entered", f"{_SUBMISSION}.undo_step", until="a later step or an outcome is entered", tells="posted"),
    f"{_SUBMISSION}.undo_step": way("not entered", f"{_SUBMISSION}.enter_step", tells="not_posted"),
    "applications.papers.models.outcome.Outcome.answer_example": way("answered", AGAIN),
    "applications.papers.models.outcome.OutcomeQuerySet.enter": way("an outcome", "applications.papers.models.outcome.Outcome.remove", tells="outcome"),
    "applications.papers.models.outcome.Outcome.remove": way("no outcome", "applications.papers.models.outcome.OutcomeQuerySet.enter", tells="outcome_removed"),
}  # fmt: skip
