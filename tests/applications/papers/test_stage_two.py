"""What is said in stage 2: the portal knows no deadline there, and the application is made in easy-Online (F4)."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Message
from applications.checks import run
from applications.content import Cover
from applications.dossier import read_dossier
from applications.papers import Pdf
from applications.papers.easy_online import WAYS
from applications.papers.finishing import read_state
from applications.papers.foot import new_receipt_number
from applications.papers.models import Outcome, Submission
from applications.papers.pdf import checklist_context, cover_context, enclosures
from applications.progress.facts import facts_of
from applications.progress.whose_turn import turn_of
from applications.writing.models import Application
from calls.models import FundingCall, UmbrellaRoute
from tests.builders import day, fill, make_application, make_cohort, make_organiser, make_team, make_user, write
from tests.written_again import WrittenAgain

pytestmark = pytest.mark.django_db

NOT_ENTERED = "Der Einsendeschluss ist hier nicht eingetragen."
ASK = "Bis wann der Antrag der zweiten Stufe eingereicht sein muss, weiß das Portal nicht. Bitte fragen Sie das BAMF."


class World(metaclass=WrittenAgain):
    def __init__(self, stage: int, deadline: int | None = 60) -> None:
        self.amina = make_user()
        cohort = make_cohort(make_organiser(make_user("Doris", "Lang")))
        cohort.call.deadline = None if deadline is None else day(deadline)
        cohort.call.save()
        fill(make_application(make_team(cohort, self.amina), stage=stage), by=self.amina)

    @property
    def application(self) -> Application:
        return Application.objects.with_team().get()

    def name_umbrella_body(self, body: str) -> None:
        write(self.application, "s0", Cover(title="Brücken", umbrella_body=body), by=self.amina)

    def finish(self) -> Submission:
        frozen = read_state(self.application).frozen
        return Submission.objects.finish(self.application, frozen, {}, new_receipt_number(2027), by=self.amina)

    def sentence(self, code: str) -> str:
        return " ".join(finding.sentence for finding in run(read_dossier(self.application)) if finding.code == code)

    def pages(self, client) -> list[str]:
        """The overview, the workspace and the sheet for the hand-over, as text."""
        client.force_login(self.amina)
        sheet = checklist_context(read_state(self.application).frozen)
        sources = [
            client.get(reverse("dashboard")).text,
            client.get(self.application.get_absolute_url()).text,
            render_to_string("applications/papers/pdf/checklist.html", sheet),
        ]
        return [words(source) for source in sources]


def words(source: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", source).split())


def test_in_stage_two_nobody_is_told_that_a_day_is_missing(client):
    world = World(stage=2)
    overview, workspace, sheet = world.pages(client)
    assert [NOT_ENTERED in text for text in (overview, workspace, sheet)] == [False, False, False]
    assert [text.count(ASK) for text in (overview, workspace, sheet)] == [1, 1, 1]
    assert world.sentence("C06") == ASK


def test_in_stage_one_a_day_that_is_not_entered_is_said_to_be_so(client):
    world = World(stage=1, deadline=None)
    overview, workspace, sheet = world.pages(client)
    assert [NOT_ENTERED in text for text in (overview, workspace, sheet)] == [True, True, True]
    assert [ASK in text for text in (overview, workspace, sheet)] == [False, False, False]
    assert NOT_ENTERED in world.sentence("C06")


def test_in_stage_two_the_known_way_of_an_umbrella_body_is_not_asked_for():
    world = World(stage=2)
    UmbrellaRoute.objects.create(
        call=world.application.call, umbrella_body="Beispielverband", submit_until=day(20), addressee="Beispielweg 1"
    )
    world.name_umbrella_body("Beispielverband")
    state = read_state(world.application)
    facts = facts_of(world.application)

    assert world.sentence("C19") == (
        "Sie gehören zu Beispielverband. Dort reichen Sie ein, nicht direkt beim BAMF. "
        "Bis wann, sagt Ihnen Beispielverband."
    )
    assert (state.frozen.deadline, state.frozen.addressee) == (None, "Beispielweg 1")
    assert (facts.deadline, facts.deadline_of, facts.deadline_counts) == (None, "", "")
    assert "fragen Sie Beispielverband" in world.sentence("C06")


def test_in_stage_two_an_unknown_umbrella_body_is_still_asked():
    world = World(stage=2)
    world.name_umbrella_body("Dritter Verband")
    assert "Fragen Sie dort" in world.sentence("C19")


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (1, ["Unterlagen ausdrucken", "Angaben in die Formulare des BAMF übertragen", "Unterlagen unterschreiben lassen", "Unterlagen zur Post geben"]),
        (2, ["Angaben bereitlegen", "Angaben in easy-Online eingeben", "Antrag unterschreiben, wie das BAMF es verlangt", "Antrag in easy-Online einreichen"]),
    ],
)  # fmt: skip
def test_the_steps_after_finishing_are_those_of_the_stage(stage, expected):
    world = World(stage=stage)
    submission = world.finish()
    said = []
    for step in ("printed_on", "transferred_on", "signed_on", "posted_on"):
        said.append(turn_of(facts_of(world.application), day()).what)
        submission.enter_step(step, day(), by=world.amina)
    assert said == expected


@pytest.mark.parametrize(("stage", "forms", "easy_online"), [(1, True, False), (2, False, True)])
def test_what_is_sent_and_printed_names_the_way_of_the_stage(client, stage, forms, easy_online):
    world = World(stage=stage)
    client.force_login(world.amina)
    finish = words(client.get(reverse("applications:finish", args=[world.application.pk])).text)
    frozen = read_state(world.application).frozen
    submission = world.finish()
    texts = {
        "mail": Message.objects.filter(kind="finished").first().text,
        "sheet": words(render_to_string("applications/papers/pdf/checklist.html", checklist_context(frozen))),
        "cover": words(render_to_string("applications/papers/pdf/cover.html", cover_context(frozen))),
        "page": words(client.get(submission.get_absolute_url()).text),
    }
    assert {name: "easy-Online" in text for name, text in texts.items()} == dict.fromkeys(texts, easy_online)
    assert {name: bool(re.search("(Formular|Titelblatt) des BAMF|Formulare des BAMF", text)) for name, text in texts.items()} == dict.fromkeys(texts, forms)  # fmt: skip
    assert ("Eingereicht wird auf Papier." in finish, "easy-Online" in finish) == (forms, easy_online)


def test_a_form_of_the_bamf_has_one_name():
    apps = ("applications", "calls", "cohorts", "schmiede", "workshops", "templates")
    files = [
        path
        for app in apps
        for path in (Path(settings.BASE_DIR) / app).rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".toml"} and "migrations" not in path.parts
    ]
    assert len(files) > 300
    named_otherwise = re.compile("vordruck|amtliche(s|n|r)? (titelblatt|formular)", re.IGNORECASE)
    assert [str(path) for path in files if named_otherwise.search(path.read_text(encoding="utf-8"))] == []


# Words that are true of paper and the post alone.
OF_THE_POST = re.compile(
    r"\bPost\b|Poststempel|Umschlag|Einsendeschluss ist|Titelblatt des BAMF|Unterlagen unterschreiben|auf Papier "
)


def enter(client, submission, step: str) -> str:
    url = reverse("papers:step", args=[submission.pk, step])
    return words(client.post(url, {"on": day().isoformat()}, follow=True).text)


def test_no_state_of_stage_two_speaks_of_the_post(client):
    """Writing, finished, handed over, waiting, decided: on every page, and in every mail."""
    world = World(stage=2)
    FundingCall.objects.update(signing="tan")
    client.force_login(world.amina)
    pages = [
        reverse("dashboard"),
        world.application.get_absolute_url(),
        reverse("applications:attachments", args=[world.application.pk]),
    ]
    said = {"finish": words(client.get(reverse("applications:finish", args=[world.application.pk])).text)}
    said |= {f"writing {url}": words(client.get(url).text) for url in pages}
    submission = world.finish()
    pages += [submission.get_absolute_url(), reverse("papers:list")]
    for step in ("", "transferred_on", "signed_on", "posted_on", "received_on"):
        if step:
            enter(client, submission, step)
        said |= {f"{step} {url}": words(client.get(url).text) for url in pages}
    said |= {message.kind: message.text for message in Message.objects.all()}

    assert len(said) == 1 + 3 + 5 * 5 + 2
    assert {place: OF_THE_POST.findall(text) for place, text in said.items() if OF_THE_POST.search(text)} == {}


@pytest.mark.parametrize(
    ("signing", "tasks", "last"),
    [
        ("", ["Angaben in easy-Online eingeben", "Antrag unterschreiben, wie das BAMF es verlangt", "Antrag in easy-Online einreichen"], "in easy-Online eingereicht am"),
        ("tan", ["Angaben in easy-Online eingeben", "Antrag mit einer TAN bestätigen", "Antrag in easy-Online einreichen"], "in easy-Online eingereicht am"),
        ("paper", ["Angaben in easy-Online eingeben, Antrag einreichen und ausdrucken", "Ausgedruckten Antrag unterschreiben lassen", "Unterschriebenen Antrag zur Post geben"], "in easy-Online eingereicht und zur Post gegeben am"),
    ],
)  # fmt: skip
def test_the_call_says_how_stage_two_is_signed(client, signing, tasks, last):
    world = World(stage=2)
    FundingCall.objects.update(signing=signing)
    client.force_login(world.amina)
    sheet = words(
        render_to_string(
            "applications/papers/pdf/checklist.html", checklist_context(read_state(world.application).frozen)
        )
    )
    before = world.sentence("C22")
    submission = world.finish()
    page = words(client.get(submission.get_absolute_url()).text)
    mail = Message.objects.filter(kind="finished").first().text

    assert [task in sheet and task in mail for task in tasks] == [True, True, True]
    assert submission.label_of("posted_on") == last
    assert [task in page for task in tasks] == [True, True, True]
    assert ["ist hier nicht eingetragen" in text for text in (page, mail, sheet, before)] == [not signing] * 4
    assert submission.frozen.get("signing", "") == signing


@pytest.mark.parametrize(
    ("stage", "signing", "has_letter"), [(1, "", True), (2, "paper", True), (2, "tan", False), (2, "", False)]
)
def test_checklist_and_mail_name_the_letter_where_there_is_one(stage, signing, has_letter):
    world = World(stage=stage)
    FundingCall.objects.update(signing=signing)
    world.application.refresh_from_db()
    sheet = words(
        render_to_string(
            "applications/papers/pdf/checklist.html", checklist_context(read_state(world.application).frozen)
        )
    )
    submission = world.finish()
    mail = Message.objects.filter(kind="finished").first().text

    assert submission.goes_on_paper is has_letter
    task = "Im Portal nachsehen, ob die Liste der Anlagen stimmt, und dort das Anschreiben erstellen"
    assert [task in text for text in (sheet, mail)] == [has_letter] * 2
    assert mail.count("\n- ") == 4 + has_letter + (stage == 1)  # printing is a step of stage 1


def test_every_way_to_sign_has_words_and_an_unchecked_one_says_so(client):
    assert set(WAYS) == set(FundingCall.Signing)
    world = World(stage=2)
    FundingCall.objects.update(signing="qes", signing_source_title="Einladung", signing_certainty="carried_over")
    client.force_login(world.amina)
    assert "Quelle: Einladung. Diese Angabe ist aus dem Vorjahr übernommen" in words(
        client.get(world.finish().get_absolute_url()).text
    )


def test_the_ten_pages_are_no_limit_of_stage_two():
    sentences = []
    dossier = replace(read_dossier(World(stage=1).application), pages=99)
    for stage in (1, 2):
        found = run(replace(dossier, stage=stage))
        sentences.append([finding.code for finding in found if finding.code == "C05"])
    assert sentences == [["C05"], []]


def test_one_is_not_invited_again_in_stage_two(client):
    world = World(stage=2)
    submission = world.finish()
    client.force_login(world.amina)
    for step in ("transferred_on", "signed_on", "posted_on"):
        enter(client, submission, step)
    url = reverse("papers:outcome", args=[submission.pk])
    assert "zum Antrag eingeladen" not in client.get(url).text
    assert client.post(url, {"kind": "invited", "on": day().isoformat()}).status_code == 422


def test_every_state_after_the_last_step_says_what_comes_next(client):
    world = World(stage=1)
    client.force_login(world.amina)
    submission = world.finish()
    steps = ("transferred_on", "signed_on", "posted_on", "received_on")
    said = ["Was jetzt geschieht" in enter(client, submission, step) for step in steps]
    page = client.get(submission.get_absolute_url()).text
    Outcome.objects.enter(submission, "invited", day(), by=world.amina)
    texts = [
        words(client.get(url).text)
        for url in (reverse("dashboard"), world.application.get_absolute_url(), submission.get_absolute_url())
    ]
    assert said == [False, False, True, True]
    assert "tragen Sie das Ergebnis hier ein" in page
    assert ["easy-Online" in text for text in texts] == [True, True, True]
    # One next step on a page: where the card names it, nothing else does.
    assert ["Der nächste Schritt ist der Antrag in easy-Online." in text for text in texts] == [False, False, True]


def test_who_has_submitted_is_not_sent_to_ask_how_and_until_when(client):
    world = World(stage=2)
    client.force_login(world.amina)
    submission = world.finish()
    asked = []
    for step in ("transferred_on", "signed_on", "posted_on"):
        texts = enter(client, submission, step), words(client.get(reverse("dashboard")).text)
        workspace = words(client.get(world.application.get_absolute_url()).text)
        asked.append(("bevor Sie ihn einreichen" in texts[0], ASK in texts[1], ASK in workspace))
    assert asked == [(True, True, True), (True, True, True), (False, False, False)]


def test_stage_two_asks_for_no_form_of_stage_one_and_names_its_own_paper():
    """The Titelblatt, the sketch and the plan made up the Interessenbekundung; what else was asked for may still be."""
    world = World(stage=2)
    frozen = read_state(world.application).frozen
    kept = {kind.key for kind in frozen.terms.attachments_of(2)}
    dropped = {kind.key for kind in frozen.terms.attachments} - kept

    assert dropped == {kind.key for kind in frozen.terms.attachments if kind.stage == 1 and not kind.may_be_dropped}
    assert {row.label for row in enclosures(frozen)} == {kind.label for kind in frozen.terms.attachments_of(2)}
    sheet = words(render_to_string("applications/papers/pdf/cover.html", cover_context(frozen)))
    assert ("Angaben für easy-Online" in sheet, "Titelblatt" in sheet) == (True, False)


@pytest.mark.parametrize(("stage", "title"), [(1, "Angaben für das Titelblatt"), (2, "Angaben für easy-Online")])
def test_a_paper_is_called_the_same_on_the_page_and_as_a_file(client, stage, title):
    world = World(stage=stage)
    client.force_login(world.amina)
    frozen = read_state(world.application).frozen
    papers = {"sketch": Pdf(b"%PDF-1", 1, ""), "cover": Pdf(b"%PDF-1", 1, "")}
    submission = Submission.objects.finish(world.application, frozen, papers, new_receipt_number(2027), by=world.amina)
    cover = submission.files.get(kind="cover")

    assert title in words(client.get(submission.get_absolute_url()).text)
    assert "fuer" in (name := client.get(reverse("papers:file", args=[cover.pk]))["Content-Disposition"])
    assert title.split()[-1] in name
