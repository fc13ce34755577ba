"""Commands on layers: every call of the layer follows."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

from graph_engine.document.commands.base import DraftCommand, counted
from graph_engine.document.draft import Draft, Refused
from graph_engine.document.edits import calls
from graph_engine.document.queries import nested_graph
from graph_engine.document.records import MODEL


@dataclass(frozen=True, slots=True)
class Configure(DraftCommand):
    """One parameter of some layers. Consecutive values of the same parameter become one undo step.

    Whether the value fits the layer is for the caller to ask: the document knows no layer type.
    """

    layers: tuple[str, ...]
    name: str
    value: Any
    gesture: str = ""

    @property
    def label(self) -> str:
        return f"Change {self.name.replace('_', ' ')}"

    @property
    def merge_key(self) -> Hashable | None:
        return ("configure", self.layers, self.name, self.gesture)

    def edit(self, draft: Draft) -> tuple[str, ...]:
        value = calls.plain_config({self.name: self.value})
        for layer_id in self.layers:
            layer = calls.require_layer(draft, layer_id)
            if layer.type == MODEL and self.name == "graph":
                raise Refused(f"Which model {layer.name} calls is changed by replacing the layer.")
            draft.layers.put(layer_id, replace(layer, config={**layer.config, **value}))
        return ()


@dataclass(frozen=True, slots=True)
class Rename(DraftCommand):
    """A layer's name; with a Model layer that alone uses its model, the model's name as well."""

    layer: str
    name: str

    @property
    def label(self) -> str:
        return f"Rename to {self.name}"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        layer = calls.require_layer(draft, self.layer)
        name = calls.checked_name(draft, layer.scope, layer.type, self.name, own=layer.id)
        draft.layers.put(layer.id, replace(layer, name=name))
        model = nested_graph(layer)
        if model and sum(nested_graph(other) == model for other in draft.original.layers.values()) == 1:
            draft.graph(model).name = name
        return ()


@dataclass(frozen=True, slots=True)
class RenameGraph(DraftCommand):
    """The name of a model, such as the main one's, by which it is exported."""

    graph: str
    name: str

    @property
    def label(self) -> str:
        return f"Rename to {self.name}"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        draft.graph(self.graph).name = calls.clean_name(self.name)
        return ()


@dataclass(frozen=True, slots=True)
class SetTrainable(DraftCommand):
    """Whether training changes the weights of some layers."""

    layers: tuple[str, ...]
    trainable: bool

    @property
    def label(self) -> str:
        return f"{'Unfreeze' if self.trainable else 'Freeze'} {counted(len(self.layers), 'layer')}"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        for layer_id in self.layers:
            layer = calls.require_layer(draft, layer_id)
            draft.layers.put(layer_id, replace(layer, trainable=self.trainable))
        return ()
