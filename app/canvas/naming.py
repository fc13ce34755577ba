"""Renaming in place: a layer on its card, a frame on its title."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app.canvas.editing import Editing
from app.canvas.stage import Stage
from app.theme import fonts, set_look
from graph_engine.document import Refusal


class NameField(QLineEdit):
    """Open over one title at a time. Enter and leaving it rename, Esc does not, a refused name stays to be mended."""

    def __init__(self, stage: Stage, editing: Editing) -> None:
        super().__init__(stage.view)
        self._stage, self._editing = stage, editing
        self._item = ""
        self.setFont(fonts.title())
        self.installEventFilter(self)
        self.hide()

    def open_on(self, item: str) -> None:
        """A node or a frame."""
        self._item = item
        view, scene = self._stage.view, self._stage.scene
        rect = (scene.nodes.get(item) or scene.remarks[item]).rect()
        left = 26 if item in scene.nodes else 6
        place = view.viewportTransform().mapRect(
            QRectF(rect.left() + left, rect.top() + 3, rect.width() - left - 4, 28)
        )
        self.setGeometry(place.toRect().adjusted(0, 0, max(0, 120 - int(place.width())), 0))
        self.setFixedHeight(28)
        self.setText(self._name())
        set_look(self, "")
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _name(self) -> str:
        frames = self._stage.graph.frames
        return frames[self._item].title if self._item in frames else self._stage.layer(self._item).name

    def _rename(self) -> None:
        renamed = self.text().strip() != self._name()
        if renamed and isinstance(self._editing.rename(self._item, self.text().strip()), Refusal):
            set_look(self, "", "bad")
            return
        self.close_up()

    def close_up(self) -> None:
        if self.isVisible():
            self.hide()
            self._stage.view.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # every key is the field's own while it is open
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self._leave()
        return False

    def _key(self, key: int) -> bool:
        """Enter must end here: a line edit lets it go on to the canvas, where it means search."""
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._rename()
        elif key == Qt.Key.Key_Escape:
            self.close_up()
        else:
            return False
        return True

    def _leave(self) -> None:
        """The focus went elsewhere: take the name if it can be taken."""
        self.hide()
        if self._item in self._stage.scene.nodes or self._item in self._stage.graph.frames:
            name = self.text().strip()
            if name and name != self._name():
                self._editing.rename(self._item, name)
