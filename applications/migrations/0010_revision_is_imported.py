from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0009_fill_umbrella_body")]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="is_imported",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
