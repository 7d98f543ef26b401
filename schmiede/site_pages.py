"""Impressum, Datenschutz, Barrierefreiheit, Leichte Sprache: loaded once from schmiede/pages/, then edited by staff.

What a portal must say itself stands there as a marked placeholder; schmiede/system_checks.py looks for these.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site

PAGES = {
    "/impressum/": "Impressum",
    "/datenschutz/": "Datenschutz",
    "/barrierefreiheit/": "Erklärung zur Barrierefreiheit",
    "/leichte-sprache/": "Das Portal in Leichter Sprache",
}
PLACEHOLDER = "[Platzhalter"
FOLDER = Path(__file__).parent / "pages"


def ensure_pages() -> list[str]:
    """Make the pages that are missing and say which; a page that is there is never touched."""
    site, _ = Site.objects.get_or_create(
        pk=settings.SITE_ID, defaults={"domain": "example.org", "name": "Projektschmiede"}
    )
    there = set(FlatPage.objects.filter(sites=site).values_list("url", flat=True))
    missing = [url for url in PAGES if url not in there]
    for url in missing:
        content = (FOLDER / f"{url.strip('/')}.html").read_text(encoding="utf-8")
        FlatPage.objects.create(url=url, title=PAGES[url], content=content).sites.add(site)
    return missing
