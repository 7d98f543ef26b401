"""Pages on which mails about a place wait: a decision and the invitations that go with it are sent and stopped together."""

from __future__ import annotations

from accounts.admin import WaitingMailsAdmin
from cohorts.models.place_mails import sent_with_the_place


class PlaceMailsAdmin(WaitingMailsAdmin):
    def sent_together_with(self, topic: str) -> list[str]:
        return sent_with_the_place(topic)
