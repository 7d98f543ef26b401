"""What `manage.py check --deploy` knows about this portal beyond Django's own checks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError

from schmiede.site_pages import PAGES, PLACEHOLDER


@register(deploy=True)
def site_pages_are_written(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every public page is there and holds no placeholder; before the first `migrate` there is nothing to look at."""
    try:
        texts = dict(FlatPage.objects.filter(sites=settings.SITE_ID).values_list("url", "content"))
    except DatabaseError:
        return []
    errors: list[CheckMessage] = []
    for url, title in PAGES.items():
        if url not in texts:
            hint = "Rufen Sie manage.py load_reference auf und schreiben Sie die Seite in der Verwaltung fertig."
            errors.append(Error(f"Die Seite „{title}“ ({url}) fehlt.", hint=hint, id="schmiede.E001"))
        elif PLACEHOLDER in texts[url]:
            hint = "Ersetzen Sie in der Verwaltung unter „Öffentliche Seiten“ alles, was in eckigen Klammern steht."
            errors.append(
                Error(f"Auf der Seite „{title}“ ({url}) steht noch ein Platzhalter.", hint=hint, id="schmiede.E002")
            )
    return errors
