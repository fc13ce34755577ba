"""The building block of every product: a tile of C from a series of panels of A and B, in vector registers.

    C[m, :] = start[m, :] + sum over r and k of A[a_offsets[r] + m, k] * B[b_offsets[r] + k, :] + bias

then, where asked for, relu, or zero where ``gate`` is not positive. The series is what makes one kernel
serve products and convolutions alike (a batch-reduce GEMM, Georganas et al., 2020). All arguments are
int64: addresses, byte strides and counts; an address of 0 stands for "none".

In the *depthwise* variant A has as many columns as B, and each is multiplied with its own: what a
convolution of separate channels needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from llvmlite import ir

from graph_engine.kernels.native.cpu import processor
from graph_engine.kernels.native.library import Kernel

PARAMETERS: Final = (
    "a", "a_offsets", "b", "b_offsets", "series", "a_row", "a_inner", "b_inner", "inner",
    "c", "c_row", "start", "start_row", "bias", "gate", "gate_row", "relu", "tail",
)  # fmt: skip

_I1, _I32, _I64, _F32 = ir.IntType(1), ir.IntType(32), ir.IntType(64), ir.FloatType()


@cache
def tile(rows: int, vectors: int, masked: bool, depthwise: bool = False) -> Kernel:
    """The kernel for tiles of ``rows`` by ``vectors`` vectors; ``masked``: of the last only ``tail`` floats."""
    lanes = processor().lanes
    variant = ("_depthwise" if depthwise else "") + ("_masked" if masked else "")
    symbol = f"layerloom_tile_{rows}x{vectors}x{lanes}{variant}"
    return Kernel(
        symbol, PARAMETERS, lambda: str(_Tile(symbol, rows, vectors, lanes, masked, depthwise).module), True
    )


@dataclass(slots=True)
class _Grid:
    """Which vectors a tile has: positions of ``rows`` times ``vectors``, row by row."""

    rows: int
    vectors: int

    @property
    def places(self) -> list[tuple[int, int]]:
        return [(row, vector) for row in range(self.rows) for vector in range(self.vectors)]


class _Tile:
    """Writes one tile kernel as LLVM assembly: blocks in the order in which they run."""

    def __init__(
        self, symbol: str, rows: int, vectors: int, lanes: int, masked: bool, depthwise: bool
    ) -> None:
        self.module = ir.Module(symbol)
        self.grid = _Grid(rows, vectors)
        self.lanes, self.masked, self.depthwise = lanes, masked, depthwise
        self.vector = ir.VectorType(_F32, lanes)
        self.zero = ir.Constant(self.vector, [0.0] * lanes)
        kind = ir.FunctionType(ir.VoidType(), [_I64] * len(PARAMETERS))
        function = ir.Function(self.module, kind, symbol)
        self.given = dict(zip(PARAMETERS, function.args, strict=True))
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))
        self.mask = self._mask() if masked else None
        self._write()

    def _write(self) -> None:
        results = self._reduce(self._start())
        results = self._with_bias(results)
        self._store(self._with_relu(results))
        self.builder.ret_void()

    def _start(self) -> list[Any]:
        """What the sums start from: zeros, or the tile at ``start``."""
        builder, before = self.builder, self.builder.block
        with builder.if_then(self._is_given("start")):
            loaded = self._rows("start", "start_row")
            inside = builder.block
        return [self._either(value, inside, self.zero, before) for value in loaded]

    def _reduce(self, start: Sequence[Any]) -> list[Any]:
        builder, given = self.builder, self.given
        outer, before = builder.append_basic_block("series"), builder.block
        builder.branch(outer)
        builder.position_at_end(outer)
        number = builder.phi(_I64)
        number.add_incoming(_I64(0), before)
        sums = [self._phi(value, before) for value in start]
        left = builder.add(given["a"], self._word("a_offsets", number))
        right = builder.add(given["b"], self._word("b_offsets", number))
        inner = builder.append_basic_block("inner")
        builder.branch(inner)
        builder.position_at_end(inner)
        results = self._multiply(inner, outer, sums, left, right)
        following = builder.add(number, _I64(1))
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
        count, a, b = builder.phi(_I64), builder.phi(_I64), builder.phi(_I64)
        for value, start in ((count, _I64(0)), (a, left), (b, right)):
            value.add_incoming(start, before)
        totals = [self._phi(value, before) for value in sums]
        factors = [self._load(b, vector) for vector in range(self.grid.vectors)]
        results = []
        for row in range(self.grid.rows):
            address = builder.add(a, builder.mul(_I64(row), given["a_row"]))
            for vector, factor in enumerate(self._left(address)):
                total = totals[row * self.grid.vectors + vector]
                results.append(self._call("llvm.fmuladd", factor, factors[vector], total))
        following = builder.add(count, _I64(1))
        count.add_incoming(following, block)
        a.add_incoming(builder.add(a, given["a_inner"]), block)
        b.add_incoming(builder.add(b, given["b_inner"]), block)
        for total, result in zip(totals, results, strict=True):
            total.add_incoming(result, block)
        leave = builder.append_basic_block("panel_done")
        builder.cbranch(builder.icmp_signed("<", following, given["inner"]), block, leave)
        builder.position_at_end(leave)
        return results

    def _left(self, address: Any) -> list[Any]:
        """What a row of B is multiplied with: one element of A everywhere, or as many as B has."""
        if self.depthwise:
            return [self._load(address, vector) for vector in range(self.grid.vectors)]
        element = self._splat(self.builder.load(self._pointer(address, _F32)))
        return [element] * self.grid.vectors

    def _with_bias(self, results: Sequence[Any]) -> list[Any]:
        builder, before = self.builder, self.builder.block
        with builder.if_then(self._is_given("bias")):
            bias = [self._load(self.given["bias"], vector) for vector in range(self.grid.vectors)]
            added = [
                builder.fadd(value, bias[vector])
                for value, (_, vector) in zip(results, self.grid.places, strict=True)
            ]
            inside = builder.block
        return [self._either(new, inside, old, before) for new, old in zip(added, results, strict=True)]

    def _with_relu(self, results: Sequence[Any]) -> list[Any]:
        """Zero in place of what is not above a floor of 0, or of minus infinity: NaN stays NaN."""
        builder = self.builder
        wanted = builder.icmp_signed("!=", self.given["relu"], _I64(0))
        floor = self._splat(builder.select(wanted, _F32(0.0), _F32(float("-inf"))))
        return [builder.select(builder.fcmp_ordered("<", value, floor), floor, value) for value in results]

    def _store(self, results: Sequence[Any]) -> None:
        builder = self.builder
        with builder.if_else(self._is_given("gate")) as (gated, plain):
            with gated:
                gates = self._rows("gate", "gate_row")
                open_ = [builder.fcmp_ordered(">", gate, self.zero) for gate in gates]
                self._store_rows(
                    [
                        builder.select(is_open, value, self.zero)
                        for is_open, value in zip(open_, results, strict=True)
                    ]
                )
            with plain:
                self._store_rows(results)

    def _store_rows(self, values: Sequence[Any]) -> None:
        for value, (row, vector) in zip(values, self.grid.places, strict=True):
            self._put(value, self._row_address("c", "c_row", row), vector)

    def _rows(self, base: str, stride: str) -> list[Any]:
        return [self._load(self._row_address(base, stride, row), vector) for row, vector in self.grid.places]

    def _row_address(self, base: str, stride: str, row: int) -> Any:
        return self.builder.add(self.given[base], self.builder.mul(_I64(row), self.given[stride]))

    def _load(self, address: Any, vector: int) -> Any:
        pointer = self._pointer(self._at(address, vector), self.vector)
        if self._is_cut(vector):
            return self._call("llvm.masked.load", pointer, _I32(4), self.mask, self.zero)
        return self.builder.load(pointer, align=4)

    def _put(self, value: Any, address: Any, vector: int) -> None:
        pointer = self._pointer(self._at(address, vector), self.vector)
        if self._is_cut(vector):
            self._call("llvm.masked.store", value, pointer, _I32(4), self.mask)
        else:
            self.builder.store(value, pointer, align=4)

    def _is_cut(self, vector: int) -> bool:
        return self.masked and vector == self.grid.vectors - 1

    def _at(self, address: Any, vector: int) -> Any:
        return self.builder.add(address, _I64(4 * self.lanes * vector))

    def _mask(self) -> Any:
        wide = ir.VectorType(_I64, self.lanes)
        numbers = ir.Constant(wide, list(range(self.lanes)))
        return self.builder.icmp_signed("<", numbers, self._splat(self.given["tail"], wide))

    def _splat(self, scalar: Any, kind: Any = None) -> Any:
        kind = kind or self.vector
        nothing = ir.Constant(kind, ir.Undefined)
        first = self.builder.insert_element(nothing, scalar, _I32(0))
        everywhere = ir.Constant(ir.VectorType(_I32, self.lanes), [0] * self.lanes)
        return self.builder.shuffle_vector(first, nothing, everywhere)

    def _call(self, name: str, *values: Any) -> Any:
        returns = ir.VoidType() if name.endswith("store") else self.vector
        memory = ".p0" if "masked" in name else ""
        full = f"{name}.v{self.lanes}f32{memory}"
        found = self.module.globals.get(full)
        if found is None:
            found = ir.Function(self.module, ir.FunctionType(returns, [value.type for value in values]), full)
        return self.builder.call(found, values)

    def _word(self, base: str, number: Any) -> Any:
        address = self.builder.add(self.given[base], self.builder.mul(number, _I64(8)))
        return self.builder.load(self._pointer(address, _I64))

    def _pointer(self, address: Any, kind: Any) -> Any:
        return self.builder.inttoptr(address, ir.PointerType(kind))

    def _is_given(self, name: str) -> Any:
        return self.builder.icmp_signed("!=", self.given[name], _I64(0))

    def _phi(self, value: Any, before: Any) -> Any:
        merged = self.builder.phi(self.vector)
        merged.add_incoming(value, before)
        return merged

    def _either(self, one: Any, one_block: Any, other: Any, other_block: Any) -> Any:
        merged = self.builder.phi(self.vector)
        merged.add_incoming(one, one_block)
        merged.add_incoming(other, other_block)
        return merged
