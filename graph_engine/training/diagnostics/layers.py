"""How layers are doing: sizes of weights, gradients and updates, and what leaves them for a few rows."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph_engine.compiler import compile_plan, lower
from graph_engine.kernels.program import Array, Value
from graph_engine.runtime import Parameters, make_executor
from graph_engine.values import TensorSpec

if TYPE_CHECKING:
    from graph_engine.training.session import Session

ROWS: Final = 32  # of which activations are shown; the first one's as a picture
BINS: Final = 24
WIDEST: Final = 32  # pixels of a picture


def weight_sizes(parameters: Parameters, gradients: Array, before: Array) -> dict[str, list[float]]:
    """Lengths of weights, gradient and last update of each layer, by the path of the layer.

    ``gradients`` and ``before``, the weights before the update, are flat as ``parameters.trainable``.
    """
    squares: dict[str, Array] = {}
    for path in parameters.trainable_paths:
        offset, shape = parameters.layout[path]
        part = slice(offset, offset + math.prod(shape))
        weights = parameters.flat[part]
        moved = weights - before[part]
        found = np.array([_square(weights), _square(gradients[part]), _square(moved)])
        layer = path.rpartition("/")[0]
        squares[layer] = squares[layer] + found if layer in squares else found
    return {layer: np.sqrt(found).tolist() for layer, found in squares.items()}


class Probe:
    """Runs a few rows through the model as it is, and tells what leaves every node."""

    def __init__(self, session: Session, inputs: Mapping[str, Array]) -> None:
        specs = {name: TensorSpec(inputs[name].shape, spec.dtype) for name, spec in session.inputs.items()}
        lowered = lower(
            session.document, specs, training=False, dtype=session.dtype, analysis=session.analysis
        )
        ends: dict[str, Value] = {op.node: op.outputs[0] for op in lowered.program.ops if op.node}
        ends |= {port.node: value for port, value in lowered.values.items() if port.name == "output"}
        rows = next(iter(inputs.values())).shape[0]
        for place, value in ends.items():
            if value.dtype in ("float32", "float64") and value.rank > 1 and value.shape[0] == rows:
                lowered.program.results[place] = value
        self._executor = make_executor(compile_plan(lowered.program), session.parameters)
        self._inputs = {name: np.array(inputs[name]) for name in specs}

    def look(self, seed: int) -> dict[str, dict[str, Any]]:
        """By the node's place: see `told_of`."""
        found = self._executor.run(self._inputs, seed=seed)
        return {place: told_of(array) for place, array in found.items()}


def told_of(activations: Array) -> dict[str, Any]:
    """Of one node, for several rows: ``low``, ``high`` and ``counts`` (a histogram), ``dead`` (the share of units that
    are zero for all rows), ``picture`` (of the first row, bytes from low to high as base64), ``width``, ``height``."""
    finite = activations[np.isfinite(activations)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    counts, _ = np.histogram(finite, BINS, (low, high if high > low else low + 1.0))
    zero = (activations == 0).reshape(-1, activations.shape[-1]).all(axis=0)
    picture = _picture(activations[0])
    height, width = picture.shape
    coded = base64.b64encode(picture.tobytes()).decode()
    told = {"low": low, "high": high, "counts": counts.tolist(), "dead": float(zero.mean())}
    return {**told, "picture": coded, "width": width, "height": height}


def _square(array: Array) -> float:
    return float(np.dot(array, array))


def _picture(sample: Array) -> Array:
    """One row as grey levels: channels as their mean, steps downwards; a vector as one line."""
    flat = np.nan_to_num(sample.astype(np.float32), posinf=0.0, neginf=0.0)
    if flat.ndim >= 3:
        flat = flat.reshape(*flat.shape[:2], -1).mean(axis=2)
    flat = np.atleast_2d(flat)
    small = flat[np.ix_(*(_places(size) for size in flat.shape))]
    low, high = float(small.min()), float(small.max())
    levels = (small - low) * (255.0 / (high - low)) if high > low else np.zeros_like(small)
    return np.ascontiguousarray(levels.astype(np.uint8))


def _places(size: int) -> Array:
    """Evenly spread, no more than a picture has pixels."""
    return np.linspace(0, size - 1, min(size, WIDEST)).round().astype(np.int64)
