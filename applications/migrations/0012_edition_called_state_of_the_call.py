import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0011_revision_is_imported"),
        ("calls", "0009_attachments_that_may_be_dropped"),
    ]

    operations = [
        migrations.AlterField(
            model_name="application",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="applications",
                to="calls.edition",
                verbose_name="Stand des Aufrufs",
            ),
        ),
    ]
