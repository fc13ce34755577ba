"""Layerloom as a contestant: the public API, whole ``fit`` calls."""

from __future__ import annotations

from typing import Any

from benchmarks._nine import Api, Case
from graph_engine import layers
from graph_engine.model import Input, Model
from graph_engine.training.inspection import plan_facts


class Ours:
    """One model of one case, ready to train."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.api = Api(layers, Input, Model)
        self.model: Model = case.build(self.api)
        self.model.compile("adam", "sparse_categorical_crossentropy")

    def weights(self) -> list[list[Any]]:
        """Copies by layer, in the order the layers were made; layers without weights are left out."""
        by_layer: dict[int, list[Any]] = {}
        for path, array in self.model.weights.items():
            name = self.model.document.layers[path.rpartition("/")[0]].name
            by_layer.setdefault(id(self.model.get_layer(name)), []).append(array.copy())
        return [by_layer[id(layer)] for layer in self.api.made if id(layer) in by_layer]

    def losses(self, xs: list[Any], y: Any, steps: range) -> list[float]:
        """The loss of each of these batches, one step on each."""
        size = self.case.batch
        return [
            self.model.train_on_batch([x[at : at + size] for x in xs], y[at : at + size])["loss"]
            for at in (size * step for step in steps)
        ]

    def epoch(self, xs: list[Any], y: Any) -> None:
        self.model.fit(xs, y, batch_size=self.case.batch, epochs=1, shuffle=False)

    def facts(self) -> dict[str, Any]:
        """How many steps of a training step's plan run natively, its memory for a batch, and what it must do at
        least: the operations of its steps, and the bytes that Adam reads and writes (28 for each weight)."""
        facts = plan_facts(self.model.document, self.case.batch)
        native = sum(step.is_native for step in facts.steps)
        plan = {"native_steps": native, "steps": len(facts.steps), "arena_mb": facts.memory.arena / 1e6}
        weights = sum(array.size for array in self.model.weights.values())
        return {**plan, "gflop": facts.flops / 1e9, "adam_gb": 28e-9 * weights}
