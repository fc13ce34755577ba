"""The threads that native plans run on: one set per process and count, asleep when there is nothing to do."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np

from graph_engine.kernels.native import threads as native
from graph_engine.kernels.native.library import Kernel

FIRST: Final = 40  # runs until the other way is tried
EVERY: Final = 400  # runs from one trial to the next
TRIES: Final = 3  # runs of a trial, the first of which only wakes the threads
RECENT: Final = 1 / 16  # weight of the last run in the usual time
BETTER: Final = 0.95  # of the usual time: then it is worth changing
PATIENCE: Final = 20000  # looks for a job, some hundred microseconds, before a thread goes to sleep


class Pool:
    """``count`` threads, of which the caller of ``run`` is one."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._control = np.zeros((native.CONTROL_BYTES + 64 * (count + 1)) // 8, np.int64)
        self._address = self._control.ctypes.data
        self._turn = threading.Lock()
        self._calls = [threading.Semaphore(0) for _ in range(count)]
        self._run_alone, self._publish = _function(native.run_alone), _function(native.publish)
        self._take_part, self._serve = _function(native.take_part), _function(native.serve)
        self._parked = self._control[native.PARKED // 8 :: 8]
        for number in range(1, count):
            threading.Thread(target=self._work, args=(number,), daemon=True, name=f"kernels {number}").start()

    def run(self, rows: int, count: int, *, alone: bool = False) -> None:
        """All ``count`` rows at this address, in order, by all threads or by the caller ``alone``.

        One caller at a time; others wait.
        """
        if self.count == 1:
            self._run_alone(self._address, rows, count)
            return
        with self._turn:
            if alone:
                self._run_alone(self._address, rows, count)
                return
            self._publish(self._address, rows, count)
            for number in range(1, self.count):
                if self._parked[number]:
                    self._calls[number].release()
            self._take_part(self._address, rows, count, self.count)

    def _work(self, number: int) -> None:
        while True:
            self._serve(self._address, number, self.count, PATIENCE)
            self._calls[number].acquire()


class Job:
    """Rows that are run again and again, by all threads or by the caller alone: whichever has lately taken less time.

    Where a machine has other work as well, threads that meet wait for one whose core is taken, a hundred times as long
    as a small row takes. Who does a piece changes no result.
    """

    def __init__(
        self, threads: Pool, rows: int, count: int, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._threads, self._rows, self._count, self._clock = threads, rows, count, clock
        self.alone = False
        self._usual = self._other = 0.0  # seconds: what a run takes lately, and what it took in the other way
        self._left = FIRST

    def run(self) -> None:
        if self._threads.count == 1:
            self._threads.run(self._rows, self._count)
            return
        self._left -= 1
        tries = self._left < TRIES
        begin = self._clock()
        self._threads.run(self._rows, self._count, alone=self.alone != tries)
        self._learn(self._clock() - begin, tries)

    def _learn(self, took: float, tries: bool) -> None:
        if not tries:
            is_first = not self._usual or took < self._usual / 2  # the first runs find nothing in the cache
            self._usual += (took - self._usual) * (1.0 if is_first else RECENT)
            return
        if self._left < TRIES - 1:
            self._other += took / (TRIES - 1)
        if self._left == 0:
            if self._other < BETTER * self._usual:
                self.alone, self._usual = not self.alone, self._other
            self._other, self._left = 0.0, EVERY


def pool(count: int) -> Pool:
    """The pool of this process with so many threads."""
    return _pool(os.getpid(), count)


@cache
def _pool(process: int, count: int) -> Pool:
    return Pool(count)  # threads do not survive a fork, hence the process in the key


def _function(routine: Kernel) -> Callable[..., None]:
    kind = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * len(routine.parameters))
    return kind(routine.address)
