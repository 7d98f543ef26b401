"""What every page around a section shows: the list of sections with their states, who reads it, what a person may do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import CharField, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from applications.checks import Finding, Weight, run
from applications.dossier import make_dossier
from applications.progress.audience import TEXT, Audience, PeopleAround
from applications.reviews.section_facts import sections_of
from applications.states import SectionFacts, SectionState
from applications.writing.access import with_roles
from applications.writing.forms.project import ProjectFacts
from applications.writing.models import Application, Draft
from applications.writing.models.draft import DraftQuerySet, with_texts
from applications.writing.page.findings import Place, Places, mendable
from applications.writing.page.walk import Walk
from calls.terms import SectionTerm
from core.statements import Slot, Statement
from core.values import dataclass
from workshops.opening import Opening, is_open, opens_at


def _drafts(application: Any) -> DraftQuerySet:
    return Draft.objects.filter(application=application).select_related("by")


def _with_texts(application: Any) -> QuerySet[Draft]:
    """Return the drafts with the texts that a save needs: that of the section, and those with the facts of the project."""
    return _drafts(application).with_texts_of([Slot("key", CharField()), *ProjectFacts.NEEDS])


READ_DRAFTS = Statement(_drafts, "application")
READ_TO_SAVE = Statement(_with_texts, "application")


@dataclass(frozen=True)
class Group:
    """The sections that one workshop opens; `title` is empty for those that none opens."""

    title: str
    sections: list[SectionFacts]


@dataclass
class Desk:
    """One section of one application, as one person sees it. Every part is read when it is first asked for."""

    request: PortalRequest
    application: Application
    roles: frozenset[str]
    drafts: dict[str, Draft]
    key: str
    now: datetime
    has_all_texts: bool = True

    @classmethod
    def read(cls, request: PortalRequest, uuid: UUID, key: str, *, to: str = "see", to_save: bool = False) -> Desk:
        """Read the desk of a section; `to_save` it, without the texts of other sections.

        Raises 404 for a section that the application does not have.
        """
        application, roles = with_roles(request, uuid, to=to)
        return cls.of(request, application, roles, key, to_save=to_save)

    @classmethod
    def of(
        cls, request: PortalRequest, application: Application, roles: frozenset[str], key: str, *, to_save: bool = False
    ) -> Desk:
        """Read the desk of an application at hand. One query; raises 404 for a section that it does not have."""
        if to_save:
            rows = with_texts(READ_TO_SAVE(application=application.pk, key=key))
        else:
            rows = READ_DRAFTS(application=application.pk)
        drafts = {draft.key: draft for draft in rows}
        if key not in drafts:
            raise Http404
        for draft in drafts.values():
            draft.application = application
        return cls(request, application, roles, drafts, key, timezone.now(), has_all_texts=not to_save)

    @property
    def draft(self) -> Draft:
        return self.drafts[self.key]

    @cached_property
    def term(self) -> SectionTerm:
        """The section in the edition's terms; a section that it dropped can only be read.

        It has its key as a title, or the title it had in the earlier application from which its text was taken.
        """
        return self.application.term_of(self.key) or SectionTerm(self.key, self.key, self.draft.kind)

    def may(self, action: str) -> bool:
        return bool(Application.MAY[action] & self.roles)

    @property
    def plan(self) -> list[Opening]:
        return self.application.openings

    @property
    def opens_at(self) -> datetime | None:
        return opens_at(self.key, self.plan, self.now)

    @property
    def is_open(self) -> bool:
        return is_open(self.key, self.plan, self.now)

    @property
    def is_editable(self) -> bool:
        known = self.key in self.application.terms.by_key
        return known and self.may("write") and self.application.is_being_written and self.is_open

    @cached_property
    def project(self) -> ProjectFacts:
        return ProjectFacts.of(self.application, self.drafts.values())

    @cached_property
    def facts(self) -> dict[str, SectionFacts]:
        return sections_of(self.application, self.drafts.values(), self.plan, self.now)

    @property
    def groups(self) -> list[Group]:
        return list(group_sections([(f"{o.position} · {o.title}", o.keys) for o in self.plan], self.facts))

    @property
    def accepted(self) -> int:
        return sum(section.state == SectionState.ACCEPTED for section in self.facts.values())

    @cached_property
    def findings(self) -> list[Finding]:
        """The findings of the checks in this section as it is saved; none before it opens unless it is begun, or once it is given up.

        One query, and another one for the texts of all sections where a save was refused.
        """
        if self.application.is_given_up:
            return []
        if self.application.is_drafting and not self.is_open and not self.draft.is_begun:
            return []
        drafts = self.drafts.values() if self.has_all_texts else self.application.drafts.all()
        values = {draft.key: draft.value for draft in drafts}
        findings = run(make_dossier(self.application, values, reviews=self.facts, only=self.key))
        return mendable(findings, self.facts) if self.application.is_drafting else findings

    @cached_property
    def places(self) -> list[Place]:
        """The findings by the places of this page that they are about."""
        return Places(self.application.terms, {self.key: self.draft.value}).of(self.findings)

    @cached_property
    def walk(self) -> Walk | None:
        """Where somebody is who goes from place to place; None for everybody else."""
        return Walk.of(self.request.GET)

    @property
    def walk_place(self) -> Place | None:
        """The place that the walk has led to; None where nothing has to be mended there any more."""
        wanted = (place for place in self.places if self.walk and place.row == self.walk.row)
        return next((place for place in wanted if place.weight <= Weight.LOOK), None)

    @property
    def next_url(self) -> str:
        """The address of the next place to mend."""
        return self.walk.next_url(self.application.pk, self.key) if self.walk else ""

    @cached_property
    def people(self) -> PeopleAround:
        return PeopleAround.of(self.application)

    def readers(self, wanted: frozenset[str]) -> Audience:
        """Return who can read what these roles may see."""
        return self.people.audience(wanted, self.request.user)

    def context(self) -> dict[str, Any]:
        return {
            "desk": self,
            "application": self.application,
            "draft": self.draft,
            "term": self.term,
            "section": self.facts.get(self.key),
            "groups": self.groups,
            "who": self.readers(TEXT),
        }


def group_sections(steps: Iterable[tuple[str, Iterable[str]]], facts: dict[str, SectionFacts]) -> Iterator[Group]:
    """Yield the sections by workshop (title, keys), each once, then those that no workshop opens."""
    left = dict(facts)
    for title, keys in steps:
        opened = [left.pop(key) for key in keys if key in left]
        if opened:
            yield Group(title, opened)
    if left:
        yield Group(_("Weitere Abschnitte") if len(left) < len(facts) else "", list(left.values()))
