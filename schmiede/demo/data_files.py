"""Read the demo's data files: dates relative to a day, years in texts filled in."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from core.values import dataclass

DATA = Path(__file__).parent / "data"
PLACEHOLDER = re.compile(r"\{(J|Y1)([+-]\d+)?\}")

type Row = dict[str, Any]


@dataclass(frozen=True)
class Clock:
    """What "today" is for everything that is loaded, so that a world loaded over midnight stays of one piece."""

    now: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def day(self, offset: int) -> date:
        """The day so many days from today; negative ones have been."""
        return self.today + timedelta(days=offset)

    def moment(self, text: str) -> datetime:
        """ "-12 19:40" is twelve days ago at 19:40 in Germany; what should have been today is never later than now."""
        offset, clock = text.split()
        local = datetime.combine(self.day(int(offset)), time.fromisoformat(clock))
        moment = timezone.make_aware(local)
        return min(moment, self.now - timedelta(minutes=1)) if int(offset) <= 0 else moment

    def meeting(self, text: str) -> datetime:
        """As `moment`, but nobody meets from 23 December to 2 January: then it is on the 22nd, never later than said."""
        offset, clock = text.split()
        day = self.day(int(offset))
        holidays = {(12, number) for number in range(23, 32)} | {(1, 1), (1, 2)}
        while (day.month, day.day) in holidays:
            day -= timedelta(days=1)
        return self.moment(f"{(day - self.today).days} {clock}")


def read(name: str) -> Row:
    """A file's tables, by its path under `data/`; amounts are exact decimals."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"), parse_float=Decimal)


def read_teams(cohort: str, **years: int) -> dict[str, Row]:
    """The teams of a cohort by the name of their file, in order, with the years filled in: `J=2026, Y1=2028`."""
    files = sorted((DATA / "teams" / cohort).glob("*.toml"))
    return {file.stem: filled(read(f"teams/{cohort}/{file.name}"), years) for file in files}


def filled(value: Any, years: dict[str, int]) -> Any:
    """The value with `{J-1}`, `{Y1+2}` … in all its texts replaced by years, and blank lines around texts taken off."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: str(years[match[1]] + int(match[2] or 0)), value).strip()
    if isinstance(value, list):
        return [filled(part, years) for part in value]
    if isinstance(value, dict):
        return {key: filled(part, years) for key, part in value.items()}
    return value
