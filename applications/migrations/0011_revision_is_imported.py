from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0010_name_of_the_transfer")]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="is_imported",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
