"""One node: decode its layer, see what arrives at its ports, infer what leaves, and say what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from graph_engine.analysis.fixes import missing_input_fixes, shape_fixes
from graph_engine.analysis.masks import makes_mask
from graph_engine.analysis.records import Fix, GraphInfo, NodeInfo, PortInfo, Problem
from graph_engine.document import MODEL, Document, Edge, Graph, Layer, Node, each_step
from graph_engine.layers.base import LAYERS, Layer as LayerClass, Ports, Weight, summary_line
from graph_engine.layers.steps import step_of, with_steps
from graph_engine.params import ParamError
from graph_engine.values import ShapeError, TensorSpec

Specs = Mapping[str, TensorSpec | None]


@dataclass(frozen=True, slots=True)
class NodeResult:
    info: NodeInfo
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A node in its place. ``inner`` is the analysis of the graph that a Model layer calls."""

    document: Document
    graph: Graph
    node: Node
    record: Layer
    incoming: Mapping[str, Edge]
    inner: GraphInfo | None

    def problem(self, code: str, message: str, port: str = "", fixes: tuple[Fix, ...] = ()) -> Problem:
        return Problem(code, "error", self.graph.id, self.node.id, port, message, fixes)

    def source_name(self, port: str) -> str:
        source = self.incoming[port].source.node
        return self.document.layer_of(self.graph.id, source).name


def infer_node(around: Surroundings, arriving: Specs, calls: int) -> NodeResult:
    """The node's ports, specs, weights and problems. ``arriving``: spec by connected input port."""
    if around.record.type == MODEL:
        return _infer_model(around, arriving, calls)
    layer, problem = _decode(around)
    if layer is None:
        info = NodeInfo(
            None, around.record.type, _wired_ports(arriving), (PortInfo("output", "output"),), shared=calls
        )
        return NodeResult(info, (problem,) if problem else ())
    ports = input_ports(layer.input_ports(), arriving)
    problems = _wiring_problems(around, layer, ports, arriving)
    outputs: tuple[TensorSpec | None, ...] = (None,) * len(layer.output_ports())
    weights: tuple[Weight, ...] = ()
    if not problems and all(port.spec for port in ports if port.connected):
        try:
            outputs, weights = _infer(
                layer, around.node.bypassed, [port.spec for port in ports if port.enters]
            )
        except ShapeError as error:
            problems = (_shape_problem(around, layer, ports, error),)
    leaving = tuple(
        PortInfo(name, name, spec) for name, spec in zip(layer.output_ports(), outputs, strict=True)
    )
    parameters = sum(weight.size for weight in weights if not weight.carried)
    entering = {port.name: port.connected for port in ports if port.enters}
    starts = not (problems or around.node.bypassed) and makes_mask(layer, entering)
    info = NodeInfo(layer, layer.line(), ports, leaving, weights, parameters, calls, starts)
    return NodeResult(info, problems)


def input_ports(ports: Ports, arriving: Specs) -> tuple[PortInfo, ...]:
    """The ports as drawn; a growing list shows its filled slots and one free one."""
    if not ports.is_list:
        return tuple(
            PortInfo(name, name, arriving.get(name), name in arriving, optional=name in ports.optional)
            for name in ports.all
        )
    filled = sorted((name for name in arriving if name.isdecimal()), key=int)
    slots = [PortInfo(name, str(int(name) + 1), arriving[name], True) for name in filled]
    while len(slots) < ports.minimum - 1:
        slots.append(PortInfo(str(len(slots)), str(len(slots) + 1)))
    return (*slots, PortInfo(str(len(slots)), str(len(slots) + 1), free=True))


def _decode(around: Surroundings) -> tuple[LayerClass | None, Problem | None]:
    record = around.record
    if record.type not in LAYERS:
        message = (
            f"{record.name}: this program has no layer type {record.type!r}. It is kept as it is in the file; "
            "install the plugin that brings it, or replace the layer"
        )
        return None, around.problem("unknown-layer", message)
    try:
        return LAYERS[record.type].from_config(record.config), None
    except ParamError as error:
        return None, around.problem("bad-parameter", f"{record.name}: {error}")


def _infer(
    layer: LayerClass, bypassed: bool, specs: list[TensorSpec | None]
) -> tuple[tuple[TensorSpec | None, ...], tuple[Weight, ...]]:
    if bypassed:
        return (specs[0],) * len(layer.output_ports()), ()
    given = cast("list[TensorSpec]", specs)  # None only where the layer said that a port is optional
    result = layer.infer(*given)
    return (result if isinstance(result, tuple) else (result,)), layer.weights(*given)


def _wiring_problems(
    around: Surroundings, layer: LayerClass, ports: tuple[PortInfo, ...], arriving: Specs
) -> tuple[Problem, ...]:
    known = {port.name for port in ports}
    strays = [name for name in arriving if name not in known]
    if strays:
        return tuple(_no_such_port(around, name) for name in strays)
    minimum = layer.input_ports().minimum
    if minimum:
        count = sum(port.connected for port in ports)
        if count < minimum:
            message = f"{around.record.name} merges at least {minimum} inputs, but has {count or 'none'}"
            free = next(port.name for port in ports if not port.connected)
            return (around.problem("missing-input", message, free),)
        return ()
    return tuple(_missing_input(around, port) for port in ports if not port.connected and not port.optional)


def _no_such_port(around: Surroundings, name: str) -> Problem:
    message = (
        f"{around.record.name} has no input port {name!r}; remove the wire from {around.source_name(name)}"
    )
    return around.problem("no-such-port", message, name)


def _missing_input(around: Surroundings, port: PortInfo) -> Problem:
    name = around.record.name
    message = f"Nothing is wired into {name}" + ("" if port.name == "input" else f"'s {port.label} port")
    fixes = missing_input_fixes(around.document, around.graph, around.node.id, port.name)
    return around.problem("missing-input", message, port.name, fixes)


def _shape_problem(
    around: Surroundings, layer: LayerClass, ports: tuple[PortInfo, ...], error: ShapeError
) -> Problem:
    wired = [port for port in ports if port.connected]
    sources = [f"{around.source_name(port.name)} ({port.spec})" for port in wired]
    verb = "merge" if layer.input_ports().is_list else "take"
    listed = ", ".join(sources[:-1]) + " and " + sources[-1] if len(sources) > 1 else "".join(sources)
    message = f"{around.record.name} cannot {verb} {listed}: {error}"
    fixes = shape_fixes(around.document, around.graph, around.node.id, wired, error.hint)
    return around.problem("shape", message, wired[0].name if wired else "", fixes)


def _wired_ports(arriving: Specs) -> tuple[PortInfo, ...]:
    return tuple(PortInfo(name, name, spec, True) for name, spec in arriving.items())


def _infer_model(around: Surroundings, arriving: Specs, calls: int) -> NodeResult:
    if around.inner is None:
        message = f"{around.record.name} calls a graph that this project does not have"
        info = NodeInfo(None, "missing graph", _wired_ports(arriving), (), shared=calls)
        return NodeResult(info, (around.problem("missing-graph", message),))
    called = around.document.graphs[around.record.config["graph"]]
    ports = tuple(
        PortInfo(node, around.document.layer_of(called.id, node).name, arriving.get(node), node in arriving)
        for node in called.inputs
    )
    outputs = tuple(
        PortInfo(
            node, around.document.layer_of(called.id, node).name, around.inner.nodes[node].outputs[0].spec
        )
        for node in called.outputs
    )
    problems = [_missing_input(around, port) for port in ports if not port.connected]
    problems += [_no_such_port(around, name) for name in arriving if name not in called.inputs]
    problems += [
        _refused_by_inner(around, port, declared)
        for port in ports
        if port.spec
        and (declared := around.inner.nodes[port.name].outputs[0].spec)
        and (given := _entering(around.record, port.spec))
        and not declared.accepts(given)
    ]
    line = f"{len(called.nodes)} nodes"
    if each_step(around.record):
        line = summary_line(line, "each step")
        outputs = _over_steps(ports, outputs)
        problems += _not_over_steps(around, ports)
    info = NodeInfo(None, line, ports, outputs, (), around.inner.parameters, calls)
    return NodeResult(info, tuple(problems))


def _entering(model: Layer, given: TensorSpec) -> TensorSpec | None:
    """What its graph is given; None where there are no steps to give."""
    if not each_step(model):
        return given
    return step_of(given) if given.rank >= 3 else None


def _over_steps(ports: tuple[PortInfo, ...], outputs: tuple[PortInfo, ...]) -> tuple[PortInfo, ...]:
    """The outputs of a graph that is called for every step of its one input."""
    given = ports[0].spec if len(ports) == 1 else None
    if given is None or given.rank < 3:
        return tuple(replace(port, spec=None) for port in outputs)
    return tuple(
        replace(port, spec=with_steps(port.spec, given.shape[1])) if port.spec else port for port in outputs
    )


def _not_over_steps(around: Surroundings, ports: tuple[PortInfo, ...]) -> list[Problem]:
    name = around.record.name
    if len(ports) != 1:
        message = (
            f"{name} is called for every step, which takes a model with one input, but its model has {len(ports)}; "
            "join them within a step before the model, or switch off its each_step"
        )
        return [around.problem("bad-parameter", message)]
    return [
        around.problem(
            "shape",
            f"{name} is called for every step and needs steps and at least one axis in each, got {port.spec}",
            port.name,
        )
        for port in ports
        if port.spec and port.spec.rank < 3
    ]


def _refused_by_inner(around: Surroundings, port: PortInfo, declared: TensorSpec) -> Problem:
    source = around.source_name(port.name)
    told = f"{port.spec}, for every step" if each_step(around.record) else f"{port.spec}"
    refusal = f"{around.record.name} cannot take {source} ({told})"
    message = f"{refusal}: its input {port.label} is declared as {declared}"
    return around.problem("shape", message, port.name)
