from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.applications.coaching import make_world


@pytest.fixture
def world() -> SimpleNamespace:
    return make_world()
