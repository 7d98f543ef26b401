"""The page „Ihre Abwesenheit“: a coach enters, changes and ends her own, and sees before what it means for her teams."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.reviews.page.absence import meaning_of
from applications.writing.models import Application
from cohorts.models import CoachAbsence, CoachAssignment, Overlaps
from cohorts.models.absence import FURTHEST
from core.steps import take_step
from core.typed import takes
from core.words import day
from core.writes import Stale

DAY = gettext_lazy("Bitte geben Sie einen Tag an, zum Beispiel 11.12.2026.")
GONE = gettext_lazy("Diese Abwesenheit hat sich inzwischen geändert. Bitte sehen Sie noch einmal hin.")


class AbsenceForm(forms.Form):
    """The days of an absence, and of several cohorts those it is for."""

    assignment = forms.ModelMultipleChoiceField(
        CoachAssignment.objects.none(),
        label=gettext_lazy("In welchen Projektschmieden?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Bitte wählen Sie mindestens eine Projektschmiede aus.")},
    )
    from_on = forms.DateField(
        label=gettext_lazy("Erster Tag"), error_messages={"required": DAY, "invalid": DAY}, initial=timezone.localdate
    )
    until_on = forms.DateField(
        label=gettext_lazy("Letzter Tag"),
        help_text=gettext_lazy("Am Tag danach warten Abgaben und Fragen wieder auf Sie."),
        error_messages={"required": DAY, "invalid": DAY},
    )

    def __init__(self, *args: Any, coached: QuerySet[CoachAssignment] | None, **options: Any) -> None:
        """`coached` are the cohorts to choose from; None where the absence has its cohort."""
        super().__init__(*args, **options)
        if coached is None:
            del self.fields["assignment"]
            return
        field: Any = self.fields["assignment"]
        field.queryset = coached
        field.label_from_instance = lambda assignment: assignment.cohort.title
        field.initial = [assignment.pk for assignment in coached]
        if len(coached) == 1:
            field.widget = forms.MultipleHiddenInput()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends, today = data.get("from_on"), data.get("until_on"), timezone.localdate()
        for name in ("from_on", "until_on"):
            if data.get(name) and abs(data[name] - today) > FURTHEST:
                around = {"first": day(today - FURTHEST), "last": day(today + FURTHEST)}
                self.add_error(
                    name, _("Bitte geben Sie einen Tag zwischen dem %(first)s und dem %(last)s an.") % around
                )
        if begins and ends and ends < begins:
            self.add_error("until_on", _("Der letzte Tag liegt vor dem ersten."))
        elif ends and ends < today:
            self.add_error("until_on", _("Diese Tage sind schon vorbei."))
        return data

    @property
    def shown(self) -> str:
        """What the page has told the consequences of."""
        data = self.cleaned_data
        chosen = ",".join(str(assignment.pk) for assignment in data.get("assignment", []))
        return f"{chosen} {data['from_on']} {data['until_on']}"


@takes(AbsenceForm)
def absences(request: PortalRequest) -> HttpResponse:
    """List a coach's absences of today and later, with a form to enter another."""
    today = timezone.localdate()
    running = When(cohort__begins_on__lte=today, cohort__ends_on__gte=today, then=0)
    coached = CoachAssignment.objects.of(request.user).select_related("cohort")
    coached = coached.order_by(Case(running, default=1), "-cohort__begins_on")
    writing = Application.objects.filter(team__cohort=OuterRef("cohort"), status=Application.Status.DRAFTING)
    going_on = coached.filter(Q(cohort__ends_on__gte=today) | Exists(writing), cohort__cancelled_at=None)
    coached = going_on or coached
    if not coached:
        raise Http404
    form = AbsenceForm(request.POST if request.method == "POST" else None, coached=coached)

    @transaction.atomic
    def enter(days: dict[str, date]) -> None:
        for assignment in form.cleaned_data["assignment"]:
            CoachAbsence.objects.enter(assignment, by=request.user, **days)

    context = {"form": form, "absences": CoachAbsence.objects.ahead_of(request.user)}
    return _page(request, form, None, enter, context)


@takes(AbsenceForm)
def absence(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Put an absence on other days."""
    if is_gone(request, uuid):
        return redirect("reviews:absences")
    own = get_absence(request, uuid)
    was = f"{own.from_on} {own.until_on}"
    initial = {"from_on": own.from_on, "until_on": own.until_on}
    form = AbsenceForm(request.POST if request.method == "POST" else None, coached=None, initial=initial)
    if form.is_bound and request.POST.get("was") != was:
        names = {"begins": day(own.from_on), "ends": day(own.until_on)}
        form.add_error(None, _("Diese Abwesenheit wurde inzwischen geändert: jetzt %(begins)s bis %(ends)s.") % names)
    context = {"form": form, "absence": own, "was": was}
    return _page(request, form, own, lambda days: own.change(by=request.user, **days), context)


def _page(
    request: PortalRequest,
    form: AbsenceForm,
    own: CoachAbsence | None,
    step: Callable[[dict[str, date]], object],
    context: dict[str, object],
) -> HttpResponse:
    """Show the form; once it is right, what the absence means; once that was seen, take the step."""
    status = 200
    if request.method == "POST" and form.is_valid():
        days = {name: form.cleaned_data[name] for name in ("from_on", "until_on")}
        if request.POST.get("shown") == form.shown and _is_taken(form, lambda: step(days)):
            messages.success(request, _("Ihre Abwesenheit ist eingetragen. Der Träger hat eine Nachricht bekommen."))
            return redirect("reviews:absences")
        if not form.errors:
            assignments = [own.assignment] if own else list(form.cleaned_data["assignment"])
            context |= {"meanings": [meaning_of(assignment, **days) for assignment in assignments]}
            context |= {"is_asked": True, "days": days}
    if form.errors:
        status = 422
    return render(request, "applications/reviews/absences.html", context, status=status)


def _is_taken(form: AbsenceForm, step: Callable[[], object]) -> bool:
    """Take the step, or say beside the form why it could not be taken."""
    try:
        step()
    except Overlaps as error:
        sentence = _(
            "Für diese Tage haben Sie schon eine Abwesenheit eingetragen: %(begins)s bis %(ends)s, „%(cohort)s“. Bitte ändern Sie diese."
        )
        days = {"begins": day(error.absence.from_on), "ends": day(error.absence.until_on)}
        days["cohort"] = error.absence.assignment.cohort.title
        form.add_error("from_on", sentence % days)
    except Stale:
        form.add_error(None, str(GONE))
    return not form.errors


def get_absence(request: PortalRequest, uuid: UUID) -> CoachAbsence:
    """404 for one this person may not see, 403 for one that is not their own."""
    visible = CoachAbsence.objects.visible_to(request.user).select_related("assignment__cohort")
    absence = get_object_or_404(visible, pk=uuid)
    if not absence.allows(request.user, "change own"):
        raise PermissionDenied
    return absence


def is_gone(request: PortalRequest, uuid: UUID) -> bool:
    """Tell a coach whose page is old that the absence is deleted already; return whether it is."""
    if CoachAbsence.objects.filter(pk=uuid).exists() or not CoachAssignment.objects.of(request.user).exists():
        return False
    messages.info(request, _("Diese Abwesenheit gibt es nicht mehr: Sie ist schon beendet oder gelöscht."))
    return True


@require_POST
def end_absence(request: PortalRequest, uuid: UUID) -> HttpResponse:
    if is_gone(request, uuid):
        return redirect("reviews:absences")
    absence = get_absence(request, uuid)
    take_step(
        request,
        lambda: absence.end(by=request.user),
        done=_(
            "Sie sind wieder da: Abgaben und Fragen warten ab jetzt auf Sie. Der Träger hat eine Nachricht bekommen."
        )
        if absence.has_begun
        else _("Die Abwesenheit ist gelöscht. Der Träger hat eine Nachricht bekommen."),
        stale=str(GONE),
    )
    return redirect("reviews:absences")
