"""Words that point to what the call excludes (`SIGNS`; F1 4.8, F8), by the question of the call they belong to.

They are guesses: a word asks, it never refuses. Searched are only the words of questions that the call puts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field

from core.values import dataclass

# Words with the hyphens some people write in them: Sprach-Kurs, Einzel-Beratung.
WORD = re.compile(r"\w+(?:[-\u00ad\u2010\u2011]\w+)*")
JOINTS = re.compile(r"[-\u00ad\u2010\u2011]")
LONGEST = 60  # letters: what is longer is no word of ours


@dataclass(frozen=True)
class Signs:
    """What a word of an exclusion looks like, in small letters and with ss for ß.

    `begins` and `ends` are parts of words, `words` whole ones; `not_meant` are parts of words that only look alike.
    """

    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    words: frozenset[str] = field(default_factory=frozenset)
    not_meant: tuple[str, ...] = ()

    def match(self, word: str) -> bool:
        if any(part in word for part in self.not_meant):
            return False
        return word in self.words or word.startswith(self.begins) or word.endswith(self.ends)


SIGNS = {
    "labour_market": Signs(
        begins=("bewerbungstraining", "bewerbungscoaching", "bewerbungshilfe", "bewerbungsmappe", "arbeitsvermittlung",
                "jobvermittlung", "arbeitsmarktintegration", "arbeitsmarktberatung", "berufsberatung", "berufsorientierung",
                "ausbildungsvermittlung", "jobcoaching", "arbeitssuche", "arbeitsuche", "jobsuche", "jobmesse"),
        ends=("bewerbungstraining", "jobvermittlung"),
    ),
    "social_code": Signs(
        begins=("jobcenter", "arbeitsagentur", "arbeitsgelegenheit", "eineurojob", "1eurojob"),
        words=frozenset({"sgb"}),
    ),
    "individual_counselling": Signs(
        begins=("einzelberatung", "einzelfallberatung", "einzelfallhilfe", "einzelfallbegleitung", "einzelbetreuung",
                "einzelcoaching", "sozialberatung", "schuldnerberatung", "rechtsberatung", "asylberatung",
                "aufenthaltsberatung", "verfahrensberatung", "lebensberatung", "familienberatung", "beratungsstunde",
                "beratungstermin", "beratungsgespräch", "therapie", "psychotherapie"),
        ends=("einzelberatung", "einzelfallberatung", "sozialberatung"),
    ),
    "social_work": Signs(
        begins=("sozialarbeit", "streetwork", "schulsozialarbeit", "jugendsozialarbeit"),
        ends=("sozialarbeit",),
    ),
    "public_tasks": Signs(
        begins=("kindertagesstätte", "kindertageseinrichtung", "kindergarten", "kindergärten", "kinderkrippe", "hort",
                "kitagruppe", "kitaplatz", "kitaplätze", "kitabetreuung", "nachhilfe", "hausaufgabenhilfe",
                "hausaufgabenbetreuung", "schulunterricht", "ganztagsbetreuung", "kulturförderung", "kunstförderung"),
        words=frozenset({"kita", "kitas", "schulbetrieb"}),
        not_meant=("hortens",),
    ),
    "language_course": Signs(
        begins=("sprachkurs", "deutschkurs", "integrationskurs", "deutschunterricht", "sprachunterricht", "alphabetisierung",
                "sprachförderung", "sprachtraining"),
        ends=("sprachkurs", "sprachkurse", "sprachkursen", "deutschkurs", "deutschkurse", "deutschkursen"),
    ),
    "organised_sport": Signs(
        begins=("sport", "fussballtraining", "fussballturnier", "fussballverein", "fussballmannschaft", "boxtraining",
                "schwimmkurs", "schwimmtraining", "turnverein", "lauftraining", "krafttraining", "trainingslager"),
        ends=("sport", "sportverein", "sportvereine", "sportvereinen", "sportangebot", "sportangebote", "sportangeboten",
              "sportkurs", "sportkurse", "sportkursen", "sportgruppe", "sportgruppen", "fussballtraining"),
        not_meant=("transport", "passport", "sportlich"),
    ),
    "other_federal_funding": Signs(
        begins=("bundesmittel", "bundesförderung"),
    ),
    "research": Signs(
        begins=("forschung", "feldforschung", "aktionsforschung", "begleitforschung", "grundlagenforschung"),
        ends=("forschung", "forschungsprojekt", "forschungsprojekte"),
        words=frozenset({"doktorarbeit", "masterarbeit"}),
    ),
    "building": Signs(
        begins=("umbau", "neubau", "rohbau", "innenausbau", "bauarbeit", "baumassnahme", "bauvorhaben", "baukosten",
                "baugenehmigung", "bauantrag", "renovierung", "sanierung", "modernisierung", "dachausbau"),
        ends=("umbau", "neubau", "sanierung", "renovierung", "baumassnahme", "baumassnahmen"),
    ),
}  # fmt: skip


# Few words have any of the signs; the others need not be held against each question.
ANY_SIGN = Signs(
    begins=tuple(part for signs in SIGNS.values() for part in signs.begins),
    ends=tuple(part for signs in SIGNS.values() for part in signs.ends),
    words=frozenset().union(*(signs.words for signs in SIGNS.values())),
)


def compared(word: str) -> str:
    """A word without its hyphens, in small letters and with ss for ß."""
    return JOINTS.sub("", word).casefold()


def words_of(texts: Iterable[str]) -> dict[str, str]:
    """The different words of some texts, each as it was written first, by the form it is compared in."""
    words: dict[str, str] = {}
    for text in texts:
        for word in dict.fromkeys(WORD.findall(text)):  # most words of a text are in it several times
            if len(word) <= LONGEST:
                words.setdefault(compared(word), word)
    return words


def pointing(words: dict[str, str], keys: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """For each of these questions the words that point to it, as they are compared; a question without any is left out."""
    suspicious = [word for word in words if ANY_SIGN.match(word)]
    for key in keys:
        signs = SIGNS.get(key)
        alike = [word for word in suspicious if signs and signs.match(word)]
        if alike:
            yield key, alike
