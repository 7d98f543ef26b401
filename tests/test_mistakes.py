"""After a mistake everything that was typed is still there, and what must be given anew is said; for every kind of form.

Where a form cannot be taken at all, the page that says so shows the words, so that they can be copied.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin import helpers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation
from applications.content import Attachments, Item
from applications.papers.models import EnclosureList, Submission
from applications.writing.models import SectionNote
from core.writes import Stale
from tests.access_world import AccessWorld, arguments
from tests.builders import PASSWORD, day, log_in, make_workshop, write
from tests.page_forms import PageForm, form_with, forms_of

pytestmark = pytest.mark.django_db

LONG = "x" * 5001
EVERYTHING = "Alles, was Sie eingegeben haben, steht noch da."
EVERYTHING_ELSE = "Alles andere, was Sie eingegeben haben, steht noch da."
FILE = "Die Datei wählen Sie bitte noch einmal aus."
SECRET = "Das Passwort geben Sie bitte noch einmal ein."
SENTENCES = (EVERYTHING, EVERYTHING_ELSE, FILE, SECRET)


@pytest.fixture
def world() -> AccessWorld:
    return AccessWorld()


@pytest.fixture
def enter(world):
    """A browser in which this person is logged in."""

    def run(person: str) -> Client:
        return Client() if person == "nobody" else log_in(Client(), getattr(world, person))

    return run


def address_of(name: str, world: AccessWorld) -> str:
    return reverse(name, kwargs=arguments(name, world))


def sentences_of(html: str) -> list[str]:
    said = [sentence for sentence in SENTENCES if f"<p>{sentence}</p>" in html]
    return sorted(said, key=html.index)


def send(client: Client, address: str, name: str, typed: dict, to: str = "") -> tuple[PageForm, str, int]:
    """Fill in the form that has this field and send it; returns it as it comes back, the page, and the status."""
    form = form_with(client.get(address).text, name)
    response = client.post(to or form.attrs.get("action") or address, {**form.fields, **typed})
    title = response.text.partition("<title>")[2].partition("</title>")[0].strip()
    assert title.startswith("Fehler:") == ("data-error-summary" in response.text), title
    return form_with(response.text, name), response.text, response.status_code


def assert_all_there(form: PageForm, typed: dict) -> None:
    missing = {
        name: value
        for name, value in typed.items()
        if isinstance(value, str) and value and value not in form.fields.get(name, [])
    }
    assert missing == {}
    assert form.guard == "unsent"


PERSON = {"first_name_1": "Heike", "last_name_1": "Sprenger", "email_1": "kein", "phone_1": "0345 1"}
ASSOCIATION = {"organisation_name": "Chor am Fluss", "legal_form": "ev", "city": "Halle", "land": "ST"}
REGISTRATION = (
    ASSOCIATION | PERSON | {"website": "https://example.org/chor", "charitable": "yes", "idea": "Wir singen."}
)
# Who, which page, the field its form is known by, what is typed (with a mistake), and what the page says about it.
MISTAKES: dict[str, tuple[str, str, str, dict, list[str]]] = {
    "registration": ("nobody", "cohorts:register", "idea", REGISTRATION, [EVERYTHING]),
    "correction": ("nobody", "cohorts:correct", "idea", REGISTRATION, [EVERYTHING]),
    "nothing typed": ("nobody", "cohorts:register", "idea", {}, []),
    "profile": ("amina", "accounts:profile", "first_name", {"first_name": "A" * 101, "last_name": "Neu"}, [EVERYTHING]),
    "organisation": (
        "emil", "accounts:edit_organisation", "about", {"name": "", "about": "Über uns.", "city": "Halle"}, [EVERYTHING],
    ),
    "invitation": ("emil", "accounts:organisation", "email", {"email": "kein", "name": "Frau Neu"}, [EVERYTHING]),
    "team": (
        "amina", "applications:members", "email",
        {"first_name": "Ida", "last_name": "Neu", "email": "kein", "phone": "0345 2", "role": "reader"}, [EVERYTHING],
    ),
    "outcome": ("amina", "papers:outcome", "on", {"kind": "declined", "on": "gestern"}, [EVERYTHING]),
    "comment changed": ("carla", "reviews:change", "text", {"kind": "hint", "text": LONG}, [EVERYTHING]),
    "phrase": ("carla", "reviews:phrase", "text", {"kind": "hint", "text": LONG}, [EVERYTHING]),
    "phrases": ("carla", "reviews:phrases", "text", {"kind": "hint", "text": LONG}, [EVERYTHING]),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_after_a_mistake_everything_typed_is_still_there(world, enter, name):
    person, page, field, typed, said = MISTAKES[name]
    form, html, status = send(enter(person), address_of(page, world), field, typed)
    assert status in {200, 422}
    assert "data-error-summary" in html
    assert sentences_of(html) == said
    if typed:
        assert_all_there(form, typed)
    else:
        assert form.guard == ""


def test_a_file_must_be_chosen_again_and_the_rest_need_not(world, enter):
    client, address = enter("amina"), address_of("applications:attachments", world)
    for kind, said in (("register_extract", [FILE, EVERYTHING_ELSE]), ("", [FILE])):
        program = SimpleUploadedFile("auszug.pdf", b"MZ\x00\x01 kein PDF")
        form, html, status = send(client, address, "kind", {"kind": kind, "file": program})
        assert (status, sentences_of(html)) == (422, said)
        assert form.fields["kind"] == [kind]
        assert form.guard == ("unsent" if kind else "")


def test_a_form_of_one_file_says_only_that_it_must_be_chosen_again(world, enter):
    page = enter("amina").post(address_of("applications:word", world), {"file": SimpleUploadedFile("a.docx", b"x" * 9)})
    assert sentences_of(page.text) == [FILE]
    assert form_with(page.text, "file").guard == ""  # nothing is left to be lost


def test_a_file_of_the_administration_must_be_chosen_again_too(world, enter):
    client, address = enter("doris"), address_of("admin:workshops_workshop_change", world)
    form = form_with(client.get(address).text, "goal")
    file = SimpleUploadedFile("folien.pdf", b"%PDF-1.7\n1 0 obj\n")
    mistake = form.fields | {"title": "", "goal": "Ein neues Ziel.", "_save": "1"}
    page = client.post(address, mistake | {"materials-0-file": file})
    assert page.text.count("Dateien behält kein Browser") == 1
    assert form_with(page.text, "goal").fields["goal"] == ["Ein neues Ziel."]
    assert form_with(page.text, "goal").guard == "unsent"
    assert "Dateien behält kein Browser" not in client.post(address, mistake).text


def test_passwords_are_asked_for_again_and_nothing_else_is_claimed(world, enter):
    page = Client().post(reverse("account_login"), {"login": "amina@example.org", "password": "falsch"})
    assert sentences_of(page.text) == [SECRET, EVERYTHING_ELSE]
    assert form_with(page.text, "login").fields["login"] == ["amina@example.org"]
    typed = {"oldpassword": "falsch", "password1": "x", "password2": "y"}
    page = enter("amina").post(reverse("account_change_password"), typed)
    assert sentences_of(page.text) == [SECRET]
    assert "falsch" not in page.text


def test_a_new_account_keeps_the_name_and_asks_for_the_passwords(world):
    client = Client()
    _invitation, token = Invitation.make("neu@example.org", world.team.organisation, by=world.amina)
    client.get(reverse("invitation", args=[token]))
    typed = {"first_name": "Ida", "last_name": "Neu", "password1": "x", "password2": PASSWORD}
    page = client.post(reverse("account_signup"), typed)
    assert sentences_of(page.text) == [SECRET, EVERYTHING_ELSE]
    form = form_with(page.text, "first_name")
    assert [form.fields[name] for name in ("first_name", "last_name")] == [["Ida"], ["Neu"]]
    assert form.guard == "unsent"
    assert PASSWORD not in page.text


COMMENT = {
    "words": "Steht nicht im Text",
    "kind": "hint",
    "text": "Das fehlt.",
    "summary": "Weiter so.",
    "remember": "on",
}


@pytest.mark.parametrize("praise", [{}, {"praise": "1"}], ids=["comment", "praise"])
def test_a_comment_with_a_mistake_leaves_everything_also_what_is_for_giving_back(world, enter, praise):
    address = address_of("reviews:read", world)
    form, html, _status = send(
        enter("carla"), address, "summary", COMMENT | praise, address_of("reviews:comment", world)
    )
    assert "Diese Worte stehen so nicht im Text." in html
    assert {name: form.fields.get(name) for name in COMMENT} == {name: [value] for name, value in COMMENT.items()}
    assert sentences_of(html) == [EVERYTHING]


def test_giving_back_with_a_mistake_leaves_everything_also_the_comment_that_was_begun(world, enter):
    typed = {"text": "Das fehlt.", "summary": "Weiter so.", "again_by": day(-3).isoformat()}
    address = address_of("reviews:read", world)
    form, html, _status = send(enter("carla"), address, "summary", typed, address_of("reviews:give_back", world))
    assert "Dieser Tag ist schon vorbei." in html
    assert {name: form.fields[name] for name in typed} == {name: [value] for name, value in typed.items()}
    assert sentences_of(html) == [EVERYTHING]


@pytest.mark.parametrize("step", ["comment", "give_back"])
def test_what_a_coach_wrote_can_be_copied_where_she_reads_no_more(world, enter, step):
    client = enter("carla")
    form = form_with(client.get(address_of("reviews:read", world)).text, "summary")
    world.taken.release(by=world.carla)
    page = client.post(address_of(f"reviews:{step}", world), form.fields | {"text": "Das fehlt.", "summary": "Gut so."})
    assert page.status_code == 409
    assert "Das fehlt.</textarea>" in page.text
    assert "Gut so.</textarea>" in page.text


@pytest.mark.parametrize("key", ["s0", "s2", "s5", "s7", "s8", "s15", "s16", "s17"])
def test_a_section_with_a_mistake_leaves_every_field_as_it_was_typed(world, enter, key):
    client, address = enter("amina"), reverse("applications:section", args=[world.application.pk, key])
    form = next(one for one in forms_of(client.get(address).text) if one.attrs.get("id") == "abschnitt")
    texts = sorted(form.texts)
    typed = {name: f"Getippt {number}" for number, name in enumerate(texts)}
    typed[texts[0]] = "x" * 50_001
    page = client.post(address, form.fields | typed)
    back = next(one for one in forms_of(page.text) if one.attrs.get("id") == "abschnitt")
    assert page.status_code == 422
    assert {name: back.fields.get(name) for name in typed} == {name: [value] for name, value in typed.items()}
    assert EVERYTHING in page.text
    assert "data-autosave" in back.attrs
    assert "data-unsaved" in back.attrs


def test_a_note_somebody_else_changed_meanwhile_stands_there_unsent(world, enter):
    address = reverse("applications:note", args=[world.application.pk, "s1"])
    SectionNote.objects.update(version=5)
    page = enter("amina").post(address, {"version": "0", "text": "Meine Notiz."})
    assert page.status_code == 409
    assert_all_there(form_with(page.text, "text"), {"text": "Meine Notiz."})


def test_a_decision_with_a_mistake_leaves_what_was_joined(world, enter):
    address = address_of("applications:conflict", world)
    typed = {"joined-0": "y" * 50_001, "choice-0": "join"}
    form, _html, status = send(enter("amina"), address, "choice-0", typed)
    assert status == 422
    assert_all_there(form, typed)


def test_attendance_that_cannot_be_saved_yet_stays_chosen(world, enter):
    world.session.__class__.objects.update(
        begins_at=timezone.now() + timedelta(days=2), ends_at=timezone.now() + timedelta(days=2, hours=3)
    )
    member = world.team.members.get(user=world.jonas)
    form, _html, status = send(
        enter("carla"),
        address_of("workshops:attendance", world),
        f"status_{member.pk}",
        {f"status_{member.pk}": "present"},
    )
    assert status == 409
    assert_all_there(form, {f"status_{member.pk}": "present"})


def test_a_wrong_day_on_paper_is_asked_for_again_at_its_step(world, enter):
    Submission.objects.filter(pk=world.unposted.pk).update(signed_on=None)
    page = reverse("papers:detail", args=[world.unposted.pk])
    to = reverse("papers:step", args=[world.unposted.pk, "signed_on"])
    client = enter("amina")
    response = client.post(to, {"on": day(3).isoformat()})
    assert response.status_code == 422
    assert "Dieser Tag liegt" in response.text
    form = next(one for one in forms_of(response.text) if one.attrs.get("action") == to)
    assert (form.fields["on"], form.guard) == ([day(3).isoformat()], "unsent")
    assert client.post(to, {"on": day(0).isoformat()}).status_code == 302
    assert next(one for one in forms_of(client.get(page).text) if one.attrs.get("action") == to).guard == ""


@pytest.mark.parametrize("mistake", ["too long", "somebody was faster", "posted meanwhile"])
def test_a_list_of_attachments_that_is_refused_stays_as_it_was_typed(world, enter, mistake):
    address = reverse("papers:detail", args=[world.unposted.pk])
    to = reverse("papers:enclosures", args=[world.unposted.pk])
    client, typed = enter("amina"), {"state_register_extract": "follows", "note_register_extract": "Kommt nach."}
    form = form_with(client.get(address).text, "note_register_extract")
    if mistake == "too long":
        typed["note_tax_exemption"] = "x" * 501
    elif mistake == "somebody was faster":
        value = Attachments((Item(id="register_extract", state="enclosed"),))
        EnclosureList.objects.correct(world.unposted, value, seen=0, by=world.amina)
    else:
        Submission.objects.filter(pk=world.unposted.pk).update(signed_on=day(0), posted_on=day(0))
    page = client.post(to, form.fields | typed)
    assert (page.status_code, sentences_of(page.text)) == (422, [EVERYTHING])
    assert_all_there(form_with(page.text, "note_register_extract"), typed)


def test_sections_that_were_chosen_stay_chosen_where_one_was_handed_in_meanwhile(world, enter, monkeypatch):
    write(world.application, "s4", "Wir erreichen viele.", by=world.amina)
    client, address = enter("amina"), address_of("applications:hand_in", world)
    form = form_with(client.get(address).text, "sections")

    def hand_in(*_keys, **_by):
        raise Stale

    monkeypatch.setattr("applications.reviews.views.hand_in.hand_in_sections", hand_in)
    page = client.post(address, form.fields | {"sections": ["s4"]}, follow=True)
    assert form_with(page.text, "sections").fields["sections"] == ["s4"]


# Staff


def asked(client: Client, model: str, record, action: str, typed: dict) -> tuple[PageForm, int]:
    """The page before an action, sent with a mistake, as it comes back."""
    address = reverse(f"admin:{model}_change", args=[record.pk])
    chosen = {"CHANGE_FORM-action": action, "index": "0", helpers.ACTION_CHECKBOX_NAME: str(record.pk)}
    form = next(one for one in forms_of(client.post(address, chosen).text) if "_asked" in one.fields)
    assert form.guard == ""
    page = client.post(address, form.fields | typed)
    return next(one for one in forms_of(page.text) if "_asked" in one.fields), page.status_code


def test_what_staff_typed_before_an_action_stays_after_a_mistake(world, enter):
    doris = enter("doris")
    later = make_workshop(world.cohort, 2, ["s3"], timezone.now() + timedelta(days=30))
    owner = world.team.members.get(user=world.amina)
    cases = [
        ("cohorts_registration", world.registration, "decline", {"text": "", "note": "Zu weit weg."}, 422),
        ("cohorts_team", world.team, "add_member", {"first_name": "Ida", "last_name": "Neu", "email": "kein"}, 422),
        (
            "cohorts_team", world.team, "add_member",
            {"first_name": "Ida", "last_name": "Neu", "email": owner.email, "phone": "0345 2"}, 409,
        ),
        ("workshops_workshop", later, "open_early", {"reason": "Wir sind schneller." * 30}, 422),
    ]  # fmt: skip
    for model, record, action, typed, expected in cases:
        form, status = asked(doris, model, record, action, typed)
        assert (action, status) == (action, expected)
        assert_all_there(form, typed)


def test_a_reason_is_still_there_where_somebody_else_was_faster(world, enter, monkeypatch):
    later = make_workshop(world.cohort, 2, ["s3"], timezone.now() + timedelta(days=30))

    def open_early(*_self, **_said):
        raise Stale

    monkeypatch.setattr("workshops.models.Workshop.open_early", open_early)
    typed = {"reason": "Wir sind schneller."}
    form, status = asked(enter("doris"), "workshops_workshop", later, "open_early", typed)
    assert status == 409
    assert_all_there(form, typed)


ADMIN = {
    "doris": {
        "cohorts_cohort": "title", "cohorts_announcement": "title", "workshops_workshop": "goal",
        "cohorts_coachassignment": "first_name", "cohorts_curriculum": "title", "cohorts_team": "first_name",
    },
    "emil": {"accounts_organisation": "name", "calls_fundingcall": "title", "flatpages_flatpage": "title"},
}  # fmt: skip


@pytest.mark.parametrize("person", ADMIN)
def test_every_form_of_the_administration_asks_and_keeps_what_was_typed(world, enter, person):
    client = enter(person)
    type(world.announcement).objects.update(published_at=None)
    type(world.coach).objects.update(coach=None)  # who has accepted bears the name of the account
    for model, field in ADMIN[person].items():
        address = address_of(f"admin:{model}_change", world)
        shown = forms_of(client.get(address).text)
        form = next(one for one in shown if any(is_called(name, field) for name in one.texts))
        assert (model, form.guard) == (model, "")
        name = next(name for name in sorted(form.texts) if is_called(name, field))
        empty = dict.fromkeys([name, name.replace("first_name", "last_name")], "")
        typed = {other: "Getippt" for other in form.texts if other not in empty and "__prefix__" not in other}
        page = client.post(address, form.fields | typed | empty | {"_save": "1"})
        back = next((one for one in forms_of(page.text) if name in one.texts), None)
        assert back, (model, page.status_code)
        missing = {other for other in typed if back.fields[other] != ["Getippt"]}
        assert (model, missing, back.guard) == (model, set(), "unsent")


def is_called(name: str, field: str) -> bool:
    return name == field or name.endswith(f"-{field}")


# Where it is not for this person, or not the moment


def test_who_may_write_no_more_finds_what_was_sent_to_copy(world):
    client = log_in(Client(), world.jonas)
    address = reverse("applications:section", args=[world.application.pk, "s2"])
    world.team.members.filter(user=world.jonas).update(role="reader")
    page = client.post(address, {"version": "1", "text": "Das habe ich noch geschrieben."})
    assert page.status_code == 403
    assert "Das habe ich noch geschrieben.</textarea>" in page.text
    world.team.members.filter(user=world.jonas).update(left_on=timezone.localdate())
    page = client.post(address, {"version": "1", "text": "Das habe ich noch geschrieben."})
    assert page.status_code == 404
    assert "Das habe ich noch geschrieben.</textarea>" in page.text


def test_pages_that_are_refused_show_nothing_where_nothing_was_sent(world, enter):
    assert "<textarea" not in enter("amina").get("/gibt-es-nicht/").text
    assert "<textarea" not in enter("amina").get(reverse("cockpit", args=[world.cohort.slug])).text


def test_a_registration_that_comes_too_late_is_shown_in_the_words_of_its_form(world):
    address = address_of("cohorts:register", world)
    type(world.cohort).objects.update(registration_until=day(-1))
    page = Client().post(address, REGISTRATION | {"not_begun": "on"})
    assert page.status_code == 409
    for words in ("Chor am Fluss", "eingetragener Verein (e. V.)", "Sachsen-Anhalt", "Wir singen.", "Heike", "ja"):
        assert f'<dd class="typed-text">{words}</dd>' in page.text, words


def test_an_answer_that_comes_too_early_is_still_there(world, enter, monkeypatch):
    def answer(*_self, **_by):
        raise Stale

    monkeypatch.setattr("applications.reviews.models.Comment.answer", answer)
    page = enter("amina").post(address_of("reviews:answer", world), {"text": "Vierzig Schlehen."})
    assert page.status_code == 409
    assert_all_there(form_with(page.text, "text"), {"text": "Vierzig Schlehen."})


def test_a_comment_that_was_given_meanwhile_cannot_be_changed_and_says_what_was_typed(world, enter, monkeypatch):
    def change(*_self, **_said):
        raise Stale

    monkeypatch.setattr("applications.reviews.models.Comment.change", change)
    page = enter("carla").post(address_of("reviews:change", world), {"kind": "hint", "text": "Anders gesagt."})
    assert page.status_code == 409
    assert_all_there(form_with(page.text, "text"), {"kind": "hint", "text": "Anders gesagt."})
