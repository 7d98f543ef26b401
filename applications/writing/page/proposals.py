"""The page „Aus Ihrer Word-Datei“: a proposal for each section, merged with what stands there now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from applications.content import InvalidContent, Text, loads, of_kind, storable
from applications.content.base import specs, too_long
from applications.content.difference import marked, words
from applications.content.merging.merge import merge
from applications.writing.models import Application, Draft, Revision
from applications.writing.word.marked_lines import printable
from calls.terms import Kind, SectionTerm
from core.spelling import composed
from core.values import dataclass
from core.words import quoted
from workshops.models import Workshop
from workshops.opening import is_open

if TYPE_CHECKING:
    from applications.writing.word.read import ReadFile, ReadSection

NEARLY_ALL = 10  # a text that is this many times shorter afterwards is nearly gone


@dataclass
class Proposal:
    """The text that a section would become: the one from the file, merged with the current one."""

    term: SectionTerm
    version: int
    text: str
    changes: SafeString
    clashes: int
    dropped: list[str]
    warning: str = ""
    """What the section would lose."""
    gone: str = ""
    """What it has lost in the portal since the file was written. With either warning it is not chosen beforehand."""


@dataclass
class ReadResult:
    """The result of reading a file in: proposals, and what happened to the other sections of the file."""

    proposals: list[Proposal] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Sentences about sections that cannot be taken over, with the reason."""
    portal: list[SectionTerm] = field(default_factory=list)
    """Sections that were changed in the file, though they can only be changed in the portal."""
    left_out: list[tuple[str, list[str]]] = field(default_factory=list)
    """What was left out of sections without a proposal, by title."""
    broken: list[str] = field(default_factory=list)
    """Titles of sections whose marked lines are damaged."""
    is_changed_outside: bool = False

    @property
    def titles_of_same(self) -> str:
        return quoted(self.same)


def read_result(application: Application, file: ReadFile) -> ReadResult:
    """Return for every section of a file what taking it over would change; nothing is saved."""
    result = ReadResult(is_changed_outside=file.is_changed_outside)
    drafts, terms = texts_of(application), application.terms.by_key
    plan, now = Workshop.objects.openings_in(application.cohort_uuid), timezone.now()
    versions = {drafts[section.key].pk: section.version for section in file.sections if section.key in drafts}
    bases = Revision.objects.at_versions(versions)
    for section in file.sections:
        draft = drafts.get(section.key)
        if draft is None or section.key not in terms or section.version > draft.version:
            result.refused.append(why_not_taken(section, terms, draft))
            continue
        title = terms[section.key].title
        try:
            proposal = proposal_of(terms[section.key], draft, section, bases.get(draft.pk))
        except InvalidContent as refused:
            result.refused.append(why_invalid(title, section.text, refused))
            continue
        if proposal is not None and is_open(section.key, plan, now):
            result.proposals.append(proposal)
            continue
        (result.same if proposal is None else result.closed).append(title)
        if sentences := section.dropped.sentences():
            result.left_out.append((title, sentences))
    result.portal = [terms[key] for key in file.portal if key in terms]
    result.broken = [title_of(key, terms) for key in file.broken]
    return result


def title_of(key: str, terms: Mapping[str, SectionTerm]) -> str:
    return terms[key].title if key in terms else _("Abschnitt %(key)s") % {"key": key}


def why_not_taken(section: ReadSection, terms: Mapping[str, SectionTerm], draft: Draft | None) -> str:
    """Return the sentence why a section of the file is unknown to the portal."""
    again = _("Bitte laden Sie die Datei neu herunter und kopieren Sie Ihren Text hinein.")
    if section.key in terms and draft is not None:
        reason = _("In der Datei steht „Fassung %(said)d“, im Portal gibt es erst Fassung %(known)d.")
        reason = "{} {}".format(reason % {"said": section.version, "known": draft.version}, again)
    elif section.key in terms and terms[section.key].kind != Kind.TEXT:
        reason = _("Dieser Abschnitt wird nur im Portal ausgefüllt.")
    else:
        reason = "{} {}".format(_("Diesen Abschnitt gibt es in Ihrem Vorhaben nicht."), again)
    return _("„%(title)s“ lässt sich nicht übernehmen: %(reason)s") % {
        "title": title_of(section.key, terms),
        "reason": reason,
    }


def why_invalid(title: str, text: str, refused: InvalidContent) -> str:
    """Return the sentence why the text of a section cannot be stored."""
    spec = replace(specs(Text)["text"], label=title)
    if len(composed(text)) > spec.max_length:
        return too_long(spec, len(composed(text)))
    return _("„%(title)s“ lässt sich nicht übernehmen: %(reason)s") % {"title": title, "reason": refused}


def texts_of(application: Application) -> dict[str, Draft]:
    """Return the drafts that a file can change, by key."""
    return {draft.key: draft for draft in application.drafts.filter(kind=Kind.TEXT).select_related("application")}


def proposal_of(term: SectionTerm, draft: Draft, section: ReadSection, kept: Revision | None) -> Proposal | None:
    """Return the section merged with the current text; None if the file changes nothing. Raises `InvalidContent`.

    `kept` is the version that was written into the file.
    """
    base = of_kind(Text, loads(Kind.TEXT, kept.content)) if kept else Text()
    sent = storable(Text(section.text))
    current = of_kind(Text, draft.value)
    if sent.text in {printable(base.text), printable(current.text)}:
        return None
    merged = merge(base, sent, current)
    shown = merge(base, sent, current, {clash.path: clash.mine for clash in merged.clashes}).value
    return Proposal(
        term,
        section.version,
        sent.text,
        marked(words(current.text, shown.text)),
        len(merged.clashes),
        section.dropped.sentences(),
        warning=warning_of(base, sent, current, shown, is_decided_later=bool(merged.clashes)),
        gone=gone_since(base, current),
    )


def warning_of(base: Text, sent: Text, current: Text, shown: Text, *, is_decided_later: bool) -> str:
    """Return what the section would lose by the text `shown`, in words; an empty text if that is little.

    If a person decides later, the result is not known yet, and only what is missing in the file is named.
    """
    if not sent.text.strip() and current.text.strip():
        gone = _("In der Datei steht hier nichts mehr.")
        if is_decided_later:
            return gone
        left = shown.text.strip()
        return "{} {}".format(
            gone,
            _("Wenn Sie das übernehmen, bleibt nur, was inzwischen im Portal dazugekommen ist.")
            if left
            else _("Wenn Sie das übernehmen, ist der Abschnitt leer."),
        )
    sentences = []
    if is_nearly_gone(base, sent):
        sentences.append(_("In der Datei steht hier fast nichts mehr."))
    if not is_decided_later and is_nearly_gone(current, shown):
        sentences.append(_("Wenn Sie das übernehmen, ist der Abschnitt fast leer."))
    return " ".join(sentences)


def gone_since(base: Text, now: Text) -> str:
    """Return a sentence if nearly all is gone of the text that the section had when the file was written."""
    if not is_nearly_gone(base, now):
        return ""
    if not now.text.strip():
        return _(
            "Im Portal ist dieser Abschnitt inzwischen leer. Wenn Sie das übernehmen, steht dort nur, was hier neu ist."
        )
    return _("Im Portal steht von diesem Abschnitt inzwischen fast nichts mehr.")


def is_nearly_gone(before: Text, after: Text) -> bool:
    return len(after.text.strip()) * NEARLY_ALL < len(before.text.strip())
