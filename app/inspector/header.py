"""What a page is about: an icon, a name that can be changed, a line of docs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.bridge.session import Session
from app.forms import Field
from app.inspector.parts import column
from app.theme import appearance, current, label, pixmap, set_look
from app.theme.tokens import FAMILIES
from graph_engine.document import Command, Refusal

_ICON = 20
Renaming = Callable[[str], Command]


class Header(QWidget):
    """The name is a field that looks like a headline. A name that cannot be is refused while it is typed."""

    def __init__(
        self, session: Session, family: str, renaming: Renaming | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._family, self._renaming = session, family, renaming
        self._shown = ""
        self.field = Field()
        self.docs = label("", "small")
        self.formula = label("", "mono", selectable=True)
        self.fault = label("", "bad")
        self._icon = QLabel()
        self._build()
        self._set_icon()
        appearance().changed.connect(self._set_icon)

    def _build(self) -> None:
        set_look(self.field, "headline")
        self.field.setAccessibleName("Name")
        self.field.setReadOnly(self._renaming is None)
        self.field.setFocusPolicy(
            Qt.FocusPolicy.NoFocus if self._renaming is None else Qt.FocusPolicy.StrongFocus
        )
        self.field.textEdited.connect(self._on_text)
        self.field.finished.connect(self._on_finished)
        self.field.reverted.connect(
            lambda: self.show_name(self._shown, self.docs.text(), self.formula.text())
        )
        for words in (self.docs, self.formula, self.fault):
            words.setWordWrap(True)
            words.setTextFormat(Qt.TextFormat.PlainText)
        self.fault.hide()
        words_column = column(spacing=0)
        words_column.addWidget(self.field)
        words_column.addWidget(self.fault)
        words_column.addWidget(self.docs)
        words_column.addWidget(self.formula)
        # The field's own padding would set its text apart from the line below.
        self.docs.setContentsMargins(5, 0, 0, 0)
        self.formula.setContentsMargins(5, 6, 0, 0)
        self.fault.setContentsMargins(5, 0, 0, 4)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words_column, 1)

    def show_name(self, name: str, docs: str, formula: str = "") -> None:
        """Shows a name; one that is being typed stays until the name behind it changes."""
        self.formula.setText(formula)
        self.formula.setVisible(bool(formula))
        self.docs.setText(docs)
        self.docs.setVisible(bool(docs))
        if name == self._shown and self.field.hasFocus() and self.field.isModified():
            return
        self._shown = name
        self.field.setText(name)
        self.field.setCursorPosition(0)
        self._tell("")

    def _set_icon(self) -> None:
        known = self._family in FAMILIES
        color = current().family(self._family)
        name = self._family if known else "unknown"
        self._icon.setPixmap(pixmap(name, color, _ICON, self.devicePixelRatioF()))
        self._icon.setFixedHeight(28)

    def _tell(self, fault: str) -> None:
        self.field.set_bad(bool(fault))
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))

    def _on_text(self, text: str) -> None:
        self._tell(self._refusal(text))

    def _refusal(self, text: str) -> str:
        if self._renaming is None or text == self._shown:
            return ""
        answer = self._renaming(text).apply(self._session.document)
        return answer.reason if isinstance(answer, Refusal) else ""

    def _on_finished(self) -> None:
        text = self.field.text()
        if self._renaming is not None and text != self._shown and not self._refusal(text):
            self.field.setModified(False)
            self._session.dispatch(self._renaming(text))
