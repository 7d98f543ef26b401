"""The second factor of organisers, coaches and BAMF staff: needed on every way in, from the next request on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.account_steps import reset_second_factor
from accounts.models import BamfOffice, Event, Membership
from cohorts.models import CoachAssignment
from core.writes import Stale
from tests.builders import (
    PASSWORD,
    day,
    log_in,
    make_bamf,
    make_coach,
    make_cohort,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db

SECRET = base64.b32encode(b"only for these tests").decode()
EXPLANATION = "/konto/zweiter-faktor/"


def totp(secret: str = SECRET, at: float | None = None) -> str:
    """The code an app would show (RFC 6238: SHA-1, 30 seconds, six digits)."""
    counter = struct.pack(">Q", int((at or time.time()) // 30))
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def enrol(user):
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": SECRET})


def doris():
    user = make_user("Doris", "Lang")
    return user, make_organiser(user)


def carla():
    _, traeger = doris()
    user = make_user("Carla", "Weber")
    make_coach(make_cohort(traeger), user)
    return user


WAYS = {
    "organiser": lambda: doris()[0],
    "coach": carla,
    "bamf": make_bamf,
    "superuser": lambda: make_user("Emil", "Brandner", is_superuser=True),
}


def with_password(client, user):
    return client.post("/konto/login/", {"login": user.email, "password": PASSWORD}, follow=True)


def test_totp_matches_the_published_example():
    secret = base64.b32encode(b"12345678901234567890").decode()

    assert totp(secret, 59) == "287082"
    assert totp(secret, 1111111109) == "081804"


@pytest.mark.parametrize("who", WAYS)
@pytest.mark.parametrize("path", ["/uebersicht/", "/verwaltung/", "/projektschmieden/", "/verwaltung/jsi18n/"])
def test_without_a_factor_every_page_leads_to_the_explanation(client, who, path):
    user = WAYS[who]()
    client.force_login(user)

    response = client.get(path)

    assert (response.status_code, response.url) == (302, EXPLANATION)
    page = client.get(EXPLANATION)
    assert page.status_code == 200
    assert reverse("mfa_activate_totp") in page.text


@pytest.mark.parametrize("who", WAYS)
def test_password_alone_lets_nobody_of_staff_in(client, who):
    user = WAYS[who]()

    response = with_password(client, user)

    assert response.redirect_chain[-1][0] == EXPLANATION


@pytest.mark.parametrize("who", WAYS)
def test_password_then_code_lets_in(client, who):
    user = WAYS[who]()
    enrol(user)

    asked = with_password(client, user)
    assert asked.redirect_chain[-1][0] == "/konto/2fa/authenticate/"
    assert "_auth_user_id" not in client.session

    client.post("/konto/2fa/authenticate/", {"code": totp()})

    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get("/verwaltung/").status_code == (302 if who == "coach" else 200)


def test_a_wrong_code_does_not(client):
    user, _ = doris()
    enrol(user)
    with_password(client, user)

    client.post("/konto/2fa/authenticate/", {"code": "000000"})

    assert "_auth_user_id" not in client.session


def test_a_code_by_mail_then_totp_counts_as_two(client, django_capture_on_commit_callbacks):
    user, _ = doris()
    enrol(user)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/konto/login/code/", {"email": user.email})
    code = next(line for line in mail.outbox[0].body.splitlines() if len(line.replace("-", "")) == 8 and line.isupper())

    asked = client.post("/konto/login/code/confirm/", {"code": code}, follow=True)
    assert asked.redirect_chain[-1][0] == "/konto/2fa/authenticate/"
    client.post("/konto/2fa/authenticate/", {"code": totp()})

    assert client.get("/verwaltung/").status_code == 200


def test_a_recovery_code_counts(client):
    user, _ = doris()
    enrol(user)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    with_password(client, user)

    client.post("/konto/2fa/authenticate/", {"code": codes[0]})

    assert client.get("/verwaltung/").status_code == 200


def test_enrolling_in_this_session_is_enough(client):
    user, _ = doris()
    with_password(client, user)

    page = client.get("/konto/2fa/totp/activate/")
    assert page.status_code == 200, "the password was typed a moment ago, it is not asked for again"
    secret = page.context["form"].secret
    response = client.post("/konto/2fa/totp/activate/", {"code": totp(secret)})

    assert response.url == "/konto/2fa/recovery-codes/"
    assert client.get(response.url).status_code == 200
    assert client.get("/verwaltung/").status_code == 200


@pytest.mark.parametrize("typed", ["{0}", " {0} "])
def test_the_code_of_enrolling_does_not_let_in_once_more(client, typed):
    user, _ = doris()
    with_password(client, user)
    code = totp(client.get("/konto/2fa/totp/activate/").context["form"].secret)
    client.post("/konto/2fa/totp/activate/", {"code": typed.format(code)})
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()

    other = Client()
    with_password(other, user)
    other.post("/konto/2fa/authenticate/", {"code": code})

    assert "_auth_user_id" not in other.session


def test_a_role_counts_from_the_next_request(client):
    amina = make_user()
    traeger = make_organisation("Werkstatt", runs_cohorts=True)
    client.force_login(amina)
    assert client.get("/konto/").status_code == 200
    before = client.get("/uebersicht/")
    assert getattr(before, "url", "") != EXPLANATION

    Membership.objects.create(organisation=traeger, user=amina)

    assert client.get("/uebersicht/").url == EXPLANATION


def test_an_organisation_that_gets_the_right_to_run_cohorts_makes_its_members_staff(client):
    amina = make_user()
    verein = make_organisation()
    verein.join(amina)
    client.force_login(amina)
    assert getattr(client.get("/uebersicht/"), "url", "") != EXPLANATION

    verein.runs_cohorts = True
    verein.save()

    assert client.get("/uebersicht/").url == EXPLANATION


def test_participants_and_former_coaches_need_none(client):
    _, traeger = doris()
    cohort = make_cohort(traeger)
    amina, bilal = make_user(), make_user("Bilal", "Kaya")
    make_team(cohort, amina)
    make_coach(cohort, bilal, until=day(-1))

    for user in (amina, bilal):
        client.force_login(user)
        assert getattr(client.get("/uebersicht/"), "url", "") != EXPLANATION


def test_an_older_session_proves_itself_after_enrolment_elsewhere(client):
    user, _ = doris()
    client.force_login(user)
    enrol(user)

    response = client.get("/verwaltung/?a=1")

    assert response.url == "/konto/2fa/reauthenticate/?next=%2Fverwaltung%2F%3Fa%3D1"
    back = client.post("/konto/2fa/reauthenticate/", {"code": totp(), "next": "/verwaltung/"})
    assert back.url == "/verwaltung/"
    assert client.get("/verwaltung/").status_code == 200


def test_while_it_is_owed_nothing_of_the_account_can_be_changed(client):
    user, traeger = doris()
    client.force_login(user)
    enrol(user)

    for name in ("account_email", "account_change_password", "mfa_deactivate_totp", "accounts:profile"):
        assert client.get(reverse(name)).url.startswith("/konto/2fa/reauthenticate/"), name
    assert client.get(traeger.get_absolute_url()).url.startswith("/konto/2fa/reauthenticate/")


def test_while_enrolling_the_organisation_is_closed(client):
    user, traeger = doris()
    client.force_login(user)

    assert client.get(traeger.get_absolute_url()).url == EXPLANATION
    assert client.get("/konto/").status_code == 200
    assert client.get("/healthz").status_code == 200
    assert client.post("/konto/logout/").url == "/"


def test_what_was_proved_with_a_lost_device_proves_nothing(client):
    user, _ = doris()
    log_in(client, user)
    assert client.get("/verwaltung/").status_code == 200

    reset_second_factor(user, by=make_bamf())
    assert client.get("/verwaltung/").url == EXPLANATION

    enrol(user)
    assert client.get("/verwaltung/").url.startswith("/konto/2fa/reauthenticate/")


def test_turning_it_off_closes_the_pages_again(client):
    user, _ = doris()
    enrol(user)
    with_password(client, user)
    client.post("/konto/2fa/authenticate/", {"code": totp()})

    Authenticator.objects.filter(user=user).delete()

    assert client.get("/verwaltung/").url == EXPLANATION


def test_the_rule_costs_no_query_of_its_own(client, django_assert_num_queries):
    user, _ = doris()
    client.force_login(user)

    with django_assert_num_queries(2):  # session, person with the rule
        client.get("/verwaltung/")


def test_the_admin_has_no_login_of_its_own(client):
    response = client.get("/verwaltung/login/?next=/verwaltung/")

    assert response.url == "/konto/login/?next=%2Fverwaltung%2F"
    assert client.post("/verwaltung/login/", {"username": "doris@example.org", "password": PASSWORD}).status_code == 302


# Resetting


def reset_world():
    doris_, traeger = doris()
    cohort = make_cohort(traeger)
    carla_ = make_user("Carla", "Weber")
    make_coach(cohort, carla_)
    enrol(carla_)
    return doris_, carla_, cohort


def test_an_organiser_resets_for_a_coach_of_her_own_cohort(django_capture_on_commit_callbacks):
    doris_, carla_, _ = reset_world()

    with django_capture_on_commit_callbacks(execute=True):
        reset_second_factor(carla_, by=doris_)

    assert not Authenticator.objects.filter(user=carla_).exists()
    assert Event.objects.filter(what="person.second_factor_reset", by=doris_, record_id=str(carla_.pk)).count() == 1
    assert [message.to for message in mail.outbox] == [["carla@example.org"]]
    assert "Doris Lang" in mail.outbox[0].body


def test_nobody_else_does():
    doris_, carla_, cohort = reset_world()
    strange = make_user("Otto", "Fremd")
    make_organiser(strange, "Anderer Träger")
    amina = make_user()
    make_team(cohort, amina)

    for person in (strange, amina, carla_):
        with pytest.raises(PermissionDenied):
            reset_second_factor(carla_, by=person)
    with pytest.raises(PermissionDenied):
        reset_second_factor(doris_, by=doris_)
    assert Authenticator.objects.filter(user=carla_).exists()


def test_an_organiser_does_not_reset_staff_that_also_coach():
    doris_, _, cohort = reset_world()
    emil = make_bamf()
    make_coach(cohort, emil)
    enrol(emil)

    with pytest.raises(PermissionDenied):
        reset_second_factor(emil, by=doris_)


def test_a_former_coach_is_not_reset_by_the_organiser():
    doris_, carla_, cohort = reset_world()
    cohort.coach_assignments.update(until=day(-1))

    with pytest.raises(PermissionDenied):
        reset_second_factor(carla_, by=doris_)


def test_bamf_resets_for_anybody_but_oneself():
    doris_, _, _ = reset_world()
    emil, frida = make_bamf(), make_bamf("Frida", "Noll")
    enrol(doris_)
    enrol(emil)

    reset_second_factor(doris_, by=emil)
    reset_second_factor(emil, by=frida)

    assert not Authenticator.objects.filter(user__in=[doris_, emil]).exists()
    with pytest.raises(PermissionDenied):
        reset_second_factor(emil, by=emil)


def test_there_must_be_one_to_reset():
    user = make_user()

    with pytest.raises(Stale):
        reset_second_factor(user, by=make_bamf())
    assert Event.objects.filter(what="person.second_factor_reset").count() == 0


def test_leaving_the_bamf_group_ends_the_need(client):
    emil = make_bamf()
    client.force_login(emil)
    assert client.get("/uebersicht/").url == EXPLANATION

    emil.groups.remove(BamfOffice.get_or_make())

    assert getattr(client.get("/uebersicht/"), "url", "") != EXPLANATION


def test_an_assignment_that_ends_tomorrow_still_needs_one(client):
    _, traeger = doris()
    carla_ = make_user("Carla", "Weber")
    make_coach(make_cohort(traeger), carla_, until=day() + timedelta(days=1))
    client.force_login(carla_)

    assert client.get("/uebersicht/").url == EXPLANATION


@pytest.mark.parametrize("way", WAYS)
def test_without_it_a_person_finds_out_whom_to_ask_and_nothing_of_the_teams(client, way):
    user = WAYS[way]()
    client.force_login(user)
    page = client.get("/hilfe/")
    assert page.status_code == 200
    assert "Ihr zweiter Faktor fehlt noch." in page.text
    assert "Loggen Sie sich ein" not in page.text
    cohort = CoachAssignment.objects.of(user).first()
    assert ("Wer Ihnen beim zweiten Faktor hilft" in page.text) == (cohort is None)
    assert ("Wenn Sie als Coaching-Person eine Frage haben" in page.text) == (cohort is not None)
    assert "Ihre Coaching-Personen" not in page.text
    assert f'href="{reverse("help")}"' in client.get(EXPLANATION).text
