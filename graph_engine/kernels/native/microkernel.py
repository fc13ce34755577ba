"""The building block of every product: a tile of C from a series of panels of A and B, in vector registers.

    C[m, :] = start[m, :] + sum over r and k of A[a_offsets[r] + m, k] * B[b_offsets[r] + k, :] + bias

then, where asked for, relu, or zero where ``gate`` is not positive. The series is what makes one kernel
serve products and convolutions alike (a batch-reduce GEMM, Georganas et al., 2020). All arguments are
int64: addresses, byte strides and counts; an address of 0 stands for "none".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from graph_engine.kernels.native.assembly import F32, I64, Assembly
from graph_engine.kernels.native.cpu import processor
from graph_engine.kernels.native.library import Kernel

PARAMETERS: Final = (
    "a", "a_offsets", "b", "b_offsets", "series", "a_row", "a_inner", "b_inner", "inner",
    "c", "c_row", "start", "start_row", "bias", "gate", "gate_row", "relu", "tail",
)  # fmt: skip


@cache
def tile(rows: int, vectors: int, masked: bool) -> Kernel:
    """The kernel for tiles of ``rows`` by ``vectors`` vectors; ``masked``: of the last only ``tail`` floats."""
    lanes = processor().lanes
    symbol = f"layerloom_tile_{rows}x{vectors}x{lanes}{'_masked' if masked else ''}"
    return Kernel(symbol, PARAMETERS, lambda: str(_Tile(symbol, rows, vectors, lanes, masked).module), True)


@dataclass(slots=True)
class _Grid:
    """Which vectors a tile has: positions of ``rows`` times ``vectors``, row by row."""

    rows: int
    vectors: int

    @property
    def places(self) -> list[tuple[int, int]]:
        return [(row, vector) for row in range(self.rows) for vector in range(self.vectors)]


class _Tile(Assembly):
    """Writes one tile kernel: blocks in the order in which they run."""

    def __init__(self, symbol: str, rows: int, vectors: int, lanes: int, masked: bool) -> None:
        super().__init__(symbol, PARAMETERS, lanes)
        self.grid = _Grid(rows, vectors)
        self.mask = self.first_lanes(self.given["tail"]) if masked else None
        self._write()

    def _write(self) -> None:
        results = self._reduce(self._start())
        results = self._with_bias(results)
        floor = self.floor("relu")
        self._store([self.above(value, floor) for value in results])
        self.builder.ret_void()

    def _start(self) -> list[Any]:
        """What the sums start from: zeros, or the tile at ``start``."""
        builder, before = self.builder, self.builder.block
        with builder.if_then(self.is_given("start")):
            loaded = self._rows("start", "start_row")
            inside = builder.block
        return [self.either(value, inside, self.zero, before) for value in loaded]

    def _reduce(self, start: Sequence[Any]) -> list[Any]:
        builder, given = self.builder, self.given
        outer, before = builder.append_basic_block("series"), builder.block
        builder.branch(outer)
        builder.position_at_end(outer)
        number = builder.phi(I64)
        number.add_incoming(I64(0), before)
        sums = [self._phi(value, before) for value in start]
        left = builder.add(given["a"], self.word("a_offsets", number))
        right = builder.add(given["b"], self.word("b_offsets", number))
        inner = builder.append_basic_block("inner")
        builder.branch(inner)
        builder.position_at_end(inner)
        results = self._multiply(inner, outer, sums, left, right)
        following = builder.add(number, I64(1))
        number.add_incoming(following, builder.block)
        for value, result in zip(sums, results, strict=True):
            value.add_incoming(result, builder.block)
        done = builder.append_basic_block("done")
        builder.cbranch(builder.icmp_signed("<", following, given["series"]), outer, done)
        builder.position_at_end(done)
        return results

    def _multiply(self, block: Any, before: Any, sums: Sequence[Any], left: Any, right: Any) -> list[Any]:
        """The loop over one panel: each element of a column of A times a row of B."""
        builder, given = self.builder, self.given
        count, a, b = builder.phi(I64), builder.phi(I64), builder.phi(I64)
        for value, start in ((count, I64(0)), (a, left), (b, right)):
            value.add_incoming(start, before)
        totals = [self._phi(value, before) for value in sums]
        factors = [self._load(b, vector) for vector in range(self.grid.vectors)]
        results = []
        for row in range(self.grid.rows):
            address = self.place(a, given["a_row"], row)
            element = self.splat(builder.load(self.pointer(address, F32)))
            for vector, factor in enumerate(factors):
                total = totals[row * self.grid.vectors + vector]
                results.append(self.fused(element, factor, total))
        following = builder.add(count, I64(1))
        count.add_incoming(following, block)
        a.add_incoming(builder.add(a, given["a_inner"]), block)
        b.add_incoming(builder.add(b, given["b_inner"]), block)
        for total, result in zip(totals, results, strict=True):
            total.add_incoming(result, block)
        leave = builder.append_basic_block("panel_done")
        builder.cbranch(builder.icmp_signed("<", following, given["inner"]), block, leave)
        builder.position_at_end(leave)
        return results

    def _with_bias(self, results: Sequence[Any]) -> list[Any]:
        builder, before = self.builder, self.builder.block
        with builder.if_then(self.is_given("bias")):
            bias = [self._load(self.given["bias"], vector) for vector in range(self.grid.vectors)]
            added = [
                builder.fadd(value, bias[vector])
                for value, (_, vector) in zip(results, self.grid.places, strict=True)
            ]
            inside = builder.block
        return [self.either(new, inside, old, before) for new, old in zip(added, results, strict=True)]

    def _store(self, results: Sequence[Any]) -> None:
        with self.builder.if_else(self.is_given("gate")) as (gated, plain):
            with gated:
                gates = self._rows("gate", "gate_row")
                self._store_rows(
                    [self.gated(value, gate) for value, gate in zip(results, gates, strict=True)]
                )
            with plain:
                self._store_rows(results)

    def _store_rows(self, values: Sequence[Any]) -> None:
        for value, (row, vector) in zip(values, self.grid.places, strict=True):
            address = self.place(self.given["c"], self.given["c_row"], row)
            self.put(value, self._at(address, vector), self._mask_of(vector))

    def _rows(self, base: str, stride: str) -> list[Any]:
        given = self.given
        return [
            self._load(self.place(given[base], given[stride], row), vector)
            for row, vector in self.grid.places
        ]

    def _load(self, address: Any, vector: int) -> Any:
        return self.load(self._at(address, vector), self._mask_of(vector))

    def _mask_of(self, vector: int) -> Any:
        """Only the last one of a row is cut."""
        return self.mask if vector == self.grid.vectors - 1 else None

    def _at(self, address: Any, vector: int) -> Any:
        return self.builder.add(address, I64(4 * self.lanes * vector))

    def _phi(self, value: Any, before: Any) -> Any:
        merged = self.builder.phi(self.vector)
        merged.add_incoming(value, before)
        return merged
