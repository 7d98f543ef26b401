"""Documents as Word, Word Online, LibreOffice, Google Docs and Pages make them: read whole, or counted by their kind."""

from __future__ import annotations

import zipfile
from io import BytesIO
from time import process_time
from uuid import uuid4

import pytest
from lxml import etree

from applications.content import Activity, Text, WorkPlan
from applications.content.sheets import Names
from applications.writing.word.formulas import line_of
from applications.writing.word.package import open_package
from applications.writing.word.read import read
from applications.writing.word.seals import seal_of
from applications.writing.word.words import lines_of
from applications.writing.word.write import SectionToWrite, write
from calls.terms import SectionTerm
from tests.builders import row_id

UUID = uuid4()
NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
}
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def run(text):
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


def paragraph(inner="", properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def relations(kinds, base=RELATIONS):
    rows = "".join(f'<Relationship Id="r{kind}" Type="{base}/{kind}" Target="{name}"/>' for kind, name in kinds.items())
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'


def document(body, *, main="word/document.xml", target=None, base=RELATIONS, styles="", numbering=""):
    """A Word file with nothing in it but this, as few other programs would make it."""
    names = " ".join(f'xmlns:{short}="{name}"' for short, name in NAMES.items())
    office = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    folder, _slash, name = main.rpartition("/")
    overrides = {main: "document.main", f"{folder}/styles.xml": "styles", f"{folder}/numbering.xml": "numbering"}
    types = "<Default Extension='xml' ContentType='application/xml'/>"
    types += "<Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
    for path, kind in overrides.items():
        types += f"<Override PartName='/{path.lstrip('/')}' ContentType='{office}.{kind}+xml'/>"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{types}</Types>',
        "_rels/.rels": relations({"officeDocument": target or main}, base),
        main: f"<w:document {names}><w:body>{body}<w:sectPr/></w:body></w:document>",
        f"{folder}/_rels/{name}.rels".lstrip("/"): relations(
            {"styles": "styles.xml", "numbering": "numbering.xml"}, base
        ),
        f"{folder}/styles.xml".lstrip("/"): f"<w:styles {names}>{styles}</w:styles>",
        f"{folder}/numbering.xml".lstrip("/"): f"<w:numbering {names}>{numbering}</w:numbering>",
    }
    if base == STRICT:
        parts = {
            name: text.replace(NAMES["w"], "http://purl.oclc.org/ooxml/wordprocessingml/main")
            .replace(NAMES["m"], "http://purl.oclc.org/ooxml/officeDocument/math")
            .replace(NAMES["pic"], "http://purl.oclc.org/ooxml/drawingml/picture")
            for name, text in parts.items()
        }
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return stream.getvalue()


def marked(inner):
    lines = [f"[[Vorhaben {UUID}]]", "[[Anfang s4 · Fassung 3]]"]
    return "".join(paragraph(run(line)) for line in lines) + inner + paragraph(run("[[Ende s4]]"))


def text_and_sentences(inner, **options):
    (section,) = read(document(marked(inner), **options), UUID).sections
    return section.text, section.dropped.sentences()


# Where the parts are


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"main": "word/document2.xml"},
        {"target": "/word/document.xml"},
        {"main": "word/Document.xml", "target": "word/document.xml"},
        {"main": "document.xml"},
        {"target": "./word/../word/document.xml"},
        {"base": STRICT},
        {"main": "word/mein text.xml", "target": "word/mein%20text.xml"},
    ],
)
def test_the_document_is_found_by_its_relationships(options):
    item = paragraph(run("Frauen"), "<w:pStyle w:val='Punkt'/>")
    style = (
        "<w:style w:type='paragraph' w:styleId='Punkt'><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>"
    )

    assert text_and_sentences(paragraph(run("Wir kochen.")) + item, styles=style, **options) == (
        "Wir kochen.\n- Frauen",
        [],
    )


def test_strict_files_count_the_same():
    inner = "<w:r><w:drawing><pic:pic/></w:drawing></w:r><m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>"

    usual, strict = (text_and_sentences(paragraph(inner), base=base) for base in (RELATIONS, STRICT))

    assert usual == strict
    assert usual == (
        "x",
        ["1 Bild ist weggelassen.", "1 Formel steht jetzt als einfacher Text da. Bitte prüfen Sie sie."],
    )


# What holds text

BOX = "<w:txbxContent><w:p><w:r><w:t>Im Kasten.</w:t></w:r></w:p><w:p/></w:txbxContent>"
NEW_BOX = f"<w:drawing><wps:wsp><wps:txbx>{BOX}</wps:txbx></wps:wsp></w:drawing>"
OLD_BOX = f"<w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict>"
BOTH = f"<mc:AlternateContent><mc:Choice Requires='wps'>{NEW_BOX}</mc:Choice><mc:Fallback>{OLD_BOX}</mc:Fallback></mc:AlternateContent>"
BOX_TOLD = "Der Text aus 1 Textfeld steht jetzt unter dem Absatz, zu dem es gehört."


def field(result, code=" DATE ", between=""):
    marks = [f"<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>" for kind in ("begin", "separate", "end")]
    return f"{marks[0]}<w:r><w:instrText>{code}</w:instrText></w:r>{between}{marks[1]}{result}{marks[2]}"


def control(inner, properties=""):
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"


@pytest.mark.parametrize(
    ("inner", "text", "sentences"),
    [
        (f"{run('A')}<w:r>{NEW_BOX}</w:r>", "A\nIm Kasten.\n", [BOX_TOLD]),
        (f"{run('A')}<w:r>{OLD_BOX}</w:r>", "A\nIm Kasten.\n", [BOX_TOLD]),
        (f"{run('A')}<w:r>{BOTH}</w:r>", "A\nIm Kasten.\n", [BOX_TOLD]),
        ("<w:r><w:pict><v:shape><v:textpath string='Kommt alle!'/></v:shape></w:pict></w:r>", "\nKommt alle!", [BOX_TOLD]),
        ("<w:r><w:sym w:font='Wingdings' w:char='F0FC'/></w:r>", "✓", []),
        ("<w:r><w:sym w:font='Symbol' w:char='F0A3'/></w:r>", "≤", []),
        ("<w:r><w:sym w:font='Segoe UI Emoji' w:char='2665'/></w:r>", "♥", []),
        ("<w:r><w:rPr><w:rFonts w:ascii='Wingdings'/></w:rPr><w:t>\uf0fe ja</w:t></w:r>", "☑ ja", []),
        (
            "<w:r><w:sym w:font='Webdings' w:char='F04A'/></w:r>", "",
            ["1 Sonderzeichen ist weggelassen, weil es nur in seiner Schriftart zu lesen ist."],
        ),
        (control(run("Aus der Liste")), "Aus der Liste", []),
        (control(run("☒"), "<w14:checkbox/>"), "☒", []),
        (
            control(run("Klicken Sie hier."), "<w:showingPlcHdr/>"), "",
            ["1 Eingabefeld, in dem nichts eingetragen ist, ist weggelassen."],
        ),
        ("<w:smartTag w:element='City'>" + run("Gera") + "</w:smartTag>", "Gera", []),
        ("<w:hyperlink>" + run("unsere Seite") + "</w:hyperlink>", "unsere Seite", []),
        ("<w:fldSimple w:instr='DATE'>" + run("1. Mai") + "</w:fldSimple>", "1. Mai", []),
        (field(run("1. Mai")), "1. Mai", []),
        (field(run("Ja"), " IF ", field(run("innen"))), "Ja", []),
        ("<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:checkBox><w:default w:val='1'/></w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>", "☒", []),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:ptab/><w:t>c</w:t></w:r>", "a\tb\tc", []),
        ("<w:r><w:t>z.</w:t><w:noBreakHyphen/><w:t>B</w:t><w:softHyphen/><w:t>c</w:t></w:r>", "z.\u2011B\u00adc", []),
        ("<w:r><w:ruby><w:rt>" + run("wa") + "</w:rt><w:rubyBase>" + run("和") + "</w:rubyBase></w:ruby></w:r>", "和 (wa)", []),
        ("<w:bookmarkStart/><w:commentRangeStart/><w:proofErr/>" + run("x") + "<w:bookmarkEnd/>", "x", []),
    ],
)  # fmt: skip
def test_what_holds_text_is_read(inner, text, sentences):
    assert text_and_sentences(paragraph(inner)) == (text, sentences)


BEGUN = "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> DATE </w:instrText></w:r>"


@pytest.mark.parametrize(
    ("rest", "sentences"),
    [
        ("", []),
        ("<w:ins><w:r><w:fldChar w:fldCharType='end'/></w:r></w:ins>", ["1 nachverfolgte Änderung gilt als nicht angenommen. Nehmen Sie sie in Word an und lesen Sie die Datei noch einmal ein."]),
    ],
)  # fmt: skip
def test_a_field_that_never_ends_hides_nothing_behind_it(rest, sentences):
    inner = paragraph(BEGUN + rest + (run("hier") if rest else "")) + paragraph(run("Wir kochen."))

    assert text_and_sentences(inner) == (f"{'hier' if rest else ''}\nWir kochen.", sentences)


MANY = {
    "fields in fields": lambda number: (
        "<w:r><w:fldChar w:fldCharType='begin'/><w:fldChar w:fldCharType='separate'/></w:r>" * number
        + run("x") * number
    ),
    "codes in fields": lambda number: "<w:r><w:fldChar w:fldCharType='begin'/></w:r>" * number + run("x") * number,
    "special signs in a run": lambda number: "<w:r>" + "<w:t>\uf0fe</w:t>" * 2 * number + "</w:r>",
}


def seconds(package):
    begun = process_time()
    lines_of(package)
    return process_time() - begun


@pytest.mark.parametrize("name", MANY)
def test_twice_the_signs_are_no_more_than_twice_the_work(name):
    half, whole = (open_package(document(paragraph(MANY[name](number)))) for number in (10_000, 20_000))
    # On a busy machine a measurement may go wrong; work that grows faster goes wrong every time.
    measured = [(seconds(half), seconds(whole)) for _attempt in range(3)]

    assert any(twice <= 3 * once for once, twice in measured), measured


def test_content_controls_and_alternatives_around_paragraphs_are_read_once():
    inner = control(paragraph(run("Eins."))) + control(paragraph(run("Nichts.")), "<w:showingPlcHdr/>")
    inner += f"<mc:AlternateContent><mc:Choice Requires='w14'>{paragraph(run('Zwei.'))}</mc:Choice><mc:Fallback>{paragraph(run('Alt.'))}</mc:Fallback></mc:AlternateContent>"

    assert text_and_sentences(inner) == (
        "Eins.\nZwei.",
        ["1 Eingabefeld, in dem nichts eingetragen ist, ist weggelassen."],
    )


# What does not


@pytest.mark.parametrize(
    ("inner", "sentence"),
    [
        ("<w:drawing><pic:pic/></w:drawing>", "1 Bild ist weggelassen."),
        ("<w:pict><v:shape><v:imagedata/></v:shape></w:pict>", "1 Bild ist weggelassen."),
        ("<w:drawing><c:chart/></w:drawing>", "1 Diagramm ist weggelassen."),
        ("<w:drawing><dgm:relIds/></w:drawing>", "1 Diagramm ist weggelassen."),
        ("<w:drawing><wps:wsp/></w:drawing>", "1 Zeichnung oder Linie ist weggelassen."),
        ("<w:pict><v:rect o:hr='t'/></w:pict>", "1 Zeichnung oder Linie ist weggelassen."),
        ("<w:object><v:shape><v:imagedata/></v:shape><o:OLEObject ProgID='Excel.Sheet.12'/></w:object>", "1 eingebettetes Objekt ist weggelassen."),
        ("<w:object><v:shape><v:imagedata/></v:shape><o:OLEObject ProgID='Equation.3'/></w:object>", "1 Formel aus einem älteren Formel-Editor ist weggelassen."),
        ("<w:endnoteReference/>", "1 Fußnote ist weggelassen."),
        ("<w:pgNum/>", "1 Bestandteil anderer Art ist weggelassen."),
    ],
)  # fmt: skip
def test_what_is_left_out_is_called_by_its_kind(inner, sentence):
    assert text_and_sentences(paragraph(f"{run('Text.')}<w:r>{inner}</w:r>")) == ("Text.", [sentence])


def test_documents_inside_the_document_are_told():
    assert text_and_sentences(paragraph(run("Text.")) + "<w:altChunk/>" + "<w:neu/>") == (
        "Text.",
        ["1 eingefügtes Dokument ist weggelassen.", "1 Bestandteil anderer Art ist weggelassen."],
    )


def math(inner):
    names = " ".join(f'xmlns:{short}="{name}"' for short, name in NAMES.items())
    return etree.fromstring(f"<m:oMath {names}>{inner}</m:oMath>")


def part(name, *texts):
    return f"<m:{name}>" + "".join(f"<m:r><m:t>{text}</m:t></m:r>" for text in texts) + f"</m:{name}>"


@pytest.mark.parametrize(
    ("inner", "line"),
    [
        (f"<m:f>{part('num', 'a', '+b')}{part('den', '2')}</m:f>", "(a+b)/2"),
        (f"<m:sSup>{part('e', 'x')}{part('sup', '2')}</m:sSup><m:r><m:t>=4</m:t></m:r>", "x^2=4"),
        (f"<m:sSubSup>{part('e', 'x')}{part('sub', 'i')}{part('sup', 'n-1')}</m:sSubSup>", "x_i^(n-1)"),
        (f"<m:rad><m:deg/>{part('e', 'a', '·', 'b')}</m:rad>", "√(a·b)"),
        (f"<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr>{part('sub', 'i=1')}{part('sup', 'n')}{part('e', 'i')}</m:nary>", "∑_(i=1)^n i"),
        (f"<m:d>{part('e', 'a')}{part('e', 'b')}</m:d>", "(a; b)"),
        (f"<m:d><m:dPr><m:begChr m:val='|'/><m:endChr m:val='|'/></m:dPr>{part('e', 'a')}</m:d>", "|a|"),
        (f"<m:m><m:mr>{part('e', '1')}{part('e', '2')}</m:mr><m:mr>{part('e', '3')}{part('e', '4')}</m:mr></m:m>", "[1, 2; 3, 4]"),
    ],
)  # fmt: skip
def test_formulas_are_read_as_a_line(inner, line):
    assert line_of(math(inner)) == line


# Lists

STYLES = "".join(
    f"<w:style w:type='paragraph' w:styleId='{name}'>{based}<w:pPr>{numbering}</w:pPr></w:style>"
    for name, based, numbering in [
        ("Punkt", "", "<w:numPr><w:numId w:val='1'/></w:numPr>"),
        ("Unterpunkt", "<w:basedOn w:val='Punkt'/>", ""),
        ("Ohne", "<w:basedOn w:val='Punkt'/>", "<w:numPr><w:numId w:val='0'/></w:numPr>"),
        ("Kreis", "<w:basedOn w:val='Kreis'/>", ""),
    ]
)
NUMBERING = (
    "".join(
        f"<w:abstractNum w:abstractNumId='{number}'><w:lvl w:ilvl='0'><w:numFmt w:val='{shape}'/></w:lvl></w:abstractNum>"
        for number, shape in (("7", "bullet"), ("8", "decimal"), ("9", "none"))
    )
    + "".join(
        f"<w:num w:numId='{number}'><w:abstractNumId w:val='{kind}'/></w:num>"
        for number, kind in (("1", "7"), ("2", "8"), ("3", "9"))
    )
    + "<w:num w:numId='4'><w:abstractNumId w:val='7'/><w:lvlOverride w:ilvl='0'><w:lvl><w:numFmt w:val='none'/></w:lvl></w:lvlOverride></w:num>"
)
NUMBERED = "1 nummerierte Zeile beginnt jetzt mit „- “."
TRACKED = "1 nachverfolgte Änderung gilt als nicht angenommen. Nehmen Sie sie in Word an und lesen Sie die Datei noch einmal ein."


def numbered(number, more=""):
    return f"<w:numPr><w:ilvl w:val='0'/><w:numId w:val='{number}'/>{more}</w:numPr>"


@pytest.mark.parametrize(
    ("properties", "text", "sentences"),
    [
        (numbered("1"), "- Frauen", []),
        (numbered("2"), "- Frauen", [NUMBERED]),
        (numbered("3"), "Frauen", []),
        (numbered("4"), "Frauen", []),
        (numbered("0"), "Frauen", []),
        ("<w:pStyle w:val='Punkt'/>" + numbered("0"), "Frauen", []),
        ("<w:pStyle w:val='Punkt'/>", "- Frauen", []),
        ("<w:pStyle w:val='Unterpunkt'/>", "- Frauen", []),
        ("<w:pStyle w:val='Ohne'/>", "Frauen", []),
        ("<w:pStyle w:val='Kreis'/>", "Frauen", []),
        (numbered("1") + "<w:pPrChange><w:pPr/></w:pPrChange>", "Frauen", [TRACKED]),
        (f"<w:pPrChange><w:pPr>{numbered('1')}</w:pPr></w:pPrChange>", "- Frauen", [TRACKED]),
    ],
)
def test_lists_are_lines_of_a_list_and_nothing_else_is(properties, text, sentences):
    inner = paragraph(run("Frauen"), properties)

    assert text_and_sentences(inner, styles=STYLES, numbering=NUMBERING) == (text, sentences)


def test_an_end_of_paragraph_that_is_not_accepted_divides_nothing():
    inner = paragraph(run("Wir kochen."), "<w:rPr><w:ins/></w:rPr>") + paragraph(run(" Wir backen."))

    assert text_and_sentences(inner) == ("Wir kochen. Wir backen.", [TRACKED])


# Where nothing is read

PLAN = SectionToWrite(
    SectionTerm("s7", "Arbeitsplan", "work_plan"), 1, WorkPlan((Activity(id=row_id("Abende"), title="Kochabende"),))
)


def file_of_two(change=lambda xml: xml):
    text = SectionToWrite(SectionTerm("s4", "Zielgruppe", "text", question="Wer?"), 3, Text("Für alle."))
    content, stream = write(UUID, "Tischgespräche", [text, PLAN], Names()), BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data.decode()).encode() if name == "word/document.xml" else data)
    return read(stream.getvalue(), UUID)


@pytest.mark.parametrize(
    ("change", "portal", "is_changed_outside"),
    [
        (lambda xml: xml, [], False),
        (lambda xml: xml.replace("Für alle.", "Für Frauen."), [], False),
        (lambda xml: xml.replace("Kochabende", "Koch\u00adabende"), [], False),
        (lambda xml: xml.replace("Kochabende", "Backabende"), ["s7"], False),
        (lambda xml: xml.replace("Wer?", "Wer? Alle!"), [], True),
        (lambda xml: xml.replace("<w:sectPr", "<w:p><w:r><w:t>Mein Text.</w:t></w:r></w:p><w:sectPr"), [], True),
        (lambda xml: xml.replace("[[Schluss", "(weg"), [], False),
        (lambda xml: xml.replace("[[Ende nur im Portal s7]]", ""), ["s7"], False),
    ],
)
def test_changes_where_nothing_is_read_are_noticed(change, portal, is_changed_outside):
    file = file_of_two(change)

    assert [section.key for section in file.sections] == ["s4"]
    assert (file.portal, file.is_changed_outside) == (portal, is_changed_outside)


IN_BOX = f"<w:txbxContent>{paragraph(f'{run("B")}<w:r>{NEW_BOX}</w:r>')}</w:txbxContent>"

TABLE_IN_BOX = f"<w:txbxContent><w:tbl><w:tr><w:tc>{paragraph(run('C'))}</w:tc></w:tr></w:tbl></w:txbxContent>"


@pytest.mark.parametrize(
    ("box", "words"),
    [
        (NEW_BOX, ["Im Kasten."]),
        (OLD_BOX, ["Im Kasten."]),
        (BOTH, ["Im Kasten."]),
        (f"<w:pict><v:shape><v:textbox>{IN_BOX}</v:textbox></v:shape></w:pict>", ["B", "Im Kasten."]),
        (f"<w:pict><v:shape><v:textbox>{TABLE_IN_BOX}</v:textbox></v:shape></w:pict>", ["C"]),
    ],
    ids=["new", "old", "both", "box in a box", "table in a box"],
)
def test_words_in_a_box_are_sealed_once(box, words):
    boxed = paragraph(f"{run('A')}<w:r>{box}</w:r>")
    beside = "".join(paragraph(run(text)) for text in ["A", *words])

    seals = [seal_of(line.block for line in lines_of(open_package(document(inner)))) for inner in (boxed, beside)]

    assert seals[0] == seals[1]


def test_a_box_at_the_end_of_a_text_is_noticed():
    spaces = "".join(f" xmlns:{name}='{address}'" for name, address in NAMES.items() if name not in {"w", "pic"})
    box = NEW_BOX.replace("<w:drawing", f"<w:drawing{spaces}")

    file = file_of_two(lambda xml: xml.replace("[[Ende s4]]</w:t>", "[[Ende s4]]</w:t>" + box))

    assert (file.sections[0].key, file.is_changed_outside) == ("s4", True)


def test_no_line_of_a_file_has_words_the_reader_does_not_know():
    lines = lines_of(open_package(write(UUID, "Titel", [PLAN], Names())))

    assert [line.dropped.sentences() for line in lines if line.dropped.sentences()] == [["1 Tabelle ist weggelassen."]]
