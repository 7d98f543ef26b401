"""Every step that names who takes it (`by`), the action of `MAY` it asks for, and how it is called.

A step may be named twice: what it asks may depend on whom it is about.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.account_steps import activate, deactivate, end_office, reset_second_factor
from accounts.erasing import erase, would_erase
from accounts.invitations import invite
from accounts.models import BamfOffice, CalendarSubscription, Message, PrivacyText
from accounts.waiting import send_now, withhold
from applications.content import Attachments, Item, Text
from applications.papers import Pdf
from applications.papers.finish_requests import ask
from applications.papers.finishing import finish
from applications.papers.models import EnclosureList, FinishRequest, Outcome, Submission, SubmissionFile
from applications.papers.posting import print_letter
from applications.reviews.models import BegunComment, Phrase
from applications.reviews.steps import hand_in, withdraw
from applications.writing.idea import take_over_idea
from applications.writing.models import Attachment, PlanTick, SectionNote
from applications.writing.starting import adopt, start
from calls.copying import copy_call, start_next_edition
from calls.publishing import unpublish as unpublish_edition
from cohorts.by_hand import make_by_hand
from cohorts.coming_back import come_back
from cohorts.correcting import correct_address, correct_registered_address, invite_anew
from cohorts.deciding import accept, decline, put_on_waiting_list, reopen
from cohorts.models import CoachAbsence, Conversation, Registration, TeamMember
from cohorts.new_owner import invite_owner
from cohorts.publishing import unpublish
from cohorts.readmitting import readmit
from cohorts.reassigning import hand_teams_over, swap_order, swap_teams, take_up_again
from cohorts.revoking import revoke_invitation
from cohorts.taking_back import take_acceptance_back
from cohorts.taking_in_again import take_in_again
from tests.builders import day, make_cohort, make_team

APPS = ("core", "accounts", "calls", "cohorts", "workshops", "applications")

# Called by steps that have asked, inside their transactions; and the trail itself.
PARTS = {
    "accounts.invitations.invite_with_link",  # for the command line: `by` is None there
    "accounts.models.event.Event.record",
    "accounts.models.invitation.Invitation.end",
    "accounts.models.invitation.Invitation.make",
    "accounts.models.invitation.InvitationQuerySet.end",
    "applications.writing.models.draft.Draft.attempts_that_got_through",
    "applications.writing.models.draft.Draft.lock",
    "applications.writing.models.draft.Draft.origin",
    "applications.writing.models.draft.Draft.revision_to_keep",
    "applications.writing.models.draft.Draft.value_before",
    "applications.writing.models.draft.Draft.write",
    "applications.reviews.models.review.lock_review",
    "applications.reviews.steps.call_off",
    "applications.papers.models.outcome.OutcomeQuerySet.close_stage_two",
    "applications.papers.models.submission.Submission.tell",
    "applications.papers.outcome_mails.tell_entered",
    "applications.papers.outcome_mails.tell_removed",
    "applications.writing.starting.take_over",
    "cohorts.models.place_mails.tell_of_return",
    "cohorts.deciding.make_team",
    "cohorts.models.coach.CoachAssignment.send_invitation",
    "cohorts.models.conversation.Conversation.add",
    "cohorts.models.member.TeamMember.give_ownership",
    "cohorts.models.member.TeamMember.send_invitation",
    "cohorts.models.member.tell_member",
    "cohorts.models.member.tell_new_owner",
    "cohorts.new_owner.end_ownership",
    "cohorts.taking_back.remove",
}

# Who coaches a cohort keeps sentences of her own; there is no record yet to ask.
COACHES = "carla gustav"
# Everybody has a calendar of their own.
EVERYBODY = "amina jonas lea carla gustav doris emil bilal"


def jonas_in_team(world: Any) -> Any:
    return world.team.members.get(user=world.jonas)


def left(world: Any) -> Any:
    """The team, once it has left the cohort."""
    world.team.withdrawn_at = timezone.now()
    world.team.save(update_fields=["withdrawn_at"])
    return world.team


def accepted(world: Any) -> Any:
    """The registration, once it was accepted by mistake and nobody has joined."""
    registration = world.registration
    make_team(registration.cohort, registration=registration)
    Registration.objects.filter(pk=registration.pk).update(status="accepted", decided_at=timezone.now())
    return Registration.objects.get(pk=registration.pk)


def paper(world: Any, by: Any) -> object:
    upload = SimpleUploadedFile("Auszug.pdf", ContentFile(b"%PDF-1.7").read())
    return Attachment.objects.attach(world.application, by=by, kind="register_extract", upload=upload, file_type="pdf")


def verdicts(world: Any) -> dict[Any, str]:
    return {item.pk: "please change" for item in world.taken.items.all()}


# function → what it asks (record, action; or the people) → how it is called
STEPS: list[tuple[str, tuple[str, str] | str, Callable[[Any, Any], object]]] = [
    ("accounts.invitations.invite", ("accounts.Organisation", "invite"), lambda w, by: invite("neu@example.org", w.team.organisation, by=by)),
    ("accounts.invitations.invite", ("accounts.Invitation", "add"), lambda w, by: invite("neu@example.org", BamfOffice.get_or_make(), by=by)),
    ("accounts.invitations.invite", ("cohorts.TeamMember", "invite"), lambda w, by: invite("neu@example.org", jonas_in_team(w), by=by)),
    ("accounts.invitations.invite", ("cohorts.CoachAssignment", "invite"), lambda w, by: invite("neu@example.org", w.coach, by=by)),
    ("accounts.models.calendar_subscription.CalendarSubscriptionQuerySet.subscribe", EVERYBODY, lambda w, by: CalendarSubscription.objects.subscribe(by=by)),
    ("accounts.models.calendar_subscription.CalendarSubscription.renew", ("accounts.CalendarSubscription", "renew"), lambda w, by: w.subscription.renew(by=by, seen=1)),
    ("accounts.models.calendar_subscription.CalendarSubscription.end", ("accounts.CalendarSubscription", "end"), lambda w, by: w.subscription.end(by=by)),
    ("accounts.models.invitation.Invitation.revoke", ("accounts.Invitation", "revoke"), lambda w, by: w.invitation.revoke(by=by)),
    ("accounts.models.message.Message.send_again", ("accounts.Message", "send again"), lambda w, by: w.message.send_again(by=by)),
    ("accounts.models.message.Message.send_again", "emil", lambda w, by: w.code.send_again(by=by)),
    ("accounts.waiting.send_now", ("accounts.Message", "send now"), lambda w, by: send_now(Message.objects.filter(pk=w.message.pk), by=by)),
    ("accounts.waiting.withhold", ("accounts.Message", "withhold"), lambda w, by: withhold(Message.objects.filter(pk=w.message.pk), by=by)),
    ("accounts.models.organisation.Organisation.let_run_cohorts", ("accounts.Organisation", "let run cohorts"), lambda w, by: w.team.organisation.let_run_cohorts(by=by)),
    ("accounts.models.organisation.Organisation.end_running", ("accounts.Organisation", "let run cohorts"), lambda w, by: w.team.organisation.end_running(by=by)),
    ("accounts.models.organisation.Organisation.entrust", ("accounts.Organisation", "let run cohorts"), lambda w, by: w.team.organisation.entrust(w.membership, by=by)),
    ("accounts.models.membership.Membership.hand_over", ("accounts.Membership", "hand over"), lambda w, by: w.membership.hand_over(w.membership, by=by)),
    ("accounts.models.membership.Membership.leave", "jonas emil", lambda w, by: w.membership.leave(by=by)),  # to leave, or to remove
    ("accounts.account_steps.deactivate", ("accounts.User", "deactivate"), lambda w, by: deactivate(w.jonas, by=by)),
    ("accounts.account_steps.activate", ("accounts.User", "activate"), lambda w, by: activate(w.jonas, by=by)),
    ("accounts.account_steps.end_office", ("accounts.User", "end office"), lambda w, by: end_office(w.jonas, by=by)),
    ("accounts.account_steps.reset_second_factor", ("accounts.User", "reset second factor"), lambda w, by: reset_second_factor(w.jonas, by=by)),
    ("accounts.account_steps.reset_second_factor", "doris emil", lambda w, by: reset_second_factor(w.carla, by=by)),
    ("accounts.erasing.erase", ("accounts.User", "erase"), lambda w, by: erase(w.jonas, by=by)),
    ("accounts.erasing.would_erase", ("accounts.User", "erase"), lambda w, by: would_erase(w.jonas, by=by)),
    ("calls.copying.copy_call", ("calls.FundingCall", "edit"), lambda w, by: copy_call(w.application.call, 2040, by=by)),
    ("calls.models.rule.Rule.lower", ("calls.Rule", "edit"), lambda w, by: w.application.call.rules.first().lower(by=by, reason="Probe")),
    ("calls.models.rule.Rule.restore", ("calls.Rule", "edit"), lambda w, by: w.application.call.rules.first().restore(by=by)),
    ("calls.models.call.FundingCall.remove", ("calls.FundingCall", "remove"), lambda w, by: w.application.call.remove(by=by)),
    ("calls.models.edition.Edition.remove", ("calls.Edition", "remove"), lambda w, by: w.draft_edition.remove(by=by)),
    ("calls.models.edition.Edition.publish", ("calls.Edition", "publish"), lambda w, by: w.draft_edition.publish(by=by)),
    ("calls.publishing.unpublish", ("calls.Edition", "publish"), lambda w, by: unpublish_edition(w.application.edition, by=by)),
    ("calls.copying.start_next_edition", ("calls.Edition", "publish"), lambda w, by: start_next_edition(w.application.edition, by=by)),
    ("accounts.models.privacy.PrivacyText.publish", ("accounts.PrivacyText", "add"), lambda w, by: PrivacyText(organisation=w.organiser, controller="a", data_protection="b", text="c").publish(by=by)),
    ("cohorts.models.announcement.Announcement.publish", ("cohorts.Announcement", "publish"), lambda w, by: w.unpublished.publish(by=by)),
    ("cohorts.models.cohort.Cohort.publish", ("cohorts.Cohort", "edit"), lambda w, by: w.cohort.publish(by=by)),
    ("cohorts.models.cohort.Cohort.cancel", ("cohorts.Cohort", "edit"), lambda w, by: w.cohort.cancel(by=by)),
    ("cohorts.models.invited_person.InvitedPerson.invite", ("cohorts.CoachAssignment", "invite"), lambda w, by: w.coach.invite(by=by)),
    ("cohorts.models.coach.CoachAssignment.reset_second_factor", ("cohorts.CoachAssignment", "edit"), lambda w, by: w.coach.reset_second_factor(by=by)),
    ("cohorts.models.coach.CoachAssignment.end", ("cohorts.CoachAssignment", "edit"), lambda w, by: w.coach.end(by=by, until=day())),
    ("cohorts.models.absence.CoachAbsenceQuerySet.enter", ("cohorts.CoachAssignment", "be away"), lambda w, by: CoachAbsence.objects.enter(w.coach, by=by, from_on=day(8), until_on=day(9))),
    ("cohorts.models.absence.CoachAbsenceQuerySet.enter_for", ("cohorts.CoachAssignment", "edit"), lambda w, by: CoachAbsence.objects.enter_for([w.coach], by=by, from_on=day(8), until_on=day(9))),
    ("cohorts.models.absence.CoachAbsenceQuerySet.end_for", ("cohorts.CoachAssignment", "edit"), lambda w, by: CoachAbsence.objects.end_for([w.coach], by=by)),
    ("cohorts.reassigning.hand_teams_over", ("cohorts.CoachAssignment", "edit"), lambda w, by: hand_teams_over(w.coach, w.coach, by=by)),
    ("cohorts.reassigning.swap_teams", ("cohorts.CoachAssignment", "edit"), lambda w, by: swap_teams(w.coach, w.coach, by=by)),
    ("cohorts.reassigning.swap_order", ("cohorts.Team", "edit"), lambda w, by: swap_order(w.team, by=by)),
    ("cohorts.reassigning.take_up_again", ("cohorts.CoachAssignment", "edit"), lambda w, by: take_up_again(w.coach, by=by)),
    ("cohorts.models.absence.CoachAbsence.change", ("cohorts.CoachAbsence", "change own"), lambda w, by: w.absence.change(by=by, from_on=day(3), until_on=day(4))),
    ("cohorts.models.absence.CoachAbsence.end", ("cohorts.CoachAbsence", "change own"), lambda w, by: w.absence.end(by=by)),
    ("cohorts.models.conversation.ConversationQuerySet.write", "amina jonas lea carla gustav", lambda w, by: Conversation.objects.write(w.team, "Neu?", by=by)),  # to ask, or to answer
    ("cohorts.models.conversation.Conversation.close", ("cohorts.Conversation", "close"), lambda w, by: w.conversation.close(by=by, seen=1)),
    ("cohorts.models.invited_person.InvitedPerson.invite", ("cohorts.TeamMember", "invite"), lambda w, by: jonas_in_team(w).invite(by=by)),
    ("cohorts.models.member.TeamMember.change_role", ("cohorts.TeamMember", "change role"), lambda w, by: jonas_in_team(w).change_role("reader", by=by)),
    ("cohorts.models.member.TeamMember.offer_ownership", ("cohorts.TeamMember", "offer"), lambda w, by: jonas_in_team(w).offer_ownership(by=by)),
    ("cohorts.models.member.TeamMember.agree", ("cohorts.TeamMember", "agree"), lambda w, by: jonas_in_team(w).agree(by=by)),
    ("cohorts.models.member.TeamMember.end_offer", ("cohorts.TeamMember", "end offer"), lambda w, by: jonas_in_team(w).end_offer(by=by)),
    ("cohorts.models.member.TeamMember.hand_over", ("cohorts.TeamMember", "hand over"), lambda w, by: w.team.owner().hand_over(jonas_in_team(w), by=by)),
    ("cohorts.revoking.revoke_invitation", ("cohorts.TeamMember", "invite"), lambda w, by: revoke_invitation(jonas_in_team(w), by=by)),
    ("cohorts.coming_back.come_back", ("cohorts.TeamMember", "invite"), lambda w, by: come_back(jonas_in_team(w), by=by)),
    ("cohorts.correcting.correct_address", ("cohorts.TeamMember", "invite"), lambda w, by: correct_address(jonas_in_team(w), by=by, email="neu@example.org")),
    ("cohorts.correcting.invite_anew", ("cohorts.TeamMember", "edit"), lambda w, by: invite_anew(jonas_in_team(w), by=by, email="neu@example.org")),
    ("cohorts.correcting.correct_registered_address", ("cohorts.Registration", "edit"), lambda w, by: correct_registered_address(w.registration.persons.first(), by=by, email="neu@example.org")),
    ("cohorts.new_owner.invite_owner", ("cohorts.TeamMember", "hand over"), lambda w, by: invite_owner(w.team, by=by, email="neu@example.org", first_name="Neu")),
    ("cohorts.models.member.TeamMember.leave", ("cohorts.TeamMember", "leave"), lambda w, by: jonas_in_team(w).leave(by=by)),
    ("cohorts.deciding.accept", ("cohorts.Registration", "decide"), lambda w, by: accept(w.registration, by=by, text="Ja")),
    ("cohorts.deciding.put_on_waiting_list", ("cohorts.Registration", "decide"), lambda w, by: put_on_waiting_list(w.registration, by=by, text="Bald")),
    ("cohorts.publishing.unpublish", ("cohorts.Cohort", "edit"), lambda w, by: unpublish(w.cohort, by=by)),
    ("cohorts.deciding.reopen", ("cohorts.Registration", "decide"), lambda w, by: reopen(w.registration, by=by, text="Probe")),
    ("cohorts.taking_back.take_acceptance_back", ("cohorts.Registration", "decide"), lambda w, by: take_acceptance_back(accepted(w), by=by, text="Probe")),
    ("cohorts.deciding.decline", ("cohorts.Registration", "decide"), lambda w, by: decline(w.registration, by=by, text="Nein")),
    ("cohorts.readmitting.readmit", ("cohorts.Team", "readmit"), lambda w, by: readmit(w.team, make_cohort(w.team.cohort.organiser), by=by, text="Ja", owner=w.team.owner(), people=[jonas_in_team(w)])),
    ("cohorts.by_hand.make_by_hand", ("cohorts.Cohort", "edit"), lambda w, by: make_by_hand(w.cohort, by=by, text="Ja", owner=TeamMember(first_name="Neu", email="neu@example.org"), name="Verein")),
    ("cohorts.taking_in_again.take_in_again", ("cohorts.Team", "readmit"), lambda w, by: take_in_again(left(w), by=by)),
    ("cohorts.models.registration.Registration.renew_link", ("cohorts.Registration", "edit"), lambda w, by: w.registration.renew_link(by=by)),
    ("cohorts.models.team.Team.add_member", ("cohorts.Team", "people"), lambda w, by: w.team.add_member(by=by, email="neu@example.org", role="writer", first_name="Neu", last_name="Gast")),
    ("cohorts.models.team.Team.name_coaches", ("cohorts.Team", "edit"), lambda w, by: w.team.name_coaches(w.coach, None, by=by)),
    ("cohorts.models.team.Team.withdraw", ("cohorts.Team", "people"), lambda w, by: w.team.withdraw(by=by)),
    ("workshops.models.workshop.Workshop.open_early", ("workshops.Workshop", "open early"), lambda w, by: w.workshop.open_early(by=by, reason="Probe")),
    ("workshops.models.workshop.Workshop.close_again", ("workshops.Workshop", "open early"), lambda w, by: w.workshop.close_again(by=by)),
    ("workshops.models.workshop.Workshop.hold", ("workshops.Workshop", "edit"), lambda w, by: w.workshop.hold(by=by)),
    ("workshops.models.workshop.Workshop.cancel", ("workshops.Workshop", "edit"), lambda w, by: w.workshop.cancel(by=by)),
    ("workshops.models.session.Session.record_attendance", ("workshops.Session", "attendance"), lambda w, by: w.session.record_attendance({}, by=by)),
    ("workshops.models.assignment.Assignment.tick", ("cohorts.Team", "tick"), lambda w, by: w.assignment.tick(w.team, by=by)),
    ("workshops.models.assignment.Assignment.untick", ("cohorts.Team", "tick"), lambda w, by: w.assignment.untick(w.team, by=by)),
    ("applications.papers.finishing.finish", ("applications.Application", "finish"), lambda w, by: finish(w.done, by=by, confirmed=True)),
    ("applications.papers.finish_requests.ask", ("applications.Application", "finish"), lambda w, by: ask(w.done, by=by, confirmed=True)),
    ("applications.papers.models.finish_request.FinishRequestQuerySet.ask", ("applications.Application", "finish"), lambda w, by: FinishRequest.objects.ask(w.application, "0" * 64, by=by, confirmed=True)),
    ("applications.writing.starting.start", ("cohorts.Team", "start"), lambda w, by: start(w.team, by=by, theme="vielfalt")),
    ("applications.writing.idea.take_over_idea", ("applications.Application", "write"), lambda w, by: take_over_idea(w.application, by=by)),
    ("applications.writing.models.plan_tick.PlanTickQuerySet.tick", ("applications.Application", "write"), lambda w, by: PlanTick.objects.tick(w.application, on=["sign"], off=[], by=by)),
    ("applications.reviews.steps.hand_in", ("applications.Application", "hand in"), lambda w, by: hand_in(w.application, ["s5"], by=by)),
    ("applications.writing.starting.adopt", ("applications.Application", "adopt"), lambda w, by: adopt(w.application, w.application.edition, by=by)),
    ("applications.reviews.steps.withdraw", ("applications.Application", "withdraw"), lambda w, by: withdraw(w.application, by=by)),
    ("applications.writing.models.attachment.AttachmentQuerySet.attach", ("applications.Application", "attach"), paper),
    ("applications.writing.models.attachment.Attachment.detach", ("applications.Attachment", "attach"), lambda w, by: w.attachment.detach(by=by)),
    ("applications.writing.models.section_note.SectionNoteQuerySet.save_note", ("applications.Application", "note"), lambda w, by: SectionNote.objects.save_note(w.application, "s2", by=by, seen=0, text="Neu")),
    ("applications.reviews.models.begun.BegunCommentQuerySet.keep", ("applications.ReviewItem", "comment"), lambda w, by: BegunComment.objects.keep(w.item, by=by, typed={"text": "Neu"})),
    ("applications.reviews.models.phrase.PhraseQuerySet.remember", COACHES, lambda w, by: Phrase.objects.remember("Neu.", by=by)),
    ("applications.reviews.models.phrase.Phrase.change", ("applications.Phrase", "change"), lambda w, by: w.phrase.change(by=by, kind="hint", text="Neu.")),
    ("applications.reviews.models.phrase.Phrase.discard", ("applications.Phrase", "discard"), lambda w, by: w.phrase.discard(by=by)),
    ("applications.writing.models.draft.Draft.save_content", ("applications.Draft", "write"), lambda w, by: w.draft.save_content(by=by, seen=1, content=Text("Neu."))),
    ("applications.writing.models.draft.Draft.restore", ("applications.Draft", "write"), lambda w, by: w.draft.restore(w.revision, by=by, seen=2)),
    ("applications.reviews.models.review.Review.take", ("applications.Review", "take"), lambda w, by: w.waiting.take(by=by)),
    ("applications.reviews.models.review.Review.release", ("applications.Review", "release"), lambda w, by: w.taken.release(by=by)),
    ("applications.reviews.models.review.Review.withdraw", ("applications.Review", "withdraw"), lambda w, by: w.waiting.withdraw(by=by)),
    ("applications.reviews.models.review.Review.note", ("applications.Review", "give back"), lambda w, by: w.taken.note(by=by, sent={})),
    ("applications.reviews.models.review.Review.give_back", ("applications.Review", "give back"), lambda w, by: w.taken.give_back(by=by, verdicts=verdicts(w))),
    ("applications.reviews.models.review_item.ReviewItem.comment", ("applications.ReviewItem", "comment"), lambda w, by: w.item.comment(by=by, kind="hint", text="Neu")),
    ("applications.reviews.models.comment.Comment.change", ("applications.Comment", "change"), lambda w, by: w.comment.change(by=by, kind="hint", text="Neu")),
    ("applications.reviews.models.comment.Comment.discard", ("applications.Comment", "discard"), lambda w, by: w.comment.discard(by=by)),
    ("applications.reviews.models.comment.Comment.answer", ("applications.Comment", "answer"), lambda w, by: w.comment.answer("Neu", by=by)),
    ("applications.reviews.models.comment.Comment.mark_done", ("applications.Comment", "done"), lambda w, by: w.comment.mark_done(by=by)),
    ("applications.reviews.models.comment.Comment.mark_open", ("applications.Comment", "done"), lambda w, by: w.comment.mark_open(by=by)),
    ("applications.reviews.models.comment.Comment.reopen", ("applications.Comment", "resolve"), lambda w, by: w.comment.reopen(by=by)),
    ("applications.reviews.models.comment.Comment.resolve", ("applications.Comment", "resolve"), lambda w, by: w.comment.resolve(by=by)),
    ("applications.papers.models.submission.SubmissionQuerySet.finish", ("applications.Application", "finish"), lambda w, by: Submission.objects.finish(w.application, None, {}, "", by=by)),
    ("applications.papers.models.enclosures.EnclosureListQuerySet.correct", ("applications.Submission", "paper steps"), lambda w, by: EnclosureList.objects.correct(w.unposted, Attachments((Item(id="statutes", state="follows"),)), seen=0, by=by)),
    ("applications.papers.models.submission_file.SubmissionFileQuerySet.keep_letter", ("applications.Submission", "paper steps"), lambda w, by: SubmissionFile.objects.keep_letter(w.unposted, Pdf(b"%PDF-1.7", 1), number=1, list_number=0, by=by)),
    ("applications.papers.posting.print_letter", ("applications.Submission", "paper steps"), lambda w, by: print_letter(w.unposted, by=by)),
    ("applications.papers.models.submission.Submission.enter_step", ("applications.Submission", "paper steps"), lambda w, by: w.submission.enter_step("received_on", day(), by=by)),
    ("applications.papers.models.submission.Submission.undo_step", ("applications.Submission", "paper steps"), lambda w, by: w.submission.undo_step("received_on", by=by)),
    ("applications.papers.models.outcome.Outcome.answer_example", ("applications.Submission", "example"), lambda w, by: w.outcome.answer_example("yes", by=by)),
    ("applications.papers.models.submission.Submission.take_back", ("applications.Application", "take back"), lambda w, by: w.submission.take_back(by=by)),
    ("applications.papers.models.outcome.OutcomeQuerySet.enter", ("applications.Submission", "outcome"), lambda w, by: Outcome.objects.enter(w.submission, "declined", day(), by=by)),
    ("applications.papers.models.outcome.Outcome.remove", ("applications.Submission", "outcome"), lambda w, by: w.outcome.remove(by=by, seen=w.outcome.mark)),
]  # fmt: skip


def functions_with_a_person() -> Iterator[str]:
    """Every public function and method of the portal's rules that takes `by`, a person."""
    for app in APPS:
        package = importlib.import_module(app)
        for found in pkgutil.walk_packages(package.__path__, f"{app}."):
            if ".migrations" not in found.name:
                module = importlib.import_module(found.name)
                yield from (f"{found.name}.{name}" for name, thing in vars(module).items() if _takes(thing, module))
                for kind in vars(module).values():
                    if inspect.isclass(kind) and kind.__module__ == module.__name__:
                        names = (name for name, thing in vars(kind).items() if _takes(thing, module))
                        yield from (f"{found.name}.{kind.__name__}.{name}" for name in names)


def _takes(thing: Any, module: Any) -> bool:
    function = (
        inspect.unwrap(getattr(thing, "__func__", thing)) if callable(getattr(thing, "__func__", thing)) else None
    )
    if not inspect.isfunction(function) or function.__module__ != module.__name__ or function.__name__.startswith("_"):
        return False
    by = inspect.signature(function).parameters.get("by")
    return by is not None and "User" in str(by.annotation)
