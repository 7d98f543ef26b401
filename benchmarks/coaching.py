"""Measure coaching: the queue, the review page, keeping what was begun, with 1 and 200 reviews and 1 and 100 comments.

Prints queries, the median of the milliseconds a person waits, and how often that is an empty page of the same server. Run it
from the root: `.venv/bin/python benchmarks/coaching.py [ROUNDS]`; for PostgreSQL with `scripts/with-postgres` before it.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.pages import own_database, set_up

SIZES = ((1, 1), (200, 1), (200, 100))


class Coaching:
    """One team whose section Carla reads a second time; other teams of the cohort wait."""

    def __init__(self) -> None:
        from django.test import Client  # noqa: PLC0415  only after setup
        from django.urls import reverse  # noqa: PLC0415

        from applications.reviews.steps import hand_in  # noqa: PLC0415
        from benchmarks.world import WORDS, World  # noqa: PLC0415
        from tests.builders import log_in, write  # noqa: PLC0415

        self.world = World()
        application = self.world.first
        write(application, "s1", WORDS * 10 + "Und wir essen auch zusammen.", by=self.world.amina)
        self.given = application.reviews.exclude(finished_at=None).get()
        self.review = hand_in(application, ["s1"], by=self.world.amina)
        self.review.take(by=self.world.carla)
        self.client, self.typed = log_in(Client(), self.world.carla), 0
        self.item = self.review.items.get()
        self.keep_at = reverse("reviews:keep", args=[self.item.pk])
        self.queue_at, self.empty_at = reverse("reviews:queue"), reverse("reviews:phrases")

    def grow_to(self, reviews: int, comments: int) -> None:
        from django.db import connection  # noqa: PLC0415

        from applications.reviews.models import Comment  # noqa: PLC0415

        self.world.grow_to(reviews)
        item = self.given.items.get()
        Comment.objects.bulk_create(
            Comment(item=item, kind="hint", text=f"Hinweis {number}", quote="zusammen im Hof", by=self.world.carla)
            for number in range(item.comments.count(), comments)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as PostgreSQL does by itself after a minute

    def get(self, address: str) -> Any:
        return lambda: self.client.get(address)

    def keep(self) -> Any:
        """One more word of a comment, as the page's script sends it."""
        self.typed += 1
        sent = {"kind": "question", "text": f"Woher wissen Sie das? {self.typed}", "summary": "Schon gut."}
        return lambda: self.client.post(self.keep_at, sent)

    def acts(self) -> dict[str, Any]:
        """By name, what prepares an act and returns the function that does it."""
        return {
            "an empty page": lambda: self.get(self.empty_at),
            "the queue": lambda: self.get(self.queue_at),
            "the review page": lambda: self.get(self.review.get_absolute_url()),
            "keeping what was begun": self.keep,
        }


def measure(rounds: int) -> None:
    """Print one line per act and size."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    coaching = Coaching()
    print(f"{connection.vendor}, median of {rounds} rounds\n")
    print("| act                    | reviews | comments | queries |     ms | × empty |")
    print("|------------------------|--------:|---------:|--------:|-------:|--------:|")
    for reviews, comments in SIZES:
        coaching.grow_to(reviews, comments)
        empty = 0.0
        for name, prepare in coaching.acts().items():
            act = prepare()
            with CaptureQueriesContext(connection) as queries:
                status = act().status_code
                count = len(queries)
            if status != 200:
                sys.exit(f"{name} answers {status}")
            times = []
            for _round in range(rounds):
                act = prepare()
                begun = perf_counter()
                act()
                times.append(1000 * (perf_counter() - begun))
            median = statistics.median(times)
            empty = empty or median
            print(
                f"| {name:<22} | {reviews:>7} | {comments:>8} | {count:>7} | {median:>6.1f} | {median / empty:>7.1f} |"
            )


if __name__ == "__main__":
    set_up()
    with own_database():
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
