"""Folders of pictures held in memory and streamed from the disk, plain and varied: pictures a second, and memory.

    python -m benchmarks pictures [--count 4000] [--side 128] [--epochs 2]

A small convolutional network trains on generated JPEG files; each way of feeding it in a process of its own. "fed" is
an epoch of batches that nobody computes on. The first epoch of a stream decodes, the later ones read what was kept.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import numpy as np
from PIL import Image

from benchmarks._turns import turn
from graph_engine.data import columns, prepare, profile, read_source
from graph_engine.document import Choice, Document, Source
from graph_engine.templates.proposal import proposed
from graph_engine.training import Callback, Trainer
from graph_engine.training.events import Logs

WAYS: Final = ("held", "streamed", "held, varied", "streamed, varied")
LITTLE: Final = 2**20  # bytes of free memory that a stream is told of
VARYING: Final = (
    Choice("RandomFlip", {"mode": "horizontal"}),
    Choice("RandomTranslation"),
    Choice("RandomBrightness"),
)


def main(arguments: Sequence[str] = ()) -> None:
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="layerloom-bench-") as folder:
        _write(Path(folder), options.count, options.side)
        for way in WAYS:
            found = turn("benchmarks.pictures", "--one", way, folder, str(options.epochs))
            print(_line(way, found) if found else f"{way:18} did not run", flush=True)


def _line(way: str, found: dict[str, Any]) -> str:
    epochs = ", ".join(f"{each:,.0f}" for each in found["epochs"])
    fed = ", ".join(f"{each:,.0f}" for each in found["fed"])
    return (
        f"{way:18} ready after {found['ready']:5.1f} s; pictures/s fed: {fed}; trained: {epochs}; "
        f"at most {found['peak'] / 2**20:,.0f} MiB"
    )


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks pictures")
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--side", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=2)
    return parser.parse_args(arguments)


def _write(folder: Path, count: int, side: int) -> None:
    """Two classes of soft noise, as large on the disk as photographs of that size."""
    rng = np.random.default_rng(0)
    for number in range(count):
        file = folder / "photos" / ("one" if number % 2 else "two") / f"{number}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        coarse = rng.integers(0, 255, (side // 4, side // 4, 3)).astype(np.uint8)
        Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC).save(file, quality=90)


def _document(folder: Path, way: str) -> Document:
    source = Source("s", "PictureFolder", "photos")
    table = read_source(source, folder)
    found = proposed(source, {name: profile(name, table[name]) for name in ("picture", "class")}, ["class"])
    node = found.main.inputs[0]
    bound = found.data.bindings[node]
    steps = (*bound.steps, *(VARYING if "varied" in way else ()))
    bindings = {**found.data.bindings, node: replace(bound, steps=steps)}
    return replace(found, data=replace(found.data, bindings=bindings))


class _Clock(Callback):
    def __init__(self) -> None:
        self.epochs: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epochs.append(time.perf_counter() - self._began)


def _one(way: str, folder: Path, epochs: int) -> dict[str, Any]:
    if "streamed" in way:
        patch.object(columns, "free_memory", lambda: LITTLE).start()
    document = _document(folder, way)
    began = time.perf_counter()
    data = prepare(document, folder)
    ready = time.perf_counter() - began
    trainer = Trainer(document)
    feeder = trainer.session.feeder(data.training, document.training.batch_size)
    fed = []
    for epoch in range(2):
        began = time.perf_counter()
        for _ in feeder.epoch(epoch, 0, True, varied=True):
            pass
        fed.append(len(data.training) / (time.perf_counter() - began))
    clock = _Clock()
    trainer.fit(data.training, epochs=epochs, callbacks=[clock])
    peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    trained = [len(data.training) / seconds for seconds in clock.epochs]
    return {"ready": ready, "fed": fed, "epochs": trained, "peak": peak}


if __name__ == "__main__":
    _, _, way, folder, epochs = sys.argv
    print(json.dumps(_one(way, Path(folder), int(epochs))))
