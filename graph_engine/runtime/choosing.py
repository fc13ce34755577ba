"""Which executor runs a plan."""

from __future__ import annotations

import importlib.util
import os
from typing import Final

from graph_engine.compiler import Plan
from graph_engine.runtime.executor import Executor
from graph_engine.runtime.parameters import Parameters
from graph_engine.values import LayerloomError

VARIABLE: Final = "LAYERLOOM_EXECUTOR"
CHOICES: Final = ("reference", "native")


def make_executor(plan: Plan, parameters: Parameters) -> Executor:
    """The executor that LAYERLOOM_EXECUTOR names: ``reference`` or ``native``.

    Plans in float64 always run their numpy definitions: they are there to be exact.
    """
    choice = os.environ.get(VARIABLE, "reference")
    if choice not in CHOICES:
        raise LayerloomError(f"{VARIABLE} is {choice!r}; it may be {' or '.join(CHOICES)}")
    if choice == "reference" or parameters.dtype != "float32" or not _has_compiler():
        return Executor(plan, parameters)
    from graph_engine.runtime.native import NativeExecutor  # imports numba

    return NativeExecutor(plan, parameters)


def _has_compiler() -> bool:
    return importlib.util.find_spec("numba") is not None
