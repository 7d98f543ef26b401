"""The page of a Projektschmiede in the admin: its dates, publishing, calling off, making workshops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import PortalTabularInline
from accounts.models import Event, Organisation
from accounts.rehearsal import current
from calls.cohort_dates import in_the_past, say_new
from calls.models import FundingCall
from cohorts.admin.place_mails import PlaceMailsAdmin
from cohorts.models import Cohort
from cohorts.publishing import ANSWERED, unpublish
from core.filenames import slug_of
from core.templatetags.moments import until, weekday
from workshops.another_call import tell_of_another_call, what_another_call_changes
from workshops.cohort_changes import frozen_fields, what_cancelling_means, what_changes, what_publishing_shows
from workshops.models import Session, Workshop
from workshops.moving import move_all, tell_of_new_begin
from workshops.planning import clashes_in, first_days, last_day, make_workshops

BOTH = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]


def free_slug(title: str) -> str:
    """Return the title as part of an address, with a number where it is taken."""
    slug = base = slug_of(title)[:70] or "projektschmiede"
    taken = set(Cohort.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number = 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


class CohortForm(forms.ModelForm):
    """Made from a curriculum and a start date; the end is computed unless somebody says it.

    What teams and registrations depend on is looked at once more when it is saved, with the cohort's row locked: somebody
    may have been accepted meanwhile.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and "call" in self.fields:
            call: Any = self.fields["call"]
            call.queryset = call.queryset.not_over(timezone.localdate())
        if self.instance._state.adding and "curriculum" in self.fields:
            self.fields["curriculum"].required = True
            self.fields["ends_on"].required = False
            self.fields["ends_on"].help_text = _(
                "Leer: der letzte Workshop oder der Einsendeschluss des Förderaufrufs, was später ist."
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.instance._state.adding:
            self.refuse_what_others_depend_on(cleaned)
        if "call" in self.changed_data and cleaned.get("call"):
            self.refuse_call_that_is_gone(cleaned["call"])
        made_of = ("call", "curriculum", "begins_on")
        if self.instance._state.adding and not cleaned.get("ends_on") and all(cleaned.get(name) for name in made_of):
            cleaned["ends_on"] = last_day(Cohort(**{name: cleaned[name] for name in made_of}))
        return cleaned

    def refuse_call_that_is_gone(self, call: FundingCall) -> None:
        """Add an error if the call is not to be chosen any more; until the cohort is saved nobody takes its publication back."""
        FundingCall.objects.select_for_update(no_key=True).get(pk=call.pk)
        choices: Any = self.fields["call"]
        if not choices.queryset.filter(pk=call.pk).exists():
            sentence = _(
                "Diesen Förderaufruf gibt es für Projektschmieden gerade nicht mehr. Bitte wählen Sie einen anderen."
            )
            self.add_error("call", sentence)

    def refuse_what_others_depend_on(self, cleaned: dict[str, Any]) -> None:
        """Add an error beside each field whose new value would take something from people who are in."""
        Cohort.objects.lock(self.instance.pk)
        stored = Cohort.objects.get(pk=self.instance.pk)
        for name, sentence in frozen_fields(stored).items():
            if name in self.changed_data:
                self.add_error(name, sentence)
        teams = stored.teams.current().count()
        if "places" in self.changed_data and cleaned.get("places", teams) < teams:
            sentence = ngettext(
                "Ein Team ist schon dabei, also braucht es mindestens einen Platz.",
                "%(count)d Teams sind schon dabei, also braucht es mindestens so viele Plätze.",
                teams,
            )
            self.add_error("places", sentence % {"count": teams})


def first_session(workshop: Workshop) -> Session | None:
    return next(iter(workshop.sessions.all()), None)


def without_contact(cohort: Cohort, fields: Any) -> dict[str, str]:
    """Return the notice above the fields of the contact of a cohort that has none."""
    if cohort.contact_email or "contact_email" not in fields:
        return {}
    return {
        "description": _(
            "Hier ist niemand eingetragen. Auf der öffentlichen Seite und in E-Mails steht deshalb niemand, an den man sich mit "
            "Fragen wenden kann. Bitte tragen Sie jemanden ein, zum Beispiel mit der Adresse Ihres Büros: Name und Adresse "
            "werden veröffentlicht."
        )
    }


class WorkshopInline(PortalTabularInline):
    """An overview with each first session; the workshop's own page has its sessions, material and assignments."""

    model = Workshop
    fields = ["first_day", "time", "where", "opened_at", "cancelled_at", "change"]
    readonly_fields = ("first_day", "time", "where", "opened_at", "cancelled_at", "change")
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Workshop]:
        return super().get_queryset(request).prefetch_related("sessions")

    @admin.display(description=gettext_lazy("erster Termin"))
    def first_day(self, workshop: Workshop) -> str:
        session = first_session(workshop)
        return weekday(session.begins_at) if session else _("noch keiner")

    @admin.display(description=gettext_lazy("Uhrzeit"))
    def time(self, workshop: Workshop) -> str:
        session = first_session(workshop)
        return until(session.begins_at, session.ends_at) if session else "–"

    @admin.display(description=gettext_lazy("Ort"))
    def where(self, workshop: Workshop) -> str:
        session = first_session(workshop)
        return session.where if session else "–"

    @admin.display(description=gettext_lazy("Bearbeiten"))
    def change(self, workshop: Workshop) -> str:
        url = reverse("admin:workshops_workshop_change", args=[workshop.pk])
        return format_html('<a href="{}">{}<span class="visually-hidden">: {}</span></a>', url, _("Ändern"), workshop)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Cohort)
class CohortAdmin(PlaceMailsAdmin):
    """Saving a new cohort makes its workshops; the public sees it once it is published."""

    for_organisers = True
    form = CohortForm
    list_display = ["title", "organiser", "phase_now", "begins_on", "registration_until", "teams_of_places"]
    list_filter = [
        ("organiser", admin.RelatedOnlyFieldListFilter),
        ("call", admin.RelatedOnlyFieldListFilter),
        "begins_on",
    ]
    list_select_related = ["organiser"]
    search_fields = ["title", "region"]
    actions = ["publish", "unpublish", "cancel"]
    inlines = [WorkshopInline]
    fieldsets = [
        (None, {"fields": ["title", "organiser", "call", "curriculum", "begins_on", "ends_on"]}),
        (
            gettext_lazy("Anmeldung"),
            {"fields": ["registration_from", "registration_until", "places", "persons_per_team"]},
        ),
        (gettext_lazy("Was die Öffentlichkeit liest"), {"fields": ["region", "format", "public_text"]}),
        (
            gettext_lazy("Kontakt"),
            {"fields": ["contact_name", "contact_email", "contact_phone", "contact_hours", "answer_days"]},
        ),
        (gettext_lazy("Stand"), {"fields": ["slug", "published_at", "cancelled_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Cohort]:
        """Return the person's own; BAMF staff who also organise do not work in those of others here."""
        seen: Any = super().get_queryset(request)
        return seen.organised_by(request.user).annotate(
            team_count=models.Count("teams", filter=models.Q(teams__withdrawn_at=None)), is_answered=ANSWERED
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.fieldsets[:-1]
        return [(title, options | without_contact(obj, options["fields"])) for title, options in self.fieldsets]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def frozen(self, request: HttpRequest, obj: Cohort) -> dict[str, str]:
        return frozen_fields(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        made_from = ("organiser", "curriculum", "slug", "published_at", "cancelled_at") if obj else ()
        return (*super().get_readonly_fields(request, obj), *made_from)

    def choices_for(self, request: HttpRequest, field: str) -> models.QuerySet[Any] | None:
        """Offer the person's own Träger, not the associations they happen to see."""
        if field != "organiser":
            return None
        user: Any = request.user
        return Organisation.objects.filter(runs_cohorts=True, memberships__user=user).distinct()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        user: Any = request.user
        own = self.choices_for(request, "organiser")
        return {
            "organiser": own.first() if own is not None else None,
            "contact_name": user.get_full_name(),
            "contact_email": user.email,
            **super().get_changeform_initial_data(request),
        }

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            return self.save_change(request, obj, form)
        user: Any = request.user
        obj.slug = free_slug(obj.title)
        obj.ends_on = form.cleaned_data["ends_on"]
        super().save_model(request, obj, form, change)
        Event.record("cohort.made", obj, by=user)
        workshops = make_workshops(obj)
        say_new([], [*clashes_in(obj), *in_the_past(first_days(obj))], obj.title)
        made = ngettext(
            "Ein Workshop ist angelegt. Bitte prüfen Sie Zeit und Ort.",
            "%(count)d Workshops sind angelegt. Bitte prüfen Sie Zeiten und Orte.",
            len(workshops),
        )
        self.message_user(request, made % {"count": len(workshops)})
        return None

    def save_change(self, request: HttpRequest, obj: Cohort, form: Any) -> None:
        """Write what was changed. With the first day, workshops that have not begun, assignments and the last day move."""
        before = Cohort.objects.select_related("call").get(pk=obj.pk)
        clashed = clashes_in(before)
        days = (obj.begins_on - before.begins_on).days
        if days and "ends_on" not in form.changed_data:
            obj.ends_on = before.ends_on + timedelta(days=days)
            form.changed_data.append("ends_on")
        super().save_model(request, obj, form, change=True)
        moved = move_all(obj, days) if days else []
        if days and (sentence := tell_of_new_begin(obj, before.begins_on, moved).sentence):
            self.message_user(request, sentence)
        put_back = [(workshop, move.after.begins_at) for workshop, move in moved if move.after]
        say_new(clashed, [*clashes_in(obj), *in_the_past(put_back)], obj.title)
        has_another_call = before.call_id != obj.call_id
        if has_another_call and (sentence := tell_of_another_call(obj, before.call).sentence):
            self.message_user(request, sentence)
        if watching := current():
            watching.say(what_another_call_changes(before, obj) if has_another_call else "")
            watching.say(what_changes(before, obj, moved))

    @admin.display(description=gettext_lazy("Stand"))
    def phase_now(self, cohort: Cohort) -> str:
        label = cohort.phase.label
        return str(label) if cohort.published_at else _("%(phase)s, nicht veröffentlicht") % {"phase": label}

    @admin.display(description=gettext_lazy("Teams"))
    def teams_of_places(self, cohort: Any) -> str:
        return _("%(teams)d von %(places)d") % {"teams": cohort.team_count, "places": cohort.places}

    def is_moment(self, request: HttpRequest, action: str, obj: Any) -> bool:
        if action == "publish":
            return obj.published_at is None and obj.cancelled_at is None
        if action == "unpublish" and (obj.published_at is None or obj.is_answered):
            return False
        return obj.cancelled_at is None

    @admin.action(description=gettext_lazy("Veröffentlichen"), location=BOTH, permissions=["change"])
    def publish(self, request: HttpRequest, queryset: models.QuerySet[Cohort]) -> HttpResponse | None:
        page = self.ask_and_run(
            request,
            queryset,
            lambda cohort: cohort.publish(by=request.user),
            title=_("Veröffentlichen"),
            button=_("Ja, veröffentlichen"),
            details=lambda: what_publishing_shows(self.offered(request, queryset)),
            may="edit",
            done=_("Die Projektschmiede ist veröffentlicht. Die Anmeldung öffnet an ihrem ersten Tag von selbst."),
            stale=_("Die Projektschmiede ist schon veröffentlicht oder abgesagt."),
        )
        if page is not None:
            return page
        silent = queryset.filter(organiser__privacy_text=None).exclude(published_at=None)
        for name in silent.values_list("organiser__name", flat=True).distinct().order_by("organiser__name"):
            text = _(
                "%(organiser)s hat noch keinen Datenschutztext. Wer sich anmeldet, liest, dass er fehlt. Bitte schreiben Sie "
                "ihn unter „Datenschutztexte der Träger“."
            )
            self.message_user(request, text % {"organiser": name}, messages.WARNING)
        return None

    @admin.action(description=gettext_lazy("Veröffentlichung zurücknehmen"), location=BOTH, permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: models.QuerySet[Cohort]) -> HttpResponse | None:
        by: Any = request.user
        return self.ask_and_run(
            request,
            queryset,
            lambda cohort: unpublish(cohort, by=by),
            title=_("Veröffentlichung zurücknehmen"),
            button=_("Ja, zurücknehmen"),
            intro=_(
                "Die öffentliche Seite gibt es dann nicht mehr, und niemand kann sich anmelden. Es wird keine E-Mail verschickt. "
                "Sie können später wieder veröffentlichen."
            ),
            stale=_(
                "Die Projektschmiede ist nicht veröffentlicht, oder es hat sich schon jemand angemeldet. Dann hilft nur absagen: Das erfahren alle, "
                "die sich angemeldet haben."
            ),
            may="edit",
            done=_("Die Projektschmiede ist nicht mehr veröffentlicht."),
        )

    @admin.action(description=gettext_lazy("Projektschmiede absagen"), location=BOTH, permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: models.QuerySet[Cohort]) -> HttpResponse | None:
        stale = _("Die Projektschmiede ist schon abgesagt.")
        return self.ask_and_run(
            request,
            queryset,
            lambda cohort: cohort.cancel(by=request.user),
            title=_("Projektschmiede absagen"),
            button=_("Ja, absagen und alle benachrichtigen"),
            intro=_(
                "Alle Teams und alle, die auf eine Antwort warten, bekommen eine E-Mail. Das lässt sich nicht zurücknehmen."
            ),
            details=lambda: what_cancelling_means(self.offered(request, queryset.select_related("call"))),
            stale=stale,
            may="edit",
            done=_("Die Projektschmiede ist abgesagt."),
        )
