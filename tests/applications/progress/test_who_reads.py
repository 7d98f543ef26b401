"""„Wer kann das lesen?“: what stands there is what access decides, in words and names."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.models import Organisation, User
from applications.papers.finishing import read_state
from applications.papers.models import Submission
from applications.progress.audience import FILE, NOTE, PAPERS, REVIEW, TEXT, PeopleAround
from applications.writing.models import Attachment, SectionNote
from cohorts.models import CoachAssignment, TeamMember
from tests.applications.coaching import given_back, taken, url, words_of
from tests.builders import day, make_bamf, make_coach, make_member, make_organiser, make_user, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(world):
    """Also somebody who left the team, a coach whose time is over, a second coach, somebody invited, BAMF staff."""
    make_member(world.team, make_user("Ines", "Wolf"), "writer")
    TeamMember.objects.filter(user__first_name="Ines").update(left_on=day(-1))
    make_coach(world.cohort, make_user("Kai", "Brandt"))
    CoachAssignment.objects.filter(coach__first_name="Kai").update(until=day(-1))
    world.team.second_coach = make_coach(world.cohort, make_user("Lea", "Kern"))
    world.team.save()
    world.team.members.create(first_name="Pia", last_name="Neu", email="pia@example.org", role="writer")
    make_organiser(make_user("Erika", "Sommer"), "Bildungswerk Nord gGmbH")
    make_bamf()
    return world


def seeing(record):
    """Everybody with an account who sees this record."""
    return {user.pk for user in User.objects.all() if type(record).objects.visible_to(user).filter(pk=record.pk)}


def records_of(world):
    review = given_back(world)
    comment = review.items.get().comments.get()
    draft = world.application.drafts.get(key="s4")
    file = Attachment.objects.create(
        application=world.application, kind="x", file=ContentFile(b"x", "a.txt"), name="a.txt", size=1, sha256="0" * 64
    )
    note = SectionNote.objects.create(application=world.application, key="s4", text="Für uns.")
    return [
        (draft, TEXT), (draft.revisions.first(), TEXT), (file, FILE), (note, NOTE),
        (review, REVIEW), (review.items.get(), REVIEW), (comment, REVIEW),
    ]  # fmt: skip


def test_what_is_said_is_what_access_decides(crowd):
    people = PeopleAround.of(crowd.application)
    for record, wanted in records_of(crowd):
        assert people.audience(wanted, crowd.amina).users == seeing(record), type(record).__name__


def posted(world):
    world.application.status = "finished"
    world.application.save()
    frozen = read_state(world.application).frozen.as_json()
    return Submission.objects.create(
        application=world.application, stage=1, number=1, frozen=frozen, checksum="0" * 64, grant_cents=1,
        receipt_number="PS-2026-ABCDEF", finished_by=world.amina, transferred_on=day(-1), signed_on=day(-1), posted_on=day(),
    )  # fmt: skip


def test_papers_are_read_by_the_same_and_by_the_bamf_once_they_are_posted(crowd):
    papers = posted(crowd)
    Submission.objects.update(transferred_on=None, signed_on=None, posted_on=None)
    said = PeopleAround.of(crowd.application).audience(PAPERS, crowd.amina).users
    assert said == seeing(papers)
    Submission.objects.update(transferred_on=day(-1), signed_on=day(-1), posted_on=day())
    assert said | {User.objects.get(groups__name="bamf").pk} == seeing(papers)


def test_bamf_staff_read_papers_but_no_names_of_a_team(crowd, enter):
    papers = posted(crowd)
    for person, names in ((crowd.amina, True), (User.objects.get(groups__name="bamf"), False)):
        page = words_of(enter(person).get(reverse("papers:detail", args=[papers.pk])).text)
        assert ("Wer kann diese Unterlagen lesen?" in page) == names
        assert ("Rana Öz" in page) == names


def test_it_stands_under_earlier_versions(crowd, enter):
    write(crowd.application, "s4", "Wir erreichen 34 Gäste.", by=crowd.amina)
    client = enter(crowd.amina)
    for name, more in {"history": ["s4"], "compare": ["s4"], "as_of": []}.items():
        page = words_of(client.get(reverse(f"applications:{name}", args=[crowd.application.pk, *more])).text)
        assert "Wer kann das lesen? Team: Sie, Pia Neu" in page
        assert "Das BAMF liest erst, was eingereicht ist." in page


def test_an_organisation_that_runs_no_cohorts_any_more_reads_nothing(crowd):
    Organisation.objects.update(runs_cohorts=False)
    people = PeopleAround.of(crowd.application)
    assert crowd.doris.pk not in people.audience(TEXT, crowd.amina).users == seeing(crowd.application)


def test_everybody_is_named_once_and_who_looks_is_called_sie(crowd):
    people = PeopleAround.of(crowd.application)
    team = ["Sie", "Amina Haddad", "Pia Neu (sobald die Einladung angenommen ist)", "Rana Öz (liest mit)"]
    coaching = ["Lea Kern (Coachin)", "Carla Weber (Coachin)"]
    organiser = (crowd.cohort.organiser.title, ["Doris Lang"])
    assert people.audience(TEXT, crowd.jonas).groups == [("Team", team), ("Coaching", coaching), organiser]
    assert people.audience(NOTE, crowd.jonas).groups == [("Team", team)]
    assert people.audience(REVIEW, crowd.carla).groups == [
        (
            "Team",
            ["Amina Haddad", "Pia Neu (sobald die Einladung angenommen ist)", "Jonas Petersen", "Rana Öz (liest mit)"],
        ),
        ("Coaching", ["Sie (Coachin)", "Lea Kern (Coachin)"]),
        ("Weitere Coaching-Personen der Projektschmiede", ["Chris Maurer"]),
        organiser,
    ]
    assert people.audience(PAPERS, crowd.doris).groups[-1] == (crowd.cohort.organiser.title, ["Sie"])


def test_it_stands_under_text_note_and_comments_of_a_section(world, enter):
    given_back(world)
    page = words_of(enter(world.amina).get(reverse("applications:section", args=[world.application.pk, "s4"])).text)
    assert page.count("Wer kann das lesen?") == 2
    assert "Team: Sie, Jonas Petersen, Rana Öz (liest mit) Sonst niemand, auch nicht das BAMF." in page
    assert "Das BAMF liest erst, was eingereicht ist." in page
    assert "Wer kann die Anmerkungen lesen?" in page
    assert "Weitere Coaching-Personen der Projektschmiede: Chris Maurer" in page


def test_it_stands_under_the_files(world, enter):
    page = words_of(enter(world.amina).get(reverse("applications:attachments", args=[world.application.pk])).text)
    assert "Wer kann diese Dateien lesen? Team: Sie, Jonas Petersen, Rana Öz (liest mit)" in page
    assert "Chris Maurer" not in page


def test_it_stands_under_what_was_handed_in_and_under_each_comment(world, enter):
    review = taken(world)
    review.items.get().comment(by=world.carla, kind="hint", text="Kürzer.")
    page = words_of(enter(world.carla).get(url("read", review)).text)
    assert "Wer kann diese Abgabe lesen? Team: Amina Haddad, Jonas Petersen, Rana Öz (liest mit)" in page
    assert "Kürzer. Bis zum Zurückgeben lesen das nur Sie." in page
    assert "Zurückgegebene Anmerkungen lesen dieselben Personen wie diese Abgabe." in page


def test_it_costs_one_query(crowd, django_assert_num_queries):
    with django_assert_num_queries(1):
        PeopleAround.of(crowd.application).audience(REVIEW, crowd.amina)
