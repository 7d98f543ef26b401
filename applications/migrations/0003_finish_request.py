"""Note that somebody has asked to finish an application, how far it is, and what came of it."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0002_index_of_open_reviews"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FinishRequest",
            fields=[
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "seen",
                    models.CharField(max_length=64, verbose_name="Prüfsumme dessen, was fertiggestellt werden soll"),
                ),
                ("confirmed", models.BooleanField(verbose_name="Warnungen bestätigt")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="gewünscht am")),
                ("begun_at", models.DateTimeField(blank=True, null=True, verbose_name="begonnen am")),
                ("moved_at", models.DateTimeField(blank=True, null=True, verbose_name="zuletzt vorangekommen am")),
                ("papers", models.PositiveSmallIntegerField(default=0, verbose_name="fertige Unterlagen")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="zu Ende am")),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("done", "fertiggestellt"),
                            ("blocked", "Fehler gefunden"),
                            ("unconfirmed", "Warnungen nicht bestätigt"),
                            ("changed", "inzwischen geschrieben"),
                            ("over", "nicht mehr in Arbeit"),
                            ("forbidden", "nicht mehr berechtigt"),
                            ("unavailable", "Unterlagen nicht gemacht"),
                        ],
                        max_length=12,
                        verbose_name="Ausgang",
                    ),
                ),
                ("sentence", models.CharField(blank=True, max_length=500, verbose_name="Grund")),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="finish_request",
                        to="applications.application",
                        verbose_name="Vorhaben",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "Wunsch fertigzustellen",
                "verbose_name_plural": "Wünsche fertigzustellen",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ending", "")),
                            models.Q(("ended_at__isnull", False), models.Q(("ending", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="finish_request_ended_how",
                    )
                ],
            },
        ),
    ]
