"""The outline's panel: a click shows a layer where it is drawn, and the canvas' selection is shown in it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QVBoxLayout, QWidget

from app.bridge.session import Session
from app.outline.tree import NAME, SHAPE, Tree
from graph_engine.document import MAIN

QUIET_MS: Final = 60  # after an edit: rows are not made anew at every step of a drag
ROW: Final = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class Outline(QWidget):
    """Every layer of the project, models unfolded where they are used."""

    revealed = Signal(str, str)  # graph, node
    entered = Signal(str)  # a graph: a model was opened

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._selected: tuple[str, str] = (MAIN, "")
        self.tree = Tree(session, self)
        self.view = QTreeView()
        self._unfolded: list[tuple[str, ...]] = []
        self._current: tuple[str, ...] = ()
        self._build()
        self._later = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._later.timeout.connect(self.refresh)
        session.documentChanged.connect(lambda *_: self._later.start())
        self.tree.modelAboutToBeReset.connect(self._remember)
        self.tree.modelReset.connect(self._restore)
        self.view.clicked.connect(self._reveal)
        self.view.activated.connect(self._enter)

    def _build(self) -> None:
        self.view.setModel(self.tree)
        self.view.setHeaderHidden(True)
        self.view.setUniformRowHeights(True)  # none is asked for its own: thousands open at once
        self.view.setIndentation(14)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.view.setExpandsOnDoubleClick(False)
        self.view.setAllColumnsShowFocus(True)
        self.view.setAccessibleName("Outline")
        header = self.view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(SHAPE, QHeaderView.ResizeMode.ResizeToContents)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 4, 0)
        column.addWidget(self.view)
        self.setFocusProxy(self.view)

    def refresh(self) -> None:
        """Nothing is done for whoever does not look."""
        if self.isVisible() and self.tree.refresh():
            self._show_selected()

    def show_selection(self, graph: str, nodes: tuple[str, ...]) -> None:
        """What is selected on the canvas."""
        self._selected = (graph, nodes[0] if len(nodes) == 1 else "")
        self._show_selected()

    def _show_selected(self) -> None:
        graph, node = self._selected
        here = self.tree.place(self.view.currentIndex())
        if not self.isVisible() or (here.graph, here.node) == (graph, node):
            return
        self.tree.refresh()
        index = self.tree.index_of(self.tree.way_of(graph, node)) if node else QModelIndex()
        self.view.selectionModel().setCurrentIndex(index, ROW)
        if index.isValid():
            self.view.scrollTo(index)

    def _reveal(self, index: QModelIndex) -> None:
        place = self.tree.place(index)
        self.revealed.emit(place.graph, place.node)

    def _enter(self, index: QModelIndex) -> None:
        """Enter or a double click: a model is opened, a layer shown."""
        inner = self.tree.place(index).inner
        self.entered.emit(inner) if inner else self._reveal(index)

    # What was unfolded stays so when rows are made anew

    def _remember(self) -> None:
        self._unfolded = self._open_below(QModelIndex())
        self._current = self.tree.place(self.view.currentIndex()).way

    def _restore(self) -> None:
        for way in self._unfolded:
            index = self.tree.index_of(way)
            if index.isValid():
                self.view.setExpanded(index, True)
        self.view.selectionModel().setCurrentIndex(self.tree.index_of(self._current), ROW)

    def _open_below(self, above: QModelIndex) -> list[tuple[str, ...]]:
        found = []
        for row in range(self.tree.rowCount(above)):
            index = self.tree.index(row, NAME, above)
            if self.view.isExpanded(index):
                found += [self.tree.place(index).way, *self._open_below(index)]
        return found

    def showEvent(self, event: QShowEvent, /) -> None:
        """What happened meanwhile."""
        super().showEvent(event)
        self.refresh()
        self._show_selected()
