"""Document -> Program: walk the graph in order and let every layer emit its primitives.

A weight's path is ``layer id / weight name``, after the ids of the Model layers it lives in: stable under
renaming. A layer's weights belong to its scope, so a layer of an outer graph that is called inside a
nested one finds the weights of the outer call: sharing works across levels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from graph_engine.analysis import Analysis, analyze
from graph_engine.compiler.errors import ModelError
from graph_engine.compiler.steps import samples_alone
from graph_engine.document import (
    MAIN,
    MODEL,
    Document,
    Graph,
    Layer as LayerRecord,
    Node,
    Port,
    each_step,
    nested_graph,
    nested_in,
    wiring,
)
from graph_engine.kernels.program import Program, Value
from graph_engine.layers.base import Layer, Weight
from graph_engine.layers.steps import over_steps
from graph_engine.values import DType, TensorSpec


@dataclass(frozen=True, slots=True)
class Lowered:
    """A program with the values that enter and leave the graph, by the names of its Input and Output layers.

    ``values`` holds every node output of the outermost graph, for models on intermediate tensors; ``masks``
    the mask (bool, False where a time step is padding) of every output that has one.
    """

    program: Program
    inputs: Mapping[str, Value]
    outputs: Mapping[str, Value]
    values: Mapping[Port, Value]
    masks: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class WeightEntry:
    """A weight in place: what the layer declared, and whether training may change it here."""

    weight: Weight
    trainable: bool


def lower(
    document: Document,
    inputs: Mapping[str, TensorSpec],
    *,
    training: bool,
    dtype: DType = "float32",
    graph: str = MAIN,
    analysis: Analysis | None = None,
) -> Lowered:
    """Lower ``graph`` for inputs of the given concrete specs, by Input name.

    ``dtype`` is the dtype of every floating tensor. Raises ModelError with all problems while the
    drawing has errors, or when an input is missing, unknown or of another shape than its Input says.
    """
    analysis = analysis or analyze(document)
    require_sound(document, analysis, graph)
    program = Program(floats=dtype)
    lowering = _Lowering(document, analysis, program, dtype)
    named = lowering.input_specs(document.graphs[graph], inputs)
    feeds = {node: program.feed(name, spec) for node, (name, spec) in named.items()}
    fed = {node: Tensor(value) for node, value in feeds.items()}
    tensors = lowering.graph(document.graphs[graph], fed, Scope((graph,), (), True, training))
    outputs = {
        document.layer_of(graph, node).name: tensors[Port(node, "output")]
        for node in document.graphs[graph].outputs
    }
    return Lowered(
        program,
        {name: feeds[node] for node, (name, _) in named.items()},
        {name: tensor.value for name, tensor in outputs.items()},
        {port: tensor.value for port, tensor in tensors.items()},
        {name: tensor.mask for name, tensor in outputs.items() if tensor.mask is not None},
    )


def weight_table(document: Document, analysis: Analysis, graph: str = MAIN) -> dict[str, WeightEntry]:
    """Every weight of the model by path, in the order of the graph; a shared one once."""
    table: dict[str, WeightEntry] = {}
    _collect(document, analysis, document.graphs[graph], Scope((graph,), (), True), table)
    return table


def require_sound(document: Document, analysis: Analysis, graph: str) -> None:
    """Raises ModelError while ``graph``, or one it calls, has errors."""
    inside = nested_in(document, graph)
    errors = [problem for problem in analysis.errors if problem.graph in inside]
    if errors:
        raise ModelError(errors)
    if not document.graphs[graph].outputs:
        raise ModelError.of("The model has no Output: wire an Output layer to what it should compute")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where in the nesting a call stands: the graphs from the outermost in, and the Model layers between.

    ``trainable`` and ``training``: whether weights here may be trained, and whether calls here are of a training.
    """

    graphs: tuple[str, ...]
    layers: tuple[str, ...]
    trainable: bool
    training: bool = False

    def enter(self, graph: str, model: LayerRecord, training: bool | None = None) -> Scope:
        """Inside the graph that a Model layer calls. It is entered from where the Model layer belongs, so that
        its weights are the same wherever it is called."""
        depth = self._depth(model.scope)
        return Scope(
            (*self.graphs[: depth + 1], graph),
            (*self.layers[:depth], model.id),
            self.trainable and model.trainable,
            self.training if training is None else training,
        )

    def path(self, layer: str, scope: str) -> str:
        return "/".join((*self.layers[: self._depth(scope)], layer))

    def _depth(self, scope: str) -> int:
        return self.graphs.index(scope) if scope in self.graphs else 0

    def place(self, node: str) -> str:
        return "/".join((*self.layers, node))


@dataclass(frozen=True, slots=True)
class Tensor:
    """What a wire carries: a value, and the mask that says which of its time steps are padding."""

    value: Value
    mask: Value | None = None


@dataclass(slots=True)
class _LayerCall:
    """What ``Layer.lower`` sees of the compiler (see ``layers.base.Call``)."""

    program: Program
    path: str
    weights: Mapping[str, Weight]
    dtype: DType
    training: bool
    trainable: bool
    masks: tuple[Value | None, ...] = ()
    prefix: str = ""

    def weight(self, name: str) -> Value:
        full = self.prefix + name
        return self.program.parameter(f"{self.path}/{full}", TensorSpec(self.weights[full].shape, self.dtype))

    def latest(self, name: str) -> Value:
        return self.program.updates.get(f"{self.path}/{self.prefix}{name}") or self.weight(name)

    def update(self, name: str, value: Value) -> None:
        self.program.updates[f"{self.path}/{self.prefix}{name}"] = value

    def part(self, name: str, masks: tuple[Value | None, ...] = ()) -> _LayerCall:
        return replace(self, masks=masks, prefix=f"{self.prefix}{name}.")


@dataclass(slots=True)
class _Lowering:
    document: Document
    analysis: Analysis
    program: Program
    dtype: DType
    penalized: set[str] = field(default_factory=set)

    def input_specs(self, graph: Graph, given: Mapping[str, TensorSpec]) -> dict[str, tuple[str, TensorSpec]]:
        names = {node: self.document.layer_of(graph.id, node).name for node in graph.inputs}
        _check_names(set(names.values()), set(given))
        found = {}
        for node, name in names.items():
            declared = self.analysis.node(graph.id, node).outputs[0].spec
            if declared is None or not declared.accepts(given[name]):
                raise ModelError.of(
                    f"Input {name!r} takes {declared} per sample, but was given {given[name]}"
                )
            found[node] = (name, TensorSpec(given[name].shape, self._cast(declared.dtype)))
        return found

    def graph(self, graph: Graph, feeds: Mapping[str, Tensor], scope: Scope) -> dict[Port, Tensor]:
        tensors = {Port(node, "output"): tensor for node, tensor in feeds.items()}
        wires = wiring(graph)
        for node_id in self.analysis.graphs[graph.id].order:
            if node_id in feeds:
                continue
            info = self.analysis.node(graph.id, node_id)
            incoming = wires.incoming(node_id)
            arriving = {
                port.name: tensors[incoming[port.name].source] if port.connected else None
                for port in info.inputs
                if port.enters
            }
            with self.program.at(scope.place(node_id)):
                results = self.call(graph, graph.nodes[node_id], arriving, scope)
            tensors |= {
                Port(node_id, port.name): tensor for port, tensor in zip(info.outputs, results, strict=True)
            }
        return tensors

    def call(
        self, graph: Graph, node: Node, arriving: Mapping[str, Tensor | None], scope: Scope
    ) -> tuple[Tensor, ...]:
        inputs = tuple(arriving.values())
        if node.bypassed:
            return _present(inputs[:1]) * len(self.analysis.node(graph.id, node.id).outputs)
        record = self.document.layers[node.layer]
        inner = nested_graph(record)
        if inner is not None:
            called = self.document.graphs[inner]
            nested = scope.enter(inner, record, node.training)
            if each_step(record):
                return self.at_each_step(called, _present(inputs)[0], nested)
            values = self.graph(called, dict(zip(called.inputs, _present(inputs), strict=True)), nested)
            return tuple(values[Port(output, "output")] for output in called.outputs)
        info = self.analysis.node(graph.id, node.id)
        call = _LayerCall(
            self.program,
            scope.path(record.id, record.scope),
            {weight.name: weight for weight in info.weights},
            self.dtype,
            scope.training if node.training is None else node.training,
            scope.trainable and record.trainable,
            _masks(arriving),
        )
        return self.lower_layer(_decoded(info.layer), call, inputs)

    def at_each_step(self, graph: Graph, given: Tensor, scope: Scope) -> tuple[Tensor, ...]:
        """``graph`` called for every step of its input. A mask of steps goes around it (Keras' TimeDistributed);
        one of steps within the steps, of three axes, enters it as well."""
        (entrance,) = graph.inputs

        def apply(x: Value, mask: Value | None) -> tuple[Value, ...]:
            found = self.graph(graph, {entrance: Tensor(x, mask)}, scope)
            return tuple(found[Port(node, "output")].value for node in graph.outputs)

        entering = given.mask if given.mask is not None and given.mask.rank > 2 else None
        folded = samples_alone(self.document, self.analysis, graph.id, training=scope.training)
        found = over_steps(apply, given.value, entering, one_by_one=not folded)
        return tuple(Tensor(value, given.mask) for value in found)

    def lower_layer(
        self, layer: Layer, call: _LayerCall, inputs: tuple[Tensor | None, ...]
    ) -> tuple[Tensor, ...]:
        values = cast("list[Value]", [tensor.value if tensor else None for tensor in inputs])
        result = layer.lower(call, *values)
        outputs = result if isinstance(result, tuple) else (result,)
        mask = layer.mask(call, *values)
        masks = mask if isinstance(mask, tuple) else (mask,) * len(outputs)
        if call.path not in self.penalized:  # a shared layer's weights count once
            self.penalized.add(call.path)
            self._add_penalties(call)
        return tuple(map(Tensor, outputs, masks))

    def _add_penalties(self, call: _LayerCall) -> None:
        for weight in call.weights.values():
            if weight.regularizer and weight.trainable and call.trainable:
                self.program.losses.append(weight.regularizer.penalty(call.weight(weight.name)))

    def _cast(self, dtype: DType) -> DType:
        return self.dtype if dtype in ("float32", "float64") else dtype


def _present(inputs: tuple[Tensor | None, ...]) -> tuple[Tensor, ...]:
    return tuple(tensor for tensor in inputs if tensor is not None)


def _masks(arriving: Mapping[str, Tensor | None]) -> tuple[Value | None, ...]:
    """The mask of each input; what is wired to a port called ``mask`` stands for the first one's."""
    masks = [tensor.mask if tensor else None for tensor in arriving.values()]
    explicit = arriving.get("mask")
    return tuple([explicit.value, *masks[1:]] if explicit and masks else masks)


def _collect(
    document: Document, analysis: Analysis, graph: Graph, scope: Scope, table: dict[str, WeightEntry]
) -> None:
    for node_id in analysis.graphs[graph.id].order:
        record = document.layers[graph.nodes[node_id].layer]
        if record.type == MODEL:
            inner = record.config["graph"]
            _collect(
                document,
                analysis,
                document.graphs[inner],
                scope.enter(inner, record),
                table,
            )
            continue
        path = scope.path(record.id, record.scope)
        trainable = scope.trainable and record.trainable
        for weight in analysis.node(graph.id, node_id).weights:
            table.setdefault(f"{path}/{weight.name}", WeightEntry(weight, weight.trainable and trainable))


def _decoded(layer: Layer | None) -> Layer:
    assert layer is not None, "require_sound refuses undecoded layers"
    return layer


def _check_names(expected: set[str], given: set[str]) -> None:
    if expected != given:
        raise ModelError.of(
            f"The model's inputs are {', '.join(sorted(expected)) or 'none'}, "
            f"but {', '.join(sorted(given)) or 'nothing'} was given"
        )
