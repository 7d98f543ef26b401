"""The lines on a section: to revise, to begin, to complete, to hand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.progress.team_facts import TeamFacts
from applications.progress.turn import Turn, Who
from applications.states import ItemFacts, SectionFacts, SectionState
from calls.terms import COVER


def must_change(team: TeamFacts, section: SectionFacts, last: ItemFacts) -> Turn:
    count = last.comments
    by = ngettext("%(count)d Anmerkung von %(coach)s", "%(count)d Anmerkungen von %(coach)s", count)
    if count and last.coach:
        detail = by % {"count": count, "coach": last.coach}
    else:
        detail = ngettext("%(count)d Anmerkung", "%(count)d Anmerkungen", count) % {"count": count} if count else ""
    return Turn(
        code="change",
        who=Who.TEAM,
        what=_("„%(title)s“ überarbeiten") % {"title": section.title},
        leads_to=("applications:section", team.application, section.key),
        action=_("Weiterschreiben"),
        since=last.finished_at,
        until=last.again_by,
        detail=detail,
        names=last.reviewer,
        own_detail=by % {"count": count, "coach": _("Ihnen")} if count else "",
    )


def to_write(team: TeamFacts, sections: list[SectionFacts], open_places: Mapping[str, int]) -> Iterator[Turn]:
    """Yield what nobody has begun or touched, then what is not complete or not handed in."""
    begun = [section for section in sections if section.state in (SectionState.WRITING, SectionState.CHANGED_SINCE)]
    untouched = [section for section in begun if section.is_taken or lacks_title(team, section)]
    for section in sections:
        if section.state == SectionState.NOT_BEGUN or section in untouched:
            yield begin(team, section)
    for section in begun:
        if section in untouched:
            continue
        if places := open_places.get(section.key):
            yield complete(team, section, places)
        else:
            yield section_turn(
                team,
                section,
                _("„%(title)s“ zur Rückmeldung abgeben") % {"title": section.title},
                _("Ansehen und zur Rückmeldung abgeben"),
                code="hand in",
            )


def to_complete(team: TeamFacts, sections: list[SectionFacts], open_places: Mapping[str, int]) -> Iterator[Turn]:
    """Yield what is rund and lacks something all the same: nobody can finish before it is there."""
    for section in sections:
        if section.state == SectionState.ACCEPTED and (places := open_places.get(section.key)):
            yield complete(team, section, places)


def complete(team: TeamFacts, section: SectionFacts, places: int) -> Turn:
    """Return the line for a section in which so many places are open."""
    what = _("„%(title)s“ ergänzen") % {"title": section.title}
    detail = ngettext("%(count)d Stelle offen", "%(count)d Stellen offen", places) % {"count": places}
    return section_turn(team, section, what, _("Weiterschreiben"), code="complete", detail=detail)


def lacks_title(team: TeamFacts, section: SectionFacts) -> bool:
    """Is it the cover as the portal has filled it in? Without a title nobody has written there."""
    return section.key == COVER and not team.has_title


def begin(team: TeamFacts, section: SectionFacts) -> Turn:
    """Return the first step in a section: to begin it, or to go through what was there already."""
    if section.state == SectionState.NOT_BEGUN:
        return section_turn(team, section, _("„%(title)s“ beginnen") % {"title": section.title}, _("Schreiben"))
    if lacks_title(team, section):
        detail = _("Was das Portal schon weiß, steht da.")
        return section_turn(team, section, _("Dem Vorhaben einen Titel geben"), _("Schreiben"), detail=detail)
    what = _("„%(title)s“ prüfen und ergänzen") % {"title": section.title}
    return section_turn(team, section, what, _("Weiterschreiben"), detail=_("übernommen, noch nicht bearbeitet"))


def section_turn(
    team: TeamFacts, section: SectionFacts, what: str, action: str, *, code: str = "write", detail: str = ""
) -> Turn:
    """Return a line that leads to a section; what is not begun waits since it could be."""
    since = (section.opens_at or team.started_at) if section.state == SectionState.NOT_BEGUN else section.changed_at
    return Turn(
        code=code,
        who=Who.TEAM,
        what=what,
        leads_to=("applications:section", team.application, section.key),
        action=action,
        since=since,
        detail=detail,
    )
