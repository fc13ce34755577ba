"""The order of nodes within each column: branches beside the main path, then sweeps against crossings."""

from __future__ import annotations

from bisect import bisect_right, insort
from itertools import pairwise

from graph_engine.layout.net import Net

SWEEPS = 10
Columns = list[list[int]]


def ordered_columns(net: Net) -> Columns:
    """Nodes and bends by column, from top to bottom, with few crossings."""
    columns = _beside_main(net)
    best, fewest = columns, crossings(net, columns)
    stale = 0
    for sweep in range(SWEEPS):
        if fewest == 0 or stale == 3:
            break
        columns = _sweep(net, columns, forward=sweep % 2 == 0)
        found = crossings(net, columns)
        stale = 0 if found < fewest else stale + 1
        if found < fewest:
            best, fewest = columns, found
    return best


def crossings(net: Net, columns: Columns) -> int:
    """How many pairs of wires between neighbouring columns cross."""
    total = 0
    for left, right in pairwise(columns):
        slot = {number: index for index, number in enumerate(right)}
        seen: list[int] = []
        for number in left:
            targets = sorted(slot[target] for target in net.after[number])
            total += sum(len(seen) - bisect_right(seen, target) for target in targets)
            for target in targets:
                insort(seen, target)
    return total


def _sweep(net: Net, columns: Columns, *, forward: bool) -> Columns:
    """Every column sorted by the mean place of its neighbours in the column before it."""
    near = net.before if forward else net.after
    result = list(columns)
    place = {number: float(index) for column in columns for index, number in enumerate(column)}
    for index in range(len(columns)) if forward else reversed(range(len(columns))):
        column = result[index]
        wish = {
            number: sum(place[other] for other in near[number]) / len(near[number])
            if near[number]
            else place[number]
            for number in column
        }
        result[index] = sorted(column, key=wish.__getitem__)
        place.update((number, float(slot)) for slot, number in enumerate(result[index]))
    return result


def _beside_main(net: Net) -> Columns:
    """The main path in the middle, every branch on the side where it finds more room, above first.

    Short branches come first and so lie inside longer ones, as nested residual arcs do.
    """
    count = max(net.rank) + 1
    above: Columns = [[] for _ in range(count)]
    below: Columns = [[] for _ in range(count)]
    for branch in _branches(net):
        ranks = {net.rank[number] for number in branch}
        span = range(min(ranks), max(ranks) + 1)
        crowd = [max(_height(net, side[rank]) for rank in span) for side in (above, below)]
        side = above if crowd[0] <= crowd[1] else below
        for number in branch:
            side[net.rank[number]].append(number)
    main = {net.rank[number]: number for number in net.main}
    return [
        [*reversed(above[rank]), *([main[rank]] if rank in main else []), *below[rank]]
        for rank in range(count)
    ]


def _height(net: Net, column: list[int]) -> float:
    return sum(net.height[number] for number in column)


def _branches(net: Net) -> list[list[int]]:
    """What remains connected when the main path is taken away, short ones first."""
    seen = set(net.main)
    branches: list[list[int]] = []
    for start in range(len(net.rank)):
        branch: list[int] = []
        todo = [start]
        while todo:
            number = todo.pop()
            if number not in seen:
                seen.add(number)
                branch.append(number)
                todo.extend(reversed(net.before[number]))
                todo.extend(reversed(net.after[number]))
        if branch:
            branches.append(branch)
    return sorted(branches, key=lambda branch: (_span(net, branch), net.rank[branch[0]]))


def _span(net: Net, branch: list[int]) -> int:
    ranks = [net.rank[number] for number in branch]
    return max(ranks) - min(ranks)
