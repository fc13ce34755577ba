"""Passes make a plan cheaper without changing what it computes: fewer steps first, then memory anew.

Each pass is one module with a function Plan -> Plan that says what it requires and ensures. Between passes the
plan is verified. The native executor asks for them; the reference executor runs the steps that were compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from graph_engine.compiler.passes.finish import finish_products
from graph_engine.compiler.passes.gates import gate_gradients
from graph_engine.compiler.passes.memory import lay_out_memory
from graph_engine.compiler.passes.recompute import recompute_activations
from graph_engine.compiler.passes.scale import scale_weights
from graph_engine.compiler.plan import Plan
from graph_engine.compiler.verify import PlanError, verify

Pass = Callable[[Plan], Plan]
PASSES: Final[tuple[Pass, ...]] = (scale_weights, finish_products, gate_gradients)


def optimized(plan: Plan, scratch_of: Callable[[Plan], Plan] = lambda plan: plan) -> Plan:
    """``plan`` after all passes. ``scratch_of`` takes working memory from steps that do not want what they
    declare."""
    for improve in (*PASSES, scratch_of, recompute_activations):
        plan = lay_out_memory(improve(plan))
        _check(plan, improve.__name__)
    return plan


def unfused(plan: Plan) -> Plan:
    """``plan`` with its steps as they were compiled, those again that it wants computed again."""
    plan = recompute_activations(plan)
    _check(plan, recompute_activations.__name__)
    return plan


def _check(plan: Plan, name: str) -> None:
    try:
        verify(plan)
    except PlanError as error:
        raise PlanError(f"after pass {name}: {error}") from error
