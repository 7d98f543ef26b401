"""The page of a person in the admin: closing an account, opening it again, resetting the second factor, „Person löschen“."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import account_steps, erasing
from accounts.models import User
from accounts.models.kept_after_erasing import Staying, Stays
from accounts.models.user import BAMF_GROUP

from .base import PortalModelAdmin

EVERYWHERE = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]


class EraseForm(forms.Form):
    sure = forms.BooleanField(
        label=gettext_lazy("Ja, Konto, Name und Adressen sollen endgültig gelöscht werden."), required=True
    )


@admin.register(User)
class UserAdmin(PortalModelAdmin):
    """For BAMF staff: find a person, close or open the account, help after a lost device, erase."""

    for_bamf = True
    list_display = ("email", "last_name", "first_name", "is_active", "date_joined", "last_login", "conflict")
    list_filter = ("is_active",)
    search_fields = ("email", "first_name", "last_name")
    fields = readonly_fields = (
        "email",
        "first_name",
        "last_name",
        "is_active",
        "date_joined",
        "last_login",
        "roles_here",
        "conflict",
    )
    actions = ("deactivate", "activate", "end_office", "reset_second_factor", "erase")

    def get_queryset(self, request: HttpRequest) -> Any:
        both: Any = User.objects.filter(
            Q(groups__name=BAMF_GROUP) | Q(is_superuser=True), coach_assignments__isnull=False
        )
        return super().get_queryset(request).annotate(judges_both=Exists(both.filter(pk=OuterRef("pk"))))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("Interessenkonflikt"))
    def conflict(self, obj: Any) -> str:
        """Say that a person who coaches, or has coached, works for the BAMF, which decides later; not in which cohort."""
        return _("Hat Teams begleitet und arbeitet für das BAMF.") if obj.judges_both else ""

    @admin.display(description=gettext_lazy("gehört zu"))
    def roles_here(self, obj: User) -> str:
        names = [str(membership.organisation) for membership in obj.memberships.select_related("organisation")]
        bamf = Group.objects.filter(name=BAMF_GROUP, user=obj).exists()
        return ", ".join([*(["BAMF"] if bamf else []), *names]) or "–"

    def has_deactivate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "deactivate", obj)

    def has_activate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "activate", obj)

    def has_end_office_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "end office", obj)

    def has_reset_second_factor_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "reset second factor", obj)

    def has_erase_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "erase", obj)

    def is_moment(self, request: HttpRequest, action: str, obj: User) -> bool:
        if action == "end_office":
            return obj.is_bamf
        return {"deactivate": obj.is_active, "activate": not obj.is_active}.get(action, True)

    @admin.action(description=gettext_lazy("Konto schließen"), location=EVERYWHERE, permissions=["deactivate"])
    def deactivate(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        user: Any = request.user
        return self.ask_and_run(
            request,
            queryset,
            lambda person: account_steps.deactivate(person, by=user),
            title=_("Konto schließen"),
            button=_("Ja, Konto schließen"),
            intro=_(
                "Die Person kann sich dann nicht mehr einloggen und wird auf allen Geräten ausgeloggt. Was sie geschrieben hat, "
                "bleibt. Sie können das Konto jederzeit wieder öffnen."
            ),
            may="deactivate",
            done=_("Das Konto ist geschlossen. Nichts ist verloren."),
        )

    @admin.action(description=gettext_lazy("Konto wieder öffnen"), location=EVERYWHERE, permissions=["activate"])
    def activate(self, request: HttpRequest, queryset: Any) -> None:
        user: Any = request.user
        done = _("Die Person kann sich wieder einloggen.")
        self.run(request, queryset, lambda person: account_steps.activate(person, by=user), may="activate", done=done)

    @admin.action(
        description=gettext_lazy("Arbeitet nicht mehr für das BAMF"), location=EVERYWHERE, permissions=["end_office"]
    )
    def end_office(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        user: Any = request.user
        return self.ask_and_run(
            request,
            queryset,
            lambda person: account_steps.end_office(person, by=user),
            title=_("Arbeitet nicht mehr für das BAMF"),
            button=_("Ja, Zugang beenden"),
            intro=_("Die Person sieht dann nichts mehr vom BAMF. Zurück kommt sie nur mit einer neuen Einladung."),
            may="end office",
            done=_("Die Person sieht nichts mehr vom BAMF. Das Konto bleibt."),
            stale=_("Diese Person arbeitet nicht für das BAMF."),
        )

    @admin.action(
        description=gettext_lazy("Zweiten Faktor zurücksetzen …"),
        location=EVERYWHERE,
        permissions=["reset_second_factor"],
    )
    def reset_second_factor(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        intro = _("Nur wenn Sie sicher sind, dass diese Person selbst darum bittet: Rufen Sie sie im Zweifel an.")
        title, button = _("Zweiten Faktor zurücksetzen"), _("Zurücksetzen und benachrichtigen")
        stale = _("Diese Person hat keinen zweiten Faktor.")
        user: Any = request.user
        return self.ask_and_run(
            request,
            queryset,
            lambda person: account_steps.reset_second_factor(person, by=user),
            title=title,
            button=button,
            intro=intro,
            may="reset second factor",
            done=_("Der zweite Faktor ist zurückgesetzt; die Person hat eine E-Mail bekommen."),
            stale=stale,
        )

    @admin.action(description=gettext_lazy("Person löschen …"), location=EVERYWHERE, permissions=["erase"])
    def erase(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        intro = _("Was die Person getan hat, bleibt erhalten und zeigt statt ihres Namens „gelöschte Person“.")
        user: Any = request.user
        people = [person for person in queryset if self.may(request, "erase", person)]
        form = self.ask(
            request,
            queryset,
            EraseForm,
            title=_("Person löschen"),
            button=_("Endgültig löschen"),
            intro=intro,
            details=lambda: summary_of([erasing.would_erase(person, by=user) for person in people], done=False),
        )
        if isinstance(form, HttpResponse):
            return form
        if len(people) < queryset.count():
            self.message_user(request, _("Sich selbst können Sie hier nicht löschen."), "error")
        if erased := [erasing.erase(person, by=user) for person in people]:
            self.message_user(request, summary_of(erased, done=True))
        return self.to_list()


def summary_of(erased: list[erasing.Erased], *, done: bool) -> str:
    """Say what goes and what keeps a name, of one person or of several together."""
    gone: Counter[str] = Counter()
    stays: dict[Stays, Staying] = {}
    for person in erased:
        gone.update(dict(person.gone))
        for left in person.stays:
            stays[left.texts] = stays[left.texts] + left if left.texts in stays else left
    context = {"done": done, "gone": list(gone.items()), "stays": list(stays.values())}
    return render_to_string("admin/accounts/user/erasing.html", context)
