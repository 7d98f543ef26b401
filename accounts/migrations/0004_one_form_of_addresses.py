"""Addresses that are stored in another form than people and steps now compare them in."""

from typing import Any

from django.db import IntegrityError, migrations, transaction

from accounts.addresses import one_address


def put_in_one_form(model: Any, name: str) -> None:
    """Store a row's address in its one form; a row stays as it is where another one holds that address already."""
    for pk, address in model.objects.exclude(**{name: ""}).values_list("pk", name).iterator():
        form = one_address(address)
        if form != address:
            try:
                with transaction.atomic():
                    model.objects.filter(pk=pk).update(**{name: form})
            except IntegrityError:
                continue


def forward(apps: Any, schema_editor: Any) -> None:
    for label, name in [
        ("accounts.User", "email"),
        ("accounts.Invitation", "email"),
        ("accounts.KnownAddress", "email"),
        ("accounts.Message", "email"),
        ("accounts.Organisation", "contact_email"),
        ("account.EmailAddress", "email"),
    ]:
        put_in_one_form(apps.get_model(label), name)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_known_address"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop, elidable=True)]
