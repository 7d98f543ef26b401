"""Who sees which records: `visible_to` of every model for eight people, in every state that matters (docs/access.md).

Amina owns the team, Lea reads in it, Bilal takes part elsewhere, Carla is its own coach, Gustav coaches other teams of the
cohort, Doris organises it, Emil is BAMF staff; nobody is not logged in. A model without `visible_to` fails, and so does one
without a row.
"""

from __future__ import annotations

from operator import itemgetter
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import Event, Invitation, KnownAddress, Organisation, PrivacyText, Record
from accounts.models.invitation import hashed
from applications.content import Attachments
from applications.papers.models import EnclosureList, FinishRequest, Outcome, Submission
from applications.progress.told_days import ToldDay
from applications.reviews.models import Review
from applications.writing.models import Application, PlanTick
from calls.models import CallForm, Edition, OtherWay, UmbrellaRoute
from cohorts.models import Conversation, Curriculum, CurriculumAssignment, Registration
from tests.access_world import AccessWorld
from tests.builders import (
    day,
    make_application,
    make_call,
    make_coach,
    make_member,
    make_team,
    make_user,
    make_workshop,
)
from tests.visible_table import TABLE
from workshops.models import Feedback, FeedbackGiven

PEOPLE = ("nobody", "amina", "lea", "bilal", "carla", "gustav", "doris", "emil")


def test_every_model_has_a_row_and_knows_the_question():
    models = [model for model in apps.get_models() if issubclass(model, Record)]
    assert [model._meta.label for model in models if not hasattr(model._default_manager, "visible_to")] == []
    assert {label.split()[0] for label in TABLE} == {model._meta.label for model in models}


@pytest.mark.django_db
def test_everybody_sees_what_the_table_says_and_nothing_else():
    world = AccessWorld()
    world.nobody, world.lea, world.gustav = AnonymousUser(), make_user("Lea", "Kern"), make_user("Gustav", "Adler")
    make_member(world.team, world.lea, "reader")
    make_coach(world.cohort, world.gustav)
    records = {
        f"{record._meta.label} {state}".strip(): record
        for part in (around, cohort_records, workshop_records, application_records, call_records)
        for state, record in part(world)
    }
    seen = {(who, type(record)): set[Any]() for record in records.values() for who in PEOPLE}
    for (who, model), numbers in seen.items():
        numbers.update(model._default_manager.visible_to(getattr(world, who)).values_list("pk", flat=True))
    found = {
        name: " ".join(who for who in PEOPLE if record.pk in seen[who, type(record)])
        for name, record in sorted(records.items(), key=itemgetter(0))
    }
    assert found == dict(sorted(TABLE.items()))
    # Where a table `MAY` names seeing, because views ask for it, it must answer like the queryset.
    assert [
        (name, who)
        for name, record in records.items()
        if "see" in record.MAY
        for who in PEOPLE
        if record.allows(getattr(world, who), "see") != (record.pk in seen[who, type(record)])
    ] == []


def around(world):
    bilals = world.bilals.team
    yield from [("", world.event), ("", world.invitation), ("", world.last_run), ("", world.message), ("", world.amina)]
    yield "of another cohort", Event.record("cohort.made", bilals.cohort, by=None)
    yield "", world.subscription
    yield "to a team", Invitation.make("x@example.org", world.team.members.first(), by=world.doris)[0]
    yield "", world.membership
    yield "elsewhere", world.bilal.memberships.get()
    yield "in another cohort", world.bilal.messages.get()
    yield "of no cohort", world.code
    yield "", KnownAddress.objects.create(user=world.amina, email="frueher@example.org")
    yield "", world.team.organisation
    yield "elsewhere", bilals.organisation
    yield "", world.privacy_text
    text = {"controller": "Lernwerk", "data_protection": "post@example.org", "text": "Wir speichern."}
    yield "elsewhere", PrivacyText.objects.create(organisation=bilals.cohort.organiser, number=1, **text)


def cohort_records(world):
    bilals, now = world.bilals.team, timezone.now()
    yield from [("", world.announcement), ("not published", world.unpublished), ("", world.absence), ("", world.coach)]
    yield "elsewhere", bilals.cohort.announcements.get()
    yield "", world.announcement.seen.create(user=world.amina)
    yield from [("", world.cohort), ("elsewhere", bilals.cohort), ("", world.team), ("elsewhere", bilals)]
    yield "", world.team.members.get(user=world.jonas)
    theirs = Conversation.objects.create(team=bilals, last=1)
    yield from [("", world.conversation), ("elsewhere", theirs), ("", world.conversation.seen.get(user=world.amina))]
    asked = theirs.entries.create(number=1, text="?", is_from_team=True, by=world.bilal)
    yield from [("", world.entry), ("elsewhere", asked)]
    yield from [("", world.curriculum), ("", world.step)]
    yield "", CurriculumAssignment.objects.create(step=world.step, title="Zuhören")
    yield "shared", Curriculum.objects.create(title="Gemeinsam")
    other = Organisation.objects.create(name="Dritter Träger gGmbH", runs_cohorts=True)
    yield "of another Träger", Curriculum.objects.create(title="Fremd", organisation=other)
    yield from [("received", world.registration), ("", world.registration.persons.get()), ("accepted", world.accepted)]
    yield "accepted", world.accepted.persons.create(first_name="A", last_name="B", email="a@example.org")
    yield "elsewhere", bilals.cohort.registrations.get()
    for status in ("unconfirmed", "waiting", "declined", "withdrawn"):
        yield status, Registration.objects.create(
            cohort=world.cohort, organisation_name=status, legal_form="ev", city="Halle", land="ST", status=status,
            confirmed_at=now, decided_at=now, token_hash=hashed(status),
        )  # fmt: skip


def workshop_records(world):
    yield from [("", world.workshop), ("", world.session), ("", world.material), ("", world.assignment)]
    yield "elsewhere", world.bilals.team.cohort.workshops.get()
    yield "cancelled", make_workshop(world.cohort, 2, cancelled_at=timezone.now())
    amina, jonas = (world.team.members.get(user=user) for user in (world.amina, world.jonas))
    world.session.attendances.all().delete()
    yield "", world.session.attendances.create(member=amina, status="present")
    yield "of another member", world.session.attendances.create(member=jonas, status="absent")
    yield "", world.assignment.completions.create(team=world.team)
    yield (
        "of another team",
        world.assignment.completions.create(team=make_team(world.cohort, make_user("Ines", "Wolf"))),
    )
    yield "", Feedback.objects.create(workshop=world.workshop, helpful=5)
    yield "", FeedbackGiven.objects.create(workshop=world.workshop, user=world.amina)


def application_records(world):
    yield from [("", world.application), ("elsewhere", world.bilals), ("", world.draft), ("", world.attachment)]
    yield (
        "withdrawn",
        make_application(world.team, call=make_call("Zurückgezogen"), status="withdrawn", withdrawn_at=timezone.now()),
    )
    yield "", world.presence
    yield from [("", world.application.notes.get()), ("", world.revision), ("lost in a conflict", world.clash)]
    yield from [("", world.given), ("taken", world.taken), ("waiting", world.waiting), ("", world.item)]
    yield "elsewhere", Review.objects.get(application=world.bilals)
    yield from [("", world.comment), ("not given", world.unsent), ("", world.reply)]
    yield from [("", world.begun), ("", world.phrase)]
    yield "", FinishRequest.objects.create(application=world.application, seen="0" * 64, confirmed=True, by=world.amina)
    yield "", PlanTick.objects.create(application=world.application, code="sign", by=world.amina)
    yield "", ToldDay.objects.create(team=world.team, uid="deadline", mark="0" * 64, changed_at=timezone.now())
    yield from [("", world.submission), ("not posted", world.unposted), ("", world.file)]
    yield from [("not posted", world.unposted_file), ("", world.outcome)]
    for what, submission in (("", world.submission), ("not posted", world.unposted)):
        yield what, EnclosureList.objects.create(submission=submission, number=1, content=Attachments().data)
    fields = SimpleNamespace(stage=1, frozen={}, checksum="0" * 64, grant_cents=1)
    yield (
        "taken back",
        Submission.objects.create(
            application=world.unposted.application,
            number=2,
            receipt_number="PS-2",
            superseded_at=timezone.now(),
            **vars(fields),
        ),
    )
    Application.objects.filter(pk=world.bilals.pk).update(status="finished")
    posted = Submission.objects.create(
        application=world.bilals, number=1, receipt_number="PS-3", transferred_on=day(-3), signed_on=day(-2),
        posted_on=day(-1), **vars(fields),
    )  # fmt: skip
    yield "elsewhere", Outcome.objects.create(submission=posted, kind="declined", on=day())


def call_records(world):
    call, edition, draft = world.application.call, world.application.edition, world.draft_edition
    yield from [
        ("", call),
        ("", call.rules.first()),
        ("", edition),
        ("not published", Edition.objects.get(pk=draft.pk)),
    ]
    yield "", CallForm.objects.create(call=call, label="Titelblatt")
    yield "", OtherWay.objects.create(call=call, title="Beispieltopf", source="Beispielseite")
    yield "", UmbrellaRoute.objects.create(call=call, umbrella_body="Beispielverband")
    for name in ("themes", "sections", "expense_kinds", "questions", "limits", "attachment_kinds"):
        yield "", getattr(edition, name).first()
        yield "of a draft", getattr(draft, name).first()
