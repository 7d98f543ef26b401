"""The bar at the foot of a form: whether it is saved and the button stay in sight, wherever and however somebody writes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.access_world import AccessWorld, arguments
from tests.builders import write

PHONE, NARROW, KEYBOARD, LANDSCAPE = (360, 740), (320, 640), (360, 380), (740, 360)
SIZES = [PHONE, NARROW, KEYBOARD, (320, 380), LANDSCAPE, (820, 1180), (1280, 800)]
SLIM = 80  # pixels: one row with room for three small lines beside the button
LONG = "\n".join(f"Satz {number}: Wir kochen mit Nachbarinnen und Nachbarn und reden am Tisch." for number in range(90))
# Every kind of section: texts, fields, rows, rows beneath a text, the plan, questions, attachments.
SECTIONS = ["s0", "s2", "s5", "s7", "s8", "s15", "s16", "s17"]

# The words of the state, and of the button where there is one, that are not wholly inside the window or have something over them.
NOT_IN_SIGHT = """() => {
    const isInSight = (element) => {
        const bar = element.closest('.bar');
        const { left, right, top, bottom } = element.getBoundingClientRect();
        if (top < 0 || left < 0 || bottom > innerHeight || right > innerWidth) return false;
        const points = [[left + 2, top + 2], [right - 2, top + 2], [left + 2, bottom - 2], [right - 2, bottom - 2]];
        return points.every(([x, y]) => bar.contains(document.elementFromPoint(x, y)));
    };
    const parts = [...document.querySelectorAll('.bar > .state, .bar > button')];
    return parts.filter((part) => !isInSight(part)).map((part) => part.outerHTML);
}"""
SCROLL = """(part) => {
    const form = document.querySelector('.bar').closest('form') ?? document.querySelector('main');
    const { top, bottom } = form.getBoundingClientRect();
    const first = scrollY + top - innerHeight / 3, last = scrollY + bottom - innerHeight;
    scrollTo({ top: first + (Math.max(last, first) - first) * part, behavior: 'instant' });
}"""
# How far the focused field reaches below the bar's upper edge or above the window, of a text area its first line; 0 where
# it is seen whole.
HIDDEN = """() => {
    const field = document.activeElement, bar = document.querySelector('.bar');
    if (bar.contains(field)) return 0;
    const { top, height } = field.getBoundingClientRect();
    const needed = field.matches('textarea') ? Math.min(height, 44) : height;
    const isAbove = field.compareDocumentPosition(bar) & Node.DOCUMENT_POSITION_FOLLOWING;
    const edge = isAbove ? bar.getBoundingClientRect().top : innerHeight;
    return Math.max(0, top + needed - edge, -top);
}"""
# What static/js/section-page.js does with the words it is given.
SAY = """([sentence, link]) => {
    const state = document.querySelector('[data-save-state]');
    const part = document.createElement('span');
    part.textContent = sentence.replace('%s', '14:03');
    if (link) part.append(' ', Object.assign(document.createElement('a'), { href: '#', textContent: link }));
    state.replaceChildren(part);
}"""
PLACES = """() => [...document.querySelectorAll('.bar, .bar + *, .bar > button, main textarea, main details')].map(
    (element) => element.getBoundingClientRect().toJSON()
)"""
TWICE_AS_LARGE = "document.documentElement.style.fontSize = '200%'"
# A browser whose keyboard covers the page: the layout stays as it is, only the visual viewport says that less is seen.
COVERED = """(() => {
    const view = Object.assign(new EventTarget(), { height: innerHeight, offsetTop: 0, scale: 1 });
    Object.defineProperty(window, 'visualViewport', { value: view });
    window.see = (values) => { Object.assign(view, values); view.dispatchEvent(new Event('resize')); };
})()"""


def named(size: tuple[int, int]) -> str:
    return "x".join(map(str, size))


@pytest.fixture
def world():
    world = AccessWorld()
    write(world.application, "s2", LONG, by=world.amina)
    return world


@pytest.fixture
def open_page(world, window):
    """Open one of the world's pages as this person in a window of this size."""

    def run(who: str, address: str, size: tuple[int, int] = PHONE, script: str = "", **options: object) -> Page:
        width, height = size
        options = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", **options}
        page = window(getattr(world, who), **options)
        if script:
            page.add_init_script(script)
        page.goto(address)
        page.evaluate("document.fonts.ready")
        return page

    return run


def at_each(sizes: list[tuple[int, int]], page: Page) -> Iterator[tuple[int, int]]:
    """Give the window of the page that is open each of these sizes."""
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("new Promise(requestAnimationFrame)")
        yield width, height


def section(world: AccessWorld, key: str) -> str:
    return reverse("applications:section", args=[world.application.pk, key])


def assert_in_sight(page: Page, where: str) -> None:
    assert page.evaluate(NOT_IN_SIGHT) == [], where


def height_of(page: Page) -> float:
    return page.locator(".bar").bounding_box()["height"]


def test_state_and_button_stay_in_sight_in_every_kind_of_section(world, open_page):
    page = open_page("amina", section(world, SECTIONS[0]))
    for key in SECTIONS:
        page.goto(section(world, key))
        expect(page.locator(".bar [data-save-state]")).to_be_visible()
        for size in at_each(SIZES, page):
            assert height_of(page) <= SLIM, f"{key}, {named(size)}"
            for part in (0, 0.3, 0.7, 1):
                page.evaluate(SCROLL, part)
                assert_in_sight(page, f"{key} at {part}, {named(size)}")


def test_no_field_gets_the_focus_behind_the_bar(world, open_page):
    page = open_page("amina", section(world, SECTIONS[0]))
    for key in SECTIONS:
        page.goto(section(world, key))
        for size in at_each([PHONE, KEYBOARD, LANDSCAPE], page):
            page.locator("#abschnitt").evaluate("(form) => form.scrollIntoView()")
            page.locator("#abschnitt :is(input:not([type=hidden]), textarea, select, summary, a)").first.focus()
            for _stop in range(40):
                hidden = page.evaluate(f"document.activeElement.closest('#abschnitt') && ({HIDDEN})()")
                if hidden is None:
                    break
                field = page.evaluate("document.activeElement.outerHTML")[:200] if hidden > 1 else ""
                assert not field, f"{key}, {named(size)}: {field}"
                page.keyboard.press("Tab")


def test_the_line_one_writes_on_is_not_behind_the_bar(world, open_page):
    page = open_page("amina", section(world, "s2"))
    area = page.get_by_label("Ihr Text")
    for size in at_each([PHONE, KEYBOARD, NARROW, LANDSCAPE], page):
        area.focus()
        page.keyboard.press("Control+End")
        page.keyboard.type("\n\nUnd noch eine Zeile")
        assert_in_sight(page, f"at the end of a long text, {named(size)}")
        bottom_padding = 16
        end_of_text = area.bounding_box()["y"] + area.bounding_box()["height"] - bottom_padding
        assert end_of_text <= page.locator(".bar").bounding_box()["y"] + 2, named(size)
        page.keyboard.press("Control+Home")
        page.keyboard.type("Am Anfang. ")
        assert_in_sight(page, f"at the beginning of a long text, {named(size)}")


def test_not_saved_is_seen_while_one_types_with_the_keyboard_open(world, open_page, console_errors):
    page = open_page("amina", section(world, "s2"), KEYBOARD)
    page.route("**/abschnitte/s2/", lambda r: r.abort() if r.request.method == "POST" else r.fallback())
    page.get_by_label("Ihr Text").press("Control+End")
    page.keyboard.type(" Das ist neu.")
    expect(page.locator("[data-save-state]")).to_contain_text("nicht gespeichert")
    assert_in_sight(page, "after a failure")
    assert height_of(page) <= SLIM
    page.unroute_all()
    console_errors.clear()


def test_nothing_moves_when_the_usual_words_change(world, open_page):
    page = open_page("amina", section(world, "s2"))
    words = page.locator("[data-save-state]").evaluate("(state) => ({ ...state.dataset })")
    usual = [words[name] for name in ("saving", "saved", "unsaved", "retry")]
    usual += ["noch nichts gespeichert", "nicht gespeichert", "gespeichert am 30. November um 14:03 Uhr"]
    for size in at_each([PHONE, NARROW, (820, 1180), (1280, 800)], page):
        page.evaluate(SCROLL, 1)
        before = page.evaluate(PLACES)
        for said in usual:
            page.evaluate(SAY, [said, ""])
            page.wait_for_timeout(50)
            assert page.evaluate(PLACES) == before, f"{said}, {named(size)}"


def test_a_long_sentence_is_read_whole_and_leaves_the_text_where_it_is(world, open_page):
    page = open_page("amina", section(world, "s2"))
    words = page.locator("[data-save-state]").evaluate("(state) => ({ ...state.dataset })")
    area = page.get_by_label("Ihr Text")
    area.focus()
    for size in at_each([PHONE, KEYBOARD, NARROW, (1280, 800)], page):
        for name in ("merged", "down", "tooBig", "login", "conflict"):
            page.evaluate(SAY, [words["unsaved"], ""])
            page.evaluate(SCROLL, 1)
            before = area.bounding_box()
            page.evaluate(SAY, [words[name], words["toLogin"] if name == "login" else ""])
            page.wait_for_timeout(50)
            assert area.bounding_box() == before, f"{name}, {named(size)}"
            page.evaluate(SCROLL, 0.5)
            assert_in_sight(page, f"{name}, {named(size)}")
            assert height_of(page) <= 0.45 * size[1], f"{name}, {named(size)}"


def test_letters_of_twice_the_size_leave_state_button_and_text(world, open_page):
    page = open_page("amina", section(world, "s2"))
    page.evaluate(TWICE_AS_LARGE)
    for size in at_each([PHONE, NARROW, (1280, 800)], page):
        page.wait_for_timeout(100)
        for part in (0.3, 1):
            page.evaluate(SCROLL, part)
            assert_in_sight(page, f"at {part}, {named(size)}")
        assert height_of(page) <= 0.4 * size[1], named(size)
        area, writing = page.get_by_label("Ihr Text").bounding_box(), page.locator("[data-writing]").bounding_box()
        assert area["width"] <= writing["width"], named(size)


def test_a_keyboard_that_covers_the_page_lifts_the_bar(world, open_page):
    page = open_page("amina", section(world, "s2"), script=COVERED)
    bar = page.locator(".bar")
    page.evaluate(SCROLL, 0.5)

    def lower_edge() -> float:
        box = bar.bounding_box()
        return box["y"] + box["height"]

    assert lower_edge() == 740
    page.evaluate("see({ height: 400 })")
    assert lower_edge() == 400
    page.evaluate("see({ height: 400, offsetTop: 120 })")  # the browser has moved what is seen
    assert lower_edge() == 520
    page.evaluate("see({ height: 690, offsetTop: 0 })")  # only the browser's own bar
    assert lower_edge() == 740
    page.evaluate("see({ height: 370, scale: 2 })")  # zoomed in, no keyboard
    assert lower_edge() == 740
    page.evaluate("see({ height: 740, scale: 1 })")
    assert lower_edge() == 740


def test_the_page_asks_the_browser_to_make_room_for_the_keyboard(world, open_page):
    page = open_page("amina", section(world, "s2"))
    assert "interactive-widget=resizes-content" in page.locator("meta[name=viewport]").get_attribute("content")


def test_a_coach_sees_whether_what_she_types_is_kept(world, open_page):
    page = open_page("carla", reverse("reviews:read", args=[world.taken.pk]))
    state = page.locator(".bar [data-save-state]")
    for size in at_each([PHONE, KEYBOARD, NARROW, LANDSCAPE], page):
        page.reload()
        for label in ("Was möchten Sie sagen?", "Ein Satz zum Mitgeben"):
            area = page.get_by_label(label)
            area.focus()
            page.keyboard.type("Ein Satz. ")
            where = f"{label}, {named(size)}"
            assert page.evaluate(HIDDEN) <= 1, where
            assert_in_sight(page, where)
            expect(state).to_contain_text("gespeichert um")
            assert_in_sight(page, f"{where}, saved")
            assert height_of(page) <= SLIM, where


def test_words_marked_by_a_coach_get_their_buttons_above_the_bar(world, open_page):
    page = open_page("carla", reverse("reviews:read", args=[world.taken.pk]))
    page.locator("[data-review-text]").select_text()
    buttons = page.locator("[data-selection-bar]")
    expect(buttons).to_be_visible()
    box = buttons.bounding_box()
    assert box["y"] + box["height"] <= page.locator(".bar").bounding_box()["y"]


def test_every_other_form_with_a_bar_keeps_it_slim_and_in_sight(world, open_page):
    world.bilals.reviews.all().delete()
    world.bilals.delete()  # so that his team has an application to begin
    addresses = [
        ("amina", reverse("applications:conflict", kwargs=arguments("applications:conflict", world))),
        ("amina", reverse("applications:hand_in", args=[world.application.pk])),
        ("carla", reverse("workshops:attendance", args=[world.session.pk])),
        ("bilal", reverse("applications:start", args=[world.bilals.team.pk])),
    ]
    for who, address in addresses:
        page = open_page(who, address)
        for size in at_each([PHONE, KEYBOARD, NARROW], page):
            assert height_of(page) <= SLIM, f"{address}, {named(size)}"
            for part in (0, 0.5, 1):
                page.evaluate(SCROLL, part)
                assert_in_sight(page, f"{address} at {part}, {named(size)}")
