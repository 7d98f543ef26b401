"""A person named in every text of every table, in files, sessions and results of tasks; and where the words still stand."""

from __future__ import annotations

import base64
import json
from contextlib import suppress

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.flatpages.models import FlatPage
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Invitation, Message, Organisation, User
from accounts.models.kept_after_erasing import texts_that_stay
from applications.papers.models import SubmissionFile
from applications.reviews.models import BegunComment, Phrase
from calls.models.terms_field import TermsField
from calls.terms import Terms, ThemeTerm
from cohorts.models import CoachAssignment, RegistrationPerson, TeamMember
from tests.access_world import AccessWorld
from tests.builders import log_in, make_coach, make_organisation, make_team, make_user
from tests.test_visible import application_records, around, call_records, cohort_records, workshop_records
from tests.written_again import written_again
from workshops.models import Material

TEXTS = (models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField)
# Texts that lose the name.
FORGOTTEN = {
    "accounts.Invitation.email", "accounts.KnownAddress.email", "accounts.Message.email", "accounts.Message.known", "accounts.Message.subject",
    "accounts.Message.text", "accounts.Organisation.contact_email", "accounts.Organisation.contact_name",
    "accounts.Organisation.contact_phone", "accounts.Organisation.signatories", "accounts.User.email",
    "accounts.User.first_name", "accounts.User.last_name", "accounts.User.phone", "accounts.User.phone_hours", "admin.LogEntry.change_message", "admin.LogEntry.object_repr",
    "account.EmailAddress.email", "calls.FundingCall.addressee_checked_by", "calls.FundingCall.signing_checked_by",
    "calls.Limit.checked_by", "calls.Rule.checked_by", "calls.UmbrellaRoute.addressee_checked_by", "cohorts.CoachAssignment.email",
    "cohorts.CoachAssignment.first_name", "cohorts.CoachAssignment.form_of_address", "cohorts.CoachAssignment.last_name",
    "cohorts.CoachAssignment.phone", "cohorts.Cohort.contact_email", "cohorts.Cohort.contact_hours", "cohorts.Cohort.contact_name",
    "cohorts.Cohort.contact_phone", "cohorts.Registration.decision_text", "cohorts.Registration.idea",
    "cohorts.Registration.internal_note", "cohorts.RegistrationPerson.email", "cohorts.RegistrationPerson.first_name",
    "cohorts.RegistrationPerson.last_name", "cohorts.RegistrationPerson.phone", "cohorts.TeamMember.email",
    "cohorts.TeamMember.first_name", "cohorts.TeamMember.last_name", "cohorts.TeamMember.phone",
    "django_tasks_database.DBTaskResult.args_kwargs", "django_tasks_database.DBTaskResult.return_value",
    "django_tasks_database.DBTaskResult.traceback", "sessions.Session.session_data",
}  # fmt: skip
# Identifiers, hashes, codes, counts and words of our own: nobody types a name there.
TECHNICAL = {
    "accounts.BamfOffice.name", "accounts.CalendarSubscription.key", "accounts.Event.codes", "accounts.Event.record_id", "accounts.Event.record_type",
    "accounts.Event.what", "accounts.Invitation.target_id", "accounts.Invitation.token_hash", "accounts.LastRun.name",
    "accounts.LastRun.note", "accounts.Message.error", "accounts.Message.key", "accounts.Message.kind",
    "accounts.Message.link", "accounts.Message.secret", "accounts.Message.topic", "accounts.Organisation.postcode",
    "accounts.Organisation.register_number", "accounts.User.password", "admin.LogEntry.object_id",
    "account.EmailConfirmation.key", "applications.Application.theme_key", "applications.Attachment.kind",
    "applications.Attachment.sha256", "applications.BegunComment.kind", "applications.BegunComment.row",
    "applications.Draft.key", "applications.FinishRequest.seen", "applications.FinishRequest.sentence", "applications.PlanTick.code", "applications.Review.versions", "applications.Comment.field", "applications.Comment.row_id",
    "applications.SectionNote.key", "applications.Submission.checksum", "applications.Submission.receipt_number",
    "applications.SubmissionFile.mark", "applications.SubmissionFile.sha256", "applications.ToldDay.mark",
    "applications.ToldDay.uid", "auth.Group.name", "auth.Permission.codename", "auth.Permission.name",
    "calls.AttachmentKind.key", "calls.Edition.source_hash", "calls.ExpenseKind.code", "calls.FundingCall.slug",
    "calls.Limit.key", "calls.Question.check_code", "calls.Question.key", "calls.Rule.code", "calls.Section.key",
    "calls.Theme.key", "cohorts.Cohort.slug", "cohorts.Curriculum.source_hash", "cohorts.CurriculumAssignment.section_keys",
    "cohorts.CurriculumStep.section_keys", "cohorts.Registration.once",
    "cohorts.Registration.token_hash", "contenttypes.ContentType.app_label",
    "contenttypes.ContentType.model", "django_tasks_database.DBTaskResult.backend_name",
    "django_tasks_database.DBTaskResult.exception_class_path", "django_tasks_database.DBTaskResult.queue_name",
    "django_tasks_database.DBTaskResult.task_path", "django_tasks_database.DBTaskResult.worker_ids",
    "flatpages.FlatPage.template_name", "flatpages.FlatPage.url", "mfa.Authenticator.data", "sessions.Session.session_key",
    "sites.Site.domain", "sites.Site.name", "workshops.Assignment.section_keys", "workshops.Workshop.section_keys",
}  # fmt: skip


def text_fields():
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, TEXTS) and not field.choices and not field.is_relation:
                yield model, field


def label(model, field):
    return f"{model._meta.label}.{field.name}"


def declared():
    return {f"{model._meta.label}.{name}" for model in apps.get_models() for name in texts_that_stay(model)}


class Named:
    """The person as they are found: a login, a further address, and one they had before and took away on the page."""

    last_name = "Zwetschge"

    def __init__(self, user):
        self.user, self.first_name = user, user.first_name
        self.earlier = user.email
        small = user.first_name.lower()
        self.login, self.further, self.typed = (
            f"{small}.jetzt@example.org",
            f"{small}.weiter@example.org",
            f"{small}.getippt@example.org",
        )
        self.former_name = user.last_name
        self.change_addresses()
        User.objects.filter(pk=user.pk).update(
            last_name=self.last_name, phone=f"0171 {self.last_name}", phone_hours=f"Abends bei {self.name}"
        )
        user.refresh_from_db()

    def change_addresses(self):
        """As on the page of the account: two are added and verified, one becomes the login, the first is taken away."""
        for email in (self.login, self.further):
            EmailAddress.objects.create(user=self.user, email=email, verified=True)
        client, page = log_in(Client(), self.user), reverse("account_email")
        client.post(page, {"action_add": "", "email": self.typed})
        client.post(page, {"action_primary": "", "email": self.login})
        client.post(page, {"action_remove": "", "email": self.earlier})
        client.logout()
        self.user.refresh_from_db()
        assert self.user.email == self.login
        assert not EmailAddress.objects.filter(email=self.earlier).exists()
        assert Message.objects.filter(email=self.typed).exists()

    @property
    def name(self):
        return f"{self.first_name} {self.last_name}"

    @property
    def words(self):
        """What may be found nowhere, in small letters."""
        return [self.last_name.lower(), self.earlier, self.login, self.further, self.typed]

    def text(self, room):
        """As much of it as fits."""
        whole = f"Es schrieb {self.name} ({self.earlier}, {self.further.upper()}, {self.login})."
        return whole if room is None or len(whole) <= room else self.name


@written_again
def make_world():
    """One of every record around Amina's cohort, and Bilal's beside it."""
    world = AccessWorld()
    world.gustav = make_user("Gustav", "Adler")
    make_coach(world.cohort, world.gustav)
    for part in (around, cohort_records, workshop_records, application_records, call_records):
        list(part(world))
    BegunComment.objects.create(item=world.waiting.items.get(), by=world.gustav, text="x", words="x", before="x")
    Phrase.objects.create(by=world.gustav, text="x")
    FlatPage.objects.update(content="x")
    Organisation.objects.filter(pk=world.team.organisation_id).update(signatories="Jonas Petersen, Kasse")
    return world


def mark(world, named):
    """The name and the addresses in every text of the cohort, of its organisations, and of what is nobody's."""
    theirs = {"accounts.User", "cohorts.TeamMember", "cohorts.CoachAssignment", "cohorts.RegistrationPerson"}
    skip = theirs | {"account.EmailAddress", "accounts.KnownAddress", "accounts.Invitation", "admin.LogEntry", "sessions.Session", "django_tasks_database.DBTaskResult"}  # fmt: skip
    for model, field in text_fields():
        name = label(model, field)
        if name in TECHNICAL or model._meta.label in skip:
            continue
        for row in rows_near(world, model):
            if not is_somebody_elses(row, field, world, named):
                write(row, field, named)
    identities(world, named)
    others(world, named)


def is_somebody_elses(row, field, world, named):
    """A mail to another account; and the name of the Träger itself, which stands in for a contact that goes."""
    if isinstance(row, Message):
        return field.name == "email" and row.user_id not in {None, named.user.pk}
    return row.pk == world.organiser.pk and field.name == "short_name"


def rows_near(world, model):
    """Those of the cohort at hand; of what belongs to no cohort, all but what is Bilal's."""
    bilals = world.bilals.team
    for row in model._base_manager.all():
        cohort = row.cohort_uuid if hasattr(row, "cohort_uuid") else None
        if cohort in {None, world.cohort.pk} and row.pk not in {bilals.organisation_id, bilals.cohort.organiser_id}:
            yield row
    if model is Organisation:
        yield world.organiser


def write(row, field, named):
    value = named.text(field.max_length)
    if isinstance(field, models.EmailField):
        value = {"Organisation": named.further, "Cohort": named.earlier}.get(type(row).__name__, named.further)
    elif field.name == "signatories":
        value = f"Jonas Petersen, Kasse\n{named.name}, Vorsitz\nBeirat, erreichbar unter {named.earlier}"
    elif field.name == "contact_name":
        value = named.name
    elif isinstance(field, models.JSONField):
        value = {"format": 1, "tief": [{"text": named.text(None)}]}
    elif isinstance(field, TermsField):
        value = Terms(themes=[ThemeTerm("vielfalt", named.text(None))])
    elif isinstance(field, models.FileField):
        if getattr(row, field.name):
            with default_storage.open(getattr(row, field.name).name, "wb") as file:
                file.write(named.text(None).encode())
        return
    elif field.max_length and field.max_length < len(named.name):
        value = named.last_name
    type(row)._base_manager.filter(pk=row.pk).update(**{field.name: value})


def identities(world, named):
    """Rows that are the person: by account, and by each address where there is none."""
    whole = {"first_name": named.first_name, "last_name": named.last_name, "phone": f"0171 {named.last_name}"}
    for registration in (world.registration, world.accepted):
        for place, email in enumerate((named.earlier, named.further.upper()), 5):
            RegistrationPerson.objects.create(registration=registration, position=place, email=email, **whole)
    second = make_team(world.cohort, make_user("Ida"), organisation=make_organisation("Zweiter e. V."))
    if named.user != world.amina:
        second.members.create(email=named.earlier, **whole)
    if named.user != world.carla:
        CoachAssignment.objects.create(
            cohort=world.bilals.team.cohort, email=named.further, form_of_address=named.last_name, **whole
        )
    CoachAssignment.objects.filter(coach=named.user).update(form_of_address=named.last_name, **whole)
    TeamMember.objects.filter(user=named.user).update(**whole)
    Invitation.make(named.earlier, second, by=None)
    Invitation.make(named.further, world.organiser, by=None)


def others(world, named):
    """What Django and its libraries keep."""
    for number, email in enumerate((named.earlier, named.further, named.login.upper())):
        Message.objects.create(email=email, kind="x", subject=named.name, text=named.text(None), key=f"an {number}")
    emil, people = world.emil, ContentType.objects.get_for_model(User)
    row = {"content_type": people, "action_flag": CHANGE, "user": emil}
    LogEntry.objects.create(object_id=str(named.user.pk), object_repr=named.login, **row)
    LogEntry.objects.create(object_id="1", object_repr=named.name, change_message=json.dumps([{"changed": {"object": named.name}}]), **row)  # fmt: skip
    for data in (
        {"kept": {"sent": {"email": [named.earlier]}}},
        {"anderes": 1, "login": {"user_id": str(named.user.pk)}},
    ):
        session = SessionStore()
        session.update(data)
        session.save()
    log_in(Client(), named.user)
    DBTaskResult.objects.create(
        task_path="x", args_kwargs={"args": [named.name], "kwargs": {}}, return_value=named.name,
        traceback=f"IntegrityError: {named.earlier}", exception_class_path="x", backend_name="default", run_after=timezone.now(),
    )  # fmt: skip


def left(named, folder):
    """Where the words still stand: every column of every table, as it is stored, and every file."""
    tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  our own table names
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if holds(named, value):
                        found.add(f"{tables[table]._meta.label}.{column}" if table in tables else f"{table}.{column}")
    for session in Session.objects.all():
        if holds(named, json.dumps(session.get_decoded())) or str(named.user.pk) in json.dumps(session.get_decoded()):
            found.add("sessions.Session.session_data")
    files = {file.file.name: f"{type(file)._meta.label}.file" for model in (Material, SubmissionFile, apps.get_model("applications.Attachment")) for file in model.objects.exclude(file="")}  # fmt: skip
    for path in folder.rglob("*"):
        assert not holds(named, path.name)
        if path.is_file() and holds(named, path.read_bytes()):
            found.add(files[str(path.relative_to(folder))])
    return found


def holds(named, value):
    text = value.decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
    with suppress(ValueError):  # the cache keeps its values so
        text += base64.b64decode(text, validate=True).decode(errors="replace")
    return any(word in text.lower() for word in named.words)
