"""The shared curriculum: six steps, loaded once, a changed file beside it."""

from __future__ import annotations

import pytest

from calls.reference import DATA, read
from cohorts.models import Curriculum, CurriculumAssignment, CurriculumStep
from cohorts.reference import FILE, load_curriculum


@pytest.fixture
def curriculum(db):
    return load_curriculum()


def test_curriculum_has_the_six_steps(curriculum):
    assert curriculum.organisation is None
    assert [
        (step.position, step.title, step.days_after_start, f"{step.begins:%H:%M}", step.hours, step.format)
        for step in curriculum.steps.all()
    ] == [
        (1, "Ankommen und Idee", 0, "10:00", 7, "presence"),
        (2, "Bedarf und Zielgruppe", 14, "10:00", 7, "presence"),
        (3, "Wirkung planen", 28, "10:00", 7, "presence"),
        (4, "Maßnahmen, Zeit und Partner", 42, "14:00", 4, "online"),
        (5, "Ausgaben und Finanzierung", 56, "10:00", 7, "presence"),
        (6, "Schreibwerkstatt und Einreichung", 70, "10:00", 7, "presence"),
    ]


def test_every_section_is_opened_once(curriculum):
    opened = [key for step in curriculum.steps.all() for key in step.section_keys]

    assert [step.section_keys for step in curriculum.steps.all()] == [
        ["s0", "s1", "s2"],
        ["s3", "s4", "s9"],
        ["s5", "s12"],
        ["s6", "s7", "s8", "s10", "s11", "s14"],
        ["s13", "s17"],
        ["s15", "s16"],
    ]
    sections = [section["key"] for section in read(DATA / "bgz-2026" / "sections.toml")["section"]]
    assert sorted(opened) == sorted(sections)


def test_assignments_are_due_before_the_next_workshop(curriculum):
    assert [
        [(assignment.position, assignment.due_days_before_next) for assignment in step.assignments.all()]
        for step in curriculum.steps.all()
    ] == [
        [(1, 3), (2, 3), (3, 3)],
        [(1, 3), (2, 3), (3, 3)],
        [(1, 3), (2, 3)],
        [(1, 3), (2, 3), (3, 3)],
        [(1, 3), (2, 3), (3, 3)],
        [(1, 7), (2, 14), (3, 14)],
    ]


def test_an_assignment_belongs_only_to_sections_that_are_open(curriculum):
    opened = {"s16"}
    early = []
    for step in curriculum.steps.all():
        opened |= set(step.section_keys)
        early += [
            (assignment.title, key)
            for assignment in step.assignments.all()
            for key in assignment.section_keys
            if key not in opened
        ]

    assert early == []


def test_finding_the_papers_belongs_to_no_section_of_its_workshop(curriculum):
    found = CurriculumAssignment.objects.get(title__startswith="Registerauszug")

    assert (found.section_keys, "„Anlagen“" in found.text) == ([], True)


def test_steps_and_assignments_have_texts(curriculum):
    assert list(curriculum.steps.filter(goal="")) == []
    assert list(CurriculumAssignment.objects.filter(text="")) == []
    assert [text for text in CurriculumAssignment.objects.values_list("text", flat=True) if "\n" in text] == []


def test_loading_twice_changes_nothing(curriculum):
    before = contents()

    assert load_curriculum() is None
    assert contents() == before


def test_loading_keeps_what_staff_changed(curriculum):
    curriculum.steps.filter(position=2).update(title="Bedarf")
    before = contents()

    assert load_curriculum() is None
    assert contents() == before


def test_changed_file_makes_a_new_curriculum_beside_the_earlier(curriculum, tmp_path):
    before = contents()
    changed = tmp_path / "curriculum.toml"
    changed.write_text(FILE.read_text(encoding="utf-8").replace('"Wirkung planen"', '"Wirkung"'), encoding="utf-8")

    new = load_curriculum(changed)

    assert new.title == "Sechs Bausteine von der Idee zur Interessenbekundung (2)"
    assert new.steps.get(position=3).title == "Wirkung"
    assert [rows for rows in contents() if rows[0]["uuid"] != new.pk] == before
    assert load_curriculum(changed) is None


def contents():
    """Every curriculum with its steps and assignments, row by row."""
    return [
        (
            curriculum,
            list(CurriculumStep.objects.filter(curriculum=curriculum["uuid"]).values()),
            list(CurriculumAssignment.objects.filter(step__curriculum=curriculum["uuid"]).values()),
        )
        for curriculum in Curriculum.objects.order_by("pk").values()
    ]
