"""A step in a view says one of two sentences, and hides nothing but `Stale`."""

from __future__ import annotations

import pytest
from django.contrib import messages
from django.contrib.messages.storage.base import BaseStorage
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from core.steps import take_step
from core.writes import Stale


@pytest.fixture
def request_():
    request = RequestFactory().post("/")
    request._messages = BaseStorage(request)
    return request


def said(request):
    return [(message.level, str(message)) for message in request._messages._queued_messages]


def test_a_step_that_is_taken_says_so(request_):
    taken = []

    assert take_step(request_, lambda: taken.append("it"), done="Erledigt.", stale="Zu spät.")
    assert (taken, said(request_)) == (["it"], [(messages.SUCCESS, "Erledigt.")])


def test_a_step_that_comes_too_late_says_so(request_):
    def too_late():
        raise Stale

    assert not take_step(request_, too_late, done="Erledigt.", stale="Zu spät.")
    assert said(request_) == [(messages.ERROR, "Zu spät.")]


def test_a_step_that_somebody_may_not_take_is_no_matter_of_time(request_):
    def forbidden():
        raise PermissionDenied

    with pytest.raises(PermissionDenied):
        take_step(request_, forbidden, done="Erledigt.", stale="Zu spät.")
    assert said(request_) == []
