"""Note what calendars were told of a team's days, so that a day that moves counts as changed."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0006_last_mile_and_example"),
        ("cohorts", "0004_names_of_coaches"),
    ]

    operations = [
        migrations.CreateModel(
            name="ToldDay",
            fields=[
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("uid", models.CharField(max_length=60)),
                ("mark", models.CharField(max_length=64)),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="told_days", to="cohorts.team"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("team", "uid"), name="told_day_unique")],
            },
        ),
    ]
