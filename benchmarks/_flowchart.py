"""The same graphs on pyqtgraph's flowchart, a node editor that most scientists with Qt have.

It knows no shapes, undo or files of ours: what it can do is measured, at its most favourable: nodes that compute
nothing and are moved without a mouse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, Final

from pyqtgraph.flowchart import Flowchart, Node as ChartNode
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from benchmarks._canvas import ROUNDS, WINDOW, Times
from graph_engine.document import MAIN, Document, Graph

NAME: Final = "pyqtgraph's flowchart"


class _Still(ChartNode):  # type: ignore[misc]  # pyqtgraph ships no types
    """Two places of wires at most, and nothing to compute."""

    nodeName = "Still"  # noqa: N815 (pyqtgraph's own)

    def __init__(self, name: str, inputs: int) -> None:
        terminals: dict[str, dict[str, str]] = {f"in{index}": {"io": "in"} for index in range(inputs)}
        super().__init__(name, terminals=terminals | {"out": {"io": "out"}})

    def process(self, **_values: Any) -> dict[str, None]:
        return {"out": None}


def measure(document: Document) -> dict[str, Times]:
    start = perf_counter()
    chart, nodes = _build(document.graphs[MAIN])
    view, box = chart.widget().chartWidget.view, chart.viewBox
    view.setParent(None)
    view.resize(*WINDOW)
    view.show()
    _settle(view)
    found = {"open": [(perf_counter() - start) * 1000]}
    everything = box.childrenBoundingRect()

    def near() -> None:
        middle = everything.center()
        box.setRange(
            xRange=(middle.x() - WINDOW[0] / 2, middle.x() + WINDOW[0] / 2),
            yRange=(middle.y() - WINDOW[1] / 2, middle.y() + WINDOW[1] / 2),
            padding=0,
        )

    def fit(index: int) -> None:
        box.setRange(everything, padding=0.04) if index % 2 else near()

    def pan(index: int) -> None:
        unit = box.viewPixelSize()[0]
        box.translateBy(x=(9 if index % 20 < 10 else -9) * unit, y=4 * unit)

    def zoom(index: int) -> None:
        box.scaleBy((1.06, 1.06) if index % 20 < 10 else (1 / 1.06, 1 / 1.06))

    found["fit view"] = _times(view, fit)[1::2]
    found["pan, all in sight"] = _times(view, pan)
    found["zoom, all in sight"] = _times(view, zoom)
    near()
    _settle(view)
    found["pan at 100 %"] = _times(view, pan)
    found["zoom near 100 %"] = _times(view, zoom)
    near()
    _settle(view)
    middle = everything.center()
    items = [node.graphicsItem() for node in nodes.values()]
    nearest = min(items, key=lambda item: (item.pos() - middle).manhattanLength())
    found["drag one node"] = _times(view, lambda _index: nearest.moveBy(5, 2))
    view.close()
    return found


def _build(graph: Graph) -> tuple[Any, Mapping[str, Any]]:
    chart = Flowchart(terminals={})
    feeds: dict[str, list[str]] = {node: [] for node in graph.nodes}
    for edge in graph.edges.values():
        feeds[edge.target.node].append(edge.source.node)
    nodes = {node: _Still(node, len(sources)) for node, sources in feeds.items()}
    for name, node in nodes.items():
        chart.addNode(node, name, list(graph.positions[name]))
    for name, sources in feeds.items():
        for index, source in enumerate(sources):
            chart.connectTerminals(nodes[source]["out"], nodes[name][f"in{index}"])
    return chart, nodes


def _settle(view: Any) -> None:
    QApplication.processEvents()
    QApplication.sendEvent(view.window(), QEvent(QEvent.Type.UpdateRequest))


def _times(view: Any, act: Callable[[int], object]) -> Times:
    found = []
    for index in range(ROUNDS):
        start = perf_counter()
        act(index)
        _settle(view)
        found.append((perf_counter() - start) * 1000)
    return found
