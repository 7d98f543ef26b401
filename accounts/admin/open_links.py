"""Admin forms whose read-only fields link to another record only if the person may open its page.

Django links to every record whose model has a page, for everybody who looks. Its forms are made of parts that make
further parts, so each of them has a counterpart here that hands the request on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import helpers
from django.http import HttpRequest

from accounts.admin_links import is_open


class OpenReadonlyField(helpers.AdminReadonlyField):
    """A field that is only read."""

    model_admin: Any

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        frozen = getattr(self.model_admin, "frozen_now", None)  # rows of a form have none
        if frozen and (sentence := frozen(request, self.form.instance).get(self.field["name"])):
            self.field["help_text"] = sentence

    def get_admin_url(self, remote_field: Any, remote_obj: Any) -> str:
        if is_open(self.model_admin.admin_site, self.request, remote_obj):
            return super().get_admin_url(remote_field, remote_obj)
        return str(remote_obj)


class OpenFieldline(helpers.Fieldline):
    """A line of fields."""

    def __init__(self, line: helpers.Fieldline, request: HttpRequest) -> None:
        super().__init__(line.form, line.fields, line.readonly_fields, line.model_admin)
        self.request = request

    def __iter__(self) -> Iterator[Any]:
        for field in super().__iter__():
            if isinstance(field, helpers.AdminReadonlyField):
                name = field.field["field"]
                parts = {"is_first": field.is_first, "model_admin": self.model_admin}
                yield OpenReadonlyField(self.form, name, **parts, request=self.request)
            else:
                yield field


class OpenFieldset(helpers.Fieldset):
    """A group of lines, on the form of a record or in a row of it."""

    def __init__(self, fieldset: Any, request: HttpRequest) -> None:
        super().__init__(
            fieldset.form,
            fieldset.name,
            readonly_fields=fieldset.readonly_fields,
            fields=fieldset.fields,
            classes=fieldset.classes.split(),
            description=fieldset.description,
            model_admin=fieldset.model_admin,
        )
        self.fieldset = fieldset
        self.request = request

    def __iter__(self) -> Iterator[Any]:
        return (OpenFieldline(line, self.request) for line in self.fieldset)


class OpenAdminForm(helpers.AdminForm):
    """The form of a record. None of ours fills in a field from another while somebody types (`prepopulated_fields`)."""

    def __init__(self, form: helpers.AdminForm, request: HttpRequest) -> None:
        super().__init__(form.form, form.fieldsets, {}, form.readonly_fields, form.model_admin)
        self.request = request

    def __iter__(self) -> Iterator[Any]:
        return (OpenFieldset(fieldset, self.request) for fieldset in super().__iter__())


class OpenInlineForm(helpers.InlineAdminForm):
    """A row on the form of a record."""

    def __init__(self, row: Any, request: HttpRequest) -> None:
        parts = {"readonly_fields": row.readonly_fields, "model_admin": row.model_admin}
        super().__init__(
            row.formset, row.form, row.fieldsets, {}, row.original, **parts, view_on_site_url=row.absolute_url
        )
        self.request = request

    def __iter__(self) -> Iterator[Any]:
        return (OpenFieldset(fieldset, self.request) for fieldset in super().__iter__())


class OpenInlineFormSet(helpers.InlineAdminFormSet):
    """All rows of a kind on the form of a record."""

    def __init__(self, rows: helpers.InlineAdminFormSet, request: HttpRequest) -> None:
        super().__init__(
            rows.opts,
            rows.formset,
            rows.fieldsets,
            readonly_fields=rows.readonly_fields,
            model_admin=rows.model_admin,
            has_add_permission=rows.has_add_permission,
            has_change_permission=rows.has_change_permission,
            has_delete_permission=rows.has_delete_permission,
            has_view_permission=rows.has_view_permission,
        )
        self.request = request

    def __iter__(self) -> Iterator[Any]:
        return (OpenInlineForm(row, self.request) for row in super().__iter__())
