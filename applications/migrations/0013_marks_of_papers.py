from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0012_edition_called_state_of_the_call"),
    ]

    operations = [
        migrations.AddField(
            model_name="submissionfile",
            name="mark",
            field=models.CharField(blank=True, max_length=12, verbose_name="Prüfzeichen"),
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
                ],
                max_length=20,
                verbose_name="Art",
            ),
        ),
    ]
