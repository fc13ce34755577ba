"""How long the window keeps a person waiting while it trains: the real window, the real digits, with all
that can be shown on every layer.

Run with `python -m benchmarks.latency [EPOCHS] [--stalls]`; offscreen unless QT_QPA_PLATFORM says otherwise.
`--stalls` names what ran while the event loop stood still for more than 30 ms. On a machine that others use,
"its own work" says what the window would have kept them waiting by itself. Ends with exit code 1 where the bar is
missed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, thread_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, Qt, QTimer

from app.bootstrap import application
from app.live import KINDS
from app.rehearsal import Rehearsal
from benchmarks._stalls import Sampler, report

BAR_MS = 16.0  # a frame, at the 95th percentile
IDLE_MS = 2000
SETTLE_MS = 4000  # until what the window makes at quiet moments is made
SECONDS = 600.0
PERIOD = 0.001  # seconds between two ticks of a loop that has nothing else to do


class Pulse(QObject):
    """Notes when the event loop comes round; asked for every millisecond."""

    def __init__(self) -> None:
        super().__init__()
        self._ticks: list[float] = []
        self.work: list[float] = []  # processor time at the same moments
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._ticks, self.work = [], []
        self._tick()
        self._timer.start()

    def stop(self) -> list[float]:
        """When it came round since the start, by `time.perf_counter`."""
        self._timer.stop()
        self._tick()
        return self._ticks

    def _tick(self) -> None:
        self._ticks.append(perf_counter())
        self.work.append(thread_time())


def waits(ticks: Sequence[float]) -> list[float]:
    """What events would have waited that came every millisecond, also while the loop was busy.

    One sample a tick would count a stall of 50 ms once, though fifty events fell into it.
    """
    found: list[float] = []
    for before, after in pairwise(ticks):
        gap = 1000 * (after - before)
        found += [max(0.0, gap - came) for came in range(1, max(2, round(gap) + 1))]
    return found


def undisturbed(work: Sequence[float]) -> list[float]:
    """Ticks as they would be had no other program run, and no disk been waited for: from processor time at ticks."""
    return list(accumulate((max(PERIOD, after - before) for before, after in pairwise(work)), initial=0.0))


def measure(
    folder: Path, epochs: int | None, pulse: Pulse, sampler: Sampler | None = None
) -> dict[str, list[float]]:
    """When the event loop came round in the window at rest, and from Run to the end of the training."""
    rehearsal = Rehearsal(folder / "settings.ini", epochs=epochs)
    rehearsal.wait(SETTLE_MS)
    pulse.start()
    rehearsal.wait(IDLE_MS)
    found = {"at rest": pulse.stop()}
    for kind in KINDS:
        rehearsal.window.actions_[f"live-{kind}"].trigger()
    if sampler is not None:
        sampler.start()
    pulse.start()
    rehearsal.play(SECONDS)
    found["training"] = pulse.stop()
    if sampler is not None:
        sampler.stop()
    rehearsal.close()
    return found


def main(arguments: Sequence[str] = ()) -> None:
    """``arguments``: how many epochs, else as many as the template has; ``--stalls``."""
    application("dark")
    epochs = next((int(argument) for argument in arguments if argument.isdecimal()), None)
    pulse, sampler = Pulse(), Sampler() if "--stalls" in arguments else None
    with tempfile.TemporaryDirectory(prefix="layerloom-") as folder:
        ticks = measure(Path(folder), epochs, pulse, sampler)
    ticks["its own work"] = undisturbed(pulse.work)
    results = {name: waits(found) for name, found in ticks.items()}
    for line in report(ticks["training"], pulse.work, sampler) if sampler is not None else ():
        print(line)
    print(f"{'waits in ms':14}{'median':>10}{'p95':>10}{'p99':>10}{'longest':>10}{'seconds':>10}")
    for name, found in results.items():
        cuts = quantiles(found, n=100)
        figures = (median(found), cuts[94], cuts[98], max(found), len(found) / 1000)
        print(f"{name:14}" + "".join(f"{figure:10.2f}" for figure in figures))
    kept = quantiles(results["training"], n=100)[94] < BAR_MS
    print(f"bar: p95 under {BAR_MS:g} ms while training: {'kept' if kept else 'missed'}")
    if not kept:
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
