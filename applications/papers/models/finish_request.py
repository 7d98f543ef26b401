"""That somebody has asked to finish („Fertigstellen“), how far it is, and what came of it; the times after which others take it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, User
from accounts.models.record import Person
from applications.writing.models.application import Application
from core.writes import write_if

# If no worker has begun by then, the page that shows the progress does the work.
WAITS_FOR_A_WORKER = timedelta(seconds=20)
# Longer than one paper takes at most, waiting included (`renderer.SECONDS`): what has not moved since then is left behind.
LEFT_BEHIND_AFTER = timedelta(minutes=3)
# Papers take a few seconds; after so long the page says that it takes longer than usual.
TAKES_LONG_AFTER = timedelta(seconds=30)
# A request that nobody has carried out by then is not carried out any more: its person has to press again.
EXPIRES_AFTER = timedelta(hours=1)


class FinishRequestQuerySet(models.QuerySet["FinishRequest"]):
    def visible_to(self, user: Person) -> FinishRequestQuerySet:
        return self.filter(Exists(Application.objects.visible_to(user).filter(pk=OuterRef("application"))))

    def of(self, application: Application) -> FinishRequest | None:
        return self.filter(application=application).first()

    @transaction.atomic
    def ask(self, application: Application, seen: str, *, confirmed: bool, by: User) -> FinishRequest:
        """Note that this person wants to finish what they have `seen` (its checksum), and has `confirmed` the warnings.

        Returns the request that is being carried out, if there is one: pressing twice makes one. Raises `NotDrafting`.
        """
        application.require(by, "finish")
        application.lock_for_writing()
        now = timezone.now()
        request = self.select_for_update().filter(application=application).first()
        if request and request.is_being_done:
            return request
        asked_at = request.asked_at if request and request.is_open else now
        values = {"seen": seen, "confirmed": confirmed, "by": by, "asked_at": asked_at}
        anew = {"begun_at": None, "moved_at": None, "papers": 0, "ended_at": None, "ending": "", "sentence": ""}
        return self.update_or_create(application=application, defaults=values | anew)[0]

    def left_behind(self) -> FinishRequestQuerySet:
        """Return those that nobody carries out: not begun for long, or begun and not gone on."""
        now = timezone.now()
        not_begun = Q(moved_at=None, asked_at__lt=now - WAITS_FOR_A_WORKER)
        return self.filter(not_begun | Q(moved_at__lt=now - LEFT_BEHIND_AFTER), ended_at=None)

    def end_of(self, application: Application) -> None:
        """Note that the application is finished, whoever did it: nobody does it again, and nothing has failed any more."""
        rows = self.filter(application=application).exclude(ending=FinishRequest.Ending.DONE)
        rows.update(ended_at=timezone.now(), ending=FinishRequest.Ending.DONE, sentence="")


class FinishRequest(Record):
    """The last time that somebody asked to finish an application; one row, written again the next time."""

    class Ending(models.TextChoices):
        DONE = "done", _("fertiggestellt")
        BLOCKED = "blocked", _("Fehler gefunden")
        UNCONFIRMED = "unconfirmed", _("Warnungen nicht bestätigt")
        CHANGED = "changed", _("inzwischen geschrieben")
        OVER = "over", _("nicht mehr in Arbeit")
        FORBIDDEN = "forbidden", _("nicht mehr berechtigt")
        UNAVAILABLE = "unavailable", _("Unterlagen nicht gemacht")

    application = models.OneToOneField(
        Application, models.CASCADE, related_name="finish_request", verbose_name=_("Vorhaben")
    )
    seen = models.CharField(_("Prüfsumme dessen, was fertiggestellt werden soll"), max_length=64)
    confirmed = models.BooleanField(_("Warnungen bestätigt"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("gewünscht am"), default=timezone.now)
    begun_at = models.DateTimeField(_("begonnen am"), null=True, blank=True)
    moved_at = models.DateTimeField(_("zuletzt vorangekommen am"), null=True, blank=True)
    papers = models.PositiveSmallIntegerField(_("fertige Unterlagen"), default=0)
    ended_at = models.DateTimeField(_("zu Ende am"), null=True, blank=True)
    ending = models.CharField(_("Ausgang"), max_length=12, choices=Ending, blank=True)
    sentence = models.CharField(_("Grund"), max_length=500, blank=True)  # one of ours, about the machine

    objects = FinishRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("Wunsch fertigzustellen")
        verbose_name_plural = _("Wünsche fertigzustellen")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="finish_request_ended_how",
            ),
        ]

    def __str__(self) -> str:
        return str(self.application_id)

    @property
    def is_open(self) -> bool:
        """Is it still to be carried out, or being carried out?"""
        return self.ended_at is None and timezone.now() - self.asked_at < EXPIRES_AFTER

    @property
    def is_being_done(self) -> bool:
        """Has a worker or a page begun, and is it at work? One that has not moved for minutes is gone."""
        return self.is_open and self.moved_at is not None and timezone.now() - self.moved_at < LEFT_BEHIND_AFTER

    @property
    def waits_too_long(self) -> bool:
        """Has nobody begun, or not gone on, for so long that whoever looks should do it?"""
        return self.is_open and not self.is_being_done and timezone.now() - self.asked_at > WAITS_FOR_A_WORKER

    @property
    def takes_long(self) -> bool:
        return timezone.now() - self.asked_at > TAKES_LONG_AFTER

    @property
    def has_failed(self) -> bool:
        """Has it ended without the application being finished?"""
        return self.ended_at is not None and self.ending != self.Ending.DONE

    def claim(self) -> None:
        """Begin: of all who try at once only one may. Raises `Stale` for the others, and where it is not to be done."""
        now = timezone.now()
        as_seen = {name: getattr(self, name) for name in ("asked_at", "moved_at", "seen", "confirmed", "by_id")}
        as_seen["ended_at"] = None
        write_if(self, as_seen, begun_at=now, moved_at=now, papers=0)

    def move(self, papers: int) -> None:
        """Note how many papers are made, as long as nobody else has taken over."""
        self._mine().update(papers=papers, moved_at=timezone.now())

    def end(self, ending: str, sentence: str = "") -> bool:
        """Note what came of it and return True; False if somebody else has taken over."""
        return bool(self._mine().update(ended_at=timezone.now(), ending=ending, sentence=sentence))

    def _mine(self) -> FinishRequestQuerySet:
        return FinishRequest.objects.filter(pk=self.pk, begun_at=self.begun_at, ended_at=None)
