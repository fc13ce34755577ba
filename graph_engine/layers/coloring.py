"""Pictures made brighter, greyer, sharper, inverted or spotted at random in training."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, summary_line
from graph_engine.layers.varying import Augmentation, drawn, ends, factors, require_range, shown_range
from graph_engine.params import ParamError, integers, number, numbers
from graph_engine.values import ShapeError, TensorSpec

_GREY = (0.2989, 0.587, 0.114)  # how bright red, green and blue look


def _examples(**config: Any) -> tuple[Example, ...]:
    """Channels last as it comes, and first with the parameters given."""
    first = Example(
        inputs=((2, 3, 3, 2),),
        config={"value_range": [-1, 1], "data_format": "channels_first", **config},
        span=(-0.9, 0.9),
    )
    return Example(inputs=((2, 3, 4, 3),), span=(5.0, 250.0)), first


class _Ranged(Augmentation):
    """Where pixels have a lowest and a highest value."""

    value_range: tuple[float, ...] = shown_range()

    def __post_init__(self) -> None:
        super().__post_init__()
        require_range(self, self.value_range)

    @property
    def between(self) -> tuple[float, float]:
        return require_range(self, self.value_range)

    def cut(self, x: Value) -> Value:
        low, high = self.between
        return ops.clip(x, low=low, high=high)


class RandomBrightness(_Ranged):
    """Makes pictures brighter or darker in training."""

    title = "RandomBrightness"
    examples = (
        Example(inputs=((2, 3, 2, 3),)),
        Example(
            inputs=((2, 3, 3, 2),),
            config={"factor": [0.1, 0.4], "value_range": [-1, 1], "data_format": "channels_first"},
        ),
    )

    factor: tuple[float, ...] = factors((0.2,), "What is added, as a part of the range of values.", -1.0, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        ends("RandomBrightness.factor", self.factor)

    def line(self) -> str:
        return summary_line(*(f"{each:+.3g}" for each in ends("factor", self.factor)))

    def vary(self, x: Value) -> Value:
        low, high = self.between
        return self.cut(x + drawn(x, ends("factor", self.factor)) * (high - low))


class RandomContrast(_Ranged):
    """Makes the differences within pictures larger or smaller in training, channel by channel."""

    title = "RandomContrast"
    examples = (
        Example(inputs=((2, 3, 2, 3),)),
        Example(
            inputs=((2, 3, 3, 2),),
            config={"factor": [0.1, 0.4], "value_range": [-1, 1], "data_format": "channels_first"},
        ),
    )

    factor: tuple[float, ...] = numbers(
        (0.2,),
        minimum=0.0,
        maximum=1.0,
        help="By how much differences shrink and grow at most, as a part of them; two numbers: each.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        ends("RandomContrast.factor", self.factor)

    def vary(self, x: Value) -> Value:
        factor = drawn(x, (1.0 - min(self.factor), 1.0 + max(self.factor)))
        mean = ops.mean(x, (1, 2), keepdims=True)
        return self.cut((x - mean) * factor + mean)


class RandomInvert(_Ranged):
    """Turns dark into bright and bright into dark in some pictures in training."""

    title = "RandomInvert"
    examples = _examples(factor=[0.4, 0.6])

    factor: tuple[float, ...] = factors((1.0,), "How likely it is.", 0.0, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        ends("RandomInvert.factor", self.factor, 0.0)

    def vary(self, x: Value) -> Value:
        likely = drawn(x, ends("factor", self.factor, 0.0))
        return ops.where(ops.less(drawn(x, (0.0, 1.0)), likely), self.between[1] - x, x)


class _Coloured(Augmentation):
    """Where channels are red, green and blue; what has another number of them is grey already."""

    def grey(self, x: Value) -> Value:
        """(..., 1), or as it is."""
        if x.shape[-1] != len(_GREY):
            return x
        return ops.sum(x * x.program.constant(np.array(_GREY), x.dtype), (-1,), keepdims=True)


class RandomGrayscale(_Coloured):
    """Takes the colours away from some pictures in training."""

    title = "RandomGrayscale"
    examples = (
        Example(inputs=((4, 3, 2, 3),)),
        Example(inputs=((2, 3, 3, 2),), config={"factor": 0.8, "data_format": "channels_first"}),
    )

    factor: float = number(0.5, minimum=0.0, maximum=1.0, help="How likely it is.")

    def line(self) -> str:
        return f"{self.factor:.3g}"

    def vary(self, x: Value) -> Value:
        draw = drawn(x, (0.0, 1.0))
        grey = ops.broadcast_to(self.grey(x), x.shape)
        return ops.where(ops.less(draw, ops.number(self.factor, draw)), grey, x)


class RandomColorDegeneration(_Coloured, _Ranged):
    """Makes colours paler or stronger in training."""

    title = "RandomColorDegeneration"
    examples = _examples(factor=[0.2, 0.7])

    factor: tuple[float, ...] = factors((0.5,), "How far towards grey; below 0: away from it.", -1.0, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        ends("RandomColorDegeneration.factor", self.factor)

    def vary(self, x: Value) -> Value:
        return self.cut(x + drawn(x, ends("factor", self.factor)) * (self.grey(x) - x))


class RandomSharpness(_Ranged):
    """Blurs or sharpens pictures in training."""

    title = "RandomSharpness"
    examples = _examples(factor=[0.2, 0.7])

    factor: tuple[float, ...] = factors((0.5,), "0 is blurred, 0.5 as it is, 1 sharper.", 0.0, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        ends("RandomSharpness.factor", self.factor, 0.0)

    def vary(self, x: Value) -> Value:
        """Away from, or towards, means over windows of 3 x 3 whose middle counts five times."""
        shares = np.ones((3, 3, 1, x.shape[-1])) / 13
        shares[1, 1] *= 5
        smooth = ops.conv(
            x,
            x.program.constant(shares, x.dtype),
            strides=(1, 1),
            pads=((1, 1), (1, 1)),
            dilation=(1, 1),
            groups=x.shape[-1],
        )
        factor = drawn(x, ends("factor", self.factor, 0.0))
        return self.cut(x + (1.0 - factor * 2.0) * (smooth - x))


class RandomPosterization(_Ranged):
    """Leaves fewer tones to each channel in training."""

    title = "RandomPosterization"
    examples = _examples(factor=[2, 4])

    factor: tuple[int, ...] = integers(
        (4,), help="How many of the 8 bits of a tone are kept. One number: from 1 to it; two: from, to."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        fewest, most = ends("RandomPosterization.factor", self.factor, 1.0)
        if not 1 <= fewest <= most <= 8:
            raise ParamError(
                f"RandomPosterization.factor: from 1 to 8, got {', '.join(map(str, self.factor))}"
            )

    def vary(self, x: Value) -> Value:
        low, high = self.between
        kept = ops.floor(drawn(x, ends("factor", self.factor, 1.0)))
        step = ops.power(ops.number(2.0, x), 8.0 - kept)
        tones = ops.floor(ops.clip((x - low) * (255.0 / (high - low)), low=0.0, high=255.0))
        result: Value = ops.floor(tones / step) * step * ((high - low) / 255.0) + low
        return result


class Solarization(_Ranged):
    """Inverts the bright parts of pictures in training, after making all brighter."""

    title = "Solarization"
    examples = _examples(addition_factor=[0.1, 0.2], threshold_factor=0.6)

    addition_factor: tuple[float, ...] = factors(
        (0.0,), "What is added first, as a part of the range of values.", 0.0, 1.0
    )
    threshold_factor: tuple[float, ...] = factors(
        (0.0,), "From which value on it is inverted, as a part of the range.", 0.0, 1.0
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        ends("Solarization.addition_factor", self.addition_factor, 0.0)
        ends("Solarization.threshold_factor", self.threshold_factor, 0.0)

    def vary(self, x: Value) -> Value:
        low, high = self.between
        added = drawn(x, ends("addition_factor", self.addition_factor, 0.0)) * (high - low)
        bright = drawn(x, ends("threshold_factor", self.threshold_factor, 0.0)) * (high - low) + low
        y = self.cut(x + added)
        return ops.where(ops.less(y, bright), y, low + high - y)


class AutoContrast(_Ranged):
    """Stretches each channel of a picture over the whole range of values, in training and inference."""

    title = "AutoContrast"
    examples = _examples()

    def lower_last(self, call: Call, x: Value) -> Value:
        return self.vary(x if x.dtype == call.program.floats else ops.cast(x, dtype=call.program.floats))

    def vary(self, x: Value) -> Value:
        low, high = self.between
        darkest = ops.min(x, (1, 2), keepdims=True)
        spread = ops.max(x, (1, 2), keepdims=True) - darkest
        flat = ops.equal(spread, ops.number(0.0, x))
        shares = (x - darkest) / ops.where(flat, ops.number(1.0, x), spread)
        return ops.where(ops.broadcast_to(flat, x.shape), x, shares * (high - low) + low)


class RandomErasing(_Ranged):
    """Paints over a rectangle of some pictures in training."""

    title = "RandomErasing"
    examples = (
        *_examples(factor=[0.5, 1.0], scale=[0.1, 0.6], fill_value=0.5),
        Example(inputs=((2, 4, 4, 3),), config={"fill_value": [10.0, 20.0, 300.0]}, span=(0.0, 255.0)),
    )

    factor: tuple[float, ...] = factors((1.0,), "How likely it is.", 0.0, 1.0)
    scale: tuple[float, ...] = factors((0.02, 0.33), "The part of the picture.", 0.0, 1.0)
    fill_value: tuple[float, ...] | None = numbers(
        None, optional=True, help="What is painted: one number, or one for each channel; none: noise."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        ends("RandomErasing.factor", self.factor, 0.0)
        ends("RandomErasing.scale", self.scale, 0.0)
        if self.fill_value is not None and not self.fill_value:
            raise ParamError("RandomErasing.fill_value: one number, or one for each channel")

    def infer_last(self, x: TensorSpec) -> TensorSpec:
        if self.fill_value and len(self.fill_value) not in (1, x.shape[-1] or len(self.fill_value)):
            raise ShapeError(
                f"RandomErasing paints {len(self.fill_value)} channels, but pictures have {x.shape[-1]}"
            )
        return super().infer_last(x)

    def vary(self, x: Value) -> Value:
        inside = ops.logical_and(self._within(x, 1), self._within(x, 2))
        likely = drawn(x, ends("factor", self.factor, 0.0))
        chosen = ops.logical_and(inside, ops.less(drawn(x, (0.0, 1.0)), likely))
        return ops.where(ops.broadcast_to(chosen, x.shape), ops.broadcast_to(self._paint(x), x.shape), x)

    def _within(self, x: Value, axis: int) -> Value:
        """Which rows, or columns, belong to the rectangle."""
        size = x.shape[axis]
        shape = tuple(size if each == axis else 1 for each in range(x.rank))
        places = x.program.constant(np.arange(size).reshape(shape), x.dtype)
        length = ops.sqrt(drawn(x, ends("scale", self.scale, 0.0))) * float(size)
        start = drawn(x, (0.0, 1.0)) * (float(size) - length)
        return ops.logical_and(ops.greater_equal(places, start), ops.less(places, start + length))

    def _paint(self, x: Value) -> Value:
        if self.fill_value is None:
            return self.cut(ops.random_normal(x) * self.between[1])
        return self.cut(x.program.constant(np.array(self.fill_value).reshape(1, 1, 1, -1), x.dtype))
