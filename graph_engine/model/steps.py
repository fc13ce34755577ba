"""A model as ``TimeDistributed`` makes a layer of it: called for every step of a sequence by itself."""

from __future__ import annotations

from typing import Any

from graph_engine.layers.steps import step_of, with_steps
from graph_engine.model.build import Definition
from graph_engine.model.structure import leaves
from graph_engine.model.symbols import Input, Symbol, record, require_symbols
from graph_engine.values import LayerloomError, TensorSpec


class EachStep:
    """``TimeDistributed(model)``: a graph of its own that calls the model, which so shares its weights with every
    other call of it. The graph is made with the first call."""

    def __init__(self, inner: Any, name: str | None = None, *, trainable: bool = True) -> None:
        self.inner = inner
        self.name = name or "time_distributed"
        self.trainable = trainable
        self.definition: Definition | None = None

    def at_each_step(self, name: str | None = None, *, trainable: bool = True) -> EachStep:
        """Steps within steps."""
        return EachStep(self, name, trainable=trainable)

    def __call__(self, x: Any, training: bool | None = None) -> Any:
        """On a symbol (batch, steps, ...). Raises LayerloomError where a step is not what the model takes."""
        (given,) = require_symbols((x,), self.name)
        if given.spec.rank < 3:
            raise LayerloomError(f"{self.name} needs steps and at least one axis in each, got {given.spec}")
        step = step_of(given.spec)
        if self.definition is None:
            self.definition = self._defined(step)
        declared = self.definition.inputs[0].spec
        if not declared.accepts(step):
            raise LayerloomError(f"{self.name}: every step is to be {declared}, got {step}")
        found = (with_steps(symbol.spec, given.shape[1]) for symbol in self.definition.outputs.values())
        return record(self, (given,), tuple(found), training)

    def _defined(self, step: TensorSpec) -> Definition:
        """The graph of one step: the model's input, and the model called on it."""
        inner = self.inner
        if not isinstance(inner, EachStep):
            definition = inner.definition
            if len(definition.inputs) != 1 or len(definition.outputs) != 1:
                raise LayerloomError(
                    f"{inner.name} has {len(definition.inputs)} inputs and {len(definition.outputs)} outputs; "
                    "only a model with one of each is applied to every step"
                )
            step = definition.inputs[0].spec
        entering = Input(step.sample_shape, dtype=step.dtype, batch_size=step.shape[0])
        ((_, leaving),) = leaves(inner(entering))
        assert isinstance(leaving, Symbol)
        return Definition(self.name, (entering,), {inner.name: leaving}, each_step=True)
