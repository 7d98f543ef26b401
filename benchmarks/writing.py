"""Measure writing: a save, the page where a person decides, and the history, with 10, 1,000 and 100,000 revisions in the table.

Prints queries, the median of the milliseconds a person waits, and how often that is an empty page of the same server. Half of
the revisions belong to the section that is measured, the rest to others. Run it from the root:
`.venv/bin/python benchmarks/writing.py [ROUNDS]`; for PostgreSQL with `scripts/with-postgres` before it.
"""

from __future__ import annotations

import re
import statistics
import sys
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.pages import own_database, set_up

SIZES = (10, 1_000, 100_000)
TEXT = "\n".join(
    f"Absatz {number}: Wir kochen jeden zweiten Samstag zusammen im Hof und reden dabei." for number in range(40)
)


class Writing:
    """One application with two writers; the table of revisions grows around it."""

    def __init__(self) -> None:
        from django.test import Client  # noqa: PLC0415  only after setup

        from tests.builders import make_application, make_cohort, make_organiser, make_team, make_user  # noqa: PLC0415

        self.amina, jonas = make_user(), make_user("Jonas", "Petersen")
        self.application = make_application(
            make_team(make_cohort(make_organiser(make_user("Doris"))), self.amina, jonas)
        )
        self.draft = self.application.drafts.get(key="s1")
        self.others = list(self.application.drafts.exclude(key="s1").filter(kind="text"))
        self.jonas, self.client = jonas, Client()
        self.client.force_login(self.amina)
        self.saved = 0

    def grow_to(self, size: int) -> None:
        """As many revisions as that in the table, half of them of the section."""
        from django.db import connection  # noqa: PLC0415
        from django.utils import timezone  # noqa: PLC0415

        from applications.writing.models import Revision  # noqa: PLC0415

        now, there = timezone.now() - timedelta(days=1), Revision.objects.count()
        newest, content = self.draft.version, {"format": 1, "text": TEXT}
        rows = []
        for number in range(there, size):
            draft = self.draft if number % 2 else self.others[number % len(self.others)]
            version = number + 1
            newest = max(newest, version) if draft is self.draft else newest
            rows.append(
                Revision(draft=draft, version=version, based_on=number, content=content, length=len(TEXT), by=self.amina, at=now, is_kept=True)
            )  # fmt: skip
        Revision.objects.bulk_create(rows, batch_size=2000)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as PostgreSQL does by itself after a minute
        type(self.draft).objects.filter(pk=self.draft.pk).update(
            version=newest, content=content, length=len(TEXT), by=self.amina, at=now
        )
        self.draft.refresh_from_db()

    def save(self) -> Any:
        """One more word, as the page's script sends it."""
        self.saved += 1
        self.draft.refresh_from_db()
        sent = {"version": self.draft.version, "text": f"{TEXT} Wort {self.saved}."}
        return lambda: self.client.post(self.address("section"), sent, headers={"accept": "application/json"})

    def merged(self) -> Any:
        """The same, while somebody else has changed another paragraph since."""
        self.draft.refresh_from_db()
        seen, before = self.draft.version, self.draft.value.text
        self.saved += 1
        from applications.content import Text  # noqa: PLC0415

        self.draft.save_content(by=self.jonas, seen=seen, content=Text(self.changed(before, 3)))
        sent = {"version": seen, "text": self.changed(before, 30)}
        return lambda: self.client.post(self.address("section"), sent, headers={"accept": "application/json"})

    def changed(self, text: str, number: int) -> str:
        return re.sub(
            rf"^Absatz {number}\b[^:]*:", f"Absatz {number}, zum {self.saved}. Mal:", text, flags=re.MULTILINE
        )

    def conflict(self) -> Any:
        from applications.content import Text  # noqa: PLC0415

        self.draft.refresh_from_db()
        seen = self.draft.version
        self.saved += 1
        self.draft.save_content(by=self.jonas, seen=seen, content=Text(f"{TEXT}\nJonas {self.saved}."))
        self.draft.refresh_from_db()
        answer = self.draft.save_content(by=self.amina, seen=seen, content=Text(f"{TEXT}\nAmina {self.saved}."))
        if answer.sent is None:
            raise ValueError("The two texts do not clash.")
        address = self.address("conflict", answer.sent.pk)
        return lambda: self.client.get(address)

    def page(self, name: str) -> Any:
        return lambda: self.client.get(self.address(name))

    def empty(self) -> Any:
        from django.urls import reverse  # noqa: PLC0415

        return lambda: self.client.get(reverse("accounts:profile"))

    def acts(self) -> dict[str, Any]:
        """By name, what prepares an act and returns the function that does it."""
        return {
            "an empty page": self.empty,
            "a save": self.save,
            "a save that is merged": self.merged,
            "the section": lambda: self.page("section"),
            "the page where a person decides": self.conflict,
            "the history": lambda: self.page("history"),
        }

    def address(self, name: str, *more: Any) -> str:
        from django.urls import reverse  # noqa: PLC0415

        return reverse(f"applications:{name}", args=[self.application.pk, "s1", *more])


def measure(rounds: int) -> None:
    """Print one line per act and size of the table."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    writing = Writing()
    print(f"{connection.vendor}, median of {rounds} rounds\n")
    print(
        f"| {'act':<31} | revisions | queries |     ms | × empty |\n|{'-' * 33}|----------:|--------:|-------:|--------:|"
    )
    for size in SIZES:
        writing.grow_to(size)
        empty = 0.0
        for name, prepare in writing.acts().items():
            prepare()()
            act = prepare()
            with CaptureQueriesContext(connection) as queries:
                status = act().status_code
            if status != 200:
                sys.exit(f"{name} answers {status}")
            count, times = len(queries), []
            for _round in range(rounds):
                act = prepare()
                begun = perf_counter()
                act()
                times.append((perf_counter() - begun) * 1000)
            median = statistics.median(times)
            empty = empty or median
            print(f"| {name:<31} | {size:>9,} | {count:>7} | {median:>6.1f} | {median / empty:>7.1f} |")


if __name__ == "__main__":
    set_up()
    with own_database():
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
