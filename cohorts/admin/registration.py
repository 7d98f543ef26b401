from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import PortalModelAdmin, titled
from accounts.models import Organisation
from cohorts.models import CoachAssignment, Registration
from cohorts.models.alike import Alike
from core.spelling import TextFormField, shortened
from core.templatetags.people import phone
from core.words import short_day

BOTH = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]

ACCEPTED = gettext_lazy(
    "wir haben Ihre Idee gern gelesen und freuen uns sehr: Sie haben einen Platz.\n\n"
    "Bitte merken Sie sich die Termine vor, die Workshops bauen aufeinander auf. Wir freuen uns auf Sie!"
)
WAITING = gettext_lazy(
    "vielen Dank für Ihre Anmeldung und Ihre Idee. Im Moment sind alle Plätze vergeben, deshalb steht Ihr Verein auf der "
    "Warteliste. Sobald ein Platz frei wird, melden wir uns bei Ihnen."
)
MOST_NAMED = 3  # look-alikes in a row of the list
REASON = "Der Grund:"
DECLINED = gettext_lazy(
    "vielen Dank für Ihre Anmeldung und dafür, dass Sie uns Ihre Idee anvertraut haben. Wir können Ihnen diesmal leider "
    "keinen Platz anbieten.\n\nDer Grund: \n\nBitte lassen Sie sich nicht entmutigen. Bei der nächsten Projektschmiede sind "
    "Sie wieder herzlich willkommen."
)


def linked(registration: Registration) -> SafeString:
    """What an association is called and where it is, as a link to its registration."""
    url = registration.get_absolute_url()
    return format_html('<a href="{}">{}, {}</a>', url, registration, registration.city)


def look_alikes(alike: list[Alike], chosen: Container[Registration] = ()) -> SafeString:
    """The registrations that another one looks like, each with a link, where it stands, and why."""
    rows = ((linked(other.registration), _why(other, chosen)) for other in alike)
    return format_html_join(mark_safe("<br>"), "{} ({})", rows)


def _why(other: Alike, chosen: Container[Registration]) -> str:
    is_chosen = other.registration in chosen
    stand = _("ebenfalls ausgewählt") if is_chosen else other.registration.get_status_display()
    return ", ".join([stand, *(str(reason) for reason in other.reasons)])


def twice(registrations: list[Registration]) -> SafeString | str:
    """Which of these look like another registration, before the organiser decides about them; empty if none does."""
    alike, chosen = Registration.objects.alike(registrations), set(registrations)
    rows = [(row, look_alikes(alike[row.pk], chosen)) for row in registrations if alike[row.pk]]
    if not rows:
        return ""
    both = any(other.registration in chosen for others in alike.values() for other in others)
    warning = format_html("<p><strong>{}</strong></p>", _("Einige der ausgewählten Anmeldungen ähneln einander."))
    intro = _("Vielleicht hat sich ein Verein zweimal angemeldet. Bitte sehen Sie nach, bevor Sie entscheiden:")
    listed = format_html_join("", "<li>{} – {}:<br>{}</li>", ((row, _("sieht aus wie"), links) for row, links in rows))
    return format_html("{}<p>{}</p><ul>{}</ul>", warning if both else "", intro, listed)


class DecisionForm(forms.Form):
    """What is sent with a decision, and what is not."""

    text = TextFormField(
        label=gettext_lazy("Text, der verschickt wird"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Alle Personen der Anmeldung bekommen ihn per E-Mail, nach „Guten Tag …“."),
    )
    note = TextFormField(
        label=gettext_lazy("Interne Notiz (wird nicht verschickt)"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, *args: Any, registrations: list[Registration], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = registrations
        if len(self.chosen) == 1:
            self.initial["note"] = self.chosen[0].internal_note
        else:
            self.fields["text"].help_text = _(
                "Alle Personen der Anmeldungen bekommen ihn per E-Mail, nach „Guten Tag …“."
            )


class DeclineForm(DecisionForm):
    """Declining says why."""

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if any(line.strip() == REASON for line in text.splitlines()):
            raise forms.ValidationError(_("Bitte schreiben Sie den Grund dazu, oder nehmen Sie die Zeile heraus."))
        return text


class AcceptForm(DecisionForm):
    """Accepting one may name the organisation it is known as; accepting within one cohort may name a coach."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("Bekannte Organisation"),
        required=False,
        empty_label=gettext_lazy("neu anlegen"),
        help_text=gettext_lazy("Nur wenn der Verein schon in einer Ihrer früheren Projektschmieden war."),
    )
    first_coach = forms.ModelChoiceField(
        CoachAssignment.objects.none(),
        label=gettext_lazy("Erste Coaching-Person"),
        required=False,
        empty_label=gettext_lazy("später festlegen"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cohorts = {registration.cohort for registration in self.chosen}
        fields: dict[str, Any] = self.fields
        if len(self.chosen) == 1:
            fields["organisation"].queryset = self.chosen[0].known_organisations()
        else:
            del self.fields["organisation"]
        if len(cohorts) == 1:
            fields["first_coach"].queryset = cohorts.pop().coach_assignments.current()
        else:
            del self.fields["first_coach"]


class ReceivedFilter(admin.ChoicesFieldListFilter):
    """By status, without the one that the list leaves out."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        left_out = str(Registration.Status.UNCONFIRMED.label)
        yield from (choice for choice in super().choices(changelist) if str(choice["display"]) != left_out)


@admin.register(Registration)
class RegistrationAdmin(PortalModelAdmin):
    """What associations said, to be read and decided; nobody changes their words."""

    for_organisers = True
    list_display = ["name_and_city", "status", "looks_like_some", "idea_begins", "cohort", "arrived_on"]
    list_filter = [
        ("status", ReceivedFilter),
        "cohort",
        ("migrant_organisation", titled(gettext_lazy("Migrantenorganisation"))),
    ]
    search_fields = ["organisation_name", "city", "idea", "persons__first_name", "persons__last_name", "persons__email"]
    ordering = ["-confirmed_at"]
    actions = ["accept", "put_on_waiting_list", "decline", "renew_link"]
    fieldsets = [
        (None, {"fields": ["cohort", "status", "looks_like", "organisation_name", "whole_idea", "recording_url"]}),
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
        """Those whose address was confirmed: the others are erased after 48 hours, and nobody reads them before."""
        rows: Any = super().get_queryset(request)
        return rows.received().select_related("cohort", "privacy_text")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        shown: list[Any] = [name for _title, part in self.fieldsets for name in part["fields"]]
        return tuple(name for name in shown if name != "internal_note")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """What the rows of one page look like is found out for all of them at once."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        alike = Registration.objects.alike(rows)
        for row in rows:
            row.alike = alike[row.pk]
        changelist.result_list = rows
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        registration = super().get_object(request, object_id, from_field)
        if registration is not None:
            registration.alike = Registration.objects.alike([registration])[registration.pk]
        return registration

    @admin.display(description=gettext_lazy("Sieht aus wie"))
    def looks_like(self, registration: Any) -> str:
        return look_alikes(registration.alike) or "–"

    @admin.display(description=gettext_lazy("Sieht aus wie"))
    def looks_like_some(self, registration: Any) -> str:
        """The first ones, so that a row of the list stays one."""
        shown, more = look_alikes(registration.alike[:MOST_NAMED]), len(registration.alike) - MOST_NAMED
        if more <= 0:
            return shown or "–"
        counted = ngettext("und eine weitere", "und %(count)s weitere", more) % {"count": more}
        return format_html("{}<br>{}", shown, counted)

    @admin.display(description=gettext_lazy("Verein"), ordering="organisation_name")
    def name_and_city(self, registration: Registration) -> str:
        return f"{registration.organisation_name}, {registration.city}"

    @admin.display(description=gettext_lazy("Idee"))
    def idea_begins(self, registration: Registration) -> str:
        return shortened(registration.idea, 80) or _("als Aufnahme")

    @admin.display(description=gettext_lazy("bestätigt am"), ordering="confirmed_at")
    def arrived_on(self, registration: Registration) -> str:
        return short_day(registration.confirmed_at) if registration.confirmed_at else ""

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
        rows = [(person.full_name, person.email, phone(person.phone)) for person in registration.persons.all()]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}, {} {}</li>", rows))

    def rows_asked_about(self, records: list[Any]) -> list[str]:
        """Which is which, where two have one name."""
        models.prefetch_related_objects(records, "persons")
        return [self._told_apart(registration) for registration in records]

    def _told_apart(self, registration: Registration) -> str:
        first = next(iter(registration.persons.all()), None)
        text = _("angemeldet von %(person)s, bestätigt am %(day)s")
        words = {"person": first or "–", "day": self.arrived_on(registration)}
        return format_html("{}, {}", linked(registration), text % words)

    def is_moment(self, request: HttpRequest, action: str, obj: Any) -> bool:
        if action == "put_on_waiting_list":
            return obj.status == Registration.Status.RECEIVED
        if action in {"accept", "decline"}:
            return obj.is_undecided
        return True

    @admin.action(description=gettext_lazy("Zulassen"), location=BOTH, permissions=["decide"])
    def accept(self, request: HttpRequest, queryset: models.QuerySet[Registration]) -> HttpResponse | None:
        return self.decide(
            request,
            queryset,
            "accept",
            title=_("Zulassen"),
            button=_("Zulassen und Zusage verschicken"),
            intro=lambda count: (
                ngettext(
                    "Das Team wird angelegt, und alle Personen bekommen Ihren Text und eine Einladung zum Portal.",
                    "%(count)s Teams werden angelegt, und alle Personen bekommen Ihren Text und eine Einladung zum Portal.",
                    count,
                )
                % {"count": count}
            ),
            text=ACCEPTED,
            done=_("Zugelassen. Das Team ist angelegt, die Einladungen sind unterwegs."),
            form_class=AcceptForm,
        )

    @admin.action(description=gettext_lazy("Auf die Warteliste setzen"), location=BOTH, permissions=["decide"])
    def put_on_waiting_list(self, request: HttpRequest, queryset: models.QuerySet[Registration]) -> HttpResponse | None:
        return self.decide(
            request,
            queryset,
            "put_on_waiting_list",
            title=_("Auf die Warteliste setzen"),
            button=_("Auf die Warteliste setzen und Text verschicken"),
            text=WAITING,
            done=_("Steht auf der Warteliste, der Text ist unterwegs."),
        )

    @admin.action(description=gettext_lazy("Absagen"), location=BOTH, permissions=["decide"])
    def decline(self, request: HttpRequest, queryset: models.QuerySet[Registration]) -> HttpResponse | None:
        return self.decide(
            request,
            queryset,
            "decline",
            title=_("Absagen"),
            button=_("Absagen und Text verschicken"),
            text=DECLINED,
            done=_("Abgesagt, der Text ist unterwegs."),
            form_class=DeclineForm,
        )

    def decide(
        self,
        request: HttpRequest,
        queryset: Any,
        step: str,
        *,
        text: Any,
        done: str,
        intro: Callable[[int], str] = lambda _count: "",
        form_class: type[DecisionForm] = DecisionForm,
        **question: Any,
    ) -> HttpResponse | None:
        """Ask for the words, then decide, whoever confirmed first; what was refused is asked about again."""
        queryset = queryset.select_related("cohort")
        chosen = self.offered(request, queryset)
        stale = _("Darüber ist schon entschieden.")
        form = self.ask(
            request,
            queryset,
            form_class,
            **question,
            intro=intro(len(chosen)),
            details=lambda: twice(chosen),
            registrations=chosen,
            initial={"text": text},
            stale=stale,
        )
        if isinstance(form, HttpResponse):
            return form
        refused = self.run(
            request,
            queryset.order_by("confirmed_at"),
            lambda registration: getattr(registration, step)(by=request.user, **form.cleaned_data),
            may="decide",
            done=done,
            stale=stale,
        )
        return self.ask_again(request, refused, form, intro=intro(len(refused)), **question)

    @admin.action(description=gettext_lazy("Neuen Link zur Anmeldung schicken"), location=BOTH, permissions=["change"])
    def renew_link(self, request: HttpRequest, queryset: models.QuerySet[Registration]) -> None:
        self.run(
            request,
            queryset,
            lambda registration: registration.renew_link(by=request.user),
            may="edit",
            done=_("Die erste Person bekommt einen neuen Link. Der bisherige gilt nicht mehr."),
        )
