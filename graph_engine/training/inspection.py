"""What a training step of a document will do: its plan, step by step, before any data are there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from graph_engine.compiler import flops_of_plan
from graph_engine.document import Document
from graph_engine.kernels.program import Array
from graph_engine.runtime import Preview, preview
from graph_engine.training.footprint import Footprint, footprint
from graph_engine.training.objective import Mode
from graph_engine.training.session import Session
from graph_engine.training.targets import target_spec
from graph_engine.training.trainer import optimizer_of
from graph_engine.values import TensorSpec


@dataclass(frozen=True, slots=True)
class StepFacts:
    """``layer``: name of the layer it came from. ``is_native``: a kernel does it, not its numpy definition.
    ``is_again``: it computes once more what had been forgotten."""

    layer: str
    primitive: str
    shape: tuple[int | None, ...]
    is_native: bool
    is_again: bool


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """``mode``: train where an output has a loss, else predict. ``recomputed``: the memory it would take if
    activations were computed again for the gradients.

    ``flops``: floating point operations of one step, without the optimizer's. ``is_exact``: no size was left open,
    which would have counted as 1.
    """

    mode: str
    steps: Sequence[StepFacts]
    memory: Footprint
    recomputed: Footprint
    flops: int
    is_exact: bool


def plan_facts(document: Document, batch_size: int) -> PlanFacts:
    """Raises ModelError while the drawing has errors."""
    session = Session(document, None, None, document.training.seed, "float32")
    feeds = {name: _zeros(spec, batch_size) for name, spec in session.inputs.items()}
    is_trained = any(head.loss is not None for head in session.heads)
    if is_trained:
        for head in session.heads:
            if head.active:
                feeds[f"target/{head.name}"] = _zeros(
                    target_spec(head, session.outputs[head.name]), batch_size
                )
                feeds[f"loss_weight/{head.name}"] = np.ones((), np.float32)
    mode: Mode = "train" if is_trained else "predict"
    optimizer = optimizer_of(document) if is_trained else None
    compiled = session.plan(mode, feeds)
    found = preview(compiled, session.parameters)
    again = preview(replace(compiled, recomputes=is_trained), session.parameters)
    return PlanFacts(
        mode,
        _steps(document, found),
        footprint(session.parameters, found, feeds, optimizer),
        footprint(session.parameters, again, feeds, optimizer),
        flops_of_plan(found.plan),
        all(None not in spec.shape[1:] for spec in session.inputs.values()),
    )


def _steps(document: Document, found: Preview) -> list[StepFacts]:
    plan = found.plan
    return [
        StepFacts(
            _layer(document, step.node),
            step.primitive.name,
            plan.slots[step.outputs[0]].spec.shape,
            fast,
            step.phase == "again",
        )
        for step, fast in zip(plan.steps, found.is_native, strict=True)
    ]


def _layer(document: Document, node: str) -> str:
    """The name of the layer a node calls; inside Model layers the node's place as it is."""
    main = document.main
    if node in main.nodes:
        return document.layer_of(main.id, node).name
    return node or "loss"


def _zeros(spec: TensorSpec, batch_size: int) -> Array:
    shape = (batch_size, *(1 if size is None else size for size in spec.shape[1:]))
    assert math.prod(shape) > 0
    return np.zeros(shape, spec.dtype)
