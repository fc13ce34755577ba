"""What every recurrent layer does with its cell: over all steps, forwards or backwards, masked, from given states."""

from __future__ import annotations

import functools
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.kernels.scan import Taking
from graph_engine.layers.base import Call, Ports, Weight, summary_line
from graph_engine.layers.initializers import Zeros
from graph_engine.layers.recurrent.cell import Cell, Ready, Values, require_states
from graph_engine.layers.requirements import title
from graph_engine.layers.steps import step_of
from graph_engine.layers.weighted import Activity
from graph_engine.params import Catalogue, boolean, shared
from graph_engine.values import ShapeError, TensorSpec

STATE: Final = "state"


class Recurrent(Activity):
    """A cell over a sequence. ``initial_state_0`` ... and ``mask`` are ports that may stay without a wire.

    As in Keras, a call that is given states skips the steps that a mask wired to its port says, but not those of a
    mask that comes with the sequence, which is only handed on.
    """

    family = "recurrent"
    cell_part: ClassVar[str] = ""
    """What the cell's weights are called below the layer's; nothing where they are the layer's own."""

    return_sequences: bool = shared(
        boolean(False, help="Whether every step's output leaves, or the last one alone.")
    )
    return_state: bool = shared(boolean(False, help="Whether the last states leave at ports of their own."))
    go_backwards: bool = shared(boolean(False, help="Whether to read from the last step to the first."))
    stateful: bool = shared(
        boolean(False, help="Whether a batch begins with the states the last one ended with.")
    )
    unroll: bool = shared(
        boolean(False, help="Kept for Keras, where it trades memory for speed; results are the same.")
    )
    zero_output_for_mask: bool = shared(
        boolean(False, help="Whether masked steps give zeros rather than what the step before gave.")
    )

    @abstractmethod
    def make_cell(self) -> Cell: ...

    @functools.cached_property
    def cell_of(self) -> Cell:
        return self.make_cell()

    def state_names(self) -> tuple[str, ...]:
        """Of the output ports of states."""
        return tuple(f"state_{index}" for index in range(self.cell_of.state_count()))

    def input_ports(self) -> Ports:
        states = (f"initial_state_{index}" for index in range(self.cell_of.state_count()))
        return Ports(optional=(*states, "mask"))

    def output_ports(self) -> tuple[str, ...]:
        return ("output", *self.state_names()) if self.return_state else ("output",)

    def line(self) -> str:
        return summary_line(
            self.cell_of.line(),
            "sequence" if self.return_sequences else "",
            "backwards" if self.go_backwards else "",
            "stateful" if self.stateful else "",
        )

    def infer(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        x, *given, mask = inputs
        states = self._states(x)
        require_states(self, states, given)
        if any(state is None for state in given) and any(state is not None for state in given):
            raise ShapeError(f"{title(self)} takes all {len(given)} of its initial states or none")
        require_mask(self, x, mask)
        if self.stateful and x.shape[0] is None:
            raise ShapeError(
                f"{title(self)} keeps its states from batch to batch, so it must know how many samples a batch "
                "has: set batch_size on the Input"
            )
        out = states[self.cell_of.out]
        output = out.with_shape((out.shape[0], x.shape[1], *out.shape[1:]))
        found = output if self.return_sequences else out
        return (found, *states) if self.return_state else (found,)

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        x = inputs[0]
        found = self.cell_of.weights(step_of(x))
        prefix = f"{self.cell_part}." if self.cell_part else ""
        return (*renamed(prefix, found), *self._kept(x))

    def lower(self, call: Call, *inputs: Value) -> Values:
        x, *given, explicit = inputs
        specs = self._states(x.spec)
        mask = _fitting(call.masks[0], specs) if explicit is not None or given[0] is None else None
        states = tuple(given) if given[0] is not None else self._first(call, specs)
        if self.go_backwards:
            x, mask = ops.flip(x, 1), None if mask is None else ops.flip(mask, 1)
        stacks = self.over_time(call.part(self.cell_part) if self.cell_part else call, x, states, mask)
        steps = x.shape[1]
        last = [ops.squeeze(ops.slice_axis(stack, 0, steps - 1, steps), 0) for stack in stacks]
        if self.stateful:
            for index, state in enumerate(last):
                call.update(f"{STATE}_{index}", state)
        zero = given[0] is None and not self.stateful
        out = self._output(stacks[self.cell_of.out], mask, zero)
        output = (
            swapped(out)
            if self.return_sequences
            else ops.squeeze(ops.slice_axis(out, 0, steps - 1, steps), 0)
        )
        found = (output, *last) if self.return_state else (output,)
        return tuple(self.charged(call, value) for value in found)

    def heeds_mask(self, *wired: str) -> bool:
        return heeded(*wired)

    def masked(self, *arriving: bool) -> tuple[bool, ...]:
        return (self.return_sequences and arriving[0], *(False,) * (len(self.output_ports()) - 1))

    def mask(self, call: Call, *inputs: Value) -> tuple[Value | None, ...]:
        first = call.masks[0] if self.return_sequences else None
        return (first, *(None,) * (len(self.output_ports()) - 1))

    def over_time(self, call: Call, x: Value, states: Values, mask: Value | None) -> Values:
        """All states after every step, time first. Where the mask is False, they stay as they are."""
        cell, ready = self.cell_of, self.ready(call, x)
        sequences = cell.read(ready, swapped(x))
        if mask is not None:
            sequences = (*sequences, swapped(mask))

        def step(take: Taking, here: Values, before: Values) -> Sequence[Value]:
            inside: Ready = ready.inside(take.program, take)
            read = here if mask is None else here[:-1]
            after = cell.step(inside, read, before)
            return after if mask is None else _kept_where(here[-1], after, before)

        return ops.scan(step, sequences, states)

    def ready(self, call: Call, x: Value) -> Ready:
        return self.cell_of.ready(call, x.shape[0], step_of(x.spec))

    def _states(self, x: TensorSpec) -> tuple[TensorSpec, ...]:
        if x.rank < 2:
            raise ShapeError(f"{title(self)} reads a sequence, got single numbers")
        return self.cell_of.state_specs(step_of(x))

    def _kept(self, x: TensorSpec) -> tuple[Weight, ...]:
        """The states between batches, of a layer that keeps them."""
        if not self.stateful:
            return ()
        specs = self._states(x)
        return tuple(
            Weight(f"{STATE}_{index}", _sizes(spec), Zeros(), trainable=False, carried=True)
            for index, spec in enumerate(specs)
        )

    def _first(self, call: Call, specs: tuple[TensorSpec, ...]) -> Values:
        if self.stateful:
            return tuple(call.latest(f"{STATE}_{index}") for index in range(len(specs)))
        return tuple(ops.broadcast_to(call.program.constant(0.0, spec.dtype), _sizes(spec)) for spec in specs)

    def _output(self, stack: Value, mask: Value | None, zero_start: bool) -> Value:
        """A masked step gives what the step before gave, which is the state that stayed; zeros before the first
        that counts, whatever the state was."""
        if mask is None or (zero_start and not self.zero_output_for_mask):
            return stack
        counts = swapped(mask)
        if not self.zero_output_for_mask:
            so_far = ops.cumsum(ops.cast(counts, dtype="int32"), 0)
            counts = ops.greater(so_far, mask.program.constant(0, "int32"))
        return ops.where(widened(counts, stack.rank), stack, ops.number(0.0, stack))


def heeded(*wired: str) -> bool:
    """Whether a call with these ports wired skips the steps that a mask coming with the sequence says."""
    return "mask" in wired or "initial_state_0" not in wired


def _fitting(mask: Value | None, states: Sequence[TensorSpec]) -> Value | None:
    """A mask may also tell of what lies within a step; where states are of other sizes, a step counts if any of
    it does."""
    if mask is None or all(mask.shape[2:] == state.shape[1 : mask.rank - 1] for state in states):
        return mask
    return ops.any(mask, range(2, mask.rank))


def swapped(x: Value) -> Value:
    """Time before the batch, or after it again."""
    return ops.transpose(x, (1, 0, *range(2, x.rank)))


def widened(mask: Value, rank: int) -> Value:
    """With axes of size 1 behind, up to ``rank``."""
    return ops.reshape(mask, (*mask.shape, *(1,) * (rank - mask.rank)))


def renamed(prefix: str, weights: Sequence[Weight]) -> tuple[Weight, ...]:
    """The weights of a part, as its owner declares them."""
    return tuple(replace(weight, name=f"{prefix}{weight.name}") for weight in weights)


def require_mask(layer: Any, x: TensorSpec, mask: TensorSpec | None) -> None:
    if mask is not None and (mask.dtype != "bool" or not x.with_shape(x.shape[:2]).accepts(mask)):
        raise ShapeError(
            f"{title(layer)} takes as mask one true or false for each of the {x.shape[1] or '?'} steps, "
            f"got {mask} ({mask.dtype})"
        )


def own(params: Mapping[str, Any], layer: Any) -> dict[str, Any]:
    """The values that a layer has for the parameters of its cell."""
    return {name: getattr(layer, name) for name in params}


def _kept_where(mask: Value, after: Sequence[Value], before: Sequence[Value]) -> list[Value]:
    return [ops.where(widened(mask, new.rank), new, old) for new, old in zip(after, before, strict=True)]


def _sizes(spec: TensorSpec) -> tuple[int, ...]:
    assert None not in spec.shape, "programs have concrete shapes"
    return tuple(size for size in spec.shape if size is not None)


RECURRENT: Catalogue[Recurrent] = Catalogue(Recurrent, "graph_engine.layers", "recurrent layer")
