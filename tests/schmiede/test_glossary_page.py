"""The page „Glossar“, for everybody, and the way back from it."""

import pytest

from calls.glossary import words

pytestmark = pytest.mark.django_db
BACK = "Zurück zu der Seite, von der Sie kommen"


def test_everybody_reads_every_word(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get("/glossar/").text

    assert [word.slug for word in words() if f'<div id="{word.slug}">' not in page] == []
    assert "Quelle: Förderrichtlinie, Nr. 5.2" in page
    assert '<dt lang="en">Outcome</dt>' in page


def test_it_leads_back_to_the_page_whose_link_was_followed(client):
    page = client.get("/glossar/", headers={"Referer": "http://testserver/vorhaben/1/?seite=2"}).text

    assert BACK in page
    assert 'href="http://testserver/vorhaben/1/?seite=2"' in page


@pytest.mark.parametrize(
    "referer", ["", "https://example.org/", "javascript:alert(1)", "http://testserver/glossar/", "http://testserver/glossar/?a=1"]
)  # fmt: skip
def test_it_leads_nowhere_else(client, referer):
    assert BACK not in client.get("/glossar/", headers={"Referer": referer}).text
