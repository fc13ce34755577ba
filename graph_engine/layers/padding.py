"""More around the border, or less."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example
from graph_engine.layers.requirements import title
from graph_engine.layers.spatial import LAST, Spatial
from graph_engine.params import sides
from graph_engine.values import ShapeError, TensorSpec

Pairs = tuple[tuple[int, int], ...]


class _Border(Spatial):
    """What padding and cropping share: two numbers an axis."""

    family = "reshape"
    takes_whole_numbers = True

    @property
    @abstractmethod
    def border(self) -> tuple[int, ...]:
        """Two numbers an axis: before and after."""

    @property
    def pairs(self) -> Pairs:
        """(before, after) along each axis."""
        return tuple(zip(self.border[::2], self.border[1::2], strict=True))

    def line(self) -> str:
        return str(self.border[0]) if len(set(self.border)) == 1 else ", ".join(map(str, self.border))


class _ZeroPadding(_Border):
    padding: tuple[int, ...] = (0, 0)

    @property
    def border(self) -> tuple[int, ...]:
        return self.padding

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        sizes = (
            None if size is None else size + sum(pair)
            for size, pair in zip(x.shape[1:-1], self.pairs, strict=True)
        )
        return x.with_shape((x.shape[0], *sizes, x.shape[-1]))

    def lower_last(self, call: Call, x: Value) -> Value:
        return ops.pad(x, ((0, 0), *self.pairs, (0, 0)))


class _Cropping(_Border):
    cropping: tuple[int, ...] = (0, 0)

    @property
    def border(self) -> tuple[int, ...]:
        return self.cropping

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        sizes = [
            None if size is None else size - sum(pair)
            for size, pair in zip(x.shape[1:-1], self.pairs, strict=True)
        ]
        if any(size is not None and size < 1 for size in sizes):
            raise ShapeError(f"{title(self)} cuts off {self.line()}, which leaves nothing of {x}")
        return x.with_shape((x.shape[0], *sizes, x.shape[-1]))

    def lower_last(self, call: Call, x: Value) -> Value:
        starts = (0, *(before for before, _ in self.pairs), 0)
        stops = (
            x.shape[0],
            *(size - after for size, (_, after) in zip(x.shape[1:-1], self.pairs, strict=True)),
            x.shape[-1],
        )
        return x if not any(self.border) else ops.slice(x, starts, stops)


def _more(*default: int) -> Any:
    return sides(default, axes=len(default) // 2, help="How many zeros are added before and after each axis.")


def _less(*default: int) -> Any:
    return sides(default, axes=len(default) // 2, help="How much is cut off before and after each axis.")


class ZeroPadding1D(_ZeroPadding):
    """Puts zeros before and after a sequence."""

    title = "ZeroPadding1D"
    rank = 1
    examples = (
        Example(inputs=((2, 4, 3),)),
        Example(
            inputs=((2, 3, 4),), config={"padding": [0, 2], "data_format": "channels_first"}, dtype="int32"
        ),
    )

    padding: tuple[int, ...] = _more(1, 1)


class ZeroPadding2D(_ZeroPadding):
    """Puts zeros around an image."""

    title = "ZeroPadding2D"
    rank = 2
    examples = (
        Example(inputs=((2, 3, 4, 2),)),
        Example(inputs=((1, 3, 4, 2),), config={"padding": [0, 1, 2, 3]}),
        Example(inputs=((1, 2, 3, 4),), config={"padding": [[1, 0], 2], "data_format": "channels_first"}),
    )

    padding: tuple[int, ...] = _more(1, 1, 1, 1)


class ZeroPadding3D(_ZeroPadding):
    """Puts zeros around a volume."""

    title = "ZeroPadding3D"
    rank = 3
    examples = (
        Example(inputs=((1, 2, 3, 2, 2),)),
        Example(inputs=((1, 2, 2, 3, 2),), config={"padding": [1, 0, 2], "data_format": "channels_first"}),
    )

    padding: tuple[int, ...] = _more(1, 1, 1, 1, 1, 1)


class Cropping1D(_Cropping):
    """Cuts off the beginning and end of a sequence."""

    title = "Cropping1D"
    rank = 1
    data_format: ClassVar[str] = LAST  # type: ignore[misc]  # as in Keras, it has no other
    examples = (
        Example(inputs=((2, 5, 3),)),
        Example(inputs=((2, 3, 5),), config={"cropping": [0, 2]}, dtype="int32"),
    )

    cropping: tuple[int, ...] = _less(1, 1)


class Cropping2D(_Cropping):
    """Cuts off the border of an image."""

    title = "Cropping2D"
    rank = 2
    examples = (
        Example(inputs=((2, 5, 6, 2),), config={"cropping": [0, 1, 2, 3]}),
        Example(inputs=((1, 2, 4, 5),), config={"cropping": [[1, 0], 2], "data_format": "channels_first"}),
    )

    cropping: tuple[int, ...] = _less(0, 0, 0, 0)


class Cropping3D(_Cropping):
    """Cuts off the border of a volume."""

    title = "Cropping3D"
    rank = 3
    examples = (
        Example(inputs=((1, 3, 4, 3, 2),)),
        Example(inputs=((1, 2, 3, 3, 5),), config={"cropping": [1, 0, 2], "data_format": "channels_first"}),
    )

    cropping: tuple[int, ...] = _less(1, 1, 1, 1, 1, 1)
