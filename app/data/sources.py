"""The project's sources: which there are, and how each is read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import Any, Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.bridge.session import Session
from app.forms import Form
from app.theme import icon, label, round_popup, set_icon
from app.theme.tokens import ROW
from graph_engine.data import SOURCES
from graph_engine.document import Document, RemoveSource, SetSource, Source

ID: Final = Qt.ItemDataRole.UserRole
WIDTH: Final = 248


class Sources(QWidget):
    """A list, and below it the options of the chosen one. Every change is a command."""

    chosen = Signal()
    addAsked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.list = QListWidget()
        self.add = QPushButton("Add data\u2026")
        self.join = QPushButton("Join")
        self.remove = QPushButton()
        self.options: Form | None = None
        self._below = QVBoxLayout()
        self._build()
        self.list.currentItemChanged.connect(lambda *_: self._choose())
        self.add.clicked.connect(self.addAsked)
        self.remove.clicked.connect(self._remove)
        self.join.clicked.connect(self._offer_joins)

    def _build(self) -> None:
        self.setFixedWidth(WIDTH)
        self.list.setAccessibleName("Sources of data")
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        set_icon(self.add, "add", "dim")
        set_icon(self.remove, "trash", "dim")
        self.remove.setAccessibleName("Remove")
        self.remove.setToolTip("Remove this source; the file stays where it is")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.join.setToolTip(
            "Set the columns of another source beside those of this one, by a key that both have"
        )
        buttons.addWidget(self.add, 1)
        buttons.addWidget(self.join)
        buttons.addWidget(self.remove)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addWidget(self.list)
        column.addLayout(buttons)
        column.addLayout(self._below)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(label("Sources", "heading"))
        outer.addWidget(area, 1)

    @property
    def current(self) -> Source | None:
        item = self.list.currentItem()
        return None if item is None else self._session.document.data.sources.get(item.data(ID))

    def show_document(self, document: Document) -> None:
        """The chosen source stays chosen; one that is new is."""
        sources = document.data.sources
        known = [self.list.item(row).data(ID) for row in range(self.list.count())]
        if known != list(sources):
            self._fill(sources, known)
        self._choose()

    def _fill(self, sources: Any, known: list[str]) -> None:
        before = self.list.currentItem()
        wanted = next((key for key in sources if key not in known), before.data(ID) if before else None)
        self.list.blockSignals(True)
        self.list.clear()
        for key, source in sources.items():
            item = QListWidgetItem(icon("table", "dim"), title_of(source))
            item.setData(ID, key)
            item.setToolTip(source.path or title_of(source))
            item.setSizeHint(QSize(0, ROW))
            self.list.addItem(item)
            if key == wanted or self.list.currentItem() is None:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self.list.setFixedHeight(ROW * min(4, max(1, len(sources))) + 8)
        self.list.setVisible(bool(sources))

    def _choose(self) -> None:
        source = self.current
        self.remove.setVisible(source is not None)
        self.join.setVisible(source is not None and bool(self._others(source)))
        self._show_options(source)
        self.chosen.emit()

    def _show_options(self, source: Source | None) -> None:
        kind = SOURCES.get(SOURCES.aliases.get(source.kind.lower(), source.kind)) if source else None
        if self.options is not None and self.options.kind is not kind:
            self.options.hide()
            self.options.deleteLater()
            self.options = None
        if kind is None or source is None or not kind.params():
            return
        if self.options is None:
            self.options = Form(kind)
            self.options.edited.connect(self._on_option)
            self._below.addWidget(self.options)
        self.options.set_values({**self.options.defaults, **source.options})

    def _on_option(self, name: str, value: Any) -> None:
        source = self.current
        if source is not None:
            self._session.dispatch(SetSource(replace(source, options={**source.options, name: value})))

    def _others(self, source: Source) -> list[Source]:
        """What it could be joined with: other files."""
        found = self._session.document.data.sources.values()
        files = [other for other in found if other.path and other.kind != "Joined"]
        return [other for other in files if other.path != source.path] if source in files else []

    def _offer_joins(self) -> None:
        source = self.current
        if source is None:
            return
        menu = QMenu(self)
        round_popup(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        for other in self._others(source):
            menu.addAction(f"with {title_of(other)}").triggered.connect(partial(self._join, source, other))
        menu.popup(self.join.mapToGlobal(QPoint(0, self.join.height())))

    def _join(self, source: Source, other: Source) -> None:
        """A source of its own, which reads both files as they were told to be read; both sources stay."""
        told = {"reader": _reader(source), "other": other.path, "other_reader": _reader(other)}
        self._session.dispatch(SetSource(Source("", "Joined", source.path, told)))

    def _remove(self) -> None:
        source = self.current
        if source is not None:
            self._session.dispatch(RemoveSource(source.id))


def _reader(source: Source) -> dict[str, Any]:
    return {"type": source.kind, **source.options}


def title_of(source: Source) -> str:
    """The file's own name; what invents rows has none."""
    name = PurePath(source.path.removeprefix("sample:")).name or source.id
    return f"{name} + {PurePath(str(source.options['other'])).name}" if source.options.get("other") else name
