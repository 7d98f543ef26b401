"""What people think of a workshop, stored apart from who answered; it has no page yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from accounts.models.kept_after_erasing import Stays
from accounts.models.record import Person
from cohorts.models import Cohort

from .workshop import Workshop


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, user: Person) -> FeedbackQuerySet:
        """Coaches and the organiser of the cohort read what was said; nobody sees who said it."""
        return self.filter(Exists(Cohort.objects.led_by(user).filter(workshops=OuterRef("workshop"))))


class Feedback(Record):
    """What somebody thinks of a workshop. Shares no key, no time and no order with who answered."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="feedback")
    helpful = models.PositiveSmallIntegerField(_("Wie hilfreich war der Workshop?"))
    text = models.TextField(_("Was sollen wir wissen?"), max_length=2000, blank=True)

    STAYS = {
        "text": Stays(
            _("Rückmeldungen zu Workshops"),
            _("Sie sind ohne Namen abgegeben; niemand weiß, von wem sie sind."),
            _("Solange es die Projektschmiede im Portal gibt."),
        )
    }
    COHORTS = "workshop__cohort"

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("Rückmeldung zu einem Workshop")
        verbose_name_plural = _("Rückmeldungen zu Workshops")
        ordering = ["uuid"]
        constraints = [
            models.CheckConstraint(condition=Q(helpful__gte=1, helpful__lte=5), name="feedback_helpful_1_to_5")
        ]

    def __str__(self) -> str:
        return str(self.helpful)


class FeedbackGivenQuerySet(models.QuerySet["FeedbackGiven"]):
    def visible_to(self, user: Person) -> FeedbackGivenQuerySet:
        """Only the person's own: nobody else learns who has answered."""
        return self.filter(user=user) if user.is_authenticated else self.none()


class FeedbackGiven(Record):
    """That somebody has answered, so that nobody answers twice; not what they answered, nor when."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="feedback_given")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    objects = FeedbackGivenQuerySet.as_manager()

    class Meta:
        verbose_name = _("abgegebene Rückmeldung")
        verbose_name_plural = _("abgegebene Rückmeldungen")
        constraints = [models.UniqueConstraint(fields=["workshop", "user"], name="feedback_given_unique")]

    def __str__(self) -> str:
        return str(self.workshop)
