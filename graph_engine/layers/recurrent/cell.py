"""What a recurrent layer does at one step: a cell, which is also a layer of its own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Program, Value
from graph_engine.layers.activations import ACTIVATIONS
from graph_engine.layers.base import NEEDS_SEQUENCE, Call, Layer, Ports, Weight
from graph_engine.layers.constraints import Constraint
from graph_engine.layers.initializers import Initializer
from graph_engine.layers.regularizers import Regularizer
from graph_engine.layers.requirements import require_floats, require_rank, require_size, title
from graph_engine.layers.weighted import Bias, Kernel, constraint, initializer, regularizer
from graph_engine.params import Catalogue, choice, integer, number, shared
from graph_engine.values import ShapeError, TensorSpec

Values = tuple[Value, ...]
ACTIVATION: Final = "Function applied to what is taken in."
GATES: Final = "Function that opens and closes the gates."


@dataclass(slots=True)
class Inside:
    """A call of a cell inside the body of a scan: its weights are taken from the program around it."""

    program: Program
    training: bool
    trainable: bool
    outer: Call
    take: Callable[[Value], Value]
    masks: tuple[Value | None, ...] = ()

    def weight(self, name: str) -> Value:
        return self.take(self.outer.weight(name))

    def latest(self, name: str) -> Value:
        return self.take(self.outer.latest(name))

    def update(self, name: str, value: Value) -> None:
        raise TypeError("what happens at a single step stays in it")

    def part(self, name: str, masks: tuple[Value | None, ...] = ()) -> Call:
        return replace(self, outer=self.outer.part(name), masks=masks)


@dataclass(frozen=True, slots=True)
class Ready:
    """A cell ready to take steps: the call that has its weights, and the dropout masks that all steps share.

    A mask for every gate, or one for all of them; none where nothing is dropped. ``parts``: of stacked cells.
    """

    call: Call
    inputs: Values = ()
    states: Values = ()
    parts: tuple[Ready, ...] = ()

    def inside(self, program: Program, take: Callable[[Value], Value]) -> Ready:
        return Ready(
            Inside(program, self.call.training, self.call.trainable, self.call, take),
            tuple(map(take, self.inputs)),
            tuple(map(take, self.states)),
            tuple(part.inside(program, take) for part in self.parts),
        )


class Cell(Layer):
    """One step: an input and the states before it in, the states after it out, one of which is the output.

    ``read`` is what does not depend on states, so that it can be done for all steps at once.
    """

    family = "recurrent"
    in_library = False
    gates: ClassVar[int] = 1
    output_state: ClassVar[int] = 0
    """Which of the states is the output."""

    @property
    def out(self) -> int:
        return self.output_state

    @abstractmethod
    def state_specs(self, x: TensorSpec) -> tuple[TensorSpec, ...]:
        """The states for one step's input. Raises ShapeError where that is no input for the cell."""

    @abstractmethod
    def ready(self, call: Call, batch: int, x: TensorSpec) -> Ready:
        """Draws what is dropped. ``x``: one step's input."""

    @abstractmethod
    def read(self, ready: Ready, x: Value) -> Values:
        """``x``: one step's input, or with the steps of a sequence in front of the batch axis."""

    @abstractmethod
    def step(self, ready: Ready, read: Values, states: Values) -> Values:
        """The states after the step."""

    def state_count(self) -> int:
        return 1

    def input_ports(self) -> Ports:
        return Ports(("input", *(f"state_{index}" for index in range(self.state_count()))))

    def output_ports(self) -> tuple[str, ...]:
        return ("output", *(f"state_{index}" for index in range(self.state_count())))

    def infer(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        x, *given = inputs
        states = self.state_specs(x)
        require_states(self, states, given)
        return (states[self.out], *states)

    def lower(self, call: Call, *inputs: Value) -> Values:
        x, *states = inputs
        ready = self.ready(call, x.shape[0], x.spec)
        after = self.step(ready, self.read(ready, x), tuple(states))
        return (after[self.out], *after)


class Gated(Bias, Kernel):
    """The parameters that dense cells and the layers made of them share."""

    recurrent_initializer: Initializer = initializer("Orthogonal", "the kernel on the last output")
    recurrent_regularizer: Regularizer | None = regularizer("the kernel on the last output")
    recurrent_constraint: Constraint | None = constraint("the kernel on the last output")
    dropout: float = shared(
        number(0.0, minimum=0.0, maximum=1.0, help="Part of the input features set to zero in training.")
    )
    recurrent_dropout: float = shared(
        number(0.0, minimum=0.0, maximum=1.0, help="Part of the last output set to zero in training.")
    )

    def recurrent_kernel(self, shape: tuple[int, ...]) -> Weight:
        return Weight(
            "recurrent_kernel",
            shape,
            self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )


class Dense(Gated):
    """The parameters of cells whose input is a vector."""

    units: int = integer(32, minimum=1, help="Size of what is remembered, and of the output.")
    activation: str = choice("tanh", ACTIVATIONS, help=ACTIVATION)

    def line(self) -> str:
        return str(self.units)


class DenseCell(Dense, Cell):
    """A cell whose input is a vector: products with a kernel and a recurrent kernel, a column for each gate."""

    def state_specs(self, x: TensorSpec) -> tuple[TensorSpec, ...]:
        require_rank(self, x, 2, "features", NEEDS_SEQUENCE)
        require_floats(self, x)
        return (x.with_shape((x.shape[0], self.units)),) * self.state_count()

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        features = require_size(self, inputs[0], -1, "number of input features")
        columns = self.gates * self.units
        kernel, recurrent = self.kernel((features, columns)), self.recurrent_kernel((self.units, columns))
        return (kernel, recurrent, *self.biases(columns))

    def biases(self, columns: int) -> tuple[Weight, ...]:
        return self.bias(columns)

    def ready(self, call: Call, batch: int, x: TensorSpec) -> Ready:
        state = x.with_shape((batch, self.units))
        return Ready(call, *dropped(self, call, x.with_shape((batch, *x.shape[1:])), state))

    def read(self, ready: Ready, x: Value) -> Values:
        y = product(x, ready.call.weight("kernel"), ready.inputs)
        return (self.biased(ready.call, y),)


def dropped(cell: Gated, call: Call, x: TensorSpec, state: TensorSpec) -> tuple[Values, Values]:
    """The masks of inputs and of the last output. Where the last output is dropped, every gate has its own."""
    assert isinstance(cell, Cell)
    each = cell.gates if cell.recurrent_dropout else 1
    return (
        noise(call, cell.dropout, x, each),
        noise(call, cell.recurrent_dropout, state, cell.gates),
    )


def noise(call: Call, rate: float, spec: TensorSpec, count: int) -> Values:
    """``count`` dropout masks of a shape; none outside training."""
    if not (call.training and rate):
        return ()
    like = call.program.constant(0.0, call.program.floats)
    shape = [size for size in spec.shape if size is not None]
    return tuple(ops.dropout_mask(like, rate, shape) for _ in range(count))


def product(x: Value, kernel: Value, masks: Values) -> Value:
    """``x @ kernel`` over the last axis; with several masks, each is for its share of the columns."""
    if len(masks) > 1:
        shares = ops.split(kernel, [kernel.shape[1] // len(masks)] * len(masks), 1)
        parts = (product(x, share, (mask,)) for share, mask in zip(shares, masks, strict=True))
        return ops.concatenate(*parts, axis=-1)
    for mask in masks:
        x = x * mask
    rows = ops.matmul(ops.reshape(x, (-1, x.shape[-1])), kernel)
    return ops.reshape(rows, (*x.shape[:-1], kernel.shape[1]))


def parts(x: Value, count: int) -> Values:
    """Equal parts of the last axis."""
    return ops.split(x, [x.shape[-1] // count] * count, -1)


def require_states(
    layer: Layer, wanted: tuple[TensorSpec, ...], given: list[TensorSpec] | list[TensorSpec | None]
) -> None:
    for index, (spec, state) in enumerate(zip(wanted, given, strict=True)):
        if state is not None and (not spec.accepts(state) or state.dtype not in ("float32", "float64")):
            raise ShapeError(f"{title(layer)}'s state {index} has {spec}, got {state} ({state.dtype})")


CELLS: Catalogue[Cell] = Catalogue(Cell, "graph_engine.layers", "cell")
