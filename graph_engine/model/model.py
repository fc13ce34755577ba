"""``Model``: a document that runs. Built from symbols, from a drawing, or from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from graph_engine.analysis import analyze
from graph_engine.compiler import require_sound, weight_table
from graph_engine.document import MAIN, Document
from graph_engine.kernels.program import Array
from graph_engine.layout import laid_out
from graph_engine.model.answering import Answerer
from graph_engine.model.build import Definition, build, calls_of, named_outputs
from graph_engine.model.feeds import Binder
from graph_engine.model.files import load_project, save_project
from graph_engine.model.gradients import Gradients, gradients_of
from graph_engine.model.layers import find_layer, layer_order, layer_places
from graph_engine.model.replay import replay
from graph_engine.model.sharing import SharedWeights
from graph_engine.model.steps import EachStep
from graph_engine.model.structure import leaves, nested, packed
from graph_engine.model.summary import summary
from graph_engine.model.symbols import Symbol, record, require_symbols
from graph_engine.model.training import Trainable
from graph_engine.model.weights import NamedWeights
from graph_engine.project import Project
from graph_engine.runtime import Parameters
from graph_engine.training import History, Trainer
from graph_engine.values import LayerloomError


class Model(Trainable):
    """A network with named inputs and outputs.

    ``inputs`` and ``outputs``: a symbol, or lists and mappings of symbols, nested as one likes; arrays are fed
    the same way, or by the inputs' names, and results come back the same way. A model is callable: on symbols
    it becomes a layer of another model and shares its weights with it, on arrays it computes.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str = "model", *, trainable: bool = True) -> None:
        entering = require_symbols(tuple(symbol for _, symbol in leaves(inputs)), "Model")
        if len({(symbol.call, symbol.index) for symbol in entering}) < len(entering):
            raise LayerloomError(f"{name}: an input is listed twice")
        definition = Definition(name, entering, named_outputs(outputs))
        built = build(definition)
        self.trainable = trainable
        places = layer_places(built.document, analyze(built.document))
        objects = {place.path: built.objects[place.layer] for place in places}
        self._start(definition, built.document, objects, inputs, outputs)

    def _start(
        self,
        definition: Definition,
        document: Document,
        objects: Mapping[str, Any],
        inputs: Any,
        outputs: Any,
    ) -> None:
        """``objects``: layer objects by path. ``inputs`` and ``outputs``: nested as they are fed and returned."""
        self.definition = definition
        self.name = definition.name
        self.document = document
        self.history: History | None = None
        self.input_structure, self.output_structure = inputs, outputs
        self._objects = objects
        self._analysis = analyze(document)
        self._places = layer_places(document, self._analysis)
        self._parameters: Parameters | None = None
        self._shared: SharedWeights | None = None
        self._trainer: Trainer | None = None
        self._answerer: Answerer | None = None
        self._optimizer_state: Mapping[str, Array] = {}
        self._project = Project(document)
        self.input_names = _names(document, document.main.inputs)
        self.output_names = _names(document, document.main.outputs)

    @classmethod
    def from_document(cls, document: Document, weights: Mapping[str, Array] | None = None) -> Model:
        """A model of a document's main graph. ``weights`` by path; those that do not fit start anew.

        Raises ModelError while the drawing has errors.
        """
        analysis = analyze(document)
        require_sound(document, analysis, MAIN)
        replayed = replay(document, analysis)
        model = cls.__new__(cls)
        inputs, outputs = list(replayed.definition.inputs), list(replayed.definition.outputs.values())
        model.trainable = True
        model._start(replayed.definition, document, replayed.objects, _alone(inputs), _alone(outputs))
        if weights:
            model.parameters.load(weights)
        return model

    @classmethod
    def load(cls, path: str | Path) -> Model:
        """Open a ``.loom`` or ``.loom.json`` project, or a ``.keras`` file, with its weights and losses.

        Training goes on with the optimizer as it was left.
        """
        project = load_project(Path(path))
        model = cls.from_document(project.document, project.weights)
        model._project, model._optimizer_state = project, project.optimizer
        main, origin = project.document.main, project.origin
        model.input_structure = nested(origin.inputs, main.inputs, model.input_structure)
        model.output_structure = nested(origin.outputs, main.outputs, model.output_structure)
        return model

    def save(self, path: str | Path) -> None:
        """Write a ``.loom`` project: drawing, weights, training settings, the optimizer's state and history.

        Or a ``.keras`` file, if the path ends so: drawing, weights, training settings and the optimizer's state.
        """
        project = replace(
            self._project,
            document=laid_out(self._with_rate()),
            weights=self.parameters.snapshot(),
            optimizer=self._kept_optimizer(),
            history=self.history.history if self.history else self._project.history,
        )
        save_project(Path(path), project)

    @property
    def inputs(self) -> tuple[Symbol, ...]:
        return self.definition.inputs

    @property
    def outputs(self) -> tuple[Symbol, ...]:
        return tuple(self.definition.outputs.values())

    @property
    def input(self) -> Any:
        """The inputs' symbols, nested as they were given."""
        return self.input_structure

    @property
    def output(self) -> Any:
        """The outputs' symbols, nested as they were given."""
        return self.output_structure

    @property
    def layers(self) -> tuple[Any, ...]:
        """The layer objects of the outermost graph, each once, in Keras' order."""
        return tuple(layer_order(self.definition))

    @property
    def weights(self) -> Mapping[str, Array]:
        """Every weight by its path, ``LAYER/WEIGHT`` with ids of layers. Writing into an array changes it.

        In a model from another program's file a weight goes by the path it had there.
        """
        return NamedWeights(self.parameters, self._project.origin.weights)

    @property
    def parameters(self) -> Parameters:  # type: ignore[override]  # made when first asked for
        """The weights, brought up to date with other models that share layers with this one."""
        if self._parameters is None:
            self._lay_out(weight_table_of(self.document))
        assert self._parameters is not None
        if self._shared is not None:
            self._shared.claim()
        return self._parameters

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """The layer object of that name (``inner/dense`` inside of a nested model), or at an index of ``layers``."""
        if (name is None) == (index is None):
            raise LayerloomError("get_layer takes a name or an index")
        if index is None:
            return find_layer(self._places, self._objects, str(name), self.name)
        if not -len(self.layers) <= index < len(self.layers):
            raise LayerloomError(f"{self.name} has {len(self.layers)} layers, there is no layer {index}")
        return self.layers[index]

    def output_of(self, name: str, call: int = 0) -> Any:
        """The symbol a layer gives in this model (``inner/dense``: inside of a nested one), to cut a model at it.

        ``call``: which of the calls of the outermost layer named, where there are several.
        """
        return self._output_of(self.definition, name.split("/"), 0, call)

    @property
    def weight_order(self) -> list[str]:
        """Paths of the weights as ``get_weights`` and Keras order them."""
        table = weight_table_of(self.document)
        positions = {id(layer): index for index, layer in enumerate(self._layers_within(self.definition))}
        places = {place.path: positions.get(id(self._objects[place.path]), 0) for place in self._places}
        return sorted(table, key=lambda path: (places[_place(path)], not table[path].weight.trainable))

    def get_weights(self) -> list[Array]:
        """Copies of all weights in Keras' order: layer by layer, within a layer the trainable ones first."""
        return [self.parameters[path].copy() for path in self.weight_order]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Replace all weights, given in the order of ``get_weights``."""
        paths = self.weight_order
        if len(weights) != len(paths):
            raise LayerloomError(f"{self.name} has {len(paths)} weights, got {len(weights)}")
        parameters = self.parameters
        for path, value in zip(paths, weights, strict=True):
            if np.shape(value) != parameters[path].shape:
                raise LayerloomError(
                    f"weight {path!r} has shape {parameters[path].shape}, the value has {np.shape(value)}"
                )
        for path, value in zip(paths, weights, strict=True):
            parameters.set(path, value)

    def set_trainable(self, name: str, trainable: bool) -> None:
        """Let training change a layer's weights, or not; recompiling is not needed. Weights stay as they are."""
        self.get_layer(name)  # raises with the names there are
        place = next(p for p in self._places if name in (p.name, p.name.rpartition("/")[2]))
        record_ = replace(self.document.layers[place.layer], trainable=trainable)
        weights, state = self.parameters.snapshot(), self._kept_optimizer()
        self.document = replace(self._with_rate(), layers={**self.document.layers, place.layer: record_})
        self._analysis = analyze(self.document)
        self._lay_out(weight_table_of(self.document))
        assert self._parameters is not None
        self._parameters.load(weights)
        self._trainer, self._optimizer_state = None, state

    def reset_states(self) -> None:
        """Begin anew: what stateful layers kept from the batches before is set to zero."""
        for path, entry in self.parameters.table.items():
            if entry.weight.carried:
                self.parameters[path][...] = 0.0

    def summary(self) -> str:
        """Prints and returns the table of ``layerloom info``."""
        text = summary(self.document, self._analysis)
        print(text)
        return text

    def __call__(self, *inputs: Any, training: bool | None = None) -> Any:
        """On symbols: a layer of another model, which behaves as ``training`` says in this call if it says so.

        On arrays: the outputs, computed in one batch.
        """
        given = inputs[0] if len(inputs) == 1 else list(inputs)
        listed = [value for _, value in leaves(given)]
        if any(isinstance(value, Symbol) for value in listed):
            return self._call_on_symbols(given, training)
        feeds = self.trainer.session.as_inputs(self.binder.named_inputs(given))
        return self._shaped(self.trainer.predict_on_batch(feeds, training=bool(training)))

    def gradients(self, x: Any, cotangents: Any = None, *, training: bool = False) -> Gradients:
        """Gradients of ``sum(output * cotangent)`` for the trainable weights, by path, and the inputs, by name.

        ``cotangents`` are nested as the outputs are, or by output name; None: ones for every output.
        """
        session = self.trainer.session
        feeds = session.as_inputs(self.binder.named_inputs(x))
        outputs = self.trainer.predict_on_batch(feeds)
        given = self.binder.named_targets(cotangents) or {n: np.ones_like(v) for n, v in outputs.items()}
        for name, array in given.items():
            if name not in outputs or array.shape != outputs[name].shape:
                shape = outputs[name].shape if name in outputs else "nothing of that name"
                raise LayerloomError(f"the cotangent of {name!r} has shape {array.shape}, the output {shape}")
        ready = {name: array.astype(session.dtype) for name, array in given.items()}
        found = gradients_of(
            self.document,
            self._analysis,
            self.parameters,
            feeds,
            ready,
            training=training,
            seed=self.trainer.seed,
        )
        return replace(found, weights=NamedWeights(found.weights, self._project.origin.weights))

    def at_each_step(self, name: str | None = None, *, trainable: bool = True) -> EachStep:
        """``TimeDistributed(model)``: the model called for every step of a sequence, with the same weights."""
        return EachStep(self, name, trainable=trainable)

    def _call_on_symbols(self, given: Any, training: bool | None) -> Any:
        symbols = Binder.symbols(self.input_structure, self.input_names, given, self.name)
        for symbol, declared, name in zip(symbols, self.inputs, self.input_names, strict=True):
            if not declared.spec.accepts(symbol.spec):
                raise LayerloomError(f"{self.name}: input {name!r} takes {declared.spec}, got {symbol.spec}")
        found = record(self, symbols, tuple(symbol.spec for symbol in self.outputs), training)
        return packed(self.output_structure, found if isinstance(found, tuple) else (found,))

    def _lay_out(self, table: Any) -> None:
        """Parameters for the document as it is, kept in step with the layer objects."""
        self._parameters = Parameters(table).initialize(self.document.training.seed)
        owners = {path: (self._objects[_place(path)], _weight(path)) for path in table}
        self._shared = SharedWeights(self._parameters, owners)

    def _kept_optimizer(self) -> Mapping[str, Array]:
        return self._optimizer_state if self._trainer is None else self._trainer.optimizer.saved()

    def _with_rate(self) -> Document:
        """The document with the learning rate that training has come to."""
        if self._trainer is None:
            return self.document
        training, rate = self.document.training, self._trainer.optimizer.learning_rate
        if rate == self._trainer.optimizer.optimizer.learning_rate:
            return self.document
        optimizer = replace(
            training.optimizer, config={**training.optimizer.config, "learning_rate": float(rate)}
        )
        return replace(self.document, training=replace(training, optimizer=optimizer))

    def _output_of(self, definition: Definition, names: list[str], depth: int, call: int) -> Any:
        wanted = "/".join(names[: depth + 1])
        target = find_layer(self._places, self._objects, wanted, self.name)
        calls = [each for each in calls_of(definition) if each.target is target]
        if not calls:
            return next(symbol for symbol in definition.inputs if symbol.call.target is target)
        if not -len(calls) <= call < len(calls):
            raise LayerloomError(f"{wanted!r} is called {len(calls)} times, there is no call {call}")
        if depth + 1 == len(names):
            return calls[call].result
        inner = target.definition
        symbol = self._output_of(inner, names, depth + 1, 0)
        part = Model(list(inner.inputs), symbol)
        if inner.each_step:
            return part.at_each_step()(calls[call].sources[0])
        return part(*calls[call].inputs)

    def _layers_within(self, definition: Definition) -> list[Any]:
        """Layers in Keras' order, those of a nested model where it stands."""
        found: list[Any] = []
        for layer in layer_order(definition):
            inner = getattr(layer, "definition", None)
            found.extend(self._layers_within(inner) if inner else [layer])
        return list(dict.fromkeys(found))


def weight_table_of(document: Document) -> Any:
    return weight_table(document, analyze(document))


def _alone(listed: list[Any]) -> Any:
    return listed if len(listed) > 1 else listed[0]


def _names(document: Document, nodes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(document.layer_of(MAIN, node).name for node in nodes)


def _place(path: str) -> str:
    return path.rpartition("/")[0]


def _weight(path: str) -> str:
    return path.rpartition("/")[2]
