"""The type of a request of somebody who is logged in."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


class PortalRequest(HttpRequest):
    """A request behind the login: somebody is there."""

    user: User
