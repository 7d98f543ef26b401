"""Give addresses and signatures issuer, title and date of their source like limits; what is verified without all three becomes assumed.

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
PARTS = ("issuer", "title", "date")
NEEDS_ALL = "Geprüft ist nur, wozu Quelle, Tag und Name der Person dastehen, die es gelesen hat."
# Model, the column that held the text, and what its value is called.
TEXTS = (
    ("FundingCall", "addressee_source", "addressee"),
    ("FundingCall", "signing_source", "signing"),
    ("UmbrellaRoute", "source", "addressee"),
)
LABELS = {
    "addressee": ("Herausgeber der Quelle", "Titel der Quelle", "Datum der Quelle"),
    "signing": (
        "Herausgeber der Quelle zur Unterschrift",
        "Titel der Quelle zur Unterschrift",
        "Datum der Quelle zur Unterschrift",
    ),
}
LENGTHS = (200, 300, 100)


def known_sources(data: Path = DATA) -> dict[str, tuple[str, str, str]]:
    """Return issuer, title and date by the text that was made of them when the files were loaded."""
    return {text: source for folder in data.glob("*/") for text, source in _of_call(folder)}


def _of_call(folder: Path) -> Iterator[tuple[str, tuple[str, str, str]]]:
    rows, call = (_read(folder / name) for name in ("sources.toml", "call.toml"))
    for name in ("addressee_sources", "signing_sources"):
        cited = [citation.partition(" ") for citation in call.get(name, [])]
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
    return "", text, ""


def move(apps: Any, schema_editor: Any) -> None:
    """Move each text into its three fields, and ask anew of what was verified without one of them.

    Each row is written once: PostgreSQL changes no table in whose rows a transaction has written twice.
    """
    known = known_sources()
    for model in dict.fromkeys(model for model, _text, _name in TEXTS):
        manager = apps.get_model("calls", model).objects
        rows, written = list(manager.all()), set()
        examples = set(
            apps.get_model("calls", "FundingCall").objects.filter(is_example=True).values_list("pk", flat=True)
        )
        for row in rows:
            is_example = getattr(row, "call_id", row.pk) in examples
            for _model, text, name in (entry for entry in TEXTS if entry[0] == model):
                values = values_of(row, text, name, known, is_example=is_example)
                for field, value in values.items():
                    setattr(row, field, value)
                written |= set(values)
        if rows:
            manager.bulk_update(rows, sorted(written), batch_size=100)


def values_of(
    row: Any, text: str, name: str, known: dict[str, tuple[str, str, str]], *, is_example: bool
) -> dict[str, Any]:
    parts = parts_of(getattr(row, text), known, is_example=is_example)
    values: dict[str, Any] = {f"{name}_source_{part}": value for part, value in zip(PARTS, parts, strict=True)}
    if getattr(row, f"{name}_certainty") == VERIFIED and "" in parts:
        values |= {f"{name}_certainty": "assumed", f"{name}_checked_on": None, f"{name}_checked_by": ""}
    return values


def back(apps: Any, schema_editor: Any) -> None:
    """Make the title the text again."""
    for model, text, name in TEXTS:
        apps.get_model("calls", model).objects.update(**{text: models.F(f"{name}_source_title")})


def added(model: str, name: str) -> list[migrations.AddField]:
    fields = zip(PARTS, LABELS[name], LENGTHS, strict=True)
    return [
        migrations.AddField(
            model_name=model,
            name=f"{name}_source_{part}",
            field=models.CharField(blank=True, default="", max_length=length, verbose_name=label),
            preserve_default=False,
        )
        for part, label, length in fields
    ]


def verified_has_source(constraint: str, name: str, *, day: bool) -> models.CheckConstraint:
    has_day = [(f"{name}_checked_on__isnull", False)] if day else []
    has_all = Q(*has_day, *(Q((f"{name}_source_{part}", ""), _negated=True) for part in PARTS))
    return models.CheckConstraint(
        condition=Q(Q((f"{name}_certainty", VERIFIED), _negated=True), has_all, _connector="OR"),
        name=constraint,
        violation_error_message=NEEDS_ALL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0005_sources_of_rules"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="fundingcall", name="call_address_verified_has_source"),
        migrations.RemoveConstraint(model_name="fundingcall", name="call_signing_verified_has_source"),
        migrations.RemoveConstraint(model_name="umbrellaroute", name="umbrella_route_verified_has_source"),
        *added("fundingcall", "addressee"),
        *added("fundingcall", "signing"),
        *added("umbrellaroute", "addressee"),
        migrations.RunPython(move, back),
        migrations.RemoveField(model_name="fundingcall", name="addressee_source"),
        migrations.RemoveField(model_name="fundingcall", name="signing_source"),
        migrations.RemoveField(model_name="umbrellaroute", name="source"),
        migrations.AddConstraint(
            model_name="fundingcall",
            constraint=verified_has_source("call_address_verified_has_source", "addressee", day=True),
        ),
        migrations.AddConstraint(
            model_name="fundingcall",
            constraint=verified_has_source("call_signing_verified_has_source", "signing", day=False),
        ),
        migrations.AddConstraint(
            model_name="umbrellaroute",
            constraint=verified_has_source("umbrella_route_verified_has_source", "addressee", day=True),
        ),
    ]
