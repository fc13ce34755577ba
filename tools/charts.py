"""Curves over sizes as SVG, both axes logarithmic: a picture that is legible on light and on dark pages."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH, HEIGHT = 376, 264  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 52, 20, 44, 44
STYLE: Final = """<style>
text { font: 12px system-ui, sans-serif; fill: #57606a } .title { font-weight: 600; fill: #1f2328 }
.grid { stroke: #d8dee4 } .line { fill: none; stroke-width: 2 }
.s0 { stroke: #0969da } .f0 { fill: #0969da } .s1 { stroke: #bc4c00 } .f1 { fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
text { fill: #9198a1 } .title { fill: #f0f6fc } .grid { stroke: #30363d }
.s0 { stroke: #4493f8 } .f0 { fill: #4493f8 } .s1 { stroke: #f0883e } .f1 { fill: #f0883e } }
</style>"""

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Panel:
    """``curves``: by name the points of each, all positive; the first two names have colours of their own."""

    title: str
    across: str
    up: str
    curves: Mapping[str, Points]


def chart(panels: Sequence[Panel]) -> str:
    """Panels two in a row, as one picture."""
    rows = math.ceil(len(panels) / 2)
    parts = [
        f'<g transform="translate({place % 2 * WIDTH} {place // 2 * HEIGHT})">{"".join(_panel(panel))}</g>'
        for place, panel in enumerate(panels)
    ]
    size = f'width="{2 * WIDTH}" height="{rows * HEIGHT}" viewBox="0 0 {2 * WIDTH} {rows * HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{STYLE}\n' + "\n".join(parts) + "\n</svg>\n"


def _panel(panel: Panel) -> Iterator[str]:
    points = [point for curve in panel.curves.values() for point in curve]
    across, up = _Scale.over([x for x, _ in points]), _Scale.over([y for _, y in points])
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    yield f'<text class="title" x="{LEFT}" y="16">{panel.title}</text>'
    yield from _legend(panel)
    for value in up.marks():
        y = up.place(value, bottom, TOP)
        yield f'<path class="grid" d="M{LEFT} {y:.1f}H{right}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
    for value in across.marks():
        x = across.place(value, LEFT, right)
        yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{value:g}</text>'
    yield f'<text x="{right}" y="{bottom + 34}" text-anchor="end">{panel.across}</text>'
    for number, curve in enumerate(panel.curves.values()):
        places = [(across.place(x, LEFT, right), up.place(y, bottom, TOP)) for x, y in curve]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        yield f'<path class="line s{number}" d="M{path}"/>'
        yield from (f'<circle class="f{number}" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>' for x, y in places)


def _legend(panel: Panel) -> Iterator[str]:
    x = LEFT
    for number, name in enumerate(panel.curves):
        yield f'<circle class="f{number}" cx="{x + 4}" cy="28" r="4"/><text x="{x + 12}" y="32">{name}</text>'
        x += 28 + 7 * len(name)
    yield f'<text x="{WIDTH - RIGHT}" y="32" text-anchor="end">{panel.up}</text>'


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    @classmethod
    def over(cls, values: Sequence[float]) -> _Scale:
        return cls(min(values), max(values))

    def place(self, value: float, start: float, end: float) -> float:
        whole = math.log(self.high / self.low) or 1.0
        return start + (end - start) * math.log(value / self.low) / whole

    def marks(self) -> list[float]:
        """Powers of ten within; where there is but one, also twice and five times them."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for steps in ((1,), (1, 2, 5)):
            found = [
                s * 10.0**p for p in powers for s in steps if self.low <= s * 10.0**p <= self.high * 1.001
            ]
            if len(found) > 1:
                return found
        return [self.low, self.high]
