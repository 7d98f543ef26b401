"""What changing a cohort means for those who are in it: fields that stay, and what the page of consequences says of the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import CoachAssignment, Cohort, Registration, Team
from workshops.another_call import is_begun
from workshops.calendar_entries import CANCELLED_STAYS
from workshops.models import Session, Workshop
from workshops.moving import Move
from workshops.planning import clashes_in


def frozen_fields(cohort: Cohort) -> dict[str, str]:
    """Return the fields on which people of the cohort depend, each with the sentence how it is done properly. One query."""
    frozen = {}
    if is_begun(cohort):
        frozen["call"] = _(
            "Der Förderaufruf bleibt, denn hier ist schon ein Vorhaben begonnen: Seine Texte und Fristen gehören zu ihm. "
            "Ist es der falsche, legen Sie eine neue Projektschmiede mit dem richtigen an. Danach wählen Sie bei jedem Team "
            "erst „Team scheidet aus“ und dann „In eine neue Projektschmiede aufnehmen“: So kann es seine Texte in ein neues "
            "Vorhaben übernehmen. Nicht mit gehen Erklärungen, Anlagen, Rückmeldungen und Anmerkungen; wer sie lesen konnte, "
            "liest sie weiter beim bisherigen Team. Jedes Team bekommt E-Mails über beides."
        )
    if cohort.begins_on <= timezone.localdate():
        frozen["begins_on"] = _(
            "Die Projektschmiede hat begonnen. Verschieben Sie jetzt die einzelnen Workshops, jeden auf seiner Seite."
        )
    return frozen


def what_changes(before: Cohort, after: Cohort, moved: list[tuple[Workshop, Move]]) -> str:
    """Return what stands on the page of consequences as HTML; "" if nobody is concerned.

    A cohort that nobody sees yet and in which nobody is concerns nobody, unless its workshops move.
    """
    is_seen = before.published_at is not None and before.cancelled_at is None
    days = [
        (label, getattr(before, name), getattr(after, name))
        for name, label in (
            ("begins_on", _("Beginn")),
            ("ends_on", _("Ende")),
            ("registration_from", _("Anmeldung ab")),
            ("registration_until", _("Anmeldung bis")),
        )
        if getattr(before, name) != getattr(after, name)
    ]
    waiting = before.registrations.filter(status="waiting").count() if after.places > before.places else 0
    places = (before.places, after.places) if before.places != after.places else None
    if not (moved or (is_seen and days) or waiting):
        return ""
    today = timezone.localdate()
    context = {
        "cohort": after,
        "days": days,
        "moved": moved,
        "phase": (before.phase, after.phase) if before.phase != after.phase else None,
        "closes": before.takes_registrations_on(today) and not after.takes_registrations_on(today),
        "opens": after.takes_registrations_on(today) and not before.takes_registrations_on(today),
        "undecided": after.registrations.filter(status="received").count(),
        "waiting": waiting,
        "places": places,
        "begun": Workshop.objects.held().filter(cohort=after, sessions__begins_at__lte=timezone.now()).exists(),
    }
    return render_to_string("admin/workshops/_cohort.html", context)


def what_publishing_shows(cohorts: list[Cohort]) -> str:
    """Return what stands on the page that asks before cohorts are published: what everybody reads, and what is missing."""
    rows = [(cohort, missing_in(cohort), clashes_in(cohort)) for cohort in cohorts]
    context = {"cohorts": rows, "today": timezone.localdate()}
    return render_to_string("admin/workshops/_publishing.html", context)


def what_cancelling_means(cohorts: Sequence[Cohort]) -> str:
    """Return what becomes of dates, texts, coaches and registrations once cohorts are called off, as HTML.

    Four queries, whatever the number. `call` should come with them.
    """
    pks = [cohort.pk for cohort in cohorts]
    coming = Session.objects.filter(workshop__cohort__in=pks, workshop__cancelled_at=None, ends_at__gte=timezone.now())
    begins = _by_cohort(coming.order_by("begins_at").values_list("workshop__cohort", "begins_at"))
    teams = _by_cohort(Team.objects.current().filter(cohort__in=pks).values_list("cohort", "pk"))
    coaches = _by_cohort(CoachAssignment.objects.current().filter(cohort__in=pks).values_list("cohort", "pk"))
    undecided = Registration.objects.filter(cohort__in=pks, status__in=Registration.Status.undecided())
    waiting = _by_cohort(undecided.values_list("cohort", "pk"))
    rows = [
        {
            "cohort": cohort,
            "sessions": len(begins[cohort.pk]),
            "first": min(begins[cohort.pk], default=None),
            "teams": len(teams[cohort.pk]),
            "coaches": len(coaches[cohort.pk]),
            "waiting": len(waiting[cohort.pk]),
            "last_day": cohort.call.last_day(),
        }
        for cohort in cohorts
    ]
    return render_to_string("admin/workshops/_cancelling.html", {"rows": rows, "days": CANCELLED_STAYS.days})


def _by_cohort(pairs: Iterable[tuple[Any, Any]]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for cohort, value in pairs:
        found[cohort].append(value)
    return found


def missing_in(cohort: Cohort) -> list[str]:
    """Return what people would look for on the public page and not find."""
    workshops = Workshop.objects.held().filter(cohort=cohort)
    lacks = {
        _("Es ist kein Workshop angelegt."): not workshops.exists(),
        _("Mindestens ein Workshop hat keinen Termin."): workshops.filter(sessions=None).exists(),
        _("Mindestens ein Termin vor Ort hat noch keinen Ort."): workshops.filter(sessions__place="")
        .exclude(sessions__format="online")
        .exists(),
        _("Der Text für die öffentliche Seite ist leer."): not cohort.public_text.strip(),
        _("Der Träger hat noch keinen Datenschutztext."): not hasattr(cohort.organiser, "privacy_text"),
        _("Der Förderaufruf hat noch keinen veröffentlichten Stand."): not cohort.call.editions.published().exists(),
        _("Der Förderaufruf hat noch keinen Einsendeschluss."): cohort.call.last_day() is None,
        _("Die Anmeldung ist schon vorbei."): cohort.registration_until < timezone.localdate(),
    }
    return [sentence for sentence, is_missing in lacks.items() if is_missing]
