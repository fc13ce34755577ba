"""Transposed copies of matrices: square blocks in registers, swapped by shuffles; the rest one by one."""

from __future__ import annotations

from functools import cache
from typing import Any

from llvmlite import ir

from graph_engine.kernels.native.cpu import processor
from graph_engine.kernels.native.language import caller, floats, share_start
from graph_engine.kernels.native.library import Kernel, kernel
from graph_engine.kernels.native.rows import Bound, Row, Tensor

_call4 = caller(4)
_I32, _I64, _F32 = ir.IntType(32), ir.IntType(64), ir.FloatType()


@kernel
def transpose_matrices(
    thread: int, threads: int, swap: int, lanes: int, batch: int, x: int, x_batch: int, x_row: int,
    z: int, z_batch: int, z_row: int, rows: int, columns: int,
) -> None:  # fmt: skip
    """``z[n, j, i] = x[n, i, j]``; strides in bytes. ``swap``: address of the kernel for a square block."""
    bands = (columns + lanes - 1) // lanes
    for item in range(
        share_start(batch * bands, thread, threads), share_start(batch * bands, thread + 1, threads)
    ):
        number, left = item // bands, item % bands * lanes
        source, target = x + number * x_batch + left * 4, z + number * z_batch + left * z_row
        right = min(lanes, columns - left)
        done = 0
        if right == lanes:
            while done + lanes <= rows:
                _call4(swap, (source + done * x_row, x_row, target + done * 4, z_row))
                done += lanes
        for i in range(done, rows):
            taken = floats(source + i * x_row, right)
            for j in range(right):
                floats(target + j * z_row + i * 4, 1)[0] = taken[j]


def transposed(step: Bound, x: Tensor) -> tuple[Tensor, Row]:
    """The last two axes of ``x`` swapped, in working memory, and the row that does it."""
    *leading, rows, columns = x.shape
    z = step.workspace.shared(*leading, columns, rows)
    return z, transposing(step, x, z)


def transposing(step: Bound, x: Tensor, z: Tensor) -> Row:
    *_, rows, columns = x.shape
    return step.row(
        transpose_matrices,
        work=x.size / 4,
        reads=(x,),
        writes=(z,),
        swap=square(processor().lanes).address,
        lanes=processor().lanes,
        batch=x.size // (rows * columns),
        x=x.address,
        x_batch=rows * columns * 4,
        x_row=columns * 4,
        z=z.address,
        z_batch=rows * columns * 4,
        z_row=rows * 4,
        rows=rows,
        columns=columns,
    )


@cache
def square(lanes: int) -> Kernel:
    """The kernel that transposes a block of ``lanes`` by ``lanes``."""
    symbol = f"layerloom_transpose_{lanes}"
    return Kernel(symbol, ("x", "x_row", "z", "z_row"), lambda: str(_square_module(symbol, lanes)), True)


def _square_module(symbol: str, lanes: int) -> ir.Module:
    """Rows a distance apart are interleaved, the distance halved each time: then rows are columns."""
    module = ir.Module(symbol)
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [_I64] * 4), symbol)
    builder = ir.IRBuilder(function.append_basic_block())
    x, x_row, z, z_row = function.args
    vector = ir.VectorType(_F32, lanes)

    def pointer(base: Any, stride: Any, row: int) -> Any:
        address = builder.add(base, builder.mul(_I64(row), stride))
        return builder.inttoptr(address, ir.PointerType(vector))

    rows = [builder.load(pointer(x, x_row, row), align=4) for row in range(lanes)]
    half = lanes // 2
    order = [
        [place // 2 + (lanes if place % 2 else 0) + (half if upper else 0) for place in range(lanes)]
        for upper in (False, True)
    ]
    masks = [ir.Constant(ir.VectorType(_I32, lanes), numbers) for numbers in order]
    for _ in range(lanes.bit_length() - 1):
        rows = [
            builder.shuffle_vector(rows[place], rows[place + half], mask)
            for place in range(half)
            for mask in masks
        ]
    for row, value in enumerate(rows):
        builder.store(value, pointer(z, z_row, row), align=4)
    builder.ret_void()
    return module
