"""An address that lists repeat is the one that Django works out, and is worked out once."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, get_resolver, reverse

from core.links import link

KEY = UUID(int=7)


def test_a_link_is_djangos_address():
    assert link("applications:section", KEY, "s3") == reverse("applications:section", args=[KEY, "s3"])
    template = "{% load links %}<a href=\"{% link 'invitation' token %}\"></a>{% link 'dashboard' as home %}{{ home }}"
    assert (
        Template(template).render(Context({"token": "a&b"}))
        == f'<a href="/einladung/a&amp;b/"></a>{reverse("dashboard")}'
    )


def test_a_link_is_worked_out_once(monkeypatch):
    asked = []
    resolver = type(get_resolver())
    works_out = resolver._reverse_with_prefix
    monkeypatch.setattr(
        resolver, "_reverse_with_prefix", lambda *args, **kwargs: (asked.append(args), works_out(*args, **kwargs))[1]
    )
    link.cache_clear()
    assert {link("reviews:read", KEY) for _time in range(5)} == {f"/rueckmeldungen/{KEY}/"}
    assert len(asked) == 1


def test_what_has_no_address_is_an_error():
    with pytest.raises(NoReverseMatch):
        link("applications:section", "not a key", "s3")
