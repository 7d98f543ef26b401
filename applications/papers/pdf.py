"""Makes the PDFs (tagged, PDF/UA-1); which papers are only aids to copy from (`AIDS`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import sha256
from html import unescape
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from applications.content import Attachments, Declarations, Goals, Partners, Text, WorkPlan
from applications.content.base import free_texts
from applications.content.budget_tables import overview_of, printed_years
from applications.content.plan import LEVELS, PARTNER_KINDS, PARTNER_STATES
from applications.content.prose import prose
from applications.content.simple import ITEM_STATES, NOT_NEEDED, Answer
from applications.papers.drawing import drawable, has_too_many_lines, run_on
from applications.papers.fonts import font_faces, font_files, needed
from applications.papers.foot import foot, foot_lines, mark_of
from applications.papers.frozen import Frozen
from applications.papers.renderer import Sheet, renderer
from calls.terms import ATTACHMENTS, DECLARATIONS, WORK_PLAN, SectionTerm
from core.values import dataclass
from core.words import quarters, stored_day

# Figures and data to be copied into somebody else's form: nobody signs or posts them.
AIDS = frozenset({"cover", "financing_plan"})
# How many papers finishing makes.
PAPERS_OF_FINISHING = 4


@dataclass(frozen=True)
class Pdf:
    """A paper as made: its bytes, its pages counted from it, and the mark at the foot of each."""

    content: bytes
    pages: int
    mark: str = ""


def count_pages(frozen: Frozen) -> int:
    """Count the pages of the sketch in the PDF that would be printed."""
    return make_sketch(frozen).pages


def tell_nobody(number: int) -> None:
    """Nobody waits for how many papers are made."""


def make_papers(
    frozen: Frozen, receipt: str, sketch: Pdf | None = None, tell: Callable[[int], None] = tell_nobody
) -> dict[str, Pdf]:
    """All papers that finishing makes, by kind (`SubmissionFile.Kind`); `receipt` is the number that stands on those made now.

    The letter is made on the way to the post (`make_letter`).
    A sketch made from the same contents just before is taken as it is. `tell` is told after each how many are made.
    """
    papers = {"sketch": sketch or make_sketch(frozen)}
    tell(len(papers))
    for kind, context in (("cover", cover_context), ("financing_plan", plan_context), ("checklist", checklist_context)):
        papers[kind] = render(kind, context(frozen), receipt)
        tell(len(papers))
    return papers


def make_letter(frozen: Frozen, receipt: str, number: int, on: date) -> Pdf:
    """The letter with the list of what lies in the envelope; the one of a higher number replaces those before."""
    return render("letter", letter_context(frozen, number, on), receipt)


def make_sketch(frozen: Frozen) -> Pdf:
    return render("sketch", sketch_context(frozen))


def render(name: str, context: dict[str, Any], receipt: str = "") -> Pdf:
    """One PDF from a template of `applications/papers/pdf/`. Raises `PapersUnavailable`.

    The receipt's number stands at the foot of each page, where there is one.
    """
    source = source_of(name, context)
    mark = mark_of(digest_of(source))
    content, pages = renderer.make(sheet_of(name, context["frozen"], source, mark, receipt))
    return Pdf(content, pages, mark)


def source_of(name: str, context: dict[str, Any]) -> str:
    """What stands on a paper, but for its feet."""
    with override("de"):
        return render_to_string(f"applications/papers/pdf/{name}.html", context)


def digest_of(source: str) -> bytes:
    """SHA-256 of a paper's words and figures: the same words have the same, whatever the tags around them."""
    words = " ".join(re.sub(r"<[^>]*>", " ", source).split())
    return sha256(words.encode()).digest()


def sheet_of(name: str, frozen: Frozen, source: str, mark: str, receipt: str = "") -> Sheet:
    """What the renderer is given to make a paper from its source."""
    with override("de"):
        aid = aid_of(frozen) if name in AIDS else ""
        lines = foot_lines(frozen.number, frozen.made_on, mark, receipt, aid)
    source = drawable(source)
    fonts = needed(set(unescape(source)).union(*lines))
    return Sheet(source, stylesheet() + font_faces(fonts) + foot(lines), font_files(fonts))


def aid_of(frozen: Frozen) -> str:
    """What every page of a working aid says."""
    if frozen.stage == 2:
        return _("Arbeitshilfe – ersetzt nicht den Antrag in easy-Online")
    return _("Arbeitshilfe – ersetzt nicht das Formular des BAMF")


@cache
def stylesheet() -> str:
    return (settings.BASE_DIR / "static" / "css" / "papers.css").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Chapter:
    """A section of the sketch with its number and everything it prints."""

    title: str
    kind: str
    paragraphs: str
    rows: tuple[dict[str, Any], ...] = ()
    number: int = 0


def sketch_context(frozen: Frozen) -> dict[str, Any]:
    """The chapters that have content, numbered as they are printed."""
    sections = frozen.terms.sketch()
    are_run_on = has_too_many_lines(text for section in sections for text in free_texts(frozen.value(section)))
    printed = (lambda text: prose(run_on(text))) if are_run_on else prose
    chapters = [chapter(section, frozen, printed) for section in sections]
    filled = [chapter for chapter in chapters if chapter.paragraphs or chapter.rows]
    return {
        "frozen": frozen,
        "chapters": [replace(chapter, number=number) for number, chapter in enumerate(filled, 1)],
        "are_run_on": are_run_on,
        "signatories": signatories(frozen),
    }


def chapter(section: SectionTerm, frozen: Frozen, prose: Callable[[str], SafeString]) -> Chapter:
    """Running text, and rows as short blocks: printed as people read, not as forms."""
    value = frozen.value(section)
    text = ""
    rows: tuple[dict[str, Any], ...] = ()
    if isinstance(value, Text):
        text = value.text
    elif isinstance(value, Goals):
        rows = goal_rows(value, frozen, prose)
    elif isinstance(value, WorkPlan):
        rows = tuple(
            {"title": row.title, "text": prose(row.description), "when": quarters(row.begins, row.ends), "responsible": row.responsible, "milestone": row.milestone}
            for row in value.rows
        )  # fmt: skip
    elif isinstance(value, Partners):
        kinds, states = dict(PARTNER_KINDS), dict(PARTNER_STATES)
        text = value.introduction
        rows = tuple(
            {"title": row.name, "kind": kinds.get(row.kind, ""), "text": prose(row.contribution), "state": states.get(row.state, "")}
            for row in value.rows
        )  # fmt: skip
    return Chapter(section.title, section.kind, prose(text) if text.strip() else "", rows)


def goal_rows(goals: Goals, frozen: Frozen, prose: Callable[[str], SafeString]) -> tuple[dict[str, Any], ...]:
    plan = frozen.contents.get(WORK_PLAN)
    titles = {row.id: row.title for row in plan.rows} if isinstance(plan, WorkPlan) else {}
    levels = dict(LEVELS)
    return tuple(
        {
            "goal": prose(row.goal),
            "level": levels.get(row.level, ""),
            "target_group": row.target_group,
            "indicator": row.indicator,
            "baseline": row.baseline,
            "target": row.target,
            "due_on": stored_day(row.due_on),
            "method": row.method,
            "activities": ", ".join(titles[ref] for ref in row.activities if ref in titles),
        }
        for row in goals.rows
    )


def plan_context(frozen: Frozen) -> dict[str, Any]:
    plan = frozen.contents.get(WORK_PLAN)
    years = printed_years(frozen.budget, frozen.terms, plan if isinstance(plan, WorkPlan) else WorkPlan())
    return {
        "frozen": frozen,
        "years": years,
        "overview": overview_of(years, frozen.terms),
        "aid": aid_of(frozen),
    }


def cover_context(frozen: Frozen) -> dict[str, Any]:
    years = plan_context(frozen)["years"]
    declared = frozen.contents.get(DECLARATIONS)
    answers = {row.id: row for row in declared.answers} if isinstance(declared, Declarations) else {}
    answer_words = {"yes": "Ja", "no": "Nein"}
    return {
        "frozen": frozen,
        "start": stored_day(frozen.cover.start_on),
        "end": frozen.cover.ends_on,
        "grants": [(year.year, year.grant) for year in years],
        "grant": frozen.budget.grant(),
        "declarations": [
            (question.text, answer_words.get(answers.get(question.key, Answer()).answer, "–"), answers.get(question.key, Answer()).note)
            for question in frozen.terms.questions
        ],
        "aid": aid_of(frozen),
    }  # fmt: skip


def checklist_context(frozen: Frozen) -> dict[str, Any]:
    """What is left to do, for the team alone."""
    return {"frozen": frozen, "attachments": enclosures(frozen)}


def letter_context(frozen: Frozen, number: int, on: date) -> dict[str, Any]:
    """What goes into the envelope, for the people who open it; kinds that are not needed are left out."""
    rows = [row for row in enclosures(frozen) if row.state != NOT_NEEDED]
    return {"frozen": frozen, "attachments": rows, "number": number, "replaced": number - 1, "on": on}


def enclosures(frozen: Frozen) -> list[Enclosure]:
    """The kinds of attachments that the stage asks for, each with what the team says of it."""
    stored = frozen.contents.get(ATTACHMENTS)
    value = stored if isinstance(stored, Attachments) else Attachments()
    kinds = frozen.terms.attachments_of(frozen.stage)
    return [Enclosure(kind.label, value.state(kind.key), value.note(kind.key)) for kind in kinds]


@dataclass(frozen=True)
class Enclosure:
    """One line of the list of attachments."""

    label: str
    state: str
    note: str

    @property
    def words(self) -> str:
        return str(dict(ITEM_STATES).get(self.state, _("noch offen")))


def signatories(frozen: Frozen) -> list[str]:
    """The people who sign, one for each line of the cover; at least one empty line to sign on."""
    return [line.strip() for line in frozen.cover.signatories.splitlines() if line.strip()] or [""]
