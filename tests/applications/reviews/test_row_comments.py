"""Comments on rows: they keep what the row was called, and stay open with it when the row has gone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from applications.content import Answer, Budget, Declarations, Expense, Goal, Goals, Partner, Partners
from applications.content.quotes import Quote
from core.writes import Stale
from tests.applications.coaching import taken, verdicts
from tests.builders import log_in, write

pytestmark = pytest.mark.django_db
ROOM = Expense(id="e1", title="Raum", year=2027, quantity="2", unit_price=120_000, justification="Für die Treffen.")


@pytest.mark.parametrize(
    ("key", "value", "place", "quote"),
    [
        ("s17", Budget(expenses=(ROOM,)), ("e1", ""), "Raum"),
        ("s17", Budget(expenses=(ROOM,)), ("e1", "justification"), "Raum: Für die Treffen."),
        ("s17", Budget(expenses=(ROOM,)), ("e1", "unit_price"), "Raum: 1.200,00\N{NO-BREAK SPACE}€"),
        ("s17", Budget(expenses=(ROOM,)), ("e1", "gibt-es-nicht"), "Raum"),
        ("s17", Budget(expenses=(ROOM,)), ("e2", ""), ""),
        ("s5", Goals((Goal(id="g1"),)), ("g1", ""), "Zeile ohne Namen"),
        ("s16", Declarations((Answer(id="begun", answer="no"),)), ("begun", ""), "Frage begun?"),
    ],
)
def test_a_comment_keeps_what_its_row_was_called(world, key, value, place, quote):
    write(world.application, key, value, by=world.amina)
    item = taken(world, key).items.get()
    comment = item.comment(by=world.carla, kind="hint", text="Bitte prüfen.", row_id=place[0], field=place[1])
    comment.refresh_from_db()
    assert (comment.quote, comment.row_id, comment.field, comment.position) == (quote, *place, None)


def test_words_chosen_in_the_text_are_kept_as_chosen(world):
    write(world.application, "s8", Partners("Mit der Stadt.", (Partner(id="p1", name="Stadt"),)), by=world.amina)
    item = taken(world, "s8").items.get()
    comment = item.comment(
        by=world.carla, kind="hint", text="Wer?", quote=Quote("Stadt", "Mit der ", ".", 8), row_id="p1"
    )
    assert (comment.quote, comment.position, comment.quotes_row) == ("Stadt", 8, False)


def test_a_comment_on_a_row_that_went_stays_open_with_its_quote(world, client):
    write(world.application, "s17", Budget(expenses=(ROOM,)), by=world.amina)
    review = taken(world, "s17")
    review.items.get().comment(by=world.carla, kind="must change", text="Warum zwei?", row_id="e1")
    review.give_back(by=world.carla, verdicts=verdicts(review))
    section = reverse("applications:section", args=[world.application.pk, "s17"])
    log_in(client, world.amina)
    page = client.get(section).text
    assert '<a href="#zeile-e1">Raum</a>' in page
    assert "Diese Zeile gibt es nicht mehr." not in page

    write(world.application, "s17", Budget(), by=world.amina)
    page = client.get(section).text
    assert "„Raum“" in page
    assert "Diese Zeile gibt es nicht mehr." in page
    assert "Bitte ändern – noch offen" in page

    again = taken(world, "s17")
    assert "„Raum“" in log_in(client, world.carla).get(again.get_absolute_url()).text
    with pytest.raises(Stale):
        again.give_back(by=world.carla, verdicts=verdicts(again, "accepted"))
