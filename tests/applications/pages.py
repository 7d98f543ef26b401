"""What the tests of the writing pages share: addresses, and sending a page's form as a browser would."""

from __future__ import annotations

from django.urls import reverse

from tests.forms import form_of


def address(application, key="s1", name="section", *more):
    return reverse(f"applications:{name}", args=[application.pk, key, *more])


def value_of(application, key):
    return application.drafts.get(key=key).value


def as_script(client, application, key="s1", **data):
    """What the page's own script sends, and what it is answered."""
    return client.post(address(application, key), data, headers={"accept": "application/json"})


def send(client, application, key, changes=(), *, query="", **button):
    """Open the page, change these fields, press Speichern (or `button`) like a browser."""
    page = client.get(address(application, key) + query)
    return client.post(address(application, key) + query, {**form_of(page), **dict(changes), **button})


def spaceless(text):
    """A page's text with single blanks, however its template is wrapped."""
    return " ".join(text.split())
