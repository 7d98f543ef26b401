"""The admin shows and does only what `visible_to` and `MAY` say, on every page, with data that could leak."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.staticfiles import finders
from django.test import RequestFactory

from accounts.admin import PortalModelAdmin, PortalTabularInline
from accounts.admin.scope import what_goes_too
from accounts.models import BamfOffice, Invitation, Organisation, User
from applications.writing.models import Application
from cohorts.models import CoachAssignment, Cohort, Team, TeamMember
from tests.accounts.admin_world import act, change, changelist, request_of, without_tokens, world
from tests.builders import (
    log_in,
    make_coach,
    make_member,
    make_user,
)

pytestmark = pytest.mark.django_db
__all__ = ["world"]


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
        "review",
        "reviewitem",
        "comment",
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


def test_a_list_that_finds_last_names_finds_first_names_too():
    searched = {model: set(pages.search_fields) for model, pages in admin.site._registry.items()}
    last_names = {
        (model._meta.label, field) for model, fields in searched.items() for field in fields if "last_name" in field
    }
    missing = {
        f"{label}: {field}"
        for label, field in last_names
        if field.replace("last_name", "first_name") not in searched[apps.get_model(label)]
    }

    assert len(last_names) >= 6
    assert missing == set()


def test_a_team_is_found_by_somebody_who_has_one_name(client, world):
    make_member(world.team, make_user("Nasim", "", email="verein@example.org"))
    log_in(client, world.doris)

    page = client.get(changelist(Team), {"q": "nasim"})

    assert list(page.context["cl"].queryset) == [world.team]


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
    BamfOffice.get_or_make()

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

    assert page.may(request_of(world.doris), "cockpit", world.cohort)
    assert not page.may(request_of(world.doris), "cockpit", world.foreign)
    assert not page.may(request_of(world.emil), "cockpit", world.cohort)
    assert not hasattr(page, "has_unheard_of_permission")


def permissions_of_actions():
    for page in admin.site._registry.values():
        for action in page.actions or ():
            step = action if callable(action) else getattr(page, action)
            for name in step.allowed_permissions:
                if name not in {"add", "change", "delete", "view"}:
                    yield page, name


@pytest.mark.parametrize(("page", "name"), list(permissions_of_actions()))
def test_the_permission_of_an_action_asks_for_the_entry_of_that_name(page, name, monkeypatch):
    asked = []
    monkeypatch.setattr(page, "may", lambda request, action, obj=None: bool(asked.append((action, obj))))

    assert not getattr(page, f"has_{name}_permission")(None, "record")
    assert asked == [(name.replace("_", " "), "record")]
    assert asked[0][0] in page.model.MAY


def test_run_passes_over_what_one_may_not_do(client, world, monkeypatch):
    page, told = CohortPage(Cohort, admin.site), []
    monkeypatch.setattr(page, "message_user", lambda request, text, *args: told.append(str(text)))
    done = []

    refused = page.run(
        request_of(world.doris), [world.cohort, world.foreign], done.append, may="cockpit", done="Getan."
    )

    assert (refused, done) == ([], [world.cohort])
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


# What its pages load


def kib_of(page: str) -> float:
    """How much the scripts and styles of a page weigh when they are sent, in KiB."""
    files = set(re.findall(r'(?:src|href)="/static/([^"]+\.(?:js|css))"', page))
    return sum(len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in files) / 1024


@pytest.mark.parametrize(("kind", "most"), [("list", 28), ("form", 68)])
def test_scripts_and_styles_of_the_admin_are_few(client, world, kind, most):
    address = change(world.cohort) if kind == "form" else changelist(Team)
    page = log_in(client, world.doris).get(address).content.decode()

    assert "admin/js/actions.js" in page
    assert not re.search(r"xregexp|urlify|prepopulate\.js", page)
    assert ("jquery" in page) is (kind == "form")
    assert kib_of(page) < most
