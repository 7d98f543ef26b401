"""Findings of the checks as pages show them: with the place to mend them."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from applications.checks import Finding
from applications.models import Application
from calls.terms import Terms


@dataclass(frozen=True)
class Seen:
    """A finding with the page where it can be mended."""

    finding: Finding
    url: str
    place: str


def seen(application: Application, finding: Finding) -> Seen:
    terms: Terms = application.terms
    section = terms.by_key.get(finding.key)
    if section is None:
        return Seen(finding, "", "")
    url = reverse("applications:section", args=[application.pk, finding.key])
    anchor = f"#zeile-{finding.row}" if finding.row else ""
    return Seen(finding, url + anchor, section.title)
