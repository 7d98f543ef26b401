"""The table of merges: what two people made of the same thing, and what stands there afterwards."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.content import (
    Answer,
    Budget,
    Cover,
    Declarations,
    Expense,
    Goal,
    Goals,
    Income,
    Partner,
    Partners,
    Text,
    WorkPlan,
)
from applications.content.merging.merge import MOST_MERGED, MOST_SENTENCES, Merged, merge, order
from applications.content.merging.proposal import Proposal, framed, proposal
from applications.content.sentences import sentences

PLAN = "Wir treffen uns jeden Montag. Wir kochen zusammen. Danach reden wir."
ABC = "Amsel singt.\n\nBuche rauscht.\n\nChor probt.\n\nDorf feiert."
LONG = "und dazu laden wir alle Nachbarinnen und Nachbarn ein"
LIST = "Drei Gruppen:\n- Frauen\n- Jugendliche\n- Ältere\n\nAlle sind willkommen."

CLEAN = [
    # base, mine, theirs, result
    ("", "", "", ""),
    ("", "Neu.", "", "Neu."),
    ("", "", "Neu.", "Neu."),
    ("", "Neu.", "Neu.", "Neu."),
    ("Alt.", "Alt.", "Neu.", "Neu."),
    ("Alt.", "Neu.", "Alt.", "Neu."),
    ("Alt.", "", "", ""),
    ("Alt.", "", "Alt.", ""),
    (PLAN, PLAN.replace("Montag", "Dienstag"), PLAN.replace("reden", "singen"),
     "Wir treffen uns jeden Dienstag. Wir kochen zusammen. Danach singen wir."),
    (PLAN, PLAN.replace("Montag", "Dienstag"), PLAN.replace("kochen", "backen"),
     "Wir treffen uns jeden Dienstag. Wir backen zusammen. Danach reden wir."),
    (PLAN, PLAN + " Um zehn ist Schluss.", PLAN.replace("Montag", "Freitag"),
     "Wir treffen uns jeden Freitag. Wir kochen zusammen. Danach reden wir. Um zehn ist Schluss."),
    (PLAN, "Herzlich willkommen! " + PLAN, PLAN.replace("reden", "singen"),
     "Herzlich willkommen! Wir treffen uns jeden Montag. Wir kochen zusammen. Danach singen wir."),
    (PLAN, PLAN.replace(" Wir kochen zusammen.", ""), PLAN.replace("Montag", "Freitag"),
     "Wir treffen uns jeden Freitag. Danach reden wir."),
    (LIST, LIST.replace("- Frauen", "- Frauen, die neu sind"), LIST.replace("- Ältere", "- Menschen über 60"),
     "Drei Gruppen:\n- Frauen, die neu sind\n- Jugendliche\n- Menschen über 60\n\nAlle sind willkommen."),
    (LIST, LIST.replace("- Jugendliche\n", ""), LIST.replace("Alle", "Wirklich alle"),
     "Drei Gruppen:\n- Frauen\n- Ältere\n\nWirklich alle sind willkommen."),
    (LIST, LIST + "\n\nAuch Kinder.", LIST.replace("Drei", "Vier"),
     "Vier Gruppen:\n- Frauen\n- Jugendliche\n- Ältere\n\nAlle sind willkommen.\n\nAuch Kinder."),
    ("Absatz eins.\n\nAbsatz zwei.", "Absatz eins, länger.\n\nAbsatz zwei.", "Absatz eins.\n\nAbsatz zwei, länger.",
     "Absatz eins, länger.\n\nAbsatz zwei, länger."),
    ("Eins. Zwei.", "Eins. Zwei.", "Eins. Zwei.", "Eins. Zwei."),
    ("Eins. Zwei.", "Eins! Zwei.", "Eins! Zwei.", "Eins! Zwei."),
    ("Am 3. Mai geht es los. Ende im Juni.", "Am 4. Mai geht es los. Ende im Juni.",
     "Am 3. Mai geht es los. Ende im Juli.", "Am 4. Mai geht es los. Ende im Juli."),
    # numbers, quotes, abbreviations and other scripts
    ("Beginn am 1. Juli 2027. Ende am 30. Juni 2029.", "Beginn am 1. August 2027. Ende am 30. Juni 2029.",
     "Beginn am 1. Juli 2027. Ende am 31. Juli 2029.", "Beginn am 1. August 2027. Ende am 31. Juli 2029."),
    ("Es kommen 1.200 Menschen. Das Geld reicht.", "Es kommen 1.300 Menschen. Das Geld reicht.",
     "Es kommen 1.200 Menschen. Das Geld reicht nicht.", "Es kommen 1.300 Menschen. Das Geld reicht nicht."),
    ("Wir backen usw. zusammen. Dann reden wir.", "Wir backen usw. gemeinsam. Dann reden wir.",
     "Wir backen usw. zusammen. Dann singen wir.", "Wir backen usw. gemeinsam. Dann singen wir."),
    ("Sie sagte: „Kommt!“ Dann ging es los.", "Sie sagte: „Kommt alle!“ Dann ging es los.",
     "Sie sagte: „Kommt!“ Gleich ging es los.", "Sie sagte: „Kommt alle!“ Gleich ging es los."),
    ("Alle (auch Kinder.) Kommen gern. Ende.", "Alle (auch Großeltern.) Kommen gern. Ende.",
     "Alle (auch Kinder.) Kommen gern. Schluss.", "Alle (auch Großeltern.) Kommen gern. Schluss."),
    ("Wir warten … Dann geht es los. Ende.", "Wir warten lange … Dann geht es los. Ende.",
     "Wir warten … Dann geht es los. Schluss.", "Wir warten lange … Dann geht es los. Schluss."),
    ("Wer kommt? Alle! Und dann?", "Wer kommt heute? Alle! Und dann?", "Wer kommt? Alle! Und was dann?",
     "Wer kommt heute? Alle! Und was dann?"),
    ("مرحبا بكم. نطبخ معا.", "أهلا بكم. نطبخ معا.", "مرحبا بكم. نطبخ كل يوم.", "أهلا بكم. نطبخ كل يوم."),
    ("Alle 👍🏽 dabei. Wir kochen 🍲.", "Alle 👩‍👩‍👧 dabei. Wir kochen 🍲.", "Alle 👍🏽 dabei. Wir kochen 🍲🍲.",
     "Alle 👩‍👩‍👧 dabei. Wir kochen 🍲🍲."),
    ("Eins.  Zwei.\tDrei.", "Eins neu.  Zwei.\tDrei.", "Eins.  Zwei.\tDrei neu.", "Eins neu.  Zwei.\tDrei neu."),
    # side by side is not the same place
    ("Eins.\n\nZwei.\n\nDrei.", "Eins.\n\nDrei.", "Eins.\n\nZwei.\n\nDrei neu.", "Eins.\n\nDrei neu."),
    ("Eins. Zwei. Drei.", "Zwei. Drei.", "Eins. Drei.", "Drei."),
    ("Eins.\n\nZwei.\n\nDrei.", "Eins. Zwei.\n\nDrei.", "Eins.\n\nZwei.\n\nDrei neu.", "Eins. Zwei.\n\nDrei neu."),
    ("Eins. Zwei. Drei.", "Eins.\n\nZwei. Drei.", "Eins. Zwei. Drei neu.", "Eins.\n\nZwei. Drei neu."),
    ("Wir kochen", "Wir kochen zusammen", "Wir kochen\nWir reden", "Wir kochen zusammen\nWir reden"),
    ("A eins.\n\nB zwei.\n\nC drei.", "C drei.\n\nA eins.\n\nB zwei.", "A eins.\n\nB zwei, neu.\n\nC drei.",
     "C drei.\n\nA eins.\n\nB zwei, neu."),
    # moved by one; by both to the same place; and what is put in twice without being a whole sentence or 40 characters
    (ABC, "Buche rauscht.\n\nChor probt.\n\nAmsel singt.\n\nDorf feiert.", ABC.replace("feiert", "feiert laut"),
     "Buche rauscht.\n\nChor probt.\n\nAmsel singt.\n\nDorf feiert laut."),
    (ABC, "Buche rauscht.\n\nChor probt.\n\nDorf feiert.\n\nAmsel singt.", ABC.replace("Chor probt.\n\n", ""),
     "Buche rauscht.\n\nDorf feiert.\n\nAmsel singt."),
    (ABC + "\n\nEsel ruft.", "Buche rauscht.\n\nChor probt.\n\nAmsel singt.\n\nDorf feiert.\n\nEsel ruft.",
     "Buche rauscht.\n\nChor probt.\n\nAmsel singt.\n\nDorf feiert.\n\nEsel ruft laut.",
     "Buche rauscht.\n\nChor probt.\n\nAmsel singt.\n\nDorf feiert.\n\nEsel ruft laut."),
    ("Da:\n- eins\n\nDort:\n- zwei\n", "Da:\n- eins\n- Kinder\n\nDort:\n- zwei\n", "Da:\n- eins\n\nDort:\n- zwei\n- Kinder\n",
     "Da:\n- eins\n- Kinder\n\nDort:\n- zwei\n- Kinder\n"),
    ("Eins.\nZwei.\nDrei.\nVier.", "Eins.\n\nZwei.\nDrei.\nVier.", "Eins.\nZwei.\nDrei.\n\nVier.", "Eins.\n\nZwei.\nDrei.\n\nVier."),
    ("Eins.\nZwei.\nDrei.", "Eins.\n- \nZwei.\nDrei.", "Eins.\nZwei.\n- \nDrei.", "Eins.\n- \nZwei.\n- \nDrei."),
    ("Eins.\nZwei.\nDrei.", f"Eins.{chr(10) * 60}Zwei.\nDrei.", f"Eins.\nZwei.{chr(10) * 60}Drei.",
     f"Eins.{chr(10) * 60}Zwei.{chr(10) * 60}Drei."),
    ("Wir kohcen.\nEins.\nWir kohcen.", "Wir kochen.\nEins.\nWir kohcen.", "Wir kohcen.\nEins.\nWir kochen.",
     "Wir kochen.\nEins.\nWir kochen."),
    ("Montags im Saal wird nach der Schule lange zusammen gekocht.\nEins.\nDienstags im Saal wird nach der Schule lange zusammen gekocht.",
     "Montags im Saal wird nach der Schule gern lange zusammen gekocht.\nEins.\nDienstags im Saal wird nach der Schule lange zusammen gekocht.",
     "Montags im Saal wird nach der Schule lange zusammen gekocht.\nEins.\nDienstags im Saal wird nach der Schule gern lange zusammen gekocht.",
     "Montags im Saal wird nach der Schule gern lange zusammen gekocht.\nEins.\nDienstags im Saal wird nach der Schule gern lange zusammen gekocht."),
    # both took a paragraph away, one with the line end before it, the other with the one behind it
    ("Eins.\n\nZwei.\n\nDrei.", "Eins.\n\nDrei.", "Eins.\n\nDrei.", "Eins.\n\nDrei."),
    ("Eins. Zwei. Drei.\n\nVier.\n\nFünf.", "Eins. Zwei. Drei.\n\nFünf.", "Eins. Zwei.\n\nFünf.", "Eins. Zwei.\n\nFünf."),
    # one took away what the other wrote around: one blank is enough
    ("P.", "", "N.\n\nP.\n\nM.", "N.\n\nM."),
    ("P.", "", "N.\nP.\nM.", "N.\nM."),
    ("P.", "", "N.\nP.\n\nM.", "N.\n\nM."),
    ("Eins.\n\nZwei.\n\nDrei.", "Eins.\n\nZwei.", "Eins.\n\nDrei.\n\nNeu.", "Eins.\n\nNeu."),
    # both wrote the same, one of them more
    ("Eins.", "Eins. Neu.", "Eins. Neu. Mehr.", "Eins. Neu. Mehr."),
    ("Eins. Zwei. Drei.", "Eins. Drei.", "Eins. Drei.", "Eins. Drei."),
    ("Die Grupe trifft sich. Sie kocht.", "Die Gruppe trifft sich. Sie kocht.", "Die Grupe trifft sich. Sie kocht gut.",
     "Die Gruppe trifft sich. Sie kocht gut."),
]  # fmt: skip

CLASHING = [
    # base, mine, theirs: base, mine and theirs of the clash
    ("Eins.", "Eins A.", "Eins B.", ("Eins.", "Eins A.", "Eins B.")),
    ("", "Von mir.", "Von dir.", ("", "Von mir.", "Von dir.")),
    ("Eins. Zwei.", "Eins neu. Zwei.", "Zwei.", ("Eins. ", "Eins neu. ", "")),
    ("Wir sind z. B. zehn Leute.", "Wir sind z. B. elf Leute.", "Wir sind etwa zehn Leute.",
     ("Wir sind z. B. zehn Leute.", "Wir sind z. B. elf Leute.", "Wir sind etwa zehn Leute.")),
    ("Am 3. Mai geht es los.", "Am 4. Mai geht es los.", "Am 3. Juni geht es los.",
     ("Am 3. Mai geht es los.", "Am 4. Mai geht es los.", "Am 3. Juni geht es los.")),
    ("Eins. Zwei. Drei.", "Eins. Meins. Drei.", "Eins. Deins. Drei.", ("Zwei.", "Meins.", "Deins.")),
    ("Liste:\n- eins", "Liste:\n- eins\n- zwei", "Liste:\n- eins\n- drei", ("", "\n- zwei", "\n- drei")),
    ("Eins. Zwei.", "", "Eins. Zwei neu.", ("Eins. Zwei.", "", "Eins. Zwei neu.")),
    ("Eins.", "Eins neu. Und mehr.", "Eins. Zusatz.", ("Eins.", "Eins neu. Und mehr.", "Eins. Zusatz.")),
    ("Eins.\n\nZwei.", "Eins.\n\nMeins.\n\nZwei.", "Eins.\n\nDeins.\n\nZwei.", ("", "Meins.\n\n", "Deins.\n\n")),
]  # fmt: skip

MOVED = [
    # base, mine, theirs: what the text becomes with mine; with theirs it is theirs
    # both moved a paragraph, to different places
    (ABC, "Buche rauscht.\n\nChor probt.\n\nAmsel singt.\n\nDorf feiert.", "Buche rauscht.\n\nChor probt.\n\nDorf feiert.\n\nAmsel singt.",
     "Buche rauscht.\n\nChor probt.\n\nAmsel singt.\n\nDorf feiert."),
    # both moved a line that is no sentence
    ("- Amsel\n- Buche\n- Chor\n- Dorf\n- Esel\n", "- Buche\n- Chor\n- Amsel\n- Dorf\n- Esel\n", "- Buche\n- Chor\n- Dorf\n- Esel\n- Amsel\n",
     "- Buche\n- Chor\n- Amsel\n- Dorf\n- Esel\n"),
    # one moved a paragraph, the other deleted it
    (ABC, "Buche rauscht.\n\nChor probt.\n\nAmsel singt.\n\nDorf feiert.", ABC.replace("Amsel singt.\n\n", ""),
     "Buche rauscht.\n\nChor probt.\n\nAmsel singt.\n\nDorf feiert."),
    # one moved a paragraph, the other changed a word of it
    (ABC, "Buche rauscht.\n\nChor probt.\n\nAmsel singt.\n\nDorf feiert.", ABC.replace("singt", "singt laut"),
     "Buche rauscht.\n\nChor probt.\n\nAmsel singt.\n\nDorf feiert."),
    # both put the same sentence in, in two places; what else they did is in both versions
    (ABC, ABC.replace("singt.", "singt. Alle hören zu."), ABC.replace("probt.", "probt. Alle hören zu.").replace("feiert", "feiert gern"),
     ABC.replace("singt.", "singt. Alle hören zu.").replace("feiert", "feiert gern")),
    # both put the same 40 characters in, within two sentences
    (ABC, ABC.replace("singt", f"singt {LONG}"), ABC.replace("probt", f"probt {LONG}"), ABC.replace("singt", f"singt {LONG}")),
    # one copied what the other deleted
    (ABC, ABC + "\n\nAmsel singt.", ABC.replace("Amsel singt.\n\n", ""), ABC + "\n\nAmsel singt."),
    ("Eins. Zwei. Drei.\n", "Zwei. Eins. Drei.\nVier. ", "Eins. ", "Zwei. Eins. Drei.\nVier. "),
]  # fmt: skip


@pytest.mark.parametrize(("base", "mine", "theirs", "result"), CLEAN)
def test_changes_that_do_not_touch_are_joined(base, mine, theirs, result):
    assert merge(Text(base), Text(mine), Text(theirs)) == merge(Text(base), Text(theirs), Text(mine))
    merged = merge(Text(base), Text(mine), Text(theirs))
    assert (merged.value.text, merged.clashes) == (result, ())


@pytest.mark.parametrize(("base", "mine", "theirs", "clash"), CLASHING)
def test_changes_of_the_same_words_clash(base, mine, theirs, clash):
    merged = merge(Text(base), Text(mine), Text(theirs))

    assert [(c.base, c.mine, c.theirs) for c in merged.clashes] == [clash]
    assert merged.value.text == theirs


@pytest.mark.parametrize(("base", "mine", "theirs", "with_mine"), MOVED)
def test_what_both_had_a_hand_in_is_decided_once_for_all_its_places(base, mine, theirs, with_mine):
    merged = merge(Text(base), Text(mine), Text(theirs))
    (clash,) = merged.clashes
    swapped = merge(Text(base), Text(theirs), Text(mine)).clashes[0]

    assert (clash.is_moved, clash.proposal) == (True, Proposal())
    assert (swapped.base, swapped.mine, swapped.theirs) == (clash.base, clash.theirs, clash.mine)
    assert merge(Text(base), Text(mine), Text(theirs), {clash.path: clash.mine}).value.text == with_mine
    for text in (merged.value.text, with_mine):
        assert all(text.count(name) <= 1 for name in ("Amsel", "Alle hören zu", LONG)) or text.count("Amsel") == 2


FRAUEN, KINDER, SENIOREN = (
    f"- Workshop für {who} mit 20 Plätzen, drei Stunden am Nachmittag." for who in ("Frauen", "Kinder", "Senioren")
)
MORE = KINDER.replace("20", "25")
ALIKE = [
    # base, mine, theirs: the text with theirs, the text with mine
    ([FRAUEN, KINDER], ["- Ausflug nach Köln.", KINDER], [KINDER, "- Abschlussfest im Mai."],
     [KINDER, "- Abschlussfest im Mai."], ["- Ausflug nach Köln.", KINDER, "- Abschlussfest im Mai."]),
    ([FRAUEN, KINDER], [KINDER, "- Fest."], [KINDER], [KINDER, "- Fest."], [KINDER, "- Fest."]),
    ([FRAUEN, KINDER], [KINDER, "- Abschlussfest im Mai."], [FRAUEN, MORE],
     [MORE, "- Abschlussfest im Mai."], [MORE, "- Abschlussfest im Mai."]),
    ([FRAUEN, KINDER, SENIOREN], [KINDER, FRAUEN], [SENIOREN], [SENIOREN], [KINDER, FRAUEN]),
    # a line moved to where one like it was, while the other changes that one
    ([FRAUEN, KINDER, SENIOREN], [SENIOREN, "- Fest.", KINDER], [FRAUEN.replace("20", "25"), KINDER, SENIOREN],
     [FRAUEN.replace("20", "25"), KINDER, SENIOREN], [SENIOREN, "- Fest.", KINDER]),
    # one moved two of them and changed the third beside them, where the other put one in
    ([FRAUEN, KINDER, SENIOREN], [FRAUEN.replace("20", "25"), SENIOREN, KINDER], [FRAUEN, "- Fest.", KINDER, SENIOREN],
     [FRAUEN, "- Fest.", KINDER, SENIOREN], [FRAUEN.replace("20", "25"), SENIOREN, KINDER]),
]  # fmt: skip


@pytest.mark.parametrize(("base", "mine", "theirs", "with_theirs", "with_mine"), ALIKE)
def test_lines_that_resemble_each_other_are_told_apart(base, mine, theirs, with_theirs, with_mine):
    texts = [Text("\n".join(lines)) for lines in (base, mine, theirs)]
    clashes = merge(*texts).clashes

    assert merge(*texts).value.text.split("\n") == with_theirs
    assert merge(*texts, {clash.path: clash.mine for clash in clashes}).value.text.split("\n") == with_mine


def test_a_decision_settles_a_clash_and_the_rest_stays_merged():
    values = Text("Eins. Zwei. Drei."), Text("Eins von mir. Zwei. Drei neu."), Text("Eins von dir. Zwei neu. Drei.")
    (clash,) = merge(*values).clashes

    assert (clash.path, clash.mine, clash.theirs) == ("text#0", "Eins von mir.", "Eins von dir.")
    assert merge(*values, {"text#0": "Eins von uns."}).value.text == "Eins von uns. Zwei neu. Drei neu."


SAFE = [
    # base, mine and theirs, before, after, joined
    (("Wir kochen. Wir backen.", "Wir kochen gern. Wir backen.", "Wir kochen. Wir backen viel."), "", "",
     "Wir kochen gern. Wir backen viel."),
    (("", "Meins. ", "Deins. "), "Eins. ", "Zwei.", "\nDeins.\nMeins.\n"),
    (("", "\n- zwei", "\n- drei"), "- eins", "", "\n- drei\n- zwei"),
    (("", "- zwei\n", "- drei\n"), "- eins\n", "- vier", "- drei\n- zwei\n"),
    (("", "Meins.\n\n", "Deins.\n\n"), "Eins.\n\n", "Zwei.", "Deins.\n\nMeins.\n\n"),
    (("", "\n\nMeins.", "\n\nDeins."), "Eins.", "", "\n\nDeins.\n\nMeins."),
    (("Eins.", "Eins neu. Und mehr.", "Eins. Zusatz."), "", "", "Eins neu. Und mehr. Zusatz."),
    (("- eins\n- zwei", "- eins\n- neu\n- zwei", "- eins\n- zwei\n- drei"), "", "", "- eins\n- neu\n- zwei\n- drei"),
]  # fmt: skip

UNSAFE = [
    # rewritten by one of them, or by both, also where they touch different words
    ("Wir kochen am Montag.", "Wir kochen am Dienstag.", "Wir backen am Montag.", "Wir backen am Montag.\nWir kochen am Dienstag."),
    ("Wir kochen.", "Wir kochen gern.", "Wir backen.", "Wir backen.\nWir kochen gern."),
    # put in at one place of one sentence, or beside each other
    ("Wir kochen zusammen.", "Wir kochen gern zusammen.", "Wir kochen selten zusammen.", "Wir kochen selten zusammen.\nWir kochen gern zusammen."),
    ("Wir kochen.", "Wir kochen, gern.", "Wir kochen viel.", "Wir kochen viel.\nWir kochen, gern."),
    # into a field that was empty
    ("", "20 Frauen", "25 Frauen", "25 Frauen\n20 Frauen"),
    # in two places of one sentence
    ("Wir kochen am Montag.", "Wir kochen gern am Montag.", "Wir kochen am Montag mit Kindern.",
     "Wir kochen am Montag mit Kindern.\nWir kochen gern am Montag."),
    ("Das kostet 100 Euro.", "Das kostet 100,50 Euro.", "Das kostet 1.100 Euro.", "Das kostet 1.100 Euro.\nDas kostet 100,50 Euro."),
    ("12 Stühle", "12-15 Stühle", "10-12 Stühle", "10-12 Stühle\n12-15 Stühle"),
    ("20 Plätze", "keine 20 Plätze", "20 Plätze nicht", "20 Plätze nicht\nkeine 20 Plätze"),
    ("Es geht am Montag.", "Es geht nicht am Montag.", "Es geht am Montag oder Dienstag.",
     "Es geht am Montag oder Dienstag.\nEs geht nicht am Montag."),
    ("Ende 2027", "Ende 2027/2028", "Ende 2026/2027", "Ende 2026/2027\nEnde 2027/2028"),
    # two versions of one sentence
    ("Eins. Zwei.", "Chor probt laut. Eins. Zwei.", "Chor probt leise. Eins. Zwei.",
     "Chor probt leise. Eins. Zwei.\nChor probt laut. Eins. Zwei."),
    ("Eins. Zwei.", "Essen gibt es um 12 Uhr. Eins. Zwei.", "Eins. Zwei. Essen gibt es um 13 Uhr.",
     "Eins. Zwei. Essen gibt es um 13 Uhr.\nEssen gibt es um 12 Uhr. Eins. Zwei."),
    # the same sentence in both
    ("Eins.", "Eins. Alle hören zu. Von mir.", "Eins. Von dir. Alle hören zu.",
     "Eins. Von dir. Alle hören zu.\nEins. Alle hören zu. Von mir."),
    # taken away by one of them: what the other made of it is not put back
    ("Eins.", "", "Eins neu.", ""),
    ("Eins. ", "Eins neu. ", "", ""),
    ("- eins\n", "- eins neu\n", "- eins alt\n", "- eins alt\n- eins neu\n"),
]  # fmt: skip


@pytest.mark.parametrize(("versions", "before", "after", "text"), SAFE)
def test_what_both_only_put_in_is_joined(versions, before, after, text):
    assert proposal(*versions, before=before, after=after) == Proposal(text, is_safe=True)


@pytest.mark.parametrize(("base", "mine", "theirs", "text"), UNSAFE)
def test_everything_else_is_for_a_person_to_join(base, mine, theirs, text):
    assert proposal(base, mine, theirs) == Proposal(text, is_safe=False)


WORDS = st.lists(st.sampled_from(["Wir ", "kochen ", "gern. ", "Alle ", "\n", "- "]), max_size=8).map("".join)


@given(WORDS, WORDS, WORDS)
def test_a_safe_text_holds_every_word_of_both(base, mine, theirs):
    found = proposal(base, mine, theirs)
    if found.is_safe:
        for text in (base, mine, theirs):
            rest = iter(found.text.split())
            assert all(word in rest for word in text.split())  # in this order


def test_the_sentences_around_a_place_are_said():
    base = "Eins steht. Zwei steht.\n\nDrei steht. Vier steht."
    (clash,) = merge(
        Text(base), Text(base.replace("Drei steht", "Meins")), Text(base.replace("Drei steht", "Deins"))
    ).clashes

    assert (clash.before, clash.after) == ("Zwei steht.\n\n", " Vier steht.")


def test_what_somebody_writes_keeps_the_line_ends_around_it():
    assert framed("  Neu.\n", "\n\nAlt. ") == "\n\nNeu. "
    assert framed(" \n", "Alt.\n") == ""


@given(st.text(alphabet="ab.!\n Äz3", max_size=80))
def test_sentences_are_the_text_again(text):
    assert "".join(sentences(text)) == text


@given(*[st.text(alphabet="ab. \n", max_size=30)] * 3)
def test_merging_keeps_whole_what_only_one_has_changed(base, mine, theirs):
    assert merge(Text(base), Text(mine), Text(base)).value.text == mine
    assert merge(Text(base), Text(base), Text(theirs)).value.text == theirs
    merged = merge(Text(base), Text(mine), Text(theirs))
    all_mine = merge(Text(base), Text(mine), Text(theirs), {clash.path: clash.mine for clash in merged.clashes})
    again = merge(Text(base), Text(mine), Text(theirs))
    assert again == merged
    assert bool(merged.clashes) or all_mine.value == merged.value


@pytest.mark.parametrize("base", ["a. " * 16_000, "a\n" * 25_000, "3. " * 16_000, "x" * 50_000, "Wort " * 10_000])
def test_awkward_long_texts_are_merged_too(base):
    mine, theirs = "Neu. " + base, base + " Ende."

    merged = merge(Text(base), Text(mine), Text(theirs))

    assert merged.clashes or merged.value.text == "Neu. " + base + " Ende."


def test_with_too_many_sentences_whole_paragraphs_are_joined():
    begins = [f"Eins {one}. Zwei {two}.\n" for one, two in (("hier", "hier"), ("da", "hier"), ("hier", "da"))]
    few, many = ("Ja. " * (number // 2) for number in (MOST_SENTENCES - 10, MOST_SENTENCES))

    (clash,) = merge(*(Text(begin + many) for begin in begins)).clashes

    assert merge(*(Text(begin + few) for begin in begins)) == Merged(Text(f"Eins da. Zwei da.\n{few}"), ())
    assert (clash.mine, clash.theirs) == ("Eins da. Zwei hier.\n", "Eins hier. Zwei da.\n")


def test_beyond_so_many_characters_a_text_clashes_as_a_whole():
    length = MOST_MERGED // 3 - 100
    rows = [
        Partner(id=key, contribution=f"Eins {one}. {'x' * length} Zwei {two}.")
        for key, one, two in (("a", "da", "da"), ("b", "da", "da"))
    ]
    mine, theirs = (
        Partners(rows=tuple(dataclasses.replace(row, contribution=row.contribution.replace(*change)) for row in rows))
        for change in (("Eins da", "Eins dort"), ("Zwei da", "Zwei dort"))
    )

    merged = merge(Partners(rows=tuple(rows)), mine, theirs)

    assert [clash.path for clash in merged.clashes] == ["rows/b/contribution"]
    assert merged.value.rows[0].contribution == f"Eins dort. {'x' * length} Zwei dort."


def test_long_texts_are_merged_sentence_by_sentence():
    base = " ".join(f"Nummer {number} ist ein Satz." for number in range(1700))
    mine, theirs = (
        base.replace("Nummer 7 ist", "Nummer sieben ist"),
        base.replace("Nummer 900 ist", "Nummer neunhundert ist"),
    )
    merged = merge(Text(base), Text(mine), Text(theirs))

    assert merged.clashes == ()
    assert ("Nummer sieben ist" in merged.value.text, "Nummer neunhundert ist" in merged.value.text) == (True, True)


# Rows


def line(key, **fields):
    return Expense(id=key, year=2027, **fields)


A, B, C = line("a", title="Miete"), line("b", title="Honorar"), line("c", title="Druck")


def plan(*expenses):
    return Budget(expenses=expenses)


ROWS = [
    # base, mine, theirs, result
    ([A], [A, B], [A, C], [A, C, B]),
    ([A, B], [A], [A, B], [A]),
    ([A, B], [A, B], [B], [B]),
    ([A, B], [B], [A], []),
    ([A], [], [], []),
    ([], [A], [A], [A]),
    ([A], [line("a", title="Miete", unit_price=5)], [line("a", title="Raummiete")],
     [line("a", title="Raummiete", unit_price=5)]),
    ([A, B, C], [C, A, B], [A, B, C], [C, A, B]),
    ([A, B, C], [A, B, C], [C, B, A], [C, B, A]),
    ([A, B, C], [C, A, B], [B, A, C], [B, A, C]),
    ([A, B], [B, A], [A, C, B], [B, A, C]),
    ([A, B], [A, B], [A, B], [A, B]),
    ([A, B], [A, line("b", title="Honorar", quantity="2")], [B, A], [line("b", title="Honorar", quantity="2"), A]),
    ([], [B], [], [B]),
]  # fmt: skip


@pytest.mark.parametrize(("base", "mine", "theirs", "result"), ROWS)
def test_rows_are_merged_one_by_one(base, mine, theirs, result):
    merged = merge(plan(*base), plan(*mine), plan(*theirs))

    assert merged.clashes == ()
    assert merged.value == plan(*result)


def test_two_new_rows_are_both_there():
    merged = merge(plan(), plan(A), plan(B))

    assert {row.id for row in merged.value.expenses} == {"a", "b"}


@pytest.mark.parametrize(
    ("mine", "theirs", "clash"),
    [
        ([line("a", title="Saal")], [], ("expenses/a", line("a", title="Saal"), None)),
        ([], [line("a", title="Saal")], ("expenses/a", None, line("a", title="Saal"))),
        ([line("a", title="Saal")], [line("a", title="Raum")], ("expenses/a/title", "Saal", "Raum")),
        (
            [line("a", title="Miete", unit_price=1)],
            [line("a", title="Miete", unit_price=2)],
            ("expenses/a/unit_price", 1, 2),
        ),
    ],
)
def test_the_same_row_or_cell_clashes(mine, theirs, clash):
    merged = merge(plan(A), plan(*mine), plan(*theirs))

    assert [(c.path, c.mine, c.theirs) for c in merged.clashes] == [clash]
    assert merged.value == plan(*theirs)
    assert merge(plan(A), plan(*mine), plan(*theirs), {clash[0]: clash[1]}).value == plan(*mine)


def test_tables_are_merged_apart():
    income = Income(id="i", year=2027, kind="EIGEN", amount=100)

    merged = merge(Budget(), Budget(expenses=(A,)), Budget(income=(income,)))

    assert merged.value == Budget(expenses=(A,), income=(income,))


def test_fields_of_the_cover_are_merged_one_by_one():
    base = Cover(title="Alt", places="Halle", months=12)

    merged = merge(base, Cover(title="Neu", places="Halle", months=12), Cover(title="Alt", places="Halle", months=24))

    assert (merged.value, merged.clashes) == (Cover(title="Neu", places="Halle", months=24), ())


def test_a_title_clashes_as_a_whole():
    merged = merge(Cover(title="Alt"), Cover(title="Meins"), Cover(title="Deins"))

    assert [(c.path, c.base, c.mine, c.theirs, c.proposal) for c in merged.clashes] == [
        ("title", "Alt", "Meins", "Deins", Proposal())
    ]


def test_references_never_clash():
    def goals(*refs):
        return Goals((Goal(id="g", activities=refs),))

    merged = merge(goals("x", "y"), goals("x", "z"), goals("x", "y", "w"))

    assert (merged.value, merged.clashes) == (goals("x", "w", "z"), ())


def test_long_fields_of_rows_are_merged_like_texts():
    def partners(text):
        return Partners(rows=(Partner(id="p", contribution=text),))

    merged = merge(partners("Eins. Zwei."), partners("Eins neu. Zwei."), partners("Eins. Zwei neu."))

    assert merged.value == partners("Eins neu. Zwei neu.")


def test_answers_given_by_two_people_to_different_questions_are_both_there():
    mine, theirs = Answer(id="begun", answer="no"), Answer(id="sport", answer="no")

    merged = merge(Declarations(), Declarations((mine,)), Declarations((theirs,)))

    assert merged.clashes == ()
    assert (merged.value.answer("begun"), merged.value.answer("sport")) == ("no", "no")


def test_an_introduction_and_rows_are_merged_together():
    partner = Partner(id="p", name="Stadt")

    merged = merge(Partners("Wir."), Partners("Wir alle."), Partners("Wir.", (partner,)))

    assert merged.value == Partners("Wir alle.", (partner,))


@given(*[st.permutations("abcd").map(lambda keys: list(keys)[:3])] * 3)
def test_every_row_has_one_place(base, mine, theirs):
    assert sorted(order(base, mine, theirs)) == sorted({*base, *mine, *theirs})


def test_nothing_happens_to_equal_values():
    assert merge(WorkPlan(), WorkPlan(), WorkPlan()).value == WorkPlan()
