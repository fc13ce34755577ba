"""Saved models -> a document: layers, graphs, nodes and edges, and where each layer stood in the file."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graph_engine.document import (
    INPUT,
    MAIN,
    MODEL,
    OUTPUT,
    Document,
    Edge,
    Graph,
    Layer,
    Node,
    Port,
    unique_name,
)
from graph_engine.interchange.keras.calls import Wired, settings_of, wired
from graph_engine.interchange.keras.classes import class_of
from graph_engine.interchange.keras.errors import KerasError
from graph_engine.interchange.keras.finishing import finished, nameable
from graph_engine.interchange.keras.masks import Masks
from graph_engine.interchange.keras.outputs import output_names
from graph_engine.interchange.keras.saved import (
    TIME_DISTRIBUTED,
    Ref,
    SavedCall,
    SavedLayer,
    SavedModel,
    flatten,
    of_keras,
    refs,
)
from graph_engine.interchange.keras.settings import imported, input_dtype, kept
from graph_engine.interchange.keras.sharing import shared_objects
from graph_engine.layers.base import LAYERS, Layer as LayerClass
from graph_engine.layers.operations.base import Operation
from graph_engine.params import ParamError

Call = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """A layer in the order of the file. ``inner``: the layers of the model that it is, if it is one."""

    layer: str
    saved: SavedLayer
    inner: tuple[Placed, ...] | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """``inputs`` and ``outputs``: the main model's, as it was given them, with node ids in place of tensors."""

    document: Document
    placed: tuple[Placed, ...]
    inputs: Any
    outputs: Any


def draw(saved: SavedModel) -> Drawn:
    """Raises KerasError for calls that lead nowhere or in a circle, and for names used twice."""
    drawing = _Drawing(shared_objects(saved))
    main, placed, inputs, outputs = drawing.graph(saved, MAIN)
    graphs = {MAIN: main, **{key: graph for key, graph in drawing.graphs.items() if key != MAIN}}
    document = finished(graphs, drawing.layers, drawing.next_id, trains=saved.trainable)
    return Drawn(document, placed, inputs, outputs)


@dataclass(slots=True)
class _Drawing:
    shared: Mapping[int, int]
    next_id: int = 1
    layers: dict[str, Layer] = field(default_factory=dict)
    graphs: dict[str, Graph] = field(default_factory=dict)
    known: dict[int, Placed] = field(default_factory=dict)

    def new_id(self, prefix: str) -> str:
        self.next_id += 1
        return f"{prefix}{self.next_id - 1}"

    def graph(self, saved: SavedModel, graph_id: str) -> tuple[Graph, tuple[Placed, ...], Any, Any]:
        return _GraphDrawing(self, saved, graph_id).graph()

    def layer(self, saved: SavedLayer, graph_id: str, used: int) -> Placed:
        """The record of a layer; one that several graphs call moves to the outermost scope.

        ``used``: how many of its outputs, counted up to the last one that something takes.
        """
        key = self.shared.get(id(saved))
        if key is not None and key in self.known:
            placed = self.known[key]
            record = self.layers[placed.layer]
            if record.scope not in (graph_id, MAIN):
                self.layers[record.id] = replace(record, scope=MAIN)
            return placed
        placed = self._new_layer(saved, graph_id, used)
        if key is not None:
            self.known[key] = placed
        return placed

    def _new_layer(self, saved: SavedLayer, graph_id: str, used: int) -> Placed:
        layer_id = self.new_id("l")
        trainable = saved.config.get("trainable") is not False
        if saved.model is not None:
            inner = self.new_id("g")
            graph, placed, _, _ = self.graph(saved.model, inner)
            self.graphs[inner] = graph
            frozen = not any(self.layers[each.layer].trainable for each in placed if not each.saved.is_input)
            config: dict[str, Any] = {"graph": inner}
            if saved.model.kind == TIME_DISTRIBUTED:
                config, frozen = {**config, "each_step": True}, frozen or not trainable
            self.layers[layer_id] = Layer(layer_id, MODEL, saved.name, graph_id, config, not frozen)
            return Placed(layer_id, saved, placed)
        kind, params = _type_and_config(saved, used)
        self.layers[layer_id] = Layer(layer_id, kind, saved.name, graph_id, params, trainable)
        return Placed(layer_id, saved)


@dataclass(slots=True)
class _GraphDrawing:
    drawing: _Drawing
    saved: SavedModel
    graph_id: str
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[str, Edge] = field(default_factory=dict)
    made: dict[Call, tuple[str, tuple[str, ...]]] = field(default_factory=dict)  # node and its output ports

    def graph(self) -> tuple[Graph, tuple[Placed, ...], Any, Any]:
        saved, by_name = self.saved, _by_name(self.saved)
        inputs, outputs = list(flatten(saved.inputs)), list(flatten(saved.outputs))
        calls = _simplified(saved, by_name, [*inputs, *outputs])
        order = _order(by_name, calls, [*inputs, *outputs], saved.name)
        _require_inputs(by_name, order, inputs, saved.name)
        taken = [*outputs, *(ref for call in calls.values() for ref in refs(call))]
        used = {
            name: max((ref.output + 1 for ref in taken if ref.layer == name), default=1) for name in by_name
        }
        placed = {
            layer.name: self.drawing.layer(layer, self.graph_id, used[layer.name]) for layer in saved.layers
        }
        for name, index in order:
            self._node(placed[name], by_name[name], index, calls.get((name, index)))
        names = output_names(saved)
        leaving = tuple(self._output(ref, name) for ref, name in zip(outputs, names, strict=True))
        entering = tuple(self.made[ref.layer, 0][0] for ref in inputs)
        graph = Graph(self.graph_id, nameable(saved.name), self.nodes, self.edges, entering, leaving)
        structures = (_replaced(saved.inputs, iter(entering)), _replaced(saved.outputs, iter(leaving)))
        return graph, tuple(placed[layer.name] for layer in saved.layers), *structures

    def _node(self, placed: Placed, saved: SavedLayer, index: int, call: SavedCall | None) -> None:
        node = self.drawing.new_id("n")
        record = self.drawing.layers[placed.layer]
        if record.type == MODEL:
            inner = self.drawing.graphs[record.config["graph"]]
            told = self._into_model(saved, inner, call or SavedCall((), {}))
            outputs = inner.outputs
        else:
            cls = class_of(saved)
            instance = _instance(cls, record)
            ports = instance.input_ports() if instance else None
            told = wired(cls, ports, call, "return_sequences" in saved.config) if call else Wired()
            outputs = instance.output_ports() if instance else ()
        self.nodes[node] = Node(node, placed.layer, training=told.training)
        self.made[saved.name, index] = (node, outputs)
        for port, ref in told.ports.items():
            self._connect(ref, Port(node, port))

    def _into_model(self, saved: SavedLayer, inner: Graph, call: SavedCall) -> Wired:
        """Keras takes the inner inputs in their order, or by name where the structures differ."""
        assert saved.model is not None
        given = call.args[0] if call.args else next(iter(call.kwargs.values()), None)
        names = [ref.layer for ref in flatten(saved.model.inputs)]
        if isinstance(given, Mapping) and not isinstance(saved.model.inputs, Mapping):
            given = [given[name] for name in names if name in given]
        tensors = [leaf for leaf in flatten(given) if isinstance(leaf, Ref)]
        if len(tensors) != len(inner.inputs):
            raise KerasError(
                f"{saved.name} has {len(inner.inputs)} inputs ({', '.join(names)}), but is called with {len(tensors)}"
            )
        if saved.model.kind == TIME_DISTRIBUTED and isinstance(call.kwargs.get("mask"), Ref):
            raise KerasError(
                f"{saved.name} is given a mask by hand; around a model, "
                "only the mask that comes with its input is taken"
            )
        training = call.kwargs.get("training")
        ports = dict(zip(inner.inputs, tensors, strict=True))
        return Wired(ports, {}, training if isinstance(training, bool) else None)

    def _output(self, ref: Ref, name: str) -> str:
        taken = [self.drawing.layers[node.layer].name for node in self.nodes.values()
                 if self.drawing.layers[node.layer].type == OUTPUT]  # fmt: skip
        layer = self.drawing.new_id("l")
        wanted = unique_name(nameable(name), taken)
        self.drawing.layers[layer] = Layer(layer, OUTPUT, wanted, self.graph_id)
        node = self.drawing.new_id("n")
        self.nodes[node] = Node(node, layer)
        self._connect(ref, Port(node, "input"))
        return node

    def _connect(self, ref: Ref, target: Port) -> None:
        node, outputs = self.made[ref.layer, ref.call]
        unknown = f"output_{ref.output}" if ref.output else "output"  # of a layer that is not known
        port = outputs[ref.output] if ref.output < len(outputs) else unknown
        edge = self.drawing.new_id("e")
        self.edges[edge] = Edge(edge, Port(node, port), target)


def _type_and_config(saved: SavedLayer, used: int) -> tuple[str, dict[str, Any]]:
    """Ours; for a layer that is not known, its class as the file names it, with its configuration as it is."""
    if saved.is_input:
        shape = saved.config.get("batch_shape", saved.config.get("batch_input_shape"))
        if not isinstance(shape, list) or not shape:
            raise KerasError(f"Input {saved.name!r} has no shape")
        dtype = input_dtype(saved.name, saved.config)
        config = {"shape": shape[1:], "dtype": dtype, "batch_size": shape[0]}
        try:
            checked: dict[str, Any] = LAYERS[INPUT].from_config(config).config()
        except ParamError as error:
            raise KerasError(f"Input {saved.name!r}: {error}") from None
        return INPUT, checked
    cls = class_of(saved)
    if cls is not None:
        given: dict[str, Any] = {}
        for call in saved.calls:
            for name, value in settings_of(cls, call).items():
                if given.setdefault(name, value) != value:
                    raise KerasError(
                        f"{saved.name} is called with {name}={given[name]} and with {name}={value}, "
                        "but a layer has one setting for all its calls; use two layers in Keras"
                    )
        told = cls.with_outputs(saved.config, used) if issubclass(cls, Operation) else saved.config
        return cls.__name__, imported(cls, told, given)
    return _foreign_type(saved), kept(saved.config)


def _foreign_type(saved: SavedLayer) -> str:
    """No name of ours: code of others may be called as Keras' layers are."""
    registered = saved.registered or saved.kind
    own = of_keras(saved.module) and ">" not in registered
    if own and saved.kind not in LAYERS:
        return saved.kind
    return registered if ">" in registered else f"{saved.module or 'custom'}>{registered}"


def _instance(cls: type[LayerClass] | None, record: Layer) -> LayerClass | None:
    """The layer as it is configured; as it is by default where its configuration does not fit."""
    if record.type == INPUT:
        cls = LAYERS[INPUT]
    if cls is None:
        return None
    try:
        found: LayerClass = cls.from_config(record.config)
    except (ParamError, TypeError):
        return cls()
    return found


def _by_name(saved: SavedModel) -> dict[str, SavedLayer]:
    counts = Counter(layer.name for layer in saved.layers)
    for name, count in counts.items():
        if count > 1:
            raise KerasError(f"in {saved.name}, the name {name!r} is used {count} times")
    return {layer.name: layer for layer in saved.layers}


def _simplified(
    saved: SavedModel, by_name: Mapping[str, SavedLayer], ends: Iterable[Ref]
) -> dict[Call, SavedCall]:
    """Every call that the outputs depend on, without masks that only repeat what reaches it anyway."""
    calls = {(layer.name, index): call for layer in saved.layers for index, call in enumerate(layer.calls)}
    masks = Masks()
    found = {}
    for name, index in _order(by_name, calls, ends, saved.name):
        if (name, index) in calls:
            layer = by_name[name]
            found[name, index] = masks.simplified(layer, class_of(layer), index, calls[name, index])
    return found


def _order(
    by_name: Mapping[str, SavedLayer], calls: Mapping[Call, SavedCall], ends: Iterable[Ref], model: str
) -> list[Call]:
    """The calls that ``ends`` depend on, sources first, else as in the file. Raises KerasError for circles."""
    sources = _sources(by_name, calls, ends, model)
    places = {name: place for place, name in enumerate(by_name)}
    targets: dict[Call, list[Call]] = defaultdict(list)
    for call, needed in sources.items():
        for source in needed:
            targets[source].append(call)
    waiting = {call: len(needed) for call, needed in sources.items()}
    ready = [(places[name], index, name) for (name, index), count in waiting.items() if not count]
    heapq.heapify(ready)
    order: list[Call] = []
    while ready:
        _, index, name = heapq.heappop(ready)
        order.append((name, index))
        for target in targets[name, index]:
            waiting[target] -= 1
            if not waiting[target]:
                heapq.heappush(ready, (places[target[0]], target[1], target[0]))
    if len(order) < len(sources):
        stuck = next(call for call in sources if waiting[call])
        raise KerasError(f"in {model}, the calls of {stuck[0]} depend on themselves")
    return order


def _sources(
    by_name: Mapping[str, SavedLayer], calls: Mapping[Call, SavedCall], ends: Iterable[Ref], model: str
) -> dict[Call, set[Call]]:
    """The calls that each call needs, for all that ``ends`` depend on."""
    found: dict[Call, set[Call]] = {}
    todo = [(ref, model) for ref in ends]
    while todo:
        ref, wanted_by = todo.pop()
        call = (ref.layer, ref.call)
        if call in found:
            continue
        layer = by_name.get(ref.layer)
        if layer is None:
            raise KerasError(f"{wanted_by} needs the layer {ref.layer!r}, which {model} does not have")
        if call not in calls and not (layer.is_input and ref.call == 0):
            raise KerasError(
                f"{wanted_by} needs call {ref.call + 1} of {ref.layer}, which is called {len(layer.calls)} times"
            )
        entering = list(refs(calls[call])) if call in calls else []
        found[call] = {(each.layer, each.call) for each in entering}
        todo += [(each, ref.layer) for each in entering]
    return found


def _require_inputs(
    by_name: Mapping[str, SavedLayer], order: Iterable[Call], inputs: Iterable[Ref], model: str
) -> None:
    declared = [ref.layer for ref in inputs]
    if len(set(declared)) < len(declared):
        raise KerasError(f"{model} lists an input twice")
    for name in declared:
        if not by_name[name].is_input:
            raise KerasError(f"{model} lists {name!r} as its input, which is no Input")
    for name, _ in order:
        if by_name[name].is_input and name not in declared:
            raise KerasError(f"{model} depends on the Input {name!r}, which is not among its inputs")


def _replaced(structure: Any, nodes: Any) -> Any:
    """``structure`` with the next node for each tensor, dicts in the order of their keys."""
    if isinstance(structure, Mapping):
        by_key = {key: _replaced(structure[key], nodes) for key in sorted(structure)}
        return {key: by_key[key] for key in structure}
    return [_replaced(item, nodes) for item in structure] if isinstance(structure, list) else next(nodes)
