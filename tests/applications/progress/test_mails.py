"""Who is told what by mail when something happens to an application, a review or a comment, and where the mail leads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.models import Message, User
from applications.reviews.models import Comment
from applications.reviews.steps import withdraw
from applications.writing.models import Application
from core.writes import Stale
from tests.applications.coaching import handed_in, taken, verdicts, withdrawn
from tests.builders import log_in

pytestmark = pytest.mark.django_db


def told(kind):
    """Address and link of every message of this kind."""
    return list(Message.objects.filter(kind=kind).order_by("email").values_list("email", "link"))


def everybody(link):
    return [(f"{name}@example.org", link) for name in ("amina", "carla", "doris", "jonas", "rana")]


def test_withdrawing_an_application_tells_everybody_concerned(world):
    withdraw(world.application, by=world.amina)

    assert told("withdrawn") == everybody(world.application.get_absolute_url())
    message = Message.objects.filter(kind="withdrawn")[0]
    assert (message.subject, message.cohort_id) == ("Zurückgezogen: Tischgespräche", world.cohort.pk)
    assert "Amina Haddad hat das Vorhaben „Tischgespräche“" in message.text


@pytest.mark.parametrize(("own_coach", "names"), [(True, []), (False, ["carla", "chris"])])
def test_withdrawing_an_application_calls_off_what_all_coaches_were_asked_to_read(world, own_coach, names):
    if not own_coach:
        world.team.name_coaches(None, None, by=world.doris)
    review = handed_in(world)

    withdraw(Application.objects.get(), by=world.amina)

    assert told("review_withdrawn") == [(f"{name}@example.org", review.get_absolute_url()) for name in names]


def test_withdrawing_what_waits_tells_the_coaches_who_were_asked(world):
    review = withdrawn(world)

    assert told("review_withdrawn") == told("review_asked") == [("carla@example.org", review.get_absolute_url())]
    message = Message.objects.get(kind="review_withdrawn")
    assert message.subject == f"Zurückgezogen: {world.team.title} braucht keine Rückmeldung mehr"
    assert "- Zielgruppe und Ansprache\n" in message.text


def test_withdrawing_what_waits_tells_no_coach_who_wants_no_mails(world):
    User.objects.filter(pk=world.carla.pk).update(wants_review_mails=False)
    withdrawn(world)

    assert told("review_asked") == told("review_withdrawn") == []


def test_what_a_coach_reads_already_stays_hers_and_nobody_is_told(world):
    review = taken(world)
    with pytest.raises(Stale):
        review.withdraw(by=world.amina)

    assert told("review_withdrawn") == []


def given_back_with_two(world):
    """Two comments on „Zielgruppe und Ansprache“ and one on „Ausgangslage vor Ort“; the review is given back."""
    review = taken(world, "s3", "s4")
    first, second = review.items.order_by("draft__key")
    second.comment(by=world.carla, kind="must change", text="Wie viele?")
    first.comment(by=world.carla, kind="must change", text="Woher?")
    second.comment(by=world.carla, kind="must change", text="Wie genau?")
    review.give_back(by=world.carla, verdicts=verdicts(review))
    return review


def test_answers_of_the_team_tell_the_coach_where_they_stand_once_in_half_an_hour(world, client, monkeypatch):
    review = given_back_with_two(world)
    moment = datetime(2026, 12, 1, 19, 3, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    for text in ("Wie genau?", "Woher?", "Wie genau?"):
        Comment.objects.get(text=text).answer("Gezählt.", by=world.jonas)
    Comment.objects.get(text="Woher?").answer("Von mir.", by=world.amina)
    moment = moment.replace(minute=30)
    Comment.objects.get(text="Woher?").answer("Noch etwas.", by=world.jonas)

    base = review.get_absolute_url()
    in_s4, in_s3 = f"{base}?abschnitt=s4#anmerkung-2", f"{base}?abschnitt=s3#anmerkung-1"
    sent = Message.objects.filter(kind="comment_answered").order_by("not_before", "link")
    assert [(message.email, message.link, f"{message.not_before:%H:%M}") for message in sent] == [
        ("carla@example.org", in_s3, "19:30"),  # from Amina
        ("carla@example.org", in_s4, "19:30"),  # from Jonas, three answers
        ("carla@example.org", in_s3, "20:00"),
    ]
    message = Message.objects.get(link=in_s4)
    assert message.subject == "Antwort auf eine Anmerkung zu „Zielgruppe und Ansprache“"
    assert "Jonas Petersen hat auf eine Anmerkung zum Abschnitt „Zielgruppe und Ansprache“" in message.text
    assert note_at(log_in(client, world.carla), in_s4).text == "Wie genau?"


def test_answer_of_somebody_who_only_reads_along_would_tell_the_coach(world, monkeypatch):
    """Who is told follows from whether a person is in the team, and not from the roles that may answer today."""
    given_back_with_two(world)
    monkeypatch.setitem(Comment.MAY, "answer", Comment.MAY["answer"] | {"reader"})
    Comment.objects.get(text="Wie genau?").answer("Vierzig.", by=world.rana)

    assert [email for email, _link in told("comment_answered")] == ["carla@example.org"]


def test_answer_of_a_coach_leads_the_team_to_the_section(world, client):
    given_back_with_two(world)
    Comment.objects.get(text="Wie genau?").answer("Das genügt.", by=world.chris)

    link = reverse("applications:section", args=[world.application.pk, "s4"]) + "#anmerkung-2"
    assert told("comment_answered") == [(f"{name}@example.org", link) for name in ("amina", "jonas", "rana")]
    assert note_at(log_in(client, world.rana), link).text == "Wie genau?"


def test_ticking_off_must_changes_tells_the_team_once_a_day_and_review(world, client):
    given_back_with_two(world)
    for text in ("Woher?", "Wie viele?"):
        Comment.objects.get(text=text).resolve(by=world.carla)

    link = reverse("applications:section", args=[world.application.pk, "s3"]) + "#anmerkung-1"
    assert told("comment_resolved") == [(f"{name}@example.org", link) for name in ("amina", "jonas", "rana")]
    message = Message.objects.filter(kind="comment_resolved")[0]
    assert message.subject == "Abgehakt: „Bitte ändern“ zu „Ausgangslage vor Ort“"
    assert note_at(log_in(client, world.amina), link).text == "Woher?"


@pytest.mark.parametrize("kind", ["question", "hint"])
def test_ticking_off_what_blocks_nothing_is_no_news(world, kind):
    given_back_with_two(world)
    Comment.objects.update(kind=kind)

    Comment.objects.first().resolve(by=world.carla)

    assert told("comment_resolved") == []


def test_team_member_who_wants_no_mails_gets_none_about_comments(world):
    User.objects.filter(pk=world.amina.pk).update(wants_review_mails=False)
    given_back_with_two(world)
    comment = Comment.objects.get(text="Woher?")

    comment.answer("Das genügt.", by=world.carla)
    comment.resolve(by=world.carla)

    assert {email for email, _link in told("comment_answered") + told("comment_resolved")} == {
        "jonas@example.org",
        "rana@example.org",
    }


def note_at(client, link):
    """The comment a link leads to, as the page numbers it."""
    address, _, anchor = link.partition("#")
    page = client.get(address)
    notes = page.context["notes"] if "notes" in page.context else page.context["desk"].notes
    assert page.content.decode().count(f'id="{anchor}"') == 1
    return next(note.comment for note in notes if anchor == f"anmerkung-{note.number}")


def test_what_a_coach_writes_can_be_answered_to_her_and_nothing_else_can(world):
    given_back_with_two(world)
    Comment.objects.get(text="Wie viele?").answer("Das genügt.", by=world.chris)
    Comment.objects.get(text="Wie genau?").resolve(by=world.carla)
    Comment.objects.get(text="Woher?").answer("Gezählt.", by=world.jonas)

    kinds = {"review_given_back", "comment_answered", "comment_resolved"}
    assert set(Message.objects.filter(kind__in=kinds).values_list("kind", "email", "answers_to")) == {
        *(("review_given_back", email, world.carla.pk) for email in team_of(world)),
        *(("comment_answered", email, world.chris.pk) for email in team_of(world)),
        *(("comment_resolved", email, world.carla.pk) for email in team_of(world)),
        ("comment_answered", "carla@example.org", None),
    }
    assert set(Message.objects.exclude(kind__in=kinds).values_list("answers_to", flat=True)) == {None}


def team_of(world):
    return [person.email for person in (world.amina, world.jonas, world.rana)]


def test_nobody_who_was_only_invited_reads_what_team_and_coach_write(world):
    """An address may be mistyped: until its owner has accepted, it gets the invitation alone."""
    world.team.add_member(by=world.amina, first_name="Neu", last_name="Mensch", email="neu@example.org", role="writer")
    review = taken(world)
    for item in review.items.all():
        Comment.objects.create(item=item, kind=Comment.Kind.HINT, text="Kürzer, bitte.")
    review.give_back(by=world.carla, verdicts=verdicts(review, "accepted"), summary="Ein Satz zum Mitgeben")
    withdraw(Application.objects.get(), by=world.amina)

    kinds = Message.objects.filter(email="neu@example.org").values_list("kind", flat=True)
    assert list(kinds) == ["invitation"]
    assert Message.objects.filter(kind="review_given_back", email="amina@example.org").exists()
