"""The canvas widget: what the rest of the window asks of the drawing, and how the drawing follows the session."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.bridge.session import Session
from app.canvas.picture import picture
from app.canvas.scene import CanvasScene
from app.canvas.view import CanvasView
from app.theme import appearance
from graph_engine.analysis import Analysis
from graph_engine.document import MAIN, Change

STEP = 1.25  # of one zoom command


class Canvas(QWidget):
    """One graph of the open document."""

    selectionEdited = Signal(object)  # the ids of the selected nodes, as a tuple
    messaged = Signal(str)  # a sentence for the status bar; empty when there is nothing more to say

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.scene = CanvasScene(self)
        self.view = CanvasView(self.scene, self)
        self.setFocusProxy(self.view)
        self._graph = MAIN
        self._fitted = False
        self.scene.selectionEdited.connect(lambda: self.selectionEdited.emit(self.selected_nodes()))
        session.documentChanged.connect(self._follow)
        appearance().changed.connect(self._redress)
        self._show()

    # What is shown

    @property
    def graph(self) -> str:
        """The id of the graph that is shown."""
        return self._graph

    @graph.setter
    def graph(self, graph: str) -> None:
        if graph != self._graph and graph in self.session.document.graphs:
            self._graph = graph
            self._show()
            self.fit()

    def selected_nodes(self) -> tuple[str, ...]:
        return self.scene.selected_nodes()

    def selected_wires(self) -> tuple[str, ...]:
        return self.scene.selected_wires()

    def select(self, ids: Iterable[str]) -> None:
        self.scene.select(ids)

    def reveal(self, node: str) -> None:
        """Selects a node and brings it into the middle."""
        if node in self.scene.nodes:
            self.scene.select((node,))
            self.view.center(self.scene.nodes[node].rect().center())

    def set_running(self, nodes: Collection[str]) -> None:
        self.scene.set_running(nodes)

    def picture(self, scale: float = 2.0) -> QImage:
        """The whole graph as a picture."""
        return picture(self.scene, scale)

    # Zoom

    def fit(self, selection: bool = False) -> None:
        """Shows all of the graph, or all that is selected."""
        self.view.frame(self.scene.bounds(self.selected_nodes() if selection else ()))

    def zoom_in(self) -> None:
        self.view.zoom_to(self.view.scale_now * STEP)

    def zoom_out(self) -> None:
        self.view.zoom_to(self.view.scale_now / STEP)

    def zoom_reset(self) -> None:
        self.view.zoom_to(1.0)

    # Following the session

    def _follow(self, change: Change, analysis: Analysis) -> None:
        opened = not change.label
        if self._graph not in change.after.graphs or opened:
            self._graph = MAIN
        self._show()
        if opened:
            self.fit()
        elif change.created:
            self.scene.select(change.created)

    def _show(self) -> None:
        self.scene.show_graph(self.session.document, self.session.analysis, self._graph)

    def _redress(self) -> None:
        self.scene.redress()
        self.view.viewport().update()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if not self._fitted:
            self._fitted = True
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.view.setGeometry(self.rect())
