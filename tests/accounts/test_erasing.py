"""Erasing a person: every copy of their name and addresses goes, and what keeps a name is exactly what is listed.

Marker words stand in every text of every table, in files, sessions, the cache and the results of tasks. What is left
afterwards is compared with what the models declare to stay (`STAYS`) and staff read before and after.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.flatpages.models import FlatPage
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from zeal import zeal_ignore

from accounts.erasing import erase, would_erase
from accounts.models import Event, Invitation, KnownAddress, Message, Organisation, User
from accounts.models.kept_after_erasing import BACKUPS, OTHERWISE_NAMED, texts_that_stay
from accounts.models.traces import Traces
from cohorts.models import Cohort, Registration, RegistrationPerson, TeamMember
from cohorts.models.contact import MAILBOX_STAYS, NOBODY_INSTEAD, ORGANISERS_CONTACT_INSTEAD
from core.spelling import NameField, NamesField
from tests.accounts.admin_world import act
from tests.accounts.erasing_world import (
    FORGOTTEN,
    TECHNICAL,
    Named,
    declared,
    holds,
    label,
    left,
    make_world,
    mark,
    text_fields,
)
from tests.builders import log_in, make_bamf, make_cohort, make_organiser, make_team, make_user
from tests.forms import send

PEOPLE = ("amina", "carla", "doris")


@pytest.fixture
def stored(tmp_path, settings):
    """Files on a disk of their own, and the cache in the database, as in production."""
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
    return tmp_path


def test_of_every_text_it_is_decided_whether_a_name_stays():
    found = {label(model, field) for model, field in text_fields()} - {"accounts.User.language"}
    assert found == declared() | FORGOTTEN | TECHNICAL
    assert not declared() & FORGOTTEN
    assert not declared() & TECHNICAL


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.django_db
def test_what_is_left_of_a_person_is_exactly_what_is_listed(stored, who):
    world = make_world()
    named = Named(getattr(world, who))
    mark(world, named)
    named.user.refresh_from_db()
    before = left(named, stored)
    assert before >= declared() - ({"accounts.Message.text"})
    assert {name for name in FORGOTTEN if not name.startswith("cohorts.CoachAssignment")} <= before | {"accounts.KnownAddress.email", "accounts.User.first_name", "account.EmailAddress.email", *first_names()}  # fmt: skip

    erased = erase(named.user, by=world.emil)

    assert left(named, stored) == declared()
    assert {one.texts for one in erased.stays} == listed()
    assert all(count for _what, count in erased.gone)


def first_names():
    """Fields that hold no marker, for a first name is shared with others."""
    return {name for name in FORGOTTEN if name.endswith(".first_name")}


def listed():
    return {texts for model in apps.get_models() for texts in texts_that_stay(model).values()} | {
        BACKUPS,
        OTHERWISE_NAMED,
    }


# Only this person


@pytest.mark.django_db
def test_somebody_of_the_same_name_keeps_everything():
    world = make_world()
    User.objects.filter(pk=world.amina.pk).update(last_name="Zwetschge")
    bilals = world.bilals.team
    namesake = {"first_name": "Amina", "last_name": "Zwetschge", "email": "andere@example.org", "phone": "0171"}
    member, coach = bilals.members.create(**namesake), bilals.cohort.coach_assignments.create(**namesake)
    registration = bilals.cohort.registrations.get()
    person = registration.persons.create(**namesake)
    Registration.objects.filter(pk=registration.pk).update(idea="Amina Zwetschge singt.")
    fields = {
        "contact_name": "Amina Zwetschge",
        "contact_email": "andere@example.org",
        "signatories": "Amina Zwetschge",
    }
    Organisation.objects.filter(pk=bilals.organisation_id).update(**fields)
    waiting = Message.objects.create(email="bilal@example.org", subject="Amina Zwetschge", text="Amina Zwetschge", key="w", cohort_id=bilals.cohort_id)  # fmt: skip
    records = [member, coach, person, registration, bilals.organisation, bilals.cohort, waiting]
    before = [type(record).objects.filter(pk=record.pk).values().get() for record in records]

    erase(User.objects.get(pk=world.amina.pk), by=world.emil)

    assert [type(record).objects.filter(pk=record.pk).values().get() for record in records] == before


@pytest.mark.django_db
def test_an_address_that_is_somebody_elses_by_now_stays_theirs():
    world = make_world()
    KnownAddress.objects.create(user=world.amina, email="buero@example.org")
    world.jonas.add_address("buero@example.org")
    jonas = world.team.members.get(user=world.jonas)
    TeamMember.objects.filter(pk=jonas.pk).update(email="Buero@example.org")
    person = RegistrationPerson.objects.create(registration=world.accepted, position=7, first_name="J", last_name="P", email="buero@example.org")  # fmt: skip

    erase(world.amina, by=world.emil)

    jonas.refresh_from_db()
    person.refresh_from_db()
    assert (jonas.email, jonas.full_name) == ("buero@example.org", "Jonas Petersen")
    assert person.email == "buero@example.org"


@pytest.mark.django_db
def test_whoever_only_claims_an_address_erases_nobody_elses_copies(client):
    """Bilal types an address that is not his and never verifies it."""
    world = make_world()
    person = world.registration.persons.get()
    log_in(client, world.bilal).post(reverse("account_email"), {"action_add": "", "email": person.email})
    assert Message.objects.filter(email=person.email, user=world.bilal).exists()
    mail = Message.objects.create(email=person.email, kind="x", subject="x", text="x", key="an Heike")

    erase(world.bilal, by=world.emil)

    person.refresh_from_db()
    assert person.email == "heike@example.org"
    assert list(Message.objects.filter(email=person.email)) == [mail]


@pytest.mark.django_db
def test_a_mailbox_stays_where_only_the_name_is_the_persons():
    world = make_world()
    Organisation.objects.filter(pk=world.team.organisation_id).update(
        contact_name="Amina Haddad", contact_email="info@example.org", contact_phone="0171"
    )
    erase(world.amina, by=world.emil)

    world.team.organisation.refresh_from_db()
    found = world.team.organisation
    assert (found.contact_name, found.contact_email, found.contact_phone) == ("", "info@example.org", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("own", "contact", "expected", "said"),
    [
        ({}, {}, ("", ""), NOBODY_INSTEAD),
        (
            {"contact_name": "Büro", "contact_email": "buero@example.org"},
            {},
            ("Büro", "buero@example.org"),
            ORGANISERS_CONTACT_INSTEAD,
        ),
        (
            {},
            {"contact_email": "info@example.org"},
            ("Werkstatt Zusammenhalt gGmbH", "info@example.org"),
            MAILBOX_STAYS,
        ),
    ],
)
def test_no_colleague_becomes_contact_of_a_cohort_unasked(own, contact, expected, said):
    world = make_world()
    Organisation.objects.filter(pk=world.organiser.pk).update(**own)
    Cohort.objects.exclude(pk=world.cohort.pk).update(contact_name="Büro", contact_email="anderes@example.org")
    Cohort.objects.filter(pk=world.cohort.pk).update(contact_phone="0171", **contact)
    world.organiser.join(make_user("Frida", "Noll"))

    erased = erase(world.doris, by=world.emil)

    world.cohort.refresh_from_db()
    assert (world.cohort.contact_name, world.cohort.contact_email, world.cohort.contact_phone) == (*expected, "")
    assert [(what, count) for what, count in erased.gone if "von Projektschmieden;" in what] == [(str(said), 1)]


# How a name is found


@pytest.mark.django_db
def test_names_with_umlauts_are_found_in_mails_and_in_stored_values():
    world = make_world()
    User.objects.filter(pk=world.amina.pk).update(first_name="Zoë", last_name="Müßig")
    zoe = User.objects.get(pk=world.amina.pk)
    mail = Message.objects.create(email="x@example.org", kind="x", subject="Für Zoë Müßig", text="Zoë\nMüßig schreibt: Zoë Müßig!", key="u", cohort_id=world.cohort.pk)  # fmt: skip
    world.draft.content = {"format": 1, "text": "Leitung: Zoë Müßig"}
    world.draft.save()

    erased = erase(zoe, by=world.emil)

    mail.refresh_from_db()
    assert (mail.subject, mail.text) == (
        "Für gelöschte Person", "gelöschte Person schreibt: gelöschte Person!",
    )  # fmt: skip
    counted = {one.texts: one.records for one in erased.stays}
    # the draft, and the cover of the application in draft and version, which has the name written down in the team
    assert counted[texts_that_stay(type(world.draft))["content"]] == 3


SPELLINGS = [
    "Zoë Müßig", "Zoë\nMüßig", "Zoë  Müßig", "Zoë\u00a0Müßig", "Müßig, Zoë", "Müßig,\nZoë", "ZOË MÜSSIG", "zoë müßig",
    "Zoë Müssig", "MÜẞIG, Zoë", unicodedata.normalize("NFD", "Zoë Müßig"),
]  # fmt: skip


@pytest.fixture
def zoe():
    """Zoë, whose world is Amina's; her name came in decomposed, as a Mac sends it."""
    world = make_world()
    world.amina.first_name, world.amina.last_name = unicodedata.normalize("NFD", "Zoë"), "Müßig"
    world.amina.save()
    world.amina.team_memberships.update(first_name="Z.", last_name="M.")
    world.zoe = User.objects.get(pk=world.amina.pk)
    return world


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.django_db
def test_a_name_is_found_however_it_is_spelled(zoe, spelling):
    """Each in rows of its own, so that no other spelling brings them to light."""
    mail = Message.objects.create(email="x@example.org", kind="x", subject="x", text=f"Es kommt {spelling}.", key="u", cohort_id=zoe.cohort.pk)  # fmt: skip
    people = ContentType.objects.get_for_model(User)
    row = {"content_type": people, "action_flag": CHANGE, "user": zoe.emil, "object_id": "1", "object_repr": "x"}
    entry = LogEntry.objects.create(
        change_message=json.dumps([{"added": {"name": "Person", "object": f"({spelling})"}}]), **row
    )
    DBTaskResult.objects.create(task_path="x", args_kwargs={"args": [spelling], "kwargs": {}}, return_value=None, traceback="", exception_class_path="x", backend_name="default", run_after=timezone.now())  # fmt: skip
    Organisation.objects.filter(pk=zoe.team.organisation_id).update(signatories=f"Jonas Petersen, Kasse\n{spelling}", contact_name=spelling, contact_email="info@example.org")  # fmt: skip
    session = SessionStore()
    session.update({"kept": {"sent": {"to": [spelling]}}, "sprache": "de"})
    session.save()
    page = FlatPage.objects.first()
    FlatPage.objects.filter(pk=page.pk).update(content=f"<p>{spelling}</p>".replace("ü", "&uuml;"))
    zoe.draft.content = {"format": 1, "text": spelling}
    zoe.draft.save()

    erased = erase(zoe.zoe, by=zoe.emil)

    mail.refresh_from_db()
    entry.refresh_from_db()
    zoe.team.organisation.refresh_from_db()
    assert mail.text == "Es kommt gelöschte Person."
    assert json.loads(entry.change_message) == [{"added": {"name": "Person", "object": "(gelöschte Person)"}}]
    assert entry.get_change_message()
    assert not DBTaskResult.objects.exists()
    assert zoe.team.organisation.contact_name == ""
    assert zoe.team.organisation.signatories.splitlines()[0] == "Jonas Petersen, Kasse"
    assert zoe.team.organisation.signatories.splitlines()[1:] in ([], ["gelöschte Person"])
    assert SessionStore(session.session_key).load() == {"sprache": "de"}
    counted = {one.texts: one.records for one in erased.stays}
    assert counted[texts_that_stay(FlatPage)["content"]] == 1
    assert counted[texts_that_stay(type(zoe.draft))["content"]] >= 1


@pytest.mark.django_db
def test_a_name_in_somebody_elses_hours_is_taken_out(zoe):
    name = zoe.zoe.get_full_name()
    User.objects.filter(pk=zoe.emil.pk).update(phone_hours=f"mittags, sonst {name}")
    Cohort.objects.update(contact_name="Büro", contact_email="buero@example.org", contact_hours=f"{name}, morgens")

    erase(zoe.zoe, by=zoe.emil)

    assert User.objects.get(pk=zoe.emil.pk).phone_hours == "mittags, sonst gelöschte Person"
    assert set(Cohort.objects.values_list("contact_hours", flat=True)) == {"gelöschte Person, morgens"}


@pytest.mark.django_db
def test_names_are_composed_where_they_come_in(zoe):
    apart = unicodedata.normalize("NFD", "Zoë")
    fields = [(model, field) for model in apps.get_models() for field in model._meta.concrete_fields if isinstance(field, NameField | NamesField)]  # fmt: skip
    assert {field.name for _model, field in fields} == {
        "first_name", "last_name", "contact_name", "contact_hours", "phone_hours", "name", "short_name", "organisation_name", "signatories",
    }  # fmt: skip
    for model, field in fields:
        row = model._base_manager.first()
        model._base_manager.filter(pk=row.pk).update(**{field.name: apart})
        assert model._base_manager.values_list(field.name, flat=True).get(pk=row.pk) == "Zoë"
        assert field.clean(apart, row) == "Zoë"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Eva Mai kommt.", "gelöschte Person kommt."),
        ("Es kam: Mai, Eva.", "Es kam: gelöschte Person."),
        ("Am Mai-Abend kommt Eva Maier, nicht Neva Mai.", "Am Mai-Abend kommt Eva Maier, nicht Neva Mai."),
        ("eva.mai@example.org, EVA.MAI@example.org", "geloescht@example.invalid, geloescht@example.invalid"),
        ("x.eva.mai@example.org", "x.eva.mai@example.org"),
        ("eva.mai@example.organic", "eva.mai@example.organic"),
        ("", ""),
    ],
)
def test_only_the_whole_name_and_the_whole_address_are_taken_out(text, expected):
    traces = Traces(User(), frozenset({"eva.mai@example.org"}), frozenset({"Eva Mai"}), frozenset())
    assert traces.without(text) == expected


@pytest.mark.django_db
def test_somebody_without_a_name_can_be_erased():
    emil, nameless = make_bamf(), make_user("", "", email="x@example.org")
    Message.objects.create(email="y@example.org", kind="x", subject="Es bleibt.", text="Es bleibt.", key="k")

    erase(nameless, by=emil)

    assert Message.objects.get().text == "Es bleibt."


@pytest.mark.django_db
def test_from_other_peoples_sessions_goes_only_what_names_the_person():
    world = make_world()
    session = SessionStore()
    session.update({"kept": {"sent": {"to": ["Amina Haddad"]}}, "sprache": "de"})
    session.save()

    erase(world.amina, by=world.emil)

    assert SessionStore(session.session_key).load() == {"sprache": "de"}


@pytest.mark.django_db
def test_the_cache_holds_no_address(client, settings):
    """Wrong passwords, codes, reset mails and registrations are counted by hashes."""
    table = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache"}
    settings.CACHES = dict.fromkeys(settings.CACHES, table)
    call_command("createcachetable", verbosity=0)
    world = make_world()
    named = Named(world.amina)
    for _ in range(3):
        client.post(reverse("account_login"), {"login": named.login, "password": "falsch"})
        client.post(reverse("account_reset_password"), {"email": named.login})
        client.post(reverse("account_request_login_code"), {"email": named.login})
    cache.set("probe", 1)

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM portal_cache")
        rows = cursor.fetchall()
    assert len(rows) > 3
    assert not any(holds(named, value) for row in rows for value in row)


# What staff read


def words(text):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.mark.django_db
def test_staff_read_before_and_after_what_goes_and_what_stays(client):
    world = make_world()
    named = Named(world.amina)
    mark(world, named)
    person = User.objects.get(pk=world.amina.pk)
    log_in(client, world.emil)
    events = Event.objects.count()

    asked = words(act(client, person, "erase").text)
    assert Event.objects.count() == events
    assert User.objects.filter(pk=person.pk).exists()
    done = words(act(client, person, "erase", _asked="1", sure="on").text)

    assert "Das wird gelöscht" in asked
    assert "Konto, Name und Adressen sind gelöscht." in done
    for page in (asked, done):
        for texts in listed():
            assert f"{texts.where} " in page
            assert f"{texts.why} {texts.until}" in page
        assert "Plätze in Teams, mit der Anwesenheit bei Terminen: 1" in page
        assert "Personen in Anmeldungen: 4" in page
    assert not any(word in done.lower() for word in named.words)
    found = {texts: re.search(rf"{re.escape(str(texts.where))} (\S+ \S+)", done).group(1) for texts in listed()}
    assert all(
        re.match(r"(ein|\d+) Eintr", said) for texts, said in found.items() if texts not in {BACKUPS, OTHERWISE_NAMED}
    )
    assert all(found[texts].startswith("–") for texts in (BACKUPS, OTHERWISE_NAMED))
    assert re.search(r"\d Dateien", done)


@pytest.mark.django_db
def test_what_would_be_erased_is_what_is_erased():
    world = make_world()
    named = Named(world.carla)
    mark(world, named)
    person = User.objects.get(pk=world.carla.pk)

    would = would_erase(person, by=world.emil)

    assert User.objects.filter(pk=person.pk).exists()
    assert erase(person, by=world.emil) == would


@pytest.mark.django_db
def test_a_team_that_loses_its_responsible_person_is_said_and_the_organiser_is_told(client):
    world = make_world()
    log_in(client, world.emil)
    owner = world.team.owner().user

    asked = words(act(client, owner, "erase").text)
    assert "Teams, in denen danach niemand verantwortlich ist" in asked
    assert not Message.objects.filter(kind="team_without_owner").exists()
    act(client, owner, "erase", _asked="1", sure="on")

    message = Message.objects.get(kind="team_without_owner")
    assert message.email == world.doris.email
    assert message.link == reverse("admin:cohorts_team_change", args=[world.team.pk])
    world.team.withdraw(by=world.doris)
    assert not Message.objects.filter(email__endswith="geloescht.invalid").exists()
    log_in(client, world.jonas)
    page = client.get(reverse("applications:members", args=[world.application.pk])).text
    assert "geloescht.invalid" not in page
    assert "legt der Träger Ihrer Projektschmiede fest" in page


@pytest.mark.django_db
def test_several_are_erased_at_once_and_oneself_never(client):
    world = make_world()
    log_in(client, world.emil)
    url = reverse("admin:accounts_user_changelist")
    chosen = {"action": "erase", "_selected_action": [str(user.pk) for user in (world.jonas, world.bilal, world.emil)]}

    with zeal_ignore():  # one step per person is what was asked for
        page = words(client.post(url, chosen).text)
        done = send(client, url, chosen | {"_asked": "1", "sure": "on"})

    assert "Plätze in Teams, mit der Anwesenheit bei Terminen: 2" in page
    assert set(User.objects.filter(pk__in=chosen["_selected_action"])) == {world.emil}
    assert "Sich selbst können Sie hier nicht löschen." in words(done.text)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_erasing_and_accepting_an_invitation_at_once_leave_no_name(at_once):
    emil, doris = make_bamf(), make_user("Doris", "Lang")
    cohort = make_cohort(make_organiser(doris))
    team = make_team(cohort, make_user("Ines"))
    for round_ in range(8):
        user = make_user(f"Person{round_}", "Zwetschge")
        member = team.members.create(first_name="P", last_name="Zwetschge", email=user.email)
        key = Invitation.make(user.email, member, by=None)[0].pk

        results = at_once(
            lambda key=key, pk=user.pk: Invitation.objects.get(pk=key).accept(User.objects.get(pk=pk)),
            lambda pk=user.pk: erase(User.objects.get(pk=pk), by=emil),
        )

        assert type(results[1]).__name__ == "Erased"
        assert not User.objects.filter(pk=user.pk).exists()
        member.refresh_from_db()
        assert (member.last_name, member.user) == ("Person", None)
