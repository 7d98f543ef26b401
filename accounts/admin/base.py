"""The base of every admin page: `visible_to` says what is seen, the table `MAY` what may be done, nothing else does.

Neither `is_staff` nor model permissions nor groups other than `bamf` decide anything here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, NoReturn
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation, helpers
from django.core.exceptions import BadRequest
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.addresses import searched
from accounts.admin_links import OpenLinks, StoredFileInput
from core.figures import NumberField, WholeNumberField
from core.spelling import LineFormField, TextFormField
from core.writes import Stale

from .formsets import LabelledInlineFormSet, PortalInlineFormSet
from .scope import filter_names, scoped_filters, visible, what_goes_too

# The roles of `MAY` that somebody can hold as a member of staff; the others belong to teams and coaches.
ORGANISERS = frozenset({"organiser"})
BAMF = frozenset({"bamf", "keeper"})


# How the form of a record names the action chosen there.
ON_FORM = f"{ActionLocation.CHANGE_FORM.value}-action"

NUMBERS: dict[type[models.Field[Any, Any]], type[forms.Field]] = {
    models.DecimalField: NumberField,
    models.IntegerField: WholeNumberField,
}

TEXTS: dict[type[models.Field[Any, Any]], type[forms.Field]] = {
    models.CharField: LineFormField,
    models.TextField: TextFormField,
}

STALE = gettext_lazy("Das ist bei diesem Eintrag gerade nicht möglich oder schon geschehen.")


def titled(title: Any, kind: type[admin.FieldListFilter] = admin.ChoicesFieldListFilter) -> type[admin.FieldListFilter]:
    """The usual filter by a field, under another title than the field's: that may be a question or half a sentence."""

    class Titled(kind):  # type: ignore[misc,valid-type]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = title

    return Titled


class PortalAdmin(admin.options.BaseModelAdmin):
    """What a list, a form and an inline have in common: choices only of what the person may see."""

    view_on_site: Any = False
    formfield_overrides: ClassVar[Any] = {models.FileField: {"widget": StoredFileInput}}

    def choices_for(self, request: HttpRequest, field: str) -> models.QuerySet[Any] | None:
        """The choices of a foreign key, narrower than `visible_to`; None for just that. To be overridden."""
        return None

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Numbers are typed in German, by the same rule as everywhere else; a text is one that people see."""
        field = None if db_field.choices else next((own for own in NUMBERS if isinstance(db_field, own)), None)
        if field:
            narrow = forms.TextInput(attrs={**NUMBERS[field].widget.attrs, "class": "vIntegerField"})
            kwargs = {"form_class": NUMBERS[field], "widget": narrow, **kwargs}
        elif not db_field.choices and type(db_field) in TEXTS:
            kwargs = {"form_class": TEXTS[type(db_field)], **kwargs}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if "queryset" not in kwargs:
            kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if "queryset" not in kwargs:
            kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _choices(self, db_field: Any, request: HttpRequest) -> models.QuerySet[Any]:
        rows = self.choices_for(request, db_field.name)
        return visible(db_field.remote_field.model, request.user) if rows is None else rows


class PortalModelAdmin(PortalAdmin, admin.ModelAdmin):
    """Base of every admin of the portal.

    - `for_organisers`, `for_bamf`: who finds this module at all; both are off until said.
    - The model's `objects.visible_to(user)` scopes list, filters, search, choices, history; anything else is 404.
    - Change needs `MAY["edit"]`, delete `MAY["delete"]`, add `MAY["add"]` or else "edit"; a missing entry means nobody.
    - Actions name entries of `MAY` as permissions, blanks as underscores: `permissions=["open_early"]` asks for
      "open early". `is_moment` hides an action on the form when it is not its time; `ask` shows a page with a form
      before it; `run` does the step for each record and says how it went.
    - Saving writes only the fields that were changed; `status` is never a field to fill in.
    """

    for_organisers = False
    for_bamf = False
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    save_as = False

    # Who

    def is_for(self, request: HttpRequest) -> bool:
        """May this person find the module at all?"""
        return bool(self.staff_roles(request))

    def staff_roles(self, request: HttpRequest) -> frozenset[str]:
        """The roles of `MAY` this person can hold here as staff."""
        user: Any = request.user
        if not user.is_authenticated:
            return frozenset()
        organises = ORGANISERS if self.for_organisers and user.organises else frozenset()
        return organises | (BAMF if self.for_bamf and user.is_bamf else frozenset())

    def may(self, request: HttpRequest, action: str, obj: Any = None) -> bool:
        """May the person do it to this record, or (without one) to some record of this kind?"""
        allowed = self.model.MAY.get(action, frozenset())
        if not allowed & self.staff_roles(request):
            return False
        return obj is None or self._once(request, f"{action}:{obj.pk}", lambda: obj.allows(request.user, action))

    def _once(self, request: HttpRequest, key: str, answer: Callable[[], bool]) -> bool:
        """One page asks the same question many times; ask the database once per request."""
        known = request.__dict__.setdefault("_portal_admin", {})
        name = f"{self.opts.label}:{key}"
        if name not in known:
            known[name] = answer()
        return known[name]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.is_for(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not self.is_for(request):
            return False
        if obj is None:
            return True
        rows = partial(visible, self.model, request.user)
        return self._once(request, f"see:{obj.pk}", lambda: rows().filter(pk=obj.pk).exists())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "edit", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "add" if "add" in self.model.MAY else "edit")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "delete", obj)

    def __getattr__(self, name: str) -> Any:
        """`has_open_early_permission` asks `MAY` for "open early": what `@admin.action(permissions=…)` looks for."""
        action = name.removeprefix("has_").removesuffix("_permission").replace("_", " ")
        if name.startswith("has_") and name.endswith("_permission") and action in self.model.MAY:
            return partial(self._may_action, action)
        raise AttributeError(name)

    def _may_action(self, action: str, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, action, obj)

    # What is seen

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = visible(self.model, request.user) if self.is_for(request) else self.model._default_manager.none()
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return super().get_search_results(request, queryset, searched(search_term))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        obj = super().get_object(request, object_id, from_field)
        if obj is not None:
            self._once(request, f"see:{obj.pk}", lambda: True)
        request.__dict__["_portal_object"] = (self.opts.label, object_id, obj)
        return obj

    def _object_at_hand(self, request: HttpRequest, object_id: str) -> Any:
        """The object the form was opened with, without asking the database for it again."""
        known = request.__dict__.get("_portal_object")
        if known and known[:2] == (self.opts.label, object_id):
            return known[2]
        return self.get_object(request, object_id)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        """Unknown and foreign records answer alike, and like everywhere in the portal."""
        raise Http404

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return scoped_filters(self.model, super().get_list_filter(request))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only by what the list offers: no guessing of fields through the address."""
        names = filter_names(self.get_list_filter(request)) | {self.date_hierarchy}
        offered = any(name and (lookup == name or lookup.startswith(f"{name}__")) for name in names)
        return offered and super().lookup_allowed(lookup, value, request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        tree, counts, protected = what_goes_too(objs, request.user)
        lacking = (
            {self.opts.verbose_name} if any(not self.has_delete_permission(request, obj) for obj in objs) else set()
        )
        return tree, counts, lacking, protected

    # Saving

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        has_status = any(field.name == "status" for field in self.opts.get_fields())
        return (*fields, "status") if has_status and "status" not in fields else fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            save_changed(obj, form.changed_data)
        else:
            super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for obj in formset.deleted_objects:
            obj.delete()
        for obj, changed in formset.changed_objects:
            save_changed(obj, changed)
        for obj in formset.new_objects:
            obj.save()
        formset.save_m2m()

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """An action chosen on the form keeps first what was typed beside it; the form once more if that is wrong."""
        if object_id is not None and self._is_typed_beside_action(request, object_id):
            answer = self._save_typed(request, object_id, form_url, extra_context)
            if answer.status_code != HTTPStatus.FOUND:
                return answer
            if request.POST.getlist(helpers.ACTION_CHECKBOX_NAME) != [object_id]:
                raise BadRequest
            rows = self.get_queryset(request)
            answer = self.response_action(request, rows, action_location=ActionLocation.CHANGE_FORM)
            return answer or redirect(request.get_full_path())
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        inlines = [OpenLinks(rows, self.admin_site, request) for rows in context["inline_admin_formsets"]]
        context["adminform"] = OpenLinks(context["adminform"], self.admin_site, request)
        return super().render_change_form(request, context | {"inline_admin_formsets": inlines}, *args, **kwargs)

    def _is_typed_beside_action(self, request: HttpRequest, object_id: str) -> bool:
        """Was an action chosen on the form of a record after something was changed there? Not on the page that asks."""
        if ON_FORM not in request.POST or "_asked" in request.POST or {"_save", "_continue"} & set(request.POST):
            return False
        try:
            pk = UUID(object_id)
        except ValueError:
            return False
        obj = next(iter(self.get_queryset(request).filter(pk=pk)), None)
        if obj is None or not self.has_change_permission(request, obj):
            return False
        form = self.get_form(request, obj, change=True)(request.POST, request.FILES, instance=obj)
        formsets: Any = self._create_formsets(request, obj, change=True)[0]
        was_sent = any(form.add_prefix(name) in request.POST for name in form.fields)
        rows = (rows for rows in formsets if rows.management_form.is_valid())
        return (was_sent and form.has_changed()) or any(row.has_changed() for row in rows)

    def _save_typed(self, request: Any, object_id: str, form_url: str, extra_context: Any) -> HttpResponse:
        """Save the form as its button would; a redirect if it was taken."""
        sent = request.POST
        request.POST = sent.copy()
        del request.POST[ON_FORM]
        request.POST["_save"] = "1"
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        finally:
            request.POST = sent

    # Actions

    def is_moment(self, request: HttpRequest, action: str, obj: Any) -> bool:
        """Is it the moment for this action, so that it is offered? The step refuses anyway. To be overridden."""
        return True

    def offered(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """Those of the chosen records for which it is the moment for the chosen action; all once the page was sent."""
        if "_asked" in request.POST:
            return list(queryset)
        action = request.POST.get(ON_FORM) or request.POST.get("action", "")
        return [obj for obj in queryset if self.is_moment(request, action, obj)]

    def standing(self, obj: Any) -> str:
        """Where a record stands, said where an action is not possible: its status if it has one."""
        return str(obj.get_status_display()) if hasattr(obj, "get_status_display") else ""

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        """On the form only what the person may do to this very record now."""
        actions = super().get_actions(request, action_location=action_location)
        match = request.resolver_match
        if action_location is not ActionLocation.CHANGE_FORM or match is None or "object_id" not in match.kwargs:
            return actions
        obj = self._object_at_hand(request, admin.utils.unquote(match.kwargs["object_id"]))
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
        return super().response_action(request, queryset, action_location=action_location)

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
        """Do the step for each record the person may do it to; say for each how it went. Returns the refused ones.

        `done` and `stale` are whole sentences; a `Stale` that carries a sentence of its own says that one.
        """
        refused = []
        for obj in queryset:
            if not self.may(request, may, obj):
                self.message_user(request, _("%(record)s: Dazu sind Sie nicht berechtigt.") % {"record": obj}, "error")
                continue
            try:
                step(obj)
            except Stale as error:
                text = str(error) or str(stale)
                self.message_user(request, _("%(record)s: %(text)s") % {"record": obj, "text": text}, messages.ERROR)
                refused.append(obj)
            else:
                self.log_change(request, obj, str(done))
                self.message_user(request, _("%(record)s: %(text)s") % {"record": obj, "text": done}, messages.SUCCESS)
        return refused

    def ask(
        self,
        request: HttpRequest,
        queryset: Any,
        form_class: type[forms.Form] = forms.Form,
        *,
        title: str,
        button: str,
        intro: str = "",
        details: Callable[[], str] | None = None,
        stale: Any = STALE,
        **kwargs: Any,
    ) -> Any:
        """The page between choosing an action and doing it: shows the records, the form, one button.

        Records for which it is not the moment are named, but not offered; if there are no others, the list says so with
        the sentence `stale`.
        `details` is asked for more, as HTML, only where the page is shown. Returns the page until the form is sent and
        valid, then the valid form:

            form = self.ask(request, queryset, DecisionForm, title=…, button=…)
            if isinstance(form, HttpResponse):
                return form
            self.run(request, queryset, lambda record: record.accept(by=request.user, **form.cleaned_data), …)
        """
        sent = "_asked" in request.POST
        form = form_class(request.POST if sent else None, **kwargs)
        if sent and form.is_valid():
            return form
        records = self.offered(request, queryset)
        left_out = [obj for obj in queryset if obj not in records]
        if not records:
            for obj in left_out:
                self.message_user(request, _("%(record)s: %(text)s") % {"record": obj, "text": stale}, messages.ERROR)
            return redirect(request.get_full_path())
        status = 422 if form.errors else 200
        texts = {"title": title, "button": button, "intro": intro, "details": details() if details else ""}
        return self._question(request, records, form, left_out=left_out, status=status, **texts)

    def ask_again(self, request: HttpRequest, refused: list[Any], form: Any, **texts: Any) -> HttpResponse | None:
        """After `run`: the page of `ask` once more for what was refused, with everything typed; None if nothing was."""
        if not refused:
            return None
        return self._question(request, refused, form, left_out=[], status=409, **texts)

    def rows_asked_about(self, records: list[Any]) -> list[str]:
        """What the page of `ask` calls each of these records."""
        return [str(record) for record in records]

    def to_list(self) -> HttpResponse:
        """Back to the list, for an action after which the record is not there any more."""
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _question(
        self, request: HttpRequest, records: list[Any], form: Any, *, left_out: list[Any], status: int, **texts: str
    ) -> HttpResponse:
        for field in form.fields.values():
            style = {forms.Textarea: "vLargeTextField", forms.TextInput: "vTextField"}.get(type(field.widget))
            if style:
                field.widget.attrs.setdefault("class", style)
        resent = ("action", ON_FORM, "index")  # not "select_across": these records, no others of the list
        context = {
            **self.admin_site.each_context(request),
            **texts,
            "opts": self.opts,
            "form": form,
            "fieldset": helpers.Fieldset(form, fields=list(form.fields), model_admin=self),
            "records": records[:50],
            "rows": self.rows_asked_about(records[:50]),
            "count": len(records),
            "selected": [str(obj.pk) for obj in records],
            "left_out": [(obj, self.standing(obj)) for obj in left_out[:50]],
            "selected_name": helpers.ACTION_CHECKBOX_NAME,
            "resent": [(name, value) for name in resent for value in request.POST.getlist(name)],
            "back": request.get_full_path(),
            "media": self.media + form.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/ask.html", context, status=status)


def save_changed(obj: models.Model, changed: list[str]) -> None:
    """Write only the columns whose fields were changed on the form, so that nobody undoes what somebody else did."""
    columns = [field.name for field in obj._meta.concrete_fields if field.name in changed]
    touched = [field.name for field in obj._meta.concrete_fields if getattr(field, "auto_now", False)]
    if columns:
        obj.save(update_fields=[*columns, *touched])


class PortalInline(PortalAdmin, admin.options.InlineModelAdmin):
    """Rows on their parent's form: seen with it, and edited by whoever may do `may` to the parent."""

    may = "edit"
    extra = 0
    formset = PortalInlineFormSet

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        if not hasattr(self.model._default_manager, "visible_to"):
            return rows
        return rows.filter(pk__in=visible(self.model, request.user).values("pk"))

    def _may(self, request: HttpRequest, parent: Any) -> bool:
        above: Any = self.admin_site.get_model_admin(self.parent_model)
        if parent is None or parent._state.adding:
            return bool(above.has_add_permission(request))
        return bool(above.may(request, self.may, parent))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.admin_site.get_model_admin(self.parent_model).has_view_permission(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)


class PortalTabularInline(PortalInline, admin.TabularInline):
    """Rows side by side in a table."""

    formset = LabelledInlineFormSet


class PortalStackedInline(PortalInline, admin.StackedInline):
    """Rows one beneath the other, each with its fields in a column."""
