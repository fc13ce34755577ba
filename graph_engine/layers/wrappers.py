"""A layer applied to every step of a sequence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_engine.kernels.program import Value
from graph_engine.layers.base import LAYERS, RANK_TOO_LOW, Call, Example, Layer, Ports, Weight, summary_line
from graph_engine.layers.recurrent.base import renamed, require_mask
from graph_engine.layers.requirements import title
from graph_engine.layers.steps import over_steps, step_of, with_steps
from graph_engine.layers.weighted import ACTIVITY_EXAMPLE, Activity
from graph_engine.params import ParamError, configured
from graph_engine.values import ShapeError, TensorSpec

_PART = "layer"
_WHOLE_MODELS = ("Model", "Functional", "Sequential")


class TimeDistributed(Activity):
    """Applies a layer to every step of a sequence by itself, with the same weights."""

    title = "TimeDistributed"
    family = "recurrent"
    ports = Ports(optional=("mask",))
    keeps_mask = True
    examples = (
        Example(inputs=((2, 3, 4),), config={"layer": {"type": "Dense", "units": 2}, **ACTIVITY_EXAMPLE}),
        Example(
            inputs=((2, 3, 5, 4, 2), (2, 3)),
            config={"layer": {"type": "Conv2D", "filters": 2, "activity_regularizer": "l2"}},
            ports=("input", "mask"),
            dtypes=("float32", "bool"),
        ),
        Example(inputs=((4, 3, 2),), config={"layer": "BatchNormalization"}),
        Example(inputs=((2, 3, 4, 2),), config={"layer": {"type": "LSTM", "units": 2}}),
    )

    layer: Layer = configured("Dense", LAYERS, help="What is applied to every step.")

    def __new__(cls, layer: Any = None, **told: Any) -> Any:
        """Of a model, the model at every step; its graph is structure, which a layer's parameters cannot hold."""
        at_each_step = getattr(layer, "at_each_step", None)
        return at_each_step(**told) if at_each_step else super().__new__(cls)

    def __post_init__(self) -> None:
        wanted = self.layer.get("type") if isinstance(self.layer, Mapping) else self.layer
        if wanted in _WHOLE_MODELS:
            raise ParamError(
                f"{title(self)}.layer: a whole model ({wanted}) is a Model layer of its own: "
                "switch on its each_step, which calls it for every step"
            )
        super().__post_init__()
        ports = self.layer.input_ports()
        if ports.is_list or len(ports.names) != 1 or len(self.layer.output_ports()) != 1:
            raise ParamError(
                f"{title(self)}.layer: {title(self.layer)} does not take one tensor and give one; only such layers "
                "are applied step by step"
            )

    def line(self) -> str:
        return summary_line(type(self.layer).__name__, self.layer.line())

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        x, mask = inputs
        if x.rank < 3:
            raise ShapeError(
                f"{title(self)} needs steps and at least one axis in each, got {x}", RANK_TOO_LOW
            )
        require_mask(self, x, mask)
        found = self.layer.infer(*self._given(step_of(x)))
        return with_steps(found[0] if isinstance(found, tuple) else found, x.shape[1])

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        return renamed(f"{_PART}.", self.layer.weights(*self._given(step_of(inputs[0]))))

    def weight_group(self, name: str) -> str:
        return "/".join(filter(None, (_PART, self.layer.weight_group(name.partition(".")[2]))))

    def lower(self, call: Call, *inputs: Value) -> Value:
        layer = self._uncharged()
        empty = (None,) * len(layer.input_ports().optional)
        state = [
            weight for weight in self.weights(*(_spec(value) for value in inputs)) if not weight.trainable
        ]

        def apply(x: Value, mask: Value | None) -> tuple[Value, ...]:
            found = layer.lower(call.part(_PART, (mask, *empty)), *self._given(x))
            return found if isinstance(found, tuple) else (found,)

        one_by_one = any(weight.carried for weight in state) or (call.training and bool(state))
        (y,) = over_steps(apply, inputs[0], call.masks[0], one_by_one=one_by_one)
        return self.charged(call, y)

    def _uncharged(self) -> Layer:
        """The layer without a penalty on its output, which Keras does not add for inner layers either."""
        layer = self.layer
        if "activity_regularizer" not in layer.params():
            return layer
        found: Layer = type(layer).from_config({**layer.config(), "activity_regularizer": None})
        return found

    def _given(self, x: Any) -> tuple[Any, ...]:
        """What the layer is given: nothing at its optional ports."""
        return (x, *(None,) * len(self.layer.input_ports().optional))


def _spec(value: Value | None) -> Any:
    return None if value is None else value.spec
