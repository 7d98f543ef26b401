"""The idea from the registration as a first text, the title from the first day, and a theme that may be chosen later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from applications.writing.idea import take_over_idea
from applications.writing.models import Application, NotDrafting, Revision, SectionClosed
from cohorts.models import Registration, Team
from core.writes import Stale
from tests.builders import (
    log_in,
    make_application,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    write,
)

IDEA = "Nachbarn kochen <b>zusammen</b>.\r\n\r\nJede Woche."
AS_KEPT = "Nachbarn kochen <b>zusammen</b>.\n\nJede Woche."


def registered(team: Team, **fields) -> Team:
    now = timezone.now()
    told = {"cohort": team.cohort, "organisation_name": "Verein", "legal_form": "ev", "city": "Halle", "land": "ST"}
    told |= {"charitable": "yes", "token_hash": "1" * 64, "status": "accepted", "confirmed_at": now, "decided_at": now}
    team.registration = Registration.objects.create(**told | {"idea": IDEA} | fields)
    team.save()
    return team


@pytest.fixture
def amina(db):
    return make_user()


@pytest.fixture
def team(amina) -> Team:
    cohort = make_cohort(make_organiser(make_user("Doris", "Lang")))
    make_workshop(cohort, 1, ["s0", "s1", "s2"], timezone.now() + timedelta(days=9))
    return registered(make_team(cohort, amina))


def section(application: Application) -> str:
    return reverse("applications:section", args=[application.pk, "s1"])


def test_title_and_idea_can_be_written_before_the_first_workshop_and_nothing_else(team, amina):
    application = make_application(team)
    for key in ("s0", "s1"):
        draft = application.drafts.get(key=key)
        draft.application = application
        draft.save_content(by=amina, seen=0, content=draft.value)
    closed = application.drafts.get(key="s2")
    closed.application = application
    with pytest.raises(SectionClosed):
        closed.save_content(by=amina, seen=0, content=closed.value)


def test_the_first_text_is_the_idea_and_can_be_changed(team, amina, client):
    application = make_application(team)
    log_in(client, amina)
    assert "Nachbarn kochen &lt;b&gt;zusammen" in client.get(section(application)).text
    answer = client.post(reverse("applications:take_idea", args=[application.pk]), follow=True)
    assert "Ihre Idee ist der erste Text" in answer.text
    assert "Idee übernehmen" not in answer.text
    revision = Revision.objects.get()
    assert (revision.version, revision.content["text"], revision.by) == (1, AS_KEPT, amina)
    assert Event.objects.filter(what="draft.idea_taken", by=amina).count() == 1
    again = client.post(reverse("applications:take_idea", args=[application.pk]), follow=True)
    assert "Hier steht schon ein Text" in again.text
    assert Revision.objects.count() == 1


@pytest.mark.parametrize("fields", [{"idea": ""}, {"idea": "", "recording_url": "https://example.org/idee.mp3"}])
def test_without_a_written_idea_nothing_is_taken(team, amina, client, fields):
    Registration.objects.update(**fields)
    application = make_application(team)
    page = log_in(client, amina).get(section(application)).text
    assert ("Ihre Aufnahme anhören" in page) is ("recording_url" in fields)
    assert "Idee übernehmen" not in page
    with pytest.raises(Stale):
        take_over_idea(application, by=amina)


def test_only_who_writes_takes_it_and_only_while_it_is_written(team, amina, client):
    rana, carla = make_user("Rana", "Öz"), make_user("Carla", "Weber")
    make_member(team, rana, "reader")
    application = make_application(team)
    for user in (rana, carla):
        with pytest.raises(PermissionDenied):
            take_over_idea(application, by=user)
    assert "Idee übernehmen" not in log_in(client, rana).get(section(application)).text
    Application.objects.update(status="finished")
    with pytest.raises(NotDrafting):
        take_over_idea(application, by=amina)
    assert Revision.objects.count() == 0


def test_somebody_elses_words_are_never_replaced(team, amina):
    application = make_application(team)
    write(application, "s1", "Schon begonnen.", by=amina)
    with pytest.raises(Stale):
        take_over_idea(application, by=amina)
    assert application.drafts.get(key="s1").value.text == "Schon begonnen."


@pytest.mark.parametrize(("ticked", "expected"), [(True, AS_KEPT), (False, "")])
def test_beginning_takes_the_idea_along_and_the_theme_may_wait(team, amina, client, ticked, expected):
    url = reverse("applications:start", args=[team.pk])
    page = log_in(client, amina).get(url).text
    assert ("Ihr erster Text liegt schon da" in page, "Das wissen wir noch nicht" in page) == (True, True)
    answer = client.post(url, {"theme": "offen"} | ({"with_idea": "on"} if ticked else {}))
    application = Application.objects.get()
    assert answer.url == (section(application) if ticked else application.get_absolute_url())
    assert application.drafts.get(key="s1").value.text == expected
    assert application.drafts.get(key="s0").value.theme == application.theme_key == ""
