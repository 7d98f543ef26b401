"""Menus come from roles, cost one query, and hold no link without a page."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.urls import include, path, resolve

from schmiede.navigation import Item, navigation
from schmiede.standing import Standing, standing_of
from tests.builders import (
    make_application,
    make_bamf,
    make_coach,
    make_cohort,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


def page(request, **kwargs):
    return HttpResponse()


def module(*routes):
    return [path(route, page, name=name) for route, name in routes]


urlpatterns = [
    path("uebersicht/", page, name="dashboard"),
    path("cockpit/<slug>/", page, name="cockpit"),
    path("workshops/", include((module(("", "list"), ("<uuid>/", "detail")), "workshops"))),
    path(
        "vorhaben/",
        include((module(("<uuid:uuid>/", "workspace"), ("beginnen/<uuid:uuid>/", "start")), "applications")),
    ),
    path("rueckmeldungen/", include((module(("", "queue")), "reviews"))),
    path("unterlagen/", include((module(("", "list")), "papers"))),
    path("konto/", include((module(("", "profile"), ("verein/<uuid:uuid>/", "organisation")), "accounts"))),
]


@pytest.fixture(autouse=True)
def _own_addresses(settings):
    """Addresses of our own, without the admin: its links have no page here and must be missing."""
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def ask(rf):
    def ask(user, address="/", **cookies):
        request = rf.get(address)
        request.user = user
        request.COOKIES.update(cookies)
        return navigation(request)

    return ask


def labels(items):
    return [item.label for item in items]


def test_visitor_has_no_menu_and_costs_no_query(ask, django_assert_num_queries):
    with django_assert_num_queries(0):
        context = ask(AnonymousUser())
        assert list(context["navigation"]) == []
        assert list(context["account_menu"]) == []


def test_request_without_a_user_has_no_menu(rf):
    assert list(navigation(rf.get("/"))["navigation"]) == []


def test_page_without_menu_costs_no_query(ask, django_assert_num_queries):
    amina = make_user()
    with django_assert_num_queries(0):
        ask(amina)


def test_both_menus_cost_one_query(ask, django_assert_num_queries):
    amina = make_user()
    make_application(make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina))
    with django_assert_num_queries(1):
        context = ask(amina)
        assert labels(context["navigation"]) == ["Übersicht", "Vorhaben", "Workshops"]
        assert labels(context["account_menu"]) == ["Mein Konto", "Unser Verein"]


def test_vorhaben_leads_to_the_application_or_to_starting_one(ask):
    amina, bilal = make_user(), make_user("Bilal", "Yilmaz")
    cohort = make_cohort(make_organiser(make_user("Doris", "Lang")))
    application = make_application(make_team(cohort, amina))
    team = make_team(cohort, bilal)
    assert ask(amina)["navigation"][1] == Item("Vorhaben", f"/vorhaben/{application.pk}/")
    assert ask(bilal)["navigation"][1] == Item("Vorhaben", f"/vorhaben/beginnen/{team.pk}/")


def test_withdrawn_application_is_no_target():
    amina = make_user()
    team = make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina)
    application = make_application(team)
    type(application).objects.update(status="withdrawn", withdrawn_at=application.started_at)
    assert standing_of(amina).application is None


def test_coach_sees_what_waits_and_the_workshops(ask):
    carla = make_user("Carla", "Weber")
    make_coach(make_cohort(make_organiser(make_user("Doris", "Lang"))), carla)
    assert labels(ask(carla)["navigation"]) == ["Übersicht", "Rückmeldungen", "Workshops"]


def test_coach_whose_time_is_over_has_no_menu(ask):
    carla = make_user("Carla", "Weber")
    make_coach(make_cohort(make_organiser(make_user("Doris", "Lang"))), carla, until="2020-01-01")
    assert labels(ask(carla)["navigation"]) == []


def test_two_roles_show_a_common_page_once(ask):
    amina = make_user()
    cohort = make_cohort(make_organiser(make_user("Doris", "Lang")))
    make_team(cohort, amina)
    make_coach(cohort, amina)
    assert labels(ask(amina)["navigation"]) == ["Übersicht", "Vorhaben", "Workshops", "Rückmeldungen"]


def test_cockpit_is_that_of_the_only_cohort_else_their_list(ask):
    doris = make_user("Doris", "Lang")
    organiser = make_organiser(doris)
    assert ask(doris)["navigation"][0] == Item("Cockpit", "/uebersicht/")
    cohort = make_cohort(organiser)
    assert ask(doris)["navigation"][0] == Item("Cockpit", f"/cockpit/{cohort.slug}/")
    make_cohort(organiser)
    assert ask(doris)["navigation"][0] == Item("Cockpit", "/uebersicht/")


def test_organisation_is_called_what_it_is(ask):
    doris = make_user("Doris", "Lang")
    organiser = make_organiser(doris)
    assert ask(doris)["account_menu"][1] == Item("Unsere Organisation", f"/konto/verein/{organiser.pk}/")


def test_bamf_sees_papers_and_no_cockpit(ask):
    assert labels(ask(make_bamf())["navigation"]) == ["Unterlagen"]


def test_superuser_sees_what_bamf_sees(ask):
    assert labels(ask(make_user("Emil", "Brandner", is_superuser=True))["navigation"]) == ["Unterlagen"]


def test_person_without_a_role_still_has_an_account(ask):
    context = ask(make_user())
    assert labels(context["navigation"]) == []
    assert labels(context["account_menu"]) == ["Mein Konto"]


def test_roles_of_others_are_not_mine():
    amina, bilal = make_user(), make_user("Bilal", "Yilmaz")
    cohort = make_cohort(make_organiser(make_user("Doris", "Lang")))
    make_application(make_team(cohort, amina, organisation=make_organisation()))
    make_coach(cohort, make_user("Carla", "Weber"))
    assert standing_of(bilal) == Standing()


@pytest.mark.parametrize(
    ("address", "marks"),
    [("/uebersicht/", ["page", "", ""]), ("/workshops/", ["", "", "page"]), ("/workshops/x/", ["", "", "true"])],
)
def test_menu_marks_where_one_is(rf, address, marks):
    amina = make_user()
    make_application(make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina))
    request = rf.get(address)
    request.user = amina
    request.resolver_match = resolve(address)
    assert [item.current for item in navigation(request)["navigation"]] == marks


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("auto", ""), ('"><b', "")])
def test_theme_comes_from_the_cookie(ask, cookie, theme):
    assert ask(AnonymousUser(), theme=cookie)["theme"] == theme
