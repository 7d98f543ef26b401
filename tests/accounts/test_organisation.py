"""One's own account page, and the organisation's: members, invitations, handing over, leaving."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from accounts.account_steps import deactivate
from accounts.erasing import erase
from accounts.models import Event, Invitation, Membership, Message, Organisation, User
from cohorts.models import TeamMember
from core.writes import Stale
from tests.builders import (
    log_in,
    make_application,
    make_bamf,
    make_coach,
    make_cohort,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
    write,
)

pytestmark = pytest.mark.django_db


def verein_of(*users, name="Nachbarschaft Wasserturm e. V."):
    verein = make_organisation(name)
    return verein, [verein.join(user) for user in users]


def post(client, membership, act):
    return client.post(f"/konto/mitglieder/{membership.pk}/{act}/", follow=True)


def test_the_first_to_join_is_responsible():
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    verein, members = verein_of(amina, bilal)

    assert [member.role for member in members] == ["responsible", "member"]
    assert verein.join(bilal) == members[1]
    assert verein.memberships.count() == 2


def test_the_profile_saves_only_what_was_changed(client):
    amina = make_user()
    log_in(client, amina)
    page = client.get("/konto/")
    assert page.status_code == 200
    User.objects.update(language="de", last_name="Haddad-Neu")

    data = {"first_name": "Amina", "last_name": "Haddad-Neu", "wants_news_mails": "on"}
    response = client.post("/konto/", data, follow=True)

    assert "Ihre Angaben sind gespeichert." in response.text
    amina.refresh_from_db()
    assert (amina.last_name, amina.wants_news_mails, amina.wants_review_mails) == ("Haddad-Neu", True, False)


def test_the_profile_keeps_what_was_typed(client):
    log_in(client, make_user())

    page = client.post("/konto/", {"first_name": "x" * 101, "last_name": "Sehr Neu"})

    assert page.status_code == 422
    assert 'value="Sehr Neu"' in page.text


@pytest.mark.parametrize(("first", "last", "status"), [("Suharto", "", 302), ("", "Suharto", 302), ("", "", 422)])
def test_the_profile_needs_one_name(client, first, last, status):
    user = make_user()
    log_in(client, user)

    assert client.post("/konto/", {"first_name": first, "last_name": last}).status_code == status

    user.refresh_from_db()
    assert str(user) == ("Suharto" if status == 302 else "Amina Haddad")


def test_members_see_the_page_strangers_do_not(client):
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    verein, _ = verein_of(amina)
    verein_of(bilal, name="Anderer Verein e. V.")

    assert client.get(verein.get_absolute_url()).url.startswith("/konto/login/")
    log_in(client, amina)
    assert client.get(verein.get_absolute_url()).status_code == 200
    log_in(client, bilal)
    assert client.get(verein.get_absolute_url()).status_code == 404
    assert client.get("/konto/organisation/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_only_the_responsible_person_edits_and_invites(client):
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    verein, _ = verein_of(amina, bilal)
    url = verein.get_absolute_url()

    log_in(client, bilal)
    page = client.get(url)
    assert "Angaben bearbeiten" not in page.text
    assert client.get(f"{url}bearbeiten/").status_code == 403
    assert client.post(f"{url}einladen/", {"email": "neu@example.org"}).status_code == 403
    log_in(client, amina)
    assert client.post(f"{url}bearbeiten/", {"name": "Wasserturm e. V."}).status_code == 302
    assert client.post(f"{url}einladen/", {"email": "neu@example.org"}).status_code == 302

    assert Organisation.objects.get(pk=verein.pk).name == "Wasserturm e. V."
    assert Invitation.objects.get().email == "neu@example.org"
    assert Message.objects.get().email == "neu@example.org"


def test_nobody_gives_themselves_the_right_to_run_cohorts(client):
    amina = make_user()
    verein, _ = verein_of(amina)
    log_in(client, amina)

    client.post(f"{verein.get_absolute_url()}bearbeiten/", {"name": verein.name, "runs_cohorts": "on"})

    assert not Organisation.objects.get(pk=verein.pk).runs_cohorts


def test_a_wrong_address_is_told_beside_the_field(client):
    amina = make_user()
    verein, _ = verein_of(amina)
    log_in(client, amina)

    page = client.post(f"{verein.get_absolute_url()}einladen/", {"email": "neu@", "name": "Neue Person"})

    assert page.status_code == 422
    assert 'value="Neue Person"' in page.text
    assert Invitation.objects.count() == 0


def test_an_invitation_is_taken_back_by_those_who_may_invite(client):
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    verein, _ = verein_of(amina, bilal)
    log_in(client, amina)
    client.post(f"{verein.get_absolute_url()}einladen/", {"email": "neu@example.org"})
    invitation = Invitation.objects.get()
    url = f"/konto/einladungen/{invitation.pk}/zuruecknehmen/"

    log_in(client, bilal)
    assert client.post(url).status_code == 404
    log_in(client, amina)
    assert client.get(url).status_code == 405
    assert client.post(url).url == verein.get_absolute_url()
    assert "gilt schon nicht mehr" in client.post(url, follow=True).text

    invitation.refresh_from_db()
    assert invitation.revoked_at


def test_handing_over(client):
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    _, (first, second) = verein_of(amina, bilal)

    log_in(client, bilal)
    assert post(client, second, "verantwortung").status_code == 403
    log_in(client, amina)
    page = post(client, second, "verantwortung")

    assert "Bilal Kaya ist jetzt verantwortlich." in page.text
    assert list(Membership.objects.order_by("joined_at").values_list("role", flat=True)) == ["member", "responsible"]
    assert Event.objects.filter(what="membership.handed_over", by=amina, record_id=str(first.pk)).count() == 1
    told = dict(Message.objects.values_list("email", "text"))
    assert set(told) == {"amina@example.org", "bilal@example.org"}
    assert "Sie sind jetzt für „Nachbarschaft Wasserturm“ verantwortlich." in told["bilal@example.org"]
    assert "Bilal Kaya ist jetzt für „Nachbarschaft Wasserturm“ verantwortlich." in told["amina@example.org"]


def test_a_page_shows_what_handing_over_means(client):
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    verein, (_first, second) = verein_of(amina, bilal)
    url = reverse("accounts:hand_over", args=[second.pk])
    assert log_in(client, bilal).get(url).status_code == 403
    assert f'href="{url}"' in log_in(client, amina).get(verein.get_absolute_url()).text

    text = " ".join(client.get(url).text.split())

    for said in (
        "Bilal Kaya ist dann für „Nachbarschaft Wasserturm“ verantwortlich: ändert die Angaben, lädt Menschen ein und entfernt sie.",
        "Sie sind dann Mitglied: Sie sehen die Angaben, ändern sie aber nicht mehr.",
        "An Ihren Rollen in Teams ändert sich nichts.",
        "Zurückgeben kann es Ihnen nur Bilal Kaya oder das BAMF.",
        "Die Verantwortung ist übergeben",
        "Ja, übergeben",
    ):
        assert said in text, said
    assert Membership.objects.get(user=amina).role == "responsible"
    assert not Message.objects.exists()


def test_being_entrusted_is_told_to_all_who_are_responsible():
    amina, bilal, carla = make_user(), make_user("Bilal", "Kaya"), make_user("Carla", "Weber")
    verein, (_mine, theirs, _hers) = verein_of(amina, bilal, carla)

    verein.entrust(theirs, by=make_bamf())

    assert set(Message.objects.values_list("email", flat=True)) == {"amina@example.org", "bilal@example.org"}
    assert "Das hat Emil Brandner eingetragen." in Message.objects.first().text


def test_handing_over_to_oneself_or_a_stranger_changes_nothing():
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    _, (mine,) = verein_of(amina)
    _, (theirs,) = verein_of(bilal, name="Anderer Verein e. V.")

    for to in (mine, theirs):
        with pytest.raises(Stale):
            mine.hand_over(to, by=amina)
    assert set(Membership.objects.values_list("role", flat=True)) == {"responsible"}


def test_the_last_responsible_person_cannot_leave(client):
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    verein, (mine, _) = verein_of(amina, bilal)
    log_in(client, amina)

    page = post(client, mine, "verlassen")

    assert "Übergeben Sie die Verantwortung" in page.text
    assert verein.memberships.count() == 2


def test_a_member_leaves(client):
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    verein, (mine, theirs) = verein_of(amina, bilal)
    log_in(client, bilal)

    assert post(client, mine, "verlassen").status_code == 403
    assert post(client, mine, "entfernen").status_code == 403
    post(client, theirs, "verlassen")

    assert [member.user for member in verein.memberships.all()] == [amina]
    assert client.get(verein.get_absolute_url()).status_code == 404


def test_the_responsible_person_removes_a_member(client):
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    verein, (_, theirs) = verein_of(amina, bilal)
    log_in(client, amina)

    page = post(client, theirs, "entfernen")

    assert "Bilal Kaya gehört nicht mehr dazu." in page.text
    assert [member.user for member in verein.memberships.all()] == [amina]
    assert post(client, theirs, "entfernen").status_code == 404
    told = dict(Message.objects.values_list("email", "subject"))
    assert told == {
        "bilal@example.org": "Sie gehören nicht mehr zu „Nachbarschaft Wasserturm“",
        "amina@example.org": "Bilal Kaya gehört nicht mehr zu „Nachbarschaft Wasserturm“",
    }


def test_with_two_responsible_one_may_leave_the_other_not():
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    verein, (first, second) = verein_of(amina, bilal)
    verein.entrust(second, by=make_bamf())

    first.leave(by=amina)

    with pytest.raises(Stale):
        Membership.objects.get(pk=second.pk).leave(by=bilal)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_last_two_responsible_people_do_not_both_leave(at_once):
    emil = make_bamf()
    for round_ in range(10):
        amina, bilal = make_user(f"Amina{round_}"), make_user(f"Bilal{round_}")
        verein, (first, second) = verein_of(amina, bilal, name=f"Verein {round_}")
        verein.entrust(second, by=emil)

        results = at_once(
            lambda pk=first.pk, by=amina: Membership.objects.get(pk=pk).leave(by=by),
            lambda pk=second.pk, by=bilal: Membership.objects.get(pk=pk).leave(by=by),
        )

        assert sorted(type(result).__name__ for result in results) == ["NoneType", "Stale"]
        assert verein.memberships.responsible().count() == 1


# Erasing


def test_erasing_a_person_keeps_what_they_did():
    emil, doris, amina = make_bamf(), make_user("Doris", "Lang"), make_user()
    cohort = make_cohort(make_organiser(doris))
    team = make_team(cohort, amina)
    application = make_application(team)
    draft = write(application, "s1", "Unser Text", by=amina)
    Event.record("test.done", team, by=amina)
    Authenticator.objects.create(user=amina, type="totp", data={})
    people = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=emil, content_type=people, object_id=str(amina.pk), object_repr="Amina Haddad", action_flag=CHANGE
    )

    erase(amina, by=emil)

    assert not User.objects.filter(email="amina@example.org").exists()
    draft.refresh_from_db()
    assert (draft.value.text, draft.by) == ("Unser Text", None)
    revision = draft.revisions.get()
    assert revision.by is None
    assert Event.objects.get(what="test.done").by is None
    assert Event.objects.get(what="person.erased").by == emil
    member = TeamMember.objects.get(team=team)
    assert member.user is None
    assert LogEntry.objects.get().object_repr == "gelöschte Person"


def test_erasing_leaves_no_name_or_address_behind():
    emil, doris = make_bamf(), make_user("Doris", "Lang")
    amina = make_user("Zuleika", "Sonnenschein")
    cohort = make_cohort(make_organiser(doris))
    team = make_team(cohort, amina)
    Organisation.objects.filter(pk=team.organisation_id).update(
        contact_name="Zuleika Sonnenschein", contact_email="zuleika@example.org"
    )
    Message.objects.create(
        key="k", email="zuleika@example.org", user=amina, kind="k", subject="Zuleika", text="Zuleika"
    )

    erase(amina, by=emil)

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  our own table names
            rows = str(cursor.fetchall()).lower()
            assert "zuleika" not in rows, table
            assert "sonnenschein" not in rows, table


def test_an_organisation_whose_responsible_person_is_erased_gets_the_longest_member():
    emil, amina, bilal, carla = make_bamf(), make_user(), make_user("Bilal", "Kaya"), make_user("Carla", "Weber")
    verein, _ = verein_of(amina, bilal, carla)

    erase(amina, by=emil)

    assert [(member.user, member.role) for member in verein.memberships.order_by("joined_at")] == [
        (bilal, "responsible"),
        (carla, "member"),
    ]


def test_erasing_is_for_bamf_staff_and_never_for_oneself():
    emil, doris, amina = make_bamf(), make_user("Doris", "Lang"), make_user()
    make_organiser(doris)

    for person, by in ((amina, doris), (amina, amina), (emil, emil)):
        with pytest.raises(PermissionDenied):
            erase(person, by=by)
    assert User.objects.count() == 3


def test_a_closed_account_is_out_at_once(client):
    amina = make_user()
    log_in(client, amina)
    assert client.get("/konto/").status_code == 200

    deactivate(amina, by=make_bamf())

    assert client.get("/konto/").url.startswith("/konto/login/")
    with pytest.raises(Stale):
        deactivate(amina, by=User.objects.get(email="emil@example.org"))


def test_only_those_whom_teams_ask_give_a_number(client):
    doris, carla, amina = make_user("Doris", "Lang"), make_user("Carla", "Weber"), make_user()
    make_coach(make_cohort(make_organiser(doris)), carla)

    def asked(user):
        log_in(client, user)
        return [name in client.get("/konto/").text for name in ('name="phone"', 'name="phone_hours"')]

    assert [asked(user) for user in (doris, carla, amina)] == [[True, True], [True, True], [False, False]]


def test_a_coach_says_when_she_can_be_called(client):
    carla = make_user("Carla", "Weber")
    make_coach(make_cohort(make_organiser(make_user("Doris", "Lang"))), carla)
    log_in(client, carla)
    data = {"first_name": "Carla", "last_name": "Weber", "phone": "0171 39200 63"}

    assert client.post("/konto/", data | {"phone_hours": "x" * 101}).status_code == 422
    assert client.post("/konto/", data | {"phone_hours": "  Montag,\u202e 16 bis 19 Uhr "}).status_code == 302

    carla.refresh_from_db()
    assert (carla.phone, carla.phone_hours) == ("0171 39200 63", "Montag, 16 bis 19 Uhr")
