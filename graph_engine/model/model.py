"""``Model``: a document that runs. Built from symbols, from a drawing, or from a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from graph_engine.analysis import analyze
from graph_engine.compiler import compile_plan, lower, require_sound, weight_table
from graph_engine.data import named_arrays
from graph_engine.document import MAIN, Document
from graph_engine.kernels.program import Array
from graph_engine.layout import laid_out
from graph_engine.model.arguments import objectives, optimizer_choice
from graph_engine.model.build import Built, Definition, build, named_outputs
from graph_engine.model.datasets import dataset, datasets
from graph_engine.model.files import load_project
from graph_engine.model.replay import replay
from graph_engine.model.sharing import SharedWeights
from graph_engine.model.summary import summary
from graph_engine.model.symbols import Symbol, record, require_symbols
from graph_engine.model.weights import NamedWeights
from graph_engine.project import Project, save
from graph_engine.runtime import Parameters, make_executor
from graph_engine.training import Callback, History, ProgressBar, Trainer
from graph_engine.values import LayerloomError, TensorSpec


class Model:
    """A network with named inputs and outputs.

    ``inputs``: a symbol or a list. ``outputs``: a symbol, a list, or a mapping by name; results come back
    the same way. A model is callable: on symbols it becomes a layer of another model and shares its weights
    with it, on arrays it computes.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str = "model", *, trainable: bool = True) -> None:
        listed = tuple(inputs) if isinstance(inputs, (list, tuple)) else (inputs,)
        definition = Definition(name, require_symbols(listed, "Model"), named_outputs(outputs))
        built = build(definition)
        structure = type(outputs) if isinstance(outputs, (list, tuple, Mapping)) else None
        self.trainable = trainable
        self._start(definition, built.document, _objects_by_path(built), structure)

    def _start(
        self, definition: Definition, document: Document, objects: Mapping[str, Any], structure: type | None
    ) -> None:
        """``objects``: the layer object below each path. ``structure``: what outputs come back in; None: alone."""
        self.definition = definition
        self.name = definition.name
        self.document = document
        self.history: History | None = None
        self._objects = objects
        self._structure = structure
        self._analysis = analyze(document)
        self._parameters: Parameters | None = None
        self._shared: SharedWeights | None = None
        self._trainer: Trainer | None = None
        self._project = Project(document)

    @classmethod
    def from_document(cls, document: Document, weights: Mapping[str, Array] | None = None) -> Model:
        """A model of a document's main graph. ``weights`` by path; those that do not fit start anew.

        Raises ModelError while the drawing has errors.
        """
        analysis = analyze(document)
        require_sound(document, analysis, MAIN)
        replayed = replay(document, analysis)
        model = cls.__new__(cls)
        structure = list if len(document.main.outputs) > 1 else None
        model.trainable = True
        model._start(replayed.definition, document, replayed.objects, structure)
        if weights:
            model.parameters.load(weights)
        return model

    @classmethod
    def load(cls, path: str | Path) -> Model:
        """Open a ``.loom`` or ``.loom.json`` project, or a ``.keras`` file, with its weights, losses and optimizer."""
        project = load_project(Path(path))
        model = cls.from_document(project.document, project.weights)
        model._project = project
        return model

    def save(self, path: str | Path) -> None:
        """Write a ``.loom`` project: drawing, weights, training settings and history."""
        history = self.history.history if self.history else self._project.history
        weights = self.parameters.snapshot()
        project = replace(self._project, document=laid_out(self.document), weights=weights, history=history)
        save(Path(path), project)

    @property
    def input_names(self) -> tuple[str, ...]:
        return tuple(self.document.layer_of(MAIN, node).name for node in self.document.main.inputs)

    @property
    def output_names(self) -> tuple[str, ...]:
        return tuple(self.document.layer_of(MAIN, node).name for node in self.document.main.outputs)

    @property
    def inputs(self) -> tuple[Symbol, ...]:
        return self.definition.inputs

    @property
    def outputs(self) -> tuple[Symbol, ...]:
        return tuple(self.definition.outputs.values())

    @property
    def layers(self) -> tuple[Any, ...]:
        """The layer objects that have weights, each once, in the order of the graph."""
        return tuple(dict.fromkeys(self._objects.values()))

    @property
    def weights(self) -> Mapping[str, Array]:
        """Every weight by its path, ``LAYER/WEIGHT`` with ids of layers. Writing into an array changes it.

        In a model from another program's file a weight goes by the path it had there.
        """
        return NamedWeights(self.parameters, self._project.origin.weights)

    @property
    def parameters(self) -> Parameters:
        """The weights, brought up to date with other models that share layers with this one."""
        if self._parameters is None:
            table = weight_table(self.document, self._analysis)
            self._parameters = Parameters(table).initialize(self.document.training.seed)
            owners = {path: (self._objects[_place(path)], _weight(path)) for path in table}
            self._shared = SharedWeights(self._parameters, owners)
        if self._shared is not None:
            self._shared.claim()
        return self._parameters

    def get_layer(self, name: str) -> Any:
        """The layer object of that name in the outermost graph."""
        for path in self._objects:
            if "/" not in path and self.document.layers[path].name == name:
                return self._objects[path]
        raise LayerloomError(f"{self.name} has no layer {name!r} with weights")

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
        listed = list(given) if isinstance(given, (list, tuple)) else [given]
        if any(isinstance(value, Symbol) for value in listed):
            return self._call_on_symbols(require_symbols(tuple(listed), self.name), training)
        arrays = named_arrays(given, self.input_names, "input")
        return self._shaped(self._compute(arrays, bool(training)))

    def compile(
        self, optimizer: Any = "adam", loss: Any = None, loss_weights: Any = None, metrics: Any = None
    ) -> None:
        """Choose what to train for. Each of the last three: one, a list in output order, or a mapping by name.

        Names, ``Loss``/``Metric``/``Optimizer`` objects or classes are taken. Recorded in ``document.training``.
        """
        chosen = objectives(self.output_names, loss, loss_weights, metrics)
        by_node = dict(zip(self.document.main.outputs, chosen.values(), strict=True))
        training = replace(self.document.training, objectives=by_node, optimizer=optimizer_choice(optimizer))
        self.document = replace(self.document, training=training)
        self._trainer = None

    def fit(
        self,
        x: Any,
        y: Any = None,
        *,
        epochs: int = 1,
        batch_size: int = 32,
        validation_split: float = 0.0,
        validation_data: Any = None,
        sample_weight: Any = None,
        shuffle: bool = True,
        initial_epoch: int = 0,
        validation_freq: int = 1,
        callbacks: Iterable[Callback] = (),
        verbose: bool = False,
    ) -> History:
        """Train; arguments and log names as in Keras. ``validation_split`` takes the last rows."""
        training, validation = datasets(self, x, y, sample_weight, validation_split, validation_data)
        self.history = self.trainer.fit(
            training,
            validation=validation,
            epochs=epochs,
            batch_size=batch_size,
            initial_epoch=initial_epoch,
            validation_freq=validation_freq,
            shuffle=shuffle,
            callbacks=[*callbacks, *([ProgressBar()] if verbose else [])],
        )
        return self.history

    def evaluate(
        self, x: Any, y: Any = None, *, batch_size: int = 32, sample_weight: Any = None
    ) -> dict[str, float]:
        """Loss, losses of the outputs and metrics, by name, in inference mode."""
        return self.trainer.evaluate(dataset(self, x, y, sample_weight), batch_size=batch_size)

    def predict(self, x: Any, *, batch_size: int = 32) -> Any:
        """The outputs for every row, in the structure the model was given its outputs in."""
        arrays = named_arrays(x, self.input_names, "input")
        return self._shaped(self.trainer.predict(arrays, batch_size=batch_size))

    def train_on_batch(self, x: Any, y: Any, sample_weight: Any = None) -> dict[str, float]:
        """One optimizer step on one batch; its losses and metrics by name."""
        return self.trainer.train_on_batch(dataset(self, x, y, sample_weight))

    @property
    def optimizer(self) -> Any:
        """The optimizer with its state: ``learning_rate`` may be set."""
        return self.trainer.optimizer

    @property
    def trainer(self) -> Trainer:
        parameters = self.parameters  # also fetches what other models changed
        if self._trainer is None:
            self._trainer = Trainer(self.document, parameters=parameters, model=self)
        return self._trainer

    def _call_on_symbols(self, symbols: tuple[Symbol, ...], training: bool | None) -> Any:
        if len(symbols) != len(self.inputs):
            names = ", ".join(self.input_names)
            raise LayerloomError(f"{self.name} takes {len(self.inputs)} inputs ({names}), got {len(symbols)}")
        for symbol, declared, name in zip(symbols, self.inputs, self.input_names, strict=True):
            if not declared.spec.accepts(symbol.spec):
                raise LayerloomError(f"{self.name}: input {name!r} takes {declared.spec}, got {symbol.spec}")
        return record(self, symbols, tuple(symbol.spec for symbol in self.outputs), training)

    def _compute(self, arrays: Mapping[str, Array], training: bool) -> dict[str, Array]:
        ready = self.trainer.session.as_inputs(arrays)
        specs = {name: TensorSpec(array.shape, array.dtype.name) for name, array in ready.items()}  # type: ignore[arg-type]
        lowered = lower(self.document, specs, training=training, analysis=self._analysis)
        lowered.program.results.update(lowered.outputs)
        found = make_executor(compile_plan(lowered.program), self.parameters).run(ready)
        return {name: found[name].copy() for name in self.output_names}

    def _shaped(self, by_name: Mapping[str, Array]) -> Any:
        found = [by_name[name] for name in self.output_names]
        if self._structure is None:
            return found[0]
        if issubclass(self._structure, Mapping):
            return dict(zip(self.output_names, found, strict=True))
        return tuple(found) if issubclass(self._structure, tuple) else found


def _objects_by_path(built: Built) -> dict[str, Any]:
    """The layer object below each weight path; every object stands in a document that code built once."""
    table = weight_table(built.document, analyze(built.document))
    return {place: built.objects[place.rpartition("/")[2]] for place in map(_place, table)}


def _place(path: str) -> str:
    return path.rpartition("/")[0]


def _weight(path: str) -> str:
    return path.rpartition("/")[2]
