"""The help pages: short, for everybody, in the order of one's roles, and what they name is there under that name."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.html import strip_tags

from schmiede.help_topics import COACHES, GROUPS, ORGANISERS, TEAMS, TOPICS, groups_for
from schmiede.standing import Standing
from tests.builders import log_in, make_coach, make_cohort, make_organiser, make_user

pytestmark = pytest.mark.django_db
ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "templates" / "schmiede" / "help_topics"
# A setting of telephones, and allauth's own words, which are looked for on the login page.
SAID_ELSEWHERE = {"automatisch", "Passwort vergessen?"}


def text_of(topic):
    source = (FOLDER / f"{topic.slug}.html").read_text(encoding="utf-8")
    return " ".join(re.findall(r'{% translate "([^"]*)" %}', source))


def texts_of_the_portal():
    for folder in (
        "templates",
        "applications",
        "accounts",
        "cohorts",
        "workshops",
        "schmiede/views",
        "schmiede/navigation.py",
    ):
        top = ROOT / folder
        for path in top.rglob("*") if top.is_dir() else [top]:
            if path.suffix in {".html", ".py", ".txt"} and path.parent != FOLDER and "migrations" not in path.parts:
                yield path.read_text(encoding="utf-8")


@pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)
def test_everybody_reads_it(client, topic):
    page = client.get(f"/hilfe/{topic.slug}/")

    assert page.status_code == 200
    assert f'<h1 class="kern-heading-large">{topic.title}</h1>' in page.text
    assert f'aria-current="page">{topic.title}</a>' in page.text
    assert page.text.count("<h1") == 1


def test_every_text_belongs_to_a_topic():
    assert sorted(path.stem for path in FOLDER.glob("*.html")) == sorted(TOPICS)


@pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)
def test_it_is_short_and_its_sentences_are(topic):
    text = text_of(topic)
    sentences = re.split(r"(?<=[.?!:])\s+", text)

    assert 150 <= len(text.split()) <= 300
    assert [sentence for sentence in sentences if len(sentence.split()) > 26] == []


def test_what_stands_in_quotes_is_found_in_the_portal():
    """A button or page that is renamed is renamed in the help pages, too."""
    portal = " ".join("\n".join(texts_of_the_portal()).split())
    quoted = {(topic.slug, words) for topic in TOPICS.values() for words in re.findall(r"„([^“]+)“", text_of(topic))}

    assert len(quoted) > 60
    assert sorted((slug, words) for slug, words in quoted if words not in portal and words not in SAID_ELSEWHERE) == []


def test_there_is_no_other_help_page(client):
    assert client.get("/hilfe/noch-etwas/").status_code == 404


def test_a_visitor_finds_them_in_the_order_in_which_they_are_needed():
    assert groups_for(None) == list(GROUPS)


@pytest.mark.parametrize(
    ("standing", "order"),
    [
        (Standing(is_participant=True), [TEAMS, COACHES, ORGANISERS]),
        (Standing(is_coach=True), [COACHES, TEAMS, ORGANISERS]),
        (Standing(is_organiser=True), [ORGANISERS, TEAMS, COACHES]),
        (Standing(is_coach=True, is_organiser=True), [COACHES, ORGANISERS, TEAMS]),
        (Standing(is_bamf_staff=True), [TEAMS, COACHES, ORGANISERS]),
    ],
)
def test_those_of_ones_own_roles_come_first(standing, order):
    assert groups_for(standing) == order


def test_a_coach_sees_theirs_first_and_before_the_second_factor(client):
    carla = make_user("Carla", "Weber")
    make_coach(make_cohort(make_organiser(make_user("Doris", "Lang"))), carla)
    client.force_login(carla)
    page = client.get("/hilfe/einloggen/")
    headings = re.findall(r'<h3 class="kern-heading-small">(.*?)</h3>', page.text)

    assert page.status_code == 200
    assert headings == ["Für Coaching-Personen", "Für Vereine und Teams", "Für Träger einer Projektschmiede"]
    assert log_in(client, carla).get("/hilfe/coaching/").status_code == 200


def test_the_login_leads_to_its_help(client):
    page = client.get("/konto/login/").text

    assert 'href="/hilfe/einloggen/"' in page
    assert "Passwort vergessen?" in strip_tags(page)
