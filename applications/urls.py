"""Addresses of an application (Vorhaben): its sections, versions, Word file, attachments, team, hand-in, checks, finishing."""

from __future__ import annotations

from django.urls import path

from applications.papers.views import checks, finishing
from applications.progress.views import members, plan, workspace
from applications.reviews.views import hand_in
from applications.writing.views import (
    attachments,
    conflict,
    history,
    idea,
    presence,
    section,
    section_note,
    start,
    versions,
    word,
)

app_name = "applications"

urlpatterns = [
    path("beginnen/<uuid:uuid>/", start.start, name="start"),
    path("<uuid:uuid>/", workspace.workspace, name="workspace"),
    path("<uuid:uuid>/abschnitte/<slug:key>/", section.section, name="section"),
    path("<uuid:uuid>/abschnitte/<slug:key>/notiz/", section_note.note, name="note"),
    path("<uuid:uuid>/abschnitte/<slug:key>/da/", presence.presence, name="presence"),
    path("<uuid:uuid>/abschnitte/<slug:key>/fassungen/", history.history, name="history"),
    path("<uuid:uuid>/abschnitte/<slug:key>/vergleich/", versions.compare, name="compare"),
    path("<uuid:uuid>/idee/", idea.take_idea, name="take_idea"),
    path("<uuid:uuid>/verlauf/", versions.timeline, name="timeline"),
    path("<uuid:uuid>/stand/", versions.as_of, name="as_of"),
    path("<uuid:uuid>/abschnitte/<slug:key>/fassungen/<uuid:revision>/", history.restore, name="restore"),
    path(
        "<uuid:uuid>/abschnitte/<slug:key>/zusammenfuehren/<uuid:revision>/",
        conflict.conflict,
        name="conflict",
    ),
    path("<uuid:uuid>/word/", word.word, name="word"),
    path("<uuid:uuid>/word/datei/", word.word_file, name="word_file"),
    path("<uuid:uuid>/word/uebernehmen/", word.take, name="word_take"),
    path("<uuid:uuid>/anlagen/", attachments.attachments, name="attachments"),
    path("<uuid:uuid>/anlagen/<uuid:attachment>/", attachments.attachment, name="attachment"),
    path("<uuid:uuid>/anlagen/<uuid:attachment>/loeschen/", attachments.detach, name="detach"),
    path("<uuid:uuid>/team/", members.members, name="members"),
    path("<uuid:uuid>/team/<uuid:member>/rolle/", members.change_role, name="change_role"),
    path("<uuid:uuid>/team/<uuid:member>/verantwortung/", members.hand_over, name="hand_over"),
    path("<uuid:uuid>/team/<uuid:member>/verantwortung/antwort/", members.answer_offer, name="answer_offer"),
    path("<uuid:uuid>/team/<uuid:member>/einladung/", members.invite_again, name="invite_again"),
    path(
        "<uuid:uuid>/team/<uuid:member>/einladung/zurueckziehen/",
        members.revoke_invitation,
        name="revoke_invitation",
    ),
    path("<uuid:uuid>/team/<uuid:member>/ausscheiden/", members.take_out, name="take_out"),
    path("<uuid:uuid>/plan/", plan.tick, name="tick_plan"),
    path("<uuid:uuid>/zurueckziehen/", start.withdraw, name="withdraw"),
    path("<uuid:uuid>/uebernehmen/", start.adopt, name="adopt"),
    path("<uuid:uuid>/abgeben/", hand_in.hand_in, name="hand_in"),
    path("<uuid:uuid>/vorpruefung/", checks.checks, name="checks"),
    path("<uuid:uuid>/vorpruefung/weiter/", checks.next_place, name="next_place"),
    path("<uuid:uuid>/fertigstellen/", finishing.finish_page, name="finish"),
    path("<uuid:uuid>/fertigstellen/stand/", finishing.finish_progress, name="finish_progress"),
    path("<uuid:uuid>/zuruecknehmen/", finishing.take_back, name="take_back"),
    path("<uuid:uuid>/unterlagen/", finishing.papers, name="papers"),
]
