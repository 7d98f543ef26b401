"""A second attempt: an organisation that is in a cohort again begins with the texts of its earlier application."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Invitation, Membership
from applications.content import Cover, Text
from applications.papers.models import Outcome, Submission
from applications.reviews.models import Comment
from applications.reviews.steps import hand_in
from applications.writing.earlier import earlier_of, open_to
from applications.writing.models import Application, Attachment, Revision
from applications.writing.starting import start
from cohorts.deciding import accept
from tests.applications.coaching import words_of
from tests.builders import (
    day,
    fill,
    log_in,
    make_application,
    make_call,
    make_coach,
    make_cohort,
    make_edition,
    make_member,
    make_organiser,
    make_team,
    make_user,
    window,
    write,
)
from tests.cohorts.test_registration_steps import make_registration
from tests.written_again import written_again

pytestmark = pytest.mark.django_db


def over():
    """The days of a cohort that has ended."""
    return {"begins_on": day(-400), "ends_on": day(-200)}


@written_again
def make_world():
    """Amina's association was in a cohort that is over, with Jonas; now Amina owns its new team, and Lea writes there."""
    amina, jonas, lea = make_user("Amina", "Haddad"), make_user("Jonas", "Petersen"), make_user("Lea", "Kern")
    carla, doris = make_user("Carla", "Weber"), make_user("Doris", "Lang")
    organiser = make_organiser(doris)
    old = make_cohort(
        organiser,
        make_call("Alter Aufruf", deadline=day(-150)),
        title="Schmiede damals",
        begins_on=day(-400),
        ends_on=day(-200),
    )
    coach = make_coach(old, carla)
    before = make_team(old, amina, jonas, first_coach=coach)
    earlier = make_application(
        before,
        started_at=timezone.now() - timedelta(days=300),
        title="Tischgespräche",
        theme_key="vielfalt",
        grant_cents=568_000,
    )
    fill(earlier, by=amina)
    write(earlier, "s3", "Im Viertel leben viele Menschen.", by=jonas)
    now = make_cohort(organiser, title="Schmiede heute")
    team = make_team(now, amina, lea, organisation=before.organisation)
    earlier.refresh_from_db()
    return SimpleNamespace(
        amina=amina, jonas=jonas, lea=lea, carla=carla, doris=doris, before=before, earlier=earlier, team=team,
        organiser=organiser, call=now.call,
    )  # fmt: skip


@pytest.fixture
def world():
    return make_world()


def begin(world, **more):
    return start(world.team, by=world.amina, theme="begegnung", earlier=world.earlier, **more)


def page(world, client, who, **query):
    log_in(client, who)
    return client.get(reverse("applications:start", args=[world.team.pk]), query)


def decide(world, kind, **fields):
    submission = Submission.objects.create(
        application=world.earlier, stage=1, number=1, frozen={}, checksum="", grant_cents=0, receipt_number="PS-1",
        transferred_on=day(-182), signed_on=day(-181), posted_on=day(-180), **fields,
    )  # fmt: skip
    return Outcome.objects.create(submission=submission, kind=kind, on=day(-100))


# Which are offered


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("cohort over", True),
        ("cohort cancelled", True),
        ("withdrawn", True),
        ("team withdrawn", True),
        ("declined", True),
        ("granted", False),
        ("still running", False),
    ],
)
def test_what_still_runs_is_not_offered(world, state, offered):
    cohort = world.before.cohort
    if state != "cohort over":
        cohort.begins_on, cohort.ends_on = day(-10), day(10)
    if state == "cohort cancelled":
        cohort.cancelled_at = timezone.now()
    cohort.save()
    if state == "withdrawn":
        Application.objects.filter(pk=world.earlier.pk).update(status="withdrawn", withdrawn_at=timezone.now())
    if state == "team withdrawn":
        world.before.withdrawn_at = timezone.now()
        world.before.save()
    if state in {"declined", "granted"}:
        decide(world, state)

    assert list(earlier_of(world.team)) == [world.earlier] * offered
    if not offered:
        with pytest.raises(PermissionDenied):
            begin(world)


def test_own_application_that_was_withdrawn_can_be_begun_again_with_its_texts(world):
    first = begin(world)
    Application.objects.filter(pk=first.pk).update(status="withdrawn", withdrawn_at=timezone.now())

    assert list(open_to(world.team, world.amina)) == [first, world.earlier]
    again = start(world.team, by=world.amina, theme="vielfalt", earlier=first)
    assert again.drafts.get(key="s3").value == Text("Im Viertel leben viele Menschen.")


def test_other_associations_applications_are_never_offered(world, client):
    other = make_application(make_team(make_cohort(world.organiser, **over()), make_user("Bilal")))

    assert other not in earlier_of(world.team)
    with pytest.raises(PermissionDenied):
        start(world.team, by=world.amina, theme="vielfalt", earlier=other)
    assert page(world, client, world.amina, frueher=other.pk).status_code == 404
    assert Application.objects.filter(team=world.team).count() == 0


# Who may


def new_owner(world, joined):
    """Somebody who owns the new team, was not in the earlier one, and belongs to the association since that day."""
    nour = make_user("Nour", "Aziz")
    world.team.members.filter(user=world.amina).delete()
    make_member(world.team, nour, "owner")
    Membership.objects.filter(user=nour).update(joined_at=joined)
    return nour


def test_who_was_in_the_earlier_team_may_as_owner_and_as_writer(world):
    make_member(world.team, world.jonas)

    assert [list(open_to(world.team, who)) for who in (world.amina, world.jonas)] == [[world.earlier]] * 2


def test_who_left_the_earlier_team_and_only_writes_may_not(world):
    make_member(world.team, world.jonas)
    world.before.members.filter(user=world.jonas).update(left_on=day(-250))

    assert list(open_to(world.team, world.jonas)) == []


def test_registered_anew_and_accepted_as_the_known_organisation(world):
    cohort = make_cohort(world.organiser, **window())
    person = {"first_name": "Amina", "last_name": "Haddad", "email": "amina@example.org", "phone": ""}
    stranger = {"first_name": "Nour", "last_name": "Aziz", "email": "nour@example.org", "phone": ""}
    nour = make_user("Nour", "Aziz")
    Membership.objects.filter(user=world.jonas).update(role=Membership.Role.RESPONSIBLE)
    for someone, known, expected in ((world.amina, person, [world.earlier]), (nour, stranger, [])):
        registration = make_registration(cohort, persons=[known])
        team = accept(registration, by=world.doris, text="Ja.", organisation=world.team.organisation)
        Invitation.objects.open().get(email=someone.email).accept(someone)

        assert (team.roles_of(someone), list(open_to(team, someone))) == ({"owner", "fellow"}, expected)
        team.delete()


def test_owner_who_belonged_to_the_association_before_may(world):
    nour = new_owner(world, world.team.made_at - timedelta(days=1))

    assert start(world.team, by=nour, theme="vielfalt", earlier=world.earlier).previous == world.earlier


def test_owner_who_came_with_the_new_team_may_not_unless_she_is_responsible_for_the_association(world):
    nour = new_owner(world, world.team.made_at + timedelta(minutes=1))

    with pytest.raises(PermissionDenied):
        start(world.team, by=nour, theme="vielfalt", earlier=world.earlier)
    Membership.objects.filter(user=nour).update(role=Membership.Role.RESPONSIBLE)
    assert list(open_to(world.team, nour)) == [world.earlier]


def test_first_to_join_an_association_that_everybody_left_may_not(world):
    nour = new_owner(world, world.team.made_at + timedelta(minutes=1))
    Membership.objects.filter(user=nour).update(role=Membership.Role.RESPONSIBLE)
    Membership.objects.filter(organisation=world.team.organisation).exclude(user=nour).delete()

    assert list(open_to(world.team, nour)) == []


def test_writer_who_belongs_to_the_association_may_not_and_is_told_whom_to_ask(world, client):
    shown = page(world, client, world.lea)

    text = words_of(shown.text)
    assert "Diese Texte können Sie nicht selbst übernehmen" in text
    assert "Bitte fragen Sie: Amina Haddad." in text
    assert "Tischgespräche" not in text
    assert page(world, client, world.lea, frueher=world.earlier.pk).status_code == 404


def test_without_anybody_in_the_team_the_associations_responsible_person_is_named_or_the_organiser(world, client):
    nour = new_owner(world, timezone.now())

    assert "Bitte fragen Sie den Träger Ihrer Projektschmiede." in words_of(page(world, client, nour).text)
    Membership.objects.filter(user=world.jonas).update(role=Membership.Role.RESPONSIBLE)
    assert "Bitte fragen Sie: Jonas Petersen." in words_of(page(world, client, nour).text)


def test_reader_does_not_begin_again(world, client):
    make_member(world.team, world.jonas, "reader")

    assert page(world, client, world.jonas, frueher=world.earlier.pk).status_code == 403
    with pytest.raises(PermissionDenied):
        start(world.team, by=world.jonas, theme="vielfalt", earlier=world.earlier)


# What comes over


def test_texts_and_rows_come_over_as_first_version_with_who_took_them(world):
    application = begin(world)

    drafts = {draft.key: draft for draft in application.drafts.all()}
    before = {draft.key: draft for draft in world.earlier.drafts.all()}
    taken = set(before) - {"s0", "s15", "s16"}
    assert {key: (drafts[key].version, drafts[key].value) for key in taken} == {
        key: (1, before[key].value) for key in taken
    }
    assert {drafts[key].length for key in taken} == {before[key].length for key in taken}
    revisions = Revision.objects.filter(draft__application=application, draft__key__in=taken)
    assert {(row.version, row.why, row.is_kept, row.by) for row in revisions} == {(1, "copied", True, world.amina)}
    assert (drafts["s15"].version, drafts["s16"].version) == (0, 0)
    assert application.previous == world.earlier


def test_cover_comes_over_as_it_stood_and_the_chosen_theme_is_a_version_of_its_own(world):
    organisation = world.team.organisation
    organisation.contact_phone, organisation.contact_email = "0345 39200", "neu@example.org"
    organisation.save()

    application = begin(world)

    before, cover = world.earlier.drafts.get(key="s0").value, application.drafts.get(key="s0")
    assert cover.value == replace(before, theme="begegnung", phone="0345 39200")
    assert [(row.version, row.why) for row in cover.revisions.order_by("version")] == [(1, "copied"), (2, "saved")]
    assert cover.revisions.get(version=1).value.theme == "vielfalt"
    assert (application.title, application.theme_key, application.months, application.grant_cents) == (
        "Tischgespräche", "begegnung", 12, world.earlier.grant_cents,
    )  # fmt: skip


def test_same_theme_makes_no_second_version(world):
    application = start(world.team, by=world.amina, theme="vielfalt", earlier=world.earlier)

    assert application.drafts.get(key="s0").version == 1


def test_earlier_application_stays_as_it_is_and_two_events_tell(world):
    before = list(Revision.objects.filter(draft__application=world.earlier).order_by("pk").values())

    application = begin(world)

    assert list(Revision.objects.filter(draft__application=world.earlier).order_by("pk").values()) == before
    events = Event.objects.filter(record_id=str(application.pk)).order_by("at").values_list("what", "codes")
    assert dict(events) == {
        "application.started": {},
        "application.texts_taken": {"previous": str(world.earlier.pk), "sections": 16},
    }


def test_section_that_is_gone_comes_over_to_be_read_under_its_former_title(world, client):
    edition = make_edition(world.call, 2, published=False)
    edition.sections.filter(key="s3").delete()
    edition.publish(by=None)

    assert "Diese Abschnitte gibt es nicht mehr." in page(world, client, world.amina, frueher=world.earlier.pk).text
    application = begin(world)

    section = client.get(reverse("applications:section", args=[application.pk, "s3"]))
    assert ("Im Viertel leben viele Menschen." in section.text, section.context["term"].title) == (
        True, "Ausgangslage vor Ort",
    )  # fmt: skip
    workspace = words_of(client.get(application.get_absolute_url()).text)
    assert "Ihre Texte dazu bleiben lesbar: Ausgangslage vor Ort" in workspace
    Application.objects.filter(pk=application.pk).update(status="withdrawn", withdrawn_at=timezone.now())
    third = start(world.team, by=world.amina, theme="vielfalt", earlier=application)
    assert third.term_of("s3").title == "Ausgangslage vor Ort"


@pytest.mark.parametrize("length", [10, 50_000])
def test_long_texts_come_over_whole_and_cost_no_more(world, django_assert_num_queries, length):
    for number in (1, 2, 3, 4, 6, 9, 10, 11, 12, 13, 14):
        write(world.earlier, f"s{number}", "ä" * length)

    with django_assert_num_queries(25):
        application = begin(world)

    assert application.drafts.get(key="s9").length == length


def test_beginning_empty_stays_possible(world, client):
    log_in(client, world.amina)

    client.post(reverse("applications:start", args=[world.team.pk]), {"theme": "vielfalt"})

    application = Application.objects.get(team=world.team)
    assert (application.previous, application.drafts.filter(version__gt=0).count()) == (None, 1)


def test_beginning_twice_makes_one(world, client):
    log_in(client, world.amina)
    address = reverse("applications:start", args=[world.team.pk]) + f"?frueher={world.earlier.pk}"

    first = client.post(address, {"theme": "vielfalt"}, follow=True)
    second = client.post(address, {"theme": "vielfalt"}, follow=True)

    application = Application.objects.get(team=world.team)
    assert (application.previous, second.redirect_chain[-1][0]) == (world.earlier, application.get_absolute_url())
    assert "Was Sie gerade gewählt haben, ist nicht übernommen." in second.text
    assert "mit Ihren früheren Texten als erster Fassung" in first.text


# What the pages say


def test_start_lists_several_attempts_newest_first(world, client):
    newer = make_application(make_team(make_cohort(world.organiser, **over()), world.amina, organisation=world.team.organisation), title="Zweiter Versuch")  # fmt: skip

    shown = page(world, client, world.amina)

    assert [row.application for row in shown.context["attempts"].open] == [newer, world.earlier]
    assert shown.text.index("Zweiter Versuch") < shown.text.index("Tischgespräche") < shown.text.index("Leer anfangen")
    assert f"?frueher={newer.pk}" in shown.text


def test_without_an_earlier_one_the_page_is_as_before(world, client, django_assert_num_queries):
    Application.objects.update(team=make_team(make_cohort(world.organiser), make_user("Bilal")))

    text = page(world, client, world.amina).text

    assert ("Ihr Verein hat schon einmal geschrieben" in text, "Leer anfangen" in text) == (False, False)


def test_page_says_what_changed_first_then_what_comes_and_what_does_not(world, client):
    edition = make_edition(world.call, 2, published=False)
    edition.limits.filter(key="max_pages").update(value=8)
    edition.expense_kinds.filter(code="MASS").delete()
    edition.publish(by=None)
    Application.objects.filter(pk=world.earlier.pk).update(call=make_call(year=world.call.year - 1))
    write(world.earlier, "s0", Cover(title="Tischgespräche", theme="vielfalt", start_on=f"{world.call.year - 1}-03-01"))
    for name in ("a.pdf", "b.pdf"):
        Attachment.objects.create(application=world.earlier, kind="register_extract", name=name, file=name, size=1)  # fmt: skip

    shown = page(world, client, world.amina, frueher=world.earlier.pk)

    text = words_of(shown.text)
    assert text.index("max_pages: jetzt 8, damals 10.") < text.index("Was mitkommt") < text.index("Was Sie neu machen")
    assert f"Förderjahr {world.call.year}; damals galt der für {world.call.year - 1}" in text
    assert f"auch mit früheren Jahren ({world.call.year - 1})" in text
    assert "Diese Ausgabenarten gibt es nicht mehr: Maßnahmen." in text
    assert "Anlagen: 2 Dateien von damals kommen nicht mit." in text
    assert "16 Abschnitte, wie sie zuletzt dastanden" in text
    assert shown.context["form"].initial["theme"] == "vielfalt"


def test_theme_that_is_gone_has_to_be_chosen_anew(world, client):
    edition = make_edition(world.call, 2, published=False)
    edition.themes.filter(key="vielfalt").delete()
    edition.publish(by=None)

    text = words_of(page(world, client, world.amina, frueher=world.earlier.pk).text)

    assert "Ihr früherer Themenschwerpunkt „Für Vielfalt und Toleranz“ ist nicht mehr dabei." in text


def test_same_rules_are_said_to_be_the_same(world, client):
    text = words_of(page(world, client, world.amina, frueher=world.earlier.pk).text)

    assert "Grenzen, Abschnitte und Fragen sind dieselben wie damals." in text


# Beside each section


def give_back(world):
    """Carla commented on the earlier text and gave it back; then the funder declined."""
    world.before.cohort.ends_on = day(10)
    world.before.cohort.save()
    review = hand_in(world.earlier, ["s3"], by=world.amina)
    review.take(by=world.carla)
    item = review.items.get()
    item.comment(by=world.carla, kind="must change", text="Wie viele Menschen?")
    review.give_back(by=world.carla, verdicts={item.pk: "please change"})
    decide(world, "declined")


def section(client, application, key="s3"):
    return client.get(reverse("applications:section", args=[application.pk, key]))


def test_remarks_and_outcome_stand_beside_the_section_for_who_was_there(world, client):
    give_back(world)
    application = begin(world)
    log_in(client, world.amina)

    text = words_of(section(client, application).text)

    assert "Was beim letzten Mal dazu gesagt wurde (1 Anmerkung)" in text
    assert "Wie viele Menschen?" in text
    assert "Früheres Vorhaben „Tischgespräche“ in „Schmiede damals“: abgelehnt am" in text
    assert "bitte ändern" in text
    assert reverse("applications:section", args=[world.earlier.pk, "s3"]) in section(client, application).text
    quiet = words_of(section(client, application, "s4").text)
    assert "Zu diesem Abschnitt gab es keine Anmerkungen." in quiet
    assert ("Wie es beim letzten Mal war" in quiet, "0 Anmerkungen" in quiet) == (True, False)


@pytest.mark.parametrize("many", [1, 30])
def test_remarks_cost_the_same_however_many_there_are(world, client, many, django_assert_num_queries):
    give_back(world)
    first = Comment.objects.get()
    Comment.objects.bulk_create(Comment(item=first.item, kind="hint", text=f"Nummer {n}", by=world.carla) for n in range(many))  # fmt: skip
    application = begin(world)
    log_in(client, world.amina)
    section(client, application, "s4")

    with django_assert_num_queries(17):
        shown = section(client, application)

    assert len(shown.context["then"].comments) == many + 1


def test_who_was_not_in_the_earlier_team_reads_no_remark_of_it(world, client):
    give_back(world)
    application = begin(world)
    chris = make_user("Chris")
    coach = make_coach(world.team.cohort, chris)
    world.team.first_coach = coach
    world.team.save()
    for who in (world.lea, chris):
        log_in(client, who)
        shown = section(client, application)
        assert (shown.context["then"], "Wie viele Menschen?" in shown.text) == (None, False)
        assert "Im Viertel leben viele Menschen." in shown.text
    log_in(client, world.lea)
    workspace = client.get(application.get_absolute_url()).text
    assert "Schmiede damals" in workspace
    assert str(world.earlier.pk) not in workspace


def test_section_begun_without_an_earlier_application_asks_nothing_more(world, client):
    application = start(world.team, by=world.amina, theme="vielfalt")
    log_in(client, world.amina)

    assert section(client, application).context["then"] is None
    assert "Begonnen mit früheren Texten" not in client.get(application.get_absolute_url()).text


def test_history_says_that_the_text_was_taken_over(world, client):
    application = begin(world)
    log_in(client, world.amina)

    assert "aus der Idee oder einem früheren Vorhaben übernommen" in client.get(reverse("applications:history", args=[application.pk, "s3"])).text  # fmt: skip
