"""A graph as numbers: columns for nodes, bends where a long wire passes a column, and the main path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph_engine.document import Graph, topological_order, wiring

# Wires over more columns than this get no bends: they are arcs over everything anyway, and in densely
# skipping models their bends would outnumber the nodes.
LONGEST_BENT = 24
BEND_HEIGHT = 12.0

Sizes = Mapping[str, tuple[float, float]]


@dataclass(slots=True)
class Net:
    """One connected part. Numbers below ``len(ids)`` are nodes, sources first; the others are bends."""

    ids: list[str]
    width: list[float]
    height: list[float]
    before: list[list[int]]
    after: list[list[int]]
    rank: list[int] = field(default_factory=list)
    main: list[int] = field(default_factory=list)  # the longest path, which becomes the straight row

    def is_bend(self, number: int) -> bool:
        return number >= len(self.ids)

    def add_bend(self, rank: int) -> int:
        self.width.append(0.0)
        self.height.append(BEND_HEIGHT)
        self.before.append([])
        self.after.append([])
        self.rank.append(rank)
        return len(self.rank) - 1


def parts(graph: Graph, sizes: Sizes) -> list[Net]:
    """The connected parts of a graph, ranked, in the order of their first nodes."""
    wires = wiring(graph)
    order, looping = topological_order(graph, wires)
    index = {node: number for number, node in enumerate((*order, *looping))}
    # A wire against the order closes a cycle; a document has none, but a picture of one must not hang.
    forward = {
        node: [edge.target.node for edge in wires.outgoing(node) if index[edge.target.node] > index[node]]
        for node in graph.nodes
    }
    return [_net(members, forward, sizes) for members in _components(graph, forward, index)]


def _components(graph: Graph, forward: Mapping[str, list[str]], index: Mapping[str, int]) -> list[list[str]]:
    neighbours: dict[str, list[str]] = {node: list(targets) for node, targets in forward.items()}
    for node, targets in forward.items():
        for target in targets:
            neighbours[target].append(node)
    seen: set[str] = set()
    found: list[list[str]] = []
    for start in graph.nodes:
        members: list[str] = []
        todo = [start]
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                members.append(node)
                todo.extend(neighbours[node])
        if members:
            found.append(sorted(members, key=index.__getitem__))
    return found


def _net(ids: list[str], forward: Mapping[str, list[str]], sizes: Sizes) -> Net:
    number = {node: count for count, node in enumerate(ids)}
    after = [[number[target] for target in forward[node]] for node in ids]
    before: list[list[int]] = [[] for _ in ids]
    for source, targets in enumerate(after):
        for target in targets:
            before[target].append(source)
    net = Net(ids, [sizes[node][0] for node in ids], [sizes[node][1] for node in ids], before, after)
    net.rank = _ranks(net)
    net.main = _main_path(net)
    _bend_long_wires(net)
    return net


def _ranks(net: Net) -> list[int]:
    """Columns: as far left as sources allow, then to the right where that shortens wires.

    So an input that is needed late stands beside its first consumer, and parallel branches begin together.
    """
    rank = [0] * len(net.ids)
    for number in range(len(net.ids)):
        rank[number] = max((rank[source] + 1 for source in net.before[number]), default=0)
    late = _late(net)
    for number in reversed(range(len(net.ids))):
        after = net.after[number]
        if after and (late[number] or len(after) > len(net.before[number])):
            rank[number] = min(rank[target] for target in after) - 1
    lowest = min(rank)
    return [value - lowest for value in rank]


def _late(net: Net) -> list[bool]:
    """Nodes that can be moved right together with all they depend on."""
    late = [False] * len(net.ids)
    for number in range(len(net.ids)):
        late[number] = all(late[source] and len(net.after[source]) == 1 for source in net.before[number])
    return late


def _main_path(net: Net) -> list[int]:
    """From the last column back to the first without skipping one."""
    number = max(range(len(net.ids)), key=lambda number: net.rank[number])
    path = [number]
    while True:
        near = [source for source in net.before[number] if net.rank[source] == net.rank[number] - 1]
        if not near:
            return path[::-1]
        number = near[0]
        path.append(number)


def _bend_long_wires(net: Net) -> None:
    for source in range(len(net.ids)):
        for slot, target in enumerate(net.after[source]):
            span = net.rank[target] - net.rank[source]
            if 1 < span <= LONGEST_BENT:
                _bend(net, source, slot, target)
    # Wires that are longer still do not take part in what follows.
    for number in range(len(net.ids)):
        net.after[number] = [item for item in net.after[number] if net.rank[item] == net.rank[number] + 1]
        net.before[number] = [item for item in net.before[number] if net.rank[item] == net.rank[number] - 1]


def _bend(net: Net, source: int, slot: int, target: int) -> None:
    previous = source
    for rank in range(net.rank[source] + 1, net.rank[target]):
        bend = net.add_bend(rank)
        net.before[bend].append(previous)
        if previous == source:
            net.after[source][slot] = bend
        else:
            net.after[previous].append(bend)
        previous = bend
    net.after[previous].append(target)
    before = net.before[target]
    before[before.index(source)] = previous
