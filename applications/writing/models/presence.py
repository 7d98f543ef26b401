"""Who has a section open right now: how often its page asks (`PAUSES`), and when its person counts as gone (`GONE_AFTER`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef

from accounts.models import Record, User
from accounts.models.record import Person
from applications.writing.models.draft import Draft
from cohorts.models import TeamMember
from core.statements import Statement

# So many seconds after an answer a page asks again: longer each time, as long as its person is alone and nothing new is saved.
PAUSES = (15, 30, 60)
# After so long without a report its person has gone; the page that asks most rarely may be late by half a minute.
GONE_AFTER = timedelta(seconds=PAUSES[-1] + 30)


class PresenceQuerySet(models.QuerySet["Presence"]):
    def visible_to(self, user: Person) -> PresenceQuerySet:
        """Only those of a person's own team: nobody else sees who is writing at this moment."""
        if not user.is_authenticated:
            return self.none()
        own = TeamMember.objects.current().filter(team=OuterRef("draft__application__team"), user=user)
        return self.filter(Exists(own))

    def note(self, draft: Draft, user: User, now: datetime) -> None:
        """Note that this person has the section open now; locks nobody (one query)."""
        self.bulk_create(
            [self.model(draft=draft, user=user, at=now)],
            update_conflicts=True,
            unique_fields=["draft", "user"],
            update_fields=["at"],
        )

    def others(self, draft: Draft, user: User, now: datetime) -> list[User]:
        """Return who else of the team has the section open now, by name (one query)."""
        rows = READ_OTHERS(draft=draft.pk, user=user.pk)
        return [row.user for row in rows if row.at > now - GONE_AFTER]

    def forget_old(self, now: datetime) -> int:
        """Delete those of yesterday and before, for privacy; return how many."""
        return self.filter(at__lt=now - timedelta(days=1)).delete()[0]


class Presence(Record):
    """A person who has a section open. It locks nothing, and is deleted after a day."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "user"], name="presence_unique")]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%H:%M}"


def _others(draft: Any, user: Any) -> PresenceQuerySet:
    rows = Presence.objects.filter(draft=draft).exclude(user=user).select_related("user")
    return rows.order_by("user__first_name", "user__last_name")


READ_OTHERS = Statement(_others, "draft", "user")


def pause_after(kept: int, *, is_quiet: bool) -> int:
    """Return for how many seconds a page waits that waited for `kept` before; it is quiet while nobody and nothing is new."""
    return next((pause for pause in PAUSES if pause > kept), PAUSES[-1]) if is_quiet else PAUSES[0]
