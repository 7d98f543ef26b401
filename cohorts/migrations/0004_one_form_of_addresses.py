"""Addresses that are stored in another form than people and steps now compare them in."""

from importlib import import_module

from typing import Any

from django.db import migrations

put_in_one_form = import_module("accounts.migrations.0004_one_form_of_addresses").put_in_one_form


def forward(apps: Any, schema_editor: Any) -> None:
    for label, name in [
        ("cohorts.Cohort", "contact_email"),
        ("cohorts.CoachAssignment", "email"),
        ("cohorts.RegistrationPerson", "email"),
        ("cohorts.TeamMember", "email"),
    ]:
        put_in_one_form(apps.get_model(label), name)


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0003_offered_responsibility"),
        ("accounts", "0004_one_form_of_addresses"),
    ]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop, elidable=True)]
