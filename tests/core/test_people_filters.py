"""Telephone numbers to ring, and beginnings of texts."""

import pytest

from core.templatetags.people import phone, teaser


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("0345 123456", "0345123456"),
        ("0345 / 12 34-56", "0345123456"),
        ("+49 (0)345 123456", "+49345123456"),
        ("(0345) 123.456", "0345123456"),
        ("0170\u00a01234567", "01701234567"),
        ("+49 345–123456", "+49345123456"),
    ],
)
def test_a_number_is_a_link_as_it_was_written(number, dialled):
    assert phone(number) == f'<a class="touch" href="tel:{dialled}">{number}</a>'


def test_a_name_stands_before_the_number():
    assert phone("0345 1", "Amina <Haddad>") == '<a class="touch" href="tel:03451">Amina &lt;Haddad&gt;, 0345 1</a>'


@pytest.mark.parametrize("number", ["", "abends", "0345 123456 oder 654321", "<b>1</b>", "12"])
def test_what_no_phone_can_dial_stays_words(number):
    assert phone(number) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bitte lesen.", "Bitte lesen."),
        ("Der Workshop beginnt später", "Der Workshop …"),
        ("Der Workshop, der neue", "Der Workshop …"),
        ("Zwei\n\nZeilen", "Zwei Zeilen"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschi …"),
    ],
)
def test_a_teaser_ends_at_a_word(text, expected):
    assert teaser(text, 16) == expected
    assert len(teaser(text, 16)) <= 16
