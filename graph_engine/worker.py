"""The training process: commands come in as JSON lines, events go out as JSON lines (see ``training.events``).

Commands: ``{"command": "train", "project": PATH, "run": DIR, "epochs": N or null, "resume": true or false,
"folder": DIR or null}``, ``{"command": "plan", "document": TEXT}`` (what will a batch take?), ``stop``, ``pause``,
``resume``, ``step``,
``{"command": "change", "what": ..., "value": ...}``, ``{"command": "watch", "what": "weights", "activations", "times"
or ""}`` and ``quit``. It is warm: everything is imported before the first ``ready``. When its input closes without a
``quit``, the window was lost: it trains on to the end, steered by commands in the run's directory, and tells there what
a window would be told (see ``training.remote`` and ``training.departures``); then it ends.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from graph_engine.document import from_text
from graph_engine.project import load
from graph_engine.runtime import Warming, follow_warming, free_memory
from graph_engine.serving import program, serve_standard_streams
from graph_engine.training import Callback, Control, EventWriter, train_project
from graph_engine.training.departures import leave_words, speak_into
from graph_engine.training.events import encode
from graph_engine.training.inspection import plan_facts
from graph_engine.training.remote import post, record_failure, steered
from graph_engine.values import LayerloomError

JOB: Final = "job.json"  # in a run's directory: the command that began it, so that another process can go on
_CONTROLS: Final = ("stop", "pause", "resume", "step", "change")


def command(run: Path | None = None) -> list[str]:
    """What starts a worker: one that serves, or one that goes on with a run by itself."""
    return [*program("worker"), *(["--run", str(run)] if run else [])]


def main(run: Path | None = None) -> int:
    """Serve until told to quit; with ``run``, go on with that run and end with it, whoever listens."""
    leave_words()
    if run is None:
        return serve_standard_streams(lambda send, commands: Worker(send).serve(commands))
    job = {"command": "train", **json.loads((run / JOB).read_text(encoding="utf-8")), "resume": True}
    return serve_standard_streams(lambda send, _commands: Worker(send).serve([json.dumps(job)]))


class Worker:
    """Trains in the thread that calls ``serve``; another one reads commands, so that they are heard at once."""

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send
        self._control = Control()
        self._jobs: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._run: Path | None = None  # that is trained
        self._quits = self._is_alone = False

    def serve(self, commands: Iterable[str]) -> None:
        follow_warming(self._tell_kernels)
        threading.Thread(target=self._listen, args=(commands,), daemon=True).start()
        self._emit("ready")
        while (job := self._jobs.get()) is not None:
            (self._plan if job["command"] == "plan" else self._train)(job)
            self._emit("ready")

    def _listen(self, commands: Iterable[str]) -> None:
        for line in commands:
            self._hear(line)
        if not self._quits:
            self._outlive()
        self._jobs.put(None)

    def _outlive(self) -> None:
        """No window listens: nobody watches, until one that has joined says so, and complaints go to the run."""
        self._control.watch("")
        self._is_alone = True
        if self._run is not None:
            speak_into(self._run)

    def _hear(self, line: str) -> None:
        try:
            self._obey(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._emit("failed", message=f"the worker does not understand {line.strip()[:200]!r}: {error}")

    def _obey(self, request: dict[str, Any]) -> None:
        name = request["command"]
        if name == "train":
            self._control.clear()  # now, not when it begins: a stop that comes next is meant for it
            self._jobs.put(request)
        elif name == "plan":
            self._jobs.put(request)
        elif name == "quit":
            self._quits = True
            self._control.stop()
            self._jobs.put(None)
        elif name == "watch":
            self._control.watch(str(request["what"]))
        elif name == "change":
            self._control.change(str(request["what"]), request["value"])
        elif name in _CONTROLS:
            getattr(self._control, name)()
        else:
            raise ValueError(f"there is no command {name!r}")

    def _train(self, job: dict[str, Any]) -> None:
        self._run = run = Path(job["run"])
        if self._is_alone:
            speak_into(run)
        try:
            with steered(run, self._hear):
                self._attempt(job, run)
        except LayerloomError as error:  # another process trains it
            self._emit("failed", message=str(error), traceback=traceback.format_exc())

    def _attempt(self, job: dict[str, Any], run: Path) -> None:
        """The worker lives on, whatever happens; the window and the run are told of it."""
        try:
            self._train_run(job, run)
        except LayerloomError as error:
            self._fail(run, str(error), traceback.format_exc())
        except MemoryError:
            self._fail(run, "there is not enough memory for this training", "")
        except Exception as error:
            self._fail(run, f"training broke: {type(error).__name__}: {error}", traceback.format_exc())

    def _fail(self, run: Path, message: str, where: str) -> None:
        self._emit("failed", message=message, traceback=where)
        record_failure(run, message)

    def _plan(self, job: dict[str, Any]) -> None:
        """A drawing that cannot be planned says so when it is trained, not here."""
        try:
            document = from_text(job["document"])
            facts = plan_facts(document, document.training.batch_size)
            wanted = (facts.memory.total, facts.recomputed.total) if facts.is_exact else (None, None)
        except Exception:
            wanted = None, None
        self._emit("planned", wanted=wanted[0], recomputed=wanted[1], free=free_memory())

    def _tell_kernels(self, warming: Warming) -> None:
        self._emit(
            "kernels", done=warming.done, count=warming.count, left=warming.left, is_over=warming.is_over
        )

    def _train_run(self, job: dict[str, Any], run: Path) -> None:
        folder = job.get("folder")
        train_project(
            load(Path(job["project"])),
            run,
            folder=Path(folder) if folder else Path(job["project"]).parent,
            epochs=job.get("epochs"),
            callbacks=[EventWriter(self._send), _Poster(run, lambda: self._is_alone)],
            control=self._control,
            resume=bool(job.get("resume")) and (run / "run.json").exists(),
        )

    def _emit(self, event: str, **fields: Any) -> None:
        self._send(encode({"event": event, "time": time.time(), **fields}))


class _Poster(Callback):
    """What is told of layers, for a window that has joined the run: it holds no pipe to hear it by."""

    def __init__(self, run: Path, is_needed: Callable[[], bool]) -> None:
        self._directory, self._is_needed = run, is_needed

    def on_notice(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "layers" and self._is_needed():
            post(self._directory, event)


if __name__ == "__main__":
    sys.exit(main())
