"""The sheet of shortcuts: every action with its keys, by menu. A click on keys gives the action others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.actions import MENUS, entries
from app.canvas.actions import MOUSE
from app.entries import Entry, sequences
from app.widgets.fuzzy import ranked
from app.widgets.search_field import SearchField

if TYPE_CHECKING:
    from app.window import Window

ALONE: Final = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
HINT: Final = "Click keys to change them; Backspace takes them away, Esc leaves them."


class KeyButton(QPushButton):
    """Keys of one action. After a click the next keys pressed are taken instead."""

    captured = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._keys = ""
        self._listening = False
        theme.set_look(self, "keys")
        self.setAccessibleName(f"Keys of {title}")
        self.clicked.connect(self._listen)

    def show_keys(self, keys: str) -> None:
        self._keys, self._listening = keys, False
        self.setText(native(keys) or "\u2013")

    def _listen(self) -> None:
        self._listening = True
        self.setText("Press keys\u2026")

    def event(self, event: QEvent) -> bool:
        if self._listening and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if self._listening and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._take(event)  # before Qt: Tab would move the focus
            return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ALONE:
            return
        keys = self._keys
        if key == Qt.Key.Key_Backspace:
            keys = ""
        elif key != Qt.Key.Key_Escape:
            keys = QKeySequence(event.keyCombination()).toString()
        before = self._keys
        self.show_keys(before)
        if keys != before:
            self.captured.emit(keys)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.show_keys(self._keys)


class Sheet(QDialog):
    """Beside the work, not in its way."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.field = SearchField("Find an action")
        self.buttons: dict[str, KeyButton] = {}
        self._rows: list[tuple[str, tuple[QWidget, ...]]] = []
        self._headings: list[tuple[QWidget, list[tuple[QWidget, ...]]]] = []
        self.said = theme.label(HINT, "dim")
        self.said.setWordWrap(True)
        self._build()
        self._refresh()
        self.field.textChanged.connect(self._narrow)
        self.resize(760, 680)

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for title, groups in MENUS.items():
            found = [entry for group in groups for entry in group if isinstance(entry, Entry)]
            if found:
                self._heading(grid, title)
                for entry in found:
                    self._row(grid, entry)
        self._heading(grid, "Mouse")
        for gesture, what in MOUSE:
            self._add(grid, f"{gesture} {what}", theme.label(gesture), theme.label(what, "dim"))
        sheet = QWidget()
        sheet.setLayout(grid)
        area = QScrollArea()
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        reset = QPushButton("Restore all keys")
        reset.clicked.connect(self._reset)
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(self.said, 1)
        foot.addWidget(reset)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.field)
        column.addWidget(area, 1)
        column.addLayout(foot)

    def _heading(self, grid: QGridLayout, title: str) -> None:
        heading = theme.label(title, "heading")
        heading.setContentsMargins(0, 12, 0, 2)
        grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
        self._headings.append((heading, []))

    def _row(self, grid: QGridLayout, entry: Entry[Window]) -> None:
        button = KeyButton(entry.title)
        button.captured.connect(lambda keys: self._give(entry, keys))
        self.buttons[entry.id] = button
        self._add(grid, entry.title, theme.label(entry.title.rstrip("\u2026")), button)

    def _add(self, grid: QGridLayout, words: str, left: QWidget, right: QWidget) -> None:
        row = grid.rowCount()
        grid.addWidget(left, row, 0)
        grid.addWidget(right, row, 1, Qt.AlignmentFlag.AlignLeft)
        self._rows.append((words, (left, right)))
        self._headings[-1][1].append((left, right))

    def _narrow(self, typed: str) -> None:
        for words, widgets in self._rows:
            for widget in widgets:
                widget.setVisible(bool(ranked(typed, (words,))))
        for heading, rows in self._headings:
            heading.setVisible(any(not left.isHidden() for left, _ in rows))

    def _give(self, entry: Entry[Window], keys: str) -> None:
        """Keys mean one thing: those of another action are refused."""
        other = next(
            (name for name, used in keys_in_use(self._window) if keys and used == keys and name != entry.id),
            "",
        )
        if other:
            title = next(one.title for one in entries() if one.id == other)
            self.said.setText(
                f"{native(keys)} already means \u201c{title}\u201d. Give that other keys first."
            )
            return
        self._window.settings.keep_keys(entry.id, None if keys == entry.keys else keys)
        self._apply()

    def _reset(self) -> None:
        for name in self._window.settings.keys:
            self._window.settings.keep_keys(name, None)
        self._apply()

    def _apply(self) -> None:
        self._window.actions_.set_keys(self._window.settings.keys)
        self.said.setText(HINT)
        self._refresh()

    def _refresh(self) -> None:
        for name, button in self.buttons.items():
            button.show_keys(keys_of(self._window, name))


def keys_of(window: Window, name: str) -> str:
    """The keys an action has now, as the table writes them."""
    return QKeySequence.listToString(window.actions_[name].shortcuts())


def keys_in_use(window: Window) -> Iterator[tuple[str, str]]:
    """Every single combination with the action that it triggers."""
    for entry in entries():
        for keys in window.actions_[entry.id].shortcuts():
            yield entry.id, keys.toString()


def native(keys: str) -> str:
    """Keys as this system writes them."""
    return "  or  ".join(part.toString(QKeySequence.SequenceFormat.NativeText) for part in sequences(keys))
