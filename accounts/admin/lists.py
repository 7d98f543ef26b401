"""The list of an admin page: its rows' links are written without looking for the address of each."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote as url_quote

from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property


class PortalChangeList(ChangeList):
    """Django's list; the links to its rows keep what it is filtered by, as Django's do.

    Django finds an address for each row, and for each filtered one resolves it to see whether it is a list's own.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = f"?{self.preserved_filters}" if self.preserved_filters else ""
        self.preserved_filters = ""  # they are in the address of each row already

    def get_results(self, request: HttpRequest) -> None:
        """Read the rows and how many there are; all are counted again only where something is searched or filtered.

        Django counts twice in any case, for filters that narrow a list before anything is chosen: there is none here
        (`show_full_result_count` of our pages is off, so that it leaves it to us).
        """
        super().get_results(request)
        is_narrowed = bool(self.query or self.get_filters_params())
        self.full_result_count = self.root_queryset.count() if is_narrowed else self.result_count
        self.show_full_result_count, self.show_admin_actions = True, bool(self.full_result_count)

    @cached_property
    def _around(self) -> tuple[str, str]:
        """What stands before and after the key in the address of a row."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        before, _key, after = reverse(name, args=["0"], current_app=self.model_admin.admin_site.name).rpartition("0")
        return before, after

    def url_for_result(self, result: Any) -> str:
        before, after = self._around
        return f"{before}{url_quote(str(quote(getattr(result, self.pk_attname))))}{after}{self.kept}"
