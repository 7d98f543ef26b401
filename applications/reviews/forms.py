"""The forms of handing in, commenting and giving back: what must be filled in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.content.quotes import Quote, quoted
from applications.reviews.models import Comment, Phrase, ReviewItem
from applications.reviews.models.begun import BegunComment
from applications.reviews.models.phrase import LONGEST_PHRASE
from applications.reviews.windows import decision
from applications.writing.forms.fields import Words
from cohorts.models.conversation import LONGEST_ENTRY
from core.spelling import is_visible
from core.templatetags.people import teaser

# The id of the one form of the page on which a coach reads.
REVIEW_FORM = "lesung"


class HandInForm(forms.Form):
    """The choice of sections that go to the coach."""

    sections = forms.MultipleChoiceField(
        label=gettext_lazy("Welche Abschnitte möchten Sie zur Rückmeldung abgeben?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie mindestens einen Abschnitt aus."),
            "invalid_choice": gettext_lazy(
                "Ein Abschnitt kann gerade nicht zur Rückmeldung abgegeben werden: Er liegt schon dort oder ist noch nicht geöffnet."
            ),
        },
    )

    def __init__(self, *args: Any, choices: list[tuple[str, SafeString]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["sections"].choices = choices  # type: ignore[attr-defined]


class RequiredWords(Words):
    """A text that is marked as required; the form decides whether it may stay empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.required = True

    def validate(self, value: Any) -> None:
        """Accept an empty text: the form refuses it with a sentence of its own."""


class PhraseSelect(forms.Select):
    """A select whose options carry the whole sentence and its kind, for the script that inserts it at the cursor."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self.phrases = {str(phrase.pk): phrase for phrase in phrases}
        super().__init__(attrs={"data-phrases": ""})

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        phrase = self.phrases.get(str(value))
        if phrase:
            option["attrs"] |= {"data-text": phrase.text, "data-kind": phrase.kind}
        return option


class CommentForm(forms.Form):
    """A comment on a section: on all of it, on words of it, or on one of its rows.

    On the review page its fields stand beside the text, but belong to the form that gives the review back
    (`REVIEW_FORM`), so that neither of the two buttons throws away what was typed for the other.
    """

    words = Words(
        most=2000,
        label=gettext_lazy("Zu welchen Worten?"),
        help_text=gettext_lazy(
            "Markieren Sie Worte im Text oder schreiben Sie sie ab. Leer heißt: zum ganzen Abschnitt."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "data-quote": ""}),
    )
    before = Words(most=200, strip=False, widget=forms.HiddenInput(attrs={"data-quote-before": ""}))
    row = forms.ChoiceField(label=gettext_lazy("Zu welcher Zeile?"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Art"),
        widget=forms.Select(attrs={"data-key": "a", "data-key-label": gettext_lazy("anmerken")}),
        choices=[("", gettext_lazy("Bitte wählen")), *Comment.Kind.choices],
        error_messages={"required": gettext_lazy("Bitte wählen Sie, was für eine Anmerkung das ist.")},
    )
    phrase = forms.ChoiceField(
        label=gettext_lazy("Ein eigener Satz"),
        required=False,
        help_text=gettext_lazy("Der Satz wird unten angefügt."),
        error_messages={
            "invalid_choice": gettext_lazy("Diesen Satz gibt es nicht mehr. Bitte wählen Sie einen anderen.")
        },
    )
    text = RequiredWords(
        most=5000, label=gettext_lazy("Was möchten Sie sagen?"), widget=forms.Textarea(attrs={"rows": 4})
    )
    remember = forms.BooleanField(label=gettext_lazy("Als eigenen Satz merken"), required=False)

    def __init__(
        self, *args: Any, passage: str | None, rows: dict[str, str], phrases: Iterable[Phrase] = (), **options: Any
    ) -> None:
        """`passage` is the text that words can be quoted from, None for a section of rows; `rows` are titles by id."""
        super().__init__(*args, **options)
        self.passage = passage
        self.phrases = {str(phrase.pk): phrase for phrase in phrases}
        if self.phrases:
            self.fields["phrase"].widget = PhraseSelect(self.phrases.values())
            choices = [("", _("Keiner")), *((key, teaser(phrase.text, 70)) for key, phrase in self.phrases.items())]
            self.fields["phrase"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["phrase"]
        if passage is None:
            del self.fields["words"], self.fields["before"]
        if rows:
            choices = [("", _("Zum ganzen Abschnitt")), *rows.items()]
            self.fields["row"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["row"]

    def belong_to(self, form: str) -> CommentForm:
        """Have the fields sent with the form of this id, wherever they stand on the page."""
        for field in self.fields.values():
            field.widget.attrs["form"] = form
        return self

    def typed(self) -> dict[str, str]:
        """Return what was typed so far and can be stored, as fields of `BegunComment`; it need not be a comment yet."""
        typed = {}
        for name in BegunComment.TYPED:
            sent = str(self.data.get(self.add_prefix(name)) or "") if name in self.fields else ""
            try:
                typed[name] = str(self.fields[name].clean(sent)) if sent.strip() else ""
            except forms.ValidationError as refused:
                if name not in {"row", "kind"}:
                    raise forms.ValidationError(refused.messages) from refused
                typed[name] = ""
        return typed

    def clean_words(self) -> Quote | None:
        words = self.cleaned_data["words"]
        if not words.strip():
            return None
        quote = quoted(self.passage or "", words, str(self.data.get(self.add_prefix("before")) or "")[-200:])
        if quote is None:
            raise forms.ValidationError(
                _(
                    "Diese Worte stehen so nicht im Text. Bitte schreiben Sie sie genau ab oder lassen Sie das Feld leer."
                )
            )
        return quote

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        phrase = self.phrases.get(data.get("phrase") or "")
        if phrase and "text" in data and phrase.text not in data["text"]:
            data["text"] = f"{data['text'].rstrip()}\n{phrase.text}".strip()
        if data.get("remember") and len(data.get("text", "").strip()) > LONGEST_PHRASE:
            self.add_error(
                "remember", _("Ein eigener Satz hat höchstens 500 Zeichen. Bitte merken Sie sich etwas Kürzeres.")
            )
        if "text" in data and not data["text"].strip() and data.get("kind") != Comment.Kind.PRAISE:
            self.add_error("text", _("Bitte schreiben Sie, was Sie sagen möchten. Nur ein Lob darf ohne Worte sein."))
        return data

    def values(self) -> dict[str, Any]:
        """Return the arguments of `ReviewItem.comment`."""
        data = self.cleaned_data
        return {
            "kind": data["kind"],
            "text": data["text"].strip(),
            "quote": data.get("words") or None,
            "row_id": data.get("row") or "",
        }


class ChangeForm(CommentForm):
    """Rewording a comment; its place in the text stays."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, passage=None, rows={}, **options)
        del self.fields["remember"]


class PhraseForm(forms.Form):
    """A coach's own sentence, and the kind of comment it is for."""

    text = Words(
        most=LONGEST_PHRASE, required=True, label=gettext_lazy("Satz"), widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Bitte schreiben Sie den Satz.")},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("Für welche Art?"),
        required=False,
        choices=[("", gettext_lazy("Für jede")), *Comment.Kind.choices],
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        if not text:
            raise forms.ValidationError(_("Bitte schreiben Sie den Satz."))
        return text


class AnswerForm(forms.Form):
    text = RequiredWords(most=5000, label=gettext_lazy("Ihre Antwort"), widget=forms.Textarea(attrs={"rows": 4}))

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].strip()
        if not text:
            raise forms.ValidationError(_("Bitte schreiben Sie Ihre Antwort."))
        return text


class EntryForm(forms.Form):
    """A question of a team to its coaches, or an answer."""

    text = RequiredWords(
        most=LONGEST_ENTRY,
        label=gettext_lazy("Was möchten Sie schreiben?"),
        help_text=gettext_lazy("Höchstens 2.000 Zeichen."),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].strip()
        if not is_visible(text):
            raise forms.ValidationError(_("Bitte schreiben Sie Ihre Frage oder Antwort."))
        return text


class GiveBackForm(forms.Form):
    """A verdict for every section, a sentence for the team, and the day to hand in again."""

    summary = Words(most=5000, label=gettext_lazy("Ein Satz zum Mitgeben"), widget=forms.Textarea(attrs={"rows": 3}))
    again_by = forms.DateField(
        label=gettext_lazy("Bitte wieder zur Rückmeldung abgeben bis"),
        required=False,
        error_messages={"invalid": gettext_lazy("Bitte geben Sie einen Tag an, zum Beispiel 11.12.2026.")},
    )

    def __init__(
        self, *args: Any, items: list[ReviewItem], titles: dict[str, str], blocked: set[UUID], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.items, self.blocked = items, blocked
        verdicts = {}
        for item in items:
            verdicts[self.name(item)] = forms.ChoiceField(
                label=titles[item.draft.key],
                choices=ReviewItem.Verdict.choices,
                widget=forms.RadioSelect,
                initial=item.verdict or (ReviewItem.Verdict.PLEASE_CHANGE if item.draft_id in blocked else None),
                help_text=self.help(item),
                error_messages={"required": _("Bitte entscheiden Sie: rund oder bitte ändern?")},
            )
        self.fields = {**verdicts, **self.fields}
        first = next(iter(self.fields.values()))
        first.widget.attrs |= {"data-key": "z", "data-key-label": _("zum Zurückgeben")}

    @staticmethod
    def name(item: ReviewItem) -> str:
        return f"verdict-{item.draft.key}"

    def help(self, item: ReviewItem) -> str:
        if item.draft_id not in self.blocked:
            return ""
        return _("„Rund“ geht, sobald jede Anmerkung „Bitte ändern“ erledigt ist.")

    def clean_again_by(self) -> Any:
        day = self.cleaned_data["again_by"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("Dieser Tag ist schon vorbei."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for item in self.items:
            if data.get(self.name(item)) == ReviewItem.Verdict.ACCEPTED and item.draft_id in self.blocked:
                self.add_error(
                    self.name(item), _("Hier ist noch eine Anmerkung „Bitte ändern“ offen. So lange geht „rund“ nicht.")
                )
        return data

    def verdicts(self) -> dict[UUID, str]:
        return {item.pk: self.cleaned_data[self.name(item)] for item in self.items}

    def decided_so_far(self) -> dict[str, str]:
        """Return `sent` of `Review.note`: everything valid so far, even if it is not enough for giving back."""
        self.is_valid()
        sent, choices = self.data, ReviewItem.Verdict.values
        chosen = {item.pk: sent.get(self.name(item), "") for item in self.items}
        parts = decision(
            self.cleaned_data.get("summary", ""),
            self.cleaned_data.get("again_by"),
            {key: verdict if verdict in choices else "" for key, verdict in chosen.items()},
        )
        return {name: value for name, value in parts.items() if name not in self.errors}

    def field_of(self, part: str) -> str:
        """Return the name of the field that holds a part of the decision."""
        return next((self.name(item) for item in self.items if str(item.pk) == part), part)
