"""Which executor runs a plan, and whether weights are updated natively."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from graph_engine.compiler import Plan
from graph_engine.compiler.passes import unfused
from graph_engine.kernels.program import Array
from graph_engine.runtime.buffers import Buffers, Use
from graph_engine.runtime.executor import Executor, needed
from graph_engine.runtime.parameters import Parameters
from graph_engine.values import DType, LayerloomError

if TYPE_CHECKING:
    from graph_engine.runtime.updates import NativeUpdate

VARIABLE: Final = "LAYERLOOM_EXECUTOR"
CHOICES: Final = ("auto", "reference", "native", "guarded")


@dataclass(frozen=True, slots=True)
class Preview:
    """The plan as it will run, for each step whether a native kernel does it, and bytes by what they are for."""

    plan: Plan
    is_native: tuple[bool, ...]
    needed: Mapping[Use, int]

    @property
    def nbytes(self) -> int:
        return sum(self.needed.values())


def make_executor(plan: Plan, parameters: Parameters, buffers: Buffers | None = None) -> Executor:
    """The executor that LAYERLOOM_EXECUTOR names. Those with the same ``buffers`` run one after the other.

    ``reference`` runs numpy definitions. ``native`` runs compiled kernels, and waits until they are; ``guarded``
    does so too, and looks after each step whether it wrote where nobody may. ``auto``, the default, runs numpy
    definitions until the kernels are there. Plans in float64 are there to be exact: they always run their numpy
    definitions.
    """
    choice = chosen(parameters.dtype)
    if choice == "reference":
        return Executor(plan, parameters, buffers)
    if choice == "native":
        from graph_engine.runtime.native import NativeExecutor  # imports numba

        return NativeExecutor(plan, parameters, buffers=buffers)
    if choice == "guarded":
        from graph_engine.runtime.guarded import GuardedExecutor

        return GuardedExecutor(plan, parameters)
    from graph_engine.runtime.handover import handover

    return handover(plan, parameters, buffers)


def preview(plan: Plan, parameters: Parameters) -> Preview:
    """What ``make_executor`` would run, without taking any memory for it."""
    if chosen(parameters.dtype) == "reference":
        plan = unfused(plan)
        return Preview(plan, (False,) * len(plan.steps), needed(plan, parameters))
    from graph_engine.runtime.native import native_plan

    plan, is_native, workspace = native_plan(plan)
    return Preview(plan, is_native, {**needed(plan, parameters), "workspace": workspace})


def make_update(name: str, stretches: Sequence[Sequence[Array]]) -> NativeUpdate | None:
    """The native update of this name over these buffers; None where numpy is to do it (yet)."""
    choice = chosen("float32" if stretches and stretches[0][0].dtype == np.float32 else "float64")
    if choice == "reference" or not stretches:
        return None
    from graph_engine.kernels.native.optimizers import UPDATES
    from graph_engine.runtime.updates import NativeUpdate

    if choice == "guarded":
        from graph_engine.runtime.guarded import GuardedUpdate

        return GuardedUpdate(name, stretches)
    if choice == "auto" and not UPDATES[name].is_ready:
        return None
    return NativeUpdate(name, stretches)


def chosen(dtype: DType) -> str:
    """One of ``CHOICES`` for computations of this dtype, here and now."""
    choice = os.environ.get(VARIABLE, "auto")
    if choice not in CHOICES:
        raise LayerloomError(f"{VARIABLE} is {choice!r}; it may be {', '.join(CHOICES)}")
    return choice if dtype == "float32" and _has_compiler() else "reference"


def _has_compiler() -> bool:
    return importlib.util.find_spec("numba") is not None
