"""What a wire in hand would do: which ports take it, and which layers could be put at its loose end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.canvas.stage import Stage
from graph_engine.analysis import NodeInfo, NodeResult, PortInfo, analyze, node_after
from graph_engine.document import (
    Command,
    Connect,
    Document,
    MoveWire,
    Port,
    Refusal,
    downstream,
    each_step,
    nested_graph,
    reaches,
    upstream,
    wiring,
)
from graph_engine.layers.base import LAYERS, Layer
from graph_engine.layers.steps import step_of
from graph_engine.params import ParamError
from graph_engine.values import ShapeError, TensorSpec


@dataclass(frozen=True, slots=True)
class Loose:
    """A wire with one end in hand: it starts at ``source`` or ends at ``target``. ``edge``: the wire it was."""

    source: Port | None = None
    target: Port | None = None
    edge: str = ""

    @property
    def forward(self) -> bool:
        """Whether an input is wanted."""
        return self.source is not None

    @property
    def node(self) -> str:
        return self._held.node

    @property
    def _held(self) -> Port:
        held = self.source or self.target
        assert held is not None
        return held

    def command(self, graph: str, port: Port) -> Command:
        """Leads the loose end to a port on the other side."""
        if self.source is None:
            return Connect(graph, port, self._held)
        return MoveWire(graph, self.edge, port) if self.edge else Connect(graph, self.source, port)


@dataclass(frozen=True, slots=True)
class Landing:
    """What a release would do. ``fits`` is False where the shapes do not, and ``why`` then says so."""

    port: Port
    command: Command | None
    fits: bool
    why: str = ""
    shape: str = ""


def spec_of(stage: Stage, source: Port) -> TensorSpec | None:
    port = stage.node_info(source.node).output(source.name)
    return port.spec if port else None


def landing(stage: Stage, loose: Loose, port: Port) -> Landing:
    """What the edit would make of the node that is fed: exact, and asked once for each port that is passed."""
    command = loose.command(stage.graph.id, port)
    answer = command.apply(stage.session.document)
    if isinstance(answer, Refusal):
        return Landing(port, None, False, answer.reason)
    node = port.node if loose.forward else loose.node
    result = _result(stage, loose, answer.document, node)
    faults = [problem for problem in result.problems if problem.code == "shape"]
    outputs = result.info.outputs
    shape = str(outputs[0].spec) if outputs and outputs[0].spec else ""
    return Landing(port, command, not faults, faults[0].message if faults else "", shape)


def _result(stage: Stage, loose: Loose, document: Document, node: str) -> NodeResult:
    graph, analysis = stage.graph.id, stage.session.analysis
    lost = stage.graph.edges[loose.edge].target.node if loose.edge else node
    if lost != node and reaches(wiring(stage.graph), lost, node):  # what arrives changes as well
        analysis = analyze(document, analysis)
    return node_after(document, analysis, graph, node)


def port_on(stage: Stage, loose: Loose, node: str) -> Port | None:
    """The port that a drop on the body of a node means: the first free one that fits, else the first free one."""
    ports = candidates(stage, loose, node)
    fitting = (port for port in ports if takes(stage, loose, port))
    return next(fitting, ports[0] if ports else None)


def candidates(stage: Stage, loose: Loose, node: str) -> list[Port]:
    """Free inputs of a node, or its outputs; its only input even where that holds a wire."""
    card = stage.scene.nodes[node].card
    if not loose.forward:
        return [Port(node, port.name) for port in card.outputs]
    free = [Port(node, port.name) for port in card.inputs if not port.connected]
    return free or [Port(node, port.name) for port in card.inputs if len(card.inputs) == 1]


def refusing(stage: Stage, loose: Loose, nodes: Iterator[str]) -> set[str]:
    """The nodes none of whose ports takes the wire: it would close a loop, or no shape fits."""
    graph = stage.graph
    looping = upstream(graph, (loose.node,)) if loose.forward else downstream(graph, (loose.node,))
    return {
        node
        for node in nodes
        if node in looping or not any(takes(stage, loose, port) for port in candidates(stage, loose, node))
    }


def takes(stage: Stage, loose: Loose, port: Port) -> bool:
    """A look at the one node that would be fed: quick enough for all in sight."""
    source, target = (loose.source, port) if loose.forward else (port, loose.target)
    assert source is not None and target is not None
    spec = spec_of(stage, source)
    info = stage.node_info(target.node)
    inner = nested_graph(stage.layer(target.node)) or ""
    if inner in stage.session.analysis.graphs and spec is not None:
        declared = stage.session.analysis.graphs[inner].nodes[target.name].outputs[0].spec
        if each_step(stage.layer(target.node)):
            return spec.rank > 2 and (declared is None or declared.accepts(step_of(spec)))
        return declared is None or declared.accepts(spec)
    return info.layer is None or spec is None or accepts(info.layer, _fed(info, target.name, spec))


def _fed(info: NodeInfo, name: str, spec: TensorSpec) -> tuple[TensorSpec, ...] | None:
    """What would arrive at a node; None while some of it is unknown."""
    ports = [
        PortInfo(port.name, port.label, spec, True) if port.name == name else port for port in info.inputs
    ]
    arriving = [port.spec for port in ports if port.connected or not port.free]
    known = tuple(spec for spec in arriving if spec is not None)
    return known if len(known) == len(arriving) else None


def accepts(layer: Layer, specs: tuple[TensorSpec, ...] | None) -> bool:
    if specs is None:
        return True
    try:
        layer.infer_first(*specs)
    except ShapeError:
        return False
    return True


def offers(spec: TensorSpec | None) -> Mapping[str, str]:
    """The layers, with their default parameters, that take a tensor: type -> the shape they make of it."""
    return {name: shape for name, shape in _made_of(spec) if shape is not None}


def _made_of(spec: TensorSpec | None) -> Iterator[tuple[str, str | None]]:
    for name, kind in LAYERS.items():
        if not kind.in_library or not (kind.ports.names or kind.ports.is_list):
            continue
        if spec is None or kind.ports.is_list or len(kind.ports.names) > 1:
            yield name, ""
        else:
            yield name, _shape_made(kind, spec)


def _shape_made(kind: type[Layer], spec: TensorSpec) -> str | None:
    try:
        made = kind.from_config({}).infer_first(spec)
    except ShapeError:
        return None
    except ParamError:  # it asks for parameters first; shapes are told once it has them
        return ""
    return str(made[0] if isinstance(made, tuple) else made)


def first_input(type_name: str) -> str:
    """The port that feeds a new layer of a type; empty where nothing does."""
    ports = LAYERS[type_name].ports
    return "0" if ports.is_list else ports.names[0] if ports.names else ""
