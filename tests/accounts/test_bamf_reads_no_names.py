"""BAMF staff see no names in teams (docs/access.md): every page they can open, with names that could leak on each of them."""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin import site
from django.urls import reverse
from django.utils import timezone

from accounts import mail_kinds
from accounts.models import Event, Invitation, Message
from applications.papers.models import Submission
from schmiede.views.care import care_of
from tests.access_table import MORE, TABLE
from tests.access_world import AccessWorld, arguments
from tests.builders import log_in, make_bamf, make_coach, make_member, make_organiser, make_user

ROOT = Path(settings.BASE_DIR)
# Whoever is in a team, registered for one, or coaches one.
NAMES = ("Haddad", "amina@", "Petersen", "jonas@", "Speierling", "heike@", "Weber", "carla@", "Moosbeere")
# Where people are shown as such, or as members of an association who invite others to it: BAMF staff may see
# both. Nothing there says who is in which team or cohort.
PEOPLE = {
    "admin:accounts_user_changelist", "admin:accounts_user_change", "admin:accounts_user_history",
    "admin:accounts_organisation_change", "accounts:organisation", "admin:accounts_event_changelist",
    "admin:accounts_invitation_change", "admin:accounts_invitation_changelist",
}  # fmt: skip


@pytest.fixture
def world(db):
    world = AccessWorld()
    for what, record, by in [
        ("review.asked", world.waiting, world.amina),
        ("comment.answered", world.comment, world.jonas),
        ("review.taken", world.taken, world.carla),
        ("cohort.published", world.cohort, world.doris),
    ]:
        Event.record(what, record, by=by)
    message(world, "Moosbeere, sent", sent_at=timezone.now())
    return world


def message(world, subject, *, kind="ownership_taken", email="amina@example.org", **fields):
    fields = {"cohort_id": world.cohort.pk} | fields
    return Message.objects.create(email=email, subject=subject, text=subject, kind=kind, key=subject, **fields)


def pages_of(world):
    for name, (method, signs) in TABLE.items():
        values = arguments(name, world)
        if method == "GET" and signs.split()[-1] == "o" and "token" not in values:  # a secret link opens for anybody
            yield name, reverse(name, kwargs=values)
    for (name, which), (method, signs) in MORE.items():
        if method == "GET" and signs.split()[-1] == "o":
            first, *rest = arguments(name, world).items()
            yield name, reverse(name, kwargs={first[0]: getattr(world, which).pk, **dict(rest)})
    yield "all messages", reverse("admin:accounts_message_changelist") + "?stand=alle"
    yield "searched for", reverse("admin:accounts_message_changelist") + "?stand=alle&q=amina"
    yield "papers of the team", reverse("papers:detail", args=[world.submission.pk])


def test_names_of_people_in_teams_stand_nowhere_but_among_people(world, client):
    Submission.objects.update(finished_by=world.amina)
    log_in(client, world.emil)

    found, seen = {}, 0
    for name, url in pages_of(world):
        response = client.get(url)
        assert response.status_code == 200, name
        if not response.streaming:
            seen += 1
            names = {word for word in NAMES if word in html.unescape(response.text)}
            if names:
                found[name] = names

    assert seen > 40
    assert set(found) == PEOPLE
    assert not any(names & {"Speierling", "heike@", "Moosbeere"} for names in found.values())


def test_no_page_of_people_says_who_is_in_which_cohort(world, client):
    world.cohort.title = "Projektschmiede Unverwechselbar"
    world.cohort.save()
    log_in(client, world.emil)
    for name, url in pages_of(world):
        if name in PEOPLE:
            assert "Unverwechselbar" not in client.get(url).text, name


def test_of_messages_of_cohorts_they_read_figures_and_what_failed(world, client):
    message(world, "Amina Haddad ist jetzt verantwortlich", sent_at=timezone.now())
    message(world, "Amina Haddad ist wieder verantwortlich", failed_at=timezone.now(), error="SMTPRecipientsRefused")
    message(world, "noch eine", failed_at=timezone.now(), error="SMTPRecipientsRefused")
    message(world, "wartet", kind="announcement")
    message(world, "unklar", kind="announcement", claimed_at=timezone.now() - timezone.timedelta(hours=1))

    page = log_in(client, world.emil).get(reverse("admin:accounts_message_changelist"))

    rows = [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>.*?</tr>", page.text, re.DOTALL)]
    assert "Verantwortung für ein Team übernommen 2 0 2" in rows
    assert "Mitteilung der Projektschmiede 0 1 1" in rows
    failed = f"{world.cohort.title} Verantwortung für ein Team übernommen SMTPRecipientsRefused 2 "
    assert [row for row in rows if row.startswith(failed)]
    assert [row for row in rows if row.startswith(f"{world.cohort.title} Mitteilung der Projektschmiede unklar 1 ")]
    assert [row.subject for row in page.context["cl"].queryset] == ["Krähenbeere"]


def test_an_organiser_reads_no_figures_of_others(world, client):
    page = log_in(client, world.doris).get(reverse("admin:accounts_message_changelist"))
    assert "Nachrichten der Projektschmieden" not in page.text


def test_who_does_both_reads_the_messages_of_her_own_cohorts_only(world, client):
    both = make_bamf("Frida", "Noll")
    make_organiser(both, "Dritter Träger gGmbH")
    assert not Message.objects.visible_to(both).of_cohorts().exists()

    make_organiser(both, world.organiser.name + " zwei")
    world.organiser.join(both)
    assert {row.cohort_id for row in Message.objects.visible_to(both).of_cohorts()} == {world.cohort.pk}


def test_what_failed_is_counted_for_bamf_staff(world):
    assert care_of(world.emil).mails == Message.objects.needing_care().count()
    assert care_of(world.doris).mails == 1


NO_NAME = "hier ohne Namen"


def named(client, user):
    """What happened, and by whom as this person reads it."""
    page = log_in(client, user).get(reverse("admin:accounts_event_changelist"))
    admin = site.get_model_admin(Event)
    return {(event.what, admin.who(event)) for event in page.context["cl"].queryset}


def test_the_trail_names_to_bamf_staff_nobody_who_acted_in_a_cohort(world, client):
    Event.record("submission.seen", world.submission, by=world.emil)
    Event.record("person.deactivated", world.jonas, by=world.emil)
    Event.record("membership.joined", world.membership, by=world.jonas)
    colleague = make_bamf("Frida", "Noll")

    assert named(client, colleague) >= {
        ("submission.seen", NO_NAME),
        ("person.deactivated", "Emil Brandner"),
        ("membership.joined", "Jonas Petersen"),  # into an association, which is no team
        ("review.asked", NO_NAME),
        ("comment.answered", NO_NAME),
        ("review.taken", NO_NAME),
        ("cohort.published", NO_NAME),
    }
    assert ("submission.seen", "Emil Brandner") in named(client, world.emil)
    assert ("review.asked", "Amina Haddad") in named(client, world.doris)
    make_coach(world.bilals.team.cohort, colleague)
    assert ("review.asked", NO_NAME) in named(client, colleague)


@pytest.mark.parametrize("is_superuser", [False, True])
def test_a_colleague_who_coaches_is_not_named_where_she_does(world, client, is_superuser):
    colleague = make_bamf("Frida", "Noll")
    colleague.is_superuser = is_superuser
    colleague.save()
    Event.record("review.given_back", world.taken, by=colleague)

    assert ("review.given_back", NO_NAME) in named(client, world.emil)
    assert ("review.given_back", "Frida Noll") in named(client, colleague)
    assert ("review.given_back", "Frida Noll") in named(client, world.doris)


def test_joining_a_team_names_nobody_beside_its_cohort(world, client):
    """Both events are of one moment: who reads the name in one knows it in the other."""
    nora = make_user("Nora", "Salzmann")
    member = world.team.members.create(first_name="Nora", last_name="Salzmann", email=nora.email, role="reader")
    Invitation.make(nora.email, member, by=world.amina)[0].accept(nora)

    by_nora = Event.objects.filter(by=nora)
    assert {(event.what, event.cohort_id) for event in by_nora} == {
        ("membership.joined", world.cohort.pk),
        ("invitation.accepted", world.cohort.pk),
    }
    assert not {who for _what, who in named(client, world.emil)} & {"Nora Salzmann"}


def test_an_event_is_no_way_round(world, client):
    event = Event.objects.get(what="review.asked")
    log_in(client, world.emil)
    for url in ("change", "history"):
        page = client.get(reverse(f"admin:accounts_event_{url}", args=[event.pk])).text
        assert "Haddad" not in page
    assert "Haddad" not in client.get(reverse("admin:accounts_event_changelist") + "?o=-3.1&q=review").text


def test_every_kind_of_message_has_words():
    assert set(mail_kinds.WORDS) == {path.stem for path in ROOT.glob("templates/*/mails/[!_]*.txt")}


def test_every_message_about_a_cohort_says_so():
    """Without its cohort BAMF staff would read it."""
    posted = 0
    for path in [file for app in ("applications", "cohorts", "workshops") for file in (ROOT / app).rglob("*.py")]:
        source = path.read_text()
        tree = ast.walk(ast.parse(source)) if "outbox" in source else ()
        for call in [node for node in tree if isinstance(node, ast.Call)]:
            if getattr(call.func, "attr", "") == "post" and ast.unparse(call.func) == "outbox.post":
                posted += 1
                given = {keyword.arg for keyword in call.keywords}
                assert "cohort" in given or (None in given and '"cohort": self.cohort_id' in source), path
    assert posted > 10


def test_a_member_who_joined_is_named_to_her_team_all_the_same(world, client):
    """What BAMF staff do not read, everybody else reads as before."""
    guest = make_user("Nora", "Salzmann")
    make_member(world.team, guest, "reader")
    page = log_in(client, world.amina).get(reverse("applications:members", args=[world.application.pk]))
    assert "Nora Salzmann" in page.text
