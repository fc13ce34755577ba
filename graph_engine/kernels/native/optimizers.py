"""Updates of all weights in one pass over the flat buffers."""

from __future__ import annotations

import math

from graph_engine.kernels.native.language import ONE, floats, real, share_start
from graph_engine.kernels.native.library import kernel


@kernel
def adam(
    thread: int, threads: int, weights: int, gradients: int, momentum: int, velocity: int, size: int,
    keep_mean: int, keep_square: int, rate: int, epsilon: int,
) -> None:  # fmt: skip
    """``rate`` holds both corrections for starting at zero."""
    begin, end = share_start(size, thread, threads), share_start(size, thread + 1, threads)
    n, at = end - begin, begin * 4
    w, g, m, v = (
        floats(weights + at, n),
        floats(gradients + at, n),
        floats(momentum + at, n),
        floats(velocity + at, n),
    )
    new_mean, new_square = ONE - real(keep_mean), ONE - real(keep_square)
    alpha, tiny = real(rate), real(epsilon)
    for i in range(n):
        mean = m[i] + (g[i] - m[i]) * new_mean
        square = v[i] + (g[i] * g[i] - v[i]) * new_square
        m[i] = mean
        v[i] = square
        w[i] -= alpha * mean / (math.sqrt(square) + tiny)


@kernel
def descent(
    thread: int, threads: int, weights: int, gradients: int, velocity: int, size: int, keep: int, rate: int,
    nesterov: int,
) -> None:  # fmt: skip
    """Gradient descent; with a velocity of which ``keep`` stays, unless that is at 0."""
    begin, end = share_start(size, thread, threads), share_start(size, thread + 1, threads)
    n, at = end - begin, begin * 4
    w, g = floats(weights + at, n), floats(gradients + at, n)
    step, kept = real(rate), real(keep)
    if velocity == 0:
        for i in range(n):
            w[i] -= step * g[i]
        return
    v = floats(velocity + at, n)
    for i in range(n):
        speed = kept * v[i] - step * g[i]
        v[i] = speed
        w[i] += kept * speed - step * g[i] if nesterov else speed
