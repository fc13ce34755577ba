"""What a node shows, worked out from document and analysis once per change; painting only reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph_engine.analysis import NodeInfo, PortInfo, Problem
from graph_engine.document import MODEL, OUTPUT, Layer, Node
from graph_engine.document.edits.replacing import is_default_name
from graph_engine.layers.base import LAYERS

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PortCard:
    name: str
    label: str
    shape: str  # empty while unknown
    connected: bool
    dtype: str = ""
    aside: bool = False  # an optional port that nothing is wired to: small, at the lower edge


@dataclass(frozen=True, slots=True)
class Card:
    """One node as drawn. Equal cards are drawn alike, so an unchanged one costs nothing."""

    kind: str  # the layer's type
    title: str
    line: str
    count: str
    shape: str
    family: str
    inputs: tuple[PortCard, ...]
    outputs: tuple[PortCard, ...]
    problem: str = ""  # "error", "warning" or nothing
    sentences: tuple[str, ...] = ()
    shared: int = 1
    mark: int = 0  # tells shared layers apart
    frozen: bool = False
    bypassed: bool = False
    nested: bool = False
    merge: str = ""  # "join" where inputs are combined element by element, "stack" where put side by side

    @property
    def input_names(self) -> tuple[str, ...]:
        """Those at the side of the card."""
        return tuple(port.name for port in self.inputs if not port.aside)

    @property
    def aside_names(self) -> tuple[str, ...]:
        return tuple(port.name for port in self.inputs if port.aside)

    @property
    def output_names(self) -> tuple[str, ...]:
        return tuple(port.name for port in self.outputs)

    def port(self, name: str, is_input: bool) -> PortCard | None:
        ports = self.inputs if is_input else self.outputs
        return next((port for port in ports if port.name == name), None)


def card_of(
    record: Layer, node: Node, info: NodeInfo, fed: frozenset[str], problems: Sequence[Problem]
) -> Card:
    """``fed``: the output ports that a wire leaves."""
    inputs = tuple(_port(port, port.connected) for port in info.inputs)
    outputs = tuple(_port(port, port.name in fed) for port in info.outputs)
    if record.type == OUTPUT:  # analysis tells what leaves the graph here; on the canvas no wire leaves it
        outputs = ()
    title = title_of(record)
    return Card(
        kind=record.type,
        title=title,
        line=info.line if info.line not in ("", title) else _default_line(record),
        count=humanised(info.parameters) if info.parameters else "",
        shape=_shown_shape(outputs or inputs),
        family=family_of(record.type),
        inputs=inputs,
        outputs=outputs,
        problem=_severity(problems),
        sentences=tuple(problem.message for problem in problems),
        shared=info.shared,
        mark=_mark(record.id),
        frozen=not record.trainable and info.parameters > 0,
        bypassed=node.bypassed,
        nested=record.type == MODEL,
        merge=merge_kind(record.type),
    )


def title_of(record: Layer) -> str:
    """The name where a person chose one, else the type."""
    return record.type if is_default_name(record) else record.name


def _default_line(record: Layer) -> str:
    """A named layer whose parameters say nothing at least says what it is."""
    return "" if is_default_name(record) else record.type


def family_of(type_name: str) -> str:
    if type_name == MODEL:
        return "model"
    return LAYERS[type_name].family if type_name in LAYERS else UNKNOWN


def merge_kind(type_name: str) -> str:
    if type_name not in LAYERS or not LAYERS[type_name].ports.is_list:
        return ""
    return "stack" if type_name == "Concatenate" else "join"


def humanised(count: int) -> str:
    """9248 -> 9.2 K."""
    if count < 1000:
        return str(count)
    size = float(count)
    for unit in ("K", "M", "G"):
        size /= 1000
        if size < 999.5 or unit == "G":
            break
    return f"{size:.1f} {unit}" if size < 99.95 else f"{size:,.0f} {unit}"


def problems_by_node(problems: Sequence[Problem], graph: str) -> Mapping[str, tuple[Problem, ...]]:
    found: dict[str, tuple[Problem, ...]] = {}
    for problem in problems:
        if problem.graph == graph and problem.node:
            found[problem.node] = (*found.get(problem.node, ()), problem)
    return found


def _port(port: PortInfo, connected: bool) -> PortCard:
    spec = port.spec
    shape, dtype = (str(spec), spec.dtype) if spec else ("", "")
    return PortCard(port.name, port.label, shape, connected, dtype, port.optional and not connected)


def _shown_shape(ports: tuple[PortCard, ...]) -> str:
    return ports[0].shape if ports else ""


def _severity(problems: Sequence[Problem]) -> str:
    if not problems:
        return ""
    return "error" if any(problem.severity == "error" for problem in problems) else "warning"


def _mark(layer_id: str) -> int:
    return sum(layer_id.encode())
