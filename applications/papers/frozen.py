"""A finished application as one value: contents with all labels and limits, so that it can be read in ten years."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from functools import cached_property
from typing import Any, Self, cast

from applications.checks.base import no_deadline
from applications.content import Budget, Content, Cover, checksum, empty, loads
from applications.deadline import Deadline
from applications.papers.easy_online import Way, goes_on_paper, way_of
from calls.models import CallForm
from calls.terms import BUDGET, COVER, SectionTerm, Terms
from core.values import dataclass

FORMAT = 1


@dataclass(frozen=True)
class Frozen:
    """What the papers are made of; `as_json` is what `Submission.frozen` keeps, and its checksum is on the receipt."""

    contents: dict[str, Content]
    terms: Terms
    year: int
    call: str
    addressee: str
    deadline: date | None
    deadline_counts: str
    organisation: str
    cohort: str
    stage: int
    versions: dict[str, int] = field(default_factory=dict)
    forms: tuple[tuple[str, str], ...] = ()
    to_read: tuple[tuple[str, str], ...] = ()
    addressee_note: str = ""
    number: int = 0
    """Which finished version this is; 0 while it is not finished."""
    made_on: date | None = None
    findings: tuple[tuple[str, str], ...] = ()
    signing: str = ""
    """How stage 2 is signed, as the call said; empty in stage 1 and where nobody had entered it."""
    via: str | None = ""
    """The umbrella body that the team submits to; empty where it is the BAMF, None where it was not kept yet."""

    def value(self, section: SectionTerm) -> Content:
        return self.contents.get(section.key) or empty(section.kind)

    @cached_property
    def cover(self) -> Cover:
        return cast("Cover", self.contents.get(COVER) or Cover())

    @cached_property
    def budget(self) -> Budget:
        return cast("Budget", self.contents.get(BUDGET) or Budget())

    @property
    def easy_online(self) -> Way:
        """The steps of stage 2."""
        return way_of(self.signing)

    @property
    def goes_on_paper(self) -> bool:
        """There is an envelope, and a letter for it."""
        return goes_on_paper(self.stage, self.signing)

    @property
    def no_deadline(self) -> str:
        """A sentence in place of a deadline."""
        return no_deadline(self.stage, self.via or "")

    @property
    def title(self) -> str:
        return self.cover.title or self.cover.short_name or self.organisation

    @property
    def theme(self) -> str:
        theme = self.terms.theme(self.cover.theme)
        return theme.title if theme else ""

    def as_json(self) -> dict[str, Any]:
        added = {
            "to_read": [list(text) for text in self.to_read],
            "addressee_note": self.addressee_note,
            "number": self.number,
            "made_on": self.made_on.isoformat() if self.made_on else None,
            "signing": self.signing,
        }
        # Checksums of applications finished before there were these stay what they are.
        return (
            {name: value for name, value in added.items() if value}
            | ({} if self.via is None else {"via": self.via})
            | {
                "format": FORMAT,
                "contents": {key: value.data for key, value in self.contents.items()},
                "terms": self.terms.as_json(),
                "year": self.year,
                "call": self.call,
                "addressee": self.addressee,
                "deadline": self.deadline.isoformat() if self.deadline else None,
                "deadline_counts": self.deadline_counts,
                "organisation": self.organisation,
                "cohort": self.cohort,
                "stage": self.stage,
                "versions": self.versions,
                "forms": [list(form) for form in self.forms],
                "findings": [list(finding) for finding in self.findings],
            }
        )

    @property
    def checksum(self) -> str:
        """SHA-256 over the canonical bytes of what is frozen."""
        return checksum(self.as_json())

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        terms = Terms.from_json(data["terms"])
        contents = {
            key: loads(terms.by_key[key].kind, value) for key, value in data["contents"].items() if key in terms.by_key
        }
        return cls(
            contents=contents,
            terms=terms,
            deadline=date.fromisoformat(data["deadline"]) if data["deadline"] else None,
            forms=tuple((label, url) for label, url in data["forms"]),
            to_read=tuple((label, url) for label, url in data.get("to_read", ())),
            addressee_note=data.get("addressee_note", ""),
            number=data.get("number", 0),
            made_on=date.fromisoformat(data["made_on"]) if data.get("made_on") else None,
            findings=tuple((code, sentence) for code, sentence in data["findings"]),
            signing=data.get("signing", ""),
            via=data.get("via"),
            **{name: data[name] for name in PLAIN},
        )


PLAIN = ("year", "call", "addressee", "deadline_counts", "organisation", "cohort", "stage", "versions")


def freeze(application: Any, contents: dict[str, Content], versions: dict[str, int], deadline: Deadline) -> Frozen:
    """Freeze what the application says now, with the `deadline` that holds for this team."""
    call = application.call
    known = application.terms.by_key
    forms = list(call.forms.all())
    return Frozen(
        contents={key: value for key, value in contents.items() if key in known},
        terms=application.terms,
        year=call.year,
        call=call.title,
        addressee=deadline.addressee,
        deadline=deadline.day,
        deadline_counts=deadline.counts,
        organisation=application.team.organisation.name,
        cohort=application.team.cohort.title,
        stage=application.stage,
        signing=call.signing if application.stage == 2 else "",
        versions={key: version for key, version in versions.items() if key in known},
        forms=tuple((form.label, form.url) for form in forms if form.kind == CallForm.Kind.FORM),
        to_read=tuple((form.label, form.url) for form in forms if form.kind == CallForm.Kind.READING),
        addressee_note=deadline.addressee_note,
        via=deadline.via,
    )
