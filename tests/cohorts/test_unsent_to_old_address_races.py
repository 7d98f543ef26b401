"""An address is corrected at the moment at which mails to it leave: each mail reaches one of the two, once."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from accounts import outbox
from accounts.models import Message
from cohorts.correcting import correct_address
from cohorts.models import TeamMember
from tests.builders import make_cohort, make_organiser, make_team, make_user

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
COUNT = 12


@pytest.fixture
def sent(settings, monkeypatch):
    """Address and subject of each mail, as they reach a mail server."""
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    reached = []

    def send(mail):
        time.sleep(0.02)  # a server takes its time, so that the correction comes between two mails
        reached.append((mail.to[0], mail.subject))

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    return reached


def make_invited():
    doris = make_user("Doris")
    team = make_team(make_cohort(make_organiser(doris)), make_user("Amina"))
    return doris, team.members.create(first_name="Neu", last_name="Gast", email="wrong0@example.org")


def write(member, email):
    """Put so many mails to this address into the outbox, which are due."""
    for number in range(COUNT):
        fields = {"topic": "x:y", "kind": "moved", "text": "Guten Tag Neu Gast,\n\nneu"}
        Message.objects.create(
            key=f"{email}:{number}", email=email, subject=f"Nummer {number:02}", cohort_id=member.cohort_uuid,
            not_before=timezone.now() - timedelta(minutes=COUNT - number), created_at=timezone.now() + timedelta(days=number),
            **(fields | {"topic": f"x:{number}"}),
        )  # fmt: skip


def test_a_correction_against_sending_loses_no_mail_and_sends_none_twice(sent, at_once):
    doris, member = make_invited()
    reached_right = 0
    for turn in range(6):
        old, new = f"wrong{turn}@example.org", f"wrong{turn + 1}@example.org"
        Message.objects.all().delete()
        sent.clear()
        write(member, old)
        fresh = TeamMember.objects.get(pk=member.pk)

        results = at_once(outbox.send_due, lambda fresh=fresh, new=new: correct_address(fresh, by=doris, email=new))

        assert not any(isinstance(result, Exception) for result in results), results
        outbox.send_due()
        moved = [(email, subject) for email, subject in sent if subject.startswith("Nummer")]
        assert sorted(subject for _email, subject in moved) == [f"Nummer {number:02}" for number in range(COUNT)]
        for email, subject in moved:
            assert Message.objects.get(subject=subject).email == email
        reached_right += sum(email == new for email, _subject in moved)
    assert reached_right


def test_what_was_read_before_the_correction_is_not_sent_to_the_old_address(sent, monkeypatch):
    """A round of sending has read its mails already, and sends the first, while the address is corrected."""
    doris, member = make_invited()
    write(member, "wrong0@example.org")
    correct = lambda: correct_address(TeamMember.objects.get(pk=member.pk), by=doris, email="right@example.org")  # noqa: E731

    def send(mail):
        sent.append((mail.to[0], mail.subject))
        if len(sent) == 1:
            correct()

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)

    outbox.send_due()
    outbox.send_due()

    assert [email for email, subject in sorted(sent, key=lambda pair: pair[1]) if subject.startswith("Nummer")] == [
        "wrong0@example.org",
        *["right@example.org"] * (COUNT - 1),
    ]
