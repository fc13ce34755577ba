"""What layers share that work along the axes of space or time: channels last or first."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Final, TypeVar

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Layer
from graph_engine.layers.requirements import require_floats, require_rank
from graph_engine.layers.windows import layout
from graph_engine.params import choice, shared
from graph_engine.values import TensorSpec

Item = TypeVar("Item")
LAST, FIRST = "channels_last", "channels_first"
_FORMAT: Final = "Where the channels stand: after the axes of space, or right after the batch axis."


class Spatial(Layer):
    """Written for channels last; where they come first, the axes are turned before and turned back after."""

    rank: ClassVar[int]
    takes_whole_numbers: ClassVar[bool] = False

    data_format: str = shared(choice(LAST, (LAST, FIRST), help=_FORMAT))

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        x = self.last_spec(*inputs)
        result = self.infer_last(x)
        return result.with_shape(self._placed(result.shape))

    def lower(self, call: Call, *inputs: Value) -> Value:
        y = self.lower_last(call, self.last(inputs[0]))
        return y if self.data_format == LAST else ops.transpose(y, self._placed(tuple(range(y.rank))))

    def last_spec(self, *inputs: TensorSpec) -> TensorSpec:
        """The input's spec with channels last. Raises ShapeError where it is no such input."""
        (x,) = inputs
        require_rank(self, x, self.rank + 2, layout(self.rank))
        if not self.takes_whole_numbers:
            require_floats(self, x)
        return x if self.data_format == LAST else x.with_shape((x.shape[0], *x.shape[2:], x.shape[1]))

    def last(self, x: Value) -> Value:
        return x if self.data_format == LAST else ops.transpose(x, (0, *range(2, x.rank), 1))

    @abstractmethod
    def infer_last(self, x: TensorSpec) -> TensorSpec:
        """The output's spec, channels last, for an input with channels last."""

    @abstractmethod
    def lower_last(self, call: Call, x: Value) -> Value: ...

    def _placed(self, shape: tuple[Item, ...]) -> tuple[Item, ...]:
        return shape if self.data_format == LAST else (shape[0], shape[-1], *shape[1:-1])
