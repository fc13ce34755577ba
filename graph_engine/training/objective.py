"""From a drawing and its objectives to programs: forward pass, losses, statistics of metrics.

Weights of losses and of samples are feeds, so that they can change while training runs without compiling
again. Names of feeds: an Input's own name, ``target/OUT``, ``loss_weight/OUT`` and, where they are not 1
throughout, ``weight/OUT`` (per sample or entry) and ``present/OUT`` (0 where the target is missing). Names
of results: ``loss``, ``loss/OUT``, ``metric/OUT/NAME/INDEX`` and, for prediction, ``output/OUT`` and, where steps
may be padding, ``mask/OUT``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from graph_engine.analysis import Analysis
from graph_engine.compiler import Lowered, Plan, compile_plan, lower
from graph_engine.document import Document
from graph_engine.kernels import ops
from graph_engine.kernels.program import Program, Value
from graph_engine.training.heads import Head
from graph_engine.training.losses.base import product, reduced
from graph_engine.values import DType, TensorSpec

Mode = Literal["train", "test", "predict", "forward"]


def compile_mode(
    document: Document,
    analysis: Analysis,
    heads: Sequence[Head],
    inputs: Mapping[str, TensorSpec],
    feeds: Mapping[str, TensorSpec],
    mode: Mode,
    dtype: DType,
    trainable: Sequence[str],
    recompute: bool = False,
) -> Plan:
    """The plan of one step: a training step, a validation step, a prediction, or a training step's forward pass.

    ``inputs`` and ``feeds`` (all other feeds) have concrete shapes. ``recompute``: see ``compile_plan``.
    """
    lowered = lower(document, inputs, training=mode in ("train", "forward"), dtype=dtype, analysis=analysis)
    if mode in ("predict", "forward"):
        return _predicting(lowered)
    loss = _objective(lowered, heads, feeds, dtype)
    if mode == "test":
        return compile_plan(lowered.program)
    return compile_plan(lowered.program, loss=loss, trainable=trainable, recompute=recompute)


def _predicting(lowered: Lowered) -> Plan:
    for name, value in lowered.outputs.items():
        lowered.program.results[f"output/{name}"] = value
    for name, mask in lowered.masks.items():
        lowered.program.results[f"mask/{name}"] = mask
    return compile_plan(lowered.program)


def _objective(
    lowered: Lowered, heads: Sequence[Head], feeds: Mapping[str, TensorSpec], dtype: DType
) -> Value:
    """``sum(loss_weight * loss) + penalties``; emits every head's loss and statistics on the way."""
    program = lowered.program
    active = [_ActiveHead.of(lowered, head, feeds, dtype) for head in heads if head.active]
    for head in active:
        head.metrics()
    parts = [part for head in active if (part := head.loss()) is not None]
    total = _sum(program, [*parts, *program.losses], dtype)
    program.results["loss"] = total
    return total


@dataclass(frozen=True, slots=True)
class _ActiveHead:
    """A head in a program: its output and target, and which entries count how much."""

    program: Program
    head: Head
    output: Value
    target: Value
    mask: Value | None
    present: Value | None
    weight: Value | None
    loss_weight: TensorSpec | None

    @classmethod
    def of(cls, lowered: Lowered, head: Head, feeds: Mapping[str, TensorSpec], dtype: DType) -> _ActiveHead:
        def feed(kind: str) -> Value | None:
            name = f"{kind}/{head.name}"
            return lowered.program.feed(name, feeds[name]) if name in feeds else None

        target, mask = feed("target"), lowered.masks.get(head.name)
        assert target is not None, "active heads have targets"
        floating = None if mask is None else ops.cast(mask, dtype=dtype)
        return cls(
            lowered.program,
            head,
            lowered.outputs[head.name],
            target,
            floating,
            feed("present"),
            feed("weight"),
            feeds.get(f"loss_weight/{head.name}"),
        )

    def loss(self) -> Value | None:
        """The head's weighted loss, None if it has no loss."""
        loss = self.head.loss
        if loss is None:
            return None
        values = loss.values(self.target, self.output)
        valid = loss.valid(self.target, values)
        masks = [
            self.present,
            None if self.mask is None else _any_entry(self.mask, values.rank),
            None if valid is None else ops.cast(valid, dtype=values.dtype),
        ]
        found = reduced(loss, values, _product(masks, 1), self.weight)
        self.program.results[f"loss/{self.head.name}"] = found
        assert self.loss_weight is not None, "losses have weights"
        return found * self.program.feed(f"loss_weight/{self.head.name}", self.loss_weight)

    def metrics(self) -> None:
        for name, metric in self.head.metrics.items():
            counted = [
                self.present,
                self.mask if metric.masked else None,
                self.weight if metric.weighted else None,
            ]
            weight = _product(counted, 1)
            for index, value in enumerate(metric.statistics(self.target, self.output, weight)):
                self.program.results[f"metric/{self.head.name}/{name}/{index}"] = value


def _product(factors: Sequence[Value | None], rank: int) -> Value | None:
    there = [factor for factor in factors if factor is not None]
    return product(there, rank) if there else None


def _any_entry(mask: Value, rank: int) -> Value:
    """The mask of entries: one counts when any part of it does."""
    return mask if mask.rank <= max(rank, 1) else ops.max(mask, axes=tuple(range(max(rank, 1), mask.rank)))


def _sum(program: Program, terms: Sequence[Value], dtype: DType) -> Value:
    if not terms:
        return program.constant(0.0, dtype)
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
