"""Downloads of papers: one by one, all as one PDF, all as a ZIP. A download of BAMF staff is recorded."""

from __future__ import annotations

import io
import logging
import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.base import File
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.models import Event
from accounts.requests import PortalRequest
from applications.papers.all_papers import (
    NotMerged,
    as_zip,
    in_printing_order,
    merge_papers,
    most_attachments,
    number_of,
)
from applications.papers.models import EnclosureList, Submission, SubmissionFile
from applications.papers.views.finishing import get_submission
from core.files import deliver

logger = logging.getLogger(__name__)

Kind = SubmissionFile.Kind


def paper_file(request: PortalRequest, uuid: UUID) -> FileResponse:
    """Deliver one paper, the bytes as stored."""
    files = SubmissionFile.objects.visible_to(request.user).select_related("submission__application__team")
    file = get_object_or_404(files, pk=uuid)
    record_look(request, file.submission, "submission.downloaded", kind=file.kind)
    words = re.sub(r"[ ,.]+", "-", file.title)
    name = f"{file.submission.receipt_number}-{words}.pdf"
    return deliver(file.file.open("rb"), name)


def all_papers(request: PortalRequest, uuid: UUID) -> FileResponse | HttpResponse:
    """Deliver the papers that count as one PDF, as stored; of papers finished before there was one it is put together now."""
    submission = get_submission(request, uuid)
    files = list(SubmissionFile.objects.visible_to(request.user).filter(submission=submission))
    papers = papers_that_count(submission, files)
    if not papers or not submission.application.allows(request.user, "see"):
        raise Http404
    name = f"{submission.receipt_number}-{_('alle-Unterlagen')}.pdf"
    stored = next((file for file in files if file.kind == Kind.ALL and file.number == number_of(papers)), None)
    if stored:
        return deliver(stored.file.open("rb"), name)
    try:
        return deliver(File(io.BytesIO(merge_papers(submission, papers))), name)
    except NotMerged:
        logger.exception("The papers of submission %s could not be made one PDF.", submission.pk)
        messages.error(
            request, _("Das PDF mit allen Unterlagen ließ sich nicht machen. Bitte laden Sie das ZIP herunter.")
        )
        return redirect(submission)


def all_as_zip(request: PortalRequest, uuid: UUID) -> FileResponse:
    """Deliver the papers that count as a ZIP, for the team with the files it has uploaded."""
    submission = get_submission(request, uuid)
    papers = papers_that_count(
        submission, SubmissionFile.objects.visible_to(request.user).filter(submission=submission)
    )
    if not papers:
        raise Http404
    record_look(request, submission, "submission.downloaded", kind="zip")
    attachments = most_attachments(submission) if submission.application.allows(request.user, "see") else []
    return deliver(File(as_zip(papers, attachments)), f"{submission.receipt_number}-{_('Unterlagen')}.zip")


def papers_that_count(submission: Submission, files: Any) -> list[SubmissionFile]:
    latest = EnclosureList.objects.latest_of(submission)
    return in_printing_order(files, latest.number if latest else 0)


def record_look(request: PortalRequest, submission: Submission, event: str, **codes: Any) -> None:
    """Record a look of BAMF staff at papers."""
    if request.user.is_bamf:
        Event.record(event, submission, by=request.user, **codes)
