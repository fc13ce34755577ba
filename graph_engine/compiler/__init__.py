"""Document -> Program -> Plan: lower, differentiate, drop dead code, plan memory, verify."""

from graph_engine.compiler.compile import compile_plan
from graph_engine.compiler.cost import flops_by_node, flops_of_plan, flops_per_sample
from graph_engine.compiler.differentiate import gradients, loss_gradients
from graph_engine.compiler.errors import ModelError
from graph_engine.compiler.lower import Lowered, Scope, WeightEntry, lower, require_sound, weight_table
from graph_engine.compiler.plan import Plan, Slot, Step
from graph_engine.compiler.verify import PlanError, verify

__all__ = [
    "Lowered",
    "ModelError",
    "Plan",
    "PlanError",
    "Scope",
    "Slot",
    "Step",
    "WeightEntry",
    "compile_plan",
    "flops_by_node",
    "flops_of_plan",
    "flops_per_sample",
    "gradients",
    "loss_gradients",
    "lower",
    "require_sound",
    "verify",
    "weight_table",
]
