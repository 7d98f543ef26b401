"""What happens on registering, on asking for the link again, and on correcting a registration.

They have no account: an address that is confirmed and a secret link let them in.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Event, PrivacyText
from accounts.models.invitation import hashed, new_token
from cohorts.alike import plain_name
from cohorts.models import Cohort, Registration, RegistrationPerson
from cohorts.models.registration import Values
from cohorts.readdressing import redirect_unsent
from core.writes import Stale, write_if


@transaction.atomic
def register(
    cohort: Cohort,
    *,
    values: Values,
    persons: list[Values],
    mail_at: datetime | None = None,
    form: UUID | None = None,
    privacy_text: PrivacyText | None = None,
) -> tuple[Registration, str]:
    """Keep what an association said, and mail its first person a link to confirm.

    The mail goes out at once, or not before `mail_at`. Returns the registration and its token, which exists nowhere
    else; an empty token means that the same was registered before (`_register_again`): the same association on the
    same `form`, or the same answers once more. `privacy_text` is what the page showed of the Träger. Raises `Stale`
    outside the time for registering.
    """
    cohort = Cohort.objects.lock(cohort.pk)
    if not cohort.is_registration_open:
        raise Stale
    once = _sent_once(form, cohort, values) if form else None
    if once:
        earlier = Registration.objects.sent_before(cohort, once, values, persons)
        Registration.objects.free_form(once)  # afterwards: what is withdrawn in between was looked at as going on
        if earlier:
            return earlier, _register_again(earlier, once, values=values, persons=persons, mail_at=mail_at)
    token = new_token()
    known = {"once": once, "token_hash": hashed(token), "privacy_text": privacy_text}
    registration = Registration.objects.create(cohort=cohort, **known, **values)
    _replace_persons(registration, persons)
    Event.record("registration.made", registration, by=None)
    _ask_to_confirm(registration, token, mail_at)
    return registration, token


@transaction.atomic
def correct(
    registration: Registration, token: str, *, seen: datetime | None, values: Values, persons: list[Values]
) -> None:
    """Replace what was said. Raises `Stale` after the time for registering, or if it changed since `seen`."""
    if not Cohort.objects.lock(registration.cohort_id).is_registration_open:
        raise Stale
    before = list(registration.persons.all())
    now = timezone.now()
    expected = {"status__in": Registration.Status.undecided(), "changed_at": seen}
    write_if(registration, expected, changed_at=now, **values)
    _replace_persons(registration, persons)
    addresses = {person.full_name: person.email for person in registration.persons.all()}
    for person in before:
        new = addresses.get(person.full_name, person.email)  # who was replaced keeps what was for them
        redirect_unsent(person.email, new, cohort=registration.cohort_id, name=person.full_name)
    Event.record("registration.corrected", registration, by=None)
    told = [*before, *registration.persons.all()]
    registration.mail("registration_corrected", told, dedup=now.isoformat(), token=token)


def _sent_once(form: UUID, cohort: Cohort, values: Values) -> str:
    """Return what tells this sending of a form from others: one association on one form is one registration."""
    return hashed(f"{form}:{cohort.pk}:{plain_name(values['organisation_name'])}")


def _register_again(
    registration: Registration, once: str, *, values: Values, persons: list[Values], mail_at: datetime | None
) -> str:
    """Take over what was sent again, as long as nobody has confirmed; afterwards only the secret link changes it.

    Returns the new token, or nothing if the same form was sent twice and nothing had to be done.
    """
    same = registration.says(values, persons)
    if registration.status != Registration.Status.UNCONFIRMED or (same and registration.once == once):
        return ""
    token, now = new_token(), timezone.now()
    expected = {"status": Registration.Status.UNCONFIRMED}
    write_if(registration, expected, once=once, token_hash=hashed(token), created_at=now, **values)
    _replace_persons(registration, persons)
    Event.record("registration.link_renewed" if same else "registration.corrected", registration, by=None)
    _ask_to_confirm(registration, token, mail_at)
    return token


def _replace_persons(registration: Registration, persons: list[Values]) -> None:
    """Keep the persons in the order given; the first is asked to confirm, and becomes the owner of a later team."""
    registration.persons.all().delete()
    RegistrationPerson.objects.bulk_create(
        RegistrationPerson(registration=registration, position=position, **values)
        for position, values in enumerate(persons, 1)
    )


def _ask_to_confirm(registration: Registration, token: str, mail_at: datetime | None) -> None:
    first = registration.persons.all()[:1]
    registration.mail("registration_confirm", first, dedup=registration.token_hash, token=token, not_before=mail_at)
