"""The reference data of the funding call: complete, with its sources, loaded once."""

from __future__ import annotations

import re
import shutil
import tomllib
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings

from calls.models import Edition, FundingCall, Limit
from calls.reference import DATA, Sources, checksum, load_call, load_calls, prose, read, split_head
from calls.terms import SKETCH_KEYS, kind_of

FOLDER = DATA / "bgz-2026"
COHORTS = settings.BASE_DIR / "cohorts/data"
PARTS = ["themes", "sections", "expense_kinds", "questions", "attachment_kinds", "limits"]
CHECK_CODES = [f"B{number:02}" for number in [*range(1, 18), 19]] + [f"C{number:02}" for number in range(1, 29)]


@pytest.fixture
def call(db):
    return load_call(FOLDER).call


@pytest.fixture
def copy_of_data(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "bgz-2026")


def change(folder, name, old, new):
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_call_is_as_it_was_in_2025(call):
    assert (call.year, call.deadline, call.deadline_counts, call.open_from) == (
        2026,
        date(2025, 6, 30),
        "postmark",
        None,
    )
    assert call.addressee.splitlines() == [
        "Bundesamt für Migration und Flüchtlinge",
        "Referat 81D",
        "Frankenstraße 210",
        "90461 Nürnberg",
    ]
    assert call.addressee_note == (
        "Quelle: Erzgebirgskreis, Ausschreibung 2026, wiedergegeben vom Erzgebirgskreis (03.06.2025). "
        "Anschrift: berichtet. Bitte vor dem Absenden im Aufruf prüfen."
    )
    assert [(form.label, form.url) for form in call.forms.official()] == [
        ("Titelblatt zur Interessenbekundung", ""),
        ("Gesamtfinanzierungsplan", "https://bgz-vorort.de/programm/projektwissen/finanzierungsplan"),
    ]
    assert [form.label for form in call.forms.to_read()] == [
        "Leitfaden für Projekte ab 2026",
        "Häufige Fragen zum Interessenbekundungsverfahren",
    ]
    assert list(call.umbrella_routes.all()) == []


def test_call_is_closed_since_its_deadline(call):
    assert [call.is_open(date(2025, 6, 30)), call.is_open(date(2025, 7, 1)), call.is_open()] == [True, False, False]


def test_first_edition_is_published(call):
    edition = call.editions.get()

    assert edition.number == 1
    assert edition.is_published
    assert edition.terms == Edition.objects.get().read_terms()
    assert [theme.title for theme in edition.terms.themes] == [
        "Demokratie erleben, Teilhabe stärken und Zukunft mitgestalten",
        "Zufallsbegegnungen – Brücken bauen für mehr Begegnung und Gemeinschaft",
        "Für Vielfalt und Toleranz – Beiträge zum Abbau von Diskriminierung, Rassismus und Antisemitismus",
        "Projektarbeit als flankierende Maßnahme zum Integrationskurs",
    ]


def test_sections_are_complete_and_have_their_kind(call):
    sections = call.editions.get().terms.sections

    assert [section.key for section in sections] == [f"s{number}" for number in range(18)]
    assert [section.kind for section in sections] == [kind_of(section.key) for section in sections]
    assert [
        (section.key, name)
        for section in sections
        for name in ("title", "question", "guidance", "plain", "example")
        if not getattr(section, name)
    ] == []


def test_soft_limits_are_our_split_of_ten_pages(call):
    limits = {section.key: section.soft_limit for section in call.editions.get().terms.sections}

    assert {key: limit for key, limit in limits.items() if limit} == {
        "s1": 1000, "s2": 1200, "s3": 3500, "s4": 2500, "s5": 4000, "s6": 4500, "s7": 2000, "s8": 1800, "s9": 1200,
        "s10": 1200, "s11": 1000, "s12": 1500, "s13": 1800, "s14": 1200,
    }  # fmt: skip


def test_examples_are_marked_as_invented_and_keep_to_the_soft_limit(call):
    sections = call.editions.get().terms.sections

    assert [section.key for section in sections if "erfundenes Beispiel" not in section.example[:30]] == []
    assert [
        section.key for section in sections if section.soft_limit and len(section.example) > section.soft_limit
    ] == []


def test_examples_of_need_and_activities_are_long_enough_to_learn_from(call):
    terms = call.editions.get().terms

    shares = {key: len(terms.by_key[key].example) / terms.by_key[key].soft_limit for key in ("s3", "s6")}
    assert {key: share for key, share in shares.items() if share < 0.7} == {}


def test_example_of_the_plan_gives_every_line_a_reason_and_an_activity_and_adds_up(call):
    example = call.editions.get().terms.by_key["s17"].example
    lines = re.findall(r"^- (.*)$", example, re.MULTILINE)
    amounts = [re.search(r": ([\d.]+) Euro\. (.+) Maßnahme: (.+)$", line) for line in lines]

    assert [line for line, found in zip(lines, amounts, strict=True) if found is None] == []
    total = sum(int(found[1].replace(".", "")) for found in amounts)
    assert f"Ausgaben zusammen {total:,} Euro".replace(",", ".") in example
    named = {name: money(example, name) for name in ("Eigenmittel", "Einnahmen", "Drittmittel", "Es fehlen")}
    assert named == {"Eigenmittel": 5200, "Einnahmen": 20 * 40, "Drittmittel": 2000, "Es fehlen": total - 8000}
    assert f"Die Eigenmittel sind {5200 * 100 / total:.1f} Prozent".replace(".", ",") in example
    assert [line for line in lines if "Suppe" in line and not line.startswith("Verpflegung")] == []


def money(example, name):
    """The euros that stand after a word of the example's last paragraph."""
    return int(re.search(rf"{name}\s([\d.]+) Euro", example.rpartition("\n\n")[2])[1].replace(".", ""))


def test_every_quantity_of_the_example_makes_its_amount(call):
    lines = re.findall(r"^- (.*)$", call.editions.get().terms.by_key["s17"].example, re.MULTILINE)
    factors = (
        r"(\d+) (?:Samstage|Monate|Personen|Sätze|Fahrten)[^:]*?(?:mit|zu) (\d+) (?:Freiwilligen|Stunden) zu (\d+) Euro"
    )
    simple = r"(\d+) (?:Samstage|Monate|Personen|Sätze|Fahrten)[^:]*? zu ([\d.]+) Euro"

    def made(line):
        found = re.search(factors, line) or re.search(simple, line)
        product = 1
        for number in found.groups() if found else ():
            product *= int(number.replace(".", ""))
        return (product + bonus(line) if found else None), int(
            re.search(r": ([\d.]+) Euro\.", line)[1].replace(".", "")
        )

    def bonus(line):
        found = re.search(r"Jahressonderzahlung ([\d.]+) Euro", line)
        return int(found[1].replace(".", "")) if found else 0

    results = [made(line) for line in lines]
    assert [(line, *pair) for line, pair in zip(lines, results, strict=True) if pair[0] not in {None, pair[1]}] == []
    assert len([pair for pair in results if pair[0] is not None]) == 11


def test_example_gives_the_questions_in_their_own_words(call):
    terms = call.editions.get().terms
    quoted = re.findall(r"^- (.+?\?) (?:Ja|Nein)\.", terms.by_key["s16"].example, re.MULTILINE)

    assert len(quoted) == 6
    assert set(quoted) <= {question.text for question in terms.questions}


def test_example_travels_only_with_people_who_are_employed(call):
    """Volunteers and guests are nowhere said to be paid their journeys (F1 Nr. 5.3)."""
    travel = re.search(r"^- Reisen: .*$", call.editions.get().terms.by_key["s17"].example, re.MULTILINE)[0]

    assert "Projektleitung" in travel


def test_help_promises_nothing_that_no_source_carries(call):
    promises = (
        "kein Nachteil|sind willkommen|aufwiegen|es genügt, dass|gern gesehen|liest der Förderer|ohne Geld beginnen"
        "|müssen mindestens 12|gehören nicht zur Zielgruppe|schließt der Förderaufruf aus"
    )
    files = [*FOLDER.glob("*.toml"), COHORTS / "curriculum.toml"]

    assert [(file.name, re.findall(promises, file.read_text(encoding="utf-8"))) for file in files if
        re.search(promises, file.read_text(encoding="utf-8"))] == []  # fmt: skip


def test_every_goal_of_the_example_lists_its_activities(call):
    goals = re.findall(r"^- (.*)$", call.editions.get().terms.by_key["s5"].example, re.MULTILINE)

    assert [goal for goal in goals if not re.search(r"Maßnahmen: [A-Z]", goal)] == []


def test_guidance_is_three_to_ten_sentences(call):
    counts = {
        section.key: len(re.findall(r"[.?!](?:\s|$)", section.guidance))
        for section in call.editions.get().terms.sections
    }

    assert {key: count for key, count in counts.items() if not 3 <= count <= 10} == {}


def test_plain_language_has_short_sentences(call):
    sentences = [
        sentence
        for section in call.editions.get().terms.sections
        for sentence in re.split(r"(?<=[.?!:])\s", section.plain)
    ]

    assert [sentence for sentence in sentences if len(sentence.split()) > 16] == []


HYPHENS_OF_GERMAN = {"E-Mail", "E-Mail-Adresse", "Coaching-Person"}


@pytest.mark.parametrize(
    "file", [*sorted(DATA.glob("*/*.toml")), COHORTS / "curriculum.toml"], ids=lambda file: file.stem
)
def test_plain_texts_are_spelled_like_any_other(file):
    """The hyphens of Leichte Sprache („Vereins-Register“) would be copied into the application."""
    texts = list(plain_texts(tomllib.loads(file.read_text(encoding="utf-8"))))
    words = {word for text in texts for word in re.findall(r"\w+(?:[-·]\w+)+", text)}

    assert {word for word in words if re.search(r"[-·][A-ZÄÖÜ]", word)} - HYPHENS_OF_GERMAN == set()


def plain_texts(value):
    if isinstance(value, dict):
        yield from (text for name, text in value.items() if name == "plain" and isinstance(text, str))
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from plain_texts(item)


def test_every_section_is_tried_for_its_plain_text():
    assert len(list(plain_texts(read(FOLDER / "sections.toml")))) == 18


def test_texts_use_no_gender_signs(call):
    signs = re.compile(r"\w[*_:]in|\wInnen\b|\w/-?in(nen)?\b")

    assert [file.name for file in FOLDER.glob("*.toml") if signs.search(file.read_text(encoding="utf-8"))] == []


def test_every_check_has_a_rule(call):
    assert sorted(call.rule_terms()) == CHECK_CODES


def test_rules_name_their_source_unless_they_are_assumed(call):
    rules = call.rule_terms()

    assert [rule.code for rule in rules.values() if not rule.source and rule.certainty != "assumed"] == []
    bmi, over = (
        "Bundesministerium des Innern und für Heimat",
        "gültig 01.01.2023 bis 31.12.2025, Nachfolge nicht geprüft",
    )
    day = "geprüft am 22. November 2026"
    assert rules["C07"].cited == (
        "LEADER-Region Vechta, Projektaufruf 2026, wiedergegeben von der LEADER-Region Vechta; "
        f"{bmi}, Förderrichtlinie, Nr. 4.1 ({over}), {day}"
    )
    assert rules["C16"].cited == f"{bmi}, Förderrichtlinie, Nr. 4.5 ({over}), {day}"
    assert rules["C16"].title == "Förderrichtlinie, Nr. 4.5"


def test_a_rule_has_issuer_title_and_date_of_each_of_its_sources(call):
    rules = {rule.code: (rule.source_issuer, rule.source_title, rule.source_date) for rule in call.rules.all()}

    assert {code: rules[code] for code in ("C05", "C07", "C17")} == {
        "C05": ("BGZ vor Ort", "Fragen und Antworten", "ohne Datum"),
        "C07": (
            "LEADER-Region Vechta; Bundesministerium des Innern und für Heimat",
            "Projektaufruf 2026, wiedergegeben von der LEADER-Region Vechta; Förderrichtlinie, Nr. 4.1",
            "ohne Datum; gültig 01.01.2023 bis 31.12.2025, Nachfolge nicht geprüft",
        ),
        "C17": ("", "", ""),
    }


def test_our_word_for_a_source_without_date_makes_no_draft_of_what_is_there():
    """Calls that were loaded before each source had a date keep their checksum."""
    sums = [checksum({Limit: [{"source_date": dates}]}) for dates in ("2026", "ohne Datum; 2026", "2025")]

    assert (sums[0] == sums[1], sums[0] == sums[2]) == (True, False)


def test_a_page_of_somebody_else_about_the_call_says_whose_it_is(call):
    official = {"Bundesamt für Migration und Flüchtlinge", "Bundesministerium des Innern und für Heimat", "BGZ vor Ort"}
    rows = read(FOLDER / "sources.toml").values()
    calls = [row for row in rows if re.search("Ausschreibung|[Aa]ufruf|Unterlagen", row["short"])]

    assert len(calls) == 13
    assert [row["short"] for row in calls if row["issuer"] in official] == []
    assert [row["short"] for row in calls if "wiedergegeben v" not in row["short"]] == []
    assert (
        "zur gesellschaftlichen und sozialen Integration von Zugewanderten im Rahmen des Bundesprogramms" in call.source
    )


def test_what_is_verified_says_when_and_by_whom_and_nothing_else_does(call):
    rows = [*call.rules.all(), *call.editions.get().limits.all()]
    verified = [row for row in rows if row.certainty == "verified"]

    assert {row.checked_by for row in verified} == {"Projektteam des Portals"}
    read_later = {"max_grant", "main_funder"}  # on the programme's own page
    assert {row.checked_on for row in verified if getattr(row, "key", "") not in read_later} == {date(2026, 11, 22)}
    assert {row.checked_on for row in verified if getattr(row, "key", "") in read_later} == {date(2026, 11, 28)}
    assert {(row.checked_on, row.checked_by) for row in rows if row not in verified} == {(None, "")}


def test_a_row_may_name_another_day_than_the_head_of_its_file(db, copy_of_data):
    change(
        copy_of_data, "rules.toml", 'sources = ["F1 Nr. 4.5"]\n', 'sources = ["F1 Nr. 4.5"]\nchecked_on = 2026-12-01\n'
    )

    assert load_call(copy_of_data).call.rule_terms()["C16"].checked_on == date(2026, 12, 1)


def test_rules_about_the_sum_and_the_term_cite_the_call_of_their_year(call):
    sources = {rule.code: rule.source for rule in call.rules.all()}
    duisburg = "Stadt Duisburg, Ausschreibung 2026, wiedergegeben von der Stadt Duisburg"
    erzgebirge = "Erzgebirgskreis, Ausschreibung 2026, wiedergegeben vom Erzgebirgskreis (03.06.2025)"

    assert {code: sources[code] for code in ("B02", "C03", "C04")} == {
        "B02": f"{duisburg}; {erzgebirge}",
        "C03": erzgebirge,
        "C04": f"{duisburg}; {erzgebirge}",
    }


def test_assumed_rules_never_block(call):
    assert [code for code, rule in sorted(call.rule_terms().items()) if not rule.may_block] == [
        "B03", "B04", "B07", "B11", "B12", "B13", "B14", "B15", "B16", "C09", "C11", "C12", "C13", "C14", "C17", "C22",
        "C25", "C27", "C28",
    ]  # fmt: skip


def test_nothing_is_verified_by_the_guideline_of_another_ministry_alone(call):
    rules = split_head(read(FOLDER / "rules.toml"))[1]
    elsewhere = {
        code for code, rule in rules.items() if set(rule.get("sources", [])) and set(rule["sources"]) <= {"Z3", "Z4"}
    }

    assert elsewhere == {"B11", "B13", "B16"}
    assert [code for code in sorted(elsewhere) if rules[code]["certainty"] != "assumed"] == []


def test_limits_with_value_or_openly_without(call):
    limits = call.editions.get().terms.limits

    assert {limit.key: (limit.value, limit.text, limit.certainty) for limit in limits} == {
        "max_grant_per_year": (Decimal(70000), "", "verified"),
        "max_grant": (Decimal(210000), "", "verified"),
        "max_months": (Decimal(36), "", "verified"),
        "max_calendar_years": (Decimal(3), "", "assumed"),
        "financing_type": (None, "Fehlbedarfsfinanzierung", "verified"),
        "main_funder": (None, "Das Bundesamt ist Hauptmittelgeber.", "verified"),
        "min_own_share": (Decimal(10), "", "assumed"),
        "min_own_funds": (None, "", "assumed"),
        "in_kind_as_own_funds": (None, "", "assumed"),
        "max_pages": (Decimal(10), "", "verified"),
        "min_age": (Decimal(12), "", "verified"),
        "investment_years": (Decimal(1), "", "verified"),
        "inventory_limit": (Decimal(800), "", "verified"),
        "admin_flat_rate": (None, "", "assumed"),
        "direct_award_limit": (None, "", "assumed"),
        "uvgo_threshold": (Decimal(100000), "", "verified"),
        "prefinance_months": (Decimal(2), "", "assumed"),
        "anbest_p": (None, "", "assumed"),
        "tvoed_table": (None, "", "assumed"),
    }
    assert [limit.key for limit in limits if limit.is_set and not limit.source] == []


def test_what_counts_into_the_own_share_of_2026_is_not_known(call):
    edition = call.editions.get()

    assert {limit.key: limit.basis for limit in edition.terms.limits if "own" in limit.key and limit.unit} == {
        "min_own_share": "", "min_own_funds": "own",
    }  # fmt: skip
    share = edition.terms.limit("min_own_share")
    assert share.label == "Eigenmittel, mindestens"
    assert edition.limits.get(key="min_own_share").get_basis_display() == "unbekannt"


def test_a_limit_names_issuer_title_and_date(call):
    limit = call.editions.get().terms.limit("inventory_limit")

    assert (
        limit.source == "Formularschrank des Bundes, ANBest-P, Nr. 4.2 (September 2025), geprüft am 22. November 2026"
    )


def test_questions_ask_for_every_exclusion_on_its_own(call):
    questions = call.editions.get().terms.questions

    assert [(question.key, question.kind, question.check_code, question.wanted) for question in questions] == [
        ("begun", "exclusion", "C07", "no"),
        ("labour_market", "exclusion", "C08", "no"),
        ("social_code", "exclusion", "C08", "no"),
        ("individual_counselling", "exclusion", "C08", "no"),
        ("social_work", "exclusion", "C08", "no"),
        ("public_tasks", "exclusion", "C08", "no"),
        ("language_course", "exclusion", "C08", "no"),
        ("organised_sport", "exclusion", "C08", "no"),
        ("other_federal_funding", "exclusion", "C08", "no"),
        ("research", "exclusion", "C08", "no"),
        ("building", "exclusion", "C08", "no"),
        ("age_12", "declaration", "C10", "yes"),
        ("both_groups", "declaration", "C11", "yes"),
        ("other_funding", "declaration", "C26", ""),
        ("input_tax", "declaration", "B19", ""),
    ]
    assert [question.key for question in questions if not question.text.endswith("?") or not question.guidance] == []


def test_questions_ask_no_harder_than_the_source(call):
    """The call excludes projects „mit Schwerpunkt“ (F8), the Richtlinie what is alone or originally a task of others."""
    texts = {question.key: question.text for question in call.editions.get().terms.questions}
    limiting = {
        "labour_market": "vor allem", "social_code": "allein", "individual_counselling": "vor allem",
        "public_tasks": "eigentlich", "language_course": "Schwerpunkt", "organised_sport": "Schwerpunkt",
        "age_12": "vor allem",
    }  # fmt: skip

    assert [key for key, words in limiting.items() if words not in texts[key]] == []
    assert texts["social_work"] == "Ist das Vorhaben ein regelmäßiges Angebot der Sozialarbeit?"


def test_our_own_review_of_a_question_is_marked_and_the_section_says_whom_to_ask(call):
    terms = call.editions.get().terms
    ours = [
        question
        for question in terms.questions
        if re.search("verstehen wir|wissen wir nicht|unsicher|für uns nicht", question.guidance)
    ]

    assert len(ours) == 11
    assert terms.by_key["s16"].question.endswith("Fragen Sie im Zweifel Ihre Coaching-Person oder das BAMF.")
    assert [q.key for q in terms.questions if re.search("Coaching-Person|fragen Sie das BAMF", q.guidance)] == []
    assert [q.key for q in terms.questions if re.search(r"\b(dürfen Sie|ändert daran|ist kein)", q.guidance)] == []


def test_expense_kinds_and_attachments(call):
    terms = call.editions.get().terms

    assert [kind.code for kind in terms.kinds] == [
        "PERS", "HON", "EHR", "MIETE", "AUFTR", "INV", "GWG", "MASS", "OEFF", "REISE", "VERW", "VERS", "VERPF", "ZENTR",
    ]  # fmt: skip
    assert [(kind.key, kind.stage) for kind in terms.attachments] == [
        ("cover_sheet", 1),
        ("sketch", 1),
        ("financing_plan", 1),
        ("register_extract", 1),
        ("tax_exemption", 1),
        ("partner_letters", 1),
        ("own_funds_resolution", 1),
        ("funding_evidence", 1),
        ("self_declarations", 2),
        ("statutes", 2),
        ("annual_accounts", 2),
        ("job_descriptions", 2),
    ]
    assert [kind.key for kind in terms.attachments if not kind.may_be_dropped] == [
        "cover_sheet",
        "sketch",
        "financing_plan",
    ]
    assert [entry for entry in [*terms.kinds, *terms.attachments] if not entry.guidance] == []


def test_sketch_is_s1_to_s14(call):
    assert [section.key for section in call.editions.get().terms.sketch()] == SKETCH_KEYS


def test_every_row_fits_its_fields(call):
    edition = call.editions.get()
    rows = [call, edition, *call.forms.all(), *call.rules.all()]
    rows += [row for part in PARTS for row in getattr(edition, part).all()]

    for row in rows:
        row.full_clean()


def test_loading_twice_changes_nothing(call):
    before = contents()

    again = load_call(FOLDER)

    assert (again.call, again.edition) == (call, None)
    assert contents() == before


def test_loading_keeps_what_staff_changed(call):
    call.rules.filter(code="B03").update(certainty="verified", checked_on=date(2026, 11, 23), checked_by="Emil")
    FundingCall.objects.update(addressee="Bundesamt für Migration und Flüchtlinge\nReferat 81D\nBeispielweg 1")
    before = contents()

    load_call(FOLDER)

    assert contents() == before


def test_a_rule_for_a_new_check_is_added(call):
    call.rules.filter(code="C28").delete()

    load_call(FOLDER)

    assert sorted(call.rule_terms()) == CHECK_CODES


def test_changed_file_makes_a_new_draft_and_leaves_the_published_edition(call, copy_of_data):
    published = call.editions.get()
    before = published.read_terms()
    change(copy_of_data, "limits.toml", "value = 70000", "value = 80000")

    loaded = load_call(copy_of_data)

    assert (loaded.call, loaded.edition.number, loaded.edition.is_published) == (call, 2, False)
    assert loaded.edition.terms.limit("max_grant_per_year").value == 80000
    published.refresh_from_db()
    assert (published.read_terms(), published.terms) == (before, before)
    assert Edition.objects.latest_of(call) == published


def test_changed_file_loaded_twice_makes_one_draft(call, copy_of_data):
    change(copy_of_data, "sections.toml", 'title = "Angaben für das Titelblatt"', 'title = "Titelblatt"')

    assert [load_call(copy_of_data).edition is None, load_call(copy_of_data).edition is None] == [False, True]
    assert call.editions.count() == 2


def test_a_comment_or_a_line_break_is_no_change(call, copy_of_data):
    change(copy_of_data, "sections.toml", "Dann ist der Text gut.", "Dann ist\nder Text gut.")
    with (copy_of_data / "limits.toml").open("a", encoding="utf-8") as file:
        file.write("\n# Nachgesehen.\n")

    assert load_call(copy_of_data).edition is None


def test_prose_joins_lines_and_keeps_paragraphs_and_lists():
    text = """
Erste Zeile,
zweite Zeile.

- ein Punkt, der
weitergeht
- noch einer

Schluss.
"""

    assert prose(text) == "Erste Zeile, zweite Zeile.\n\n- ein Punkt, der weitergeht\n- noch einer\n\nSchluss."


def test_unknown_source_is_a_mistake():
    with pytest.raises(KeyError, match="X9"):
        Sources(read(FOLDER / "sources.toml")).name("X9 Nr. 1")


def test_every_file_is_valid_toml():
    assert sorted(file.stem for file in FOLDER.glob("*.toml") if tomllib.loads(file.read_text(encoding="utf-8"))) == [
        "attachments", "call", "kinds", "limits", "questions", "rules", "sections", "sources", "themes",
    ]  # fmt: skip


def test_all_calls_are_loaded(db):
    assert [loaded.call.slug for loaded in load_calls()] == ["bgz-2026"]


def contents():
    """Everything the calls app holds, row by row."""
    return [
        (
            call.slug,
            list(FundingCall.objects.filter(pk=call.pk).values()),
            list(call.forms.values()),
            list(call.rules.values()),
            list(call.editions.values()),
            [list(getattr(edition, part).values()) for edition in call.editions.all() for part in PARTS],
        )
        for call in FundingCall.objects.all()
    ]


def test_helps_to_kinds_of_expense_say_what_the_sources_say(call):
    helps = {kind.code: kind.guidance for kind in call.editions.get().terms.kinds}

    assert "Bruttolohn plus Arbeitgeberanteile" in helps["PERS"]
    assert "Was davon gefördert wird, steht im Leitfaden des BAMF" in helps["PERS"]
    assert "Zeit wird nicht bezahlt" in helps["EHR"]
    assert "im Vorhaben angestellt" in helps["REISE"]
    assert "steht im Leitfaden des BAMF" in helps["VERW"]
    assert "wenn der Aufruf einen Satz" not in helps["VERW"]
    assert "Wohlfahrtsverbände" in helps["ZENTR"]


def test_each_kind_of_expense_has_a_help_of_its_own(call):
    helps = [kind.guidance for kind in call.editions.get().terms.kinds]

    assert len(set(helps)) == 14
    assert [text for text in helps if len(text) < 60 or not text.endswith(".")] == []


OLD_WORDS = r"Deckblatt|Vordruck|Vierteljahr|Coachin\b|Ihren Coach\b|Veranstalter|Mittel anderer|Geld anderer|Anhänge\b|Unterlagen"


def test_reference_data_use_one_word_per_thing(call):
    """Titles of sources are quotations; comments are for whoever corrects the files."""
    files = [file for file in FOLDER.glob("*.toml") if file.stem != "sources"] + [COHORTS / "curriculum.toml"]
    texts = {file.name: str(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files}

    assert {name: set(re.findall(OLD_WORDS, text)) for name, text in texts.items() if re.search(OLD_WORDS, text)} == {}
