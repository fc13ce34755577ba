"""Running rows: an interpreter that every thread runs, and how threads meet.

A row is cut into more pieces than there are threads, which take one after the other: a thread whose core is busy
elsewhere takes fewer. Which thread does a piece changes no result.

Rows may form a loop: after its last one, each thread goes back to its first as often as the loop says, and tells
kernels the number of the turn.

Words of the control block are a cache line apart, so that waiting on one does not disturb another.
"""

from __future__ import annotations

from typing import Final

from graph_engine.kernels.native.language import (
    atomic_add,
    atomic_load,
    atomic_store,
    caller,
    helper,
    longs,
    pause,
    yield_core,
)
from graph_engine.kernels.native.library import routine

JOB, ROWS, COUNT, STOP = 0, 64, 72, 128  # the number of the last job, and what it is
ARRIVED, MEETINGS = 192, 256
PARKED, SEEN = 320, 328  # of each thread, at its own line from here on
CONTROL_BYTES: Final = 320
SPINS: Final = 2000  # looks before a waiting thread offers its core to others

ROW_WORDS: Final = (
    7  # kernel, argument block, how, pieces, how many are taken; at a loop's end: turns, first row
)
MEET, SERIAL = 1, 2  # threads meet after the row; one thread does the row alone

_call_row = caller(4)


@helper
def _meet(control: int, threads: int) -> None:
    """Wait until all threads are here."""
    meeting = atomic_load(control + MEETINGS)
    if atomic_add(control + ARRIVED, 1) == threads - 1:
        atomic_store(control + ARRIVED, 0)
        atomic_store(control + MEETINGS, meeting + 1)
        return
    looks = 0
    while atomic_load(control + MEETINGS) == meeting:
        pause()
        looks += 1
        if looks > SPINS:
            yield_core()


@helper
def _execute(control: int, rows: int, count: int, thread: int, threads: int) -> None:
    table = longs(rows, 7 * count)
    row = turn = 0
    while row < count:
        kernel, block = table[7 * row], table[7 * row + 1]
        how, pieces = table[7 * row + 2], table[7 * row + 3]
        if how & SERIAL:
            if thread == 0:
                _call_row(kernel, (block, 0, 1, turn))
        elif pieces == threads:
            _call_row(kernel, (block, thread, threads, turn))
        else:
            _take_pieces(kernel, block, rows + (7 * row + 4) * 8, pieces, threads, turn)
        if how & MEET and threads > 1:
            _meet(control, threads)
        turns = table[7 * row + 5]
        if turn + 1 < turns:
            row, turn = table[7 * row + 6], turn + 1
        else:
            row, turn = row + 1, 0 if turns else turn


@helper
def _take_pieces(kernel: int, block: int, taken: int, pieces: int, threads: int, turn: int) -> None:
    """Piece after piece until none is left. In every turn all of them are taken, and each thread is once refused."""
    before = turn * (pieces + threads)
    piece = atomic_add(taken, 1) - before
    while piece < pieces:
        _call_row(kernel, (block, piece, pieces, turn))
        piece = atomic_add(taken, 1) - before


@helper
def _put_back(rows: int, count: int) -> None:
    """All pieces of all rows may be taken again."""
    table = longs(rows, 7 * count)
    for row in range(count):
        table[7 * row + 4] = 0


@routine
def run_alone(control: int, rows: int, count: int) -> None:
    """All rows by the calling thread."""
    _put_back(rows, count)
    _execute(control, rows, count, 0, 1)


@routine
def publish(control: int, rows: int, count: int) -> None:
    """Give the other threads a job. Those that are parked must be woken afterwards."""
    _put_back(rows, count)
    atomic_store(control + ROWS, rows)
    atomic_store(control + COUNT, count)
    atomic_add(control + JOB, 1)


@routine
def take_part(control: int, rows: int, count: int, threads: int) -> None:
    """The calling thread's part of the published job; returns when all threads are done."""
    _execute(control, rows, count, 0, threads)
    _meet(control, threads)


@routine
def serve(control: int, thread: int, threads: int, patience: int) -> None:
    """Do published jobs until none comes for ``patience`` looks, or threads are told to stop."""
    mine = control + thread * 64
    seen = atomic_load(mine + SEEN)
    atomic_store(mine + PARKED, 0)
    while atomic_load(control + STOP) == 0:
        looks = 0
        while atomic_load(control + JOB) == seen and looks < patience:
            pause()
            looks += 1
            if looks > SPINS and looks % 64 == 0:
                yield_core()
        if atomic_load(control + JOB) == seen:
            atomic_store(mine + SEEN, seen)
            atomic_add(mine + PARKED, 1)  # seen by whoever publishes a job that the next line does not see
            if atomic_add(control + JOB, 0) == seen:
                return
            atomic_store(mine + PARKED, 0)
        seen += 1
        _execute(control, atomic_load(control + ROWS), atomic_load(control + COUNT), thread, threads)
        _meet(control, threads)
    atomic_store(mine + SEEN, seen)
