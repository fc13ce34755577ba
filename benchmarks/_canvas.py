"""One canvas, and a hand that works it: every figure is from the call to the painted window, in milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from app.bridge.session import Session
from app.canvas.canvas import Canvas
from graph_engine.document import MAIN, Configure, Document, Store
from graph_engine.project import Project, load, save

WINDOW: Final = (1400, 900)
ROUNDS: Final = 40
FEW: Final = 6  # of what takes long
MANY: Final = 200  # nodes in one drag
PASTED: Final = 500

Times = list[float]


class Hand:
    """Sends the canvas what a person would, and waits until everything is painted."""

    def __init__(self, session: Session) -> None:
        self.canvas = Canvas(session)
        self.canvas.resize(*WINDOW)
        self.canvas.show()
        self.settle()

    def settle(self) -> None:
        """What was asked to be painted is painted now: screens ask for it some milliseconds later."""
        QApplication.processEvents()
        QApplication.sendEvent(self.canvas.window(), QEvent(QEvent.Type.UpdateRequest))

    def times(self, act: Callable[[int], object], rounds: int = ROUNDS) -> Times:
        found = []
        for index in range(rounds):
            start = perf_counter()
            act(index)
            self.settle()
            found.append((perf_counter() - start) * 1000)
        return found

    def send(self, kind: QEvent.Type, at: QPointF) -> None:
        moving, left, none = kind == QEvent.Type.MouseMove, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        held = none if kind == QEvent.Type.MouseButtonRelease else left
        viewport = self.canvas.view.viewport()
        keys = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, at, viewport.mapToGlobal(at), none if moving else left, held, keys)
        QApplication.sendEvent(viewport, event)

    # Moving about

    def pan(self) -> Times:
        return self.times(lambda index: self.canvas.view.pan(QPoint(9 if index % 20 < 10 else -9, 4)))

    def zoom(self) -> Times:
        view = self.canvas.view
        return self.times(
            lambda index: view.zoom_to(view.scale_now * (1.06 if index % 20 < 10 else 1 / 1.06))
        )

    def fit(self) -> Times:
        def act(index: int) -> None:
            self.canvas.fit() if index % 2 else self.canvas.zoom_reset()

        return self.times(act)[1::2]

    def come_near(self) -> str:
        """The node that a view at 100 % then has in its middle; its neighbours fill the rest."""
        self.canvas.zoom_reset()
        nodes = self.canvas.scene.nodes
        middle = self.canvas.scene.bounds(list(nodes)).center()
        nearest = min(nodes, key=lambda node: (nodes[node].rect().center() - middle).manhattanLength())
        self.canvas.view.center(nodes[nearest].rect().center())
        self.settle()
        return nearest

    # Editing

    def drag(self) -> Times:
        return self._drag(self.come_near())

    def drag_many(self) -> Times:
        """As many as one takes along who has selected a good part of a graph."""
        node = self.come_near()
        self.canvas.select(self._around(MANY))
        found = self._drag(node)
        self.canvas.select(())
        return found

    def _drag(self, node: str) -> Times:
        start = self.canvas.view.view_point(self.canvas.scene.nodes[node].rect().center())
        self.send(QEvent.Type.MouseButtonPress, start)
        found = self.times(lambda i: self.send(QEvent.Type.MouseMove, start + QPointF(5 * i, 2 * i)))
        self.send(QEvent.Type.MouseButtonRelease, start + QPointF(200, 90))
        self.settle()
        return found

    def wire(self) -> Times:
        """A wire from a node over those around it."""
        node = self.come_near()
        view, nodes = self.canvas.view, self.canvas.scene.nodes
        start = view.view_point(nodes[node].spot("output", is_input=False))
        spots = [view.view_point(nodes[other].rect().center()) for other in self._around(ROUNDS)[1:]]
        self.send(QEvent.Type.MouseButtonPress, start)
        found = self.times(lambda i: self.send(QEvent.Type.MouseMove, spots[i % len(spots)]))
        self.canvas.view.cancel()
        self.send(QEvent.Type.MouseButtonRelease, start)
        self.settle()
        return found

    def undo(self) -> Times:
        """The last edit, undone and done again."""
        session = self.canvas.session
        return self.times(lambda index: session.redo() if index % 2 else session.undo())

    def configure(self) -> Times:
        """A parameter in the middle of the graph is set: shapes behind it stay what they were."""
        document = self.canvas.session.document
        layer = document.layers[document.graphs[MAIN].nodes[self.come_near()].layer]
        values = ("relu", "tanh")
        return self.times(
            lambda index: self.canvas.session.dispatch(
                Configure((layer.id,), "activation", values[index % 2], gesture=str(index))
            )
        )

    def paste(self) -> Times:
        """A good part of the graph once more, undone before the next time."""
        self.canvas.select(self._around(PASTED))
        self.canvas.copy()
        found = []
        for _ in range(FEW):
            found += self.times(lambda _index: self.canvas.paste(), 1)
            self.canvas.session.undo()
            self.settle()
        self.canvas.select(())
        return found

    def _around(self, count: int) -> list[str]:
        """The nodes nearest to the middle of the view."""
        middle, nodes = self.canvas.view.visible().center(), self.canvas.scene.nodes
        return sorted(nodes, key=lambda node: (nodes[node].rect().center() - middle).manhattanLength())[
            :count
        ]


def analysed(document: Document) -> Times:
    """The same edit without a canvas: from the command to the shapes and problems that follow from it."""
    session = Session(Store(document))
    layers = [layer for layer in document.layers.values() if layer.type in ("Dense", "Conv2D")]
    middle, found = layers[len(layers) // 2].id, []
    for index in range(ROUNDS):
        start = perf_counter()
        session.dispatch(Configure((middle,), "activation", ("relu", "tanh")[index % 2], gesture=str(index)))
        found.append((perf_counter() - start) * 1000)
    return found


def kept(document: Document, folder: Path) -> tuple[Times, Times]:
    """To write a project's file, and to have it open again: read, analysed, laid out, painted."""
    file, saved, opened = folder / "large.loom", [], []
    for _ in range(FEW):
        start = perf_counter()
        save(file, Project(document))
        saved.append((perf_counter() - start) * 1000)
        start = perf_counter()
        hand = Hand(Session(Store(load(file).document)))
        opened.append((perf_counter() - start) * 1000)
        let_go([hand.canvas])
    return saved, opened


def let_go(canvases: Iterable[Canvas]) -> None:
    for canvas in canvases:
        canvas.close()
        canvas.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def measure(document: Document, folder: Path) -> dict[str, Times]:
    """By what a hand does, the milliseconds each time took."""
    saved, opened = kept(document, folder)
    found = {"save": saved, "open": opened, "edit to analysis": analysed(document)}
    hand = Hand(Session(Store(document)))
    found["fit view"] = hand.fit()
    found["pan, all in sight"] = hand.pan()
    found["zoom, all in sight"] = hand.zoom()
    hand.come_near()
    found["pan at 100 %"] = hand.pan()
    found["zoom near 100 %"] = hand.zoom()
    found["drag one node"] = hand.drag()
    found["undo, redo the drag"] = hand.undo()
    found[f"drag {MANY} nodes"] = hand.drag_many()
    found["wire over ports"] = hand.wire()
    found["set a parameter"] = hand.configure()
    found[f"paste {PASTED} nodes"] = hand.paste()
    let_go([hand.canvas])
    return found
