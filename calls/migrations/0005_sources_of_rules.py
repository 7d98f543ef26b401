"""Give rules issuer, title and date of their source like limits; what is verified without all three becomes assumed.

Nothing is read out of a sentence. A text that our files made has its three parts from there, that of an invented call
is invented too, and any other text becomes the title.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import migrations, models
from django.db.models import Q

DATA = Path(__file__).resolve().parent.parent / "data"
VERIFIED, UNDATED, EXAMPLE = "verified", "ohne Datum", "Beispiel"
UNCHECKED = {"certainty": "assumed", "checked_on": None, "checked_by": ""}
SOURCE = ("source_issuer", "source_title", "source_date")
NEEDS_ALL = "Geprüft ist nur, wozu Quelle, Tag und Name der Person dastehen, die es gelesen hat."


def known_sources(data: Path = DATA) -> dict[str, tuple[str, str, str]]:
    """Return issuer, title and date by the text that was made of them when the files were loaded."""
    return {text: source for folder in data.glob("*/") for text, source in _of_call(folder)}


def _of_call(folder: Path) -> Iterator[tuple[str, tuple[str, str, str]]]:
    rows, rules = (_read(folder / name) for name in ("sources.toml", "rules.toml"))
    for rule in rules.values():
        cited = [citation.partition(" ") for citation in rule.get("sources", [])] if isinstance(rule, dict) else []
        if not cited or any(key not in rows for key, _, _place in cited):
            continue
        names = [", ".join(part for part in (rows[key]["short"], place) if part) for key, _, place in cited]
        dates = [rows[key].get("date", "") for key, _, _place in cited]
        text = "; ".join(f"{name} ({date})" if date else name for name, date in zip(names, dates, strict=True))
        issuers = [rows[key]["issuer"] for key, _, _place in cited]
        yield text, ("; ".join(issuers), "; ".join(names), "; ".join(date or UNDATED for date in dates))


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def parts_of(text: str, known: dict[str, tuple[str, str, str]], *, is_example: bool) -> tuple[str, str, str]:
    """Return issuer, title and date of a source as far as they are known; what is not known stays empty."""
    if text in known:
        return known[text]
    if is_example and text == EXAMPLE:
        return EXAMPLE, "erfunden", UNDATED
    if is_example and text.startswith(f"{EXAMPLE}, nach: "):
        return EXAMPLE, text.removeprefix(f"{EXAMPLE}, "), UNDATED
    return "", text, ""


def move(apps: Any, schema_editor: Any) -> None:
    """Move the text of each rule into its three fields, and ask anew of what was verified without one of them.

    Each row is written once: PostgreSQL changes no table in whose rows a transaction has written twice.
    """
    rule_model, known = apps.get_model("calls", "Rule"), known_sources()
    rules = list(rule_model.objects.select_related("call"))
    for rule in rules:
        parts = parts_of(rule.source, known, is_example=rule.call.is_example)
        lowered = UNCHECKED if rule.certainty == VERIFIED and "" in parts else {}
        for name, value in {**dict(zip(SOURCE, parts, strict=True)), **lowered}.items():
            setattr(rule, name, value)
    rule_model.objects.bulk_update(rules, [*SOURCE, *UNCHECKED], batch_size=100)
    missing = Q(source_issuer="") | Q(source_title="") | Q(source_date="")
    apps.get_model("calls", "Limit").objects.filter(missing, certainty=VERIFIED).update(**UNCHECKED)


def back(apps: Any, schema_editor: Any) -> None:
    """Make the title the text again."""
    apps.get_model("calls", "Rule").objects.update(source=models.F("source_title"))


def verified_has_source(name: str) -> models.CheckConstraint:
    has_all = Q(("checked_on__isnull", False), *(Q((field, ""), _negated=True) for field in (*SOURCE, "checked_by")))
    return models.CheckConstraint(
        condition=Q(Q(("certainty", VERIFIED), _negated=True), has_all, _connector="OR"),
        name=name,
        violation_error_message=NEEDS_ALL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0004_verified_has_its_source"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="rule", name="rule_verified_has_source"),
        migrations.RemoveConstraint(model_name="limit", name="limit_verified_has_source"),
        migrations.AddField(
            model_name="rule",
            name="source_issuer",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="Herausgeber der Quelle"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="rule",
            name="source_title",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="Titel der Quelle"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="rule",
            name="source_date",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="Datum der Quelle"),
            preserve_default=False,
        ),
        migrations.RunPython(move, back),
        migrations.RemoveField(model_name="rule", name="source"),
        migrations.AddConstraint(model_name="rule", constraint=verified_has_source("rule_verified_has_source")),
        migrations.AddConstraint(model_name="limit", constraint=verified_has_source("limit_verified_has_source")),
    ]
