"""How the form of a section is laid out: fields, rows as cards, a fixed list of questions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.content import Attachments, Content, Row
from applications.content.simple import ENCLOSED, ITEM_STATES, beside_a_file, states_of
from applications.writing.forms.section import RowForm, SectionForm, move_row
from calls.terms import Kind

if TYPE_CHECKING:
    from applications.writing.page.desk import Desk


class Layout:
    """Running text, or a few fields."""

    template = "applications/writing/_fields.html"
    is_wide = False

    def __init__(self, desk: Desk, params: QueryDict) -> None:
        self.desk, self.params = desk, params

    def shows(self, table: str, row: Row) -> bool:
        return True

    def complete(self, form: SectionForm) -> None:
        """Add the rows that are always there, even if nobody has filled them in."""

    def add_rows(self, form: SectionForm, params: QueryDict) -> None:
        """Add the empty row that somebody has asked for."""
        table = params.get("neu") or params.get("add") or ""
        if table in form.tables:
            form.add(table, **self.preset())

    def preset(self) -> dict[str, Any]:
        return {}

    def rearranged(self, content: Content, move: str) -> Content:
        """Return the content after a button that moves a row, by the value of the button."""
        table, _colon, rest = move.partition(":")
        row_id, _colon, way = rest.partition(":")
        if table not in content.tables or way not in {"up", "down"}:
            return content
        return move_row(content, table, row_id, way == "up", self.group)

    def is_asked_for_rows(self, data: QueryDict) -> bool:
        """Was it a button that adds or moves a row? The page itself shows the result."""
        return "add" in data or "move" in data

    def group(self, row: Row) -> Any:
        """Return the group of a row: rows are moved within their group."""
        return None

    def address(self, added: str, moved: str) -> str:
        """Return where to go after saving: the same page, at the new row if one was asked for, or at the moved one."""
        walk = self.desk.walk
        params, fragment = self.keep() | (walk.params if walk else {}), ""
        move = moved.split(":")
        if added in self.desk.draft.value.tables:
            params["neu"], fragment = added, "#neu"
        elif len(move) == 3:
            fragment = f"#zeile-{move[1]}"
        address = reverse("applications:section", args=[self.desk.application.pk, self.desk.key])
        query = QueryDict(mutable=True)
        query.update(params)
        return f"{address}?{query.urlencode()}{fragment}" if params else address + fragment

    def keep(self) -> dict[str, str]:
        """Return the parameters of the address that stay."""
        return {}

    def prepare(self, form: SectionForm) -> None:
        """Put beside the rows what the page shows of the checks; called before the page is rendered.

        Here it is the row that somebody has been led to who goes from place to place.
        """
        place = self.desk.walk_place if self.desk.walk else None
        if place and place.row:
            for row in (row for rows in form.tables.values() for row in rows if row.id == place.row):
                row.place = place

    def context(self, form: SectionForm) -> dict[str, Any]:
        return {}


class TextLayout(Layout):
    template = "applications/writing/_text.html"


class RowsLayout(Layout):
    """Rows as cards; an empty one as long as there is none."""

    template = "applications/writing/_rows.html"

    def add_rows(self, form: SectionForm, params: QueryDict) -> None:
        super().add_rows(form, params)
        for table, rows in form.tables.items():
            if not rows:
                form.add(table)

    def context(self, form: SectionForm) -> dict[str, Any]:
        kind = Kind(self.desk.draft.kind)
        name, add = {
            Kind.GOALS: (_("Ziel"), _("Ziel hinzufügen")),
            Kind.WORK_PLAN: (_("Maßnahme"), _("Maßnahme hinzufügen")),
            Kind.PARTNERS: (_("Partner"), _("Partner hinzufügen")),
        }[kind]
        return {"row_name": name, "add_label": add, "table": "rows", "rows": form.tables["rows"]}


class ListLayout(Layout, ABC):
    """One row for every entry of the call's list: questions or kinds of attachment; their keys are the rows' ids."""

    @abstractmethod
    def entries(self) -> list[Any]:
        """Return the call's list in its order; each entry has a `key`."""

    table = ""

    @abstractmethod
    def heading(self, entry: Any) -> str:
        """Return the heading above the row of an entry."""

    def complete(self, form: SectionForm) -> None:
        there = {row.id: row for row in form.tables[self.table]}
        row_type = type(form.value).tables[self.table]
        form.tables[self.table] = [
            there[entry.key] if entry.key in there else form.add(self.table, row_type(id=entry.key))
            for entry in self.entries()
        ]
        for entry, row in zip(self.entries(), form.tables[self.table], strict=True):
            row.heading = self.heading(entry)

    def context(self, form: SectionForm) -> dict[str, Any]:
        by_key: dict[str, RowForm] = {row.id: row for row in form.tables[self.table]}
        return {"entries": [(entry, by_key[entry.key]) for entry in self.entries()]}


class DeclarationsLayout(ListLayout):
    template = "applications/writing/_declarations.html"
    table = "answers"

    def entries(self) -> list[Any]:
        """The questions in two groups: first what speaks against a grant, then what is declared."""
        return sorted(self.desk.application.terms.questions, key=lambda question: question.kind != "exclusion")

    def heading(self, entry: Any) -> str:
        return str(entry.text)


class AttachmentsLayout(ListLayout):
    template = "applications/writing/_attachment_states.html"
    table = "items"

    def entries(self) -> list[Any]:
        return self.desk.application.terms.attachments_of(self.desk.application.stage)

    def heading(self, entry: Any) -> str:
        return str(entry.label)

    def complete(self, form: SectionForm) -> None:
        """Offer for each kind only what can be said of it."""
        super().complete(form)
        for entry, row in zip(self.entries(), form.tables[self.table], strict=True):
            field: Any = row.form.fields["state"]
            cannot = {state for state, _label in ITEM_STATES} - dict(states_of(entry, row.form["state"].value())).keys()
            field.choices = [choice for choice in field.choices if choice[0] not in cannot]

    def context(self, form: SectionForm) -> dict[str, Any]:
        files: dict[str, list[Any]] = {}
        for attachment in self.desk.application.attachments.all():
            files.setdefault(attachment.kind, []).append(attachment)
        by_key = {row.id: row for row in form.tables[self.table]}
        listed = form.value if isinstance(form.value, Attachments) else Attachments()
        entries = []
        for entry in self.entries():
            there = files.get(entry.key, [])
            about = beside_a_file(entry, listed.state(entry.key)) if there else ""
            entries.append((entry, by_key[entry.key], there, about))
        may_upload = self.desk.may("attach") and self.desk.application.is_being_written
        return {"entries": entries, "may_upload": may_upload, "state_of_made_here": dict(ITEM_STATES)[ENCLOSED]}
