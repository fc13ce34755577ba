"""The threads that native plans run on: one set per process and count, asleep when there is nothing to do."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np

from graph_engine.kernels.native import threads as native
from graph_engine.kernels.native.library import Kernel

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

    def run(self, rows: int, count: int) -> None:
        """All ``count`` rows at this address, in order. One caller at a time; others wait."""
        if self.count == 1:
            self._run_alone(self._address, rows, count)
            return
        with self._turn:
            self._publish(self._address, rows, count)
            for number in range(1, self.count):
                if self._parked[number]:
                    self._calls[number].release()
            self._take_part(self._address, rows, count, self.count)

    def _work(self, number: int) -> None:
        while True:
            self._serve(self._address, number, self.count, PATIENCE)
            self._calls[number].acquire()


def pool(count: int) -> Pool:
    """The pool of this process with so many threads."""
    return _pool(os.getpid(), count)


@cache
def _pool(process: int, count: int) -> Pool:
    return Pool(count)  # threads do not survive a fork, hence the process in the key


def _function(routine: Kernel) -> Callable[..., None]:
    kind = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * len(routine.parameters))
    return kind(routine.address)
