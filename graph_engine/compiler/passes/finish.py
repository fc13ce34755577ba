"""Bias, residual sum, relu and relu's gradient, done by the product or normalization before them.

Requires: a differentiated plan. Ensures: the same values in the tensors that remain; a tensor that only the
absorbed step read is gone, and with it a pass over memory.
"""

from __future__ import annotations

from dataclasses import dataclass

from graph_engine.compiler.passes.uses import Uses
from graph_engine.compiler.plan import Plan, Step
from graph_engine.kernels.fused import FUSED, Fused
from graph_engine.kernels.primitive import Primitive, size_of

_PRODUCTS = ("matmul", "conv", "conv_grad_input")


@dataclass(frozen=True, slots=True)
class _More:
    """What a step can take on besides: another input by its name, or relu."""

    also: str = ""
    slot: int = -1
    relu: bool = False


def finish_products(plan: Plan) -> Plan:
    uses = Uses(plan)
    for position in range(len(plan.steps)):
        here: int | None = position
        while here is not None and uses.steps[here] is not None:
            here = _absorbed(uses, here)
    return uses.finished()


def _absorbed(uses: Uses, position: int) -> int | None:
    """Where the step stands now that it has taken on the one that reads it; None if it has not."""
    step = uses.step(position)
    base = _base(step.primitive)
    if base not in _PRODUCTS and not (base == "normalize" and normalizes_batch(uses, step)):
        return None
    follower = uses.only_reader(step.outputs[0])
    if follower is None:
        return None
    more = _taken_on(uses, step, base, uses.step(follower))
    at = follower if more is None else _place(uses, step, position, follower, more)
    if more is None or at is None:
        return None
    attrs = {"also": (), "relu": False, **step.attrs}
    inputs = step.inputs
    if more.relu:
        attrs["relu"] = True
    else:
        attrs["also"] = (*attrs["also"], more.also)
        inputs = (*inputs, more.slot)
    uses.absorb(position, follower, at, FUSED[base], inputs, attrs)
    return at


def normalizes_batch(uses: Uses, step: Step) -> bool:
    """Over several axes; the kernels of layer normalization take on nothing."""
    return len(step.attrs["axes"]) == len(uses.slots[step.outputs[0]].spec.shape) - 1 > 1


def _taken_on(uses: Uses, step: Step, base: str, follower: Step) -> _More | None:
    also, relu = step.attrs.get("also", ()), step.attrs.get("relu", False)
    if relu or "gate" in also:
        return None
    output, name = step.outputs[0], follower.primitive.name
    if name == "relu":
        return _More(relu=True)
    if name == "relu_gradient" and base != "normalize" and uses.root(follower.inputs[0]) == output:
        return _More("gate", follower.inputs[1])
    if name != "add":
        return None
    mine, other = (uses.root(slot) == output for slot in follower.inputs)
    slot = follower.inputs[1] if mine else follower.inputs[0]
    if mine == other or uses.slots[follower.outputs[0]].nbytes != uses.slots[output].nbytes:
        return None
    if uses.slots[slot].nbytes == uses.slots[output].nbytes:
        # A bias comes after the sum: what is added to both is not the start any more.
        return None if "start" in also else _More("start", slot)
    is_bias = _is_bias(uses, slot, output) and "bias" not in also and base != "normalize"
    return _More("bias", slot) if is_bias else None


def _is_bias(uses: Uses, slot: int, output: int) -> bool:
    """One number for each element of the last axis."""
    spec, whole = uses.slots[slot].spec, uses.slots[output].spec
    return bool(spec.shape) and spec.shape[-1] == whole.shape[-1] == size_of(spec)


def _place(uses: Uses, step: Step, position: int, follower: int, more: _More) -> int | None:
    """Where both can be done: at once if all it takes is there, else later if nobody reads the step before."""
    if more.relu or uses.is_written_before(more.slot, position):
        return position
    readers = [reader for slot in step.outputs[1:] for reader in uses.readers.get(slot, ())]
    return follower if all(reader > follower for reader in readers) else None


def _base(primitive: Primitive) -> str:
    return primitive.base.name if isinstance(primitive, Fused) else primitive.name
