"""A product's channels scaled in its weights, where those are fewer than its results: batch normalization in inference.

``(x * w + b) * s + t`` becomes ``x * (w * s) + (b * s + t)``, for one number ``b``, ``s`` and ``t`` a channel.
Requires: nothing. Ensures: the same values up to rounding; a pass over the results becomes one over the weights, and
what is added behind, and relu, can be done by the product itself (see ``finish``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from graph_engine.compiler.passes.uses import Uses
from graph_engine.compiler.plan import Plan, Slot, Step
from graph_engine.kernels import elementwise
from graph_engine.kernels.primitive import Primitive, size_of
from graph_engine.values import TensorSpec

_PRODUCTS = ("matmul", "conv")


def scale_weights(plan: Plan) -> Plan:
    rewriting = _Rewriting(Uses(plan))
    for position, step in enumerate(plan.steps):
        if step.primitive.name in _PRODUCTS:
            rewriting.look_behind(position)
    return rewriting.finished()


@dataclass(frozen=True, slots=True)
class _Follower:
    """A step that applies one number a channel, and where that is."""

    position: int
    step: Step
    slot: int


@dataclass(slots=True)
class _Rewriting:
    """Steps that are gone, and what stands in the place of some."""

    uses: Uses
    slots: list[Slot] = field(init=False)
    gone: set[int] = field(default_factory=set)
    instead: dict[int, tuple[Step, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.slots = list(self.uses.plan.slots)

    def finished(self) -> Plan:
        if not self.gone:
            return self.uses.plan
        steps: list[Step] = []
        for position, step in enumerate(self.uses.plan.steps):
            steps += self.instead.get(position, () if position in self.gone else (step,))
        return replace(self.uses.plan, steps=tuple(steps), slots=tuple(self.slots))

    def look_behind(self, position: int) -> None:
        """A bias, if there is one, then a scale, then a shift, if there is one; each read by nobody else."""
        product = self.uses.step(position)
        bias = self._follower(product, "add")
        scale = self._follower(bias.step if bias else product, "multiply")
        if scale is None or not self._is_worth_it(product):
            return
        shift = (
            self._follower(scale.step, "add") if bias else None
        )  # without a bias it becomes the product's own
        found = [part for part in (bias, scale, shift) if part]
        self.gone |= {position, *(part.position for part in found)}
        self.instead[found[-1].position] = self._steps(product, bias, scale, shift)

    def _is_worth_it(self, product: Step) -> bool:
        sizes = [size_of(self.slots[slot].spec) for slot in (product.inputs[1], product.outputs[0])]
        turned = product.attrs.get("transpose_a") or product.attrs.get("transpose_b")
        return sizes[0] <= sizes[1] and not turned and len(self.slots[product.inputs[1]].spec.shape) > 1

    def _follower(self, step: Step, name: str) -> _Follower | None:
        """What alone reads a step and adds, or multiplies by, one number for each element of the last axis."""
        output = step.outputs[0]
        position = self.uses.only_reader(output)
        if position is None or self.uses.step(position).primitive.name != name:
            return None
        reader, whole = self.uses.step(position), self.slots[output].spec
        others = [slot for slot in reader.inputs if self.uses.root(slot) != output]
        if len(others) != 1 or self.slots[reader.outputs[0]].spec != whole:
            return None
        spec = self.slots[others[0]].spec
        fits = bool(spec.shape) and spec.shape[-1] == whole.shape[-1] == size_of(spec) != size_of(whole)
        return _Follower(position, reader, others[0]) if fits else None

    def _steps(
        self, product: Step, bias: _Follower | None, scale: _Follower, shift: _Follower | None
    ) -> tuple[Step, ...]:
        """At the place of the last one, where all they read is there."""
        x, w, *rest = product.inputs
        weights = self._multiplied(w, scale)
        inputs = (x, weights.outputs[0], *rest)
        if bias is None:
            return weights, replace(product, inputs=inputs, outputs=scale.step.outputs)
        whole = self._multiplied(bias.slot, scale)
        steps = [weights, whole, replace(product, inputs=inputs)]
        if shift is not None:
            whole = self._applied(elementwise.add, whole.outputs[0], shift)
            steps.insert(2, whole)
        last = (shift or scale).step
        added = replace(last, primitive=elementwise.add, inputs=(product.outputs[0], whole.outputs[0]))
        return (*steps, added)

    def _multiplied(self, slot: int, scale: _Follower) -> Step:
        return self._applied(elementwise.multiply, slot, scale)

    def _applied(self, primitive: Primitive, slot: int, channels: _Follower) -> Step:
        """A tensor in the arena: ``slot`` and one number for each of its channels."""
        spec = self.slots[slot].spec
        row = self._as_row(channels.slot, spec)
        self.slots.append(Slot(spec, "arena"))
        outputs = (len(self.slots) - 1,)
        return replace(
            channels.step, primitive=primitive, outputs=outputs, inputs=(slot, row), scratch=(), attrs={}
        )

    def _as_row(self, scale: int, onto: TensorSpec) -> int:
        """The scale with as many axes as what it is multiplied onto."""
        found = self.slots[scale]
        shape = (1,) * (len(onto.shape) - 1) + (found.spec.shape[-1],)
        if found.spec.shape == shape:
            return scale
        self.slots.append(Slot(TensorSpec(shape, found.spec.dtype), "view", base=self.uses.root(scale)))
        return len(self.slots) - 1
