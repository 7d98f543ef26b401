"""Every field that an organiser or BAMF staff can change in the administration, and what guards it."""

from __future__ import annotations

from collections import defaultdict

import pytest
from django.conf import settings
from django.contrib.admin import site
from django.test import RequestFactory

from tests.access_world import AccessWorld
from tests.editable_table import EDITABLE, Guard

pytestmark = pytest.mark.django_db


def forms_of(world):
    """Yield the model and the names of the fields of every form and row that Doris or Emil may fill in."""
    for pages in site._registry.values():
        name = pages.model._meta.label_lower.replace(".", "_")
        record = world.page if name == "flatpages_flatpage" else world.of(name)
        for person in (world.doris, world.emil):
            for obj in (None, record):
                request = RequestFactory().get("/")
                request.user, request.resolver_match = person, None
                if not (pages.has_change_permission(request, obj) if obj else pages.has_add_permission(request)):
                    continue
                yield pages.model, list(pages.get_form(request, obj, change=obj is not None).base_fields)
                for formset, rows in pages.get_formsets_with_inlines(request, obj):
                    removes = ["DELETE"] if rows.has_delete_permission(request, obj) else []
                    yield rows.model, [*formset.form.base_fields, *removes]


def test_the_table_names_every_field_that_can_be_filled_in():
    found = defaultdict(set)
    for model, names in forms_of(AccessWorld()):
        found[model._meta.label_lower] |= set(names)

    assert {label: sorted(names) for label, names in found.items()} == {
        label: sorted(fields) for label, fields in EDITABLE.items()
    }


def test_every_guard_names_a_file_of_tests():
    assert [
        guard for guard in Guard if guard is not Guard.FREE and not (settings.BASE_DIR / guard.test).is_file()
    ] == []
