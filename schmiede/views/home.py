"""The start page of the public; people who are logged in go on to the overview."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cohorts.models import Cohort


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("dashboard")
    cohorts = Cohort.objects.taking_registrations().for_list()
    return render(request, "schmiede/home.html", {"cohorts": cohorts})
