"""Memory: how much is free, and buffers that are refused before the system would have to kill anybody.

Systems hand out memory that they do not have and kill whoever uses it. A large buffer is therefore compared with what
is free, and used at once, so that the next one sees what is left.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import numpy as np

from graph_engine.compiler.memory import GAP
from graph_engine.kernels.program import Array
from graph_engine.values import DType, LayerloomError, bytes_text

LARGE: Final = 2**24  # bytes; smaller buffers are not looked at
KEPT_FREE: Final = 2**28  # for everybody else
ALIGNMENT: Final = 64
_GROUPS: Final = (  # of containers: the limit, and what is in use
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


class NotEnoughMemory(LayerloomError):
    """``wanted`` and ``free`` in bytes."""

    def __init__(self, wanted: int, free: int, what: str) -> None:
        self.wanted, self.free = wanted, free
        super().__init__(f"{what} {bytes_text(wanted)} of memory, but {bytes_text(free)} are free")


def aligned_zeros(count: int, dtype: DType, what: str = "this calls for") -> Array:
    """``count`` zeros on a 64-byte boundary, between zones that nobody may write.

    Raises NotEnoughMemory, whose sentence begins with ``what``.
    """
    nbytes = count * np.dtype(dtype).itemsize
    require_memory(nbytes, what)
    raw = np.zeros(nbytes + 2 * GAP + ALIGNMENT, np.uint8)
    if nbytes >= LARGE:
        raw.fill(0)  # zeros that nobody has written are not there yet
    start = GAP + -raw.ctypes.data % ALIGNMENT
    return raw[start : start + nbytes].view(dtype)


def require_memory(nbytes: int, what: str) -> None:
    """Raises NotEnoughMemory where so much would leave too little for everybody else."""
    if nbytes >= LARGE:
        free = max(0, free_memory() - KEPT_FREE)
        if nbytes > free:
            raise NotEnoughMemory(nbytes, free, what)


def free_memory() -> int:
    """Bytes that can be used without anybody being killed; without end where the system does not say."""
    limits = [_in_system(), *(_in_group(*files) for files in _GROUPS)]
    return min((limit for limit in limits if limit is not None), default=sys.maxsize)


def _in_system() -> int | None:
    if sys.platform == "win32":
        return _in_windows()
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        available = next(line for line in lines if line.startswith("MemAvailable:"))
        return 1024 * int(available.split()[1])
    except (OSError, StopIteration, ValueError, IndexError):
        return _physical()


def _physical() -> int | None:
    """All there is: where no more is known, as on macOS, at least what can never fit is refused."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def _in_group(limit: str, used: str) -> int | None:
    try:
        return int(Path(limit).read_text()) - int(Path(used).read_text())
    except (OSError, ValueError):  # "max": no limit
        return None


def _in_windows() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "a", "b", "c", "d", "e")),
        )

    status = Status(ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  # there is none on other systems
    return status.free if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None
