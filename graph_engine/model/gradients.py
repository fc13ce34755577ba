"""Gradients of a model's outputs: how checks and other programs look through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from graph_engine.analysis import Analysis
from graph_engine.compiler import compile_plan, lower
from graph_engine.compiler.differentiate import gradients
from graph_engine.document import Document
from graph_engine.kernels.program import Array, Program, Value
from graph_engine.runtime import Parameters, make_executor
from graph_engine.values import DType, TensorSpec


@dataclass(frozen=True, slots=True)
class Gradients:
    """``weights`` by path (the trainable ones), ``inputs`` by Input name (those of floating dtype)."""

    weights: Mapping[str, Array]
    inputs: Mapping[str, Array]


def gradients_of(
    document: Document,
    analysis: Analysis,
    parameters: Parameters,
    arrays: Mapping[str, Array],
    cotangents: Mapping[str, Array],
    *,
    training: bool,
    seed: int,
) -> Gradients:
    """Of ``sum(output * cotangent)`` over the outputs that have one. Moving averages stay as they are."""
    lowered = lower(document, _specs(arrays), training=training, dtype=parameters.dtype, analysis=analysis)
    program = lowered.program
    program.updates.clear()
    weights = {f"weight/{path}": program.parameters[path] for path in _trainable(parameters, program)}
    inputs = {f"input/{name}": value for name, value in lowered.inputs.items() if _floating(value)}
    outputs = [lowered.outputs[name] for name in cotangents]
    given = [
        program.feed(f"cotangent/{name}", value.spec) for name, value in zip(cotangents, outputs, strict=True)
    ]
    wrt = {**weights, **inputs}
    found = dict(zip(wrt, gradients(program, outputs, given, list(wrt.values())), strict=True))
    program.results.update({name: value for name, value in found.items() if value is not None})
    feeds = {**arrays, **{f"cotangent/{name}": array for name, array in cotangents.items()}}
    results = make_executor(compile_plan(program), parameters).run(feeds, seed=seed)
    ready = {
        name: results[name].copy() if name in results else np.zeros(v.shape, v.dtype)
        for name, v in wrt.items()
    }
    absent = {path: np.zeros_like(parameters[path]) for path in parameters.trainable_paths}
    return Gradients(
        {**absent, **_under("weight/", ready)},
        _under("input/", ready),
    )


def _specs(arrays: Mapping[str, Array]) -> dict[str, TensorSpec]:
    return {name: TensorSpec(array.shape, cast("DType", array.dtype.name)) for name, array in arrays.items()}


def _trainable(parameters: Parameters, program: Program) -> list[str]:
    return [path for path in parameters.trainable_paths if path in program.parameters]


def _floating(value: Value) -> bool:
    return value.dtype in ("float32", "float64")


def _under(prefix: str, found: Mapping[str, Array]) -> dict[str, Array]:
    return {name.removeprefix(prefix): array for name, array in found.items() if name.startswith(prefix)}
