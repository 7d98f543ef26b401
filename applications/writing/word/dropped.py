"""What a Word file can contain and a text of the portal cannot: counted by kind, and put into sentences."""

from __future__ import annotations

from django.utils.translation import ngettext

from core.values import dataclass


@dataclass
class Dropped:
    """How much of each kind was left out or changed its shape."""

    changes: int = 0
    comments: int = 0
    tables: int = 0
    pictures: int = 0
    charts: int = 0
    shapes: int = 0
    objects: int = 0
    documents: int = 0
    notes: int = 0
    equations: int = 0
    symbols: int = 0
    prompts: int = 0
    others: int = 0
    boxes: int = 0
    formulas: int = 0
    numbers: int = 0

    def add(self, more: Dropped) -> None:
        for name, number in vars(more).items():
            if number:
                setattr(self, name, getattr(self, name) + number)

    def sentences(self) -> list[str]:
        """Return sentences on what was left out and what looks different; none if nothing was."""
        counted = [
            (self.changes, ngettext("%d nachverfolgte Änderung gilt als nicht angenommen. Nehmen Sie sie in Word an und lesen Sie die Datei noch einmal ein.", "%d nachverfolgte Änderungen gelten als nicht angenommen. Nehmen Sie sie in Word an und lesen Sie die Datei noch einmal ein.", self.changes)),
            (self.comments, ngettext("%d Kommentar ist weggelassen.", "%d Kommentare sind weggelassen.", self.comments)),
            (self.tables, ngettext("%d Tabelle ist weggelassen.", "%d Tabellen sind weggelassen.", self.tables)),
            (self.pictures, ngettext("%d Bild ist weggelassen.", "%d Bilder sind weggelassen.", self.pictures)),
            (self.charts, ngettext("%d Diagramm ist weggelassen.", "%d Diagramme sind weggelassen.", self.charts)),
            (self.shapes, ngettext("%d Zeichnung oder Linie ist weggelassen.", "%d Zeichnungen oder Linien sind weggelassen.", self.shapes)),
            (self.objects, ngettext("%d eingebettetes Objekt ist weggelassen.", "%d eingebettete Objekte sind weggelassen.", self.objects)),
            (self.documents, ngettext("%d eingefügtes Dokument ist weggelassen.", "%d eingefügte Dokumente sind weggelassen.", self.documents)),
            (self.notes, ngettext("%d Fußnote ist weggelassen.", "%d Fußnoten sind weggelassen.", self.notes)),
            (self.equations, ngettext("%d Formel aus einem älteren Formel-Editor ist weggelassen.", "%d Formeln aus einem älteren Formel-Editor sind weggelassen.", self.equations)),
            (self.symbols, ngettext("%d Sonderzeichen ist weggelassen, weil es nur in seiner Schriftart zu lesen ist.", "%d Sonderzeichen sind weggelassen, weil sie nur in ihrer Schriftart zu lesen sind.", self.symbols)),
            (self.prompts, ngettext("%d Eingabefeld, in dem nichts eingetragen ist, ist weggelassen.", "%d Eingabefelder, in denen nichts eingetragen ist, sind weggelassen.", self.prompts)),
            (self.others, ngettext("%d Bestandteil anderer Art ist weggelassen.", "%d Bestandteile anderer Art sind weggelassen.", self.others)),
            (self.boxes, ngettext("Der Text aus %d Textfeld steht jetzt unter dem Absatz, zu dem es gehört.", "Die Texte aus %d Textfeldern stehen jetzt unter den Absätzen, zu denen sie gehören.", self.boxes)),
            (self.formulas, ngettext("%d Formel steht jetzt als einfacher Text da. Bitte prüfen Sie sie.", "%d Formeln stehen jetzt als einfacher Text da. Bitte prüfen Sie sie.", self.formulas)),
            (self.numbers, ngettext("%d nummerierte Zeile beginnt jetzt mit „- “.", "%d nummerierte Zeilen beginnen jetzt mit „- “.", self.numbers)),
        ]  # fmt: skip
        return [sentence % number for number, sentence in counted if number]
