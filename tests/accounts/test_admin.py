"""The admin shows and does only what `visible_to` and `MAY` say, on every page, with data that could leak."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.admin import PortalModelAdmin, PortalTabularInline
from accounts.admin.scope import what_goes_too
from accounts.invitations import invite
from accounts.models import BamfOffice, Event, Invitation, LastRun, Membership, Message, Organisation, User
from applications.models import Application
from cohorts.models import CoachAssignment, Cohort, Team, TeamMember
from tests.builders import (
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


class World:
    """Two Träger with a cohort and a team each; Doris organises one, Otto the other; Emil is BAMF staff."""

    def __init__(self):
        self.doris, self.otto, self.emil = make_user("Doris", "Lang"), make_user("Otto", "Fremd"), make_bamf()
        self.ours = make_organiser(self.doris, "Eigener Träger gGmbH")
        self.theirs = make_organiser(self.otto, "Fremder Träger gGmbH")
        self.cohort = make_cohort(self.ours, title="Eigene Projektschmiede")
        self.foreign = make_cohort(self.theirs, title="Fremde Projektschmiede", call=self.cohort.call)
        self.amina, self.bilal, self.carla = make_user(), make_user("Bilal", "Kaya"), make_user("Carla", "Weber")
        self.coach = make_coach(self.cohort, self.carla)
        self.team = make_team(self.cohort, self.amina, organisation=make_organisation("Eigener Verein e. V."))
        self.other_team = make_team(self.foreign, self.bilal, organisation=make_organisation("Fremder Verein e. V."))


@pytest.fixture
def world():
    return World()


def change(record):
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def changelist(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def admin_of(model):
    return admin.site.get_model_admin(model)


def request_of(user, path="/verwaltung/"):
    request = RequestFactory().get(path)
    request.user = User.objects.get(pk=user.pk)
    request.resolver_match = None
    return request


def act(client, record, action, **data):
    """Choose an action on the record's form, as a browser would."""
    data = {"CHANGE_FORM-action": action, "_selected_action": str(record.pk), **data}
    return client.post(change(record), data, follow=True)


def without_tokens(text):
    """A page without what differs each time: tokens and its own address."""
    return re.sub(r'value="[^"]*"', "", text)


# Who may enter


def test_every_page_of_the_admin_is_built_on_the_base():
    strange = [model for model, page in admin.site._registry.items() if not isinstance(page, PortalModelAdmin)]

    assert strange == []


def test_drafts_and_what_hangs_on_them_are_never_registered():
    never = {
        "draft",
        "revision",
        "attachment",
        "sectionnote",
        "reading",
        "readingitem",
        "remark",
        "reply",
        "submissionfile",
    }

    assert {model._meta.model_name for model in admin.site._registry} & never == set()


def test_participants_and_coaches_do_not_enter(client, world):
    for person in (world.amina, world.carla):
        log_in(client, person)
        assert client.get("/verwaltung/").status_code == 302
        assert client.get(changelist(Organisation)).status_code == 302


def test_flags_and_permissions_of_django_decide_nothing(client, world):
    world.amina.user_permissions.set(Permission.objects.all())
    log_in(client, world.amina)

    assert client.get(change(world.ours)).status_code == 302


def test_the_menu_shows_each_only_their_own(client, world):
    log_in(client, world.doris)
    doris = client.get("/verwaltung/").text
    log_in(client, world.emil)
    emil = client.get("/verwaltung/").text

    assert changelist(User) not in doris
    assert changelist(Invitation) not in doris
    assert changelist(User) in emil
    assert changelist(Organisation) in doris
    assert changelist(Organisation) in emil


def test_modules_of_others_are_closed(client, world):
    log_in(client, world.doris)

    for url in (changelist(User), change(world.amina), changelist(Invitation)):
        assert client.get(url).status_code == 403


# What is seen


@pytest.mark.parametrize("model", [Organisation, Cohort, Team, TeamMember, CoachAssignment])
def test_lists_hold_what_is_visible(client, world, model):
    if not admin.site.is_registered(model):
        pytest.fail(f"{model} is not registered")
    log_in(client, world.doris)

    page = client.get(changelist(model))

    assert page.status_code == 200
    assert "Fremd" not in page.text
    assert "Bilal" not in page.text
    rows = page.context["cl"].queryset
    assert set(rows) == set(model.objects.visible_to(world.doris))


def test_unknown_and_foreign_answer_alike(client, world):
    log_in(client, world.doris)
    for model, foreign in [
        (Cohort, world.foreign),
        (Team, world.other_team),
        (Organisation, world.other_team.organisation),
    ]:
        base = changelist(model)
        for page in ("change/", "history/", "delete/"):
            answers = [client.get(f"{base}{pk}/{page}") for pk in (foreign.pk, model().pk, "quatsch")]
            assert len({(answer.status_code, without_tokens(answer.text)) for answer in answers}) == 1, (model, page)
            assert answers[0].status_code in {403, 404}
        assert client.get(f"{base}{foreign.pk}/change/").status_code == 404
        assert client.post(f"{base}{foreign.pk}/change/", {"name": "x"}).status_code == 404


def test_djangos_jump_to_any_record_is_gone(client, world):
    log_in(client, world.doris)
    kind = ContentType.objects.get_for_model(Cohort).pk

    assert client.get(f"/verwaltung/r/{kind}/{world.foreign.pk}/").status_code == 404


def test_filters_offer_only_visible_choices(client, world):
    log_in(client, world.doris)

    page = client.get(changelist(Team))

    assert "Fremde Projektschmiede" not in page.text


def test_a_filter_for_something_foreign_finds_nothing(client, world):
    log_in(client, world.doris)

    page = client.get(changelist(TeamMember), {"team__cohort__pk__exact": str(world.foreign.pk)}, follow=True)

    assert "Bilal" not in page.text


@pytest.mark.parametrize(
    "lookup", ["password__startswith", "email__startswith", "memberships__organisation__name__startswith"]
)
def test_fields_cannot_be_guessed_through_the_address(client, world, lookup):
    log_in(client, world.emil)

    response = client.get(changelist(User), {lookup: "a"})

    assert response.status_code == 400


def test_choices_of_a_foreign_key_are_visible_ones(world):
    class TeamMemberPage(PortalModelAdmin):
        for_organisers = True

    page = TeamMemberPage(TeamMember, admin.site)

    field = page.formfield_for_foreignkey(TeamMember._meta.get_field("team"), request_of(world.doris))
    assert list(field.queryset) == [world.team]
    people = page.formfield_for_foreignkey(TeamMember._meta.get_field("user"), request_of(world.doris))
    assert list(people.queryset) == [world.doris]


def test_choices_of_models_that_know_no_visibility_are_empty(world):
    page = PortalModelAdmin(User, admin.site)
    BamfOffice.get()

    field = page.formfield_for_manytomany(User._meta.get_field("groups"), request_of(world.emil))

    assert Group.objects.exists()
    assert list(field.queryset) == []


def test_autocomplete_is_scoped(client, world):
    log_in(client, world.doris)
    query = {"app_label": "cohorts", "model_name": "teammember", "field_name": "team", "term": ""}

    response = client.get("/verwaltung/autocomplete/", query)

    if response.status_code == 200:
        assert [row["id"] for row in response.json()["results"]] == [str(world.team.pk)]
    query = {"app_label": "cohorts", "model_name": "teammember", "field_name": "user", "term": ""}
    assert client.get("/verwaltung/autocomplete/", query).status_code == 403


def test_recent_actions_are_ones_own(client, world):
    kind = ContentType.objects.get_for_model(Cohort)
    for person, cohort in ((world.doris, world.cohort), (world.otto, world.foreign)):
        LogEntry.objects.create(
            user=person, content_type=kind, object_id=str(cohort.pk), object_repr=str(cohort), action_flag=CHANGE
        )
    log_in(client, world.doris)

    page = client.get("/verwaltung/")

    assert "Eigene Projektschmiede" in page.text
    assert "Fremde Projektschmiede" not in page.text


def test_a_deletion_tells_nothing_that_is_not_visible(world):
    make_coach(world.foreign, world.carla)

    tree, counts, protected = what_goes_too([world.carla], world.doris)
    told = str([tree, counts, protected])

    assert "Carla" in told
    assert "Fremd" not in told

    _, _, protected = what_goes_too([world.cohort.call], world.doris)
    assert "Projektschmiede: Eigene Projektschmiede" in protected
    assert protected[-1] == "Einträge, die Sie nicht sehen können"
    assert "Fremd" not in str(protected)


# What is saved


class CohortPage(PortalModelAdmin):
    for_organisers = True
    fields = ("title", "region")


def test_only_changed_fields_are_saved(world):
    page = CohortPage(Cohort, admin.site)
    request = request_of(world.doris)
    stale = Cohort.objects.get(pk=world.cohort.pk)
    Cohort.objects.update(region="Inzwischen geändert")
    form_class = page.get_form(request, stale, change=True)
    form = form_class({"title": "Neuer Titel", "region": stale.region}, instance=stale)
    assert form.is_valid()

    page.save_model(request, form.save(commit=False), form, change=True)

    fresh = Cohort.objects.get(pk=world.cohort.pk)
    assert (fresh.title, fresh.region) == ("Neuer Titel", "Inzwischen geändert")


def test_inlines_save_only_changed_fields(world):
    class MemberInline(PortalTabularInline):
        model = TeamMember
        fields = ("first_name", "phone")

    page = PortalModelAdmin(Team, admin.site)
    request = request_of(world.doris)
    member = world.team.members.get()
    formset_class = MemberInline(Team, admin.site).get_formset(request, world.team)
    data = {
        "members-TOTAL_FORMS": 1,
        "members-INITIAL_FORMS": 1,
        "members-0-uuid": member.pk,
        "members-0-team": world.team.pk,
        "members-0-first_name": member.first_name,
        "members-0-phone": "0345 1234",
    }
    formset = formset_class(data, instance=world.team)
    assert formset.is_valid(), formset.errors
    TeamMember.objects.update(first_name="Inzwischen")

    page.save_formset(request, None, formset, change=True)

    member.refresh_from_db()
    assert (member.first_name, member.phone) == ("Inzwischen", "0345 1234")


def test_a_status_is_never_a_field(world):
    page = PortalModelAdmin(Application, admin.site)

    assert "status" in page.get_readonly_fields(request_of(world.doris))


# Actions


def test_permissions_of_actions_come_from_the_table(world):
    page = CohortPage(Cohort, admin.site)

    assert page.has_open_early_permission(request_of(world.doris), world.cohort)
    assert not page.has_open_early_permission(request_of(world.doris), world.foreign)
    assert not page.has_open_early_permission(request_of(world.emil), world.cohort)
    with pytest.raises(AttributeError):
        page.has_unheard_of_permission(request_of(world.doris))


def test_run_passes_over_what_one_may_not_do(client, world, monkeypatch):
    page, told = CohortPage(Cohort, admin.site), []
    monkeypatch.setattr(page, "message_user", lambda request, text, *args: told.append(str(text)))
    done = []

    count = page.run(
        request_of(world.doris), [world.cohort, world.foreign], done.append, may="open early", done="Getan."
    )

    assert (count, done) == (1, [world.cohort])
    assert told == ["Eigene Projektschmiede: Getan.", "Fremde Projektschmiede: Dazu sind Sie nicht berechtigt."]


def test_ask_shows_a_page_until_the_form_is_right(client, world):
    log_in(client, world.emil)

    page = act(client, world.ours, "invite")
    assert page.status_code == 200
    assert "Jemanden einladen" in page.text
    wrong = act(client, world.ours, "invite", _asked="1", email="frida@")
    assert wrong.status_code == 422
    assert 'value="frida@"' in wrong.text
    right = act(client, world.ours, "invite", _asked="1", email="frida@example.org", name="Frida Noll")

    assert "Die Einladung ist unterwegs." in right.text
    assert [str(invitation.target) for invitation in Invitation.objects.all()] == ["Eigener Träger gGmbH"]


def test_a_form_with_other_fields_can_be_asked(world):
    class Text(forms.Form):
        text = forms.CharField(widget=forms.Textarea)

    page = CohortPage(Cohort, admin.site)
    request = RequestFactory().post("/verwaltung/", {"_asked": "1", "text": "Gut"})
    request.user = world.doris

    form = page.ask(request, Cohort.objects.all(), Text, title="Titel", button="Los")

    assert form.cleaned_data == {"text": "Gut"}


def test_bad_identifiers_are_refused_not_crashed(client, world):
    log_in(client, world.emil)

    response = client.post(changelist(Organisation), {"action": "let_run", "_selected_action": "quatsch", "index": "0"})

    assert response.status_code == 400


# Organisations


def test_bamf_gives_and_takes_the_right_to_run_cohorts(client, world):
    verein = world.team.organisation
    log_in(client, world.emil)
    page = client.get(change(verein))
    assert "Darf Projektschmieden durchführen" in page.text
    assert "Darf keine" not in page.text

    act(client, verein, "let_run")
    assert Organisation.objects.get(pk=verein.pk).runs_cohorts
    act(client, verein, "end_running")

    assert not Organisation.objects.get(pk=verein.pk).runs_cohorts
    assert list(Event.objects.filter(record_id=str(verein.pk)).order_by("at").values_list("what", flat=True)) == [
        "organisation.runs_cohorts",
        "organisation.runs_no_cohorts",
    ]


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

    act(client, world.amina, "deactivate")
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
    response = client.post(changelist(Invitation) + "add/", {"email": "Frida@example.org"}, follow=True)

    assert response.status_code == 200
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.target, invitation.invited_by) == (
        "frida@example.org",
        BamfOffice.get(),
        world.emil,
    )
    assert Message.objects.get().email == "frida@example.org"
    frida = make_user("Frida", "Noll")
    invitation.accept(frida)
    assert User.objects.get(pk=frida.pk).is_bamf
    act(client, frida, "end_office")
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
    assert set(client.get(changelist(Message)).context["cl"].queryset) == {failed, unclear, foreign, login_code}


def test_the_text_is_read_by_the_cohorts_organiser_only(client, world):
    ours = message(failed_at=timezone.now(), cohort_id=world.cohort.pk)
    log_in(client, world.doris)
    assert "Der Text" in client.get(change(ours)).text
    log_in(client, world.emil)
    assert "Der Text" not in client.get(change(ours)).text
    log_in(client, world.otto)
    assert client.get(change(ours)).status_code == 404


def test_tokens_are_not_shown(client, world):
    invite("frida@example.org", BamfOffice.get(), by=world.emil)
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


# Costs


@pytest.mark.parametrize("model", [Organisation, User, Invitation, Message, Event])
def test_lists_cost_the_same_with_many_rows(client, world, model, django_assert_max_num_queries):
    log_in(client, world.emil)
    url = changelist(model) + ("?stand=alle" if model is Message else "")

    def cost():
        with django_assert_max_num_queries(15) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    def rows(count, start):
        for number in range(start, start + count):
            verein = make_organisation(f"Verein {number} e. V.")
            user = make_user(f"Person{number}", email=f"p{number}@example.org")
            Event.record("test.many", verein, by=user)
            message()
            invite(f"i{number}@example.org", verein, by=user)

    rows(1, 0)
    cost()
    first = cost()
    rows(30, 1)

    assert cost() == first
