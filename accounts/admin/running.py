"""What it leads to that an organisation may run cohorts, or may not any more, as BAMF staff read it before they decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Organisation
from core.words import all_of, quoted

NOBODY = gettext_lazy("Noch niemand: Zu dieser Organisation gehört niemand. Es wird keine E-Mail verschickt.")


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
    said = {"people": all_of(people)}
    if people:
        may = ngettext(
            "%(people)s legt Projektschmieden an und veröffentlicht sie, entscheidet über Anmeldungen, legt Coaching-Personen fest und liest, was die Teams dort schreiben. Dafür ist ab der nächsten Seite ein zweiter Faktor nötig.",
            "%(people)s legen Projektschmieden an und veröffentlichen sie, entscheiden über Anmeldungen, legen Coaching-Personen fest und lesen, was die Teams dort schreiben. Dafür ist ab der nächsten Seite ein zweiter Faktor nötig.",
            len(people),
        )
        sentences = [_("Wer dazugehört: %(people)s. Wer später dazukommt, darf dasselbe.") % said, may % said]
    else:
        sentences = [
            str(NOBODY),
            _(
                "Wer eine Einladung annimmt, legt Projektschmieden an und veröffentlicht sie, entscheidet über Anmeldungen, legt Coaching-Personen fest und liest, was die Teams dort schreiben. Dafür ist ein zweiter Faktor nötig."
            ),
        ]
    own: Any = organisation  # cohorts are an app above this one
    taking_part = own.teams.filter(withdrawn_at=None, cohort__cancelled_at=None).order_by("cohort__title")
    if titles := quoted(taking_part.values_list("cohort__title", flat=True)):
        said = {"titles": titles}
        sentences.append(
            _("Achtung: Die Organisation nimmt selbst mit einem Team teil, an %(titles)s. Ist es die richtige?") % said
        )
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
    own: Any = organisation  # cohorts are an app above this one
    if not own.cohorts.exists():
        cannot = ngettext(
            "%(people)s kann dann keine Projektschmieden anlegen; noch gibt es von dieser Organisation keine. Das Konto bleibt.",
            "%(people)s können dann keine Projektschmieden anlegen; noch gibt es von dieser Organisation keine. Die Konten bleiben.",
            len(people),
        )
        return [cannot % {"people": all_of(people)} if people else str(NOBODY), _("Sie können das Recht wieder geben.")]
    loses = ngettext(
        "%(people)s sieht die Projektschmieden der Organisation und ihre Teams nicht mehr und legt keine neuen an. Das Konto bleibt.",
        "%(people)s sehen die Projektschmieden der Organisation und ihre Teams nicht mehr und legen keine neuen an. Die Konten bleiben.",
        len(people),
    )
    return [
        loses % {"people": all_of(people)} if people else str(NOBODY),
        _("Die Projektschmieden selbst, ihre Teams und Vorhaben bleiben, wie sie sind."),
        _("Sie können das Recht wieder geben; dann ist alles wieder zu sehen."),
    ]


def _people_of(organisation: Organisation) -> list[str]:
    return [str(one.user) for one in organisation.memberships.select_related("user").order_by("joined_at")]
