"""One number a channel, whatever the size of the sample."""

from __future__ import annotations

from typing import ClassVar, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Layer, Ports
from graph_engine.layers.requirements import require_floats, require_rank
from graph_engine.layers.spatial import FIRST, LAST
from graph_engine.layers.windows import layout
from graph_engine.params import boolean, choice, shared
from graph_engine.values import TensorSpec

_KEEP: Final = "Whether the pooled axes stay, with size 1."
_FORMAT: Final = "Where the channels stand: after the axes of space, or right after the batch axis."


class _GlobalPooling(Layer):
    """What is taken over all places. A subclass names its rank."""

    family = "pooling"
    rank: ClassVar[int]

    data_format: str = shared(choice(LAST, (LAST, FIRST), help=_FORMAT))
    keepdims: bool = shared(boolean(False, help=_KEEP))

    def line(self) -> str:
        return "keep axes" if self.keepdims else ""

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        x = inputs[0]
        require_rank(self, x, self.rank + 2, layout(self.rank))
        require_floats(self, x)
        if self.keepdims:
            return x.with_shape(tuple(1 if axis in self.axes else size for axis, size in enumerate(x.shape)))
        return x.with_shape((x.shape[0], x.shape[-1 if self.data_format == LAST else 1]))

    @property
    def axes(self) -> tuple[int, ...]:
        first = 1 if self.data_format == LAST else 2
        return tuple(range(first, first + self.rank))


class _GlobalAverage(_GlobalPooling):
    formula = "y[c] = mean of x[p, c] over all places p"

    def lower(self, call: Call, *inputs: Value) -> Value:
        return ops.mean(inputs[0], self.axes, self.keepdims)


class _GlobalMax(_GlobalPooling):
    formula = "y[c] = largest x[p, c] over all places p"

    def lower(self, call: Call, *inputs: Value) -> Value:
        return ops.max(inputs[0], self.axes, self.keepdims)


def _examples(*sizes: int) -> tuple[Example, ...]:
    return (
        Example(inputs=((2, *sizes, 3),)),
        Example(inputs=((2, *sizes, 3),), config={"keepdims": True}),
        Example(inputs=((2, 3, *sizes),), config={"data_format": "channels_first"}),
    )


class GlobalAveragePooling1D(_GlobalAverage):
    """Takes the mean over all steps of a sequence that are no padding: one number a channel."""

    title = "GlobalAveragePooling1D"
    rank = 1
    ports = Ports(optional=("mask",))
    examples = (
        *_examples(5),
        Example(inputs=((2, 5, 3), (2, 5)), ports=("input", "mask"), dtypes=("float32", "bool")),
    )

    def lower(self, call: Call, *inputs: Value) -> Value:
        x, mask = inputs[0], call.masks[0]
        if mask is None:
            return super().lower(call, x)
        seen = ops.cast(ops.expand_dims(mask, -1 if self.data_format == LAST else 1), dtype=x.dtype)
        total = ops.sum(x * seen, self.axes, self.keepdims)
        return total / ops.sum(seen, self.axes, self.keepdims)


class GlobalAveragePooling2D(_GlobalAverage):
    """Takes the mean over all pixels of an image: one number a channel."""

    title = "GlobalAveragePooling2D"
    rank = 2
    examples = _examples(4, 5)


class GlobalAveragePooling3D(_GlobalAverage):
    """Takes the mean over all of a volume: one number a channel."""

    title = "GlobalAveragePooling3D"
    rank = 3
    examples = _examples(2, 4, 3)


class GlobalMaxPooling1D(_GlobalMax):
    """Keeps the largest over all steps of a sequence: one number a channel."""

    title = "GlobalMaxPooling1D"
    rank = 1
    examples = _examples(5)


class GlobalMaxPooling2D(_GlobalMax):
    """Keeps the largest over all pixels of an image: one number a channel."""

    title = "GlobalMaxPooling2D"
    rank = 2
    examples = _examples(4, 5)


class GlobalMaxPooling3D(_GlobalMax):
    """Keeps the largest over all of a volume: one number a channel."""

    title = "GlobalMaxPooling3D"
    rank = 3
    examples = _examples(2, 4, 3)
