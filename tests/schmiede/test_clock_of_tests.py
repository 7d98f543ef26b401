"""Tests hold at any time: none of them reads the clock when it is loaded, which may be on another day than it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent.parent
CLOCKS = {"day", "localdate", "localtime", "now", "time", "today", "window"}


def read_when_loaded(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is loaded: all but the bodies of functions; their decorators and defaults do."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in (*child.decorator_list, child.args):
                yield part
                yield from read_when_loaded(part)
        elif isinstance(child, ast.Lambda):
            yield from read_when_loaded(child.args)
        else:
            yield child
            yield from read_when_loaded(child)


def clocks(source: str) -> list[tuple[int, str]]:
    """Where this module reads the clock when it is loaded."""
    calls = [node for node in read_when_loaded(ast.parse(source)) if isinstance(node, ast.Call)]
    names = [(call.lineno, getattr(call.func, "attr", getattr(call.func, "id", ""))) for call in calls]
    return [(line, name) for line, name in names if name in CLOCKS]


def test_no_test_reads_the_clock_when_it_is_loaded():
    read = {
        f"{path.relative_to(TESTS)}:{line} {name}"
        for path in TESTS.rglob("*.py")
        for line, name in clocks(path.read_text())
    }
    assert read == set()


def test_the_clock_is_found_in_parameters_and_defaults_but_not_in_what_runs_later():
    source = """
NOW = timezone.now()
LATER = lambda: timezone.now()
@pytest.mark.parametrize("when", [date.today(), lambda: day(1)])
def test(when, then=day()):
    return timezone.now()
class World:
    at = localdate()
    def method(self):
        return day(1)
"""
    assert clocks(source) == [(2, "now"), (4, "today"), (5, "day"), (8, "localdate")]
