"""The arena: ranges in use never overlap, and memory is reused."""

from __future__ import annotations

from hypothesis import given, strategies as st

from graph_engine.compiler.memory import ALIGNMENT, Arena

lifetimes = st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 6)), min_size=1, max_size=60)


@given(lifetimes)
def test_ranges_in_use_never_overlap_and_are_aligned(requests: list[tuple[int, int]]) -> None:
    arena = Arena()
    live: list[tuple[int, int, int]] = []  # (dies at, offset, nbytes)
    for now, (nbytes, lifetime) in enumerate(requests):
        for _, offset, size in [item for item in live if item[0] <= now]:
            arena.give_back(offset, size)
        live = [item for item in live if item[0] > now]
        offset = arena.take(nbytes)
        assert offset % ALIGNMENT == 0
        assert offset + nbytes <= arena.size
        assert all(offset + nbytes <= other or other + size <= offset for _, other, size in live)
        live.append((now + 1 + lifetime, offset, nbytes))


def test_memory_given_back_is_used_again() -> None:
    arena = Arena()
    first = arena.take(1000)
    arena.give_back(first, 1000)
    assert arena.take(500) == first
    assert arena.size == 1024


def test_neighbouring_gaps_join() -> None:
    arena = Arena()
    offsets = [arena.take(64) for _ in range(3)]
    for offset in (offsets[0], offsets[2], offsets[1]):
        arena.give_back(offset, 64)
    assert arena.take(192) == 0
    assert arena.size == 192


def test_the_last_gap_grows_instead_of_new_memory_being_added_after_it() -> None:
    arena = Arena()
    arena.give_back(arena.take(64), 64)
    assert arena.take(256) == 0
    assert arena.size == 256
