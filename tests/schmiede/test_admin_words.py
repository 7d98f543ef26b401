"""The staff's pages speak German: the heads of lists, and the labels of forms and their rows.

Here as a superuser; as Doris and Emil see them, tests/test_pages.py looks at them while it walks through.
"""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.urls import reverse

from tests.access_world import AccessWorld
from tests.builders import log_in

# Field names that became headings because nothing else was said: lower case letters, blanks between English words.
ENGLISH = re.compile(
    r"\b(?:assignment|cohort|user|call|edition|member|order|created|changed|updated|deleted|"
    r"first|last|from|until|on|at|by|the|and|of|is|has|to|your|hour|ahead|date|time|file|size|key|label|title|"
    r"section|question|rule|source|value|kind|theme|limit|token|content|object|target|type|group|permission)s?\b",
    re.IGNORECASE,
)
KIND_OF_EVENT = re.compile(r"[a-z_]+\.[a-z_]+\b")  # the trail names what happened, and what it was about, in code


@pytest.fixture
def world(db):
    return AccessWorld()


def heads(page):
    """The heads of columns, the labels of fields and the titles of groups and filters on a page."""
    parts = re.findall(r"<(th|label|legend|h2|summary)\b[^>]*>(.*?)</\1>", page, re.DOTALL)
    return {" ".join(re.sub(r"<[^>]+>", " ", inner).split()).rstrip(":") for _tag, inner in parts}


def english(page):
    return {head for head in heads(page) if ENGLISH.search(head) and not KIND_OF_EVENT.match(head)}


def test_lists_and_forms_have_german_heads(world, client):
    world.emil.is_superuser = True
    world.emil.save(update_fields=["is_superuser"])
    log_in(client, world.emil)
    seen, found = 0, {}
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        urls = [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        rows = client.get(urls[0])
        if rows.status_code == 200 and rows.context["cl"].result_list:
            urls.append(reverse(f"{name}_change", args=[rows.context["cl"].result_list[0].pk]))
        for url in urls:
            page = client.get(url)
            if page.status_code == 200:
                seen += 1
                if words := english(page.text):
                    found[url] = words
    assert seen > 15
    assert found == {}


def test_no_column_is_named_after_a_path_of_fields():
    paths = {
        f"{model.__name__}.{column}": label_for_field(column, model, model_admin)
        for model, model_admin in admin.site._registry.items()
        for column in model_admin.list_display
        if "__" in str(column) and not str(column).startswith("__")
    }
    assert paths == {}
