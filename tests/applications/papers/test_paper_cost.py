"""What a paper computes: nothing that grows with the words where a width can be given."""

from __future__ import annotations

from dataclasses import replace

from weasyprint.layout import preferred

from applications.content import Budget, Declarations, Text
from applications.content.simple import Answer
from applications.papers.pdf import cover_context, plan_context, sketch_context
from calls.terms import QuestionTerm
from tests.applications.papers.layout import laid_out
from tests.applications.papers.test_papers import TERMS, expense, frozen


def test_no_width_is_worked_out_from_the_words_of_a_paper(monkeypatch):
    """To find a width, the renderer tries each break of a line: feet and tables cost more than half of all papers."""
    asked = []
    original = preferred.inline_line_widths

    def counting(*arguments, **options):
        asked.append(arguments)
        return original(*arguments, **options)

    monkeypatch.setattr(preferred, "inline_line_widths", counting)

    def worked_out(name, context) -> int:
        asked.clear()
        laid_out(name, context)
        return len(asked)

    short, long = (frozen(s1=Text("Wir kochen.\n\n" * paragraphs)) for paragraphs in (1, 200))
    plan = frozen(s17=Budget(expenses=tuple(expense(number) for number in range(60))))
    answers = Declarations(tuple(Answer(id=f"q{number}", answer="no") for number in range(20)))
    questions = [QuestionTerm(f"q{number}", "exclusion", "Ist das so? " * 9) for number in range(20)]
    cover = replace(frozen(s16=answers), terms=replace(TERMS, questions=questions))

    assert worked_out("financing_plan", plan_context(plan)) == 0
    pages_more = len(laid_out("sketch", sketch_context(long)).pages) - 1
    assert worked_out("sketch", sketch_context(long)) <= worked_out("sketch", sketch_context(short)) + pages_more
    assert worked_out("cover", cover_context(cover)) == worked_out("cover", cover_context(frozen()))
