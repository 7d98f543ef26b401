"""Addresses that are stored in another form than people and steps now compare them in."""

import sys
from typing import Any

from django.db import IntegrityError, migrations, transaction

from accounts.addresses import one_address


def put_in_one_form(model: Any, name: str) -> int:
    """Store a row's address in its one form, unless another row holds that already; return how many rows stayed."""
    stayed = 0
    for pk, address in model.objects.exclude(**{name: ""}).values_list("pk", name).iterator():
        form = one_address(address)
        if form != address:
            try:
                with transaction.atomic():
                    model.objects.filter(pk=pk).update(**{name: form})
            except IntegrityError:
                stayed += 1
    return stayed


def forward(apps: Any, schema_editor: Any) -> None:
    for label, name in [
        ("cohorts.Cohort", "contact_email"),
        ("cohorts.CoachAssignment", "email"),
        ("cohorts.RegistrationPerson", "email"),
        ("cohorts.TeamMember", "email"),
    ]:
        if stayed := put_in_one_form(apps.get_model(label), name):
            sys.stdout.write(
                f"{label}: {stayed} row(s) kept their address, see docs/decisions/0020-one-form-of-an-address.md\n"
            )


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0003_offered_responsibility"),
        ("accounts", "0004_one_form_of_addresses"),
    ]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop, elidable=True)]
