"""What a step on a call or an edition leads to, as people read it before they press its button."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.comparing import changes
from calls.copying import slug_of_copy, title_of_copy
from calls.models import AttachmentKind, Edition, ExpenseKind, FundingCall, Limit, Question, Section, Theme
from calls.unchecked import Unchecked, UncheckedKind, empty_days, unchecked_in
from core.words import quoted


def of_publishing(editions: Iterable[Edition]) -> SafeString:
    """Say for each edition who begins with it, who stays on an earlier one, and what nobody has checked."""
    return format_html_join("", "{}", ((_of_publishing_one(edition),) for edition in editions))


def _of_publishing_one(edition: Edition) -> SafeString:
    days = empty_days(edition.call)
    kinds = [kind for kind in unchecked_in(edition) if kind.rows != days]
    count = sum(len(kind.rows) for kind in kinds)
    before = edition.call.editions.published().filter(number__lt=edition.number).order_by("-number").first()
    first = _missing(days) if days else ""
    said = format_html("<h2>{}</h2>{}{}", edition, first, as_list(_who_writes_on(edition, before)))
    if before is not None:
        said += _what_changes(before, edition)
    if not count:
        return format_html("{}<p>{}</p>", said, _("Alle Grenzen, Regeln und Anschriften sind geprüft."))
    heading = ngettext(
        "%(count)d Angabe ist noch nicht geprüft", "%(count)d Angaben sind noch nicht geprüft", count
    ) % {"count": count}
    meaning = _(
        "Was nicht geprüft ist, hält kein Vorhaben auf; Teams lesen dort, dass sie nachsehen müssen. Grenzen prüfen Sie jetzt oder später in einem neuen Stand, alles andere auch nach dem Veröffentlichen."
    )
    return format_html("{}<h3>{}</h3><p>{}</p>{}", said, heading, meaning, _listed(kinds))


def _missing(days: list[Unchecked]) -> SafeString:
    """Say first which days are empty: a call without them is open at once, or for ever."""
    rows = format_html_join("", '<li><a href="{}">{}</a></li>', ((row.url, row.name) for row in days))
    words = _("Diese Tage sind noch leer. Bitte tragen Sie sie vor dem Veröffentlichen ein:")
    return format_html('<p class="errornote">{}</p><ul>{}</ul>', words, rows)


def _what_changes(before: Edition, edition: Edition) -> SafeString:
    """List what the edition says differently from the published one before it."""
    heading = _("Was sich gegenüber Stand %(number)s ändert") % {"number": before.number}
    parts = [(part.title, as_list(part.sentences)) for part in changes(before.terms, edition.terms)]
    if not parts:
        nothing = _("Nichts an Grenzen, Abschnitten, Fragen, Themen, Ausgabenarten und Anlagen.")
        return format_html("<h3>{}</h3><p>{}</p>", heading, nothing)
    return format_html("<h3>{}</h3>{}", heading, format_html_join("", "<h4>{}</h4>{}", parts))


def _who_writes_on(edition: Edition, before: Edition | None) -> list[str]:
    """Say what publishing means for applications begun later, and for those that are there."""
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


def of_copying(calls: Iterable[FundingCall]) -> SafeString:
    """Say for each call what its copy has of it, and what has to be filled in or checked."""
    blocks = ((call, as_list(_of_copying_one(call))) for call in calls)
    return format_html_join("", "<h2>{}</h2>{}", blocks)


def why_no_copy(call: FundingCall) -> str:
    """Return why a call is not copied to its next year, with a link to the copy there is; "" if it can be."""
    year = call.year + 1
    if (there := FundingCall.objects.filter(slug=slug_of_copy(call, year)).first()) is not None:
        link = format_html('<a href="{}">{}</a>', there.get_absolute_url(), there)
        sentence = _("Für das Förderjahr {} gibt es schon eine Kopie: {}. Eine zweite wird nicht angelegt.")
        return format_html(sentence, year, link)
    if not call.editions.exists():
        return _("Der Aufruf hat noch keinen Stand und wird nicht kopiert.")
    return ""


def _of_copying_one(call: FundingCall) -> list[str]:
    year, latest = call.year + 1, Edition.objects.latest_of(call)
    if latest is None:
        return []
    return [
        _(
            "Aus dem Förderjahr %(year)s wird ein neuer Aufruf für das Förderjahr %(next)s. Dieser hier bleibt, wie er ist."
        )
        % {"year": call.year, "next": year},
        _("Der neue heißt „%(title)s“; den Titel können Sie danach ändern.") % {"title": title_of_copy(call, year)},
        _("Der neue Aufruf beginnt mit allem aus Stand %(number)s, als Entwurf: %(parts)s.")
        % {"number": latest.number, "parts": _counted(latest)},
        _(
            "Kopiert werden auch Anschrift, Regeln, Wege über Dachverbände, andere Wege nach einer Absage und die Namen der Formulare."
        ),
        _("Nichts davon gilt als geprüft. Herabgestufte Regeln gelten in der Kopie wieder ganz."),
        _("Leer bleiben alle Fristen, auch die der Dachverbände, und die Links zu Formularen."),
        _(
            "Angemeldete Personen können den neuen Aufruf sehen. Vorhaben können erst beginnen, wenn Sie seinen Stand veröffentlicht haben."
        ),
    ]


def of_removing(records: Iterable[FundingCall | Edition]) -> SafeString:
    """Say for each call or draft what goes with it, and which copies stay."""
    blocks = (
        (record, as_list(_goes_with_call(record) if isinstance(record, FundingCall) else [_goes(record)]))
        for record in records
    )
    return format_html_join("", "<h2>{}</h2>{}", blocks)


def _goes(edition: Edition) -> str:
    return _("Entfernt wird Stand %(number)s: %(parts)s.") % {"number": edition.number, "parts": _counted(edition)}


def _goes_with_call(call: FundingCall) -> list[str]:
    sentences = [_goes(edition) for edition in call.editions.order_by("number")]
    named = {
        _("Formulare und Texte"): call.forms,
        _("Wege über Dachverbände"): call.umbrella_routes,
        _("Andere Wege"): call.other_ways,
    }
    for title, rows in named.items():
        if names := quoted(str(row) for row in rows.all()):
            sentences.append(_("%(title)s: %(names)s.") % {"title": title, "names": names})
    rules = call.rules.count()
    sentences.append(ngettext("%(count)d Regel.", "%(count)d Regeln.", rules) % {"count": rules})
    if copies := quoted(str(copy) for copy in call.copies.all()):
        sentence = _("Kopien bleiben, zeigen dann aber keinen Unterschied zum Vorjahr mehr: %(names)s.")
        sentences.append(sentence % {"names": copies})
    return sentences


def of_starting(editions: Iterable[Edition]) -> SafeString:
    """Say for each edition what the new draft has of it, and which drafts there are already."""
    blocks = ((edition, as_list(_of_starting_one(edition))) for edition in editions)
    return format_html_join("", "<h2>{}</h2>{}", blocks)


def _of_starting_one(edition: Edition) -> list[str]:
    sentences = [
        _("Ein Entwurf beginnt mit allem aus Stand %(number)s: %(parts)s. Was geprüft ist, bleibt geprüft.")
        % {"number": edition.number, "parts": _counted(edition)},
        _("Bis Sie ihn veröffentlichen, sieht ihn nur das BAMF, und für die Vorhaben ändert sich nichts."),
    ]
    others = edition.call.editions.order_by("number")
    if newer := [other for other in others.published() if other.number > edition.number]:
        sentences.append(
            _("Achtung: Es gibt einen neueren Stand, und was dort steht, fehlt dem Entwurf: %(name)s.")
            % {"name": newer[-1]}
        )
    for draft in others.drafts():
        link = format_html('<a href="{}">{}</a>', draft.get_absolute_url(), draft)
        sentences.append(format_html(_("Es gibt schon einen Entwurf: {}."), link))
    return sentences


def _counted(edition: Edition) -> str:
    """Return how much there is of each part: „3 Themenschwerpunkte, 18 Abschnitte …“."""
    terms = edition.terms
    parts: dict[Any, list[Any]] = {
        Theme: terms.themes,
        Section: terms.sections,
        ExpenseKind: terms.kinds,
        Question: terms.questions,
    }
    parts |= {AttachmentKind: terms.attachments, Limit: terms.limits}
    return ", ".join(
        f"{len(rows)} {model._meta.verbose_name if len(rows) == 1 else model._meta.verbose_name_plural}"
        for model, rows in parts.items()
    )


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
