"""The demo's calls and cohorts: workshops, material, news, coaches; registrations of those who have no team yet."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.db.models import Prefetch

from accounts.models import Organisation, User
from accounts.models.invitation import hashed, new_token
from applications.progress.plan_days import weekday_until
from calls.examples import make_example
from calls.models import Edition, FundingCall, OtherWay
from cohorts.models import (
    Announcement,
    CoachAbsence,
    CoachAssignment,
    Cohort,
    Curriculum,
    CurriculumStep,
    Registration,
    RegistrationPerson,
)
from schmiede.demo.batch import Batch
from schmiede.demo.data_files import Clock, Row
from workshops.models import Assignment, Material, Session, Workshop

# From the deadline to the beginning of the Förderjahr a call leaves about half a year, as the real ones do.
UNTIL_THE_YEAR = timedelta(days=184)


def make_calls(world: Row, original: FundingCall, clock: Clock) -> dict[str, FundingCall]:
    """Copies of the reference call with dates around today, their limits and rules confirmed as an example."""
    calls = {}
    for row in world["call"]:
        opens, deadline = clock.day(row["opens"]), clock.day(row["deadline"])
        call = make_example(
            original,
            title=f"Beispielaufruf, Frist {deadline:%m/%Y} (erfunden)",
            slug=f"beispiel-{row['key']}",
            year=foerderjahr(deadline),
            open_from=opens,
            deadline=deadline,
            checked_on=opens,
        )
        Edition.objects.filter(call=call).update(published_at=clock.moment(f"{row['opens']} 09:00"))
        OtherWay.objects.bulk_create(
            OtherWay(call=call, position=place, **way) for place, way in enumerate(world["way"], 1)
        )
        calls[row["key"]] = call
    return calls


def foerderjahr(deadline: date) -> int:
    """The year whose first January is the next at least half a year after the deadline; two calls may share it."""
    return (deadline + UNTIL_THE_YEAR).year + 1


def make_cohort(
    row: Row,
    *,
    call: FundingCall,
    organiser: Organisation,
    users: dict[str, User],
    people: dict[str, Row],
    clock: Clock,
    batch: Batch,
) -> tuple[Cohort, dict[str, CoachAssignment]]:
    """A published cohort with its coaches; it lasts from its first workshop to the deadline, for coaches read until then."""
    opens, closes = row["registration"]
    moments = [clock.meeting(workshop["begins"]) for workshop in row["workshops"]]
    cohort = batch.add(
        Cohort(
            **{name: row[name] for name in ("title", "slug", "region", "format", "places", "answer_days")},
            **{name: row[name] for name in ("contact_name", "contact_email", "contact_phone")},
            contact_hours=row.get("contact_hours", ""),
            call=call,
            organiser=organiser,
            curriculum=Curriculum.objects.filter(organisation=None).order_by("pk").first(),
            begins_on=min(moments).date(),
            ends_on=max(max(moments).date(), call.last_day() or date.min),
            registration_from=clock.day(opens),
            registration_until=clock.day(closes),
            public_text=row["text"].strip(),
            published_at=clock.moment(f"{row['published']} 08:30"),
        )
    )
    organising = users[row["by"]]
    batch.trace("cohort.published", cohort, by=organising, at=clock.moment(f"{row['published']} 08:30"))
    coaches = {key: make_coach(cohort, people[key], users[key], clock, batch) for key in row["coaches"]}
    return cohort, coaches


def make_coach(cohort: Cohort, row: Row, user: User, clock: Clock, batch: Batch) -> CoachAssignment:
    """A coach of a cohort, with the days on which they are away."""
    coach = batch.add(
        CoachAssignment(
            cohort=cohort,
            coach=user,
            first_name=user.first_name,
            last_name=user.last_name,
            email=user.email,
            phone=row["phone"],
            form_of_address=row["form_of_address"],
        )
    )
    if "away" in row:
        first, last = row["away"]
        batch.add(CoachAbsence(assignment=coach, from_on=clock.day(first), until_on=clock.day(last)))
    return coach


def make_workshops(cohort: Cohort, row: Row, *, by: User, clock: Clock, batch: Batch) -> list[Workshop]:
    """The curriculum's steps at the times of the file, with assignments and material; each keeps its `first_session`."""
    steps = CurriculumStep.objects.filter(curriculum=cohort.curriculum).order_by("position")
    steps = steps.prefetch_related(Prefetch("assignments"))
    planned = list(zip(steps, row["workshops"], strict=True))
    workshops = []
    for place, (step, values) in enumerate(planned):
        workshop = batch.add(
            Workshop(
                cohort=cohort,
                position=step.position,
                title=step.title,
                goal=step.goal,
                section_keys=step.section_keys,
            )
        )
        workshops.append(workshop)
        begins = clock.meeting(values["begins"])
        following = clock.meeting(planned[place + 1][1]["begins"]) if place + 1 < len(planned) else None
        make_session(workshop, values, clock, batch)
        for assignment in step.assignments.all():
            batch.add(
                Assignment(
                    workshop=workshop,
                    position=assignment.position,
                    title=assignment.title,
                    text=assignment.text,
                    section_keys=assignment.section_keys,
                    due_on=due_on(begins.date(), following and following.date(), assignment.due_days_before_next),
                )
            )
    for material in row.get("material", []):
        make_material(workshops[material["workshop"] - 1], material, by=by, batch=batch, clock=clock)
    return workshops


def due_on(on: date, following: date | None, days: int) -> date:
    """Return the last working day so many days before the following workshop, after the last one after it."""
    return weekday_until(following - timedelta(days=days) if following else on + timedelta(days=days))


def make_session(workshop: Workshop, values: Row, clock: Clock, batch: Batch) -> Session:
    """One session; the online room of a workshop to come is not known yet."""
    begins = clock.meeting(values["begins"])
    held = values["format"] == "online" and begins < clock.now
    room = f"https://raum.example.org/{workshop.cohort.slug}-{workshop.position}"
    return batch.add(
        Session(
            workshop=workshop,
            begins_at=begins,
            ends_at=begins + timedelta(hours=values["hours"]),
            format=values["format"],
            place=values.get("place", ""),
            online_url=room if held else "",
        )
    )


def make_material(workshop: Workshop, row: Row, *, by: User, batch: Batch, clock: Clock) -> Material:
    """A link, or a small text file with what the file says."""
    material = Material(workshop=workshop, title=row["title"], added_by=by, added_at=clock.moment(row["at"]))
    if "link" in row:
        material.url = row["link"]
    else:
        data = (row["title"] + "\n\n" + row["text"].strip() + "\n").encode()
        material.file = ContentFile(data, name="material.txt")
        material.file_name, material.size = f"{row['title']}.txt".replace("/", "-"), len(data)
    return batch.add(material)


def make_announcements(cohort: Cohort, row: Row, *, users: dict[str, User], clock: Clock, batch: Batch) -> None:
    for values in row.get("announcement", []):
        at, by = clock.moment(values["at"]), users[values["by"]]
        news = batch.add(
            Announcement(cohort=cohort, title=values["title"], text=values["text"].strip(), published_at=at, by=by)
        )
        batch.trace("announcement.published", news, by=by, at=at)


DECIDED = {
    "accepted": "registration.accepted",
    "waiting": "registration.waiting",
    "declined": "registration.declined",
    "withdrawn": "registration.withdrawn",
}


def make_registration(
    row: Row, cohort: Cohort, *, by: User, clock: Clock, batch: Batch, organisation: Organisation | None = None
) -> Registration:
    """A registration in the state its row says, with the traces of the steps that led there."""
    made = clock.moment(row["at"])
    confirmed = min(made + timedelta(minutes=11), clock.now)
    state = row["state"]
    decided = clock.moment(row["decided"]) if "decided" in row else None
    by_organiser = state in {"accepted", "waiting", "declined"}
    registration = batch.add(
        Registration(
            cohort=cohort,
            organisation_name=row["name"],
            legal_form=row["legal_form"],
            city=row["city"],
            land=row["land"],
            charitable="yes",
            idea=row.get("idea", "").strip(),
            recording_url=row.get("idea_link", ""),
            not_begun=True,
            attendance_promised=True,
            status=state,
            token_hash=hashed(new_token()),
            created_at=made,
            confirmed_at=None if state == "unconfirmed" else confirmed,
            decided_at=decided if by_organiser else None,
            decided_by=by if by_organiser else None,
            decision_text=row.get("text", ""),
            internal_note=row.get("note", ""),
            privacy_text=cohort.organiser.privacy_text,
            organisation=organisation,
        )
    )
    for position, person in enumerate(row["persons"], 1):
        known = {name: person[name] for name in ("first_name", "last_name", "email", "phone") if name in person}
        batch.add(RegistrationPerson(registration=registration, position=position, **known))
    batch.trace("registration.made", registration, by=None, at=made)
    if state != "unconfirmed":
        batch.trace("registration.confirmed", registration, by=None, at=confirmed)
    if decided:
        batch.trace(DECIDED[state], registration, by=by if by_organiser else None, at=decided)
    return registration
