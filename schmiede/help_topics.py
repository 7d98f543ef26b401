"""The help pages (/hilfe/<slug>/): which there are, in the order in which people need them, and for whom each is.

The text of each stands in templates/schmiede/help_topics/<slug>.html. They say what the portal does, so they change with it.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.values import dataclass
from schmiede.standing import Standing


@dataclass(frozen=True)
class Topic:
    """A help page; `about` says in one sentence what it answers."""

    slug: str
    title: Promise
    about: Promise

    @property
    def template(self) -> str:
        return f"schmiede/help_topics/{self.slug}.html"


@dataclass(frozen=True)
class Group:
    """The help pages for one role."""

    label: Promise
    topics: tuple[Topic, ...]


TEAMS = Group(
    _("Für Vereine und Teams"),
    (
        Topic("erste-schritte", _("Erste Schritte"), _("Von der Einladung bis zum ersten Satz.")),
        Topic("einloggen", _("Ich kann mich nicht einloggen"), _("Passwort, Code per E-Mail, zweiter Faktor, neues Telefon.")),
        Topic("zu-zweit-schreiben", _("Zu zweit schreiben"), _("Was geschieht, wenn zwei Menschen am selben Text schreiben.")),
        Topic("ohne-netz", _("Was passiert, wenn das Netz weg ist?"), _("Wo Ihr Text dann ist und wie es weitergeht.")),
        Topic("rueckmeldung", _("Abgeben und Rückmeldung"), _("Wie Ihre Coaching-Person Ihren Text liest und antwortet.")),
        Topic("zur-post", _("Fertigstellen und zur Post"), _("Vom letzten Satz bis zum Umschlag.")),
        Topic("wer-liest-was", _("Wer kann was lesen?"), _("Ihr Team, Coaching-Personen, der Träger, das BAMF.")),
        Topic("person-wechselt", _("Eine Person hört auf oder kommt dazu"), _("Wer im Team etwas ändern kann und was mit den Texten geschieht.")),
    ),
)  # fmt: skip
COACHES = Group(
    _("Für Coaching-Personen"),
    (
        Topic("coaching", _("So lesen Sie mit"), _("Von der Abgabe eines Teams bis zu Ihrer Antwort.")),
        Topic("coaching-abwesend", _("Wenn Sie nicht da sind"), _("Was mit Abgaben geschieht, während Sie fort sind.")),
    ),
)
ORGANISERS = Group(
    _("Für Träger einer Projektschmiede"),
    (
        Topic("projektschmiede-anlegen", _("Eine Projektschmiede anlegen"), _("Vom Lehrplan bis zur offenen Anmeldung.")),
    ),
)  # fmt: skip
GROUPS = (TEAMS, COACHES, ORGANISERS)
TOPICS = {topic.slug: topic for group in GROUPS for topic in group.topics}


def groups_for(standing: Standing | None) -> list[Group]:
    """Return the groups, those of the person's own roles first; a visitor's as they stand."""
    roles = {COACHES.label: "is_coach", ORGANISERS.label: "is_organiser", TEAMS.label: "is_participant"}
    return sorted(GROUPS, key=lambda group: not getattr(standing, roles[group.label], False))
