"""Changes of basis of small squares of pixels, all channels at once: what Winograd's convolutions begin and end with.

A transform takes a square ``x`` of vectors to ``M x M^T``. Channels lie next to each other, so the same is done
for a vector of them at a time, in straight-line code written from the matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from llvmlite import ir

from graph_engine.kernels.native.assembly import FINISH, I64, Assembly, Finishing
from graph_engine.kernels.native.cpu import processor
from graph_engine.kernels.native.library import Kernel

Matrix = tuple[tuple[float, ...], ...]

MOVES: Final = ("x", "x_row", "x_column", "z", "z_row", "z_column", "channels")
FINISHES: Final = (*MOVES, "rows", "columns", *FINISH)
"""Of the square only so many ``rows`` and ``columns``, finished."""


@cache
def transform(name: str, matrix: Matrix, finishes: bool = False) -> Kernel:
    """The kernel that takes the square at ``x`` to that at ``z``; rows and columns of both are strides apart."""
    lanes = processor().lanes
    symbol = f"layerloom_transform_{name}x{lanes}"
    parameters = FINISHES if finishes else MOVES
    return Kernel(symbol, parameters, lambda: str(_Transform(symbol, matrix, lanes, finishes).module), True)


def transposed(matrix: Matrix) -> Matrix:
    return tuple(zip(*matrix, strict=True))


class _Transform(Assembly):
    """Whole vectors of channels in a loop, then the rest under a mask."""

    def __init__(self, symbol: str, matrix: Matrix, lanes: int, finishes: bool) -> None:
        super().__init__(symbol, FINISHES if finishes else MOVES, lanes)
        self.matrix = matrix
        self.finishes = finishes
        self.over_channels(self._square)
        self.builder.ret_void()

    def _square(self, offset: Any, mask: Any) -> None:
        """``M x`` column by column, then times ``M^T`` row by row."""
        size = range(len(self.matrix[0]))
        x = self.builder.add(self.given["x"], offset)
        columns = [
            self._apply([self.load(self._at(x, "x", row, column), mask) for row in size]) for column in size
        ]
        finish = Finishing(self, offset, mask) if self.finishes else None
        z = self.builder.add(self.given["z"], offset)
        for row in range(len(self.matrix)):
            for column, value in enumerate(self._apply([found[row] for found in columns])):
                if finish is None:
                    self.put(value, self._at(z, "z", row, column), mask)
                else:
                    with self.builder.if_then(self._is_wanted(row, column)):
                        finish.store(value, self._at(I64(0), "z", row, column))

    def _is_wanted(self, row: int, column: int) -> Any:
        """Results stand over at the edges."""
        wanted = (("rows", row), ("columns", column))
        return self.builder.and_(
            *(self.builder.icmp_signed(">", self.given[name], I64(number)) for name, number in wanted)
        )

    def _at(self, base: Any, name: str, row: int, column: int) -> Any:
        down = self.place(base, self.given[f"{name}_row"], row)
        return self.place(down, self.given[f"{name}_column"], column)

    def _apply(self, values: Sequence[Any]) -> list[Any]:
        is_tall = len(self.matrix) >= len(self.matrix[0])
        return self._by_rows(values) if is_tall else self._by_columns(values)

    def _by_rows(self, values: Sequence[Any]) -> list[Any]:
        """Of two rows that are alike but for signs, what is added and what is subtracted is computed once."""
        rows, results = list(self.matrix), []
        while rows:
            terms = list(zip(rows[0], values, strict=True))
            signs = _signs(*rows[:2])
            if signs is None:
                results.append(self._sum(terms))
            else:
                same, turned = (
                    self._sum([term for term, found in zip(terms, signs, strict=True) if found == sign])
                    for sign in (1, -1)
                )
                results += [self.builder.fadd(same, turned), self.builder.fsub(same, turned)]
            del rows[: 1 if signs is None else 2]
        return results

    def _by_columns(self, values: Sequence[Any]) -> list[Any]:
        """Of two columns that are alike but for signs, sum and difference are computed once."""
        columns, left = list(transposed(self.matrix)), list(values)
        terms: list[list[tuple[float, Any]]] = [[] for _ in self.matrix]
        while columns:
            signs = _signs(*columns[:2])
            parts = {1: left[0]}
            if signs is not None:
                parts = {1: self.builder.fadd(*left[:2]), -1: self.builder.fsub(*left[:2])}
            for row, factor in enumerate(columns[0]):
                terms[row].append((factor, parts[signs[row] if signs else 1]))
            del columns[: len(parts)], left[: len(parts)]
        return [self._sum(found) for found in terms]

    def _sum(self, terms: Sequence[tuple[float, Any]]) -> Any:
        """Of factors times values."""
        total = None
        for factor, value in sorted((term for term in terms if term[0]), key=lambda term: term[0] != 1.0):
            many = ir.Constant(self.vector, [factor] * self.lanes)
            if total is None:
                total = value if factor == 1.0 else self.builder.fmul(many, value)
            else:
                total = self.builder.fadd(total, value) if factor == 1.0 else self.fused(many, value, total)
        return self.zero if total is None else total


def _signs(one: Sequence[float], other: Sequence[float] = ()) -> tuple[int, ...] | None:
    """Where two series are the same (1) and where opposite (-1); None where they are neither, or not both."""
    if len(one) != len(other) or any(abs(a) != abs(b) for a, b in zip(one, other, strict=True)):
        return None
    signs = tuple(1 if a == b else -1 for a, b in zip(one, other, strict=True))
    return signs if len(set(signs)) == 2 else None
