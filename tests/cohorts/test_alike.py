"""Names of associations are compared without what people write in different ways, such as the legal form."""

from __future__ import annotations

import pytest

from cohorts.alike import plain_name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Brückenschlag e. V.", "brueckenschlag"),
        ("BRÜCKENSCHLAG e.V.", "brueckenschlag"),
        ("Brückenschlag eV", "brueckenschlag"),
        ("„Brückenschlag“ (eingetragener Verein)", "brueckenschlag"),
        ("Brücken-Schlag  e. V.", "bruecken schlag"),
        ("Werkstatt Zusammenhalt gGmbH", "werkstatt zusammenhalt"),
        ("Große Straße e. V.", "grosse strasse"),
        ("Bruecke Sued e. V.", "bruecke sued"),
        ("Bru\u0308cke Su\u0308d", "bruecke sued"),
        ("BRÜCKE SÜD", "bruecke sued"),
        ("Yıldız-Verein", "yildiz verein"),
        ("Frauencafé Bodeufer", "frauencafe bodeufer"),
        ("FRAUENCAFE  Bodeufer e.V.", "frauencafe bodeufer"),
        ("O’Neill – Freunde", "o neill freunde"),
        ("O'Neill - Freunde", "o neill freunde"),
        ("Evas Garten", "evas garten"),
        ("نادي الجسر e. V.", "نادي الجسر"),
        ("e. V.", "e v"),
    ],
)
def test_a_name_is_compared_without_its_legal_form(name, plain):
    assert plain_name(name) == plain
