"""The page of an organisation in the admin: its data, its people, inviting, handing over, letting it run Projektschmieden."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import invitations
from accounts.forms import InviteForm
from accounts.models import Membership, Organisation

from . import running
from .base import PortalModelAdmin
from .filters import titled
from .inlines import PortalTabularInline

ON_FORM = [ActionLocation.CHANGE_FORM]
EVERYWHERE = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]


class HandOverForm(forms.Form):
    """Who is responsible from now on, chosen among the members who are not yet."""

    to = forms.ModelChoiceField(Membership.objects.none(), label=gettext_lazy("Neue verantwortliche Person"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = organisation.memberships.filter(role=Membership.Role.MEMBER).select_related("user")
        field.label_from_instance = lambda membership: str(membership.user)


class MembershipInline(PortalTabularInline):
    """Who belongs to it; joining, leaving and handing over are steps, not rows to fill in."""

    model = Membership
    fields = readonly_fields = ("user", "role", "joined_at")
    can_delete = False
    verbose_name_plural = gettext_lazy("Wer dazugehört")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("user", "organisation")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Organisation)
class OrganisationAdmin(PortalModelAdmin):
    """BAMF staff keep all and give the right to run cohorts; organisers read their own and those of their teams."""

    for_organisers = True
    for_bamf = True
    list_display = ("name", "short_name", "city", "land", "runs_cohorts")
    list_filter = (
        ("runs_cohorts", titled(gettext_lazy("Träger von Projektschmieden"), admin.BooleanFieldListFilter)),
        "land",
        "legal_form",
    )
    search_fields = ("name", "short_name", "city", "register_number")
    readonly_fields = ("runs_cohorts", "page")
    inlines = (MembershipInline,)
    actions = ("invite", "hand_over", "let_run", "end_running")
    fieldsets = (
        (None, {"fields": ("name", "short_name", "legal_form", "runs_cohorts", "page")}),
        (gettext_lazy("Register"), {"fields": ("register_court", "register_number")}),
        (
            gettext_lazy("Gemeinnützigkeit und Verband"),
            {"fields": ("charitable", "charitable_until", "migrant_organisation", "umbrella_body", "signatories")},
        ),
        (
            gettext_lazy("Anschrift und Kontakt"),
            {
                "fields": (
                    "street",
                    "postcode",
                    "city",
                    "land",
                    "website",
                    "contact_name",
                    "contact_email",
                    "contact_phone",
                )
            },
        ),
        (gettext_lazy("Über uns"), {"fields": ("about",)}),
    )

    @admin.display(description=gettext_lazy("Seite im Portal"))
    def page(self, obj: Organisation) -> str:
        if obj._state.adding:
            return ""
        return format_html('<a href="{}">{}</a>', obj.get_absolute_url(), _("Angaben und Mitglieder ansehen"))

    def has_invite_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "invite", obj)

    def has_let_run_cohorts_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "let run cohorts", obj)

    def is_moment(self, request: HttpRequest, action: str, obj: Organisation) -> bool:
        return {"let_run": not obj.runs_cohorts, "end_running": obj.runs_cohorts}.get(action, True)

    @admin.action(description=gettext_lazy("Jemanden einladen …"), location=ON_FORM, permissions=["invite"])
    def invite(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        intro = _("Die erste Person, die eine Einladung annimmt, ist für die Organisation verantwortlich.")
        question: dict[str, Any] = {"title": _("Jemanden einladen"), "intro": intro}
        form = self.ask(request, queryset, InviteForm, **question)
        if isinstance(form, HttpResponse):
            return form
        user: Any = request.user
        email, name = form.cleaned_data["email"], form.cleaned_data["name"]
        refused = self.run(
            request,
            queryset,
            lambda organisation: invitations.invite(email, organisation, by=user, name=name),
            may="invite",
            done=_("Die Einladung ist unterwegs."),
        )
        return self.ask_again(request, refused, form)

    @admin.action(
        description=gettext_lazy("Verantwortung übergeben …"), location=ON_FORM, permissions=["let_run_cohorts"]
    )
    def hand_over(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Make another member responsible, when the responsible person cannot do it any more."""
        question: dict[str, Any] = {"title": _("Verantwortung übergeben")}
        form = self.ask(request, queryset, HandOverForm, **question, organisation=queryset.get())
        if isinstance(form, HttpResponse):
            return form
        user: Any = request.user
        to = form.cleaned_data["to"]
        refused = self.run(
            request,
            queryset,
            lambda organisation: organisation.entrust(to, by=user),
            may="let run cohorts",
            done=_("Die Verantwortung ist übergeben."),
        )
        return self.ask_again(request, refused, form)

    @admin.action(
        description=gettext_lazy("Darf Projektschmieden durchführen"),
        location=EVERYWHERE,
        permissions=["let_run_cohorts"],
    )
    def let_run(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        user: Any = request.user
        done = _(
            "Die Organisation darf jetzt Projektschmieden durchführen; ihre Mitglieder brauchen einen zweiten Faktor."
        )
        return self.ask_and_run(
            request,
            queryset,
            lambda record: record.let_run_cohorts(by=user),
            may="let run cohorts",
            done=done,
            title=_("Organisation als Träger zulassen"),
            button=_("Darf Projektschmieden durchführen"),
            details=lambda: running.of_letting_run(self.offered(request, queryset)),
        )

    @admin.action(
        description=gettext_lazy("Darf keine Projektschmieden mehr durchführen"),
        location=EVERYWHERE,
        permissions=["let_run_cohorts"],
    )
    def end_running(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        needed = {record.pk: sentence for record in queryset if (sentence := self.needed_by(request, record))}
        for record in queryset:
            if record.pk in needed:
                said = {"record": record, "text": needed[record.pk]}
                self.message_user(request, _("%(record)s: %(text)s") % said, messages.ERROR)
        others = queryset.exclude(pk__in=needed)
        if needed and not others:
            return None
        user: Any = request.user
        return self.ask_and_run(
            request,
            others,
            lambda record: record.end_running(by=user),
            may="let run cohorts",
            done=_("Die Mitglieder sehen die Projektschmieden dieser Organisation nicht mehr."),
            title=_("Recht des Trägers beenden"),
            button=_("Darf keine Projektschmieden mehr durchführen"),
            details=lambda: running.of_ending(self.offered(request, others)),
        )

    def needed_by(self, request: HttpRequest, organisation: Organisation) -> str:
        """Say why the right cannot be taken away, to those who might take it."""
        may = organisation.runs_cohorts and self.may(request, "let run cohorts", organisation)
        return organisation.needed_by() if may else ""
