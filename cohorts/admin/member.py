"""The page of team members in the admin: inviting again, taking an invitation back, changing a role, leaving."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import PortalModelAdmin
from cohorts.models import TeamMember
from cohorts.revoking import revoke_invitation

from .member_repairs import come_back, correct_address, invite_anew
from .owner_actions import hand_over
from .team import BOTH, OTHER_ROLES


class RoleForm(forms.Form):
    """Another role than all of these members have already."""

    role = forms.ChoiceField(label=gettext_lazy("Rolle"), choices=OTHER_ROLES, widget=forms.RadioSelect)

    def __init__(self, *args: Any, members: Iterable[TeamMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles, field = {member.role for member in members}, cast("forms.ChoiceField", self.fields["role"])
        others = [choice for choice in OTHER_ROLES if roles != {choice[0]}]
        field.choices = others
        if len(others) == 1:
            field.initial = others[0][0]


@admin.register(TeamMember)
class TeamMemberAdmin(PortalModelAdmin):
    for_organisers = True
    list_display = ["full_name", "team", "role", "email", "state", "left_on", "other_roles"]
    list_filter = ["team__cohort", "role"]
    list_select_related = ["team__organisation", "team__cohort", "user"]
    search_fields = ["first_name", "last_name", "email", "team__organisation__name"]
    fields = [
        "team",
        ("first_name", "last_name"),
        "email",
        "another_address",
        "phone",
        "role",
        "user",
        "state",
        "left_on",
        "other_roles",
    ]
    readonly_fields = ["team", "email", "another_address", "role", "user", "state", "left_on", "other_roles"]
    actions = [
        "invite",
        "change_role",
        hand_over,
        correct_address,
        invite_anew,
        "revoke_invitation",
        "leave",
        come_back,
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return rows.with_other_sides()

    @admin.display(description=gettext_lazy("Name"), ordering="last_name")
    def full_name(self, member: TeamMember) -> str:
        return member.full_name

    @admin.display(description=gettext_lazy("Stand"), ordering="user")
    def state(self, member: TeamMember) -> str:
        return member.place_state(has_ended=member.left_on is not None)

    @admin.display(description=gettext_lazy("andere Adresse"))
    def another_address(self, member: TeamMember) -> str:
        """Say how the address is changed: whose account it is decides."""
        if not member.has_joined:
            return _("Solange niemand die Einladung angenommen hat, wählen Sie „Adresse berichtigen“.")
        return _(
            "Die Adresse gehört zum Konto dieser Person: Sie ändert sie selbst unter „Mein Konto“. Erreicht sie ihr altes Postfach "
            "nicht mehr, wählen Sie „Mit anderer Adresse neu einladen“."
        )

    @admin.display(description=gettext_lazy("weitere Rollen"))
    def other_roles(self, member: TeamMember) -> str:
        """Name roles beside which nobody should be in a team."""
        coaches = member.coaches_too and _(
            "Begleitet hier auch Teams. Bitte beenden Sie die Begleitung oder die Mitarbeit im Team."
        )
        organises = member.organises_too and _(
            "Gehört auch zum Träger. Bitte beenden Sie die Mitarbeit beim Träger oder im Team."
        )
        return " ".join(str(role) for role in (coaches, organises) if role)

    def has_hand_over_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "hand over", obj)

    def is_moment(self, request: HttpRequest, action: str, obj: Any) -> bool:
        is_owner = obj.role == TeamMember.Role.OWNER
        if obj.left_on or not obj.team.is_current:
            return bool(action == "come_back" and obj.left_on and obj.team.is_current and not obj.is_erased)
        invited, joined = not obj.has_joined and not obj.is_erased, obj.has_joined
        whom = {
            "invite": invited,
            "correct_address": invited,
            "invite_anew": joined,
            "revoke_invitation": invited,
            "hand_over": joined,
            "leave": joined,
            "come_back": False,
        }
        also_of_owners = {"invite", "correct_address", "invite_anew"}
        return whom.get(action, True) and (action in also_of_owners or not is_owner)

    @admin.action(description=gettext_lazy("Noch einmal einladen"), location=BOTH, permissions=["change"])
    def invite(self, request: HttpRequest, queryset: models.QuerySet[TeamMember]) -> None:
        self.run(
            request,
            queryset,
            lambda member: member.invite(by=request.user),
            may="edit",
            done=_("Die Einladung ist unterwegs."),
            stale=_("Diese Person ist schon dabei oder ausgeschieden."),
        )

    @admin.action(description=gettext_lazy("Rolle ändern"), location=BOTH, permissions=["change"])
    def change_role(self, request: HttpRequest, queryset: models.QuerySet[TeamMember]) -> HttpResponse | None:
        question: dict[str, Any] = {"title": _("Rolle ändern")}
        stale = _("Diese Rolle hat die Person schon, oder sie ist verantwortlich und übergibt das zuerst.")
        members = self.offered(request, queryset)
        form = self.ask(request, queryset, RoleForm, **question, members=members, stale=stale)
        if isinstance(form, HttpResponse):
            return form
        refused = self.run(
            request,
            queryset,
            lambda member: member.change_role(form.cleaned_data["role"], by=request.user),
            may="edit",
            done=_("Die Rolle ist geändert."),
            stale=stale,
        )
        return self.ask_again(request, refused, form)

    @admin.action(description=gettext_lazy("Einladung zurückziehen"), location=BOTH, permissions=["change"])
    def revoke_invitation(self, request: HttpRequest, queryset: models.QuerySet[TeamMember]) -> HttpResponse | None:
        by: Any = request.user
        stale = _("Diese Person ist schon dabei oder ausgeschieden, oder sie ist für das Team verantwortlich.")
        return self.ask_and_run(
            request,
            queryset,
            lambda member: revoke_invitation(member, by=by),
            title=_("Einladung zurückziehen"),
            button=_("Ja, zurückziehen"),
            intro=_(
                "Die Person bekommt eine E-Mail, dass die Einladung zurückgezogen ist; der Link von vorher gilt dann nicht "
                "mehr. Wer schon abgelehnt hat, bekommt keine."
            ),
            stale=stale,
            may="edit",
            done=_("Die Einladung ist zurückgezogen."),
        )

    @admin.action(description=gettext_lazy("Scheidet aus dem Team aus"), location=BOTH, permissions=["change"])
    def leave(self, request: HttpRequest, queryset: models.QuerySet[TeamMember]) -> HttpResponse | None:
        stale = _(
            "Wer verantwortlich ist, übergibt zuerst die Verantwortung; wer noch nicht dabei ist, dessen Einladung ziehen Sie zurück."
        )
        return self.ask_and_run(
            request,
            queryset,
            lambda member: member.leave(by=request.user),
            title=_("Aus dem Team nehmen"),
            button=_("Ja, aus dem Team nehmen"),
            intro=_(
                "Wer ausscheidet, sieht das Vorhaben nicht mehr. Was die Person geschrieben hat, bleibt erhalten. Sie wird "
                "benachrichtigt. Zurück geht es mit „Wieder ins Team nehmen“."
            ),
            stale=stale,
            may="edit",
            done=_("Die Person ist aus dem Team ausgeschieden."),
        )
