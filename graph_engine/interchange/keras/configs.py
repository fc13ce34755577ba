"""A document -> the ``config.json`` that Keras reads back, and where each layer stands in it.

Models are written as functional ones, each with its calls in Keras' own order of layers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graph_engine.analysis import Analysis, NodeInfo
from graph_engine.compiler import Scope
from graph_engine.document import (
    INPUT,
    MAIN,
    MODEL,
    OUTPUT,
    Document,
    Graph,
    Layer,
    Node,
    Port,
    each_step,
    nested_graph,
    unique_name,
    wiring,
)
from graph_engine.interchange.keras.arguments import Tensor, arguments_of, called
from graph_engine.interchange.keras.classes import is_operation, keras_module, keras_name
from graph_engine.interchange.keras.errors import KerasError
from graph_engine.interchange.keras.graphs import Placed
from graph_engine.interchange.keras.order import Step, flattened, keras_order
from graph_engine.interchange.keras.saved import (
    FUNCTIONAL,
    INPUT_LAYER,
    TIME_DISTRIBUTED,
    SavedLayer,
    SavedModel,
)
from graph_engine.interchange.keras.settings import exported
from graph_engine.interchange.keras.values import serialized
from graph_engine.layers.base import LAYERS
from graph_engine.params import JSON
from graph_engine.values import TensorSpec

_WITHOUT_FORM: Final = ("StackedRNNCells",)  # as a layer of its own: its states are nested there
_FUNCTIONAL_MODULE: Final = "keras.src.models.functional"


@dataclass(frozen=True, slots=True)
class Configured:
    """``config``: what Keras deserializes. ``placed``: the layers of the main model, as after reading it."""

    config: dict[str, JSON]
    placed: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One output of one call."""

    node: str
    output: int
    spec: TensorSpec


def configured(document: Document, analysis: Analysis, inputs: Any, outputs: Any) -> Configured:
    """``inputs`` and ``outputs``: the main model's as nested node ids. Raises KerasError naming what has no form
    in Keras."""
    writer = _Models(document, analysis)
    main, placed = writer.model(Scope((MAIN,), (), True), inputs, outputs)
    return Configured({**serialized(_FUNCTIONAL_MODULE, FUNCTIONAL, main, FUNCTIONAL)}, placed)


@dataclass(slots=True)
class _Models:
    """``marks``: an id for each layer that several models call, by path; Keras then makes one object of its records.

    ``made``: how many calls of such a layer Keras has read before: a model's own calls come after those of the
    models in it, and are counted on from there.
    """

    document: Document
    analysis: Analysis
    marks: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    written: set[Scope] = field(default_factory=set)

    def __post_init__(self) -> None:
        callers: dict[str, set[Scope]] = defaultdict(set)
        self._visit(Scope((MAIN,), (), True), callers)
        shared = [path for path, scopes in callers.items() if len(scopes) > 1]
        self.marks = {path: number for number, path in enumerate(shared, 1)}

    def _visit(self, scope: Scope, callers: dict[str, set[Scope]]) -> None:
        for node in self.document.graphs[scope.graphs[-1]].nodes.values():
            record = self.document.layers[node.layer]
            path = scope.path(record.id, record.scope)
            seen = path in callers
            callers[path].add(scope)
            inner = nested_graph(record)
            if inner is not None and not seen:
                self._visit(scope.enter(inner, record), callers)

    def model(
        self, scope: Scope, inputs: Any, outputs: Any, at_each_step: bool = False
    ) -> tuple[dict[str, JSON], tuple[Placed, ...]]:
        writer = _ModelWriter(self, scope, self.document.graphs[scope.graphs[-1]], at_each_step)
        return writer.written(inputs, outputs)


@dataclass(slots=True)
class _ModelWriter:
    models: _Models
    scope: Scope
    graph: Graph
    at_each_step: bool = False
    names: dict[str, str] = field(default_factory=dict)  # of layers, by id
    calls: dict[str, list[Node]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[str, int] = field(default_factory=dict)  # of nodes among the calls of their layer

    def written(self, inputs: Any, outputs: Any) -> tuple[dict[str, JSON], tuple[Placed, ...]]:
        graph = self.graph
        nodes = [graph.nodes[node] for node in self._order()]
        for node in nodes:
            self.numbers[node.id] = len(self.calls[node.layer])
            self.calls[node.layer].append(node)
            record = self._record(node)
            self.names[node.layer] = (
                unique_name(record.name, self.names.values())
                if (node.layer not in self.names)
                else self.names[node.layer]
            )
        steps = {node.id: Step(node.layer, tuple(self._entering(node))) for node in nodes}
        ends = {node: self._source(Port(node, "input")) for node in graph.outputs}
        leaving = [ends[node].node for node in flattened(outputs)]
        order = keras_order(steps, leaving, list(flattened(inputs)))
        records = [self.models.document.layers[layer] for layer in order]
        nested = {record.id: self._nested(record) for record in records if record.type == MODEL}
        self._count_on()
        layers, placed = [], []
        for record in records:
            config, place = nested.get(record.id) or self._layer(record)
            calls = [call for node in self.calls[record.id] if (call := self._call(node, record))]
            layers.append({**config, **self._mark(record), "name": place.saved.name, "inbound_nodes": calls})
            placed.append(place)
        config = {
            "name": graph.name,
            "trainable": True,
            "layers": layers,
            "input_layers": _mapped(inputs, lambda node: [self.names[graph.nodes[node].layer], 0, 0]),
            "output_layers": _mapped(outputs, lambda node: self._end(ends[node])),
        }
        return config, tuple(placed)

    def _order(self) -> Iterator[str]:
        """Inputs, then what is computed: sources first."""
        computed = self.models.analysis.graphs[self.graph.id].order
        for node in dict.fromkeys((*self.graph.inputs, *computed)):
            if self._record(self.graph.nodes[node]).type != OUTPUT and not self.graph.nodes[node].bypassed:
                yield node

    def _count_on(self) -> None:
        """Calls of a shared layer are numbered after those of the models that Keras has read by then.

        A model that is written again, where another calls it as well, is not read again; what is called at each step
        leaves no call behind.
        """
        if self.scope in self.models.written or self.at_each_step:
            return
        self.models.written.add(self.scope)
        for layer, nodes in self.calls.items():
            path = self._path(self.models.document.layers[layer])
            if path in self.models.marks:
                before = self.models.made.get(path, 0)
                self.models.made[path] = before + len(nodes)
                self.numbers |= {node.id: before + index for index, node in enumerate(nodes)}

    def _mark(self, record: Layer) -> dict[str, JSON]:
        mark = self.models.marks.get(self._path(record))
        return {} if mark is None else {"shared_object_id": mark}

    def _path(self, record: Layer) -> str:
        return self.scope.path(record.id, record.scope)

    def _layer(self, record: Layer) -> tuple[dict[str, JSON], Placed]:
        name = self.names[record.id]
        trainable = self.scope.trainable and record.trainable
        if record.type == INPUT:
            (node,) = self.calls[record.id]
            spec = self._spec(Port(node.id, "output"))
            config: dict[str, JSON] = {"batch_shape": list(spec.shape), "dtype": spec.dtype, "name": name}
            saved = SavedLayer(name, "keras.layers", INPUT_LAYER, None, config, ())
            return serialized(saved.module, INPUT_LAYER, config), Placed(record.id, saved)
        cls = LAYERS[record.type]
        if not cls.keras.module or record.type in _WITHOUT_FORM:
            raise KerasError(
                f"{record.name} is a {record.type}, which a Keras model cannot hold; replace it, or leave it out"
            )
        kind, module = keras_name(cls), keras_module(cls)
        layer = cls.from_config(record.config)
        settings = exported(layer)
        settings = {key: settings[key] for key in settings if key not in called(layer)}
        has_weights = any(self._info(node).weights for node in self.calls[record.id])
        own = {"name": name, "trainable": trainable} if has_weights else {"name": name}
        config = {**own, **settings}
        registered = kind if is_operation(cls) else None
        saved = SavedLayer(name, module, kind, registered, config, ())
        return serialized(module, kind, config, registered), Placed(record.id, saved)

    def _nested(self, record: Layer) -> tuple[dict[str, JSON], Placed]:
        name, graph = self.names[record.id], self.models.document.graphs[record.config["graph"]]
        inputs, outputs = _plain(graph.inputs), _plain(graph.outputs)
        inside = self.scope.enter(graph.id, record)
        config, placed = self.models.model(inside, inputs, outputs, each_step(record))
        if each_step(record):
            return self._at_each_step(record, name, config["layers"], placed)
        config["name"] = name
        model = SavedModel(name, FUNCTIONAL, True, (), None, None)
        saved = SavedLayer(name, _FUNCTIONAL_MODULE, FUNCTIONAL, FUNCTIONAL, config, (), model=model)
        return serialized(_FUNCTIONAL_MODULE, FUNCTIONAL, config, FUNCTIONAL), Placed(
            record.id, saved, placed
        )

    def _at_each_step(
        self, record: Layer, name: str, parts: JSON, placed: tuple[Placed, ...]
    ) -> tuple[dict[str, JSON], Placed]:
        """Keras puts TimeDistributed around one model, which must be all that is done at a step."""
        called = [part for part in parts if part["class_name"] != INPUT_LAYER]
        if len(called) != 1 or all(place.inner is None for place in placed):
            raise KerasError(
                f"{record.name} is called at every step, for which Keras takes one model alone: group what is in it"
            )
        inner = {key: part for key, part in called[0].items() if key not in ("name", "inbound_nodes")}
        config = {"name": name, "trainable": True, "layer": inner}
        model = SavedModel(name, TIME_DISTRIBUTED, True, (), None, None)
        saved = SavedLayer(name, "keras.layers", TIME_DISTRIBUTED, None, config, (), model=model)
        told = serialized("keras.layers", TIME_DISTRIBUTED, config)
        return {**told, "build_config": {"input_shape": self._entering_shape(record)}}, Placed(
            record.id, saved, placed
        )

    def _entering_shape(self, record: Layer) -> JSON:
        """What the first call of a layer takes, batch and steps included."""
        spec = self._info(self.calls[record.id][0]).inputs[0].spec
        return None if spec is None else list(spec.shape)

    def _call(self, node: Node, record: Layer) -> JSON:
        """Arguments of a call as Keras serializes them; None for Inputs, which are not called."""
        if record.type == INPUT:
            return None
        sources = {port: self._source(Port(node.id, port)) for port in self._wired(node)}
        tensors = {port: self._tensor(source) for port, source in sources.items()}
        training: dict[str, JSON] = {} if node.training is None else {"training": node.training}
        if record.type == MODEL:
            inner = self.models.document.graphs[record.config["graph"]]
            listed = [tensors[port] for port in inner.inputs]
            return {"args": [listed[0] if len(listed) == 1 else listed], "kwargs": training}
        args, kwargs = arguments_of(LAYERS[record.type].from_config(record.config), tensors)
        return {"args": args, "kwargs": {**kwargs, **training}}

    def _entering(self, node: Node) -> Iterator[str]:
        """The nodes whose results a call takes, in the order of its arguments."""
        record = self._record(node)
        if record.type == INPUT:
            return
        ports = list(self._wired(node))
        if record.type == MODEL:
            ordered = list(self.models.document.graphs[record.config["graph"]].inputs)
        else:
            names = {port: Tensor({"port": port}) for port in ports}
            args, kwargs = arguments_of(LAYERS[record.type].from_config(record.config), names)
            ordered = [leaf["port"] for leaf in _tensors([args, dict(sorted(kwargs.items()))])]
        for port in ordered:
            yield self._source(Port(node.id, port)).node

    def _wired(self, node: Node) -> Iterator[str]:
        """Connected ports in the order of the layer."""
        return (port.name for port in self._info(node).inputs if port.connected)

    def _source(self, port: Port) -> Source:
        """What enters at a port, with bypassed nodes left out."""
        source = wiring(self.graph).incoming(port.node)[port.name].source
        node = self.graph.nodes[source.node]
        if node.bypassed:
            return self._source(Port(node.id, next(self._wired(node))))
        outputs = [output.name for output in self._info(node).outputs]
        return Source(node.id, outputs.index(source.name), self._spec(source))

    def _tensor(self, source: Source) -> Tensor:
        node = self.graph.nodes[source.node]
        history = [self.names[node.layer], self.numbers[node.id], source.output]
        shape, dtype = list(source.spec.shape), source.spec.dtype
        config = {"shape": shape, "dtype": dtype, "keras_history": history}
        return Tensor({"class_name": "__keras_tensor__", "config": config})

    def _end(self, source: Source) -> JSON:
        """As a model lists it; Keras counts a call more for nested models, which is not in the file."""
        node = self.graph.nodes[source.node]
        record = self._record(node)
        extra = 1 if record.type == MODEL and not each_step(record) else 0
        return [self.names[node.layer], self.numbers[node.id] + extra, source.output]

    def _record(self, node: Node) -> Layer:
        return self.models.document.layers[node.layer]

    def _info(self, node: Node) -> NodeInfo:
        return self.models.analysis.node(self.graph.id, node.id)

    def _spec(self, port: Port) -> TensorSpec:
        found = self._info(self.graph.nodes[port.node]).output(port.name)
        assert found is not None and found.spec is not None, "require_sound refuses unknown specs"
        return found.spec


def _plain(nodes: Sequence[str]) -> Any:
    return nodes[0] if len(nodes) == 1 else list(nodes)


def _mapped(structure: Any, told: Any) -> JSON:
    if isinstance(structure, Mapping):
        return {key: _mapped(item, told) for key, item in structure.items()}
    return [_mapped(item, told) for item in structure] if isinstance(structure, list) else told(structure)


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for key in sorted(value):
            yield from _tensors(value[key])
    elif isinstance(value, list):
        for item in value:
            yield from _tensors(item)
