"""Words of Django that have no German of their own, or an odd one: locale/ says them."""

import pytest
from django.utils.translation import gettext


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("- Select an option -", "Bitte wählen"),
        ("Run", "Ausführen"),
        ("History", "Verlauf"),
        ("Breadcrumbs", "Sie sind hier"),
        ("flat pages", "öffentliche Seiten"),
    ],
)
def test_words_of_django(english, german):
    assert gettext(english) == german
