"""Running one primitive, and a small program, in buffers full of garbage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from graph_engine.compiler import compile_plan
from graph_engine.kernels.primitive import Primitive
from graph_engine.kernels.program import Array, Program, Value
from graph_engine.runtime import Executor, Parameters
from graph_engine.values import TensorSpec

GARBAGE = {"f": np.nan, "i": -77, "b": True}


def spec_of(array: Array) -> TensorSpec:
    return TensorSpec(array.shape, array.dtype.name)  # type: ignore[arg-type]  # the samples' own dtypes


def garbage(spec: TensorSpec) -> Array:
    """An array that no primitive would leave behind."""
    found: Array = np.empty(spec.shape, spec.dtype)  # type: ignore[arg-type]  # concrete
    found.fill(GARBAGE[found.dtype.kind])
    return found


def forward(primitive: Primitive, inputs: Sequence[Array], attrs: Mapping[str, Any]) -> list[Array]:
    """The outputs of one primitive, written over garbage, from inputs that may not be written."""
    specs = [spec_of(array) for array in inputs]
    outputs = [garbage(spec) for spec in primitive.infer(*specs, **attrs)]
    extras: dict[str, Any] = {}
    if scratch := primitive.scratch(*specs, **attrs):
        extras["scratch"] = [garbage(spec) for spec in scratch]
    if primitive.is_random:
        extras["rng"] = np.random.default_rng(0)
    primitive.forward(outputs, [_read_only(array) for array in inputs], **attrs, **extras)
    return outputs


def evaluate(build: Callable[..., Value | Sequence[Value]], *arrays: Any) -> Any:
    """What ``build`` emits for feeds of these contents, computed: one array, or a list where it gives several."""
    contents = [np.asarray(array) for array in arrays]
    program = Program()
    feeds = [program.feed(str(index), spec_of(array)) for index, array in enumerate(contents)]
    built = build(*feeds)
    values = [built] if isinstance(built, Value) else built
    program.results = {str(index): value for index, value in enumerate(values)}
    found = executor_of(program).run({str(index): array for index, array in enumerate(contents)})
    copies = [found[str(index)].copy() for index in range(len(values))]
    return copies[0] if isinstance(built, Value) else copies


def executor_of(program: Program) -> Executor:
    return Executor(compile_plan(program), Parameters({}, "float64"))


def _read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view
