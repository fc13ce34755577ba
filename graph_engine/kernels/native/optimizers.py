"""Updates of weights in one pass over their flat buffers; ``shrink`` is what decay leaves of a weight."""

from __future__ import annotations

import math
from typing import Final

from graph_engine.kernels.native.language import ONE, floats, real, share_start
from graph_engine.kernels.native.library import Kernel, kernel


@kernel
def adam(
    thread: int, threads: int, weights: int, gradients: int, momentum: int, velocity: int, size: int,
    shrink: int, keep_mean: int, keep_square: int, rate: int, epsilon: int,
) -> None:  # fmt: skip
    """``rate`` holds both corrections for starting at zero."""
    begin, end = share_start(size, thread, threads), share_start(size, thread + 1, threads)
    n, at = end - begin, begin * 4
    w, g = floats(weights + at, n), floats(gradients + at, n)
    m, v = floats(momentum + at, n), floats(velocity + at, n)
    new_mean, new_square = ONE - real(keep_mean), ONE - real(keep_square)
    left, alpha, tiny = real(shrink), real(rate), real(epsilon)
    for i in range(n):
        mean = m[i] + (g[i] - m[i]) * new_mean
        square = v[i] + (g[i] * g[i] - v[i]) * new_square
        m[i] = mean
        v[i] = square
        w[i] = w[i] * left - alpha * mean / (math.sqrt(square) + tiny)


@kernel
def descent(
    thread: int, threads: int, weights: int, gradients: int, size: int, shrink: int, rate: int
) -> None:
    begin, end = share_start(size, thread, threads), share_start(size, thread + 1, threads)
    n, at = end - begin, begin * 4
    w, g = floats(weights + at, n), floats(gradients + at, n)
    left, step = real(shrink), real(rate)
    for i in range(n):
        w[i] = w[i] * left - step * g[i]


@kernel
def descent_with_momentum(
    thread: int, threads: int, weights: int, gradients: int, momentum: int, size: int, shrink: int, keep: int,
    rate: int, nesterov: int,
) -> None:  # fmt: skip
    begin, end = share_start(size, thread, threads), share_start(size, thread + 1, threads)
    n, at = end - begin, begin * 4
    w, g, v = floats(weights + at, n), floats(gradients + at, n), floats(momentum + at, n)
    left, step, kept, ahead = real(shrink), real(rate), real(keep), real(nesterov)
    for i in range(n):
        change = step * g[i]
        speed = kept * v[i] - change
        v[i] = speed
        w[i] = w[i] * left + speed + ahead * (kept * speed - change - speed)


UPDATES: Final[dict[str, Kernel]] = {
    "adam": adam,
    "descent": descent,
    "descent_with_momentum": descent_with_momentum,
}
