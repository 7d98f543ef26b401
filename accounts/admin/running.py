"""What it leads to that an organisation may run cohorts, or may not any more, as BAMF staff read it before they decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organisation
from core.words import all_of


def of_letting_run(organisations: Iterable[Organisation]) -> SafeString:
    """Say who may do what from then on."""
    return _each(organisations, _letting_run)


def of_ending(organisations: Iterable[Organisation]) -> SafeString:
    """Say who sees nothing any more, and what stays."""
    return _each(organisations, _ending)


def _each(organisations: Iterable[Organisation], said: Callable[[Organisation], list[str]]) -> SafeString:
    blocks = (
        (organisation, format_html_join("", "<li>{}</li>", ((sentence,) for sentence in said(organisation))))
        for organisation in organisations
    )
    return format_html_join("", "<h2>{}</h2><ul>{}</ul>", blocks)


def _letting_run(organisation: Organisation) -> list[str]:
    people = _people_of(organisation)
    named = (
        _("Wer dazugehört: %(people)s. Wer später dazukommt, darf dasselbe.") % {"people": people}
        if people
        else _("Noch gehört niemand dazu. Wer eine Einladung annimmt, darf dann alles, was hier steht.")
    )
    sentences = [
        named,
        _(
            "Diese Personen legen Projektschmieden an und veröffentlichen sie, entscheiden über Anmeldungen, legen Coaching-Personen fest und lesen, was die Teams ihrer Projektschmieden schreiben."
        ),
        _("Sie brauchen ab der nächsten Seite, die sie öffnen, einen zweiten Faktor."),
    ]
    own: Any = organisation  # cohorts are an app above this one
    if earlier := own.cohorts.count():
        sentences.append(
            ngettext(
                "Sie sehen wieder eine frühere Projektschmiede mit ihren Teams.",
                "Sie sehen wieder %(count)d frühere Projektschmieden mit ihren Teams.",
                earlier,
            )
            % {"count": earlier}
        )
    return sentences


def _ending(organisation: Organisation) -> list[str]:
    people = _people_of(organisation)
    named = _("Wer dazugehört: %(people)s.") % {"people": people} if people else _("Es gehört niemand dazu.")
    return [
        named,
        _(
            "Diese Personen sehen die Projektschmieden der Organisation und ihre Teams nicht mehr und legen keine neuen an. Ihre Konten bleiben."
        ),
        _("Die Projektschmieden selbst, ihre Teams und Vorhaben bleiben, wie sie sind."),
        _("Sie können das Recht wieder geben; dann sehen sie alles wieder."),
    ]


def _people_of(organisation: Organisation) -> str:
    return all_of(str(one.user) for one in organisation.memberships.select_related("user").order_by("joined_at"))
