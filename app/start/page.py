"""The page: at the left what was, at the right what could be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app import theme
from app.canvas.thumbnail import thumbnail
from app.recovery import Orphan
from app.settings import Settings
from app.start.card import PICTURE, WIDTH, Card
from app.start.row import Row
from app.theme import appearance
from graph_engine.templates import TEMPLATES

LEFT = 300
GAP = 16


class StartPage(QWidget):
    """Decides nothing: it says what is wanted."""

    templateChosen = Signal(str)
    emptyChosen = Signal()
    openChosen = Signal()
    fileChosen = Signal(Path)
    recoveryChosen = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._unsaved = QVBoxLayout()
        self._recent = QVBoxLayout()
        self.cards: dict[str, Card] = {}
        self.rows: list[Row] = []
        self.recoveries: list[Row] = []
        self._pictured = ""
        self._area = QScrollArea()
        self._grid = QGridLayout()
        self._columns = 0
        self._later = QTimer(self, interval=0)
        self._waiting: list[Card] = []
        self._later.timeout.connect(self._draw_next)
        self._build()
        self.show_recoveries(())
        appearance().changed.connect(self._draw)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._left())
        row.addWidget(theme.separator(vertical=True))
        row.addWidget(self._right(), 1)

    def _left(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(LEFT)
        column = QVBoxLayout(side)
        column.setContentsMargins(24, 32, 24, 24)
        column.setSpacing(8)
        column.addWidget(theme.label("Layerloom", "display"))
        words = theme.label("Draw a neural network, and it is one.", "dim")
        words.setWordWrap(True)
        column.addWidget(words)
        column.addSpacing(12)
        for text, icon, signal in (
            ("New empty model", "new", self.emptyChosen),
            ("Open\u2026", "open", self.openChosen),
        ):
            button = QPushButton(text)
            theme.set_icon(button, icon)
            button.clicked.connect(signal)
            column.addWidget(button)
        column.addSpacing(16)
        self._unsaved.setSpacing(2)
        self._recent.setSpacing(2)
        column.addLayout(self._unsaved)
        column.addLayout(self._recent)
        column.addStretch(1)
        return side

    def _right(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(16)
        column.addWidget(theme.label("Start from a template", "headline"))
        self._grid.setSpacing(GAP)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        for name, template in TEMPLATES.items():
            self.cards[name] = card = Card(template)
            card.chosen.connect(self.templateChosen)
        column.addLayout(self._grid)
        column.addStretch(1)
        self._area.setWidget(content)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return self._area

    def show_recoveries(self, orphans: Sequence[Orphan]) -> None:
        """Unsaved work of windows that are gone."""
        self.recoveries = []
        _empty(self._unsaved)
        if not orphans:
            return
        self._unsaved.addWidget(theme.label("Unsaved work", "heading"))
        for orphan in orphans:
            row = Row(orphan.found.origin.name, orphan.words, "history")
            row.chosen.connect(partial(self.recoveryChosen.emit, orphan))
            row.offer("trash", "Discard", partial(self._discard, orphan, row))
            self._unsaved.addWidget(row)
            self.recoveries.append(row)
        self._unsaved.addSpacing(12)

    def _discard(self, orphan: Orphan, row: Row, _checked: bool = False) -> None:
        orphan.discard()
        row.hide()

    def refresh(self) -> None:
        """The recent files, as they are now."""
        self.rows = []
        _empty(self._recent)
        self._recent.addWidget(theme.label("Recent", "heading"))
        for file in self._settings.recent:
            row = Row(file.name, _folder(file), "file")
            row.setEnabled(file.exists())
            row.chosen.connect(partial(self.fileChosen.emit, file))
            self._recent.addWidget(row)
            self.rows.append(row)
        if not self.rows:
            nothing = theme.label("What you open or save is listed here.", "faint")
            nothing.setWordWrap(True)
            self._recent.addWidget(nothing)

    # Pictures: one whenever there is time, so that the page itself is there at once

    def _draw(self) -> None:
        self._pictured = theme.current().name
        self._waiting = list(self.cards.values())
        self._later.start()

    def _draw_next(self) -> None:
        if not self._waiting:
            self._later.stop()
            return
        card = self._waiting.pop(0)
        card.show_picture(thumbnail(card.template.document(), PICTURE, self.devicePixelRatioF()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        if self._pictured != theme.current().name:
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - LEFT - 64 - 16
        columns = max(1, (room + GAP) // (WIDTH + GAP))
        if columns != self._columns:
            self._columns = columns
            for place, card in enumerate(self.cards.values()):
                self._grid.addWidget(card, place // columns, place % columns)


def _empty(layout: QVBoxLayout) -> None:
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()


def _folder(file: Path) -> str:
    if not file.exists():
        return "is no longer there"
    try:
        return f"~/{file.parent.relative_to(Path.home())}"
    except ValueError:
        return str(file.parent)
