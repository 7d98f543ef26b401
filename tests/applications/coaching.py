"""A small world of coaching, and its review in each state, for the tests of reviews, comments and the queue."""

from __future__ import annotations

import re
from types import SimpleNamespace

from django.urls import reverse

from applications.reviews.steps import hand_in
from applications.writing.models import Application
from tests.builders import (
    make_application,
    make_coach,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
    write,
)
from tests.written_again import written_again

# What stands beneath everything a coach says.
ADVICE = "Rückmeldungen sind Beratung, keine Entscheidung und keine Zusage des BAMF."


@written_again
def make_world():
    """Amina's team with a writer and a reader, Carla its own coach, Chris another coach, Doris the organiser, Bilal elsewhere."""
    amina, jonas, rana = make_user("Amina"), make_user("Jonas", "Petersen"), make_user("Rana", "Öz")
    carla, chris = make_user("Carla", "Weber"), make_user("Chris", "Maurer")
    doris, bilal = make_user("Doris", "Lang"), make_user("Bilal", "Yildiz")
    organiser = make_organiser(doris)
    cohort = make_cohort(organiser, answer_days=5)
    coach = make_coach(cohort, carla)
    make_coach(cohort, chris)
    team = make_team(cohort, amina, jonas, first_coach=coach)
    make_member(team, rana, "reader")
    make_team(make_cohort(organiser), bilal)
    application = make_application(team, title="Tischgespräche")
    write(application, "s3", "Im Viertel leben viele Menschen.", by=amina)
    write(application, "s4", "Wir erreichen viele über Freunde.", by=amina)
    return SimpleNamespace(
        amina=amina, jonas=jonas, rana=rana, carla=carla, chris=chris, doris=doris, bilal=bilal,
        cohort=cohort, team=team, application=application,
    )  # fmt: skip


def handed_in(world, *keys):
    return hand_in(Application.objects.get(), keys or ["s4"], by=world.amina)


def taken(world, *keys):
    review = handed_in(world, *keys)
    review.take(by=world.carla)
    return review


def given_back(world, verdict="please change"):
    review = taken(world)
    review.items.get().comment(by=world.carla, kind="must change", text="Wie viele?")
    review.give_back(by=world.carla, verdicts={item.pk: verdict for item in review.items.all()})
    return review


def withdrawn(world):
    review = handed_in(world)
    review.withdraw(by=world.amina)
    return review


def verdicts(review, verdict="please change"):
    return {item.pk: verdict for item in review.items.all()}


def url(name, record, **query):
    path = reverse(f"reviews:{name}", args=[record.pk])
    return path + "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else path


def words_of(html):
    """What people read on a page."""
    main = html[html.index("<main") : html.index("</main")]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def told(response):
    """The messages after the redirect."""
    return [str(message) for message in response.context["messages"]]
