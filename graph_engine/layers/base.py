"""What a layer is: typed parameters, a shape rule, weights and a lowering to primitives, in that order.

Everything about a layer stands in its class. Gradients come from the primitives it lowers to; the
palette, the inspector, the codec, the command line and the docs derive from the class.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal, Protocol

from graph_engine.kernels.program import Program, Value
from graph_engine.layers.constraints import Constraint
from graph_engine.layers.initializers import Initializer
from graph_engine.layers.regularizers import Regularizer
from graph_engine.params import Catalogue, Config
from graph_engine.values import DType, ShapeError, TensorSpec

Family = Literal[
    "io",
    "core",
    "convolution",
    "pooling",
    "normalization",
    "activation",
    "merge",
    "regularization",
    "recurrent",
    "attention",
    "reshape",
    "model",
]


@dataclass(frozen=True, slots=True)
class Ports:
    """The input ports of a layer: named ones, or a growing list of at least ``minimum``.

    ``optional`` ports may stay without a wire: the layer is then given None in their place.
    """

    names: tuple[str, ...] = ("input",)
    minimum: int = 0  # > 0: an ordered list, ports named "0", "1", ...
    optional: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        return self.minimum > 0

    @property
    def all(self) -> tuple[str, ...]:
        """Named ports in the order in which the layer is given what they bring."""
        return (*self.names, *self.optional)


NONE: Final = Ports(())
ONE: Final = Ports()
PAIR: Final = Ports(("left", "right"))
LIST: Final = Ports((), minimum=2)

# Hints of ShapeErrors: analysis turns each into ready fixes.
NEEDS_FLAT: Final = "needs-flat"  # one flat vector per sample: Flatten, or a global pool
RANK_TOO_HIGH: Final = "rank-too-high"  # more axes than the layer takes, and flattening all is no way out
RANK_TOO_LOW: Final = "rank-too-low"  # exactly one axis too few: Reshape with one channel
NEEDS_SEQUENCE: Final = "needs-sequence"  # steps x features, got more axes: Reshape, first axis as steps
RESIDUAL_MISMATCH: Final = "residual-mismatch"  # an elementwise merge of different sizes: project one
CONCATENATE_MISMATCH: Final = "concatenate-mismatch"  # sizes differ beside the concatenated axis
NEEDS_INTEGERS: Final = "needs-integers"  # floats into Embedding: make the Input int32
NEEDS_FLOATS: Final = "needs-floats"  # whole numbers into arithmetic: Embedding in front, or a float Input
NEEDS_SIZE: Final = "needs-size"  # weights depend on a size that is still open: set it on the Input
WINDOW_TOO_LARGE: Final = "window-too-large"  # kernel or pool larger than its input: padding="same"


@dataclass(frozen=True, slots=True)
class Weight:
    """A tensor the layer owns. Non-trainable ones are state, such as moving averages; ``carried`` ones belong to a
    sequence that goes on from batch to batch, and are set to zero where a new one begins."""

    name: str
    shape: tuple[int, ...]
    initializer: Initializer
    trainable: bool = True
    regularizer: Regularizer | None = None
    constraint: Constraint | None = None
    carried: bool = False

    @property
    def size(self) -> int:
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Example:
    """A configuration and input shapes (batch axis included) on which the contract tests run the layer.

    ``ports`` names the ports that the inputs are wired to, where it is not simply the first ones; ``dtypes``
    has one for each input, where they differ. ``span``: floats are uniform between these, not standard normal.
    ``fixed_batch``: the Inputs say how many samples a batch has.
    """

    inputs: tuple[tuple[int, ...], ...]
    config: Mapping[str, Any] = field(default_factory=dict)
    dtype: DType = "float32"
    high: int = 4  # exclusive bound of integer inputs
    ports: tuple[str, ...] = ()
    dtypes: tuple[DType, ...] = ()
    span: tuple[float, float] | None = None
    fixed_batch: bool = False

    def dtype_of(self, index: int) -> DType:
        return self.dtypes[index] if self.dtypes else self.dtype


@dataclass(frozen=True, slots=True)
class Keras:
    """How Keras writes a layer, where that is not simply its own name, parameters and weights in their order.

    ``module``: ``layers``, or a module of ``ops`` for operations. ``renamed``: our parameter -> Keras' argument.
    ``ignored``: arguments that change no number here. ``groups``: our weight -> the path of its group in the
    weights file below the layer's own (``cell`` for an LSTM's kernel); weights of one group are counted in order.
    ``training``: what Keras up to 3.15 writes into every call of the layer, though nobody said so.
    ``stored``: the class after which the layer's own group is called, where that is another.
    ``called``: parameters that are arguments of the call, not of the layer. ``listed``: whether all inputs enter
    as one list.
    """

    name: str = ""
    module: str = "layers"
    renamed: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    training: bool | None = None
    stored: str = ""
    called: tuple[str, ...] = ()
    listed: bool = False


class Call(Protocol):
    """What the compiler hands to ``Layer.lower`` for one call of the layer.

    ``masks`` has one entry for each input: a bool value, False where a time step is padding, or None. What is
    wired to a port called ``mask`` is the first input's mask, whatever came with the input.
    """

    program: Program
    training: bool
    trainable: bool
    masks: tuple[Value | None, ...]

    def weight(self, name: str) -> Value:
        """The weight of that name; the same value in every call that shares the layer."""

    def latest(self, name: str) -> Value:
        """The weight of that name after the updates that earlier calls of the layer made in this step."""

    def update(self, name: str, value: Value) -> None:
        """Sets a weight's value for the next step (moving averages)."""

    def part(self, name: str, masks: tuple[Value | None, ...] = ()) -> Call:
        """The call of a layer inside this one, whose weights are called ``name.weight``."""


class Layer(Config):
    """Base of all layers. An instance is a configuration; calling it twice on symbols shares its weights.

    ``name`` and ``trainable`` belong to the document's record of the layer, not to its parameters.
    """

    family: ClassVar[Family] = "core"
    formula: ClassVar[str] = ""
    """What it computes, in the names of its parameters and weights; empty where a sentence says it as well."""
    ports: ClassVar[Ports] = ONE
    outputs: ClassVar[tuple[str, ...]] = ("output",)
    keeps_mask: ClassVar[bool] = False
    """Whether the mask of the first input is the output's (Keras' ``supports_masking``)."""
    keeps_apart: ClassVar[bool] = True
    """Whether a sample counts the same whatever the size of the batch; False for what charges by the batch."""
    keras: ClassVar[Keras] = Keras()
    examples: ClassVar[tuple[Example, ...]] = ()
    in_library: ClassVar[bool] = True
    in_search: ClassVar[bool] = False
    """Whether searching finds it though it is not in the library."""

    name: str | None = field(default=None, kw_only=True)
    trainable: bool = field(default=True, kw_only=True)

    def input_ports(self) -> Ports:
        """Overridden where they depend on parameters."""
        return self.ports

    def output_ports(self) -> tuple[str, ...]:
        """Names of the outputs; overridden where they depend on parameters."""
        return self.outputs

    def line(self) -> str:
        """The one line that matters, shown on the node: ``3x3 . 64 . same . relu``."""
        return ""

    @abstractmethod
    def infer(self, *inputs: TensorSpec) -> TensorSpec | tuple[TensorSpec, ...]:
        """Specs of the outputs. Raises ShapeError with a sentence when the inputs do not fit.

        Here and in what follows a layer with optional ports is given None for those that are not wired.
        """

    def infer_first(self, *inputs: TensorSpec) -> TensorSpec | tuple[TensorSpec, ...]:
        """``infer`` where wires enter at the first ports alone; ports behind them that are optional have none."""
        ports = self.input_ports()
        unwired: list[Any] = [None] * (0 if ports.is_list else max(0, len(ports.all) - len(inputs)))
        return self.infer(*inputs, *unwired)

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        """The weights that inputs of these specs call for. Only called after ``infer`` accepted them."""
        return ()

    def weight_group(self, name: str) -> str:
        """The group of a weight in Keras' files below the layer's own; overridden where parts are parameters."""
        return self.keras.groups.get(name, "")

    @abstractmethod
    def lower(self, call: Call, *inputs: Value) -> Value | tuple[Value, ...]:
        """Emit the primitives that compute the outputs."""

    def heeds_mask(self, *wired: str) -> bool:
        """Whether a mask that comes with an input is of use to a call with these ports wired, or goes on."""
        own = type(self).mask is not Layer.mask or self.keras.module != "layers"
        return self.keeps_mask or own or any(name.endswith("mask") for name in self.input_ports().optional)

    def masked(self, *arriving: bool) -> bool | tuple[bool, ...]:
        """Whether the output will have a mask, or which of several will, when those inputs have one."""
        return self.keeps_mask and any(arriving[:1])

    def mask(self, call: Call, *inputs: Value) -> Value | tuple[Value | None, ...] | None:
        """Mask of the output, or one for each output. Called after ``lower`` (Keras' ``compute_mask``)."""
        return call.masks[0] if self.keeps_mask and call.masks else None

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """Apply to symbolic tensors (``model.Symbol``), which know how to record a call of this layer.

        ``named``: what enters at a port by its name. A list enters at ``NAME_0``, ``NAME_1`` ... With
        ``training=True`` or False, this call behaves so whatever the model does.
        """
        symbols = inputs[0] if inputs and isinstance(inputs[0], (list, tuple)) else inputs
        if not symbols or not hasattr(symbols[0], "record_call"):
            raise ShapeError(
                f"{type(self).__name__} is called on the result of Input(...) or of another layer"
            )
        return symbols[0].record_call(self, tuple(symbols), named)


LAYERS: Catalogue[Layer] = Catalogue(Layer, "graph_engine.layers", "layer")


def summary_line(*parts: str) -> str:
    """The parts that say something, set apart on one line: ``3x3 . 64 . same``."""
    return " \u00b7 ".join(part for part in parts if part)


def unless(value: str, default: str) -> str:
    """``value`` where the line should mention it: nothing when it is the default."""
    return "" if value == default else value
