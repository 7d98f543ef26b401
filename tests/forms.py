"""Reads a form out of a page the way a browser does, so that tests send what a person would send."""

from __future__ import annotations

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.inside = form_id, False
        self.fields = {}
        self.buttons = []
        self.area = self.select = None
        self.template = 0

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "template":
            self.template += 1
        if tag == "form" and (self.form_id is None or attrs.get("id") == self.form_id):
            self.inside = True
        if not self.inside or self.template:
            return
        name = attrs.get("name")
        if tag == "option" and self.select:
            self.option(attrs)
        elif name:
            self.control(tag, name, attrs)

    def control(self, tag, name, attrs):
        mark = attrs.get("type") in {"checkbox", "radio"}
        if tag == "button":
            self.buttons.append((name, attrs.get("value", "")))
        elif tag == "input" and (not mark or "checked" in attrs):
            self.add(name, attrs.get("value", "on" if mark else ""))
        elif tag == "textarea":
            self.area, self.text = name, ""
        elif tag == "select":
            self.select, self.first, self.chosen = name, None, None

    def option(self, attrs):
        value = attrs.get("value", "")
        self.first = value if self.first is None else self.first
        if "selected" in attrs:
            self.chosen = value

    def handle_data(self, data):
        if self.area:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "template":
            self.template -= 1
        elif tag == "textarea" and self.area:
            self.add(self.area, self.text.replace("\r\n", "\n").removeprefix("\n").replace("\n", "\r\n"))
            self.area = None
        elif tag == "select" and self.select:
            self.add(self.select, self.first if self.chosen is None else self.chosen)
            self.select = None
        elif tag == "form":
            self.inside = False

    def add(self, name, value):
        self.fields.setdefault(name, []).append(value)


def form_of(response, form_id="abschnitt"):
    """Field names with the list of their values, as the browser would send the page's form unchanged."""
    return _read(response, form_id).fields


def buttons_of(response, form_id="abschnitt"):
    """Name and value of every named button of the form."""
    return _read(response, form_id).buttons


def _read(response, form_id):
    parser = _Form(form_id)
    parser.feed(response.text)
    return parser


def send(client, url, data):
    """Send a form of the admin, and press the button of the page of consequences if one comes first."""
    page = client.post(url, data, follow=True)
    return agree(client, page) if getattr(page, "template_name", "") == "admin/consequences.html" else page


def agree(client, page, *, button="", **changes):
    """Press the button of a page of consequences (`accounts/admin/consequences.py`), with these fields changed."""
    assert page.template_name == "admin/consequences.html", page.text
    sent = form_of(page, "consequences") | changes | ({button: "1"} if button else {})
    return client.post(page.context["back"], sent, follow=True)
