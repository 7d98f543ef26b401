"""P05, our own hint: the title, the place, the address and the contact person, which the papers would print as a dash."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from applications.checks.base import Dossier, Found, Severity, check
from calls.terms import COVER
from core.spelling import is_visible


@check("P05", Severity.WARNING)
def names_itself(dossier: Dossier) -> Iterator[Found]:
    """A Vorhaben has a title before it is finished; the rest of what names it is asked for."""
    cover = dossier.cover
    if not is_visible(cover.title):
        yield Found(
            _("Bitte geben Sie Ihrem Vorhaben einen Titel. Er steht auf allen Unterlagen."),
            COVER,
            field="title",
            missing=(_("der Titel des Vorhabens"),),
            severity=Severity.ERROR,
        )
    rest = (
        ("places", _("Bitte schreiben Sie, an welchem Ort Ihr Vorhaben stattfindet."), _("der Ort des Vorhabens")),
        ("address", _("Bitte geben Sie die Anschrift Ihrer Organisation an."), _("die Anschrift Ihrer Organisation")),
        ("contact_person", _("Bitte nennen Sie eine Ansprechperson."), _("die Ansprechperson")),
    )
    for field, sentence, words in rest:
        if not is_visible(getattr(cover, field)):
            yield Found(sentence, COVER, field=field, missing=(words,))
