"""Who answers for data: each Träger with its own text, the operator with its own, both named where data are given."""

from __future__ import annotations

from functools import partial

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.urls import reverse

from accounts.models import Event, Invitation, Membership, Organisation, PrivacyText
from cohorts.models import Cohort, Registration
from cohorts.registering import register
from schmiede.system_checks import every_traeger_says_who_answers, operator_is_named
from tests.builders import day, log_in, make_bamf, make_coach, make_cohort, make_organiser, make_team, make_user, window
from tests.cohorts.test_registering import answers

pytestmark = pytest.mark.django_db

WORDS = {
    "controller": "Werkstatt gGmbH\nMusterweg 1",
    "data_protection": "datenschutz@example.org",
    "text": "Wir speichern.",
}
ROUNDS = 12
MISSING = "Sein Datenschutztext ist hier noch nicht eingetragen."


@pytest.fixture
def doris():
    return make_user("Doris", "Lang")


@pytest.fixture
def organiser(doris):
    return make_organiser(doris)


@pytest.fixture
def cohort(organiser):
    return make_cohort(organiser, **window())


def words(response):
    return " ".join(response.text.split())


def publish(organiser, by, **changes):
    text = PrivacyText(organisation=organiser, **{**WORDS, **changes})
    text.publish(by=by)
    return text


def register_url(cohort):
    return reverse("cohorts:register", args=[cohort.slug])


def test_a_new_version_is_shown_and_the_earlier_one_stays(client, organiser, doris):
    first = publish(organiser, doris)
    publish(organiser, doris, text="Wir speichern weniger.")
    organiser.refresh_from_db()
    assert (organiser.privacy_text.number, organiser.privacy_texts.count()) == (2, 2)
    assert "Wir speichern weniger." in client.get(organiser.get_privacy_url()).text
    earlier = words(client.get(first.get_absolute_url()))
    assert "Wir speichern.</p>" in earlier
    assert "Das ist eine frühere Fassung." in earlier
    assert Event.objects.filter(what="organisation.privacy_text", by=doris).count() == 2


@pytest.mark.parametrize("make", [make_user, make_bamf])
def test_only_the_people_of_the_traeger_write_it(organiser, make):
    with pytest.raises(PermissionDenied):
        publish(organiser, make())
    assert not PrivacyText.objects.exists()


def test_of_two_traeger_each_writes_its_own(client, doris, organiser):
    other = make_organiser(make_user("Bilal", "Aydin"), name="Lernwerk")
    with pytest.raises(PermissionDenied):
        publish(other, doris)
    log_in(client, doris)
    page = client.get(reverse("admin:accounts_privacytext_add"))
    assert list(page.context["adminform"].form.fields["organisation"].queryset) == [organiser]


def test_the_admin_adds_a_version_and_changes_none(client, organiser, doris):
    first = publish(organiser, doris)
    log_in(client, doris)
    add = reverse("admin:accounts_privacytext_add")
    assert client.get(add).context["adminform"].form.initial["text"] == "Wir speichern."
    client.post(add, {"organisation": organiser.pk, **WORDS, "text": "Neu."})
    organiser.refresh_from_db()
    assert (organiser.privacy_text.text, organiser.privacy_text.number) == ("Neu.", 2)
    change = reverse("admin:accounts_privacytext_change", args=[first.pk])
    assert client.post(change, {**WORDS, "text": "Heimlich."}).status_code == 403
    first.refresh_from_db()
    assert first.text == "Wir speichern."


def test_the_registration_form_names_both(client, cohort, organiser, doris, settings):
    settings.OPERATOR_NAME = "Portalwerk Beispielstadt"
    text = publish(organiser, doris)
    page = words(client.get(register_url(cohort)))
    assert f"Träger der Projektschmiede: {organiser.name}" in page
    assert f'href="{text.get_absolute_url()}"' in page
    assert "Betreiber des Portals: Portalwerk Beispielstadt" in page
    assert 'href="/datenschutz/"' in page


def test_a_missing_text_is_said(client, cohort, organiser, settings):
    settings.OPERATOR_NAME = ""
    for url in (register_url(cohort), cohort.get_absolute_url()):
        page = words(client.get(url))
        assert MISSING in page
        assert "Der Name ist hier noch nicht eingetragen." in page
    assert "noch nicht eingetragen" in client.get(organiser.get_privacy_url()).text


def test_what_was_shown_is_kept_though_the_text_changed_meanwhile(client, cohort, organiser, doris):
    shown = publish(organiser, doris)
    page = client.get(register_url(cohort)).text
    assert f'name="shown" value="{shown.pk}"' in page
    publish(organiser, doris, text="Neu.")
    client.post(register_url(cohort), answers(shown=str(shown.pk)))
    assert Registration.objects.get().privacy_text == shown


def test_after_an_error_the_text_shown_then_is_the_one_kept(client, cohort, organiser, doris):
    shown = publish(organiser, doris)
    now = publish(organiser, doris, text="Neu.")
    page = client.post(register_url(cohort), answers(shown=str(shown.pk), city="")).text
    assert f'name="shown" value="{now.pk}"' in page


@pytest.mark.parametrize("sent", ["", "kein-text", "00000000-0000-4000-8000-000000000000"])
def test_what_no_page_showed_is_not_kept(client, cohort, organiser, doris, sent):
    publish(organiser, doris)
    client.post(register_url(cohort), answers(shown=sent))
    assert Registration.objects.get().privacy_text is None


def test_the_text_of_another_traeger_is_not_kept(client, cohort):
    bilal = make_user("Bilal", "Aydin")
    foreign = publish(make_organiser(bilal, name="Lernwerk"), bilal)
    client.post(register_url(cohort), answers(shown=str(foreign.pk)))
    assert Registration.objects.get().privacy_text is None


def test_the_secret_page_says_what_was_shown_and_that_it_changed(client, cohort, organiser, doris):
    shown = publish(organiser, doris)
    registration, token = register(
        cohort,
        values={"organisation_name": "Verein", "legal_form": "ev", "city": "Halle", "land": "ST", "charitable": "yes"},
        persons=[{"first_name": "Amina", "last_name": "Haddad", "email": "amina@example.org", "phone": ""}],
        privacy_text=shown,
    )
    registration.confirm(token)
    url = reverse("cohorts:registration", args=[cohort.slug, token])
    assert str(shown) in client.get(url).text
    assert "Seitdem hat der Träger ihn geändert." not in client.get(url).text
    publish(organiser, doris, text="Neu.")
    assert "Seitdem hat der Träger ihn geändert." in client.get(url).text


def test_an_invitation_and_the_account_name_both(client, cohort, organiser, doris):
    publish(organiser, doris)
    amina = make_user()
    team = make_team(cohort, amina)
    _invitation, token = Invitation.make("jonas@example.org", team.organisation, by=amina)
    assert organiser.name in client.get(reverse("invitation", args=[token])).text
    assert organiser.name in client.get(reverse("account_signup")).text
    log_in(client, amina)
    profile = client.get(reverse("accounts:profile")).text
    assert organiser.privacy_texts.get().get_absolute_url() in profile
    assert "Datenschutztext des Portals" in profile


def test_the_account_names_each_traeger_once(organiser, cohort):
    carla = make_user("Carla", "Weber")
    other = make_organiser(make_user("Bilal", "Aydin"), name="Lernwerk")
    for each in (cohort, make_cohort(organiser), make_cohort(other)):
        make_coach(each, carla)
    assert set(Organisation.objects.answering_to(carla)) == {organiser, other}
    assert Organisation.objects.answering_to(carla).count() == 2


def test_an_organisation_that_shows_nothing_has_no_page(client):
    private = make_organiser(make_user(), name="Ohne Projektschmiede")
    assert client.get(private.get_privacy_url()).status_code == 404


def test_organisers_are_told_that_the_text_is_missing(client, cohort, organiser, doris):
    log_in(client, doris)
    for url in (reverse("dashboard"), reverse("cockpit", args=[cohort.slug])):
        assert "hat noch keinen Datenschutztext" in words(client.get(url))
    publish(organiser, doris)
    for url in (reverse("dashboard"), reverse("cockpit", args=[cohort.slug])):
        assert "hat noch keinen Datenschutztext" not in words(client.get(url))


def test_deployment_asks_for_the_text_of_each_traeger_with_a_cohort(organiser, cohort, doris):
    (warning,) = every_traeger_says_who_answers(None)
    assert (warning.id, organiser.name in warning.msg) == ("schmiede.W002", True)
    publish(organiser, doris)
    assert every_traeger_says_who_answers(None) == []


@pytest.mark.parametrize("over", [lambda: {"published_at": None}, lambda: {"ends_on": day(-1), "begins_on": day(-9)}])
def test_deployment_does_not_ask_where_nobody_gives_data(cohort, over):
    Cohort.objects.filter(pk=cohort.pk).update(**over())
    assert every_traeger_says_who_answers(None) == []


def test_without_tables_the_check_has_nothing_to_say(monkeypatch):
    def no_table(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr("schmiede.system_checks.Organisation.objects.filter", no_table)
    assert every_traeger_says_who_answers(None) == []


def test_deployment_asks_who_runs_the_portal(settings):
    settings.OPERATOR_NAME = " "
    assert [error.id for error in operator_is_named(None)] == ["schmiede.E005"]
    settings.OPERATOR_NAME = "Portalwerk"
    assert operator_is_named(None) == []


def test_words_for_screen_readers_are_hidden_by_a_class_that_the_pages_know():
    """`visually-hidden` is the admin's; on the portal's own pages its words would stand there for everybody."""
    folder = settings.BASE_DIR / "templates"
    pages = [path for path in folder.rglob("*.html") if "admin" not in path.parts]
    assert len(pages) > 150
    assert [path.name for path in pages if "visually-hidden" in path.read_text(encoding="utf-8")] == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_make_two_versions_and_the_later_one_is_shown(at_once):
    doris, bilal = make_user("Doris", "Lang"), make_user("Bilal", "Aydin")
    organiser = make_organiser(doris)
    Membership.objects.create(organisation=organiser, user=bilal)
    for already in range(0, 2 * ROUNDS, 2):
        results = at_once(
            *(partial(publish, Organisation.objects.get(pk=organiser.pk), person) for person in (doris, bilal))
        )
        assert [type(result) for result in results] == [PrivacyText, PrivacyText]
        organiser.refresh_from_db()
        numbers = sorted(organiser.privacy_texts.values_list("number", flat=True))
        assert numbers == list(range(1, already + 3))
        assert organiser.privacy_text.number == already + 2
        assert Event.objects.filter(what="organisation.privacy_text").count() == already + 2
