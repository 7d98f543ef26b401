"""Keep other ways for projects that were turned down, as data of a call."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0002_terms_in_a_field_of_their_own"),
    ]

    operations = [
        migrations.CreateModel(
            name="OtherWay",
            fields=[
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="Reihenfolge")),
                ("title", models.CharField(max_length=200, verbose_name="Bezeichnung")),
                ("text", models.TextField(blank=True, max_length=1000, verbose_name="Für wen, und was ist zu tun?")),
                ("url", models.URLField(blank=True, verbose_name="Link")),
                ("source", models.CharField(max_length=300, verbose_name="Quelle")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="geprüft am")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="other_ways", to="calls.fundingcall"
                    ),
                ),
            ],
            options={
                "verbose_name": "anderer Weg nach einer Absage",
                "verbose_name_plural": "andere Wege nach einer Absage",
                "ordering": ["position", "title"],
            },
        ),
    ]
