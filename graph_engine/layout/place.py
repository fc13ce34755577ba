"""Coordinates: columns side by side; in each, nodes as near to their neighbours as their sizes allow."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from graph_engine.document import Point
from graph_engine.layout.net import Net
from graph_engine.layout.straighten import straighten

COLUMN_GAP = 36.0
WIDEST_GAP = 96.0
NODE_GAP = 30.0
BEND_GAP = 16.0  # between a wire's bend and anything else
SWEEPS = 16
FIXED = 1e9  # the main path does not give way

Columns = list[list[int]]


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture: positions from its own top left corner, and its size."""

    positions: dict[str, Point]
    width: float
    height: float


def place(net: Net, columns: Columns) -> Box:
    middle = _middles(net, columns)
    left = _lefts(net, columns, middle)
    nodes = range(len(net.ids))
    top = min(middle[number] - net.height[number] / 2 for number in nodes)
    bottom = max(middle[number] + net.height[number] / 2 for number in nodes)
    right = max(left[number] + net.width[number] for number in nodes)
    positions = {
        net.ids[number]: Point(
            float(round(left[number])), float(round(middle[number] - net.height[number] / 2 - top))
        )
        for number in nodes
    }
    return Box(positions, right, float(round(bottom - top)))


def _lefts(net: Net, columns: Columns, middle: list[float]) -> list[float]:
    """Columns as wide as their widest node; more room between them where wires climb steeply."""
    left = [0.0] * len(net.rank)
    x = 0.0
    for column in columns:
        width = max(net.width[number] for number in column)
        for number in column:
            left[number] = x + (width - net.width[number]) / 2
        climbs = [abs(middle[number] - middle[target]) for number in column for target in net.after[number]]
        x += width + min(WIDEST_GAP, COLUMN_GAP + max(0.0, max(climbs, default=0.0) - 120) / 8)
    return left


def _middles(net: Net, columns: Columns) -> list[float]:
    """Vertical middles: every column is drawn to its neighbours, in turns from the left and from the right."""
    middle = [0.0] * len(net.rank)
    main = set(net.main)
    pull = _pulls(net)
    offsets = [_offsets(column, net) for column in columns]
    for column, offset in zip(columns, offsets, strict=True):
        _settle(
            column,
            [0.0] * len(column),
            [FIXED if number in main else 1.0 for number in column],
            offset,
            middle,
        )
    for sweep in range(SWEEPS):
        turn = 1 if sweep % 2 == 0 else -1
        for column, offset in zip(columns[::turn], offsets[::turn], strict=True):
            wishes, weights = [], []
            for number in column:
                wish, weight = _wish(pull[number], middle, number)
                wishes.append(0.0 if number in main else wish)
                weights.append(FIXED if number in main else weight)
            _settle(column, wishes, weights, offset, middle)
    straighten(net, columns, middle, offsets)
    return middle


def _pulls(net: Net) -> list[list[tuple[int, float]]]:
    """Who draws a node, and how strongly: bends want straight wires most, then chains, then forks and merges."""
    pulls: list[list[tuple[int, float]]] = [[] for _ in net.rank]
    for source, targets in enumerate(net.after):
        for target in targets:
            if net.is_bend(source) and net.is_bend(target):
                weight = 8.0
            else:
                weight = 4.0 if len(targets) == 1 == len(net.before[target]) else 1.0
            pulls[source].append((target, weight))
            pulls[target].append((source, weight))
    return pulls


def _wish(pull: list[tuple[int, float]], middle: list[float], number: int) -> tuple[float, float]:
    total = sum(weight for _, weight in pull)
    if not total:
        return middle[number], 0.1
    return sum(middle[other] * weight for other, weight in pull) / total, total


def _settle(
    column: list[int], wishes: list[float], weights: list[float], offsets: list[float], middle: list[float]
) -> None:
    """The places nearest to the wishes (least squares) that keep order and distance.

    Isotonic regression by pooling: neighbours whose wishes collide form a block that moves as one.
    """
    blocks: list[tuple[float, float, int]] = []  # weight, weighted wish, members
    for wish, weight, offset in zip(wishes, weights, offsets, strict=True):
        block = (weight, weight * (wish - offset), 1)
        while blocks and blocks[-1][1] / blocks[-1][0] > block[1] / block[0]:
            last = blocks.pop()
            block = (last[0] + block[0], last[1] + block[1], last[2] + block[2])
        blocks.append(block)
    index = 0
    for weight, weighted, members in blocks:
        for number in column[index : index + members]:
            middle[number] = weighted / weight + offsets[index]
            index += 1


def _offsets(column: list[int], net: Net) -> list[float]:
    """The least distance of every member's middle from the first one's."""
    offsets = [0.0]
    for upper, lower in pairwise(column):
        gap = BEND_GAP if net.is_bend(upper) or net.is_bend(lower) else NODE_GAP
        offsets.append(offsets[-1] + (net.height[upper] + net.height[lower]) / 2 + gap)
    return offsets
