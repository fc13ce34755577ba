"""What ran while the event loop did not come round: the main thread looked at every few milliseconds by another."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PERIOD: Final = 0.002  # seconds between two looks
LEAST: Final = 0.030  # seconds: what is longer is a stall
WORK: Final = 0.016  # seconds of it, that is a frame: in a stall with less, something else was waited for
SHARE: Final = 0.10  # of a stall that a way must take to be named
DEEPEST: Final = 6  # calls of a way that are named

Way = tuple[str, ...]  # calls of ours, the outermost first


class Sampler(threading.Thread):
    """Looks at the thread that made it until it is stopped, which slows that a little."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._main, self._over = threading.get_ident(), threading.Event()
        self.seen: list[tuple[float, Way]] = []  # when, by `time.perf_counter`, and on which way

    def run(self) -> None:
        while not self._over.wait(PERIOD):
            self.seen.append((time.perf_counter(), way_of(sys._current_frames().get(self._main))))

    def stop(self) -> None:
        self._over.set()
        self.join()

    def between(self, begin: float, end: float) -> Counter[Way]:
        """How often each way was seen."""
        return Counter(way for when, way in self.seen if begin <= when <= end)


def way_of(frame: FrameType | None) -> Way:
    """The calls of the project that led to where a thread is, and what it called of others' last."""
    calls: list[str] = []
    if frame is not None and not _is_ours(frame):
        calls.append(f"[{Path(frame.f_code.co_filename).name} {frame.f_code.co_name}]")
    while frame is not None:
        if _is_ours(frame):
            file = Path(frame.f_code.co_filename).relative_to(ROOT)
            calls.append(f"{file}:{frame.f_lineno} {frame.f_code.co_name}")
        frame = frame.f_back
    return tuple(reversed(calls))


def _is_ours(frame: FrameType) -> bool:
    file = Path(frame.f_code.co_filename)
    return file.is_relative_to(ROOT / "app") or file.is_relative_to(ROOT / "graph_engine")


def report(ticks: Sequence[float], work: Sequence[float], sampler: Sampler) -> Iterator[str]:
    """Every stall between two ticks in which the thread had much to do, with what was seen in it, the others counted.

    ``work``: processor time of the thread at the ticks. What a stall has beside it was spent waiting, for the disk or
    for a processor that others had.
    """
    waited = 0
    for (before, after), (idle, busy) in zip(pairwise(ticks), pairwise(work), strict=True):
        if after - before < LEAST:
            continue
        if busy - idle < WORK:
            waited += 1
            continue
        told = f"{1000 * (after - before):.0f} ms, {1000 * (busy - idle):.0f} of work"
        yield f"{told}, {before - ticks[0]:.2f} s after the start"
        found = sampler.between(before, after)
        for way, count in found.most_common():
            if count >= SHARE * found.total():
                yield f"  {count / found.total():4.0%}  {' > '.join(way[-DEEPEST:]) or 'within Qt'}"
    yield f"{waited} more with less than {1000 * WORK:.0f} ms of work: the disk or other programs were waited for"
