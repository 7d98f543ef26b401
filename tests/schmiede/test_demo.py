"""The demo world: what is in it, that its texts and comments fit together, and where it refuses to be loaded."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import Event, Message, User
from applications.checks import Severity, run
from applications.content import Text
from applications.content.base import rows
from applications.dossier import read_dossier
from applications.papers import Frozen, PapersUnavailable, count_pages
from applications.papers.models import Submission
from applications.papers.views.papers import figures
from applications.progress.facts import collect
from applications.progress.whose_turn import turn_of
from applications.reviews.models import Comment, Review
from applications.writing.models import Application
from cohorts.models import CoachAbsence, Cohort, Registration, Team
from schmiede.demo import world as demo
from schmiede.demo.cohorts import due_on
from schmiede.demo.data_files import Clock, filled
from schmiede.demo.papers import Press
from schmiede.views.cockpit import funnel
from tests.builders import make_user
from tests.plans import expect_many_rows
from workshops.models import Assignment, Attendance, Material

IN_MEMORY = {"BACKEND": "django.core.files.storage.InMemoryStorage"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The world, loaded once for this module and rolled back afterwards."""
    quick = {
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "STORAGES": {"default": IN_MEMORY, "staticfiles": IN_MEMORY},
    }
    with django_db_blocker.unblock(), override_settings(**quick), transaction.atomic():
        expect_many_rows()
        yield demo.load(papers=False)
        transaction.set_rollback(True)


def by_cohort(queryset, path):
    return dict(Counter(queryset.values_list(f"{path}__slug", flat=True)))


def test_demo_has_four_cohorts_in_their_phases(db, world):
    assert {cohort.slug: cohort.phase for cohort in Cohort.objects.all()} == {
        "harz-und-heide": "registration",
        "mitteldeutschland": "running",
        "nord": "running",
        "spree-und-neisse": "ended",
    }
    assert by_cohort(Team.objects.exclude(registration__cohort__slug="harz-und-heide"), "cohort") == {
        "mitteldeutschland": 10,
        "nord": 9,
        "spree-und-neisse": 8,
        "harz-und-heide": 1,  # for the second time
    }
    assert (world.cohorts["nord"].call.deadline - timezone.localdate()).days == 7


def test_demo_coaches_are_away_when_their_file_says_so(db, world):
    today = timezone.localdate()
    away = {
        (absence.assignment.coach, (absence.from_on - today).days, (absence.until_on - today).days)
        for absence in CoachAbsence.objects.select_related("assignment__coach")
    }
    said = {(world.users[row["key"]], *row["away"]) for row in world.data["person"] if "away" in row}
    assert said
    assert away == said


def test_demo_registrations_stand_everywhere(db, world):
    registrations = Registration.objects.filter(cohort__slug="harz-und-heide")
    assert Counter(registrations.values_list("status", flat=True)) == {
        "received": 7,
        "accepted": 3,
        "unconfirmed": 1,
        "waiting": 1,
        "declined": 1,
        "withdrawn": 1,
    }


def test_demo_texts_are_told_apart(db, world):
    texts = [
        value.text
        for application in Application.objects.prefetch_related("drafts")
        for value in (draft.value for draft in application.drafts.all())
        if isinstance(value, Text) and value.text
    ]
    assert len(texts) > 130
    assert len(set(texts)) == len(texts)
    assert not [text for text in texts if "{" in text or "lorem" in text.lower()]


def test_demo_comments_quote_what_was_handed_in(db, world):
    comments = Comment.objects.select_related("item__revision__draft", "item__review")
    quotes = [comment for comment in comments if comment.quote]
    assert len(quotes) > 60
    assert {comment.kind for comment in comments} == set(Comment.Kind)
    for comment in quotes:
        text = comment.item.revision.value.text
        assert text[comment.position : comment.position + len(comment.quote)] == comment.quote
        assert comment.item.revision.at <= comment.item.review.asked_at
    on_rows = [comment for comment in comments if comment.row_id]
    assert len(on_rows) >= 4
    for comment in on_rows:
        assert comment.row_id in {row.id for row in rows(comment.item.revision.value)}


def test_demo_reviews_wait_are_read_and_were_given_back(db, world):
    assert Review.objects.exclude(finished_at=None).count() >= 25
    assert Review.objects.waiting().count() >= 8
    assert Review.objects.open().exclude(taken_at=None).count() == 1
    today = timezone.localdate()
    assert Review.objects.waiting().filter(promised_until__lt=today).count() >= 2


def test_demo_nothing_happens_in_the_future(db, world):
    now = timezone.now()
    assert not Event.objects.filter(at__gt=now).exists()
    assert not Attendance.objects.filter(at__gt=now).exists()
    assert not Application.objects.filter(changed_at__gt=world.clock.now).exists()
    for application in Application.objects.prefetch_related("drafts__revisions"):
        for draft in application.drafts.all():
            moments = [one.at for one in sorted(draft.revisions.all(), key=lambda one: one.version or 0)]
            assert all(application.started_at <= moment <= now for moment in moments)


def test_demo_whose_turn_it_is(db, world):
    cohort = world.cohorts["mitteldeutschland"]
    teams = list(Team.objects.with_cohort().filter(cohort=cohort))
    now, today = timezone.now(), timezone.localdate()
    facts = collect(teams, now)
    turns = {team.organisation.short_name: turn_of(facts[team.pk], today) for team in teams}
    assert {name: turn.code for name, turn in turns.items()} == {
        "Bildungskreis Saaleufer": "read",
        "Dorfladen Mühlgrund": "assignment",
        "Frauenkreis Sonnenaufgang": "write",
        "Gartenbrücke Nordstadt": "read",
        "Junge Gleise": "change",
        "Musik ohne Noten": "change",
        "Nachbarschaft Wasserturm": "change",
        "Stimmen am Fluss": "nothing",
        "Teegarten der Kulturen": "read",
        "Werkbank Ost": "change",
    }
    assert turns["Teegarten der Kulturen"].is_late(today)
    assert turns["Musik ohne Noten"].until == today - timedelta(days=6)
    dorfladen = next(facts[team.pk] for team in teams if team.organisation.short_name == "Dorfladen Mühlgrund")
    assert (today - timezone.localdate(dorfladen.last_sign)).days == 19


FINISHED = {"sandberg": "granted", "stadtschluessel": "invited", "lindenrain": "declined"}


def test_demo_finished_applications_were_posted_and_answered(db, world):
    submissions = Submission.objects.posted().select_related("outcome", "application")
    found = {(one.application_id, one.stage): one.outcome.kind for one in submissions}
    ids = {name: world.casts[name].application.pk for name in FINISHED}
    assert found == {
        (ids["sandberg"], 1): "invited",
        (ids["sandberg"], 2): "granted",
        (ids["stadtschluessel"], 1): "invited",
        (ids["lindenrain"], 1): "declined",
    }
    for one in submissions:
        steps = [one.transferred_on, one.signed_on, one.posted_on, one.received_on, one.outcome.on]
        assert steps == sorted(steps)
        assert timezone.localdate(one.finished_at) <= one.transferred_on
        assert one.stage == 2 or one.posted_on <= one.application.call.deadline
        assert Frozen.from_json(one.frozen).checksum == one.checksum
    granted = submissions.get(outcome__kind="granted")
    assert granted.outcome.amount_cents == granted.grant_cents > 0


def test_demo_finished_applications_are_complete_and_nothing_blocks(db, world):
    for name in FINISHED:
        application = Application.objects.with_team().get(pk=world.casts[name].application.pk)
        assert [draft.key for draft in application.drafts.all() if not draft.is_begun] == []
        as_posted = replace(read_dossier(application), stage=1)
        assert [finding for finding in run(as_posted) if finding.blocks] == []


def test_demo_third_party_money_is_declared_wherever_the_question_is_answered(db, world):
    silent = []
    for application in Application.objects.with_team():
        dossier = read_dossier(application)
        third = [row for row in dossier.budget.income if row.kind.startswith("DRITT") and row.amount]
        if third and dossier.declarations.answer("other_funding") == "no":
            silent.append(application.team.organisation.short_name)
    assert silent == []


def test_demo_strong_application_agrees_with_itself(db, world):
    """Own funds are a tenth whatever counts; people, hours and numbers are the same in text, plan and budget."""
    dossier = read_dossier(Application.objects.with_team().get(pk=world.casts["sandberg"].application.pk))
    budget, text = dossier.budget, {key: dossier.text(key) for key in ("s6", "s10", "s14")}
    own = sum(row.amount or 0 for row in budget.income if row.kind == "EIGEN")
    hosts = [row.quantity for row in budget.expenses if "Gastgebende" in row.title]
    meetings = [row.quantity for row in budget.expenses if "Hausversammlungen" in row.title and row.unit == "Abende"]
    days = {row.quantity for row in budget.expenses if row.unit == "Waschtage"}

    assert own * 10 >= budget.spending(None)
    assert {row.weekly_hours for row in budget.personnel} == {"19.5"}
    assert "19,5 Stunden" in text["s14"]
    assert (
        hosts,
        "im ersten Jahr brauchen wir acht Gastgebende, im dritten sechzehn" in text["s10"].replace("Im", "im"),
    ) == (["8", "12", "16"], True)
    assert (meetings, "im ersten Jahr viermal, danach achtmal" in text["s6"]) == (["4", "8", "8"], True)
    assert (days, "An drei Tagen in der Woche, 32 Wochen im Jahr" in text["s6"]) == ({"96"}, True)
    assert [row.title for row in budget.expenses if "Zeit" in row.justification] == []
    serious = [finding for finding in run(replace(dossier, stage=1)) if finding.severity <= Severity.WARNING]
    # „Anlagen“ has changed for stage 2 since the coach read it.
    assert {finding.code for finding in serious} == {"P02"}


def test_demo_strong_application_fits_on_ten_pages(db, world):
    frozen = Submission.objects.get(application=world.casts["sandberg"].application.pk, stage=1).frozen
    assert 8 <= count_pages(Frozen.from_json(frozen)) <= 10


def test_demo_other_teams_of_the_finished_cohort_stopped(db, world):
    others = Team.objects.filter(cohort__slug="spree-und-neisse").exclude(
        applications__in=[world.casts[name].application.pk for name in FINISHED]
    )
    assert others.count() == 5
    assert list(others.filter(withdrawn_at=None)) == []
    assert not Submission.objects.filter(application__team__in=others).exists()


@pytest.mark.parametrize(
    ("day", "meets"),
    [("12-22", "12-22"), ("12-23", "12-22"), ("12-31", "12-22"), ("01-02", "12-22"), ("01-03", "01-03")],
)
def test_nobody_meets_between_christmas_and_the_new_year(day, meets):
    year = 2027 if day.startswith("01") else 2026
    clock = Clock(timezone.make_aware(datetime.fromisoformat(f"{year}-{day}T12:00") - timedelta(days=40)))

    meeting = timezone.localtime(clock.meeting("40 17:00"))

    assert f"{meeting:%m-%d %H:%M}" == f"{meets} 17:00"


def test_demo_figures_count_a_posted_application_once(db, world, client):
    row = next(row for row in figures() if row["cohort"].slug == "spree-und-neisse")
    assert (row["posted"], row["invited"], row["granted"]) == (3, 2, 1)
    cohort = world.cohorts["spree-und-neisse"]
    facts = collect(Team.objects.with_cohort().filter(cohort=cohort)).values()
    assert {str(bar.label): bar.number for bar in funnel(cohort, list(facts))} == {
        "angemeldet": 8,
        "zugelassen": 8,
        "schreiben": 7,
        "haben zur Rückmeldung abgegeben": 5,
        "eingereicht": 3,
        "bewilligt": 1,
    }


def test_demo_budgets_hold_typical_mistakes(db, world):
    def codes(name):
        application = Application.objects.with_team().get(pk=world.casts[name].application.pk)
        return {finding.code for finding in run(read_dossier(application)) if finding.key == "s17"}

    assert {"B05", "C23"} <= codes("werftviertel")
    assert {"B05", "C23"} <= codes("hafenmusik")
    assert "B02" in codes("radio")
    assert "B07" in codes("erzaehlcafe")


def test_demo_assignments_end_on_working_days(db, world):
    assert {due.weekday() for due in Assignment.objects.values_list("due_on", flat=True)} <= set(range(5))
    sunday, monday = date(2026, 12, 6), date(2026, 12, 7)
    assert due_on(sunday - timedelta(days=14), None, 14) == due_on(date(2026, 11, 2), monday, 1) == date(2026, 12, 4)
    assert due_on(date(2026, 11, 2), monday, 3) == date(2026, 12, 4)


def test_demo_sends_no_mail(db, world):
    assert not Message.objects.exists()
    assert mail.outbox == []


def test_demo_people_can_log_in(db, world):
    amina = User.objects.get(email="amina@example.org")
    assert amina.check_password("schmiede-demo")
    assert User.objects.get(email="emil@example.org").is_bamf
    assert all(email.endswith("@example.org") for email in User.objects.values_list("email", flat=True))
    with_second_factor = User.objects.filter(authenticator__isnull=False).values_list("email", flat=True)
    assert {email.partition("@")[0] for email in with_second_factor} == {"carla", "doris", "emil", "henrik", "malin"}


def test_demo_material_can_be_read(db, world):
    for material in Material.objects.exclude(file=""):
        assert material.size > 200
        assert material.file_name.endswith(".txt")


def test_demo_command_a_second_time_changes_nothing(db, world, settings):
    settings.DEBUG = True
    settings.MFA_TOTP_INSECURE_BYPASS_CODE = "123456"
    before, out = User.objects.count(), StringIO()
    call_command("demo", stdout=out)
    assert User.objects.count() == before
    assert "Die Demo-Welt ist schon da" in out.getvalue()
    assert "amina@example.org" in out.getvalue()


def test_demo_says_which_package_is_missing_for_papers(monkeypatch):
    def fail(_frozen, _receipt):
        raise PapersUnavailable("Auf diesem Rechner fehlt Pango.")

    monkeypatch.setattr("schmiede.demo.papers.make_papers", fail)
    press = Press(works=True)
    assert press.papers(None, "") == {}
    assert press.papers(None, "") == {}
    assert press.missing == "Auf diesem Rechner fehlt Pango."


def test_demo_command_is_refused_without_debug(db, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="nur mit DEBUG"):
        call_command("demo")


def test_demo_command_is_refused_where_somebody_lives(db, settings):
    settings.DEBUG = True
    make_user("Greta", "Ahrens")
    Cohort.objects.filter(slug="nord").update(slug="elsewhere")
    with pytest.raises(CommandError, match="nicht leer"):
        call_command("demo")


def test_clock_speaks_of_days_from_today():
    clock = Clock(timezone.now())
    assert timezone.localtime(clock.moment("-3 19:40")).strftime("%H:%M") == "19:40"
    assert timezone.localdate(clock.moment("-3 19:40")) == clock.today - timedelta(days=3)
    assert clock.moment("0 23:59") < clock.now
    assert timezone.localdate(clock.moment("16 17:00")) == clock.today + timedelta(days=16)


def test_filled_puts_years_into_all_texts():
    years = {"J": 2026, "Y1": 2028}
    assert filled({"a": ["{Y1+2}-12-31", " {J-1} "], "b": {"c": 3}}, years) == {
        "a": ["2030-12-31", "2025"],
        "b": {"c": 3},
    }
