"""The page of a Projektschmiede's coaches in the admin: inviting, absences, second factor, their teams, ending."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import PortalModelAdmin, PortalTabularInline
from accounts.admin.request_cache import answers
from cohorts.models import CoachAbsence, CoachAssignment, Cohort, OnBothSides
from cohorts.readdressing import redirect_unsent

from .coach_absence import end_absence, enter_absence
from .coach_repairs import end, hand_teams_over, swap_teams, take_up_again

BOTH = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]


class CoachAbsenceInline(PortalTabularInline):
    model = CoachAbsence
    fields = ["from_on", "until_on"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[CoachAbsence]:
        return super().get_queryset(request).select_related("assignment")


class CoachForm(forms.ModelForm):
    """The form of a coach. Where saving was refused, `refused` holds the sentence that then stands beside the address."""

    refused: Any = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.refused:
            self.add_error("email", self.refused)
        return cleaned


@admin.register(CoachAssignment)
class CoachAssignmentAdmin(PortalModelAdmin):
    """Saving a new coach or another address sends the invitation."""

    form = CoachForm

    for_organisers = True
    list_display = ["full_name", "cohort", "email", "state", "until", "other_roles"]
    list_filter = ["cohort"]
    list_select_related = ["cohort", "coach"]
    search_fields = ["first_name", "last_name", "email"]
    fields = [
        "cohort",
        ("first_name", "last_name"),
        "email",
        "another_address",
        "phone",
        "form_of_address",
        "state",
        "until",
        "other_roles",
    ]
    readonly_fields = ["another_address", "state", "until", "other_roles"]
    inlines = [CoachAbsenceInline]
    actions = [
        "invite",
        "reset_second_factor",
        enter_absence,
        end_absence,
        hand_teams_over,
        swap_teams,
        end,
        take_up_again,
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return rows.with_other_roles()

    def choices_for(self, request: HttpRequest, field: str) -> models.QuerySet[Any] | None:
        return Cohort.objects.organised_by(request.user) if field == "cohort" else None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Fix the cohort, which the invitation named, and address and name, which is the account's, once somebody has joined."""
        fixed = ("cohort",) if obj else ()
        if obj and not (obj.is_current and obj.coach_id is None):
            fixed = (*fixed, "email")
        if obj and obj.coach_id:
            fixed = (*fixed, "first_name", "last_name")
        return (*super().get_readonly_fields(request, obj), *fixed)

    @admin.display(description=gettext_lazy("Name"), ordering="last_name")
    def full_name(self, assignment: CoachAssignment) -> str:
        return assignment.full_name

    @admin.display(description=gettext_lazy("Stand"), ordering="coach")
    def state(self, assignment: CoachAssignment) -> str:
        return assignment.place_state(has_ended=not assignment.is_current)

    @admin.display(description=gettext_lazy("andere Adresse"))
    def another_address(self, assignment: CoachAssignment) -> str:
        """Say how the address is changed: whose account it is decides."""
        if not assignment.has_joined:
            return _(
                "Solange niemand die Einladung angenommen hat, ändern Sie sie oben; beim Speichern geht eine neue Einladung hinaus."
            )
        return _(
            "Die Adresse gehört zum Konto dieser Person: Sie ändert sie selbst unter „Mein Konto“. Erreicht sie ihr altes Postfach "
            "nicht mehr, legen Sie die Person mit der neuen Adresse noch einmal an, wählen hier „Alle Teams übergeben“ und dann "
            "„Begleitung beenden“."
        )

    @admin.display(description=gettext_lazy("weitere Rollen"))
    def other_roles(self, assignment: CoachAssignment) -> str:
        """Name roles beside which nobody should coach."""
        in_team = getattr(assignment, "is_in_team", False) and _(
            "Gehört hier auch zu einem Team. Bitte beenden Sie die Begleitung oder die Mitarbeit im Team."
        )
        at_bamf = getattr(assignment, "is_at_bamf", False) and _("Arbeitet auch für das BAMF.")
        return " ".join(str(role) for role in (in_team, at_bamf) if role)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the form once more if the person turns out to be in a team, which only the step knows for sure."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except OnBothSides as error:
            answers(request).refused = str(error)
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refused = answers(request).refused
        return form

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.hold()
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            obj.send_invitation(by=request.user)
            if change:
                redirect_unsent(form.initial["email"], obj.email, cohort=obj.cohort_id, name=obj.full_name)
            self.message_user(request, _("Die Einladung an %(email)s ist unterwegs.") % {"email": obj.email})

    def is_moment(self, request: HttpRequest, action: str, obj: Any) -> bool:
        if action in {"invite", "reset_second_factor"}:
            return obj.is_current and (obj.coach_id is None) == (action == "invite")
        if action == "take_up_again":
            return obj.until is not None and not obj.is_erased
        if action == "hand_teams_over":
            return not obj.is_erased  # also after the end, when its teams wait for somebody
        return bool(obj.is_current)

    @admin.action(description=gettext_lazy("Noch einmal einladen"), location=BOTH, permissions=["change"])
    def invite(self, request: HttpRequest, queryset: models.QuerySet[CoachAssignment]) -> None:
        self.run(
            request,
            queryset,
            lambda assignment: assignment.invite(by=request.user),
            may="edit",
            done=_("Die Einladung ist unterwegs."),
            stale=_("Diese Person ist schon dabei."),
        )

    @admin.action(description=gettext_lazy("Zweiten Faktor zurücksetzen …"), location=BOTH, permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: models.QuerySet[CoachAssignment]) -> Any:
        """Help a coach who has lost their phone."""
        stale = _("Diese Person hat keinen zweiten Faktor, oder nur das BAMF kann ihn zurücksetzen.")
        return self.ask_and_run(
            request,
            queryset,
            lambda assignment: assignment.reset_second_factor(by=request.user),
            title=_("Zweiten Faktor zurücksetzen"),
            button=_("Zurücksetzen und benachrichtigen"),
            intro=_("Nur wenn Sie sicher sind, dass diese Person selbst darum bittet: Rufen Sie sie im Zweifel an."),
            stale=stale,
            may="edit",
            done=_("Der zweite Faktor ist zurückgesetzt; die Person hat eine E-Mail bekommen."),
        )


@admin.register(CoachAbsence)
class CoachAbsenceAdmin(PortalModelAdmin):
    for_organisers = True
    list_display = ["assignment", "cohort", "from_on", "until_on"]
    list_filter = ["assignment__cohort"]
    list_select_related = ["assignment__cohort"]

    @admin.display(description=gettext_lazy("Projektschmiede"), ordering="assignment__cohort")
    def cohort(self, absence: CoachAbsence) -> Cohort:
        return absence.assignment.cohort

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Name a coach of several cohorts with each of them: absences are of one cohort."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "assignment":
            field.label_from_instance = lambda assignment: f"{assignment.full_name} – {assignment.cohort.title}"
        return field

    def choices_for(self, request: HttpRequest, field: str) -> models.QuerySet[Any] | None:
        if field != "assignment":
            return None
        own = CoachAssignment.objects.filter(cohort__in=Cohort.objects.organised_by(request.user))
        return own.select_related("cohort").order_by("last_name", "first_name", "-cohort__begins_on")
