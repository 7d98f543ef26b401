"""The glossary: each word stands on a page, is explained without a figure of a call, and is marked safely and once in a text."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils.html import strip_tags

from applications.checks import CODES
from calls.glossary import by_initial, cited, explained, link, words, words_of_checks

ROOT = Path(settings.BASE_DIR)
WORDS = {word.slug: word for word in words()}


def texts_of_pages():
    for folder in ("templates", "applications", "calls", "cohorts", "workshops"):
        for path in (ROOT / folder).rglob("*"):
            if (
                path.suffix in {".html", ".py", ".toml"}
                and path.name != "glossary.toml"
                and "migrations" not in path.parts
            ):
                yield path.read_text(encoding="utf-8")


def test_every_word_stands_in_a_text_of_the_portal():
    """A word is left out with the last text it stands in."""
    text = "\n".join(texts_of_pages())
    unused = [
        word.slug
        for word in words()
        if word.slug != "stufe"
        and not any(re.search(rf"\b{re.escape(form)}\b", text) for form in (word.word, *word.forms))
    ]

    assert len(WORDS) > 60
    assert unused == []


def test_words_stand_in_the_order_of_a_german_dictionary():
    order = [word.word for word in words()]

    assert order.index("Öffentlichkeitsarbeit") < order.index("Outcome") < order.index("Pauschale")
    assert [initial for initial, _words in by_initial()] == sorted({initial for initial, _words in by_initial()})
    assert len(WORDS) == len(order)


def test_explanations_are_short_and_name_no_figure_that_a_call_decides():
    """Percentages, euros, pages and months are data of the call, which change from year to year."""
    figures = re.compile(r"\d+ ?(?:%|Prozent|Euro|€|Seiten|Monate|Zeichen)")

    assert [word.slug for word in words() if figures.search(word.text)] == []
    assert [(word.slug, len(word.text.split())) for word in words() if len(word.text.split()) > 45] == []


def test_every_check_that_a_word_names_is_there():
    assert {code for word in words() for code in word.checks} - set(CODES) == set()
    assert [word.slug for word in words_of_checks("B03")] == ["drittmittel", "eigenmittel"]
    assert words_of_checks("P01") == []


def test_words_of_the_funder_name_their_source():
    assert WORDS["fehlbedarf"].source == "Förderrichtlinie, Nr. 5.2; ANBest-P, Nr. 1.4.2"
    assert WORDS["richtwert"].source == ""
    used = {name.partition(", Nr.")[0] for word in words() if word.source for name in word.source.split("; ")}
    assert sorted(source["short"] for source in cited()) == sorted(used)
    assert all(source["url"].startswith("http") for source in cited())


def test_a_text_is_marked_at_the_first_of_each_word():
    html = explained("Eigenmittel sind Geld. Ohne Eigenmittel keine Zuwendung.")

    assert re.findall(r'href="(/glossar/#[\w-]+)"', html) == ["/glossar/#eigenmittel", "/glossar/#zuwendung"]
    assert strip_tags(html) == "Eigenmittel sind Geld. Ohne Eigenmittel keine Zuwendung."


def test_an_inflected_word_leads_to_the_word():
    assert explained("Nennen Sie die Indikatoren.") == f"Nennen Sie die {link(WORDS['indikator'], 'Indikatoren')}."


@pytest.mark.parametrize(
    "text",
    ["Wirkungslogik", "Gesamt-Zuwendung", "Smart", "Anlagenbau", "Träger von Integrationskursen", "rund 40 Euro"],
)
def test_parts_of_words_and_words_with_another_meaning_are_left_alone(text):
    assert explained(text) == text


def test_what_is_not_ours_to_write_is_escaped():
    html = explained('<script>alert("Zuwendung")</script> & "Eigenmittel"')

    assert "<script>" not in html
    assert html.startswith("&lt;script&gt;alert(&quot;<a ")
    assert '">Zuwendung</a>&quot;)&lt;/script&gt; &amp; &quot;<a ' in html


def test_paragraphs_of_a_marked_text_stay_paragraphs():
    template = Template("{% load glossary %}{{ text|explained|linebreaks }}")
    html = template.render(Context({"text": "Erst <b>die</b> Satzung.\n\nDann mehr."}))

    assert html == f"<p>Erst &lt;b&gt;die&lt;/b&gt; {link(WORDS['satzung'])}.</p>\n\n<p>Dann mehr.</p>"


def test_the_words_of_a_check_stand_beside_its_finding():
    template = Template("{% load glossary %}{% hard_words code as words %}[{{ words }}]")

    assert template.render(Context({"code": "C14"})) == f"[{link(WORDS['outcome'])}, {link(WORDS['wirkungstreppe'])}]"
    assert template.render(Context({"code": "P01"})) == "[]"
    several = template.render(Context({"code": ("C14", "C12", "C14")}))
    assert strip_tags(several) == "[Indikator, Outcome, Wirkungstreppe, Wirkungsziel]"


def test_a_text_is_looked_through_once():
    explained.cache_clear()
    for _time in range(3):
        explained("Ein Text über den Fehlbedarf.")

    assert (explained.cache_info().misses, explained.cache_info().hits) == (1, 2)
