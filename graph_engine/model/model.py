"""``Model``: a document that runs. Built from symbols, from a drawing, or from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from graph_engine.analysis import Analysis, analyze
from graph_engine.compiler import weight_table
from graph_engine.document import MODEL, Document, Port
from graph_engine.kernels.program import Array
from graph_engine.model.build import Definition, build, output_names
from graph_engine.model.cells import SharedWeights
from graph_engine.model.compiled import training_of
from graph_engine.model.feeds import by_name
from graph_engine.model.replay import replay
from graph_engine.model.symbols import Symbol, record, require_symbols
from graph_engine.project import Project, load, save
from graph_engine.runtime import Parameters
from graph_engine.training import Callback, History, Trainer
from graph_engine.values import LayerloomError

Feeds = Any  # an array, a list of arrays in the order of the inputs, or a mapping by input name


class Model:
    """A network with named inputs and outputs.

    ``inputs`` and ``outputs``: symbols, one, a list, or (outputs) a mapping by name. A model is callable:
    on symbols it becomes a layer of another model and shares its weights with it, on arrays it computes.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str = "model", *, trainable: bool = True) -> None:
        definition = Definition(name, _listed(inputs), _named(outputs))
        built = build(definition)
        objects = {built.layer_ids[id(item)]: item for item in built.objects if id(item) in built.layer_ids}
        self._start(definition, built.document, objects, trainable)

    @classmethod
    def from_document(cls, document: Document, weights: Mapping[str, Array] | None = None) -> Model:
        """A model of a document's main graph. ``weights`` by path; those that do not fit start anew.

        Raises ModelError while the drawing has errors.
        """
        replayed = replay(document, analyze(document))
        model = cls.__new__(cls)
        model._start(replayed.definition, document, replayed.objects, True)
        if weights:
            model.parameters.load(weights)
        return model

    @classmethod
    def load(cls, path: str | Path) -> Model:
        """Open a ``.loom`` or ``.loom.json`` project as a model, with its weights."""
        project = load(Path(path))
        model = cls.from_document(project.document, project.weights)
        model._project = project
        return model

    def _start(
        self, definition: Definition, document: Document, objects: Mapping[str, Any], trainable: bool
    ) -> None:
        self.definition = definition
        self.name = definition.name
        self.trainable = trainable
        self.document = document
        self.stop_training = False
        self.history: History | None = None
        self._objects = objects
        self._analysis: Analysis = analyze(document)
        self._parameters: Parameters | None = None
        self._shared: SharedWeights | None = None
        self._trainer: Trainer | None = None
        self._project = Project(document)
