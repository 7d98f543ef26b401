"""What is asked of SQLite alone: tests of pages and words that would do the same again on PostgreSQL.

They were chosen by what they send: every statement of the portal in them is sent to PostgreSQL by another test, too,
above all by tests/test_access.py, which asks for every page, and by the tests of the steps behind a form. Whatever is
about the database itself, such as locks, constraints, searching, order and costs, stands in no file named here; and
what a file named here has of people who press at once runs on both, and so does each test of `SENDING_MORE`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES_ALONE = (
    "tests/test_mistakes.py",
    "tests/test_pages.py",
    "tests/accounts/test_bamf_reads_no_names.py",
    "tests/applications/checks/test_legal_form.py",
    "tests/applications/papers/test_all_papers.py",
    "tests/applications/papers/test_check_pages.py",
    "tests/applications/papers/test_last_mile.py",
    "tests/applications/papers/test_posting.py",
    "tests/applications/progress/test_workspace_pages.py",
    "tests/applications/reviews/test_budget_tables.py",
    "tests/applications/reviews/test_hand_in_pages.py",
    "tests/applications/reviews/test_review_pages.py",
    "tests/applications/reviews/test_row_comments.py",
    "tests/applications/test_way_of_a_text.py",
    "tests/applications/writing/test_budget_pages.py",
    "tests/applications/writing/test_row_pages.py",
    "tests/applications/writing/test_section_messages.py",
    "tests/applications/writing/test_section_pages.py",
    "tests/applications/writing/test_version_pages.py",
    "tests/cohorts/test_public.py",
    "tests/core/test_bodies.py",
    "tests/schmiede/test_admin_words.py",
    "tests/schmiede/test_frame.py",
    "tests/schmiede/test_glossary_page.py",
    "tests/schmiede/test_help_topics.py",
    "tests/schmiede/test_her_days.py",
    "tests/schmiede/test_middleware.py",
    "tests/schmiede/test_navigation.py",
    "tests/schmiede/test_shadows.py",
    "tests/workshops/test_calendar_file.py",
)

# Of these files, too, but for the tests that send a statement which no other file sends.
SENDING_MORE: dict[str, tuple[str, ...]] = {
    "tests/accounts/test_admin_addresses.py": (),
    "tests/accounts/test_admin_pages.py": (
        "test_an_organiser_resets_the_second_factor_of_her_coach",
        "test_bamf_entrusts_a_member",
        "test_bamf_erases_a_person_after_asking",
        "test_bamf_gives_and_takes_the_right_to_run_cohorts",
        "test_bamf_invites_a_colleague_and_lets_her_go",
        "test_bamf_makes_an_organisation",
        "test_links_of_a_filtered_list_are_djangos_own_and_lead_back_to_it",
        "test_organisers_read_organisations_and_change_none",
        "test_sending_again_from_list_and_form",
        "test_tokens_are_not_shown",
    ),
    "tests/accounts/test_language.py": ("test_every_mail",),
    "tests/accounts/test_login.py": ("test_the_page_of_addresses_offers_only_what_can_be_done",),
    "tests/accounts/test_mail_headers.py": (
        "test_answers_reach_no_account_that_is_closed",
        "test_answers_reach_whoever_is_the_contact_when_it_is_sent",
        "test_who_coaches_chooses_it_in_her_profile",
    ),
    "tests/accounts/test_second_factor.py": (
        "test_a_former_coach_is_not_reset_by_the_organiser",
        "test_a_recovery_code_counts",
        "test_bamf_resets_for_anybody_but_oneself",
        "test_leaving_the_bamf_group_ends_the_need",
        "test_participants_and_former_coaches_need_none",
        "test_without_it_a_person_finds_out_whom_to_ask_and_nothing_of_the_teams",
    ),
    "tests/applications/checks/test_umbrella_route.py": (
        "test_a_finished_application_is_due_on_the_day_its_papers_say",
        "test_a_route_without_a_day_keeps_its_addressee_and_has_no_deadline",
        "test_an_application_for_the_cohorts_call_comes_before_those_for_others",
        "test_the_attachments_know_the_umbrella_bodys_day_too",
        "test_whose_day_it_was_stays_when_routes_come_and_go",
    ),
    "tests/applications/content/test_one_spelling.py": (
        "test_a_text_stored_in_another_spelling_is_read_in_ours",
        "test_a_text_that_was_kept_in_the_browser_is_taken_back_in_our_spelling",
        "test_a_word_file_in_another_spelling_changes_nothing",
        "test_another_spelling_is_no_conflict",
        "test_fields_of_rows_are_sent_in_any_spelling",
    ),
    "tests/applications/papers/test_after_the_outcome.py": (
        "test_a_grant_is_more_than_nothing",
        "test_answer_ends_with_the_grant",
        "test_being_an_example_is_answered_by_the_owner_seen_by_the_organiser_and_taken_back",
        "test_other_ways_are_copied_with_their_call_and_count_as_unchecked",
    ),
    "tests/applications/papers/test_begin_nothing.py": (
        "test_before_the_posting_the_page_of_the_papers_says_it_alone",
        "test_who_was_turned_down_waits_for_no_grant",
    ),
    "tests/applications/papers/test_finishing.py": (
        "test_a_corrected_outcome_is_told_as_such_each_time_and_nothing_if_it_stands_so",
        "test_bamf_sees_posted_papers_only_and_each_look_is_noted",
        "test_changing_the_outcome_begins_with_what_is_entered",
        "test_every_finding_says_its_moment",
        "test_finishing_refuses_what_blocks_and_asks_about_warnings",
        "test_nothing_is_finished_without_a_title_and_the_rest_of_its_names_is_asked_for",
        "test_number_without_what_was_written_meanwhile_is_not_kept",
        "test_strangers_find_nothing",
        "test_taking_back_until_posted",
        "test_the_papers_keep_the_day_that_holds_for_the_team",
    ),
    "tests/applications/papers/test_stage_two.py": (
        "test_a_paper_is_called_the_same_on_the_page_and_as_a_file",
        "test_every_way_to_sign_has_words_and_an_unchecked_one_says_so",
    ),
    "tests/applications/reviews/test_conversation_pages.py": (
        "test_a_text_sent_after_the_login_expired_is_still_there",
        "test_nobody_else_sees_or_answers",
        "test_only_the_latest_are_shown_at_once",
        "test_the_queue_and_the_overview_show_open_questions_beside_hand_ins",
    ),
    "tests/applications/test_admin.py": (),
    "tests/applications/writing/test_looking_back.py": (
        "test_a_version_that_is_none_is_not_found",
        "test_the_history_compares_with_what_is_left_after_thinning",
        "test_what_it_looked_like_on_a_day_has_an_answer",
    ),
    "tests/applications/writing/test_word.py": (
        "test_a_damaged_section_that_is_unknown_has_a_name",
        "test_the_same_words_typed_and_then_in_a_file_are_from_the_file",
        "test_what_is_unchanged_comes_last_and_in_one_sentence",
        "test_what_somebody_else_wrote_stands_beside_the_text_from_word",
    ),
    "tests/calls/test_admin.py": (
        "test_a_draft_may_be_deleted",
        "test_an_incomplete_draft_is_not_published",
        "test_another_way_to_sign_is_not_the_one_that_was_checked",
        "test_changing_a_date_applies_at_once",
        "test_changing_and_publishing_a_draft",
        "test_confirming_a_rule_notes_who_and_when",
        "test_confirming_an_address_notes_the_day_and_changing_it_asks_again",
        "test_copying_to_the_next_year",
        "test_copying_twice_says_so",
        "test_lowering_a_rule_and_restoring_it",
        "test_saving_a_draft_that_was_published_meanwhile_says_so",
    ),
    "tests/cohorts/test_admin.py": (
        "test_a_note_typed_before_an_action_is_kept",
        "test_announcement_is_published_once",
        "test_bamf_keep_the_shared_curriculum_and_organisers_their_own",
        "test_calls_that_are_over_are_not_offered_for_a_new_cohort",
        "test_cohort_is_made_for_ones_own_traeger_only",
        "test_database_keeps_no_cohort_without_places_persons_or_days",
        "test_decided_meanwhile_is_told",
        "test_doris_accepts_from_list_and_form",
        "test_doris_makes_a_cohort_and_its_workshops_appear",
        "test_doris_makes_somebody_else_responsible_after_she_was_asked",
        "test_doris_names_coaches_adds_and_ends_members",
        "test_foreign_records_cannot_be_acted_on",
        "test_new_coach_is_invited_and_ended",
        "test_nobody_coaches_a_cohort_twice",
        "test_only_drafts_of_announcements_are_deleted",
        "test_same_title_gets_a_slug_of_its_own",
        "test_staff_type_numbers_in_german",
        "test_who_confirmed_first_gets_the_place",
        "test_wrong_address_of_a_coach_is_corrected_until_she_has_joined",
    ),
    "tests/cohorts/test_without_contact.py": (
        "test_every_mail_about_a_registration_names_the_organiser",
        "test_so_do_the_mails_about_a_team_and_about_calling_off",
    ),
    "tests/schmiede/test_coach_begins.py": (
        "test_a_coach_of_several_cohorts_is_one_choice_of_the_filter",
        "test_the_only_coach_of_a_team_reads_that_hand_ins_wait_for_her",
    ),
    "tests/schmiede/test_dashboard.py": (
        "test_a_coach_reads_of_herself_as_you",
        "test_a_coach_with_very_many_teams_sees_twelve_in_full",
        "test_an_assignment_waits_for_its_workshop",
        "test_coach_overview_costs_the_same_with_fifty_teams",
        "test_coach_sees_first_what_waits_for_her",
        "test_cockpit_leads_to_the_questions_and_says_which_waits_too_long",
        "test_cockpit_says_when_it_was_due_and_that_a_team_has_finished",
        "test_open_assignments_lie_with_the_team_and_sessions_among_the_dates",
        "test_organiser_overview_costs_the_same_with_fifty_cohorts",
        "test_staff_are_told_when_no_worker_is_there",
        "test_staff_are_told_when_recurring_work_is_late",
    ),
    "tests/schmiede/test_help.py": (
        "test_a_coach_finds_the_organiser_and_not_herself",
        "test_the_queries_do_not_grow_with_the_teams",
    ),
    "tests/schmiede/test_overview_says.py": (
        "test_a_text_taken_over_from_the_idea_is_gone_through_first",
        "test_an_outcome_comes_with_a_word_for_the_people_and_the_next_step",
        "test_an_overdue_answer_is_called_overdue",
        "test_saving_in_a_withdrawn_application_promises_no_reopening",
        "test_where_it_is_tight_a_number_to_call_stands_in_the_plan",
    ),
    "tests/schmiede/test_own_invitations.py": (
        "test_an_address_counts_once_it_is_confirmed",
        "test_nobody_is_invited_on_the_page_to_what_they_are_in_already",
        "test_what_was_taken_back_waits_for_nobody",
        "test_who_is_in_the_team_by_another_address_is_not_asked_again",
    ),
    "tests/workshops/test_admin.py": (
        "test_a_new_title_counts_as_a_change_of_its_sessions",
        "test_cohort_shows_when_and_where_each_workshop_begins",
        "test_nobody_is_told_of_a_change_nobody_counts_on",
        "test_open_or_cancelled_sections_are_not_opened_again",
        "test_people_are_told_of_old_and_new_date_and_place",
        "test_replaced_file_has_the_new_name_and_size",
        "test_section_keys_are_ticked",
        "test_sections_open_early_with_a_reason_and_everybody_is_told",
        "test_workshop_nobody_needs_is_deleted_but_not_one_with_attendance",
        "test_wrong_material_is_refused_with_a_sentence",
    ),
    "tests/workshops/test_pages.py": (
        "test_before_a_session_begins_only_excuses_are_recorded",
        "test_foreign_member_cannot_be_recorded",
        "test_only_changed_lines_are_written",
        "test_ticking_twice_and_back_twice_does_no_harm",
    ),
}


def runs_once(item: pytest.Item) -> bool:
    """Has this test nothing to find on PostgreSQL when it has run on SQLite?"""
    database = item.get_closest_marker("django_db")
    at_once = item.get_closest_marker("race") is not None or bool(database and database.kwargs.get("transaction"))
    path, name = item.path.relative_to(ROOT).as_posix(), getattr(item, "originalname", item.name)
    return not at_once and (path in PAGES_ALONE or (path in SENDING_MORE and name not in SENDING_MORE[path]))
