"""The dock's content: the page that fits what is selected, kept in step with the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.bridge.session import Session
from app.inspector.node_page import NodePage
from app.inspector.other_pages import MixedPage, SummaryPage
from app.inspector.parts import column
from graph_engine.analysis import Analysis
from graph_engine.document import MAIN, Change

Page = SummaryPage | NodePage | MixedPage


class Inspector(QWidget):
    """Shows a selection. Nodes that are gone leave it by themselves."""

    entered = Signal(str)  # the graph of a model layer is wanted on the canvas

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._graph = MAIN
        self._nodes: tuple[str, ...] = ()
        self._about: object = None
        self._values: Mapping[str, npt.NDArray[Any]] = {}
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = column(self)
        outer.addWidget(self._area)
        self.page: Page = self._make()
        self._place(self.page)
        session.documentChanged.connect(self._on_change)

    def add_foot(self, foot: QWidget) -> None:
        """Something that stays below every page."""
        layout = self.layout()
        assert layout is not None, "made with the inspector"
        layout.addWidget(foot)

    def sizeHint(self) -> QSize:
        """Wide enough for a form."""
        return QSize(284, 600)

    def show_selection(self, graph: str, nodes: tuple[str, ...]) -> None:
        """What the person looks at: nodes of a graph, or the graph itself when there are none."""
        self._graph, self._nodes = graph, tuple(nodes)
        self._settle()

    def show_values(self, values: Mapping[str, npt.NDArray[Any]]) -> None:
        """What training has made of the weights, by path; empty where nothing was trained."""
        if values is self._values:
            return
        self._values = values
        if isinstance(self.page, NodePage):
            self.page.values = values
        self._settle()

    def focus_name(self) -> None:
        """Puts the cursor into the name, all of it selected: what F2 asks for."""
        if isinstance(self.page, (NodePage, SummaryPage)):
            self.page.header.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.page.header.field.selectAll()

    def _on_change(self, _change: Change, _analysis: Analysis) -> None:
        self._settle()

    def _settle(self) -> None:
        """Refreshes the page, or makes another one where it is about something else."""
        graphs = self._session.document.graphs
        self._graph = self._graph if self._graph in graphs else MAIN
        self._nodes = tuple(node for node in self._nodes if node in graphs[self._graph].nodes)
        if self._subject() == self._about:
            self.page.refresh()
        else:
            self.page = self._make()
            self._place(self.page)

    def _subject(self) -> object:
        """What a page is made for: it can show every change but one of these."""
        document = self._session.document
        records = [document.layer_of(self._graph, node) for node in self._nodes]
        return self._graph, self._nodes, tuple((record.id, record.type) for record in records)

    def _make(self) -> Page:
        self._about = self._subject()
        document = self._session.document
        types = {document.layer_of(self._graph, node).type for node in self._nodes}
        if not types:
            return SummaryPage(self._session, self._graph)
        if len(types) > 1:
            return MixedPage(self._session, self._graph, self._nodes)
        page = NodePage(self._session, self._graph, self._nodes)
        page.entered.connect(self.entered)
        page.values = self._values
        page.refresh()
        return page

    def _place(self, page: Page) -> None:
        """The page before goes later: the change that ends it may come from one of its own buttons."""
        before = self._area.takeWidget()
        if before is not None:
            before.hide()
            before.deleteLater()
        framed = QWidget()
        frame = QVBoxLayout(framed)
        frame.setContentsMargins(16, 12, 16, 16)
        frame.addWidget(page)
        self._area.setWidget(framed)
