"""Before anything in the admin mails somebody or says that it has other consequences: one page that shows them, then one button.

A save, an action or a deletion is done inside a transaction and watched (accounts/rehearsal.py). Unless the person has
seen exactly these consequences, all of it is rolled back and the page is shown. So no save and no action can post a
message without it, whoever writes the next one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib.admin import ActionLocation
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.contrib.messages import ERROR, get_messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Func, TextField, Value
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.rehearsal import GREETING, Letter, Rehearsal, Wording, current, look_at, rehearse
from core.files import storing
from core.spelling import LineFormField, TextFormField

from .carried import CARRIED, words_without_letter
from .deleting import as_if_sent, what_goes
from .merging import merging
from .outgoing import place_of, say_what_waits, when_sentence
from .permissions import PermittedAdmin
from .request_cache import answers

# In a form that is sent: what the page of consequences has shown, and that its sender wants to go on typing.
SHOWN = "_shown"
GO_ON_TYPING = "_typing"
ASKED = "_asked"
# How the form of a record names the action chosen there.
ON_FORM = f"{ActionLocation.CHANGE_FORM.value}-action"
LETTER = re.compile(r"(letter-[0-9a-f]{16})-text")


class LetterForm(forms.Form):
    """The words of a mail, to be changed before it goes out."""

    subject = LineFormField(label=gettext_lazy("Betreff"), max_length=200)
    text = TextFormField(
        label=gettext_lazy("Text"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("Davor steht „Guten Tag …“ mit dem Namen der Person."),
    )
    addresses = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n")  # as browsers send the ends of lines
        if text.startswith(GREETING):
            raise forms.ValidationError(_("„Guten Tag …“ steht schon davor. Bitte lassen Sie die Anrede hier weg."))
        return text

    @classmethod
    def of(cls, letter: Letter, sent: Any = None) -> LetterForm:
        """Return the form of a letter, with what was sent for it if anything was."""
        prefix = f"letter-{letter.key}"
        data = sent if sent is not None and f"{prefix}-text" in sent else None
        shown = {"subject": letter.subject, "text": letter.text, "addresses": letter.addresses}
        form = cls(data, prefix=prefix, initial=shown)
        for name, style in (("subject", "vTextField"), ("text", "vLargeTextField")):
            form.fields[name].widget.attrs["class"] = style
            form.fields[name].show_hidden_initial = True
        return form


class NothingSavedYet:
    """Mixed into a form: shows once more what was typed, and saves nothing."""

    def is_valid(self) -> bool:
        super().is_valid()  # type: ignore[misc]
        return False


def wordings_in(sent: Any) -> tuple[dict[str, Wording], bool]:
    """Return the words that were sent for letters, by their keys, and whether all of them can be taken."""
    wordings, all_valid = {}, True
    for prefix in (match[1] for name in sent if (match := LETTER.fullmatch(name))):
        form = LetterForm(sent, prefix=prefix)
        if form.is_valid():
            wordings[prefix.removeprefix("letter-")] = Wording(**form.cleaned_data)
        else:
            all_valid = False
    return wordings, all_valid


class ConsequencesAdmin(PermittedAdmin):
    """Pages whose saves, actions and deletions show their consequences before they happen."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        def save() -> Any:
            return super(ConsequencesAdmin, self).changeform_view(request, object_id, form_url, extra_context)

        def hold_and_save() -> Any:
            if object_id is not None and not self._chosen_action(request):
                self._hold(object_id)
            return save()

        if request.method != "POST" or GO_ON_TYPING in request.POST:
            return save()
        return self._with_consequences(
            request, hold_and_save, title=_("Das geschieht, wenn Sie speichern"), button=_("Speichern")
        )

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Show at once what is deleted along and who is told; where something prevents it, Django's page says so."""
        sent = request if request.method == "POST" else as_if_sent(request)

        def delete() -> Any:
            return super(ConsequencesAdmin, self).delete_view(sent, object_id, extra_context)

        title, button = _("Das geschieht, wenn Sie löschen"), _("Löschen")
        return self._with_consequences(sent, delete, title=title, button=button, has_form=False, leave="../change/")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """Say what goes, too, on the page of consequences, where nothing prevents it."""
        tree, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if not (lacking or protected) and (watching := current()):
            watching.say(what_goes(tree, counts))
        return tree, counts, lacking, protected

    def response_action(
        self, request: HttpRequest, queryset: Any, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> Any:
        def act() -> Any:
            return super(ConsequencesAdmin, self).response_action(request, queryset, action_location=action_location)

        name = self._chosen_action(request)
        action = self.get_actions(request, action_location=action_location).get(name)
        title = str(action.description if action else self.opts.verbose_name).removesuffix(" …")
        return self._with_consequences(request, act, title=title, button=title, more={ASKED: "1"})

    def _chosen_action(self, request: HttpRequest) -> str:
        """Return the name of the action that was sent, from a list or from a form."""
        return request.POST.get(ON_FORM) or request.POST.get("action", "")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = merging(kwargs.get("form", self.form))
        if GO_ON_TYPING in request.POST:
            form = type(form.__name__, (NothingSavedYet, form), {})
        return super().get_form(request, obj, change=change, **{**kwargs, "form": form})

    def _hold(self, object_id: str) -> None:
        """Let no other form save this record until the transaction ends: what a form was shown with is compared with what is stored.

        A lock that only forms take, and before everything else: a row's own could meet those of a step in another order.
        """
        with suppress(ValidationError):
            pk = self.opts.pk.to_python(unquote(object_id))
            held: Any = Value("")
            if connection.vendor == "postgresql":
                name = hashlib.sha256(f"{self.opts.label}:{pk}".encode()).digest()
                number = int.from_bytes(name[:8], signed=True)
                held = Func(Value(number), function="pg_advisory_xact_lock", output_field=TextField())
            list(self.model._base_manager.filter(pk=pk).annotate(held=held).values("held"))

    def rehearsed(self, step: Callable[[], object]) -> Rehearsal:
        """Return what a step would do, without doing it."""

        def do() -> None:
            step()
            if watching := current():
                watching.place = place_of(self.admin_site, watching.waiting)

        return look_at(do)

    def letters_on_page(self, request: HttpRequest, rehearsal: Rehearsal) -> dict[str, Any]:
        """Return what templates/admin/_letters.html shows of a rehearsal."""
        rows = [
            (
                replace(letter, when=when_sentence(letter, rehearsal.place)),
                None if letter.is_fixed else LetterForm.of(letter, request.POST),
            )
            for letter in rehearsal.letters
        ]
        return {
            "letters": rows[:20],
            "lost_words": words_without_letter(request.POST, rehearsal.letters),
            "more_letters": sum(len(letter.people) for letter, _form in rows[20:]),
            "mail_count": rehearsal.count,
            "notes": [*rehearsal.notes, *rehearsal.context],
            "shown": rehearsal.digest,
            "shown_name": SHOWN,
        }

    def _with_consequences(
        self,
        request: HttpRequest,
        do: Callable[[], Any],
        *,
        title: str,
        button: str,
        more: dict[str, str] | None = None,
        has_form: bool = True,
        leave: str = "",
    ) -> Any:
        """Do it if its consequences were seen or it has none, and „Weiter“ was not what led here; else undo it and show them.

        Without a form there is nothing to go back to with what was typed.
        """
        storage: Any = get_messages(request)
        queued: list[Any] = storage._queued_messages  # what is undone is not said, what is refused is
        before = list(queued)
        wordings, all_valid = wordings_in(request.POST)
        with transaction.atomic(), storing() as stored, rehearse(wordings) as rehearsal:
            answer = do()
            known = answers(request)
            is_asked = rehearsal.has_consequences or (more and known.leads_on and known.has_done)
            is_agreed = GO_ON_TYPING not in request.POST and request.POST.get(SHOWN) == rehearsal.digest
            rehearsal.place = place_of(self.admin_site, rehearsal.waiting)  # what is deleted has no page any more
            if not is_asked or (all_valid and is_agreed):
                say_what_waits(request, rehearsal)
                return answer
            transaction.set_rollback(True)
            if not (more or is_done(answer)):
                return answer  # the form once more, with what is wrong
        queued[:] = [*before, *(message for message in queued[len(before) :] if message.level >= ERROR)]
        for name in stored:
            default_storage.delete(name)
        has_typed = answers(request).has_typed if more else has_form
        vars(request).pop("admin_answers", None)
        texts: dict[str, Any] = {"title": title, "button": button, "leave": leave}
        return self._page(request, rehearsal, **texts, more=more or {}, has_typed=has_typed)

    def _page(
        self,
        request: HttpRequest,
        rehearsal: Rehearsal,
        *,
        title: str,
        button: str,
        leave: str,
        more: dict[str, str],
        has_typed: bool,
    ) -> HttpResponse:
        on_page = self.letters_on_page(request, rehearsal)
        context = {
            **self.admin_site.each_context(request),
            **on_page,
            "title": title,
            "button": button_with(button, rehearsal.count, is_sentence=not more),
            "opts": self.opts,
            "resent": [*resent(request.POST), *more.items()],
            "changed_since": SHOWN in request.POST and request.POST[SHOWN] != rehearsal.digest,
            "has_files": bool(request.FILES),
            "is_popup": IS_POPUP_VAR in request.POST,
            "typing_name": GO_ON_TYPING if has_typed else "",
            "back": request.get_full_path(),
            "leave": leave or request.get_full_path(),
            "media": self.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request, "admin/consequences.html", context, status=409 if SHOWN in request.POST else 200
        )


def is_done(answer: Any) -> bool:
    """Return whether a form was saved: the answer leads on, or closes the window in which another form has opened it."""
    return answer.status_code == HTTPStatus.FOUND or "popup_response_data" in (
        getattr(answer, "context_data", None) or {}
    )


def button_with(words: str, count: int, *, is_sentence: bool) -> str:
    """Return the words of a button, with the number of mails it sends: behind a verb as a sentence, else in brackets."""
    if not count:
        return words
    if is_sentence:
        text = ngettext("%(words)s und eine E-Mail verschicken", "%(words)s und %(count)d E-Mails verschicken", count)
    else:
        text = ngettext("%(words)s (eine E-Mail)", "%(words)s (%(count)d E-Mails)", count)
    return text % {"words": words, "count": count}


def resent(sent: Any) -> Iterable[tuple[str, str]]:
    """Yield what a form held, to be sent once more by the page of consequences."""
    left_out = {"csrfmiddlewaretoken", SHOWN, GO_ON_TYPING, ASKED}
    for name, values in sent.lists():
        if name not in left_out and not CARRIED.fullmatch(name):
            yield from ((name, value) for value in values)
