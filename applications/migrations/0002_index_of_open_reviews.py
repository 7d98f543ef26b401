"""Index the reviews that are open: the queue, the reminders and what waits for a coach read them alone, never those given back."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("finished_at", None), ("withdrawn_at", None)),
                fields=["application"],
                name="review_still_open",
            ),
        ),
    ]
