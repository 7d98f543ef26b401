"""Worlds that many tests begin with: made once by our code, then written again by the same statements, five to twenty times as fast.

Each test has its own rows and its own objects. What is not written to the database or to the files of the portal, such
as mails and tasks, happens at the first making alone: no world is about them.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from itertools import count
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection, transaction
from django.db.models import AutoField, Model
from django.db.models.signals import pre_save
from django.utils import timezone

# What is written, in the words in which Django begins its statements.
WRITES = ("INSERT ", "UPDATE ", "DELETE ")
# Where the database would give a number, a world brings its own, for others may refer to it.
NUMBERS = count(1_000_000)
# Some of what a world holds is about this minute: who has a section open.
FRESH = timedelta(minutes=1)


@dataclass(eq=False)
class Recording:
    """What making a world wrote, in order, and the objects it returned."""

    at: datetime = field(default_factory=timezone.now)
    statements: list[tuple[str, Any, bool]] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    objects: bytes = b""

    @property
    def is_fresh(self) -> bool:
        now = timezone.now()
        return abs(now - self.at) < FRESH and timezone.localdate(now) == timezone.localdate(self.at)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Take note of what is written meanwhile."""
        pre_save.connect(give_number, dispatch_uid=id(self))
        UNDER_WAY.append(self)
        try:
            with connection.execute_wrapper(self.write), self.noting_files():
                yield
        finally:
            UNDER_WAY.remove(self)
            pre_save.disconnect(dispatch_uid=id(self))

    def write(self, execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        params = list(params) if many else params
        result = execute(sql, params, many, context)
        assert not sql.startswith("ROLLBACK"), "What a world takes back would be written again."
        if sql.startswith(WRITES):
            self.statements.append((sql, params, many))
        return result

    @contextmanager
    def noting_files(self) -> Iterator[None]:
        storage = storages["default"]
        save = storage._save  # of a world within a world, what takes note of its files

        def noted(name: str, content: Any) -> str:
            name = save(name, content)
            with storage.open(name) as file:
                self.files.append((name, file.read()))
            return name

        with patch.object(storage, "_save", noted):
            yield

    def play(self) -> Any:
        """Write everything again and return new objects."""
        for around in UNDER_WAY:
            around.at = min(around.at, self.at)
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, params, many in self.statements:
                (cursor.executemany if many else cursor.execute)(sql, params)
        for name, content in self.files:
            storages["default"]._save(name, ContentFile(content))
        return pickle.loads(self.objects)  # noqa: S301  made by this process


RECORDINGS: dict[tuple, Recording] = {}
UNDER_WAY: list[Recording] = []


def give_number(instance: Model, **kwargs: Any) -> None:
    if instance.pk is None and isinstance(instance._meta.pk, AutoField):
        instance.pk = next(NUMBERS)


def written_again[**P, W](make: Callable[P, W]) -> Callable[P, W]:
    """Let a function that makes a world do so once a minute in each process, for each of its arguments."""

    @wraps(make)
    def world(*args: P.args, **kwargs: P.kwargs) -> W:
        key = (make, *settings.PASSWORD_HASHERS, args, *kwargs.items())
        if (known := RECORDINGS.get(key)) and known.is_fresh:
            return known.play()
        recording = Recording()
        with recording.noting():
            made = make(*args, **kwargs)
        recording.objects = pickle.dumps(made)
        RECORDINGS[key] = recording
        return made

    return world


class WrittenAgain(type):
    """For a world that is a class: making it writes it again."""

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        super().__init__(name, bases, namespace)
        cls._make = staticmethod(written_again(super().__call__))

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls._make(*args, **kwargs)
