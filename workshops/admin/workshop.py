"""The page of a workshop in the admin: its days, material, assignments, opening early, cancelling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import PortalStackedInline, PortalTabularInline, WaitingMailsAdmin
from accounts.rehearsal import current
from accounts.waiting import Told
from calls.cohort_dates import in_the_past, say_new
from cohorts.models import Cohort
from cohorts.sections import section_keys_field
from core.bodies import takes_many_files
from core.filenames import tidy_name
from core.files import check_upload, hints, show_what_goes
from core.spelling import LineFormField
from workshops.consequences import (
    Before,
    consequences_of,
    consequences_of_going,
    consequences_of_opening,
    move_due_days,
)
from workshops.models import Assignment, Attendance, Material, Session, Workshop
from workshops.moving import tell_of_moves
from workshops.opening import has_come, opening_moment
from workshops.planning import clashes_in

BOTH = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]


class OpenForm(forms.Form):
    reason = LineFormField(
        label=gettext_lazy("Grund"),
        max_length=300,
        widget=forms.TextInput,
        help_text=gettext_lazy("Alle in der Projektschmiede können ihn lesen."),
    )


class SessionForm(forms.ModelForm):
    """A day on which attendance is entered stays: it says who was there on that day."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        moved = [name for name in ("begins_at", "ends_at") if name in self.changed_data]
        entered = Attendance.objects.filter(session=self.instance).exclude(status=Attendance.Status.EXCUSED)
        if moved and not self.instance._state.adding and entered.exists():
            sentence = _(
                "Für diesen Termin ist schon Anwesenheit eingetragen. Tag und Uhrzeit bleiben deshalb, wie sie sind. Stimmen "
                "sie nicht, nehmen Sie erst die Anwesenheit heraus, und tragen Sie sie danach neu ein."
            )
            self.add_error(moved[0], sentence)
        return cleaned


class SessionInline(PortalStackedInline):
    model = Session
    form = SessionForm
    fields = [("begins_at", "ends_at"), "format", "place", "online_url"]


class MaterialForm(forms.ModelForm):
    """An uploaded file is checked by its content and keeps the name people know it by."""

    hints: Sequence[str] = ()
    """What to look at in the file that was given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:  # not where somebody may only read
            field: Any = self.fields["file"]
            field.max_length = None  # it is stored under a name of our own, however long theirs is
            show_what_goes(field)

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if isinstance(upload, UploadedFile):
            kind = check_upload(upload)
            self.instance.file_name = tidy_name(str(upload.name), kind)
            self.instance.size = upload.size
            self.hints = hints(upload, kind, self.instance.file_name)
        return upload


class MaterialInline(PortalTabularInline):
    model = Material
    form = MaterialForm
    fields = ["title", "file", "url"]


class AssignmentInline(PortalStackedInline):
    model = Assignment
    fields = [("position", "title"), "text", "due_on", "section_keys"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "section_keys":
            return section_keys_field(db_field)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def say_misfits(workshop: Workshop, before: Before, clashed: list[str]) -> None:
    """Say on the page of consequences which dates a save puts into the past, behind the deadline or behind the cohort's end."""
    were = {session.pk: session.begins_at for session in before.sessions}
    dates = workshop.sessions.all() if workshop.cancelled_at is None else []
    put_back = [(workshop, row.begins_at) for row in dates if were.get(row.pk) != row.begins_at]
    say_new(clashed, [*clashes_in(workshop.cohort), *in_the_past(put_back)], workshop.cohort.title)


def hold_workshop(workshop: Workshop, by: Any) -> Told:
    """Take cancelling back, and say on the page of consequences if its dates do not fit."""
    clashed, told = clashes_in(workshop.cohort), workshop.hold(by=by)
    say_new(clashed, clashes_in(workshop.cohort), workshop.cohort.title)
    return told


@admin.register(Workshop)
class WorkshopAdmin(WaitingMailsAdmin):
    for_organisers = True
    list_display = ["title", "position", "cohort", "first_at", "opened_at", "cancelled_at"]
    list_filter = ["cohort"]
    list_select_related = ["cohort"]
    search_fields = ["title", "goal"]
    ordering = ["cohort", "position"]
    fields = ["cohort", "position", "title", "goal", "section_keys", "opened_at", "opened_reason", "cancelled_at"]
    readonly_fields = ["opened_at", "opened_reason", "cancelled_at"]
    inlines = [SessionInline, AssignmentInline, MaterialInline]
    actions = ["open_early", "close_again", "cancel", "hold"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Workshop]:
        return (
            super()
            .get_queryset(request)
            .select_related("cohort__call")
            .annotate(first_at=models.Min("sessions__begins_at"), last_at=models.Max("sessions__ends_at"))
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), *(("cohort",) if obj else ()))

    @takes_many_files
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, extra_context)

    @takes_many_files
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, extra_context)

    def choices_for(self, request: HttpRequest, field: str) -> models.QuerySet[Any] | None:
        return Cohort.objects.organised_by(request.user) if field == "cohort" else None

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "section_keys":
            return section_keys_field(db_field)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("erster Termin"), ordering="first_at")
    def first_at(self, workshop: Any) -> Any:
        return workshop.first_at

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Count a new number or title as a change of its sessions, which calendars call by it."""
        form.before, form.clashed = Before.of(obj), clashes_in(obj.cohort)
        super().save_model(request, obj, form, change)
        if change and {"position", "title"} & set(form.changed_data):
            obj.sessions.update(sequence=models.F("sequence") + 1, changed_at=timezone.now())

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Count the changes of sessions and assignments, so that calendars take the new ones, and tell the cohort of moves.

        Material says who added it.
        """
        user: Any = request.user
        before = form.instance.lock_sessions() if formset.model is Session else []
        for row in formset.forms:
            if isinstance(row.instance, Session | Assignment) and row.has_changed() and not row.instance._state.adding:
                row.instance.sequence += 1
                row.instance.changed_at = timezone.now()
                row.changed_data += ["sequence", "changed_at"]
            if isinstance(row.instance, Material) and row.has_changed():
                row.instance.added_by = user
                row.changed_data += ["file_name", "size", "added_by"]
        super().save_formset(request, form, formset, change)
        for sentence in [sentence for row in formset.forms for sentence in getattr(row, "hints", ())]:
            self.message_user(request, sentence, messages.WARNING)
        if formset.model is Session and (sentence := tell_of_moves(form.instance, before).sentence):
            self.message_user(request, sentence)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Say what moves with the workshop, and let its assignments move if that was wanted."""
        super().save_related(request, form, formsets, change)
        say_misfits(form.instance, form.before, form.clashed)
        shown, watching = consequences_of(form.instance, form.before), current()
        if shown and watching:
            # The tick stays as somebody left it when the page comes again.
            ticked = "carried-due-days-shown" not in request.POST or "carried-due-days" in request.POST
            texts = (
                render_to_string("admin/workshops/_moves.html", {"shown": shown, "is_checked": on})
                for on in (ticked, True)
            )
            watching.say(*texts)
        if request.POST.get("carried-due-days"):
            move_due_days(form.instance, form.before)

    def say_going(self, workshop: Workshop, before: Before) -> None:
        """Say on the page of consequences what changes with a workshop that is cancelled or deleted."""
        if (watching := current()) and (shown := consequences_of_going(workshop, before)):
            watching.say(render_to_string("admin/workshops/_moves.html", {"shown": shown}))

    def shown_with_sections(
        self, step: Callable[[Workshop], Told], *, takes_place: bool = False
    ) -> Callable[[Workshop], Told]:
        """Return the step, which then says on the page of consequences which sections open or close by it."""

        def take(workshop: Workshop) -> Told:
            before = Before.plan_of(workshop)
            told = step(workshop)
            shown = consequences_of_opening(workshop, before, takes_place=takes_place)
            if shown and (watching := current()):
                watching.say(render_to_string("admin/workshops/_moves.html", {"shown": shown}))
            return told

        return take

    def delete_model(self, request: HttpRequest, obj: Workshop) -> None:
        """Tell everybody who counts on it."""
        before = Before.of(obj)
        sentence = obj.tell_of_removal().sentence
        super().delete_model(request, obj)
        if obj.cancelled_at is None:
            self.say_going(obj, before)
        if sentence:
            self.message_user(request, sentence)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Workshop]) -> None:
        for workshop in queryset:
            self.delete_model(request, workshop)

    def has_open_early_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "open early", obj)

    def is_moment(self, request: HttpRequest, action: str, obj: Any) -> bool:
        if obj.cancelled_at or action == "hold":
            is_ahead = obj.last_at is None or obj.last_at >= timezone.now()
            return action == "hold" and bool(obj.cancelled_at) and is_ahead and obj.cohort.cancelled_at is None
        if obj.cohort.cancelled_at:
            return False
        has_begun = has_come(obj.first_at, timezone.now())
        moments = {
            "open_early": not has_come(opening_moment(obj.first_at, obj.opened_at), timezone.now()),
            "close_again": obj.opened_at is not None and not has_begun,
        }
        return moments.get(action, True)

    @admin.action(description=gettext_lazy("Abschnitte früher öffnen"), location=BOTH, permissions=["open_early"])
    def open_early(self, request: HttpRequest, queryset: models.QuerySet[Workshop]) -> HttpResponse | None:
        by: Any = request.user
        question: dict[str, Any] = {"title": _("Abschnitte früher öffnen")}
        stale = _("Die Abschnitte sind schon offen, oder der Workshop oder die Projektschmiede ist abgesagt.")
        form = self.ask(request, queryset, OpenForm, **question, stale=stale)
        if isinstance(form, HttpResponse):
            return form
        refused = self.run(
            request,
            queryset,
            self.shown_with_sections(lambda workshop: workshop.open_early(by=by, **form.cleaned_data)),
            may="open early",
            done=_("Die Abschnitte sind offen."),
            stale=stale,
        )
        return self.ask_again(request, refused, form)

    @admin.action(description=gettext_lazy("Workshop absagen"), location=BOTH, permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: models.QuerySet[Workshop]) -> HttpResponse | None:
        stale = _("Der Workshop oder die ganze Projektschmiede ist schon abgesagt.")
        by: Any = request.user

        def cancel(workshop: Workshop) -> Told:
            before = Before.of(workshop)
            told = workshop.cancel(by=by)
            self.say_going(workshop, before)
            return told

        return self.ask_and_run(
            request,
            queryset,
            cancel,
            title=_("Workshop absagen"),
            button=_("Ja, absagen und alle benachrichtigen"),
            stale=stale,
            may="edit",
            done=_("Der Workshop ist abgesagt."),
        )

    @admin.action(description=gettext_lazy("Frühere Öffnung zurücknehmen"), location=BOTH, permissions=["open_early"])
    def close_again(self, request: HttpRequest, queryset: models.QuerySet[Workshop]) -> HttpResponse | None:
        by: Any = request.user
        return self.ask_and_run(
            request,
            queryset,
            self.shown_with_sections(lambda workshop: workshop.close_again(by=by)),
            title=_("Frühere Öffnung zurücknehmen"),
            button=_("Ja, wieder schließen"),
            intro=_(
                "Die Abschnitte öffnen dann erst mit dem Workshop. Bis dahin kann dort niemand schreiben; was geschrieben "
                "ist, bleibt und lässt sich lesen."
            ),
            stale=_("Die Abschnitte sind nicht früher geöffnet, oder der Workshop hat begonnen oder ist abgesagt."),
            may="open early",
            done=_("Die Abschnitte öffnen wieder mit dem Workshop."),
        )

    @admin.action(description=gettext_lazy("Absage des Workshops zurücknehmen"), location=BOTH, permissions=["change"])
    def hold(self, request: HttpRequest, queryset: models.QuerySet[Workshop]) -> HttpResponse | None:
        by: Any = request.user
        return self.ask_and_run(
            request,
            queryset,
            self.shown_with_sections(lambda workshop: hold_workshop(workshop, by), takes_place=True),
            title=_("Absage des Workshops zurücknehmen"),
            button=_("Ja, der Workshop findet statt"),
            intro=_(
                "Der Workshop findet an seinen bisherigen Terminen statt. Seine Abschnitte öffnen wieder mit ihm: Liegt er "
                "noch vor Ihnen, sind sie bis dahin geschlossen."
            ),
            stale=_("Der Workshop ist nicht abgesagt, oder seine Termine sind vorbei."),
            may="edit",
            done=_("Der Workshop findet statt."),
        )
