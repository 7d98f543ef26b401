"""Accounts arise only by accepting an invitation; its link opens a page, the act is a button, and happens once."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.invitations import invite
from accounts.models import BamfOffice, Event, Invitation, Membership, Message, User
from accounts.models.invitation import hashed
from core.writes import Stale
from tests.builders import (
    PASSWORD,
    log_in,
    make_bamf,
    make_cohort,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
    taken_now,
)

pytestmark = pytest.mark.django_db

NEW = {"first_name": "Amina", "last_name": "Haddad", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def invited(django_capture_on_commit_callbacks):
    """Invite somebody and return the link that the mail carries."""

    def invite_and_read(email="amina@example.org", target=None, by=None, **values):
        with django_capture_on_commit_callbacks(execute=True):
            invite(email, target or make_organisation(), by=by, **values)
        return re.search(r"/einladung/\S+", mail.outbox[-1].body).group()

    return invite_and_read


def test_there_is_no_sign_up_without_an_invitation(client):
    assert client.get("/konto/signup/").status_code == 404
    assert client.post("/konto/signup/", {"email": "amina@example.org", **NEW}).status_code == 404
    assert User.objects.count() == 0


def test_the_mail_says_who_invites_to_what(invited):
    doris, verein = make_user("Doris", "Lang"), make_organisation("Wasserturm e. V.")
    verein.join(doris)

    link = invited(target=verein, by=doris, name="Amina Haddad")

    message = mail.outbox[0]
    assert (message.to, message.subject) == (["amina@example.org"], "Einladung zur Projektschmiede")
    assert "Guten Tag Amina Haddad," in message.body
    assert "Doris Lang lädt Sie ein, bei „Wasserturm“ mitzumachen." in message.body
    assert link in message.body


def test_somebody_new_makes_an_account_and_has_accepted(client, invited):
    verein = make_organisation()
    link = invited(target=verein)

    page = client.get(link)
    assert page.status_code == 200
    assert "Konto anlegen" in page.text
    form = client.get("/konto/signup/")
    assert 'value="amina@example.org"' in form.text
    response = client.post("/konto/signup/", {"email": "andere@example.org", **NEW})

    assert response.url == "/uebersicht/"
    amina = User.objects.get()
    assert (amina.email, amina.get_full_name()) == ("amina@example.org", "Amina Haddad")
    assert client.session["_auth_user_id"] == str(amina.pk)
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == ("amina@example.org", True, True)
    assert [(member.user, member.role) for member in verein.memberships.all()] == [(amina, Membership.Role.RESPONSIBLE)]
    invitation = Invitation.objects.get()
    assert (invitation.accepted_by, invitation.is_open) == (amina, False)
    assert client.get("/konto/signup/").status_code == 302
    client.logout()
    assert client.get("/konto/signup/").status_code == 404


def test_the_new_account_can_log_in_again(client, invited):
    client.get(invited())
    client.post("/konto/signup/", NEW)
    client.post("/konto/logout/")

    client.post("/konto/login/", {"login": "AMINA@example.org", "password": PASSWORD})

    assert "_auth_user_id" in client.session


@pytest.mark.parametrize(("first", "last"), [("Suharto", ""), ("", "Suharto")])
def test_one_name_is_enough_to_sign_up(client, invited, first, last):
    client.get(invited())

    client.post("/konto/signup/", {**NEW, "first_name": first, "last_name": last})

    user = User.objects.get(email="amina@example.org")
    assert (str(user), user.get_short_name()) == ("Suharto", "Suharto")


def test_sign_up_needs_a_name_and_a_decent_password(client, invited):
    client.get(invited())

    page = client.post("/konto/signup/", {"first_name": " ", "password1": "1234", "password2": "1234"})

    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"first_name", "password1"}
    assert User.objects.count() == 0


def test_an_account_without_its_acceptance_is_not_made(client, invited):
    client.get(invited())
    form = client.get("/konto/signup/")
    assert form.status_code == 200
    Invitation.objects.update(revoked_at=timezone.now())

    assert client.post("/konto/signup/", NEW).status_code == 404
    assert User.objects.count() == 0


def test_opening_the_link_changes_nothing(client, invited):
    amina = make_user()
    verein = make_organisation()
    link = invited(target=verein)
    log_in(client, amina)

    for _ in range(2):
        assert client.get(link).status_code == 200

    assert verein.memberships.count() == 0
    assert Invitation.objects.get().is_open


def test_somebody_with_an_account_logs_in_and_presses_the_button(client, invited):
    amina = make_user()
    verein = make_organisation()
    link = invited(target=verein)

    page = client.get(link)
    assert f"/konto/login/?next={link}" in page.text
    assert "Konto anlegen" not in page.text
    assert client.get("/konto/signup/").status_code == 404, "the address has an account already"
    back = client.post("/konto/login/", {"login": amina.email, "password": PASSWORD, "next": link})
    assert back.url == link
    assert client.post(link).url == "/uebersicht/"

    assert [member.user for member in verein.memberships.all()] == [amina]


def test_logged_out_the_button_does_nothing(client, invited):
    link = invited()

    assert client.post(link).status_code == 200

    assert Invitation.objects.get().is_open


def test_accepted_under_another_address_the_account_gets_the_invited_one(client, invited):
    amina = make_user(email="privat@example.org")
    link = invited("verein@example.org")
    client.force_login(amina)

    page = client.get(link)
    assert "verein@example.org künftig auch zu Ihrem Konto" in page.text
    client.post(link)

    addresses = EmailAddress.objects.filter(user=amina).order_by("email").values_list("email", "verified", "primary")
    assert list(addresses) == [("privat@example.org", True, True), ("verein@example.org", True, False)]
    client.post("/konto/logout/")
    client.post("/konto/login/", {"login": "verein@example.org", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(amina.pk)


@pytest.mark.parametrize("further", [False, True])
def test_an_address_of_somebody_else_asks_for_a_new_invitation(client, invited, further):
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    if further:
        bilal.add_address("verein@example.org")
    link = invited("verein@example.org" if further else bilal.email)
    log_in(client, amina)

    page = client.get(link)
    assert "gehört zu einem anderen Konto" in page.text
    assert "Einladung annehmen" not in page.text
    assert client.post(link).url == link

    assert Invitation.objects.get().is_open
    assert amina.memberships.count() == 0


def test_an_unknown_token_is_404(client):
    assert client.get("/einladung/gibt-es-nicht/").status_code == 404
    assert client.post("/einladung/gibt-es-nicht/").status_code == 404


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"expires_at": lambda: timezone.now() - timedelta(minutes=1)}, "gilt nicht mehr"),
        ({"revoked_at": timezone.now}, "zurückgezogen"),
        ({"accepted_at": timezone.now}, "schon angenommen"),
    ],
)
def test_an_invitation_that_is_over_says_what_to_do(client, invited, change, says):
    amina = make_user()
    link = invited()
    Invitation.objects.update(**taken_now(change))

    for _ in range(2):
        page = client.get(link)
        assert page.status_code == 410
        assert says in page.text
        assert client.post(link).status_code == 410
        log_in(client, amina)
    assert amina.memberships.count() == 0


def test_a_target_that_is_gone_is_over(client, invited):
    verein = make_organisation()
    link = invited(target=verein)
    verein.delete()

    assert client.get(link).status_code == 410


def test_a_second_invitation_ends_the_first(client, invited):
    verein = make_organisation()
    first, second = invited(target=verein), invited("AMINA@example.org", target=verein)

    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200
    assert [invitation.is_open for invitation in Invitation.objects.order_by("invited_at")] == [False, True]


def test_the_token_is_kept_nowhere(client, invited):
    token = invited().split("/")[2]
    client.get(f"/einladung/{token}/")

    assert Invitation.objects.get().token_hash == hashed(token)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  our own table names
            assert token not in str(cursor.fetchall()), table
    assert token not in str(dict(client.session))


def test_until_it_is_sent_staff_do_not_see_the_token():
    invite("amina@example.org", make_organisation(), by=None)

    message = Message.objects.get()

    assert message.secret
    assert message.secret in message.text
    assert message.secret not in message.shown_text


def test_accepting_twice_happens_once(invited):
    amina = make_user()
    verein = make_organisation()
    invited(target=verein)
    invitation = Invitation.objects.get()

    invitation.accept(amina)

    with pytest.raises(Stale):
        Invitation.objects.get().accept(amina)
    assert Event.objects.filter(what="invitation.accepted").count() == 1


def test_what_was_revoked_meanwhile_is_not_accepted():
    amina, emil, verein = make_user(), make_bamf(), make_organisation()
    invitation = invite("amina@example.org", verein, by=emil)
    late = Invitation.objects.get()
    invitation.revoke(by=emil)

    with pytest.raises(Stale):
        late.accept(amina)
    assert verein.memberships.count() == 0


def test_bamf_staff_begin_with_a_command(client, django_capture_on_commit_callbacks):
    out = StringIO()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("invite_bamf", "Emil@example.org", stdout=out)

    link = re.search(r"http://\S+", out.getvalue()).group()
    assert link in mail.outbox[0].body
    client.get(link.removeprefix("http://127.0.0.1:8000"))
    client.post("/konto/signup/", {**NEW, "first_name": "Emil"})
    assert User.objects.get().is_bamf
    assert client.get("/verwaltung/").url == "/konto/zweiter-faktor/"


def test_the_command_refuses_what_is_no_address():
    with pytest.raises(CommandError):
        call_command("invite_bamf", "emil")
    assert Invitation.objects.count() == 0


def test_who_sees_invitations():
    doris, bilal, emil = make_user("Doris", "Lang"), make_user("Bilal", "Kaya"), make_bamf()
    traeger = make_organiser(doris)
    verein = make_organisation()
    verein.join(bilal)
    ours = invite("carla@example.org", traeger, by=emil)
    theirs = invite("amina@example.org", verein, by=bilal)
    office = invite("frida@example.org", BamfOffice.get_or_make(), by=emil)

    assert set(Invitation.objects.visible_to(doris)) == {ours}
    assert set(Invitation.objects.visible_to(bilal)) == {theirs}
    assert set(Invitation.objects.visible_to(emil)) == {ours, theirs, office}
    assert set(Invitation.objects.visible_to(make_user())) == set()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_people_with_one_link_race(at_once):
    for round_ in range(10):
        verein = make_organisation(f"Verein {round_}")
        first, second = make_user(f"Amina{round_}"), make_user(f"Bilal{round_}")
        invitation = invite(f"neu{round_}@example.org", verein, by=None)

        results = at_once(
            lambda pk=invitation.pk, user=first: Invitation.objects.get(pk=pk).accept(user),
            lambda pk=invitation.pk, user=second: Invitation.objects.get(pk=pk).accept(user),
        )

        assert sorted(str(type(result).__name__) for result in results) == ["NoneType", "Stale"]
        assert verein.memberships.count() == 1
        assert EmailAddress.objects.filter(email=f"neu{round_}@example.org").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_accepting_and_revoking_race(at_once):
    emil = make_bamf()
    for round_ in range(10):
        verein, amina = make_organisation(f"Verein {round_}"), make_user(f"Amina{round_}")
        key = invite(amina.email, verein, by=emil).pk

        results = at_once(
            lambda key=key, user=amina: Invitation.objects.get(pk=key).accept(user),
            lambda key=key: Invitation.objects.get(pk=key).revoke(by=emil),
        )

        assert sorted(type(result).__name__ for result in results) == ["NoneType", "Stale"]
        invitation = Invitation.objects.get(pk=key)
        assert (invitation.accepted_at is None) == (invitation.revoked_at is not None)
        assert verein.memberships.count() == (1 if invitation.accepted_at else 0)


def test_an_invitation_into_a_team_is_not_taken_back_by_the_page_of_organisations(client):
    """Whoever invited may have handed over the team since, and its place would go on to wait for an answer."""
    amina = make_user()
    team = make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina)
    team.add_member(by=amina, email="neu@example.org", role="reader", first_name="Neu")
    invitation = Invitation.objects.get()
    answer = log_in(client, amina).post(reverse("accounts:revoke", args=[invitation.pk]))
    assert answer.status_code == 404
    assert Invitation.objects.get().is_open


def test_an_organisation_sees_what_has_run_out_and_invites_again_or_takes_it_back(client):
    doris, lea = make_user("Doris", "Lang"), make_user("Lea", "Kern")
    verein = make_organisation()
    for person in (doris, lea):
        verein.join(person)
    for email in ("neu@example.org", "lea@example.org", "andere@example.org"):
        invite(email, verein, by=doris)
    Invitation.objects.exclude(email="andere@example.org").update(expires_at=timezone.now())
    log_in(client, doris)

    def page() -> str:
        return " ".join(strip_tags(client.get(verein.get_absolute_url()).text.replace("<", " <")).split())

    assert "neu@example.org Einladung abgelaufen Noch einmal einladen" in page()
    assert page().count("Einladung abgelaufen") == 1, "Lea is a member"
    assert page().count("Noch einmal einladen") == 1
    client.post(reverse("accounts:invite", args=[verein.pk]), {"email": "neu@example.org"})
    assert "Einladung abgelaufen" not in page()
    for invitation in Invitation.objects.filter(email="neu@example.org", revoked_at=None):
        client.post(reverse("accounts:revoke", args=[invitation.pk]))
    page()  # with the message
    assert "neu@example.org" not in page()
