"""Fill an empty database for measuring the portal from outside, and write which pages to ask for.

The demo world and as many more applications as wanted: by default 500 in 46 cohorts, with a queue of 50 reviews, a
cohort of 12 teams with 50 registrations, one of 40 teams and 8 workshops, and a section with 7 comments. The TOML holds
addresses and sessions past the second factor. The environment must be the server's, as sessions depend on its SECRET_KEY;
migrations are applied and `createcachetable` has run. Run it from the root:
`.venv/bin/python benchmarks/dataset.py [APPLICATIONS] [TOML]`.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def read_arguments(arguments: list[str] | None = None) -> Namespace:
    parser = ArgumentParser(description="Fill an empty database for measuring, and write the pages to a TOML file.")
    parser.add_argument("applications", type=int, nargs="?", default=500)
    parser.add_argument("toml", type=Path, nargs="?", default=Path("OURS.toml"))
    parser.add_argument("--base", default="http://127.0.0.1:8160", help="address of the server")
    parser.add_argument("--pidfile", default="", help="file with the process id of the server")
    parser.add_argument("--db-pidfile", action="append", default=[], help="the same of a database or cache; repeatable")
    return parser.parse_args(arguments)


def report(applications: int) -> None:
    """Print how many of the main records there are."""
    from applications.reviews.models import Review  # noqa: PLC0415  only after setup
    from applications.writing.models import Application, Revision  # noqa: PLC0415
    from cohorts.models import Cohort  # noqa: PLC0415

    counts = {model._meta.model_name: model.objects.count() for model in (Application, Cohort, Revision, Review)}
    print(", ".join(f"{count} {name}s" for name, count in counts.items()))
    if counts["application"] != applications:
        print(f"The demo world alone has more than {applications} applications.")


def main() -> None:
    chosen = read_arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schmiede.settings")
    django.setup()
    from benchmarks.dataset_fill import fill  # noqa: PLC0415  only after setup
    from benchmarks.dataset_pages import target  # noqa: PLC0415

    scene = fill(chosen.applications)
    toml = target(scene, base=chosen.base, pidfile=chosen.pidfile, db_pidfiles=chosen.db_pidfile)
    chosen.toml.write_text(toml)
    report(chosen.applications)


if __name__ == "__main__":
    main()
