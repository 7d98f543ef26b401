"""What the scripts of a page import is asked for at once."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from core.templatetags.modules import imported, preload_imports

SCRIPTS = settings.BASE_DIR / "static/js"


def test_all_that_a_script_imports_is_found_in_the_order_of_a_browser():
    assert imported("js/counter.js") == ("js/counting.js",)
    assert imported("js/text-counter.js") == ("js/counter.js", "js/counting.js")
    assert imported("js/still.js") == ()


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.js")), ids=lambda path: path.name)
def test_no_import_of_a_script_is_forgotten(path):
    written = set(
        re.findall(r'\bfrom\s*"\./([\w-]+\.js)"|^import\s*"\./([\w-]+\.js)"', path.read_text("utf-8"), re.MULTILINE)
    )
    assert {f"js/{first or second}" for first, second in written} <= set(imported(f"js/{path.name}"))


def test_what_several_scripts_import_is_asked_for_once_and_no_script_of_the_page_itself():
    links = preload_imports("js/text-counter.js", "js/commented-words.js", "js/counter.js")
    assert links == '<link rel="modulepreload" href="/static/js/counting.js">'
