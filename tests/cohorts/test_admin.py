"""What Doris does in the admin, clicked as in a browser, and what she never sees there."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from accounts.models import Invitation, Message
from cohorts.deciding import decline
from cohorts.models import Announcement, CoachAssignment, Cohort, Registration, Team, TeamMember
from cohorts.reference import load_curriculum
from tests.builders import (
    day,
    log_in,
    make_bamf,
    make_call,
    make_coach,
    make_cohort,
    make_edition,
    make_member,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    taken_now,
    window,
)
from tests.cohorts.test_registration_steps import PERSONS, make_registration
from tests.forms import agree, form_of, send


@pytest.fixture
def doris(db):
    return make_user("Doris", "Lang")


@pytest.fixture
def cohort(doris):
    return make_cohort(make_organiser(doris), title="Projektschmiede Harz", slug="harz", places=2, **window())


@pytest.fixture
def admin_client(client, cohort, doris):
    return log_in(client, doris)


def words_of(page):
    """The messages on a page, such as what an action says of each record."""
    return " ".join(str(message) for message in page.context["messages"])


def asks(page):
    """Is this the page that asks before an action?"""
    return "admin/ask.html" in [template.name for template in page.templates]


def act(client, model, action, *records, form=None, on_form=False):
    """Choose an action; with `form`, fill in the page that asks and press its button. Returns the last page."""
    name = "change" if on_form else "changelist"
    url = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{name}", args=[records[0].pk] if on_form else [])
    data = {
        "CHANGE_FORM-action" if on_form else "action": action,
        "_selected_action": [str(record.pk) for record in records],
    }
    page = client.post(url, data, follow=True)
    if form is None:
        return page
    assert asks(page), words_of(page)
    assert "&lt;h2&gt;" not in page.text
    assert "&lt;p&gt;" not in page.text
    initial = {name: field.initial for name, field in page.context["form"].fields.items()} | page.context[
        "form"
    ].initial
    typed = {name: value for name, value in (initial | form).items() if value is not None}
    return send(client, url, data | typed | {"_asked": "1"})


@pytest.mark.parametrize("on_form", [False, True])
def test_doris_accepts_from_list_and_form(admin_client, cohort, on_form):
    registration = make_registration(cohort)
    coach = make_coach(cohort, make_user("Carla"))

    page = act(
        admin_client, Registration, "accept", registration,
        form={"text": "Schön, dass Sie kommen.", "note": "gut", "first_coach": str(coach.pk)}, on_form=on_form,
    )  # fmt: skip

    assert "Zugelassen. Das Team ist angelegt." in page.content.decode()
    team = Team.objects.get()
    assert (team.first_coach, team.registration.internal_note) == (coach, "gut")
    assert "Schön, dass Sie kommen." in Message.objects.filter(kind="registration_accepted")[0].text


def test_text_to_send_is_prefilled_and_may_not_be_empty(admin_client, cohort):
    registration = make_registration(cohort)

    page = act(admin_client, Registration, "decline", registration)
    assert "Bitte lassen Sie sich nicht entmutigen." in page.content.decode()
    page = act(admin_client, Registration, "decline", registration, form={"text": " ", "note": "zu spät"})

    assert page.status_code == 422
    assert "zu spät" in page.content.decode()
    assert Registration.objects.get().status == "received"


def test_declining_says_why(admin_client, cohort):
    registration = make_registration(cohort)
    letter = "vielen Dank.\n\nDer Grund: {}\n\nBitte lassen Sie sich nicht entmutigen."

    page = act(admin_client, Registration, "decline", registration, form={"text": letter.format("")})
    assert page.status_code == 422
    assert "Bitte schreiben Sie den Grund dazu" in page.content.decode()
    assert Registration.objects.get().status == "received"

    act(admin_client, Registration, "decline", registration, form={"text": letter.format("Der Platz reicht nicht.")})
    assert Registration.objects.get().status == "declined"


def test_several_are_accepted_until_the_places_are_taken(admin_client, cohort):
    registrations = [
        make_registration(cohort, persons=[dict(PERSONS[0], email=f"p{number}@example.org")]) for number in range(3)
    ]

    with zeal_ignore():  # one step per registration is what was asked for
        page = act(admin_client, Registration, "accept", *registrations, form={"text": "Ja."})

    assert page.content.decode().count("Zugelassen. Das Team ist angelegt.") == 2
    assert page.content.decode().count("Alle Plätze sind vergeben.") == 1
    assert sorted(Registration.objects.values_list("status", flat=True)) == ["accepted", "accepted", "received"]


def test_who_confirmed_first_gets_the_place(admin_client, cohort):
    Cohort.objects.update(places=1)
    late, early = (
        make_registration(cohort, organisation_name="Spät"),
        make_registration(cohort, organisation_name="Früh"),
    )
    Registration.objects.filter(pk=early.pk).update(confirmed_at=late.confirmed_at - timedelta(days=1))

    with zeal_ignore():
        act(admin_client, Registration, "accept", late, early, form={"text": "Ja."})

    assert Registration.objects.get(status="accepted").organisation_name == "Früh"


@pytest.mark.parametrize("on_form", [False, True])
def test_without_a_place_everything_typed_is_still_there(admin_client, cohort, on_form):
    Cohort.objects.update(places=1)
    make_team(cohort, make_user("Amina"))
    registration = make_registration(cohort)
    words = {"text": "Eine lange Zusage.", "note": "Sehr gute Idee."}

    page = act(admin_client, Registration, "accept", registration, form=words, on_form=on_form)

    assert page.status_code == 409
    assert "Alle Plätze sind vergeben." in page.content.decode()
    typed = form_of(page, None)
    assert typed["text"] == ["\nEine lange Zusage."] or typed["text"] == ["Eine lange Zusage."]
    assert typed["note"] == ["Sehr gute Idee."]
    Cohort.objects.update(places=2)
    name = "change" if on_form else "changelist"
    url = reverse(f"admin:cohorts_registration_{name}", args=[registration.pk] if on_form else [])
    page = send(admin_client, url, typed)
    assert "Zugelassen. Das Team ist angelegt." in page.content.decode()


def test_a_refusal_says_again_what_the_first_page_said(admin_client, cohort):
    Cohort.objects.update(places=1)
    make_team(cohort, make_user("Amina"))
    registration = make_registration(cohort)
    make_registration(cohort, organisation_name="Brückenschlag e.V.")  # looks like it
    first = act(admin_client, Registration, "accept", registration)

    page = act(admin_client, Registration, "accept", registration, form={"text": "Ja."})

    assert page.status_code == 409
    for said in ("ist kein Platz frei.</p>", "sieht aus wie", "Das Team wird angelegt, und alle Personen"):
        assert said in first.text
        assert said in page.text


def test_every_refusal_repeats_the_facts_of_its_first_page(admin_client, cohort):
    team = make_team(cohort, make_user("Amina"), first_coach=make_coach(cohort, make_user("Carla")))
    coach = cohort.coach_assignments.get()
    first = act(admin_client, Team, "name_coaches", team)
    assert "bisher erste Coaching-Person" in first.text

    page = act(admin_client, Team, "name_coaches", team, form={"second": str(coach.pk)})

    assert page.status_code == 409
    assert "bisher erste Coaching-Person" in page.text
    assert page.context["form"]["second"].value() == str(coach.pk)


def test_only_who_was_refused_is_asked_about_again(admin_client, cohort):
    Cohort.objects.update(places=1)
    first, second = make_registration(cohort), make_registration(cohort)

    with zeal_ignore():
        page = act(admin_client, Registration, "accept", first, second, form={"text": "Ja."})

    refused = Registration.objects.get(status="received")
    assert [str(refused.pk)] == form_of(page, None)["_selected_action"]


@pytest.mark.parametrize("action", ["accept", "put_on_waiting_list", "decline"])
def test_a_decision_keeps_the_internal_note(admin_client, cohort, action):
    registration = make_registration(cohort, internal_note="Vorher telefoniert.")

    page = act(admin_client, Registration, action, registration)
    assert page.context["form"].initial["note"] == "Vorher telefoniert."
    act(admin_client, Registration, action, registration, form={"text": "Gruß.", "note": ""})

    assert Registration.objects.get().internal_note == "Vorher telefoniert."


def test_decided_meanwhile_is_told(admin_client, cohort, doris):
    registration = make_registration(cohort)
    url = reverse("admin:cohorts_registration_changelist")
    page = admin_client.post(url, {"action": "accept", "_selected_action": [str(registration.pk)]})
    decline(registration, by=doris, text="Nein.")

    page = admin_client.post(url, form_of(page, None) | {"text": "Ja."})

    assert "Darüber ist schon entschieden." in page.content.decode()
    assert not Team.objects.exists()


def test_accepting_shows_who_gets_what_and_the_free_places_before(admin_client, cohort):
    Cohort.objects.update(places=1)
    first, second = make_registration(cohort), make_registration(cohort, organisation_name="Ohne Platz e. V.")
    before = Message.objects.count()
    url = reverse("admin:cohorts_registration_changelist")
    chosen = {"action": "accept", "_selected_action": [str(first.pk), str(second.pk)]}
    form = admin_client.post(url, chosen)
    assert "ist ein Platz von 1 frei.</p>" in form.text
    assert "&lt;p&gt;" not in form.text
    assert "Als Nächstes sehen Sie, wer welche E-Mail bekommt." in form.text

    with zeal_ignore():
        page = admin_client.post(url, form_of(form, None) | {"text": "Sie sind dabei."})

    assert page.template_name == "admin/consequences.html"
    assert "ist danach kein Platz frei." in page.text
    assert "Sie sind dabei." in page.text
    assert "Ohne Platz e. V.: Alle Plätze" in words_of(page)
    assert "Zulassen (" in page.text
    assert not Team.objects.exists()
    assert Message.objects.count() == before

    again = admin_client.post(url, form_of(page, "consequences") | {"_typing": "1"})
    assert again.template_name == "admin/ask.html"
    assert again.context["form"]["text"].value() == "Sie sind dabei."
    with zeal_ignore():
        agree(admin_client, page)
    assert Team.objects.count() == 1
    assert Registration.objects.get(status="received") == second


@pytest.mark.parametrize("places", [1, 2])
def test_the_suggested_text_for_the_waiting_list_is_true_with_and_without_free_places(admin_client, cohort, places):
    Cohort.objects.update(places=places)
    make_team(cohort, make_user("Jonas"))
    registration = make_registration(cohort)

    page = act(admin_client, Registration, "put_on_waiting_list", registration)
    text = page.context["form"]["text"].value()
    act(admin_client, Registration, "put_on_waiting_list", registration, form={"text": text})

    assert ("Im Moment sind alle Plätze vergeben" in text, "noch keinen zusagen" in text) == (places == 1, places == 2)
    assert (
        "Sobald ein Platz frei wird" not in Message.objects.filter(kind="registration_waiting")[0].text.split(text)[1]
    )


def test_the_first_page_says_who_gets_no_place_and_why(admin_client, cohort):
    Cohort.objects.update(places=1)
    late, early = (
        make_registration(cohort, organisation_name="Spät e. V."),
        make_registration(cohort, organisation_name="Früh e. V."),
    )
    Registration.objects.filter(pk=early.pk).update(confirmed_at=timezone.now() - timedelta(days=2))

    page, of_one = (
        act(admin_client, Registration, "accept", late, early),
        act(admin_client, Registration, "accept", late),
    )

    assert "In „Projektschmiede Harz“ bekommen keinen Platz mehr: Spät e. V.</li>" in page.text
    assert "Wer seine Anmeldung zuerst bestätigt hat, bekommt einen." in page.text
    assert "bekommen keinen Platz mehr" not in of_one.text


@pytest.mark.parametrize("has_coach", [True, False])
def test_the_page_of_consequences_says_who_begins_without_a_coach(admin_client, cohort, has_coach):
    registration = make_registration(cohort, organisation_name="Brückenschlag e. V.")
    coach = make_coach(cohort, make_user("Carla")) if has_coach else None
    url = reverse("admin:cohorts_registration_changelist")
    form = form_of(admin_client.post(url, {"action": "accept", "_selected_action": [str(registration.pk)]}), None)

    without = admin_client.post(url, form)
    chosen = admin_client.post(url, form | {"first_coach": coach.pk}) if coach else None

    assert "Ohne Coaching-Person beginnen: Brückenschlag e. V.</p>" in without.text
    assert ("lesen alle Coaching-Personen der Projektschmiede" in without.text) is has_coach
    assert ("liest niemand, was ein Team abgibt und fragt" in without.text) is not has_coach
    assert chosen is None or "Ohne Coaching-Person" not in chosen.text


def test_accepting_says_that_the_deadline_is_over(admin_client, cohort):
    registration = make_registration(cohort)
    cohort.call.deadline = day(-1)
    cohort.call.save()
    url = reverse("admin:cohorts_registration_changelist")
    form = form_of(admin_client.post(url, {"action": "accept", "_selected_action": [str(registration.pk)]}), None)

    assert "Der Einsendeschluss von „" in admin_client.post(url, form).text


def test_waiting_list_and_then_accepted(admin_client, cohort):
    registration = make_registration(cohort)

    act(admin_client, Registration, "put_on_waiting_list", registration, form={})
    assert Registration.objects.get().status == "waiting"
    act(admin_client, Registration, "accept", registration, form={}, on_form=True)

    assert Registration.objects.get().status == "accepted"


def test_nobody_changes_an_associations_words_and_a_note_can_be_kept(admin_client, cohort):
    registration = make_registration(cohort, idea="Unsere Worte")
    url = reverse("admin:cohorts_registration_change", args=[registration.pk])

    page = admin_client.post(url, {"idea": "Andere", "status": "accepted", "internal_note": "anrufen"}, follow=True)

    assert page.status_code == 200
    stored = Registration.objects.get()
    assert (stored.idea, stored.status, stored.internal_note) == ("Unsere Worte", "received", "anrufen")


def test_unconfirmed_registrations_are_not_read(admin_client, cohort):
    registration = make_registration(cohort, "unconfirmed", organisation_name="Unbestätigt e. V.")

    page = admin_client.get(reverse("admin:cohorts_registration_changelist"))

    assert "Unbestätigt" not in page.content.decode()
    assert admin_client.get(reverse("admin:cohorts_registration_change", args=[registration.pk])).status_code == 404


def test_list_of_registrations_shows_name_and_city_and_no_filter_for_what_it_leaves_out(admin_client, cohort):
    make_registration(cohort, organisation_name="Brückenschlag e. V.", city="Stendal", idea="Garten " * 30)

    page = admin_client.get(reverse("admin:cohorts_registration_changelist")).text

    assert "Brückenschlag e. V., Stendal" in page
    assert ">" + "Garten " * 11 + "…<" in page
    assert "noch nicht bestätigt" not in page
    assert "auf der Warteliste" in page


def new_cohort(**changes):
    return {
        "title": "Projektschmiede Süd: Grüße & Co.",
        "begins_on": day(40).isoformat(),
        "ends_on": "",
        "registration_from": day(-1).isoformat(),
        "registration_until": day(20).isoformat(),
        "places": "10",
        "persons_per_team": "2",
        "region": "Süden",
        "format": "mixed",
        "public_text": "Kommen Sie!",
        "contact_name": "Doris Lang",
        "contact_email": "doris@example.org",
        "contact_phone": "",
        "contact_hours": "Montag bis Freitag, 9 bis 13 Uhr",
        "answer_days": "7",
        **changes,
    }


def test_doris_makes_a_cohort_and_its_workshops_appear(admin_client, cohort):
    curriculum = load_curriculum()
    url = reverse("admin:cohorts_cohort_add")
    assert admin_client.get(url).status_code == 200
    made_of = {"organiser": cohort.organiser_id, "call": cohort.call_id, "curriculum": curriculum.pk}

    page = send(admin_client, url, new_cohort(**made_of))

    assert "6 Workshops sind angelegt." in page.content.decode()
    made = Cohort.objects.get(slug="projektschmiede-sued-gruesse-co")
    assert made.ends_on == max(day(40 + 70), cohort.call.deadline)
    assert made.published_at is None
    workshops = list(made.workshops.all())
    assert [workshop.title for workshop in workshops][:2] == ["Ankommen und Idee", "Bedarf und Zielgruppe"]
    assert workshops[0].section_keys == ["s0", "s1", "s2"]
    first = workshops[1].sessions.get()
    assert f"{timezone.localtime(first.begins_at):%H:%M %Y-%m-%d}" == f"10:00 {day(54).isoformat()}"
    assert workshops[0].assignments.first().due_on == day(40 + 14 - 3)

    act(admin_client, Cohort, "publish", made, on_form=True, form={})

    assert Cohort.objects.get(pk=made.pk).is_registration_open
    assert admin_client.get(made.get_absolute_url()).status_code == 200


def test_same_title_gets_a_slug_of_its_own(admin_client, cohort):
    made_of = {"organiser": cohort.organiser_id, "call": cohort.call_id, "curriculum": load_curriculum().pk}
    for _ in range(2):
        send(admin_client, reverse("admin:cohorts_cohort_add"), new_cohort(title="Projektschmiede Harz", **made_of))

    slugs = Cohort.objects.exclude(pk=cohort.pk).order_by("slug").values_list("slug", flat=True)
    assert list(slugs) == ["projektschmiede-harz", "projektschmiede-harz-2"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_on": lambda: day(1)}, "Die Projektschmiede muss beginnen, bevor sie endet."),
        ({"registration_until": lambda: day(-9)}, "Die Anmeldung muss beginnen, bevor sie endet."),
        ({"curriculum": ""}, "Diese Angabe fehlt noch."),
        ({"title": "A\x00B"}, "Nullzeichen sind nicht erlaubt."),
        ({"title": ""}, "Diese Angabe fehlt noch."),
    ],
)
def test_wrong_cohort_is_refused_with_a_sentence_and_makes_nothing(admin_client, cohort, changes, sentence):
    made_of = {"organiser": cohort.organiser_id, "call": cohort.call_id, "curriculum": load_curriculum().pk}

    page = admin_client.post(reverse("admin:cohorts_cohort_add"), new_cohort(**made_of | taken_now(changes)))

    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert Cohort.objects.count() == 1


def test_cohort_is_made_for_ones_own_traeger_only(admin_client, cohort):
    foreign = make_organiser(make_user("Malin"), "Lernwerk Nord gGmbH")
    made_of = {"organiser": foreign.pk, "call": cohort.call_id, "curriculum": load_curriculum().pk}

    page = admin_client.post(reverse("admin:cohorts_cohort_add"), new_cohort(**made_of))

    assert page.status_code == 200
    assert Cohort.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"ends_on": lambda: day(30)}, "ends_on", "Die Projektschmiede muss beginnen, bevor sie endet."),
        ({"registration_until": lambda: day(-9)}, "registration_until", "Die Anmeldung muss beginnen, bevor sie endet."),
        ({"places": "0"}, "places", "Eine Projektschmiede hat mindestens einen Platz."),
        ({"places": "100000"}, "places", "Eine Projektschmiede hat höchstens 50 Plätze. Bitte prüfen Sie die Zahl."),
        ({"places": "51"}, "places", "Eine Projektschmiede hat höchstens 50 Plätze. Bitte prüfen Sie die Zahl."),
        ({"persons_per_team": "11"}, "persons_per_team", "Aus jedem Team kommen höchstens 10 Personen. Bitte prüfen Sie die Zahl."),
        ({"answer_days": "61"}, "answer_days", "Eine Rückmeldung dauert höchstens 60 Tage. Bitte prüfen Sie die Zahl."),
        ({"persons_per_team": "0"}, "persons_per_team", "Aus jedem Team kommt mindestens eine Person."),
        ({"answer_days": "0"}, "answer_days", "Für eine Rückmeldung braucht es mindestens einen Tag."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_cohort_stands_beside_the_field(admin_client, cohort, changes, field, sentence):
    made_of = {"organiser": cohort.organiser_id, "call": cohort.call_id, "curriculum": load_curriculum().pk}

    page = admin_client.post(reverse("admin:cohorts_cohort_add"), new_cohort(**made_of | taken_now(changes)))

    assert page.context["adminform"].form.errors == {field: [sentence]}


@pytest.mark.parametrize("field", ["places", "persons_per_team", "answer_days"])
def test_database_keeps_no_cohort_without_places_persons_or_days(cohort, field):
    with pytest.raises(IntegrityError):
        Cohort.objects.update(**{field: 0})


@pytest.mark.parametrize(("field", "most"), [("places", 50), ("persons_per_team", 10), ("answer_days", 60)])
def test_database_keeps_no_cohort_with_far_too_many(cohort, field, most):
    Cohort.objects.update(**{field: most})
    with pytest.raises(IntegrityError):
        Cohort.objects.update(**{field: most + 1})


def test_calls_that_are_over_are_not_offered_for_a_new_cohort(admin_client, cohort):
    over, coming = make_call(deadline=day(-1), slug="vorbei"), make_call(deadline=day(), slug="heute")
    undated = make_call(deadline=None, slug="ohne-frist")

    page = admin_client.get(reverse("admin:cohorts_cohort_add"))

    offered = set(page.context["adminform"].form.fields["call"].queryset)
    assert offered == {cohort.call, coming, undated}
    Cohort.objects.update(call=over)
    page = admin_client.get(reverse("admin:cohorts_cohort_change", args=[cohort.pk]))
    assert over in page.context["adminform"].form.fields["call"].queryset


def coach_form(cohort, **changes):
    return {
        "cohort": cohort.pk, "first_name": "Carla", "last_name": "Weber", "email": "carla@example.org", "phone": "",
        "form_of_address": "Coachin", "absences-TOTAL_FORMS": "0", "absences-INITIAL_FORMS": "0", **changes,
    }  # fmt: skip


def test_nobody_coaches_a_cohort_twice(admin_client, cohort):
    url = reverse("admin:cohorts_coachassignment_add")
    agree(admin_client, admin_client.post(url, coach_form(cohort, email="Carla@Example.org")))
    assert CoachAssignment.objects.get().email == "carla@example.org"

    page = admin_client.post(url, coach_form(cohort, email="CARLA@example.org"))

    assert "Diese Person begleitet die Projektschmiede schon." in page.content.decode()
    assert CoachAssignment.objects.count() == 1


def test_wrong_address_of_a_coach_is_corrected_until_she_has_joined(admin_client, cohort):
    add = reverse("admin:cohorts_coachassignment_add")
    agree(admin_client, admin_client.post(add, coach_form(cohort, email="karla@example.org")))
    coach = CoachAssignment.objects.get()
    url = reverse("admin:cohorts_coachassignment_change", args=[coach.pk])

    page = agree(admin_client, admin_client.post(url, coach_form(cohort)))

    assert "Die Einladung an carla@example.org ist unterwegs." in page.content.decode()
    assert [invitation.email for invitation in Invitation.objects.open()] == ["carla@example.org"]
    Invitation.objects.open().get().accept(make_user("Carla"))
    admin_client.post(url, coach_form(cohort, email="andere@example.org"))
    assert CoachAssignment.objects.get().email == "carla@example.org"


def test_new_coach_is_invited_and_ended(admin_client, cohort):
    url = reverse("admin:cohorts_coachassignment_add")
    page = agree(admin_client, admin_client.post(url, coach_form(cohort)))
    assert "Die Einladung an carla@example.org ist unterwegs." in page.content.decode()
    assert Message.objects.get().email == "carla@example.org"

    coach = CoachAssignment.objects.get()
    act(admin_client, CoachAssignment, "end", coach, form={"until": day(-1).isoformat()}, on_form=True)

    assert CoachAssignment.objects.get().is_current is False


def test_doris_names_coaches_adds_and_ends_members(admin_client, cohort):
    team = make_team(cohort, make_user("Amina"))
    carla, henrik = make_coach(cohort, make_user("Carla")), make_coach(cohort, make_user("Henrik"))
    member = {"first_name": "Jonas", "last_name": "Wiese", "email": "jonas@example.org", "phone": "", "role": "reader"}

    with zeal_ignore():  # two choices are looked up one by one
        act(admin_client, Team, "name_coaches", team, form={"first": carla.pk, "second": henrik.pk})
    act(admin_client, Team, "add_member", team, form=member, on_form=True)

    team = Team.objects.get()
    assert (team.first_coach, team.second_coach) == (carla, henrik)
    jonas = team.members.get(email="jonas@example.org")
    assert (jonas.role, jonas.user) == ("reader", None)

    act(admin_client, type(jonas), "change_role", jonas, form={"role": "writer"})
    jonas.refresh_from_db()
    assert jonas.role == "writer"
    page = act(admin_client, type(jonas), "leave", team.owner())
    assert "Wer verantwortlich ist, übergibt zuerst die Verantwortung" in page.content.decode()
    act(admin_client, type(jonas), "revoke_invitation", jonas)
    jonas.refresh_from_db()
    assert jonas.left_on is None  # she is asked first
    act(admin_client, type(jonas), "revoke_invitation", jonas, form={})
    jonas.refresh_from_db()
    assert jonas.left_on == day()
    assert list(Message.objects.filter(kind__startswith="member_").values_list("kind", flat=True)) == [
        "member_invitation_revoked"
    ]


def test_doris_takes_out_who_has_joined_and_reads_who_has_not(admin_client, cohort):
    team = make_team(cohort, make_user("Amina"), make_user("Jonas"))
    jonas = team.members.get(email="jonas@example.org")
    team.members.create(first_name="Neu", email="neu@example.org", role="reader")
    declined = team.members.create(first_name="Nein", email="nein@example.org", role="reader")
    declined.note_declined(timezone.now())
    act(admin_client, type(jonas), "leave", jonas, form={})
    jonas.refresh_from_db()
    assert jonas.left_on == day()

    for name in ("admin:cohorts_teammember_changelist", "admin:cohorts_team_change"):
        shown = admin_client.get(reverse(name, args=[team.pk] if name.endswith("team_change") else [])).text
        assert (shown.count("eingeladen, noch nicht angenommen"), shown.count("abgelehnt<")) == (1, 1)


def test_doris_makes_somebody_else_responsible_after_she_was_asked(admin_client, cohort):
    amina, jonas = make_user("Amina"), make_user("Jonas")
    team = make_team(cohort, amina, jonas)
    other = team.members.get(user=jonas)

    act(admin_client, type(other), "hand_over", other, on_form=True)
    assert team.owner().user == amina
    act(admin_client, type(other), "hand_over", other, on_form=True, form={})
    assert team.owner().user == jonas


def test_announcement_is_published_once(admin_client, cohort):
    amina, silent = make_user("Amina"), make_user("Jonas", wants_news_mails=False)
    make_team(cohort, amina, silent)
    url = reverse("admin:cohorts_announcement_add")
    admin_client.post(url, {"cohort": cohort.pk, "title": "Neuer Raum & mehr", "text": "Wir treffen uns oben."})
    announcement = Announcement.objects.get()

    shown = act(admin_client, Announcement, "publish", announcement, on_form=True)
    assert "Eine Person bekommt diese E-Mail" in shown.text
    assert str(amina) in shown.text
    agree(admin_client, shown)
    page = act(admin_client, Announcement, "publish", announcement)
    change = reverse("admin:cohorts_announcement_change", args=[announcement.pk])
    admin_client.post(change, {"cohort": cohort.pk, "title": "Anders", "text": "Anders."})

    assert Announcement.objects.get().title == "Neuer Raum & mehr"
    assert "Die Mitteilung ist schon veröffentlicht." in page.content.decode()
    assert list(Message.objects.values_list("email", "subject")) == [("amina@example.org", "Neuer Raum & mehr")]


# What a foreign Träger has must be nowhere to be seen.

SECRET = "Geheimnis"


@pytest.fixture
def foreign(cohort):
    """Everything another Träger could have, full of the word that must not appear."""
    malin, coach = make_user("Malin", SECRET), make_user("Henrik", SECRET)
    traeger = make_organiser(malin, f"{SECRET} gGmbH")
    other = make_cohort(
        traeger, make_call("Anderer Aufruf"), title=f"Projektschmiede {SECRET}", slug="fremd", **window()
    )
    registration = make_registration(other, organisation_name=f"{SECRET} e. V.", idea=SECRET)
    assignment = make_coach(other, coach)
    organisation = make_organisation(f"{SECRET} Verein e. V.", short_name=SECRET)
    team = make_team(other, make_user("Bilal", SECRET), organisation=organisation, first_coach=assignment)
    workshop = make_workshop(other, title=f"Workshop {SECRET}")
    workshop.assignments.create(title=SECRET)
    workshop.materials.create(title=SECRET, url="https://example.org/")
    workshop.sessions.get().attendances.create(member=team.members.get(), status="present")
    assignment.absences.create(from_on=day(), until_on=day(2))
    curriculum = traeger.curricula.create(title=f"Lehrplan {SECRET}")
    announcement = other.announcements.create(title=SECRET, text=SECRET)
    return [
        other, registration, assignment, assignment.absences.get(), team, team.members.get(), workshop,
        workshop.sessions.get().attendances.get(), curriculum, announcement,
    ]  # fmt: skip


def test_foreign_records_are_in_no_list_filter_choice_or_search(admin_client, cohort, foreign):
    """Lists with their filters, add forms with their choices, own records' forms."""
    make_registration(cohort)
    own_team = make_team(cohort, make_user("Amina"), organisation=make_organisation("Eigen e. V."))
    own = [make_registration(cohort), own_team, own_team.members.get(), make_coach(cohort, make_user("Carla"))]
    own += [make_workshop(cohort), cohort, cohort.announcements.create(title="Eigen", text="Eigen")]
    leaks = []
    for record in foreign:
        name = record._meta.label_lower.replace(".", "_")
        page = admin_client.get(reverse(f"admin:{name}_changelist"))
        assert page.status_code == 200, name
        leaks += [f"{name} list"] if SECRET in page.content.decode() else []
        page = admin_client.get(reverse(f"admin:{name}_add"))
        leaks += [f"{name} add"] if SECRET in page.content.decode() else []
    for record in own:
        name = record._meta.label_lower.replace(".", "_")
        page = admin_client.get(reverse(f"admin:{name}_change", args=[record.pk]))
        assert page.status_code == 200, name
        leaks += [f"{name} form"] if SECRET in page.content.decode() else []
    leaks += ["index"] if SECRET in admin_client.get(reverse("admin:index")).content.decode() else []

    assert leaks == []


def test_foreign_records_answer_like_unknown_ones(admin_client, foreign):
    answers = {}
    for record in foreign:
        name = record._meta.label_lower.replace(".", "_")
        for page in ("change", "delete", "history"):
            answers[name, page] = [
                admin_client.get(reverse(f"admin:{name}_{page}", args=[pk])).status_code for pk in (record.pk, uuid4())
            ]

    assert {key: codes for key, codes in answers.items() if codes not in ([404, 404], [403, 403])} == {}
    assert {codes[0] for (_name, page), codes in answers.items() if page != "delete"} == {404}


def test_foreign_records_cannot_be_acted_on(admin_client, foreign):
    registration, team = foreign[1], foreign[4]

    act(admin_client, Registration, "accept", registration)
    act(admin_client, Team, "withdraw", team)
    for model, record, action in ((Registration, registration, "decline"), (Team, team, "withdraw")):
        url = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
        data = {"action": action, "_selected_action": [str(record.pk)], "_asked": "1", "text": "Nein."}
        admin_client.post(url, data, follow=True)

    assert Registration.objects.get(pk=registration.pk).status == "received"
    assert Team.objects.get(pk=team.pk).is_current


@pytest.mark.parametrize(
    ("days", "hours", "stored"), [("14", "2,5", (14, Decimal("2.5"))), ("1.000", "3", (1000, Decimal(3)))]
)
def test_staff_type_numbers_in_german(admin_client, cohort, days, hours, stored):
    step = cohort.organiser.curricula.create(title="Lehrplan").steps.create(
        position=1, title="Anfang", days_after_start=0, begins="10:00", hours=1
    )
    rows = {"assignments-TOTAL_FORMS": 0, "assignments-INITIAL_FORMS": 0}
    typed = {"position": 1, "title": "Beginn", "begins": "10:00", "format": "online", "days_after_start": days}

    admin_client.post(
        reverse("admin:cohorts_curriculumstep_change", args=[step.pk]), typed | rows | {"hours": hours}, follow=True
    )

    step.refresh_from_db()
    assert (step.days_after_start, step.hours) == stored


def test_bamf_keep_the_shared_curriculum_and_organisers_their_own(client, admin_client, cohort):
    make_edition(cohort.call, 2, parts=True)  # its sections can be ticked
    shared = load_curriculum()
    own = cohort.organiser.curricula.create(title="Unser Lehrplan")
    step = own.steps.create(position=1, title="Anfang", days_after_start=0, begins="10:00", hours=3)
    step_url = reverse("admin:cohorts_curriculumstep_change", args=[step.pk])
    rows = {"assignments-TOTAL_FORMS": 0, "assignments-INITIAL_FORMS": 0}
    values = {"position": 1, "title": "Beginn", "goal": "", "section_keys": ["s1"], "days_after_start": 0} | rows

    admin_client.post(step_url, values | {"begins": "10:00", "hours": "3", "format": "online"}, follow=True)

    step.refresh_from_db()
    assert (step.title, step.section_keys, step.format) == ("Beginn", ["s1"], "online")
    shared_url = reverse("admin:cohorts_curriculum_change", args=[shared.pk])
    assert admin_client.get(shared_url).status_code == 200
    assert admin_client.post(shared_url, {"title": "Gekapert"}).status_code == 403
    page = admin_client.post(
        reverse("admin:cohorts_curriculum_add"),
        {"title": "Für alle", "organisation": "", "steps-TOTAL_FORMS": 0, "steps-INITIAL_FORMS": 0},
    )
    assert "Diese Angabe fehlt noch." in page.content.decode()

    log_in(client, make_bamf())
    form = client.get(shared_url)
    assert 'name="title"' in form.content.decode()
    assert client.get(step_url).status_code == 200
    assert client.post(step_url, values).status_code == 403


def test_only_drafts_of_announcements_are_deleted(admin_client, cohort, doris):
    draft, sent = (cohort.announcements.create(title=title, text="x") for title in ("Entwurf", "Verschickt"))
    sent.publish(by=doris)
    urls = [reverse("admin:cohorts_announcement_delete", args=[record.pk]) for record in (draft, sent)]

    assert [admin_client.get(url).status_code for url in urls] == [200, 403]
    agree(admin_client, admin_client.get(urls[0]))
    assert admin_client.post(urls[1], {"post": "yes"}).status_code == 403
    assert Announcement.objects.get() == sent


def test_changing_a_role_offers_only_another_one(admin_client, cohort):
    team = make_team(cohort, make_user("Amina"), make_user("Jonas"))
    writer = team.members.get(role="writer")
    reader = make_member(team, make_user("Lea"), "reader")

    def offered(*members):
        field = act(admin_client, TeamMember, "change_role", *members).context["form"].fields["role"]
        return [value for value, _label in field.choices]

    assert offered(writer) == ["reader"]
    assert offered(reader) == ["writer"]
    assert offered(writer, reader) == ["writer", "reader"]
    page = act(admin_client, TeamMember, "change_role", writer, form={"role": "writer"})
    assert page.status_code == 422
    act(admin_client, TeamMember, "change_role", writer, form={"role": "reader"})
    assert TeamMember.objects.get(pk=writer.pk).role == "reader"


def test_titles_and_labels_stand_before_a_colon(admin_client, cohort):
    registration = make_registration(cohort)

    name = "admin:cohorts_registration"
    listed = admin_client.get(reverse(f"{name}_changelist")).text
    form = admin_client.get(reverse(f"{name}_change", args=[registration.pk])).text

    assert ("Verstehen Sie sich" in listed, "Migrantenorganisation" in listed) == (False, True)
    assert [label for label in re.findall(r"<label[^>]*>([^<]*)</label>", form) if re.search(r"[?.]:$", label)] == []


def test_a_coach_of_two_cohorts_is_named_with_each_when_she_is_absent(admin_client, cohort, doris):
    carla = make_user("Carla", "Weber")
    make_coach(cohort, carla)
    make_coach(make_cohort(cohort.organiser, title="Projektschmiede Heide", slug="heide", **window()), carla)
    page = admin_client.get(reverse("admin:cohorts_coachabsence_add")).content.decode()
    for title in ("Harz", "Heide"):
        assert f"Carla Weber – Projektschmiede {title}</option>" in page


def chosen(page):
    """What the page that asks offers, and what it only names."""
    return [str(record) for record in page.context["records"]], page.context["left_out"]


@pytest.mark.parametrize("action", ["accept", "put_on_waiting_list", "decline"])
@pytest.mark.parametrize("across", ["0", "1"])
def test_the_page_that_asks_offers_only_what_can_be_decided(admin_client, cohort, action, across):
    open_one = make_registration(cohort, organisation_name="Brückenschlag e. V.")
    gone = make_registration(cohort, status=Registration.Status.WITHDRAWN, organisation_name="Ohne uns e. V.")
    url = reverse("admin:cohorts_registration_changelist")
    data = {"action": action, "_selected_action": [str(open_one.pk), str(gone.pk)], "select_across": across}

    page = admin_client.post(url, data)

    assert chosen(page) == (["Brückenschlag e. V."], [(gone, "zurückgezogen")])
    assert "Ohne uns e. V. (zurückgezogen)" in page.text
    sent = form_of(page, None) | {"text": "Ein Satz."}
    assert sent["_selected_action"] == [str(open_one.pk)]
    page = send(admin_client, url, sent)
    assert [message.level_tag for message in page.context["messages"]] == [
        "success",
        "success",
    ]  # what waits is the second
    gone.refresh_from_db()
    assert gone.status == "withdrawn"


def test_where_nothing_can_be_decided_the_list_says_so(admin_client, cohort):
    gone = make_registration(cohort, status=Registration.Status.WITHDRAWN)
    page = act(admin_client, Registration, "accept", gone)
    assert page.templates[0].name == "admin/change_list.html"
    [message] = [str(message) for message in page.context["messages"]]
    assert message.startswith(f"{gone}: Darüber ist schon entschieden.")
    assert "„Zulassung zurücknehmen“" in message


def act_on_form(client, record, action, **typed):
    """Type into a record's form and choose an action there, as a browser sends it."""
    url = reverse(f"admin:{record._meta.label_lower.replace('.', '_')}_change", args=[record.pk])
    sent = form_of(client.get(url), f"{record._meta.model_name}_form") | typed
    sent = {name: value for name, value in sent.items() if name not in {"_save", "_continue", "_addanother"}}
    return client.post(url, sent | {"CHANGE_FORM-action": action, "index": "0"}, follow=True)


def test_a_note_typed_before_an_action_is_kept(admin_client, cohort):
    registration = make_registration(cohort)

    page = act_on_form(admin_client, registration, "accept", internal_note="Rufen mittwochs an.")

    assert asks(page)
    assert page.context["form"].initial["note"] == "Rufen mittwochs an."
    registration.refresh_from_db()
    assert registration.internal_note == "Rufen mittwochs an."
    assert registration.status == "received"


def test_what_is_wrong_on_the_form_is_said_before_an_action(admin_client, cohort):
    page = act_on_form(admin_client, cohort, "cancel", title="", region="Harzvorland")
    assert page.templates[0].name == "admin/change_form.html"
    assert page.context["adminform"].form.errors == {"title": ["Diese Angabe fehlt noch."]}
    assert 'value="Harzvorland"' in page.text

    page = act_on_form(admin_client, cohort, "cancel", region="Harzvorland")
    assert asks(page)
    cohort.refresh_from_db()
    assert (cohort.region, cohort.cancelled_at) == ("Harzvorland", None)


def test_rows_typed_before_an_action_are_kept(admin_client, cohort):
    team = make_team(cohort, make_user())
    page = act_on_form(admin_client, team, "withdraw", **{"members-0-phone": "0345 1234"})
    assert asks(page)
    assert team.members.get().phone == "0345 1234"


def test_an_action_on_an_untouched_form_saves_nothing(admin_client, cohort):
    registration = make_registration(cohort)
    page = act_on_form(admin_client, registration, "accept")
    assert asks(page)
    assert list(page.context["messages"]) == []


def test_what_was_chosen_stays_where_a_step_is_refused(admin_client, cohort, doris):
    team, jonas = make_team(cohort, make_user()), make_user("Jonas", "Petersen")
    both = make_coach(cohort, jonas)
    team.members.create(email="jonas@example.org", user=jonas, first_name="Jonas", last_name="Petersen")

    page = act(admin_client, Team, "name_coaches", team, form={"first": str(both.pk), "second": ""})

    assert page.status_code == 409
    assert page.context["form"]["first"].value() == str(both.pk)


ALIKE = [
    ({"organisation_name": "BRÜCKENSCHLAG eV"}, {}, "gleicher Name"),
    ({"organisation_name": "Nachbarn e. V."}, {"email": "amina@example.org"}, "gleiche E-Mail-Adresse"),
    (
        {"organisation_name": "Nachbarn e. V."},
        {"first_name": "amina", "last_name": "HADDAD"},
        "gleicher Name der Person",
    ),
    ({"organisation_name": "Brueckenschlag"}, {}, "gleicher Name"),
]


@pytest.mark.parametrize(("values", "person", "reason"), ALIKE)
def test_registrations_that_look_alike_are_shown_as_such(admin_client, cohort, values, person, reason):
    first = make_registration(cohort)
    other = {"first_name": "Lea", "last_name": "Kern", "email": "lea@example.org", "phone": ""}
    second = make_registration(cohort, persons=[other | person], **values)
    make_registration(
        cohort, persons=[dict(other, email="b@example.org", last_name="B")], organisation_name="Ganz anders"
    )
    make_registration(cohort, status="withdrawn")
    pages = [
        admin_client.get(reverse("admin:cohorts_registration_changelist")),
        admin_client.get(reverse("admin:cohorts_registration_change", args=[first.pk])),
        act(admin_client, Registration, "accept", first),
    ]

    shown = f'<a href="{second.get_absolute_url()}">{second.organisation_name}, Stendal</a> (eingegangen, {reason})'
    assert [page.text.count(shown) for page in pages] == [1, 1, 1]
    assert [page.text.count(", gleiche") for page in pages] == [2, 1, 1]
    assert "Vielleicht hat sich ein Verein zweimal angemeldet." in pages[2].text
    assert not Team.objects.exists()


@pytest.mark.parametrize("name", [{"first_name": "Ali", "last_name": ""}, {"first_name": "", "last_name": "Haddad"}])
def test_a_single_name_makes_nobody_alike(admin_client, cohort, name):
    first = make_registration(cohort, persons=[PERSONS[0] | name])
    other = PERSONS[0] | name | {"email": "lea@example.org"}
    make_registration(cohort, persons=[other], organisation_name="Nachbarn e. V.")

    assert "zweimal angemeldet" not in act(admin_client, Registration, "accept", first).text


def test_umlauts_written_out_are_the_same_name_of_a_person(admin_client, cohort):
    first = make_registration(cohort, persons=[PERSONS[0] | {"last_name": "Müller"}])
    other = PERSONS[0] | {"last_name": "Mueller", "email": "lea@example.org"}
    make_registration(cohort, persons=[other], organisation_name="Nachbarn e. V.")

    assert "gleicher Name der Person" in act(admin_client, Registration, "accept", first).text


def test_the_list_names_three_that_look_alike_and_counts_the_others(admin_client, cohort):
    rows = [make_registration(cohort, idea=f"Idee {number}") for number in range(12)]

    listed = admin_client.get(reverse("admin:cohorts_registration_changelist")).text
    page = admin_client.get(reverse("admin:cohorts_registration_change", args=[rows[0].pk])).text

    assert listed.count("(eingegangen, gleicher Name") == 12 * 3
    assert listed.count("und 8 weitere") == 12
    assert (page.count("(eingegangen, gleicher Name"), page.count("weitere")) == (11, 0)


def test_one_more_that_looks_alike_is_said_in_a_word(admin_client, cohort):
    for number in range(5):
        make_registration(cohort, idea=f"Idee {number}")

    assert "und eine weitere" in admin_client.get(reverse("admin:cohorts_registration_changelist")).text


def test_before_deciding_each_chosen_one_is_told_from_the_others(admin_client, cohort):
    first, second = (make_registration(cohort, idea=idea) for idea in ("Ein Garten.", "Ein Chor."))
    Registration.objects.filter(pk=second.pk).update(city="Halle & Umland")
    make_registration(cohort, idea="Ein Fest.")

    page = act(admin_client, Registration, "accept", first, second).text
    alone = act(admin_client, Registration, "accept", first).text

    day_of = timezone.localdate(first.confirmed_at).strftime("%d.%m.%Y")
    link = f'<a href="{second.get_absolute_url()}">Brückenschlag e. V., Halle &amp; Umland</a>'
    assert f"<li>{link}, angemeldet von Amina Haddad, bestätigt am {day_of}</li>" in page
    assert f"{link} (ebenfalls ausgewählt, gleicher Name" in page
    assert "Einige der ausgewählten Anmeldungen ähneln einander." in page
    assert "ähneln einander" not in alone
    assert "ebenfalls ausgewählt" not in alone


def test_what_becomes_of_the_chosen_ones_is_said_in_their_number(admin_client, cohort):
    first, second = (make_registration(cohort, idea=idea) for idea in ("Ein Garten.", "Ein Chor."))

    both = act(admin_client, Registration, "accept", first, second).text
    alone = act(admin_client, Registration, "accept", first).text

    assert "2 Teams werden angelegt, und alle Personen bekommen" in both
    assert "Alle Personen der Anmeldungen bekommen ihn" in both
    assert "Das Team wird angelegt, und alle Personen bekommen" in alone
    assert "Alle Personen der Anmeldung bekommen ihn" in alone


def test_a_registration_of_another_cohort_is_not_alike(admin_client, cohort):
    first = make_registration(cohort)
    make_registration(make_cohort(cohort.organiser, slug="andere", **window()))

    page = act(admin_client, Registration, "accept", first)

    assert "zweimal angemeldet" not in page.text
