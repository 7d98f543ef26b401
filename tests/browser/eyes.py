"""Looks at a page as axe-core does, small and light, then wide and dark, and keeps what is wrong with it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SMALL, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
# On Django's pages the tables of related rows have columns without a heading, for the row's own name and for deleting.
DJANGOS_OWN = [("empty-table-header", '<th class="original"></th>'), ("empty-table-header", "<th></th>")]

SIDEWAYS = """() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return "";
    const out = [...document.body.querySelectorAll("*")].filter(
        (e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest("[role=table], table, pre")
    );
    return `${root.scrollWidth} px: ` + out.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" | ");
}"""
# Nobody leaves.
ASKS = """() => {
    const leaving = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(leaving);
    return leaving.defaultPrevented;
}"""
# The form that holds the first field is sent as it stands, without the browser's own checks; a name's end is enough.
SEND = """(fields) => {
    const named = (form, name) => [...form.elements].find((one) => one.name === name || one.name?.endsWith(`-${name}`));
    const form = [...document.forms].find((one) => one.method === "post" && named(one, Object.keys(fields)[0]));
    if (!form) throw new Error(`No form here has the field ${Object.keys(fields)[0]}`);
    for (const [name, value] of Object.entries(fields)) {
        const field = named(form, name);
        if (field && field.type !== "submit") field.value = value;
        else form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    const button = named(form, Object.keys(fields)[0]).closest("[role=group]")?.querySelector("[formaction]");
    if (button) form.action = button.formAction;
    HTMLFormElement.prototype.submit.call(form);
}"""

# axe reads the same few colours anew for each element, which is a third of its work: read once, they stay what they are.
READ_COLOURS_ONCE = """
const colour = axe.commons.color.Color.prototype, parse = colour.parseString, known = new Map();
colour.parseString = function (text) {
    if (!known.has(text)) {
        parse.call(this, text);
        known.set(text, [this.r, this.g, this.b, this.alpha]);
    }
    [this.r, this.g, this.b, this.alpha] = known.get(text);
    return this;
};"""


class Eyes:
    def __init__(self, console_errors: list[str]) -> None:
        self.console_errors = console_errors
        self.problems: list[str] = []

    def go(self, page: Page, who: str, address: str, *, expected: int = 200) -> None:
        """Open the page and look at it."""
        self.prepare(page)
        where = f"{who} {address}"
        self.look(page, where, page.goto(address).status, expected)
        if asks(page):
            self.problems.append(f"{where}: asks whether to leave, and nothing was typed")

    def send(self, page: Page, who: str, fields: dict[str, str], *, expected: int = 200) -> None:
        """Send a form of the page that is open with these values, and look at the page that follows."""
        self.prepare(page)
        where = f"{who} {page.url} with {', '.join(fields)}"
        with page.expect_navigation() as answer:
            page.evaluate(SEND, fields)
        self.look(page, where, answer.value.status, expected)

    def prepare(self, page: Page) -> None:
        page.set_viewport_size(SMALL)
        page.emulate_media(color_scheme="light")

    def look(self, page: Page, where: str, status: int = 200, expected: int = 200) -> None:
        """At the page that is open, whichever way it came there; the caller has waited until it is the right one."""
        page.wait_for_load_state()  # between two pages there is a moment without any document
        self.prepare(page)
        if status != expected:
            self.problems.append(f"{where}: answers {status}, not {expected}")
        if (out := page.evaluate(SIDEWAYS)) and is_ours(page):
            self.problems.append(f"{where}: {out}")
        page.evaluate(f"{Axe().axe_script};(() => {{{READ_COLOURS_ONCE}}})()")
        self.problems += [f"{where} small and light: {one}" for one in barriers(page)]
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="dark")
        self.problems += [f"{where} wide and dark: {one}" for one in barriers(page)]
        if expected >= 400:  # the browser notes every answer that is an error
            noted = f"responded with a status of {expected}"
            self.console_errors[:] = [error for error in self.console_errors if noted not in error]
        self.problems += [f"{where}: console: {one}" for one in self.console_errors]
        self.console_errors.clear()


def asks(page: Page) -> bool:
    """Would the page ask if somebody left it now? After a form was sent its answer is in sight before its scripts run."""
    page.wait_for_load_state("domcontentloaded")
    return page.evaluate(ASKS)


def is_ours(page: Page) -> bool:
    """Django's own pages are not ours to mend; the ones that ask before something happens are."""
    return "/verwaltung/" not in page.url or page.locator("[name=_asked], [name=_shown]").count() > 0


def barriers(page: Page) -> list[str]:
    # Colours that are still changing have no contrast to speak of.
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    violations = page.evaluate(
        "axe.run({ resultTypes: ['violations'], preload: false }).then((found) => found.violations)"
    )
    found, excused = [], [] if is_ours(page) else DJANGOS_OWN
    for violation in violations:
        places = [node["html"] for node in violation["nodes"] if (violation["id"], node["html"]) not in excused]
        if places:
            found.append(f"{violation['id']} ({violation['help']}): {' | '.join(one[:160] for one in places[:3])}")
    return found
