"""From a drawing and its objectives to programs: forward pass, losses, statistics of metrics.

Weights of losses and of samples are feeds, so that they can change while training runs without compiling
again. Names of feeds: an Input's own name, ``target/OUT``, ``weight/OUT`` (per sample, for the loss),
``present/OUT`` (per sample, 0 where the target is missing) and ``loss_weight/OUT``. Names of results:
``loss``, ``loss/OUT``, ``metric/OUT/NAME/INDEX`` and, for prediction, ``output/OUT``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from graph_engine.analysis import Analysis
from graph_engine.compiler import Lowered, Plan, compile_plan, lower
from graph_engine.document import Document
from graph_engine.kernels import ops
from graph_engine.kernels.program import Program, Value
from graph_engine.training.heads import Head
from graph_engine.training.targets import target_spec
from graph_engine.values import DType, TensorSpec

Mode = Literal["train", "test", "predict"]


def compile_mode(
    document: Document,
    analysis: Analysis,
    heads: Sequence[Head],
    inputs: Mapping[str, TensorSpec],
    mode: Mode,
    dtype: DType,
    trainable: Sequence[str],
) -> Plan:
    """The plan of one step: a training step, a validation step or a prediction, for inputs of concrete shape."""
    lowered = lower(document, inputs, training=mode == "train", dtype=dtype, analysis=analysis)
    if mode == "predict":
        return _predicting(lowered)
    loss = _objective(lowered, heads, dtype)
    return compile_plan(lowered.program, loss=loss if mode == "train" else None, trainable=trainable)


def _predicting(lowered: Lowered) -> Plan:
    for name, value in lowered.outputs.items():
        lowered.program.results[f"output/{name}"] = value
    return compile_plan(lowered.program)


def _objective(lowered: Lowered, heads: Sequence[Head], dtype: DType) -> Value:
    """``sum(loss_weight * loss) + penalties``; emits every head's loss and statistics on the way."""
    program = lowered.program
    parts = [_head(program, head, lowered.outputs[head.name], dtype) for head in heads if head.active]
    total = _sum(program, [part for part in parts if part is not None] + list(program.losses), dtype)
    program.results["loss"] = total
    return total


def _head(program: Program, head: Head, output: Value, dtype: DType) -> Value | None:
    """The head's weighted loss, None if it has no loss."""
    target = program.feed(f"target/{head.name}", target_spec(head, output.spec))
    _metrics(program, head, target, output, dtype)
    if head.loss is None:
        return None
    rows = TensorSpec((output.shape[0],), dtype)
    weight = program.feed(f"weight/{head.name}", rows)
    loss = ops.mean(head.loss.per_sample(target, output) * weight)
    program.results[f"loss/{head.name}"] = loss
    return loss * program.feed(f"loss_weight/{head.name}", TensorSpec((), dtype))


def _metrics(program: Program, head: Head, target: Value, output: Value, dtype: DType) -> None:
    if not head.metrics:
        return
    present = program.feed(f"present/{head.name}", TensorSpec((output.shape[0],), dtype))
    for name, metric in head.metrics.items():
        for index, value in enumerate(metric.statistics(target, output, present)):
            program.results[f"metric/{head.name}/{name}/{index}"] = value


def _sum(program: Program, terms: Sequence[Value], dtype: DType) -> Value:
    if not terms:
        return program.constant(0.0, dtype)
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
