"""Matrix products: tiles of the result, shared out among threads; bias, relu and gate in the last panel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from graph_engine.kernels.native.cpu import processor
from graph_engine.kernels.native.language import caller, longs, share_start
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.microkernel import PARAMETERS, tile
from graph_engine.kernels.native.rows import Bound, Row, Rows, Tensor, binds
from graph_engine.kernels.native.transposing import transposed

_call_tile = caller(len(PARAMETERS))
PANEL = 512  # inner elements at once: what a tile reads of A and B stays in the first and second cache


@kernel
def product(
    thread: int, threads: int, tiles: int, a_offsets: int, b_offsets: int, series: int, batch: int,
    a: int, a_batch: int, a_row: int, a_inner: int, b: int, b_batch: int, b_inner: int,
    c: int, c_batch: int, c_row: int, start: int, bias: int, gate: int, relu: int, inner: int, panel: int,
    blocks: int, low: int, extra: int, columns: int, width: int, tail: int,
) -> None:  # fmt: skip
    """Items are tiles, down each column of tiles. ``extra`` blocks of rows have one more than ``low``.

    ``tiles``: kernels for blocks of ``low + 1`` rows and ``low`` rows, each whole and masked. ``start`` and
    ``gate`` are laid out as ``c``.
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
                target = number * c_batch + row * c_row + across
                origin = start + target if start else 0
                _call_tile(
                    kernels[masked if block < extra else 2 + masked],
                    (
                        a + number * a_batch + row * a_row + done * a_inner, a_offsets,
                        b + number * b_batch + done * b_inner + across, b_offsets, series,
                        a_row, a_inner, b_inner, depth,
                        c + target, c_row, c + target if done else origin, c_row,
                        bias + across if bias and final else 0, gate + target if gate and final else 0, c_row,
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

    def addresses(self) -> list[int]:
        """Of the kernels for low + 1 rows and for low rows, whole and masked; 0 for those not needed."""
        sizes = (self.low + 1 if self.extra else 0, self.low if self.extra < self.blocks else 0)
        found = []
        for rows in sizes:
            whole = rows and (self.columns > 1 or not self.tail)
            found.append(tile(rows, self.vectors, False).address if whole else 0)
            found.append(tile(rows, self.vectors, True).address if rows and self.tail else 0)
        return found


def tiling(rows: int, columns: int, vectors: int | None = None) -> Tiling:
    """The cut whose tiles do the most arithmetic for each number they load; with so many ``vectors`` if given."""
    host = processor()
    across = -(-columns // host.lanes)
    choices = (1, 2, 3, 4) if vectors is None else (vectors,)
    best, chosen = -1.0, (1, 1)
    for count in choices:
        if across % count:
            continue
        blocks = -(-rows // (host.accumulators // count))
        tallest = -(-rows // blocks)
        score = tallest * count / (tallest + count)
        if score > best:
            best, chosen = score, (blocks, count)
    blocks, count = chosen
    return Tiling(blocks, rows // blocks, rows % blocks, count, across // count, columns % host.lanes)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Operand of a product: where it starts, and its strides in bytes."""

    address: int
    row: int
    column: int = 4
    batch: int = 0


@dataclass(frozen=True, slots=True)
class Finish:
    """What a product starts from and what happens before it is stored. ``start`` and ``gate``: of its shape."""

    start: Tensor | None = None
    bias: Tensor | None = None
    gate: Tensor | None = None
    relu: bool = False

    @property
    def reads(self) -> tuple[Tensor, ...]:
        return tuple(tensor for tensor in (self.start, self.bias, self.gate) if tensor is not None)

    def arguments(self) -> dict[str, int]:
        given = {"start": self.start, "bias": self.bias, "gate": self.gate}
        found = {name: tensor.address if tensor is not None else 0 for name, tensor in given.items()}
        return {**found, "relu": int(self.relu)}


@dataclass(frozen=True, slots=True)
class Sizes:
    """``batch`` products of (rows, inner) and (inner, columns)."""

    rows: int
    inner: int
    columns: int
    batch: int = 1


@binds("matmul")
def bind_matmul(step: Bound) -> Rows:
    a, b = step.inputs
    return multiply(step, a, b, step.outputs[0], Finish())


@binds("fused_matmul")
def bind_fused_matmul(step: Bound) -> Rows:
    return multiply(step, step.inputs[0], step.inputs[1], step.outputs[0], finish_of(step))


def finish_of(step: Bound) -> Finish:
    """What a fused step asks for after its base, which has two inputs."""
    return Finish(**step.also(2), relu=step.attrs["relu"])


def multiply(step: Bound, a: Tensor, b: Tensor, c: Tensor, finish: Finish) -> Rows:
    """Rows for ``c = a @ b`` with the step's attributes for transposing."""
    if not step.is_float or not (a.size and b.size):
        return None
    *leading, rows, columns = c.shape
    before: list[Row] = []
    left = Matrix(a.address, a.strides[-2], 4, _matrix_bytes(a))
    if step.attrs.get("transpose_a"):
        left = Matrix(a.address, 4, a.strides[-2], _matrix_bytes(a))
    if step.attrs.get("transpose_b"):
        b, swap = transposed(step, b)
        before.append(swap)
    right = Matrix(b.address, b.strides[-2], 4, _matrix_bytes(b))
    result = Matrix(c.address, c.strides[-2], 4, _matrix_bytes(c))
    sizes = Sizes(rows, b.shape[-2], columns, math.prod(leading))
    return [*before, multiplying(step, sizes, left, right, result, (a, b), (c,), finish)]


def multiplying(
    step: Bound, sizes: Sizes, a: Matrix, b: Matrix, c: Matrix,
    reads: Sequence[Tensor], writes: Sequence[Tensor], finish: Finish | None = None,
    a_offsets: Sequence[int] = (0,), b_offsets: Sequence[int] = (0,),
) -> Row:  # fmt: skip
    """The row for a product, summed over a series of operands at these offsets."""
    finish = finish or Finish()
    cut = tiling(sizes.rows, sizes.columns)
    return step.row(
        product,
        work=sizes.batch * sizes.rows * sizes.columns * sizes.inner * len(a_offsets) / 16,
        reads=(*reads, *finish.reads),
        writes=writes,
        tiles=step.workspace.table(cut.addresses()),
        a_offsets=step.workspace.table(a_offsets),
        b_offsets=step.workspace.table(b_offsets),
        series=len(a_offsets),
        batch=sizes.batch,
        a=a.address,
        a_batch=a.batch,
        a_row=a.row,
        a_inner=a.column,
        b=b.address,
        b_batch=b.batch,
        b_inner=b.row,
        c=c.address,
        c_batch=c.batch,
        c_row=c.row,
        **finish.arguments(),
        inner=sizes.inner,
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
