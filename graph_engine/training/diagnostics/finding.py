"""What an autopsy found, placed in the drawing and put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from graph_engine.document import MAIN, Document, nested_graph, wiring
from graph_engine.kernels.program import Array
from graph_engine.runtime.tracing import Break
from graph_engine.training.diagnostics.causes import Cause, Setting, cause_of, lower_rate, rate_advice

MOST_ROWS: Final = 1000  # are told; more say nothing else


@dataclass(frozen=True, slots=True)
class Finding:
    """``graph``, ``node`` and ``wires``: what broke first, and what carries it; empty where no node did.

    ``rows`` count from 0 within the data, or the training rows where it is not known where these lie.
    ``learning_rate``: a lower one to try, where it is the cause.
    """

    message: str
    cause: str
    graph: str = MAIN
    node: str = ""
    wires: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    epoch: int = 0
    batch: int = 0
    learning_rate: float | None = None

    def fields(self) -> dict[str, Any]:
        """As JSON, for an event."""
        return {**asdict(self), "wires": list(self.wires), "rows": list(self.rows)}


@dataclass(frozen=True, slots=True)
class Scene:
    """The batch that broke: where it stands, and which rows it holds (empty: not known) of what ``ground`` says."""

    document: Document
    epoch: int
    batch: int
    rows: Sequence[int]
    setting: Setting
    ground: str = "training rows"

    @property
    def when(self) -> str:
        return f"in batch {self.batch + 1} of epoch {self.epoch + 1}"

    def describe(self, found: Break) -> Finding:
        if found.step is None:
            return self._entered(found)
        graph, node = self._place(found)
        cause = cause_of(found, self.setting)
        rows = self._rows(found.outputs[0])
        who = self._who(graph, node, found)
        message = f"{who} {cause.words} {self.when}{self._told_rows(rows)}. {cause.advice}"
        return self._finding(message, cause, graph, node, rows)

    def run_away(self, path: str) -> Finding:
        """Finite gradients, but weights that are not after the update."""
        graph, node = self._owner(path)
        words = f"The update of {self._name(graph, node)}'s weights overflows {self.when}"
        cause = Cause("learning_rate", words, rate_advice(self.setting))
        return self._finding(f"{words}. {cause.advice}", cause, graph, node, ())

    def lost(self, why: str) -> Finding:
        """It happened, and where is not known."""
        return Finding(
            f"The loss is not finite {self.when}. {why}", "unknown", epoch=self.epoch, batch=self.batch
        )

    def _finding(self, message: str, cause: Cause, graph: str, node: str, rows: tuple[int, ...]) -> Finding:
        lower = lower_rate(self.setting) if cause.code == "learning_rate" else None
        wires = self._wires(graph, node)
        return Finding(message, cause.code, graph, node, wires, rows, self.epoch, self.batch, lower)

    def _entered(self, found: Break) -> Finding:
        """It was there before anything was computed: in the data, or in a weight."""
        name, array = found.name, found.outputs[0]
        if found.kind == "parameter":
            graph, node = self._owner(name)
            words = (
                f"The weight {name.rpartition('/')[2]} of {self._name(graph, node)} is not finite {self.when}"
            )
            cause = Cause("weight", words, "Train again from fresh weights, with a lower learning rate.")
            return self._finding(f"{words}. {cause.advice}", cause, graph, node, ())
        kind, _, output = name.partition("/") if name not in self._names() else ("", "", name)
        node, rows = self._terminal(output), self._rows(array)
        what = {"": "The data of", "target": "The target of"}.get(kind, "The sample weight of")
        where = f"{self.when}{self._told_rows(rows)}{self._columns(node, array)}"
        words = f"{what} {output!r} is not finite {where}"
        cause = Cause("data", words, "Mend these rows, or add Impute or Clip to its steps.")
        return self._finding(f"{words}. {cause.advice}", cause, MAIN, node, rows)

    def _place(self, found: Break) -> tuple[str, str]:
        """The graph and the node that a step belongs to; for a step of a loss, the Output."""
        assert found.step is not None
        if found.step.node:
            return place_of(self.document, found.step.node)
        heads = [name.removeprefix("loss/") for name in found.results if name.startswith("loss/")]
        return MAIN, self._terminal(heads[0]) if heads else ""

    def _who(self, graph: str, node: str, found: Break) -> str:
        assert found.step is not None
        if not found.step.node:
            output = self._name(graph, node)
            return f"The loss of {output}" if node else "The loss"
        name = self._name(graph, node)
        return f"The gradient of {name}" if found.in_gradient else name

    def _name(self, graph: str, node: str) -> str:
        return repr(self.document.layer_of(graph, node).name) if node else "the model"

    def _names(self) -> set[str]:
        return {self.document.layer_of(MAIN, node).name for node in self.document.main.inputs}

    def _terminal(self, name: str) -> str:
        main = self.document.main
        ends = (*main.inputs, *main.outputs)
        return next((node for node in ends if self.document.layer_of(MAIN, node).name == name), "")

    def _owner(self, path: str) -> tuple[str, str]:
        """The first node that calls the layer a weight belongs to."""
        *models, layer = path.split("/")[:-1]
        graph = nested_graph(self.document.layers[models[-1]]) if models else MAIN
        nodes = self.document.graphs[graph or MAIN].nodes
        return graph or MAIN, next((key for key, node in nodes.items() if node.layer == layer), "")

    def _wires(self, graph: str, node: str) -> tuple[str, ...]:
        """Those that carry the value on; into an Output, those that brought it."""
        if not node:
            return ()
        wires = wiring(self.document.graphs[graph])
        leaving = wires.outgoing(node) or list(wires.incoming(node).values())
        return tuple(edge.id for edge in leaving)

    def _rows(self, array: Array) -> tuple[int, ...]:
        if not array.ndim or not len(self.rows) or len(array) != len(self.rows):
            return ()
        broken = ~np.isfinite(array).reshape(len(array), -1).all(axis=1)
        return tuple(int(self.rows[place]) for place in np.flatnonzero(broken)[:MOST_ROWS])

    def _told_rows(self, rows: tuple[int, ...]) -> str:
        """People count from 1."""
        if not rows:
            return ""
        first = f"row {rows[0] + 1:,} of the {self.ground}"
        if len(rows) == 1:
            return f", {first}"
        if len(rows) == len(self.rows):
            return ", in all of its rows"
        return f", in {len(rows)} of its {len(self.rows)} rows, first in {first}"

    def _columns(self, node: str, array: Array) -> str:
        """Which of the columns that stand side by side, where each is a number."""
        binding = self.document.data.bindings.get(node)
        if binding is None or array.ndim != 2 or len(binding.columns) != array.shape[1]:
            return ""
        broken = np.flatnonzero(~np.isfinite(array).all(axis=0))
        names = [binding.columns[place] for place in broken.tolist()]
        return f", column{'s' * (len(names) > 1)} {', '.join(map(repr, names))}"


def place_of(document: Document, place: str) -> tuple[str, str]:
    """The graph and the node of a place as programs name it: ids of Model layers, then the node."""
    *models, node = place.split("/")
    graph = nested_graph(document.layers[models[-1]]) if models and models[-1] in document.layers else MAIN
    if node not in document.graphs[graph or MAIN].nodes:
        return MAIN, ""
    return graph or MAIN, node
