"""A run: one training, as a directory that window, command line and other tools read while it is written.

``run.json``       how it was trained, with versions and the drawing: written once, when the run begins
``events.jsonl``   every event, one JSON object per line (see ``events``): only ever appended to
``checkpoints/``   states to continue from
``weights.safetensors``   the weights it ended with
``remarks.json``   the star and the note that a person gave it, replaced whenever they change

Each file is replaced whole or appended to, so a kill at any moment leaves the directory readable.
"""

from __future__ import annotations

import json
import platform
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from graph_engine.document import Document, decode
from graph_engine.project import RunRecord
from graph_engine.project.files import AppendLog, write_atomic
from graph_engine.training.checkpoints import Array, Checkpoint
from graph_engine.training.events import Event, decode_lines
from graph_engine.values import LayerloomError

FORMAT: Final = 1
_HEAD: Final = 40  # bytes of a line that hold what kind of event it is
CHECKPOINTS: Final = "checkpoints"
LATEST: Final = f"{CHECKPOINTS}/latest.safetensors"
WEIGHTS: Final = "weights.safetensors"
REMARKS: Final = "remarks.json"


@dataclass(frozen=True, slots=True)
class Run:
    """A run's directory and what its ``run.json`` says."""

    directory: Path
    config: Mapping[str, Any]

    @classmethod
    def create(cls, directory: Path, **config: Any) -> Run:
        """Begin a run. ``config`` is JSON: training settings, seed, document, states of the preprocessing."""
        path = directory / "run.json"
        if path.exists():
            raise LayerloomError(f"{directory} already holds a run: choose another directory or continue it")
        run = cls(directory, {"format": FORMAT, "created": time.time(), "versions": _versions(), **config})
        (directory / CHECKPOINTS).mkdir(parents=True, exist_ok=True)
        write_atomic(path, json.dumps(run.config, indent=1).encode())
        return run

    @classmethod
    def read(cls, directory: Path) -> Run:
        """Open a run that exists, finished or not."""
        path = directory / "run.json"
        try:
            config = json.loads(path.read_bytes())
        except FileNotFoundError:
            raise LayerloomError(f"{directory} holds no run: it has no run.json") from None
        except (ValueError, OSError) as error:
            raise LayerloomError(f"{path} cannot be read: {error}") from None
        if not isinstance(config, dict) or config.get("format") != FORMAT:
            raise LayerloomError(f"{path} is of a format this version does not know")
        return cls(directory, config)

    def log(self) -> AppendLog:
        """The event log, opened for appending."""
        return AppendLog(self.directory / "events.jsonl")

    def events(self, *kinds: str) -> Iterator[Event]:
        """Every whole event so far; of these kinds alone, it takes a fraction of the time."""
        words = [f'"{kind}"'.encode() for kind in kinds]
        for event in decode_lines(self._lines(words)):
            if not kinds or event["event"] in kinds:
                yield event

    def _lines(self, words: Sequence[bytes] = ()) -> Iterator[bytes]:
        """Those that begin with one of the words for their kind: `encode` writes it first."""
        path = self.directory / "events.jsonl"
        if path.exists():
            with path.open("rb") as lines:
                yield from (
                    line for line in lines if not words or any(word in line[:_HEAD] for word in words)
                )

    def history(self) -> dict[str, list[float]]:
        """Values per epoch by name, as ``fit`` returns them. An epoch trained again counts once."""
        epochs = {event["epoch"]: event["logs"] for event in self.events("epoch_end")}
        history: dict[str, list[float]] = {}
        for epoch in sorted(epochs):
            for name, value in epochs[epoch].items():
                history.setdefault(name, []).append(value)
        return history

    def seconds(self) -> float:
        """How long it trained, pauses and all, but not the time between being stopped and going on."""
        whole = begun = 0.0
        latest: deque[bytes] = deque(maxlen=2)  # a crash may have torn the last
        for line in self._lines():
            for event in decode_lines(iter([line])) if b'"train_begin"' in line[:_HEAD] else ():
                whole, begun = whole + max(0.0, _time(latest) - begun), event["time"]
            latest.append(line)
        return whole + max(0.0, _time(latest) - begun)

    def document(self) -> Document:
        """The drawing and the settings it was trained with."""
        return decode(self.config["document"])

    def record(self, reason: str = "") -> RunRecord:
        """What a project remembers of it."""
        config, document = self.config, self.document() if "document" in self.config else None
        ending = reason or self.ending()
        return RunRecord(
            self.directory.name,
            config["created"],
            config["seed"],
            ending,
            self.history(),
            self.seconds(),
            document,
        )

    def weights(self) -> Mapping[str, Array]:
        """The weights it ended with, by path; of one that was cut off those of its last checkpoint.

        Raises LayerloomError where there is neither.
        """
        ended = self.directory / WEIGHTS
        return Checkpoint.read(ended if ended.exists() else self.directory / LATEST).weights

    def remark(self, starred: bool, note: str) -> None:
        """Keeps what a person says of it, whatever becomes of the project. Raises OSError."""
        told = {"starred": starred, "note": note}
        write_atomic(self.directory / REMARKS, json.dumps(told).encode())

    def remarked(self, record: RunRecord) -> RunRecord:
        """The record with the star and the note that lie here: they are at least as new as what a project has saved."""
        try:
            told = json.loads((self.directory / REMARKS).read_bytes())
            return replace(record, starred=bool(told["starred"]), note=str(told["note"]))
        except (OSError, ValueError, KeyError, TypeError):  # none were made, or they are no remarks
            return record

    def ending(self) -> str:
        """Why it ended; empty while it runs or when it was cut off."""
        last = ""
        for event in self.events("train_begin", "train_end", "failed"):
            match event["event"]:
                case "train_begin":
                    last = ""
                case "train_end":
                    last = event["reason"]
                case "failed":
                    last = f"failed: {event['message']}"
        return last

    def checkpoints(self) -> list[Path]:
        """Whole checkpoints, oldest first."""
        found = (self.directory / CHECKPOINTS).glob("[!.]*.safetensors")
        return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _time(lines: Sequence[bytes]) -> float:
    """Of the last whole event; 0 where there is none."""
    return next((float(event["time"]) for event in decode_lines(reversed(lines))), 0.0)


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "numpy": np.__version__, "system": platform.platform()}
