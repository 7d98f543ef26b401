"""Every form field is drawn by one template: label, help, error, control, joined by the ids Django writes."""

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template
from django.utils.html import strip_tags

from core.templatetags.kern import native


class RegistrationForm(forms.Form):
    title = forms.CharField(label="Titel", help_text="Kurz und klar.")
    email = forms.EmailField(label="E-Mail-Adresse", required=False)
    land = forms.ChoiceField(label="Land", choices=[("", "Bitte wählen"), ("SN", "Sachsen")])
    begins_on = forms.DateField(label="Beginn", initial="2027-01-04")
    kind = forms.ChoiceField(
        label="Rechtsform",
        choices=[("ev", "e. V."), ("ggmbh", "gGmbH")],
        widget=forms.RadioSelect,
        help_text="Wie im Register.",
    )
    days = forms.MultipleChoiceField(
        label="Tage",
        choices=[("mo", "Montag"), ("di", "Dienstag")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    privacy = forms.BooleanField(label="Ich habe die Hinweise gelesen.")
    paper = forms.FileField(label="Satzung", help_text="Als PDF.")
    seen = forms.CharField(widget=forms.HiddenInput, initial="3")


def render(form):
    return Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": form}))


def field(form, name):
    return Template("{% load crispy_forms_tags %}{{ field|as_crispy_field }}").render(Context({"field": form[name]}))


def in_order(html, *pieces):
    places = [html.index(piece) for piece in pieces]
    return places == sorted(places)


def test_text_field_is_label_help_error_control():
    html = field(RegistrationForm({"title": ""}), "title")
    assert in_order(
        html, '<label class="kern-label" for="id_title">', 'id="id_title_helptext"', 'id="id_title_error"', "<input"
    )
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="kern-form-input__input kern-form-input__input--error"' in html


def test_untouched_field_says_nothing_of_errors():
    html = field(RegistrationForm(), "title")
    assert "error" not in html
    assert "aria-invalid" not in html
    assert 'aria-describedby="id_title_helptext"' in html


def test_only_what_may_stay_empty_is_marked():
    assert "– freiwillig" in field(RegistrationForm(), "email")
    assert "– freiwillig" not in field(RegistrationForm(), "title")


def test_select_stands_in_its_wrapper():
    html = field(RegistrationForm(), "land")
    assert in_order(
        html, '<div class="kern-form-input__select-wrapper">', '<select name="land" class="kern-form-input__select"'
    )


def test_date_uses_the_browsers_picker_and_takes_its_answer():
    html = field(RegistrationForm(), "begins_on")
    assert 'type="date"' in html
    assert 'value="2027-01-04"' in html
    form = RegistrationForm({"begins_on": "2027-01-04"})
    form.full_clean()
    assert "begins_on" not in form.errors


def test_german_date_that_was_refused_is_still_there():
    assert 'value="31.02.2027"' in field(RegistrationForm({"begins_on": "31.02.2027"}), "begins_on")


@pytest.mark.parametrize(("name", "control"), [("kind", "radio"), ("days", "checkbox")])
def test_group_is_a_fieldset_whose_legend_names_it(name, control):
    html = field(RegistrationForm(), name)
    assert in_order(html, "<fieldset", "<legend", "</legend>", f'class="kern-form-check__{control}"')
    assert html.count('class="kern-form-check"') == 2
    assert f'for="id_{name}_0"' in html
    assert f'id="id_{name}_0"' in html


def test_group_names_its_help_and_error_and_no_radio_is_invalid():
    html = field(RegistrationForm({"title": "x"}), "kind")
    assert 'aria-describedby="id_kind_helptext id_kind_error"' in html
    assert "aria-invalid" not in html


def test_chosen_radio_stays_chosen_after_an_error():
    html = field(RegistrationForm({"kind": "ggmbh"}), "kind")
    assert in_order(html, 'value="ev"', 'value="ggmbh"', "checked")
    assert html.count("checked") == 1


def test_single_checkbox_has_its_label_behind():
    html = field(RegistrationForm({"title": "x"}), "privacy")
    assert in_order(
        html, 'id="id_privacy_error"', '<input type="checkbox"', '<label class="kern-label" for="id_privacy">'
    )
    assert 'aria-describedby="id_privacy_error"' in html


def test_file_names_its_help_although_django_expects_a_fieldset():
    html = field(RegistrationForm(), "paper")
    assert 'type="file"' in html
    assert 'aria-describedby="id_paper_helptext"' in html


def test_stored_file_is_named_but_never_linked():
    class Stored:
        url = "/private/satzung.pdf"

        def __str__(self):
            return "satzung.pdf"

    html = field(RegistrationForm(initial={"paper": Stored()}), "paper")
    assert "<strong>satzung.pdf</strong>" in html
    assert "/private/" not in html


def test_placeholder_gives_way_to_the_label():
    class Search(forms.Form):
        word = forms.CharField(
            label="Suchwort", widget=forms.TextInput(attrs={"placeholder": "Suchen …", "class": "wide"})
        )

    html = field(Search(), "word")
    assert "placeholder" not in html
    assert 'class="kern-form-input__input wide"' in html


def test_form_shows_a_summary_that_leads_to_each_error():
    form = RegistrationForm({"title": "", "seen": "3"})
    form.add_error(None, "Die Anmeldung ist seit gestern geschlossen.")
    html = render(form)
    summary = html[: html.index("<fieldset")]
    assert "Die Anmeldung ist seit gestern geschlossen." in summary
    assert [f'href="#{anchor}"' in summary for anchor in ("id_title", "id_land", "id_kind_0", "id_privacy")] == [
        True
    ] * 4
    assert "id_email" not in html[: html.index('for="id_title"')]


def test_error_of_a_hidden_field_is_said_in_the_summary():
    form = RegistrationForm({"title": "x", "seen": ""})
    form.errors["seen"] = form.error_class(["Die Seite war zu lange offen."])
    assert "Die Seite war zu lange offen." in strip_tags(render(form))


def test_form_without_errors_has_no_summary():
    assert "data-error-summary" not in render(RegistrationForm())


def test_texts_are_escaped():
    form = RegistrationForm({"title": "<script>"})
    form.add_error("title", "<b>nein</b>")
    html = field(form, "title")
    assert "<script>" not in html
    assert "<b>nein</b>" not in html


def test_formset_draws_every_form():
    rows = forms.formset_factory(RegistrationForm, extra=2)(prefix="row")
    html = Template("{% load crispy_forms_tags %}{{ rows|crispy }}").render(Context({"rows": rows}))
    assert "row-TOTAL_FORMS" in html
    assert html.count('for="id_row-0-title"') == html.count('for="id_row-1-title"') == 1


def test_whole_form_comes_with_tag_token_and_button():
    html = render_crispy_form(RegistrationForm(), context={"csrf_token": "geheim"})
    assert in_order(
        html,
        "<form",
        "novalidate",
        'enctype="multipart/form-data"',
        "csrfmiddlewaretoken",
        "<fieldset",
        'type="submit"',
    )


def test_widget_is_copied_only_where_something_about_it_changes():
    plain, dated = forms.TextInput(), forms.DateInput(attrs={"placeholder": "TT.MM.JJJJ"})

    assert native(plain) is plain
    assert (native(dated).input_type, native(dated).attrs) == ("date", {})
    assert (dated.input_type, dated.attrs) == ("text", {"placeholder": "TT.MM.JJJJ"})
