"""A decision is taken back at the moment at which its mails leave: each person reads both, in this order, or nothing."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from accounts import outbox
from accounts.models import Message
from cohorts.deciding import accept, decline, reopen
from cohorts.models import Registration, Team
from cohorts.taking_in_again import take_in_again
from tests.builders import make_cohort, make_organiser, make_user, window
from tests.cohorts.test_registration_steps import make_registration

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
PEOPLE = [
    {"first_name": f"Person{number}", "last_name": "Ost", "email": f"person{number}@example.org", "phone": ""}
    for number in range(6)
]


@pytest.fixture
def world(settings, monkeypatch):
    """A registration of six people, and in `read` what each of them got, in the order in which it left."""
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}

    class World:
        doris = make_user("Doris")
        cohort = make_cohort(make_organiser(doris), places=3, **window())
        registration = make_registration(cohort, persons=PEOPLE)
        sent: list[tuple[str, str]] = []

        def read(self, email):
            return [text for to, text in self.sent if to == email]

    world = World()
    monkeypatch.setattr(EmailMultiAlternatives, "send", lambda mail: world.sent.append((mail.to[0], mail.body)))
    Message.objects.all().delete()
    return world


def let_all_leave():
    Message.objects.filter(withheld_at=None, sent_at=None).update(not_before=timezone.now())
    outbox.send_due()


def test_a_refusal_taken_back_against_sending(world, at_once):
    for turn in range(6):
        Message.objects.all().delete()
        world.sent.clear()
        decline(Registration.objects.get(), by=world.doris, text=f"Nein {turn}.")
        Message.objects.update(not_before=timezone.now())

        results = at_once(
            outbox.send_due, lambda turn=turn: reopen(Registration.objects.get(), by=world.doris, text=f"Doch {turn}.")
        )

        assert not any(isinstance(result, Exception) for result in results), results
        let_all_leave()
        for person in PEOPLE:
            texts = world.read(person["email"])
            assert len(texts) in (0, 2)
            assert not texts or (f"Nein {turn}." in texts[0] and f"Doch {turn}." in texts[1])


def test_a_team_that_leaves_against_sending_its_acceptance(world, at_once):
    """Who reads the invitation reads that the team has left; who reads neither gets both once it is back."""
    accept(world.registration, by=world.doris, text="Ja.")
    Message.objects.update(not_before=timezone.now())

    results = at_once(outbox.send_due, lambda: Team.objects.get().withdraw(by=world.doris))

    assert not any(isinstance(result, Exception) for result in results), results
    let_all_leave()
    for person in PEOPLE:
        texts = world.read(person["email"])
        invited = any("/einladung/" in text for text in texts)
        assert any("nimmt nicht mehr" in text for text in texts) == invited
    take_in_again(Team.objects.get(), by=world.doris)
    let_all_leave()
    for person in PEOPLE:
        texts = world.read(person["email"])
        assert sum("Ja." in text for text in texts) == 1
        assert "/einladung/" in texts[-1] or "Ja." in texts[-1]
