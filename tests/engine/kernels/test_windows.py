"""Convolution and pooling against loops that say what they mean, for random sizes, steps, padding and groups."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from graph_engine.kernels import ops
from graph_engine.kernels.pooling import max_pool_gradient
from graph_engine.kernels.program import Array, Program
from graph_engine.values import ShapeError, TensorSpec
from tests.engine.kernels.running import evaluate

Pads = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Sliding:
    """How a window moves over some spatial axes."""

    sizes: tuple[int, ...]
    window: tuple[int, ...]
    strides: tuple[int, ...]
    pads: Pads
    dilation: tuple[int, ...]

    @property
    def positions(self) -> tuple[int, ...]:
        return tuple(
            len(range(0, size + low + high - (window - 1) * dilation, stride))
            for size, window, stride, (low, high), dilation in zip(
                self.sizes, self.window, self.strides, self.pads, self.dilation, strict=True
            )
        )

    def seen_from(self, position: Sequence[int]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
        """(place in the window, place in the input) for all that is not padding."""
        for tap in itertools.product(*map(range, self.window)):
            place = tuple(
                at * stride + t * dilation - low
                for at, stride, t, dilation, (low, _) in zip(
                    position, self.strides, tap, self.dilation, self.pads, strict=True
                )
            )
            if all(0 <= p < size for p, size in zip(place, self.sizes, strict=True)):
                yield tap, place


@st.composite
def slidings(draw: st.DrawFn, dilated: bool) -> Sliding:
    """One to three axes; never a window of nothing but padding."""
    axes = []
    for _ in range(draw(st.integers(1, 3))):
        window = draw(st.integers(1, 3))
        dilation = draw(st.integers(1, 2)) if dilated else 1
        pads = draw(st.tuples(st.integers(0, window - 1), st.integers(0, window - 1)))
        reach = (window - 1) * dilation + 1
        size = draw(st.integers(max(1, reach - sum(pads)), reach + 3))
        axes.append((size, window, draw(st.integers(1, 3)), pads, dilation))
    return Sliding(*map(tuple, zip(*axes, strict=True)))


def index(*parts: Any) -> Any:
    return parts


def noise(shape: Sequence[int], seed: int) -> Array:
    return np.random.default_rng(seed).standard_normal(tuple(shape))


@given(slidings(dilated=True), st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), st.integers(1, 2))
def test_convolution_is_a_sum_over_the_window(
    slide: Sliding, groups: int, inside: int, outside: int, batch: int
) -> None:
    x = noise((batch, *slide.sizes, groups * inside), 0)
    kernel = noise((*slide.window, inside, groups * outside), 1)
    expected = np.zeros((batch, *slide.positions, groups * outside))
    for at in np.ndindex(*slide.positions):
        for tap, place in slide.seen_from(at):
            for group in range(groups):
                filters = np.s_[group * outside : (group + 1) * outside]
                seen = x[index(np.s_[:], *place, np.s_[group * inside : (group + 1) * inside])]
                expected[:, *at, filters] += seen @ kernel[index(*tap, np.s_[:], filters)]
    attrs = {"strides": slide.strides, "pads": slide.pads, "dilation": slide.dilation, "groups": groups}
    found = evaluate(lambda v, k: ops.conv(v, k, **attrs), x, kernel)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


@given(slidings(dilated=True), st.integers(1, 3), st.integers(1, 2), st.integers(1, 2))
def test_gradients_of_a_convolution_are_its_transposes(
    slide: Sliding, groups: int, inside: int, outside: int
) -> None:
    """``<g, conv(x, k)> = <conv_grad_input(g, k), x> = <conv_grad_kernel(x, g), k>`` for any g."""
    x, g = noise((2, *slide.sizes, groups * inside), 0), noise((2, *slide.positions, groups * outside), 2)
    kernel = noise((*slide.window, inside, groups * outside), 1)
    attrs: dict[str, Any] = {
        "strides": slide.strides, "pads": slide.pads, "dilation": slide.dilation, "groups": groups,
    }  # fmt: skip
    y, dx, dk = evaluate(
        lambda v, k, w: [
            ops.conv(v, k, **attrs),
            ops.conv_grad_input(w, k, shape=x.shape, **attrs),
            ops.conv_grad_kernel(v, w, shape=kernel.shape, **attrs),
        ],
        x, kernel, g,
    )  # fmt: skip
    expected = np.vdot(g, y)
    np.testing.assert_allclose([np.vdot(dx, x), np.vdot(dk, kernel)], expected, rtol=1e-9, atol=1e-9)


@given(slidings(dilated=False), st.integers(0, 99))
def test_pooling_takes_the_largest_and_the_mean_of_what_is_real(slide: Sliding, seed: int) -> None:
    x = noise((2, *slide.sizes, 3), seed)
    largest, mean = np.empty((2, *slide.positions, 3)), np.empty((2, *slide.positions, 3))
    for at in np.ndindex(*slide.positions):
        seen = np.stack([x[index(np.s_[:], *place)] for _, place in slide.seen_from(at)])
        largest[:, *at], mean[:, *at] = seen.max(0), seen.mean(0)
    attrs = {"size": slide.window, "strides": slide.strides, "pads": slide.pads}
    found = evaluate(lambda v: [ops.max_pool(v, **attrs), ops.average_pool(v, **attrs)], x)
    np.testing.assert_array_equal(found[0], largest)
    np.testing.assert_allclose(found[1], mean, rtol=1e-12, atol=1e-14)


@given(slidings(dilated=False), st.integers(0, 99))
def test_the_gradient_of_a_maximum_goes_to_the_first_of_equal_ones(slide: Sliding, seed: int) -> None:
    x = np.random.default_rng(seed).integers(0, 3, (2, *slide.sizes, 2)).astype(np.float64)
    attrs = {"size": slide.window, "strides": slide.strides, "pads": slide.pads}
    y = evaluate(lambda v: ops.max_pool(v, **attrs), x)
    g = noise(y.shape, seed)
    expected = np.zeros_like(x)
    for at in np.ndindex(*slide.positions):
        for row, channel in np.ndindex(2, 2):
            places = [place for _, place in slide.seen_from(at)]
            first = max(places, key=lambda place: x[row, *place, channel])
            expected[row, *first, channel] += g[row, *at, channel]
    found = evaluate(lambda a, b, c: max_pool_gradient(a, b, c, **attrs), x, y, g)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_what_does_not_fit_is_refused() -> None:
    x = np.zeros((1, 3, 2))
    once: dict[str, Any] = {"strides": (1,), "pads": ((0, 0),)}
    with pytest.raises(ShapeError, match="a window of 4 does not fit into 3"):
        evaluate(lambda v, k: ops.conv(v, k, **once, dilation=(1,), groups=1), x, np.zeros((4, 2, 1)))
    with pytest.raises(ShapeError, match=r"a kernel of shape \(1, 3, 1\) does not fit 2 channels"):
        evaluate(lambda v, k: ops.conv(v, k, **once, dilation=(1,), groups=1), x, np.zeros((1, 3, 1)))
    with pytest.raises(ShapeError, match="a window of 5 does not fit into 3"):
        evaluate(lambda v: ops.max_pool(v, size=(5,), **once), x)


def test_a_convolution_counts_two_operations_for_every_weight_and_position() -> None:
    program = Program()
    x, kernel = program.feed("x", TensorSpec((2, 6, 6, 4))), program.feed("k", TensorSpec((3, 3, 2, 8)))
    ops.conv(x, kernel, strides=(1, 1), pads=((0, 0), (0, 0)), dilation=(1, 1), groups=2)
    (op,) = program.ops
    assert op.primitive.flops(op) == 2 * (3 * 3 * 2) * (2 * 4 * 4 * 8)
