"""Relu's gradient done by the normalization's gradient that reads it.

Requires and ensures what ``finish`` does; here the later step takes on the earlier one.
"""

from __future__ import annotations

from dataclasses import replace

from graph_engine.compiler.passes.finish import normalizes_batch
from graph_engine.compiler.passes.uses import Uses
from graph_engine.compiler.plan import Plan
from graph_engine.kernels.fused import FUSED


def gate_gradients(plan: Plan) -> Plan:
    uses = Uses(plan)
    for position, step in enumerate(plan.steps):
        if step.primitive.name != "relu_gradient":
            continue
        reader = uses.only_reader(step.outputs[0])
        if reader is None:
            continue
        rule = uses.step(reader)
        if rule.primitive.name != "normalize_gradient" or uses.root(rule.inputs[0]) != step.outputs[0]:
            continue
        arriving, gate = step.inputs
        if not normalizes_batch(uses, rule):
            continue
        if uses.slots[arriving].spec != uses.slots[rule.inputs[0]].spec:
            continue
        uses.steps[position] = None
        uses.steps[reader] = replace(
            rule,
            primitive=FUSED["normalize_gradient"],
            inputs=(arriving, *rule.inputs[1:], gate),
            attrs={**rule.attrs, "also": ("gate",), "relu": False},
        )
    return uses.finished()
