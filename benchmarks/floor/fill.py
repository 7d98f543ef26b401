"""Fill an empty database for the floor, and print the key of a session: 500 people with 20 items each.

Run it from the root with DATABASE_URL and SECRET_KEY of the server: `.venv/bin/python benchmarks/floor/fill.py`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.dataset_words import words

PEOPLE, ITEMS = 500, 20


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.floor.settings"
    django.setup()
    from django.contrib.auth.models import User  # noqa: PLC0415  only after setup
    from django.core.management import call_command  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from benchmarks.floor.models import Item  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # its own table, which refers to those that are migrated
    people = [User(username=f"user{number}", first_name="User", last_name=str(number)) for number in range(PEOPLE)]
    User.objects.bulk_create(people)
    Item.objects.bulk_create(
        Item(owner=person, title=words(5), status=("open", "closed")[number % 2], body=words(54))
        for person in people
        for number in range(ITEMS)
    )
    client = Client()
    client.force_login(people[0])
    print(client.cookies["sessionid"].value)


if __name__ == "__main__":
    main()
