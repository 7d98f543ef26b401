"""What guards each field that an organiser or BAMF staff can fill in, by model; tests/test_editable.py keeps it complete.

Fields that are in no form are changed by steps alone (tests/steps_table.py).
"""

from __future__ import annotations

from enum import Enum


class Guard(Enum):
    """How a field is kept from changing under people who depend on it; in words, and the test that proves it."""

    FREE = "Nobody depends on it, or everybody reads the new value at once; the change is in the trail.", ""
    NEW = "Filled in once, when the record is made; only read from then on.", "tests/workshops/test_cohort_changes.py"
    MAILS = "Saving shows the mails first.", "tests/workshops/test_consequences.py"
    SHOWN = "Saving shows what changes for whom first.", "tests/workshops/test_cohort_changes.py"
    FROZEN = "Only read, with a sentence, once somebody depends on it.", "tests/workshops/test_cohort_changes.py"
    REFUSED = (
        "A value that takes something from people is refused with a sentence.",
        "tests/workshops/test_cohort_changes.py",
    )
    NAMED = "The page names what is deleted before it is.", "tests/workshops/test_moving.py"
    DRAFT = "Only until it is published.", "tests/cohorts/test_admin.py"
    CALLS = "See the table of calls and editions.", "tests/calls/test_in_use.py"

    def __init__(self, words: str, test: str) -> None:
        self.words, self.test = words, test


def fields(**guards: str) -> dict[str, Guard]:
    """Return the guard of each field, from the names of the fields by guard."""
    return {name: Guard[guard.upper()] for guard, names in guards.items() for name in names.split()}


EDITABLE = {
    "accounts.invitation": fields(mails="email"),
    "accounts.organisation": fields(
        free="about charitable charitable_until city contact_email contact_name contact_phone land legal_form "
        "migrant_organisation name postcode register_court register_number short_name signatories street umbrella_body "
        "website"
    ),
    "accounts.membership": fields(named="DELETE"),
    "accounts.privacytext": fields(
        free="controller data_protection text", new="organisation"
    ),  # earlier texts are kept
    "flatpages.flatpage": fields(free="content title"),
    "calls.fundingcall": fields(
        calls="addressee addressee_certainty addressee_checked_by addressee_checked_on addressee_source_date "
        "addressee_source_issuer addressee_source_title deadline "
        "deadline_counts open_from open_until signing signing_certainty signing_checked_by signing_checked_on "
        "signing_source_date signing_source_issuer signing_source_title source title"
    ),
    "calls.edition": fields(named="DELETE"),
    "calls.callform": fields(named="DELETE", calls="kind label note position url"),
    "calls.umbrellaroute": fields(
        named="DELETE",
        calls="addressee addressee_certainty addressee_checked_by addressee_checked_on addressee_source_date "
        "addressee_source_issuer addressee_source_title draft_until note register_until submit_until umbrella_body",
    ),
    "calls.otherway": fields(named="DELETE", calls="checked_on position source text title url"),
    "calls.rule": fields(
        named="DELETE", calls="certainty checked_by checked_on lowered_reason source_date source_issuer source_title"
    ),
    "cohorts.announcement": fields(draft="cohort text title"),
    "cohorts.coachassignment": fields(free="form_of_address phone", mails="email", new="cohort first_name last_name"),
    "cohorts.coachabsence": fields(named="DELETE", free="assignment from_on until_on"),
    # A cohort copies its workshops out of its Lehrplan when it is made.
    "cohorts.curriculum": fields(free="about organisation title"),
    "cohorts.curriculumstep": fields(
        named="DELETE", free="begins days_after_start format goal hours position section_keys title"
    ),
    "cohorts.curriculumassignment": fields(
        named="DELETE", free="due_days_before_next position section_keys text title"
    ),
    "cohorts.team": {},
    "cohorts.teammember": fields(free="first_name last_name phone"),
    "cohorts.registration": fields(free="internal_note"),
    "cohorts.cohort": fields(
        free="answer_days contact_email contact_hours contact_name contact_phone format persons_per_team public_text "
        "region title",
        frozen="call begins_on",
        shown="ends_on registration_from registration_until",
        refused="places",
        new="curriculum organiser",
    ),
    "workshops.workshop": fields(named="DELETE", new="cohort", free="goal position title", shown="section_keys"),
    "workshops.session": fields(named="DELETE", mails="begins_at ends_at format place", free="online_url"),
    "workshops.assignment": fields(named="DELETE", free="due_on position section_keys text title"),
    "workshops.material": fields(named="DELETE", free="file title url"),
}
