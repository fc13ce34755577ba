"""Writing a note in place, as markdown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from app.canvas.editing import Editing
from app.canvas.stage import Stage
from app.theme import fonts


class NoteField(QPlainTextEdit):
    """Open over one note at a time. Ctrl+Enter and leaving it keep the text, Esc does not; empty notes go."""

    def __init__(self, stage: Stage, editing: Editing) -> None:
        super().__init__(stage.view)
        self._stage, self._editing = stage, editing
        self._note = ""
        self.setPlaceholderText("A note, in markdown. Ctrl+Enter keeps it.")
        self.setTabChangesFocus(False)
        self.setFont(fonts.ui(12))
        self.setAccessibleName("Text of the note")
        self.installEventFilter(self)
        self.hide()

    def open_on(self, note: str) -> None:
        self._note = note
        item = self._stage.scene.remarks[note]
        place: QRectF = self._stage.view.viewportTransform().mapRect(item.rect())
        self.setGeometry(place.toRect())
        self.resize(max(220, self.width()), max(120, self.height() + 24))
        self.setPlainText(self._stage.graph.notes[note].text)
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _keep(self) -> None:
        note, self._note = self._note, ""
        self.hide()
        if note:
            self._editing.write(note, self.toPlainText())

    def _give_up(self) -> None:
        note, self._note = self._note, ""
        self.hide()
        if note in self._stage.graph.notes:
            self._editing.write(note, self._stage.graph.notes[note].text)  # one that was never written goes

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # every key is the field's own while it is open
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._keep()
                self._stage.view.setFocus(Qt.FocusReason.PopupFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._give_up()
                self._stage.view.setFocus(Qt.FocusReason.PopupFocusReason)
                return True
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self._keep()
        return False
