"""Links of the admin's pages lead only where they are answered: to records the person may see, to files through our views."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import AdminFileWidget
from django.http import HttpRequest

from core.values import dataclass


def is_open(site: AdminSite, request: HttpRequest, record: Any) -> bool:
    """Return whether the admin has a page of this record that opens for this person."""
    model = type(record)
    return site.is_registered(model) and site.get_model_admin(model).has_view_permission(request, record)


@dataclass(frozen=True)
class StoredFile:
    """A file as people know it: its own name, and the address of the view that hands it out."""

    name: str
    url: str

    def __str__(self) -> str:
        return self.name


class StoredFileInput(AdminFileWidget):
    """Names the file that is there as people do; the address in the store is nothing a browser can or should open."""

    def format_value(self, value: Any) -> Any:
        file: Any = super().format_value(value)
        return StoredFile(file.instance.file_name, file.instance.get_absolute_url()) if file else None


def recent_actions(site: AdminSite, request: HttpRequest, entries: Iterable[LogEntry]) -> list[tuple[LogEntry, str]]:
    """Return what somebody did, each with the address of the record, or without where they cannot open it any more."""
    entries = list(entries)
    ids: dict[Any, set[str]] = {}
    for entry in entries:
        if entry.content_type and entry.object_id and not entry.is_deletion():
            ids.setdefault(entry.content_type.model_class(), set()).add(entry.object_id)
    seen = {
        (model, str(pk))
        for model, pks in ids.items()
        if model is not None and site.is_registered(model)
        for pk in site.get_model_admin(model).get_queryset(request).filter(pk__in=pks).values_list("pk", flat=True)
    }
    return [(entry, (entry.get_admin_url() or "") if _record_of(entry) in seen else "") for entry in entries]


def _record_of(entry: LogEntry) -> tuple[Any, str]:
    return entry.content_type.model_class() if entry.content_type else None, str(entry.object_id)
