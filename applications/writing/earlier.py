"""Earlier applications of a team's organisation: which there are, who may take their texts over, and what comes over.

Who may is a rule of its own (docs/decisions/0043-texts-of-an-earlier-application.md): seeing one is enough, and the
owner of the new team may who has belonged to the organisation since before the team, or was made responsible for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Membership, User
from applications.content import Content, Cover, of_kind
from applications.writing.models import Application, Draft
from applications.writing.models.application import ApplicationQuerySet
from calls.terms import ATTACHMENTS, COVER, DECLARATIONS
from cohorts.models import Team, TeamMember
from cohorts.models.team import has_role

# What was declared, and which files lay in the envelope, was said for that one application.
SAID_ANEW = (ATTACHMENTS, DECLARATIONS)
REFUSED = ["declined", "not granted"]


def earlier_of(team: Team) -> ApplicationQuerySet:
    """Return what the team's organisation wrote before and no longer works on, newest first.

    It was withdrawn or refused, or its team or cohort is over. What still runs somewhere is left out.
    """
    over = Q(status=Application.Status.WITHDRAWN) | Q(team__withdrawn_at__isnull=False)
    over |= Q(team__cohort__cancelled_at__isnull=False) | Q(team__cohort__ends_on__lt=timezone.localdate())
    refused = Application.objects.filter(submissions__superseded_at=None, submissions__outcome__kind__in=REFUSED)
    over |= Q(pk__in=refused.order_by().values("pk"))
    return Application.objects.filter(over, team__organisation=team.organisation_id).order_by("-started_at", "pk")


def open_to(team: Team, user: User) -> ApplicationQuerySet:
    """Return those earlier ones whose texts this person may take over into an application of the team."""
    may = has_role(user, Application.MAY["see"], "team__")
    if long_standing_owners(team).filter(user=user).exists():
        may |= Q(team__organisation=team.organisation_id)
    return earlier_of(team).filter(may)


def long_standing_owners(team: Team) -> QuerySet[TeamMember]:
    """Return the team's owner if they belong to the organisation since before this team, or were made responsible for it.

    Joining a team makes everybody a member, and the first one responsible: what only came with this very team says
    nothing about them. So being responsible counts only where somebody was there before who could hand it over.
    """
    before = Membership.objects.filter(organisation=team.organisation_id, joined_at__lt=team.made_at)
    handed_over = Q(Exists(before), role=Membership.Role.RESPONSIBLE)
    belongs = Membership.objects.filter(organisation=team.organisation_id, user=OuterRef("user"))
    trusted = belongs.filter(Q(joined_at__lt=team.made_at) | handed_over)
    return team.members.current().filter(Exists(trusted), role=TeamMember.Role.OWNER)


def who_may_take(team: Team, earlier: Iterable[Application]) -> list[TeamMember]:
    """Return the people of the team who may take these over: to be asked by somebody who may not. Two queries at most."""
    places = TeamMember.objects.current().filter(user=OuterRef("user"), team__applications__in=list(earlier))
    writing = team.joined().filter(role__in=[TeamMember.Role.OWNER, TeamMember.Role.WRITER])
    return list(writing.filter(Q(Exists(places)) | Q(pk__in=long_standing_owners(team).values("pk"))))


def texts_of(earlier: Application) -> dict[str, Draft]:
    """Return the begun sections of an earlier application that come over, by their keys. One query."""
    begun = earlier.drafts.filter(version__gt=0).exclude(key__in=SAID_ANEW)
    return {draft.key: draft for draft in begun}


def taken_cover(before: Content, known: Cover) -> Cover:
    """Return the earlier cover as it stands, with what is known of the organisation where nothing was filled in."""
    cover = of_kind(Cover, before)
    blank = {field.name for field in fields(Cover) if not getattr(cover, field.name)} - {"theme"}
    return replace(cover, **{name: getattr(known, name) for name in blank})


def values_of(earlier: Application, known: Cover) -> dict[str, Content]:
    """Return the values that come over, by section: all that was begun, as it stands."""
    values = {key: draft.value for key, draft in texts_of(earlier).items()}
    if COVER in values:
        values[COVER] = taken_cover(values[COVER], known)
    return values
