"""Keep the day of printing, all papers in one PDF, and whether a grant may be an example."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0005_plan_ticks"),
    ]

    operations = [
        migrations.AddField(
            model_name="outcome",
            name="example",
            field=models.CharField(
                blank=True,
                choices=[
                    ("yes", "Ja, andere Teams dürfen unser Vorhaben als Beispiel kennenlernen."),
                    ("no", "Nein, lieber nicht."),
                ],
                max_length=3,
                verbose_name="als Beispiel für andere",
            ),
        ),
        migrations.AddField(
            model_name="outcome",
            name="example_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="dazu geantwortet am"),
        ),
        migrations.AddField(
            model_name="submission",
            name="printed_on",
            field=models.DateField(blank=True, null=True, verbose_name="ausgedruckt am"),
        ),
        migrations.AlterField(
            model_name="submissionfile",
            name="kind",
            field=models.CharField(
                choices=[
                    ("cover", "Angaben für das Titelblatt"),
                    ("sketch", "Projektskizze"),
                    ("financing_plan", "Zahlen für den Gesamtfinanzierungsplan"),
                    ("checklist", "Ihre Checkliste – bleibt bei Ihnen"),
                    ("letter", "Anschreiben und Verzeichnis der Anlagen"),
                    ("hand_over", "Begleitblatt mit Unterschriften und Anschrift"),
                    ("all", "Alle Unterlagen in einem PDF"),
                ],
                max_length=20,
                verbose_name="Art",
            ),
        ),
    ]
