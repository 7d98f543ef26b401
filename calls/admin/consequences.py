"""What a step on a call or an edition leads to, as people read it before they press its button."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.models import Edition
from calls.unchecked import UncheckedKind, unchecked_in


def of_publishing(editions: Iterable[Edition]) -> SafeString:
    """Say for each edition who begins with it, who stays on an earlier one, and what nobody has checked."""
    return format_html_join("", "{}", ((_of_publishing_one(edition),) for edition in editions))


def _of_publishing_one(edition: Edition) -> SafeString:
    kinds = unchecked_in(edition)
    count = sum(len(kind.rows) for kind in kinds)
    said = format_html("<h2>{}</h2>{}", edition, as_list(_who_writes_on(edition)))
    if not count:
        return format_html("{}<p>{}</p>", said, _("Alle Grenzen, Regeln und Anschriften sind geprüft."))
    heading = ngettext(
        "%(count)d Angabe ist noch nicht geprüft", "%(count)d Angaben sind noch nicht geprüft", count
    ) % {"count": count}
    meaning = _(
        "Was nicht geprüft ist, hält kein Vorhaben auf; Teams lesen dort, dass sie nachsehen müssen. Grenzen prüfen Sie jetzt oder später in einem neuen Stand, alles andere auch nach dem Veröffentlichen."
    )
    return format_html("{}<h3>{}</h3><p>{}</p>{}", said, heading, meaning, _listed(kinds))


def _who_writes_on(edition: Edition) -> list[str]:
    """Say what publishing means for applications begun later, and for those that are there."""
    before = edition.call.editions.published().filter(number__lt=edition.number).order_by("-number").first()
    if before is None:
        return [
            _("Es ist der erste Stand dieses Aufrufs: Ab jetzt können Vorhaben begonnen werden, solange er offen ist.")
        ]
    call: Any = edition.call  # applications are an app above this one
    on_earlier = call.applications.running().filter(edition__number__lt=edition.number).count()
    sentences = [
        _("Neue Vorhaben beginnen ab jetzt mit diesem Stand statt mit Stand %(number)s.") % {"number": before.number}
    ]
    if not on_earlier:
        return [*sentences, _("Kein Vorhaben steht auf einem früheren Stand.")]
    staying = ngettext(
        "%(count)d Vorhaben steht auf einem früheren Stand und bleibt dort, bis sein Team den neuen übernimmt.",
        "%(count)d Vorhaben stehen auf einem früheren Stand und bleiben dort, bis ihre Teams den neuen übernehmen.",
        on_earlier,
    ) % {"count": on_earlier}
    note = (
        _("Wer noch schreibt, liest im Vorhaben: „%(note)s“") % {"note": edition.note}
        if edition.note
        else _("„Was ist neu?“ ist noch leer: Wer noch schreibt, liest nur, dass es einen neuen Stand gibt.")
    )
    adopting = _("Den neuen Stand übernimmt das Team selbst, mit einem Knopf. Seine Texte bleiben alle erhalten.")
    return [*sentences, staying, note, adopting, _("Was fertiggestellt ist, bleibt, wie es ist.")]


def _listed(kinds: Iterable[UncheckedKind]) -> SafeString:
    """Return the names of what is unchecked by kind, each with a link to its place."""
    blocks = []
    for kind in kinds:
        rows = format_html_join(
            "", '<li><a href="{}">{}</a> – {}</li>', ((row.url, row.name, row.how_sure) for row in kind.rows)
        )
        blocks.append((kind.title, len(kind.rows), rows))
    return format_html_join("", "<h4>{} ({})</h4><ul>{}</ul>", blocks)


def as_list(sentences: Iterable[str]) -> SafeString:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((sentence,) for sentence in sentences)))
