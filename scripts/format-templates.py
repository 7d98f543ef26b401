"""Format the templates with djangofmt, and end a start tag on the line of its last attribute; `--check` only says which differ.

Left alone, djangofmt begins a line with the `>` of a tag that it has broken, even of a tag with one attribute.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

TEMPLATES = Path("templates")
ONE_ATTRIBUTE = re.compile(r"(<[a-z][\w-]*)\n\s*([^\n]+)\n\s*>")
LONE_END = re.compile(r"\n\s*>")
DJANGOFMT = Path(sys.executable).with_name("djangofmt")


def formatted() -> dict[Path, str]:
    """Return the text of every template as it should be. Raises `CalledProcessError` where djangofmt cannot read one."""
    with TemporaryDirectory() as folder:
        shutil.copy("pyproject.toml", folder)
        copies = Path(shutil.copytree(TEMPLATES, Path(folder, TEMPLATES)))
        subprocess.run([DJANGOFMT, "--quiet", TEMPLATES], cwd=folder, check=True)
        return {
            TEMPLATES / copy.relative_to(copies): with_closed_tags(copy.read_text(encoding="utf-8"))
            for copy in sorted(copies.rglob("*.html"))
        }


def with_closed_tags(text: str) -> str:
    """Put a tag's only attribute beside its name, and its `>` behind its last attribute."""
    return LONE_END.sub(">", ONE_ATTRIBUTE.sub(r"\1 \2>", text))


def differing() -> dict[Path, str]:
    return {path: text for path, text in formatted().items() if path.read_text(encoding="utf-8") != text}


if __name__ == "__main__":
    different = differing()
    if "--check" in sys.argv[1:]:
        print(
            "\n".join(f"{path} is not formatted: make format" for path in different) or "All templates are formatted."
        )
        sys.exit(bool(different))
    for path, text in different.items():
        path.write_text(text, encoding="utf-8")
    print(f"{len(different)} templates formatted.")
