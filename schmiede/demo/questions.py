"""What the demo's teams asked their coaches beside what they handed in, and the answers."""

from __future__ import annotations

from datetime import datetime

from cohorts.models import Conversation, ConversationSeen, Entry
from schmiede.demo.teams import Cast, Scene


def make_questions(cast: Cast, scene: Scene) -> None:
    """The conversation of a team whose file has questions; who wrote has read what stood there then."""
    rows = cast.row.get("question", [])
    if not rows:
        return
    talk = scene.batch.add(Conversation(team=cast.team, last=len(rows)))
    read = {}
    waits_since: datetime | None = None
    for number, row in enumerate(rows, 1):
        is_from_team, at = row["by"] in cast.users, scene.clock.moment(row["at"])
        by = cast.users[row["by"]] if is_from_team else scene.staff[row["by"]]
        waits_since = (waits_since or at) if is_from_team else None
        read[by] = number
        scene.batch.add(
            Entry(conversation=talk, number=number, text=row["text"], is_from_team=is_from_team, by=by, at=at)
        )
        event = "conversation.asked" if is_from_team else "conversation.answered"
        scene.batch.trace(event, talk, by=by, at=at, entry=number)
    talk.waits_since = waits_since
    for user, last in read.items():
        scene.batch.add(ConversationSeen(conversation=talk, user=user, last=last))
