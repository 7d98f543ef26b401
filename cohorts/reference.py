"""Reads the shared Lehrplan from cohorts/data/curriculum.toml.

Loading twice changes nothing. A changed file makes a new curriculum beside the earlier one, which staff may have
adapted and cohorts may have been made from.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction

from calls.reference import prose_in, read
from cohorts.models import Curriculum, CurriculumAssignment, CurriculumStep

FILE = Path(__file__).parent / "data" / "curriculum.toml"


@transaction.atomic
def load_curriculum(file: Path = FILE) -> Curriculum | None:
    """Load the shared curriculum, and return it; None if this one was loaded before."""
    values = read(file)
    fingerprint = sha256(json.dumps(values, default=str, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    shared = Curriculum.objects.filter(organisation=None)
    if shared.filter(source_hash=fingerprint).exists():
        return None
    earlier = shared.exclude(source_hash="").count()
    steps = values.pop("step")
    values = prose_in(values)
    if earlier:
        values["title"] = f"{values['title']} ({earlier + 1})"
    curriculum = Curriculum.objects.create(**values, source_hash=fingerprint)
    for position, step in enumerate(steps, 1):
        add_step(curriculum, position, step)
    return curriculum


def add_step(curriculum: Curriculum, position: int, values: dict[str, Any]) -> None:
    values = prose_in(values)
    assignments = values.pop("assignment", [])
    step = CurriculumStep.objects.create(
        curriculum=curriculum, position=position, section_keys=values.pop("sections", []), **values
    )
    CurriculumAssignment.objects.bulk_create(
        CurriculumAssignment(
            step=step,
            position=place,
            section_keys=row.pop("sections", []),
            due_days_before_next=row.pop("due"),
            **row,
        )
        for place, row in enumerate(map(prose_in, assignments), 1)
    )
