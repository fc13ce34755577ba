"""Matrix products: tiles of the result, shared out among threads; bias, relu and gate in the last panel."""

from __future__ import annotations

import math
from dataclasses import dataclass

from graph_engine.kernels.native.cpu import processor
from graph_engine.kernels.native.language import caller, longs, share_start
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.microkernel import PARAMETERS, tile
from graph_engine.kernels.native.rows import Bound, Row, Rows, Tensor, Workspace, binds
from graph_engine.kernels.native.transposing import transposed

_call_tile = caller(len(PARAMETERS))
PANEL = 512  # inner elements at once: what a tile reads of A and B stays in the first and second cache


@kernel
def product(
    thread: int, threads: int, tiles: int, zero: int, batch: int, a: int, a_batch: int, a_row: int, a_inner: int,
    b: int, b_batch: int, b_inner: int, c: int, c_batch: int, c_row: int, start: int, start_batch: int,
    start_row: int, bias: int, gate: int, gate_row: int, relu: int, inner: int, panel: int,
    blocks: int, low: int, extra: int, columns: int, width: int, tail: int,
) -> None:  # fmt: skip
    """Items are tiles, down each column of tiles. ``extra`` blocks of rows have one more than ``low``.

    ``tiles``: kernels for blocks of ``low + 1`` rows and ``low`` rows, each whole and masked.
    """
    per_matrix = blocks * columns
    item = share_start(batch * per_matrix, thread, threads)
    end = share_start(batch * per_matrix, thread + 1, threads)
    kernels = longs(tiles, 4)
    while item < end:
        number, place = item // per_matrix, item % per_matrix
        column, first = place // blocks, place % blocks
        last = min(blocks, first + end - item)
        masked = 1 if tail and column == columns - 1 else 0
        across = column * width
        done = 0
        while done < inner:
            depth = min(panel, inner - done)
            final = done + depth == inner
            for block in range(first, last):
                row = block * low + min(block, extra)
                kernel_place = masked if block < extra else 2 + masked
                target = c + number * c_batch + row * c_row + across
                origin = start + number * start_batch + row * start_row + across if start else 0
                _call_tile(
                    kernels[kernel_place],
                    (
                        a + number * a_batch + row * a_row + done * a_inner, zero,
                        b + number * b_batch + done * b_inner + across, zero, 1, a_row, a_inner, b_inner, depth,
                        target, c_row, target if done else origin, c_row if done else start_row,
                        bias + across if bias and final else 0,
                        gate + row * gate_row + across if gate and final else 0, gate_row,
                        relu if final else 0, tail,
                    ),
                )  # fmt: skip
            done += depth
        item += last - first


@dataclass(frozen=True, slots=True)
class Tiling:
    """How rows and columns are cut: ``blocks`` of ``low`` rows, of which ``extra`` have one more."""

    blocks: int
    low: int
    extra: int
    vectors: int
    columns: int
    tail: int

    @property
    def width(self) -> int:
        """Bytes of a tile's row."""
        return self.vectors * processor().lanes * 4

    def kernels(self, space: Workspace) -> int:
        """A table of addresses: for low + 1 rows and for low rows, whole and masked."""
        sizes = (self.low + 1, self.low) if self.extra else (self.low, self.low)
        found = []
        for rows in sizes:
            whole = tile(rows, self.vectors, False).address if self.columns > 1 or not self.tail else 0
            found += [whole, tile(rows, self.vectors, True).address if self.tail else 0]
        return space.table(found)


def tiling(rows: int, columns: int) -> Tiling:
    """The cut whose tiles do the most arithmetic for each number they load."""
    host = processor()
    across = -(-columns // host.lanes)
    best, chosen = -1.0, (1, 1)
    for vectors in (1, 2, 3, 4):
        if across % vectors:
            continue
        blocks = -(-rows // (host.accumulators // vectors))
        tallest = -(-rows // blocks)
        score = tallest * vectors / (tallest + vectors)
        if score > best:
            best, chosen = score, (blocks, vectors)
    blocks, vectors = chosen
    return Tiling(blocks, rows // blocks, rows % blocks, vectors, across // vectors, columns % host.lanes)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Operand of a product: where it starts and its strides in bytes."""

    tensor: Tensor
    row: int
    column: int
    batch: int = 0


@dataclass(frozen=True, slots=True)
class Finish:
    """What happens to a product before it is stored."""

    start: Tensor | None = None
    bias: Tensor | None = None
    gate: Tensor | None = None
    relu: bool = False

    @property
    def reads(self) -> tuple[Tensor, ...]:
        return tuple(tensor for tensor in (self.start, self.bias, self.gate) if tensor is not None)


@binds("matmul")
def bind_matmul(step: Bound) -> Rows:
    a, b = step.inputs
    return multiply(step, a, b, step.outputs[0], Finish()) if step.is_float else None


def multiply(step: Bound, a: Tensor, b: Tensor, c: Tensor, finish: Finish) -> list[Row]:
    """Rows for ``c = a @ b`` with the step's attributes for transposing."""
    rows, columns = c.shape[-2:]
    if step.attrs.get("transpose_a"):
        left = Matrix(a, 4, rows * 4, _matrix_bytes(a))
    else:
        left = Matrix(a, a.shape[-1] * 4, 4, _matrix_bytes(a))
    before = []
    if step.attrs.get("transpose_b"):
        b, swap = transposed(step, b)
        before.append(swap)
    right = Matrix(b, columns * 4, 4, _matrix_bytes(b))
    inner = b.shape[-2]
    return [*before, multiplying(step, left, right, c, inner, finish)]


def multiplying(step: Bound, a: Matrix, b: Matrix, c: Tensor, inner: int, finish: Finish) -> Row:
    rows, columns = c.shape[-2:]
    batch = math.prod(c.shape[:-2])
    cut = tiling(rows, columns)
    return step.row(
        product,
        work=batch * rows * columns * inner / 16,
        reads=(a.tensor, b.tensor, *finish.reads),
        writes=(c,),
        tiles=cut.kernels(step.workspace),
        zero=step.workspace.table([0]),
        batch=batch,
        a=a.tensor.address,
        a_batch=a.batch,
        a_row=a.row,
        a_inner=a.column,
        b=b.tensor.address,
        b_batch=b.batch,
        b_inner=b.row,
        c=c.address,
        c_batch=rows * columns * 4,
        c_row=columns * 4,
        start=_address(finish.start),
        start_batch=rows * columns * 4,
        start_row=columns * 4,
        bias=_address(finish.bias),
        gate=_address(finish.gate),
        gate_row=columns * 4,
        relu=int(finish.relu),
        inner=inner,
        panel=PANEL,
        blocks=cut.blocks,
        low=cut.low,
        extra=cut.extra,
        columns=cut.columns,
        width=cut.width,
        tail=cut.tail,
    )


def _matrix_bytes(tensor: Tensor) -> int:
    return tensor.shape[-1] * tensor.shape[-2] * 4


def _address(tensor: Tensor | None) -> int:
    return tensor.address if tensor is not None else 0
