"""Nothing to scroll sideways on a phone, however long a word somebody writes: every page, as each person."""

from __future__ import annotations

from tests.browser.eyes import SIDEWAYS, SMALL
from tests.browser.test_accessibility import pages, windows, world  # noqa: F401  the same pages, for the same people
from tests.long_words import write_long

UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
# What can be shoved sideways by itself, and not with the keyboard.
UNREACHABLE = """() => [...document.querySelectorAll("main *")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(one).overflowX))
    .filter((one) => one.tabIndex < 0).map((one) => one.outerHTML.slice(0, 120)).join(" | ")"""


def test_no_word_is_wider_than_a_phone(world, windows):  # noqa: F811
    write_long()
    wide = []
    for person, address in pages(world):
        if address.startswith("/verwaltung/"):
            continue  # Django's own pages are not ours to mend
        page = windows[person]
        page.set_viewport_size(SMALL)
        status = page.goto(address).status
        page.evaluate(UNFOLD)
        if status != 200:
            wide.append(f"{person} {address}: answers {status}")
        elif out := page.evaluate(SIDEWAYS) or page.evaluate(UNREACHABLE):
            wide.append(f"{person} {address}: {out}")
    assert not wide, "\n".join(wide)
