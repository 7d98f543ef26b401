"""The command `runserver`: Django's own server, for development and the demo."""

from __future__ import annotations

from django.contrib.staticfiles.management.commands.runserver import Command
from django.core.servers.basehttp import WSGIRequestHandler

__all__ = ["Command"]

# Every answer is sent at once; else each waits 40 ms until the browser has confirmed its headers (Nagle's algorithm).
WSGIRequestHandler.disable_nagle_algorithm = True
