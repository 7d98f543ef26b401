"""Plain functions that make records with sensible defaults; what matters to a test is written in the test.

Five people appear everywhere: Amina takes part, Bilal takes part in another cohort, Carla coaches Amina's cohort,
Doris organises it, Emil is BAMF staff.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import import_module
from itertools import count
from time import time
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from django.utils import timezone

from accounts.models import BamfOffice, Membership, Organisation, User
from applications.content import (
    Activity,
    Answer,
    Attachments,
    Budget,
    Content,
    Cover,
    Declarations,
    Expense,
    Goal,
    Goals,
    Income,
    Item,
    Partner,
    Partners,
    WorkPlan,
    empty,
)
from applications.writing.models import Application, Draft, Revision
from calls.models import (
    AttachmentKind,
    Certainty,
    Edition,
    ExpenseKind,
    FundingCall,
    Limit,
    Question,
    Rule,
    Section,
    Theme,
)
from calls.terms import Terms
from cohorts.models import CoachAssignment, Cohort, Team, TeamMember
from workshops.models import Session, Workshop

PASSWORD = "Nur-für-Tests-2026"
SECTIONS = {
    "s0": ("Deckblatt", "cover", None),
    "s1": ("Kurzbeschreibung", "text", 1000),
    "s2": ("Träger und Erfahrung", "text", 1200),
    "s3": ("Ausgangslage vor Ort", "text", 3500),
    "s4": ("Zielgruppe und Ansprache", "text", 2500),
    "s5": ("Ziele und Wirkung", "goals", 4000),
    "s6": ("Maßnahmen", "text", 4500),
    "s7": ("Arbeits- und Zeitplan", "work_plan", 2000),
    "s8": ("Vernetzung und Kooperation", "partners", 1800),
    "s9": ("Was ist neu daran?", "text", 1200),
    "s10": ("Beteiligung und Ehrenamt", "text", 1200),
    "s11": ("Öffentlichkeitsarbeit", "text", 1000),
    "s12": ("Qualität und Erfolg", "text", 1500),
    "s13": ("Verstetigung", "text", 1800),
    "s14": ("Personal und Ressourcen", "text", 1200),
    "s15": ("Anlagen", "attachments", None),
    "s16": ("Erklärungen", "declarations", None),
    "s17": ("Finanzierungsplan", "budget", None),
}
KINDS = {"PERS": "Personal", "HON": "Honorare", "MIETE": "Mieten", "INV": "Investitionen", "GWG": "Gegenstände", "MASS": "Maßnahmen", "VERW": "Verwaltungspauschale"}  # fmt: skip
LIMITS = {"max_grant_per_year": 70000, "max_months": 36, "max_calendar_years": 3, "min_own_share": 10, "min_own_funds": None, "max_pages": 10, "inventory_limit": 800, "admin_flat_rate": None, "direct_award_limit": None, "investment_years": 1, "min_age": 12}  # fmt: skip
QUESTIONS = {"begun": ("no", "C07"), "labour_market": ("no", "C08"), "language_course": ("no", "C08"), "age_12": ("yes", "C10"), "both_groups": ("yes", "C11"), "other_funding": ("", "C26"), "input_tax": ("", "B19")}  # fmt: skip
RULES = [f"C{n:02}" for n in range(1, 29)] + [f"B{n:02}" for n in range(1, 20) if n != 18]
SOURCE = {"source_issuer": "Beispielamt", "source_title": "Beispiel", "source_date": "ohne Datum"}


def source_of(name: str, title: str, issuer: str = "Beispielamt", date: str = "ohne Datum") -> dict[str, str]:
    """The three fields of the source of an address or a signature."""
    return {f"{name}_source_issuer": issuer, f"{name}_source_title": title, f"{name}_source_date": date}


_number = count(1)


def make_user(first_name: str = "Amina", last_name: str = "Haddad", **fields: Any) -> User:
    """A person whose address is her first name at example.org; the password is `PASSWORD`."""
    fields.setdefault("email", f"{first_name.lower()}@example.org")
    return User.objects.create_user(password=PASSWORD, first_name=first_name, last_name=last_name, **fields)


def make_bamf(first_name: str = "Emil", last_name: str = "Brandner", **fields: Any) -> User:
    user = make_user(first_name, last_name, **fields)
    BamfOffice.get_or_make().join(user)
    return user


def log_in(client: Client, user: User) -> Client:
    """Logged in as after a password and a second factor, which staff need on every way in; the session is written once."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
    proofs = [{"method": "password"}, {"method": "mfa", "type": "totp"}]
    store = import_module(settings.SESSION_ENGINE).SessionStore
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    session = store(cookie.value if cookie else None)  # what a visitor's session keeps comes along
    if session.get(SESSION_KEY, str(user.pk)) != str(user.pk):
        session = store()
    session.update(
        {
            SESSION_KEY: user._meta.pk.value_to_string(user),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            "account_authentication_methods": [proof | {"at": time()} for proof in proofs],
            "account_authentication_methods_user": str(user.pk),
        }
    )
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def make_organisation(name: str = "Nachbarschaft Wasserturm e. V.", **fields: Any) -> Organisation:
    fields.setdefault("short_name", name.removesuffix(" e. V."))
    fields.setdefault("city", "Halle (Saale)")
    return Organisation.objects.create(name=name, **fields)


def make_organiser(user: User, name: str = "Werkstatt Zusammenhalt gGmbH", **fields: Any) -> Organisation:
    """A Träger with this person as its responsible member."""
    organisation = make_organisation(name, runs_cohorts=True, **fields)
    Membership.objects.create(organisation=organisation, user=user, role=Membership.Role.RESPONSIBLE)
    return organisation


def make_call(title: str = "Beispielaufruf (erfunden)", *, parts: bool = False, **fields: Any) -> FundingCall:
    """An open, invented call with one published edition: all 18 sections, and limits and rules that are confirmed.

    `parts` also makes the rows of the edition, for who reads or copies them.
    """
    today = timezone.localdate()
    fields.setdefault("slug", f"beispiel-{next(_number)}")
    fields.setdefault("year", today.year + 1)
    fields.setdefault("open_from", today - timedelta(days=400))
    fields.setdefault("deadline", today + timedelta(days=60))
    fields.setdefault("deadline_counts", FundingCall.DeadlineCounts.POSTMARK)
    fields.setdefault("addressee", "Beispielamt\nReferat für Beispiele\nMusterstraße 1\n00000 Musterstadt")
    call = FundingCall.objects.create(title=title, is_example=True, **fields)
    Rule.objects.bulk_create(
        Rule(call=call, code=code, certainty=Certainty.VERIFIED, **SOURCE, checked_on=today, checked_by="Emil")
        for code in RULES
    )
    make_edition(call, parts=parts)
    return call


def make_edition(call: FundingCall, number: int = 1, *, published: bool = True, parts: bool = False) -> Edition:
    """An edition with two themes and all sections; the rows of its parts are made for a draft, or when asked for.

    A published edition is read from what was frozen, so that most tests need no rows.
    """
    edition = Edition.objects.create(call=call, number=number)
    rows = parts_of(edition)
    if parts or not published:
        for some in rows.values():
            type(some[0])._default_manager.bulk_create(some)
    if published:
        terms = Terms(**{name: [row.as_term() for row in some] for name, some in rows.items()})
        edition.frozen_terms, edition.published_at = terms, timezone.now()
        edition.save()
    return edition


def parts_of(edition: Edition) -> dict[str, list[Any]]:
    """What an invented edition says, as rows that are not saved, by the names of `Terms`."""
    themes = [("vielfalt", "Für Vielfalt und Toleranz"), ("begegnung", "Begegnungen")]
    files = [("register_extract", "Registerauszug"), ("tax_exemption", "Freistellungsbescheid")]
    return {
        "themes": [
            Theme(edition=edition, key=key, order=order, title=title, description=f"Worum es bei „{title}“ geht.")
            for order, (key, title) in enumerate(themes)
        ],
        "sections": [
            Section(
                edition=edition, key=key, order=order, title=title, kind=kind, soft_limit=limit,
                question=f"Was gehört zu „{title}“?", guidance="So gehen Sie vor.", plain="Schreiben Sie einfach.",
                example="Ein erfundenes Beispiel.",
            )
            for order, (key, (title, kind, limit)) in enumerate(SECTIONS.items())
        ],
        "kinds": [
            ExpenseKind(edition=edition, order=order, code=code, label=label)
            for order, (code, label) in enumerate(KINDS.items())
        ],
        "questions": [
            Question(edition=edition, order=order, key=key, kind="exclusion" if check == "C08" else "declaration",
                     text=f"Frage {key}?", wanted=wanted, check_code=check)
            for order, (key, (wanted, check)) in enumerate(QUESTIONS.items())
        ],
        "attachments": [
            AttachmentKind(edition=edition, order=order, key=key, label=label)
            for order, (key, label) in enumerate(files)
        ],
        "limits": [
            Limit(edition=edition, order=order, key=key, label=key, value=value, unit="", certainty=Certainty.VERIFIED,
                  **SOURCE, checked_on=timezone.localdate(), checked_by="Emil")
            for order, (key, value) in enumerate(LIMITS.items())
        ],
    }  # fmt: skip


def make_cohort(organiser: Organisation, call: FundingCall | None = None, **fields: Any) -> Cohort:
    """A published cohort that is running today, with registration over."""
    today = timezone.localdate()
    number = next(_number)
    fields.setdefault("title", "Projektschmiede Mitteldeutschland")
    fields.setdefault("slug", f"schmiede-{number}")
    fields.setdefault("region", "Mitteldeutschland")
    fields.setdefault("begins_on", today - timedelta(days=30))
    fields.setdefault("ends_on", today + timedelta(days=120))
    fields.setdefault("registration_from", today - timedelta(days=90))
    fields.setdefault("registration_until", today - timedelta(days=45))
    fields.setdefault("contact_name", "Doris Lang")
    fields.setdefault("contact_email", "doris@example.org")
    fields.setdefault("published_at", timezone.now() - timedelta(days=90))
    return Cohort.objects.create(call=call or make_call(), organiser=organiser, **fields)


def make_coach(cohort: Cohort, user: User, **fields: Any) -> CoachAssignment:
    fields.setdefault("form_of_address", "Coachin")
    return CoachAssignment.objects.create(
        cohort=cohort, coach=user, first_name=user.first_name, last_name=user.last_name, email=user.email, **fields
    )


def make_team(cohort: Cohort, *users: User, organisation: Organisation | None = None, **fields: Any) -> Team:
    """A team of these people: the first is its owner, the others write; all belong to the organisation."""
    organisation = organisation or make_organisation(f"Verein Nummer {next(_number)} e. V.")
    team = Team.objects.create(cohort=cohort, organisation=organisation, **fields)
    for place, user in enumerate(users):
        make_member(team, user, TeamMember.Role.WRITER if place else TeamMember.Role.OWNER)
    return team


def make_member(team: Team, user: User, role: str = TeamMember.Role.WRITER, **fields: Any) -> TeamMember:
    Membership.objects.get_or_create(organisation=team.organisation, user=user)
    return TeamMember.objects.create(
        team=team,
        user=user,
        role=role,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        **fields,
    )


def make_workshop(
    cohort: Cohort, position: int = 1, keys: list[str] | None = None, begins_at: datetime | None = None, **fields: Any
) -> Workshop:
    """A workshop with one session of three hours (default: yesterday, so that its sections are open)."""
    fields.setdefault("title", f"Workshop {position}")
    workshop = Workshop.objects.create(cohort=cohort, position=position, section_keys=keys or [], **fields)
    begins_at = begins_at or timezone.now() - timedelta(days=1)
    Session.objects.create(
        workshop=workshop, begins_at=begins_at, ends_at=begins_at + timedelta(hours=3), place="Halle"
    )
    return workshop


def make_application(team: Team, **fields: Any) -> Application:
    """An application with an empty draft for every section of the call's newest edition."""
    call = fields.pop("call", team.cohort.call)
    edition = fields.pop("edition", None) or call.editions.published().order_by("-number").first()
    application = Application.objects.create(team=team, call=call, edition=edition, **fields)
    Draft.objects.bulk_create(
        Draft(application=application, key=section.key, kind=section.kind, content=empty(section.kind).data)
        for section in edition.terms.sections
    )
    return application


def write(
    application: Application, key: str, value: Content | str, *, by: User | None = None, at: datetime | None = None
) -> Draft:
    """Put content into a draft as one saved revision, past the steps."""
    draft = application.drafts.get(key=key)
    data = {"format": 1, "text": value} if isinstance(value, str) else value.data
    draft.content, draft.version, draft.by, draft.at = data, draft.version + 1, by, at or timezone.now()
    draft.__dict__.pop("value", None)
    draft.length = draft.value.length
    draft.save()
    Revision.objects.create(
        draft=draft,
        version=draft.version,
        based_on=draft.version - 1,
        content=data,
        length=draft.length,
        by=by,
        at=draft.at,
    )
    return draft


def fill(application: Application, *, by: User | None = None) -> None:
    """Complete contents of every section: nothing blocks finishing. Year: the call's Förderjahr."""
    year = application.call.year
    activity = Activity(
        id=row_id("Abende"), title="Kochabende", begins=f"{year}-Q1", ends=f"{year}-Q4", responsible="Verein"
    )
    goal = Goal(
        id=row_id("Nachbarn"), level="4", target_group="Nachbarn", goal="Nachbarn kennen einander.", indicator="Umfrage",
        baseline="12 von 60", target="40 von 60", due_on=f"{year}-12-31", method="Fragebogen", activities=(activity.id,),
    )  # fmt: skip
    answers = {"begun": "no", "labour_market": "no", "language_course": "no", "age_12": "yes", "both_groups": "yes", "other_funding": "no", "input_tax": "no"}  # fmt: skip
    expense = Expense(
        id=row_id("Lebensmittel"), year=year, kind="MASS", title="Lebensmittel", quantity="44", unit="Abende",
        unit_price=14500, justification="Wir kochen an 44 Abenden.", activity=activity.id,
    )  # fmt: skip
    own = Income(
        id=row_id("Beiträge"), year=year, kind="EIGEN", source="Vereinsbeiträge", amount=70000, state="promised"
    )
    contents: dict[str, Content | str] = {
        "s0": Cover(
            title="Tischgespräche", short_name="Tische", theme="vielfalt", places="Halle (Saale)", start_on=f"{year}-01-01",
            months=12, organisation=application.team.organisation.name, legal_form="ev",
            charitable="Finanzamt Halle", charitable_on="2025-03-12", address="Musterweg 1\n06108 Halle", email="verein@example.org",
            contact_person="Amina Haddad", signatories="Amina Haddad, Vorsitz\nJonas Petersen, Kasse",
        ),
        "s5": Goals((goal,)),
        "s7": WorkPlan((activity,)),
        "s8": Partners("Wir arbeiten zusammen.", (Partner(id=row_id("Stadt"), name="Stadt", kind="municipality", state="agreed"),)),
        "s15": Attachments(tuple(Item(id=key, state="enclosed") for key in ("register_extract", "tax_exemption"))),
        "s16": Declarations(tuple(Answer(id=key, answer=answer) for key, answer in answers.items())),
        "s17": Budget(expenses=(expense,), income=(own,)),
    }  # fmt: skip
    for key, (title, kind, _limit) in SECTIONS.items():
        write(application, key, contents[key] if kind != "text" else f"{title}: 38 Prozent, mit Logo.", by=by)
    application.refresh_from_db()


def row_id(name: str) -> str:
    """A stable UUID for a row that a test refers to by name."""
    return str(uuid5(NAMESPACE_URL, name))


def day(offset: int = 0) -> date:
    return timezone.localdate() + timedelta(days=offset)


def window() -> dict[str, Any]:
    """The dates of a cohort one can register for."""
    return {"registration_from": day(-5), "registration_until": day(9), "begins_on": day(30), "ends_on": day(100)}


def taken_now(values: dict[str, Any]) -> dict[str, Any]:
    """The values with the moments among them taken now: parameters are read long before their test runs.

    They hold `timezone.now` or `lambda: day(1)` instead of a moment.
    """
    return {name: value() if callable(value) else value for name, value in values.items()}
