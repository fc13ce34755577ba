"""After settling, chains are a few pixels off: put every chain on one row where its neighbours leave room."""

from __future__ import annotations

from graph_engine.layout.net import Net

Columns = list[list[int]]


def straighten(net: Net, columns: Columns, middle: list[float], offsets: list[list[float]]) -> None:
    """Moves chains in place. ``offsets``: per column, the least distance of each member from the first."""
    slot = {
        number: (rank, index) for rank, column in enumerate(columns) for index, number in enumerate(column)
    }
    main = set(net.main)
    for chain in _chains(net):
        if main.isdisjoint(chain):
            low, high = _room(chain, slot, columns, middle, offsets)
            wanted = {middle[number] for number in chain}
            fitting = [row for row in wanted if low <= row <= high]
            if fitting:
                row = min(fitting, key=lambda row: (sum(abs(row - middle[number]) for number in chain), row))
                for number in chain:
                    middle[number] = row


def _chains(net: Net) -> list[list[int]]:
    """Longest runs of nodes or bends, each the only source of the next and the next its only target."""
    follows = [
        after[0] if len(after) == 1 and len(net.before[after[0]]) == 1 else None for after in net.after
    ]
    starts = set(range(len(net.rank))) - {number for number in follows if number is not None}
    chains: list[list[int]] = []
    for start in sorted(starts):
        chain = [start]
        while (following := follows[chain[-1]]) is not None:
            chain.append(following)
        if len(chain) > 1:
            chains.append(chain)
    return chains


def _room(
    chain: list[int],
    slot: dict[int, tuple[int, int]],
    columns: Columns,
    middle: list[float],
    offsets: list[list[float]],
) -> tuple[float, float]:
    """How far up and down the whole chain could be put without touching the neighbours in its columns."""
    low, high = float("-inf"), float("inf")
    for number in chain:
        rank, index = slot[number]
        column, offset = columns[rank], offsets[rank]
        if index > 0:
            low = max(low, middle[column[index - 1]] + offset[index] - offset[index - 1])
        if index + 1 < len(column):
            high = min(high, middle[column[index + 1]] - offset[index + 1] + offset[index])
    return low - 1e-6, high + 1e-6
