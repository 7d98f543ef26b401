"""The base of every record: an identifier for addresses, and a table of who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID, uuid4

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models

if TYPE_CHECKING:
    from .kept_after_erasing import Stays
    from .user import User

type Person = User | AnonymousUser


class Record(models.Model):
    """A record whose primary key is a UUID, so that no address anywhere holds a counter.

    `MAY` names the roles that may do an action; `roles_of` answers a person's roles towards this very record.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid4, editable=False)

    MAY: ClassVar[dict[str, frozenset[str]]] = {}
    STAYS: ClassVar[dict[str, Stays]] = {}
    """By field, the texts that keep a name after its person was erased (`traces.py`)."""
    COHORTS: ClassVar[str] = ""

    class Meta:
        abstract = True

    def roles_of(self, user: Person) -> frozenset[str]:
        """Return the person's roles towards this record, e.g. {"owner"}; empty for strangers."""
        return frozenset()

    def allows(self, user: Person, action: str) -> bool:
        """Return whether this person may do it. Roles alone decide, not the moment; an unknown action is a `KeyError`."""
        allowed = self.MAY[action]
        return user.is_authenticated and bool(allowed & self.roles_of(user))

    def require(self, user: Person, action: str) -> None:
        """Raise `PermissionDenied` unless this person may do it; every step asks this first."""
        if not self.allows(user, action):
            raise PermissionDenied(f"{self._meta.label_lower}: {action}")

    @property
    def cohort_uuid(self) -> UUID | None:
        """Return the cohort that events about this record are filed under, if there is one."""
        return None


def roles(*names: str) -> frozenset[str]:
    return frozenset(names)


def check_order(record: models.Model, *rules: tuple[str, str, Any]) -> None:
    """Say beside the later of two days that it comes before the earlier one; empty days are in order.

    Each rule names the earlier field, the later one and the sentence.
    """
    wrong = {}
    for first, last, sentence in rules:
        begins, ends = getattr(record, first), getattr(record, last)
        if begins and ends and ends < begins:
            wrong[last] = sentence
    if wrong:
        raise ValidationError(wrong)
