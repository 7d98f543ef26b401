"""A Word file out and in: what stands in it, what comes back, what is left out, what is refused."""

from __future__ import annotations

import zipfile
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from zeal import zeal_ignore

from accounts.models import User
from applications.content import Activity, Text, WorkPlan
from applications.content.sheets import Names
from applications.writing.models import Revision
from applications.writing.views import word
from applications.writing.word.marked_lines import printable
from applications.writing.word.read import read
from applications.writing.word.safe import UnreadableFile
from applications.writing.word.write import SectionToWrite, write
from calls.terms import SectionTerm
from core.files import accepted
from tests.applications.pages import spaceless
from tests.builders import make_application, make_cohort, make_member, make_organiser, make_team, make_user, row_id
from tests.builders import write as put

UUID = uuid4()
TEXT = "Wir kochen.\n\n- Frauen\n- Jugendliche\nالسَّلام\t„Wort“ <b> & 👍🏽"


def section(text, key="s4", version=3):
    return SectionToWrite(
        SectionTerm(key, "Zielgruppe & Ansprache", "text", question="Wer?", soft_limit=2500), version, Text(text)
    )


def made(*sections):
    return write(UUID, "Tischgespräche", sections or [section(TEXT)], Names())


def edited(content, change):
    """The file after somebody has opened it, changed something and saved it."""
    document = Document(BytesIO(content))
    change(document)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def line(document, text):
    return next(paragraph for paragraph in document.paragraphs if paragraph.text == text)


def repacked(content, **parts):
    """The file with some of its parts replaced or added (`word__document_xml` for word/document.xml)."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return stream.getvalue()


# There and back


def test_a_file_that_was_not_changed_says_the_same():
    (found,) = read(made(), UUID).sections
    assert (found.key, found.version, found.text, found.dropped.sentences()) == ("s4", 3, TEXT, [])


@settings(max_examples=60)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=20), max_size=6).map("\n".join))
def test_every_text_comes_back_to_the_letter(text):
    text = text.replace("\r", "")
    (found,) = read(made(section(text)), UUID).sections
    assert found.text == printable(text)


def test_what_was_written_between_the_lines_comes_back():
    def change(document):
        line(document, "Wir kochen.").add_run(" Und backen.")
        line(document, "- Frauen").insert_paragraph_before("Neu davor.")
        line(document, "Wer?").add_run(" Nicht gemeint.")

    (found,) = read(edited(made(), change), UUID).sections
    assert found.text == TEXT.replace("Wir kochen.", "Wir kochen. Und backen.").replace(
        "- Frauen", "Neu davor.\n- Frauen"
    )


def test_lists_made_by_the_program_are_lists():
    def change(document):
        document.styles["List Bullet"]
        line(document, "- Frauen").insert_paragraph_before("Kinder", style="List Bullet")

    (found,) = read(edited(made(), change), UUID).sections
    assert "- Kinder\n- Frauen" in found.text


def test_several_sections_keep_apart_and_rows_are_to_be_read():
    plan = WorkPlan((Activity(id=row_id("Abende"), title="Kochabende", responsible="Verein <e. V.>"),))
    content = made(
        section("Eins."),
        SectionToWrite(SectionTerm("s7", "Arbeitsplan", "work_plan"), 1, plan),
        section("Zwei.", "s6", 9),
    )
    found = read(content, UUID)
    assert [(one.key, one.version, one.text) for one in found.sections] == [("s4", 3, "Eins."), ("s6", 9, "Zwei.")]
    cells = [cell.text for table in Document(BytesIO(content)).tables for row in table.rows for cell in row.cells]
    assert ("Kochabende" in cells, "Verein <e. V.>" in cells) == (True, True)


# What is left out

PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"


def test_the_file_writes_figures_in_german_and_says_what_each_row_is():
    plan = WorkPlan((Activity(id=row_id("Abende"), title="Kochen"),))
    document = Document(BytesIO(made(section(TEXT), SectionToWrite(SectionTerm("s7", "Plan", "work_plan"), 1, plan))))
    assert "Richtwert: 2.500 Zeichen." in [paragraph.text for paragraph in document.paragraphs]
    assert [cell.text for cell in document.tables[0].rows[0].cells] == ["Maßnahme", "Kochen"]


def test_tracked_changes_comments_tables_pictures_and_notes_are_left_out_and_counted():
    def change(document):
        paragraph = line(document, "Wir kochen.")
        for xml in (
            '<w:ins {} w:id="1"><w:r><w:t>Eingefügt</w:t></w:r></w:ins>',
            '<w:del {} w:id="2"><w:r><w:delText> Gestrichen.</w:delText></w:r></w:del>',
            '<w:r {}><w:commentReference w:id="1"/></w:r>',
            '<w:r {}><w:footnoteReference w:id="1"/></w:r>',
            f"<w:r {{}}><w:drawing><x:pic xmlns:x='{PICTURE}'/></w:drawing></w:r>",
            '<w:hyperlink {} w:anchor="x"><w:r><w:t> Mehr.</w:t></w:r></w:hyperlink>',
        ):
            paragraph._p.append(parse_xml(xml.format(nsdecls("w"))))
        added = paragraph.insert_paragraph_before("")
        added._p.get_or_add_pPr().append(parse_xml(f"<w:rPr {nsdecls('w')}><w:ins w:id='3'/></w:rPr>"))
        paragraph._p.addnext(document.add_table(1, 1)._tbl)

    (found,) = read(edited(made(), change), UUID).sections
    assert found.text == TEXT.replace("Wir kochen.", "Wir kochen. Gestrichen. Mehr.")
    assert found.dropped.sentences() == [
        "3 nachverfolgte Änderungen gelten als nicht angenommen. Nehmen Sie sie in Word an und lesen Sie die Datei noch einmal ein.",
        "1 Kommentar ist weggelassen.",
        "1 Tabelle ist weggelassen.",
        "1 Bild ist weggelassen.",
        "1 Fußnote ist weggelassen.",
    ]


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (lambda document: line(document, "[[Ende s4]]").clear(), ["s4"]),
        (lambda document: line(document, "[[Anfang s4 · Fassung 3]]").clear(), ["s4"]),
        (lambda document: line(document, "[[Ende s4]]").add_run("").element.getparent().addnext(
            parse_xml(f"<w:p {nsdecls('w')}><w:r><w:t>[[Anfang s4 · Fassung 3]]</w:t></w:r></w:p>")), ["s4"]),
    ],
)  # fmt: skip
def test_damaged_lines_are_said(change, broken):
    found = read(edited(made(), change), UUID)
    assert (found.sections, found.broken) == ([], broken)


# What is refused

TYPES = "[Content_Types].xml"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "keine Word-Datei"),
        (b"PK\x03\x04 nichts", "beschädigt"),
        (made()[:-200], "beschädigt"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500), r"ältere Word-Datei \(\.doc\) oder eine mit Kennwort"),
        (rb"{\rtf1 Wir kochen.}", "keine Word-Datei"),
        (b"%PDF-1.7 Wir kochen.", "keine Word-Datei"),
        (repacked(made(), **{"word/document.xml": b"<w:document"}), "beschädigt"),
        (repacked(made(), **{"word/document.xml": b"<x/>"}), "beschädigt"),
        (repacked(made(), **{"word/vbaProject.bin": b"x"}), "Makros"),
        (repacked(made(), **{"word/bomb.xml": b" " * (31 * 1024 * 1024)}), "zu groß"),
        (repacked(made(), **{"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "verweist auf etwas außerhalb"),
        (
            repacked(made(), **{"word/_rels/settings.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://x/attachedTemplate" Target="http://192.0.2.1/x.dotm" TargetMode="External"/></Relationships>'}),
            "verweist auf etwas außerhalb",
        ),
        (write(uuid4(), "Fremd", [section(TEXT)], Names()), "gehört zu einem anderen Vorhaben"),
        (edited(made(), lambda document: line(document, f"[[Vorhaben {UUID}]]").clear()), "keine Word-Datei aus diesem Portal"),
    ],
)  # fmt: skip
def test_what_is_damaged_or_hostile_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(UnreadableFile, match=sentence):
        read(content, UUID)


# The pages


@pytest.fixture
def amina(db):
    return make_user("Amina", "Haddad")


@pytest.fixture
def application(amina):
    jonas = make_user("Jonas", "Petersen")
    application = make_application(make_team(make_cohort(make_organiser(make_user("Doris"))), amina, jonas))
    put(application, "s1", "Wir kochen. Wir reden.", by=amina)
    put(application, "s4", "Für alle.", by=amina)
    return application


@pytest.fixture
def her(client, amina, application):
    client.force_login(amina)
    return client


def address(application, name="word"):
    return reverse(f"applications:{name}", args=[application.pk])


def download(her, application, *keys):
    response = her.get(address(application, "word_file"), {"abschnitt": keys or ["s1", "s4"]})
    assert response["Content-Disposition"].startswith("attachment")
    return b"".join(response.streaming_content)


def upload(her, application, content):
    return her.post(address(application), {"file": SimpleUploadedFile("abschnitte.docx", content)})


def accept(her, application, shown, *keys):
    """Press the button of the page with the proposals, with these ticked."""
    data = {"take": list(keys)}
    for proposal in shown.context["result"].proposals:
        data |= {f"text-{proposal.term.key}": proposal.text, f"version-{proposal.term.key}": proposal.version}
    return her.post(address(application, "word_take"), data, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def rewritten(her, application, old, new):
    return edited(download(her, application), lambda document: setattr(line(document, old), "text", new))


def test_what_comes_back_is_proposed_and_saved_only_when_accepted(her, application):
    shown = upload(her, application, rewritten(her, application, "Für alle.", "Für alle im Viertel."))
    assert [one.term.key for one in shown.context["result"].proposals] == ["s4"]
    assert shown.context["result"].same == ["Kurzbeschreibung"]
    assert application.drafts.get(key="s4").value == Text("Für alle.")

    assert said(accept(her, application, shown, "s4")) == ["„Zielgruppe und Ansprache“ ist übernommen."]
    draft = application.drafts.get(key="s4")
    assert (draft.value, draft.revisions.get(version=2).why) == (Text("Für alle im Viertel."), Revision.Why.IMPORTED)


def test_a_section_that_only_the_portal_changes_is_named(her, application):
    content = download(her, application, "s0", "s4")

    def change(document):
        line(document, "Nur zum Lesen: Diesen Abschnitt füllen Sie im Portal aus.").add_run(" Neuer Titel.")

    page = upload(her, application, edited(content, change)).text

    assert "„Deckblatt“ wurde in Word geändert; das geht nur im Portal." in page
    assert f'href="{reverse("applications:section", args=[application.pk, "s0"])}"' in page
    assert "Unverändert ist: „Zielgruppe und Ansprache“." in spaceless(page)
    assert "In der Datei steht nichts" not in page
    assert "nur im Portal" not in upload(her, application, content).text


def test_text_written_outside_the_marked_lines_is_noticed(her, application):
    content = edited(download(her, application), lambda document: document.add_paragraph("Hier steht mein neuer Text."))

    page = upload(her, application, content).text

    assert "Das wird nicht gelesen. Wenn dort Text von Ihnen steht, kopieren Sie ihn" in page


def test_what_was_left_out_of_an_unchanged_section_is_said(her, application):
    def change(document):
        line(document, "Für alle.")._p.addnext(document.add_table(1, 1)._tbl)

    page = upload(her, application, edited(download(her, application), change)).text

    assert "Unverändert sind: „Kurzbeschreibung“, „Zielgruppe und Ansprache“." in spaceless(page)
    assert "Aus „Zielgruppe und Ansprache“ in der Datei:" in page
    assert "1 Tabelle ist weggelassen." in page


def test_the_form_offers_word_files_only(her, application):
    page = her.get(address(application)).text

    assert f'accept="{accepted("docx")}"' in page
    assert "(.docx, bis 10 MB)" in page


def test_the_files_name_keeps_umlauts_readable(her, application):
    application.short_name = "Tischgespräche"
    application.save(update_fields=["short_name"])

    response = her.get(address(application, "word_file"), {"abschnitt": ["s1"]})

    assert response["Content-Disposition"].startswith('attachment; filename="tischgespraeche-')


def test_what_was_written_meanwhile_is_joined(her, application, amina):
    content = rewritten(her, application, "Wir kochen. Wir reden.", "Wir kochen. Wir reden viel.")
    application.drafts.get(key="s1").save_content(by=amina, seen=1, content=Text("Wir backen. Wir reden."))
    shown = upload(her, application, content)
    assert said(accept(her, application, shown, "s1"))[0].startswith(
        "„Kurzbeschreibung“ ist übernommen und mit dem verbunden"
    )
    draft = application.drafts.get(key="s1")
    assert draft.value == Text("Wir backen. Wir reden viel.")
    assert [(row.version, row.why) for row in draft.revisions.order_by("at", "version")][-2:] == [
        (None, "imported"),
        (3, "merged"),
    ]


def test_the_same_words_lead_to_the_page_where_one_decides(her, application, amina):
    content = rewritten(her, application, "Für alle.", "Für Frauen.")
    application.drafts.get(key="s4").save_content(by=amina, seen=1, content=Text("Für Kinder."))
    shown = upload(her, application, content)
    assert shown.context["result"].proposals[0].clashes == 1
    response = accept(her, application, shown, "s4")
    assert response.resolver_match.view_name == "applications:conflict"
    assert application.drafts.get(key="s4").value == Text("Für Kinder.")


def test_nothing_ticked_saves_nothing(her, application):
    shown = upload(her, application, rewritten(her, application, "Für alle.", "Anders."))
    assert accept(her, application, shown).status_code == 200
    assert Revision.objects.filter(draft__application=application).count() == 2


def test_a_refused_file_gets_a_sentence(her, application):
    response = upload(her, application, repacked(download(her, application), **{"word/vbaProject.bin": b"x"}))
    assert response.status_code == 422
    assert "Bitte speichern Sie sie als .docx ohne Makros." in response.content.decode()
    other = write(uuid4(), "Fremd", [section("x")], Names())
    assert "gehört zu einem anderen Vorhaben" in upload(her, application, other).content.decode()


def test_no_section_chosen_leads_back_with_a_sentence(her, application):
    response = her.get(address(application, "word_file"), follow=True)
    assert said(response) == ["Bitte wählen Sie mindestens einen Abschnitt."]


# What a press would take away

LONG = "Wir kochen jede Woche mit Frauen aus dem Viertel und reden darüber, was sie brauchen. " * 4
TICKED = 'id="take-s4" value="s4" checked'
GONE = "In der Datei steht hier nichts mehr."
EMPTY_NOW = "Im Portal ist dieser Abschnitt inzwischen leer. Wenn Sie das übernehmen, steht dort nur, was hier neu ist."


def changed_text(her, application, text):
    """The file after somebody wrote this instead of the text of section s4."""
    return rewritten(her, application, application.drafts.get(key="s4").value.text, text)


def emptied(application, by, text=""):
    draft = application.drafts.get(key="s4")
    draft.save_content(by=by, seen=draft.version, content=Text(text))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", f"{GONE} Wenn Sie das übernehmen, ist der Abschnitt leer."),
        (" ", f"{GONE} Wenn Sie das übernehmen, ist der Abschnitt leer."),
        ("Wir kochen.", "In der Datei steht hier fast nichts mehr. Wenn Sie das übernehmen, ist der Abschnitt fast leer."),
    ],
)  # fmt: skip
def test_a_text_that_would_go_is_not_ticked_beforehand(her, application, amina, text, sentence):
    emptied(application, amina, LONG.strip())

    page = spaceless(upload(her, application, changed_text(her, application, text)).text)

    assert sentence in page
    assert (TICKED in page, 'id="take-s4"' in page) == (False, True)


def test_a_text_that_is_only_shorter_is_ticked_beforehand(her, application, amina):
    emptied(application, amina, LONG.strip())

    page = spaceless(upload(her, application, changed_text(her, application, LONG[:100].strip())).text)

    assert TICKED in page
    assert "nichts mehr" not in page


def test_what_came_meanwhile_stays_where_the_file_says_nothing(her, application, amina):
    content = changed_text(her, application, "")
    emptied(application, amina, "Für alle. Auch für Kinder.")

    page = spaceless(upload(her, application, content).text)

    assert f"{GONE} Wenn Sie das übernehmen, bleibt nur, was inzwischen im Portal dazugekommen ist." in page
    assert TICKED not in page


def test_a_text_that_would_go_says_nothing_of_the_end_where_one_decides(her, application, amina):
    content = changed_text(her, application, "")
    emptied(application, amina, "Für Kinder.")

    page = spaceless(upload(her, application, content).text)

    assert (GONE in page, "ist der Abschnitt leer" in page, "entscheiden Sie, was gilt" in page) == (True, False, True)
    assert TICKED not in page


def test_a_changed_word_beside_a_long_text_is_not_said_to_be_nothing(her, application, amina):
    emptied(application, amina, "Wir wollen Jugendliche stärken.")
    content = changed_text(her, application, "Wir möchten Jugendliche stärken.")
    emptied(application, amina, "Wir werden Jugendliche stärken. " + LONG.strip())

    page = spaceless(upload(her, application, content).text)

    assert ("entscheiden Sie, was gilt" in page, "fast nichts mehr" in page, "fast leer" in page) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize(("looked", "now"), [("Für alle.", ""), ("", "Familien zuerst. Für alle.")])
def test_whether_the_section_was_empty_is_what_it_was_joined_with(her, application, monkeypatch, looked, now):
    """Somebody saves between the page's look at the section and the lock."""
    amina = application.team.owner().user
    content = changed_text(her, application, "Für alle. Neu: auch für Kinder.")
    emptied(application, amina, looked)
    shown = upload(her, application, content)
    look = word.texts_of

    def and_then_somebody_saves(of):
        drafts = look(of)
        emptied(application, amina, now)
        return drafts

    monkeypatch.setattr(word, "texts_of", and_then_somebody_saves)
    with zeal_ignore():  # two saves in one request, as if somebody else made the other
        sentences = " ".join(said(accept(her, application, shown, "s4")))

    assert ("inzwischen leer" in sentences, "mit dem verbunden" in sentences) == (not now, bool(now))


def test_the_same_words_typed_and_then_in_a_file_are_from_the_file(her, application, amina):
    emptied(application, amina, "Für Frauen im Viertel.")
    before = application.drafts.get(key="s4")
    content = changed_text(her, application, "Für alle im Viertel.")
    emptied(application, amina, "Für Kinder im Viertel.")
    before.save_content(by=amina, seen=before.version, content=Text("Für alle im Viertel."))
    conflict = Revision.objects.get(why="conflict")
    assert conflict.is_imported is False

    accept(her, application, upload(her, application, content), "s4")

    conflict.refresh_from_db()
    assert (Revision.objects.filter(why="conflict").count(), conflict.is_imported) == (1, True)


def test_a_section_that_was_emptied_meanwhile_is_not_filled_unasked(her, application, amina):
    content = changed_text(her, application, "Für alle. Neu: auch für Kinder.")
    emptied(application, amina)

    shown = upload(her, application, content)
    page = spaceless(shown.text)

    assert EMPTY_NOW in page
    assert f'href="{reverse("applications:history", args=[application.pk, "s4"])}"' in page
    assert TICKED not in page
    (sentence,) = said(accept(her, application, shown, "s4"))
    assert "war im Portal inzwischen leer. Dort steht jetzt nur, was in der Datei neu war." in sentence
    assert "Frühere Fassungen ansehen</a>" in sentence


def test_a_section_of_which_little_is_left_is_not_ticked_beforehand(her, application, amina):
    emptied(application, amina, LONG.strip())
    content = changed_text(her, application, LONG + "Neu: auch mit Kindern.")
    emptied(application, amina, "Wir kochen.")

    page = spaceless(upload(her, application, content).text)

    assert "Im Portal steht von diesem Abschnitt inzwischen fast nichts mehr." in page
    assert TICKED not in page


def test_a_press_with_nothing_ticked_says_so(her, application, amina):
    shown = upload(her, application, changed_text(her, application, ""))

    assert said(accept(her, application, shown)) == ["Sie haben nichts ausgewählt. Es ist nichts gespeichert."]


# What a file cannot bring back, and why


def with_begin(her, application, begin, key="s4", text=None):
    """The file in which the line that begins section s4 says something else, and so does the text."""

    def change(document):
        line(document, "[[Anfang s4 · Fassung 1]]").text = begin
        line(document, "[[Ende s4]]").text = f"[[Ende {key}]]"
        if text is not None:
            line(document, "Für alle.").text = text

    return edited(download(her, application), change)


@pytest.mark.parametrize(
    ("begin", "key", "sentence"),
    [
        ("[[Anfang s4 · Fassung 99]]", "s4", "„Zielgruppe und Ansprache“ lässt sich nicht übernehmen: In der Datei steht „Fassung 99“, im Portal gibt es erst Fassung 1. Bitte laden Sie die Datei neu herunter und kopieren Sie Ihren Text hinein."),
        ("[[Anfang s0 · Fassung 1]]", "s0", "„Deckblatt“ lässt sich nicht übernehmen: Dieser Abschnitt wird nur im Portal ausgefüllt."),
        ("[[Anfang s98 · Fassung 1]]", "s98", "„Abschnitt s98“ lässt sich nicht übernehmen: Diesen Abschnitt gibt es in Ihrem Vorhaben nicht. Bitte laden Sie die Datei neu herunter und kopieren Sie Ihren Text hinein."),
    ],
)  # fmt: skip
def test_a_section_that_cannot_be_taken_has_its_name_and_the_reason(her, application, begin, key, sentence):
    page = spaceless(upload(her, application, with_begin(her, application, begin, key)).text)

    assert sentence in page
    assert "kein Text" not in page


def test_a_text_that_is_too_long_says_how_long_it_is_and_may_be(her, application):
    content = with_begin(her, application, "[[Anfang s4 · Fassung 1]]", text="x" * 50_001)

    page = spaceless(upload(her, application, content).text)

    assert "„Zielgruppe und Ansprache“ ist zu lang: 50001 Zeichen. Möglich sind bis zu 50000." in page
    assert "Ihr Text“ ist" not in page


def test_a_text_that_is_sent_too_long_says_the_reason(her, application):
    answer = her.post(
        address(application, "word_take"), {"take": "s4", "version-s4": 1, "text-s4": "x" * 50_001}, follow=True
    )

    assert said(answer) == ["„Zielgruppe und Ansprache“ ist zu lang: 50001 Zeichen. Möglich sind bis zu 50000."]


def test_a_damaged_section_that_is_unknown_has_a_name(her, application):
    page = spaceless(upload(her, application, with_begin(her, application, "[[Anfang s98 · Fassung 1]]")).text)

    assert "„Abschnitt s98“ ist nicht gelesen" in page


def test_what_is_unchanged_comes_last_and_in_one_sentence(her, application, amina):
    def change(document):
        line(document, "Für alle.").text = "Für alle im Viertel."
        document.add_paragraph("Hier steht mein neuer Text.")

    put(application, "s6", "Wir messen.", by=amina)
    page = spaceless(upload(her, application, edited(download(her, application, "s1", "s4", "s6"), change)).text)

    title = application.terms.by_key["s6"].title
    sentence = f"Unverändert sind: „Kurzbeschreibung“, „{title}“."
    assert page.index("Das wird nicht gelesen") < page.index("Ausgewähltes übernehmen") < page.index(sentence)
    assert "ist unverändert" not in page


def test_somebody_who_only_reads_is_not_told_to_write(client, application):
    reader = make_user("Selma")
    make_member(application.team, reader, "reader")
    client.force_login(reader)

    page = spaceless(client.get(address(application)).text)

    assert "Word-Datei herunterladen" in page
    for words in ("weiterschreiben", "danach wieder ein", "in der Datei ändern", "Datei einlesen", "überschrieben"):
        assert words not in page
    assert "Als Word-Datei herunterladen" in client.get(application.get_absolute_url()).text
    (told, *_rest) = [paragraph.text for paragraph in Document(BytesIO(download(client, application))).paragraphs[1:]]
    assert told == "Diese Datei ist zum Lesen. Was Sie darin ändern, kommt nicht in das Portal."


# Where one decides


def test_the_page_where_one_decides_says_which_text_is_from_word(her, application, amina):
    content = rewritten(her, application, "Für alle.", "Für Frauen.")
    emptied(application, amina, "Für Kinder.")

    page = spaceless(accept(her, application, upload(her, application, content), "s4").text)

    assert "Zwei Fassungen: in der Word-Datei und im Portal" in page
    assert "Ihre Fassung aus der Word-Datei nehmen" in page
    assert "Ihre Fassung nehmen, die im Portal steht" in page
    assert "Die aus der Word-Datei bleibt aufgehoben." in page
    assert "Fenster" not in page


def test_what_somebody_else_wrote_stands_beside_the_text_from_word(her, application):
    content = rewritten(her, application, "Für alle.", "Für Frauen.")
    emptied(application, User.objects.get(first_name="Jonas"), "Für Kinder.")

    page = spaceless(accept(her, application, upload(her, application, content), "s4").text)

    assert ("Ihre Fassung aus der Word-Datei nehmen" in page, "Fassung von Jonas Petersen nehmen" in page) == (
        True,
        True,
    )


def test_a_text_from_word_that_was_taken_over_is_no_other_window(her, application):
    content = rewritten(her, application, "Für alle.", "Für Frauen.")
    accept(her, application, upload(her, application, content), "s4")
    section = reverse("applications:section", args=[application.pk, "s4"])

    page = spaceless(her.post(section, {"version": "1", "text": "Für Kinder."}, follow=True).text)

    assert "übernommen. Bitte entscheiden Sie, was dort stehen soll." in page
    assert "Ihre Fassung aus der Word-Datei nehmen" in page
    assert "Fenster" not in page
