"""How long the canvas takes: every figure is from the call to the painted window, in milliseconds.

Run with `python -m benchmarks.canvas`; offscreen unless QT_QPA_PLATFORM says otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from statistics import median, quantiles
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from app import theme
from app.bridge.session import Session
from app.canvas.canvas import Canvas
from graph_engine.document import MAIN, Document, Edge, Graph, Layer, Node, Point, Port, Store

SIZES = (100, 1000, 3000)
WINDOW = (1400, 900)
ROUNDS = 40
FEATURES = 16


def residual_rows(count: int) -> Document:
    """One Input that feeds rows of Dense layers, every third of which is added to what came before it."""
    draft = _Draft()
    image = draft.node("Input", {"shape": [FEATURES]}, (), Point(0, 0))
    rows = max(1, round(count**0.5 / 1.4))  # about as wide as a window
    length = -(-count // rows)
    for row in range(rows):
        trunk = [image]
        for column in range(1, length):
            at = Point(200.0 * column, 120.0 * row)
            if column % 3 == 0 and column > 3:
                trunk.append(draft.node("Add", {}, (trunk[-3], trunk[-1]), at))
            else:
                trunk.append(draft.node("Dense", {"units": FEATURES}, (trunk[-1],), at))
    return draft.document()


class _Draft:
    """A document written down at once: by commands, 3,000 nodes would take minutes."""

    def __init__(self) -> None:
        self._layers: dict[str, Layer] = {}
        self._nodes: dict[str, Node] = {}
        self._edges: dict[str, Edge] = {}
        self._positions: dict[str, Point] = {}

    def node(self, kind: str, config: dict[str, object], sources: tuple[str, ...], at: Point) -> str:
        number = len(self._nodes)
        layer, node = f"l{number}", f"n{number}"
        self._layers[layer] = Layer(layer, kind, f"{kind.lower()}_{number}", MAIN, config)
        self._nodes[node] = Node(node, layer)
        self._positions[node] = at
        for index, source in enumerate(sources):
            port = str(index) if len(sources) > 1 else "input"
            edge = f"e{len(self._edges)}"
            self._edges[edge] = Edge(edge, Port(source, "output"), Port(node, port))
        return node

    def document(self) -> Document:
        graph = Graph(MAIN, MAIN, self._nodes, self._edges, ("n0",), positions=self._positions)
        return Document(self._layers, {MAIN: graph}, next_id=10 * len(self._nodes))


class Bench:
    """One canvas and the events that a person would send it."""

    def __init__(self, document: Document) -> None:
        self.canvas = Canvas(Session(Store(document)))
        self.canvas.resize(*WINDOW)
        self.canvas.show()
        self.settle()

    def settle(self) -> None:
        """Until everything is painted."""
        QApplication.processEvents()

    def times(self, act: Callable[[int], object], rounds: int = ROUNDS) -> list[float]:
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

    # What is measured

    def pan(self) -> list[float]:
        return self.times(lambda index: self.canvas.view.pan(QPoint(9 if index % 20 < 10 else -9, 4)))

    def zoom(self) -> list[float]:
        view = self.canvas.view
        return self.times(
            lambda index: view.zoom_to(view.scale_now * (1.06 if index % 20 < 10 else 1 / 1.06))
        )

    def fit(self) -> list[float]:
        def act(index: int) -> None:
            self.canvas.fit() if index % 2 else self.canvas.zoom_reset()

        return self.times(act)[1::2]

    def drag(self) -> list[float]:
        node = self.come_near()
        view = self.canvas.view
        start = view.view_point(self.canvas.scene.nodes[node].rect().center())
        self.send(QEvent.Type.MouseButtonPress, start)
        found = self.times(lambda i: self.send(QEvent.Type.MouseMove, start + QPointF(5 * i, 2 * i)))
        self.send(QEvent.Type.MouseButtonRelease, start + QPointF(200, 90))
        self.settle()
        return found

    def wire(self) -> list[float]:
        """A wire from a node over those around it."""
        node = self.come_near()
        view, nodes = self.canvas.view, self.canvas.scene.nodes
        start = view.view_point(nodes[node].spot("output", is_input=False))
        after = sorted((other for other in nodes if other != node), key=self._distance)[:ROUNDS]
        spots = [view.view_point(nodes[other].rect().center()) for other in after]
        self.send(QEvent.Type.MouseButtonPress, start)
        found = self.times(lambda i: self.send(QEvent.Type.MouseMove, spots[i % len(spots)]))
        self.canvas.view.cancel()
        self.send(QEvent.Type.MouseButtonRelease, start)
        self.settle()
        return found

    def undo(self) -> list[float]:
        session = self.canvas.session

        def act(index: int) -> None:
            session.redo() if index % 2 else session.undo()

        return self.times(act)

    def _distance(self, node: str) -> float:
        middle = self.canvas.view.visible().center()
        return (self.canvas.scene.nodes[node].rect().center() - middle).manhattanLength()

    def come_near(self) -> str:
        """The node that a view at 100 % then has in its middle; its neighbours fill the rest."""
        self.canvas.zoom_reset()
        nodes = self.canvas.scene.nodes
        middle = self.canvas.scene.bounds(list(nodes)).center()
        nearest = min(nodes, key=lambda node: (nodes[node].rect().center() - middle).manhattanLength())
        self.canvas.view.center(nodes[nearest].rect().center())
        self.settle()
        return nearest


def measure(count: int) -> dict[str, list[float]]:
    document = residual_rows(count)
    start = perf_counter()
    bench = Bench(document)
    found = {"open": [(perf_counter() - start) * 1000]}
    found["fit view"] = bench.fit()
    found["pan, all in sight"] = bench.pan()
    found["zoom, all in sight"] = bench.zoom()
    bench.come_near()
    found["pan at 100 %"] = bench.pan()
    found["zoom near 100 %"] = bench.zoom()
    found["drag one node"] = bench.drag()
    found["undo, redo the drag"] = bench.undo()
    found["wire over ports"] = bench.wire()
    bench.canvas.close()
    return found


def main(_arguments: Sequence[str] = ()) -> None:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, "dark")
    measure(10)  # fonts, icons and layers are loaded once
    results = {count: measure(count) for count in SIZES}
    print(f"{'median / p95 in ms':22}" + "".join(f"{f'{count:,} nodes':>20}" for count in SIZES))
    for name in results[SIZES[0]]:
        cells = (f"{median(found):.1f} / {_p95(found):.1f}" for found in (results[n][name] for n in SIZES))
        print(f"{name:22}" + "".join(f"{cell:>20}" for cell in cells))


def _p95(found: list[float]) -> float:
    return quantiles(found, n=20)[-1] if len(found) > 1 else found[0]


if __name__ == "__main__":
    main()
