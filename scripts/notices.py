"""Print NOTICE.md: whose work the portal builds on, and under which licence, read from what is installed."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

OURS = "projektschmiede"
HEAD = """# Third-party notices

The portal itself is licensed under the European Union Public Licence 1.2 (see `LICENSE`). It builds on the works below,
which are installed beside it and not copied into this repository; each stays under its own licence.
`make notices` writes this file anew.
"""
# What the packages' own descriptions leave open.
KNOWN = {"fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0", "qrcode": "BSD-3-Clause AND MIT"}


def name_of(text: str) -> str:
    """The normal form of a package's name at the start of a requirement."""
    name = re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(package: Distribution) -> str:
    """The licence as the package states it, shortest form first."""
    meta = package.metadata
    classified = [
        line.rpartition(" :: ")[2] for line in meta.get_all("Classifier") or [] if line.startswith("License ::")
    ]
    stated = meta.get("License-Expression") or ", ".join(classified) or (meta.get("License") or "").split("\n")[0]
    return KNOWN.get(name_of(meta["Name"])) or stated or sys.exit(f"{meta['Name']} states no licence")


def wanted_by(package: Distribution, extras: set[str]) -> list[tuple[str, set[str]]]:
    """Names and extras of what a package needs in this environment; other platforms' needs are left out."""
    wanted = []
    for line in package.requires or []:
        requirement, _, marker = line.partition(";")
        named = re.search(r"extra == ['\"]([^'\"]+)['\"]", marker)
        if named and named[1] not in extras:
            continue
        asked = re.search(r"\[([^]]*)\]", requirement)
        wanted.append((name_of(requirement), {part.strip() for part in asked[1].split(",")} if asked else set()))
    return wanted


def python_rows() -> list[tuple[str, str]]:
    """Name and licence of every package the portal runs with, tools for developing left out."""
    rows: dict[str, tuple[str, str]] = {}
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[str, set[str]]] = [(OURS, set())]
    while waiting:
        name, extras = waiting.pop()
        fresh = {extra for extra in extras | {""} if (name, extra) not in seen}
        if not fresh:
            continue
        seen |= {(name, extra) for extra in fresh}
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # needed on another platform or Python only
        if name != OURS:
            rows[name] = (package.metadata["Name"], licence_of(package))
        waiting += wanted_by(package, extras)
    return sorted(rows.values(), key=lambda row: row[0].lower())


def front_end_rows() -> list[tuple[str, str]]:
    """Name and licence of every package the pages are served with."""
    lock = json.loads(Path("package-lock.json").read_text(encoding="utf-8"))
    packages = (
        Path(folder, "package.json") for folder, entry in lock["packages"].items() if folder and not entry.get("dev")
    )
    read = [json.loads(package.read_text(encoding="utf-8")) for package in packages]
    return sorted((package["name"], package["license"]) for package in read)


def table(rows: list[tuple[str, str]]) -> str:
    return "\n".join(["| work | licence |", "|---|---|", *(f"| {name} | {licence} |" for name, licence in rows)])


if __name__ == "__main__":
    print(HEAD)
    print(f"## Python packages\n\n{table(python_rows())}\n")
    print(f"## Styles, fonts and scripts\n\n{table(front_end_rows())}")
