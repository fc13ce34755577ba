"""Element by element: one kernel interprets short programs over blocks that stay in the first-level cache.

So a chain of operations passes over memory once, and nothing is compiled for a model. A *slot* is where a
block of an operand lies: in memory, or in a register (a buffer of the thread). What broadcasts is
gathered into registers first; so are booleans, which registers hold as 0.0 and 1.0.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from graph_engine.kernels.native import mathematics as m
from graph_engine.kernels.native.language import (
    HALF,
    ONE,
    ZERO,
    Float,
    flags,
    floats,
    helper,
    longs,
    real,
    share_start,
)
from graph_engine.kernels.native.library import kernel

BLOCK: Final = 1024
CODE_WORDS: Final = 5  # operation, result, and up to three operands
SLOT_WORDS: Final = 2  # address, and bytes from one element to the next (0: a register)

OPERATIONS: Final = (
    "fill", "gather", "gather_flags", "load_flags", "store_flags", "copy",
    "negative", "exp", "log", "log1p", "sqrt", "rsqrt", "square", "reciprocal", "absolute", "sign",
    "floor", "sin", "cos", "tanh", "sigmoid", "relu", "softplus", "erf", "is_finite", "logical_not",
    "add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "equal", "not_equal", "greater",
    "greater_equal", "less", "less_equal", "logical_and", "logical_or", "relu_gradient", "where", "clip",
    "nonzero",
)  # fmt: skip
CODE: Final = {name: number for number, name in enumerate(OPERATIONS)}

_FILL, _GATHER, _GATHER_FLAGS, _LOAD_FLAGS, _STORE_FLAGS = (CODE[name] for name in OPERATIONS[:5])


@kernel
def elementwise(
    thread: int, threads: int, code: int, first: int, once: int, count: int, slots: int, slot_count: int,
    elements: int, block: int, home: int, stride: int,
) -> None:  # fmt: skip
    """``once`` operations before the first block, ``count`` in each. ``first``: where the latter begin."""
    blocks = (elements + block - 1) // block
    begin, end = share_start(blocks, thread, threads), share_start(blocks, thread + 1, threads)
    mine = home + thread * stride
    table, places = longs(slots, slot_count * 2), longs(mine, slot_count)
    buffers = mine + (slot_count * 8 + 63) // 64 * 64
    for number in range(begin, end):
        start = number * block
        length = min(block, elements - start)
        for slot in range(slot_count):
            step = table[2 * slot + 1]
            places[slot] = table[2 * slot] + start * step if step else buffers + table[2 * slot]
        if number == begin:
            for operation in range(once):
                _run(code + operation * 40, mine, slot_count, start, block)
        for operation in range(first, first + count):
            _run(code + operation * 40, mine, slot_count, start, length)


@helper
def _run(code: int, home: int, slot_count: int, start: int, n: int) -> None:
    word, places = longs(code, 5), longs(home, slot_count)
    operation, z = word[0], places[word[1]]
    if operation == _FILL:
        _fill(z, real(word[2]), n)
    elif operation == _GATHER:
        _gather(z, word[2], start, n)
    elif operation == _GATHER_FLAGS:
        _gather_flags(z, word[2], start, n)
    elif operation == _LOAD_FLAGS:
        _load_flags(z, places[word[2]], n)
    elif operation == _STORE_FLAGS:
        _store_flags(z, places[word[2]], n)
    elif operation < 26:
        _unary(operation, z, places[word[2]], n)
    elif operation < 42:
        _binary(operation, z, places[word[2]], places[word[3]], n)
    elif operation == 44:
        _nonzero(z, places[word[2]], n)
    else:
        _ternary(operation, z, places[word[2]], places[word[3]], places[word[4]], n)


@helper
def _fill(z: int, value: Float, n: int) -> None:
    out = floats(z, n)
    for i in range(n):
        out[i] = value


@helper
def _gather(z: int, description: int, start: int, n: int) -> None:
    """Elements ``start`` to ``start + n`` of a broadcast tensor.

    Description: address, and size and stride (in elements) of four axes.
    """
    d, out = longs(description, 9), floats(z, n)
    i, j, k, place = _position(description, start)
    done = 0
    while done < n:
        run = min(d[4] - place, n - done)
        source = d[0] + 4 * (i * d[5] + j * d[6] + k * d[7] + place * d[8])
        if d[8] == 0:
            value = floats(source, 1)[0]
            for e in range(run):
                out[done + e] = value
        elif d[8] == 1:
            values = floats(source, run)
            for e in range(run):
                out[done + e] = values[e]
        else:
            values = floats(source, (run - 1) * d[8] + 1)
            for e in range(run):
                out[done + e] = values[e * d[8]]
        done += run
        i, j, k, place = _next_row(description, i, j, k)


@helper
def _gather_flags(z: int, description: int, start: int, n: int) -> None:
    """As ``_gather``, of bytes."""
    d, out = longs(description, 9), floats(z, n)
    i, j, k, place = _position(description, start)
    done = 0
    while done < n:
        run = min(d[4] - place, n - done)
        source = d[0] + i * d[5] + j * d[6] + k * d[7] + place * d[8]
        values = flags(source, (run - 1) * d[8] + 1)
        for e in range(run):
            out[done + e] = ONE if values[e * d[8]] else ZERO
        done += run
        i, j, k, place = _next_row(description, i, j, k)


@helper
def _position(description: int, start: int) -> tuple[int, int, int, int]:
    d = longs(description, 9)
    rest, last = start // d[4], start % d[4]
    rest, k = rest // d[3], rest % d[3]
    return rest // d[2], rest % d[2], k, last


@helper
def _next_row(description: int, i: int, j: int, k: int) -> tuple[int, int, int, int]:
    d = longs(description, 9)
    k += 1
    if k == d[3]:
        k = 0
        j += 1
        if j == d[2]:
            j = 0
            i += 1
    return i, j, k, 0


@helper
def _load_flags(z: int, source: int, n: int) -> None:
    out, values = floats(z, n), flags(source, n)
    for i in range(n):
        out[i] = ONE if values[i] else ZERO


@helper
def _store_flags(z: int, source: int, n: int) -> None:
    out, values = flags(z, n), floats(source, n)
    for i in range(n):
        out[i] = np.uint8(values[i] != ZERO)


@helper
def _nonzero(z: int, source: int, n: int) -> None:
    out, x = floats(z, n), floats(source, n)
    for i in range(n):
        out[i] = ONE if x[i] != ZERO else ZERO


@helper
def _unary(operation: int, z_: int, x_: int, n: int) -> None:
    z, x = floats(z_, n), floats(x_, n)
    if operation == 5:
        for i in range(n):
            z[i] = x[i]
    elif operation == 6:
        for i in range(n):
            z[i] = -x[i]
    elif operation == 7:
        for i in range(n):
            z[i] = m.exponential(x[i])
    elif operation == 8:
        for i in range(n):
            z[i] = m.logarithm(x[i])
    elif operation == 9:
        for i in range(n):
            z[i] = m.logarithm_of_more(x[i])
    elif operation == 10:
        for i in range(n):
            z[i] = math.sqrt(x[i])
    elif operation == 11:
        for i in range(n):
            z[i] = m.square_root_inverse(x[i])
    elif operation == 12:
        for i in range(n):
            z[i] = x[i] * x[i]
    elif operation == 13:
        for i in range(n):
            z[i] = ONE / x[i]
    elif operation == 14:
        for i in range(n):
            z[i] = abs(x[i])
    elif operation == 15:
        for i in range(n):
            z[i] = m.sign_of(x[i])
    elif operation == 16:
        for i in range(n):
            z[i] = math.floor(x[i])
    elif operation == 17:
        for i in range(n):
            z[i] = math.sin(x[i])
    elif operation == 18:
        for i in range(n):
            z[i] = math.cos(x[i])
    elif operation == 19:
        for i in range(n):
            z[i] = m.hyperbolic_tangent(x[i])
    elif operation == 20:
        for i in range(n):
            z[i] = m.logistic(x[i])
    elif operation == 21:
        for i in range(n):
            z[i] = ZERO if x[i] <= ZERO else x[i]
    elif operation == 22:
        for i in range(n):
            z[i] = m.soft_plus(x[i])
    elif operation == 23:
        for i in range(n):
            z[i] = m.error_function(x[i])
    elif operation == 24:
        for i in range(n):
            z[i] = m.is_finite(x[i])
    else:
        for i in range(n):
            z[i] = ONE if x[i] == ZERO else ZERO


@helper
def _binary(operation: int, z_: int, x_: int, y_: int, n: int) -> None:
    z, x, y = floats(z_, n), floats(x_, n), floats(y_, n)
    if operation == 26:
        for i in range(n):
            z[i] = x[i] + y[i]
    elif operation == 27:
        for i in range(n):
            z[i] = x[i] - y[i]
    elif operation == 28:
        for i in range(n):
            z[i] = x[i] * y[i]
    elif operation == 29:
        for i in range(n):
            z[i] = x[i] / y[i]
    elif operation == 30:
        for i in range(n):
            z[i] = math.pow(x[i], y[i])
    elif operation == 31:
        for i in range(n):
            z[i] = x[i] if x[i] > y[i] or x[i] != x[i] else y[i]
    elif operation == 32:
        for i in range(n):
            z[i] = x[i] if x[i] < y[i] or x[i] != x[i] else y[i]
    elif operation == 41:
        for i in range(n):
            z[i] = x[i] if y[i] > ZERO else x[i] * ZERO
    else:
        _compare(operation, z_, x_, y_, n)


@helper
def _compare(operation: int, z_: int, x_: int, y_: int, n: int) -> None:
    z, x, y = floats(z_, n), floats(x_, n), floats(y_, n)
    if operation == 33:
        for i in range(n):
            z[i] = ONE if x[i] == y[i] else ZERO
    elif operation == 34:
        for i in range(n):
            z[i] = ONE if x[i] != y[i] else ZERO
    elif operation == 35:
        for i in range(n):
            z[i] = ONE if x[i] > y[i] else ZERO
    elif operation == 36:
        for i in range(n):
            z[i] = ONE if x[i] >= y[i] else ZERO
    elif operation == 37:
        for i in range(n):
            z[i] = ONE if x[i] < y[i] else ZERO
    elif operation == 38:
        for i in range(n):
            z[i] = ONE if x[i] <= y[i] else ZERO
    elif operation == 39:
        for i in range(n):
            z[i] = x[i] * y[i]
    else:
        for i in range(n):
            z[i] = ONE if x[i] + y[i] > HALF else ZERO


@helper
def _ternary(operation: int, z_: int, a_: int, x_: int, y_: int, n: int) -> None:
    z, a, x, y = floats(z_, n), floats(a_, n), floats(x_, n), floats(y_, n)
    if operation == 42:
        for i in range(n):
            z[i] = x[i] if a[i] != ZERO else y[i]
    else:
        for i in range(n):
            low = x[i] if a[i] < x[i] else a[i]
            z[i] = y[i] if low > y[i] else low
