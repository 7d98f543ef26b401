"""Names without signs that nobody sees, fields that hold nothing else, and texts shortened between words."""

from __future__ import annotations

from functools import partial

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.db import models

from accounts.admin.fields import PortalAdmin
from accounts.forms import InviteForm, OrganisationForm, ProfileForm, SignUp
from applications.content.base import UNSTORABLE, normalised
from applications.progress.forms import MemberForm
from applications.reviews.forms import AnswerForm, CommentForm, PhraseForm
from cohorts.admin.registration import DeclineForm
from cohorts.admin.team import MemberForm as AdminMemberForm
from cohorts.models import TeamMember
from core.spelling import PLAIN, NameField, composed, in_one_line, shortened, visible_length
from workshops.admin.workshop import OpenForm

MISSING = r"Diese Angabe fehlt noch\."
UNSEEN = "\u200b\u2060\u00ad\ufeff \u202e\u200f"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ami\u00adna", "Amina"),
        ("\ufeffAmina\u200b", "Amina"),
        ("Amina\u202eddaH\u202c", "AminaddaH"),
        ("e\u2060\u0301", "é"),
        ("A\u200dB\u200cC", "ABC"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("مُ\u200cحمد", "مُ\u200cحمد"),
        ("علی\u200c", "علی"),
        ("علی\u200c\u200d\u200cرضا", "علی\u200cرضا"),
        ("علی\u200c\u200fرضا", "علی\u200cرضا"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("অ\u09b0\u200d\u09cdযা", "অ\u09b0\u200d\u09cdযা"),
        ("അവന\u0d4d\u200d", "അവന\u0d4d\u200d"),
        ("Chor 👩🏽\u200d🌾", "Chor 👩🏽\u200d🌾"),
        ("Chor ❤\ufe0f\u200d🔥", "Chor ❤\ufe0f\u200d🔥"),
        ("Chor 👩\u200d", "Chor 👩"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"),
        ("A\U000e0067", "A"),
        ("نادي الجسر", "نادي الجسر"),
        (UNSEEN, ""),
        ("\u3164", ""),
        ("\x7f", ""),
        ("\x80\x9f", ""),
        ("\n", ""),
        (" \xa0", ""),
    ],
)  # fmt: skip
def test_a_name_has_no_signs_that_nobody_sees(typed, kept):
    assert in_one_line(typed) == kept
    assert in_one_line(kept) == kept


@pytest.mark.django_db
def test_every_name_is_saved_without_them():
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields if isinstance(field, NameField)]  # fmt: skip

    assert len(fields) > 10
    for field in fields:
        assert field.get_prep_value("Ami\u00adna\u202e") == "Amina"
        assert field.formfield().clean("\ufeff Ami\u00adna") == "Amina"
        assert NameField(max_length=9).deconstruct()[1] == "django.db.models.CharField"
        if not field.blank:
            with pytest.raises(forms.ValidationError, match=MISSING):
                field.formfield().clean(UNSEEN)


NAMES = [
    (SignUp, ["first_name", "last_name"]),
    (MemberForm, ["first_name", "last_name"]),
    (AdminMemberForm, ["first_name", "last_name"]),
    (ProfileForm, ["first_name", "last_name"]),
    (OrganisationForm, ["name", "short_name", "contact_name"]),
    (InviteForm, ["name"]),
]


@pytest.mark.parametrize(("form", "names"), NAMES)
def test_names_in_forms_have_none_either(form, names):
    fields = form.declared_fields | form.base_fields
    for name in names:
        field = fields[name]
        field = field if not field.required else type(field)(required=False)
        assert (field.clean(UNSEEN), field.clean("Ami\u200bna \u2060")) == ("", "Amina")


ASKED_FOR = [
    (PhraseForm, "text", "Bitte schreiben Sie den Satz."),
    (AnswerForm, "text", "Bitte schreiben Sie Ihre Antwort."),
    (partial(CommentForm, passage=None, rows={}), "text", "Bitte schreiben Sie, was Sie sagen möchten. Nur ein Lob darf ohne Worte sein."),
    (OpenForm, "reason", "Diese Angabe fehlt noch."),
    (partial(DeclineForm, registrations=[]), "text", "Diese Angabe fehlt noch."),
]  # fmt: skip


@pytest.mark.parametrize(("form", "name", "sentence"), ASKED_FOR)
def test_a_text_that_is_asked_for_can_be_seen(form, name, sentence):
    kind = {} if form is PhraseForm else {"kind": "question"}

    assert form({name: UNSEEN, **kind}).errors == {name: [sentence]}
    assert form({name: "Gar\u00adten\u200b!", **kind}).errors == {}


def test_what_staff_must_fill_in_can_be_seen(rf):
    for model, registered in admin.site._registry.items():
        if not isinstance(registered, PortalAdmin):
            continue
        for field in model._meta.concrete_fields:
            is_text = type(field) in (models.CharField, models.TextField) and not field.choices
            if field.blank or not field.editable or not is_text:
                continue
            form_field = registered.formfield_for_dbfield(field, rf.get("/"))
            with pytest.raises(forms.ValidationError, match=MISSING):
                form_field.clean(UNSEEN)


@pytest.mark.django_db
def test_a_member_without_a_visible_name_is_refused():
    member = TeamMember(first_name="\u200b", last_name="\u00ad", email="a@example.org")
    member.clean_fields(exclude={"team"})

    with pytest.raises(forms.ValidationError, match="mindestens einen Namen"):
        member.clean()


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("kurz", "kurz", "kurz"),
        ("zwei Wörter", "zwei …", "… Wörter"),
        ("Garten und Zaun", "Garten …", "… und Zaun"),
        ("Gärten am\nWasserturm", "Gärten …", "… sserturm"),
        ("Gartenhäuschen", "Gartenhä …", "… häuschen"),
        ("Ab Gartenhäuschen", "Ab …", "… häuschen"),
    ],
)
def test_long_texts_are_shortened_between_words(text, begin, end):
    assert (shortened(text, 10), shortened(text, 10, from_end=True)) == (begin, end)


@pytest.mark.parametrize(
    "sign", ["x", "x\u0323", "👩🏽\u200d🌾", "🇩🇪", "❤\ufe0f\u200d🔥", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"]
)  # fmt: skip
@pytest.mark.parametrize("from_end", [True, False])
def test_a_shortened_text_is_no_longer_than_it_may_be_and_cuts_no_sign(sign, from_end):
    for length in range(20, 40):
        short = shortened(sign * 200, length, from_end=from_end)
        kept = short.removeprefix("… ") if from_end else short.removesuffix(" …")

        assert len(short) <= length
        assert kept != short
        assert kept == sign * ((length - 2) // len(sign))


def test_plain_letters_are_stored_as_they_are():
    plain = [letter for letter in map(chr, range(0x3000)) if PLAIN.fullmatch(letter)]

    assert len(plain) > 500
    assert [letter for letter in plain if normalised(letter) != letter or composed(letter) != letter] == []
    # One beside the other, too: none joins what follows.
    text = "".join(plain)
    assert (composed(text), visible_length(f"{text}x"), UNSTORABLE.search(text)) == (text, len(text) + 1, None)
