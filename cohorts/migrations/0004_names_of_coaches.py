"""Coaches who have accepted have the name of their account."""

from typing import Any

from django.db import migrations


def take_names(apps: Any, schema_editor: Any) -> None:
    for assignment in apps.get_model("cohorts", "CoachAssignment").objects.exclude(coach=None).select_related("coach"):
        user = assignment.coach
        if user.first_name or user.last_name:
            assignment.first_name, assignment.last_name = user.first_name, user.last_name
            assignment.save(update_fields=["first_name", "last_name"])


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0003_conversation")]

    operations = [migrations.RunPython(take_names, migrations.RunPython.noop)]
