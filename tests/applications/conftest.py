from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from accounts.models import User
from tests.applications.coaching import make_world
from tests.builders import log_in


@pytest.fixture
def world() -> SimpleNamespace:
    return make_world()


@pytest.fixture
def enter(client: Client) -> Callable[[User], Client]:
    """The test's client, logged in as this person."""
    return lambda user: log_in(client, user)
