"""Take no more places, persons and days than a slip of the keyboard would make; what is above that comes down to it."""

from typing import Any

import django.core.validators
from django.db import migrations, models
from django.db.models import Q

MOST = {"places": 50, "persons_per_team": 10, "answer_days": 60}


def bring_down(apps: Any, schema_editor: Any) -> None:
    cohorts = apps.get_model("cohorts", "Cohort").objects
    for name, most in MOST.items():
        cohorts.filter(**{f"{name}__gt": most}).update(**{name: most})


def counted(least: str, most: tuple[int, str], **options: Any) -> models.PositiveSmallIntegerField:
    validators = [
        django.core.validators.MinValueValidator(1, least),
        django.core.validators.MaxValueValidator(*most),
    ]
    return models.PositiveSmallIntegerField(validators=validators, **options)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_mails_that_wait"),
        ("calls", "0005_sources_of_rules"),
        ("cohorts", "0006_invited_until"),
    ]

    operations = [
        migrations.RunPython(bring_down, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="cohort",
            name="answer_days",
            field=counted(
                "Für eine Rückmeldung braucht es mindestens einen Tag.",
                (60, "Eine Rückmeldung dauert höchstens %(limit_value)d Tage. Bitte prüfen Sie die Zahl."),
                default=7,
                help_text="So schnell sagen Sie den Teams eine Rückmeldung zu.",
                verbose_name="Rückmeldung innerhalb von (Tagen)",
            ),
        ),
        migrations.AlterField(
            model_name="cohort",
            name="persons_per_team",
            field=counted(
                "Aus jedem Team kommt mindestens eine Person.",
                (10, "Aus jedem Team kommen höchstens %(limit_value)d Personen. Bitte prüfen Sie die Zahl."),
                default=2,
                verbose_name="Personen je Team",
            ),
        ),
        migrations.AlterField(
            model_name="cohort",
            name="places",
            field=counted(
                "Eine Projektschmiede hat mindestens einen Platz.",
                (50, "Eine Projektschmiede hat höchstens %(limit_value)d Plätze. Bitte prüfen Sie die Zahl."),
                default=10,
                verbose_name="Plätze (Teams)",
            ),
        ),
        migrations.AddConstraint(
            model_name="cohort",
            constraint=models.CheckConstraint(
                condition=Q(("answer_days__lte", 60), ("persons_per_team__lte", 10), ("places__lte", 50)),
                name="cohort_counts_not_too_many",
                violation_error_message="Plätze, Personen oder Tage sind zu viele. Bitte prüfen Sie die Zahlen.",
            ),
        ),
    ]
