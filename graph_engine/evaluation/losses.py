"""The loss of every single entry, by the formula that training used."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graph_engine.compiler import compile_plan
from graph_engine.kernels.program import Program
from graph_engine.runtime import Executor, Parameters
from graph_engine.training.losses import Loss
from graph_engine.values import TensorSpec

Array = npt.NDArray[Any]
_CHUNK: Final = 2048  # rows at once


def entry_losses(loss: Loss, target: Array, output: Array) -> Array | None:
    """One number per entry (a sample, a step, a pixel); None for a loss that looks at the whole batch alone."""
    parts = [
        _values(loss, target[start : start + _CHUNK], output[start : start + _CHUNK])
        for start in range(0, len(output), _CHUNK)
    ]
    whole = any(part.ndim == 0 or len(part) != min(_CHUNK, len(output)) for part in parts[:1])
    return None if whole else np.concatenate(parts).astype(np.float64)


def _values(loss: Loss, target: Array, output: Array) -> Array:
    program = Program()
    kind = "int32" if target.dtype.kind in "iu" else "float32"
    wanted = program.feed("target", TensorSpec(target.shape, kind))  # type: ignore[arg-type]  # one of two
    given = program.feed("output", TensorSpec(output.shape, "float32"))
    program.results["values"] = loss.values(wanted, given)
    executor = Executor(compile_plan(program), Parameters({}))
    return executor.run({"target": target, "output": output})["values"].copy()
