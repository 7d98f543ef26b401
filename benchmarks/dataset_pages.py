"""The pages that are measured from outside, and the TOML that tells a harness about them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from benchmarks.dataset_fill import Scene
from benchmarks.dataset_words import words
from tests.builders import log_in

Page = dict[str, Any]


def pages_of(scene: Scene) -> list[Page]:
    """Return every page with its name, its address, a text that must stand in it, and who opens it."""
    return [*_public_pages(), *_pages_of_teams(scene), *_pages_of_staff(scene), *_forms_of_teams(scene)]


def _public_pages() -> Iterator[Page]:
    cohort = reverse("cohorts:detail", args=["mitteldeutschland"])
    yield {"name": "login page", "path": reverse("account_login"), "contains": "password"}
    yield {"name": "public cohort page", "path": cohort, "contains": "Mitteldeutschland"}


def _pages_of_teams(scene: Scene) -> Iterator[Page]:
    workspace = scene.measured.get_absolute_url()
    checks, full_checks = (reverse("applications:checks", args=[each.pk]) for each in (scene.measured, scene.full))
    budget = reverse("applications:section", args=[scene.full.pk, "s17"])
    history = reverse("applications:history", args=[scene.measured.pk, "s3"])
    for name, login, path, contains in [
        ("dashboard", "amina", reverse("dashboard"), "Tischgespräche"),
        ("workspace", "amina", workspace, "Tischgespräche"),
        ("section GET (text, 7 remarks)", "amina", _section(scene, "s4"), "anmerkungen"),
        ("section GET (text, no remarks)", "amina", _section(scene, "s12"), "textarea"),
        ("section GET (budget, full)", "bilal", budget, "Finanzierung"),
        ("history", "amina", history, "Fassung"),
        ("checks", "amina", checks, "Vor"),
        ("checks (full)", "bilal", full_checks, "Vor"),
    ]:
        yield {"name": f"participant: {name}", "path": path, "contains": contains, "login": login}


def _pages_of_staff(scene: Scene) -> Iterator[Page]:
    twelve, forty = (reverse("cockpit", args=[cohort.slug]) for cohort in (scene.twelve, scene.forty))
    registrations = f"{reverse('admin:cohorts_registration_changelist')}?cohort__uuid__exact={scene.twelve.pk}"
    for name, login, path, contains in [
        ("coach: dashboard", "carla", reverse("dashboard"), "Rückmeldung"),
        ("coach: queue", "carla", reverse("reviews:queue"), "Rückmeldung"),
        ("coach: reading page (7 remarks, changes)", "carla", scene.review.get_absolute_url(), "Anmerkung"),
        ("organiser: dashboard", "doris", reverse("dashboard"), "Vierzig"),
        ("organiser: cockpit 12 teams", "doris", twelve, "Cockpit"),
        ("organiser: cockpit 40 teams x 8", "doris", forty, "Cockpit"),
        ("admin: registrations, 50 rows", "doris", registrations, "Anmeldung"),
        ("admin: teams, 50 rows", "doris", reverse("admin:cohorts_team_changelist"), "Team"),
    ]:
        yield {"name": name, "path": path, "contains": contains, "login": login}


def _forms_of_teams(scene: Scene) -> Iterator[Page]:
    """Yield what a section sends. Every save changes the text: the harness puts a running number in place of {n}."""
    text = f"Im Viertel leben viele Menschen, die sich nicht kennen. Stand {{n}}. {words(150)}."
    sent = {"method": "POST", "form_has": "text", "login": "amina", "throughput": False}
    by_script = sent | {"headers": {"Accept": "application/json"}, "expect": 200}
    save = {"next_version": "version"}
    yield (
        sent
        | save
        | {
            "name": "participant: section save POST (form)",
            "form_from": _section(scene, "s3"),
            "set": {"text": text},
            "expect": 302,
        }
    )
    yield (
        by_script
        | save
        | {
            "name": "participant: section save POST (autosave)",
            "form_from": _section(scene, "s2"),
            "set": {"text": text, "save": "{uuid}"},
            "contains": '"state": "saved"',
        }
    )
    yield by_script | {
        "name": "participant: presence POST (every 15 to 60 s)",
        "form_from": _section(scene, "s12"),
        "path": reverse("applications:presence", args=[scene.measured.pk, "s12"]),
    }


def _section(scene: Scene, key: str) -> str:
    return reverse("applications:section", args=[scene.measured.pk, key])


def session_of(user: User) -> str:
    """Log somebody in, past the second factor, and return the key of the session."""
    return log_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value


def target(scene: Scene, *, base: str, pidfile: str, db_pidfiles: Sequence[str]) -> str:
    """Return the TOML: where the server is, the files with the process ids to watch if given, sessions and pages."""
    parts = [_table({"name": "ours", "base": base, "pidfile": pidfile, "db_pidfiles": list(db_pidfiles)})]
    for name, user in scene.people.items():
        parts.append(_table({"cookies": {settings.SESSION_COOKIE_NAME: session_of(user)}}, f"[login.{name}]"))
    parts += [_table(page, "[[pages]]") for page in pages_of(scene)]
    return "\n".join(parts)


def _table(values: Mapping[str, Any], *head: str) -> str:
    lines = [f"{name} = {_as_toml(value)}" for name, value in values.items() if value not in ("", [])]
    return "\n".join([*head, *lines, ""])


def _as_toml(value: Any) -> str:
    """Write a value; only tables look different from JSON."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_as_toml(each)}" for name, each in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
