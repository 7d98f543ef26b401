"""What a browser sends from the admin's pages of calls and editions, and what they answer."""

from __future__ import annotations

from tests.forms import send


def sent_with(response, **changes):
    """What the browser would send: every field of the form and its inlines as shown, with these changes."""
    forms = [response.context["adminform"].form]
    for formset in response.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    data = {}
    for form in forms:
        for bound in form:
            value = bound.subwidgets and bound.value()
            if value is not None and value is not False:
                data[bound.html_name] = value
    return {name: value for name, value in data.items() if value is not None} | changes


def row_of(response, record):
    """The prefix under which this record's row stands on the form."""
    for inline in response.context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            if form.instance.pk == record.pk:
                return form.prefix
    raise AssertionError(record)


def act(client, url, action, *records, **data):
    """Choose an action; with `_asked`, what it asked is answered and agreed to."""
    data = {"action": action, "_selected_action": [record.pk for record in records], **data}
    return send(client, url, data) if "_asked" in data else client.post(url, data, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]
