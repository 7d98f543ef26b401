"""The page of teams in the admin: naming coaches, inviting people, a team that leaves."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import PortalChangeList, PortalTabularInline
from accounts.person_form import PersonForm
from cohorts.models import CoachAssignment, Team, TeamMember, read_other_sides
from cohorts.readmitting import cohorts_for, is_moving, is_over, readmit
from cohorts.taking_in_again import can_come_back
from core.statements import Statement

from .accepted_by_mistake import can_be_taken_back, take_back_acceptance
from .coach_order import swap_order
from .coaches_form import CoachesForm, who_coaches
from .decision_forms import suggested_text
from .leaving_team import explain_places, take_in_again, withdraw
from .owner_actions import invite_owner
from .place_mails import PlaceMailsAdmin
from .readmit_form import ReadmitForm, consequences_of
from .team_by_hand import add_by_hand

BOTH = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]
SHOWN = [
    "withdrawn_at",
    "organisation__name",
    "organisation__short_name",
    "cohort__title",
    *(f"{coach}__{name}" for coach in ("first_coach", "second_coach") for name in ("first_name", "last_name")),
]
OTHER_ROLES = [choice for choice in TeamMember.Role.choices if choice[0] != TeamMember.Role.OWNER]


class MemberForm(PersonForm):
    """Somebody to invite into the team."""

    role = forms.ChoiceField(label=gettext_lazy("Rolle"), choices=OTHER_ROLES, widget=forms.RadioSelect)


class TeamMemberInline(PortalTabularInline):
    """Who is in the team; roles and coming and going are steps, on the member's own page."""

    model = TeamMember
    fields = ["first_name", "last_name", "email", "phone", "role", "user", "state", "left_on"]
    readonly_fields = ["email", "role", "user", "state", "left_on"]
    show_change_link = True
    can_delete = False

    @admin.display(description=gettext_lazy("Stand"))
    def state(self, member: TeamMember) -> str:
        return member.place_state(has_ended=member.left_on is not None)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[TeamMember]:
        return super().get_queryset(request).select_related("user")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _first_coaches(user: Any) -> models.QuerySet[CoachAssignment]:
    coaches = CoachAssignment.objects.visible_to(user).filter(first_teams__isnull=False).distinct()
    return coaches.order_by("last_name", "first_name", "pk").only("first_name", "last_name", "email")


READ_FIRST_COACHES = Statement(_first_coaches, "user")


class CoachFilter(admin.SimpleListFilter):
    """By the first coach as a person: somebody who coaches several cohorts is named once."""

    title = gettext_lazy("erste Coaching-Person")
    parameter_name = "coach"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        user: Any = request.user
        by_address = {coach.email.lower(): coach for coach in READ_FIRST_COACHES(user=user.pk)}
        return [(str(coach.pk), coach.full_name) for coach in by_address.values()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Teams of this person in any cohort; a key that means nobody finds none."""
        if not self.value():
            return queryset
        chosen = str(self.value())
        named = dict(self.lookup_choices)
        if chosen not in named:
            return queryset.none()
        email = CoachAssignment.objects.filter(pk=chosen).values(lowered=Lower("email"))
        return queryset.alias(coach_address=Lower("first_coach__email")).filter(coach_address__in=email)


class TeamList(PortalChangeList):
    """The rows of one page: what they show and no more, read with the people who are on both sides.

    A condition of every query of the page costs more than a query of their own.
    """

    def get_results(self, request: HttpRequest) -> None:
        self.queryset = self.queryset.only(*SHOWN)
        super().get_results(request)
        self.result_list: list[Any] = list(self.result_list)
        read_other_sides(self.result_list)


@admin.register(Team)
class TeamAdmin(PlaceMailsAdmin):
    """Teams arise by accepting a registration; one without is made by hand."""

    for_organisers = True
    list_display = [
        "organisation",
        "cohort",
        "first_coach",
        "second_coach",
        "withdrawn_at",
        "own_coach",
        "own_organiser",
    ]
    list_filter = ["cohort", CoachFilter, "withdrawn_at"]
    list_select_related = ["organisation", "cohort", "first_coach", "second_coach"]
    search_fields = [
        "organisation__name",
        "organisation__short_name",
        "members__first_name",
        "members__last_name",
        "members__email",
    ]
    fields = readonly_fields = (
        "cohort",
        "organisation",
        "first_coach",
        "second_coach",
        "own_coach",
        "own_organiser",
        "made_at",
        "withdrawn_at",
    )
    inlines = [TeamMemberInline]
    actions = [
        "name_coaches",
        swap_order,
        "add_member",
        invite_owner,
        "readmit",
        withdraw,
        take_back_acceptance,
        take_in_again,
    ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TeamList

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        add = partial(add_by_hand, self, request)
        if request.method != "POST":
            return add()
        page: HttpResponse = self._with_consequences(
            request, add, title=_("Das geschieht, wenn Sie das Team anlegen"), button=_("Team anlegen")
        )
        return page

    def ask_to_add(self, request: HttpRequest, form: Any, **texts: str) -> HttpResponse:
        """Show the page of `ask` for a team that is not there yet; cancelling leads to the list."""
        status = 409 if form.non_field_errors() else 422 if form.errors else 200
        page: Any = self._question(request, [], form, left_out=[], status=status, **texts)
        page.context_data["back"] = reverse("admin:cohorts_team_changelist")
        return page

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        team = super().get_object(request, object_id, from_field)
        read_other_sides([team] if team else [])
        return team

    @admin.display(description=gettext_lazy("Coaching-Person im Team"))
    def own_coach(self, team: Team) -> str:
        """Name a member who coaches the cohort, too."""
        return team.coach_inside or ""

    @admin.display(description=gettext_lazy("Person des Trägers im Team"))
    def own_organiser(self, team: Team) -> str:
        """Name a member who organises the cohort, too."""
        return team.organiser_inside or ""

    def has_people_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "people", obj)

    def has_readmit_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "readmit", obj)

    def is_moment(self, request: HttpRequest, action: str, obj: Any) -> bool:
        if action == "take_in_again":
            return can_come_back(obj)
        if action == "take_back_acceptance":
            return can_be_taken_back(obj)
        if action == "swap_order":
            return obj.is_current and obj.second_coach_id is not None
        return obj.is_current or action == "readmit"

    @admin.action(description=gettext_lazy("Coaching-Personen festlegen"), location=BOTH, permissions=["change"])
    def name_coaches(self, request: HttpRequest, queryset: models.QuerySet[Team]) -> HttpResponse | None:
        teams = list(queryset.select_related("first_coach", "second_coach"))
        cohorts = {team.cohort_id for team in teams}
        if len(cohorts) != 1:
            self.message_user(request, _("Bitte wählen Sie Teams aus einer einzigen Projektschmiede."), "error")
            return None
        question: dict[str, Any] = {"title": _("Coaching-Personen festlegen")}
        stale = _("Das Team ist ausgeschieden.")
        form = self.ask(
            request,
            queryset,
            CoachesForm,
            **question,
            coaches=CoachAssignment.objects.current().filter(cohort__in=cohorts),
            details=lambda: who_coaches(teams),
            stale=stale,
        )
        if isinstance(form, HttpResponse):
            return form
        refused = self.run(
            request,
            queryset,
            lambda team: team.name_coaches(**form.cleaned_data, by=request.user),
            may="edit",
            done=_("Die Coaching-Personen sind festgelegt."),
            stale=stale,
        )
        return self.ask_again(request, refused, form)

    @admin.action(
        description=gettext_lazy("Person ins Team einladen"),
        location=[ActionLocation.CHANGE_FORM],
        permissions=["people"],
    )
    def add_member(self, request: HttpRequest, queryset: models.QuerySet[Team]) -> HttpResponse | None:
        question: dict[str, Any] = {"title": _("Person ins Team einladen")}
        stale = _("Diese Adresse gehört schon zum Team, oder das Team ist ausgeschieden.")
        form = self.ask(
            request, queryset, MemberForm, **question, initial={"role": TeamMember.Role.WRITER}, stale=stale
        )
        if isinstance(form, HttpResponse):
            return form
        refused = self.run(
            request,
            queryset,
            lambda team: team.add_member(by=request.user, **form.cleaned_data),
            may="people",
            done=_("Die Einladung ist unterwegs."),
            stale=stale,
        )
        return self.ask_again(request, refused, form)

    @admin.action(
        description=gettext_lazy("In eine neue Projektschmiede aufnehmen"),
        location=[ActionLocation.CHANGE_FORM],
        permissions=["readmit"],
    )
    def readmit(self, request: HttpRequest, queryset: models.QuerySet[Team]) -> HttpResponse | None:
        """Show who is invited into which cohort, with which text; then make the new team, and open its page."""
        by: Any = request.user
        team = queryset.select_related("organisation", "cohort__organiser").first()
        if team is None or not cohorts_for(team).exists():
            self.message_user(
                request, _("Es gibt keine andere Projektschmiede, in die Sie das Team aufnehmen können."), "error"
            )
            return None
        question: dict[str, Any] = {
            "title": _("In eine neue Projektschmiede aufnehmen"),
            "intro": _("Die Organisation bekommt ein neues Team in einer anderen Projektschmiede von Ihnen."),
        }
        stale = _("Diese Projektschmiede ist vorbei oder abgesagt.")
        stands = {"is_over": is_over(team), "is_moving": is_moving(team)}
        initial = {"text": lambda: suggested_text("readmitted", **stands)}
        details = lambda: consequences_of(team)  # noqa: E731
        form = self.ask(
            request, queryset, ReadmitForm, **question, team=team, initial=initial, details=details, stale=stale
        )
        if isinstance(form, HttpResponse):
            return form
        made: list[Team] = []
        refused = self.run(
            request,
            [team],
            lambda earlier: made.append(readmit(earlier, by=by, **form.cleaned_data)),
            may="readmit",
            done=_("Aufgenommen. Das neue Team ist angelegt."),
            stale=stale,
        )
        if made:
            explain_places(made[0])
            return redirect("admin:cohorts_team_change", made[0].pk)
        return self.ask_again(request, refused, form)
