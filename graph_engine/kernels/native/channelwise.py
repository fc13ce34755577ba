"""Windows over separate channels: some neighbouring places at once, a vector of channels after the other.

Pixels are read in the order in which they lie in memory, and each is used for all places whose window holds it.
The rows of a window are a loop; its columns are written out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from graph_engine.kernels.native.assembly import FINISH, I64, Assembly, Finishing
from graph_engine.kernels.native.cpu import processor
from graph_engine.kernels.native.library import Kernel

SLIDES: Final = (
    "x", "x_row", "x_column", "rows", "w", "w_row", "w_column", "z", "z_column", "channels", *FINISH,
)  # fmt: skip
SUMS: Final = ("x", "x_row", "x_column", "rows", "g", "g_column", "z", "z_row", "z_column", "channels")


@dataclass(frozen=True, slots=True)
class Span:
    """``places`` of a window with so many ``columns``: how far apart places and columns are, in pixels."""

    places: int
    columns: int
    stride: int
    gap: int

    @property
    def code(self) -> str:
        return f"{self.places}x{self.columns}s{self.stride}g{self.gap}x{processor().lanes}"

    @property
    def pixels(self) -> dict[int, list[tuple[int, int]]]:
        """By pixel the (place, column) that meet in it, from the left."""
        found: dict[int, list[tuple[int, int]]] = {}
        for place in range(self.places):
            for column in range(self.columns):
                found.setdefault(place * self.stride + column * self.gap, []).append((place, column))
        return dict(sorted(found.items()))


def most_places() -> int:
    """How many sums stay in registers beside a row of a small window."""
    return 8 if processor().accumulators > 16 else 6


@cache
def slide(span: Span) -> Kernel:
    """The kernel for a row of results."""
    return Kernel(f"layerloom_slide_{span.code}", SLIDES, lambda: str(_Slide(span).module), True)


@cache
def sum_products(span: Span) -> Kernel:
    """The kernel that adds what a row of gradients says about the weights."""
    return Kernel(f"layerloom_sums_{span.code}", SUMS, lambda: str(_Sums(span).module), True)


class _Windowed(Assembly):
    """A loop over the rows of a window, for every vector of channels."""

    def __init__(self, symbol: str, parameters: Sequence[str], span: Span) -> None:
        super().__init__(symbol, parameters, processor().lanes)
        self.span = span
        self.over_channels(self._vector)
        self.builder.ret_void()

    def _vector(self, offset: Any, mask: Any) -> None:
        raise NotImplementedError

    def _over_rows(self, values: Sequence[Any], body: Any) -> list[Any]:
        """``body(row, values)`` gives the values for the next row."""
        builder, before = self.builder, self.builder.block
        head = builder.append_basic_block("row")
        builder.branch(head)
        builder.position_at_end(head)
        row = builder.phi(I64)
        row.add_incoming(I64(0), before)
        merged = [builder.phi(self.vector) for _ in values]
        results: list[Any] = body(row, merged)
        following = builder.add(row, I64(1))
        row.add_incoming(following, builder.block)
        for phi, value, result in zip(merged, values, results, strict=True):
            phi.add_incoming(value, before)
            phi.add_incoming(result, builder.block)
        done = builder.append_basic_block("rows_done")
        builder.cbranch(builder.icmp_signed("<", following, self.given["rows"]), head, done)
        builder.position_at_end(done)
        return results

    def _start_of(self, name: str, row: Any, offset: Any) -> Any:
        """Where a row of a parameter begins, for these channels."""
        down = self.builder.mul(row, self.given[f"{name}_row"])
        return self.builder.add(self.builder.add(self.given[name], down), offset)


class _Slide(_Windowed):
    """Sums over the window, one for each place."""

    def __init__(self, span: Span) -> None:
        super().__init__(f"layerloom_slide_{span.code}", SLIDES, span)

    def _vector(self, offset: Any, mask: Any) -> None:
        finish = Finishing(self, offset, mask)

        def add(row: Any, sums: Sequence[Any]) -> list[Any]:
            x, w = self._start_of("x", row, offset), self._start_of("w", row, offset)
            column_bytes = self.given["w_column"]
            weights = [
                self.load(self.place(w, column_bytes, column), mask) for column in range(self.span.columns)
            ]
            results = list(sums)
            for pixel, meetings in self.span.pixels.items():
                value = self.load(self.place(x, self.given["x_column"], pixel), mask)
                for place, column in meetings:
                    results[place] = self.fused(value, weights[column], results[place])
            return results

        sums = self._over_rows([self.zero] * self.span.places, add)
        places = [self.place(I64(0), self.given["z_column"], place) for place in range(self.span.places)]
        finish.store_all(list(zip(sums, places, strict=True)))


class _Sums(_Windowed):
    """Sums over the places, one for each element of the window, added to what is at ``z``."""

    def __init__(self, span: Span) -> None:
        super().__init__(f"layerloom_sums_{span.code}", SUMS, span)

    def _vector(self, offset: Any, mask: Any) -> None:
        g = self.builder.add(self.given["g"], offset)
        gradients = [
            self.load(self.place(g, self.given["g_column"], place), mask) for place in range(self.span.places)
        ]

        def add(row: Any, _values: Sequence[Any]) -> list[Any]:
            x, z = self._start_of("x", row, offset), self._start_of("z", row, offset)
            targets = [self.place(z, self.given["z_column"], column) for column in range(self.span.columns)]
            sums = [self.load(target, mask) for target in targets]
            for pixel, meetings in self.span.pixels.items():
                value = self.load(self.place(x, self.given["x_column"], pixel), mask)
                for place, column in meetings:
                    sums[column] = self.fused(value, gradients[place], sums[column])
            for target, total in zip(targets, sums, strict=True):
                self.put(total, target, mask)
            return []

        self._over_rows([], add)
