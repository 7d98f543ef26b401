"""The public pages of Projektschmieden, „Verein anmelden“ (how often: `PER_ADDRESS`, `PER_NETWORK`), „Ihre Anmeldung“, news."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from accounts.requests import PortalRequest
from cohorts import registering
from cohorts.forms import RegistrationForm, seen_value
from cohorts.models import Announcement, Cohort, Registration
from core.rates import network_of, slot
from core.steps import take_step
from core.typed import takes
from core.words import clock, day_of_this_year
from core.writes import Stale

# Links to confirm an hour: a room behind one network is let through, a mailbox is not flooded. All are stored.
PER_NETWORK = 1000
PER_ADDRESS = 6


@login_not_required
@require_safe
def list_(request: HttpRequest) -> HttpResponse:
    """List all published cohorts, those taking registrations first."""
    return render(request, "cohorts/list.html", {"groups": Cohort.objects.published().for_list().by_phase()})


@login_not_required
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    cohort = get_published(request, slug)
    workshops = cohort.workshops.held().prefetch_related("sessions")
    return render(request, "cohorts/detail.html", {"cohort": cohort, "workshops": workshops})


@login_not_required
@require_safe
def privacy(request: HttpRequest, uuid: UUID, number: int | None = None) -> HttpResponse:
    """Show what a Träger says about data: the text of today, or an earlier version somebody was shown."""
    is_known = Q(privacy_text__isnull=False) | Exists(Cohort.objects.published().filter(organiser=OuterRef("pk")))
    organiser = get_object_or_404(Organisation.objects.filter(is_known).select_related("privacy_text"), pk=uuid)
    text = organiser.privacy_text
    if number is not None:
        text = get_object_or_404(organiser.privacy_texts.all(), number=number)
    return render(request, "cohorts/privacy.html", {"organiser": organiser, "text": text})


@takes(RegistrationForm)
@login_not_required
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Register on one page; what was typed is still there after an error, also after the time for registering."""
    cohort = get_published(request, slug)
    if not cohort.is_registration_open:
        return closed(request, cohort)
    form = RegistrationForm(request.POST or None, cohort=cohort)
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "cohorts/register.html", form, cohort)
    when = mail_at(request, form.persons()[0]["email"])
    try:
        record, token = registering.register(
            cohort,
            values=form.values(),
            persons=form.persons(),
            mail_at=when,
            form=form.cleaned_data["once"],
            privacy_text=form.cleaned_data["shown"],
        )
    except Stale:
        return closed(request, cohort)
    if not token:
        return sent_already(request, record)
    if when > timezone.now():
        text = _(
            "Ihre Anmeldung ist gespeichert. Gerade kommen sehr viele von hier oder für diese Adresse: Die E-Mail mit dem "
            "Link kommt deshalb erst am %(when)s Uhr."
        )
        messages.info(request, text % {"when": f"{day_of_this_year(when)}, {clock(when)}"})
    return redirect("cohorts:sent", slug=cohort.slug)


def sent_already(request: HttpRequest, record: Registration) -> HttpResponse:
    """Say that what was sent a second time is no second registration, and how a confirmed one is changed."""
    if record.status == Registration.Status.UNCONFIRMED:
        messages.info(request, _("Ihre Anmeldung war schon abgeschickt. Sie gilt einmal."))
        return redirect("cohorts:sent", slug=record.cohort.slug)
    messages.info(
        request,
        _(
            "Diese Anmeldung haben Sie schon abgeschickt und bestätigt. Was Sie ändern möchten, ändern Sie bitte mit dem Link "
            "aus der E-Mail, die Sie danach bekommen haben."
        ),
    )
    return redirect(record.cohort)


@login_not_required
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "cohorts/sent.html", {"cohort": get_published(request, slug)})


def by_link(view: Callable[[HttpRequest, Registration, str], HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view of the registration that a secret link opens; where it opens none, a page says what to do."""

    @wraps(view)
    def opened(request: HttpRequest, slug: str, token: str) -> HttpResponse:
        record = Registration.objects.with_token(token).filter(cohort__slug=slug).for_list().first()
        if record is None:  # the same answer for a link that has ended and for one that never existed
            context = {"cohort": get_published(request, slug)}
            return private(render(request, "cohorts/link_over.html", context, status=410))
        return view(request, record, token)

    return opened


@login_not_required
@never_cache
@by_link
def registration(request: HttpRequest, record: Registration, token: str) -> HttpResponse:
    """Show the association its registration, with buttons to confirm, correct and withdraw."""
    context = {"registration": record, "cohort": record.cohort, "token": token}
    return private(render(request, "cohorts/registration.html", context))


@login_not_required
@require_POST
@by_link
def confirm(request: HttpRequest, record: Registration, token: str) -> HttpResponse:
    try:
        record.confirm(token)
    except Stale:
        messages.info(request, _("Ihre Anmeldung war schon bestätigt."))
    else:
        messages.success(request, _("Danke. Ihre Anmeldung ist eingegangen."))
    return redirect("cohorts:registration", slug=record.cohort.slug, token=token)


@takes(RegistrationForm)
@login_not_required
@never_cache
@by_link
def correct(request: HttpRequest, record: Registration, token: str) -> HttpResponse:
    """Correct what was said on the same form; two people correcting at once are told of each other."""
    if not record.is_correctable:
        messages.error(
            request, _("Die Anmeldung kann nicht mehr geändert werden. Bitte wenden Sie sich an den Träger.")
        )
        return typed_or_back(request, record, token)
    form = RegistrationForm(request.POST or None, instance=copy(record), cohort=record.cohort)
    if request.method == "POST" and form.is_valid():
        try:
            registering.correct(
                record, token, seen=form.cleaned_data["seen"], values=form.values(), persons=form.persons()
            )
        except Stale:
            return changed_meanwhile(request, form, record, token)
        messages.success(request, _("Ihre Änderungen sind gespeichert."))
        return redirect("cohorts:registration", slug=record.cohort.slug, token=token)
    return private(show_form(request, "cohorts/correct.html", form, record.cohort, token=token))


@login_not_required
@require_POST
@by_link
def withdraw(request: HttpRequest, record: Registration, token: str) -> HttpResponse:
    take_step(
        request,
        record.withdraw,
        done=_("Ihre Anmeldung ist zurückgezogen."),
        stale=_("Die Anmeldung kann hier nicht mehr zurückgezogen werden. Bitte wenden Sie sich an den Träger."),
    )
    return redirect("cohorts:registration", slug=record.cohort.slug, token=token)


@require_safe
def announcement(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show news of a cohort, and note that this person has seen it."""
    record = get_object_or_404(Announcement.objects.visible_to(request.user).select_related("cohort", "by"), pk=uuid)
    if record.published_at:
        record.note_seen(request.user)
    return render(request, "cohorts/announcement.html", {"announcement": record})


# What the views share


def get_published(request: HttpRequest, slug: str) -> Cohort:
    """Return a published cohort; its organisers see it before, too."""
    visible = Cohort.objects.published() | Cohort.objects.organised_by(request.user)
    return get_object_or_404(visible.for_list(), slug=slug)


def show_form(request: HttpRequest, template: str, form: RegistrationForm, cohort: Cohort, **more: Any) -> HttpResponse:
    context = {"form": form, "cohort": cohort, **more}
    return render(request, template, context, status=422 if form.errors else 200)


def closed(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """Say why registering is not possible, what to do instead, and show what was typed, to be copied."""
    typed = RegistrationForm(request.POST, cohort=cohort) if request.method == "POST" else None
    others = Cohort.objects.published().taking_registrations().for_list()
    context = {"cohort": cohort, "typed": typed, "others": others, "today": timezone.localdate()}
    return render(request, "cohorts/closed.html", context, status=409 if typed else 200)


def typed_or_back(request: HttpRequest, record: Registration, token: str) -> HttpResponse:
    if request.method == "POST":
        return private(closed(request, record.cohort))
    return redirect("cohorts:registration", slug=record.cohort.slug, token=token)


def changed_meanwhile(request: HttpRequest, form: RegistrationForm, record: Registration, token: str) -> HttpResponse:
    """Say that somebody else saved first, keep what was typed, and let this person decide with the next press."""
    record.refresh_from_db()
    if not record.is_correctable:
        return typed_or_back(request, record, token)
    form.data = {**request.POST.dict(), "seen": seen_value(record)}
    form.add_error(
        None,
        _(
            "Jemand anders hat die Anmeldung inzwischen geändert. Hier steht noch, was Sie geschrieben haben. Wenn Sie "
            "noch einmal speichern, gilt Ihre Fassung."
        ),
    )
    return private(show_form(request, "cohorts/correct.html", form, record.cohort, token=token, stored=record))


def private(response: HttpResponse) -> HttpResponse:
    """Keep search engines away from an address that holds a secret; none of our pages sends a referrer to strangers."""
    response["X-Robots-Tag"] = "noindex"
    return response


def mail_at(request: HttpRequest, email: str) -> datetime:
    """Return when the link to confirm may go out: later while very many come from this network or for this address."""
    now = timezone.now()
    network = slot(f"registration:network:{network_of(request)}", PER_NETWORK, now)
    return max(now, network, slot(f"registration:address:{email}", PER_ADDRESS, now))
