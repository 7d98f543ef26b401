"""The one kind of record the floor has."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Item(models.Model):
    """A row of the floor's page."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    title = models.CharField(max_length=120)
    status = models.CharField(max_length=20)
    body = models.TextField()
    updated = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.title
