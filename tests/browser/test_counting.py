"""The counter beside a text and the server count the same, whatever somebody writes."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.content import visible_length
from tests.applications.hostile import PAIRS, pair

COUNT = "async (texts) => { const { visibleLength } = await import('/static/js/counting.js'); return texts.map(visibleLength); }"
# What joins its neighbours: accents, emoji of several signs, flags, Arabic, Hangul, Devanagari, line ends, blanks of all kinds.
JOINING = [
    "a", "ä", "a\u0308", "e\u0301\u0323", " ", "\n", "\r\n", "\r", "\t", "\u00a0", "\u200d", "\ufe0f", "\u20e3", "1", "„", "…",
    "👩", "👩‍👩‍👧‍👦", "👍🏽", "🏽", "🇩🇪", "🇩", "❤️", "❤", "™", "مرحبا", "السَّلام", "ﷺ", "한", "\u1112\u1161\u11ab", "नमस्ते", "क्ष", "\u094d", "ก็", "\u200b",
    "\u00ad", "\u2028", "\x0b", "\x1c", "\x85", "\ufeff", "\U0001f1e6\U0001f1f1\U0001f1e6", "ß", "ﬁ", "Å", "\u212b",
]  # fmt: skip
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\0"), max_size=12)
TEXTS = st.lists(st.one_of(st.sampled_from(JOINING), WORDS), max_size=12).map("".join)


def test_the_counter_counts_as_the_server(new_context, live_server):
    page = new_context(base_url=live_server.url).new_page()
    page.goto("/")

    @settings(suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(st.lists(TEXTS, min_size=20, max_size=60))
    def agree(texts):
        assert dict(zip(texts, page.evaluate(COUNT, texts), strict=True)) == {
            text: visible_length(text) for text in texts
        }

    agree()


def test_hostile_texts_are_counted_alike_at_once(new_context, live_server):
    page = new_context(base_url=live_server.url).new_page()
    page.goto("/")
    # Ten times as long as any text may be: an expression that begins anew at every blank takes minutes.
    texts = [text for name in PAIRS for text in pair(name, 500_000)]

    for text in texts:
        assert page.evaluate(COUNT, [text]) == [visible_length(text)]


def test_a_long_text_is_counted_while_somebody_types(new_context, live_server):
    page = new_context(base_url=live_server.url).new_page()
    page.goto("/")
    plain, joined = "Wir kochen – „gemeinsam“ – für alle. " * 1300, "Grüße 👩‍👩‍👧‍👦 aus Halle! " * 2000
    assert page.evaluate(COUNT, [plain, joined]) == [len(plain) - 1, visible_length(joined)]
