"""Repairs to somebody's place in a team: back after a mistake, another address before and after joining."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.addresses import AddressFormField
from cohorts import coming_back, correcting
from cohorts.models import TeamMember

from .consequences import consequences

ON_FORM = [ActionLocation.CHANGE_FORM]


class AddressForm(forms.Form):
    email = AddressFormField(
        label=gettext_lazy("Neue E-Mail-Adresse"),
        help_text=gettext_lazy("Bitte lesen Sie sie noch einmal: Wer diese Adresse hat, kann dem Team beitreten."),
    )


def about(queryset: QuerySet[TeamMember], said: Callable[[TeamMember], list[str]]) -> Callable[[], SafeString]:
    """Return what to ask for the details of a page about these people."""
    rows = queryset.select_related("team__organisation", "user")
    return lambda: consequences(sentence for member in rows for sentence in said(member))


@admin.action(description=gettext_lazy("Wieder ins Team nehmen"), location=ON_FORM, permissions=["change"])
def come_back(pages: Any, request: HttpRequest, queryset: QuerySet[TeamMember]) -> HttpResponse | None:
    """Show with which role the person comes back and what they are sent; then give them their place back."""
    by: Any = request.user
    answer: HttpResponse | None = pages.ask_and_run(
        request,
        queryset,
        lambda member: coming_back.come_back(member, by=by),
        title=_("Wieder ins Team nehmen"),
        button=_("Ja, wieder ins Team nehmen"),
        details=about(queryset, consequences_of_coming_back),
        stale=_("Diese Person gehört schon zum Team, oder das Team ist ausgeschieden."),
        may="edit",
        done=_("Die Person gehört wieder zum Team oder ist wieder eingeladen, und sie ist benachrichtigt."),
    )
    return answer


@admin.action(description=gettext_lazy("Adresse berichtigen"), location=ON_FORM, permissions=["change"])
def correct_address(pages: Any, request: HttpRequest, queryset: QuerySet[TeamMember]) -> HttpResponse | None:
    """Show whose invitation ends and what goes to the new address; then send it there."""
    by: Any = request.user
    return _at_another_address(
        pages,
        request,
        queryset,
        lambda member, email: correcting.correct_address(member, by=by, email=email),
        title=_("Adresse berichtigen"),
        details=about(queryset, consequences_of_correcting),
        done=_("Die Adresse ist berichtigt, die Einladung ist dorthin unterwegs."),
        stale=_("Diese Person ist inzwischen dabei oder ausgeschieden, oder das Team ist ausgeschieden."),
    )


@admin.action(description=gettext_lazy("Mit anderer Adresse neu einladen"), location=ON_FORM, permissions=["change"])
def invite_anew(pages: Any, request: HttpRequest, queryset: QuerySet[TeamMember]) -> HttpResponse | None:
    """Show that the place of before ends and what goes where; then invite the person at the new address."""
    by: Any = request.user
    return _at_another_address(
        pages,
        request,
        queryset,
        lambda member, email: correcting.invite_anew(member, by=by, email=email),
        title=_("Mit anderer Adresse neu einladen"),
        intro=_(
            "Nur wenn die Person ihr Postfach nicht mehr erreicht. Rufen Sie sie im Zweifel an: Ist es wirklich ihre neue Adresse?"
        ),
        details=about(queryset, consequences_of_inviting_anew),
        done=_("Der bisherige Platz ist beendet, die Einladung an die neue Adresse ist unterwegs."),
        stale=_("Diese Person ist noch nicht dabei oder ausgeschieden, oder das Team ist ausgeschieden."),
    )


def _at_another_address(
    pages: Any,
    request: HttpRequest,
    queryset: QuerySet[TeamMember],
    step: Callable[[TeamMember, str], object],
    *,
    done: str,
    stale: str,
    **question: Any,
) -> HttpResponse | None:
    form = pages.ask(request, queryset, AddressForm, stale=stale, **question)
    if isinstance(form, HttpResponse):
        return form
    email = form.cleaned_data["email"]
    refused = pages.run(request, queryset, lambda member: step(member, email), may="edit", done=done, stale=stale)
    answer: HttpResponse | None = pages.ask_again(request, refused, form)
    return answer


def consequences_of_coming_back(member: TeamMember) -> list[str]:
    said = {"name": member.full_name, "role": member.get_role_display(), "team": member.team.title}
    if not member.has_joined:
        words = _(
            "%(name)s war noch nicht im Team „%(team)s“ und bekommt eine neue Einladung. Die Rolle bleibt: %(role)s."
        )
        return [words % said]
    return [
        _("%(name)s gehört sofort wieder zum Team „%(team)s“, mit der Rolle von vorher: %(role)s.") % said,
        _("Die Person sieht wieder alles, was das Team sieht, auch was inzwischen geschrieben wurde."),
    ]


def consequences_of_correcting(member: TeamMember) -> list[str]:
    said = {"email": member.email, "role": member.get_role_display()}
    return [
        _("Die Einladung, die an %(email)s ging, gilt nicht mehr. Dorthin geht keine weitere E-Mail.") % said,
        _("An die neue Adresse geht eine neue Einladung; die Rolle bleibt: %(role)s.") % said,
    ]


def consequences_of_inviting_anew(member: TeamMember) -> list[str]:
    account = member.user.email if member.user else member.email
    said = {"name": member.full_name, "email": account, "role": member.get_role_display()}
    sentences = [
        _(
            "Der bisherige Platz von %(name)s endet sofort. Das Konto mit %(email)s bleibt, sieht das Team aber nicht mehr."
        )
        % said,
        _(
            "An die neue Adresse geht eine Einladung mit derselben Rolle: %(role)s. Bis sie angenommen ist, bleibt der Platz leer."
        )
        % said,
        _("Was die Person geschrieben hat und ihre Anwesenheit bei Terminen bleiben unter ihrem Namen erhalten."),
    ]
    if member.role == TeamMember.Role.OWNER:
        sentences.append(_("Solange kann niemand im Team das Vorhaben fertigstellen."))
    return sentences
