"""The base of every admin page: `visible_to` says what is seen, the table `MAY` what may be done, nothing else does.

Neither `is_staff` nor model permissions nor groups other than `bamf` decide anything here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.rehearsal import Rehearsal, rehearse, unless_refused
from core.writes import Stale

from .actions import STALE, ActionsAdmin
from .carried import carried
from .consequences import ASKED, GO_ON_TYPING, ON_FORM
from .lists import PortalChangeList
from .request_cache import answers

# All that a list needs: choosing rows for an action. Links that open a window, and jQuery for them, stand on forms only.
OF_LISTS = forms.Media(js=["admin/js/core.js", "admin/js/actions.js"])


class PortalModelAdmin(ActionsAdmin):
    """Base of every admin of the portal.

    - `for_organisers`, `for_bamf` say who finds this module at all; both are off unless they are set.
    - The model's `objects.visible_to(user)` scopes list, filters, search, choices, history; anything else is 404.
    - Change needs `MAY["edit"]`, delete `MAY["delete"]`, add `MAY["add"]` or else "edit"; a missing entry means nobody.
    - An action names its permission (`permissions=["open_early"]`), and a method beside it says which entry of `MAY`
      that is (`has_open_early_permission`). `is_moment` hides an action on the form when it is not its time; `ask`
      shows a page with a form before it; `run` does the step for each record and says how it went.
    - Saving writes only the fields that were changed; `status` is never a field to fill in.
    """

    list_per_page = 50
    show_full_result_count = False  # `PortalChangeList` counts
    show_facets = admin.ShowFacets.NEVER
    save_as = False

    def action_checkbox(self, obj: Any) -> SafeString:
        """Return Django's own checkbox of a row, without a widget and a template of its own for each."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            helpers.ACTION_CHECKBOX_NAME,
            obj.pk,
            _("Select this object for an action - {}").format(obj),
        )

    @property
    def media(self) -> forms.Media:
        """Django's scripts without those that fill in one field from another (`prepopulated_fields`), which we never do."""
        jquery = "jquery.js" if settings.DEBUG else "jquery.min.js"
        scripts = [
            f"vendor/jquery/{jquery}",
            "jquery.init.js",
            "core.js",
            "admin/RelatedObjectLookups.js",
            "actions.js",
        ]
        return forms.Media(js=[f"admin/js/{script}" for script in scripts])

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PortalChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"media": OF_LISTS, **(extra_context or {})})

    def offered(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """Return the chosen records for which it is the moment for the chosen action; all of them once the page was sent."""
        if ASKED in request.POST:
            return list(queryset)
        action = request.POST.get(ON_FORM) or request.POST.get("action", "")
        return [obj for obj in queryset if self.is_moment(request, action, obj)]

    def standing(self, obj: Any) -> str:
        """Return the status of a record, if it has one, for where an action is not possible."""
        return str(obj.get_status_display()) if hasattr(obj, "get_status_display") else ""

    def ask(
        self,
        request: HttpRequest,
        queryset: Any,
        form_class: type[forms.Form] = forms.Form,
        *,
        title: str,
        button: str = "",
        intro: str = "",
        details: Callable[[], str] | None = None,
        rehearsal: Callable[[], Rehearsal] | None = None,
        stale: Any = STALE,
        **kwargs: Any,
    ) -> Any:
        """Ask before doing an action, on a page with the records, a form and one button.

        Records for which it is not the moment are named, but not offered; without others the list says `stale`. `details`
        is asked for more, as HTML, and `rehearsal` for the mails, only where the page is shown. Without a `button` it
        leads on to the page of consequences, also where nobody is mailed. Returns the page, or the form once it is valid:

            form = self.ask(request, queryset, DecisionForm, title=…)
            if isinstance(form, HttpResponse):
                return form
            self.run(request, queryset, lambda record: record.accept(by=request.user, **form.cleaned_data), …)
        """
        sent = ASKED in request.POST
        form = form_class(request.POST if sent else None, **kwargs)
        texts: dict[str, Any] = {"title": title, "button": button, "intro": intro}
        texts |= {"details": details, "rehearsal": rehearsal}
        answers(request).asked = texts
        if sent and form.is_valid() and GO_ON_TYPING not in request.POST:
            answers(request).has_typed, answers(request).leads_on = bool(form.fields), not button
            return form
        records = self.offered(request, queryset)
        left_out = [obj for obj in queryset if obj not in records]
        if not records:
            for obj in left_out:
                self.message_user(request, _("%(record)s: %(text)s") % {"record": obj, "text": stale}, messages.ERROR)
            return redirect(request.get_full_path())
        try:
            texts = self._facts(request, **texts)
        except Stale as error:
            self.message_user(request, str(error) or str(stale), messages.ERROR)
            return redirect(request.get_full_path())
        status = 422 if form.errors else 200
        return self._question(request, records, form, left_out=left_out, status=status, **texts)

    def ask_and_run(
        self,
        request: HttpRequest,
        queryset: Any,
        step: Callable[[Any], object],
        *,
        may: str,
        done: Any,
        stale: Any = STALE,
        **texts: Any,
    ) -> HttpResponse | None:
        """Ask with a button alone, under the mails that the step sends, and do it for each record once it was pressed (see `run`)."""

        def do_all() -> None:
            for obj in self.offered(request, queryset.all()):
                if self.may(request, may, obj):
                    with suppress(Stale), unless_refused():
                        step(obj)

        page = self.ask(request, queryset, stale=stale, rehearsal=lambda: self.rehearsed(do_all), **texts)
        if isinstance(page, HttpResponse):
            return page
        self.run(request, queryset, step, may=may, done=done, stale=stale)
        return None

    def ask_again(self, request: HttpRequest, refused: list[Any], form: Any, **texts: Any) -> HttpResponse | None:
        """Show the page of `ask` once more, after `run`, for refused records, with everything typed and the facts as they are now.

        None without any refused. `texts` stand in place of those that `ask` was given.
        """
        if not refused:
            return None
        asked = answers(request).asked | texts
        try:
            facts = self._facts(request, **asked)
        except Stale:  # the refusal has been said
            facts = self._facts(request, **asked | {"details": None, "rehearsal": None})
        return self._question(request, refused, form, left_out=[], status=409, **facts)

    def _facts(
        self,
        request: HttpRequest,
        *,
        details: Callable[[], str] | None,
        rehearsal: Callable[[], Rehearsal] | None,
        **texts: Any,
    ) -> dict[str, Any]:
        """Work out what the page that asks says. Raises `Stale` where a step that it looks at does."""
        with rehearse():  # what is only looked at posts nothing
            facts = texts | {"details": details() if details else ""}
        return facts | (self.letters_on_page(request, rehearsal()) if rehearsal else {})

    def rows_asked_about(self, records: list[Any]) -> list[str]:
        """Return what the page of `ask` calls each of these records."""
        return [str(record) for record in records]

    def to_list(self) -> HttpResponse:
        """Return to the list, after an action that deletes the record."""
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _question(
        self, request: HttpRequest, records: list[Any], form: Any, *, left_out: list[Any], status: int, **texts: Any
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
            "carried": [] if texts.get("letters") else [*carried(request.POST)],
            "is_typing": GO_ON_TYPING in request.POST,
            "resent": [(name, value) for name in resent for value in request.POST.getlist(name)],
            "back": request.get_full_path(),
            "media": self.media + form.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/ask.html", context, status=status)
