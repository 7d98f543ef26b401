"""Who may do what: the tables `MAY` of all models, answered for eight people (docs/access.md).

Who may see it is the querysets' to say: tests/test_visible.py.

Amina owns the team, Jonas writes, Lea reads, Carla is its coach, Gustav coaches other teams of the cohort, Doris
organises it, Emil is BAMF staff, Bilal takes part elsewhere. Complete by introspection: a new action fails until it is listed.
"""

from __future__ import annotations

import ast
import inspect
import re
from copy import copy
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import camel_case_to_spaces

from accounts.models import Record
from calls.models import CallForm, OtherWay, UmbrellaRoute
from tests.access_world import AccessWorld
from tests.builders import make_coach, make_member, make_user
from tests.steps_table import APPS, PARTS, STEPS, functions_with_a_person

PEOPLE = ("amina", "jonas", "lea", "carla", "gustav", "doris", "emil", "bilal")

# What parts of an application share with it.
APPLICATION: dict[str, str] = {
    "see": "amina jonas lea carla doris",
    "write": "amina jonas",
    "hand in": "amina jonas",
    "attach": "amina jonas",
    "note": "amina jonas",
    "see notes": "amina jonas lea",
    "adopt": "amina jonas",
    "finish": "amina",
    "take back": "amina",
    "withdraw": "amina",
}
REVIEW: dict[str, str] = {
    "see": "amina jonas lea carla gustav doris",
    "take": "carla gustav",
    "release": "carla gustav",
    "comment": "carla gustav",
    "give back": "carla gustav",
    "withdraw": "amina jonas",
    "answer": "amina jonas carla gustav",
    "done": "amina jonas",
    "resolve": "carla gustav",
}

TABLE: dict[str, dict[str, str]] = {
    "accounts.CalendarSubscription": {
        "renew": "amina",
        "end": "amina",
    },
    "accounts.Invitation": {
        "revoke": "amina emil",
        "add": "emil",
    },
    "accounts.Membership": {
        "hand over": "jonas emil",
        "be handed over to": "",
        "leave": "jonas",
        "remove": "emil",
    },
    "accounts.Message": {
        "send again": "doris",
        "send now": "doris",
        "withhold": "doris",
    },
    "accounts.Organisation": {
        "see": "amina jonas lea doris emil",
        "edit": "emil",
        "invite": "emil",
        "let run cohorts": "emil",
    },
    "accounts.PrivacyText": {"add": "doris", "edit": ""},
    "accounts.User": {
        "deactivate": "emil",
        "activate": "emil",
        "erase": "emil",
        "end office": "emil",
        "reset second factor": "emil",
    },
    "applications.Application": APPLICATION,
    "applications.Attachment": APPLICATION,
    "applications.Draft": APPLICATION,
    "applications.Phrase": {
        "change": "carla",
        "discard": "carla",
    },
    "applications.Review": REVIEW,
    "applications.ReviewItem": REVIEW,
    "applications.Comment": {
        "change": "carla",
        "discard": "carla",
        "answer": "amina jonas carla gustav",
        "done": "amina jonas",
        "resolve": "carla gustav",
    },
    "applications.Submission": {
        "see": "amina jonas lea carla doris emil",
        "paper steps": "amina",
        "outcome": "amina doris",
        "example": "amina",
    },
    "calls.AttachmentKind": {
        "edit": "emil",
    },
    "calls.CallForm": {
        "edit": "emil",
    },
    "calls.Edition": {
        "edit": "emil",
        "publish": "emil",
        "remove": "emil",
    },
    "calls.ExpenseKind": {
        "edit": "emil",
    },
    "calls.FundingCall": {
        "edit": "emil",
        "remove": "emil",
    },
    "calls.Limit": {
        "edit": "emil",
    },
    "calls.OtherWay": {
        "edit": "emil",
    },
    "calls.Question": {
        "edit": "emil",
    },
    "calls.Rule": {
        "edit": "emil",
    },
    "calls.Section": {
        "edit": "emil",
    },
    "calls.Theme": {
        "edit": "emil",
    },
    "calls.UmbrellaRoute": {
        "edit": "emil",
    },
    "cohorts.Announcement": {
        "edit": "doris",
        "publish": "doris",
        "delete": "doris",
    },
    "cohorts.CoachAbsence": {
        "edit": "doris",
        "delete": "doris",
        "change own": "carla",
    },
    "cohorts.CoachAssignment": {
        "edit": "doris",
        "invite": "doris",
        "be away": "carla",
    },
    "cohorts.Cohort": {
        "edit": "doris",
        "cockpit": "doris",
    },
    "cohorts.Conversation": {
        "see": "amina jonas lea carla gustav doris",
        "ask": "amina jonas lea",
        "answer": "carla gustav",
        "close": "amina jonas lea carla gustav",
    },
    "cohorts.Curriculum": {
        "edit": "doris",
        "delete": "doris",
    },
    "cohorts.CurriculumStep": {
        "edit": "doris",
        "delete": "",
        "add": "",
    },
    "cohorts.Registration": {
        "add": "",
        "edit": "doris",
        "decide": "doris",
    },
    "cohorts.Team": {
        "start": "amina jonas",
        "tick": "amina jonas",
        "people": "amina doris",
        "add": "doris",
        "edit": "doris",
        "readmit": "doris",
    },
    "cohorts.TeamMember": {
        "add": "",
        "edit": "doris",
        "invite": "amina doris",
        "change role": "amina doris",
        "leave": "amina jonas doris",
        "hand over": "doris",
        "offer": "amina",
        "agree": "jonas",
        "end offer": "amina jonas",
    },
    "workshops.Attendance": {
        "edit": "carla gustav doris",
    },
    "workshops.Session": {
        "edit": "doris",
        "open early": "doris",
        "attendance": "carla gustav doris",
        "delete": "doris",
    },
    "workshops.Workshop": {
        "edit": "doris",
        "open early": "doris",
        "attendance": "carla gustav doris",
        "delete": "doris",
    },
}


def tables() -> dict[str, dict[str, frozenset[str]]]:
    return {
        model._meta.label: model.MAY
        for model in apps.get_models()
        if issubclass(model, Record) and getattr(model, "MAY", None)
    }


@pytest.fixture
def world(db):
    world = AccessWorld()
    world.lea, world.gustav = make_user("Lea", "Kern"), make_user("Gustav", "Adler")
    make_member(world.team, world.lea, "reader")
    make_coach(world.cohort, world.gustav)
    return world


def test_everybody_may_what_the_table_says_and_nothing_else(world):
    records = records_of(world)
    found = {
        label: {
            action: " ".join(name for name in PEOPLE if records[label].allows(getattr(world, name), action))
            for action in may
        }
        for label, may in tables().items()
    }
    assert found == TABLE


def test_every_step_is_listed():
    """Whatever takes the person who does it asks who may, or is part of a step that has asked."""
    assert {name for name, _asks, _act in STEPS} | PARTS == set(functions_with_a_person())


def test_every_step_refuses_whoever_may_not(world):
    """The step by itself, whatever page leads to it. What else it may refuse (not the moment) is tested elsewhere."""
    found = [
        " ".join(who for who in (*PEOPLE, "nobody") if not refuses(act, world, who)) for _name, _asks, act in STEPS
    ]

    expected = [asks if isinstance(asks, str) else TABLE[asks[0]][asks[1]] for _name, asks, _act in STEPS]
    names = [name for name, _asks, _act in STEPS]
    assert list(zip(names, found, strict=True)) == list(zip(names, expected, strict=True))


def refuses(act, world, who):
    """Does it raise `PermissionDenied`? Whatever it did is undone, also to the records at hand."""
    again = copy(world)
    again.__dict__ = {name: copy(thing) for name, thing in vars(world).items()}
    by = getattr(again, who) or AnonymousUser()
    with transaction.atomic():
        try:
            act(again, by)
        except PermissionDenied:
            return True
        except Exception:  # noqa: BLE001  not the moment, or not the values: the person was let through
            return False
        finally:
            transaction.set_rollback(True)
    return False


def test_nothing_but_tests_asserts():
    """An assert is gone under `python -O`, and with it whatever it refused."""
    root = Path(settings.BASE_DIR)
    files = [file for app in (*APPS, "schmiede") for file in (root / app).rglob("*.py")]
    found = [
        f"{file.relative_to(root)}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Assert)
    ]
    assert len(files) > 200
    assert found == []


def records_of(world: AccessWorld) -> dict[str, Record]:
    found = [
        world.team.organisation, world.membership, world.invitation, world.subscription, world.message, world.event, world.last_run, world.jonas,
        world.application.call, world.application.edition, world.cohort, world.curriculum, world.registration, world.team,
        world.team.members.get(user=world.jonas), world.coach, world.absence, world.announcement, world.workshop, world.session,
        world.material, world.assignment, world.attendance, world.application, world.draft, world.attachment,
        world.application.notes.get(), world.waiting, *call_parts(world), world.comment, world.submission, world.outcome, world.step, world.item,
        world.phrase, world.privacy_text, world.conversation,
    ]  # fmt: skip
    return {record._meta.label: record for record in found}


def call_parts(world: AccessWorld) -> list[Record]:
    """One of each part of a call and its edition."""
    call, edition = world.application.call, world.application.edition
    CallForm.objects.create(call=call, label="Titelblatt")
    OtherWay.objects.create(call=call, title="Beispieltopf", source="Beispielseite")
    UmbrellaRoute.objects.create(call=call, umbrella_body="Beispielverband")
    parts = (call.forms, call.rules, call.umbrella_routes, call.other_ways)
    parts += (edition.themes, edition.sections, edition.expense_kinds)
    return [manager.first() for manager in (*parts, edition.questions, edition.limits, edition.attachment_kinds)]


def test_every_right_is_asked_for():
    """A right of a record that no step, no page and no admin asks of it is a trap for who looks for the one that counts."""
    folders = ("accounts", "applications", "calls", "cohorts", "schmiede", "workshops")
    files = [
        path
        for folder in folders
        for path in Path(settings.BASE_DIR, folder).rglob("*.py")
        if "migrations" not in path.parts
    ]
    code = "\n".join(path.read_text() for path in files)
    models = [model for model in apps.get_models() if getattr(model, "MAY", None)]
    unused = [
        f"{model.__name__}: {action}"
        for model in models
        for action in model.MAY
        if not any(is_asked(other, action, code) for other in models if other.MAY is model.MAY)
    ]

    assert models
    assert unused == []


def is_asked(model, action, code):
    """By a method of the model, of a variable called after it, by the table itself, or by its page in the admin."""
    name = camel_case_to_spaces(model.__name__).replace(" ", "_")
    called = {name, name.rpartition("_")[2]}
    steps, pages = calls_in(code)
    return (
        any(f'"{action}"' in given for who, given in steps if who in called)
        or any(f'to="{action}"' in given or f'to: str = "{action}"' in given for who, given in pages if who in called)
        or f'{model.__name__}.MAY["{action}"]' in code
        or re.search(rf'self\.(?:require|allows)\([^)]*"{action}"', source_of(model)) is not None
        or is_asked_by_admin(model, action)
    )


@cache
def calls_in(code):
    """Whom the steps ask, and what the pages get, each with what is given."""
    return re.findall(r"(\w+)\.(?:require|allows)\(([^)]*)", code), re.findall(r"\bget_(\w+)\(([^)]*)", code)


@cache
def source_of(model):
    return "\n".join(inspect.getsource(base) for base in model.__mro__ if hasattr(base, "MAY"))


def is_asked_by_admin(model, action):
    """Pages of the admin ask for editing, adding and deleting (accounts/admin/permissions.py), and name what else they ask."""
    if not admin.site.is_registered(model):
        return False
    page = type(admin.site.get_model_admin(model))
    return action in {"edit", "add", "delete"} or f'may="{action}"' in inspect.getsource(page)
