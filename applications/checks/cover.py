"""Checks of the cover (title, dates, places) and of the application as a whole: C01–C06, C19–C22, C25."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.legal_forms import LegalForm
from applications.checks.base import Dossier, Found, Moment, Severity, check, no_deadline
from applications.content import Cover
from applications.content.simple import PERSON
from applications.papers.easy_online import way_of
from calls.terms import COVER, SKETCH_KEYS
from core import words

# The Richtlinie names who may be funded (F1 3): these need to be recognised as charitable, …
CHARITABLE = frozenset({LegalForm.EV, LegalForm.GGMBH, LegalForm.GUG, LegalForm.FOUNDATION, LegalForm.COOPERATIVE})
# … these do not. Of an initiative without a legal form and of other forms it says nothing that we know.
PUBLIC = frozenset({LegalForm.MUNICIPALITY, LegalForm.CHURCH, LegalForm.PUBLIC_BODY})
# What some people write instead of the tax office; "anerkannt" is what the portal itself filled in once.
NO_OFFICE = frozenset({"nein", "kein", "keine", "keins", "nicht", "noch", "ja", "anerkannt", "beantragt", "entfällt"})


@check("C01", Severity.ERROR)
def legal_person(dossier: Dossier) -> Iterator[Found]:
    """No private person; associations and companies are charitable (F1 3, F28). What the source leaves open is asked."""
    cover = dossier.cover
    if cover.legal_form == PERSON:
        yield Found(_("Privatpersonen können keinen Antrag stellen."), COVER, field="legal_form")
    elif not cover.legal_form:
        yield Found(
            _("Bitte wählen Sie die Rechtsform Ihrer Organisation. Privatpersonen können keinen Antrag stellen."),
            COVER,
            field="legal_form",
            missing=(_("die Rechtsform Ihrer Organisation"),),
        )
    elif cover.legal_form not in LegalForm.values:
        yield Found(
            _("Als Rechtsform steht hier noch „%(words)s“. Bitte wählen Sie Ihre Rechtsform aus der Liste.") % {"words": cover.legal_form},
            COVER, field="legal_form",
        )  # fmt: skip
    elif cover.legal_form in CHARITABLE:
        yield from charitable(dossier)
    elif cover.legal_form not in PUBLIC:
        yield from undecided(cover)


def charitable(dossier: Dossier) -> Iterator[Found]:
    """The tax office and the day of the notice, which is not still to come."""
    cover, day = dossier.cover, dossier.cover.charitable_on
    has_office = names_an_office(cover.charitable)
    if not has_office or not day:
        yield Found(
            _("Bitte nennen Sie das Finanzamt und das Datum Ihres Freistellungs- oder Feststellungsbescheids."),
            COVER,
            field="charitable_on" if has_office else "charitable",
            missing=(_("das Finanzamt und das Datum Ihres Freistellungs- oder Feststellungsbescheids"),),
        )
    elif day > dossier.today.isoformat():
        yield Found(
            _("Das Datum Ihres Freistellungs- oder Feststellungsbescheids liegt in der Zukunft. Bitte prüfen Sie es."),
            COVER,
            field="charitable_on",
        )


def names_an_office(text: str) -> bool:
    """Is this more than a yes or a no?"""
    words = re.findall(r"[^\W\d_]+", text[:200].lower())
    return bool(words) and words[0] not in NO_OFFICE


def undecided(cover: Cover) -> Iterator[Found]:
    """Forms of which the source does not say whether they may be funded."""
    if cover.legal_form == LegalForm.INITIATIVE:
        sentence = _(
            "Ob eine Initiative ohne Rechtsform einen Antrag stellen kann, haben wir in der Förderrichtlinie nicht gefunden. Bitte fragen Sie das BAMF, bevor Sie weiterschreiben."
        )
        yield Found(sentence, COVER, field="legal_form", severity=Severity.WARNING)
        return
    if not cover.other_form.strip():
        yield Found(
            _("Bitte schreiben Sie, welche andere Rechtsform Ihre Organisation hat."),
            COVER,
            field="other_form",
            missing=(_("welche andere Rechtsform Ihre Organisation hat"),),
        )
    sentence = _(
        "Ob Organisationen mit Ihrer Rechtsform gefördert werden und ob sie gemeinnützig sein müssen, wissen wir nicht. Bitte fragen Sie das BAMF, bevor Sie weiterschreiben."
    )
    yield Found(sentence, COVER, field="legal_form", severity=Severity.WARNING)


@check("C02", Severity.ERROR)
def one_theme(dossier: Dossier) -> Iterator[Found]:
    """Exactly one theme of the call (F6, F1 4.3)."""
    if not dossier.cover.theme:
        yield Found(
            _("Bitte wählen Sie genau einen Themenschwerpunkt."),
            COVER,
            field="theme",
            missing=(_("der Themenschwerpunkt, genau einer"),),
        )
    elif dossier.terms.theme(dossier.cover.theme) is None:
        yield Found(
            _("Den gewählten Themenschwerpunkt gibt es in diesem Förderaufruf nicht. Bitte wählen Sie neu."),
            COVER,
            field="theme",
        )


@check("C03", Severity.ERROR)
def starts_in_the_year(dossier: Dossier) -> Iterator[Found]:
    """Not before 1 January of the Förderjahr (F11, F9)."""
    start = dossier.cover.start_on
    if not start:
        yield Found(
            _("Bitte geben Sie an, wann Ihr Vorhaben beginnt."),
            COVER,
            field="start_on",
            missing=(_("der Beginn des Vorhabens"),),
        )
    elif start < f"{dossier.year}-01-01":
        yield Found(
            _("Das Vorhaben kann frühestens am 1. Januar %(year)d beginnen.") % {"year": dossier.year},
            COVER,
            field="start_on",
        )


@check("C04", Severity.ERROR)
def not_too_long(dossier: Dossier) -> Iterator[Found]:
    """At most the months of the call (F12–F14), and its calendar years (F13): asked about unless they are verified."""
    limit, months = dossier.terms.limit("max_months"), dossier.cover.months
    if not months:
        yield Found(
            _("Bitte geben Sie an, wie viele Monate Ihr Vorhaben dauert."),
            COVER,
            field="months",
            missing=(_("die Laufzeit in Monaten"),),
        )
    elif limit.value is None:
        yield Found(
            _(
                "Wie lange ein Vorhaben dauern darf, ist hier noch nicht eingetragen. Es steht im Aufruf; im Zweifel fragen Sie das BAMF."
            ),
            COVER,
            field="months",
            severity=Severity.INFO,
        )
    elif months > limit.value:
        yield Found(
            _("Das Vorhaben dauert %(months)d Monate. Möglich sind höchstens %(limit)s.") % {"months": months, "limit": words.number(limit.value)},
            COVER, field="months", limit=limit,
        )  # fmt: skip
        return
    yield from not_too_many_years(dossier)


def not_too_many_years(dossier: Dossier) -> Iterator[Found]:
    """Part of C04: the calendar years that the term touches, where the call has an entry for them."""
    limit, years = dossier.terms.limit("max_calendar_years"), dossier.years
    if limit.value is None or len(years) <= limit.value:
        return
    if limit.is_verified:
        allowed = _("Möglich sind höchstens %(limit)s.")
    else:
        allowed = _(
            "Ein früherer Aufruf sprach von %(limit)s Kalenderjahren. Bitte fragen Sie das BAMF, ob %(count)d möglich sind."
        )
    touched = _("Ihr Vorhaben berührt %(count)d Kalenderjahre (%(first)d bis %(last)d).")
    said = {"count": len(years), "first": years[0], "last": years[-1], "limit": words.number(limit.value)}
    yield Found(f"{touched} {allowed}" % said, COVER, field="start_on", limit=limit)


@check("C05", Severity.ERROR)
def not_too_many_pages(dossier: Dossier) -> Iterator[Found]:
    """The printed sketch within the pages of the call (F2). They are a limit of the Interessenbekundung alone."""
    if dossier.stage == 2:
        return
    limit = dossier.terms.limit("max_pages")
    if limit.value is None:
        yield Found(
            _(
                "Wie viele Seiten die Projektskizze haben darf, ist hier noch nicht eingetragen. Es steht im Aufruf; im Zweifel fragen Sie das BAMF."
            ),
            severity=Severity.INFO,
        )
    elif dossier.pages is None:
        yield Found(_("Die Seiten der Projektskizze sind noch nicht gezählt."), severity=Severity.INFO)
    elif dossier.pages > limit.value:
        yield Found(
            _("Die Projektskizze hat %(pages)d Seiten. Möglich sind höchstens %(limit)s. Den Platz für die Unterschriften am Ende zählen wir mit. Bitte kürzen Sie.") % {"pages": dossier.pages, "limit": words.number(limit.value)},
            limit=limit,
        )  # fmt: skip


@check("C06", Severity.WARNING, Moment.POSTING)
def in_time(dossier: Dossier) -> Iterator[Found]:
    """The deadline, and what counts (F9). Late is possible and warned, never refused. Stage 2 has none here."""
    if dossier.stage == 2 or dossier.deadline is None:
        body = dossier.route.umbrella_body if dossier.route else ""
        yield Found(no_deadline(dossier.stage, body), severity=Severity.INFO)
        return
    day = words.day(dossier.deadline)
    if dossier.today > dossier.deadline:
        yield Found(
            _("Der Einsendeschluss war am %(day)s. Unterlagen, die zu spät kommen, werden nicht berücksichtigt.")
            % {"day": day}
        )
    elif dossier.deadline_counts == "postmark":
        yield Found(
            _("Einsendeschluss ist der %(day)s. Es zählt der Poststempel.") % {"day": day}, severity=Severity.INFO
        )
    elif dossier.deadline_counts == "receipt":
        yield Found(
            _("Einsendeschluss ist der %(day)s. Es zählt der Tag, an dem die Unterlagen ankommen.") % {"day": day},
            severity=Severity.INFO,
        )
    else:
        yield Found(
            _(
                "Einsendeschluss ist der %(day)s. Ob der Poststempel oder der Eingang zählt, ist hier noch nicht eingetragen."
            )
            % {"day": day},
            severity=Severity.INFO,
        )


@check("C19", Severity.WARNING)
def umbrella_route(dossier: Dossier) -> Iterator[Found]:
    """Members of an umbrella body may have another way and earlier dates (F1 7.1, F11)."""
    body = dossier.umbrella_body
    if not body:
        return
    if dossier.route and dossier.deadline:
        yield Found(
            _("Sie gehören zu %(body)s. Dort reichen Sie bis zum %(day)s ein, nicht direkt beim BAMF.") % {"body": body, "day": words.day(dossier.deadline)},
            COVER, field="umbrella_body",
        )  # fmt: skip
    elif dossier.route:
        yield Found(
            _("Sie gehören zu %(body)s. Dort reichen Sie ein, nicht direkt beim BAMF. Bis wann, sagt Ihnen %(body)s.") % {"body": body},
            COVER, field="umbrella_body",
        )  # fmt: skip
    else:
        yield Found(
            _("Sie gehören zu %(body)s. Fragen Sie dort, ob der Verband am Zentralstellenverfahren teilnimmt und bis wann Sie dort einreichen. Nimmt er teil, dürfen Sie nicht selbst beim BAMF beantragen.") % {"body": body},
            COVER, field="umbrella_body",
        )  # fmt: skip


@check("C20", Severity.ERROR)
def reachable(dossier: Dossier) -> Iterator[Found]:
    """A valid address that works for the whole procedure (F1 7.1)."""
    try:
        validate_email(dossier.cover.email.strip())
    except ValidationError:
        yield Found(
            _(
                "Bitte geben Sie eine gültige E-Mail-Adresse an. Sie müssen darunter im ganzen Verfahren erreichbar sein."
            ),
            COVER,
            field="email",
            missing=() if dossier.cover.email.strip() else (_("eine E-Mail-Adresse für das ganze Verfahren"),),
        )


@check("C21", Severity.INFO, Moment.POSTING)
def official_forms(dossier: Dossier) -> Iterator[Found]:
    """The BAMF's own forms are to be used (F1 7.1, F9); confirmed as a step on paper."""
    if dossier.stage == 2 and dossier.is_finished:
        yield Found(_("Bitte geben Sie die Angaben in easy-Online ein."))
    elif dossier.stage == 2:
        yield Found(_("Nach dem Fertigstellen geben Sie die Angaben in easy-Online ein."))
    elif dossier.is_finished:
        yield Found(
            _("Bitte übertragen Sie die Angaben in die Formulare des BAMF: Titelblatt und Gesamtfinanzierungsplan.")
        )
    else:
        yield Found(
            _(
                "Nach dem Fertigstellen übertragen Sie die Angaben in die Formulare des BAMF: Titelblatt und Gesamtfinanzierungsplan."
            )
        )


@check("C22", Severity.INFO, Moment.POSTING)
def signed(dossier: Dossier) -> Iterator[Found]:
    """Signed by those who may (F9, F20); confirmed as a step on paper. How stage 2 is signed, the call says."""
    if dossier.cover.signatories.strip() and dossier.stage == 2:
        yield Found(str(way_of(dossier.signing).sentence))
    elif dossier.cover.signatories.strip():
        yield Found(
            _("Bevor Sie alles zur Post geben, unterschreiben die Personen, die Ihre Organisation vertreten dürfen.")
        )
    elif dossier.is_finished:
        yield Found(
            _(
                "Sie haben nicht angegeben, wer für Ihre Organisation unterschreiben darf. Bitte klären Sie das, bevor jemand unterschreibt."
            ),
            severity=Severity.WARNING,
        )
    else:
        yield Found(
            _("Bitte nennen Sie die Personen, die für Ihre Organisation unterschreiben dürfen."),
            COVER,
            field="signatories",
            severity=Severity.WARNING,
        )


LAST_LATIN = "\u024f"  # of the blocks that European languages are written in


@check("C25", Severity.INFO, guess=True)
def in_german(dossier: Dossier) -> Iterator[Found]:
    """The language of the project is German (F18, F19); we only notice other scripts."""
    text = "".join(dossier.text(key) for key in SKETCH_KEYS)
    if max(text, default="") <= LAST_LATIN:
        return
    letters = [letter for letter in text if letter.isalpha()]
    foreign = sum(letter > LAST_LATIN for letter in letters)
    if foreign * 5 > len(letters):
        yield Found(
            _("Ein großer Teil des Textes ist nicht auf Deutsch. Die Unterlagen werden auf Deutsch eingereicht.")
        )
