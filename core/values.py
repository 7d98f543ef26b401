"""`dataclass` as in the standard library, made in a third of the time: two hundred of them were a sixth of a start."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    # For the type checker it is the original; it is also what sees to it that nobody writes to a frozen one.
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, /, *, frozen: bool = False, kw_only: bool = False) -> Any:
        """Make a class a dataclass whose comparing, hashing and showing are written once, and not compiled for each class.

        `frozen` gives it a hash; that nobody writes to its fields is checked by the types alone, not while the portal runs.
        Methods that the class defines itself stay. Functions of `dataclasses` know it as one of theirs.
        """
        if cls is None:
            return lambda late: dataclass(late, frozen=frozen, kw_only=kw_only)
        dataclasses.dataclass(cls, eq=False, repr=False, kw_only=kw_only)
        names = [field.name for field in dataclasses.fields(cls) if field.compare]
        compared = attrgetter(*names) if names else _nothing
        methods = {"__repr__": _shown, "__eq__": _equality(compared), "__hash__": _hash(compared) if frozen else None}
        for name, method in methods.items():
            if name not in cls.__dict__:
                setattr(cls, name, method)
        return cls


def _nothing(_value: object) -> tuple[()]:
    return ()


def _equality(compared: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    def equals(self: Any, other: Any) -> Any:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    return equals


def _hash(compared: Callable[[Any], Any]) -> Callable[[Any], int]:
    return lambda self: hash(compared(self))


@recursive_repr()
def _shown(self: Any) -> str:
    fields = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(fields)})"
