"""All papers of a finished application at once: in printing order, as one PDF (decision 0038) and as a ZIP."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack

from django.utils.translation import gettext as _

from applications.papers import Pdf
from applications.papers.merged import merge
from applications.papers.models import EnclosureList, Submission, SubmissionFile
from applications.papers.models.submission import columns_of
from applications.writing.models import Attachment
from core.filenames import stem_and_ending

logger = logging.getLogger(__name__)

Kind = SubmissionFile.Kind
# First what goes into the envelope, then what stays: the values to be copied, and the checklist.
PRINTING_ORDER = (Kind.LETTER, Kind.HAND_OVER, Kind.SKETCH, Kind.COVER, Kind.FINANCING_PLAN, Kind.CHECKLIST)
IN_THE_ENVELOPE = frozenset({Kind.LETTER, Kind.HAND_OVER, Kind.SKETCH})
# Uploaded files go into the ZIP up to this sum; with more, making it would keep a process for long.
MOST_BYTES_OF_ATTACHMENTS = 50 * 1024 * 1024


class NotMerged(Exception):
    """The papers could not be made one PDF; what went wrong is its cause."""


def in_printing_order(files: Iterable[SubmissionFile], list_number: int) -> list[SubmissionFile]:
    """Return the papers that count, as they are printed; of the letters only the last, if it lists what lies in the envelope."""
    rows = list(files)
    last = max((file.number for file in rows if file.kind == Kind.LETTER), default=0)
    counting = [
        file
        for file in rows
        if file.kind in PRINTING_ORDER
        and (file.kind != Kind.LETTER or (file.number == last and file.list_number == list_number))
    ]
    return sorted(counting, key=lambda file: PRINTING_ORDER.index(file.kind))


def pages_of(papers: Iterable[SubmissionFile]) -> int:
    """Return the number of pages of these papers; one whose pages were not kept counts as one."""
    return sum(file.pages or 1 for file in papers)


def number_of(papers: Iterable[SubmissionFile]) -> int:
    """Return the number that the PDF of these papers has: the one of the letter in it, 0 without one."""
    return next((file.number for file in papers if file.kind == Kind.LETTER), 0)


def merge_papers(submission: Submission, papers: list[SubmissionFile]) -> bytes:
    """Return these papers as one PDF. Raises `NotMerged` whatever goes wrong: with a file, or in a PDF."""
    title = _("Alle Unterlagen – %(name)s") % {"name": submission.application.name}
    try:
        with ExitStack() as stack:
            return merge([(file.title, stack.enter_context(file.file.open("rb"))) for file in papers], title)
    except Exception as error:  # pypdf fails in a PDF it does not understand with whatever it happens to meet
        raise NotMerged from error


def keep_all(submission: Submission) -> SubmissionFile | None:
    """Keep the papers as they are now as one PDF, so that its size is known and it is served as stored.

    Nobody is kept from the papers themselves if that fails, in them or on the disk: it is logged, and the ZIP is there.
    Call it outside a transaction, once the papers are stored.
    """
    latest = EnclosureList.objects.latest_of(submission)
    papers = in_printing_order(submission.files.all(), latest.number if latest else 0)
    number = number_of(papers)
    if not papers or submission.files.filter(kind=Kind.ALL, number=number).exists():
        return None
    try:
        merged = Pdf(merge_papers(submission, papers), pages_of(papers))
        columns = columns_of(merged) | {"list_number": latest.number if latest else 0}
        # Of two who make it at once, the database keeps the first, and both get that one.
        return submission.files.get_or_create(kind=Kind.ALL, number=number, defaults=columns)[0]
    except (NotMerged, OSError):
        logger.exception("The papers of submission %s could not be made one PDF.", submission.pk)
        return None


def as_zip(papers: Iterable[SubmissionFile], attachments: Iterable[Attachment] = ()) -> io.BytesIO:
    """Return a ZIP of the papers, numbered in their order, and of the files the team has uploaded; the bytes as stored."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for place, file in enumerate(papers, 1):
            with file.file.open("rb") as stored:
                archive.writestr(f"{place:02}-{plain(file.title)}.pdf", stored.read())
        for place, attachment in enumerate(attachments, 1):
            stem, ending = stem_and_ending(attachment.name)
            with attachment.file.open("rb") as stored:
                archive.writestr(f"{_('Anlagen')}/{place:02}-{plain(stem)}.{ending}", stored.read())
    content.seek(0)
    return content


def most_attachments(submission: Submission) -> list[Attachment]:
    """Return the files the team has uploaded for these papers; none if they are too much for a ZIP or may have changed since."""
    application = submission.application
    if not application.is_finished or submission.stage != application.stage or not submission.is_current:
        return []
    rows = list(application.attachments.all())
    return rows if sum(row.size for row in rows) <= MOST_BYTES_OF_ATTACHMENTS else []


def plain(title: str) -> str:
    """Return a title as a part of a file's name."""
    return re.sub(r"[^\w-]+", "-", title).strip("-")
