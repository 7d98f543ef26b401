"""Every form of a page, as a browser sees it: its attributes, what it would send, and what people can type or choose in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

NOT_TYPED = {"hidden", "submit", "button", "reset", "image"}


@dataclass
class PageForm:
    attrs: dict[str, str]
    fields: dict[str, list[str]] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)
    """The names of its fields and choices."""
    texts: set[str] = field(default_factory=set)
    """The names of those in which any words can be typed."""
    areas: int = 0
    guard: str | None = None
    """The value of `data-guard` on it or on an element in it; None where there is none."""

    @property
    def is_posted(self) -> bool:
        return self.attrs.get("method", "").lower() == "post"

    @property
    def is_long(self) -> bool:
        """Is it one whose words somebody would miss?"""
        return self.areas > 0 or len(self.typed) > 3

    def add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.open: PageForm | None = None
        self.templates = 0
        self.area: tuple[PageForm, str] | None = None
        self.select: tuple[PageForm, str] | None = None
        self.text = ""
        self.first: str | None = None
        self.several = False
        self.chosen: list[str] = []

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in pairs}
        self.templates += tag == "template"
        if tag == "form":
            self.open = PageForm(attrs)
            self.forms.append(self.open)
        if self.templates:
            return
        form = self.owner(attrs)
        if form and "data-guard" in attrs:
            form.guard = attrs["data-guard"]
        if tag == "option" and self.select:
            self.first = attrs.get("value", "") if self.first is None else self.first
            self.chosen += [attrs.get("value", "")] if "selected" in attrs else []
        elif form and attrs.get("name"):
            self.control(form, tag, attrs)

    def owner(self, attrs: dict[str, str]) -> PageForm | None:
        """The form a control belongs to; one it names by its id may come later in the page."""
        if "form" not in attrs:
            return self.open
        known = [form for form in self.forms if form.attrs.get("id") == attrs["form"]]
        if not known:
            known = [PageForm({"id": attrs["form"]})]
            self.forms += known
        return known[0]

    def control(self, form: PageForm, tag: str, attrs: dict[str, str]) -> None:
        name, kind = attrs["name"], attrs.get("type", "text")
        if tag == "input" and kind not in NOT_TYPED:
            form.typed.add(name)
        if tag == "input" and kind in {"checkbox", "radio"}:
            if "checked" in attrs:
                form.add(name, attrs.get("value", "on"))
        elif tag == "input" and kind not in {"submit", "button", "file"}:
            form.add(name, attrs.get("value", ""))
            form.texts |= {name} if kind == "text" else set()
        elif tag == "textarea":
            form.areas, self.area, self.text = form.areas + 1, (form, name), ""
            form.typed.add(name)
            form.texts.add(name)
        elif tag == "select":
            self.select, self.first, self.chosen = (form, name), None, []
            self.several = "multiple" in attrs
            form.typed.add(name)

    def handle_data(self, data: str) -> None:
        if self.area:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        self.templates -= tag == "template"
        if tag == "textarea" and self.area:
            form, name = self.area
            form.add(name, self.text.replace("\r\n", "\n").removeprefix("\n").replace("\n", "\r\n"))
            self.area = None
        elif tag == "select" and self.select:
            form, name = self.select
            for value in self.chosen or ([] if self.several else [self.first or ""]):
                form.add(name, value)
            self.select = None
        elif tag == "form":
            self.open = None


def forms_of(html: str) -> list[PageForm]:
    """The forms of a page that are sent by POST; fields that name a form by its id are part of it wherever they stand."""
    page = _Page()
    page.feed(html)
    merged: dict[str, PageForm] = {}
    found = []
    for form in page.forms:
        key = form.attrs.get("id", "")
        if key and key in merged:  # its fields came before it, or after
            joined = merged[key]
            joined.attrs |= form.attrs
            for name, values in form.fields.items():
                joined.fields.setdefault(name, []).extend(values)
            joined.typed |= form.typed
            joined.texts |= form.texts
            joined.areas += form.areas
            joined.guard = joined.guard if form.guard is None else form.guard
            continue
        merged[key] = form
        found.append(form)
    return [form for form in found if form.is_posted]


def form_with(html: str, name: str) -> PageForm:
    """The form of the page that has a field of this name."""
    return next(form for form in forms_of(html) if name in form.typed)
