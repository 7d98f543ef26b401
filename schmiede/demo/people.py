"""The demo's people and the Träger they work for."""

from __future__ import annotations

from datetime import date, datetime

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.models import BamfOffice, Membership, Organisation, PrivacyText, User
from core.writes import write_if
from schmiede.demo.batch import Batch
from schmiede.demo.data_files import Row


def make_user(row: Row, *, password: str, joined: datetime, batch: Batch) -> User:
    """A person with a confirmed address; `password` comes hashed, once for everybody."""
    known = {name: row[name] for name in ("email", "first_name", "last_name")}
    if "phone_hours" in row:  # those who want to be called
        known |= {name: row[name] for name in ("phone", "phone_hours")}
    user = batch.add(User(**known, password=password, date_joined=joined))
    batch.add(EmailAddress(user=user, email=user.email, verified=True, primary=True))
    return user


def make_organisation(row: Row, contact: Row, *, batch: Batch, **values: object) -> Organisation:
    """An organisation as its file describes it, with its contact person."""
    known = {field.name for field in Organisation._meta.concrete_fields}
    given = {name: value for name, value in row.items() if name in known}
    if "charitable_until" in given:
        given["charitable_until"] = date.fromisoformat(given["charitable_until"])
    return batch.add(
        Organisation(
            **given,
            charitable="yes",
            contact_name=f"{contact['first_name']} {contact['last_name']}",
            contact_email=contact["email"],
            contact_phone=contact.get("phone", ""),
            **values,
        )
    )


def make_staff(
    world: Row, *, password: str, joined: datetime, batch: Batch
) -> tuple[dict[str, User], dict[str, Organisation]]:
    """Organisers with their Träger, coaches and BAMF staff, by their keys."""
    users = {row["key"]: make_user(row, password=password, joined=joined, batch=batch) for row in world["person"]}
    organisers = {row["organises"]: row for row in world["person"] if "organises" in row}
    organisations = {
        row["key"]: make_organisation(row, organisers[row["key"]], batch=batch, runs_cohorts=True)
        for row in world["organisation"]
    }
    for key, person in organisers.items():
        role = Membership.Role.RESPONSIBLE
        batch.add(Membership(organisation=organisations[key], user=users[person["key"]], role=role))
    return users, organisations


def finish_staff(world: Row, users: dict[str, User]) -> None:
    """What needs the saved people: the BAMF group, and a second factor for all whose role asks for one.

    Nobody holds the secrets; the demo's way in is allauth's bypass code, which refuses to work without `DEBUG`.
    """
    for row in world["person"]:
        if row.get("bamf"):
            BamfOffice.get_or_make().join(users[row["key"]])
        TOTP.activate(users[row["key"]], generate_totp_secret())


def write_privacy_texts(world: Row, organisations: dict[str, Organisation], *, at: datetime) -> None:
    """What each Träger of the demo says about data, written before its first cohort."""
    words = world["privacy"].strip()
    for row in world["organisation"]:
        organiser = organisations[row["key"]]
        text = PrivacyText.objects.create(
            organisation=organiser,
            number=1,
            controller=f"{organiser.name}\n{organiser.address}\nE-Mail: {row['privacy_contact']}",
            data_protection=f"Datenschutz bei {organiser.title}, {row['privacy_contact']}",
            text=words,
            written_at=at,
        )
        write_if(organiser, {}, privacy_text=text)
