"""Fill an empty database for a deadline evening, and write who comes to a JSON file.

It is the dataset of dataset.py. The teams that come get a third member, who only reads, and everybody in them a password, whose
hash is made once with the hasher of production: each login verifies it. It runs in the environment of the server, from the
root: `.venv/bin/python benchmarks/evening_dataset.py PEOPLE JSON [--applications 500]`.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def main() -> None:
    parser = ArgumentParser(description="Fill an empty database for a deadline evening.")
    parser.add_argument("people", type=int)
    parser.add_argument("json", type=Path)
    parser.add_argument("--applications", type=int, default=500)
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schmiede.settings")
    django.setup()
    from benchmarks.dataset_fill import fill  # noqa: PLC0415  only after setup
    from benchmarks.evening_teams import prepare_teams  # noqa: PLC0415

    fill(chosen.applications)
    chosen.json.write_text(json.dumps(prepare_teams(chosen.people)))


if __name__ == "__main__":
    main()
