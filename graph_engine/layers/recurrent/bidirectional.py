"""A sequence read from both ends."""

from __future__ import annotations

import functools
from typing import Any, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Keras, Ports, Weight, summary_line
from graph_engine.layers.recurrent.base import RECURRENT, Recurrent, heeded, renamed
from graph_engine.layers.recurrent.cell import Values
from graph_engine.layers.recurrent.examples import masked
from graph_engine.layers.requirements import title
from graph_engine.layers.weighted import ACTIVITY_EXAMPLE, Activity
from graph_engine.params import ParamError, choice, configured
from graph_engine.values import ShapeError, TensorSpec

MERGES: Final = ("concat", "sum", "mul", "ave")
FORWARD, BACKWARD = "forward_layer", "backward_layer"
_ALIKE: Final = ("stateful", "return_sequences", "return_state")
_LSTM = {"type": "LSTM", "units": 2, "return_sequences": True}
_GRU = {"type": "GRU", "units": 2, "return_state": True}


class Bidirectional(Activity):
    """Reads a sequence from both ends with a recurrent layer each, and merges what both say."""

    formula = "y = merge(forward(x), backward(x from its end))"
    title = "Bidirectional"
    family = "recurrent"
    keras = Keras(ignored=("weights",))
    examples = (
        Example(inputs=((2, 4, 3),), config={"layer": _LSTM}),
        Example(
            inputs=((2, 4, 3), (2, 2), (2, 2), (2, 4)),
            config={"layer": _GRU, "merge_mode": None},
            **masked(2),
        ),
        Example(
            inputs=((2, 4, 3), (2, 4)),
            config={
                "layer": _LSTM,
                "backward_layer": {
                    "type": "GRU",
                    "units": 2,
                    "return_sequences": True,
                    "go_backwards": True,
                },
                "merge_mode": "mul",
                **ACTIVITY_EXAMPLE,
            },
            **masked(0),
        ),
        Example(
            inputs=((2, 4, 3),),
            config={"layer": {"type": "SimpleRNN", "units": 2, "stateful": True}},
            fixed_batch=True,
        ),
        *(Example(inputs=((2, 4, 3),), config={"layer": _LSTM, "merge_mode": mode}) for mode in MERGES[1:]),
    )

    layer: Recurrent = configured("LSTM", RECURRENT, help="What reads from the first step to the last.")
    merge_mode: str | None = choice(
        "concat", MERGES, optional=True, help="How both outputs become one; without it, they leave apart."
    )
    backward_layer: Recurrent | None = configured(
        None,
        RECURRENT,
        optional=True,
        help="What reads from the last step to the first; without it, a layer like the other.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        forward, backward = self.ways
        if forward.go_backwards == backward.go_backwards:
            raise ParamError(
                f"{title(self)}: both layers read {'backwards' if forward.go_backwards else 'forwards'}; "
                "go_backwards must differ"
            )
        for name in _ALIKE:
            if getattr(forward, name) != getattr(backward, name):
                raise ParamError(f"{title(self)}: {name} must be the same for both layers")

    @functools.cached_property
    def ways(self) -> tuple[Recurrent, Recurrent]:
        """Both layers as they run: where sequences leave, masked steps are zeros."""
        first, second = self.layer, self.backward_layer
        told = {"zero_output_for_mask": first.return_sequences}
        back = {} if second is not None else {"go_backwards": True}
        return (
            type(first).from_config({**first.config(), **told}),
            type(second or first).from_config({**(second or first).config(), **back, **told}),
        )

    def input_ports(self) -> Ports:
        count = sum(map(_states, self.ways))
        return Ports(optional=(*(f"initial_state_{index}" for index in range(count)), "mask"))

    def output_ports(self) -> tuple[str, ...]:
        forward, backward = self.ways
        outputs = ("output",) if self.merge_mode else ("forward", "backward")
        if not forward.return_state:
            return outputs
        states = (f"forward_{name}" for name in forward.state_names())
        return (*outputs, *states, *(f"backward_{name}" for name in backward.state_names()))

    def line(self) -> str:
        return summary_line(type(self.layer).__name__, self.layer.line(), self.merge_mode or "apart")

    def infer(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        (first, *states), (second, *others) = (
            way.infer(*given) for way, given in zip(self.ways, self._shared(inputs), strict=True)
        )
        wide = first.shape[-1]
        if self.merge_mode == "concat":
            outputs: tuple[TensorSpec, ...] = (
                first.with_shape((*first.shape[:-1], _sum(wide, second.shape[-1]))),
            )
        elif self.merge_mode and not first.accepts(second):
            raise ShapeError(f"{title(self)} cannot merge {first} and {second} by {self.merge_mode}")
        else:
            outputs = (first,) if self.merge_mode else (first, second)
        return (*outputs, *states, *others)

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        forward, backward = self.ways
        first, second = self._shared(inputs)
        return (
            *renamed(f"{FORWARD}.", forward.weights(*first)),
            *renamed(f"{BACKWARD}.", backward.weights(*second)),
        )

    def weight_group(self, name: str) -> str:
        part, _, inner = name.partition(".")
        way = self.ways[0 if part == FORWARD else 1]
        return "/".join(filter(None, (part, way.weight_group(inner))))

    def lower(self, call: Call, *inputs: Value) -> Values:
        forward, backward = self.ways
        first, second = self._shared(inputs)
        masks = (call.masks[0], *(None,) * (len(first) - 1))
        y, *states = forward.lower(call.part(FORWARD, masks), *first)
        back, *others = backward.lower(call.part(BACKWARD, masks), *second)
        if forward.return_sequences:
            back = ops.flip(back, 1)
        found = (*self._merged(y, back), *states, *others)
        return tuple(self.charged(call, value) for value in found)

    def heeds_mask(self, *wired: str) -> bool:
        return heeded(*wired)

    def masked(self, *arriving: bool) -> tuple[bool, ...]:
        outputs = 1 if self.merge_mode else 2
        kept = self.layer.return_sequences and arriving[0]
        return ((kept,) * outputs + (False,) * len(self.output_ports()))[: len(self.output_ports())]

    def mask(self, call: Call, *inputs: Value) -> tuple[Value | None, ...]:
        return tuple(call.masks[0] if kept else None for kept in self.masked(call.masks[0] is not None))

    def _shared(self, inputs: tuple[Value, ...] | tuple[TensorSpec, ...]) -> tuple[list[Any], list[Any]]:
        """What each layer is given: the first states are the first one's."""
        x, *states, mask = inputs
        half = _states(self.ways[0])
        return [x, *states[:half], mask], [x, *states[half:], mask]

    def _merged(self, y: Value, back: Value) -> Values:
        match self.merge_mode:
            case "concat":
                return (ops.concatenate(y, back, axis=-1),)
            case "sum":
                return (y + back,)
            case "ave":
                return ((y + back) / 2.0,)
            case "mul":
                return (y * back,)
        return (y, back)


def _states(way: Recurrent) -> int:
    return len(way.input_ports().optional) - 1


def _sum(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else first + second
