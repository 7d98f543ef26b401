"""Names of associations are compared without what people write in different ways, such as the legal form."""

from __future__ import annotations

import pytest

from cohorts.models.alike import plain_name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Brückenschlag e. V.", "brückenschlag"),
        ("BRÜCKENSCHLAG e.V.", "brückenschlag"),
        ("Brückenschlag eV", "brückenschlag"),
        ("„Brückenschlag“ (eingetragener Verein)", "brückenschlag"),
        ("Brücken-Schlag  e. V.", "brücken schlag"),
        ("Werkstatt Zusammenhalt gGmbH", "werkstatt zusammenhalt"),
        ("Große Straße e. V.", "grosse strasse"),
        ("Evas Garten", "evas garten"),
        ("نادي الجسر e. V.", "نادي الجسر"),
        ("e. V.", "e v"),
    ],
)
def test_a_name_is_compared_without_its_legal_form(name, plain):
    assert plain_name(name) == plain
