"""The page of registrations (Anmeldungen) in the admin: accepting, waiting list, declining, a new link."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import PortalChangeList, titled
from cohorts import deciding
from cohorts.alike import alike
from cohorts.models import Registration
from core.spelling import shortened

from .accepted_by_mistake import can_be_taken_back, take_back_acceptance
from .decide import decide
from .decision_forms import AcceptForm, DeclineForm
from .place_mails import PlaceMailsAdmin
from .places import beyond_places, misfits_in, without_coach
from .registered_address import correct_address
from .registration_lines import confirmed_on, contact_list, first_listed, listed, standing_of, told_apart

BOTH = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]


class ReceivedFilter(admin.ChoicesFieldListFilter):
    """A filter by status, without the status that the list leaves out."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        left_out = str(Registration.Status.UNCONFIRMED.label)
        yield from (choice for choice in super().choices(changelist) if str(choice["display"]) != left_out)


class RegistrationList(PortalChangeList):
    """The rows of one page, each with the registrations it looks like: compared at once for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        others = alike(rows)
        for row in rows:
            row.others_alike = others[row.pk]
        self.result_list = rows


@admin.register(Registration)
class RegistrationAdmin(PlaceMailsAdmin):
    """What associations said, to be read and decided; nobody changes their words."""

    for_organisers = True
    list_display = ["name_and_city", "state", "looks_like_some", "idea_begins", "cohort", "arrived_on"]
    list_filter = [
        ("status", ReceivedFilter),
        "cohort",
        ("migrant_organisation", titled(gettext_lazy("Migrantenorganisation"))),
    ]
    search_fields = ["organisation_name", "city", "idea", "persons__first_name", "persons__last_name", "persons__email"]
    ordering = ["-confirmed_at"]
    actions = [
        "accept",
        "put_on_waiting_list",
        "decline",
        "reopen",
        take_back_acceptance,
        "renew_link",
        correct_address,
    ]
    fieldsets = [
        (None, {"fields": ["cohort", "state", "looks_like", "organisation_name", "whole_idea", "recording_url"]}),
        (
            gettext_lazy("Verein"),
            {"fields": ["legal_form", "city", "land", "website", "recognised", "by_migrants"]},
        ),
        (gettext_lazy("Personen"), {"fields": ["contacts"]}),
        (gettext_lazy("Zusagen"), {"fields": ["is_new", "will_attend"]}),
        (
            gettext_lazy("Entscheidung"),
            {"fields": ["internal_note", "decided_at", "decided_by", "decision_text", "organisation"]},
        ),
        (gettext_lazy("Verlauf"), {"fields": ["created_at", "confirmed_at", "changed_at", "shown_privacy_text"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Registration]:
        """Return those whose address was confirmed; nobody reads the others, which are erased after 48 hours."""
        rows: Any = super().get_queryset(request)
        return rows.received().select_related("cohort", "privacy_text", "team")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        shown: list[Any] = [name for _title, part in self.fieldsets for name in part["fields"]]
        return tuple(name for name in shown if name != "internal_note")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RegistrationList

    @admin.display(description=gettext_lazy("Sieht aus wie"))
    def looks_like(self, registration: Registration) -> str:
        return listed(alike([registration])[registration.pk]) or "–"

    @admin.display(description=gettext_lazy("Sieht aus wie"))
    def looks_like_some(self, registration: Any) -> str:
        return first_listed(registration.others_alike)

    @admin.display(description=gettext_lazy("Stand"), ordering="status")
    def state(self, registration: Registration) -> str:
        return standing_of(registration)

    def standing(self, obj: Registration) -> str:
        return obj.standing

    @admin.display(description=gettext_lazy("Verein"), ordering="organisation_name")
    def name_and_city(self, registration: Registration) -> str:
        return f"{registration.organisation_name}, {registration.city}"

    @admin.display(description=gettext_lazy("Idee"))
    def idea_begins(self, registration: Registration) -> str:
        return shortened(registration.idea, 80) or _("als Aufnahme")

    @admin.display(description=gettext_lazy("bestätigt am"), ordering="confirmed_at")
    def arrived_on(self, registration: Registration) -> str:
        return confirmed_on(registration)

    @admin.display(description=gettext_lazy("Idee"))
    def whole_idea(self, registration: Registration) -> str:
        return linebreaksbr(registration.idea)

    # The form asks in whole sentences; here a label stands before a colon.

    @admin.display(description=gettext_lazy("Gemeinnützigkeit anerkannt"))
    def recognised(self, registration: Registration) -> str:
        return registration.get_charitable_display()

    @admin.display(description=gettext_lazy("Migrantenorganisation"))
    def by_migrants(self, registration: Registration) -> str:
        return registration.get_migrant_organisation_display()

    @admin.display(description=gettext_lazy("Vorhaben noch nicht begonnen"), boolean=True)
    def is_new(self, registration: Registration) -> bool:
        return registration.not_begun

    @admin.display(description=gettext_lazy("Teilnahme verbindlich zugesagt"), boolean=True)
    def will_attend(self, registration: Registration) -> bool:
        return registration.attendance_promised

    @admin.display(description=gettext_lazy("Datenschutztext, der gezeigt wurde"))
    def shown_privacy_text(self, registration: Registration) -> str:
        text = registration.privacy_text
        return format_html('<a href="{}">{}</a>', text.get_absolute_url(), text) if text else _("keiner eingetragen")

    @admin.display(description=gettext_lazy("Personen"))
    def contacts(self, registration: Registration) -> str:
        return contact_list(registration)

    def rows_asked_about(self, records: list[Any]) -> list[str]:
        """Tell apart registrations with the same name."""
        models.prefetch_related_objects(records, "persons")
        return [told_apart(registration) for registration in records]

    def has_decide_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "decide", obj)

    def is_moment(self, request: HttpRequest, action: str, obj: Any) -> bool:
        if action == "put_on_waiting_list":
            return obj.status == Registration.Status.RECEIVED
        if action in {"decline", "correct_address"}:
            return obj.is_undecided
        if action == "accept":
            return obj.is_undecided and obj.cohort.cancelled_at is None
        if action == "reopen":
            return obj.status == Registration.Status.DECLINED and obj.cohort.cancelled_at is None
        if action == "take_back_acceptance":
            return can_be_taken_back(getattr(obj, "team", None))
        return True

    @admin.action(description=gettext_lazy("Zulassen"), location=BOTH, permissions=["decide"])
    def accept(self, request: HttpRequest, queryset: models.QuerySet[Registration]) -> HttpResponse | None:
        return decide(
            self,
            request,
            queryset,
            deciding.accept,
            title=_("Zulassen"),
            intro=lambda count: (
                ngettext(
                    "Das Team wird angelegt, und alle Personen bekommen Ihren Text und eine Einladung zum Portal.",
                    "%(count)s Teams werden angelegt, und alle Personen bekommen Ihren Text und eine Einladung zum Portal.",
                    count,
                )
                % {"count": count}
            ),
            suggested="accepted",
            done=_("Zugelassen. Das Team ist angelegt."),
            form_class=AcceptForm,
            first=beyond_places,
            then=lambda accepted, chosen: format_html(
                "{}{}", "" if chosen.get("first_coach") else without_coach(accepted), misfits_in(accepted)
            ),
        )

    @admin.action(description=gettext_lazy("Auf die Warteliste setzen"), location=BOTH, permissions=["decide"])
    def put_on_waiting_list(self, request: HttpRequest, queryset: models.QuerySet[Registration]) -> HttpResponse | None:
        return decide(
            self,
            request,
            queryset,
            deciding.put_on_waiting_list,
            title=_("Auf die Warteliste setzen"),
            suggested="waiting",
            done=_("Steht auf der Warteliste."),
        )

    @admin.action(description=gettext_lazy("Absagen"), location=BOTH, permissions=["decide"])
    def decline(self, request: HttpRequest, queryset: models.QuerySet[Registration]) -> HttpResponse | None:
        return decide(
            self,
            request,
            queryset,
            deciding.decline,
            title=_("Absagen"),
            suggested="declined",
            done=_("Abgesagt."),
            form_class=DeclineForm,
        )

    @admin.action(description=gettext_lazy("Absage zurücknehmen"), location=BOTH, permissions=["decide"])
    def reopen(self, request: HttpRequest, queryset: models.QuerySet[Registration]) -> HttpResponse | None:
        return decide(
            self,
            request,
            queryset,
            deciding.reopen,
            title=_("Absage zurücknehmen"),
            intro=lambda _count: _("Die Anmeldung wartet dann wieder auf Ihre Entscheidung."),
            suggested="reopened",
            stale=_("Diesem Verein ist nicht abgesagt."),
            done=_("Die Anmeldung wartet wieder auf Ihre Entscheidung."),
        )

    @admin.action(description=gettext_lazy("Neuen Link zur Anmeldung schicken"), location=BOTH, permissions=["change"])
    def renew_link(self, request: HttpRequest, queryset: models.QuerySet[Registration]) -> None:
        self.run(
            request,
            queryset,
            lambda registration: registration.renew_link(by=request.user),
            may="edit",
            done=_("Die erste Person bekommt einen neuen Link. Der bisherige gilt nicht mehr."),
        )
