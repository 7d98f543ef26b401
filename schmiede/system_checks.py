"""What is checked before a start: `check --deploy` before the portal goes online, `migrate` before it touches a database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  Django's name
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Organisation
from cohorts.models import Cohort
from core.caches import why_it_evicts
from core.outages import is_redis_away
from schmiede.site_pages import PAGES, PLACEHOLDER


@register(Tags.database)
def database_is_of_this_portal(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """No database was made by migrations of ours that are gone; `migrate` and `demo` stop before they touch it.

    Migrations that are squashed later are taken out of the table with `migrate APP --prune` before their files go.
    """
    errors: list[CheckMessage] = []
    for alias in databases or []:
        gone = migrations_that_are_gone(connections[alias])
        if gone:
            sentence = (
                "Die Datenbank wurde von einem anderen Stand des Portals angelegt: "
                f"Sie kennt die Migration {gone[0]}, die es hier nicht gibt."
            )
            errors.append(Error(sentence, hint=another_database(connections[alias]), id="schmiede.E006"))
    return errors


def migrations_that_are_gone(connection: BaseDatabaseWrapper) -> list[str]:
    """Migrations of our apps that the database has and the code has not, as „app.name“; none if it does not answer."""
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
    try:
        loader = MigrationLoader(connection)
    except DatabaseError:
        return []
    gone = loader.applied_migrations.keys() - loader.disk_migrations.keys()
    return sorted(f"{label}.{name}" for label, name in gone if label in ours)


def another_database(connection: BaseDatabaseWrapper) -> str:
    """Where the database is, and what to do about it."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return (
            f"Es wurde nichts geändert und nichts gelöscht. Die Datenbank ist die Datei {name}. Verschieben Sie sie "
            "an einen anderen Ort, oder nennen Sie mit DATABASE_URL eine andere, zum Beispiel "
            "DATABASE_URL=sqlite:///var/neu.sqlite3. Dann legt derselbe Befehl eine neue an."
        )
    return (
        f"Es wurde nichts geändert und nichts gelöscht. Die Datenbank heißt „{name}“. Nehmen Sie den Stand des Portals, "
        "der zu ihr gehört, oder nennen Sie mit DATABASE_URL eine leere Datenbank."
    )


@register(deploy=True)
def site_pages_are_written(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that every public page exists and holds no placeholder; before the first `migrate` there is none."""
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


@register(deploy=True)
def operator_is_named(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that pages where people give data can name the operator."""
    if settings.OPERATOR_NAME.strip():
        return []
    hint = "Setzen Sie OPERATOR_NAME auf den Namen der Stelle, die auch auf der Seite „Datenschutz“ steht."
    return [Error("Es fehlt der Name der Stelle, die das Portal betreibt.", hint=hint, id="schmiede.E005")]


@register(deploy=True)
def every_traeger_says_who_answers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that each Träger with a published cohort that has not ended says who answers for the data.

    A warning: what a Träger has not written yet keeps nobody from putting a mended portal online.
    """
    goes_on = Cohort.objects.published().filter(
        organiser=OuterRef("pk"), cancelled_at=None, ends_on__gte=timezone.localdate()
    )
    try:
        silent = Organisation.objects.filter(Exists(goes_on), privacy_text=None).order_by("name")
        names = list(silent.values_list("name", flat=True))
    except (DatabaseError, ImproperlyConfigured):
        return []
    hint = "Der Träger schreibt ihn in der Verwaltung unter „Datenschutztexte der Träger“."
    return [
        Warning(
            f"„{name}“ führt eine Projektschmiede durch und hat keinen Datenschutztext.", hint=hint, id="schmiede.W002"
        )
        for name in names
    ]


@register(deploy=True)
def holes_can_be_reported(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that /.well-known/security.txt can say whom to tell of a hole in the portal."""
    try:
        validate_email(settings.SECURITY_EMAIL)
    except ValidationError:
        hint = "Setzen Sie SECURITY_EMAIL auf eine Adresse, die gelesen wird."
        return [Error("Es fehlt eine Adresse, an die man Sicherheitslücken meldet.", hint=hint, id="schmiede.E004")]
    return []


@register(deploy=True)
def login_is_protected(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that no counter of wrong passwords and no used code is dropped before it has expired."""
    try:
        why = why_it_evicts(caches[DEFAULT_CACHE_ALIAS])
    except Exception as error:
        if not is_redis_away(error):
            raise
        sentence = f"Redis antwortet nicht ({type(error).__name__}). Ob er das Einloggen schützt, ist nicht bekannt."
        return [Warning(sentence, id="schmiede.W001")]
    hint = "Stellen Sie in Redis maxmemory-policy auf noeviction, oder lassen Sie REDIS_URL weg."
    return (
        [Error(f"Der Zwischenspeicher schützt das Einloggen nicht: {why}", hint=hint, id="schmiede.E003")]
        if why
        else []
    )
