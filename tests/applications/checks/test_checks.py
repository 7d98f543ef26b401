"""The checks, on values: each one's edges, and what may block."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from applications.checks import CODES, Dossier, Severity, run, years_of_term
from applications.checks.base import Route
from applications.content import (
    Activity,
    Answer,
    Attachments,
    Budget,
    Cover,
    Declarations,
    Expense,
    Goal,
    Goals,
    Income,
    Item,
    Partner,
    Partners,
    Personnel,
    Text,
    WorkPlan,
)
from applications.states import ItemFacts, SectionFacts
from calls.terms import AttachmentTerm, LimitTerm, QuestionTerm, RuleTerm, SectionTerm, Terms, ThemeTerm

LIMITS = {"max_grant_per_year": 70000, "max_months": 36, "max_calendar_years": 3, "min_own_share": 10, "min_own_funds": None, "max_pages": 10, "inventory_limit": 800, "investment_years": 1, "min_age": 12, "admin_flat_rate": None, "direct_award_limit": None}  # fmt: skip
KINDS = {"s0": "cover", "s5": "goals", "s7": "work_plan", "s8": "partners", "s15": "attachments", "s16": "declarations", "s17": "budget"}  # fmt: skip
TERMS = Terms(
    themes=[ThemeTerm("vielfalt", "Vielfalt")],
    sections=[
        SectionTerm(f"s{n}", f"Abschnitt {n}", KINDS.get(f"s{n}", "text"), soft_limit=None if n == 0 else 100)
        for n in range(18)
    ],
    questions=[
        QuestionTerm("begun", "exclusion", "Schon begonnen?", wanted="no", check_code="C07"),
        QuestionTerm("organised_sport", "exclusion", "Sport?", wanted="no", check_code="C08"),
        QuestionTerm("language_course", "exclusion", "Sprachkurs?", wanted="no", check_code="C08"),
        QuestionTerm("individual_counselling", "exclusion", "Beratung?", wanted="no", check_code="C08"),
        QuestionTerm("building", "exclusion", "Bau?", wanted="no", check_code="C08"),
        QuestionTerm("age_12", "declaration", "Ab zwölf?", wanted="yes", check_code="C10"),
        QuestionTerm("both", "declaration", "Alle?", wanted="yes", check_code="C11"),
        QuestionTerm("other", "declaration", "Anderswo beantragt?", check_code="C26"),
        QuestionTerm("input_tax", "declaration", "Vorsteuer?", check_code="B19"),
    ],
    attachments=[AttachmentTerm("register", "Registerauszug"), AttachmentTerm("tax", "Steuer", stage=2)],
    limits=[
        LimitTerm(key, key, None if value is None else Decimal(value), certainty="verified", source="Beispiel")
        for key, value in LIMITS.items()
    ],
)
RULES = {code: RuleTerm(code, "Beispiel", "verified") for code in CODES}
ACTIVITY = Activity(id="m1", title="Abende", begins="2027-Q1", ends="2027-Q4")
GOOD = {
    "s0": Cover(
        title="Tischgespräche", theme="vielfalt", places="Halle (Saale)", address="Musterweg 1\n06108 Halle", contact_person="Amina Haddad", start_on="2027-01-01", months=24, legal_form="ev",
        charitable="Finanzamt Halle", charitable_on="2025-03-12", email="verein@example.org", signatories="Amina Haddad, Vorsitz",
    ),
    **{f"s{n}": Text(f"Text {n}.") for n in (1, 2, 3, 4, 6, 9, 10, 12, 13, 14)},
    "s11": Text("Mit Logo."),
    "s5": Goals((Goal(id="z1", level="4", goal="Nachbarn kennen sich.", indicator="Umfrage", target="40 von 60", due_on="2028-12-31", activities=("m1",)),)),
    "s7": WorkPlan((ACTIVITY,)),
    "s8": Partners("Wir arbeiten zusammen.", (Partner(name="Stadt", kind="municipality"),)),
    "s15": Attachments((Item(id="register", state="enclosed"),)),
    "s16": Declarations(tuple(Answer(id=key, answer=answer) for key, answer in [("begun", "no"), ("organised_sport", "no"), ("language_course", "no"), ("individual_counselling", "no"), ("building", "no"), ("age_12", "yes"), ("both", "yes"), ("other", "no"), ("input_tax", "no")])),
    "s17": Budget(
        expenses=(Expense(id="e1", year=2027, kind="MASS", title="Lebensmittel", quantity="44", unit="Abende", unit_price=14500, justification="Kochen", activity="m1"),),
        income=(Income(id="i1", year=2027, kind="EIGEN", source="Verein", amount=70000, state="promised"),),
    ),
}  # fmt: skip


def dossier(**changes) -> Dossier:
    values = {**GOOD, **{key: value for key, value in changes.items() if key in GOOD}}
    rest = {key: value for key, value in changes.items() if key not in GOOD}
    facts = {"year": 2027, "today": date(2026, 6, 1), "deadline": date(2026, 6, 30), "deadline_counts": "postmark", "pages": 9, "rules": RULES}  # fmt: skip
    return Dossier(values=values, terms=TERMS, **{**facts, **rest})


def codes(one: Dossier, *severities: Severity) -> list[str]:
    wanted = severities or (Severity.ERROR, Severity.WARNING)
    return [finding.code for finding in run(one) if finding.severity in wanted]


def with_expense(**fields) -> Budget:
    budget = GOOD["s17"]
    return replace(budget, expenses=(replace(budget.expenses[0], **fields),))


def test_good_application_has_no_error_and_no_warning():
    assert codes(dossier()) == []


def found(one: Dossier, code: str) -> list:
    return [finding for finding in run(one) if finding.code == code]


def every_year(**fields) -> Budget:
    """The same line in three years."""
    line = replace(GOOD["s17"].expenses[0], title="Raum", **fields)
    return replace(GOOD["s17"], expenses=tuple(replace(line, id=f"e{year}", year=year) for year in (2029, 2027, 2028)))


@pytest.mark.parametrize(
    ("code", "line", "sentence"),
    [
        ("C23", {"justification": " "}, "Zu „Raum“ (2027, 2028, 2029) fehlt die Begründung."),
        ("C23", {"activity": ""}, "„Raum“ (2027, 2028, 2029): Bitte ordnen Sie die Ausgabe einer Maßnahme zu."),
        (
            "C23",
            {"activity": "weg"},
            "„Raum“ (2027, 2028, 2029) gehört zu einer Maßnahme, die nicht mehr vorhanden ist.",
        ),
    ],
)
def test_the_same_line_of_every_year_is_found_once_and_leads_to_each(code, line, sentence):
    (finding,) = found(dossier(s17=every_year(**line)), code)
    assert (finding.sentence, finding.row, finding.more) == (sentence, "e2029", ("e2027", "e2028"))


def test_lines_of_different_names_are_found_one_by_one():
    lines = tuple(replace(GOOD["s17"].expenses[0], id=title, title=title, activity="") for title in ("Raum", "Saal"))
    sentences = [one.sentence for one in found(dossier(s17=replace(GOOD["s17"], expenses=lines)), "C23")]
    assert sentences == [
        f"„{title}“ (2027): Bitte ordnen Sie die Ausgabe einer Maßnahme zu." for title in ("Raum", "Saal")
    ]


def test_missing_evidence_is_summed_over_the_years():
    income = tuple(
        Income(id=f"i{year}", year=year, kind="DRITT_OEFF", source="Stadt", amount=150_000) for year in (2027, 2028)
    )
    (finding,) = found(dossier(s17=replace(GOOD["s17"], income=(*GOOD["s17"].income, *income))), "B13")
    assert finding.sentence == "„Stadt“ (2027, 2028): Tragen Sie ein, womit Sie die 3.000 € belegen (Zusage, Antrag)."
    assert (finding.row, finding.more) == ("i2027", ("i2028",))


def test_each_empty_section_has_its_own_place_and_says_whose_hint_it_is():
    hints = found(dossier(s1=Text(""), s4=Text("\n")), "P01")
    assert [(one.key, one.sentence) for one in hints] == [
        ("s1", "„Abschnitt 1“ ist noch leer."),
        ("s4", "„Abschnitt 4“ ist noch leer."),
    ]
    assert {one.source for one in hints} == {"Hinweis des Portals, keine Regel des Aufrufs"}


def test_letters_that_no_font_has_are_named_with_their_section():
    hints = found(
        dossier(
            s1=Text("Wir kochen – \U0001d173мы готовим 👩🏽\u200d🍳❤️, CO₂ → ✓."),
            s4=Text("中文 ก: 一二三四"),
            s3=Text("12 \ue000"),
        ),
        "P03",
    )
    assert [(one.key, one.sentence) for one in hints] == [
        (
            "s3",
            "In „Abschnitt 3“ steht ein Zeichen, das sich nicht drucken lässt: „\ue000“ (U+E000). Bitte schreiben Sie es anders.",
        ),
        (
            "s4",
            "In „Abschnitt 4“ stehen Zeichen, die sich nicht drucken lassen: „ก“ (U+0E01), „一“ (U+4E00), „三“ (U+4E09), „中“ (U+4E2D), „二“ (U+4E8C) und weitere. Bitte schreiben Sie sie anders.",
        ),
    ]
    assert {one.source for one in hints} == {"Hinweis des Portals, keine Regel des Aufrufs"}


def test_soft_limit_is_said_with_numbers_as_the_counter_shows_them():
    sections = [replace(section, soft_limit=1500) if section.key == "s1" else section for section in TERMS.sections]
    (finding,) = found(replace(dossier(s1=Text("x" * 12_345)), terms=replace(TERMS, sections=sections)), "C27")
    assert finding.sentence == "„Abschnitt 1“ ist mit 12.345 Zeichen länger als der Richtwert von 1.500."


NOW = datetime(2026, 5, 1, tzinfo=UTC)


def review(verdict: str = "", *, open_comments: int = 0, version: int = 3) -> ItemFacts:
    finished = NOW if verdict else None
    return ItemFacts(UUID(int=1), version, NOW, finished_at=finished, verdict=verdict, must_change=open_comments)


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ([], None),
        ([review()], None),
        ([review("accepted")], None),
        ([review("please change")], "„Zielgruppe“ steht noch auf „bitte ändern“."),
        ([review("please change", open_comments=1)], "Zu „Zielgruppe“ ist noch eine Anmerkung „Bitte ändern“ offen."),
        ([review("please change", open_comments=2)], "Zu „Zielgruppe“ sind noch 2 Anmerkungen „Bitte ändern“ offen."),
        ([review("please change", open_comments=1), review()], "Zu „Zielgruppe“ ist noch eine Anmerkung „Bitte ändern“ offen."),
        ([review("please change"), review()], None),
        ([review("accepted", version=2)], "„Zielgruppe“ wurde geändert, nachdem Ihre Coaching-Person den Abschnitt rund fand."),
        ([review(open_comments=2)], None),
    ],
)  # fmt: skip
def test_open_advice_of_a_coach_is_confirmed_and_never_blocks(items, sentence):
    section = SectionFacts("s4", "Zielgruppe", version=3, items=tuple(items))
    hints = found(dossier(reviews={"s4": section}), "P02")
    assert [(one.sentence, one.key, one.severity, one.blocks) for one in hints] == (
        [(sentence, "s4", Severity.WARNING, False)] if sentence else []
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"title": "Raum", "activity": ""}, "„Raum“ (2027): Bitte ordnen Sie die Ausgabe einer Maßnahme zu."),
        ({"title": "", "justification": ""}, "Zu „ohne Bezeichnung“ (2027) fehlt die Begründung."),
    ],
)
def test_finding_names_the_year_of_a_line_that_stands_in_every_year(line, sentence):
    assert [one.sentence for one in run(dossier(s17=with_expense(**line))) if one.code == "C23"] == [sentence]


def test_good_application_is_told_what_comes_next():
    assert codes(dossier(), Severity.INFO) == ["C06", "C21", "C22", "B15"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"s0": replace(GOOD["s0"], legal_form="")}, ["C01"]),
        ({"s0": replace(GOOD["s0"], charitable="")}, ["C01"]),
        ({"s0": replace(GOOD["s0"], theme="")}, ["C02"]),
        ({"s0": replace(GOOD["s0"], theme="vom Vorjahr")}, ["C02"]),
        ({"s0": replace(GOOD["s0"], start_on="2026-12-31")}, ["C03"]),
        ({"s0": replace(GOOD["s0"], start_on="")}, ["C03"]),
        ({"s0": replace(GOOD["s0"], months=36)}, []),
        ({"s0": replace(GOOD["s0"], months=37)}, ["C04"]),
        ({"s0": replace(GOOD["s0"], start_on="2027-07-01", months=36)}, ["C04"]),
        ({"s0": replace(GOOD["s0"], months=None)}, ["C04"]),
        ({"s0": replace(GOOD["s0"], title=" \u200b")}, ["P05"]),
        ({"s0": replace(GOOD["s0"], places="", address="", contact_person="")}, ["P05", "P05", "P05"]),
        ({"pages": 10}, []),
        ({"pages": 11}, ["C05"]),
        ({"today": date(2026, 6, 30)}, []),
        ({"today": date(2026, 7, 1)}, ["C06"]),
        ({"s4": Text("Ein Deutschkurs und noch ein Deutschkurs.")}, ["C09"]),
        ({"s5": Goals()}, ["C13", "C14", "P01"]),
        ({"s5": replace(GOOD["s5"], rows=(replace(GOOD["s5"].rows[0], indicator=""),))}, ["C12"]),
        ({"s5": replace(GOOD["s5"], rows=(replace(GOOD["s5"].rows[0], target="viele"),))}, ["C12"]),
        ({"s5": replace(GOOD["s5"], rows=(replace(GOOD["s5"].rows[0], due_on=""),))}, ["C12"]),
        ({"s5": replace(GOOD["s5"], rows=(replace(GOOD["s5"].rows[0], level="2", indicator=""),))}, ["C14"]),
        ({"s7": WorkPlan()}, ["C13", "C23", "P01"]),
        ({"s8": Partners("Text.", (Partner(name="Chor", kind="association"),))}, ["C15"]),
        ({"s13": Text("  \n")}, ["C16"]),
        ({"s3": Text("Es ist schwer.")}, ["C17"]),
        ({"s9": Text("")}, ["C18"]),
        ({"umbrella_body": "Beispielverband"}, ["C19"]),
        ({"s0": replace(GOOD["s0"], email="verein@")}, ["C20"]),
        ({"s0": replace(GOOD["s0"], signatories="")}, ["C22"]),
        ({"s1": Text("x" * 100)}, []),
        ({"s1": Text("x" * 101)}, ["C27"]),
        ({"s15": Attachments()}, ["C28"]),
        ({"charitable_until": date(2026, 6, 29)}, ["C28"]),
        ({"s1": Text("")}, ["P01"]),
        ({"s17": Budget()}, ["B01"]),
        ({"s17": with_expense(justification="")}, ["C23"]),
        ({"s17": with_expense(activity="")}, ["C23"]),
        ({"s17": with_expense(activity="all")}, []),
        ({"s17": with_expense(activity="weg")}, ["C23"]),
        ({"s17": replace(GOOD["s17"], income=(Income(year=2027, kind="EIGEN", source="Verein", amount=638001),))}, ["B01"]),
        ({"s17": with_expense(quantity="60")}, ["B03"]),
        ({"s17": with_expense(kind="INV", unit_price=290000, quantity="2")}, []),
        ({"s17": with_expense(kind="INV", unit_price=290000, quantity="2", year=2028)}, ["B01", "B05"]),
        ({"s17": with_expense(title="Flug nach Wien")}, ["B06"]),
        ({"s17": with_expense(title="Sonstiges")}, ["B07"]),
        ({"s17": with_expense(kind="GWG", unit_price=80000, quantity="1")}, []),
        ({"s17": with_expense(kind="GWG", unit_price=80001, quantity="1")}, ["B10"]),
        ({"s17": with_expense(kind="INV", unit_price=80000, quantity="1")}, ["B10"]),
        ({"s17": with_expense(year=2029)}, ["B01", "B11"]),
        ({"s17": with_expense(year=None)}, ["B01", "B11"]),
        ({"s17": with_expense(kind="VERW", title="Verwaltungspauschale", quantity="1", unit_price=638_000)}, ["B12"]),
        ({"s17": with_expense(kind="VERW", title="Büro", unit="Pauschale", quantity="1", unit_price=638_000)}, ["B12"]),
        ({"s17": with_expense(kind="VERW", title="Verwaltungspauschale")}, []),
        ({"s17": with_expense(kind="VERW", title="Porto", quantity="1", unit_price=638_000)}, []),
        ({"s17": replace(GOOD["s17"], income=(*GOOD["s17"].income, Income(year=2027, kind="DRITT_OEFF", source="Stadt", amount=1)))}, ["C26", "B13"]),
        ({"s17": replace(GOOD["s17"], income=(replace(GOOD["s17"].income[0], source="ehrenamtliche Stunden"),))}, ["B14"]),
    ],
)  # fmt: skip
def test_one_change_is_found(changes, expected):
    assert codes(dossier(**changes)) == expected


@pytest.mark.parametrize(
    ("key", "answer", "expected"),
    [
        ("begun", "yes", ["C07"]),
        ("begun", "", ["C07"]),
        ("organised_sport", "yes", ["C08"]),
        ("age_12", "no", ["C10"]),
        ("both", "no", ["C11"]),
        ("other", "", ["C26"]),
        ("other", "yes", []),
        ("input_tax", "", ["B19"]),
        ("input_tax", "yes", []),
    ],
)
def test_declarations_are_answered(key, answer, expected):
    rows = tuple(replace(row, answer=answer) if row.id == key else row for row in GOOD["s16"].answers)
    assert codes(dossier(s16=Declarations(rows))) == expected


def test_highest_grant_is_reached_but_not_passed():
    income = (Income(year=2027, kind="EIGEN", source="Verein", amount=10_000_00),)
    just = replace(with_expense(quantity="1", unit_price=80_000_00), income=income)
    over = replace(with_expense(quantity="1", unit_price=80_000_01), income=income)
    assert codes(dossier(s17=just)) == []
    assert codes(dossier(s17=over)) == ["B02"]


def test_personnel_counts_and_tariff_is_not_guessed():
    budget = replace(
        GOOD["s17"],
        personnel=(
            Personnel(id="p1", year=2027, role="Projektleitung", months="2", gross_per_month=1000_00, bonus=500_00, justification="Leitung", activity="all"),
        ),
        income=(Income(year=2027, kind="EIGEN", source="Verein", amount=1000_00),),
    )  # fmt: skip
    assert budget.spending(2027) == 44 * 14500 + 2 * 1000_00 + 500_00
    assert "B08" in codes(dossier(s17=budget), Severity.INFO)
    fee = replace(budget, expenses=(replace(budget.expenses[0], kind="HON", title="Projektleitung am Abend"),))
    assert codes(dossier(s17=fee)) == ["B09"]


def with_post(role="Projektleitung", fee="Projektleitung", **fields) -> Budget:
    """A plan with a post and a fee, both explained, and own funds enough."""
    post = Personnel(id="p1", year=2027, role=role, **{"months": "2", "gross_per_month": 1000_00, **fields}, justification="x", activity="all")  # fmt: skip
    line = replace(GOOD["s17"].expenses[0], kind="HON", title=fee)
    own = Income(year=2027, kind="EIGEN", source="Verein", amount=2000_00)
    return Budget(personnel=(post,), expenses=(line,), income=(own,))


@pytest.mark.parametrize(
    ("role", "fee", "expected"),
    [
        ("Projektleitung", "Honorar für die Projektleitung", ["B09"]),
        ("Projektleitung, halbe Stelle", "Projektleiterin (zusätzliche Stunden)", ["B09"]),
        ("Pädagogische Fachkraft", "pädagogische Fachkraft", ["B09"]),
        ("Projektleitung", "Supervision der Projektleitung", []),
        ("Hilfe", "Hilfestellung beim Bau", []),
        ("", "Moderation", []),
        ("(0,5)", "Moderation", []),
    ],
)
def test_a_fee_is_for_staff_where_it_begins_with_their_post(role, fee, expected):
    assert codes(dossier(s17=with_post(role, fee))) == expected


@pytest.mark.parametrize(
    ("input_tax", "kind", "cents", "severity", "words"),
    [
        ("no", "GWG", 900_00, Severity.WARNING, "auch ohne Umsatzsteuer mehr als 800 €, gehört es zu den Inv"),
        ("", "GWG", 952_00, Severity.WARNING, "auch ohne Umsatzsteuer mehr als 800 €, gehört es zu den Inv"),
        ("no", "GWG", 952_01, Severity.WARNING, "kostet ohne Umsatzsteuer mehr als 800 € und gehört zu den Inv"),
        ("yes", "GWG", 800_01, Severity.WARNING, "kostet ohne Umsatzsteuer mehr als 800 € und gehört zu den Inv"),
        ("no", "INV", 900_00, Severity.INFO, "Kostet ein Stück ohne Umsatzsteuer höchstens 800 €, gehört es zu den A"),
        ("no", "INV", 800_00, Severity.WARNING, "kostet höchstens 800 € und gehört zu den Anschaffungen"),
        ("yes", "INV", 900_00, None, ""),
        ("yes", "GWG", 800_00, None, ""),
        ("no", "INV", 952_01, None, ""),
    ],
)
def test_a_gross_price_is_held_against_the_net_limit(input_tax, kind, cents, severity, words):
    answers = tuple(replace(row, answer=input_tax) if row.id == "input_tax" else row for row in GOOD["s16"].answers)
    budget = with_expense(kind=kind, unit_price=cents, quantity="1")

    findings = found(dossier(s16=Declarations(answers), s17=budget), "B10")

    assert [(f.severity, words in f.sentence) for f in findings] == [(severity, True)] * bool(words)


@pytest.mark.parametrize(
    ("start", "months", "sentence"),
    [
        ("7", "6", ""),
        ("7", "6.01", "Hier stehen 6,01 Monate. Ihr Vorhaben läuft in diesem Jahr nur 6 Monate."),
        ("12", "2", "Hier stehen 2 Monate. Ihr Vorhaben läuft in diesem Jahr nur einen Monat."),
    ],
)
def test_a_post_has_no_more_months_than_the_term(start, months, sentence):
    cover = replace(GOOD["s0"], start_on=f"2027-{int(start):02}-01")

    findings = found(dossier(s0=cover, s17=with_post(fee="Moderation", months=months)), "B11")

    assert [(f.sentence, f.field, f.severity) for f in findings] == (
        [(f"„Projektleitung“ (2027): {sentence}", "months", Severity.WARNING)] if sentence else []
    )


def test_a_term_from_within_a_month_counts_every_month_it_touches():
    cover = replace(GOOD["s0"], start_on="2027-12-15", months=1)
    posts = with_post(fee="Moderation", months="1")
    assert found(dossier(s0=cover, s17=posts), "B11") == []


def test_a_flat_rate_that_is_denied_is_none():
    line = {
        "kind": "VERW",
        "title": "Porto",
        "quantity": "1",
        "unit_price": 638_000,
        "justification": "Keine Pauschale.",
    }
    assert found(dossier(s17=with_expense(**line)), "B12") == []


def test_offers_are_asked_for_by_the_net_price():
    limit = LimitTerm("direct_award_limit", "Direktauftrag", Decimal(1000), certainty="verified")
    terms = replace(TERMS, limits=[*(row for row in TERMS.limits if row.key != limit.key), limit])
    budget = with_expense(kind="AUFTR", quantity="1", unit_price=1000_01)

    [finding] = found(replace(dossier(s17=budget), terms=terms), "B16")

    assert "ohne Umsatzsteuer mehr als 1.000 €" in finding.sentence


@pytest.mark.parametrize("code", ["B11", "B13"])
def test_what_another_ministry_says_does_not_block(code):
    rules = {**RULES, code: RuleTerm(code, "Z3", "assumed")}
    income = (*GOOD["s17"].income, Income(year=2031, kind="DRITT_OEFF", source="Stadt", amount=1))
    findings = found(replace(dossier(s17=replace(GOOD["s17"], income=income)), rules=rules), code)
    assert [(f.severity, f.blocks) for f in findings] == [(Severity.WARNING, False)]


def test_only_verified_rules_and_limits_block():
    late = dossier(pages=11)
    assert [finding.blocks for finding in run(late) if finding.code == "C05"] == [True]
    for rule in (None, RuleTerm("C05", certainty="assumed"), RuleTerm("C05", certainty="carried_over")):
        rules = {**RULES, "C05": rule} if rule else {}
        assert [(f.blocks, f.severity) for f in run(replace(late, rules=rules)) if f.code == "C05"] == [
            (False, Severity.WARNING)
        ]
    lowered = replace(late, rules={**RULES, "C05": RuleTerm("C05", "Beispiel", "verified", lowered=True)})
    assert [(f.blocks, f.severity) for f in run(lowered) if f.code == "C05"] == [(False, Severity.INFO)]
    unsure = replace(
        late, terms=replace(TERMS, limits=[LimitTerm("max_pages", "Seiten", Decimal(10), certainty="assumed")])
    )
    assert [f.blocks for f in run(unsure) if f.code == "C05"] == [False]


def test_limit_that_is_not_set_becomes_a_notice():
    unset = replace(dossier(), terms=replace(TERMS, limits=[]))
    assert [f.severity for f in run(unset) if f.code in {"C04", "C05", "B02", "B03"}] == [Severity.INFO] * 4


@pytest.mark.parametrize(
    ("most", "certainty", "expected", "words"),
    [
        (3, "assumed", [(Severity.WARNING, "Ausschreibung 2024")], "Ein früherer Aufruf sprach von 3 Kalenderjahren."),
        (3, "verified", [(Severity.ERROR, "Ausschreibung 2024")], "Möglich sind höchstens 3."),
        (4, "verified", [], ""),
        (None, "assumed", [], ""),
    ],
)
def test_calendar_years_are_asked_about_as_sure_as_they_are(most, certainty, expected, words):
    value = None if most is None else Decimal(most)
    limits = [
        *TERMS.limits,
        LimitTerm("max_calendar_years", "x", value, certainty=certainty, source="Ausschreibung 2024"),
    ]
    touched = dossier(s0=replace(GOOD["s0"], start_on="2027-07-01", months=36))
    found = [f for f in run(replace(touched, terms=replace(TERMS, limits=limits))) if f.code == "C04"]
    assert [(f.severity, f.source) for f in found] == expected
    only = replace(touched, terms=replace(TERMS, limits=limits[-1:]))
    assert [f.severity for f in run(only) if f.code == "C04"] == [severity for severity, _source in expected] + [
        Severity.INFO
    ]
    assert [words in f.sentence and "4 Kalenderjahre (2027 bis 2030)" in f.sentence for f in found] == [True] * len(
        expected
    )


def test_guesses_never_block_even_when_verified():
    words = dossier(s4=Text("Umbau."), s17=with_expense(title="Flug, Sonstiges"))
    assert [(f.code, f.blocks) for f in run(words) if f.severity != Severity.INFO] == [
        ("C09", False),
        ("B06", False),
        ("B07", False),
    ]


def test_words_of_the_theme_itself_are_no_finding():
    themes = [ThemeTerm("vielfalt", "Flankierung des Integrationskurses")]
    text = dossier(s4=Text("Wer im Integrationskurs war, kommt zu uns. Kein Sprachkurs."))
    flanking = replace(text, terms=replace(TERMS, themes=themes))
    plain = replace(text, terms=TERMS)
    assert [f.sentence.count("Integrationskurs") for f in run(flanking) if f.code == "C09"] == [0]
    assert [f.sentence.count("Integrationskurs") for f in run(plain) if f.code == "C09"] == [1]


def test_members_of_a_body_are_told_when_they_may_not_apply_themselves():
    [finding] = found(dossier(umbrella_body="Beispielverband"), "C19")
    assert finding.sentence == (
        "Sie gehören zu Beispielverband. Fragen Sie dort, ob der Verband am Zentralstellenverfahren teilnimmt und bis wann Sie dort "
        "einreichen. Nimmt er teil, dürfen Sie nicht selbst beim BAMF beantragen."
    )


def test_umbrella_route_names_its_own_day():
    route = Route("Beispielverband", submit_until=date(2026, 5, 17))
    found = run(dossier(umbrella_body="Beispielverband", route=route, deadline=date(2026, 5, 17)))
    sentence = next(finding.sentence for finding in found if finding.code == "C19")
    assert (
        sentence == "Sie gehören zu Beispielverband. Dort reichen Sie bis zum 17. Mai 2026 ein, nicht direkt beim BAMF."
    )


def test_stage_two_misses_attachments_in_earnest():
    found = [(f.sentence, f.blocks) for f in run(dossier(stage=2)) if f.code == "C28"]
    assert found == [("Bei einer Anlage ist noch nicht gewählt, ob sie beiliegt, folgt oder entfällt: Steuer.", True)]


def test_empty_application_can_be_checked():
    empty = Dossier(values={}, terms=TERMS, year=2027, today=date(2026, 6, 1), rules=RULES)
    blocking = {finding.code for finding in run(empty) if finding.blocks}
    assert blocking == {"C01", "C02", "C03", "C04", "C07", "C08", "C16", "C18", "C20", "C26", "B01", "B19", "P05"}


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2027-01-01", 12, [2027]),
        ("2027-01-01", 36, [2027, 2028, 2029]),
        ("2027-07-01", 12, [2027, 2028]),
        ("2027-01-15", 12, [2027, 2028]),
        ("2027-12-01", 1, [2027]),
        ("", 12, []),
        ("2027-01-01", None, []),
        ("morgen", 12, []),
        ("2027-01-01", -3, []),
    ],
)
def test_years_of_term(start, months, expected):
    assert years_of_term(start, months) == expected


@pytest.mark.parametrize(("stage", "words"), [(1, "Formulare des BAMF"), (2, "easy-Online")])
def test_what_comes_after_finishing_is_said_for_the_stage(stage, words):
    [finding] = found(dossier(stage=stage), "C21")
    assert words in finding.sentence


def test_a_dossier_for_one_section_has_the_findings_of_that_section_alone():
    written = GOOD | {
        "s17": with_expense(kind="INV", unit_price=80000, title="Deutschkurs"),
        "s1": Text("Unser Deutschkurs."),
        "s4": Text(""),
    }
    every = run(dossier(**written))
    keys = {finding.key for finding in every}

    assert {"s1", "s4", "s17"} <= keys
    for key in TERMS.by_key:
        assert run(replace(dossier(**written), only=key)) == [finding for finding in every if finding.key == key]
