"""Actions of the admin, on a list and on the form of a record: when they are offered, and doing a step for each record."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation, helpers
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.merging import marks_in
from accounts.rehearsal import unless_refused
from accounts.waiting import Told
from core.typed import not_taken, typed_texts
from core.writes import Stale

from .consequences import ASKED, ON_FORM
from .meanwhile import closed, not_any_more, some_gone
from .request_cache import answers
from .saving import SavingAdmin

# In a form that was saved before the action that was chosen beside it: the name of that action.
LEFT = "_left"
STALE = gettext_lazy("Das ist bei diesem Eintrag gerade nicht möglich oder schon geschehen.")


class ActionsAdmin(SavingAdmin):
    """Pages whose actions call a step of the model, and say for each record how it went."""

    def is_moment(self, request: HttpRequest, action: str, obj: Any) -> bool:
        """Return whether it is the moment for this action, so that it is offered; the step refuses anyway.

        To be overridden.
        """
        return True

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        """Offer on the form only what the person may do to this very record now."""
        actions = super().get_actions(request, action_location=action_location)
        match = request.resolver_match
        if action_location is not ActionLocation.CHANGE_FORM or match is None or "object_id" not in match.kwargs:
            return actions
        obj = self.opened_object(request, admin.utils.unquote(match.kwargs["object_id"]))
        return {
            name: action
            for name, action in actions.items()
            if action
            and obj is not None
            and self._offers(request, action.func, obj)
            and self.is_moment(request, name, obj)
        }

    def _offers(self, request: HttpRequest, func: Any, obj: Any) -> bool:
        needed = getattr(func, "allowed_permissions", [])
        return not needed or any(getattr(self, f"has_{name}_permission")(request, obj) for name in needed)

    def response_action(
        self, request: HttpRequest, queryset: Any, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> Any:
        try:
            [UUID(value) for value in request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)]
        except ValueError as error:
            raise BadRequest from error
        if over := self._is_over(request, queryset, action_location):
            if self._is_closed(request, over) and typed_texts(request):
                return not_taken(request, closed(request, over), request.get_full_path())
            return None
        if self._are_gone(request, queryset, action_location):
            return None
        return super().response_action(request, queryset, action_location=action_location)

    def _is_closed(self, request: HttpRequest, obj: Any) -> bool:
        """Return whether this person was shown the form of a record that cannot be changed any more."""
        was_shown = any(marks_in(request.POST).values()) and self.has_view_permission(request, obj)
        return was_shown and not self.has_change_permission(request, obj)

    def _is_over(self, request: HttpRequest, queryset: Any, location: ActionLocation) -> Any:
        """Say that it is no longer the moment for an action that the form of a record offered before; return the record if it was so."""
        name = self._chosen_action(request)
        if location is not ActionLocation.CHANGE_FORM or name in self.get_actions(request, action_location=location):
            return None
        action = super().get_actions(request, action_location=location).get(name)
        obj = queryset.filter(pk__in=request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)).first() if action else None
        if action is None or obj is None:
            return None
        text = not_any_more(request, obj, str(action.description).removesuffix(" …"))
        self.message_user(request, text, messages.WARNING)
        return obj

    def _are_gone(self, request: HttpRequest, queryset: Any, location: ActionLocation) -> bool:
        """Say which of the chosen records of a list are there no more; return whether none is left."""
        chosen = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        if location is not ActionLocation.CHANGE_LIST or not chosen or request.POST.get("select_across", "0") != "0":
            return False
        there = {str(pk) for pk in queryset.filter(pk__in=chosen).values_list("pk", flat=True)}
        if lost := [pk for pk in chosen if str(UUID(pk)) not in there]:
            self.message_user(request, some_gone(request, self.opts.label_lower, lost), messages.WARNING)
        return not there

    def run(
        self,
        request: HttpRequest,
        queryset: Any,
        step: Callable[[Any], object],
        *,
        may: str,
        done: Any,
        stale: Any = STALE,
    ) -> list[Any]:
        """Do the step for each record the person may do it to, and say for each how it went. Returns the refused ones.

        `done` and `stale` are whole sentences; a `Stale` with a sentence of its own says that instead. Of a step that
        mails to many (`Told`) they read how many mails wait.
        """
        refused = []
        for obj in queryset:
            if not self.may(request, may, obj):
                self.message_user(request, _("%(record)s: Dazu sind Sie nicht berechtigt.") % {"record": obj}, "error")
                continue
            try:
                with unless_refused():
                    told = step(obj)
            except Stale as error:
                text = str(error) or str(stale)
                self.message_user(request, _("%(record)s: %(text)s") % {"record": obj, "text": text}, messages.ERROR)
                refused.append(obj)
            else:
                answers(request).has_done = True
                self.log_change(request, obj, str(done))
                text = f"{done} {told.sentence}".strip() if isinstance(told, Told) else str(done)
                self.message_user(request, _("%(record)s: %(text)s") % {"record": obj, "text": text}, messages.SUCCESS)
        return refused

    # What was typed beside an action

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Save what was typed beside an action that was chosen on the form, before it; show what is wrong with it."""
        if object_id is not None and self._is_typed_beside_action(request, object_id):
            answer = self._save_typed(request, object_id, form_url, extra_context)
            if answer.status_code != HTTPStatus.FOUND:
                return answer
            if request.POST.getlist(helpers.ACTION_CHECKBOX_NAME) != [object_id]:
                raise BadRequest
            rows = self.get_queryset(request)
            answer = self.response_action(request, rows, action_location=ActionLocation.CHANGE_FORM)
            return answer or redirect(request.get_full_path())
        try:
            answer = super().changeform_view(request, object_id, form_url, extra_context)
        except PermissionDenied:
            obj = answers(request).opened.get(f"{self.opts.label}:{object_id}")
            if obj is None or not self._is_closed(request, obj):
                raise
            return not_taken(request, closed(request, obj), request.get_full_path())
        if LEFT in request.POST and answer.status_code == HTTPStatus.FOUND:
            self._say_left(request, request.POST[LEFT])
        return answer

    def _say_left(self, request: HttpRequest, name: str) -> None:
        """Say that an action chosen beside what was typed is still to be done: the page of consequences came between."""
        if action := self.get_actions(request, action_location=ActionLocation.CHANGE_FORM).get(name):
            said = {"action": str(action.description).removesuffix(" …")}
            text = _("„%(action)s“ ist noch nicht geschehen. Bitte wählen Sie es jetzt noch einmal.")
            self.message_user(request, text % said, messages.WARNING)

    def _is_typed_beside_action(self, request: HttpRequest, object_id: str) -> bool:
        """Return whether an action was chosen on the form of a record after something was changed there.

        Not on the page that asks, which sends nothing of the form.
        """
        if ON_FORM not in request.POST or ASKED in request.POST or {"_save", "_continue"} & set(request.POST):
            return False
        try:
            pk = UUID(object_id)
        except ValueError:
            return False
        obj = next(iter(self.get_queryset(request).filter(pk=pk)), None)
        if obj is None or not self.has_change_permission(request, obj):
            return False
        form = self.get_form(request, obj, change=True)(request.POST, request.FILES, instance=obj)
        pages: Any = self  # the types do not know Django's `_create_formsets`
        formsets = pages._create_formsets(request, obj, change=True)[0]
        was_sent = any(form.add_prefix(name) in request.POST for name in form.fields)
        rows = (rows for rows in formsets if rows.management_form.is_valid())
        return (was_sent and form.has_changed()) or any(row.has_changed() for row in rows)

    def _save_typed(self, request: Any, object_id: str, form_url: str, extra_context: Any) -> HttpResponse:
        """Save the form as its button would; the answer is a redirect if it was saved."""
        sent = request.POST
        request.POST = sent.copy()
        request.POST[LEFT] = request.POST.pop(ON_FORM)[-1]
        request.POST["_save"] = "1"
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        finally:
            request.POST = sent
