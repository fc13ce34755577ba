"""How high arcs pass: over the nodes between their ends, on the emptier side, and beside each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

CLEARANCE = 26.0  # between the tops of nodes and an arc over them
LANE = 10.0  # between arcs that run side by side
SHORTEST = 24.0  # from left to right; what is closer needs no arc
CELL = 256.0

# Plain numbers instead of Qt's points and rectangles: after every edit all arcs are asked again.
Ends = tuple[float, float, float, float]  # x and y where a wire starts, x and y where it ends
Box = tuple[float, float, float, float]  # left, top, right, bottom
Lanes = dict[tuple[int, int], list[tuple[float, float, float]]]  # left, right and height of the arcs so far


@dataclass(frozen=True, slots=True)
class Span:
    """A wire that may arc: its edge, its ends and the two nodes it joins."""

    edge: str
    ends: Ends
    nodes: tuple[str, str]


class Boxes:
    """Nodes by square cells of the plane, so that what lies around a wire is found quickly, and kept in step."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], dict[str, Box]] = {}
        self._boxes: dict[str, Box] = {}

    def update(self, boxes: Mapping[str, Box], touched: Collection[str]) -> list[Box]:
        """Takes over where nodes are now; ``touched`` are those that may have moved. Returns the places that changed:
        where something was, or is."""
        gone = [name for name in self._boxes if name not in boxes]
        moved = [name for name in touched if name in boxes and self._boxes.get(name) != boxes[name]]
        changed = []
        for name in (*gone, *moved):
            old = self._boxes.pop(name, None)
            if old is not None:
                changed.append(old)
                for cell in _cells(*old):
                    del self._cells[cell][name]
        for name in moved:
            self._boxes[name] = box = boxes[name]
            changed.append(box)
            for cell in _cells(*box):
                self._cells.setdefault(cell, {})[name] = box
        return changed

    def around(self, span: Span) -> tuple[Box, ...]:
        """What lies between the ends, not counting the nodes at them, and about a cell above or below."""
        left, start, right, end = span.ends
        found = {
            name: box
            for cell in _cells(left, min(start, end) - CELL / 2, right, max(start, end) + CELL / 2)
            for name, box in self._cells.get(cell, {}).items()
            if box[2] > left and box[0] < right
        }
        return tuple(found[name] for name in sorted(found) if name not in span.nodes)


class Levels:
    """The height of every arc. What did not change around a wire is not asked again."""

    def __init__(self) -> None:
        self._boxes = Boxes()
        self._own: dict[str, tuple[Span, float | None]] = {}

    def update(
        self, spans: Iterable[Span], boxes: Mapping[str, Box], touched: Collection[str]
    ) -> dict[str, float]:
        """The arcs that have something to pass over. Short arcs first: longer ones lie outside."""
        changed = self._boxes.update(boxes, touched)
        found: dict[str, float] = {}
        taken: Lanes = {}
        own: dict[str, tuple[Span, float | None]] = {}
        for span in sorted(spans, key=lambda span: (span.ends[2] - span.ends[0], span.edge)):
            if span.ends[2] - span.ends[0] >= SHORTEST:
                known = self._own.get(span.edge)
                if known is None or known[0] != span or _near(span, changed):
                    known = span, _own_level(span.ends, self._boxes.around(span))
                own[span.edge] = known
                if known[1] is not None:
                    found[span.edge] = _beside_others(span.ends, known[1], taken)
        self._own = own
        return found


def _near(span: Span, boxes: list[Box]) -> bool:
    """Whether a place is as near to a wire as `Boxes.around` looks."""
    left, start, right, end = span.ends
    top, bottom = min(start, end) - 2 * CELL, max(start, end) + 2 * CELL
    return any(box[2] > left and box[0] < right and box[3] > top and box[1] < bottom for box in boxes)


def _cells(left: float, top: float, right: float, bottom: float) -> Iterator[tuple[int, int]]:
    rows = range(int(top // CELL), int(bottom // CELL) + 1)
    for column in range(int(left // CELL), int(right // CELL) + 1):
        for row in rows:
            yield column, row


def _own_level(ends: Ends, around: tuple[Box, ...]) -> float | None:
    """Level with an end where that way is free, else above or below all that stands in the way of the straight
    wire; None where nothing does."""
    blocking = [box for box in around if _blocks(box, ends)]
    if not blocking:
        return None
    free = [height for height in (ends[1], ends[3]) if not _hits(height, around)]
    if free:
        return free[0]
    over = min(ends[1], ends[3], *(box[1] for box in blocking)) - CLEARANCE
    under = max(ends[1], ends[3], *(box[3] for box in blocking)) + CLEARANCE
    return over if _hits(over, around) <= _hits(under, around) else under


def _blocks(box: Box, ends: Ends) -> bool:
    """Whether a wire that leads from end to end without an arc would cross the box, or pass it closely."""
    low, high = sorted((_height_at(ends, box[0]), _height_at(ends, box[2])))
    return box[1] - 4 < high and box[3] + 4 > low


def _height_at(ends: Ends, x: float) -> float:
    """Of the cubic that `wires.direct` draws: level at its ends, and half as far across at its control points."""
    left, start, right, end = ends
    part = time = max(0.0, min(1.0, (x - left) / (right - left)))
    for _ in range(2):  # Newton's steps; the curve runs nearly evenly across
        time -= (time * (1.5 - time * (1.5 - time)) - part) / (1.5 - 3 * time * (1 - time))
    return start + time * time * (3 - 2 * time) * (end - start)


def _hits(level: float, boxes: Iterable[Box]) -> int:
    return sum(box[1] - 4 < level < box[3] + 4 for box in boxes)


def _beside_others(ends: Ends, level: float, taken: Lanes) -> float:
    """The level, moved outwards until no other arc runs there."""
    left, start, right, _ = ends
    outwards = -LANE if level < start else LANE
    columns = range(int(left // CELL), int(right // CELL) + 1)
    while any(
        other_left < right - 1 and other_right > left + 1 and abs(other - level) < LANE - 1
        for column in columns
        for lane in (int(level // LANE) - 1, int(level // LANE), int(level // LANE) + 1)
        for other_left, other_right, other in taken.get((column, lane), ())
    ):
        level += outwards
    for column in columns:
        taken.setdefault((column, int(level // LANE)), []).append((left, right, level))
    return level
