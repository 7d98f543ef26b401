"""What staff do in the admin with people, organisations, invitations, mails and the audit trail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.admin.templatetags import admin_urls
from django.contrib.admin.views.main import ChangeList
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.invitations import invite
from accounts.models import BamfOffice, Event, Invitation, LastRun, Membership, Message, Organisation, User
from cohorts.models import Team
from core.words import short_day
from core.writes import Stale
from tests.accounts.admin_world import act, change, changelist, world
from tests.builders import (
    day,
    log_in,
    make_coach,
    make_cohort,
    make_user,
)
from tests.forms import agree

pytestmark = pytest.mark.django_db
__all__ = ["world"]


# Organisations


def test_bamf_gives_and_takes_the_right_to_run_cohorts(client, world):
    verein = world.team.organisation
    log_in(client, world.emil)
    page = client.get(change(verein))
    assert "Darf Projektschmieden durchführen" in page.text
    assert "Darf keine" not in page.text

    asked = act(client, verein, "let_run").text
    assert not Organisation.objects.get(pk=verein.pk).runs_cohorts
    act(client, verein, "let_run", _asked="1")
    assert Organisation.objects.get(pk=verein.pk).runs_cohorts
    asked_again = act(client, verein, "end_running").text
    assert Organisation.objects.get(pk=verein.pk).runs_cohorts
    act(client, verein, "end_running", _asked="1")

    assert "Wer dazugehört: Amina Haddad." in asked
    assert "entscheiden über Anmeldungen" in asked
    assert "nimmt selbst mit einem Team teil, an „Eigene Projektschmiede“. Ist es die richtige?" in asked
    assert "noch gibt es von dieser Organisation keine" in asked_again
    assert "ihre Teams und Vorhaben bleiben" not in asked_again
    assert not Organisation.objects.get(pk=verein.pk).runs_cohorts
    assert list(Event.objects.filter(record_id=str(verein.pk)).order_by("at").values_list("what", flat=True)) == [
        "organisation.runs_cohorts",
        "organisation.runs_no_cohorts",
    ]


def test_people_of_a_traeger_are_told_of_the_right_and_of_its_end(client, world):
    verein = world.team.organisation
    log_in(client, world.emil)

    asked = act(client, verein, "let_run").text
    assert "Amina Haddad legt Projektschmieden an" in asked
    assert "Eine Person bekommt diese E-Mail" in asked
    verein.let_run_cohorts(by=world.emil)
    make_cohort(verein, world.cohort.call, begins_on=day(-400), ends_on=day(-200))
    ended = act(client, verein, "end_running").text
    assert "Die Projektschmieden selbst, ihre Teams und Vorhaben bleiben, wie sie sind." in ended
    assert "Amina Haddad sieht die Projektschmieden der Organisation und ihre Teams nicht mehr" in ended
    assert "Eine Person bekommt diese E-Mail" in ended
    verein.end_running(by=world.emil)

    told = {mail.kind: mail for mail in Message.objects.filter(email="amina@example.org")}
    given, taken = told["organisation_runs_cohorts"], told["organisation_runs_no_cohorts"]
    assert given.subject == f"„{verein.title}“ darf jetzt Projektschmieden durchführen"
    assert "zweiten Faktor" in given.text
    assert "Emil Brandner" in given.text
    assert taken.subject == f"„{verein.title}“ führt keine Projektschmieden mehr durch"
    assert "Ihr Konto bleibt" in taken.text


def test_a_traeger_without_people_says_that_nobody_is_there_yet(client, world):
    verein = world.team.organisation
    verein.memberships.all().delete()
    log_in(client, world.emil)

    asked = act(client, verein, "let_run").text
    assert "Noch niemand: Zu dieser Organisation gehört niemand." in asked
    assert "Wer eine Einladung annimmt, legt Projektschmieden an" in asked
    assert "Diese Personen" not in asked
    assert "Es wird keine E-Mail verschickt." in asked
    verein.let_run_cohorts(by=world.emil)
    ended = act(client, verein, "end_running").text

    assert "Noch niemand: Zu dieser Organisation gehört niemand." in ended
    assert "Diese Personen" not in ended
    assert not Message.objects.filter(kind__startswith="organisation_runs").exists()


def test_the_right_stays_while_a_cohort_would_be_without_organiser(client, world):
    log_in(client, world.emil)

    for asked in ({}, {"_asked": "1"}):
        answer = act(client, world.ours, "end_running", **asked)
        (message,) = answer.context["messages"]
        assert str(message) == (
            "Eigener Träger gGmbH: Diese Projektschmieden sind noch nicht vorbei und hätten dann niemanden, der sie "
            f"organisiert: Eigene Projektschmiede (bis {short_day(world.cohort.ends_on)}). Nach dem letzten Tag geht es, "
            "oder wenn der Träger sie absagt."
        )
    with pytest.raises(Stale, match="Eigene Projektschmiede"):
        world.ours.end_running(by=world.emil)
    assert Organisation.objects.get(pk=world.ours.pk).runs_cohorts
    assert not Event.objects.filter(what="organisation.runs_no_cohorts").exists()

    world.cohort.cancel(by=world.doris)
    Organisation.objects.get(pk=world.ours.pk).end_running(by=world.emil)
    assert not Organisation.objects.get(pk=world.ours.pk).runs_cohorts


@pytest.mark.parametrize("number", [1, 50])
def test_asking_about_the_right_costs_the_same_for_one_member_and_fifty(
    client, world, number, django_assert_num_queries
):
    verein = world.team.organisation
    verein.memberships.all().delete()
    for place in range(number):
        person = make_user(f"Person {place}", email=f"p{place}@example.org")
        Membership.objects.create(organisation=verein, user=person, role=Membership.Role.MEMBER)
    log_in(client, world.emil)

    act(client, verein, "let_run")
    with django_assert_num_queries(31):  # the step is done and undone, to show what it does
        act(client, verein, "let_run")


def test_organisers_read_organisations_and_change_none(client, world):
    verein = world.team.organisation
    log_in(client, world.doris)

    assert client.get(change(verein)).status_code == 200
    assert client.get(changelist(Organisation) + "add/").status_code == 403
    assert client.post(change(verein), {"name": "Umbenannt"}).status_code == 403
    assert act(client, verein, "let_run").status_code == 403
    assert not Organisation.objects.get(pk=verein.pk).runs_cohorts


def test_bamf_makes_an_organisation(client, world):
    log_in(client, world.emil)
    page = client.get(changelist(Organisation) + "add/")
    assert page.status_code == 200
    data = {"name": "Neuer Träger gGmbH", "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}

    response = client.post(changelist(Organisation) + "add/", data | {"runs_cohorts": "on"})

    assert response.status_code == 302
    assert not Organisation.objects.get(name="Neuer Träger gGmbH").runs_cohorts


def test_bamf_entrusts_a_member(client, world):
    verein = world.team.organisation
    member = verein.memberships.get(user=world.amina)
    log_in(client, world.emil)

    page = act(client, verein, "hand_over", _asked="1", to=str(member.pk))

    assert "Die Verantwortung ist übergeben." in page.text
    assert Membership.objects.get(pk=member.pk).role == "responsible"


# People


def test_bamf_closes_and_opens_an_account(client, world):
    log_in(client, world.emil)

    act(client, world.amina, "deactivate", _asked="1")
    assert not User.objects.get(pk=world.amina.pk).is_active
    act(client, world.amina, "activate")

    assert User.objects.get(pk=world.amina.pk).is_active


def test_bamf_resets_a_second_factor_after_asking(client, world):
    Authenticator.objects.create(user=world.carla, type="totp", data={})
    log_in(client, world.emil)

    assert "Nur wenn Sie sicher sind" in act(client, world.carla, "reset_second_factor").text
    assert Authenticator.objects.filter(user=world.carla).exists()
    page = act(client, world.carla, "reset_second_factor", _asked="1")

    assert "Der zweite Faktor ist zurückgesetzt" in page.text
    assert not Authenticator.objects.filter(user=world.carla).exists()


def test_an_organiser_resets_the_second_factor_of_her_coach(client, world):
    for person in (world.carla, world.emil):
        Authenticator.objects.get_or_create(user=person, type="totp", defaults={"data": {}})
    also_bamf = make_coach(world.cohort, world.emil)
    foreign = make_coach(world.foreign, make_user("Gerd", "Meier"))
    log_in(client, world.doris)

    assert "Rufen Sie sie im Zweifel an" in act(client, world.coach, "reset_second_factor").text
    page = act(client, world.coach, "reset_second_factor", _asked="1")
    assert "Der zweite Faktor ist zurückgesetzt" in page.text
    refused = act(client, also_bamf, "reset_second_factor", _asked="1")
    assert "nur das BAMF kann ihn zurücksetzen" in refused.text
    assert act(client, foreign, "reset_second_factor", _asked="1").status_code == 404

    assert not Authenticator.objects.filter(user=world.carla).exists()
    assert Authenticator.objects.filter(user=world.emil).exists()


def test_bamf_erases_a_person_after_asking(client, world):
    log_in(client, world.emil)

    assert act(client, world.amina, "erase", _asked="1").status_code == 422
    page = act(client, world.amina, "erase", _asked="1", sure="on")

    assert "gelöscht" in page.text
    assert not User.objects.filter(pk=world.amina.pk).exists()
    assert Team.objects.filter(pk=world.team.pk).exists()


def test_nobody_does_it_to_oneself(client, world):
    log_in(client, world.emil)

    for name in ("deactivate", "erase", "reset_second_factor"):
        act(client, world.emil, name, _asked="1", sure="on")
        act_in_list = {
            "action": name,
            "_selected_action": str(world.emil.pk),
            "index": "0",
            "_asked": "1",
            "sure": "on",
        }
        client.post(changelist(User), act_in_list)

    world.emil.refresh_from_db()
    assert world.emil.is_active
    assert Authenticator.objects.filter(user=world.emil).exists()


def test_bamf_invites_a_colleague_and_lets_her_go(client, world):
    log_in(client, world.emil)
    assert client.get(changelist(Invitation) + "add/").status_code == 200

    assert client.post(changelist(Invitation) + "add/", {"email": "frida@"}).status_code == 200
    response = agree(client, client.post(changelist(Invitation) + "add/", {"email": "Frida@example.org"}))

    assert response.status_code == 200
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.target, invitation.invited_by) == (
        "frida@example.org",
        BamfOffice.get_or_make(),
        world.emil,
    )
    assert Message.objects.get().email == "frida@example.org"
    frida = make_user("Frida", "Noll")
    invitation.accept(frida)
    assert User.objects.get(pk=frida.pk).is_bamf
    act(client, frida, "end_office", _asked="1")
    assert not User.objects.get(pk=frida.pk).is_bamf
    log_in(client, world.doris)
    assert client.get(changelist(Invitation) + "add/").status_code == 403


def test_people_cannot_be_changed_or_made_here(client, world):
    log_in(client, world.emil)

    assert client.get(changelist(User) + "add/").status_code == 403
    assert client.post(change(world.amina), {"email": "boese@example.org"}).status_code == 403


# Messages, events, runs


def message(**fields):
    number = Message.objects.count()
    return Message.objects.create(
        key=str(number),
        email=f"nr{number}@example.org",
        kind="k",
        subject=f"Betreff {number}",
        text="Der Text",
        **fields,
    )


def test_messages_that_need_care_come_first(client, world):
    failed = message(failed_at=timezone.now(), cohort_id=world.cohort.pk)
    unclear = message(claimed_at=timezone.now() - timedelta(hours=1), cohort_id=world.cohort.pk)
    sent = message(sent_at=timezone.now(), cohort_id=world.cohort.pk)
    foreign = message(failed_at=timezone.now(), cohort_id=world.foreign.pk)
    login_code = message(failed_at=timezone.now())
    log_in(client, world.doris)

    assert set(client.get(changelist(Message)).context["cl"].queryset) == {failed, unclear}
    assert set(client.get(changelist(Message), {"stand": "alle"}).context["cl"].queryset) == {failed, unclear, sent}
    log_in(client, world.emil)
    assert foreign not in set(client.get(changelist(Message)).context["cl"].queryset)
    assert set(client.get(changelist(Message)).context["cl"].queryset) == {login_code}


def test_a_message_of_a_cohort_is_read_by_its_organiser_only(client, world):
    ours = message(failed_at=timezone.now(), cohort_id=world.cohort.pk)
    log_in(client, world.doris)
    assert "Der Text" in client.get(change(ours)).text
    for person in (world.emil, world.otto):
        log_in(client, person)
        assert client.get(change(ours)).status_code == 404


def test_tokens_are_not_shown(client, world):
    invite("frida@example.org", BamfOffice.get_or_make(), by=world.emil)
    secret = Message.objects.get().secret
    Message.objects.update(failed_at=timezone.now())
    log_in(client, world.emil)

    page = client.get(change(Message.objects.get()))

    assert "/einladung/…/" in page.text
    assert secret not in page.text


def test_sending_again_from_list_and_form(client, world):
    first = message(failed_at=timezone.now(), cohort_id=world.cohort.pk)
    second = message(failed_at=timezone.now(), cohort_id=world.cohort.pk)
    sent = message(sent_at=timezone.now(), cohort_id=world.cohort.pk)
    log_in(client, world.doris)

    assert "Noch einmal senden" in client.get(change(first)).text
    assert "Noch einmal senden" not in client.get(change(sent)).text
    act(client, first, "send_again")
    rows = {"action": "send_again", "_selected_action": [str(second.pk), str(sent.pk)], "index": "0"}
    page = client.post(changelist(Message) + "?stand=alle", rows, follow=True)

    assert "Betreff 1: Die Nachricht wird noch einmal gesendet." in page.text
    assert "Betreff 2: Nur was gescheitert oder unklar ist" in page.text
    assert Message.objects.filter(failed_at=None, sent_at=None).count() == 2


def test_events_are_read_by_whom_they_concern_and_changed_by_nobody(client, world):
    ours = Event.record("test.ours", world.cohort, by=world.doris)
    theirs = Event.record("test.theirs", world.foreign, by=world.otto)
    log_in(client, world.doris)

    page = client.get(changelist(Event))
    assert ours in page.context["cl"].queryset
    assert theirs not in page.context["cl"].queryset
    assert client.get(change(ours)).status_code == 200
    assert client.get(change(theirs)).status_code == 404
    assert client.post(change(ours), {"what": "anders"}).status_code == 403
    assert client.get(change(ours).replace("/change/", "/delete/")).status_code == 403
    assert "delete_selected" not in page.text
    for spoil in (ours.delete, ours.save, Event.objects.all().delete, lambda: Event.objects.update(what="x")):
        with pytest.raises(TypeError):
            spoil()


def test_all_staff_see_the_last_runs(client, world):
    LastRun.note_run("E-Mails senden", "3 gesendet")
    for person in (world.doris, world.emil):
        log_in(client, person)
        assert "3 gesendet" in client.get(changelist(LastRun)).text


@pytest.mark.parametrize("name", ["Verein <b>„Brücke“</b> & Söhne", 'Mit "Anführung"'])
def test_checkbox_of_a_row_is_djangos_own(name):
    row = Organisation(name=name)
    own = admin.site.get_model_admin(Organisation)

    assert own.action_checkbox(row) == ModelAdmin.action_checkbox(own, row)


def test_links_of_a_filtered_list_are_djangos_own_and_lead_back_to_it(client, world, monkeypatch):
    log_in(client, world.doris)
    asked = []
    with monkeypatch.context() as patch:
        patch.setattr(admin_urls, "resolve", lambda path: asked.append(path) or resolve(path))
        page = client.get(changelist(Team), {"withdrawn_at__isnull": "True"})
    assert asked == [reverse("admin:cohorts_team_add")]  # no row asks where it leads, the one button does
    shown = page.context["cl"]
    kept = {"preserved_filters": "_changelist_filters=withdrawn_at__isnull%3DTrue", "opts": shown.opts}
    own = [admin_urls.add_preserved_filters(kept, ChangeList.url_for_result(shown, row)) for row in shown.result_list]
    assert own
    assert [shown.url_for_result(row) for row in shown.result_list] == own
    assert all(escape(address) in page.text for address in own)


def test_a_question_has_the_styles_of_its_calendars(client, world):
    log_in(client, world.doris)

    page = act(client, world.coach, "enter_absence")

    assert page.context["title"] == "Abwesenheit eintragen"
    assert "admin/css/widgets" in page.text
