"""What lies over the canvas' upper edge: the way into nested models, and how many problems there are."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app import theme
from app.canvas.canvas import Canvas
from graph_engine.document import MAIN, Document, called_graphs


def way_to(document: Document, graph: str) -> tuple[str, ...]:
    """The graphs from the main one to this one, by the shortest way."""
    ways: dict[str, tuple[str, ...]] = {MAIN: (MAIN,)}
    todo = [MAIN]
    while todo and graph not in ways:
        here = todo.pop(0)
        for inner in called_graphs(document, here):
            if inner not in ways:
                ways[inner] = (*ways[here], inner)
                todo.append(inner)
    return ways.get(graph, (MAIN,))


class Overlay(QWidget):
    """Lies on the canvas and moves with it; between its buttons the canvas can be reached."""

    MARGIN = 12

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.crumbs: list[QPushButton] = []
        self.pill = QPushButton()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._row.addStretch(1)
        self._row.addWidget(self.pill)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
        canvas.installEventFilter(self)
        canvas.scene.shown.connect(self.refresh)
        self.show_counts(0, 0)
        self.refresh()

    def add(self, button: QPushButton) -> None:
        """At the left of the problems."""
        self._row.insertWidget(self._row.count() - 1, button)
        self._row.insertSpacing(self._row.count() - 1, 6)
        self._lay()

    def show_counts(self, errors: int, warnings: int) -> None:
        """Quiet where there is nothing to say."""
        state = "bad" if errors else "warn" if warnings else "ok"
        texts = [
            f"{count} {word}{'' if count == 1 else 's'}"
            for count, word in ((errors, "problem"), (warnings, "hint"))
            if count
        ]
        self.pill.setText(", ".join(texts) or "no problems")
        theme.set_icon(self.pill, {"bad": "problem", "warn": "warn", "ok": "ok"}[state], state)
        theme.set_look(self.pill, "pill", state)

    def refresh(self) -> None:
        """Shows where the canvas is."""
        document = self._canvas.session.document
        for old in self.crumbs:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.crumbs = [
            self._crumb(graph, document.graphs[graph].name) for graph in way_to(document, self._canvas.graph)
        ]
        for place, crumb in enumerate(self.crumbs):
            self._row.insertWidget(place, crumb)
        self._lay()

    def _crumb(self, graph: str, name: str) -> QPushButton:
        here = graph == self._canvas.graph
        crumb = QPushButton(name if graph == MAIN else f"\u203a  {name}")
        theme.set_look(crumb, "crumb", "here" if here else "")
        crumb.setEnabled(not here)
        crumb.clicked.connect(lambda: setattr(self._canvas, "graph", graph))
        return crumb

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """Follows the canvas' width."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self._lay()
        return super().eventFilter(watched, event)

    def _lay(self) -> None:
        width = self._canvas.width() - 2 * self.MARGIN
        self.setGeometry(self.MARGIN, self.MARGIN, max(width, 0), self._row.sizeHint().height())
        self.raise_()
